"""The one conductor: find, read, write, finish, report."""

from __future__ import annotations

import contextlib
import datetime
import gc
import sqlite3
import time
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from db.connection import DayTransactions
from db.reader import rooms
from etl import finish
from etl.content import DayContent, UnreadableFile, disagreement, read_content
from etl.discover import DayFile, Remark, discover, folded
from etl.growth import TABLES, Growth
from etl.loaded import is_as_loaded, loaded_from, loaded_versions
from etl.report import JobCounts, LoadReport, Progress
from etl.run import LoadOptions, RoomDate, Run

# A few seconds' work: no more than that is done again after a crash.
MESSAGES_PER_COMMIT = 50_000


def load(connection: sqlite3.Connection, options: LoadOptions, progress: Progress) -> LoadReport:
    """Load day files into an archive, each whole or not at all; bad ones harm no other.

    Raises ArchiveError where the archive itself cannot be written; whole days then stay.
    """
    started = time.monotonic()
    report = LoadReport(jobs={name: JobCounts() for name in TABLES})
    days = DayTransactions(connection, MESSAGES_PER_COMMIT)
    run = Run(connection, now(), days, options, progress, report, Growth(connection))
    with _recorded(run), _no_garbage():
        with days:
            there = _load_all(run)
        if options.prune is not None:
            from etl.prune import prune

            # outside of the loading: nobody is kept from writing while somebody is asked
            with days:
                prune(run, options.prune, there)
        report.people_seconds = round(finish.finish(connection, options.config), 3)
        for name, more in run.growth.by_job().items():
            report.jobs[name].new = max(more, 0)
        report.seconds = round(time.monotonic() - started, 3)
    return report


@contextlib.contextmanager
def _no_garbage() -> Iterator[None]:
    """Do without the collector of cycles: records and rows have none, and it would look at all."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@contextlib.contextmanager
def _recorded(run: Run) -> Iterator[None]:
    """See to the run's own row in ``loads``."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            run.end(now(), "interrupted")
        raise
    run.end(now(), "problems" if run.report.problems else "done")


def _load_all(run: Run) -> set[RoomDate]:
    """Load what there is; of which days there were files."""
    content = run.options.content
    if content is not None:
        from etl.intake import take_in_content

        run.progress.start(1)
        run.begin()
        take_in_content(run, content)
        return set()
    options, loaded = run.options, loaded_from(run.connection)
    found = discover(options.paths, options.room, options.date, loaded)
    there: set[RoomDate] = set()
    if options.prune is not None:
        from etl.prune import without_gone

        there = found.days()
        found.problems = without_gone(run.connection, found.problems, there)
    for remark in found.passed_over:
        run.report.files.passed_over += 1
        run.progress.note(f"{remark.path}: passed over: {remark.text}")
    for remark in found.problems:
        run.refuse(remark)
    _note_like_names(run, found.files)
    run.report.files.unchanged += len(found.unchanged)
    run.progress.start(len(found.unchanged) + len(found.files), len(found.unchanged))
    changed = list(_changed(run, found.files))
    if changed:
        # what reads and writes pages takes longer to import than that none changed to find out
        from etl.intake import take_in

        run.begin()
        take_in(run, changed)
    return there


def _note_like_names(run: Run, files: list[DayFile]) -> None:
    """Say of new rooms which others are called nearly the same: a disk may have mixed them up."""
    there = {room.slug for room in rooms(run.connection)}
    known = {folded(slug): slug for slug in there}
    for file in files:
        if file.room not in there:
            other = known.setdefault(folded(file.room), file.room)
            if other != file.room:
                what = (
                    f"{file.room} is a room of its own, though {other} differs only in case or form"
                )
                run.progress.note(f"{file.path}: {what}; --room joins them")
            there.add(file.room)


def _changed(run: Run, files: list[DayFile]) -> Iterator[tuple[DayFile, str | None]]:
    """The files that are not as they were loaded, each with the SHA-256 of what is loaded."""
    versions = loaded_versions(run.connection, files)
    for _, same_day in groupby(files, key=attrgetter("date", "room")):
        for file in _agreeing(run, list(same_day)):
            loaded = versions.get((file.room, file.date))
            if is_as_loaded(file, loaded):
                _pass_unchanged(run)
            else:
                yield file, loaded.sha256 if loaded else None


def _pass_unchanged(run: Run) -> None:
    run.report.files.unchanged += 1
    run.progress.advance(0)


def _agreeing(run: Run, files: list[DayFile]) -> list[DayFile]:
    """Of several files for one room and day the first, if all have the same bytes; else none."""
    if len(files) == 1:
        return files
    contents = [content for file in files if (content := _read(run, file)) is not None]
    if not contents:
        return []
    conflict = disagreement(contents)
    if conflict is not None:
        run.report.files.rejected += len(files) - 1
        run.refuse(conflict)
        return []
    first, *others = contents
    for other in others:
        run.report.files.duplicate += 1
        run.progress.note(f"{other.file.path}: skipped: the same as {first.file.path}")
        run.progress.advance(0)
    return [first.file]


def _read(run: Run, file: DayFile) -> DayContent | None:
    """The file's bytes; None, and a problem said, where they cannot be had."""
    try:
        return read_content(file, run.options.max_size)
    except UnreadableFile as reason:
        run.refuse(Remark(file.path, str(reason)))
        return None


def now() -> str:
    """The time in UTC, as the archive writes it."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
