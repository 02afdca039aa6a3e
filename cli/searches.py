"""What a command and a page say of a search: a room that is none, and why nothing is found."""

from __future__ import annotations

import sqlite3

from db.reader import rooms
from db.search import run
from db.search.errors import SearchError
from db.search.language import And, as_typed, filters_of, wanted_texts
from db.text_index import normalize

# What other search engines take for signs, and what is one here.
_NO_SIGNS = {"NOT", "Not", "not", "or", "Or", "and", "And", "|", "||", "&", "&&"}
_SIGNS = "here -word leaves one out, OR in capitals is either, and a space is both"


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
    alone = [part for part in query.nodes if not run.count(connection, And((part,)))]
    obstacles = run.obstacles(connection, query)
    words = {text.text for text in wanted_texts(query)} & _NO_SIGNS
    hints = [f"{word} is a word to find: {_SIGNS}" for word in sorted(words)]
    if not alone and not obstacles:
        return ["nothing is found with any one part left out, either", *hints]
    return [
        *hints,
        *(f"{as_typed(part)} finds nothing at all" for part in alone),
        *(f"without {as_typed(part)} there would be {number:,}" for part, number in obstacles),
    ]
