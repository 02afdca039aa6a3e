"""The one conductor: find, hash, parse, make rows, write, report."""

from __future__ import annotations

import contextlib
import datetime
import gc
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from db import history, loads, writer
from db.connection import DayTransactions
from db.families import FAMILIES
from db.people.reader import names_of_days
from db.reader import StoredDay, find_day, messages_of, rooms, rows_of_day, table_counts
from db.rows import DayRows
from etl import __version__, finish
from etl.config import Config
from etl.content import (
    MAX_SIZE,
    DayContent,
    UnreadableFile,
    disagreement,
    read_content,
    writable,
)
from etl.discover import DayFile, Remark, discover, folded
from etl.jobs import FRAME_JOBS, JOBS
from etl.prune import RoomDate, file_is_gone, gone_days, remove_day, without_gone
from etl.readers import processes, read_days
from etl.reading import Outcome, Reading, Wanted, read_bytes
from etl.report import JobCounts, LoadReport, Progress
from etl.revise import Part, parts_of, revise, with_ids
from etl.stored import page_of_rows, stored_parts

REJECTS_SHOWN = 10
# A few seconds' work: no more than that is done again after a crash.
MESSAGES_PER_COMMIT = 50_000


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
class _Load:
    """One run: what its steps share."""

    connection: sqlite3.Connection
    days: DayTransactions
    id: int
    options: LoadOptions
    progress: Progress
    report: LoadReport
    sizes: _Sizes


class _Sizes:
    """How much each job's table grows: that of whole days day by day, so that nobody counts all."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection
        self._more: Counter[str] = Counter()
        self._before: dict[str, int] | None = None

    def before(self, day_id: int | None) -> None:
        """Call it before a day is written or removed: None is a new one."""
        if self._before is None:
            self._before = table_counts(self._connection, tuple(_SHARED.values()))
        if day_id is not None:
            self._more.subtract(rows_of_day(self._connection, day_id, _OF_DAYS))

    def after(self, counts: Mapping[str, int]) -> None:
        """Call it when a day is written, with the rows that each job made of it."""
        self._more.update({name: counts[name] for name in _OF_DAYS})

    def growth(self) -> dict[str, int]:
        """How many rows more there are now, by job."""
        if self._before is None:
            return {}
        now_there = table_counts(self._connection, tuple(_SHARED.values()))
        more = {name: now_there[table] - self._before[table] for name, table in _SHARED.items()}
        return {**self._more, **more}


# Rows that days have in common are few: their tables are counted.
_SHARED = {"speakers": "speakers", "images": "images", "links": "links"}
_OF_DAYS = {name: name for name in FRAME_JOBS if name not in _SHARED} | {
    family.name: family.counted for family in FAMILIES.values() if family.name not in _SHARED
}


def load(connection: sqlite3.Connection, options: LoadOptions, progress: Progress) -> LoadReport:
    """Load day files into an archive, each whole or not at all; bad ones harm no other.

    Raises ArchiveError where the archive itself cannot be written; whole days then stay.
    """
    started = time.monotonic()
    report = LoadReport(jobs={name: JobCounts() for name in JOBS})
    with _recorded(connection, options, report) as load_id, _no_garbage():
        days = DayTransactions(connection, MESSAGES_PER_COMMIT)
        run = _Load(connection, days, load_id, options, progress, report, _Sizes(connection))
        with days:
            there = _load_all(run)
        if options.prune is not None:
            # outside of the loading: nobody is kept from writing while somebody is asked
            with days:
                _prune(run, options.prune, there)
        report.people_seconds = round(finish.finish(connection, options.config), 3)
        for name, more in run.sizes.growth().items():
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
def _recorded(
    connection: sqlite3.Connection, options: LoadOptions, report: LoadReport
) -> Iterator[int]:
    """The run's own row in ``loads``."""
    load_id = loads.begin(connection, now(), __version__, options.as_arguments())
    try:
        yield load_id
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            loads.end(connection, load_id, now(), "interrupted", json.dumps(report.as_dict()))
        raise
    outcome = "problems" if report.problems else "done"
    loads.end(connection, load_id, now(), outcome, json.dumps(report.as_dict()))


