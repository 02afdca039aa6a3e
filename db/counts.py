"""What is kept so that nobody looks at all messages to count them.

That are counts of each day, and with each mention and emoji its message's day and speaker.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from db.rows import HALF_HOUR, DayRows

_SPEAKERS = """
insert into speaker_days (day_id, speaker_id, messages, longest, half_hours) values (?, ?, ?, ?, ?)
"""
_HALF_HOURS = """
insert into half_hours (day_id, half_hour, messages, pictures, notices, first_second, last_second)
values (?, ?, ?, ?, ?, ?, ?)
"""
# Of some days at a time: all messages are put in order for it.
_DAYS_AT_ONCE = 1000
_RENEW_DAYS = (
    """
    insert into speaker_days (day_id, speaker_id, messages, longest, half_hours)
    select day_id, speaker_id, sum(messages), max(longest), group_concat(char(48 + half_hour), '')
    from (
      select day_id, speaker_id, half_hour, count(*) as messages, max(characters) as longest
      from (
        select day_id, speaker_id, iif(kind = 'text', length(text), 0) as characters,
               substr(sent_at, 12, 2) * 2 + (substr(sent_at, 15, 2) >= '30') as half_hour
        from messages
        where day_id between :first and :last and speaker_id is not null
        -- all of them: but for this SQLite would put their texts in order
        limit -1
      )
      group by day_id, speaker_id, half_hour
      order by day_id, speaker_id, half_hour
    )
    group by day_id, speaker_id
    """,
    f"""
    insert into half_hours (day_id, half_hour, messages, pictures, notices, first_second,
                            last_second)
    select day_id, second / {HALF_HOUR}, count(*), sum(kind = 'image'), sum(speaker_id is null),
           min(iif(speaker_id is null, null, second)), max(iif(speaker_id is null, null, second))
    from (
      select day_id, speaker_id, kind, substr(sent_at, 12, 2) * 3600 + substr(sent_at, 15, 2) * 60
             + substr(sent_at, 18, 2) as second
      from messages
      where day_id between :first and :last
    )
    group by day_id, second / {HALF_HOUR}
    """,
)
_RENEW = (
    """
    update days set (messages, first_message_id, last_message_id) = (
      select count(*), min(m.id), max(m.id) from messages m where m.day_id = days.id
    )
    """,
    """
    update mentions set (day_id, from_speaker_id) = (m.day_id, m.speaker_id)
    from messages m
    where m.id = mentions.message_id
      and (mentions.day_id <> m.day_id or mentions.from_speaker_id is not m.speaker_id)
    """,
    """
    update message_emoji set (day_id, speaker_id) = (m.day_id, m.speaker_id)
    from messages m
    where m.id = message_emoji.message_id
      and (message_emoji.day_id <> m.day_id or message_emoji.speaker_id is not m.speaker_id)
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
    said = sorted((day_id, speakers[name], *counted) for name, *counted in rows.speakers)
    connection.executemany(_SPEAKERS, said)
    connection.executemany(_HALF_HOURS, ((day_id, *row) for row in rows.half_hours))


def delete(connection: sqlite3.Connection, day_id: int) -> None:
    """Take the counts of a day out."""
    for table in ("speaker_days", "half_hours"):
        connection.execute(f"delete from {table} where day_id = ?", [day_id])


def renew(connection: sqlite3.Connection) -> None:
    """Make all of it anew, from the messages."""
    for table in ("speaker_days", "half_hours"):
        connection.execute(f"delete from {table}")
    days = [day_id for (day_id,) in connection.execute("select id from days order by id")]
    for at in range(0, len(days), _DAYS_AT_ONCE):
        some = days[at : at + _DAYS_AT_ONCE]
        for statement in _RENEW_DAYS:
            connection.execute(statement, {"first": some[0], "last": some[-1]})
    for statement in _RENEW:
        connection.execute(statement)
