"""Who is who, decided from the evidence: which names are one person's. Pure, and always the same.

Every piece of evidence ties a name to a speaker (a name that messages were exported under) with a
weight: the natural logarithm of how much likelier it is if both are one person. Some pieces were
observed in the messages (``etl.people.observe``); that two names have a part in common is found
here. A name joins the person whose evidence is enough and clearly ahead of everybody else's; then
what it says (a nickname, a company) helps further names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from db.people.rows import Evidence, Speaker
from etl.people.by_hand import ByHand
from etl.people.likeness import (
    LONG_PERSONAL,
    PERSONAL,
    NameKey,
    keys_of,
    other_personal_name,
    same_company,
)
from etl.people.names import Reading, read_names

ME = "我"

# Evidence that joins a name: so much, and so far ahead of the next one.
ENOUGH, AHEAD = 4.0, 2.0
# What was observed, not only read from names, may show that two speakers are one.
SURE = 8.0
BY_HAND, ACCOUNT = 100.0, 50.0
# What else names say, for and against, with what `explain` says of it.
SAME_COMPANY, OTHER_COMPANY = (3.0, "same company"), (-3.0, "another company")
OTHER_CITY, OTHER_PERSONAL_NAME = (-1.0, "another city"), (-6.0, "another personal name")
MOST_FROM_QUOTES = 15.0
# Of several speakers of one person each has only part of the answers.
FURTHER_ANSWERS = 0.5
# What only answers show must have been seen more than once.
LEAST_TIMES = 2
# A key that more people have tells nothing.
MOST_OF_A_KEY = 30
# Pieces kept for a name that joined nobody, so that `explain` can say why.
CANDIDATES_KEPT = 5
ROUNDS = 6


class Verdict(NamedTuple):
    """A piece of evidence with what came of it."""

    evidence: Evidence
    verdict: str


@dataclass(frozen=True, slots=True)
class Decision:
    """``person_of`` gives each name of somebody their id: the least of their speakers'."""

    readings: dict[str, Reading]
    person_of: dict[str, int]
    verdicts: list[Verdict]


# Whether two speakers ever wrote on the same page: one account has one name there.
SharesPage = Callable[[int, int], bool]


def decide(
    speakers: Collection[Speaker],
    written: Mapping[str, int],
    evidence: Iterable[Evidence],
    by_hand: ByHand,
    shares_page: SharesPage,
) -> Decision:
    """Say who is who. ``written`` counts the names that stand in quotes and behind an @."""
    decider = _Decider(speakers, written, evidence, by_hand, shares_page)
    decider.join_by_hand()
    decider.join_speakers_by_name()
    links = decider.links({})
    for _ in range(ROUNDS):
        # both always: a new name may make two speakers one in the next round
        merged = decider.join_speakers_by_observation(links)
        if not decider.join_names(links) and not merged:
            break
        links = decider.links(links)
    return decider.decision(links)


@dataclass(slots=True)
class _Person:
    """Speakers that are one, and the other names that joined them.

    ``label`` is the least of the speakers' names: ids depend on the order of loading, and nothing
    is decided by them.
    """

    id: int
    label: str
    speakers: list[Speaker]
    names: set[str]


class _Link(NamedTuple):
    """All evidence that ties a name to a person; ``made`` is what the names have in common."""

    weight: float
    observed: float
    person: _Person
    made: Evidence | None


@dataclass(slots=True)
class _Named:
    """A name, what it says, and what finds it."""

    reading: Reading
    keys: tuple[NameKey, ...]
    observed: list[Evidence] = field(default_factory=list)


