"""What a command and a page say of a search: a room that is none, and why nothing is found."""

from __future__ import annotations

import sqlite3

from db.reader import rooms
from db.search import run
from db.search.errors import SearchError
from db.search.language import And, Filter, as_typed, filters_of, wanted_texts
from db.text_index import normalize

# What other search engines take for signs, and what is one here.
_NO_SIGNS = {"NOT", "Not", "not", "or", "Or", "and", "And", "|", "||", "&", "&&"}
_SIGNS = "here -word leaves one out, OR in capitals is either, and a space is both"


def said_number(number: int, counted: int | None = None) -> str:
    """A number as people read it; one above how far was counted is not known, and said so."""
    counted = run.COUNTED if counted is None else counted
    return f"{counted:,}+" if number > counted else f"{number:,}"


def ranked_of(part: Filter) -> str:
    """Which of many hits are ranked."""
    return (
        f"ranked are those {part.typed} alone, as there are more than {run.RANKED:,};"
        f" with until:{part.value} older ones are"
    )


def check_rooms(connection: sqlite3.Connection, query: And) -> None:
    """Refuse a room that is none: nothing would be found, or with a minus everything."""
    known = rooms(connection)
    slugs = [room.slug for room in known]
    names = normalize(" ".join(f"{room.slug} {room.title or ''}" for room in known))
    missing = [one for one in filters_of(query, "room") if normalize(one.value) not in names]
    missing += [one for one in filters_of(query, "in") if one.value not in slugs]
    if missing:
        there = ", ".join(slugs)
        raise SearchError(f"{missing[0].typed}: there is no such room; there are {there}")


def why_nothing(connection: sqlite3.Connection, query: And) -> list[str]:
    """Which single part emptied the result: one that finds nothing, or one that is too much."""
    alone = [part for part in query.nodes if not run.count(connection, And((part,)), 1)]
    obstacles = run.obstacles(connection, query)
    words = {text.text for text in wanted_texts(query)} & _NO_SIGNS
    hints = [f"{word} is a word to find: {_SIGNS}" for word in sorted(words)]
    if not alone and not obstacles:
        return ["nothing is found with any one part left out, either", *hints]
    return [
        *hints,
        *(f"{as_typed(part)} finds nothing at all" for part in alone),
        *(
            f"without {as_typed(part)} there would be {said_number(number)}"
            for part, number in obstacles
        ),
    ]
