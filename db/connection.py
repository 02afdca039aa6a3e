"""Open an archive strictly to read it, write in transactions, and say plainly what is wrong."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from db import migrations
from db.errors import ArchiveError
from db.interrupts import signals_wait

# Marks the file as ours, for `file` and for us (PRAGMA application_id): "WXSQ".
APPLICATION_ID = 0x57585351
BUSY_TIMEOUT_MS = 5000


@contextlib.contextmanager
def open_read_only(path: Path, *, with_days: bool = False) -> Iterator[sqlite3.Connection]:
    """An archive to read, ``with_days`` one that has any; nothing done through it can write.

    Raises ArchiveError.
    """
    check_file(path, create=False)
    connection = _connect_read_only(path)
    with contextlib.closing(connection), translated_errors(path):
        connection.execute("pragma query_only = on")
        check_ours(connection, path)
        version = check_version(connection, path)
        if version == 0:
            raise ArchiveError(f"{path}: there is nothing in it yet; `etl load PATH` fills it")
        if version != migrations.LATEST:
            raise ArchiveError(
                f"{path}: the archive is of an older version of this program"
                f" (schema {version}, this one reads {migrations.LATEST}); `etl load` upgrades the"
                " file"
            )
        if with_days and connection.execute("select 1 from days limit 1").fetchone() is None:
            raise ArchiveError(f"{path}: there are no days in it yet; `etl load PATH` fills it")
        yield connection


@contextlib.contextmanager
def open_any_version(path: Path) -> Iterator[sqlite3.Connection]:
    """An archive to read, of this program's version or an older one, as it is at one moment.

    Raises ArchiveError.
    """
    check_file(path, create=False)
    connection = _connect_read_only(path)
    with contextlib.closing(connection), translated_errors(path):
        connection.execute("pragma query_only = on")
        connection.execute("begin")
        check_ours(connection, path)
        if check_version(connection, path) == 0:
            raise ArchiveError(f"{path}: there is nothing in it")
        yield connection


@contextlib.contextmanager
def open_to_check(path: Path) -> Iterator[sqlite3.Connection]:
    """An archive to read as it is at one moment, with room for notes: a database ``scratch``.

    That is a temporary file; the archive itself is opened so that it cannot be written. Raises
    ArchiveError.
    """
    with open_read_only(path) as connection:
        connection.execute("attach '' as scratch")
        # it would hold for the notes, too
        connection.execute("pragma query_only = off")
        connection.execute("begin")
        yield connection


def is_archive(connection: sqlite3.Connection) -> bool:
    """Whether a database is an archive, of whatever version."""
    (application_id,) = connection.execute("pragma application_id").fetchone()
    return bool(application_id == APPLICATION_ID)


def is_current(connection: sqlite3.Connection) -> bool:
    """Whether a database is an archive of this program's version."""
    return is_archive(connection) and migrations.version_of(connection) == migrations.LATEST


def let_readers_go_on(connection: sqlite3.Connection) -> None:
    """Write from here on beside the file, in a log: readers never wait for transactions.

    A power cut may undo the last of these, never tear one. Not inside a transaction.
    """
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is written inside, or nothing of it."""
    connection.execute("begin immediate")
    try:
        yield
        connection.execute("commit")
    except BaseException:
        # an error such as a full disk may have ended the transaction already
        if connection.in_transaction:
            connection.execute("rollback")
        raise


class DayTransactions:
    """Days written one by one, each whole or not at all, several to a commit.

    A commit costs as much as writing hundreds of messages, as the full-text index is written
    out. Leaving the block keeps the days that were waiting for one, also where a signal ends it:
    that is taken when a day is whole. If a day failed, those are undone with it (a savepoint per
    day would cost what the commits save), and the next load takes them in.
    """

    def __init__(self, connection: sqlite3.Connection, messages: int):
        """Commit whenever so many messages are waiting for it."""
        self._connection, self._limit, self._waiting = connection, messages, 0

    def __enter__(self) -> DayTransactions:
        return self

    def __exit__(self, *_: object) -> None:
        self._commit()

    @contextlib.contextmanager
    def day(self, messages: int) -> Iterator[None]:
        """All that is written inside, or nothing of it."""
        with signals_wait():
            if not self._connection.in_transaction:
                self._connection.execute("begin immediate")
            try:
                yield
            except BaseException:
                # an error such as a full disk may have ended the transaction already
                if self._connection.in_transaction:
                    self._connection.execute("rollback")
                raise
            self._waiting += messages
        if self._waiting >= self._limit:
            self._commit()

    def _commit(self) -> None:
        self._waiting = 0
        if self._connection.in_transaction:
            self._connection.execute("commit")


@contextlib.contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """SQLite's errors as ArchiveError, each with what to do about it."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        text = str(error)
        remedy = next((r for sign, r in REMEDIES if sign in text), None)
        if remedy is None and isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise
        remedy = remedy or f"the archive seems damaged: {RESTORE}"
        raise ArchiveError(f"{path}: {text}; {remedy}") from error


