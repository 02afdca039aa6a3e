"""Run a search: its hits, their number, what stands around them, and why there are none."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Literal, NamedTuple

from db import functions
from db.search.compile import Condition, condition, fts_match, text_of, with_speakers
from db.search.counting import all_hits, count_up_to
from db.search.errors import SearchError
from db.search.language import And, Filter, Node, Text
from db.search.rank import by_relevance
from db.search.reading import said
from db.search.walk import Place, Walk, first_hits, hits_of_first_dates
from db.text_index import scan_pattern, scannable

# Hits are counted so far unless they are asked to be: people see as little in a million.
COUNTED = 10_000
# Of more hits only the newest are ranked: so many take a quarter of a second.
RANKED = 10_000

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
    """A part of a search, and how many messages it would find without it, up to ``COUNTED`` + 1."""

    part: Node
    without: int


class Stretch(NamedTuple):
    """Which hits: at most ``limit`` in their order, behind the message of id ``after``."""

    order: Order
    limit: int | None
    after: int | None = None


class Ranked(NamedTuple):
    """Hits by relevance, and what narrows the search to the newest if only they were looked at."""

    hits: list[Hit]
    since: Filter | None


class NamedSql(NamedTuple):
    """A statement, and the values of its named parameters."""

    sql: str
    parameters: dict[str, str]


class Counts(NamedTuple):
    """How many messages a search finds: in all, by room, by month and by person.

    Notices are of no person.
    """

    total: int
    rooms: list[tuple[str, int]]
    months: list[tuple[str, int]]
    people: list[tuple[str, int]]


_JOINED = """
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
left join speakers s on s.id = m.speaker_id
"""
_HIT = (
    "select m.id, m.key, m.sent_at, r.slug, coalesce(s.name, ''), m.kind, m.text, m.day_id,"
    f" m.position\nfrom {{source}}{_JOINED}where {{condition}}"
)
# The same for people, who know neither ids nor places.
_SHOWN = (
    "select m.key, m.sent_at, r.slug as room, s.name as speaker, m.kind, m.text\n"
    f"from {{source}}{_JOINED}where {{condition}}"
)
_ORDERS = {
    "newest": "m.sent_at desc, m.id desc",
    "oldest": "m.sent_at, m.id",
    # bm25 is the less the better; of equals the newest
    "rank": "bm25(messages_fts), m.sent_at desc, m.id desc",
}
_BEHIND = {
    "newest": "(m.sent_at, m.id) < (?, ?)",
    "oldest": "(m.sent_at, m.id) > (?, ?)",
}
_NOTHING_TO_RANK_BY = "--rank needs text to rank by, and this search has none"
_RANKED = "messages_fts join messages m on m.id = messages_fts.rowid"
_GROUPS = {
    "room": ("r.slug", "2 desc, 1"),
    "speaker": ("coalesce(p.name, s.name, '')", "2 desc, 1"),
    "month": ("substr(m.sent_at, 1, 7)", "1"),
}


_DAYS = "select d.id, r.slug, substr(d.date, 1, 7) from days d join rooms r on r.id = d.room_id"
_PEOPLE = (
    "select s.id, ifnull(p.name, s.name) from speakers s left join people p on p.id = s.person_id"
)


def prepare(connection: sqlite3.Connection) -> None:
    """Give a connection the SQL functions that searches use."""
    functions.register(connection)


def find(connection: sqlite3.Connection, query: And, order: Order, limit: int | None) -> list[Hit]:
    """The messages found, in order. Raises SearchError where there is no text to rank by."""
    return stretch(connection, query, Stretch(order, limit))


def stretch(connection: sqlite3.Connection, query: And, wanted: Stretch) -> list[Hit]:
    """Some of the messages found, in order. Raises SearchError as ``find`` does."""
    if wanted.order == "rank":
        return ranked(connection, query, wanted.limit, wanted.after).hits
    query = _with_speakers(connection, query)
    if wanted.limit is not None:
        after = None if wanted.after is None else _moment(connection, wanted.after)
        walk = Walk(wanted.order == "newest", wanted.limit, after)
        places = first_hits(connection, query, walk)
        if places is not None:
            return _hits(connection, [place.id for place in places])
    return _sorted_hits(connection, query, wanted)


def ranked(
    connection: sqlite3.Connection, query: And, limit: int | None, after: int | None = None
) -> Ranked:
    """The hits by relevance: of the newest, or of all if there is no ``limit``.

    Raises SearchError as ``find`` does, and where the search does not find ``after``.
    """
    if not is_rankable(query):
        raise SearchError(_NOTHING_TO_RANK_BY)
    query = _with_speakers(connection, query)
    places, since = _to_rank(connection, query, are_all=limit is None)
    ids = by_relevance(connection, query, places)
    if after is not None:
        if after not in ids:
            raise SearchError("the message to go on behind is none that this search finds")
        ids = ids[ids.index(after) + 1 :]
    return Ranked(_hits(connection, ids[:limit]), since)


def _to_rank(
    connection: sqlite3.Connection, query: And, *, are_all: bool
) -> tuple[list[Place], Filter | None]:
    """The hits to rank, newest first, and since when they are all: whole days of the newest."""
    walk = Walk(newest=True, limit=RANKED + 1)
    places = None if are_all else hits_of_first_dates(connection, query, walk)
    if places is None:
        source, (sql, parameters) = all_hits(connection, query)
        found = connection.execute(f"select m.sent_at, m.id from {source} where {sql}", parameters)
        places = sorted(map(Place._make, found), reverse=True)
    if are_all or len(places) <= RANKED:
        return places, None
    date = places[RANKED - 1].sent_at[:10]
    since = Filter("since", date, f"since:{date}")
    return [place for place in places if place.sent_at >= date], since


def _with_speakers(connection: sqlite3.Connection, query: And) -> And:
    def numbers(speakers: Condition) -> list[int]:
        return [id_ for (id_,) in connection.execute(*speakers)]

    return And(tuple(with_speakers(node, numbers) for node in query.nodes))


def _sorted_hits(connection: sqlite3.Connection, query: And, wanted: Stretch) -> list[Hit]:
    """The same, from sorting all that is found."""
    sql, parameters = said(connection, query)
    values: list[object] = [*parameters]
    if wanted.after is not None:
        values += _moment(connection, wanted.after)
        sql = f"{sql} and {_BEHIND[wanted.order]}"
    # sorted without their text, which is long
    statement = f"select m.id from messages m where {sql} order by {_ORDERS[wanted.order]} limit ?"
    rows = connection.execute(statement, [*values, -1 if wanted.limit is None else wanted.limit])
    return _hits(connection, [id_ for (id_,) in rows])


def _hits(connection: sqlite3.Connection, ids: list[int]) -> list[Hit]:
    """The messages of these ids, in their order."""
    sql = "m.id in (select value from json_each(?))"
    rows = connection.execute(_HIT.format(source="messages m", condition=sql), [str(ids)])
    by_id = {hit.id: hit for hit in map(Hit._make, rows)}
    return [by_id[id_] for id_ in ids]


def narrowed(query: And, part: Filter | None) -> And:
    """A search of which one more thing must hold."""
    return And((*query.nodes, part)) if part else query


def is_rankable(query: And) -> bool:
    """Whether a search has text to rank by."""
    return bool(text_of(query))


def as_sql(query: And, order: Order) -> NamedSql:
    """The search as one statement for whoever has the SQL functions; its first column is the key.

    Raises SearchError as ``find`` does.
    """
    source, (sql, parameters) = _source_and_condition(query, order)
    first, *rest = sql.split("?")
    named = first + "".join(f":p{number}{part}" for number, part in enumerate(rest, 1))
    statement = f"{_SHOWN.format(source=source, condition=named)}\norder by {_ORDERS[order]}"
    return NamedSql(statement, {f"p{at}": value for at, value in enumerate(parameters, 1)})


def count(connection: sqlite3.Connection, query: And, most: int | None = None) -> int:
    """How many messages a search finds, counted no further than ``most``."""
    query = _with_speakers(connection, query)
    return count_up_to(connection, query, -1 if most is None else most)


def count_by(
    connection: sqlite3.Connection, query: And, by: By, *, by_name: bool = False
) -> list[tuple[str, int]]:
    """How many it finds in each room, of each speaker or in each month.

    A speaker is a person, or with ``by_name`` a single name.
    """
    source, wanted = all_hits(connection, _with_speakers(connection, query))
    group, order = _GROUPS[by]
    rows = connection.execute(
        f"select {group} as name, count(*) as number from {source}"
        " join days d on d.id = m.day_id join rooms r on r.id = d.room_id"
        " left join speakers s on s.id = m.speaker_id"
        " left join people p on p.id = s.person_id and not ?"
        f" where {wanted.sql} group by 1 order by {order}",
        (by_name, *wanted.parameters),
    )
    return rows.fetchall()


def counts(connection: sqlite3.Connection, query: And) -> Counts:
    """How many messages a search finds where, when and of whom, in one pass."""
    source, wanted = all_hits(connection, _with_speakers(connection, query))
    by_day: Counter[int] = Counter()
    by_speaker: Counter[int | None] = Counter()
    rows = connection.execute(
        f"select m.day_id, m.speaker_id, count(*) from {source} where {wanted.sql} group by 1, 2",
        wanted.parameters,
    )
    for day_id, speaker_id, number in rows:
        by_day[day_id] += number
        by_speaker[speaker_id] += number
    by_room: Counter[str] = Counter()
    by_month: Counter[str] = Counter()
    for day_id, room, month in connection.execute(_DAYS):
        by_room[room] += by_day[day_id]
        by_month[month] += by_day[day_id]
    by_person: Counter[str] = Counter()
    for speaker_id, name in connection.execute(_PEOPLE):
        by_person[name] += by_speaker[speaker_id]
    return Counts(by_day.total(), _most(by_room), sorted((+by_month).items()), _most(by_person))


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
        if rest.nodes and (number := count(connection, rest, COUNTED + 1)):
            found.append(Obstacle(part, number))
    return sorted(found, key=lambda obstacle: -obstacle.without)


def _source_and_condition(query: And, order: Order) -> tuple[str, Condition]:
    """What a search reads in that order, and what must hold of it."""
    wanted = condition(query)
    if order != "rank":
        return "messages m", wanted
    text = text_of(query)
    if not text:
        raise SearchError(_NOTHING_TO_RANK_BY)
    if fts_match(query):
        return _RANKED, Condition("messages_fts match ?", (text,))
    matching = f"messages_fts match ? and {wanted.sql}"
    return _RANKED, Condition(matching, (text, *wanted.parameters))


def _moment(connection: sqlite3.Connection, message_id: int) -> Place:
    row = connection.execute("select sent_at, id from messages where id = ?", [message_id])
    return Place._make(row.fetchone())


def _most(counted: Counter[str]) -> list[tuple[str, int]]:
    return sorted((+counted).items(), key=lambda one: (-one[1], one[0]))
