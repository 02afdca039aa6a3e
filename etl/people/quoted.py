"""Which earlier message a quote is of. Pure: the candidates come from the full-text index.

The newest one that fits: letter for letter, else as text was cut or written otherwise on its way
(a lost character is `?` or a space, quotes were escaped to another depth than texts).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from db.people.rows import Candidate
from db.text_index import match_phrase

# More words than that tell no more, and take time to look up.
LONGEST_PHRASE = 24
# A shorter piece of a text may begin many.
SHORTEST_CUT = 8
_LOST = re.compile(r"[?\s\u2005\ufffd…]+|\.{3,}\Z")
_ESCAPED = re.compile(r"&(?:amp;)*(amp|lt|gt|quot|#[0-9]+);")
_SIGNS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}


def phrase_of(text: str) -> str:
    """What the full-text index is asked for the candidates of a quote; '' if it has no word."""
    clean = _ESCAPED.split(text)[0]
    phrase = match_phrase(clean[:LONGEST_PHRASE], prefix=True)
    return phrase or match_phrase(text[:LONGEST_PHRASE], prefix=True)


def fitting(text: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates that fit best, in their order: all letter for letter, or all less exactly."""
    those = list(candidates)
    wanted = text.strip()
    exact = [one for one in those if one.text.strip() == wanted]
    return exact or _folded_alike(wanted, those)


def _folded_alike(text: str, candidates: list[Candidate]) -> list[Candidate]:
    wanted = _folded(text)
    if not wanted:
        return []
    folded = [(one, _folded(one.text)) for one in candidates]
    same = [one for one, text in folded if text == wanted]
    if same or len(wanted) < SHORTEST_CUT:
        return same
    return [one for one, text in folded if text.startswith(wanted)]


def _folded(text: str) -> str:
    """A text without what differs between a message and a quote of it."""
    return _LOST.sub("", _ESCAPED.sub(_unescaped, text))


def _unescaped(match: re.Match[str]) -> str:
    name = match[1]
    if name.startswith("#"):
        code = int(name[1:7])
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
    return _SIGNS[name]
