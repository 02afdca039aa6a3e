"""Numbers as shapes: where the cells and bars of a chart stand. Templates draw them as SVG."""

from __future__ import annotations

import bisect
import calendar as months_of
import datetime
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from cli.plots import quartiles

# A day's cell and its distance from the next, in units of the drawing.
CELL, STEP = 14, 16


class Day(NamedTuple):
    """A day's cell: ``level`` 1 to 4 by how much was said among the days, 0 for nothing."""

    date: str
    messages: int
    level: int
    x: int
    y: int


class Month(NamedTuple):
    """A month's cells; ``outline`` is the path of all its days, in the archive or not."""

    label: str
    outline: str
    height: int
    days: list[Day]


class Year(NamedTuple):
    """A year's months, those that have a day in the archive."""

    year: str
    messages: int
    months: list[Month]


class Step(NamedTuple):
    """A shade of the legend: how many messages a day of it has."""

    level: int
    text: str


WIDTH = 7 * STEP - (STEP - CELL)


def calendar(days: Mapping[str, int]) -> list[Year]:
    """The years of days (YYYY-MM-DD) that have so many messages, oldest first."""
    limits = quartiles(days.values())
    by_month = {month: list(of) for month, of in groupby(sorted(days), lambda date: date[:7])}
    years = []
    for year, months in groupby(by_month, lambda month: month[:4]):
        drawn = [_month(month, by_month[month], days, limits) for month in months]
        said = sum(day.messages for month in drawn for day in month.days)
        years.append(Year(year, said, drawn))
    return years


def legend(days: Mapping[str, int]) -> list[Step]:
    """What the shades mean, those that occur."""
    steps, least = [], 1
    limits = [*quartiles(days.values()), max(days.values(), default=0)]
    for level, limit in enumerate(limits, 1):
        if limit >= least:
            steps.append(Step(level, f"{least:,}" if least == limit else f"{least:,}–{limit:,}"))
            least = limit + 1
    return steps


def _month(month: str, dates: list[str], days: Mapping[str, int], limits: list[int]) -> Month:
    year, number = int(month[:4]), int(month[5:])
    first, length = months_of.monthrange(year, number)
    cells = []
    for date in dates:
        row, column = divmod(int(date[8:]) - 1 + first, 7)
        messages = days[date]
        level = 1 + bisect.bisect_left(limits, messages) if messages else 0
        cells.append(Day(date, messages, level, column * STEP, row * STEP))
    label = f"{datetime.date(year, number, 1):%b}"
    rows = -(-(first + length) // 7)
    return Month(label, _outline(first, length), rows * STEP - (STEP - CELL), cells)


@lru_cache(maxsize=32)
def _outline(first: int, length: int) -> str:
    """The path of a month's cells, whose first day is the ``first`` of its week."""
    squares = []
    for at in range(first, first + length):
        row, column = divmod(at, 7)
        squares.append(f"M{column * STEP} {row * STEP}h{CELL}v{CELL}h-{CELL}z")
    return "".join(squares)
