"""Text that was typed to search, as what FTS5 matches, and as what a plain scan finds.

Both say the same: a run of Chinese is found wherever its characters stand side by side, other
words as whole words; what stands between words (spaces, punctuation) does not matter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

from db.text_index.terms import CJK, RUN, normalize, terms_of, words_of

# What unicode61 takes for part of a word and is not Chinese; and what stands between words.
_OTHER = f"[^\\W_{CJK}]"
_BETWEEN = r"[\W_]"


def match_phrase(text: str, *, prefix: bool = False) -> str:
    """An FTS5 MATCH string for messages that contain ``text``; '' if it has no word to look up.

    With ``prefix`` its last word may go on, as Chinese always may.
    """
    plain = words_of(text)
    words = terms_of(plain).split()
    if not words:
        return ""
    *_, run = ["", *RUN.findall(plain)]
    if run and plain.rstrip().endswith(run):
        # The index has a run's last character alone, too: here the run may go on.
        prefix = len(run) == 1
        if not prefix:
            words.pop()
    return f'"{" ".join(words)}"{"*" if prefix else ""}'


def scan_pattern(text: str, *, prefix: bool = False) -> re.Pattern[str] | None:
    """What finds the same in ``scannable(message)``; None if there is no word to look up."""
    patterns = _patterns()
    pieces = patterns.piece.findall(scannable(text))
    if not pieces:
        return None
    parts = []
    before: bool | None = None
    for piece in pieces:
        chinese = bool(RUN.match(piece))
        if before is None:
            parts.append("" if chinese else f"(?<!{_OTHER})")
        else:
            # two words of one script with nothing between them would be one word
            parts.append(_BETWEEN + ("+" if chinese == before else "*"))
        parts.append(re.escape(piece))
        before = chinese
    if not before and not prefix:
        parts.append(f"(?!{_OTHER})")
    return re.compile("".join(parts))


def scannable(text: str) -> str:
    """Normal text without the diacritics that unicode61 takes off Latin letters."""
    return _patterns().marked.sub(_bare_letter, normalize(text))


class _Patterns(NamedTuple):
    """What only scanning needs: made when it is, as it takes 10 ms."""

    piece: re.Pattern[str]
    marked: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    return _Patterns(re.compile(f"[{CJK}]+|{_OTHER}+"), re.compile("[\u00c0-\u1eff]"))


def _bare_letter(match: re.Match[str]) -> str:
    base = unicodedata.normalize("NFD", match[0])[0]
    return base if base.isascii() else match[0]
