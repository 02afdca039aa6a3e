"""Persons as rows: what they are called, and what their newest names say of them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from db.people.rows import PersonRow, Speaker, SpeakerRow
from etl.people.decide import ME, Decision
from etl.people.names import Reading

TOLD = ("company", "role", "city")


def person_rows(decision: Decision, last_seen: Mapping[str, str]) -> list[PersonRow]:
    """A row per person; ``last_seen`` says when their names were last written."""
    names: dict[int, list[str]] = defaultdict(list)
    for name, person_id in decision.person_of.items():
        names[person_id].append(name)
    rows = []
    for person_id, of_person in sorted(names.items()):
        in_time = sorted(of_person, key=lambda name: (last_seen.get(name, ""), name), reverse=True)
        readings = [decision.readings[name] for name in in_time]
        label = max(in_time, key=lambda name: (name != ME, _tells(decision.readings[name])))
        called = _first(readings, "personal") or _first(readings, "nickname")
        rows.append(PersonRow(person_id, label, called, *(_first(readings, f) for f in TOLD)))
    return rows


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


def _tells(reading: Reading) -> int:
    """How much a name tells."""
    return sum(getattr(reading, field) is not None for field in ("nickname", *TOLD))


def _first(readings: Iterable[Reading], field: str) -> str | None:
    values = (getattr(reading, field) for reading in readings)
    return next((value for value in values if value is not None), None)
