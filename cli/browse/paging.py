"""Long lists in parts. A part begins at an entry's key, so its address holds as the list grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(frozen=True, slots=True)
class Part(Generic[Entry]):
    """Some entries of a list; ``before`` and ``after`` are keys of where other parts begin."""

    entries: Sequence[Entry]
    first: int
    total: int
    before: str | None
    after: str | None

    @property
    def last(self) -> int:
        """The number of the last entry, as ``first`` is that of the first: from 1."""
        return self.first + len(self.entries) - 1


def part_of(
    entries: Sequence[Entry], key: Callable[[Entry], str], begin: str, size: int
) -> Part[Entry]:
    """The part that begins at the entry of that key; at the first one if there is none such."""
    start = next((at for at, entry in enumerate(entries) if key(entry) == begin), 0) if begin else 0
    end = start + size
    return Part(
        entries[start:end],
        start + 1,
        len(entries),
        key(entries[max(start - size, 0)]) if start else None,
        key(entries[end]) if end < len(entries) else None,
    )
