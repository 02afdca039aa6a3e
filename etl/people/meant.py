"""Whom mentions mean: the person of the name, by the name they wrote under nearest to that day."""

from __future__ import annotations

import bisect
import datetime
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping

from db.people import reader, writer
from db.people.rows import NamedMention
from etl.people.decide import Decision


class Meant:
    """Gives mentions their speakers, once it is decided who is who."""

    def __init__(self, connection: sqlite3.Connection, decision: Decision):
        self._connection, self._person_of = connection, decision.person_of
        self._speakers: dict[int, list[int]] = defaultdict(list)
        for speaker_id, person_id in reader.persons_of_speakers(connection).items():
            if person_id is not None:
                self._speakers[person_id].append(speaker_id)
        self._names = reader.speaker_names(connection)
        self._nearest: dict[int, Nearest] = {}

    def resolve_all(self, names: Iterable[str]) -> None:
        """Give all mentions their speakers; ``names`` are all that are mentioned, or more."""
        several = {name for name in names if len(self._speakers_of(name)) > 1}
        # whom these mean does not depend on the day
        others = ((next(iter(self._speakers_of(n)), None), n) for n in names if n not in several)
        writer.set_speakers_of_names(self._connection, others)
        for first, last in reader.message_ranges(self._connection) if several else ():
            mentions = reader.named_mentions_between(self._connection, several, first, last)
            self.resolve(list(mentions))

    def _speakers_of(self, name: str) -> list[int]:
        return self._speakers.get(self._person_of.get(name, 0), [])

    def resolve(self, mentions: Iterable[NamedMention]) -> set[int]:
        """Give these mentions their speakers; the messages of those that had another one."""
        changes = [
            (meant, mention.message_id, mention.at)
            for mention in mentions
            if (meant := self._of(mention)) != mention.speaker_id
        ]
        writer.set_mentioned_speakers(self._connection, changes)
        return {message_id for _, message_id, _ in changes}

    def _of(self, mention: NamedMention) -> int | None:
        person_id = self._person_of.get(mention.name)
        if person_id is None:
            return None
        if person_id not in self._nearest:
            speakers = self._speakers[person_id]
            self._nearest[person_id] = _nearest(self._connection, speakers, self._names)
        return self._nearest[person_id].to(mention.date)


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
