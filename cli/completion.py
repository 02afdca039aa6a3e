"""What a shell offers to complete, from the archive itself; nothing where there is none."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typer

from cli.options import DEFAULT_DATABASE
from db.connection import open_read_only
from db.errors import ArchiveError
from db.reader import dates_of, rooms, speaker_names
from db.search.language import FILTERS, HAS, KINDS

Found = TypeVar("Found")

_MOST = 400
_PLAIN = re.compile(r"[\w\-－—～.·]+")


def room_names(context: typer.Context, incomplete: str) -> list[str]:
    """The rooms' names."""
    return _starting(incomplete, _rooms(context))


def dates(context: typer.Context, incomplete: str) -> list[str]:
    """The days of the room that stands before it, or of all, newest first."""
    return _starting(incomplete, _dates(context))


def periods(context: typer.Context, incomplete: str) -> list[str]:
    """The years there are, or the months or days of what is typed of one, newest first."""
    # one step at a time, as folders and files are completed
    size = 4 if len(incomplete) < 4 else 7 if len(incomplete) < 7 else 10
    return _starting(incomplete, list(dict.fromkeys(date[:size] for date in _dates(context))))


def table_names(context: typer.Context, incomplete: str) -> list[str]:
    """The tables' names."""
    # every command imports this module, and hardly any reads the schema's comments
    from db.schema_comments import tables_of

    return _starting(incomplete, [table.name for table in _read(context, tables_of)])


def speakers(context: typer.Context, incomplete: str) -> list[str]:
    """Speakers' names, the most talkative first, as far as no shell needs them quoted.

    Any part of a name will do for the commands that take one.
    """
    names = _read(context, speaker_names)
    plain = (match[0] for name in names if (match := _PLAIN.match(name)))
    return _starting(incomplete, list(dict.fromkeys(plain)))


def search_words(context: typer.Context, incomplete: str) -> list[str]:
    """Filters, and the values of those whose values are known."""
    values: dict[str, Callable[[typer.Context, str], list[str]]] = {
        "room": room_names,
        "from": speakers,
        "mentions": speakers,
        "on": periods,
        "since": periods,
        "until": periods,
        "has": lambda _, typed: _starting(typed, list(HAS)),
        "kind": lambda _, typed: _starting(typed, list(KINDS)),
    }
    filter_, colon, typed = _filter_before(context, incomplete)
    if not colon:
        return _starting(incomplete, [f"{name}:" for name in FILTERS])
    offered = values.get(filter_.lstrip("\0-"))
    before = incomplete.removesuffix(typed)
    return [before + value for value in offered(context, typed)] if offered else []


def _filter_before(context: typer.Context, incomplete: str) -> tuple[str, str, str]:
    """The filter that is being typed, its colon, and what is typed of its value."""
    words: tuple[str, ...] = context.params.get("words") or ()
    *_, filter_, colon = ("", "", *words)
    if colon == ":":
        # bash takes a colon for a word: `room:prod` comes as three of them
        return filter_, colon, incomplete
    return incomplete.partition(":")


def _starting(incomplete: str, offered: list[str]) -> list[str]:
    return [word for word in offered if word.startswith(incomplete)][:_MOST]


def _rooms(context: typer.Context) -> list[str]:
    return [room.slug for room in _read(context, rooms)]


def _dates(context: typer.Context) -> list[str]:
    room = context.params.get("room")
    return _read(context, lambda connection: dates_of(connection, room or None))


def _read(
    context: typer.Context, wanted: Callable[[sqlite3.Connection], list[Found]]
) -> list[Found]:
    """What there is in the archive, if there is one."""
    try:
        with open_read_only(Path(context.params.get("db") or DEFAULT_DATABASE)) as connection:
            return wanted(connection)
    except ArchiveError:
        return []
