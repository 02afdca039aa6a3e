"""How well names, people, mentions and replies are found out, on real data: figures, no names.

*Hidden names.* A mention that is written exactly as some speaker is called shows whom it means. So
a tenth of those speakers' names is hidden at a time (the speakers stay, under a number), and the
mentions are resolved by what is left. Right is the very speaker, or one that is the same person by
all evidence; ``strict`` counts the very speaker alone.

The exact names themselves are checked by who is around their mentions, where that is clear.

*Held-out quotes.* Where a quoted text was written by one speaker alone, the name in the quote and
the name over the message are one person's. A random half of those pairs is held out, people are
decided by the rest, and the held-out pairs are scored. `我` in a quote is left out: it is whoever
quotes themselves.
"""

from __future__ import annotations

import random
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from db.people import reader
from db.people.rows import Evidence, QuoteOf, Speaker
from etl.jobs.mentions import EVERYONE
from etl.people import build
from etl.people.by_hand import ME, ByHand
from etl.people.decide import ENOUGH_ANSWERS, LEAST_TIMES, Decision, decide
from etl.people.observe import quote_evidence

FOLDS, SPLITS = 10, 20
# By what a mention is resolved: the first of these that ties its name to the person.
STEPS = ("exact", "quote", "same message", "account", "personal name", "nickname", "answers")


class Score(NamedTuple):
    """What came of a test; ``strict`` is the part of ``right`` that is the very speaker."""

    right: int
    wrong: int
    unresolved: int
    strict: int = 0

    @property
    def precision(self) -> float:
        """The share of what was resolved that is right."""
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        """The share of all that is right."""
        return self.right / max(self.right + self.wrong + self.unresolved, 1)


@dataclass
class Observed:
    """All that is decided by, read from an archive once."""

    headers: list[Evidence]
    evidence: list[Evidence]
    speakers: list[Speaker]
    written: dict[str, int]
    quotes: list[QuoteOf]
    mentions: Counter[str]
    pages: dict[int, frozenset[int]]
    by_hand: ByHand
    _decided: Decision | None = field(default=None)

    def decide(self, speakers: Iterable[Speaker], evidence: Iterable[Evidence]) -> Decision:
        """Who is who, by this evidence."""

        def shares_page(one: int, other: int) -> bool:
            return not self.pages[one].isdisjoint(self.pages[other])

        return decide(list(speakers), self.written, evidence, self.by_hand, shares_page)

    @property
    def decided(self) -> Decision:
        """Who is who, by all evidence."""
        if self._decided is None:
            self._decided = self.decide(self.speakers, [*self.headers, *self.evidence])
        return self._decided


def observed(connection: sqlite3.Connection, by_hand: ByHand = ByHand()) -> Observed:
    """What an archive shows."""
    written = reader.written_names(connection)
    headers, evidence = build.observe(connection, [], None, written)
    speakers = reader.speakers(connection, headers)
    pages = {one.id: frozenset(reader.days_of_speaker(connection, one.id)) for one in speakers}
    doubled = {
        day for day in frozenset().union(*pages.values()) if build.is_doubled_page(connection, day)
    }
    mentions = Counter(
        mention.name
        for first, last in reader.message_ranges(connection)
        for mention in reader.named_mentions_between(connection, None, first, last)
    )
    del mentions[EVERYONE]
    written.pop(EVERYONE, None)
    return Observed(
        headers,
        evidence,
        speakers,
        written,
        reader.quotes_under(connection, None),
        mentions,
        {id_: days - doubled for id_, days in pages.items()},
        by_hand,
    )


def resolved_by_step(found: Observed) -> Counter[str]:
    """How many mentions are resolved, by step."""
    known = {speaker.name for speaker in found.speakers}
    kinds = _kinds(found.decided)
    return Counter(
        {
            step: sum(
                times
                for name, times in found.mentions.items()
                if name in found.decided.person_of and _step(name, known, kinds) == step
            )
            for step in STEPS
        }
    )


