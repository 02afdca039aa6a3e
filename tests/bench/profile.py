"""Where the time of a load goes: `etl load` in one process, with a watch at each of its steps.

A step's time is its own: what a step inside it takes is counted there alone. What no watch sees
(starting Python, importing, ending) is the rest. A step that the program no longer has is left
out, and its time is the rest's.
"""

from __future__ import annotations

import importlib
import json
import re
import sqlite3
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.bench.figures import Figure
from tests.bench.processes import one_process, run

REST = "start-up and the rest"
# a step, and the function that is all of it
FUNCTIONS = (
    ("find and read", "etl.discover", "discover"),
    ("find and read", "etl.content", "read_content"),
    ("parse", "etl.sources.wechat_markdown.page", "parse_page"),
    ("rows", "etl.jobs", "to_rows"),
    ("index terms", "db.text_index.terms", "index_terms_of"),
    ("who is who", "etl.people.build", "build_people"),
    ("other writing", "etl.load", "load"),
    ("commit and close", "db.writable", "_leave_one_file"),
)
# a step, and the statements that are it; the first that fits
STATEMENTS = (
    ("insert messages", re.compile(r"\s*insert into messages \(")),
    ("insert into the index", re.compile(r"\s*insert into messages_fts")),
    ("commit and close", re.compile(r"\s*(?:commit|pragma wal|pragma journal)")),
    ("insert families", re.compile(r"\s*insert into (?!sources|days|rooms|loads|speakers)")),
)
# what happens inside of these is theirs
_OPAQUE = {"who is who"}


class Watch:
    """Adds up the time of steps, each without those inside it."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._open: list[str] = []
        self._since = time.perf_counter()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """The time until the block ends is the step's."""
        if self._open and self._open[-1] in _OPAQUE:
            name = self._open[-1]
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def _turn(self) -> None:
        now = time.perf_counter()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since  # type: ignore[assignment]
        self._since = now

    def watched(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """A function whose time is the step's."""

        @wraps(function)
        def timed(*arguments: Any, **options: Any) -> Any:
            with self.step(name):
                return function(*arguments, **options)

        return timed


def figures(pages: Path, folder: Path, floor: float, rounds: int) -> list[Figure]:
    """What each step of a load takes, by the floor: the parts of the ratio of both."""
    found: list[dict[str, float]] = []
    for number in range(rounds):
        db, out = folder / f"profile{number}.db", folder / "profile.json"
        seconds = run(sys.executable, "-m", "tests.bench.profile", pages, db, out).seconds
        steps: dict[str, float] = json.loads(out.read_text("utf-8"))
        found.append(steps | {REST: seconds - sum(steps.values())})
        db.unlink()
    names = sorted({name for steps in found for name in steps}, key=_place)
    medians = {name: statistics.median(steps.get(name, 0) for steps in found) for name in names}
    whole = sum(medians.values())
    return [
        Figure(f"  of which {name}", seconds / floor, "× floor", note=f"{seconds / whole:.0%}")
        for name, seconds in medians.items()
    ]


def _place(name: str) -> int:
    order = [step for step, *_ in FUNCTIONS] + [step for step, _ in STATEMENTS]
    return order.index(name) if name in order else len(order)


def watch_load(watch: Watch) -> None:
    """Put watches on what a load runs through."""
    for step, module, name in FUNCTIONS:
        found = getattr(importlib.import_module(module), name, None)
        if found is not None:
            _replace(found, watch.watched(step, found))
    sqlite3.connect = _connecting(watch)  # type: ignore[assignment]


def _replace(function: Callable[..., Any], by: Callable[..., Any]) -> None:
    """Put a function in the place of another wherever that was imported to."""
    from etl.sources import FORMATS

    ours = [m for n, m in sys.modules.items() if n.partition(".")[0] in ("etl", "db", "cli")]
    for module in filter(lambda module: isinstance(module, ModuleType), ours):
        for name, value in list(vars(module).items()):
            if value is function:
                setattr(module, name, by)
    for format_ in FORMATS.values():
        if format_.parse is function:
            # it is frozen for everybody else
            object.__setattr__(format_, "parse", by)


def _connecting(watch: Watch) -> Callable[..., sqlite3.Connection]:
    connect = sqlite3.connect

    class Watched(sqlite3.Connection):
        """A connection whose statements are steps."""

        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return _stepped(watch, sql, lambda: super(Watched, self).execute(sql, *values))

        def executemany(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return _stepped(watch, sql, lambda: super(Watched, self).executemany(sql, *values))

    return lambda *arguments, **options: connect(*arguments, **options, factory=Watched)


def _stepped(watch: Watch, sql: str, execute: Callable[[], sqlite3.Cursor]) -> sqlite3.Cursor:
    step = next((step for step, pattern in STATEMENTS if pattern.match(sql)), None)
    if step is None:
        return execute()
    with watch.step(step):
        return execute()


def main(pages: str, db: str, out: str) -> None:
    """Load pages as `etl load` does, and write down what each step took."""
    # all that a load runs through must be there before it is watched
    for module in ("cli.etl_app", "cli.etl_app.load", "etl.load", "etl.people.build"):
        importlib.import_module(module)
    from cli.main import run as run_command

    watch = Watch()
    watch_load(watch)
    arguments = ["load", pages, "--quiet", "--db", db, *one_process()]
    assert run_command("etl", arguments) == 0
    Path(out).write_text(json.dumps(watch.seconds), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
