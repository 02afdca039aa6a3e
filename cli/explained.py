"""Who is who, and why, as text for people."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby

from cli import layout
from cli.layout import BOLD, DIM, Line, Span
from db.people.explain import Explained, Piece, people_counts

_INDENT = 4
# What a piece of evidence says, with the speaker it ties the name to.
_SAID = {
    "header": "wrote {times} message{s} under it",
    "quote": "quoted {times} time{s} with words of {speaker}",
    "same message": "{times} message{s} stand{v} on a page under this name and {speaker}",
    "answers": "{speaker} wrote around {times} of its mentions",
    "personal name": "has the personal name of {speaker}",
    "nickname": "has the nickname of {speaker}",
    "account": "archive.toml says that {speaker} is this account",
    "by hand": "archive.toml joins it to {speaker}",
    "parted by hand": "archive.toml keeps it apart from {speaker}",
}
_VERDICTS = {"joins": "", "ambiguous": "ambiguous", "apart": "kept apart"}


def summary(connection: sqlite3.Connection) -> str:
    """What was found out, in one line."""
    return (
        "{:,} people: {:,} speakers' names, {:,} names in all; {:,} of {:,} mentions and"
        " {:,} of {:,} quotes resolved"
    ).format(*people_counts(connection))


def lines(found: Explained, width: int) -> Iterator[Line]:
    """A person with their names, oldest first, and the evidence for each."""
    if found.person is None:
        yield from layout.wrap([Span(found.name, BOLD), Span(" is nobody's name for sure")], width)
    else:
        person = found.person
        said = [v for v in (person.nickname, person.company, person.role, person.city) if v]
        yield from layout.wrap([Span(person.name, BOLD)], width)
        yield from layout.wrap([Span(" · ".join(said), DIM)], width)
    for name, pieces in groupby(found.pieces, key=lambda piece: piece.name):
        yield []
        yield from layout.wrap([Span(name, layout.speaker_style(name))], width)
        for piece in pieces:
            yield from _piece(piece, width)


def said(piece: Piece) -> str:
    """What a piece of evidence says, in words."""
    one = piece.times == 1
    words = _SAID["parted by hand" if _parted(piece) else piece.kind].format(
        times=f"{piece.times:,}", speaker=piece.speaker, s="" if one else "s", v="s" if one else ""
    )
    return f"{words} ({piece.note})" if piece.note else words


def verdict(piece: Piece) -> str:
    """What came of a piece of evidence; empty if it joins, or says itself that it parts."""
    return "" if _parted(piece) else _VERDICTS[piece.verdict]


def _parted(piece: Piece) -> bool:
    """Whether somebody told the two apart by hand."""
    return piece.kind == "by hand" and piece.weight < 0


def _piece(piece: Piece, width: int) -> Iterator[Line]:
    span = " … ".join(dict.fromkeys(key for key in (piece.first, piece.last) if key))
    weight = "" if piece.kind == "header" else f"{piece.weight:+.1f}"
    came = verdict(piece)
    text = [Span(said(piece)), Span(f"  {came}" if came else "", BOLD), Span(f"  {span}", DIM)]
    yield from layout.beside(Span(f"{weight:>6}"), 2 * _INDENT, text, width)
