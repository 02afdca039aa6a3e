"""The order of relevance: BM25.

FTS5's bm25() goes through all hits of every text, whatever messages it is asked for: of a million,
that alone takes seconds. So where a text has many, the messages to rank are read and weighed by
the same formula here, which takes ten times as long for each of them.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial

from db.search.compile import fts_match, text_of
from db.search.counting import estimated_hits
from db.search.language import And, Filter, Node, Not, Or, Text, wanted_texts
from db.search.walk import Place
from db.text_index import normalize, scan_pattern, scannable, writings

# Up to so many hits of each text FTS5 weighs; how many more there are, is estimated.
FEW = 10_000
# What bm25() has for k1 and b, and for a text that most messages have.
_K1, _B, _LEAST = 1.2, 0.75, 1e-6
_BM25 = "select rowid, -bm25(messages_fts) from messages_fts where messages_fts match ?"
# The index keeps how many terms each message has, and here how many messages and terms there are.
_TOTALS = "select block from messages_fts_data where id = 1"
_READ = """
select m.id, m.text, z.sz
from json_each(?) wanted cross join messages m on m.id = wanted.value
cross join messages_fts_docsize z on z.id = m.id
"""

# How much a message's normal text weighs; the second number stands for its length.
_Weigh = Callable[[str, float], float]


def by_relevance(connection: sqlite3.Connection, query: And, places: list[Place]) -> list[int]:
    """The ids of hits of a search that has text, the most relevant first; of equals the newest."""
    ranked = And(tuple(node for node in query.nodes if fts_match(node)))
    hits = {text: estimated_hits(connection, And((text,)), FEW) for text in wanted_texts(ranked)}
    if all(number <= FEW for number in hits.values()):
        weights = dict(connection.execute(_BM25, [text_of(query)]))
    else:
        weights = weights_by_reading(connection, ranked, [place.id for place in places], hits)
    return [place.id for place in sorted(places, key=lambda at: (weights[at.id], at), reverse=True)]


def weights_by_reading(
    connection: sqlite3.Connection, query: And, ids: Iterable[int], hits: Mapping[Text, int]
) -> dict[int, float]:
    """How relevant hits of a search of nothing but text are, as bm25() says but for its sign.

    ``hits`` are how many each text has in the whole archive.
    """
    messages, terms = _numbers(connection.execute(_TOTALS).fetchone()[0])

    def rareness(text: Text) -> float:
        return max(math.log((messages - hits[text] + 0.5) / (hits[text] + 0.5)), _LEAST)

    weigh, plain = _of(query, rareness), _plain(query)
    return {
        id_: weigh(plain(text), _K1 * (1 - _B + _B * _number(size) * messages / terms))
        for id_, text, size in connection.execute(_READ, [str(list(ids))])
    }


def _plain(query: And) -> Callable[[str], str]:
    """What makes a message's text normal, as far as that changes where a search's texts occur.

    To make a text normal takes longer than all else, and most of them have no ideograph that is
    searched for in another writing.
    """
    characters = {c for text in wanted_texts(query) for c in normalize(text.text)}
    written = {c: writings(c) for c in characters}
    if not all(written.values()):
        return scannable
    others = {one for of_character in written.values() for one in of_character} - characters
    has_other = re.compile(f"[{''.join(others)}]").search if others else lambda _: None
    return lambda text: scannable(text) if has_other(text) else text


def _of(node: Node, rareness: Callable[[Text], float]) -> _Weigh:
    """What weighs a part of a search: more than nothing wherever it finds a message."""
    match node:
        case Text(text, prefix):
            pattern = scan_pattern(text, prefix=prefix)
            assert pattern is not None, "what the index is asked for has words"
            # occurrences count that overlap, too
            occurrences = re.compile(f"(?={pattern.pattern})").findall
            return partial(_of_text, occurrences, rareness(node))
        case And(nodes):
            return partial(_of_all, [_of(one, rareness) for one in nodes])
        case Or(nodes):
            return partial(_of_any, [_of(one, rareness) for one in nodes])
        case Filter() | Not():
            raise AssertionError("FTS5 is asked for text alone")


def _of_text(
    occurrences: Callable[[str], list[str]], rareness: float, text: str, length: float
) -> float:
    number = len(occurrences(text))
    return rareness * (number * (_K1 + 1)) / (number + length)


def _of_all(parts: list[_Weigh], text: str, length: float) -> float:
    weights = [weigh(text, length) for weigh in parts]
    return sum(weights) if all(weights) else 0.0


def _of_any(parts: list[_Weigh], text: str, length: float) -> float:
    return sum(weigh(text, length) for weigh in parts)


@cache
def _number(block: bytes) -> int:
    return next(_numbers(block))


def _numbers(block: bytes) -> Iterator[int]:
    """The numbers in a block of the index: seven bits a byte, and a last byte is below 128."""
    number = 0
    for byte in block:
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            yield number
            number = 0
