"""Day files back on disk, byte for byte as they were loaded."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from db.errors import ArchiveError
from db.reader import StoredDay, stored_days
from etl.discover import NotADayFile, folded, valid_room
from etl.stored import stored_bytes
from etl.versions import days_as_of


@dataclass(slots=True)
class ExportReport:
    """How many files were written, and how many were there already with the same bytes.

    ``lost`` has a line for each day that could not be written again.
    """

    written: int = 0
    unchanged: int = 0
    lost: list[str] = field(default_factory=list)


class PageFile(NamedTuple):
    """A day's page, proven to be the bytes that were loaded."""

    room: str
    date: str
    content: bytes


class LostPage(NamedTuple):
    """A day of which the archive no longer has the bytes: where, why, and what to do."""

    line: str


Pages = Iterator[PageFile | LostPage]


def loaded_pages(connection: sqlite3.Connection) -> Pages:
    """Every day's page; lost are those that somebody changed in the archive."""
    for day in stored_days(connection):
        try:
            yield PageFile(day.room, day.date, _checked_bytes(connection, day))
        except ArchiveError as error:
            yield LostPage(str(error))


def pages_as_of(connection: sqlite3.Connection, load: int) -> Pages:
    """Every day's page as it was after a run; lost ones are those of ``loaded_pages``."""
    for day in days_as_of(connection, load):
        try:
            yield PageFile(day.version.room, day.version.date, day.content)
        except ArchiveError as error:
            yield LostPage(str(error))


def export_markdown(
    pages: Pages, rooms: Iterable[str], folder: Path, *, force: bool
) -> ExportReport:
    """Write every page, each of one of ``rooms``, to ``folder/ROOM/_posts/DATE-chat.markdown``.

    Raises ArchiveError before it would write over a file with other bytes, unless ``force``, and
    before two rooms would become one because the file system does not tell their names apart.
    """
    report = ExportReport()
    _check_folders(folder, rooms)
    for page in pages:
        if isinstance(page, LostPage):
            report.lost.append(page.line)
            continue
        path = folder / _checked_room(page.room) / "_posts" / f"{page.date}-chat.markdown"
        try:
            if path.exists() and not path.is_file():
                raise ArchiveError(f"{path}: is there, and is no regular file")
            if path.exists() and path.read_bytes() == page.content:
                report.unchanged += 1
                continue
            if path.exists() and not force:
                raise ArchiveError(
                    f"{path}: there is another file with that name; --force writes over it"
                )
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, page.content)
        except OSError as error:
            raise ArchiveError(f"{path}: cannot be written: {error.strerror}") from error
        report.written += 1
    return report


def _checked_room(room: str) -> str:
    """The name of a folder, whoever made the archive."""
    try:
        return valid_room(room)
    except NotADayFile as reason:
        raise ArchiveError(str(reason)) from reason


def _check_folders(folder: Path, slugs: Iterable[str]) -> None:
    """See that each room has a folder of its own where case, say, may not count."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for slug in slugs:
        alike[folded(slug)].append(slug)
    for group in alike.values():
        for one, other in combinations(group, 2):
            if _is_one_folder(folder / _checked_room(one), folder / _checked_room(other)):
                raise ArchiveError(
                    f"{folder}: the rooms {one} and {other} would be one folder there; export to"
                    " a disk that tells their names apart"
                )


def _is_one_folder(one: Path, other: Path) -> bool:
    """Whether two names are of the same folder; only the file system itself can say."""
    try:
        one.mkdir(parents=True, exist_ok=True)
        return other.exists() and one.samefile(other)
    except OSError as error:
        raise ArchiveError(f"{one}: cannot be written: {error.strerror}") from error


def _checked_bytes(connection: sqlite3.Connection, day: StoredDay) -> bytes:
    """The bytes of a day's file, proven to be those that were loaded."""
    content = stored_bytes(connection, day)
    if hashlib.sha256(content).hexdigest() != day.sha256:
        raise ArchiveError(
            f"{day.room} of {day.date}: the archive no longer has the bytes that were loaded:"
            " somebody changed it; `etl rebuild messages --from PATH` reads its page again"
        )
    return content


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that under its name it is there whole, or not at all."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            os.fchmod(file.fileno(), 0o666 & ~_umask())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
