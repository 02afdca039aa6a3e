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
from functools import cache
from itertools import permutations
from typing import NamedTuple

from db.people.rows import Evidence, Speaker
from etl.people.by_hand import ME, ByHand
from etl.people.likeness import NameKey, keys_of, other_personal_name, same_company
from etl.people.names import Reading, read_names
from etl.people.namesakes import MOST_OF_A_KEY, Namesakes, SharesPage, namesakes, objection
from etl.people.persons import Person, Persons

# Evidence that joins a name: so much, and so far ahead of the next one. If there are but answers it
# takes more, as one of a thousand speakers was picked by them.
ENOUGH, AHEAD, ENOUGH_ANSWERS = 4.0, 2.0, 6.0
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
    links = decider.links()
    for _ in range(ROUNDS):
        # both always: a new name may make two speakers one in the next round
        merged = decider.join_speakers_by_observation(links)
        if not decider.join_names(links) and not merged:
            break
        links = decider.renewed(links)
    return decider.decision(links)


class _Link(NamedTuple):
    """All evidence that ties a name to a person; ``made`` is what the names have in common."""

    weight: float
    observed: float
    person: Person
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
        self._readings = read_names(set(self._speakers) | set(written) | by_hand.names())
        self._named = {name: _Named(r, keys_of(r)) for name, r in self._readings.items()}
        self._names_of_key: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self._named):
            for key in self._named[name].keys:
                self._names_of_key[key.text].append(name)
        self._persons = Persons(speakers, by_hand.part)
        self._evidence = list(evidence)
        self._names_of_speaker: dict[int, list[str]] = defaultdict(list)
        for piece in self._evidence:
            # the pronoun is a name in headers alone: elsewhere it is anybody's
            if piece.kind == "same message" or (piece.kind != "header" and piece.name != ME):
                self._named[piece.name].observed.append(piece)
                self._names_of_speaker[piece.speaker_id].append(piece.name)
        self._made: list[Evidence] = []
        self._waiting: list[list[str]] = []

    def join_by_hand(self) -> None:
        """What archive.toml says: who 我 is, and which names are one person's."""
        for names in self._by_hand.joined():
            # without messages of the account the pronoun is nobody's name
            known = [name for name in names if name != ME or ME in self._speakers]
            first = next((name for name in known if name in self._speakers), None)
            if first is None:
                self._waiting.append(known)
            else:
                self._join_given(known, self._speakers[first])

    def _join_given(self, names: Iterable[str], speaker: Speaker) -> None:
        for name in names:
            if name == speaker.name:
                continue
            is_account = {name, speaker.name} == {ME, self._by_hand.me}
            kind, weight = ("account", ACCOUNT) if is_account else ("by hand", BY_HAND)
            self._made.append(Evidence(name, speaker.id, kind, weight, self._times(name)))
            person, own = self._persons.of_speaker(speaker.id), self._persons.of_name(name)
            if own is None:
                self._persons.add(name, person)
            else:
                self._persons.merge(person, own)

    def _join_waiting(self) -> None:
        """Names that a hand joined to each other, once one of them is somebody's."""
        for names in list(self._waiting):
            person = next(filter(None, map(self._persons.of_name, names)), None)
            if person is not None:
                self._waiting.remove(names)
                others = [name for name in names if self._persons.of_name(name) is not person]
                self._join_given(others, person.speakers[0])

    def join_speakers_by_name(self) -> None:
        """Speakers with the same name in their names, unless something speaks against it."""
        keys = {name: self._named[name].keys for name in self._speakers}
        for found in namesakes(self._speakers, self._readings, keys, self._shares_page):
            for group in found.groups:
                self._join_group(group, found.key)
            self._keep_apart(found)

    def _join_group(self, names: list[str], key: NameKey) -> None:
        first = self._speakers[names[0]]
        for name in names[1:]:
            person = self._persons.of_speaker(first.id)
            other = self._persons.of_speaker(self._speakers[name].id)
            if other is not person and self._persons.may_merge(person, other):
                weight, note = self._adjustment(name, person)
                self._make(name, first, key, weight, note)
                self._persons.merge(person, other)

    def _keep_apart(self, found: Namesakes) -> None:
        """Write down why speakers with the same key are other persons, for `explain`."""
        first = self._speakers[found.groups[0][0]]
        for name, *_ in found.groups[1:]:
            speaker, readings = self._speakers[name], self._readings
            note = objection(speaker, first, readings, found.key, self._shares_page)
            self._make(name, first, found.key, 0.0, note or "several people have it")

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
            own = self._persons.of_name(name)
            own = own or self._persons.of_speaker(first.setdefault(name, person_id))
            other = self._persons.of_speaker(person_id)
            if other is not own and self._may_be_one(own, other):
                self._persons.merge(own, other)
                merged = True
        return merged

    def join_names(self, links: Mapping[str, list[_Link]]) -> bool:
        """Names whose evidence for one person is enough, and clearly ahead."""
        chosen = [
            (name, self._persons.current(found[0].person))
            for name, found in links.items()
            if self._persons.of_name(name) is None and self._is_clear(found)
        ]
        for name, person in chosen:
            # a name that must be kept apart may have joined in the same round
            if not self._persons.is_parted(name, person):
                self._persons.add(name, person)
        self._join_waiting()
        return bool(chosen)

    def _is_clear(self, found: list[_Link]) -> bool:
        first = self._persons.current(found[0].person)
        others = (link for link in found if self._persons.current(link.person) is not first)
        second = next(others, None)
        ahead = second is None or found[0].weight - second.weight >= AHEAD
        return found[0].weight >= ENOUGH and ahead

    def links(self) -> dict[str, list[_Link]]:
        """For every name the persons it may be of, where there are any."""
        self._persons.take_changed()
        return self._links_of_all(sorted(self._named))

    def renewed(self, links: Mapping[str, list[_Link]]) -> dict[str, list[_Link]]:
        """The links, after persons changed; what joined a name stays with it."""
        names: set[str] = set()
        for person in self._persons.take_changed():
            names |= person.names
            for speaker in person.speakers:
                names.update(self._names_of_speaker[speaker.id])
            for name in person.names:
                for key in self._named[name].keys:
                    names.update(self._names_of_key[key.text])
        # of all others nothing is different that their links are made of
        joined = {name for name in names & links.keys() if self._persons.of_name(name) is not None}
        again = names - joined
        kept = {name: found for name, found in links.items() if name not in again}
        return dict(sorted((kept | self._links_of_all(sorted(again))).items()))

    def _links_of_all(self, names: Iterable[str]) -> dict[str, list[_Link]]:
        persons_of_key = cache(self._persons_of_key)
        found = {}
        for name in names:
            if name not in self._speakers or self._named[name].observed:
                found[name] = self._links_of(name, persons_of_key)
        return {name: links for name, links in found.items() if links}

    def _persons_of_key(self, key: str) -> dict[int, str]:
        """The ids of all who have a key in their names, each with the first of these names."""
        found: dict[int, str] = {}
        for name in self._names_of_key[key]:
            person = self._persons.of_name(name)
            if person is not None:
                found.setdefault(person.id, name)
        return found

    def decision(self, links: Mapping[str, list[_Link]]) -> Decision:
        """What came of it all."""
        verdicts = [
            Verdict(piece, self._verdict(piece, links.get(piece.name, [])))
            for piece in (*self._made, *self._evidence)
        ]
        verdicts += [Verdict(piece, "apart") for piece in self._parted_by_hand()]
        for name, found in links.items():
            if name not in self._speakers:
                kept = found[:CANDIDATES_KEPT]
                made = [link.made for link in kept if link.made is not None]
                verdicts += [Verdict(piece, self._verdict(piece, found)) for piece in made]
        return Decision(
            self._readings,
            {name: person.id for name, person in self._persons.names()},
            verdicts,
        )

    def _parted_by_hand(self) -> Iterable[Evidence]:
        """That archive.toml keeps names apart, from the side of each."""
        pieces = {}
        for one, other in (pair for names in self._by_hand.part for pair in permutations(names, 2)):
            person = self._persons.of_name(other)
            if person is not None:
                speaker = self._speakers.get(other) or person.speakers[0]
                piece = Evidence(one, speaker.id, "by hand", -BY_HAND, self._times(one))
                pieces[one, speaker.id] = piece
        return pieces.values()

    def _verdict(self, piece: Evidence, found: list[_Link]) -> str:
        person = self._persons.of_speaker(piece.speaker_id)
        joined = self._persons.of_name(piece.name)
        if joined is not None:
            return "joins" if joined is person else "apart"
        likely = found and found[0].weight >= ENOUGH
        near = [
            self._persons.current(link.person)
            for link in found
            if link.weight > found[0].weight - AHEAD
        ]
        return "ambiguous" if likely and person in near else "apart"

    def _links_of(
        self, name: str, persons_of_key: Callable[[str], Mapping[int, str]]
    ) -> list[_Link]:
        """The persons a name may be of, the likeliest first."""
        named, own = self._named[name], self._persons.of_name(name)
        observed: dict[int, list[Evidence]] = {}
        for piece in named.observed:
            observed.setdefault(self._persons.of_speaker(piece.speaker_id).id, []).append(piece)
        shared: dict[int, tuple[NameKey, str]] = {}
        # what a hand joined needs no key, and would find itself
        settled = own is not None and name not in self._speakers
        for key in () if settled else named.keys:
            having = persons_of_key(key.text)
            if len(having) <= MOST_OF_A_KEY:
                for person_id, of_name in having.items():
                    shared.setdefault(person_id, (key, of_name))
        links = []
        for person_id in sorted(observed.keys() | shared.keys()):
            person = self._persons.of_speaker(person_id)
            is_own = person is own and name in self._speakers
            if not is_own and not self._persons.is_parted(name, person):
                pieces = observed.get(person_id, [])
                links.append(self._link(name, person, pieces, shared.get(person_id)))
        return sorted(links, key=lambda link: (-link.weight, link.person.label))

    def _link(
        self,
        name: str,
        person: Person,
        pieces: list[Evidence],
        shared: tuple[NameKey, str] | None,
    ) -> _Link:
        """What ties a name to a person: what was observed, and what their names have in common."""
        observed = _observed_weight(pieces)
        adjusted, note = self._adjustment(name, person)
        if shared is None:
            weight = observed + adjusted if observed else 0.0
            if _is_chance(pieces, weight):
                weight = min(weight, ENOUGH - AHEAD)
            return _Link(weight, observed, person, None)
        key, of_name = shared
        speaker = self._speakers.get(of_name) or max(
            person.speakers, key=lambda s: (s.messages, s.name)
        )
        weight = key.weight + adjusted
        made = Evidence(name, speaker.id, key.kind, weight, self._times(name), note=note)
        return _Link(observed + made.weight, observed, person, made)

    def _adjustment(self, name: str, person: Person) -> tuple[float, str | None]:
        """What companies, cities and personal names say for or against it, and in words."""
        reading = self._named[name].reading
        if not (reading.company or reading.city or reading.personal):
            return 0.0, None
        others = [self._named[other].reading for other in person.names if other != name]
        found = []
        if reading.company:
            told = [
                same_company(reading.company, other.company) for other in others if other.company
            ]
            if True in told:
                found.append(SAME_COMPANY)
            elif False in told:
                found.append(OTHER_COMPANY)
        if reading.city:
            cities = {other.city for other in others if other.city}
            if cities and reading.city not in cities:
                found.append(OTHER_CITY)
        if reading.personal:
            personal = [other for other in others if other.personal]
            if personal and all(other_personal_name(reading, other) for other in personal):
                found.append(OTHER_PERSONAL_NAME)
        if not found:
            return 0.0, None
        return sum(weight for weight, _ in found), ", ".join(note for _, note in found)

    def _make(
        self, name: str, speaker: Speaker, key: NameKey, adjusted: float, note: str | None
    ) -> None:
        weight, times = key.weight + adjusted, self._times(name)
        self._made.append(Evidence(name, speaker.id, key.kind, weight, times, note=note))

    def _may_be_one(self, one: Person, other: Person) -> bool:
        """Whether nothing speaks against two persons being one who never meet."""
        if not self._persons.may_merge(one, other):
            return False
        mine, theirs = (
            [reading for name in person.names if (reading := self._named[name].reading).personal]
            for person in (one, other)
        )
        if mine and theirs and all(other_personal_name(a, b) for a in mine for b in theirs):
            return False
        return not any(self._shares_page(a.id, b.id) for a in one.speakers for b in other.speakers)

    def _times(self, name: str) -> int:
        speaker = self._speakers.get(name)
        return (speaker.messages if speaker else 0) + self._written.get(name, 0)


def _observed_weight(pieces: Collection[Evidence]) -> float:
    """What messages say of one name and person; of quotes and answers the best counts most."""
    if not pieces:
        return 0.0
    weights: dict[str, list[float]] = {"quote": [], "answers": [], "same message": []}
    for piece in pieces:
        weights[piece.kind].append(piece.weight)
    answers = sorted(weights["answers"], reverse=True)
    texts = min(sum(weights["quote"]), MOST_FROM_QUOTES) + sum(weights["same message"])
    return texts + sum(answers[:1]) + FURTHER_ANSWERS * sum(answers[1:])


def _is_chance(pieces: Collection[Evidence], weight: float) -> bool:
    """Whether nothing but answers ties a name to somebody, and too few or too weak ones."""
    if any(piece.kind != "answers" for piece in pieces):
        return False
    return weight < ENOUGH_ANSWERS or sum(piece.times for piece in pieces) < LEAST_TIMES
