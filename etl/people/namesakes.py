"""Speakers with the same personal name or nickname in their names: who of them are one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from db.people.rows import Speaker
from etl.people.likeness import (
    LONG_PERSONAL,
    PERSONAL,
    NameKey,
    other_personal_name,
    same_company,
)
from etl.people.names import Reading

# A key that more speakers have tells nothing.
MOST_OF_A_KEY = 30

# Whether two speakers ever wrote on the same page: one account has one name there.
SharesPage = Callable[[int, int], bool]


class Namesakes(NamedTuple):
    """Names with a common key, in groups that may be one person each."""

    key: NameKey
    groups: list[list[str]]


def namesakes(
    speakers: Mapping[str, Speaker],
    readings: Mapping[str, Reading],
    keys: Mapping[str, Iterable[NameKey]],
    shares_page: SharesPage,
) -> list[Namesakes]:
    """All speakers that share a key, by key; ``keys`` has those of each speaker's name."""
    grouping = _Grouping(speakers, readings, shares_page)
    return [Namesakes(key, grouping.groups(names, key)) for key, names in _by_key(keys)]


def objection(
    one: Speaker,
    other: Speaker,
    readings: Mapping[str, Reading],
    key: NameKey,
    shares_page: SharesPage,
) -> str | None:
    """What speaks against two speakers with a common key being one; None if nothing does."""
    a, b = readings[one.name], readings[other.name]
    same = same_company(a.company, b.company) if a.company and b.company else None
    telling = key.kind == PERSONAL and key.weight >= LONG_PERSONAL
    if other_personal_name(a, b):
        return "another personal name"
    if same is False and not (telling and (one.last < other.first or other.last < one.first)):
        # one after the other is a new job
        return "another company at the same time" if telling else "another company"
    if not telling and a.city and b.city and a.city != b.city:
        return "another city"
    # two accounts of one person are named after both and the company
    if not (telling and same) and shares_page(one.id, other.id):
        return "both on one page"
    return None


def _by_key(keys_of: Mapping[str, Iterable[NameKey]]) -> list[tuple[NameKey, list[str]]]:
    """Names by the key that some share: the weakest, where it is one in different ways."""
    found: dict[str, dict[str, NameKey]] = defaultdict(dict)
    for name, keys in keys_of.items():
        for key in keys:
            found[key.text].setdefault(name, key)
    return [
        (min(keys.values(), key=lambda key: (key.weight, key.kind)), sorted(keys))
        for _, keys in sorted(found.items())
        if 1 < len(keys) <= MOST_OF_A_KEY
    ]


class _Grouping:
    """Puts names with a common key into groups."""

    def __init__(
        self,
        speakers: Mapping[str, Speaker],
        readings: Mapping[str, Reading],
        shares_page: SharesPage,
    ):
        self._speakers, self._readings, self._shares_page = speakers, readings, shares_page

    def groups(self, names: list[str], key: NameKey) -> list[list[str]]:
        """Names that may be one person's, in the order of time.

        Who tells no company goes with those who do if they are one person, else with nobody.
        """
        in_time = sorted(names, key=lambda name: (self._speakers[name].first, name))
        telling = [name for name in in_time if self._readings[name].company]
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
        one = self._speakers[name]
        for group in groups:
            others = (self._speakers[other] for other in group)
            if not any(objection(one, o, self._readings, key, self._shares_page) for o in others):
                group.append(name)
                return
        groups.append([name])
