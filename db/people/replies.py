"""What tells which message another one may answer, and the inferred replies that are written down.

All take the days to look at.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from itertools import groupby

from db.people.rows import InferredReply
from db.people.spans import span_of

_MENTIONS = """
select n.message_id, n.speaker_id from mentions n where {here} order by n.message_id, n.position
"""
_QUOTING = "select q.message_id from quotes q where {here}"
_STORED = """
select i.message_id, i.reply_to, i.kind, i.confidence
from inferred_replies i join messages m on m.id = i.message_id
where {here}
  and m.day_id in (select value from json_each(:days))
"""


def mentioned_speakers(
    connection: sqlite3.Connection, days: Collection[int]
) -> dict[int, list[int | None]]:
    """Whom the messages of these days mention, and perhaps some of others; None: nobody known."""
    span = span_of(connection, days)
    rows = connection.execute(_MENTIONS.format(here=span.holds("n.message_id")), span.values)
    by_message = groupby(rows, key=lambda row: int(row[0]))
    return {message_id: [row[1] for row in of_message] for message_id, of_message in by_message}


def quoting_messages(connection: sqlite3.Connection, days: Collection[int]) -> set[int]:
    """The messages of these days that quote, and perhaps some of others."""
    span = span_of(connection, days)
    rows = connection.execute(_QUOTING.format(here=span.holds("q.message_id")), span.values)
    return {message_id for (message_id,) in rows}


def replace_inferred_replies(
    connection: sqlite3.Connection, days: Collection[int], replies: Collection[InferredReply]
) -> None:
    """Make ``replies`` all that are inferred on these days; only what changed is written."""
    span = span_of(connection, days)
    rows = connection.execute(_STORED.format(here=span.holds("i.message_id")), span.values)
    there = {row[0]: InferredReply._make(row) for row in rows}
    wanted = {reply.message_id: reply for reply in replies}
    gone = [[id_] for id_, reply in there.items() if wanted.get(id_) != reply]
    connection.executemany("delete from inferred_replies where message_id = ?", gone)
    connection.executemany(
        "insert into inferred_replies (message_id, reply_to, kind, confidence) values (?, ?, ?, ?)",
        (reply for id_, reply in wanted.items() if there.get(id_) != reply),
    )
