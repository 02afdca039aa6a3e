"""Persons while it is being decided who is who: which speakers and names are one so far. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db.people.rows import Speaker

# More names over messages than anybody has: where it comes to that, something else joins them.
MOST_SPEAKERS = 50


@dataclass(slots=True)
class Person:
    """Speakers that are one, and the other names that joined them.

    ``label`` is the least of the speakers' names: ids depend on the order of loading, and nothing
    is decided by them.
    """

    id: int
    label: str
    speakers: list[Speaker]
    names: set[str]


class Persons:
    """At first every speaker is a person; then they merge, and other names join them."""

    def __init__(self, speakers: Iterable[Speaker], parted: Iterable[Iterable[str]]):
        """The names of each group in ``parted`` are never one person's."""
        persons = [Person(one.id, one.name, [one], {one.name}) for one in speakers]
        self._of_speaker = {person.id: person for person in persons}
        self._of_name = {person.label: person for person in persons}
        self._changed: set[int] = set()
        self._parted: dict[str, set[str]] = defaultdict(set)
        for names in parted:
            for name in names:
                self._parted[name] |= set(names) - {name}

    def of_speaker(self, speaker_id: int) -> Person:
        """Who a speaker is by now."""
        return self._of_speaker[speaker_id]

    def of_name(self, name: str) -> Person | None:
        """Whose name it is, if it has joined somebody."""
        return self._of_name.get(name)

    def current(self, person: Person) -> Person:
        """Who somebody has become part of."""
        return self._of_speaker[person.id]

    def names(self) -> Iterator[tuple[str, Person]]:
        """All names that are somebody's, in their order."""
        return iter(sorted(self._of_name.items(), key=lambda item: item[0]))

    def add(self, name: str, person: Person) -> None:
        """Give somebody one more name."""
        person.names.add(name)
        self._changed.add(person.id)
        self._of_name[name] = person

    def merge(self, one: Person, other: Person) -> None:
        """Make two persons one."""
        if one is other:
            return
        kept, gone = (one, other) if one.id < other.id else (other, one)
        self._changed.add(kept.id)
        kept.label = min(kept.label, gone.label)
        kept.speakers += gone.speakers
        kept.names |= gone.names
        self._of_speaker |= {speaker.id: kept for speaker in gone.speakers}
        self._of_name |= dict.fromkeys(gone.names, kept)

    def take_changed(self) -> list[Person]:
        """Who got further names, or became one with somebody, since this was asked last."""
        changed = {self._of_speaker[id_].id for id_ in self._changed}
        self._changed.clear()
        return [self._of_speaker[id_] for id_ in changed]

    def is_parted(self, name: str, person: Person) -> bool:
        """Whether a name must not be a person's."""
        return name in self._parted and not self._parted[name].isdisjoint(person.names)

    def may_merge(self, one: Person, other: Person) -> bool:
        """Whether no hand keeps two persons apart, and both together are still a person."""
        speakers = len(one.speakers) + len(other.speakers)
        return speakers <= MOST_SPEAKERS and not any(
            self.is_parted(name, other) for name in one.names
        )
