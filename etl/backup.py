"""A backup of an archive, proven to say what the archive says."""

from __future__ import annotations

import datetime
import sqlite3
from functools import cache
from glob import escape
from pathlib import Path
from typing import NamedTuple

from db import migrations
from db.backup import back_up, discard_all_unfinished
from db.digest import archive_digest, table_digests
from db.errors import ArchiveError
from db.loads import waiting_days
from db.reader import table_counts

# the date and time that a copy in a folder has in its name, as a pattern
_DATED = "????-??-??-??????"


class Backup(NamedTuple):
    """Where the copy is, what it holds, and the digest that both have, if this version knows one.

    That it does of its own schema only. ``waiting`` of its days wait for the end of a load.
    """

    path: Path
    days: int
    messages: int
    schema: int
    digest: str | None
    waiting: int


def backup(connection: sqlite3.Connection, archive: Path, target: Path, *, force: bool) -> Backup:
    """Copy an archive as it is at this moment to a file, or into a folder under a name of its own.

    The connection comes from ``open_any_version``. Raises ArchiveError; a copy that does not say
    what the archive says is not left behind.
    """
    try:
        path = _dated(archive, target) if target.is_dir() else target
        if path.exists() and path.samefile(archive):
            raise ArchiveError(f"{path}: is the archive itself; name another file")
    except OSError as error:
        raise ArchiveError(f"{target}: cannot be written: {error.strerror}") from error
    schema = migrations.version_of(connection)
    counts = _counts(connection)
    if schema != migrations.LATEST:
        back_up(connection, path, force=force, says=_counts)
        return Backup(path, counts["days"], counts["messages"], schema, None, 0)
    # a digest reads the whole archive: of each of the two once
    digest = cache(_digest)
    back_up(connection, path, force=force, says=digest)
    waiting = waiting_days(connection)
    return Backup(path, counts["days"], counts["messages"], schema, digest(connection), waiting)


def _dated(archive: Path, folder: Path) -> Path:
    # of a killed program's copy nobody will give the name again
    discard_all_unfinished(folder, f"{escape(archive.stem)}-{_DATED}{escape(archive.suffix)}")
    now = datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
    return folder / f"{archive.stem}-{now}{archive.suffix}"


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return table_counts(connection, ("days", "messages"))


def _digest(connection: sqlite3.Connection) -> str:
    return archive_digest(table_digests(connection))
