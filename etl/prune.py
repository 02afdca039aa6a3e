"""Days whose files are gone from disk: which those are, and how one leaves the archive."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path

from db import loads, writer
from db.reader import StoredDay, find_day, messages_of, stored_days
from etl.discover import Remark, is_folder
from etl.revise import revise
from etl.run import RoomDate, Run
from etl.stored import stored_parts

# What `writable` made of bytes that are no text.
_ESCAPED_BYTE = re.compile(rb"\\x([0-9a-f]{2})")
# Day files have a suffix: this one came from standard input.
_STANDARD_INPUT = "-"


def prune(run: Run, may: Callable[[list[StoredDay]], bool], there: set[RoomDate]) -> None:
    """Remove days whose files are gone, if we may, and as far as nobody loads them meanwhile."""
    options = run.options
    gone = gone_days(run.connection, options.paths, there, options.room, options.date)
    run.report.gone = len(gone)
    if not gone or not may(gone):
        return
    run.begin()
    for day in gone:
        messages = len(messages_of(run.connection, day.id))
        with run.days.day(messages):
            if find_day(run.connection, day.room, day.date) == day and file_is_gone(day):
                run.growth.before(day.id)
                remove_day(run.connection, day, run.id)
                run.report.removed.days += 1
                run.report.removed.messages += messages


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
    real_folder = cache(_real_folder)
    roots = {
        real_folder(path) if is_folder(path) else real_folder(path.parent) / path.name
        for path in paths
    }

    def is_below(path: Path) -> bool:
        real = real_folder(path.parent) / path.name
        return real in roots or any(parent in roots for parent in real.parents)

    return [
        day
        for day in stored_days(connection)
        if room in (None, day.room)
        and date in (None, day.date)
        and (day.room, day.date) not in there
        and any(map(is_below, _places(day.path)))
        and file_is_gone(day)
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


def _real_folder(folder: Path) -> Path:
    """A folder without links on the way; what is not there stays as it is written."""
    return Path(os.path.realpath(folder))
