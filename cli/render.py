"""The only place that prints: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from etl.report import LoadReport
from etl.status import ArchiveStatus, RoomStatus

Check = Callable[[str], str]

MONTHS_SHOWN = 24


def line(text: str = "") -> None:
    """A line of a result."""
    print(text)


def error_line(text: str) -> None:
    """One line on standard error, whatever file names are in it."""
    print(printable(text), file=sys.stderr)


def printable(text: str) -> str:
    """Text without anything that would steer a terminal or that cannot be encoded."""
    return "".join(
        c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text
    )


def rows(
    columns: list[str], values: Iterable[Sequence[object]], *, table: bool, as_json: bool
) -> None:
    """Rows of a result: a table on a terminal, tab-separated when piped."""
    if as_json:
        objects = [dict(zip(columns, row, strict=True)) for row in values]
        line(json.dumps(objects, ensure_ascii=False, indent=2))
    elif table or sys.stdout.isatty():
        # tabulate aligns Chinese by wcwidth, and takes 30 ms to import
        from tabulate import tabulate

        cells = [[_cell(value) for value in row] for row in values]
        line(tabulate(cells, headers=columns))
    else:
        for row in (columns, *values):
            line("\t".join(str(_cell(value)) for value in row))


def _cell(value: object) -> object:
    """A value that keeps to its cell, and that steers no terminal."""
    if value is None:
        return ""
    return printable(value) if isinstance(value, str) else value


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
