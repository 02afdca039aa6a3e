"""Thousands of damaged pages, real and invented, through `etl load` and `etl export`.

For each: no traceback, at most two seconds of a processor (what takes far longer by the clock is
killed), every message outside the damage (``damage`` says which those are) loaded with the same
time, name and body, the very bytes exported again, and each byte in the front matter, in one
message or in one reject. Only a page in which no header is left may be refused as a whole, in one
line that names it.
"""

from __future__ import annotations

import multiprocessing
import shutil
import sqlite3
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from db.reader import StoredDay, stored_days
from db.writable import open_writable
from etl.export import export_markdown, loaded_pages
from etl.load import load
from etl.records import MessageRecord
from etl.run import LoadOptions
from etl.sources.wechat_markdown.bodies import BLANK
from etl.stored import stored_page
from tests.bench.figures import Figure
from tests.conftest import assert_sound
from tests.faults.accounting import account
from tests.faults.archives import Torn
from tests.faults.damage import Damaged, Original, damage, originals

FILES = 20_000
BATCH = 250
PROCESSES = 2
MOST_SECONDS = 2.0
# By the clock, of which others may take most: so long for a batch to start, and for each page.
LIMIT_SECONDS, LIMIT_SECONDS_PER_PAGE = 60.0, 1.0
TESTS = Path(__file__).parents[1]
INVENTED = (TESTS.parent / "etl" / "sample" / "source", TESTS / "golden")
# Pages that show a fault: for whoever mends it, and never in the repository, as some are real.
FOUND = Path(tempfile.gettempdir()) / "faults-found"


@dataclass(slots=True)
class Outcome:
    """What became of damaged pages; ``faults`` are lines."""

    files: int = 0
    refused: int = 0
    expected: int = 0
    found: int = 0
    size: int = 0
    in_head: int = 0
    in_messages: int = 0
    in_rejects: int = 0
    in_refused: int = 0
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Count another's pages, too."""
        self.slowest = max(self.slowest, other.slowest)
        for name in self.__slots__:
            if name != "slowest":
                setattr(self, name, getattr(self, name) + getattr(other, name))


class Page(NamedTuple):
    """A damaged page on disk, in a room of its own."""

    number: int
    way: str
    damaged: Damaged
    content: bytes
    path: Path


class Watch:
    """Takes the time of each file of a load, and keeps the lines it says.

    Of our own processor, as others share the machine.
    """

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.slowest = 0.0
        self._last = time.process_time()

    def start(self, files: int, done: int = 0) -> None:  # noqa: ARG002
        self._last = time.process_time()

    def advance(self, messages: int) -> None:  # noqa: ARG002
        now = time.process_time()
        self.slowest = max(self.slowest, now - self._last)
        self._last = now

    def note(self, line: str) -> None:
        pass

    def problem(self, line: str) -> None:
        self.problems.append(line)


def measure(pages: Path, folder: Path, files: int = FILES) -> Iterator[Figure]:
    """Damage ``pages``, the sample and the golden cases, so many times in all. Raises Torn."""
    started = time.perf_counter()
    outcome = run((pages, *INVENTED), folder, files)
    yield from figures(outcome, time.perf_counter() - started)
    if outcome.faults:
        raise Torn("\n".join(map(str, outcome.faults)))


def figures(outcome: Outcome, seconds: float) -> list[Figure]:
    """An outcome as lines of a table."""
    parts = outcome.in_head + outcome.in_messages + outcome.in_rejects + outcome.in_refused
    return [
        Figure("damaged pages", outcome.files, "files"),
        Figure("  seconds for all", seconds, "s"),
        Figure("  slowest page", outcome.slowest, "s", f"≤ {MOST_SECONDS:g}"),
        Figure("  faults", len(outcome.faults), "", "0"),
        Figure("  refused as a whole, in one line", outcome.refused, "files"),
        Figure("  messages outside the damage", outcome.expected, ""),
        Figure("  of them loaded as before", outcome.found, "", f"{outcome.expected}"),
        Figure("  bytes", outcome.size, ""),
        Figure("  bytes in messages", outcome.in_messages, ""),
        Figure("  bytes in rejects", outcome.in_rejects, ""),
        Figure("  bytes in front matter", outcome.in_head, ""),
        Figure("  bytes of pages that were refused", outcome.in_refused, ""),
        Figure("  bytes not accounted for", outcome.size - parts, "", "0"),
    ]


def run(
    sources: Iterable[Path], folder: Path, files: int, *, processes: int = PROCESSES, seed: int = 0
) -> Outcome:
    """Damage, load, export and compare, some files at a time."""
    batches = [range(start, min(start + BATCH, files)) for start in range(0, files, BATCH)]
    one = partial(_run_in_time, tuple(dict.fromkeys(sources)), folder, seed)
    outcome = Outcome()
    # each thread waits for a process, which can be killed
    with ThreadPoolExecutor(processes) as pool:
        for part in pool.map(one, batches):
            outcome.add(part)
    return outcome


def _run_in_time(sources: tuple[Path, ...], folder: Path, seed: int, numbers: range) -> Outcome:
    """A batch in a process of its own; of one that hangs, the halves, down to the page."""
    limit = LIMIT_SECONDS + len(numbers) * LIMIT_SECONDS_PER_PAGE
    done = in_time(partial(run_batch, sources, folder, seed, numbers), limit)
    if done is not None:
        return done
    outcome = Outcome()
    if len(numbers) > 1:
        middle = len(numbers) // 2
        for half in (numbers[:middle], numbers[middle:]):
            outcome.add(_run_in_time(sources, folder, seed, half))
        return outcome
    with tempfile.TemporaryDirectory(dir=folder) as name:
        (page,) = _write(_originals(sources), numbers, seed, Path(name))
        outcome.files, outcome.size = 1, len(page.content)
        outcome.faults.append(_fault(page, f"was not done after {limit:g} s, or ended its process"))
    return outcome


