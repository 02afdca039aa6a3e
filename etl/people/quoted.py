"""Which earlier message a quote is of. Pure: the candidates come from the full-text index.

The newest one that fits: letter for letter, else as text was cut or written otherwise on its way
(a lost character is `?` or a space, quotes were escaped to another depth than texts).
"""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from db.people.rows import Candidate
from db.text_index import index_terms, match_phrase

# More words than that tell no more, and take time to look up.
LONGEST_PHRASE = 16
# A shorter piece of a text may begin many.
SHORTEST_CUT = 8
_LOST = re.compile(r"[?\s\u2005\ufffd…]+|\.{3,}\Z")
# Last words that are no pairs of Chinese characters: of these the index has to put all that begin
# so together, from the whole archive.
# (Not compiled: it takes time, and most changed pages have no quote.)
_LAST_ALONE = r"(?<=\W)\w\W*\Z|(?<=[^\u3400-\u9fff])[\u3400-\u9fff]\W*\Z"
_LAST_WORDS = (
    r"(?:(?<![\u3400-\u9fff])[\u3400-\u9fff]\W*|(?<![^\W\u3400-\u9fff])[^\W\u3400-\u9fff]+\W*)+\Z"
)
_BETWEEN = re.compile(r"\W+")
# Terms that SQLite sees as we do, so that it counts as many in a text.
_USUAL_TERMS = re.compile(r'"[a-z0-9\u4e00-\u9fff ]+"')
_ESCAPED = re.compile(r"&(?:amp;)*(amp|lt|gt|quot|#[0-9]+);")
_SIGNS = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}

# Where a message stands in its room: date and position.
Place = tuple[str, int]


def phrase_of(text: str) -> str:
    """What the full-text index is asked for the candidates of a quote; '' if it has no word."""
    clean = _ESCAPED.split(text)[0]
    if clean == text and len(text) <= LONGEST_PHRASE and len(_folded(text)) < SHORTEST_CUT:
        # too short to be looked for as the beginning of a longer one: its last word ends there
        terms = index_terms(text).strip()
        return f'"{terms}"' if terms else ""
    return _begun(clean[:LONGEST_PHRASE]) or _begun(text[:LONGEST_PHRASE])


def terms_of(text: str, phrase: str) -> int | None:
    """How many terms a text has that is its phrase; None if it is not, or that is not known."""
    is_whole = phrase == f'"{index_terms(text).strip()}"' and _USUAL_TERMS.fullmatch(phrase)
    return len(phrase.split()) if is_whole else None


def _begun(text: str) -> str:
    """What finds texts that begin so: without last words that are alone, as many have them."""
    shorter = re.sub(_LAST_WORDS, "", text)
    if len(_BETWEEN.sub("", shorter)) < SHORTEST_CUT:
        shorter = re.sub(_LAST_ALONE, "", text)
    return match_phrase(shorter, prefix=True) or match_phrase(text, prefix=True)


class Quoted(NamedTuple):
    """The message that a quote is of, and its speaker where nobody else wrote what fits."""

    message_id: int
    speaker_id: int | None


class Fits:
    """Messages that fit a quote, asked for those before a place."""

    def __init__(self, messages: Iterable[Candidate]):
        self._messages = sorted(messages, key=lambda one: (one.date, one.position))
        self._places = [(one.date, one.position) for one in self._messages]
        # where the messages of one speaker in a row that each belongs to begin
        self._begins: list[int] = []
        for at, one in enumerate(self._messages):
            same = at > 0 and self._messages[at - 1].speaker_id == one.speaker_id
            self._begins.append(self._begins[-1] if same else at)

    def newest(self, since: str, before: Place) -> Quoted | None:
        """The newest from a date on and before a place; None if there is none."""
        first, end = self._range(since, before)
        if first == end:
            return None
        newest = self._messages[end - 1]
        alone = self._begins[end - 1] <= first
        return Quoted(newest.message_id, newest.speaker_id if alone else None)

    def speakers(self, since: str, before: Place, most: int) -> list[Candidate]:
        """The newest of them, at most so many, newest first."""
        first, end = self._range(since, before)
        return self._messages[max(first, end - most) : end][::-1]

    def _range(self, since: str, before: Place) -> tuple[int, int]:
        end = bisect.bisect_left(self._places, before)
        return min(bisect.bisect_left(self._places, (since, 0)), end), end


class Pool:
    """Messages of a room with one phrase, asked which of them fit a text."""

    def __init__(self, candidates: Iterable[Candidate]):
        self._exact: dict[str, list[Candidate]] = defaultdict(list)
        for one in candidates:
            self._exact[one.text.strip()].append(one)
        self._folded: dict[str, list[Candidate]] | None = None
        self._in_order: list[str] = []

    def exact(self, text: str) -> Fits:
        """Those that are the text, letter for letter."""
        return Fits(self._exact.get(text.strip(), ()))

    def less_exact(self, text: str) -> Fits:
        """Those that are the text but for what is lost on the way."""
        wanted = _folded(text)
        return Fits(self._folded_texts().get(wanted, ()) if wanted else ())

    def begun(self, text: str) -> Fits:
        """Those that it begins."""
        folded = self._folded_texts()
        wanted = _folded(text)
        if len(wanted) < SHORTEST_CUT:
            return Fits(())
        begin = bisect.bisect_left(self._in_order, wanted)
        cut: list[Candidate] = []
        while begin < len(self._in_order) and self._in_order[begin].startswith(wanted):
            cut += folded[self._in_order[begin]]
            begin += 1
        return Fits(cut)

    def _folded_texts(self) -> dict[str, list[Candidate]]:
        if self._folded is None:
            self._folded = defaultdict(list)
            for text, messages in self._exact.items():
                self._folded[_folded(text)] += messages
            self._in_order = sorted(self._folded)
        return self._folded


class Wanted:
    """The texts of quotes, to find those that a message may fit."""

    def __init__(self, texts: Iterable[str]):
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._folded: dict[str, set[str]] = defaultdict(set)
        lengths: dict[str, set[int]] = defaultdict(set)
        for text in texts:
            self._exact[text.strip()].add(text)
            folded = _folded(text)
            self._folded[folded].add(text)
            if len(folded) >= SHORTEST_CUT:
                lengths[folded[:SHORTEST_CUT]].add(len(folded))
        self._lengths = lengths

    def fitted(self, text: str) -> set[str]:
        """All that a message with this text may fit, and perhaps more."""
        folded = _folded(text)
        found = self._exact.get(text.strip(), set()) | self._folded.get(folded, set())
        for length in self._lengths.get(folded[:SHORTEST_CUT], ()):
            found |= self._folded.get(folded[:length], set())
        return found


def _folded(text: str) -> str:
    """A text without what differs between a message and a quote of it."""
    return _LOST.sub("", _ESCAPED.sub(_unescaped, text))


def _unescaped(match: re.Match[str]) -> str:
    name = match[1]
    if name.startswith("#"):
        code = int(name[1:7])
        return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
    return _SIGNS[name]
