"""The home page: what the archive has, and a calendar of every room."""

from __future__ import annotations

from cli.browse.charts import calendar, legend
from cli.browse.visit import Page, Visit
from db.profiles import figures

PATH = "chat"


def page(visit: Visit) -> Page:
    """Make the page."""
    found = figures(visit.connection)
    rooms = [
        (room, calendar(days), legend(days))
        for room in found.rooms
        for days in [{day.date: day.messages for day in room.days}]
    ]
    return Page("home.html", {"found": found, "rooms": rooms})
