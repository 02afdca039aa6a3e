"""The query language: words, "phrases", filter:value, OR, -not and (parentheses).

Every string is a search or a SearchError; nothing of it can become SQL or FTS5 syntax, as it is
read into a tree first.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from db.search.errors import SearchError

FILTERS = ("room", "from", "mentions", "on", "since", "until", "has", "kind", "host")
HAS = ("image", "link", "file", "emoji", "mention", "quote")
KINDS = ("text", "image", "link", "file", "notice", "missing")

# Quotes and colons come full-width from a Chinese keyboard.
_QUOTES = '"“”＂'
_TOKEN = re.compile(
    rf"""
    \s*(?:
      (?P<open>[(（]) | (?P<close>[)）])
      | (?P<not>-)(?=\S)
      | (?P<or>OR|AND)(?=[\s()（）{_QUOTES}]|\Z)
      | (?P<filter>[A-Za-z]+)[:：](?!//)(?:[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)[{_QUOTES}]?
                                        |(?P<value>[^\s()（）{_QUOTES}]*))
      | [{_QUOTES}](?P<phrase>[^{_QUOTES}]*)[{_QUOTES}]?
      | (?P<word>[^\s()（）{_QUOTES}]+)
    )""",
    re.VERBOSE,
)
_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
# Deeper than anyone means; FTS5's parser takes 16, as one may hold OR and AND.
_DEEPEST = 15
# SQLite takes expressions up to a depth of 1,000.
_MOST = 200


@dataclass(frozen=True, slots=True)
class Text:
    """Text that a message contains; ``prefix`` if its last word may go on."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A property of the message. A time is a half-open span ``[value, end)`` of dates.

    ``by_name``: of people the name at hand alone is looked at, not all that are theirs.
    """

    name: str
    value: str
    typed: str
    end: str = ""
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """What must not hold."""

    node: Node


@dataclass(frozen=True, slots=True)
class And:
    """What must all hold; nothing holds for every message."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What must hold in part."""

    nodes: tuple[Node, ...]


Node = Text | Filter | Not | And | Or


def parse(query: str, *, by_name: bool = False) -> And:
    """Read a search; ``by_name`` is for its ``from:`` and ``mentions:``. Raises SearchError."""
    tokens = list(_tokens(query))
    if not tokens:
        raise SearchError("nothing to search for; `chats search -h` shows how to ask")
    if len(tokens) > _MOST:
        raise SearchError(f"more than {_MOST} words and signs")
    parser = _Parser(tokens, by_name)
    node = parser.any_of(0)
    if parser.rest():
        raise SearchError("a closing parenthesis has no opening one")
    return node if isinstance(node, And) else And((node,))


def in_room(slug: str) -> Filter:
    """Exactly that room: a link's narrowing, which nobody can type."""
    return Filter("in", slug, f"“in {slug}”")


def by_person(name: str) -> Filter:
    """Whatever the person of exactly that name wrote, under all names: see ``in_room``."""
    return Filter("by", name, f"“by {name}”")


def in_period(text: str) -> Filter:
    """A day, month or year. Raises SearchError."""
    try:
        first, after = period(text)
    except (ValueError, OverflowError):
        raise SearchError(
            f"{text} is no date; a period is a day, month or year: 2018-05-07, 2018-05 or 2018"
        ) from None
    return Filter("on", first.isoformat(), text, after.isoformat())


def as_typed(node: Node) -> str:
    """A part of a search as one would type it."""
    match node:
        case Text(text, prefix):
            return f'"{text}"{"*" if prefix else ""}' if re.search(r"\s", text) else text
        case Filter():
            return node.typed
        case Not(inner):
            return f"-{as_typed(inner)}"
        case And(nodes):
            return f"({' '.join(map(as_typed, nodes))})"
        case Or(nodes):
            return f"({' OR '.join(map(as_typed, nodes))})"


def _tokens(query: str) -> list[re.Match[str]]:
    found = []
    position = 0
    while position < len(query.rstrip()):
        match = _TOKEN.match(query, position)
        assert match is not None, "every sign begins some token"
        found.append(match)
        position = match.end()
    return found