class _Decider:
    """A decision in the making."""

    def __init__(
        self,
        speakers: Collection[Speaker],
        written: Mapping[str, int],
        evidence: Iterable[Evidence],
        by_hand: ByHand,
        shares_page: SharesPage,
    ):
        self._by_hand, self._shares_page, self._written = by_hand, shares_page, written
        self._speakers = {speaker.name: speaker for speaker in speakers}
        readings = read_names(set(self._speakers) | set(written) | by_hand.names())
        self._named = {name: _Named(r, keys_of(r)) for name, r in readings.items()}
        self._person = {s.id: _Person(s.id, s.name, [s], {s.name}) for s in speakers}
        self._joined = {person.speakers[0].name: person for person in self._person.values()}
        self._parted: dict[str, set[str]] = defaultdict(set)
        for names in by_hand.part:
            for name in names:
                self._parted[name] |= set(names) - {name}
        self._evidence = list(evidence)
        for piece in self._evidence:
            # the pronoun is a name in headers alone: elsewhere it is anybody's
            if piece.kind == "same message" or (piece.kind != "header" and piece.name != ME):
                self._named[piece.name].observed.append(piece)
        self._made: list[Evidence] = []

    def join_by_hand(self) -> None:
        """What archive.toml says: who 我 is, and which names are one person's."""
        me = self._by_hand.me
        account = [("account", ACCOUNT, (ME, me))] if me and me != ME else []
        groups = [("by hand", BY_HAND, names) for names in self._by_hand.join]
        for kind, weight, names in (*account, *groups):
            known = [name for name in names if name in self._speakers]
            if not known:
                continue
            first = self._speakers[known[0]]
            for name in names:
                if name == first.name:
                    continue
                self._made.append(Evidence(name, first.id, kind, weight, self._times(name)))
                if name in self._joined:
                    self._merge(self._joined[name], self._person[first.id])
                else:
                    self._add(name, self._person[first.id])

    def join_speakers_by_name(self) -> None:
        """Speakers with the same name in their names, unless something speaks against it."""
        for key, names in self._by_key(self._speakers):
            if len(names) <= MOST_OF_A_KEY:
                first, *others = self._compatible(names, key)
                self._join_group(first, key)
                for group in others:
                    self._join_group(group, key)
                    self._keep_apart(first[0], group[0], key)

    def join_speakers_by_observation(self, links: Mapping[str, list[_Link]]) -> bool:
        """Speakers whose words are quoted, or who answer, under one name, and never meet."""
        sure = sorted(
            (-link.observed, name, link.person.label, link.person.id)
            for name, found in links.items()
            for link in found
            if link.observed >= SURE
        )
        merged = False
        first: dict[str, int] = {}
        for _, name, _, person_id in sure:
            own = self._joined.get(name) or self._person[first.setdefault(name, person_id)]
            other = self._person[person_id]
            if other is not own and self._may_be_one(own, other):
                self._merge(own, other)
                merged = True
        return merged

    def join_names(self, links: Mapping[str, list[_Link]]) -> bool:
        """Names whose evidence for one person is enough, and clearly ahead."""
        chosen = [
            (name, self._current(found[0].person))
            for name, found in links.items()
            if name not in self._joined and self._is_clear(found)
        ]
        for name, person in chosen:
            # a name that must be kept apart may have joined in the same round
            if not self._is_parted(name, person):
                self._add(name, person)
        return bool(chosen)

    def _is_clear(self, found: list[_Link]) -> bool:
        first = self._current(found[0].person)
        others = (link for link in found if self._current(link.person) is not first)
        second = next(others, None)
        ahead = second is None or found[0].weight - second.weight >= AHEAD
        return found[0].weight >= ENOUGH and ahead

    def links(self, before: Mapping[str, list[_Link]]) -> dict[str, list[_Link]]:
        """For every name the persons it may be of; what joined a name ``before`` stays with it."""
        persons_of_key: dict[str, dict[int, str]] = defaultdict(dict)
        for name, person in sorted(self._joined.items()):
            for key in self._named[name].keys:
                persons_of_key[key.text].setdefault(person.id, name)
        found = {}
        for name in sorted(self._named):
            if name in before and name in self._joined:
                found[name] = before[name]
            elif name not in self._speakers or self._named[name].observed:
                found[name] = self._links_of(name, persons_of_key)
        return {name: links for name, links in found.items() if links}

    def decision(self, links: Mapping[str, list[_Link]]) -> Decision:
        """What came of it all."""
        verdicts = [
            Verdict(piece, self._verdict(piece, links.get(piece.name, [])))
            for piece in (*self._made, *self._evidence)
        ]
        for name, found in links.items():
            if name not in self._speakers:
                kept = found[:CANDIDATES_KEPT]
                made = [link.made for link in kept if link.made is not None]
                verdicts += [Verdict(piece, self._verdict(piece, found)) for piece in made]
        return Decision(
            {name: named.reading for name, named in self._named.items()},
            {name: person.id for name, person in self._joined.items()},
            verdicts,
        )

    def _verdict(self, piece: Evidence, found: list[_Link]) -> str:
        person = self._person[piece.speaker_id]
        joined = self._joined.get(piece.name)
        if joined is not None:
            return "joins" if joined is person else "apart"
        likely = found and found[0].weight >= ENOUGH
        near = [link.person for link in found if link.weight > found[0].weight - AHEAD]
        return "ambiguous" if likely and person in near else "apart"

    def _links_of(self, name: str, persons_of_key: Mapping[str, Mapping[int, str]]) -> list[_Link]:
        """The persons a name may be of, the likeliest first."""
        named, own = self._named[name], self._joined.get(name)
        persons = {self._person[piece.speaker_id].id for piece in named.observed}
        shared: dict[int, tuple[NameKey, str]] = {}
        for key in named.keys:
            having = persons_of_key.get(key.text, {})
            if len(having) <= MOST_OF_A_KEY:
                for person_id, of_name in having.items():
                    shared.setdefault(person_id, (key, of_name))
        links = []
        for person_id in sorted(persons | set(shared)):
            person = self._person[person_id]
            if (person is own and name in self._speakers) or self._is_parted(name, person):
                continue
            links.append(self._link(name, person, shared.get(person_id)))
        return sorted(links, key=lambda link: (-link.weight, link.person.label))

    def _link(self, name: str, person: _Person, shared: tuple[NameKey, str] | None) -> _Link:
        observed = self._observed_weight(name, person)
        adjusted, note = self._adjustment(name, person)
        if shared is None:
            weight = observed + adjusted if observed else 0.0
            if self._times_observed(name, person) < LEAST_TIMES:
                # once is chance, whatever the companies are
                weight = min(weight, ENOUGH - AHEAD)
            return _Link(weight, observed, person, None)
        key, of_name = shared
        speaker = self._speakers.get(of_name) or max(
            person.speakers, key=lambda s: (s.messages, s.name)
        )
        weight = key.weight + adjusted
        made = Evidence(name, speaker.id, key.kind, weight, self._times(name), note=note)
        return _Link(observed + made.weight, observed, person, made)

    def _times_observed(self, name: str, person: _Person) -> int:
        """How often a name was seen with a person; a quote tells as much as several answers."""
        return sum(
            piece.times * (LEAST_TIMES if piece.kind != "answers" else 1)
            for piece in self._named[name].observed
            if self._person[piece.speaker_id] is person
        )

    def _observed_weight(self, name: str, person: _Person) -> float:
        """What messages say; of quotes and of answers the best counts most."""
        weights: dict[str, list[float]] = {"quote": [], "answers": [], "same message": []}
        for piece in self._named[name].observed:
            if self._person[piece.speaker_id] is person:
                weights[piece.kind].append(piece.weight)
        answers = sorted(weights["answers"], reverse=True)
        texts = min(sum(weights["quote"]), MOST_FROM_QUOTES) + sum(weights["same message"])
        return texts + sum(answers[:1]) + FURTHER_ANSWERS * sum(answers[1:])

    def _adjustment(self, name: str, person: _Person) -> tuple[float, str | None]:
        """What companies, cities and personal names say for or against it, and in words."""
        reading = self._named[name].reading
        others = [self._named[other].reading for other in person.names if other != name]
        told = [same for other in others if reading.company and other.company
                if (same := same_company(reading.company, other.company)) is not None]  # fmt: skip
        found = []
        if told:
            found.append(SAME_COMPANY if any(told) else OTHER_COMPANY)
        cities = {other.city for other in others if other.city}
        if reading.city and cities and reading.city not in cities:
            found.append(OTHER_CITY)
        personal = [other for other in others if other.personal]
        if personal and all(other_personal_name(reading, other) for other in personal):
            found.append(OTHER_PERSONAL_NAME)
        return sum(weight for weight, _ in found), ", ".join(note for _, note in found) or None

    def _by_key(self, names: Iterable[str]) -> list[tuple[NameKey, list[str]]]:
        """Names with the key that they share: the weakest, where it is one in different ways."""
        found: dict[str, dict[str, NameKey]] = defaultdict(dict)
        for name in names:
            for key in self._named[name].keys:
                found[key.text].setdefault(name, key)
        return [
            (min(keys.values(), key=lambda key: (key.weight, key.kind)), sorted(keys))
            for _, keys in sorted(found.items())
            if len(keys) > 1
        ]

    def _compatible(self, names: list[str], key: NameKey) -> list[list[str]]:
        """Groups of speakers that share a key and may be one person each.

        Who tells no company goes with those who do if they are one person, else with nobody.
        """
        in_time = sorted(names, key=lambda name: (self._speakers[name].first, name))
        telling = [name for name in in_time if self._named[name].reading.company]
        groups: list[list[str]] = []
        for name in telling:
            self._put(name, groups, key)
        if len(groups) <= 1:
            for name in in_time:
                if name not in telling:
                    self._put(name, groups, key)
        return groups

    def _put(self, name: str, groups: list[list[str]], key: NameKey) -> None:
        """Into the first group all of whose names it may join, or one of its own."""
        for group in groups:
            if not any(self._objection(name, other, key) for other in group):
                group.append(name)
                return
        groups.append([name])

    def _objection(self, name: str, other: str, key: NameKey) -> str | None:
        """What speaks against two speakers with a common key being one; None if nothing does."""
        a, b = self._speakers[name], self._speakers[other]
        one, two = self._named[name].reading, self._named[other].reading
        same = same_company(one.company, two.company) if one.company and two.company else None
        telling = key.kind == PERSONAL and key.weight >= LONG_PERSONAL
        if other in self._parted[name]:
            return "by hand"
        if other_personal_name(one, two):
            return "another personal name"
        if same is False and not (telling and (a.last < b.first or b.last < a.first)):
            # one after the other is a new job
            return "another company at the same time" if telling else "another company"
        if not telling and one.city and two.city and one.city != two.city:
            return "another city"
        if not (telling and same) and self._shares_page(a.id, b.id):
            return "both on one page"
        return None

    def _join_group(self, names: list[str], key: NameKey) -> None:
        first = self._speakers[names[0]]
        for name in names[1:]:
            person, other = self._person[first.id], self._joined[name]
            if other is not person and not self._are_parted(person, other):
                weight, note = self._adjustment(name, person)
                self._make(name, first, key, weight, note)
                self._merge(person, other)

    def _keep_apart(self, first: str, name: str, key: NameKey) -> None:
        """Write down why a speaker with the same key is another person, for `explain`."""
        note = self._objection(name, first, key) or "several people have it"
        self._make(name, self._speakers[first], key, 0.0, note)

    def _make(
        self, name: str, speaker: Speaker, key: NameKey, adjusted: float, note: str | None
    ) -> None:
        weight, times = key.weight + adjusted, self._times(name)
        self._made.append(Evidence(name, speaker.id, key.kind, weight, times, note=note))

    def _are_parted(self, one: _Person, other: _Person) -> bool:
        return any(self._is_parted(name, other) for name in one.names)

    def _may_be_one(self, one: _Person, other: _Person) -> bool:
        if self._are_parted(one, other):
            return False
        readings = [[self._named[n].reading for n in sorted(p.names)] for p in (one, other)]
        personal = [[r for r in of_person if r.personal] for of_person in readings]
        if all(personal) and all(other_personal_name(a, b) for a in personal[0]
                                 for b in personal[1]):  # fmt: skip
            return False
        return not any(self._shares_page(a.id, b.id) for a in one.speakers for b in other.speakers)

    def _is_parted(self, name: str, person: _Person) -> bool:
        return name in self._parted and not self._parted[name].isdisjoint(person.names)

    def _current(self, person: _Person) -> _Person:
        """Who a person has become part of."""
        return self._person[person.id]

    def _merge(self, one: _Person, other: _Person) -> None:
        if one is other:
            return
        kept, gone = (one, other) if one.id < other.id else (other, one)
        kept.label = min(kept.label, gone.label)
        kept.speakers += gone.speakers
        kept.names |= gone.names
        self._person |= {speaker.id: kept for speaker in gone.speakers}
        self._joined |= dict.fromkeys(gone.names, kept)

    def _add(self, name: str, person: _Person) -> None:
        person.names.add(name)
        self._joined[name] = person

    def _times(self, name: str) -> int:
        speaker = self._speakers.get(name)
        return (speaker.messages if speaker else 0) + self._written.get(name, 0)


def _most_talkative(person: _Person) -> Speaker:
    return max(person.speakers, key=lambda speaker: (speaker.messages, speaker.name))
