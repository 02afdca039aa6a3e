"""What a search found, as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from cli import render
from cli.layout import (
    BOLD,
    DIM,
    MENTION,
    Line,
    Span,
    fill,
    painted,
    speaker_style,
    width,
    wrap,
)
from cli.output import OutputOptions
from db.search.highlight import spans
from db.search.language import Text
from db.search.run import Hit

_FOUND = "1;31"
_INDENT = Span("  ")
_HANGING = 4
_BETWEEN_GROUPS = "--"


def show(
    groups: Iterable[list[Hit]],
    found: list[Hit],
    texts: list[Text],
    ending: list[str],
    output: OutputOptions,
    *,
    keys: bool = False,
) -> None:
    """When, where, who and what, with what was searched for marked; groups apart as grep does.

    With ``keys`` each has its key, for `chats show`, instead of when and where.
    """
    lines = text_lines(groups, {hit.id for hit in found}, texts, width(), keys=keys)
    closing = (line for text in ending for line in wrap([Span(text, DIM)], width()))
    render.paged(painted(chain(lines, closing)), output)


def text_lines(
    groups: Iterable[list[Hit]],
    found: set[int],
    texts: list[Text],
    columns: int,
    *,
    keys: bool = False,
) -> Iterator[Line]:
    """The lines of hits with what stands around them."""
    for number, group in enumerate(groups):
        if number and len(group) > 1:
            yield [Span(_BETWEEN_GROUPS, DIM)]
        for hit in group:
            is_hit = hit.id in found
            mark = Span("> ", MENTION) if is_hit else Span("  ")
            mark = mark if len(group) > 1 else Span("")
            items = _head(hit, BOLD if is_hit else DIM, keys=keys)
            yield from _hanging(mark, items, columns)
            yield from _text(hit, mark, texts if is_hit else [], columns)


def _hanging(mark: Span, items: list[Line], columns: int) -> Iterator[Line]:
    """Items behind a mark; what does not fit its line goes on below, deeper than the text."""
    lines = fill(items, columns - len(mark.text))
    if len(lines) > 1:
        lines = fill(items, columns - len(mark.text) - _HANGING)
    for line in lines:
        yield [mark, *line]
        mark = Span(" " * (len(mark.text) + _HANGING)) if line is lines[0] else mark


def _head(hit: Hit, style: str, *, keys: bool) -> list[Line]:
    who = Span(hit.speaker or "(notice)", speaker_style(hit.speaker) if hit.speaker else DIM)
    if keys:
        return [[Span(hit.key, style)], [who]]
    return [[Span(hit.sent_at, style)], [Span(hit.room, DIM)], [who]]


def _text(hit: Hit, mark: Span, texts: list[Text], columns: int) -> Iterator[Line]:
    text = list(_marked(hit.text, texts))
    for line in wrap(text or [Span(f"({hit.kind})", DIM)], columns - 2 - len(mark.text)):
        yield [Span(" " * len(mark.text)), _INDENT, *line]


def _marked(text: str, texts: list[Text]) -> Iterator[Span]:
    """A text with the spans that were searched for."""
    done = 0
    for start, end in spans(text, texts):
        yield Span(text[done:start])
        yield Span(text[start:end], _FOUND)
        done = end
    if text[done:]:
        yield Span(text[done:])
