"""What is wrong with SQL that was typed, and where."""

from __future__ import annotations

import re
import sqlite3

from db.errors import ArchiveError

_NEAR = re.compile(r'(?:near|unrecognized token:) "(.+)"(?:: syntax error)?', re.DOTALL)
_NAMED = re.compile(r"(?:no such|ambiguous|wrong number of) [a-z -]*(?:: | to function )([^ ()]+)")
# Enough for any statement, and soon done.
_TRIES = 200


class SqlError(ArchiveError):
    """SQL that cannot be run; ``place`` is where in ``sql`` it is wrong, if that is known."""

    def __init__(self, message: str, sql: str = "", place: int | None = None):
        super().__init__(message)
        self.message, self.sql, self.place = message, sql, place


def place_of(connection: sqlite3.Connection, sql: str, message: str) -> int | None:
    """Where SQLite's message points at, as far as it can be told."""
    if message == "incomplete input":
        return len(sql.rstrip())
    if near := _NEAR.fullmatch(message):
        return _syntax_error(connection, sql, message, near[1])
    if named := _NAMED.match(message):
        found = re.search(rf"(?<!\w){re.escape(named[1])}(?!\w)", sql, re.IGNORECASE)
        return found.start() if found else None
    return None


def _syntax_error(connection: sqlite3.Connection, sql: str, message: str, token: str) -> int | None:
    """The first place of the token where SQLite, reading no further, says the same.

    SQLite reads from left to right and stops at the error; Python does not pass on where.
    """
    explain = "" if sql.lstrip().lower().startswith("explain") else "explain "
    for match in list(re.finditer(re.escape(token), sql))[:_TRIES]:
        try:
            connection.execute(explain + sql[: match.end()])
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            if str(error) == message:
                return match.start()
    return None
