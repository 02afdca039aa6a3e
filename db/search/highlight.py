"""Where in a message a search's texts stand: on the original text, not on its normal form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from db.search.language import Text
from db.text_index import scan_pattern, scannable


def spans(text: str, texts: list[Text]) -> list[tuple[int, int]]:
    """Half-open spans of ``text`` that match, in order, none touching another."""
    plain, origins = _plain_with_origins(text)
    found = sorted(
        (origins[match.start()], origins[match.end() - 1] + 1)
        for one in texts
        for match in _pattern(one).finditer(plain)
        if match.end() > match.start()
    )
    return list(_merged(found))


@lru_cache(maxsize=256)
def _pattern(text: Text) -> re.Pattern[str]:
    pattern = scan_pattern(text.text, prefix=text.prefix)
    return pattern or re.compile(re.escape(scannable(text.text)))


def _plain_with_origins(text: str) -> tuple[str, list[int]]:
    """The text as search compares it, and for each of its characters the one it came from."""
    plain = [(_scannable_character(character), i) for i, character in enumerate(text)]
    return "".join(part for part, _ in plain), [i for part, i in plain for _ in part]


@lru_cache(maxsize=20_000)
def _scannable_character(character: str) -> str:
    return scannable(character)


def _merged(found: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start = end = -1
    for first, last in found:
        if first > end:
            if end > start:
                yield start, end
            start, end = first, last
        else:
            end = max(end, last)
    if end > start:
        yield start, end
