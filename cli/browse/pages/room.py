"""A room: its calendar, its newest days, who writes there."""

from __future__ import annotations

from cli.browse.charts import calendar, legend
from cli.browse.visit import Page, PageMissing, Redirect, Visit
from db.errors import ArchiveError
from db.profiles import room_days, room_speakers
from db.reader import RoomRow, find_room
from db.transcript import room_named

PATH = "chat/(?P<room>[^/]+)"
NEWEST, SPEAKERS = 10, 12


def page(visit: Visit) -> Page | Redirect:
    """Make the page; `?date=` goes to that day."""
    room = room_of(visit)
    if date := visit.argument("date"):
        return Redirect(visit.addresses.day(room.slug, date))
    days = room_days(visit.connection, room.slug)
    counts = {day.date: day.messages for day in days}
    values = {
        "room": room,
        "days": len(days),
        "messages": sum(counts.values()),
        "newest": list(reversed(days[-NEWEST:])),
        "calendar_years": calendar(counts),
        "legend": legend(counts),
        "speakers": room_speakers(visit.connection, room.slug, SPEAKERS),
    }
    return Page("room.html", values)


def room_of(visit: Visit) -> RoomRow:
    """The room that the path names: its short name, or as people type it. Raises PageMissing."""
    return named_room(visit, visit.parts["room"])


def named_room(visit: Visit, name: str) -> RoomRow:
    """The room of that name: its short one, or as people type it. Raises PageMissing."""
    try:
        return find_room(visit.connection, name) or room_named(visit.connection, name)
    except ArchiveError as error:
        suggestions = [("all rooms", visit.addresses.home())]
        raise PageMissing(str(error), suggestions) from error
