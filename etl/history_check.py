"""Whether all that was ever loaded is still there: every earlier version, and every load's work."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import groupby

from db import history
from db.reader import find_day
from etl.versions import PastDay, walk

# Where it is, and what was found there.
Fault = tuple[str, str]


def history_faults(connection: sqlite3.Connection) -> Iterator[Fault]:
    """What is lost or changed of it; of each day the newest version that is.

    Costs nothing for days that never changed. Days whose loaded page is itself not the one that was
    loaded are passed over: what they were before hangs on it.
    """
    for table, first, last in history.missing_numbers(connection):
        many = f"row {first} is" if first == last else f"rows {first} to {last} are"
        yield table, f"{many} gone, and nothing ever deletes one"
    for tally in history.tallies(connection):
        yield from _tally_faults(tally)
    versions = history.versions_with_history(connection)
    for (date, room), of_day in groupby(versions, key=lambda v: (v.date, v.room)):
        yield from _day_faults(connection, room, date, list(of_day))


def _tally_faults(tally: history.Tally) -> Iterator[Fault]:
    place = f"loads/{tally.load_id}"
    if tally.brought is None:
        yield place, "its report cannot be read"
    elif tally.brought != tally.versions:
        yield place, f"it brought {tally.brought:,} versions of days, there are {tally.versions:,}"
    if tally.removed != tally.removals:
        yield place, f"it removed {tally.removed:,} days, {tally.removals:,} are said to be"


def _day_faults(
    connection: sqlite3.Connection, room: str, date: str, chain: list[history.Version]
) -> Iterator[Fault]:
    place = f"{room}/{date}"
    stored = find_day(connection, room, date)
    if stored is None and chain[0].removed_by is None:
        yield place, "it was loaded, no load removed it, and it is not there"
        return
    newer = None
    for past in walk(connection, chain, stored):
        is_loaded = stored is not None and past.version.id == stored.source_id
        fault = None if is_loaded else _fault(past, newer)
        if fault is not None:
            yield place, fault
        # what is older hangs on it
        if fault is not None or not past.is_whole:
            return
        newer = past


def _fault(past: PastDay, newer: PastDay | None) -> str | None:
    """What is wrong with a version, given the one that replaced it."""
    load = past.version.load_id
    if not past.is_whole:
        return f"its page as load {load} brought it cannot be written again from its revisions"
    if past.version.size != len(past.written):
        size = f"{len(past.written):,} bytes, not {past.version.size:,} as sources.size says"
        return f"its page as load {load} brought it has {size}"
    if newer is not None and not _has_what_came(past, newer):
        return f"revisions.after is not what load {newer.version.load_id} brought"
    return None


def _has_what_came(past: PastDay, newer: PastDay) -> bool:
    """Whether what is said to have come stands on the page that it came with."""
    return all(
        change.position_after < len(newer.pieces)
        and _of_any_line_ends(newer.pieces[change.position_after].content)
        == _of_any_line_ends(change.after)
        for change in past.changes
        if change.after is not None and change.position_after is not None
    )


def _of_any_line_ends(content: bytes) -> bytes:
    """Bytes to compare: between both there may be a version of which nothing tells the day."""
    return content.replace(b"\r\n", b"\n")