def exact_names(found: Observed) -> Score:
    """Mentions of speakers' exact names, scored by who is around them where that is clear."""
    persons = found.decided.person_of
    names = {speaker.id: speaker.name for speaker in found.speakers}
    answers: dict[str, list[Evidence]] = defaultdict(list)
    for piece in found.evidence:
        if piece.kind == "answers" and piece.name in persons and found.mentions[piece.name]:
            answers[piece.name].append(piece)
    right = wrong = 0
    for name in sorted({speaker.name for speaker in found.speakers} & answers.keys()):
        best = max(answers[name], key=lambda piece: piece.weight)
        if best.weight >= ENOUGH_ANSWERS and best.times >= LEAST_TIMES:
            is_right = persons[names[best.speaker_id]] == persons[name]
            right += found.mentions[name] * is_right
            wrong += found.mentions[name] * (not is_right)
    return Score(right, wrong, 0, right)


def hidden_names(found: Observed, seed: int = 1) -> dict[str, Score]:
    """Scores of mentions whose header name was hidden: by step, and of ``all``."""
    names = sorted(speaker.name for speaker in found.speakers if found.mentions[speaker.name])
    random.Random(seed).shuffle(names)
    tallies: dict[str, Counter[str]] = defaultdict(Counter)
    for fold in range(FOLDS):
        _hide(found, set(names[fold::FOLDS]), tallies)
    return {
        step: Score(
            tally["strict"] + tally["same"], tally["wrong"], tally["unresolved"], tally["strict"]
        )
        for step, tally in tallies.items()
    }


def _hide(found: Observed, hidden: set[str], tallies: dict[str, Counter[str]]) -> None:
    ids = {speaker.name: speaker.id for speaker in found.speakers}

    def unnamed(piece: Evidence) -> Evidence:
        # these pieces are about the speaker, others about the name as written
        own = piece.kind in ("header", "same message") and piece.name in hidden
        return piece._replace(name=f"#{ids[piece.name]}") if own else piece

    speakers = [s._replace(name=f"#{s.id}") if s.name in hidden else s for s in found.speakers]
    decided = found.decide(speakers, map(unnamed, [*found.headers, *found.evidence]))
    members = _members(speakers, decided)
    all_members = _members(found.speakers, found.decided)
    kinds = _kinds(decided)
    for name in hidden:
        person = decided.person_of.get(name)
        times = found.mentions[name]
        if person is None:
            tallies["all"]["unresolved"] += times
            continue
        same = all_members[found.decided.person_of[name]] & members[person]
        result = "strict" if ids[name] in members[person] else "same" if same else "wrong"
        for step in ("all", _step(name, set(), kinds)):
            tallies[step][result] += times


def held_out_quotes(found: Observed) -> Score:
    """Pairs of names from quotes, pooled over random halves of them that were held out."""
    ids = {speaker.name: speaker.id for speaker in found.speakers}
    pairs = sorted(
        {
            (quote.name, quote.speaker_id)
            for quote in found.quotes
            if quote.name != ME and ids.get(quote.name) != quote.speaker_id
        }
    )
    others = [piece for piece in found.evidence if piece.kind != "quote"]
    right = wrong = unresolved = 0
    for split in range(SPLITS):
        shuffled = pairs.copy()
        random.Random(split).shuffle(shuffled)
        held = set(shuffled[: len(pairs) // 2])
        kept = [quote for quote in found.quotes if (quote.name, quote.speaker_id) not in held]
        evidence = [*found.headers, *others, *quote_evidence(kept)]
        decided = found.decide(found.speakers, evidence)
        members = _members(found.speakers, decided)
        for name, speaker_id in held:
            person = decided.person_of.get(name)
            if person is None:
                unresolved += 1
            elif speaker_id in members[person]:
                right += 1
            else:
                wrong += 1
    return Score(right, wrong, unresolved, right)


def _members(speakers: Iterable[Speaker], decided: Decision) -> dict[int, set[int]]:
    members: dict[int, set[int]] = defaultdict(set)
    for speaker in speakers:
        members[decided.person_of[speaker.name]].add(speaker.id)
    return members


def _kinds(decided: Decision) -> dict[str, set[str]]:
    kinds: dict[str, set[str]] = defaultdict(set)
    for piece, verdict in decided.verdicts:
        if verdict == "joins":
            kinds[piece.name].add(piece.kind)
    return kinds


def _step(name: str, known: set[str], kinds: dict[str, set[str]]) -> str:
    if name in known:
        return "exact"
    return next((step for step in STEPS if step in kinds.get(name, ())), STEPS[-1])
