"""SQL that somebody typed, run so that it can only read, and only so long.

The file is opened read-only, and besides SQLite asks us about everything a statement would do:
whatever is not reading is refused before it begins. A function cannot be stopped while it runs,
so values are limited in length, too.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from db import functions
from db.catalog import Value
from db.connection import open_read_only
from db.sql_errors import SqlError, first_word, place_of, place_of_refused, place_of_second

_READS = {
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
}
# Pragmas that describe the archive; those of the second kind would set what they are given.
_DESCRIBING = {
    "foreign_key_check", "foreign_key_list", "index_info", "index_list", "index_xinfo",
    "integrity_check", "quick_check", "table_info", "table_list", "table_xinfo",
}  # fmt: skip
_TELLING = {
    "application_id", "collation_list", "compile_options", "data_version", "database_list",
    "encoding", "freelist_count", "function_list", "module_list", "page_count", "page_size",
    "pragma_list", "schema_version", "user_version",
}  # fmt: skip
# They reach outside the archive, or into the program. Most exist only in some builds of SQLite.
_REFUSED_FUNCTIONS = {
    "edit", "eval", "fsdir", "fts3_tokenizer", "load_extension", "readfile", "sqlite_log",
    "writefile",
}  # fmt: skip
_SCHEMA_TABLES = {"sqlite_master", "sqlite_temp_master"}
# Trouble with the file rather than with the SQL: db.connection knows the remedies.
_OF_THE_FILE = (
    "database disk image is malformed", "database is locked", "disk I/O error",
    "file is not a database", "unable to open database file",
)  # fmt: skip
# What FTS5 says of a query of its own language, in which a-b is a column's name.
_OF_A_MATCH = re.compile("fts5: |unterminated string|unknown special query|no such column")
_LONGEST_VALUE = 64 * 1024 * 1024
# Between two looks at the clock: less than a millisecond.
_STEPS = 10_000
_BATCH = 256


@contextlib.contextmanager
def open_sandbox(path: Path, *, timeout: float, with_days: bool = False) -> Iterator[Sandbox]:
    """An archive to ask with SQL from outside; ``timeout`` in seconds. Raises ArchiveError."""
    with open_read_only(path, with_days=with_days) as connection:
        yield Sandbox(connection, timeout)


class Sandbox:
    """A connection that can only read."""

    def __init__(self, connection: sqlite3.Connection, timeout: float):
        self._connection, self._clock = connection, _Clock(timeout)
        self._refused: str | None = None
        functions.register(connection)
        # bytes that are no UTF-8 (rejects.content has some) are shown as far as they are
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        if sys.version_info >= (3, 11):
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        connection.set_progress_handler(self._clock.is_over, _STEPS)
        connection.set_authorizer(self._authorize)

    def select(
        self, sql: str, parameters: Mapping[str, Value], *, max_rows: int | None = None
    ) -> Selection:
        """Run one statement that reads, of which ``max_rows`` rows are wanted. Raises SqlError.

        Parameters that are not given are NULL, as in the shell of sqlite3.
        """
        values = _Values(parameters)
        self._clock.start()
        with self._running(sql):
            cursor = self._connection.execute(sql, values)
        if cursor.description is None:
            raise SqlError("there is no statement in the SQL")
        columns = [column[0] for column in cursor.description]
        return Selection(columns, self._rows(cursor, sql), max_rows, tuple(values.not_given))

    def _rows(self, cursor: sqlite3.Cursor, sql: str) -> Iterator[tuple[Value, ...]]:
        while True:
            with self._running(sql):
                batch = cursor.fetchmany(_BATCH)
            if not batch:
                return
            yield from batch

    @contextlib.contextmanager
    def _running(self, sql: str) -> Iterator[None]:
        """SQLite at work: on the clock, its errors as SqlError."""
        self._refused = None
        try:
            with self._clock.running():
                yield
        # several statements are a Warning to Python 3.10, and what it cannot pass on a ValueError
        except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError, MemoryError) as error:
            if str(error).startswith(_OF_THE_FILE):
                raise
            raise self._explained(error, sql) from error

    def _explained(self, error: Exception, sql: str) -> BaseException:
        text = str(error)
        if self._clock.over:
            seconds = f"{self._clock.timeout:g} second{'' if self._clock.timeout == 1 else 's'}"
            return SqlError(f"stopped after {seconds}; --timeout gives it more")
        if text == "interrupted":
            # Ctrl-C, which Python cannot deliver while SQLite works
            return KeyboardInterrupt()
        refused = "writing" if "readonly" in text else self._refused
        if refused is not None:
            # SQLite asks about it as another database, which it copies into
            refused = "vacuum" if first_word(sql) == "vacuum" else refused
            message = f"{refused} is refused: here an archive is only read"
            return SqlError(message, sql, place_of_refused(sql, refused))
        if "one statement at a time" in text:
            message = "there are several statements in the SQL; one at a time"
            return SqlError(message, sql, place_of_second(sql))
        for sign, meaning in _MEANINGS.items():
            if sign in text:
                return SqlError(meaning)
        if isinstance(error, MemoryError):
            return SqlError("the result does not fit into memory")
        self._clock.start()
        place = place_of(self._connection, sql, text)
        if place is None and _OF_A_MATCH.match(text) and "match" in sql.lower():
            text = f"{text}, in what MATCH is given; search_terms(TEXT) makes that of any text"
        return SqlError(text, sql, place)

    def _authorize(self, action: int, first: str | None, second: str | None, *_: str | None) -> int:
        """Say whether a statement may do something; SQLite calls this before it begins."""
        refused = _refusal(action, first or "", second)
        if refused is None:
            return sqlite3.SQLITE_OK
        self._refused = self._refused or refused
        return sqlite3.SQLITE_DENY


class _Values(dict[str, Value]):
    """The values of parameters; which of them SQLite asked for in vain is in ``not_given``."""

    def __init__(self, given: Mapping[str, Value]):
        super().__init__(given)
        self.not_given: list[str] = []

    def __missing__(self, name: str) -> None:
        self.not_given.append(name)


class Selection:
    """The rows of a statement, fetched while one goes through them."""

    def __init__(
        self,
        columns: list[str],
        rows: Iterator[tuple[Value, ...]],
        max_rows: int | None,
        not_given: tuple[str, ...],
    ):
        self.columns, self.cut, self.not_given = columns, False, not_given
        self._rows, self._max_rows = rows, max_rows

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        """The rows; then ``cut`` says whether there are more than were wanted."""
        for number, row in enumerate(self._rows):
            if number == self._max_rows:
                self.cut = True
                return
            yield row


class _Clock:
    """The time that SQLite takes, and what we compute between its rows.

    What a slow reader of them makes us wait does not count: waiting takes no processor.
    """

    def __init__(self, timeout: float):
        self.timeout = timeout
        self.start()

    def start(self) -> None:
        """Begin again."""
        self.over, self._left = False, self.timeout
        self._end, self._computed = time.monotonic() + self.timeout, time.process_time()

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """SQLite is at work inside. Raises what it does when it is stopped."""
        self._left -= time.process_time() - self._computed
        self._end = time.monotonic() + self._left
        try:
            if self.is_over():
                raise sqlite3.OperationalError("interrupted")
            yield
        finally:
            self._left = self._end - time.monotonic()
            self._computed = time.process_time()

    def is_over(self) -> bool:
        """Whether SQLite must stop."""
        self.over = time.monotonic() >= self._end
        return self.over


_MEANINGS = {
    "has no name, but": "write parameters as :name, and give them with -p name=value",
    "null character": "there is a NUL character in the SQL",
    "surrogates not allowed": "the SQL is no valid Unicode text",
    # the same, to Python 3.10
    "SQL is of wrong type": "the SQL is no valid Unicode text",
    "too large to convert": "a number is too large for SQLite, which has 64 bits for it",
}


def _refusal(action: int, first: str, second: str | None) -> str | None:
    """What an action is called if it is not reading."""
    name = first.lower()
    if action == sqlite3.SQLITE_FUNCTION:
        return f"{second}()" if (second or "").lower() in _REFUSED_FUNCTIONS else None
    if action in _READS:
        return None
    if action == sqlite3.SQLITE_PRAGMA:
        allowed = name in _DESCRIBING or (name in _TELLING and second is None)
        return None if allowed else f"pragma {first}"
    if action == sqlite3.SQLITE_UPDATE and name in _SCHEMA_TABLES:
        # SQLite asks for it to set up any virtual table, and lets no statement do it
        return None
    if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH):
        return "another database"
    return "anything but a select"
