"""The full-text index against the texts it is of, in both directions."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

from db.text_index import index_terms, with_terms

# Terms that are compared at once: what agrees, as nearly all does, is never looked at one by one.
_AT_ONCE = 1000
_FRESH = "fts5(terms, content='', tokenize=\"unicode61 remove_diacritics 2\")"
# What is in the two indexes: every use of every term, or every term with its number of messages.
_VOCABULARIES = {
    "stored_terms": ("main, messages_fts", "instance"),
    "fresh_terms": ("scratch, fresh", "instance"),
    "counted_terms": ("main, messages_fts", "row"),
}
# Of so many terms one is searched for.
_TRIED_OF = 50
_COUNTED = "select term, doc from temp.counted_terms"
_FOUND = "select count(*) from main.messages_fts where messages_fts match ?"
_WRONG_LENGTHS = """
select s.id from main.messages_fts_docsize s
left join scratch.fresh_docsize f on f.id = s.id where f.sz is not s.sz
union
select f.id from scratch.fresh_docsize f
left join main.messages_fts_docsize s on s.id = f.id where s.id is null
"""

# A term with all its uses: messages, and the how manieth of their terms it is, both as lists.
Uses = tuple[str, str, str]
# One use of a term: message, place, term.
Entry = tuple[int, int, str]


class IndexFault(NamedTuple):
    """A message that the index has other terms of than its text gives.

    Without a key there is no such message. Where no term is wrong, their number as kept is.
    """

    message_id: int
    key: str | None
    missing: tuple[str, ...]
    surplus: tuple[str, ...]


def is_index_empty(connection: sqlite3.Connection) -> bool:
    """Whether nothing at all is in the index."""
    sql = "select not exists (select 1 from main.messages_fts_docsize)"
    return bool(connection.execute(sql).fetchone()[0])


def has_terms(connection: sqlite3.Connection) -> bool:
    """Whether any text has something to be found by."""
    texts = connection.execute("select text from main.messages where text <> ''")
    return any(index_terms(text) for (text,) in texts)


@contextlib.contextmanager
def fresh_index(connection: sqlite3.Connection) -> Iterator[None]:
    """An index of all texts beside the archive, so that SQLite's own tokenizer says what is in one.

    The connection must have a temporary file for it as database ``scratch``.
    """
    connection.execute(f"create virtual table scratch.fresh using {_FRESH}")
    texts = connection.execute("select id, text from main.messages where text <> '' order by id")
    while block := texts.fetchmany(_AT_ONCE):
        connection.executemany(
            "insert into scratch.fresh (rowid, terms) values (?, ?)", with_terms(block)
        )
    for name, (of, what) in _VOCABULARIES.items():
        connection.execute(f"create virtual table temp.{name} using fts5vocab({of}, {what})")
    try:
        yield
    finally:
        with contextlib.suppress(sqlite3.Error):
            for table in (*_VOCABULARIES, "fresh"):
                connection.execute(f"drop table {table}")


def structure_faults(connection: sqlite3.Connection) -> Iterator[str]:
    """What is wrong with how the index is kept; inside ``fresh_index``, and if no entry is wrong.

    FTS5 checks a copy, as to ask it is to write. What leads to a term it does not look at: that is
    tried out with some.
    """
    if fault := _refused_by_fts5(connection):
        yield fault
    stored, fresh = (
        connection.execute(f"select block from {table}_data where id = 1").fetchone()
        for table in ("main.messages_fts", "scratch.fresh")
    )
    if stored != fresh:
        yield "the sums that it ranks by are wrong"
    for number, (term, messages) in enumerate(connection.execute(_COUNTED)):
        if number % _TRIED_OF == 0:
            (found,) = connection.execute(_FOUND, [f'"{term}"']).fetchone()
            if found != messages:
                yield f"a search for {term} finds {found:,} of {messages:,} messages"
                return


def _refused_by_fts5(connection: sqlite3.Connection) -> str | None:
    connection.execute(f"create virtual table scratch.copied using {_FRESH}")
    try:
        for part in ("data", "idx", "docsize", "config"):
            connection.execute(f"delete from scratch.copied_{part}")
            connection.execute(
                f"insert into scratch.copied_{part} select * from main.messages_fts_{part}"
            )
        connection.execute("insert into scratch.copied (copied) values ('integrity-check')")
    except sqlite3.DatabaseError as error:
        return str(error)
    finally:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("drop table scratch.copied")
    return None


def index_faults(connection: sqlite3.Connection) -> Iterator[IndexFault]:
    """Messages whose terms are not in the index, and what is in it beyond.

    Only inside ``fresh_index``.
    """
    missing, surplus = _differences(connection)
    lengths = {id_ for (id_,) in connection.execute(_WRONG_LENGTHS)}
    for message_id in sorted(missing.keys() | surplus.keys() | lengths):
        row = connection.execute("select key from messages where id = ?", [message_id]).fetchone()
        yield IndexFault(
            message_id,
            row[0] if row else None,
            tuple(missing.get(message_id, ())),
            tuple(surplus.get(message_id, ())),
        )


def _differences(
    connection: sqlite3.Connection,
) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """By message, the terms that only the fresh index has, and those that only the stored one."""
    fresh_only: set[Uses] = set()
    stored_only: set[Uses] = set()
    ours: list[Uses]
    theirs: list[Uses]
    fresh, stored = (_chunks(connection, name) for name in ("fresh_terms", "stored_terms"))
    for ours, theirs in zip_longest(fresh, stored, fillvalue=[]):
        if ours != theirs:
            # what is ahead in one of them waits here for the other
            both = fresh_only.union(ours), stored_only.union(theirs)
            fresh_only, stored_only = both[0] - both[1], both[1] - both[0]
    missing, surplus = _entries(fresh_only), _entries(stored_only)
    return _by_message(missing - surplus), _by_message(surplus - missing)


def _chunks(connection: sqlite3.Connection, name: str) -> Iterator[list[Uses]]:
    # by term is how an index lies: nothing is sorted for it
    cursor = connection.execute(
        f"select term, group_concat(doc), group_concat(offset) from temp.{name} group by term"
    )
    while chunk := cursor.fetchmany(_AT_ONCE):
        yield chunk


def _entries(uses: set[Uses]) -> set[Entry]:
    return {
        (int(message_id), int(offset), term)
        for term, messages, offsets in uses
        for message_id, offset in zip(messages.split(","), offsets.split(","), strict=True)
    }


def _by_message(entries: set[Entry]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for message_id, _, term in sorted(entries):
        found.setdefault(message_id, []).append(term)
    return found
