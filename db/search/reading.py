"""Which of two ways finds a text sooner: to ask the index, or to read messages and look.

The index is quick where it has a text as a phrase. A single character is the prefix of many terms
to it, which FTS5 merges into one list whatever part of it is wanted. And where few messages are
read anyway, as those of one speaker, gathering all that have a frequent text takes longest.
"""

from __future__ import annotations

import sqlite3

from db.search.compile import (
    Condition,
    Span,
    condition,
    contains,
    fts_match,
    joined,
    matching,
    speakers_of,
    text_of,
)
from db.search.language import And, Filter, Node, Not, Or, Text
from db.text_index import writings

# To ask the index for one message takes as long as to gather that many.
PROBE = 100
# To read a message takes twice as long as to gather one that has a character.
READING = 2
_SAID = "select count(*) from messages where speaker_id in (select value from json_each(?))"
_IS_MATCH = "exists (select 1 from messages_fts where messages_fts match ? and rowid = m.id)"
_MATCHED = "messages_fts cross join messages m on m.id = messages_fts.rowid"


def is_plain(node: Node) -> bool:
    """Whether a part of a search is text that the index finds without merging lists."""
    return bool(fts_match(node)) and not has_character(node)


def has_character(node: Node) -> bool:
    """Whether single characters are searched for, or left out."""
    return bool(characters_of(node))


def characters_of(node: Node) -> tuple[Text, ...]:
    """The single characters anywhere in a search."""
    match node:
        case Text():
            return (node,) if writings(node.text) else ()
        case Not(inner):
            return characters_of(inner)
        case And(nodes) | Or(nodes):
            return tuple(text for one in nodes for text in characters_of(one))
        case Filter():
            return ()


def matched(match: str, span: Span | None, others: list[Condition]) -> tuple[str, Condition]:
    """What to read, and what must hold of it, to begin with what a MATCH string finds."""
    within = f" and messages_fts.rowid between {span.first} and {span.last}" if span else ""
    return _MATCHED, joined(
        " and ", [Condition(f"messages_fts match ?{within}", (match,)), *others]
    )


def in_read(text: Text, span: Span | None = None) -> Condition:
    """Text in messages that are read anyway, of a span or one by one."""
    match = fts_match(text)
    if not match or writings(text.text):
        return in_gathered(text)
    return matching(match, span) if span else Condition(_IS_MATCH, (match,))


def in_gathered(text: Text) -> Condition:
    """Text in messages that are read anyway, from all messages that have it."""
    if characters := writings(text.text):
        found = " or ".join(["instr(m.text, ?)"] * len(characters))
        return Condition(f"({found})", tuple(characters))
    match = fts_match(text)
    if not match:
        return contains(text)
    sql, parameters = matching(match)
    # the sign keeps SQLite from beginning with these
    return Condition(f"+{sql}", parameters)


def said(connection: sqlite3.Connection, query: And) -> Condition:
    """The condition of a search, which begins with what somebody said if it asks for somebody."""
    speakers = speakers_of(query)
    if speakers is None:
        return condition(query)
    (messages,) = connection.execute(_SAID, [speakers.value]).fetchone()
    match = text_of(And(tuple(node for node in query.nodes if is_plain(node))))
    few = messages * PROBE
    many = not match or count_matches(connection, match, few + 1) > few
    return condition(query, in_read if many else in_gathered)


def count_matches(
    connection: sqlite3.Connection, match: str, most: int = -1, span: Span | None = None
) -> int:
    """How many messages a MATCH string finds, counted up to ``most``."""
    within = f" and rowid between {span.first} and {span.last}" if span else ""
    (number,) = connection.execute(
        "select count(*) from"
        f" (select 1 from messages_fts where messages_fts match ?{within} limit ?)",
        [match, most],
    ).fetchone()
    return int(number)


def all_matches(connection: sqlite3.Connection, match: str) -> list[int]:
    """The ids of all that a MATCH string finds, in their order."""
    rows = connection.execute("select rowid from messages_fts where messages_fts match ?", [match])
    return [id_ for (id_,) in rows]


def is_gathered(connection: sqlite3.Connection, share: float, hits: int) -> bool:
    """Whether gathering all hits takes no longer than reading messages until there are so many.

    ``share`` is how many of the messages are hits.
    """
    return share * share * number_of_messages(connection) <= READING * hits


def number_of_messages(connection: sqlite3.Connection) -> int:
    """How many messages there are, as their days say."""
    (number,) = connection.execute("select ifnull(sum(messages), 0) from days").fetchone()
    return int(number)
