"""A room's newest days as an Atom feed (RFC 4287): an entry a day, which grows with it."""

from __future__ import annotations

import datetime
import zoneinfo
from typing import NamedTuple
from urllib.parse import quote

from cli.browse.pages.room import room_of
from cli.browse.visit import Page, Visit
from db.reader import RoomRow
from db.transcript import LatestDay, TranscriptMessage, day_messages, latest_days

# Before the page of a day, whose path fits it as well.
PATH = r"chat/(?P<room>[^/]+)/feed\.atom"
DAYS, MESSAGES = 20, 50
# A tag (RFC 4151) has the name of whoever gives it out. An archive has none, and whichever host
# serves it today must not matter: a reader would take all for new on another one.
_TAG = "tag:wechat-to-sqlite.invalid,2026:"
_NEVER = "1970-01-01T00:00:00Z"


class Entry(NamedTuple):
    """A day with its first messages, and who wrote them."""

    id: str
    day: LatestDay
    updated: str
    address: str
    messages: list[TranscriptMessage]
    authors: list[str]


def page(visit: Visit) -> Page:
    """Make the feed."""
    room = room_of(visit)
    entries = [_entry(visit, room, day) for day in latest_days(visit.connection, room.slug, DAYS)]
    values = {
        "room": room,
        "id": _tag(room.slug),
        "entries": entries,
        "updated": entries[0].updated if entries else _NEVER,
    }
    return Page("feed.atom", values, content_type="application/atom+xml; charset=utf-8")


def _entry(visit: Visit, room: RoomRow, day: LatestDay) -> Entry:
    messages = day_messages(visit.connection, day.id, MESSAGES)
    return Entry(
        _tag(room.slug, day.date),
        day,
        moment(day.last_sent_at, room.timezone),
        visit.origin.absolute(visit.addresses.day(room.slug, day.date)),
        messages,
        list(dict.fromkeys(message.speaker for message in messages if message.speaker)),
    )


def moment(local: str, timezone: str | None) -> str:
    """A room's wall-clock time as RFC 3339 writes moments."""
    time = datetime.datetime.fromisoformat(local)
    try:
        zone: datetime.tzinfo = zoneinfo.ZoneInfo(timezone or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        zone = datetime.timezone.utc
    # Atom wants an offset. Where archive.toml names no zone, or this machine does not know it, UTC
    # is wrong by hours at most, always by the same, and keeps the order.
    return time.replace(tzinfo=zone).isoformat().replace("+00:00", "Z")


def _tag(*names: str) -> str:
    return _TAG + "/".join(quote(name, safe="") for name in names)
