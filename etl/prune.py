"""Days whose files are gone from disk: which those are, and how one leaves the archive."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path

from db import loads, writer
from db.reader import StoredDay, stored_days
from etl.discover import Remark
from etl.revise import revise
from etl.stored import stored_parts

# What `writable` made of bytes that are no text.
_ESCAPED_BYTE = re.compile(rb"\\x([0-9a-f]{2})")
# Day files have a suffix: this one came from standard input.
_STANDARD_INPUT = "-"
# the short name of a room, and YYYY-MM-DD
RoomDate = tuple[str, str]


def gone_days(
    connection: sqlite3.Connection,
    paths: Collection[Path],
    there: Collection[RoomDate],
    room: str | None = None,
    date: str | None = None,
) -> list[StoredDay]:
    """Days whose file lay at one of the paths, or below it, and is no longer there.

    ``there`` are days of which a file was found elsewhere; ``room`` and ``date`` leave the others
    out. A file that cannot be looked at, as its folder may not be read, is not gone.
    """
    roots = [_real(path) for path in paths]
    return [
        day
        for day in stored_days(connection)
        if room in (None, day.room)
        and date in (None, day.date)
        and (day.room, day.date) not in there
        and (places := list(_places(day.path)))
        and any(_is_below(_real(place), root) for place in places for root in roots)
        and all(map(is_gone, places))
    ]


def without_gone(
    connection: sqlite3.Connection, problems: Collection[Remark], there: Collection[RoomDate]
) -> list[Remark]:
    """The problems but for paths that are gone together with days that were loaded from them."""
    return [
        remark
        for remark in problems
        if not (is_gone(remark.path) and gone_days(connection, [remark.path], there))
    ]


def file_is_gone(day: StoredDay) -> bool:
    """Whether the file that a day was loaded from is no longer there."""
    return all(map(is_gone, _places(day.path)))


def is_gone(path: Path) -> bool:
    """Whether nothing has that name any more; what cannot be looked at may be there."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def remove_day(connection: sqlite3.Connection, day: StoredDay, load: int) -> None:
    """Take a day out, and write down all that was on its page: it can be written again."""
    gone = revise(stored_parts(connection, day), []).rows
    writer.insert_revisions(connection, day.id, day.source_id, load, gone)
    writer.note_removed(connection, day.source_id, load)
    writer.delete_day(connection, day.id)
    # who is who may hang on what nobody can read any more
    loads.forget_derived(connection)


def _places(recorded: str) -> Iterator[Path]:
    """The files that a recorded path may be: an escaped byte in it may also have been typed."""
    path = Path(recorded)
    if path.name == _STANDARD_INPUT:
        return
    yield path
    encoded = recorded.encode()
    raw = _ESCAPED_BYTE.sub(lambda match: bytes([int(match[1], 16)]), encoded)
    if raw != encoded:
        yield Path(os.fsdecode(raw))


def _real(path: Path) -> Path:
    """A path without links in its folders; what is not there stays as it is written."""
    if path.is_dir():
        return Path(os.path.realpath(path))
    return Path(os.path.realpath(path.parent)) / path.name


def _is_below(path: Path, root: Path) -> bool:
    return path == root or root in path.parents
