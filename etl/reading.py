"""Day files as rows: the half of a load that needs no archive, so it can run beside the writing."""

from __future__ import annotations

from dataclasses import dataclass

from db.rows import DayRows, SourceRow
from etl.content import MAX_SIZE, DayContent, UnreadableFile, read_content, writable
from etl.discover import DayFile
from etl.jobs import to_rows
from etl.records import NEWLINE_NAMES
from etl.sources.errors import PageError


@dataclass(frozen=True, slots=True)
class Wanted:
    """A day file to read; ``loaded`` is the SHA-256 of the version that is loaded of its day."""

    file: DayFile
    loaded: str | None = None
    max_size: int = MAX_SIZE


@dataclass(frozen=True, slots=True)
class Reading:
    """A day's rows, and where they are from."""

    rows: DayRows
    source: SourceRow


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a day file: a reading, or why there is none; neither if it is as loaded."""

    file: DayFile
    reading: Reading | None = None
    refusal: str | None = None


def read_day(wanted: Wanted) -> Outcome:
    """Read a day file."""
    try:
        content = read_content(wanted.file, wanted.max_size)
    except UnreadableFile as reason:
        return Outcome(wanted.file, refusal=str(reason))
    return read_bytes(content, wanted.loaded)


def read_bytes(content: DayContent, loaded: str | None) -> Outcome:
    """Read a day file whose bytes are there."""
    file = content.file
    sha256 = content.sha256
    if sha256 == loaded:
        return Outcome(file)
    try:
        page = file.format.parse(content.content, file.date)
    except PageError as error:
        return Outcome(file, refusal=f"{error}; it was not loaded")
    source = SourceRow(
        path=writable(file.location),
        sha256=sha256,
        size=file.size,
        mtime_ns=file.mtime_ns,
        format=page.format,
        newline=NEWLINE_NAMES[page.newline],
        byte_order_mark=int(page.byte_order_mark),
        escape_depth=page.escape_depth,
        room=file.room,
        date=file.date,
    )
    return Outcome(file, Reading(to_rows(page, file.room, file.date), source))
