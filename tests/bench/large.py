"""The same questions for very many messages: `make bench-large`, ten million unless MESSAGES says.

The pages are generated and loaded once; with a folder to keep they are there for the next run,
and so are the figures of the steps that made them. Every step says on stderr when it begins.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.bench import again, browse, queries, search
from tests.bench.figures import Figure
from tests.bench.load import count
from tests.bench.processes import in_a_process, load, run_etl, size_of
from tests.bench.setting import Setting
from tests.bench.sizes import of_archive
from tests.bench.vocabulary import PLANTED

SEED = 1
FEW = 100_000
"""Messages of the archive that the cost per message is compared with."""
# from what ten messages have to what a third of all have
TERMS = (*PLANTED, "支付", "代扣", "的", "了 是", "协议支付")
SEARCHES, RANKED = 40, 20
HTTP_ROUNDS = 10
HTTP_GOALS = {"home": "≤ 100", "busiest day": "≤ 150"}
QUERY_LIMIT = 5000
PEAK = 300


@dataclass
class Large:
    """An archive of so many messages in ``folder``, made if it is not there."""

    messages: int
    folder: Path
    rounds: int
    started: float = 0

    def say(self, step: str) -> None:
        """Say live what begins."""
        self.started = self.started or time.monotonic()
        seconds = time.monotonic() - self.started
        print(f"{seconds:7.0f} s  {step}", file=sys.stderr, flush=True)

    @cached_property
    def pages(self) -> Path:
        """The pages, generated."""
        return self._generated(self.messages)

    def _generated(self, messages: int) -> Path:
        """Pages of so many messages."""
        pages = self.folder / f"pages-{messages}"
        done = pages / "generated"
        if not done.exists():
            self.say(f"generate {messages:,} messages")
            options = ("--messages", str(messages), "--seed", str(SEED), "--out", pages)
            in_a_process("tests.bench.generate", *options)
            done.touch()
        return pages / "source"

    @cached_property
    def db(self) -> Path:
        """The archive, loaded; what that took is kept beside it."""
        db, noted = self.folder / f"{self.messages}.db", self._noted
        if not noted.exists():
            pages = self.pages
            # before and after, as the machine may be busier in between
            few = [self.seconds_of_few()]
            self.say(f"load {self.messages:,} messages")
            db.unlink(missing_ok=True)
            done = load(pages, db)
            few += [self.seconds_of_few() for _ in range(min(self.rounds, 3) - 1)]
            took = {"seconds": done.seconds, "peak": done.peak, "few": statistics.median(few)}
            noted.write_text(json.dumps(took), "utf-8")
        return db

    def seconds_of_few(self) -> float:
        """What the load of a small archive takes."""
        few = min(FEW, self.messages)
        pages = self._generated(few)
        self.say(f"load {few:,} messages")
        self.few_db.unlink(missing_ok=True)
        return load(pages, self.few_db).seconds

    @property
    def few_db(self) -> Path:
        """The small archive."""
        return self.folder / "few.db"

    @property
    def took(self) -> dict[str, float]:
        """The first load's seconds and peak, and the seconds of the small one."""
        assert self.db.exists()
        noted: dict[str, float] = json.loads(self._noted.read_text())
        return noted

    @property
    def _noted(self) -> Path:
        return self.folder / f"{self.messages}.json"


def of_load(large: Large) -> Iterator[Figure]:
    """Time per message, memory and sizes."""
    took, few = large.took, min(FEW, large.messages)
    each = took["seconds"] / large.messages
    growth = each / (took["few"] / few)
    yield Figure(f"load, per message / with {FEW:,}", growth, "×", "≤ 1.3")
    yield Figure("load", took["seconds"], "s", note=f"{large.messages / took['seconds']:,.0f}/s")
    yield Figure("load, peak memory", took["peak"], "MiB", f"≤ {PEAK}")
    pages, size = size_of(large.pages), large.db.stat().st_size
    yield Figure("database / pages", size / pages, "×", "≤ 3", f"{pages / 1e6:,.0f} MB of pages")
    yield from of_archive(large.db)
    yield Figure("rejects", count(large.db, "rejects"), "", "≤ 0")


def of_keeping(large: Large) -> Iterator[Figure]:
    """`etl verify` and `etl status`; the time of either goes with the days and messages."""
    db, few = large.db, min(FEW, large.messages)
    if not large.few_db.exists():
        large.seconds_of_few()
    for command in ("status", "verify"):
        large.say(f"etl {command}")
        done, of_few = run_etl(command, "--db", db), run_etl(command, "--db", large.few_db)
        growth = (done.seconds / large.messages) / (of_few.seconds / few)
        yield Figure(f"etl {command}", done.seconds, "s")
        yield Figure(f"etl {command}, per message / with {FEW:,}", growth, "×", "≤ 1.3")
        yield Figure(f"etl {command}, peak memory", done.peak, "MiB", f"≤ {PEAK}")


def of_loading_again(large: Large) -> Iterator[Figure]:
    """With nothing changed, and with one page."""
    pages, db = large.pages, large.db
    rounds = min(large.rounds, 5)
    large.say("load again, unchanged")
    yield again.unchanged(pages, db, rounds)
    large.say("load again, one file changed")
    first = large.took["seconds"]
    yield again.one_changed(pages, db, first, rounds, "again, one file changed")


def of_searches(large: Large) -> Iterator[Figure]:
    """Newest first, by rank, and beside ripgrep."""
    pages, db = large.pages, large.db
    large.say("search, newest first")
    yield from search.worst(db, TERMS, "newest", SEARCHES, 50)
    large.say("search, by rank")
    yield from search.worst(db, TERMS, "rank", RANKED, 1000)
    large.say("search beside rg")
    yield from search.against_ripgrep(pages, db, search.WORD, min(large.rounds, 5), "≥ 5")


def of_pages(large: Large) -> Iterable[Figure]:
    """Over HTTP; of pages that have no goal of their own only how long they take."""
    db = large.db
    large.say("pages over HTTP")
    return browse.over_http(db, HTTP_ROUNDS, HTTP_GOALS, usual="")


def of_queries(large: Large) -> Iterable[Figure]:
    """Every canned query."""
    db = large.db
    large.say("canned queries")
    return queries.slowest(db, 3, QUERY_LIMIT)


PARTS: dict[str, Callable[[Large], Iterable[Figure]]] = {
    "load": of_load,
    "keep": of_keeping,
    "search": of_searches,
    "browse": of_pages,
    "queries": of_queries,
    # it changes pages, so it comes last
    "again": of_loading_again,
}


def measure(messages: int, setting: Setting, parts: Iterable[str]) -> list[Figure]:
    """Run the parts named, on an archive of so many messages."""
    large = Large(messages, setting.folder, setting.rounds)
    figures = [figure for part in PARTS if part in parts for figure in PARTS[part](large)]
    large.say("done")
    return figures
