"""Text that was typed to search, as what FTS5 matches, and as what a plain scan finds.

Both say the same: a run of Chinese is found wherever its characters stand side by side, other
words as whole words; what stands between words (spaces, punctuation) does not matter.
"""

from __future__ import annotations

import re
import unicodedata

from db.text_index.terms import CJK, index_terms, normalize

_PIECE = re.compile(f"[{CJK}]+|[^\\W_{CJK}]+")
_CHINESE = re.compile(f"[{CJK}]")
# What unicode61 takes for part of a word, and which of it is not Chinese.
_OTHER_WORD = f"[^\\W_{CJK}]"
_BETWEEN = r"[\W_]"
_MARKED = re.compile("[\u00c0-\u1eff]")


def match_phrase(text: str, *, prefix: bool = False) -> str:
    """An FTS5 MATCH string for messages that contain ``text``; '' if it has no word to look up.

    With ``prefix`` its last word may go on, as Chinese always may.
    """
    pieces = _pieces(text)
    if not pieces:
        return ""
    words = " ".join(index_terms(piece) for piece in pieces).split()
    if _CHINESE.match(pieces[-1]):
        # The index has a run's last character alone, too: here the run may go on.
        prefix = len(pieces[-1]) == 1
        if not prefix:
            words.pop()
    return f'"{" ".join(words)}"{"*" if prefix else ""}'


def scan_pattern(text: str, *, prefix: bool = False) -> re.Pattern[str] | None:
    """What finds the same in ``scannable(message)``; None if there is no word to look up."""
    pieces = _pieces(scannable(text))
    if not pieces:
        return None
    parts = []
    before: bool | None = None
    for piece in pieces:
        chinese = bool(_CHINESE.match(piece))
        if before is None:
            parts.append("" if chinese else f"(?<!{_OTHER_WORD})")
        else:
            # two words of one script with nothing between them would be one word
            parts.append(_BETWEEN + ("+" if chinese == before else "*"))
        parts.append(re.escape(piece))
        before = chinese
    if not before and not prefix:
        parts.append(f"(?!{_OTHER_WORD})")
    return re.compile("".join(parts))


def scannable(text: str) -> str:
    """Normal text without the diacritics that unicode61 takes off Latin letters."""
    return _MARKED.sub(_bare_letter, normalize(text))


def _pieces(text: str) -> list[str]:
    """The words of a text: runs of Chinese, and other words."""
    return _PIECE.findall(normalize(text))


def _bare_letter(match: re.Match[str]) -> str:
    base = unicodedata.normalize("NFD", match[0])[0]
    return base if base.isascii() else match[0]
