"""What a shell offers to complete, from the archive itself; nothing where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import typer

from cli.options import DEFAULT_DATABASE
from db.connection import open_read_only
from db.errors import ArchiveError
from db.reader import dates_of, rooms
from db.search.language import FILTERS, HAS, KINDS

_MOST_DATES = 400


def room_names(context: typer.Context, incomplete: str) -> list[str]:
    """The rooms' names."""
    return [name for name in _rooms(context) if name.startswith(incomplete)]


def dates(context: typer.Context, incomplete: str) -> list[str]:
    """The days of the room that stands before it, newest first."""
    room = context.params.get("room") or ""
    try:
        with open_read_only(_database(context)) as connection:
            found = dates_of(connection, room)
    except ArchiveError:
        return []
    return [date for date in found if date.startswith(incomplete)][:_MOST_DATES]


def search_words(context: typer.Context, incomplete: str) -> list[str]:
    """Filters, and the values of those that have few."""
    values: dict[str, Callable[[], list[str]]] = {
        "room:": lambda: _rooms(context),
        "has:": lambda: list(HAS),
        "kind:": lambda: list(KINDS),
    }
    offered = [f"{name}:" for name in FILTERS]
    for name, of_filter in values.items():
        if incomplete.startswith(name):
            offered = [name + value for value in of_filter()]
    return [word for word in offered if word.startswith(incomplete)]


def _rooms(context: typer.Context) -> list[str]:
    try:
        with open_read_only(_database(context)) as connection:
            return [room.slug for room in rooms(connection)]
    except ArchiveError:
        return []


def _database(context: typer.Context) -> Path:
    return Path(context.params.get("db") or DEFAULT_DATABASE)
