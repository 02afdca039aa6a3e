"""Counts that are kept with each day, so that nobody counts all messages to look at them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from db.rows import HALF_HOUR, DayRows

_SPEAKERS = "insert into speaker_days (day_id, speaker_id, messages) values (?, ?, ?)"
_HALF_HOURS = """
insert into half_hours (day_id, half_hour, messages, pictures, notices, first_second, last_second)
values (?, ?, ?, ?, ?, ?, ?)
"""
_RENEW = (
    "delete from speaker_days",
    """
    insert into speaker_days (day_id, speaker_id, messages)
    select day_id, speaker_id, count(*) from messages
    where speaker_id is not null group by day_id, speaker_id
    """,
    "delete from half_hours",
    f"""
    insert into half_hours (day_id, half_hour, messages, pictures, notices, first_second,
                            last_second)
    select day_id, second / {HALF_HOUR}, count(*), sum(kind = 'image'), sum(speaker_id is null),
           min(iif(speaker_id is null, null, second)), max(iif(speaker_id is null, null, second))
    from (
      select day_id, speaker_id, kind, substr(sent_at, 12, 2) * 3600 + substr(sent_at, 15, 2) * 60
             + substr(sent_at, 18, 2) as second
      from messages
    )
    group by day_id, second / {HALF_HOUR}
    """,
    """
    update days set (messages, first_message_id, last_message_id) = (
      select count(*), min(m.id), max(m.id) from messages m where m.day_id = days.id
    )
    """,
)


def write(
    connection: sqlite3.Connection,
    day_id: int,
    rows: DayRows,
    speakers: Mapping[str | None, int | None],
) -> None:
    """Write the counts of a day that has none; ``speakers`` are the ids of its names."""
    # in the order of the table, which is quickest
    said = sorted((day_id, speakers[name], messages) for name, messages in rows.speakers)
    connection.executemany(_SPEAKERS, said)
    connection.executemany(_HALF_HOURS, ((day_id, *row) for row in rows.half_hours))


def delete(connection: sqlite3.Connection, day_id: int) -> None:
    """Take the counts of a day out."""
    for table in ("speaker_days", "half_hours"):
        connection.execute(f"delete from {table} where day_id = ?", [day_id])


def renew(connection: sqlite3.Connection) -> None:
    """Count all days anew, from their messages."""
    for statement in _RENEW:
        connection.execute(statement)
