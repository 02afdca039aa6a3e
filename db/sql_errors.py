"""What is wrong with SQL that was typed, and where."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection

from db.errors import ArchiveError

_NEAR = re.compile(r'(?:near|unrecognized token:) "(.+)"(?:: syntax error)?', re.DOTALL)
# SQLite 3.41 quotes the name, and asks whether it should be a string.
_NAMED = re.compile(
    r'(?:no such|ambiguous) [a-z -]+: "?(.+?)"?(?: - should .*)?'
    r"|wrong number of arguments to function (.+)\(\)"
)
# Strings, comments and names in quotes.
_NO_CODE = re.compile(
    r"'[^']*'?|--[^\n]*|/\*.*?(?:\*/|\Z)|(?P<name>\"[^\"]*\"?|`[^`]*`?|\[[^\]]*\]?)", re.DOTALL
)
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
    if named := _NAMED.fullmatch(message):
        return _named(sql, named[1] or named[2], is_function="function" in message)
    return None


def place_of_second(sql: str) -> int | None:
    """Where the second statement begins."""
    found = re.match(r"[\s;]*[^\s;][^;]*;[\s;]*(?=[^\s;])", _blanked(sql))
    return found.end() if found else None


def place_of_refused(sql: str, refused: str) -> int | None:
    """Where a function or pragma stands that is refused, else the statement's first word."""
    # a pragma is a table, too
    name = re.escape(refused.removesuffix("()").replace("pragma ", "pragma_"))
    code = _blanked(sql)
    found = re.search(rf"\b{name}\b", code, re.IGNORECASE) or re.search(r"\w", code)
    return found.start() if found else None


def first_word(sql: str) -> str:
    """What kind of statement it is: ``select``, say."""
    found = re.search(r"\w+", _blanked(sql))
    return found[0].lower() if found else ""


def _named(sql: str, name: str, *, is_function: bool) -> int | None:
    """The first place of a name, which may be in quotes, but not of a string that is the same."""
    parts = [part.lower() for part in name.split(".")]
    dot = r"[\"`\]]?\s*\.\s*[\"`\[]?".join(map(re.escape, parts))
    after = r"[\"`\]]?\s*\(" if is_function else r"(?!\w|\s*\()"
    pattern = rf"(?<![\w.])(?<!\.[\"`\[]){dot}{after}"
    found = re.search(pattern, _blanked(sql, {name.lower(), *parts}), re.IGNORECASE)
    return found.start() if found else None


def _blanked(sql: str, names: Collection[str] = ()) -> str:
    """SQL with spaces for all that is no code: strings, comments, and quoted names but these."""

    def blank(match: re.Match[str]) -> str:
        keep = match.lastgroup == "name" and match[0][1:-1].lower() in names
        return match[0] if keep else " " * len(match[0])

    return _NO_CODE.sub(blank, sql)


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
