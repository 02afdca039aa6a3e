"""What the archive holds, as typed values: for export, rebuild, status and re-exports."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from typing import NamedTuple


class StoredDay(NamedTuple):
    """A day with the version of its page that is loaded."""

    id: int
    room: str
    date: str
    front_matter: str | None
    source_id: int
    path: str
    sha256: str
    size: int
    mtime_ns: int
    format: str
    newline: str
    byte_order_mark: int
    escape_depth: int


class StoredMessage(NamedTuple):
    """A message's place, identity and written form."""

    id: int
    key: str
    position: int
    time: str
    speaker: str
    kind: str
    text: str
    body: str | None
    verbatim: str | None
    first_line: int
    last_line: int


class StoredReject(NamedTuple):
    """A piece of a page that was not understood."""

    position: int
    first_line: int
    reason: str
    content: bytes


_DAYS = """
select d.id, r.slug, d.date, d.front_matter, s.id, s.path, s.sha256, s.size, s.mtime_ns, s.format,
       s.newline, s.byte_order_mark, s.escape_depth
from days d join rooms r on r.id = d.room_id join sources s on s.id = d.source_id
"""


def stored_days(connection: sqlite3.Connection) -> Iterator[StoredDay]:
    """Every day, by date and room."""
    return map(StoredDay._make, connection.execute(f"{_DAYS} order by d.date, r.slug"))


def find_day(connection: sqlite3.Connection, room: str, date: str) -> StoredDay | None:
    """The day of a room, if the archive has it."""
    row = connection.execute(f"{_DAYS} where r.slug = ? and d.date = ?", [room, date]).fetchone()
    return StoredDay._make(row) if row else None


def messages_of(connection: sqlite3.Connection, day_id: int) -> list[StoredMessage]:
    """A day's messages in the order of its page."""
    rows = connection.execute(
        "select m.id, m.key, m.position, substr(m.sent_at, 12), coalesce(s.name, ''), m.kind,"
        " m.text, m.body, m.verbatim, m.first_line, m.last_line"
        " from messages m left join speakers s on s.id = m.speaker_id"
        " where m.day_id = ? order by m.position",
        [day_id],
    )
    return list(map(StoredMessage._make, rows))


def rejects_of(connection: sqlite3.Connection, day_id: int) -> list[StoredReject]:
    """A day's rejects in the order of its page."""
    rows = connection.execute(
        "select position, first_line, reason, content from rejects"
        " where day_id = ? order by position, first_line, id",
        [day_id],
    )
    return list(map(StoredReject._make, rows))


def table_counts(connection: sqlite3.Connection, tables: tuple[str, ...]) -> dict[str, int]:
    """How many rows tables have."""
    return {
        table: connection.execute(f"select count(*) from {table}").fetchone()[0] for table in tables
    }


def rows_of_day(
    connection: sqlite3.Connection, day_id: int, tables: Mapping[str, str]
) -> dict[str, int]:
    """How many rows tables have of a day, each under its name in ``tables``."""
    return {
        name: connection.execute(
            f"select count(*) from {table} where {_OF_DAY.get(table, _OF_MESSAGES)}", [day_id]
        ).fetchone()[0]
        for name, table in tables.items()
    }


_OF_DAY = {"days": "id = ?", "messages": "day_id = ?", "day_tags": "day_id = ?"}
_OF_MESSAGES = "message_id in (select id from messages where day_id = ?)"


class RoomRow(NamedTuple):
    """A chat group."""

    slug: str
    title: str | None
    timezone: str | None


class LoadRow(NamedTuple):
    """A run of `etl load`; times are UTC."""

    started_at: str
    finished_at: str | None
    version: str
    outcome: str


def rooms(connection: sqlite3.Connection) -> list[RoomRow]:
    """The rooms, by name."""
    rows = connection.execute("select slug, title, timezone from rooms order by slug")
    return list(map(RoomRow._make, rows))


def known_rooms(connection: sqlite3.Connection) -> list[str]:
    """The short names of all rooms that the archive has or had days of."""
    rows = connection.execute(
        "select slug from rooms union select room from sources where room is not null order by 1"
    )
    return [slug for (slug,) in rows]


def find_room(connection: sqlite3.Connection, slug: str) -> RoomRow | None:
    """The room of exactly that short name."""
    sql = "select slug, title, timezone from rooms where slug = ?"
    row = connection.execute(sql, [slug]).fetchone()
    return RoomRow._make(row) if row else None


def day_sizes(connection: sqlite3.Connection) -> Iterator[tuple[str, str, int]]:
    """Room, date and number of messages of every day, in that order."""
    return connection.execute(
        "select r.slug, d.date, d.messages from days d join rooms r on r.id = d.room_id"
        " order by r.slug, d.date"
    )


def newest_paths(connection: sqlite3.Connection) -> list[str]:
    """Where each room's newest page was loaded from."""
    rows = connection.execute(
        "select (select s.path from days d join sources s on s.id = d.source_id"
        " where d.room_id = r.id order by d.date desc limit 1) from rooms r order by r.slug"
    )
    return [path for (path,) in rows if path is not None]


def last_load(connection: sqlite3.Connection) -> LoadRow | None:
    """The newest run."""
    row = connection.execute(
        "select started_at, finished_at, version, outcome from loads order by id desc limit 1"
    ).fetchone()
    return LoadRow._make(row) if row else None


def reject_examples(connection: sqlite3.Connection, limit: int) -> tuple[int, list[str]]:
    """How many rejects there are, and the newest few as ``room/date:line: reason``."""
    (count,) = connection.execute("select count(*) from rejects").fetchone()
    rows = connection.execute(
        "select r.slug || '/' || d.date || ':' || j.first_line || ': ' || j.reason"
        " from rejects j join days d on d.id = j.day_id join rooms r on r.id = d.room_id"
        " order by d.date desc, r.slug, j.position, j.first_line limit ?",
        [limit],
    )
    return int(count), [text for (text,) in rows]


def dates_of(connection: sqlite3.Connection, room: str | None) -> list[str]:
    """The days of a room (its short name or title), or of all, newest first."""
    rows = connection.execute(
        "select distinct d.date from days d join rooms r on r.id = d.room_id"
        " where ?1 is null or ?1 in (r.slug, r.title) order by d.date desc",
        [room],
    )
    return [date for (date,) in rows]


def speaker_names(connection: sqlite3.Connection) -> list[str]:
    """The speakers, the most talkative first."""
    rows = connection.execute(
        "select s.name from speakers s join messages m on m.speaker_id = s.id"
        " group by s.id order by count(*) desc, s.name"
    )
    return [name for (name,) in rows]


def hosts(connection: sqlite3.Connection) -> list[str]:
    """The hosts of links, those with most of them first."""
    rows = connection.execute(
        "select host from links where host <> '' group by host order by count(*) desc, host"
    )
    return [host for (host,) in rows]


def emoji_codes(connection: sqlite3.Connection) -> list[str]:
    """WeChat's emoji, the most used first."""
    rows = connection.execute(
        "select e.code from emoji e join message_emoji x on x.emoji_id = e.id"
        " group by e.id order by sum(x.count) desc, e.code"
    )
    return [code for (code,) in rows]


def emoji_signs(connection: sqlite3.Connection) -> dict[str, str]:
    """WeChat's emoji with the Unicode ones nearest to them; those that have none are left out."""
    return dict(connection.execute("select code, unicode from emoji where unicode is not null"))
