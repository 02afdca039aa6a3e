"""Which message another one may answer though it quotes none: the nearest ones before it.

All take the days to look at.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from db.people.reader import SECOND
from db.people.rows import Guess, InferredReply
from db.people.spans import span_of

_SECONDS = f"{SECOND.format('m.sent_at')} - ({SECOND.format('o.sent_at')})"

# So far back a message is looked for: more than anybody ever wrote in half an hour. Without an end
# a page of many mentions would take the square of its size.
MOST_BETWEEN = 500
# Who mentions somebody, and the newest message of theirs. Who mentions four people lists them.
_MENTIONED = f"""
select m.id, o.id, {_SECONDS}
from mentions n
cross join messages m on m.id = n.message_id
cross join speakers w on w.id = m.speaker_id
cross join speakers s on s.id = n.speaker_id
cross join messages o on o.day_id = m.day_id and o.position = (
  select max(e.position)
  from speakers p
  cross join messages e on e.speaker_id = p.id and e.day_id = m.day_id
    and e.position between m.position - {MOST_BETWEEN} and m.position - 1
  where p.person_id = s.person_id
)
where s.person_id <> w.person_id
  and not exists (select 1 from quotes q where q.message_id = m.id)
  and not exists (select 1 from mentions c where c.message_id = m.id limit 1 offset 3)
  and o.sent_at between datetime(m.sent_at, '-' || :seconds || ' seconds') and m.sent_at
  and {{here}}
  and m.day_id in (select value from json_each(:days))
order by m.id, o.position
"""
# Who writes right after somebody's question, and asks nothing, nor mentions or quotes anybody.
# A ? that is doubled, or that ends a mention, is no question mark but what a lost character became.
ASKS = (
    "(substr({0}.text, -1) in ('？', '?') and substr({0}.text, -2) <> '??'"
    " or instr({0}.text, '吗') or instr({0}.text, '请问') or instr({0}.text, '请教')"
    " or instr({0}.text, '有人') or instr({0}.text, '有没有'))"
)
_ASKED_BEFORE = f"""
select m.id, o.id, {_SECONDS}
from messages o
cross join messages m on m.day_id = o.day_id and m.position = o.position + 1
cross join speakers a on a.id = o.speaker_id
cross join speakers w on w.id = m.speaker_id and w.person_id <> a.person_id
where o.kind = 'text'
  and {ASKS.format("o")}
  and m.kind = 'text'
  and m.sent_at between o.sent_at and datetime(o.sent_at, '+' || :seconds || ' seconds')
  and not {ASKS.format("m")}
  and not exists (select 1 from quotes q where q.message_id = m.id)
  and not exists (select 1 from mentions c where c.message_id = m.id)
  and {{here}}
  and o.day_id in (select value from json_each(:days))
order by m.id
"""


_STORED = """
select i.message_id, i.reply_to, i.kind, i.confidence
from inferred_replies i join messages m on m.id = i.message_id
where {here}
  and m.day_id in (select value from json_each(:days))
"""


def mentioned_before(
    connection: sqlite3.Connection, days: Collection[int], seconds: int
) -> list[Guess]:
    """For messages that mention somebody that person's newest message, not too long before."""
    return _guesses(connection, _MENTIONED, "n.message_id", days, seconds)


def asked_before(
    connection: sqlite3.Connection, days: Collection[int], seconds: int
) -> list[Guess]:
    """For messages that follow another one's question at once, the question."""
    return _guesses(connection, _ASKED_BEFORE, "o.id", days, seconds)


def _guesses(
    connection: sqlite3.Connection, sql: str, column: str, days: Collection[int], seconds: int
) -> list[Guess]:
    span = span_of(connection, days)
    values = {**span.values, "seconds": seconds}
    return list(map(Guess._make, connection.execute(sql.format(here=span.holds(column)), values)))


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
