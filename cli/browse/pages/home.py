"""The home page: what the archive has, and a calendar of every room."""

from __future__ import annotations

from typing import NamedTuple

from cli.browse.charts import Step, Year, calendar, legend
from cli.browse.visit import Page, Visit
from db.profiles import RoomTotals, room_days, totals

PATH = "chat"
# To draw a day takes as long as to count a thousand: of more days than these only each room's
# newest year is drawn, and its own page has the others.
DRAWN = 2000


class RoomCalendar(NamedTuple):
    """A room with a calendar of all its years or, where that is not ``whole``, of its newest."""

    room: RoomTotals
    years: list[Year]
    legend: list[Step]
    whole: bool


def page(visit: Visit) -> Page:
    """Make the page."""
    found = totals(visit.connection)
    whole = found.days <= DRAWN
    rooms = [_calendar(visit, room, whole) for room in found.rooms]
    return Page("home.html", {"found": found, "rooms": rooms})


def _calendar(visit: Visit, room: RoomTotals, whole: bool) -> RoomCalendar:
    since = "" if whole else f"{room.newest[:4]}-01-01"
    drawn = room_days(visit.connection, room.slug, since)
    days = {day.date: day.messages for day in drawn}
    return RoomCalendar(room, calendar(days), legend(days), len(drawn) == room.days)
