"""A day as a chat."""

from __future__ import annotations

from cli.browse.chat import groups
from cli.browse.pages.room import room_of
from cli.browse.visit import Page, PageMissing, Redirect, Visit
from db.reader import RoomRow
from db.transcript import day_messages, find_transcript_day, nearest_days

PATH = "chat/(?P<room>[^/]+)/(?P<date>[^/]+)"


def page(visit: Visit) -> Page | Redirect:
    """Make the page."""
    room = room_of(visit)
    date = visit.parts["date"]
    day = find_transcript_day(visit.connection, room, date)
    before, after = nearest_days(visit.connection, room, date)
    if day is None:
        raise PageMissing(
            f"{room.title or room.slug} has no {date} in the archive",
            _suggestions(visit, room, before, after),
        )
    values = {
        "room": room,
        "day": day,
        "before": before,
        "after": after,
        "groups": groups(visit, day_messages(visit.connection, day.id)),
    }
    return Page("day.html", values)


def _suggestions(
    visit: Visit, room: RoomRow, before: str | None, after: str | None
) -> list[tuple[str, str]]:
    near = [(date, visit.addresses.day(room.slug, date)) for date in (before, after) if date]
    return [*near, ("all days of the room", visit.addresses.room(room.slug))]
