"""A message by its key: where it stands, also after a later export of its day moved it."""

from __future__ import annotations

from cli.browse.visit import PageMissing, Redirect, Visit
from db.transcript import find_message

PATH = "chat/(?P<room>[^/]+)/(?P<date>[^/]+)/(?P<moment>[^/]+)"


def page(visit: Visit) -> Redirect:
    """Lead to its place in the day."""
    parts = visit.parts
    key = f"{parts['room']}/{parts['date']}/{parts['moment']}"
    place = find_message(visit.connection, key)
    if place is None:
        day = visit.addresses.day(parts["room"], parts["date"])
        raise PageMissing(f"no message has the key {key}", [(f"the day {parts['date']}", day)])
    return Redirect(visit.addresses.message(place.key))
