"""What messages show of who is who: whose words are quoted under a name, who answers to it. Pure.

*Quotes.* A quoted reply carries the name of the group and the text of an earlier message, whose
header has the name of the exporting account's address book: where one speaker alone wrote that
text, both names are one person's.

*Doubled messages.* Some pages were put together from the exports of two accounts, and hold every
message twice: under the name that each account's address book has. Both names are one person's.

*Answers.* Who is mentioned is mostly there: they just wrote what is answered, or answer now. For
every name the speakers around its mentions are compared with how often they are there anyway: a
log-likelihood ratio over slots of ten minutes. Whoever mentions a name does not bear it.
"""

from __future__ import annotations

import bisect
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from db.people.rows import Context, DoubledMessage, Evidence, QuoteOf, SpokenText

# A quote as short as that may be of anybody.
SHORT_QUOTE = 6
QUOTE, QUOTE_OF_LITTLE = 6.0, 2.5

EXPORTS = 2
SHORT_DOUBLE = 8
# A page with so many longer texts twice is one of them.
DOUBLED_PAGE = 3
DOUBLE, DOUBLE_OF_LITTLE = 6.0, 1.0

SLOT = 600
# Twice what any page was seen to have; in a larger crowd that mentions each other all pairs of
# them would be counted.
CROWD = 100
AROUND = 300
# Whoever is mentioned is there in so many slots of a day on which they write,
PRESENT = 0.7
# and each slot of a day on which they do not write speaks against it so much.
AWAY = -0.4
LEAST_SHARE, MOST_SHARE, MOST_SHARE_AWAY = 0.03, 0.9, 0.6
LEAST_WEIGHT, MOST_ANSWERERS = 2.0, 3


def quote_evidence(quotes: Iterable[QuoteOf]) -> list[Evidence]:
    """A piece per name and speaker; each text counts once. Quotes come in the order of time."""
    return _by_texts("quote", quotes, SHORT_QUOTE, (QUOTE_OF_LITTLE, QUOTE))


def doubled_on(page: Iterable[SpokenText]) -> list[DoubledMessage]:
    """The messages of a page that stand there under two names, from the side of each.

    What more people write in the same second is no message exported twice.
    """
    spoken: dict[tuple[str, str], list[SpokenText]] = defaultdict(list)
    for one in page:
        spoken[one.sent_at, one.text].append(one)
    found = []
    for alike in spoken.values():
        speakers = sorted({one.speaker_id for one in alike}) if len(alike) > 1 else []
        if len(speakers) == EXPORTS:
            # each message once, beside the one that it is in the other export
            pairs = zip(*([o for o in alike if o.speaker_id == s] for s in speakers), strict=False)
            for one, other in pairs:
                found.append(DoubledMessage(one.name, other.speaker_id, one.text, one.message_id))
                found.append(DoubledMessage(other.name, one.speaker_id, one.text, other.message_id))
    return found


def is_doubled(doubled: Iterable[DoubledMessage]) -> bool:
    """Whether the page of these was put together from the exports of two accounts."""
    texts = {one.text for one in doubled if len(one.text) >= SHORT_DOUBLE}
    return len(texts) >= DOUBLED_PAGE


def double_evidence(doubled: Iterable[DoubledMessage]) -> list[Evidence]:
    """A piece per pair of speakers, from the side of each; each text counts once."""
    found = _by_texts("same message", doubled, SHORT_DOUBLE, (DOUBLE_OF_LITTLE, DOUBLE))
    # two people may say the same short thing in one second
    return [piece for piece in found if piece.weight >= LEAST_WEIGHT]


def _by_texts(
    kind: str,
    found: Iterable[QuoteOf] | Iterable[DoubledMessage],
    least: int,
    weights: tuple[float, float],
) -> list[Evidence]:
    """Evidence from texts that a name and a speaker have in common; a short one weighs less."""
    pairs: dict[tuple[str, int], list[QuoteOf | DoubledMessage]] = defaultdict(list)
    for one in found:
        pairs[one.name, one.speaker_id].append(one)
    return [
        Evidence(
            name,
            speaker_id,
            kind,
            sum(weights[len(text) >= least] for text in {one.text for one in of_pair}),
            len(of_pair),
            of_pair[0].message_id,
            of_pair[-1].message_id,
        )
        for (name, speaker_id), of_pair in pairs.items()
    ]


@dataclass(slots=True)
class _There:
    """How a speaker was there when a name was mentioned: on days on which they were there at all.

    ``seen`` of ``slots`` slots, from one message to another.
    """

    first: int
    last: int = 0
    seen: int = 0
    slots: int = 0
    weight: float = 0.0


@dataclass(slots=True)
class _Around:
    """Who was there when a name was mentioned, in how many slots."""

    slots: int = 0
    authors: set[int | None] = field(default_factory=set)
    there: dict[int, _There] = field(default_factory=dict)


