"""Put a backup in the place of an archive, and keep what was there."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from db import migrations
from db.backup import beside, free_place, sync_folder, written_copy
from db.connection import APPLICATION_ID, check_file, open_any_version
from db.errors import ArchiveError
from db.reader import table_counts
from db.writable import writers_lock


class Restored(NamedTuple):
    """What an archive is now, and where that is which was in its place."""

    days: int
    messages: int
    schema: int
    kept: Path | None


def restore(
    backup: Path,
    archive: Path,
    *,
    may_replace: Callable[[Restored], bool],
    wait: float,
    say: Callable[[str], None],
) -> Restored | None:
    """Make an archive what a backup is, from one moment to the next; None if it may not be.

    What was in the archive's place is kept beside it, with all that a killed program wrote whole.
    ``may_replace`` is asked while nobody else can write. Raises ArchiveError.
    """
    path = Path(os.path.realpath(archive))
    _check_places(backup, path)
    try:
        with (
            writers_lock(path, wait, say) as is_alone,
            _opened(backup) as connection,
            written_copy(connection, path, _holds, is_alone=is_alone) as copy,
        ):
            is_there = path.exists()
            kept = free_place(path, f"{path.name}.before-restore")
            found = Restored(*_holds(connection), kept if is_there else None)
            if is_there and not may_replace(found):
                return None
            _finish_writing(path)
            if is_there:
                shutil.copymode(path, copy)
            _keep(path, kept)
            copy.replace(path)
            sync_folder(path.parent)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written: {error.strerror}") from error
    return found


def _check_places(backup: Path, path: Path) -> None:
    if not path.parent.is_dir():
        raise ArchiveError(f"{path}: there is no folder {path.parent}; make the folder first")
    check_file(path, create=True)
    if not backup.is_file():
        what = "is no regular file" if backup.exists() else "there is no such file"
        raise ArchiveError(f"{backup}: {what}; name a backup of an archive")
    header = _header(backup)
    is_archive = header[:6] == b"SQLite" and header[68:72] == APPLICATION_ID.to_bytes(4, "big")
    # all of a file may still be in its log
    if not is_archive and not beside(backup):
        raise ArchiveError(f"{backup}: is no archive; name a backup of one")
    if path.exists() and backup.samefile(path):
        raise ArchiveError(f"{backup}: is the archive itself; name a backup of it")


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(100)


@contextlib.contextmanager
def _opened(backup: Path) -> Iterator[sqlite3.Connection]:
    """A backup, if it is sound."""
    with open_any_version(backup) as connection:
        (found,) = connection.execute("pragma integrity_check(1)").fetchone()
        if found != "ok":
            text = " ".join(found.split())
            raise ArchiveError(f"{backup}: is damaged itself: {text}; name another backup")
        yield connection


def _holds(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Its days, its messages and its schema."""
    counts = table_counts(connection, ("days", "messages"))
    return counts["days"], counts["messages"], migrations.version_of(connection)


def _finish_writing(path: Path) -> None:
    """Have SQLite take up the log that a killed writer left, if the file can still be read at all.

    Raises ArchiveError where somebody has the archive open such that SQLite needs its log.
    """
    # what is no database any more SQLite takes for a new one, to which no log belongs
    if not path.exists() or _header(path)[:6] != b"SQLite":
        return
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as old:
            old.execute("pragma journal_mode = delete")
            old.execute("begin immediate")
            old.execute("rollback")
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise ArchiveError(
                f"{path}: another program has it open; stop that (`chats serve`, say) and try again"
            ) from error
        # what is damaged is kept with its log


def _keep(path: Path, kept: Path) -> None:
    """Give what is there a second name, so that there is an archive at every moment, and its log.

    There is a log only where SQLite could not take it up, or nothing that it belongs to.
    """
    if path.exists():
        try:
            os.link(path, kept)
        except OSError:
            # not every file system has hard links
            _copy(path, kept)
    for side in beside(path):
        side.rename(kept.with_name(kept.name + side.name.removeprefix(path.name)))


def _copy(path: Path, kept: Path) -> None:
    try:
        shutil.copy2(path, kept)
    except OSError:
        kept.unlink(missing_ok=True)
        raise
