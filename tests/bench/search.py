"""How fast a search answers: as a command against Python's own start, and in process."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from db.connection import open_read_only
from db.search import run
from db.search.language import parse
from tests.bench.load import Figure, run_etl

ROUNDS = 9
STARTS = 25
CHATS = Path(sys.executable).with_name("chats")
WORD = "代扣"
# of one, two and four characters, from rare to frequent
TERMS = ("付", "扣", "代扣", "支付", "协议支付", "清算机构")


def measure(pages: Path, folder: Path) -> list[Figure]:
    """Search the archive of ``pages``."""
    db = folder / "search.db"
    run_etl("load", str(pages), "--quiet", "--db", str(db))
    search = [str(CHATS), "search", WORD, "--db", str(db)]
    typer = [sys.executable, "-c", "import typer"]
    # the first run compiles what an installation has compiled
    seconds_of(search)
    pairs = [(seconds_of(search), seconds_of(typer)) for _ in range(STARTS)]
    figures = [
        Figure(
            f"chats search {WORD} / import typer",
            statistics.median(ours / theirs for ours, theirs in pairs),
            "×",
            "≤ 2.0",
        )
    ]
    figures += in_process(db)
    if ripgrep := shutil.which("rg"):
        figures.append(against_ripgrep(ripgrep, pages, db))
    return figures


def in_process(db: Path) -> list[Figure]:
    """Milliseconds for the newest twenty hits, by the number of hits."""
    figures = []
    with open_read_only(db) as connection:
        run.prepare(connection)
        for term in TERMS:
            query = parse(term)
            hits = run.count(connection, query)
            times = []
            for _ in range(ROUNDS):
                started = time.perf_counter()
                run.find(connection, query, "newest", 20)
                times.append(1000 * (time.perf_counter() - started))
            figures.append(Figure(f"find {term} ({hits:,} hits)", statistics.median(times), "ms"))
    return figures


def against_ripgrep(ripgrep: str, pages: Path, db: Path) -> Figure:
    """In-process search against `rg -F` over the pages, both warm."""
    command = [ripgrep, "-F", "-c", WORD, str(pages)]
    ratios = []
    with open_read_only(db) as connection:
        run.prepare(connection)
        for _ in range(ROUNDS):
            theirs = seconds_of(command)
            started = time.perf_counter()
            run.find(connection, parse(WORD), "newest", 20)
            ratios.append(theirs / (time.perf_counter() - started))
    return Figure("rg -F over the pages / find in process", statistics.median(ratios), "×")


def seconds_of(command: list[str]) -> float:
    """Wall-clock seconds of a process, with its compiled modules as an installation has them."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    return time.perf_counter() - started
