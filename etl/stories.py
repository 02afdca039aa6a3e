"""What happened to a message from the run that brought it to where it stands, or last stood."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from db import history
from db.history import Passage, Version
from etl.versions import find_past_day


class Story(NamedTuple):
    """A message with the version it stands in, or stood in last, and all that changed it.

    ``written`` are its bytes on that page, ``first`` the version that it came with where no run
    added it to a day that was there already.
    """

    message_id: int
    key: str
    is_there: bool
    version: Version
    loaded_at: str
    first_line: int
    last_line: int
    written: bytes
    passages: list[Passage]
    first: Version | None


def stories_of(connection: sqlite3.Connection, key: str) -> list[Story]:
    """The message that has a key, and those that had it before, the newest first."""
    found = (_story(connection, one) for one in history.holders_of(connection, key))
    return [story for story in found if story is not None]


def _story(connection: sqlite3.Connection, message: int) -> Story | None:
    place = history.last_place(connection, message)
    if place is None:
        return None
    passages = history.passages_of(connection, message)
    version = place.version
    page = find_past_day(connection, version)
    written = page.pieces[place.position].content
    first_line = page.line_of(place.position)
    is_added = bool(passages) and passages[0].kind == "added"
    oldest = history.versions_of_day(connection, version.room, version.date)[-1]
    return Story(
        message_id=message,
        key=place.key,
        is_there=place.is_there,
        version=version,
        loaded_at=place.loaded_at,
        first_line=first_line,
        last_line=first_line + written.count(b"\n", 0, -1),
        written=written,
        passages=passages,
        first=None if is_added else oldest,
    )
