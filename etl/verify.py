"""Whether an archive still says what was loaded into it, and where not, and what to do about it."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shlex
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path

from db.checks import (
    dangling_references,
    integrity,
    schema_differences,
    size_fault,
    triggers,
)
from db.connection import RESTORE, RESTORE_BACKUP
from db.day_rows import in_order, stored_rows
from db.digest import archive_digest, table_digests
from db.index_check import (
    IndexFault,
    fresh_index,
    has_terms,
    index_faults,
    is_index_empty,
    structure_faults,
)
from db.index_version import VERSION as TEXT_INDEX_VERSION
from db.invariants import Invariant, invariants, violations
from db.loads import property_of, waiting_days
from db.people.voices import wrong_days
from db.reader import StoredDay, stored_days
from db.rows import DayRows, FamilyRow, MessageRow
from etl.discover import DayFile, discover
from etl.history_check import history_faults
from etl.jobs import to_rows
from etl.records import NEWLINE_NAMES
from etl.report import Progress
from etl.sources import FORMATS
from etl.sources.errors import PageError
from etl.stored import stored_bytes

# Of one check that finds more, the first ones tell what happened.
SHOWN = 10

FROM_FILE = f"`etl rebuild messages --from {{}}`, the page's file, or {RESTORE_BACKUP}"
REBUILD_INDEX = "`etl rebuild fts` makes it anew"
REBUILD_ALL = "`etl rebuild messages` makes it anew"
LOAD = "`etl load` takes it in"
REBUILD_DERIVED = "`etl rebuild derived` makes it anew"
REINDEX = "`etl rebuild derived` makes the indexes anew"
# Tables of which every row is derived.
_DERIVED = ("aliases", "inferred_replies", "changed_days", "speaker_days", "half_hours", "voices")

_OF_AN_INDEX = re.compile(r"missing from index|wrong # of entries in index")
_OF_TEXT_INDEX = re.compile(r"inverted index|FTS5")
_NOT_DAMAGE = re.compile(r"disk is full|locked|interrupted")
_NOT_THERE = re.compile(r"no such (?:table|column)")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is damaged: by which check, where, what is there, and what to do."""

    check: str
    place: str
    found: str
    remedy: str


@dataclass(slots=True)
class Verification:
    """What verifying found: the first findings of each check, and how many there are in all.

    ``waiting`` days wait for who is who, as a load goes on or was stopped: that is no fault.
    """

    findings: list[Finding] = field(default_factory=list)
    total: int = 0
    days: int = 0
    messages: int = 0
    files: int = 0
    waiting: int = 0
    digest: str | None = None


@dataclass(slots=True)
class _Run:
    """One verification: what its checks share."""

    connection: sqlite3.Connection
    result: Verification
    files: dict[tuple[str, str], list[DayFile]]
    # the file or a table of it is beyond mending: what is no reason to restore a backup is not told
    is_lost: bool = False

    def check(self, name: str, findings: Iterator[Finding]) -> None:
        """Note what a check finds, at most ``SHOWN`` things; damage may stop it."""
        number = 0
        for finding in self._until_damage(name, findings):
            if self.is_lost and "restore a backup" not in finding.remedy:
                continue
            number += 1
            if number <= SHOWN:
                remedy = RESTORE if self.is_lost else finding.remedy
                self.result.findings.append(replace(finding, remedy=remedy))
        self.result.total += number
        if number > SHOWN:
            more = f"{number - SHOWN:,} more like these"
            self.result.findings.append(Finding(name, name, more, self.result.findings[-1].remedy))

    def check_first(self, checks: dict[str, Iterator[Finding]]) -> None:
        """Checks that may find that all is lost, which then comes before all else."""
        found = {name: list(self._until_damage(name, check)) for name, check in checks.items()}
        self.is_lost = any(one.remedy == RESTORE for of_check in found.values() for one in of_check)
        for name, of_check in found.items():
            self.check(name, iter(of_check))

    def _until_damage(self, name: str, findings: Iterator[Finding]) -> Iterator[Finding]:
        """What a check finds, at its end that it could not go on."""
        try:
            yield from findings
        except sqlite3.DatabaseError as error:
            if _NOT_DAMAGE.search(str(error)):
                raise
            # a table that is missing is a finding already
            if not (_NOT_THERE.search(str(error)) and self.result.findings):
                yield Finding(name, name, f"cannot be checked: {error}", RESTORE)


def verify(
    connection: sqlite3.Connection, against: Collection[Path], progress: Progress
) -> Verification:
    """Check everything that can be; ``against`` are the pages, or folders of them, to compare with.

    The connection comes from ``open_to_check``.
    """
    run = _Run(connection, Verification(), {})
    run.check_first({"database": _database(connection), "schema": _schema(connection)})
    with contextlib.suppress(sqlite3.DatabaseError):
        # what it cannot read is found below
        run.result.waiting = waiting_days(connection)
    run.check("references", _references(connection))
    run.check("files", _find_files(run, against))
    run.check("days", _days(run, progress))
    run.check("history", _history(connection))
    run.check("full-text index", _index(connection))
    run.check("voices", _voices(connection))
    for invariant in invariants():
        if not (invariant.is_derived and run.result.waiting):
            run.check(invariant.name, _violations(connection, invariant))
    try:
        run.result.digest = archive_digest(table_digests(connection))
    except sqlite3.DatabaseError:
        # what it cannot read was found above
        run.result.digest = None
    return run.result


