"""A search as SQL: a condition on ``messages m``, with its parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from db.search.language import And, Filter, Node, Not, Or, Text
from db.text_index import match_phrase, normalize


class Condition(NamedTuple):
    """SQL that is true for the messages wanted, and the values of its question marks."""

    sql: str
    parameters: tuple[str, ...] = ()


# How a text is looked for in m.text.
TextCondition = Callable[[Text], Condition]

EVERYTHING = Condition("true")

_HAS = {
    "image": "m.id in (select message_id from message_images)",
    "link": "m.id in (select message_id from message_links)",
    "file": "m.kind = 'file'",
    "emoji": "m.id in (select message_id from message_emoji)",
    "mention": "m.id in (select message_id from mentions)",
    "quote": "m.id in (select message_id from quotes)",
}
_ROOM = (
    "m.day_id in (select d.id from days d join rooms r on r.id = d.room_id"
    " where normalize(r.slug) = ? or instr(normalize(coalesce(r.title, '')), ?))"
)
_IN_ROOM = "m.day_id in (select d.id from days d join rooms r on r.id = d.room_id where r.slug = ?)"
# Somebody under all names: people.id is the id of one of their speakers, so the two never meet.
_BY_PERSON = (
    "m.speaker_id in (select s.id from speakers s where ifnull(s.person_id, s.id)"
    " = ifnull((select p.id from people p where p.name = ?),"
    " (select ifnull(n.person_id, n.id) from speakers n where n.name = ?)))"
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
_FROM = "m.speaker_id in ({speakers})"
# Where no known name stands behind the @, what is typed there may begin with the one wanted.
_NAME_MENTIONED = (
    "case when n.name is null"
    " then instr(normalize(substr(t.text, n.position + 1, 40)), ?) = 1"
    " else instr(normalize(n.name), ?) end"
)
_MENTIONS = (
    "m.id in (select n.message_id from mentions n join messages t on t.id = n.message_id"
    " where {mentioned})"
)
_HOST = (
    "m.id in (select t.message_id from message_links t join links l on l.id = t.link_id"
    " where l.host = ? or substr(l.host, -1 - length(?)) = '.' || ?)"
)


def condition(node: Node, text: TextCondition | None = None) -> Condition:
    """The SQL of a search; texts are looked up in the index, unless ``text`` does otherwise."""
    if text is None and (match := fts_match(node)):
        return Condition(
            "m.id in (select rowid from messages_fts where messages_fts match ?)", (match,)
        )
    match node:
        case Text():
            return (text or _contains)(node)
        case Filter():
            return _filter(node)
        case Not(inner):
            sql, parameters = condition(inner, text)
            # `not` leaves out what is NULL, such as who said a notice
            return Condition(f"({sql}) is not true", parameters)
        case And(nodes):
            return _joined(" and ", _with_one_match(nodes) if text is None else nodes, text)
        case Or(nodes):
            return _joined(" or ", nodes, text)


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


def _joined(joint: str, nodes: tuple[Node, ...], text: TextCondition | None) -> Condition:
    parts = [condition(node, text) for node in nodes]
    parameters = tuple(value for part in parts for value in part.parameters)
    return Condition(f"({joint.join(part.sql for part in parts)})", parameters)


def _contains(text: Text) -> Condition:
    """Text without any word, such as a smiley: only a scan finds it."""
    return Condition("instr(normalize(m.text), ?)", (normalize(text.text),))


def _filter(node: Filter) -> Condition:
    value = normalize(node.value)
    match node.name:
        case "room":
            return Condition(_ROOM, (value, value))
        case "from":
            return _from(value, by_name=node.by_name)
        case "in":
            return Condition(_IN_ROOM, (node.value,))
        case "by":
            return Condition(_BY_PERSON, (node.value, node.value))
        case "mentions":
            return _mentions(value, by_name=node.by_name)
        case "has":
            return Condition(_HAS[node.value])
        case "kind":
            return Condition("m.kind = ?", (node.value,))
        case "host":
            return Condition(_HOST, (value, value, value))
        case _:
            return _span(node)


def _from(name: str, *, by_name: bool) -> Condition:
    if by_name:
        return Condition(_FROM.format(speakers=_NAMED), (name,))
    return Condition(_FROM.format(speakers=_PEOPLE_NAMED), (name, name))


def _mentions(name: str, *, by_name: bool) -> Condition:
    if by_name:
        return Condition(_MENTIONS.format(mentioned=_NAME_MENTIONED), (name, name))
    mentioned = f"n.speaker_id in ({_PEOPLE_NAMED}) or {_NAME_MENTIONED}"
    return Condition(_MENTIONS.format(mentioned=mentioned), (name,) * 4)


def _span(node: Filter) -> Condition:
    sides = [("m.sent_at >= ?", node.value), ("m.sent_at < ?", node.end)]
    given = [(sql, value) for sql, value in sides if value]
    return Condition(
        f"({' and '.join(sql for sql, _ in given)})", tuple(value for _, value in given)
    )
