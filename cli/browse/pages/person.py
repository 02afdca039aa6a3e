"""A person: their names, when and where they write, with whom, and their newest messages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from cli import explained
from cli.browse.appearance import colour, initial
from cli.browse.charts import calendar, legend
from cli.browse.chat import Bubble, bubble
from cli.browse.visit import Page, PageMissing, Visit
from cli.profiled import days_talked
from db import profiles
from db.people.everybody import everybody
from db.people.explain import explain_name
from db.profiles import Count, NameUse, Person
from db.reader import emoji_signs, rooms
from db.transcript import newest_messages_of

PATH = "person/(?P<name>[^/]+)"
NEWEST, SUGGESTIONS = 20, 10


class Reason(NamedTuple):
    """A piece of evidence, with the keys of the messages where it was seen first and last."""

    said: str
    verdict: str
    keys: list[str]


class Known(NamedTuple):
    """A name, how often others say so, and the address of whose it is, if it is somebody's."""

    name: str
    times: int
    address: str | None


class SaidDay(NamedTuple):
    """What somebody wrote on a room's day, newest first."""

    room: str
    slug: str
    date: str
    bubbles: list[Bubble]


def page(visit: Visit) -> Page:
    """Make the page; `?words=show` adds the words that tell them from others."""
    person = _person(visit)
    connection = visit.connection
    days = {day.date: day.messages for day in profiles.days_of(connection, person)}
    names = profiles.names_over_time(connection, person)
    titles = {room.slug: room.title or room.slug for room in rooms(connection)}
    signs = emoji_signs(connection)
    shown = visit.argument("words") == "show"
    values = {
        "person": person,
        "colour": colour(person.name),
        "initial": initial(person.nickname or person.name),
        "days": sum(1 for messages in days.values() if messages),
        "names": names,
        "reasons": _reasons(visit, person, names),
        "calendar_years": calendar(days),
        "legend": legend(days),
        "day_address": lambda date: visit.addresses.search(speaker=person.name, period=date),
        "rooms": profiles.rooms_of(connection, person),
        "titles": titles,
        "emoji": profiles.emoji_of(connection, person),
        "signs": signs,
        "circles": _circles(visit, person),
        "words": profiles.words_of(connection, person) if shown else None,
        "newest": _newest(visit, person, titles, signs),
    }
    return Page("person.html", values)


def _person(visit: Visit) -> Person:
    """Whoever has the name that the path says. Raises PageMissing."""
    name = visit.parts["name"]
    for one in (name, name.strip()):
        if person := profiles.find_person(visit.connection, one):
            return person
    raise PageMissing(f"nobody surely has the name {name}", _suggestions(visit, name))


def _suggestions(visit: Visit, name: str) -> list[tuple[str, str]]:
    """Those who may be meant: of whom it may be a name, or with a name like it."""
    found = explain_name(visit.connection, name)
    near = [piece.speaker for piece in found.pieces if piece.name == name] if found else []
    for part in (name, *re.findall(r"\w+", name)[:1]):
        if not near and part.strip():
            near = [one.name for one in everybody(visit.connection, part)]
    several = list(dict.fromkeys(near))[:SUGGESTIONS]
    return [
        *((one, visit.addresses.person(one)) for one in several),
        ("all people", visit.addresses.people()),
    ]


def _reasons(visit: Visit, person: Person, names: list[NameUse]) -> dict[str, list[Reason]]:
    """Why their names are theirs; nothing if there is but one."""
    found = explain_name(visit.connection, person.name) if len(names) > 1 else None
    reasons: defaultdict[str, list[Reason]] = defaultdict(list)
    for piece in found.pieces if found else ():
        keys = [key for key in dict.fromkeys((piece.first, piece.last)) if key is not None]
        said, verdict = explained.said(piece), explained.verdict(piece)
        reasons[piece.name].append(Reason(said, verdict, keys))
    return reasons


def _circles(visit: Visit, person: Person) -> list[tuple[str, str, list[Known]]]:
    """Whom they have to do with: a heading, what is counted, and who."""
    connection = visit.connection
    days = profiles.written_days(connection, person)
    together = f"half hours in the same room{days_talked(days)}"
    circles = (
        ("Talks with", together, profiles.talks_with(connection, person)),
        ("Mentions", "times", profiles.mentions_of(connection, person)),
        ("Mentioned by", "times", profiles.mentioned_by(connection, person)),
    )
    return [(title, unit, [_known(visit, one) for one in of]) for title, unit, of in circles]


def _known(visit: Visit, one: Count) -> Known:
    known = profiles.is_somebody(visit.connection, one.name)
    return Known(one.name, one.times, visit.addresses.person(one.name) if known else None)


def _newest(
    visit: Visit, person: Person, titles: Mapping[str, str], signs: Mapping[str, str]
) -> list[SaidDay]:
    """Their newest messages, by room and day."""
    found = newest_messages_of(visit.connection, person.speakers, NEWEST)
    days = []
    for day, messages in groupby(found, key=lambda message: message.key.rpartition("/")[0]):
        slug, _, date = day.rpartition("/")
        bubbles = [bubble(visit, message, signs, []) for message in messages]
        days.append(SaidDay(titles[slug], slug, date, bubbles))
    return days
