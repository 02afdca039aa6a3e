"""Copies of an archive, consistent while somebody writes it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from db.errors import ArchiveError


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
    where the copy cannot be written or is not sound, and where there is such a file already, unless
    ``force``.
    """
    # every command imports this module, and few make copies
    import tempfile

    _check_place(path, force=force)
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:200]}.")
        try:
            _fill(connection, Path(name), path, says)
            os.fchmod(descriptor, 0o666 & ~_umask())
            os.fsync(descriptor)
            _rename(Path(name), path, force=force)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        finally:
            os.close(descriptor)
        _sync_folder(path.parent)
    except FileExistsError as error:
        raise ArchiveError(_there_is_one(path)) from error
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written: {error.strerror}") from error


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


def _check_place(path: Path, *, force: bool) -> None:
    if os.path.lexists(path):
        if not path.is_file():
            raise ArchiveError(f"{path}: is there, and is no regular file")
        if not force:
            raise ArchiveError(_there_is_one(path))


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


def _sync_folder(folder: Path) -> None:
    """Have a new name on the disk; where a folder cannot be asked for that, it is there soon."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
