"""Terms that make Chinese searchable with FTS5's own unicode61 tokenizer.

A run of Chinese has no spaces, and unicode61 takes it for one word. So the index holds each run
as its overlapping pairs, then its last character alone: `协议支付` becomes `协议 议支 支付 付`.
A run of two characters or more is found as the phrase of its pairs, a single one as the
prefix of a term: every character starts one. Other runs stay words.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from functools import cache
from pathlib import Path

# Raise it with any change to what index_terms() gives: an archive's index must be of one version.
VERSION = "1"

# Scripts written without spaces: ideographs, kana, bopomofo, hangul. Every one of these
# characters is part of a word to unicode61 (a test asks it).
CJK = (
    "\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u3131-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\U00020000-\U0003fffd"
)
RUN = re.compile(f"[{CJK}]+")
_MOST_MARKS = 30
# So many pairs of a run are made at a time.
_BLOCK = 100_000
_USUAL_SIGNS = "，。！？；：（）、“”‘’…—《》【】「」～·"
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
    # nine in ten messages, at a third of the cost
    plain = text.lower() if _usual().fullmatch(text) else normalize(text)
    return terms_of(_words(plain))


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

    It takes 30 ms to make: worth it for the messages of a load, not for the words of a search.
    """
    simplified = (c for c in map(chr, range(0x4E00, 0xA000)) if ord(c) not in plain_forms())
    return re.compile(f"[ -~{_USUAL_SIGNS}{''.join(simplified)}]*")


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