RESTORE_BACKUP = "restore a backup (`etl restore FILE`)"
RESTORE = f"{RESTORE_BACKUP}, or load the pages into a new archive"
# What to do about an error of SQLite's, by a sign in its words.
REMEDIES = (
    ("not a database", "it is another kind of file: name another one with --db"),
    ("malformed", f"the file is damaged: {RESTORE}"),
    ("no such table", f"the archive is damaged, as `etl verify` tells: {RESTORE}"),
    ("no such column", f"the archive is damaged, as `etl verify` tells: {RESTORE}"),
    ("locked", "another process is writing it: try again when that has finished"),
    ("readonly", "it, or its folder, cannot be written: see to its permissions"),
    ("unable to open", "see that its folder exists and that you may use it"),
    ("disk is full", "make room and run the same command again: whole days were kept"),
    ("disk I/O error", "the disk failed: see to it and run the same command again"),
)


def check_file(path: Path, *, create: bool) -> None:
    """Refuse what can be no archive's file; a missing one, unless we ``create`` it.

    Raises ArchiveError.
    """
    if path.is_dir():
        raise ArchiveError(f"{path}: a folder; name the archive's file with --db")
    if path.exists() and not path.is_file():
        raise ArchiveError(f"{path}: no regular file; name the archive's file with --db")
    if not create and not path.exists():
        raise ArchiveError(f"{path}: there is no such archive; `etl load PATH` makes one")


def _connect_read_only(path: Path) -> sqlite3.Connection:
    uri = f"file:{quote(os.fsencode(path.absolute()))}?mode=ro"
    with translated_errors(path):
        connection = sqlite3.connect(
            uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_MS / 1000
        )
        try:
            connection.execute("select 1 from sqlite_master").fetchone()
        except sqlite3.DatabaseError as error:
            connection.close()
            if not isinstance(error, sqlite3.OperationalError):
                raise
            if "readonly" in str(error) and Path(f"{path.resolve()}-journal").exists():
                # to undo it is to write, which a reader never does
                raise ArchiveError(
                    f"{path}: a program was stopped in the middle of writing it;"
                    " `etl load PATH` undoes what it left, and goes on"
                ) from error
            # A file in WAL mode in a folder we cannot write: without a log beside it, it is whole.
            logs = any(Path(f"{path}{suffix}").exists() for suffix in ("-wal", "-journal"))
            if logs or "locked" in str(error):
                raise
            connection = sqlite3.connect(f"{uri}&immutable=1", uri=True, isolation_level=None)
        return connection


def check_version(connection: sqlite3.Connection, path: Path, *, has_tables: bool = False) -> int:
    """The schema of an archive, 0 for an empty file; refuse one that is none or not known.

    That the tables are those of it is seen to where it is an older one, or ``has_tables`` is asked.
    Raises ArchiveError.
    """
    version = migrations.version_of(connection)
    if version > migrations.LATEST:
        raise ArchiveError(
            f"{path}: written by a newer version of this program (schema {version},"
            f" this one knows {migrations.LATEST}); upgrade wechat-to-sqlite"
        )
    (objects,) = connection.execute("select count(*) from sqlite_master").fetchone()
    if version < 0 or (version == 0 and objects):
        raise ArchiveError(
            f"{path}: says that it is of schema {version} (pragma user_version), which no archive"
            f" is: somebody changed that; {RESTORE}"
        )
    if version and (has_tables or version != migrations.LATEST):
        differing = migrations.differing_tables(connection, version)
        if differing:
            raise ArchiveError(
                f"{path}: says that it is of schema {version} (pragma user_version), but these"
                f" tables are not: {', '.join(differing)}; {RESTORE}"
            )
    return version


def check_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a database of another program. Raises ArchiveError."""
    if is_archive(connection):
        return
    (tables,) = connection.execute("select count(*) from sqlite_master").fetchone()
    if tables:
        raise ArchiveError(f"{path}: a database of another program; name another file with --db")
