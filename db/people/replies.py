"""Which message another one may answer though it quotes none: the nearest ones before it.

Both take the days to look at; None stands for all of them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from db.people.rows import Guess, InferredReply

# Seconds since midnight.
SECOND = "substr({0}, 12, 2) * 3600 + substr({0}, 15, 2) * 60 + substr({0}, 18, 2)"
_SECONDS = f"{SECOND.format('m.sent_at')} - ({SECOND.format('o.sent_at')})"

# Who mentions somebody, and the newest message of theirs. Who mentions three people lists them.
_MENTIONED = f"""
select m.id, o.id, {_SECONDS}
from mentions n
cross join messages m on m.id = n.message_id
cross join speakers w on w.id = m.speaker_id
cross join speakers s on s.id = n.speaker_id
cross join messages o on o.day_id = m.day_id and o.position = (
  select max(e.position)
  from speakers p
  cross join messages e on e.speaker_id = p.id and e.day_id = m.day_id and e.position < m.position
  where p.person_id = s.person_id
)
where s.person_id <> w.person_id
  and not exists (select 1 from quotes q where q.message_id = m.id)
  and not exists (select 1 from mentions c where c.message_id = m.id limit 1 offset 2)
  and o.sent_at between datetime(m.sent_at, '-' || :seconds || ' seconds') and m.sent_at
  and {{days}}
order by m.id, o.position
"""
# Who writes right after somebody's question, and asks nothing, nor mentions or quotes anybody.
# A ? that is doubled, or that ends a mention, is no question mark but what a lost character became.
ASKS = (
    "({0}.text like '%？' or {0}.text like '%?' and {0}.text not like '%??'"
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
  and {{days}}
order by m.id
"""


def mentioned_before(
    connection: sqlite3.Connection, days: Collection[int] | None, seconds: int
) -> list[Guess]:
    """For messages that mention somebody that person's newest message, not too long before."""
    return _guesses(connection, _MENTIONED, days, seconds)


def asked_before(
    connection: sqlite3.Connection, days: Collection[int] | None, seconds: int
) -> list[Guess]:
    """For messages that follow another one's question at once, the question."""
    return _guesses(connection, _ASKED_BEFORE, days, seconds)


def replace_inferred_replies(
    connection: sqlite3.Connection, days: Collection[int] | None, replies: Collection[InferredReply]
) -> None:
    """Make ``replies`` all that are inferred on these days; only what changed is written."""
    there = {
        row[0]: InferredReply._make(row)
        for row in connection.execute(
            "select i.message_id, i.reply_to, i.kind, i.confidence"
            f" from inferred_replies i join messages m on m.id = i.message_id where {_of(days)}",
            {"days": _listed(days)},
        )
    }
    wanted = {reply.message_id: reply for reply in replies}
    gone = [[id_] for id_, reply in there.items() if wanted.get(id_) != reply]
    connection.executemany("delete from inferred_replies where message_id = ?", gone)
    connection.executemany(
        "insert into inferred_replies (message_id, reply_to, kind, confidence) values (?, ?, ?, ?)",
        (reply for id_, reply in wanted.items() if there.get(id_) != reply),
    )


def _guesses(
    connection: sqlite3.Connection, sql: str, days: Collection[int] | None, seconds: int
) -> list[Guess]:
    values = {"days": _listed(days), "seconds": seconds}
    rows = connection.execute(sql.format(days=_of(days)), values)
    return list(map(Guess._make, rows))


def _of(days: Collection[int] | None) -> str:
    return "true" if days is None else "m.day_id in (select value from json_each(:days))"


def _listed(days: Collection[int] | None) -> str:
    return json.dumps(sorted(days or ()))
