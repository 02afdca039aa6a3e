"""Decisions about who is who, on evidence given: what must hold whatever the names are."""

from __future__ import annotations

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from db.people.rows import Evidence, Speaker
from etl.people.by_hand import ByHand
from etl.people.decide import Decision, decide

NAMES = st.one_of(
    st.text(min_size=1, max_size=12),
    st.sampled_from(
        ["林秋", "林秋-青禾", "林秋-木石-产品", "Lin", "Lin-青禾-PM", "我", "四月", "?"]
    ),
)
KINDS = st.sampled_from(["quote", "answers", "same message"])


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Speaker], dict[str, int], list[Evidence], ByHand]:
    names = draw(st.lists(NAMES, min_size=1, max_size=8, unique=True))
    speakers = [
        Speaker(number, name, draw(st.integers(1, 99)), f"2031-01-0{number % 9 + 1}", "2031-02-01")
        for number, name in enumerate(names, start=1)
    ]
    written = draw(st.dictionaries(NAMES, st.integers(1, 9), max_size=6))
    everybody = sorted({*names, *written})
    evidence = [
        Evidence(name, speaker, kind, weight, times)
        for name, speaker, kind, weight, times in draw(
            st.lists(
                st.tuples(
                    st.sampled_from(everybody),
                    st.integers(1, len(names)),
                    KINDS,
                    st.floats(-5, 30),
                    st.integers(1, 9),
                ),
                max_size=12,
                unique_by=lambda piece: piece[:3],
            )
        )
    ]
    pair = st.lists(st.sampled_from(everybody), min_size=2, max_size=2, unique=True)
    part = draw(st.lists(pair, max_size=2)) if len(everybody) > 1 else []
    return speakers, written, evidence, ByHand(draw(st.none() | NAMES), (), tuple(map(tuple, part)))


def never_meet(*_: int) -> bool:
    return False


def together(decision: Decision) -> set[frozenset[str]]:
    persons: dict[int, set[str]] = {}
    for name, person in decision.person_of.items():
        persons.setdefault(person, set()).add(name)
    return {frozenset(names) for names in persons.values()}


@given(cases(), st.randoms(use_true_random=False), st.sets(st.integers(1, 8)))
def test_decisions_depend_on_no_order_and_no_id(
    case: tuple[list[Speaker], dict[str, int], list[Evidence], ByHand],
    order: random.Random,
    talkative: set[int],
) -> None:
    speakers, written, evidence, by_hand = case

    def decided(ids: dict[int, int]) -> set[frozenset[str]]:
        back = {new: old for old, new in ids.items()}

        def shares_page(one: int, other: int) -> bool:
            return {back[one], back[other]} <= talkative

        renumbered = [speaker._replace(id=ids[speaker.id]) for speaker in speakers]
        pieces = [piece._replace(speaker_id=ids[piece.speaker_id]) for piece in evidence]
        order.shuffle(renumbered)
        order.shuffle(pieces)
        return together(decide(renumbered, written, pieces, by_hand, shares_page))

    ids = [speaker.id for speaker in speakers]
    shuffled = order.sample(range(1, 99), len(ids))
    assert decided(dict(zip(ids, ids, strict=True))) == decided(
        dict(zip(ids, shuffled, strict=True))
    )


@given(cases())
def test_every_speaker_is_somebody_and_hands_are_obeyed(
    case: tuple[list[Speaker], dict[str, int], list[Evidence], ByHand],
) -> None:
    speakers, written, evidence, by_hand = case
    decision = decide(speakers, written, evidence, by_hand, never_meet)
    assert {speaker.name for speaker in speakers} <= decision.person_of.keys()
    for names in by_hand.part:
        # who 我 is, is said by hand, too
        if by_hand.me not in names and "我" not in names:
            persons = [decision.person_of.get(name) for name in names]
            assert None in persons or len(set(persons)) == 2
    for piece, verdict in decision.verdicts:
        assert verdict in ("joins", "ambiguous", "apart")
        if verdict == "joins":
            (name,) = [one.name for one in speakers if one.id == piece.speaker_id]
            assert decision.person_of[piece.name] == decision.person_of[name]


def test_time_grows_with_the_names_not_with_their_pairs() -> None:
    """Thousands of names with one nickname, and a chain of speakers that are one by evidence."""

    def seconds(number: int) -> float:
        speakers = [Speaker(i, f"名{i}", 1, "2031-01-01", "2031-01-02") for i in range(number)]
        alike = [Speaker(number + i, f"四月-{i}", 1, "2031-01-01", "2031-01-02")
                 for i in range(number)]  # fmt: skip
        chain = [Evidence(f"名{i}", i + 1, "same message", 30.0, 5) for i in range(number - 1)]
        written = {f"四月_{i}": 1 for i in range(number)}
        started = time.process_time()
        decide([*speakers, *alike], written, chain, ByHand(), never_meet)
        return time.process_time() - started

    seconds(100)
    assert seconds(4000) < 20 * max(seconds(400), 0.02)
