"""The words that somebody uses far more than others do.

Chinese has no spaces, and a dictionary would know neither the trade nor the group. So a word is
any two to eight characters typed together; those that are only pieces of a longer one, or that a
particle begins or ends, are left out. Dunning's log-likelihood compares in how many of the
person's messages, and in how many of everybody else's, each occurs.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from db.text_index import normalize
from db.text_index.phrase import match_phrase
from db.text_index.terms import CJK

LONGEST = 8
# Asking the index for one word takes up to a millisecond.
_CANDIDATES = 60
# What is said in fewer messages says nothing of a person.
_FEWEST = 3
# Log-likelihood that chance gives once in twenty times.
_SURE = 3.84
# A whole word takes nearly all occurrences of its pieces with it.
_PIECE_OF = 0.75

_RUN = re.compile(f"[{CJK}]+|[a-z][a-z0-9]+")
# URLs, emoji, and mentions of names that are not known: what ended those became `?`
_NO_WORDS = re.compile(r"https?://[\x21-\x7e]+|\[[^\[\]\s]{1,8}\]|@[^\s?@]*")
_PARTICLES = set("的了着吗呢吧啊呀哦噢嘛啦哈呵嗯是在就也都还又很太和跟或但而我你您他她它们这那个么")


class Word(NamedTuple):
    """A word, and in how many messages it is."""

    word: str
    messages: int


def telling_words(
    connection: sqlite3.Connection, texts: Iterable[str], everybody: int, limit: int
) -> list[Word]:
    """The words of somebody's texts that tell them from the ``everybody`` messages of all."""
    own = list(texts)
    scored, counts = [], _words_said_often(own)
    for word, count in _whole_words(counts)[:_CANDIDATES]:
        others = max(_messages_with(connection, word) - count, 0)
        score = log_likelihood(count, len(own), others, max(everybody - len(own), others, 1))
        if score > _SURE:
            scored.append((-score, word))
    return [Word(word, counts[word]) for _, word in _without_overlaps(sorted(scored))][:limit]


def log_likelihood(count: int, size: int, other_count: int, other_size: int) -> float:
    """How surely the first share is the larger one; 0 where it is not."""
    share = (count + other_count) / (size + other_size)
    if count / size <= other_count / other_size:
        return 0.0
    other = other_count * math.log(other_count / (other_size * share)) if other_count else 0.0
    return 2 * (count * math.log(count / (size * share)) + other)


def _words_said_often(texts: list[str]) -> dict[str, int]:
    """Everything that may be a word, with the number of texts it is in."""
    runs = [_RUN.findall(_NO_WORDS.sub(" ", normalize(text))) for text in texts]
    others = Counter(word for of_text in runs for word in {run for run in of_text if run.isascii()})
    found = _often(others)
    chinese = [[run for run in of_text if not run.isascii()] for of_text in runs]
    shorter: dict[str, int] | None = None
    for size in range(2, LONGEST + 1):
        counts = Counter(word for of_text in chinese for word in _of_size(of_text, size, shorter))
        shorter = _often(counts)
        found |= shorter
    return found


def _often(counts: Counter[str]) -> dict[str, int]:
    return {word: count for word, count in counts.items() if count >= _FEWEST}


def _of_size(runs: list[str], size: int, shorter: dict[str, int] | None) -> set[str]:
    """The runs' pieces of that size; what is said often begins and ends with what is, too."""
    pieces = (run[at : at + size] for run in runs for at in range(len(run) - size + 1))
    if shorter is None:
        return set(pieces)
    return {piece for piece in pieces if piece[1:] in shorter and piece[:-1] in shorter}


def _whole_words(often: dict[str, int]) -> list[tuple[str, int]]:
    """Those that are no mere piece of a longer one, the most said first."""
    words = {
        word: count
        for word, count in often.items()
        if word[0] not in _PARTICLES and word[-1] not in _PARTICLES
    }
    pieces = {
        piece
        for word, count in words.items()
        if not word.isascii()
        for piece in _pieces(word)
        if count >= words.get(piece, 0) * _PIECE_OF
    }
    whole = [(word, count) for word, count in words.items() if word not in pieces]
    return sorted(whole, key=lambda item: (-item[1] * len(item[0]), item[0]))


def _pieces(word: str) -> Iterator[str]:
    return (
        word[start : start + size]
        for size in range(2, len(word))
        for start in range(len(word) - size + 1)
    )


def _without_overlaps(scored: list[tuple[float, str]]) -> Iterator[tuple[float, str]]:
    """The best of words of which one holds the other."""
    taken: list[str] = []
    for score, word in scored:
        if not any(word in other or other in word for other in taken):
            taken.append(word)
            yield score, word


def _messages_with(connection: sqlite3.Connection, word: str) -> int:
    query = "select count(*) from messages_fts where messages_fts match ?"
    return int(connection.execute(query, [match_phrase(word)]).fetchone()[0])
