"""What people decided about who is who: it always wins."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ByHand:
    """What people decided: ``me`` is who 我 is, ``join`` and ``part`` are groups of names."""

    me: str | None = None
    join: tuple[tuple[str, ...], ...] = ()
    part: tuple[tuple[str, ...], ...] = ()

    def names(self) -> set[str]:
        """All names it speaks of."""
        named = {name for names in (*self.join, *self.part) for name in names}
        return named | ({self.me} if self.me else set())
