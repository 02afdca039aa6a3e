"""How fast a load is when little or nothing changed: beside `find`, and beside the first load."""

from __future__ import annotations

import itertools
import shutil
import statistics
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.generate import Plan, write_archive
from tests.bench.processes import TYPER, in_turns, load, median_ratio, page_files, run
from tests.bench.setting import Setting

FILES = 10_000
MESSAGES_PER_FILE = 10
MORE = "> 23:59:59  {name}  \n   \n{text}  \n   \n"


def measure(setting: Setting) -> list[Figure]:
    """Load unchanged pages again, then 10,000 files of which one changed."""
    figures = [unchanged(setting.pages, setting.db, setting.rounds)]
    pages, db = setting.folder / "many", setting.folder / "many.db"
    written = write_archive(pages, Plan(FILES * MESSAGES_PER_FILE, 1, MESSAGES_PER_FILE))
    first = load(pages, db).seconds
    figures += [
        Figure(
            f"again, {FILES:,} unchanged files / find and import typer",
            unchanged(pages, db, setting.rounds).value,
            "×",
            "≤ 1.5",
            f"{written.files:,} files",
        ),
        one_changed(pages, db, first, setting.rounds, f"one changed of {FILES:,} files"),
    ]
    shutil.rmtree(pages)
    db.unlink()
    return figures


def unchanged(pages: Path, db: Path, rounds: int) -> Figure:
    """Loading what is loaded, against asking what is newer and starting Python with typer."""
    find = ("find", pages, "-newer", db, "-name", "*.markdown")
    turns = in_turns(
        rounds,
        lambda: load(pages, db).seconds,
        lambda: run(*find).seconds + run(*TYPER).seconds,
    )
    return Figure("again, unchanged / find and import typer", median_ratio(turns), "×", "≤ 1.5")


def one_changed(pages: Path, db: Path, first: float, rounds: int, name: str) -> Figure:
    """One page that got a message more, against the first load of all."""
    files = sorted(page_files(pages))
    changed = files[:: max(len(files) // rounds, 1)][:rounds]
    seconds = []
    for number, path in enumerate(itertools.islice(changed, rounds)):
        with path.open("a", encoding="utf-8") as page:
            page.write(MORE.format(name="青禾-云帆-产品-上海", text=f"补一句 {number}"))
        seconds.append(load(pages, db).seconds)
    again = statistics.median(seconds)
    return Figure(f"{name} / all of them new", again / first, "×", "≤ 0.01", f"{again:.2f} s")
