"""Numbers as shapes: where the cells and bars of a chart stand. Templates draw them as SVG."""

from __future__ import annotations

import bisect
import calendar as months_of
import datetime
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from cli.plots import quartiles

# A day's cell and its distance from the next, in units of the drawing.
CELL, STEP = 14, 16
# A chart's width, the height of its bars, and what stands above them for the greatest number.
CHART, BARS, ABOVE = 480, 120, 20
# A cell of hours and weekdays, its distance from the next, and what stands beside them.
WIDE_CELL, WIDE_STEP, BESIDE = 16, 18, 44
# A line of a ranking.
LINE = 40
# At most so many words below the months, each so many months from the next.
_MARKS, _MARKED = 6, (1, 3, 6, 12, 24, 60, 120, 240, 1200)


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


class Mark(NamedTuple):
    """A word on an axis, and where."""

    text: str
    at: float


class Bar(NamedTuple):
    """A bar or a cell: what of, how many, and where; ``level`` is as of a day."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float
    level: int = 0


class MonthBars(NamedTuple):
    """A bar for each month; ``absent`` is the path of the months that are not in the archive."""

    bars: list[Bar]
    absent: str
    marks: list[Mark]
    most: int


class HourGrid(NamedTuple):
    """A cell for each hour of each day of the week."""

    cells: list[Bar]
    hours: list[Mark]
    weekdays: list[Mark]
    legend: list[Step]


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


def month_bars(values: Mapping[str, int], months: Sequence[str], most: int) -> MonthBars:
    """Bars for those ``months``, in their order, that have a value; ``most`` is the scale."""
    slot = CHART / max(len(months), 1)
    bars = []
    for at, month in enumerate(months):
        if month in values:
            height = _height(values[month], most)
            x, y = round((at + 0.06) * slot, 2), round(ABOVE + BARS - height, 2)
            bars.append(Bar(month, values[month], x, y, round(slot * 0.88, 2), height))
    return MonthBars(bars, _absent(values, months, slot), _month_marks(months, slot), most)


def hour_grid(said: Mapping[str, Sequence[int]]) -> HourGrid:
    """Cells for how much was said on each day of the week, in the hours 0 to 23."""
    values = {
        f"{day} {hour:02}:00": value
        for day, of_day in said.items()
        for hour, value in enumerate(of_day)
    }
    limits = quartiles(values.values())
    cells = []
    for at, (label, value) in enumerate(values.items()):
        row, hour = divmod(at, 24)
        x, y = BESIDE + hour * WIDE_STEP, ABOVE + row * WIDE_STEP
        cells.append(Bar(label, value, x, y, WIDE_CELL, WIDE_CELL, _level(value, limits)))
    hours = [Mark(f"{hour}", BESIDE + hour * WIDE_STEP) for hour in range(0, 24, 3)]
    days = [Mark(day[:3], ABOVE + row * WIDE_STEP + WIDE_CELL) for row, day in enumerate(said)]
    return HourGrid(cells, hours, days, legend(values))


def ranking(values: Sequence[tuple[str, int]]) -> list[Bar]:
    """Bars lying below each other, in that order, each with room for its label above it."""
    most = max((value for _, value in values), default=0) or 1
    return [
        Bar(label, value, 0, at * LINE + ABOVE, round(CHART * value / most, 2), LINE - ABOVE - 8)
        for at, (label, value) in enumerate(values)
    ]


def _month(month: str, dates: list[str], days: Mapping[str, int], limits: list[int]) -> Month:
    year, number = int(month[:4]), int(month[5:])
    first, length = months_of.monthrange(year, number)
    cells = []
    for date in dates:
        row, column = divmod(int(date[8:]) - 1 + first, 7)
        messages = days[date]
        level = _level(messages, limits)
        cells.append(Day(date, messages, level, column * STEP, row * STEP))
    label = f"{datetime.date(year, number, 1):%b}"
    rows = -(-(first + length) // 7)
    return Month(label, _outline(first, length), rows * STEP - (STEP - CELL), cells)


def _height(value: int, most: int) -> float:
    """A bar's height; a value that is not 0 shows at least a trace."""
    return max(round(BARS * value / most, 2), 1) if value else 0


def _level(value: int, limits: list[int]) -> int:
    return 1 + bisect.bisect_left(limits, value) if value else 0


def _absent(values: Mapping[str, int], months: Sequence[str], slot: float) -> str:
    """The path of the months without a value, neighbours as one."""
    path, at = [], 0
    for there, run in groupby(months, lambda month: month in values):
        size = len(list(run))
        if not there:
            path.append(f"M{at * slot:.2f} {ABOVE}h{size * slot:.2f}v{BARS}H{at * slot:.2f}z")
        at += size
    return "".join(path)


def _month_marks(months: Sequence[str], slot: float) -> list[Mark]:
    """Months, or years where there are many, as far as there is room."""
    together = next((n for n in _MARKED if len(months) <= n * _MARKS), len(months))
    marks = []
    for at, month in enumerate(months):
        number = int(month[:4]) * 12 + int(month[5:]) - 1
        if number % together == 0 and at * slot <= CHART - 56:
            marks.append(Mark(month[:4] if together >= 12 else month, round(at * slot, 2)))
    return marks or [Mark(month, 0) for month in months[:1]]


@lru_cache(maxsize=32)
def _outline(first: int, length: int) -> str:
    """The path of a month's cells, whose first day is the ``first`` of its week."""
    squares = []
    for at in range(first, first + length):
        row, column = divmod(at, 7)
        squares.append(f"M{column * STEP} {row * STEP}h{CELL}v{CELL}h-{CELL}z")
    return "".join(squares)
