"""Counts that are kept with each day, so that nobody counts all messages to look at them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

from db.rows import MessageRow

HALF_HOUR = 1800

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
    messages: Collection[MessageRow],
    speakers: Mapping[str | None, int | None],
) -> None:
    """Write the counts of a day that has none; ``speakers`` are the ids of its names."""
    said = Counter(message.speaker for message in messages)
    del said[None]
    # in the order of the table, which is quickest
    rows = sorted((day_id, speakers[name], number) for name, number in said.items())
    connection.executemany(_SPEAKERS, rows)
    connection.executemany(_HALF_HOURS, _half_hours(day_id, messages))


def delete(connection: sqlite3.Connection, day_id: int) -> None:
    """Take the counts of a day out."""
    for table in ("speaker_days", "half_hours"):
        connection.execute(f"delete from {table} where day_id = ?", [day_id])


def renew(connection: sqlite3.Connection) -> None:
    """Count all days anew, from their messages."""
    for statement in _RENEW:
        connection.execute(statement)


def _half_hours(day_id: int, messages: Iterable[MessageRow]) -> Iterator[tuple[int | None, ...]]:
    """A row for each half hour in which there is a message."""
    of: dict[int, list[tuple[int, MessageRow]]] = {}
    for message in messages:
        second = _second(message.sent_at)
        of.setdefault(second // HALF_HOUR, []).append((second, message))
    for half_hour, found in sorted(of.items()):
        spoken = [second for second, message in found if message.speaker is not None]
        pictures = sum(message.kind == "image" for _, message in found)
        first, last = min(spoken, default=None), max(spoken, default=None)
        yield day_id, half_hour, len(found), pictures, len(found) - len(spoken), first, last


def _second(sent_at: str) -> int:
    """Of the day, of a time as in ``messages.sent_at``."""
    return int(sent_at[11:13]) * 3600 + int(sent_at[14:16]) * 60 + int(sent_at[17:19])
