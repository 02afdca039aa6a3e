"""Copies of an archive, consistent while somebody writes it."""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from db import lock
from db.errors import ArchiveError

# What SQLite puts beside a file while it is written, and leaves where its writer is killed. To the
# next one that opens the file it belongs to what is there then.
SIDES = ("-wal", "-shm", "-journal")
# What the name of a copy ends in until it is whole.
_UNFINISHED = ".unfinished"


def copy_archive(connection: sqlite3.Connection, path: Path) -> None:
    """Write what the archive is at this moment to a new file."""
    with contextlib.closing(sqlite3.connect(path)) as copy:
        connection.backup(copy)
        # one file, whatever mode the archive itself is in
        copy.execute("pragma journal_mode = delete")


Says = Callable[[sqlite3.Connection], object]


def back_up(
    connection: sqlite3.Connection, path: Path, *, force: bool = False, says: Says = lambda _: None
) -> None:
    """Write a copy, proven to be sound, so that under its name it is whole or not at all.

    It is on the disk when this returns, and ``says`` gives the same for both. Raises ArchiveError:
    where the copy cannot be written or is not sound, where somebody writes a file of that name or
    was killed when they did, and where there is one already, unless ``force``.
    """
    _check_place(path, force=force)
    try:
        with (
            lock.only_writer(path, remedy="try again when that has finished") as is_alone,
            written_copy(connection, path, says, is_alone=is_alone) as copy,
        ):
            _check_nothing_beside(path)
            _rename(copy, path, force=force)
            sync_folder(path.parent)
    except FileExistsError as error:
        raise ArchiveError(_there_is_one(path)) from error
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written: {error.strerror}") from error


@contextlib.contextmanager
def written_copy(
    connection: sqlite3.Connection, path: Path, says: Says, *, is_alone: bool
) -> Iterator[Path]:
    """A copy beside ``path``, sound and on the disk, to give that name; else it is removed.

    Its own name is the same each time for who has the lock of ``path`` (``is_alone``), so that one
    that a killed program left is taken away by the next. Raises ArchiveError and OSError.
    """
    copy = _unfinished(path, "" if is_alone else f".{os.urandom(4).hex()}")
    _remove(copy)
    descriptor = os.open(copy, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        _fill(connection, copy, path, says)
        os.fsync(descriptor)
        yield copy
    finally:
        os.close(descriptor)
        _remove(copy)


def discard_unfinished(path: Path) -> None:
    """Take away a copy that was to get this name, of a killed program: we have its lock."""
    # it is no reason not to write
    with contextlib.suppress(OSError):
        _remove(_unfinished(path))


def discard_all_unfinished(folder: Path, pattern: str) -> None:
    """The same for all names of a pattern; copies that are being written stay."""
    for copy in folder.glob(_unfinished(Path(pattern)).name):
        path = copy.with_name(copy.name.removeprefix(".").removesuffix(_UNFINISHED))
        with contextlib.suppress(ArchiveError, OSError), lock.only_writer(path, 0) as is_alone:
            if is_alone:
                _remove(copy)


def beside(path: Path) -> list[Path]:
    """What SQLite left beside a file, or keeps there right now."""
    return [side for end in SIDES if os.path.lexists(side := path.with_name(path.name + end))]


def free_place(path: Path, name: str) -> Path:
    """The first of ``name``, ``name``-1, … in a file's folder of which nothing is there."""
    numbered = (path.with_name(f"{name}{f'-{n}' if n else ''}") for n in itertools.count())
    return next(place for place in numbered if not os.path.lexists(place) and not beside(place))


def sync_folder(folder: Path) -> None:
    """Have a new name on the disk; where a folder cannot be asked for that, it is there soon."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _fill(connection: sqlite3.Connection, copy: Path, path: Path, says: Says) -> None:
    try:
        copy_archive(connection, copy)
        with contextlib.closing(sqlite3.connect(copy)) as written:
            (found,) = written.execute("pragma integrity_check(1)").fetchone()
            if found == "ok" and says(written) != says(connection):
                found = "it does not say what the archive says"
    except sqlite3.DatabaseError as error:
        remedy = "make room, or name another place" if "full" in str(error) else "see `etl verify`"
        raise ArchiveError(f"{path}: cannot be written: {error}; {remedy}") from error
    if found != "ok":
        raise ArchiveError(
            f"{path}: not written, as the copy would be damaged: {' '.join(found.split())};"
            " `etl verify` tells more"
        )


def _unfinished(path: Path, mark: str = "") -> Path:
    return path.with_name(f".{path.name}{mark}{_UNFINISHED}")


def _remove(copy: Path) -> None:
    for path in (copy, *beside(copy)):
        path.unlink(missing_ok=True)


def _check_place(path: Path, *, force: bool) -> None:
    if not os.path.lexists(path.parent):
        raise ArchiveError(f"{path}: there is no folder {path.parent}; make the folder first")
    if path.is_symlink():
        raise ArchiveError(f"{path}: is a link; name its target")
    if os.path.lexists(path):
        if not path.is_file():
            raise ArchiveError(f"{path}: is there, and is no regular file")
        if not force:
            raise ArchiveError(_there_is_one(path))
    _check_nothing_beside(path)


def _check_nothing_beside(path: Path) -> None:
    """Refuse a name of which SQLite has a log: it would write that into the copy."""
    for side in beside(path):
        raise ArchiveError(
            f"{path}: {side.name} lies beside it: of a program that writes it or was killed;"
            " remove that or name another file"
        )


def _there_is_one(path: Path) -> str:
    return f"{path}: there is another file with that name; --force writes over it"


def _rename(copy: Path, path: Path, *, force: bool) -> None:
    if force:
        copy.replace(path)
        return
    try:
        # unlike renaming it fails where somebody has made such a file meanwhile
        os.link(copy, path)
    except FileExistsError:
        raise
    except OSError:
        # not every file system has hard links
        copy.rename(path)
    else:
        copy.unlink()
