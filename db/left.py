"""Whether the file that a writer leaves is the archive that it wrote.

SQLite trusts that nobody else touches its file: what is truncated or written over in place while
it is open may go unnoticed until somebody reads it. So it is looked at once more when it is closed:
as closely as costs little beside what was written. `etl verify` is what looks at all of it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from db.connection import RESTORE
from db.errors import ArchiveError

# A quick check of a page takes half as long as writing a row. This makes it at most 3 % of a load.
CHANGES_PER_PAGE = 20
# So small an archive is checked with its indexes in 6 ms, whenever more was written than few rows.
SMALL = 256
# A load that finds nothing new writes down no more than that it ran.
FEW_CHANGES = 10
# What the first byte of a page may be: kinds of tree pages; 0 of a page's number, and of free ones.
_FIRST_BYTES = bytes([0, 2, 5, 10, 13])
# To look at that many pages takes 15 ms.
_FEW_PAGES = 10_000
_LAST_LOAD = "select id, started_at, arguments from loads order by id desc limit 1"
_SAME_LOAD = "select 1 from loads where (id, started_at, arguments) = (?, ?, ?)"


@dataclass(slots=True)
class Written:
    """What a writer knows of its archive: the file it opened, how much it changed, its last load.

    ``opened`` is None until it may write.
    """

    opened: os.stat_result | None = None
    changes: int = 0
    last_load: tuple[object, ...] | None = None

    def note(self, connection: sqlite3.Connection) -> None:
        """Take down what was written, at its end."""
        self.changes = connection.total_changes
        self.last_load = connection.execute(_LAST_LOAD).fetchone()


@contextlib.contextmanager
def checked_when_left(path: Path) -> Iterator[Written]:
    """Look at the file when the block, which closes its connection, is over.

    Raises ArchiveError if somebody moved, replaced or damaged it meanwhile, also in the place of
    whatever error that led to.
    """
    written = Written()
    try:
        yield written
    except ArchiveError:
        raise
    except Exception as error:
        if written.opened is None:
            raise
        written.changes = 2**63
        _check(path, written, written.opened, error)
        raise
    if written.opened is not None:
        _check(path, written, written.opened, None)


def _check(path: Path, written: Written, opened: os.stat_result, error: Exception | None) -> None:
    try:
        is_there = os.path.samestat(opened, path.stat())
    except FileNotFoundError:
        is_there = False
    except OSError as reason:
        raise ArchiveError(
            f"{path}: cannot be looked at any more: {reason.strerror}; see to the permissions of"
            " its folder and run the same command again: whole days were kept"
        ) from error
    if not is_there:
        raise ArchiveError(
            f"{path}: somebody moved or replaced it meanwhile; what was written is not in it"
        ) from error
    damage = _damage(path, written)
    if damage is not None:
        raise ArchiveError(
            f"{path}: somebody wrote over it meanwhile, or the disk did not keep what was written:"
            f" {damage}; {RESTORE}"
        ) from error


def _damage(path: Path, written: Written) -> str | None:
    """What is wrong with the file; None if nothing is, or it cannot be said now."""
    uri = f"file:{quote(os.fsencode(path.absolute()))}?mode=ro"
    try:
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
            return _damage_of(connection, path, written)
    except sqlite3.OperationalError:
        # such as a disk that is full: of what is in the file it says nothing
        return None
    except sqlite3.DatabaseError as error:
        return str(error)


def _damage_of(connection: sqlite3.Connection, path: Path, written: Written) -> str | None:
    (pages,) = connection.execute("pragma page_count").fetchone()
    (page_size,) = connection.execute("pragma page_size").fetchone()
    size = path.stat().st_size
    # while somebody reads, what is in the log need not be in the file
    if size != pages * page_size and not Path(f"{path.resolve()}-wal").exists():
        return f"it has {size:,} bytes instead of {pages * page_size:,}"
    if not connection.execute("select 1 from sqlite_master where name = 'loads'").fetchone():
        return "its tables are gone"
    last = written.last_load
    if last is not None and connection.execute(_SAME_LOAD, last).fetchone() is None:
        return f"load {last[0]} is not in it"
    if written.changes <= FEW_CHANGES:
        return None
    if pages <= SMALL:
        return _found(connection, "pragma integrity_check(1)")
    # to look how a page begins takes less than to change a row
    step = max(pages // max(written.changes, _FEW_PAGES), 1)
    is_much = written.changes >= pages * CHANGES_PER_PAGE
    if is_much or _has_strange_pages(path, range(0, pages * page_size, step * page_size)):
        return _found(connection, "pragma quick_check(1)")
    return None


def _found(connection: sqlite3.Connection, check: str) -> str | None:
    (found,) = connection.execute(check).fetchone()
    return None if found == "ok" else " ".join(found.split())


def _has_strange_pages(path: Path, places: Iterable[int]) -> bool:
    """Whether pages look like no part of a database: a quick look at how those at places begin.

    Free pages and parts of long values may begin with anything, if seldom.
    """
    begins = bytearray()
    with path.open("rb", buffering=0) as file:
        for place in places:
            file.seek(place)
            begins += file.read(1)
    # the file itself begins with SQLite's name
    return begins.translate(None, _FIRST_BYTES) != b"S"
