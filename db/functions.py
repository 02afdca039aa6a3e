"""SQL functions of ours, for every connection that reads an archive with SQL from outside.

``search_terms(text)``
    The FTS5 query that finds the messages which contain ``text``, for
    ``where messages_fts match search_terms('协议支付')``: Chinese exactly where its characters
    stand, other words as whole words. Text without any word finds nothing.
``normalize(text)``
    Text as search compares it: simplified, lower case, no full-width letters.

For NULL the first finds nothing, the second gives NULL. No table, view or trigger of the archive
uses them, so that any ``sqlite3`` can read it.
"""

from __future__ import annotations

import sqlite3

from db.text_index import match_phrase
from db.text_index import normalize as normal_text

# What finds nothing; FTS5 takes neither an empty query nor NULL.
NOTHING = '""'


def register(connection: sqlite3.Connection) -> None:
    """Give a connection these functions."""
    connection.create_function("search_terms", 1, search_terms, deterministic=True)
    connection.create_function("normalize", 1, normalize, deterministic=True)


def search_terms(value: object) -> str:
    """The FTS5 query for messages that contain a text."""
    return (match_phrase(_text(value)) if value is not None else "") or NOTHING


def normalize(value: object) -> str | None:
    """A text as search compares it."""
    return None if value is None else normal_text(_text(value))


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
