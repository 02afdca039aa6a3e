"""The archive's own records: its runs, the versions of files they loaded, its properties."""

from __future__ import annotations

import sqlite3

# Whether what is computed over all days (names of mentions, titles of links) is up to date.
_FINISHED = "finished"


def begin(connection: sqlite3.Connection, now: str, version: str, arguments: str) -> int:
    """Write down that a run started; its id."""
    inserted = connection.execute(
        "insert into loads (started_at, version, arguments, outcome) values (?, ?, ?, 'running')",
        [now, version, arguments],
    ).lastrowid
    assert inserted is not None
    return inserted


def end(connection: sqlite3.Connection, load: int, now: str, outcome: str, report: str) -> None:
    """Write down how a run ended."""
    connection.execute(
        "update loads set finished_at = ?, outcome = ?, report = ? where id = ?",
        [now, outcome, report, load],
    )


def is_loaded(
    connection: sqlite3.Connection, room: str, date: str, path: str, size: int, mtime_ns: int
) -> bool:
    """Whether a day is loaded from just this file, which did not change by its size and mtime."""
    return (
        connection.execute(
            "select 1 from days d join rooms r on r.id = d.room_id"
            " join sources s on s.id = d.source_id where r.slug = ? and d.date = ?"
            " and s.path = ? and s.size = ? and s.mtime_ns = ?",
            [room, date, path, size, mtime_ns],
        ).fetchone()
        is not None
    )


def note_seen(
    connection: sqlite3.Connection, source_id: int, path: str, size: int, mtime_ns: int
) -> None:
    """Write down where, and how old, a loaded version was seen again."""
    connection.execute(
        "update sources set path = ?, size = ?, mtime_ns = ? where id = ?",
        [path, size, mtime_ns, source_id],
    )


def set_finished(connection: sqlite3.Connection, finished: bool) -> None:
    """Say whether what is computed over all days is up to date."""
    set_property(connection, _FINISHED, str(int(finished)))


def is_finished(connection: sqlite3.Connection) -> bool:
    """Whether it is: a run that was killed leaves it undone."""
    row = connection.execute("select value from properties where name = ?", [_FINISHED]).fetchone()
    return row is not None and row[0] == "1"


def set_property(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Write a fact about the archive as a whole."""
    connection.execute(
        "insert into properties (name, value) values (?, ?)"
        " on conflict (name) do update set value = excluded.value",
        [name, value],
    )


def configure_room(
    connection: sqlite3.Connection, slug: str, title: str | None, timezone: str | None
) -> None:
    """Write what is known of a room, if the archive has it; None leaves what is there."""
    connection.execute(
        "update rooms set title = coalesce(?, title), timezone = coalesce(?, timezone)"
        " where slug = ?",
        [title, timezone, slug],
    )
