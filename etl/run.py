"""One run of `etl load`: what it was asked for, and what its steps share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from db import loads
from db.connection import DayTransactions, let_readers_go_on, transaction
from db.reader import StoredDay
from etl import __version__
from etl.config import Config
from etl.content import MAX_SIZE, DayContent, writable
from etl.discover import Remark
from etl.discover import RoomDate as RoomDate
from etl.growth import Growth
from etl.report import LoadReport, Progress


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
    """One run: what its steps share. Its ``id`` is 0 until it ``begin``s to write."""

    connection: sqlite3.Connection
    started_at: str
    days: DayTransactions
    options: LoadOptions
    progress: Progress
    report: LoadReport
    growth: Growth
    id: int = 0

    def begin(self) -> None:
        """Write down that it started. To be called before it writes anything else."""
        if not self.id:
            let_readers_go_on(self.connection)
            self._note()

    def end(self, now: str, outcome: str) -> None:
        """Write down how it ended; of a run that wrote nothing, all at once."""
        with transaction(self.connection):
            if not self.id:
                self._note()
            report = json.dumps(self.report.as_dict())
            loads.end(self.connection, self.id, now, outcome, report)

    def _note(self) -> None:
        arguments = self.options.as_arguments()
        self.id = loads.begin(self.connection, self.started_at, __version__, arguments)

    def refuse(self, remark: Remark) -> None:
        """Say of a file that it was not loaded at all."""
        self.report.files.rejected += 1
        self.say(f"{remark.path}: {remark.text}")

    def say(self, line: str) -> None:
        """Say something that is bad."""
        self.report.problems += 1
        self.progress.problem(line)
