"""Insights: charts of canned queries, each with its numbers and where to ask for others."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cli.browse import charts
from cli.browse.visit import Page, PageMissing, Visit
from cli.plots import months_between
from db.catalog import Query, Result, queries, run_query
from db.reader import RoomRow, find_room, rooms

PATH = "insights"
HOSTS = 10
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Answer(NamedTuple):
    """What a canned query found, and the address where Datasette asks it."""

    query: Query
    title: str
    address: str
    found: Result


class RoomMonths(NamedTuple):
    """A room's messages per month; ``month`` gives the address of what was said in one."""

    room: RoomRow
    chart: charts.MonthBars
    answer: Answer
    month: Callable[[str], str]


def page(visit: Visit) -> Page:
    """Make the page; `?room=` narrows all of it to that room."""
    known = rooms(visit.connection)
    room = _room(visit)
    per_room = [
        (one, _ask(visit, "messages-per-month", one)) for one in ([room] if room else known)
    ]
    months = _months([answer for _, answer in per_room])
    newcomers = _ask(visit, "newcomers-per-month", room)
    hours = _ask(visit, "messages-per-hour-and-weekday", room)
    hosts = _ask(visit, "hosts", room)
    values = {
        "room": room,
        "rooms": known,
        "months": months,
        "messages": _messages(visit, per_room, months),
        "hours": (charts.hour_grid(_by_weekday(hours.found)), hours),
        "newcomers": (_newcomers(newcomers.found, per_room, months), newcomers),
        "links_of": lambda host: visit.addresses.links(host=host),
        "hosts": (charts.ranking(hosts.found.of("host", "shares")[:HOSTS]), hosts),
    }
    return Page("insights.html", values)


def _room(visit: Visit) -> RoomRow | None:
    """The room that the page is narrowed to. Raises PageMissing."""
    slug = visit.argument("room")
    room = find_room(visit.connection, slug) if slug else None
    if slug and room is None:
        suggestions = [("charts of all rooms", visit.addresses.insights())]
        raise PageMissing(f"there is no room {slug}", suggestions)
    return room


def _ask(visit: Visit, name: str, room: RoomRow | None) -> Answer:
    query = queries()[name]
    title = f"{query.title}: {room.title or room.slug}" if room else query.title
    slug = room.slug if room else None
    address = visit.addresses.table(name, room=slug)
    return Answer(query, title, address, run_query(visit.connection, query, room=slug))


def _months(answers: list[Answer]) -> list[str]:
    """All months from the first to the last of any room."""
    found = [month for answer in answers for (month,) in answer.found.of("month")]
    return list(months_between(min(found), max(found))) if found else []


def _messages(
    visit: Visit, per_room: list[tuple[RoomRow, Answer]], months: list[str]
) -> list[RoomMonths]:
    """A chart for each room, all in one scale."""
    counts = [dict(answer.found.of("month", "messages")) for _, answer in per_room]
    most = max((value for of_room in counts for value in of_room.values()), default=0)
    return [
        RoomMonths(
            room,
            charts.month_bars(of_room, months, most),
            answer,
            visit.addresses.month_of(room.slug),
        )
        for (room, answer), of_room in zip(per_room, counts, strict=True)
    ]


def _newcomers(
    found: Result, per_room: list[tuple[RoomRow, Answer]], months: list[str]
) -> charts.MonthBars:
    """Months that the archive has, also those in which nobody wrote."""
    empty = {month: 0 for _, answer in per_room for (month,) in answer.found.of("month")}
    counts = empty | dict(found.of("month", "newcomers"))
    return charts.month_bars(counts, months, max(counts.values(), default=0))


def _by_weekday(found: Result) -> dict[str, list[int]]:
    return {day: [value for (value,) in found.of(day.lower())] for day in WEEKDAYS}