def _database(connection: sqlite3.Connection) -> Iterator[Finding]:
    fault = size_fault(connection)
    if fault is not None:
        yield Finding("database", "the file", fault, RESTORE)
    for place, text in integrity(connection):
        remedy = REINDEX if _OF_AN_INDEX.search(text) else RESTORE
        # newer versions of SQLite look into it, too
        if _OF_TEXT_INDEX.search(text):
            remedy = REBUILD_INDEX
        yield Finding("database", place, text, remedy)


def _schema(connection: sqlite3.Connection) -> Iterator[Finding]:
    for one, is_there in schema_differences(connection):
        text = (
            f"the {one.type} is {'not the one that this program makes' if is_there else 'missing'}"
        )
        remedy = RESTORE
        if one.name.startswith("messages_fts"):
            remedy = REBUILD_INDEX
        elif one.type != "table" and not is_there:
            remedy = REBUILD_DERIVED
        yield Finding("schema", one.name, text, remedy)
    for trigger in triggers(connection):
        text = "a trigger of somebody else, which may change what a load writes"
        yield Finding("schema", trigger, text, f"`drop trigger {trigger}` in sqlite3 takes it out")


def _references(connection: sqlite3.Connection) -> Iterator[Finding]:
    for table, rowid, parent in dangling_references(connection):
        place = f"{table}/{'…' if rowid is None else rowid}"
        remedy = RESTORE
        if parent == "people" or table in _DERIVED:
            remedy = REBUILD_DERIVED
        elif parent == "messages" and table != "messages":
            remedy = REBUILD_ALL
        yield Finding("references", place, f"it refers to {parent} that is not there", remedy)


def _history(connection: sqlite3.Connection) -> Iterator[Finding]:
    for place, text in history_faults(connection):
        # no page has what was there before it
        yield Finding("history", place, text, RESTORE_BACKUP)


def _voices(connection: sqlite3.Connection) -> Iterator[Finding]:
    for place in wrong_days(connection):
        yield Finding("voices", place, "voices is not who wrote when", REBUILD_DERIVED)


def _violations(connection: sqlite3.Connection, invariant: Invariant) -> Iterator[Finding]:
    for place, text in violations(connection, invariant):
        yield Finding(invariant.name, place, text, invariant.remedy)


def _index(connection: sqlite3.Connection) -> Iterator[Finding]:
    version = property_of(connection, "text_index")
    if version != TEXT_INDEX_VERSION:
        text = f"it is of version {version}, this program makes {TEXT_INDEX_VERSION}"
        yield Finding("full-text index", "messages_fts", text, REBUILD_INDEX)
        return
    try:
        if is_index_empty(connection):
            # else everything would be missing, and be held in memory to tell of it
            if has_terms(connection):
                yield Finding("full-text index", "messages_fts", "it is empty", REBUILD_INDEX)
            return
        with fresh_index(connection):
            is_whole = True
            for fault in index_faults(connection):
                is_whole = False
                place = fault.key or f"messages_fts/{fault.message_id}"
                yield Finding("full-text index", place, _index_fault(fault), REBUILD_INDEX)
            for text in structure_faults(connection) if is_whole else ():
                yield Finding("full-text index", "messages_fts", text, REBUILD_INDEX)
    except sqlite3.DatabaseError as error:
        if _NOT_DAMAGE.search(str(error)) or _NOT_THERE.search(str(error)):
            raise
        yield Finding("full-text index", "messages_fts", f"cannot be read: {error}", REBUILD_INDEX)


def _index_fault(fault: IndexFault) -> str:
    if fault.key is None:
        return "the index has terms of a message that is not there"
    if not fault.missing and not fault.surplus:
        return "the index has its terms, but another number of them written down"
    said = [
        f"{verb} {' '.join(terms[:5])}{' …' if len(terms) > 5 else ''}"
        for verb, terms in (("lacks", fault.missing), ("has", fault.surplus))
        if terms
    ]
    return f"the index {' and '.join(said)}{', which its text lacks' if fault.surplus else ''}"


def _find_files(run: _Run, against: Collection[Path]) -> Iterator[Finding]:
    """Find the files to compare with; those that cannot be, and those that are of no day."""
    if not against:
        return
    found = discover(against)
    for problem in found.problems:
        yield Finding("files", str(problem.path), problem.text, "name other files")
    days = {(day.room, day.date) for day in stored_days(run.connection)}
    for file in found.files:
        if (file.room, file.date) in days:
            run.files.setdefault((file.room, file.date), []).append(file)
        else:
            yield Finding("files", str(file.path), "the archive does not have its day", LOAD)


