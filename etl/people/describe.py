"""Persons as rows: what they are called, and what their newest names say of them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from db.people.rows import PersonRow, Speaker, SpeakerRow
from etl.people.by_hand import ME
from etl.people.decide import Decision
from etl.people.likeness import same_company
from etl.people.names import Reading


class Seen(NamedTuple):
    """When a name came up first, and how often it was written."""

    first: str = ""
    times: int = 0


def person_rows(decision: Decision, seen: Mapping[str, Seen]) -> list[PersonRow]:
    """A row per person, told by their names, the newest first; ``seen`` has those of several."""
    names: dict[int, list[str]] = defaultdict(list)
    for name, person_id in decision.person_of.items():
        names[person_id].append(name)
    rows = []
    for person_id, of_person in sorted(names.items()):
        if len(of_person) == 1:
            rows.append(_person_row(person_id, of_person[0], decision.readings))
            continue
        newest = sorted(of_person, key=lambda name: _newness(name, seen), reverse=True)
        readings = [decision.readings[name] for name in newest]
        label = max(newest, key=lambda name: _telling(name, decision.readings[name], seen))
        called = _first(readings, "personal") or _first(readings, "nickname")
        told = (_company(readings), _first(readings, "role"), _first(readings, "city"))
        rows.append(PersonRow(person_id, label, called, *told))
    return rows


def _person_row(person_id: int, name: str, readings: Mapping[str, Reading]) -> PersonRow:
    """The row of somebody with one name, as most are."""
    one = readings[name]
    return PersonRow(person_id, name, one.personal or one.nickname, one.company, one.role, one.city)


def _newness(name: str, seen: Mapping[str, Seen]) -> tuple[bool, str, str]:
    """What sorts names by when they came up; what was written only once may be a slip."""
    first, times = seen.get(name, Seen())
    return times > 1, first, name


def speaker_rows(decision: Decision, speakers: Iterable[Speaker]) -> list[SpeakerRow]:
    """What each speaker's name says, and who is behind it."""
    return [
        SpeakerRow(
            speaker.id,
            reading.nickname,
            reading.company,
            reading.role,
            reading.city,
            decision.person_of[speaker.name],
        )
        for speaker in speakers
        for reading in (decision.readings[speaker.name],)
    ]


def _telling(name: str, reading: Reading, seen: Mapping[str, Seen]) -> tuple[bool, bool, int, int]:
    """What sorts names by how much they tell, then by how often they were written."""
    told = (reading.nickname, reading.company, reading.role, reading.city)
    return name != ME, reading.personal is not None, -told.count(None), seen.get(name, Seen()).times


def _company(readings: Iterable[Reading]) -> str | None:
    """The newest company, as the name writes it that shortens it least."""
    companies = [reading.company for reading in readings if reading.company]
    if not companies:
        return None
    return max((one for one in companies if same_company(one, companies[0])),
               key=len, default=companies[0])  # fmt: skip


def _first(readings: Iterable[Reading], field: str) -> str | None:
    values = (getattr(reading, field) for reading in readings)
    return next((value for value in values if value is not None), None)
