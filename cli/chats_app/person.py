"""`chats person`: who somebody is to the archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from cli import completion, layout, plots, render
from cli.layout import BOLD, DIM, Line, Span
from cli.options import DEFAULT_DATABASE, Database, Json, NoPager
from cli.output import OutputOptions
from db.connection import open_read_only
from db.errors import ArchiveError
from db.profiles import Count, Profile, Speaker, find_speakers, profile

NAMES_SHOWN = 30
_LABEL = 14

WORDS_NOTE = (
    "words: 2 to 8 characters typed together, or Latin words, in far more of these messages than"
    " in everybody else's (log-likelihood); the figure is how many messages"
)
TALKS_NOTE = "talks with: half hours in which both wrote in the same room"


def person(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="NAME…", help="Any part of the name.", autocompletion=completion.speakers
        ),
    ],
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
    no_pager: NoPager = False,
) -> None:
    """Show when, where and with whom somebody writes, and the words that are theirs.

    The exact name is taken before others that contain it.

    Example: chats person 周叙白－木石科技
    """
    # a name with spaces needs no quotes
    name = " ".join(names)
    if not name.strip():
        raise typer.BadParameter("give some part of a name", param_hint="NAME")
    with open_read_only(db, with_days=True) as connection:
        speakers = find_speakers(connection, name)
        if len(speakers) != 1:
            _list(speakers)
            raise ArchiveError(_not_one(name, len(speakers)))
        found = profile(connection, speakers[0])
    if as_json:
        render.line(layout.as_json(_as_dict(found)))
        return
    lines = layout.painted(_lines(found, layout.width()))
    render.paged(lines, OutputOptions(no_pager=no_pager))


def _list(speakers: list[Speaker]) -> None:
    if speakers:
        rows = [(one.messages, one.first[:10], one.last[:10], one.name) for one in speakers]
        header = ["messages", "first", "last", "name"]
        render.rows(header, rows[:NAMES_SHOWN], OutputOptions(no_pager=True))


def _not_one(name: str, found: int) -> str:
    if not found:
        return f"no name has {name!r} in it; `chats query top-speakers` lists names"
    more = f" ({found - NAMES_SHOWN} more are not listed)" if found > NAMES_SHOWN else ""
    return f"{found} names have {name!r} in them{more}: give more of one, or all of it"


def _as_dict(found: Profile) -> dict[str, object]:
    values = asdict(found)
    lists = ("rooms", "words", "emoji", "mentions", "mentioned_by", "talks_with")
    counted = {name: [row._asdict() for row in getattr(found, name)] for name in lists}
    speaker = found.speaker._asdict()
    del speaker["id"], values["speaker"]
    return speaker | values | counted


def _lines(found: Profile, width: int) -> Iterator[Line]:
    speaker = found.speaker
    name = layout.speaker_name(speaker.name)
    yield from layout.wrap([Span(name, layout.speaker_style(speaker.name))], width)
    yield []
    yield from _fact("quoted as", found.quoted_as, width)
    yield from _fact("messages", [f"{speaker.messages:,} on {_days(found.days)}"], width)
    yield from _fact("first, last", [f"{speaker.first[:16]}, {speaker.last[:16]}"], width)
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
    for note, rows in ((WORDS_NOTE, found.words), (TALKS_NOTE, found.talks_with)):
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
