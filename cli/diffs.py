"""Differences between pages as `git diff` shows them, whole or a line per file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from cli import layout
from cli.layout import BOLD, DIM, Line, Span, columns
from cli.render import printable
from db.reader import StoredDay
from etl.compare import Comparison, DayDiff, DiffLine, Hunk

ADDED, REMOVED, PLACE = "32", "31", "36"
_STYLES = {"+": ADDED, "-": REMOVED, " ": ""}
_WIDEST_BAR = 40

TAB = "\t"


def painted(lines: Iterable[Line]) -> Iterator[str]:
    """Lines to print where we print to, the spaces at their ends included."""
    colour = layout.colours()
    for line in lines:
        yield layout.paint(line, colour=True) if colour else "".join(span.text for span in line)


def diff_lines(found: Comparison, db: Path) -> Iterator[Line]:
    """The changes of every day, then the days whose files are gone."""
    for day in found.days:
        yield [Span(f"--- {_loaded_name(day)}", BOLD)]
        yield [Span(f"+++ {_ended(printable(str(day.path)))}", BOLD)]
        if day.line_ends is not None:
            yield [Span(_line_ends(day.line_ends), PLACE)]
        for hunk in day.hunks:
            yield [Span(_place(hunk), PLACE)]
            for line in hunk.lines:
                yield from _line(line)
    yield from _gone_lines(found.gone, db)


def stat_lines(found: Comparison, db: Path, width: int) -> Iterator[Line]:
    """A line per file with how many lines come and go, then the totals."""
    names = [f"{printable(day.room)}/{day.date}{'' if day.loaded else ' (new)'}"
             for day in found.days]  # fmt: skip
    counts = [(day.count("+"), day.count("-")) for day in found.days]
    ends = [day.line_ends if not day.hunks else None for day in found.days]
    name_size = max(map(columns, names), default=0)
    number_size = max((len(str(sum(count))) for count in counts), default=0)
    most = max(map(sum, counts), default=0)
    room = max(min(width - name_size - number_size - 5, _WIDEST_BAR), 4)
    for name, (added, removed), line_ends in zip(names, counts, ends, strict=True):
        label = f" {name}{' ' * (name_size - columns(name))} | "
        if line_ends is not None:
            yield [Span(f"{label}{_line_ends(line_ends)}")]
            continue
        yield [
            Span(f"{label}{added + removed:>{number_size}} "),
            Span("+" * _scaled(added, most, room), ADDED),
            Span("-" * _scaled(removed, most, room), REMOVED),
        ]
    yield from _gone_lines(found.gone, db)
    yield [Span(f" {_totals(found)}")]


def _totals(found: Comparison) -> str:
    new = sum(day.loaded is None for day in found.days)
    parts = [
        f"{new:,} new",
        f"{len(found.days) - new:,} changed",
        f"{len(found.gone):,} gone",
        f"{sum(day.count('+') for day in found.days):,} insertions(+)",
        f"{sum(day.count('-') for day in found.days):,} deletions(-)",
    ]
    return ", ".join(parts)


def _scaled(count: int, most: int, room: int) -> int:
    """The length of a bar: never nothing for something."""
    return count if most <= room else min(max(count * room // most, 1), count)


def _ended(name: str) -> str:
    """A name with a tab behind it if it has spaces, at which `patch` would end it otherwise."""
    return f"{name}{TAB}" if " " in name else name


def _loaded_name(day: DayDiff) -> str:
    if not day.loaded:
        return "/dev/null"
    name = _ended(f"{printable(day.room)}/{day.date}")
    return f"{name}{'' if name.endswith(TAB) else ' '}(loaded)"


def _place(hunk: Hunk) -> str:
    old = _range(hunk.old_start, hunk.old_count)
    return f"@@ -{old} +{_range(hunk.new_start, hunk.new_count)} @@"


def _range(start: int, count: int) -> str:
    return str(start) if count == 1 else f"{start},{count}"


def _line_ends(line_ends: tuple[str, str]) -> str:
    """As `patch` passes it over."""
    before, after = line_ends
    return f"line ends: {before.upper()} -> {after.upper()}"


def _line(line: DiffLine) -> Iterator[Line]:
    yield [Span(f"{line.sign}{_shown(line.text)}", _STYLES[line.sign])]
    if not line.is_ended:
        yield [Span("\\ No newline at end of file", DIM)]


def _shown(text: str) -> str:
    """A line without what would steer a terminal; what harms none stays, as `patch` needs it."""
    end = "\r" if text.endswith("\r") and not sys.stdout.isatty() else ""
    return "\t".join(map(printable, text.removesuffix(end).split("\t"))) + end


def _gone_lines(gone: list[StoredDay], db: Path) -> Iterator[Line]:
    for day in gone:
        where = f"{printable(str(db))}: {printable(day.room)}/{day.date}"
        yield [Span(f"Only in {where} ({printable(day.path)} is gone)", BOLD)]
