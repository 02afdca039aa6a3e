"""What `etl` has to tell of a load and of an archive, line by line."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cli.render import line, printable
from etl.report import LoadReport

if TYPE_CHECKING:
    # a load needs none of it
    from etl.status import ArchiveStatus, RoomStatus

MONTHS_SHOWN = 24


def load_report(report: LoadReport, db: Path) -> None:
    """What a load did."""
    files, jobs = report.files, report.jobs
    counts = [
        ("files", _parts(asdict(files))),
        ("messages", f"{jobs['messages'].rows:,} read, {jobs['messages'].new:,} new"),
        ("speakers", f"{jobs['speakers'].new:,} new"),
        ("pictures", f"{jobs['images'].rows:,} shown, {jobs['images'].new:,} new"),
        ("links", f"{jobs['links'].rows:,} shared, {jobs['links'].new:,} new"),
        ("also", _also(report)),
        *([("gone", _gone(report))] if report.gone else []),
        ("rejects", f"{report.rejects:,}"),
        ("seconds", f"{report.seconds:.1f}"),
    ]
    line(f"loaded into {printable(str(db))}")
    for name, value in counts:
        line(f"  {name:<9} {value}")


def archive_status(status: ArchiveStatus, db: Path) -> None:
    """What an archive holds, room by room."""
    line(
        f"{printable(str(db))}: {_count(len(status.rooms), 'room')}, {_count(status.days, 'day')},"
        f" {_count(status.messages, 'message')}"
    )
    last = status.last_load
    if last is not None:
        line(f"last load: {last.started_at} UTC, {last.outcome}")
    line(f"rejects:   {status.rejects:,}{_reject_hint(status)}")
    for reject in status.reject_examples:
        line(f"  {printable(reject)}")
    _changed_files(status)
    for room in status.rooms:
        line()
        _room(room)


def _room(room: RoomStatus) -> None:
    title = f" ({printable(room.title)})" if room.title else ""
    line(
        f"{printable(room.slug)}{title}: {_count(room.days, 'day')}"
        f" ({room.quiet_days:,} without messages), {_count(room.messages, 'message')},"
        f" {room.first} to {room.last}"
    )
    if not room.missing:
        line("  no day is missing")
        return
    line(f"  {_count(len(room.missing), 'day')} missing between them:")
    months = list(room.calendar())
    shown = months[-MONTHS_SHOWN:]
    if len(months) > len(shown):
        line(f"    … {len(months) - len(shown)} earlier months: see --json")
    line(f"    {'':<20}{''.join(f'{day:<5}' for day in (1, 6, 11, 16, 21, 26, 31))}")
    for label, days in shown:
        line(f"    {label:<20}{days}")
    line("    # there   o there, without messages   . missing")


def _changed_files(status: ArchiveStatus) -> None:
    if status.changed_files:
        line(f"changed on disk since they were loaded: {len(status.changed_files):,}")
        for path in status.changed_files[:10]:
            line(f"  {printable(path)}")
        line("  `etl load` takes the newer versions in")
    else:
        line("changed on disk since they were loaded: none")
    if status.gone_files:
        line(f"no longer on disk (kept in the archive): {len(status.gone_files):,}")


def _reject_hint(status: ArchiveStatus) -> str:
    return " (select * from rejects)" if status.rejects else ""


def _gone(report: LoadReport) -> str:
    removed, kept = report.removed, report.gone - report.removed.days
    if not removed.days:
        return f"{_count(kept, 'day')}, kept"
    rest = f"; {_count(kept, 'day')} left" if kept else ""
    what = f"{_count(removed.days, 'day')} removed, {_count(removed.messages, 'message')}"
    return f"{what}: kept in revisions{rest}"


def _also(report: LoadReport) -> str:
    others = ("days", "quotes", "mentions", "emoji", "tags")
    return ", ".join(f"{report.jobs[name].rows:,} {name}" for name in others)


def _parts(counts: dict[str, int]) -> str:
    always = ("new", "changed", "unchanged", "rejected")
    return ", ".join(
        f"{count:,} {name.replace('_', ' ')}"
        for name, count in counts.items()
        if count or name in always
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
