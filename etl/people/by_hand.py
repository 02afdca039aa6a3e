"""What people decided about who is who: it always wins. Pure."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

# The pronoun that the exporter gives the account it exported for a name.
ME = "我"


class ByHand(NamedTuple):
    """What people decided: ``me`` is who 我 is, ``join`` and ``part`` are groups of names."""

    me: str | None = None
    join: tuple[tuple[str, ...], ...] = ()
    part: tuple[tuple[str, ...], ...] = ()

    def names(self) -> set[str]:
        """All names it speaks of."""
        joined = {name for names in self.joined() for name in names}
        return joined | {name for names in self.part for name in names}

    def joined(self) -> list[list[str]]:
        """The names of each person, whatever groups say so together; 我 is one of them."""
        sets: list[list[str]] = []
        account = [(ME, self.me)] if self.me and self.me != ME else []
        for names in (*account, *self.join):
            touching = [one for one in sets if not set(one).isdisjoint(names)]
            sets = [one for one in sets if one not in touching]
            sets.append(list(dict.fromkeys([*(n for one in touching for n in one), *names])))
        return sets

    def contradiction(self) -> tuple[str, str] | None:
        """Two names that are kept apart and joined, if there are any."""
        for names in self.part:
            for one, other in combinations(names, 2):
                if any(one in joined and other in joined for joined in self.joined()):
                    return one, other
        return None
