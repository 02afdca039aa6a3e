"""How often the rules for inferred replies are right, where something else tells."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable

from db.people.reader import SECOND
from etl.people.replies import MENTION_CONFIDENCE, QUICK_CONFIDENCE, Confidences

Counts = dict[int, tuple[int, int]]

# A ? that is doubled, or that ends a mention, is no question mark but what a lost character became.
ASKS = (
    "(substr({0}.text, -1) in ('？', '?') and substr({0}.text, -2) <> '??'"
    " or instr({0}.text, '吗') or instr({0}.text, '请问') or instr({0}.text, '请教')"
    " or instr({0}.text, '有人') or instr({0}.text, '有没有'))"
)

# Where a message quotes another person's: that person's newest message before it.
_AS_IF_MENTIONED = f"""
select {SECOND.format("m.sent_at")} - ({SECOND.format("o.sent_at")}), o.id = m.reply_to
from quotes q
join messages m on m.id = q.message_id
join messages t on t.id = m.reply_to
join speakers ts on ts.id = t.speaker_id
join speakers w on w.id = m.speaker_id and w.person_id <> ts.person_id
join messages o on o.day_id = m.day_id and o.position = (
  select max(e.position) from messages e join speakers s on s.id = e.speaker_id
  where e.day_id = m.day_id and e.position < m.position and s.person_id = ts.person_id
)
"""
# Where a message mentions one person right after a question: whether that person asked it.
_AS_IF_NOT_MENTIONED = f"""
select {SECOND.format("m.sent_at")} - ({SECOND.format("o.sent_at")}), s.person_id = w.person_id
from messages m
join messages o on o.day_id = m.day_id and o.position = m.position - 1
  and o.kind = 'text' and o.speaker_id <> m.speaker_id and {ASKS.format("o")}
join speakers w on w.id = o.speaker_id
join mentions n on n.message_id = m.id
join speakers s on s.id = n.speaker_id
where not {ASKS.format("m")}
  and (select count(*) from mentions c where c.message_id = m.id) = 1
"""


def mention_guesses(connection: sqlite3.Connection) -> Counts:
    """Right guesses, and all, by how many seconds at most lie between."""
    return _counted(connection.execute(_AS_IF_MENTIONED), MENTION_CONFIDENCE)


def quick_guesses(connection: sqlite3.Connection) -> Counts:
    """Right guesses, and all, by how many seconds at most lie between."""
    return _counted(connection.execute(_AS_IF_NOT_MENTIONED), QUICK_CONFIDENCE)


def _counted(rows: Iterable[tuple[int, int]], confidences: Confidences) -> Counts:
    found: dict[int, list[int]] = defaultdict(list)
    for seconds, is_right in rows:
        limit = next((limit for limit, _ in confidences if seconds <= limit), None)
        if limit is not None and seconds >= 0:
            found[limit].append(is_right)
    return {limit: (sum(found[limit]), len(found[limit])) for limit, _ in confidences}
