"""How else a Chinese character may be written in a text whose normal form has it.

The index finds a single character as the prefix of terms, which takes FTS5 time in proportion to
all messages that have it. Where a few messages are to be looked through, this does instead.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from db.text_index.terms import normalize, plain_forms, words_of

# Ideographs: unlike kana and hangul, nothing composes them of several characters or joins them to
# what stands behind them, so that a text's normal form is that of its characters one by one.
_IDEOGRAPHS = (
    range(0x3005, 0x3008),
    range(0x3021, 0x302A),
    range(0x3400, 0x4DC0),
    range(0x4E00, 0xA000),
    range(0xF900, 0xFB00),
    range(0x20000, 0x3FFFE),
)
# The blocks with characters that NFKC makes ideographs of: radicals, 〸, ㊤, ㍿, 🈚 and their like
# (a test looks for others).
_COMPATIBLE = (
    range(0x2E80, 0x3400),
    range(0xF900, 0xFB00),
    range(0x1F200, 0x1F300),
    range(0x2F800, 0x2FA20),
)


def writings(text: str) -> list[str]:
    """The characters of which a message has one if and only if search finds ``text`` in it.

    None for text that is not just one ideograph.
    """
    character = words_of(text).strip()
    if len(character) != 1 or not any(ord(character) in block for block in _IDEOGRAPHS):
        return []
    return list(dict.fromkeys([character, *_other_writings().get(character, ())]))


@cache
def _other_writings() -> dict[str, list[str]]:
    """By a character of normal form, the others that it is written as."""
    written: defaultdict[str, list[str]] = defaultdict(list)
    for code, simplified in plain_forms().items():
        written[chr(simplified)].append(chr(code))
    for one in (chr(code) for block in _COMPATIBLE for code in block):
        for character in normalize(one):
            if character != one:
                written[character].append(one)
    return written
