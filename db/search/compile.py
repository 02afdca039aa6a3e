"""A search as SQL: a condition on ``messages m``, with its parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from db.search.language import And, Filter, Node, Not, Or, Text
from db.text_index import match_phrase, normalize


class Condition(NamedTuple):
    """SQL that is true for the messages wanted, and the values of its question marks."""

    sql: str
    parameters: tuple[str, ...] = ()


class Span(NamedTuple):
    """Ids of messages, from the first to the last."""

    first: int
    last: int


# How a text is looked for in m.text.
TextCondition = Callable[[Text], Condition]

_MATCHING = "m.id in (select rowid from messages_fts where messages_fts match ?{within})"
# A span stands inside each of these, too: whatever SQLite begins with, it reads no more than that.
_HAS = {
    "image": "m.id in (select message_id from message_images where true{within})",
    "link": "m.id in (select message_id from message_links where true{within})",
    "file": "m.kind = 'file'",
    "emoji": "m.id in (select message_id from message_emoji where true{within})",
    "mention": "m.id in (select message_id from mentions where true{within})",
    "quote": "m.id in (select message_id from quotes where true{within})",
}
_ON_DAYS = "m.day_id in (select d.id from days d where {days})"
_ROOM = (
    "d.room_id in (select r.id from rooms r"
    " where normalize(r.slug) = ? or instr(normalize(coalesce(r.title, '')), ?))"
)
_IN_ROOM = "d.room_id in (select r.id from rooms r where r.slug = ?)"
# Somebody under all names: people.id is the id of one of their speakers, so the two never meet.
_BY_PERSON = (
    "select s.id from speakers s where ifnull(s.person_id, s.id)"
    " = ifnull((select p.id from people p where p.name = ?),"
    " (select ifnull(n.person_id, n.id) from speakers n where n.name = ?))"
)
_NAMED = "select id from speakers where instr(normalize(name), ?)"
# All speakers of whose person some name has it. An alias has a person only if it joins one.
_PEOPLE_NAMED = (
    "select s.id from speakers s where s.person_id in (select a.person_id from"
    " (select distinct name, person_id from aliases where person_id is not null) a"
    " where instr(normalize(a.name), ?))"
    # until people are made, as after a load that was killed
    " or s.person_id is null and instr(normalize(s.name), ?)"
)
_SAID_BY = "m.speaker_id in ({speakers})"
_NUMBERED = "select value from json_each(?)"
# Where no known name stands behind the @, what is typed there may begin with the one wanted.
_NAME_MENTIONED = (
    "case when n.name is null"
    " then instr(normalize(substr(t.text, n.position + 1, 40)), ?) = 1"
    " else instr(normalize(n.name), ?) end"
)
_MENTIONS = (
    "m.id in (select n.message_id from mentions n join messages t on t.id = n.message_id"
    " where ({mentioned}){within})"
)
_HOST = (
    "m.id in (select t.message_id from message_links t join links l on l.id = t.link_id"
    " where (l.host = ? or substr(l.host, -1 - length(?)) = '.' || ?){within})"
)


def condition(node: Node, text: TextCondition | None = None, span: Span | None = None) -> Condition:
    """The SQL of a search; texts are looked up in the index, unless ``text`` does otherwise.

    With a ``span`` it may be false for any message that is outside of it.
    """
    if text is None and (match := fts_match(node)):
        return matching(match, span)
    if of_day := day_condition(node):
        return Condition(_ON_DAYS.format(days=of_day.sql), of_day.parameters)
    match node:
        case Text():
            return (text or contains)(node)
        case Filter():
            return _filter(node, span)
        case Not(inner):
            sql, parameters = condition(inner, text, span)
            # `not` leaves out what is NULL, such as who said a notice
            return Condition(f"({sql}) is not true", parameters)
        case And(nodes):
            parts = _with_one_match(nodes) if text is None else nodes
            return joined(" and ", [condition(part, text, span) for part in parts])
        case Or(nodes):
            return joined(" or ", [condition(part, text, span) for part in nodes])


def day_condition(node: Node) -> Condition | None:
    """The SQL, on ``days d``, of a search that asks for days alone; None for any other."""
    match node:
        case Filter():
            return _of_day(node)
        case Not(inner):
            of_day = day_condition(inner)
            return of_day and Condition(f"not ({of_day.sql})", of_day.parameters)
        case And(nodes) | Or(nodes):
            parts = [of_day for one in nodes if (of_day := day_condition(one))]
            joint = " and " if isinstance(node, And) else " or "
            return joined(joint, parts) if parts and len(parts) == len(nodes) else None
        case _:
            return None


def with_speakers(node: Node, numbers: Callable[[Condition], list[int]]) -> Node:
    """The same search with the numbers of speakers for what asks for them by name.

    ``numbers`` reads them with a statement: once, whereas a search may have many. That takes a
    call of ``normalize`` for every name.
    """
    match node:
        case Filter():
            speakers = _speakers(node)
            return (
                replace(node, name="speakers", value=str(numbers(speakers))) if speakers else node
            )
        case Not(inner):
            return Not(with_speakers(inner, numbers))
        case And(nodes):
            return And(tuple(with_speakers(one, numbers) for one in nodes))
        case Or(nodes):
            return Or(tuple(with_speakers(one, numbers) for one in nodes))
        case Text():
            return node


def speakers_of(query: And) -> Filter | None:
    """The speakers of whom all messages must be, by number: see ``with_speakers``."""
    numbered = (n for n in query.nodes if isinstance(n, Filter) and n.name == "speakers")
    return next(numbered, None)


def matching(match: str, span: Span | None = None) -> Condition:
    """The messages that a MATCH string finds."""
    return Condition(_MATCHING.format(within=_within("rowid", span)), (match,))


def fts_match(node: Node) -> str:
    """One MATCH string for a search that is nothing but text; '' for any other."""
    match node:
        case Text(text, prefix):
            return match_phrase(text, prefix=prefix)
        case And(nodes) | Or(nodes):
            parts = [fts_match(one) for one in nodes]
            joint = " AND " if isinstance(node, And) else " OR "
            return f"({joint.join(parts)})" if parts and all(parts) else ""
        case _:
            return ""


def text_of(node: And) -> str:
    """The MATCH string for those parts of a search that are text and must all hold."""
    parts = [match for one in node.nodes if (match := fts_match(one))]
    return " AND ".join(parts)


def _with_one_match(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    """Parts that are text as one, so that the index is asked once for them all."""
    texts = tuple(node for node in nodes if fts_match(node))
    others = tuple(node for node in nodes if node not in texts)
    return (And(texts), *others) if texts else others


def joined(joint: str, parts: list[Condition]) -> Condition:
    """Conditions as one."""
    parameters = tuple(value for part in parts for value in part.parameters)
    return Condition(f"({joint.join(part.sql for part in parts)})" if parts else "", parameters)


def contains(text: Text) -> Condition:
    """Text without any word, such as a smiley: only a scan finds it."""
    return Condition("instr(normalize(m.text), ?)", (normalize(text.text),))


def _within(column: str, span: Span | None) -> str:
    return f" and {column} between {span.first} and {span.last}" if span else ""


def _of_day(node: Filter) -> Condition | None:
    match node.name:
        case "room":
            value = normalize(node.value)
            return Condition(_ROOM, (value, value))
        case "in":
            return Condition(_IN_ROOM, (node.value,))
        case "on" | "since" | "until":
            # a message is sent on the date of its day
            sides = [("d.date >= ?", node.value), ("d.date < ?", node.end)]
            given = [Condition(sql, (value,)) for sql, value in sides if value]
            return joined(" and ", given)
        case _:
            return None


def _filter(node: Filter, span: Span | None) -> Condition:
    if speakers := _speakers(node):
        return Condition(_SAID_BY.format(speakers=speakers.sql), speakers.parameters)
    value = normalize(node.value)
    match node.name:
        case "mentions":
            return _mentions(value, _within("n.message_id", span), by_name=node.by_name)
        case "has":
            return Condition(_HAS[node.value].format(within=_within("message_id", span)))
        case "kind":
            return Condition("m.kind = ?", (node.value,))
        case "host":
            within = _within("t.message_id", span)
            return Condition(_HOST.format(within=within), (value, value, value))
        case _:
            raise AssertionError(f"{node.name} is a filter of days")


def _speakers(node: Filter) -> Condition | None:
    """The statement for the speakers that a filter asks for."""
    value = normalize(node.value)
    match node.name:
        case "from":
            return Condition(_NAMED, (value,)) if node.by_name else _people_named(value)
        case "by":
            return Condition(_BY_PERSON, (node.value, node.value))
        case "speakers":
            return Condition(_NUMBERED, (node.value,))
        case _:
            return None


def _people_named(name: str) -> Condition:
    return Condition(_PEOPLE_NAMED, (name, name))


def _mentions(name: str, within: str, *, by_name: bool) -> Condition:
    if by_name:
        return Condition(_MENTIONS.format(mentioned=_NAME_MENTIONED, within=within), (name, name))
    mentioned = f"n.speaker_id in ({_PEOPLE_NAMED}) or {_NAME_MENTIONED}"
    return Condition(_MENTIONS.format(mentioned=mentioned, within=within), (name,) * 4)
