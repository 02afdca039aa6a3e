"""A day as a chat."""

from __future__ import annotations

import datetime

from cli.browse.chat import groups
from cli.browse.pages.room import room_of
from cli.browse.visit import Page, PageMissing, Redirect, Visit
from db.reader import RoomRow
from db.search.language import period
from db.transcript import day_messages, find_transcript_day, nearest_days

PATH = "chat/(?P<room>[^/]+)/(?P<date>[^/]+)"


def page(visit: Visit) -> Page | Redirect:
    """Make the page."""
    room = room_of(visit)
    date = _date(visit, room)
    if date != visit.parts["date"]:
        return Redirect(visit.addresses.day(room.slug, date))
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


def _date(visit: Visit, room: RoomRow) -> str:
    """The day that the path names, with the zeros it may have lost. Raises PageMissing."""
    typed = visit.parts["date"].strip()
    try:
        first, after = period(typed)
        if after - first == datetime.timedelta(days=1):
            return first.isoformat()
    except (ValueError, OverflowError):
        pass
    suggestions = [("all days of the room", visit.addresses.room(room.slug))]
    raise PageMissing(f"{typed} is no day; one is 2018-05-07", suggestions)


def _suggestions(
    visit: Visit, room: RoomRow, before: str | None, after: str | None
) -> list[tuple[str, str]]:
    near = [(date, visit.addresses.day(room.slug, date)) for date in (before, after) if date]
    return [*near, ("all days of the room", visit.addresses.room(room.slug))]
