"""A search box that takes whatever is typed: text alone, and never an error."""

from __future__ import annotations

from db.functions import NOTHING
from db.search.compile import fts_match
from db.search.errors import SearchError
from db.search.language import And, Text, parse

# More than anyone types; thousands of terms would take FTS5 seconds.
LONGEST = 500


def box_search(typed: str) -> And:
    """The search that was typed if it is one of text alone, else one for all its words as text."""
    typed = typed[:LONGEST]
    try:
        search = parse(typed)
    except SearchError:
        return _all_words(typed)
    return search if fts_match(search) else _all_words(typed)


def box_match(value: object) -> str:
    """What the full-text index must match for ``box_search``; what finds nothing for no words."""
    if value is None:
        return NOTHING
    typed = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return fts_match(box_search(typed)) or NOTHING


def _all_words(typed: str) -> And:
    words = map(Text, typed.split())
    return And(tuple(word for word in words if fts_match(word)))
