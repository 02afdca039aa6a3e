"""The newest or oldest messages that a search finds, without looking at all it finds.

A message is sent on the date of its day, and ``days`` knows the ids of a day's messages. So dates
are walked from one end of time, all rooms of a date at once, in stretches that grow; in each the
index is asked for the ids that its days have. Ids mostly follow time, but nothing depends on it.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from db.search.compile import (
    Condition,
    Span,
    condition,
    day_condition,
    fts_match,
    joined,
    speakers_of,
    text_of,
)
from db.search.language import And
from db.search.reading import (
    all_matches,
    count_matches,
    has_character,
    in_read,
    is_gathered,
    is_plain,
    matched,
)

# So many messages are looked through first, then so many times as many, and so on.
FIRST, GROWTH = 1_000, 4
# Where that many did not have enough hits, hits are rare.
NEAR = 20_000
# At most that many hits are read before their stretch is made smaller: they must be sorted.
MOST = 2_000
# To read past that many ids in between takes less time than to ask once more.
GAP = 1_000


class Place(NamedTuple):
    """Where in time a message stands."""

    sent_at: str
    id: int


class Walk(NamedTuple):
    """Which hits: the first ``limit``, newest or oldest first, behind ``after``."""

    newest: bool
    limit: int = 1
    after: Place | None = None

    def is_ahead(self, place: Place) -> bool:
        """Whether a place is behind ``after``."""
        return self.after is None or ((place < self.after) == self.newest and place != self.after)


class Day(NamedTuple):
    """A room's day, and from where to where the ids of its messages are."""

    id: int
    date: str
    messages: int
    span: Span


def first_hits(connection: sqlite3.Connection, query: And, walk: Walk) -> list[Place] | None:
    """The first hits, in order; None where hits are so rare that all are found sooner at once."""
    found = hits_of_first_dates(connection, query, walk)
    return None if found is None else found[: walk.limit]


