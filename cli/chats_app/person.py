"""`chats person`: who somebody is to the archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from cli import completion, layout, plots, render
from cli.layout import BOLD, DIM, Line, Span
from cli.options import DEFAULT_DATABASE, ByName, Database, Json, NoPager
from cli.output import OutputOptions
from cli.profiled import days_talked
from db.connection import open_read_only
from db.errors import ArchiveError
from db.profiles import Count, NameUse, Person, Profile, find_people, profile

NAMES_SHOWN = 30
_LABEL = 14
_DATES = len("2031-02-03 to 2031-02-03  ")
_INDENT = 2

WORDS_NOTE = (
    "words: 2 to 8 characters typed together, or Latin words, in far more of these messages than"
    " in everybody else's (log-likelihood); the figure is how many messages"
)
TALKS_NOTE = "talks with: half hours in which both wrote in the same room"


def person(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME…", help="Any part of a name.", autocompletion=completion.speakers
        ),
    ],
    db: Database = DEFAULT_DATABASE,
    by_name: ByName = False,
    as_json: Json = False,
    no_pager: NoPager = False,
) -> None:
    """Show when, where and with whom somebody writes, and the words that are theirs.

    Any part of any of their names will do; an exact name is taken before others that contain it.
    All their messages count, under whatever name; --by-name shows a single one.

    Example: chats person 周叙白－木石科技
    """
    # a name with spaces needs no quotes
    name = " ".join(names)
    if not name.strip():
        raise typer.BadParameter("give some part of a name", param_hint="NAME")
    with open_read_only(db, with_days=True) as connection:
        people = find_people(connection, name, by_name=by_name)
        if len(people) != 1:
            _list(people)
            raise ArchiveError(_not_one(name, len(people), by_name=by_name))
        found = profile(connection, people[0], by_name=by_name)
    if as_json:
        render.line(layout.as_json(_as_dict(found)))
        return
    lines = [*_head(found, layout.width(), by_name=by_name), *_figures(found, layout.width())]
    render.paged(layout.painted(lines), OutputOptions(no_pager=no_pager))


def _list(people: list[Person]) -> None:
    if people:
        rows = [(one.messages, one.first[:10], one.last[:10], one.name) for one in people]
        header = ["messages", "first", "last", "name"]
        render.rows(header, rows[:NAMES_SHOWN], OutputOptions(no_pager=True))


def _not_one(name: str, found: int, *, by_name: bool) -> str:
    if not found:
        return f"no name has {name!r} in it; `chats query top-speakers` lists names"
    more = f" ({found - NAMES_SHOWN} more are not listed)" if found > NAMES_SHOWN else ""
    have = f"names have {name!r} in them" if by_name else f"people have a name with {name!r} in it"
    return f"{found} {have}{more}: give more of one, or all of it"


def _as_dict(found: Profile) -> dict[str, object]:
    values = asdict(found)
    lists = ("names", "rooms", "words", "emoji", "mentions", "mentioned_by", "talks_with")
    counted = {name: [row._asdict() for row in getattr(found, name)] for name in lists}
    person = found.person._asdict()
    del person["speakers"], values["person"]
    return person | values | counted


def _head(found: Profile, width: int, *, by_name: bool) -> Iterator[Line]:
    """Who it is, with all their names; a single name says it all."""
    person = found.person
    name = layout.speaker_name(person.name)
    yield from layout.wrap([Span(name, layout.speaker_style(person.name))], width)
    yield []
    if by_name:
        return
    for label in ("nickname", "company", "role", "city"):
        value = getattr(person, label)
        if value and value != person.name:
            yield from _fact(label, [value], width)
    label = "names"
    for use in found.names:
        for line in _name_use(use, width - _LABEL):
            yield [Span(f"{label:<{_LABEL}}", DIM), *line]
            label = ""


def _name_use(use: NameUse, width: int) -> Iterator[Line]:
    """A name with the days it was written on first and last, and how often where."""
    days = " to ".join(dict.fromkeys(day for day in (use.first_day, use.last_day) if day))
    counts = {"message": use.messages, "quote": use.quotes, "mention": use.mentions}
    places = ", ".join(f"{n:,} {place}{'' if n == 1 else 's'}" for place, n in counts.items() if n)
    name = Span(layout.speaker_name(use.name), layout.speaker_style(use.name))
    label, size = days, _DATES
    if width - size < layout.NARROWEST_COLUMN:
        yield from layout.wrap([Span(days)], width)
        label, size = "", _INDENT
    for line in layout.fill([[name], [Span(places or "never written", DIM)]], width - size):
        yield [Span(f"{label:<{size}}"), *line]
        label = ""


def _figures(found: Profile, width: int) -> Iterator[Line]:
    person = found.person
    yield from _fact("messages", [f"{person.messages:,} on {_days(found.days)}"], width)
    yield from _fact("first, last", [f"{person.first[:16]}, {person.last[:16]}"], width)
    for label in ("rooms", "words", "emoji"):
        counts = getattr(found, label)
        yield from _fact(label, [f"{name} {times:,}" for name, times in counts], width)
    yield from _people("mentions", found.mentions, width)
    yield from _people("mentioned by", found.mentioned_by, width)
    yield from _people("talks with", found.talks_with, width)
    yield from _heading("messages per month")
    yield from plots.month_bars(found.months, width=width)
    yield from _heading("by the hour of the day")
    yield from plots.hour_line(found.hours, width=width)
    yield []
    talks_note = TALKS_NOTE + days_talked(found.days)
    for note, rows in ((WORDS_NOTE, found.words), (talks_note, found.talks_with)):
        if rows:
            yield from layout.wrap([Span(note, DIM)], width)


def _fact(label: str, values: list[str], width: int) -> Iterator[Line]:
    for line in layout.fill(([Span(layout.shown(value))] for value in values), width - _LABEL):
        yield [Span(f"{label:<{_LABEL}}", DIM), *line]
        label = ""


def _people(label: str, people: list[Count], width: int) -> Iterator[Line]:
    """People below each other, the figures in a column."""
    longest = max((len(f"{person.times:,}") for person in people), default=0)
    for person in people:
        name = [Span(layout.speaker_name(person.name), layout.speaker_style(person.name))]
        count = f"{person.times:>{longest},}  "
        for line in layout.wrap(name, width - _LABEL - len(count)):
            yield [Span(f"{label:<{_LABEL}}", DIM), Span(count), *line]
            label, count = "", " " * len(count)


def _heading(text: str) -> list[Line]:
    return [[], [Span(text, BOLD)]]


def _days(number: int) -> str:
    return f"{number:,} day{'' if number == 1 else 's'}"
