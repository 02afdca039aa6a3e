"""How fast a search answers in process, by its hits, and beside `rg -F` over the pages."""

from __future__ import annotations

import shutil
import statistics
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from db.connection import open_read_only
from db.search import run as searches
from db.search.language import parse
from tests.bench.figures import Figure
from tests.bench.processes import CHATS, in_turns, median_ratio, p95, run, timed
from tests.bench.setting import Setting

WORD = "代扣"
# of one, two and four characters, from rare to frequent
TERMS = ("付", "扣", "代扣", "支付", "协议支付", "清算机构")
FOUND = 20


def measure(setting: Setting) -> list[Figure]:
    """Search the archive of the pages."""
    terms = [of_term(setting.db, term, setting.rounds) for term in TERMS]
    return [*terms, *against_ripgrep(setting.pages, setting.db, WORD, setting.rounds)]


def of_term(db: Path, term: str, rounds: int) -> Figure:
    """Milliseconds for the newest twenty hits."""
    times, hits = times_of(db, term, "newest", rounds)
    return Figure(f"find {term}", statistics.median(times), "ms", note=f"{hits:,} hits")


def times_of(db: Path, term: str, order: searches.Order, rounds: int) -> tuple[list[float], int]:
    """Milliseconds of each round, and how many hits there are."""
    query = parse(term)
    with open_read_only(db) as connection:
        searches.prepare(connection)
        times = [
            1000 * timed(lambda: searches.find(connection, query, order, FOUND))
            for _ in range(rounds)
        ]
        return times, searches.count(connection, query)


def worst(
    db: Path, terms: Sequence[str], order: searches.Order, rounds: int, limit: float
) -> Iterator[Figure]:
    """The 95th percentile of every term, and of the slowest of them."""
    of_terms = []
    for term in terms:
        times, hits = times_of(db, term, order, rounds)
        of_terms.append(Figure(f"  find {term}, {order}, p95", p95(times), "ms",
                               f"≤ {limit:g}", f"{hits:,} hits"))  # fmt: skip
    slowest = max(figure.value for figure in of_terms)
    yield Figure(f"find any term, {order}, p95 of the slowest", slowest, "ms", f"≤ {limit:g}")
    yield from of_terms


def against_ripgrep(
    pages: Path, db: Path, word: str, rounds: int, goal: str = ""
) -> Iterator[Figure]:
    """A search in process, and as a command, against `rg -F` over the pages; all are warm."""
    ripgrep = shutil.which("rg")
    if ripgrep is None:
        return
    command = [ripgrep, "-F", "-c", word, str(pages)]
    search = (CHATS, "search", word, "-n", str(FOUND), "--db", db)
    with open_read_only(db) as connection:
        searches.prepare(connection)
        turns = in_turns(
            rounds,
            lambda: timed(lambda: subprocess.run(command, check=True, capture_output=True)),
            lambda: timed(lambda: searches.find(connection, parse(word), "newest", FOUND)),
            lambda: run(*search).seconds,
        )
    yield Figure("rg -F over the pages / find in process", median_ratio(turns), "×", goal)
    yield Figure("rg -F over the pages / chats search", median_ratio(turns, 0, 2), "×")
