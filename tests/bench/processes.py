"""Run programs and measure them: wall-clock seconds and peak memory, in turns with others."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ETL = Path(sys.executable).with_name("etl")
CHATS = Path(sys.executable).with_name("chats")
TYPER = (sys.executable, "-c", "import typer")
"""What a command of this stack costs before it does anything."""


class Run(NamedTuple):
    """A finished process: wall-clock seconds, and its peak memory in MiB."""

    seconds: float
    peak: float


def run(*command: str | Path, code: int = 0) -> Run:
    """Run a program that must end with ``code``; what it prints is shown only if it does not."""
    # compiled modules are there, as an installation has them
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.DEVNULL,
            stderr=said,
            env=environment,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != code:
            said.seek(0)
            error = said.read().decode(errors="replace")
            raise RuntimeError(f"{command} ended with {process.returncode}: {error}")
    return Run(seconds, usage.ru_maxrss / 1024)


def run_etl(*arguments: str | Path) -> Run:
    """Run `etl`."""
    return run(ETL, *arguments)


def load(pages: Path, db: Path, *options: str) -> Run:
    """Load pages, by one process unless ``options`` say otherwise."""
    return run_etl("load", pages, "--quiet", "--db", db, *(options or one_process()))


@cache
def knows_jobs() -> bool:
    """Whether `etl load` can be told how many processes to use."""
    command = [str(ETL), "load", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return "--jobs" in done.stdout


def one_process() -> tuple[str, ...]:
    """The options for a load by one process."""
    return ("--jobs", "1") if knows_jobs() else ()


def in_a_process(module: str, *arguments: str | Path) -> str:
    """What a module of ours prints, in a process of its own.

    A process that was started counts our own memory as its peak: this one must stay small.
    """
    command = [sys.executable, "-m", module, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def timed(action: Callable[[], object]) -> float:
    """The seconds something takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def in_turns(rounds: int, *actions: Callable[[], float]) -> list[tuple[float, ...]]:
    """What each gives, A B A B: whatever slows the machine down slows both."""
    return [tuple(action() for action in actions) for _ in range(rounds)]


def median_ratio(pairs: list[tuple[float, ...]], which: int = 0, by: int = 1) -> float:
    """The median of the rounds' own ratios."""
    return statistics.median(turn[which] / turn[by] for turn in pairs)


def p95(values: list[float]) -> float:
    """What 95 of 100 stay below; of a few values, the greatest."""
    return statistics.quantiles(values, n=20)[-1] if len(values) >= 20 else max(values)


def page_files(pages: Path) -> Iterator[Path]:
    """All pages below a folder."""
    return pages.rglob("*.markdown")


def size_of(pages: Path) -> int:
    """The bytes of all pages."""
    return sum(path.stat().st_size for path in page_files(pages))
