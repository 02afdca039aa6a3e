"""The gallery of a month."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import NamedTuple

from cli.browse.chat import Shown, shown_picture
from cli.browse.pages.room import named_room
from cli.browse.paging import part_of
from cli.browse.visit import Page, PageMissing, Visit
from db.pictures import ShownPicture, picture_months, picture_rooms, pictures_of_month
from db.profiles import Count

PATH = "pictures"
AT_ONCE = 200
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


class Tile(NamedTuple):
    """A picture of the gallery, with where it was shown."""

    at: ShownPicture
    shown: Shown


class Year(NamedTuple):
    """A year that has pictures, how many, and its months."""

    year: str
    pictures: int
    months: list[Count]


def page(visit: Visit) -> Page:
    """Make the page; `?month=` (the newest), `?room=` and `?first=` (a key) say what of."""
    room = named_room(visit, visit.argument("room")) if visit.argument("room") else None
    slug = room.slug if room else None
    months = picture_months(visit.connection, slug)
    month = _month(visit, months)
    found = pictures_of_month(visit.connection, month, slug)
    part = part_of(found, lambda one: one.key, visit.argument("first"), AT_ONCE)
    tiles = [Tile(one, shown_picture(visit, one.name, one.url)) for one in part.entries]
    names = [count.name for count in months]
    values = {
        "month": month,
        "room": room,
        "rooms": picture_rooms(visit.connection),
        "years": _years(months),
        "before": next(reversed(names[: bisect_left(names, month)]), None),
        "after": next(iter(names[bisect_right(names, month) :]), None),
        "part": part,
        "tiles": tiles,
        "hosts": sorted({tile.shown.host for tile in tiles if tile.shown.remote}),
        "absent": sum(tile.shown.source is None for tile in tiles),
    }
    return Page("pictures.html", values)


def _month(visit: Visit, months: list[Count]) -> str:
    """The month asked for, or the newest; empty if no month has pictures."""
    month = visit.argument("month")
    if month and not _MONTH.fullmatch(month):
        newest = ("the newest pictures", visit.addresses.pictures())
        raise PageMissing(f"{month!r} is no month; one is 2031-02", [newest])
    return month or (months[-1].name if months else "")


def _years(months: list[Count]) -> list[Year]:
    by_year: dict[str, list[Count]] = {}
    for month in months:
        by_year.setdefault(month.name[:4], []).append(month)
    return [Year(year, sum(m.times for m in of), of) for year, of in by_year.items()]
