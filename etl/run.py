"""One run of `etl load`: what it was asked for, and what its steps share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from db.connection import DayTransactions
from db.reader import StoredDay
from etl.config import Config
from etl.content import MAX_SIZE, DayContent, writable
from etl.discover import Remark
from etl.growth import Growth
from etl.report import LoadReport, Progress

# the short name of a room, and YYYY-MM-DD
RoomDate = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What to load. ``content`` is standard input, as a page of ``room`` and ``date``.

    ``jobs`` is how many processors it may use; None: all there are.
    ``prune`` is asked whether days may be removed whose files are gone; None: they stay.
    """

    paths: tuple[Path, ...] = ()
    room: str | None = None
    date: str | None = None
    content: DayContent | None = None
    max_size: int = MAX_SIZE
    jobs: int | None = None
    config: Config = field(default_factory=Config)
    prune: Callable[[list[StoredDay]], bool] | None = None

    def as_arguments(self) -> str:
        """For the archive's own records, as JSON."""
        paths = [writable(path) for path in self.paths]
        arguments = {
            "paths": paths,
            "room": self.room,
            "date": self.date,
            "max_size": self.max_size,
            "prune": self.prune is not None,
        }
        return json.dumps(arguments, ensure_ascii=False)


@dataclass(slots=True)
class Run:
    """One run: what its steps share."""

    connection: sqlite3.Connection
    days: DayTransactions
    id: int
    options: LoadOptions
    progress: Progress
    report: LoadReport
    growth: Growth

    def refuse(self, remark: Remark) -> None:
        """Say of a file that it was not loaded at all."""
        self.report.files.rejected += 1
        self.say(f"{remark.path}: {remark.text}")

    def say(self, line: str) -> None:
        """Say something that is bad."""
        self.report.problems += 1
        self.progress.problem(line)