class _Parser:
    """Recursive descent over the tokens: OR binds loosest, then AND (or nothing), then -."""

    def __init__(self, tokens: list[re.Match[str]], by_name: bool):
        self._tokens, self._next, self._by_name = tokens, 0, by_name

    def rest(self) -> bool:
        """Whether tokens are left."""
        return self._next < len(self._tokens)

    def any_of(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise SearchError(f"more than {_DEEPEST} parentheses inside each other")
        parts = [self._all_of(depth)]
        while self._take_word("OR"):
            parts.append(self._all_of(depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all_of(self, depth: int) -> Node:
        parts: list[Node] = []
        while self.rest() and not self._sees("close") and self._peek()["or"] != "OR":
            if not self._take_word("AND"):
                parts.append(self._one(depth))
        if not parts:
            raise SearchError("OR, AND or a parenthesis has nothing beside it to search for")
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _one(self, depth: int) -> Node:
        negations = 0
        while self._sees("not"):
            self._next += 1
            negations += 1
        node = self._positive(depth)
        return Not(node) if negations % 2 else node

    def _positive(self, depth: int) -> Node:
        if not self.rest() or self._sees("close"):
            raise SearchError("- has nothing behind it to leave out")
        token = self._tokens[self._next]
        self._next += 1
        if token["open"]:
            node = self.any_of(depth + 1)
            if not self.rest():
                raise SearchError("an opening parenthesis has no closing one")
            self._next += 1
            return node
        if token["filter"] is not None:
            value = token["quoted"] if token["quoted"] is not None else token["value"]
            return _filter(token["filter"], value or "", token[0].strip(), by_name=self._by_name)
        return _text(token)

    def _peek(self) -> re.Match[str]:
        return self._tokens[self._next]

    def _sees(self, group: str) -> bool:
        return self.rest() and bool(self._peek()[group])

    def _take_word(self, word: str) -> bool:
        taken = self.rest() and self._peek()["or"] == word
        self._next += taken
        return taken


def _text(token: re.Match[str]) -> Text:
    if token["phrase"] is not None:
        if not token["phrase"].strip():
            raise SearchError('"" has nothing between its quotes')
        return Text(token["phrase"].strip())
    word = token["word"] or token["or"]
    bare = word.rstrip("*＊")
    return Text(bare, prefix=True) if bare and bare != word else Text(word)


def _filter(name: str, value: str, typed: str, *, by_name: bool) -> Node:
    known = name.lower()
    if known not in FILTERS:
        names = ", ".join(f"{filter_}:" for filter_ in FILTERS)
        raise SearchError(
            f'there is no filter {name}: (there are {names}); "{typed}" in quotes is text'
        )
    if not value:
        raise SearchError(f"{known}: needs a value right behind it, as in {_EXAMPLES[known]}")
    if known in ("on", "since", "until"):
        return _time(known, value, typed)
    allowed = {"has": HAS, "kind": KINDS}.get(known)
    if allowed and value.lower() not in allowed:
        raise SearchError(f"{known}:{value} is none of {', '.join(allowed)}")
    value = value.lower() if allowed or known == "host" else value
    return Filter(known, value, typed, by_name=by_name)


_EXAMPLES = {
    "room": "room:prodarch",
    "from": 'from:"Kevin Wu"',
    "mentions": "mentions:林秋",
    "on": "on:2018-05-07",
    "since": "since:2018-05",
    "until": "until:2018",
    "has": "has:link",
    "kind": "kind:file",
    "host": "host:mp.weixin.qq.com",
}


def period(text: str) -> tuple[datetime.date, datetime.date]:
    """The first day of a day, month or year, and the first day after it. Raises ValueError."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        raise ValueError(f"{text} is no day, month or year")
    year, month, day = (int(part) if part else None for part in match.groups())
    first = datetime.date(year or 0, month or 1, day or 1)
    if day:
        return first, first + datetime.timedelta(days=1)
    if month:
        return first, (first.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
    return first, datetime.date(first.year + 1, 1, 1)


def _time(name: str, value: str, typed: str) -> Filter:
    """A day, month or year as the span of dates it means to the filter."""
    try:
        first, after = period(value)
    except (ValueError, OverflowError):
        raise SearchError(
            f"{name}:{value} is no date; write a day, month or year: {name}:2018-05-07,"
            f" {name}:2018-05 or {name}:2018"
        ) from None
    begin, end = first.isoformat(), after.isoformat()
    return Filter(name, "" if name == "until" else begin, typed, "" if name == "since" else end)


def filters_of(node: Node, name: str) -> list[Filter]:
    """The filters of one name anywhere in a search."""
    match node:
        case Filter():
            return [node] if node.name == name else []
        case Not(inner):
            return filters_of(inner, name)
        case And(nodes) | Or(nodes):
            return [found for one in nodes for found in filters_of(one, name)]
        case Text():
            return []


def wanted_texts(node: Node) -> list[Text]:
    """The texts that a search asks for, without those it leaves out."""
    match node:
        case Text():
            return [node]
        case And(nodes) | Or(nodes):
            return [text for one in nodes for text in wanted_texts(one)]
        case Not() | Filter():
            return []
