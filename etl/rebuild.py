"""Run jobs again over what is loaded, from the verbatim bodies: after a rule was mended, say."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Collection, Iterable

from db import derived, loads, writer
from db.connection import transaction
from db.errors import ArchiveError
from db.reader import StoredDay, messages_of, stored_days
from db.rows import DayRows
from etl.config import Config
from etl.discover import DayFile
from etl.finish import finish
from etl.jobs import FAMILY_JOBS, FRAME_JOBS, JOBS, to_rows
from etl.revise import parts_of, revise
from etl.sources import FORMATS
from etl.stored import stored_bytes, stored_parts

# Not of pages, but of all of them together: see etl.people.
PEOPLE = "people"
# Of all messages together, too: the full-text index, and all that `etl.finish` makes.
FTS, DERIVED = "fts", "derived"
OF_ALL = (PEOPLE, FTS, DERIVED)
REBUILDS = (*JOBS, *OF_ALL)


def rebuilds_messages(jobs: Collection[str]) -> bool:
    """Whether days are made anew as a whole, with their messages and the full-text index."""
    return not set(jobs).isdisjoint(FRAME_JOBS)


def rebuilds_index(jobs: Collection[str]) -> bool:
    """Whether the full-text index is made anew, so that the one there may be of any version."""
    return FTS in jobs or rebuilds_messages(jobs)


def rebuild(
    connection: sqlite3.Connection,
    jobs: Collection[str],
    config: Config,
    done: Callable[[int], None],
    files: Iterable[DayFile] = (),
) -> None:
    """Make the rows of the jobs named anew, as a fresh load would; all of them, or nothing.

    Each page is written again from the tables and read as if it came from its file, so that no
    file is needed and no rule exists twice; only a damaged day is read from its file if that is
    among ``files``. What is derived from all pages is made anew in any case, but for the full-text
    index alone. ``done`` is told each day's number of messages.
    """
    with transaction(connection):
        if rebuilds_index(jobs):
            writer.renew_index(connection)
        if not set(jobs).isdisjoint(JOBS):
            _rebuild_pages(connection, jobs, done, files)
        if FTS in jobs and not rebuilds_messages(jobs):
            writer.fill_index(connection)
        if DERIVED in jobs:
            derived.renew(connection)
        if set(jobs) != {FTS}:
            loads.forget_derived(connection)
    if set(jobs) != {FTS}:
        finish(connection, config)


def _rebuild_pages(
    connection: sqlite3.Connection,
    jobs: Collection[str],
    done: Callable[[int], None],
    files: Iterable[DayFile],
) -> None:
    whole = rebuilds_messages(jobs)
    if whole:
        writer.delete_strays(connection)
    file_of = {(file.room, file.date): file for file in files}
    for day in list(stored_days(connection)):
        content = _loaded_bytes(connection, day, file_of.get((day.room, day.date)))
        page = FORMATS[day.format].parse(content, day.date)
        rows = to_rows(page, day.room, day.date)
        if whole:
            keys = {message.position: message.key for message in rows.messages}
            revision = revise(stored_parts(connection, day), parts_of(page, keys, {}))
            writer.update_day(connection, day.id, rows, revision.ids, indexed=False)
            writer.set_escape_depth(connection, day.source_id, page.escape_depth)
        else:
            _replace_families(connection, day, rows, [j for j in FAMILY_JOBS if j in jobs])
        done(len(rows.messages))
    if "images" in jobs:
        writer.sweep_images(connection)


def _loaded_bytes(connection: sqlite3.Connection, day: StoredDay, file: DayFile | None) -> bytes:
    """The bytes a day was loaded from: as the tables give them, or its file where they do not."""
    content = stored_bytes(connection, day)
    if file is None or hashlib.sha256(content).hexdigest() == day.sha256:
        return content
    try:
        there = file.path.read_bytes()
    except OSError as error:
        raise ArchiveError(f"{file.path}: cannot be read: {error.strerror}") from error
    return there if hashlib.sha256(there).hexdigest() == day.sha256 else content


def _replace_families(
    connection: sqlite3.Connection, day: StoredDay, rows: DayRows, names: list[str]
) -> None:
    ids = {message.position: message.id for message in messages_of(connection, day.id)}
    for name in names:
        writer.delete_family(connection, name, day.id)
        writer.insert_family(connection, name, day.id, rows.families[name], ids)