def _load_all(run: _Load) -> set[RoomDate]:
    """Load what there is; of which days there were files."""
    content = run.options.content
    if content is not None:
        run.progress.start(1)
        stored = find_day(run.connection, content.file.room, content.file.date)
        _load_outcome(run, read_bytes(content, stored.sha256 if stored else None))
        return set()
    found = discover(run.options.paths, run.options.room, run.options.date)
    there = {(file.room, file.date) for file in found.files}
    if run.options.prune is not None:
        found.problems = without_gone(run.connection, found.problems, there)
    for remark in found.passed_over:
        run.report.files.passed_over += 1
        run.progress.note(f"{remark.path}: passed over: {remark.text}")
    for remark in found.problems:
        _refuse(run, remark)
    _note_like_names(run, found.files)
    run.progress.start(len(found.files))
    wanted = [
        Wanted(file, stored.sha256 if stored else None, run.options.max_size)
        for _, same_day in groupby(found.files, key=lambda file: (file.date, file.room))
        for file, stored in _changed(run, list(same_day))
    ]
    with contextlib.closing(read_days(wanted, processes(run.options.jobs))) as outcomes:
        for outcome in outcomes:
            _load_outcome(run, outcome)
    return there


def _prune(run: _Load, may: Callable[[list[StoredDay]], bool], there: set[RoomDate]) -> None:
    """Remove days whose files are gone, if we may, and as far as nobody loads them meanwhile."""
    options = run.options
    gone = gone_days(run.connection, options.paths, there, options.room, options.date)
    run.report.gone = len(gone)
    for day in gone if gone and may(gone) else ():
        messages = len(messages_of(run.connection, day.id))
        with run.days.day(messages):
            if find_day(run.connection, day.room, day.date) == day and file_is_gone(day):
                run.sizes.before(day.id)
                remove_day(run.connection, day, run.id)
                run.report.removed.days += 1
                run.report.removed.messages += messages


def _note_like_names(run: _Load, files: list[DayFile]) -> None:
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


def _agreeing(run: _Load, files: list[DayFile]) -> list[DayFile]:
    """Of several files for one room and day the first, if all have the same bytes; else none."""
    if len(files) == 1:
        return files
    contents = [content for file in files if (content := _read(run, file)) is not None]
    if not contents:
        return []
    conflict = disagreement(contents)
    if conflict is not None:
        run.report.files.rejected += len(files) - 1
        _refuse(run, conflict)
        return []
    first, *others = contents
    for other in others:
        run.report.files.duplicate += 1
        run.progress.note(f"{other.file.path}: skipped: the same as {first.file.path}")
        run.progress.advance(0)
    return [first.file]


def _changed(run: _Load, same_day: list[DayFile]) -> Iterator[tuple[DayFile, StoredDay | None]]:
    """The file of a day, unless it is as it was loaded by its size and mtime."""
    for file in _agreeing(run, same_day):
        stored = find_day(run.connection, file.room, file.date)
        if stored is not None and _is_as_loaded(file, stored):
            run.report.files.unchanged += 1
            run.progress.advance(0)
        else:
            yield file, stored


def _is_as_loaded(file: DayFile, stored: StoredDay) -> bool:
    return (stored.size, stored.mtime_ns, stored.path) == (
        file.size,
        file.mtime_ns,
        writable(file.location),
    )


def _read(run: _Load, file: DayFile) -> DayContent | None:
    """The file's bytes; None, and a problem said, where they cannot be had."""
    try:
        return read_content(file, run.options.max_size)
    except UnreadableFile as reason:
        _refuse(run, Remark(file.path, str(reason)))
        return None


def _load_outcome(run: _Load, outcome: Outcome) -> None:
    """Write one day: new, changed, or as it is."""
    file, reading = outcome.file, outcome.reading
    if outcome.refusal is not None:
        _refuse(run, Remark(file.path, outcome.refusal))
    elif reading is None:
        _note_seen(run, file)
    else:
        _write_day(run, reading)
        _say_rejects(run, file, reading.rows)
        run.progress.advance(len(reading.rows.messages))


