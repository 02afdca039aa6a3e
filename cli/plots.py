"""Numbers drawn with block characters: bars, a line of them, a calendar."""

from __future__ import annotations

import bisect
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cli.layout import DIM, Line, Span

BAR = "32"

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_SHADES = "░▒▓█"
_NO_MESSAGES, _NOT_THERE = "·", " "
_GUTTER = 5
# The weeks that a part of a year of so many months may touch.
_WEEKS = {12: 54, 6: 28, 3: 15}
_WEEKDAYS = ("Mon", "", "Wed", "", "Fri", "", "")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def month_bars(months: Mapping[str, int], *, width: int, height: int = 4) -> Iterator[Line]:
    """A bar for each month (``2031-02``) from the first to the last; wide spans share bars."""
    labels = list(months_between(min(months), max(months)))
    # beside the figures on the axis, of which none is longer than this one
    room = width - len(f"{sum(months.values()):,}") - 2
    together = -(-len(labels) // room)
    starts = labels[::together]
    values = [
        sum(months.get(label, 0) for label in labels[at : at + together])
        for at in range(0, len(labels), together)
    ]
    top = f"{max(values):,}"
    step = max(1, min(4, room // len(values)))
    for row in range(height, 0, -1):
        axis = f"{top if row == height else '':>{len(top)}} │"
        yield [Span(axis, DIM), Span(_bar_row(values, row, height, step), BAR)]
    yield [Span(f"{'0':>{len(top)}} └{'─' * (step * len(values))}", DIM)]
    yield [Span(" " * (len(top) + 2) + _year_labels(starts, step, room), DIM)]
    if together > 1:
        yield [Span(f"{' ' * (len(top) + 2)}(each bar is {together} months)", DIM)]


def hour_line(hours: Mapping[int, int], *, width: int) -> Iterator[Line]:
    """The hours of a day above the clock; an hour takes three columns if they fit, or one."""
    most = max(hours.values(), default=0) or 1
    signs = [_EIGHTHS[-(-hours.get(hour, 0) * 8 // most)] for hour in range(24)]
    if width >= 24 * 3:
        yield [Span("".join(f"{sign * 2} " for sign in signs), BAR)]
        yield [Span("".join(f"{hour:<3}" for hour in range(24)), DIM)]
    else:
        yield [Span("".join(signs), BAR)]
        yield [Span("".join(f"{hour:<6}" for hour in range(0, 24, 6)), DIM)]


def year_calendar(year: int, days: Mapping[datetime.date, int], *, width: int) -> Iterator[Line]:
    """A year with its weeks as columns; days that are in ``days`` without messages are dots.

    Where that is too wide, its halves or quarters, those that have none of the days left out.
    """
    cell = 2 if width >= _GUTTER + 2 * _WEEKS[12] else 1
    months = next((n for n, weeks in _WEEKS.items() if width >= _GUTTER + weeks * cell), 3)
    limits = quartiles(days.values())
    for first in range(1, 13, months):
        part = range(first, first + months)
        if any(date.year == year and date.month in part for date in days):
            yield from _part_calendar(year, part, days, limits, cell)


def calendar_legend(days: Mapping[datetime.date, int]) -> Iterator[Line]:
    """What the shades of a calendar say, one by one."""
    least, most = 1, max(days.values(), default=0)
    for shade, limit in zip(_SHADES, [*quartiles(days.values()), most], strict=True):
        if limit >= least:
            span = f"{limit:,}" if least == limit else f"{least:,}–{limit:,}"
            yield [Span(shade, BAR), Span(f" {span}", DIM)]
            least = limit + 1
    if any(not messages for messages in days.values()):
        yield [Span(f"{_NO_MESSAGES} no messages", DIM)]
    yield [Span("blank: not in the archive", DIM)]


def quartiles(values: Iterable[int]) -> list[int]:
    """Three numbers that part the positive values into four groups of about the same size."""
    busy = sorted(value for value in values if value)
    return [busy[(len(busy) - 1) * part // 4] if busy else 0 for part in (1, 2, 3)]


def months_between(first: str, last: str) -> Iterator[str]:
    """The months (``2031-02``) from one to another, both included."""
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return (f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, end + 1))


def _part_calendar(
    year: int, months: range, days: Mapping[datetime.date, int], limits: list[int], cell: int
) -> Iterator[Line]:
    """Some months in a row, below their names."""
    first = datetime.date(year, months[0], 1)
    monday = first - datetime.timedelta(first.weekday())
    yield [Span(f"{year:<{_GUTTER}}{_month_labels(year, months, monday, cell)}", DIM)]
    for weekday, name in enumerate(_WEEKDAYS):
        line = [Span(f"{name:<{_GUTTER}}", DIM)]
        for week in range(_WEEKS[len(months)]):
            date = monday + datetime.timedelta(7 * week + weekday)
            inside = date.year == year and date.month in months
            line.append(_cell(days.get(date) if inside else None, limits, cell))
        yield line


def _cell(messages: int | None, limits: list[int], size: int) -> Span:
    if messages is None:
        return Span(_NOT_THERE * size)
    if messages == 0:
        return Span(f"{_NO_MESSAGES:<{size}}", DIM)
    return Span(_SHADES[bisect.bisect_left(limits, messages)] * size, BAR)


def _month_labels(year: int, months: range, monday: datetime.date, cell: int) -> str:
    """The months' names, each above the week that its first day is in."""
    line = ""
    for number in months:
        week = (datetime.date(year, number, 1) - monday).days // 7
        line = f"{line:<{week * cell}}{_MONTHS[number - 1]}"
    return line


def _bar_row(values: Sequence[int], row: int, height: int, step: int) -> str:
    """One row of bars, counted from 1 below; a value that is not 0 shows at least a trace."""
    most = max(values) or 1
    bar = max(1, step - 1)
    line = ""
    for value in values:
        eighths = -(-value * height * 8 // most) - (row - 1) * 8
        line += f"{_EIGHTHS[min(8, max(0, eighths))] * bar:<{step}}"
    return line


def _year_labels(months: Sequence[str], step: int, width: int) -> str:
    """The years below the bars, each where it begins, as far as there is room."""
    line, year = "", ""
    for number, month in enumerate(months):
        at = number * step
        if month[:4] != year and len(line) < at + (not number) and at + 4 <= max(width, 4):
            line = f"{line:<{at}}{month[:4]}"
        year = month[:4]
    return line
