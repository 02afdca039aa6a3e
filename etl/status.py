"""What an archive holds, which days it lacks, and what has changed on disk since."""

from __future__ import annotations

import calendar
import datetime
import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from db.reader import LoadRow, StoredDay, day_sizes, last_load, reject_examples, rooms, stored_days


class Day(NamedTuple):
    """A date with how many messages it has."""

    date: datetime.date
    messages: int


@dataclass(slots=True)
class RoomStatus:
    """A room's days; those between the first and the last that are not there are missing."""

    slug: str
    title: str | None
    timezone: str | None
    found: list[Day] = field(default_factory=list)

    @property
    def days(self) -> int:
        """How many days it has."""
        return len(self.found)

    @property
    def quiet_days(self) -> int:
        """How many of them have no message."""
        return sum(not day.messages for day in self.found)

    @property
    def messages(self) -> int:
        """How many messages it has."""
        return sum(day.messages for day in self.found)

    @property
    def first(self) -> datetime.date:
        """Its first day."""
        return self.found[0].date

    @property
    def last(self) -> datetime.date:
        """Its last day."""
        return self.found[-1].date

    @property
    def missing(self) -> list[datetime.date]:
        """Days inside its span that the archive does not have."""
        there = {day.date for day in self.found}
        span = range(self.first.toordinal(), self.last.toordinal() + 1)
        return [date for n in span if (date := datetime.date.fromordinal(n)) not in there]

    def calendar(self) -> Iterator[tuple[str, str]]:
        """The months that lack days, a sign a day: `#` there, `o` no messages, `.` missing.

        Months that are missing whole come as one line.
        """
        signs = {day.date: "#" if day.messages else "o" for day in self.found}
        gap: list[str] = []
        for label, days in self._months(signs):
            if set(days) == {"."}:
                gap.append(label)
                continue
            yield from _whole_months(gap)
            gap = []
            if "." in days:
                yield label, days

    def _months(self, signs: dict[datetime.date, str]) -> Iterator[tuple[str, str]]:
        year, month = self.first.year, self.first.month
        while (year, month) <= (self.last.year, self.last.month):
            dates = [
                datetime.date(year, month, day + 1)
                for day in range(calendar.monthrange(year, month)[1])
            ]
            inside = (
                signs.get(date, ".") if self.first <= date <= self.last else " " for date in dates
            )
            yield f"{year}-{month:02}", "".join(inside)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)


@dataclass(slots=True)
class ArchiveStatus:
    """An archive at a glance. Paths are as the archive wrote them down."""

    rooms: list[RoomStatus]
    rejects: int
    reject_examples: list[str]
    last_load: LoadRow | None
    changed_files: list[str]
    gone_files: list[str]

    @property
    def days(self) -> int:
        """How many days there are in all rooms."""
        return sum(room.days for room in self.rooms)

    @property
    def messages(self) -> int:
        """How many messages there are in all rooms."""
        return sum(room.messages for room in self.rooms)


def archive_status(connection: sqlite3.Connection) -> ArchiveStatus:
    """Look at an archive, and at the files it was loaded from."""
    by_slug = {row.slug: RoomStatus(row.slug, row.title, row.timezone) for row in rooms(connection)}
    for slug, date, messages in day_sizes(connection):
        by_slug[slug].found.append(Day(datetime.date.fromisoformat(date), messages))
    count, examples = reject_examples(connection, limit=5)
    changed, gone = _on_disk(connection)
    return ArchiveStatus(
        rooms=[room for room in by_slug.values() if room.found],
        rejects=count,
        reject_examples=examples,
        last_load=last_load(connection),
        changed_files=changed,
        gone_files=gone,
    )


def _on_disk(connection: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """Files that differ from what was loaded, and files that are no longer there."""
    changed, gone = [], []
    for day in stored_days(connection):
        if day.mtime_ns == 0:  # it came from standard input
            continue
        try:
            if _differs(Path(day.path), day):
                changed.append(day.path)
        except OSError:
            gone.append(day.path)
    return changed, gone


def _differs(path: Path, day: StoredDay) -> bool:
    facts = path.stat()
    if (facts.st_size, facts.st_mtime_ns) == (day.size, day.mtime_ns):
        return False
    if facts.st_size != day.size:
        return True
    return hashlib.sha256(path.read_bytes()).hexdigest() != day.sha256


def _whole_months(labels: list[str]) -> Iterator[tuple[str, str]]:
    if labels:
        span = labels[0] if len(labels) == 1 else f"{labels[0]} to {labels[-1]}"
        yield span, "all missing"
