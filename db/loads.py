"""The archive's own records: its runs, the versions of files they loaded, its properties."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

_OF_ROOM = """
from rooms r join days d on d.room_id = r.id join sources s on s.id = d.source_id
where r.slug = ?
"""
# By which rules what is computed over all days (people, titles of links) was made.
_DERIVED = "derived"


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


class LoadedFile(NamedTuple):
    """Where a day's loaded version was last seen, and how it looked there."""

    date: str
    path: str
    size: int
    mtime_ns: int
    sha256: str


def loaded_files(
    connection: sqlite3.Connection, room: str, first: str, last: str
) -> Iterator[LoadedFile]:
    """What is loaded of a room's days between two dates."""
    rows = connection.execute(
        f"select d.date, s.path, s.size, s.mtime_ns, s.sha256 {_OF_ROOM}"
        " and d.date between ? and ?",
        [room, first, last],
    )
    return map(LoadedFile._make, rows)


def files_as_seen(connection: sqlite3.Connection, room: str) -> dict[str, tuple[str, int, int]]:
    """What is loaded of a room, by path: date, bytes, mtime in ns. (Plain: there are many.)"""
    rows = connection.execute(f"select s.path, d.date, s.size, s.mtime_ns {_OF_ROOM}", [room])
    return {path: (date, size, mtime_ns) for path, date, size, mtime_ns in rows}


def note_seen(
    connection: sqlite3.Connection, source_id: int, path: str, size: int, mtime_ns: int
) -> None:
    """Write down where, and how old, a loaded version was seen again."""
    connection.execute(
        "update sources set path = ?, size = ?, mtime_ns = ? where id = ?",
        [path, size, mtime_ns, source_id],
    )


class Changed(NamedTuple):
    """Days that were written, and the names that stood on their pages before.

    Of days that only got more, ``new_from`` has the id that their new messages have or are above.
    ``mentioned`` are those of the names that stood behind an @.
    """

    days: set[int]
    new_from: dict[int, int]
    names: set[str]
    mentioned: set[str]

    def is_only_more(self) -> bool:
        """Whether all that stood on these pages before is there as it was, beside what is new."""
        return self.days == self.new_from.keys()


def note_change(
    connection: sqlite3.Connection,
    day_id: int,
    new_from: int | None,
    names: Iterable[str] = (),
    mentioned: Collection[str] = (),
) -> None:
    """Write down that a day changed, so that what is derived of it and these names is made anew.

    Its messages from the id ``new_from`` on are new; None: others may have changed or gone, too.
    """
    connection.execute(
        "insert into changed_days (day_id, new_from) values (?, ?)"
        " on conflict do update set new_from = min(new_from, excluded.new_from)",
        [day_id, new_from],
    )
    connection.executemany(
        "insert into changed_names (name, mentioned) values (?, ?)"
        " on conflict (name) do update set mentioned = max(mentioned, excluded.mentioned)",
        ((name, name in mentioned) for name in names),
    )


def changes(connection: sqlite3.Connection, rules: str) -> Changed | None:
    """What changed since all was derived by these rules; None: everything has to be."""
    if property_of(connection, _DERIVED) != rules:
        return None
    days = dict(connection.execute("select day_id, new_from from changed_days").fetchall())
    new_from = {day: first for day, first in days.items() if first is not None}
    names = dict(connection.execute("select name, mentioned from changed_names").fetchall())
    return Changed(
        set(days), new_from, set(names), {name for name, mentioned in names.items() if mentioned}
    )


def waiting_days(connection: sqlite3.Connection) -> int:
    """How many days wait for what the end of a load derives, as it goes on or was stopped."""
    return int(connection.execute("select count(*) from changed_days").fetchone()[0])


def note_derived(connection: sqlite3.Connection, rules: str) -> None:
    """Write down that all that is derived is up to date."""
    connection.execute("delete from changed_days")
    connection.execute("delete from changed_names")
    set_property(connection, _DERIVED, rules)


def forget_derived(connection: sqlite3.Connection) -> None:
    """Have all that is derived made anew."""
    connection.execute("delete from properties where name = ?", [_DERIVED])


def property_of(connection: sqlite3.Connection, name: str) -> str | None:
    """A fact about the archive as a whole."""
    row = connection.execute("select value from properties where name = ?", [name]).fetchone()
    return row[0] if row else None


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
        "update rooms set title = coalesce(?1, title), timezone = coalesce(?2, timezone)"
        " where slug = ?3 and (title is not coalesce(?1, title)"
        " or timezone is not coalesce(?2, timezone))",
        [title, timezone, slug],
    )
