"""The longest common subsequence of two sequences: what stayed when a page was written again."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Hashable, Sequence


def common_subsequence(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of indexes ``(i, j)`` with ``a[i] == b[j]``, both ascending, as many as there can be.

    Hunt and Szymanski's algorithm (CACM 20:5, 1977): time in proportion to the pairs that are
    equal, and messages seldom equal another one of their day.
    """
    start = 0
    while start < len(a) and start < len(b) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    pairs = [(i, i) for i in range(start)]
    pairs += _middle(a, b, start, len(a) - end, len(b) - end)
    pairs += [(len(a) - k, len(b) - k) for k in range(end, 0, -1)]
    return pairs


def _middle(
    a: Sequence[Hashable], b: Sequence[Hashable], start: int, end_a: int, end_b: int
) -> list[tuple[int, int]]:
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for j in range(end_b - 1, start - 1, -1):
        places[b[j]].append(j)
    # thresholds[k]: the least j that ends a common subsequence of k + 1 pairs; chains[k]: that one
    thresholds: list[int] = []
    chains: list[_Chain] = []
    for i in range(start, end_a):
        for j in places.get(a[i], ()):
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
