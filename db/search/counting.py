"""How many messages a search finds: all, up to a number, or about."""

from __future__ import annotations

import sqlite3

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
from db.search.language import And, Node, Or
from db.search.reading import (
    characters_of,
    count_matches,
    in_gathered,
    is_gathered,
    is_plain,
    matched,
    number_of_messages,
    said,
)
from db.search.walk import Probe, SearchedDays, Walk

# How frequent a character is, the newest messages of that number tell.
SAMPLE = 5_000
# Of a more frequent one the index makes too long a list to begin with.
FREQUENT = 0.01


def count_up_to(connection: sqlite3.Connection, query: And, most: int) -> int:
    """How many messages a search finds, counted up to ``most``; -1: all of them."""
    if all(map(day_condition, query.nodes)):
        return _of_days(connection, query, most)
    if fts_match(query) and not _is_read(connection, query, most):
        return count_matches(connection, fts_match(query), most)
    source, wanted = all_hits(connection, query, most)
    (number,) = connection.execute(
        f"select count(*) from (select 1 from {source} where {wanted.sql} limit ?)",
        [*wanted.parameters, most],
    ).fetchone()
    return int(number)


def all_hits(connection: sqlite3.Connection, query: And, most: int = -1) -> tuple[str, Condition]:
    """What to read, and what must hold of it, to go over all hits in no order."""
    plain = tuple(node for node in query.nodes if is_plain(node))
    if speakers_of(query):
        return "messages m", said(connection, query)
    if plain:
        others = [condition(node, in_gathered) for node in query.nodes if node not in plain]
        return matched(text_of(And(plain)), span_of_days(connection, query), others)
    text = in_gathered if _is_read(connection, query, most) else None
    return "messages m", condition(query, text)


def estimated_hits(connection: sqlite3.Connection, query: And, exact: int) -> int:
    """How many messages a search finds: counted up to ``exact``, above that by the newest."""
    counted = count_up_to(connection, query, exact + 1)
    if counted <= exact:
        return counted
    return max(counted, round(number_of_messages(connection) * _share(connection, *query.nodes)))


def span_of_days(connection: sqlite3.Connection, query: And) -> Span | None:
    """Where the messages of the days are that a search asks for; None if it asks for all."""
    wanted = _days_wanted(query)
    if not wanted.sql:
        return None
    span = connection.execute(
        "select ifnull(min(d.first_message_id), 1), ifnull(max(d.last_message_id), 0)"
        f" from days d where {wanted.sql}",
        wanted.parameters,
    ).fetchone()
    return Span(*span)


def _days_wanted(query: And) -> Condition:
    return joined(" and ", [of_day for node in query.nodes if (of_day := day_condition(node))])


def _of_days(connection: sqlite3.Connection, query: And, most: int) -> int:
    """The number of messages of all days that are asked for."""
    wanted = _days_wanted(query)
    (number,) = connection.execute(
        f"select ifnull(sum(d.messages), 0) from days d where {wanted.sql}", wanted.parameters
    ).fetchone()
    return int(number) if most < 0 else min(int(number), most)


def _is_read(connection: sqlite3.Connection, query: And, most: int) -> bool:
    """Whether messages are read to find characters in them: where these are frequent."""
    characters = characters_of(query)
    if not characters:
        return False
    if not fts_match(query):
        return _share(connection, Or(characters)) > FREQUENT
    return most >= 0 and not is_gathered(connection, _share(connection, *query.nodes), most)


def _share(connection: sqlite3.Connection, *nodes: Node) -> float:
    """How many of the newest messages are hits."""
    query = And(nodes)
    days = SearchedDays(connection, query, Walk(newest=True)).take(SAMPLE)
    hits = Probe(connection, query).hits(days) if days else []
    return len(hits or []) / max(sum(day.messages for day in days), 1)
