"""Run a search: its hits, their number, what stands around them, and why there are none."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from typing import Literal, NamedTuple

from db import functions
from db.search.compile import Condition, condition, text_of
from db.search.errors import SearchError
from db.search.language import And, Node, Text
from db.text_index import scan_pattern, scannable

Order = Literal["newest", "oldest", "rank"]
By = Literal["room", "speaker", "month"]


class Hit(NamedTuple):
    """A message that was found, or that stands beside one."""

    id: int
    key: str
    sent_at: str
    room: str
    speaker: str
    kind: str
    text: str
    day_id: int
    position: int


class _Group(NamedTuple):
    """Hits of one day that stand so near each other that their contexts are one."""

    order: int
    day_id: int
    first: int
    last: int

    def joined(self, other: _Group) -> _Group:
        """Both as one, in the place of the one that came first."""
        return _Group(
            min(self.order, other.order),
            self.day_id,
            min(self.first, other.first),
            max(self.last, other.last),
        )


class Obstacle(NamedTuple):
    """A part of a search, and how many messages the search would find without it."""

    part: Node
    without: int


_HIT = """
select m.id, m.key, m.sent_at, r.slug, coalesce(s.name, ''), m.kind, m.text, m.day_id, m.position
from {source}
join days d on d.id = m.day_id join rooms r on r.id = d.room_id
left join speakers s on s.id = m.speaker_id
where {condition}
"""
_ORDERS = {
    "newest": "m.sent_at desc, m.id desc",
    "oldest": "m.sent_at, m.id",
    # bm25 is the less the better; of equals the newest
    "rank": "bm25(messages_fts), m.sent_at desc, m.id desc",
}
_GROUPS = {
    "room": ("r.slug", "2 desc, 1"),
    "speaker": ("coalesce(p.name, s.name, '')", "2 desc, 1"),
    "month": ("substr(m.sent_at, 1, 7)", "1"),
}


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection the SQL functions that searches use."""
    functions.register(connection)


def find(connection: sqlite3.Connection, query: And, order: Order, limit: int | None) -> list[Hit]:
    """The messages found, in order. Raises SearchError where there is no text to rank by."""
    wanted = condition(query)
    source, parameters = "messages m", wanted.parameters
    sql = wanted.sql
    if order == "rank":
        text = text_of(query)
        if not text:
            raise SearchError("--rank needs text to rank by, and this search has none")
        source = "messages_fts join messages m on m.id = messages_fts.rowid"
        sql, parameters = f"messages_fts match ? and {sql}", (text, *parameters)
    statement = f"{_HIT.format(source=source, condition=sql)} order by {_ORDERS[order]} limit ?"
    rows = connection.execute(statement, [*parameters, -1 if limit is None else limit])
    return list(map(Hit._make, rows))


def count(connection: sqlite3.Connection, query: And) -> int:
    """How many messages a search finds."""
    return _count(connection, condition(query))


def count_by(
    connection: sqlite3.Connection, query: And, by: By, *, by_name: bool = False
) -> list[tuple[str, int]]:
    """How many it finds in each room, of each speaker or in each month.

    A speaker is a person, or with ``by_name`` a single name.
    """
    wanted = condition(query)
    group, order = _GROUPS[by]
    rows = connection.execute(
        f"select {group} as name, count(*) as number from messages m"
        " join days d on d.id = m.day_id join rooms r on r.id = d.room_id"
        " left join speakers s on s.id = m.speaker_id"
        " left join people p on p.id = s.person_id and not ?"
        f" where {wanted.sql} group by 1 order by {order}",
        (by_name, *wanted.parameters),
    )
    return rows.fetchall()


def around(connection: sqlite3.Connection, hits: list[Hit], distance: int) -> Iterator[list[Hit]]:
    """Hits with the messages of their day up to ``distance`` places before and after them.

    Groups that overlap or touch are one, as in grep's context; each stands where its first hit
    does. A group's messages are read when it is asked for.
    """
    days: defaultdict[int, list[_Group]] = defaultdict(list)
    for order, hit in enumerate(hits):
        group = _Group(order, hit.day_id, hit.position - distance, hit.position + distance)
        apart = []
        for other in days[hit.day_id]:
            if other.first <= group.last + 1 and group.first <= other.last + 1:
                group = group.joined(other)
            else:
                apart.append(other)
        days[hit.day_id] = [*apart, group]
    in_order = sorted(group for groups in days.values() for group in groups)
    return (_between(connection, *group[1:]) for group in in_order)


def _between(connection: sqlite3.Connection, day_id: int, first: int, last: int) -> list[Hit]:
    sql = "m.day_id = ? and m.position between ? and ?"
    rows = connection.execute(
        f"{_HIT.format(source='messages m', condition=sql)} order by m.position",
        [day_id, first, last],
    )
    return list(map(Hit._make, rows))


def scan(connection: sqlite3.Connection, query: And) -> set[int]:
    """The ids of the messages that a plain scan finds, without the index: to check it."""
    patterns: list[re.Pattern[str]] = []

    def looked_through(text: Text) -> Condition:
        pattern = scan_pattern(text.text, prefix=text.prefix)
        patterns.append(pattern or re.compile(re.escape(scannable(text.text))))
        return Condition(f"scan_finds({len(patterns) - 1}, m.text)")

    def scan_finds(number: int, text: str) -> bool:
        return patterns[number].search(scannable(text)) is not None

    wanted = condition(query, looked_through)
    connection.create_function("scan_finds", 2, scan_finds, deterministic=True)
    rows = connection.execute(f"select m.id from messages m where {wanted.sql}", wanted.parameters)
    return {message_id for (message_id,) in rows}


def indexed(connection: sqlite3.Connection, query: And) -> set[int]:
    """The ids of the messages that the search itself finds."""
    wanted = condition(query)
    rows = connection.execute(f"select m.id from messages m where {wanted.sql}", wanted.parameters)
    return {message_id for (message_id,) in rows}


def obstacles(connection: sqlite3.Connection, query: And) -> list[Obstacle]:
    """The single parts without which an empty search would find something, most first."""
    found = []
    for part in query.nodes:
        rest = And(tuple(node for node in query.nodes if node is not part))
        if rest.nodes and (number := count(connection, rest)):
            found.append(Obstacle(part, number))
    return sorted(found, key=lambda obstacle: -obstacle.without)


def _count(connection: sqlite3.Connection, wanted: Condition) -> int:
    (number,) = connection.execute(
        f"select count(*) from messages m where {wanted.sql}", wanted.parameters
    ).fetchone()
    return int(number)