class Answers:
    """Counts, day by day, who is around the mentions of names."""

    def __init__(self) -> None:
        self._names: dict[str, _Around] = defaultdict(_Around)

    def add_day(
        self, contexts: Sequence[Context], seconds: Sequence[int], speakers: Sequence[int]
    ) -> None:
        """Take in the mentions of one page, with when who wrote on it; all in order of time."""
        if not contexts:
            return
        day = _Day(seconds, speakers)
        of_names = _slots_of_names(contexts, day)
        day.count_slots({one for slots in of_names.values() for _, those in slots for one in those})
        for name, slots in of_names.items():
            around = self._names[name]
            around.slots += len(slots)
            seen: dict[int, int] = defaultdict(int)
            for message, present in slots:
                for speaker_id in present:
                    seen[speaker_id] += 1
                    there = around.there.get(speaker_id)
                    if there is None:
                        there = around.there[speaker_id] = _There(message)
                    there.last = message
            for speaker_id, times in seen.items():
                there = around.there[speaker_id]
                there.seen += times
                there.slots += len(slots)
                there.weight += day.weight(speaker_id, times, len(slots))
        for context in contexts:
            if not context.is_quoted:
                self._names[context.name].authors.add(context.author_id)

    def evidence(self, speakers: Mapping[int, str]) -> list[Evidence]:
        """For every name the likeliest speakers, as far as there is much to say for them.

        ``speakers`` names them all: of two that are as likely the first by name.
        """
        return [piece for name in sorted(self._names) for piece in self._of_name(name, speakers)]

    def _of_name(self, name: str, speakers: Mapping[int, str]) -> list[Evidence]:
        around = self._names[name]
        likely = [
            Evidence(name, speaker_id, "answers", weight, there.seen, there.first, there.last)
            for speaker_id, there in around.there.items()
            if speaker_id not in around.authors
            and (weight := round(there.weight + AWAY * (around.slots - there.slots), 3))
            >= LEAST_WEIGHT
        ]
        return sorted(likely, key=lambda one: (-one.weight, speakers[one.speaker_id]))[
            :MOST_ANSWERERS
        ]


class _Day:
    """The speakers of a page, by time."""

    def __init__(self, seconds: Sequence[int], speakers: Sequence[int]):
        self._times, self._speakers = seconds, speakers
        self._slots: Mapping[int, int] = {}
        self._busy = 0
        self._around: dict[int, set[int] | None] = {}
        self._weights: dict[tuple[int, int, int], float] = {}

    def count_slots(self, speakers: Collection[int]) -> None:
        """Find out in how many slots each of these wrote: on most pages few are asked for."""
        written = zip(self._times, self._speakers, strict=True)
        slots = {(one, second // SLOT) for second, one in written if one in speakers}
        self._slots = Counter([one for one, _ in slots])
        self._busy = len({second // SLOT for second in self._times})

    def around(self, second: int) -> set[int] | None:
        """Who wrote within five minutes of a time; None where that is a crowd."""
        # a page may have any number of mentions in one second
        if second not in self._around:
            begin = bisect.bisect_left(self._times, second - AROUND)
            end = bisect.bisect_right(self._times, second + AROUND)
            there = set(self._speakers[begin:end])
            self._around[second] = there if len(there) <= CROWD else None
        return self._around[second]

    def weight(self, speaker_id: int, present: int, slots: int) -> float:
        """What it says that a speaker, as often as they write, was there in so many slots."""
        key = (self._slots[speaker_id], present, slots)
        if key not in self._weights:
            # in which share of the slots in which anybody writes the speaker does
            share = (key[0] + 1) / (self._busy + 2)
            self._weights[key] = _weight(present, slots, share)
        return self._weights[key]


def _slots_of_names(
    contexts: Sequence[Context], day: _Day
) -> dict[str, list[tuple[int, set[int]]]]:
    """For each name the slots it is mentioned in: the first message there, and who was around."""
    slots: dict[tuple[str, int], tuple[int, set[int]]] = {}
    for context in contexts:
        if context.is_quoted or context.is_list:
            continue
        around = day.around(context.second)
        if around is not None:
            slot = (context.name, context.second // SLOT)
            _, present = slots.setdefault(slot, (context.message_id, set()))
            present |= around - {context.author_id}
    found: dict[str, list[tuple[int, set[int]]]] = defaultdict(list)
    for (name, _), of_slot in slots.items():
        found[name].append(of_slot)
    return found


def _weight(present: int, slots: int, share: float) -> float:
    """The log-likelihood ratio of being there so often, against being there as on other slots."""
    usual = min(max(share, LEAST_SHARE), MOST_SHARE)
    if usual >= PRESENT:
        return 0.0
    away = math.log((1 - PRESENT) / (1 - min(usual, MOST_SHARE_AWAY)))
    return present * math.log(PRESENT / usual) + (slots - present) * away