def in_time(run: Callable[[], Outcome], seconds: float) -> Outcome | None:
    """What a function gives, in a process of its own; None if it took longer and was killed."""
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_send, args=(run, there))
    process.start()
    there.close()
    try:
        return here.recv() if here.poll(seconds) else None
    except EOFError:
        # it ended without a word
        return None
    finally:
        process.kill()
        process.join()
        here.close()


def _send(run: Callable[[], Outcome], there: Connection) -> None:
    there.send(run())


def run_batch(sources: tuple[Path, ...], folder: Path, seed: int, numbers: range) -> Outcome:
    """A few hundred damaged pages through one archive; a fault keeps its page."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        here = Path(name)
        pages = list(_write(_originals(sources), numbers, seed, here / "pages"))
        try:
            return _through_archive(pages, here)
        except Exception:
            # one of them ends a whole load: each alone shows which
            return _one_by_one(pages, here)


def _one_by_one(pages: list[Page], here: Path) -> Outcome:
    outcome = Outcome()
    for page in pages:
        alone = here / f"alone-{page.number}"
        path = alone / "pages" / page.path.relative_to(here / "pages")
        path.parent.mkdir(parents=True)
        page.path.rename(path)
        try:
            outcome.add(_through_archive([page._replace(path=path)], alone))
        except Exception:
            outcome.files += 1
            outcome.size += len(page.content)
            outcome.faults.append(_fault(page, traceback.format_exc()))
        shutil.rmtree(alone)
    return outcome


@cache
def _originals(sources: tuple[Path, ...]) -> list[Original]:
    return originals(list(sources))


def _write(
    undamaged: list[Original], numbers: range, seed: int, folder: Path
) -> Iterator[Page]:  # fmt: skip
    for number in numbers:
        way, original, damaged = damage(undamaged, number, seed)
        path = folder / f"m{number}" / "_posts" / f"{original.date}-chat.markdown"
        path.parent.mkdir(parents=True)
        content = damaged.content
        path.write_bytes(content)
        yield Page(number, way, damaged, content, path)


def _through_archive(pages: list[Page], here: Path) -> Outcome:
    watch = Watch()
    outcome = Outcome()
    db, exported = here / "chats.db", here / "exported"
    with open_writable(db, create=True) as connection:
        load(connection, LoadOptions(paths=(here / "pages",)), watch)
        export_markdown(loaded_pages(connection), (), exported, force=False)
        days = {day.room: day for day in stored_days(connection)}
        for page in pages:
            day = days.get(f"m{page.number}")
            if day is None:
                _check_refused(page, watch, outcome)
            else:
                _check_loaded(page, connection, day, exported, outcome)
    assert_sound(db)
    outcome.slowest = watch.slowest
    outcome.faults += [
        f"more than a line: {p!r}" for p in watch.problems if len(p.splitlines()) > 1
    ]
    if watch.slowest > MOST_SECONDS:
        numbers = f"{pages[0].number} to {pages[-1].number}"
        outcome.faults.append(f"{watch.slowest:.1f} s for one of the pages {numbers}")
    return outcome


def _check_refused(page: Page, watch: Watch, outcome: Outcome) -> None:
    outcome.files += 1
    outcome.refused += 1
    outcome.size += len(page.content)
    outcome.in_refused += len(page.content)
    expected = len(list(page.damaged.outside()))
    outcome.expected += expected
    if expected:
        outcome.faults.append(_fault(page, f"was refused, with {expected} messages"))
    if not any(line.startswith(f"{page.path}: ") for line in watch.problems):
        outcome.faults.append(_fault(page, "is not in the archive, and no line says so"))


def _check_loaded(
    page: Page, connection: sqlite3.Connection, day: StoredDay, exported: Path, outcome: Outcome
) -> None:
    stored = stored_page(connection, day)
    parts = account(stored)
    outcome.files += 1
    outcome.size += len(page.content)
    outcome.in_head += parts.head
    outcome.in_messages += parts.messages
    outcome.in_rejects += parts.rejects
    if parts.total != len(page.content):
        what = f"has {len(page.content)} bytes, of which {parts.total} are accounted for"
        outcome.faults.append(_fault(page, what))
    if (exported / day.room / "_posts" / page.path.name).read_bytes() != page.content:
        outcome.faults.append(_fault(page, "was exported with other bytes"))
    same_ends = page.damaged.unhurt is None and all(
        isinstance(piece, bytes)
        or piece.original.page is None
        or piece.original.page.newline == stored.newline
        for piece in page.damaged.pieces
    )
    reading = _as_written if same_ends else _but_for_line_ends
    expected = [reading(message) for message in page.damaged.outside()]
    loaded = iter([reading(message) for message in stored.messages])
    # each is looked for behind the one before: their order must be the same, too
    lost = [message for message in expected if not any(message == one for one in loaded)]
    outcome.expected += len(expected)
    outcome.found += len(expected) - len(lost)
    if lost:
        outcome.faults.append(_fault(page, f"lost {lost[0]!r} and what follows"))


def _as_written(message: MessageRecord) -> tuple[str, str, str | None]:
    return message.time, message.speaker, message.body


def _but_for_line_ends(message: MessageRecord) -> tuple[str, str, str | None]:
    body = (message.body or "").replace("\r", "").strip(BLANK)
    return message.time, message.speaker, body


def _fault(page: Page, what: str) -> str:
    FOUND.mkdir(exist_ok=True)
    kept = FOUND / f"{page.number}-{page.path.name}"
    kept.write_bytes(page.content)
    return f"{kept}: {page.way}: {what}"
