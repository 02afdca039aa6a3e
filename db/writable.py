"""Open an archive to write it: alone, its schema up to date, one file again when that is done."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from db import lock, migrations
from db.backup import back_up, discard_unfinished, free_place
from db.connection import (
    APPLICATION_ID,
    BUSY_TIMEOUT_MS,
    REMEDIES,
    check_file,
    check_ours,
    check_version,
    let_readers_go_on,
    translated_errors,
)
from db.errors import ArchiveError
from db.index_version import VERSION as TEXT_INDEX_VERSION
from db.left import checked_when_left


@contextlib.contextmanager
def open_writable(
    path: Path,
    *,
    create: bool = False,
    any_index: bool = False,
    at_once: bool = True,
    wait: float = lock.WAIT,
    say: Callable[[str], None] = lambda _: None,
) -> Iterator[sqlite3.Connection]:
    """An archive to write, its schema up to date; ``create`` makes a missing one.

    Its full-text index must be of this program's version, unless ``any_index``. Nobody else writes
    it meanwhile: who does now is waited for, so many seconds. An older archive is migrated, and
    what it was before is kept beside it. ``say`` is told of both.

    No transaction is open: use ``transaction``. Readers are never blocked meanwhile, but if not
    ``at_once`` only from ``let_readers_go_on`` on, which takes as long as to load a page. Raises
    ArchiveError, also where somebody moved, replaced or damaged the file meanwhile.
    """
    check_file(path, create=create)
    with contextlib.ExitStack() as stack:
        if stack.enter_context(writers_lock(path, wait, say)):
            discard_unfinished(Path(os.path.realpath(path)))
        stack.enter_context(translated_errors(path))
        written = stack.enter_context(checked_when_left(path))
        # absolute, as `:memory:` is a name like any other
        connection = sqlite3.connect(
            path.absolute(), isolation_level=None, timeout=max(BUSY_TIMEOUT_MS / 1000, wait)
        )
        stack.enter_context(contextlib.closing(connection))
        check_ours(connection, path)
        check_version(connection, path, has_tables=True)
        kept = _keep_older(connection, path)
        _set_for_writing(connection)
        if at_once or migrations.version_of(connection) != migrations.LATEST:
            let_readers_go_on(connection)
        _migrate(connection, kept, path, say)
        if not any_index:
            _check_text_index(connection, path)
        written.opened = path.stat()
        try:
            yield connection
            written.note(connection)
        finally:
            _leave_one_file(connection)


def _set_for_writing(connection: sqlite3.Connection) -> None:
    connection.execute("pragma foreign_keys = on")
    connection.execute("pragma temp_store = memory")
    # 64 MiB: the indexes of a large archive do not fit into less
    connection.execute("pragma cache_size = -65536")


@contextlib.contextmanager
def writers_lock(path: Path, wait: float, say: Callable[[str], None]) -> Iterator[bool]:
    """The writers' lock; False where files cannot be locked. Raises ArchiveError."""
    taken = lock.only_writer(path, wait, say)
    try:
        is_alone = taken.__enter__()
    except OSError as error:
        # what keeps us from making its file would keep SQLite from its own
        remedy = "remove it"
        if error.errno not in (errno.EISDIR, errno.ELOOP):
            sign = _SIGNS.get(error.errno or 0, "unable to open")
            remedy = next(r for s, r in REMEDIES if s == sign)
        raise ArchiveError(
            f"{path}: its lock, {lock.lock_path(path).name}, cannot be made beside it:"
            f" {error.strerror}; {remedy}"
        ) from error
    with contextlib.ExitStack() as stack:
        stack.push(taken)
        yield is_alone


# Why there can be no lock file, as the signs of ``REMEDIES``.
_SIGNS = {
    errno.EACCES: "readonly",
    errno.EPERM: "readonly",
    errno.EROFS: "readonly",
    errno.ENOSPC: "disk is full",
    errno.EDQUOT: "disk is full",
    errno.EIO: "disk I/O error",
}


def _keep_older(connection: sqlite3.Connection, path: Path) -> Path | None:
    """A copy of an archive of an older schema, beside it; never in the place of another one."""
    version = migrations.version_of(connection)
    if version in (0, migrations.LATEST):
        return None
    kept = free_place(path, f"{path.name}.schema-{version}.backup")
    try:
        back_up(connection, kept)
    except ArchiveError as error:
        raise ArchiveError(
            f"{path}: its schema {version} is to be brought to {migrations.LATEST}, but what it is"
            f" now cannot be kept, so nothing was done: {error}"
        ) from error
    return kept


def _migrate(
    connection: sqlite3.Connection, kept: Path | None, path: Path, say: Callable[[str], None]
) -> None:
    version = migrations.version_of(connection)
    try:
        migrations.migrate(connection, APPLICATION_ID)
    except BaseException:
        # it is what the copy of it is
        if kept is not None:
            kept.unlink(missing_ok=True)
        raise
    if kept is not None:
        say(
            f"{path}: brought from schema {version} to {migrations.LATEST};"
            f" as it was before it is kept in {kept.name}"
        )


def _check_text_index(connection: sqlite3.Connection, path: Path) -> None:
    query = "select value from properties where name = 'text_index'"
    found = connection.execute(query).fetchone()
    if found is None:
        connection.execute(
            "insert into properties (name, value) values ('text_index', ?)", [TEXT_INDEX_VERSION]
        )
    elif found[0] != TEXT_INDEX_VERSION:
        raise ArchiveError(
            f"{path}: its full-text index is of version {found[0]}, this program makes"
            f" {TEXT_INDEX_VERSION}; `etl rebuild messages` makes it anew"
        )


def _leave_one_file(connection: sqlite3.Connection) -> None:
    """Back to a single file that any reader can open, unless somebody reads it right now."""
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("pragma wal_checkpoint(truncate)")
        connection.execute("pragma journal_mode = delete")
