"""Terms that make Chinese searchable with FTS5's own unicode61 tokenizer.

A run of Chinese has no spaces, and unicode61 takes it for one word. So the index holds each run
as its overlapping pairs, then its last character alone: `协议支付` becomes `协议 议支 支付 付`.
A run of two characters or more is found as the phrase of its pairs, a single one as the
prefix of a term: every character starts one. Other runs stay words.
"""

from __future__ import annotations

import operator
import re
import sys
import unicodedata
from array import array
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from itertools import compress, pairwise
from pathlib import Path
from typing import NamedTuple

# Scripts written without spaces: ideographs, kana, bopomofo, hangul. Every one of these
# characters is part of a word to unicode61 (a test asks it).
CJK = (
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\U00020000-\U0003fffd"
)
RUN = re.compile(f"[{CJK}]+")
_MOST_MARKS = 30
# So many pairs of a run are made at a time, and the terms of so many texts.
_BLOCK = 100_000
_TEXTS_AT_ONCE = 1000
_USUAL_SIGNS = "，。！？；：（）、“”‘’…—《》【】「」～·"
_IDEOGRAPH = "\u4e00-\u9fff"
# Between texts, and between runs: no text that is usual has them.
_END_OF_TEXT, _END_OF_RUN = "\x00", "\x01"
_UTF16 = f"utf-16-{sys.byteorder[0]}e"
# A Chinese character that Python's Unicode does not know yet is part of a word all the same.
_BETWEEN_WORDS = re.compile(f"[^\\w {CJK}]+|_+")


def normalize(text: str) -> str:
    """Text as search compares it: full-width, case and traditional forms become the plain ones."""
    table = plain_forms()
    text = text.translate(table)
    # by now most text is in normal form: what is not ASCII in a chat is Chinese and punctuation
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", _with_short_marks(text)).translate(table)
    return text.casefold()


def index_terms(text: str) -> str:
    """The terms of ``text``, separated by spaces, for the column of ``messages_fts``."""
    return terms_of(words_of(text))


def index_terms_of(texts: Sequence[str]) -> list[str]:
    """``index_terms`` of each text (but for their spaces), at a third of the cost of one by one."""
    found: list[str] = []
    for start in range(0, len(texts), _TEXTS_AT_ONCE):
        block = texts[start : start + _TEXTS_AT_ONCE]
        is_usual = list(map(_usual().fullmatch, block))
        usual = iter(_terms_of_usual(list(compress(block, is_usual))))
        found += (
            next(usual) if is_so else index_terms(text)
            for text, is_so in zip(block, is_usual, strict=True)
        )
    return found


def with_terms(texts: Collection[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Entries of ``messages_fts``: the ids of those texts that have terms, and the terms."""
    terms = index_terms_of([text for _, text in texts])
    return ((id_, found) for (id_, _), found in zip(texts, terms, strict=True) if found)


def words_of(text: str) -> str:
    """Normal text with nothing but words in it: what is one is for Python to say.

    SQLite's tokenizer has an older Unicode, which knows fewer letters.
    """
    return _words(normalize(text))


def terms_of(words: str) -> str:
    """The terms of what ``words_of`` gives, separated by spaces."""
    return RUN.sub(_pairs, words)


def _words(plain: str) -> str:
    return _BETWEEN_WORDS.sub(" ", plain)


def _with_short_marks(text: str) -> str:
    """Text without runs of more than 30 combining marks (UAX #15, stream-safe text).

    They are put into order in the square of their number, and nobody writes so many.
    """
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _terms_of_usual(texts: list[str]) -> list[str]:
    """All at once, so that no character and no run is a step of Python's."""
    parts = _patterns().ideographs.split(
        _patterns().between.sub(" ", _END_OF_TEXT.join(texts).lower())
    )
    # others, run, others, run, …, others
    parts[1::2] = _pairs_of_runs(parts[1::2])
    return " ".join(parts).split(_END_OF_TEXT) if texts else []


def _pairs_of_runs(runs: list[str]) -> list[str]:
    """Each run's pairs, and its last character alone."""
    if not runs:
        return []
    characters = array("H", _END_OF_RUN.join(runs).encode(_UTF16))
    pairs = array("H", [ord(" ")]) * (3 * len(characters) - 2)
    pairs[0::3] = characters
    pairs[1::3] = characters[1:]
    # `AB B. .C CD D` without what goes over the end of a run, each a dot
    return _patterns().over_an_end.split(pairs.tobytes().decode(_UTF16))


def _pairs(match: re.Match[str]) -> str:
    run = match[0]
    if len(run) <= _BLOCK:
        return f" {' '.join(map(operator.add, run, run[1:]))} {run[-1]} "
    # join() has all that it joins in memory at once: of a giant run, forty times its size
    starts = range(0, len(run) - 1, _BLOCK)
    blocks = (map(operator.add, run[i : i + _BLOCK], run[i + 1 : i + 1 + _BLOCK]) for i in starts)
    return f" {' '.join(map(' '.join, blocks))} {run[-1]} "


@cache
def _usual() -> re.Pattern[str]:
    """Text that normal form leaves as it is but for case, and for punctuation in its own form.

    It takes 10 ms to make: worth it for the messages of a load, not for the words of a search.
    """
    first, last = map(ord, _IDEOGRAPH.split("-"))
    others = [first - 1, *sorted(c for c in plain_forms() if first <= c <= last), last + 1]
    simplified = [f"{chr(a + 1)}-{chr(b - 1)}" for a, b in pairwise(others) if b - a > 1]
    return re.compile(f"[\n -~{_USUAL_SIGNS}{''.join(simplified)}]*")


class _Patterns(NamedTuple):
    """What only loading needs, made when it is."""

    between: re.Pattern[str]
    ideographs: re.Pattern[str]
    over_an_end: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    return _Patterns(
        re.compile(f"[^A-Za-z0-9 {_IDEOGRAPH}{_END_OF_TEXT}]+"),
        re.compile(f"([{_IDEOGRAPH}]+)"),
        re.compile(f"{_END_OF_RUN} {_END_OF_RUN}. "),
    )


@cache
def plain_forms() -> dict[int, int]:
    """Simplified characters for traditional ones, ASCII for full-width signs."""
    # importlib.resources would take longer to import than the table to read
    table = Path(__file__).with_name("traditional.tsv").read_text("utf-8")
    _, _, pairs = table.partition("\n")
    # each line has the same four characters: one, a tab, the other, a newline
    simplified = str.maketrans(pairs[0::4], pairs[2::4])
    full_width = {code: code - 0xFF01 + 0x21 for code in range(0xFF01, 0xFF5F)}
    return simplified | full_width
