"""Run jobs again over what is loaded, from the verbatim bodies: after a rule was mended, say."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection

from db import loads, writer
from db.connection import transaction
from db.reader import StoredDay, messages_of, stored_days
from db.rows import DayRows
from etl.config import Config
from etl.finish import finish
from etl.jobs import FAMILY_JOBS, FRAME_JOBS, JOBS, to_rows
from etl.revise import parts_of, revise
from etl.sources import FORMATS
from etl.stored import stored_bytes, stored_parts

# Not of pages, but of all of them together: see etl.people.
PEOPLE = "people"
REBUILDS = (*JOBS, PEOPLE)


def rebuilds_messages(jobs: Collection[str]) -> bool:
    """Whether days are made anew as a whole, with their messages and the full-text index."""
    return not set(jobs).isdisjoint(FRAME_JOBS)


def rebuild(
    connection: sqlite3.Connection,
    jobs: Collection[str],
    config: Config,
    done: Callable[[int], None],
) -> None:
    """Make the rows of the jobs named anew, as a fresh load would; all of them, or nothing.

    Each page is written again from the tables and read as if it came from its file, so that no
    file is needed and no rule exists twice. What is derived from all pages is made anew in any
    case. ``done`` is told each day's number of messages.
    """
    with transaction(connection):
        loads.forget_derived(connection)
        if set(jobs) - {PEOPLE}:
            _rebuild_pages(connection, jobs, done)
    finish(connection, config)


def _rebuild_pages(
    connection: sqlite3.Connection, jobs: Collection[str], done: Callable[[int], None]
) -> None:
    whole = rebuilds_messages(jobs)
    if whole:
        writer.empty_index(connection)
    for day in list(stored_days(connection)):
        content = stored_bytes(connection, day)
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


def _replace_families(
    connection: sqlite3.Connection, day: StoredDay, rows: DayRows, names: list[str]
) -> None:
    ids = {message.position: message.id for message in messages_of(connection, day.id)}
    for name in names:
        writer.delete_family(connection, name, day.id)
        writer.insert_family(connection, name, day.id, rows.families[name], ids)
