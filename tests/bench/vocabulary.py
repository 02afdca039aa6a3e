"""Invented text whose characters are as often written as those of real pages.

The words are general ones and made-up ones; what real text gave is only how often the first,
second, third… most frequent character stands in it (statistics.json).
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

Pairs = Sequence[Sequence[float]]

WORDS_FILE = Path(__file__).with_name("words.txt")


def words(kind: str) -> list[str]:
    """The words of a kind in words.txt."""
    lines = (line.partition(": ") for line in WORDS_FILE.read_text("utf-8").splitlines())
    return [word for name, _, given in lines if name == kind for word in given.split()]


# the first character of a word takes the next rank of the curve that is free
WORDS = words("chinese")
LATIN = words("latin")
PUNCTUATION = {
    "，": 40,
    " ": 12,
    "。": 8,
    "？": 10,
    "、": 8,
    "！": 6,
    "：": 4,
    "…": 2,
    "（": 2,
    "）": 2,
}

# made of characters that no other word has, so that these stand where they are put and nowhere else
PLANTED = {"麒麟": None, "鹦鹉": 10_000, "蜻蜓": 1_000, "琥珀": 100, "蝌蚪": 10}
"""Words by how many messages there are to one that has it; None: ten messages have it."""
TEN = 10

TAPE = 60_000
"""Words and sayings written at once."""
SAYINGS, WORDS_OF_A_SAYING = 6_000, 5
IN_SAYINGS = 0.6
"""How much of all text is said again and again: people repeat more than single words."""
# the rest of what is neither Chinese nor Latin is in names behind an @ and around emoji
_OTHER_IN_WORDS = 0.72
_MADE_UP_TO_A_CHARACTER = 3
_FITTING_ROUNDS = 30


class Vocabulary:
    """Words, with how often each is to be drawn."""

    def __init__(self, figures: dict[str, Any], rng: random.Random):
        ordered = common_characters()
        ordered = ordered[: int(figures["chinese_characters"][-1][0] * 1.2)]
        wanted = curve_shares(figures["chinese_characters"], len(ordered))
        target = dict(zip(ordered, wanted, strict=True))
        chinese = [*WORDS, *made_up(ordered, rng)]
        weights = fitted(chinese, target)
        letters = sum(w * len(word) for word, w in zip(chinese, weights, strict=True))
        classes = figures["characters"]
        self._items = list(chinese)
        self._weights = [weight / letters * classes["chinese"] for weight in weights]
        self._add(dict.fromkeys(LATIN, 1), classes["latin"] / 2)
        self._add(PUNCTUATION, classes["other"] * _OTHER_IN_WORDS)
        self._numbers = classes["latin"] / 2
        self._rng = rng
        self._repeat_some()

    def _repeat_some(self) -> None:
        """Let much of the text be sayings: a few words that always go together."""
        bounds = list(accumulate(self._weights))
        k = WORDS_OF_A_SAYING
        drawn = self._rng.choices(self._items, cum_weights=bounds, k=SAYINGS * k)
        sayings = ["".join(drawn[at : at + k]) for at in range(0, len(drawn), k)]
        each = IN_SAYINGS * bounds[-1] / k / SAYINGS
        self._weights = [weight * (1 - IN_SAYINGS) for weight in self._weights]
        self._items += sayings
        self._weights += [each] * SAYINGS

    def _add(self, words: dict[str, int], share: float) -> None:
        """Words that ``share`` of all characters is to stand in."""
        letters = sum(len(word) * weight for word, weight in words.items())
        self._items += words
        self._weights += [weight * share / letters for weight in words.values()]

    def write(self) -> str:
        """A long text, new each time."""
        rng = self._rng
        numbers = [str(int(10 ** rng.uniform(1, 8))) for _ in range(200)]
        weight = self._numbers / sum(map(len, numbers))
        items = self._items + numbers
        bounds = list(accumulate(self._weights + [weight] * len(numbers)))
        return "".join(rng.choices(items, cum_weights=bounds, k=TAPE))


def common_characters() -> list[str]:
    """Chinese characters: those of our words in their order, then the common ones of GB 2312."""
    level_one = [bytes([row, cell]) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)]
    others = [c for code in level_one if (c := code.decode("gb2312", "ignore"))]
    random.Random(2312).shuffle(others)
    planted = set("".join(PLANTED))
    return [c for c in dict.fromkeys("".join(WORDS + others)) if c not in planted]


def made_up(ordered: Sequence[str], rng: random.Random) -> list[str]:
    """Every character alone, and in some words with others: frequent ones are in more words."""
    partners = ordered[: len(ordered) // 4]
    words = [
        character + rng.choice(partners)
        for character in ordered
        for _ in range(_MADE_UP_TO_A_CHARACTER)
    ]
    known = set(WORDS)
    return [word for word in dict.fromkeys([*ordered, *words]) if word not in known]


def fitted(words: Sequence[str], target: dict[str, float]) -> list[float]:
    """Weights of words under which each character has its share of all characters."""
    weights = [math.prod(target[c] for c in word) ** (1 / len(word)) for word in words]
    for _ in range(_FITTING_ROUNDS):
        got: Counter[str] = Counter()
        for word, weight in zip(words, weights, strict=True):
            for character in word:
                got[character] += weight  # type: ignore[assignment]
        total = sum(got.values())
        factor = {c: math.sqrt(target[c] * total / share) for c, share in got.items()}
        weights = [
            weight * math.prod(factor[c] for c in word) ** (1 / len(word))
            for word, weight in zip(words, weights, strict=True)
        ]
    return weights


def curve_shares(curve: Pairs, ranks: int) -> list[float]:
    """The share of every rank, between the points of a curve and a little beyond; 1 in all."""
    found = [math.exp(along([(math.log(x), math.log(y)) for x, y in curve], math.log(rank)))
             for rank in range(1, ranks + 1)]  # fmt: skip
    total = sum(found)
    return [share / total for share in found]


def along(points: Pairs, x: float) -> float:
    """The value of a curve of straight pieces at ``x``; the outer pieces go on."""
    at = min(max(bisect_left([point[0] for point in points], x), 1), len(points) - 1)
    (x0, y0), (x1, y1) = points[at - 1], points[at]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def even_steps(quantiles: Sequence[float], steps: int = 2_000) -> list[float]:
    """Values as likely as each other, that follow the quantiles of a distribution."""
    ends = len(quantiles) - 1
    points = list(enumerate(quantiles))
    pieces = list(pairwise(points))
    values = []
    for step in range(steps):
        at = (step + 0.5) / steps * ends
        (x0, y0), (_, y1) = pieces[min(int(at), ends - 1)]
        values.append(y0 + (y1 - y0) * (at - x0))
    return values