def _days(run: _Run, progress: Progress) -> Iterator[Finding]:
    days = list(stored_days(run.connection))
    progress.start(len(days))
    for day in days:
        before = run.result.messages
        try:
            yield from _day(run, day)
        except sqlite3.DatabaseError as error:
            if _NOT_DAMAGE.search(str(error)) or _NOT_THERE.search(str(error)):
                raise
            yield Finding("days", _place(day), f"cannot be read: {error}", RESTORE)
        run.result.days += 1
        progress.advance(run.result.messages - before)


def _day(run: _Run, day: StoredDay) -> Iterator[Finding]:
    """A day's page written again: is it the one that was loaded, and do the tables follow it?"""
    place = _place(day)
    if day.format not in FORMATS or day.newline not in NEWLINE_NAMES.values():
        text = f"pages of format {day.format}, lines ending in {day.newline}, are unknown"
        yield Finding("days", place, text, RESTORE)
        return
    content = stored_bytes(run.connection, day)
    from_file = FROM_FILE.format(shlex.quote(day.path))
    is_whole = hashlib.sha256(content).hexdigest() == day.sha256
    if not is_whole:
        text = "its page, written again from the tables, is not the one that was loaded"
        yield Finding("days", place, text, from_file)
    elif day.size != len(content):
        text = f"its page has {len(content):,} bytes, not {day.size:,} as sources.size says"
        yield Finding("days", place, text, RESTORE)
    stored = stored_rows(run.connection, day)
    run.result.messages += len(stored.messages)
    try:
        page = FORMATS[day.format].parse(content, day.date)
    except PageError:
        # told above
        page = None
    if page is not None:
        made = in_order(to_rows(page, day.room, day.date))
        for finding in _differences(place, stored, made):
            yield finding if is_whole else replace(finding, remedy=from_file)
    for file in run.files.get((day.room, day.date), ()):
        run.result.files += 1
        yield from _compared(day, content, file)


def _differences(place: str, stored: DayRows, made: DayRows) -> Iterator[Finding]:
    """What of a day's rows is not what its page gives: of each table the first thing."""
    # how many messages it has is an invariant of its own
    if stored.day[:-1] != made.day[:-1]:
        what = _columns("days", stored.day[:-1], made.day[:-1], made.day._fields)
        yield Finding("days", place, what, REBUILD_ALL)
    if stored.rejects != made.rejects:
        yield Finding("days", place, "its rejects are not those of its page", REBUILD_ALL)
    keys = {message.position: message.key for message in stored.messages}
    for ours, theirs in zip_longest(stored.messages, made.messages):
        if ours != theirs:
            yield Finding("days", (ours or theirs).key, _message_fault(ours, theirs), REBUILD_ALL)
            break
    for name, family in stored.families.items():
        for row, other in zip_longest(family, made.families[name]):
            if row != other:
                yield _family_fault(name, place, keys, row, other)
                break


def _message_fault(stored: MessageRow | None, made: MessageRow | None) -> str:
    if stored is None or made is None:
        return f"it is {'not ' if stored is None else ''}there, and its page says otherwise"
    return _columns("messages", stored, made, made._fields)


def _columns(
    table: str, stored: tuple[object, ...], made: tuple[object, ...], names: Iterable[str]
) -> str:
    """Which columns differ."""
    differing = [
        name for name, one, other in zip(names, stored, made, strict=False) if one != other
    ]
    verb = "is" if len(differing) == 1 else "are"
    return f"{', '.join(f'{table}.{name}' for name in differing)} {verb} not what its page says"


def _family_fault(
    name: str, place: str, keys: dict[int, str], stored: FamilyRow | None, made: FamilyRow | None
) -> Finding:
    position = getattr(stored or made, "position", None)
    what = (
        "one is missing" if stored is None else "one is too many" if made is None else "one differs"
    )
    remedy = f"`etl rebuild {name}` makes them anew"
    where = place if position is None else keys.get(position, place)
    return Finding("days", where, f"its {name} are not what its page says: {what}", remedy)


def _compared(day: StoredDay, content: bytes, file: DayFile) -> Iterator[Finding]:
    """A file against the day's page as the archive has it."""
    try:
        there = file.path.read_bytes()
    except OSError as error:
        text = f"cannot be read: {error.strerror}"
        yield Finding("files", str(file.path), text, "see to its permissions")
        return
    if there == content:
        return
    place = f"{file.path}:{_first_line(there, content)}"
    if hashlib.sha256(there).hexdigest() == day.sha256:
        text = "from here on the archive has other bytes than were loaded"
        yield Finding("files", place, text, FROM_FILE.format(shlex.quote(str(file.path))))
    else:
        yield Finding("files", place, "from here on it is not what was loaded", LOAD)


def _first_line(one: bytes, other: bytes) -> int:
    """The first line in which two contents differ, from 1."""
    pairs = zip_longest(one.split(b"\n"), other.split(b"\n"))
    return next(number for number, (a, b) in enumerate(pairs, start=1) if a != b)


def _place(day: StoredDay) -> str:
    return f"{day.room}/{day.date}"
