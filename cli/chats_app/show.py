"""`chats show`: one message, what was said around it, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from cli import layout, render, transcript
from cli.layout import DIM, Line, Span
from cli.options import DEFAULT_DATABASE, Database, Json, NoPager
from cli.output import OutputOptions
from db.connection import open_read_only
from db.errors import ArchiveError
from db.history import holders_of
from db.transcript import Context, MessagePlace, context, find_message, room_named

_LABEL, _GAP = 9, 2


def show(
    key: Annotated[str, typer.Argument(metavar="KEY", help="room/YYYY-MM-DD/HHMMSS-n")],
    db: Database = DEFAULT_DATABASE,
    neighbours: Annotated[
        int,
        typer.Option("--context", "-C", metavar="N", min=0, help="So many before and after it."),
    ] = 3,
    as_json: Json = False,
    no_pager: NoPager = False,
) -> None:
    """Show a message with what was said around it, and the lines of the page it comes from.

    Example: chats show prodarch/2018-09-18/194721-1
    """
    with open_read_only(db) as connection:
        place = find_message(connection, key.strip())
        if place is None:
            if holders_of(connection, key.strip()):
                raise ArchiveError(
                    f"{key} was removed by a later load; `etl explain {key}` shows it"
                )
            raise ArchiveError(
                f"no message has the key {key!r}; keys are like room/2031-02-03/073557-1, and"
                " `chats day ROOM DATE --keys` shows a day's"
            )
        room = room_named(connection, place.room)
        around = context(connection, place, neighbours)
    if place.key != key.strip():
        render.error_line(f"{key} is {place.key} since a later export of its day")
    if as_json:
        render.line(layout.as_json(_as_dict(place, around)))
        return
    title, width = (room.slug, room.title), layout.width()
    lines = transcript.context_lines(title, around.messages, around.at, width=width)
    facts = _facts(place, around.messages[around.at].text, width)
    render.paged(layout.painted([*lines, *facts]), OutputOptions(no_pager=no_pager))


def _facts(place: MessagePlace, text: str, width: int) -> Iterator[Line]:
    """Where a message comes from, and what its page has where that is not just the text."""
    written = (place.body or "").rstrip()
    facts = [
        ("key", place.key),
        ("answers", place.reply_to or ""),
        ("probably answers", _probably(place)),
        ("lines", f"{place.first_line} to {place.last_line}"),
        ("source", f"{place.format}, sha256 {place.sha256[:12]}…"),
        ("written", "" if written == text.rstrip() else written),
    ]
    given = [(name, value) for name, value in facts if value]
    size = max(_LABEL, *(len(name) + _GAP for name, _ in given))
    yield []
    # whole, to be copied, however long it is
    yield [Span(f"{'file':<{size}}", DIM), Span(layout.shown(place.path))]
    for name, value in given:
        yield from layout.beside(Span(name, DIM), size, [Span(value)], width)


def _probably(place: MessagePlace) -> str:
    """What a message is taken to answer, by which rule, and how often that is right."""
    found = place.probably
    return f"{found.key} ({found.kind}, {found.confidence:.0%} sure)" if found else ""


def _as_dict(place: MessagePlace, around: Context) -> dict[str, object]:
    messages = [message.as_dict() for message in around.messages]
    return {
        **messages[around.at],
        "room": place.room,
        "date": place.date,
        "body": place.body,
        "reply_to": place.reply_to,
        "probably_answers": place.probably._asdict() if place.probably else None,
        "file": place.path,
        "first_line": place.first_line,
        "last_line": place.last_line,
        "source": {"format": place.format, "sha256": place.sha256},
        "before": messages[: around.at],
        "after": messages[around.at + 1 :],
    }
