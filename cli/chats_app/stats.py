"""`chats stats`: the archive at a glance."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from cli import layout, plots, render, transcript
from cli.layout import BOLD, DIM, Line, Span
from cli.options import DEFAULT_DATABASE, Database, Json, NoPager
from cli.output import OutputOptions
from db.connection import open_read_only
from db.profiles import Figures, RoomDays, figures, hours_of_day

_LABEL = 14


def stats(
    db: Database = DEFAULT_DATABASE, as_json: Json = False, no_pager: NoPager = False
) -> None:
    """Show how much there is, when most was said, and a calendar of every room.

    Example: chats stats --db chats.db
    """
    with open_read_only(db, with_days=True) as connection:
        found, hours = figures(connection), hours_of_day(connection)
    if as_json:
        render.line(layout.as_json(_as_dict(found, hours)))
        return
    lines = layout.painted(_lines(found, hours, layout.width()))
    render.paged(lines, OutputOptions(no_pager=no_pager))


def _lines(found: Figures, hours: dict[int, int], width: int) -> Iterator[Line]:
    for label, value in _facts(found, hours):
        yield from layout.beside(Span(label, DIM), _LABEL, [Span(value)], width)
    if found.messages:
        yield []
        yield [Span("by the hour of the day", BOLD)]
        yield from plots.hour_line(hours, width=width)
    for room in found.rooms:
        yield from _room(room, width)


def _facts(found: Figures, hours: dict[int, int]) -> Iterator[tuple[str, str]]:
    yield "rooms", f"{len(found.rooms):,}"
    yield "days", f"{found.days:,}{_span(found)}"
    yield "messages", f"{found.messages:,}"
    yield "people", f"{found.people:,}, writing under {found.speakers:,} names"
    yield "pictures", f"{found.pictures:,}"
    yield "links", f"{found.links:,}"
    busiest = found.busiest_day
    if busiest is not None:
        when = f"{busiest.room} on {busiest.date}, {transcript.weekday(busiest.date)}"
        yield "busiest day", f"{when}: {busiest.messages:,} messages"
        hour, messages = max(hours.items(), key=lambda item: (item[1], -item[0]))
        share = f"{messages:,} messages, {messages / found.messages:.0%}"
        yield "busiest hour", f"{hour:02}:00 to {(hour + 1) % 24:02}:00: {share}"


def _span(found: Figures) -> str:
    return ", from {} to {}".format(*found.span) if found.span else ""


def _room(room: RoomDays, width: int) -> Iterator[Line]:
    """A room's calendar, year by year."""
    name = f"{room.title} ({room.slug})" if room.title else room.slug
    counted = f" · {len(room.days):,} days · {room.messages:,} messages"
    days = {datetime.date.fromisoformat(day.date): day.messages for day in room.days}
    yield []
    yield from layout.wrap([Span(name, BOLD), Span(counted)], width)
    for year in sorted({date.year for date in days}):
        yield from plots.year_calendar(year, days, width=width)
    yield from layout.fill(plots.calendar_legend(days), width)


def _as_dict(found: Figures, hours: dict[int, int]) -> dict[str, object]:
    first, last = found.span or (None, None)
    rooms = [
        {
            "slug": room.slug,
            "title": room.title,
            "messages": room.messages,
            "days": {day.date: day.messages for day in room.days},
        }
        for room in found.rooms
    ]
    return {
        "days": found.days,
        "messages": found.messages,
        "people": found.people,
        "speakers": found.speakers,
        "pictures": found.pictures,
        "links": found.links,
        "first": first,
        "last": last,
        "busiest_day": found.busiest_day._asdict() if found.busiest_day else None,
        "hours": hours,
        "rooms": rooms,
    }
