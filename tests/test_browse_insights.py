"""The page of charts: their numbers are those of the canned queries."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.browse.addresses import Addresses
from cli.browse.charts import BARS, CHART, hour_grid, month_bars, ranking
from cli.plots import months_between
from db.catalog import queries, run_query
from db.connection import open_read_only
from db.reader import rooms
from tests.conftest import Command
from tests.pages import LIN, message, write_page
from tests.visits import Seen, visit_one

ADDRESSES = Addresses("/chats", "")
CANNED = ("messages-per-month", "messages-per-hour-and-weekday", "newcomers-per-month", "hosts")


@pytest.fixture
def connection(etl: Command, db: Path) -> Iterator[sqlite3.Connection]:
    assert etl("load", "-q", "--sample").code == 0
    with open_read_only(db) as opened:
        yield opened


def titles(page: Seen, unit: str) -> list[tuple[str, int]]:
    """What the bars and cells of the charts say, those that count such things."""
    found = re.findall(rf"<title>(.+?): ([\d,]+) {unit}s?</title>", page.html)
    return [(label, int(value.replace(",", ""))) for label, value in found]


@pytest.mark.parametrize("narrowed", [False, True])
def test_the_charts_say_what_the_queries_find(
    db: Path, connection: sqlite3.Connection, narrowed: bool
) -> None:
    slugs = [room.slug for room in rooms(connection)]
    room = slugs[-1] if narrowed else None
    page = visit_one(db, ADDRESSES.insights(room=room))
    assert page.status == 200

    def numbers(name: str, of: str | None, *columns: str) -> list[tuple[str, int]]:
        return run_query(connection, queries()[name], room=of).of(*columns)

    per_month = [
        row
        for slug in ([room] if room else slugs)
        for row in numbers("messages-per-month", slug, "month", "messages")
    ]
    grid = run_query(connection, queries()["messages-per-hour-and-weekday"], room=room)
    per_hour = [
        (f"{day.title()} {hour:02}:00", value)
        for day in grid.columns[1:8]
        for hour, value in grid.of("hour", day)
    ]
    assert titles(page, "message") == [*per_month, *per_hour]
    newcomers = dict(titles(page, "newcomer"))
    found = dict(numbers("newcomers-per-month", room, "month", "newcomers"))
    assert {month: n for month, n in newcomers.items() if n} == {
        m: n for m, n in found.items() if n
    }
    assert titles(page, "share") == numbers("hosts", room, "host", "shares")[:10]
    for name in CANNED:
        assert page.links_to(ADDRESSES.table(name))


def test_every_chart_has_its_numbers_as_a_table(db: Path, connection: sqlite3.Connection) -> None:
    page = visit_one(db, ADDRESSES.insights())
    assert page.html.count('role="img" aria-label="') == len(rooms(connection)) + 3
    assert page.html.count("<details>") == page.html.count('role="img"')
    for values in run_query(connection, queries()["newcomers-per-month"]).rows:
        cells = "".join(f'<td class="n">{value:,}</td>' for value in values[1:])
        assert f'<th scope="row">{values[0]}</th>{cells}' in page.html
    assert "style=" not in page.html
    assert "<script" not in page.html


def test_the_links_lead_to_the_queries(db: Path, connection: sqlite3.Connection) -> None:
    slug = rooms(connection)[0].slug
    addresses = [ADDRESSES.table(name, room=slug) for name in CANNED]
    page = visit_one(db, ADDRESSES.insights(room=slug))
    assert set(addresses) <= set(page.links)


def test_a_room_that_is_none_is_missing(db: Path, connection: sqlite3.Connection) -> None:
    page = visit_one(db, ADDRESSES.insights(room="<no such>"))
    assert page.status == 404
    assert "<no such>" not in page.html
    assert ADDRESSES.insights() in page.links


def test_months_that_the_archive_has_not_stay_on_the_axis(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    write_page(tmp_path, message("08:00:00", LIN, "早"), date="2031-02-03")
    write_page(tmp_path, date="2031-04-01")
    write_page(tmp_path, message("08:00:00", LIN, "早"), date="2031-07-01")
    assert etl("load", "-q", tmp_path).code == 0
    page = visit_one(db, ADDRESSES.insights())
    counts = [("2031-02", 1), ("2031-04", 0), ("2031-07", 1)]
    assert [one for one in titles(page, "message") if one[0][:2] == "20"] == counts
    # March, and May with June
    slot = CHART / 6
    gaps = "M80.00 20h80.00v120H80.00zM240.00 20h160.00v120H240.00z"
    assert slot == 80
    assert page.html.count(f'<path class="absent" d="{gaps}"/>') == 2


def test_one_day_alone_and_no_links_make_a_page(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, date="9998-12-31")
    assert etl("load", "-q", tmp_path).code == 0
    page = visit_one(db, ADDRESSES.insights())
    assert page.status == 200
    assert "9998-12" in page.text


def test_bars_are_as_high_as_their_values() -> None:
    months = list(months_between("2030-11", "2031-03"))
    assert months == ["2030-11", "2030-12", "2031-01", "2031-02", "2031-03"]
    chart = month_bars({"2030-11": 100, "2031-01": 1, "2031-03": 0}, months, 200)
    assert [bar.height for bar in chart.bars] == [BARS / 2, 1, 0]
    assert all(bar.x >= 0 and bar.x + bar.width <= CHART for bar in chart.bars)
    assert [bar.width for bar in ranking([("a", 4), ("b", 1)])] == [CHART, CHART / 4]
    grid = hour_grid({"Monday": [0] * 23 + [5], "Tuesday": [1] + [0] * 23})
    assert [(c.label, c.level) for c in grid.cells if c.level] == [
        ("Monday 23:00", 4),
        ("Tuesday 00:00", 1),
    ]


@pytest.mark.parametrize("last", ["2031-05", "2033-01", "2043-01", "2131-01", "9999-12"])
def test_few_words_stand_below_many_months(last: str) -> None:
    months = list(months_between("2031-02", last))
    chart = month_bars({"2031-02": 1}, months, 1)
    assert 1 <= len(chart.marks) <= 7
    assert len(chart.absent) < 100