def _note_seen(run: _Load, file: DayFile) -> None:
    """The same bytes as are loaded, though perhaps in another place or of another age."""
    stored = find_day(run.connection, file.room, file.date)
    if stored is not None:
        loads.note_seen(
            run.connection, stored.source_id, writable(file.location), file.size, file.mtime_ns
        )
    run.report.files.unchanged += 1
    run.progress.advance(0)


def _write_day(run: _Load, reading: Reading) -> None:
    rows, source = reading.rows, reading.source
    with run.days.day(len(rows.messages)):
        # another load may have been here since we looked
        stored = find_day(run.connection, source.room, source.date)
        if stored is not None and stored.sha256 == source.sha256:
            run.report.files.unchanged += 1
            return
        run.sizes.before(stored and stored.id)
        if stored is None:
            loads.note_change(run.connection, _insert_day(run, reading))
        else:
            before = names_of_days(run.connection, [stored.id])
            loads.note_change(run.connection, stored.id, *before)
            _replace_day(run, stored, reading)
    _count(run, rows, new=stored is None)


def _insert_day(run: _Load, reading: Reading) -> int:
    """Write a day that is not there, its id; if it was removed, what came goes to its revisions."""
    rows, source = reading.rows, reading.source
    removed = history.removed_version(run.connection, source.room, source.date)
    day_id = writer.insert_day(run.connection, rows, source, run.id)
    if removed is not None:
        ids = {message.position: message.id for message in messages_of(run.connection, day_id)}
        came = with_ids(revise([], _new_parts(reading)).rows, ids)
        writer.adopt_revisions(run.connection, day_id, source.room, source.date)
        writer.insert_revisions(run.connection, day_id, removed, run.id, came)
    return day_id


def _replace_day(run: _Load, stored: StoredDay, reading: Reading) -> None:
    """Put a newer version of a day in the place of the stored one, and record what changed."""
    revision = revise(stored_parts(run.connection, stored), _new_parts(reading))
    ids = writer.update_day(run.connection, stored.id, reading.rows, revision.ids)
    changes = with_ids(revision.rows, ids)
    writer.insert_revisions(run.connection, stored.id, stored.source_id, run.id, changes)
    source_id = writer.insert_source(run.connection, reading.source, run.id)
    writer.set_source(run.connection, stored.id, source_id)


def _new_parts(reading: Reading) -> list[Part]:
    keys = {message.position: message.key for message in reading.rows.messages}
    return parts_of(page_of_rows(reading.rows, reading.source), keys, {})


def _count(run: _Load, rows: DayRows, *, new: bool) -> None:
    if new:
        run.report.files.new += 1
    else:
        run.report.files.changed += 1
    run.report.rejects += len(rows.rejects)
    counts = {"days": 1, "speakers": len(rows.speakers), "messages": len(rows.messages)}
    counts |= {name: len(family) for name, family in rows.families.items()}
    run.sizes.after(counts)
    for name, count in counts.items():
        run.report.jobs[name].rows += count


def _say_rejects(run: _Load, file: DayFile, rows: DayRows) -> None:
    """A line for each reject; of a file that is damaged all over, only the first ones."""
    path = file.path
    for reject in rows.rejects[:REJECTS_SHOWN]:
        _say(run, f"{path}:{reject.first_line}: {reject.reason}; it is kept in rejects")
    more = len(rows.rejects) - REJECTS_SHOWN
    if more > 0:
        _say(run, f"{path}: {more:,} more pieces of it are kept in rejects: see `etl status`")


def _refuse(run: _Load, remark: Remark) -> None:
    """A file that was not loaded at all."""
    run.report.files.rejected += 1
    _say(run, f"{remark.path}: {remark.text}")


def _say(run: _Load, line: str) -> None:
    run.report.problems += 1
    run.progress.problem(line)


def now() -> str:
    """The time in UTC, as the archive writes it."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
