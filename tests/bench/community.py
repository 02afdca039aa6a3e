"""Invented people: their names, and who writes next."""

from __future__ import annotations

import random
from bisect import bisect_left
from math import log
from typing import Any, NamedTuple

from tests.bench.vocabulary import along, words

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "望秋问津叙白映雪闻笛若尘见山长庚敷听雨青梧晓眠渊衡素怀远书言清河云舟知行安宁子墨以南一帆"
COMPANY = words("company")
KIND = ("支付", "银行", "数科", "科技", "金服", "")
ROLES = words("role")
CITIES = words("city")
SEPARATORS = ("-", "-", "-", "-", "_", "－", "|", "—", "～", " ")

RENAMED = 0.1
"""Share of new names that somebody takes who is there already."""
NICKNAMES = 0.5
"""Share of names over messages that are as the exporter's address book has somebody."""
OTHER_IN_GROUP = {True: 0.9, False: 0.2}
"""Share of people whose name in the group is another one, with a nickname and without."""
EARLY = 0.9
"""How much likelier the early ones are to be the busiest: at 1 not at all, at 0 always."""


class Person(NamedTuple):
    """A name over messages, and the name that the group shows."""

    name: str
    in_group: str
    parts: tuple[str, str, str, str]


class Community:
    """Everybody who has written so far; grows as the curve of real names over messages does."""

    def __init__(self, figures: dict[str, Any], rng: random.Random):
        self._rng = rng
        self._growth: list[list[float]] = [[0, 0], *(point[::-1] for point in figures["speakers"])]
        (n0, v0), (n1, v1) = figures["speakers"][0], figures["speakers"][-1]
        # beyond what was measured the curve goes on as the power it is
        self._beyond = (n1, v1, _power(v0, v1, n0, n1))
        self._activity: list[list[float]] = figures["activity"]
        self._shares = [share for _, share in self._activity]
        self._taken: set[str] = set()
        self.people: list[Person] = []
        self._busiest: list[int] = []

    def next_at(self) -> float:
        """After how many messages the next name is due."""
        names = len(self.people)
        n1, v1, power = self._beyond
        return along(self._growth, names) if names < v1 else n1 * (names / v1) ** (1 / power)

    def join(self) -> int:
        """One more name: where it stands."""
        if self.people and self._rng.random() < RENAMED:
            nickname, _, _, city = self._rng.choice(self.people).parts
            person = self._named(nickname, city)
        else:
            person = self._named(self._nickname(), self._rng.choice(CITIES))
        self.people.append(person)
        # newcomers are seldom the busiest, but some of them become it
        place = int(len(self._busiest) * self._rng.random() ** EARLY)
        self._busiest.insert(place, len(self.people) - 1)
        return len(self.people) - 1

    def anybody(self) -> int:
        """Somebody, the busy ones as often as real ones write."""
        share = self._rng.random()
        at = min(max(bisect_left(self._shares, share), 1), len(self._shares) - 1)
        (x0, y0), (x1, y1) = self._activity[at - 1 : at + 1]
        place = x0 + (x1 - x0) * (share - y0) / (y1 - y0)
        return self._busiest[min(int(place * len(self._busiest)), len(self._busiest) - 1)]

    def _nickname(self) -> str:
        rng = self._rng
        return rng.choice(SURNAMES) + "".join(rng.choices(GIVEN, k=rng.choice((1, 2, 2, 2))))

    def _named(self, nickname: str, city: str) -> Person:
        rng = self._rng
        company = rng.choice(COMPANY)
        parts = (nickname, company + rng.choice(KIND), rng.choice(ROLES), city)
        name = rng.choice(SEPARATORS).join(parts)
        short = rng.random() < NICKNAMES
        if short:
            name = rng.choice((nickname, nickname, f"{nickname}{company}"))
        while name in self._taken:
            name += rng.choice("abcdefghkmnprstuvwxyz23456789")
        self._taken.add(name)
        in_group = name
        if rng.random() < OTHER_IN_GROUP[short]:
            in_group = rng.choice(SEPARATORS[:-1]).join((nickname, company, *parts[2:]))
        return Person(name, in_group, parts)


def _power(y0: float, y1: float, x0: float, x1: float) -> float:
    """The exponent of the curve through two points."""
    return log(y1 / y0) / log(x1 / x0)
