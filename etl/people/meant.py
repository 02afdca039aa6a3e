"""Whom mentions mean: the person of the name, by the name they wrote under nearest to that day."""

from __future__ import annotations

import bisect
import datetime
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping

from db.people import reader, writer
from etl.people.decide import Decision


def resolve_mentions(
    connection: sqlite3.Connection, decision: Decision, names: Collection[str] | None
) -> set[int]:
    """Give the mentions of these names their speakers; the messages they stand in."""
    speakers: dict[int, list[int]] = defaultdict(list)
    for speaker_id, person_id in reader.persons_of_speakers(connection).items():
        if person_id is not None:
            speakers[person_id].append(speaker_id)
    nearest: dict[int, Nearest] = {}
    names_of = reader.speaker_names(connection)
    changes, messages = [], set()
    for mention in reader.named_mentions(connection, names):
        messages.add(mention.message_id)
        person_id = decision.person_of.get(mention.name)
        meant = None
        if person_id is not None:
            if person_id not in nearest:
                nearest[person_id] = _nearest(connection, speakers[person_id], names_of)
            meant = nearest[person_id].to(mention.date)
        if meant != mention.speaker_id:
            changes.append((meant, mention.message_id, mention.at))
    writer.set_mentioned_speakers(connection, changes)
    return messages


def _nearest(
    connection: sqlite3.Connection, speakers: list[int], names: Mapping[int, str]
) -> Nearest:
    if len(speakers) == 1:
        # whenever they wrote
        return Nearest({speakers[0]: {}})
    by_name = sorted(speakers, key=lambda one: names[one])
    return Nearest({one: reader.dates_of_speaker(connection, one) for one in by_name})


class Nearest:
    """Of a person's speakers the one who wrote nearest to a date: on it, else before, else after.

    Of several on one date the one with most messages, else the first.
    """

    def __init__(self, dates: Mapping[int, Mapping[str, int]]):
        """``dates`` counts each speaker's messages on each date."""
        self._only = next(iter(dates)) if len(dates) == 1 else None
        best: dict[str, tuple[int, int]] = {}
        for speaker_id, messages_on in dates.items():
            for date, messages in messages_on.items():
                if messages > best.get(date, (0, 0))[0]:
                    best[date] = (messages, speaker_id)
        self._dates = sorted(best)
        self._speakers = [best[date][1] for date in self._dates]

    def to(self, date: str) -> int:
        """The speaker."""
        if self._only is not None:
            return self._only
        after = bisect.bisect_left(self._dates, date)
        near = [place for place in (after - 1, after) if 0 <= place < len(self._dates)]
        return self._speakers[min(near, key=lambda place: _days(self._dates[place], date))]


def _days(one: str, other: str) -> int:
    """How many days lie between two dates."""
    distance = datetime.date.fromisoformat(one) - datetime.date.fromisoformat(other)
    return abs(distance.days)
