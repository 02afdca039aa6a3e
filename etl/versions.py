"""Days as they were: what replaced them is undone, newest first, down to the version wanted."""

from __future__ import annotations

import datetime
import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from db import history
from db.connection import RESTORE_BACKUP
from db.errors import ArchiveError
from db.history import Change, Run, Version
from db.reader import StoredDay, find_day
from etl.revise import Part
from etl.stored import stored_parts

# A date or time, or the beginning of one: at least a month, as a plain number is a load's.
_MOMENT = re.compile(
    r"[0-9]{4}-(0[1-9]|1[0-2])"
    r"(-(0[1-9]|[12][0-9]|3[01])([ T]([01][0-9]|2[0-3])(:[0-5][0-9]){0,2})?)?"
)


class Piece(NamedTuple):
    """The bytes of a part of a page: of its head, of a message, or of what was not understood."""

    content: bytes
    is_message: bool


class PastDay(NamedTuple):
    """A version of a day with the pieces of its page, its head first, and what replaced it."""

    version: Version
    pieces: tuple[Piece, ...]
    changes: tuple[Change, ...]

    @property
    def written(self) -> bytes:
        """Its page, whether or not it is the one that was loaded."""
        return b"".join(piece.content for piece in self.pieces)

    @property
    def is_whole(self) -> bool:
        """Whether its page is the one that was loaded."""
        return hashlib.sha256(self.written).hexdigest() == self.version.sha256

    @property
    def content(self) -> bytes:
        """The file's bytes. Raises ArchiveError where they are not those that were loaded."""
        if not self.is_whole:
            raise ArchiveError(
                f"{self.version.room} of {self.version.date}: the archive no longer has the bytes"
                f" that load {self.version.load_id} put into it: somebody changed it;"
                f" {RESTORE_BACKUP}"
            )
        return self.written

    def line_of(self, position: int) -> int:
        """The first line of the piece at a position, from 1."""
        return 1 + sum(piece.content.count(b"\n") for piece in self.pieces[:position])


def run_of(connection: sqlite3.Connection, text: str) -> Run:
    """The run that a number names, or the newest that had started by the end of a date or time.

    Raises ArchiveError.
    """
    if re.fullmatch(r"[0-9]{1,18}", text):
        return history.find_run(connection, int(text))
    if not _MOMENT.fullmatch(text):
        raise ArchiveError(
            f"{text!r} is no load: give its number, as `etl log` shows it, or a date or time (UTC)"
            " such as 2031-02-03"
        )
    if not _is_date(text[:10]):
        raise ArchiveError(f"{text!r}: {text[:10]} is no date; give one that the calendar has")
    return history.run_until(connection, text.replace("T", " "))


def _is_date(text: str) -> bool:
    """Whether a date is one; a month is."""
    try:
        datetime.date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return False
    return True


def days_as_of(connection: sqlite3.Connection, load: int) -> Iterator[PastDay]:
    """The days that were in the archive after a run, as they were then."""
    versions = history.all_versions(connection)
    for (_, room), of_day in groupby(versions, key=lambda v: (v.date, v.room)):
        chain = list(of_day)
        wanted = next((v for v in chain if v.load_id <= load), None)
        if wanted is None or (wanted.removed_by is not None and wanted.removed_by <= load):
            continue
        yield past_day(connection, wanted, chain, find_day(connection, room, wanted.date))


def find_past_day(connection: sqlite3.Connection, wanted: Version) -> PastDay:
    """A version of a day, whatever has become of the day since."""
    chain = history.versions_of_day(connection, wanted.room, wanted.date)
    return past_day(connection, wanted, chain, find_day(connection, wanted.room, wanted.date))


def past_day(
    connection: sqlite3.Connection,
    wanted: Version,
    chain: Iterable[Version],
    stored: StoredDay | None,
) -> PastDay:
    """The version ``wanted`` of a day, of whose versions, newest first, one may be loaded."""
    walked = walk(connection, chain, stored)
    return next(past for past in walked if past.version.id == wanted.id)


def walk(
    connection: sqlite3.Connection, chain: Iterable[Version], stored: StoredDay | None
) -> Iterator[PastDay]:
    """Every version of a day, newest first, of which one may be loaded."""
    pieces: list[Piece] = []
    newline = None
    for version in chain:
        changes = history.changes_to(connection, version.id)
        if stored is not None and version.id == stored.source_id:
            pieces = [_piece(part) for part in stored_parts(connection, stored)]
        else:
            if newline is not None and newline != version.newline:
                pieces = [_with_newline(piece, version.newline) for piece in pieces]
            pieces = undone(pieces, changes)
        newline = version.newline
        yield PastDay(version, tuple(pieces), tuple(changes))


def undone(pieces: list[Piece], changes: Iterable[Change]) -> list[Piece]:
    """The pieces of the version that was replaced, from those of the one that replaced it.

    What came is taken out by its place after, what went is put back at its place before; the
    rest kept its order.
    """
    for _, of_run in groupby(changes, key=lambda change: change.load_id):
        rows = list(of_run)
        came = {row.position_after for row in rows if row.kind in ("added", "changed")}
        pieces = [piece for position, piece in enumerate(pieces) if position not in came]
        went = [
            (row.position_before, Piece(row.before, row.is_message))
            for row in rows
            if row.position_before is not None and row.before is not None
        ]
        for position, piece in sorted(went):
            pieces.insert(position, piece)
    return pieces


def _piece(part: Part) -> Piece:
    return Piece(part.content, part.key is not None)


def _with_newline(piece: Piece, newline: str) -> Piece:
    """A message as it stood on a page of other line ends; what is no message has its very bytes."""
    if not piece.is_message:
        return piece
    if newline == "crlf":
        return piece._replace(content=piece.content.replace(b"\n", b"\r\n"))
    return piece._replace(content=piece.content.replace(b"\r\n", b"\n"))
