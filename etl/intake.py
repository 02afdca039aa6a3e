"""Days that are read, into the archive: new, or in the place of older versions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from db import history, loads, writer
from db.people.reader import names_of_days
from db.reader import StoredDay, find_day, messages_of
from db.rows import DayRows, RevisionRow
from etl.content import DayContent, writable
from etl.discover import DayFile, Remark
from etl.readers import processes, read_days
from etl.reading import Outcome, Reading, Wanted, read_bytes
from etl.revise import Part, parts_of, revise, with_ids
from etl.run import Run
from etl.stored import page_of_rows, stored_parts

REJECTS_SHOWN = 10


def take_in(run: Run, files: Iterable[tuple[DayFile, str | None]]) -> None:
    """Load files; with each stands the SHA-256 of the version that is loaded of its day."""
    wanted = [Wanted(file, loaded, run.options.max_size) for file, loaded in files]
    with contextlib.closing(read_days(wanted, processes(run.options.jobs))) as outcomes:
        for outcome in outcomes:
            _take_in(run, outcome)


def take_in_content(run: Run, content: DayContent) -> None:
    """Load a page whose bytes are there."""
    stored = find_day(run.connection, content.file.room, content.file.date)
    _take_in(run, read_bytes(content, stored.sha256 if stored else None))


def _take_in(run: Run, outcome: Outcome) -> None:
    """Write one day: new, changed, or as it is."""
    file, reading = outcome.file, outcome.reading
    if outcome.refusal is not None:
        run.refuse(Remark(file.path, outcome.refusal))
    elif reading is None:
        _note_seen(run, file)
    else:
        _write_day(run, file, reading)
        run.progress.advance(len(reading.rows.messages))


def _note_seen(run: Run, file: DayFile) -> None:
    """The same bytes as are loaded, though perhaps in another place or of another age."""
    stored = find_day(run.connection, file.room, file.date)
    if stored is not None:
        loads.note_seen(
            run.connection, stored.source_id, writable(file.location), file.size, file.mtime_ns
        )
    run.report.files.unchanged += 1
    run.progress.advance(0)


def _write_day(run: Run, file: DayFile, reading: Reading) -> None:
    rows, source = reading.rows, reading.source
    with run.days.day(len(rows.messages)):
        # another load may have been here since we looked
        stored = find_day(run.connection, source.room, source.date)
        if stored is not None and stored.sha256 == source.sha256:
            run.report.files.unchanged += 1
            return
        run.growth.before(stored and stored.id)
        if stored is None:
            loads.note_change(run.connection, _insert_day(run, reading), new_from=0)
        else:
            before = names_of_days(run.connection, [stored.id])
            new_from = _replace_day(run, stored, reading)
            loads.note_change(run.connection, stored.id, new_from, *before)
    _count(run, rows, new=stored is None)
    _say_rejects(run, file, rows)


def _insert_day(run: Run, reading: Reading) -> int:
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


def _replace_day(run: Run, stored: StoredDay, reading: Reading) -> int | None:
    """Put a newer version of a day in the place of the stored one, and record what changed.

    The id from which on messages are new; None where others changed or went.
    """
    first = writer.next_message_id(run.connection)
    revision = revise(stored_parts(run.connection, stored), _new_parts(reading))
    ids = writer.update_day(run.connection, stored.id, reading.rows, revision.ids)
    changes = with_ids(revision.rows, ids)
    writer.insert_revisions(run.connection, stored.id, stored.source_id, run.id, changes)
    source_id = writer.insert_source(run.connection, reading.source, run.id)
    writer.set_source(run.connection, stored.id, source_id)
    # how deep a page is escaped says what the same bytes mean
    is_same = reading.source.escape_depth == stored.escape_depth
    return first if is_same and all(map(_keeps_messages, revision.rows)) else None


def _keeps_messages(row: RevisionRow) -> bool:
    return row.kind in ("added", "moved") or row.key_before is row.key_after is None


def _new_parts(reading: Reading) -> list[Part]:
    keys = {message.position: message.key for message in reading.rows.messages}
    return parts_of(page_of_rows(reading.rows, reading.source), keys, {})


def _count(run: Run, rows: DayRows, *, new: bool) -> None:
    if new:
        run.report.files.new += 1
    else:
        run.report.files.changed += 1
    run.report.rejects += len(rows.rejects)
    counts = {"days": 1, "speakers": len(rows.speakers), "messages": len(rows.messages)}
    counts |= {name: len(family) for name, family in rows.families.items()}
    run.growth.after(counts)
    for name, count in counts.items():
        run.report.jobs[name].rows += count


def _say_rejects(run: Run, file: DayFile, rows: DayRows) -> None:
    """A line for each reject; of a file that is damaged all over, only the first ones."""
    path = file.path
    for reject in rows.rejects[:REJECTS_SHOWN]:
        run.say(f"{path}:{reject.first_line}: {reject.reason}; it is kept in rejects")
    more = len(rows.rejects) - REJECTS_SHOWN
    if more > 0:
        run.say(f"{path}: {more:,} more pieces of it are kept in rejects: see `etl status`")
