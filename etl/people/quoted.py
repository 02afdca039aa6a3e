"""Which earlier message a quote is of. Pure: the candidates come from the full-text index.

The newest one that fits: letter for letter, else as text was cut or written otherwise on its way
(a lost character is `?` or a space, quotes were escaped to another depth than texts).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from db.people.rows import Candidate
from db.text_index import match_phrase

# More words than that tell no more, and take time to look up.
LONGEST_PHRASE = 24
# A shorter piece of a text may begin many.
SHORTEST_CUT = 8
_LOST = re.compile(r"[?\s\u2005\ufffd…]+|\.{3,}\Z")
_ESCAPED = re.compile(r"&(?:amp;)*(amp|lt|gt|quot|#[0-9]+);")
_SIGNS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}


class Found(NamedTuple):
    """The message that a quote is of, and its speaker where nobody else wrote what fits."""

    message_id: int | None = None
    speaker_id: int | None = None


def phrase_of(text: str) -> str:
    """What the full-text index is asked for the candidates of a quote; '' if it has no word."""
    clean = _ESCAPED.split(text)[0]
    phrase = match_phrase(clean[:LONGEST_PHRASE], prefix=True)
    return phrase or match_phrase(text[:LONGEST_PHRASE], prefix=True)


def find_quoted(text: str, candidates: Iterable[Candidate]) -> Found:
    """The newest candidate that fits best; they come newest first."""
    those = list(candidates)
    wanted = text.strip()
    exact = [one for one in those if one.text.strip() == wanted]
    fitting = exact or _folded_alike(wanted, those)
    if not fitting:
        return Found()
    speakers = {one.speaker_id for one in fitting}
    return Found(fitting[0].message_id, speakers.pop() if len(speakers) == 1 else None)


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