def hits_of_first_dates(
    connection: sqlite3.Connection, query: And, walk: Walk
) -> list[Place] | None:
    """At least the first hits, in order: all of each date; None as for ``first_hits``."""
    days = SearchedDays(connection, query, walk)
    probe = Probe(connection, query, max(MOST, walk.limit))
    found: list[Place] = []
    size, walked = FIRST, 0
    while len(found) < walk.limit and (stretch := days.take(size)):
        hits = probe.hits(stretch)
        if hits is None:
            days.put_back(stretch)
            size = max(size // GROWTH**2, 1)
            continue
        found += sorted(filter(walk.is_ahead, hits), reverse=walk.newest)
        walked += sum(day.messages for day in stretch)
        # no further than there will be enough, as far as one can tell
        missing = (walk.limit - len(found)) * walked // max(len(found), 1)
        size = min(size * GROWTH, max(missing, 0) + FIRST)
        if walked >= NEAR and probe.is_rare(len(found) / walked):
            return None
    return found


class SearchedDays:
    """The days that a search asks for, by date from one end of time."""

    def __init__(self, connection: sqlite3.Connection, query: And, walk: Walk):
        wanted = [of_day for node in query.nodes if (of_day := day_condition(node))]
        if walk.after is not None:
            sign = "<=" if walk.newest else ">="
            wanted.append(Condition(f"d.date {sign} ?", (walk.after.sent_at[:10],)))
        where = " and ".join(["d.messages > 0", *(sql for sql, _ in wanted)])
        self._rows: Iterator[tuple[int, str, int, int, int]] = connection.execute(
            # by that index days come in their order; by any other, all would have to be sorted
            "select d.id, d.date, d.messages, d.first_message_id, d.last_message_id"
            f" from days d indexed by days_date where {where}"
            f" order by d.date {'desc' if walk.newest else ''}",
            [value for _, values in wanted for value in values],
        )
        self._waiting: deque[Day] = deque()

    def take(self, messages: int) -> list[Day]:
        """The days of the next dates that have so many messages; none at the end of time."""
        taken: list[Day] = []
        while (day := self._next()) and (messages > 0 or day.date == taken[-1].date):
            taken.append(day)
            messages -= day.messages
        if day:
            self._waiting.appendleft(day)
        return taken

    def put_back(self, days: list[Day]) -> None:
        """Have these days come once more."""
        self._waiting.extendleft(reversed(days))

    def _next(self) -> Day | None:
        if self._waiting:
            return self._waiting.popleft()
        row = next(self._rows, None)
        return row and Day(*row[:3], Span(*row[3:]))


class Probe:
    """Finds the hits among the messages of some days."""

    def __init__(self, connection: sqlite3.Connection, query: And, most: int = -1):
        self._connection, self._most = connection, most
        self._nodes = tuple(node for node in query.nodes if not day_condition(node))
        self._has_looked = False
        # the ids of all that have the characters searched for, where those are rare
        self._gathered: list[int] | None = None

    def is_rare(self, share: float) -> bool:
        """Whether all hits are found at once sooner than by walking on; looks only once.

        ``share`` is how many of the messages walked past are hits.
        """
        nodes = And(self._nodes)
        if self._has_looked:
            return False
        takes_long = bool(speakers_of(nodes)) or has_character(nodes)
        if takes_long and not is_gathered(self._connection, share, self._most):
            return False
        self._has_looked = True
        if speakers_of(nodes):
            return True
        match = text_of(nodes)
        if not match:
            return False
        if all(map(fts_match, self._nodes)) and has_character(nodes):
            self._gathered = all_matches(self._connection, match)
            return len(self._gathered) <= self._most
        return count_matches(self._connection, match, self._most + 1) <= self._most

    def hits(self, days: list[Day]) -> list[Place] | None:
        """The hits of these days in no order; None if they are many, unless it is one date."""
        is_limited = self._most >= 0 and days[0].date != days[-1].date
        limit = self._most + 1 if is_limited else -1
        ids = {day.id for day in days}
        found: list[Place] = []
        for span in self.spans(days):
            rows = self._in_span(span, limit)
            if is_limited:
                limit -= len(rows)
                if limit <= 0:
                    return None
            found += [Place(sent_at, id_) for sent_at, id_, day_id in rows if day_id in ids]
        return found

    def _in_span(self, span: Span, limit: int) -> list[tuple[str, int, int]]:
        source, (sql, parameters) = self._source_and_condition(span)
        return self._connection.execute(
            f"select m.sent_at, m.id, m.day_id from {source} where {sql} limit ?",
            [*parameters, limit],
        ).fetchall()

    def _source_and_condition(self, span: Span) -> tuple[str, Condition]:
        """What to read, and what must hold of it."""
        if self._gathered is not None:
            first = bisect_left(self._gathered, span.first)
            ids = self._gathered[first : bisect_right(self._gathered, span.last)]
            return "messages m", Condition("m.id in (select value from json_each(?))", (str(ids),))
        plain = tuple(node for node in self._nodes if is_plain(node))
        others = [
            condition(node, lambda text: in_read(text, span), span)
            for node in self._nodes
            if node not in plain
        ]
        if plain:
            return matched(text_of(And(plain)), span, others)
        of_span = Condition(f"m.id between {span.first} and {span.last}")
        # by any index it would read what is outside of the span
        return "messages m not indexed", joined(" and ", [of_span, *others])

    def spans(self, days: list[Day]) -> list[Span]:
        """Where the messages of these days are, and few others."""
        spans: list[Span] = []
        for span in sorted(span for day in days for span in self._spans_of(day)):
            if spans and span.first <= spans[-1].last + GAP:
                spans[-1] = Span(spans[-1].first, max(spans[-1].last, span.last))
            else:
                spans.append(span)
        return spans

    def _spans_of(self, day: Day) -> list[Span]:
        """A day's ids: they are far apart where a later export added some."""
        if day.span.last - day.span.first <= day.messages + GAP:
            return [day.span]
        ids = self._connection.execute("select id from messages where day_id = ?", [day.id])
        return [Span(id_, id_) for (id_,) in ids]
