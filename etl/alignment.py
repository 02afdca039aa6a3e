"""The longest common subsequence of two sequences: what stayed when a page was written again."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence

# About a second of work.
MOST_PAIRS = 1_000_000


def common_subsequence(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of indexes ``(i, j)`` with ``a[i] == b[j]``, both ascending, as many as there can be.

    Hunt and Szymanski's algorithm (CACM 20:5, 1977): time in proportion to the pairs that are
    equal, and messages seldom equal another one of their day. Where thousands do, each is only
    paired with the one of its own number, and there might be a longer one.
    """
    start = 0
    while start < len(a) and start < len(b) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    pairs = [(i, i) for i in range(start)]
    inner_a, inner_b = a[start : len(a) - end], b[start : len(b) - end]
    if _equal_pairs(inner_a, inner_b) > MOST_PAIRS:
        inner_a, inner_b = _numbered(inner_a), _numbered(inner_b)
    pairs += [(start + i, start + j) for i, j in _align(inner_a, inner_b)]
    pairs += [(len(a) - k, len(b) - k) for k in range(end, 0, -1)]
    return pairs


def _equal_pairs(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    in_b = Counter(b)
    return sum(number * in_b[one] for one, number in Counter(a).items())


def _numbered(sequence: Sequence[Hashable]) -> list[Hashable]:
    """Each element with how many of its like stand before it: all different."""
    seen: Counter[Hashable] = Counter()
    numbered: list[Hashable] = []
    for one in sequence:
        numbered.append((one, seen[one]))
        seen[one] += 1
    return numbered


def _align(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for j in range(len(b) - 1, -1, -1):
        places[b[j]].append(j)
    # thresholds[k]: the least j that ends a common subsequence of k + 1 pairs; chains[k]: that one
    thresholds: list[int] = []
    chains: list[_Chain] = []
    for i, one in enumerate(a):
        for j in places.get(one, ()):
            k = bisect_left(thresholds, j)
            chain = _Chain(i, j, chains[k - 1] if k else None)
            if k == len(thresholds):
                thresholds.append(j)
                chains.append(chain)
            elif j < thresholds[k]:
                thresholds[k] = j
                chains[k] = chain
    pairs = []
    last = chains[-1] if chains else None
    while last is not None:
        pairs.append((last.i, last.j))
        last = last.before
    return pairs[::-1]


class _Chain:
    """A pair with the pairs before it."""

    __slots__ = ("before", "i", "j")

    def __init__(self, i: int, j: int, before: _Chain | None):
        self.i, self.j, self.before = i, j, before
