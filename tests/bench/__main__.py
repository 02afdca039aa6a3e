"""Run measurements, print a table, and write bench-report.json.

On the pages of CHAT_CORPUS, or without it on generated ones; with --large on so many generated
messages. What a figure was in an earlier run that was saved stands beside it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench import again, browse, large, load, people, queries, search, start, usual
from tests.bench.figures import (
    Figure,
    as_json,
    read_baseline,
    save_baseline,
    summary,
    table,
)
from tests.bench.generate import Plan, write_archive
from tests.bench.setting import Setting

REPORT = Path("bench-report.json")
MESSAGES = 60_000

PARTS: dict[str, Callable[[Setting], Iterable[Figure]]] = {
    "load": load.measure,
    "usual": usual.measure,
    "again": again.measure,
    "people": people.measure,
    "start": start.measure,
    "search": search.measure,
    "queries": queries.measure,
    "browse": browse.measure,
}


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write the report."""
    parser = command_line()
    given = parser.parse_args(arguments)
    known = large.PARTS if given.large else PARTS
    parts = given.parts or list(known)
    if unknown := [part for part in parts if part not in known]:
        parser.error(f"no part {unknown[0]!r}; there are {', '.join(known)}")
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep.absolute() if given.keep else Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        if given.large:
            kind = f"{given.large:,} generated"
            figures = large.measure(given.large, Setting(folder, folder, given.rounds), parts)
        else:
            kind, pages = corpus_or_generated(folder)
            figures = measured(Setting(pages, folder, given.rounds), parts)
    baseline = read_baseline(kind)
    print(table(figures, baseline))
    print(summary(figures))
    given.report.write_text(as_json(figures, baseline) + "\n", "utf-8")
    if given.save_baseline:
        save_baseline(kind, figures)
    return 0


def command_line() -> argparse.ArgumentParser:
    """What it can be told."""
    parser = argparse.ArgumentParser("tests.bench", description=__doc__)
    add = parser.add_argument
    add("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all unless named")
    add("--rounds", type=int, default=9, help="how often things take turns (9)")
    add("--large", type=int, default=0, metavar="N",
        help=f"N generated messages instead; parts: {', '.join(large.PARTS)}")  # fmt: skip
    add("--keep", type=Path, metavar="FOLDER", help="where --large keeps pages and archive")
    add("--report", type=Path, default=REPORT, help=f"({REPORT})")
    add("--save-baseline", action="store_true", help="compare later runs with this one")
    return parser


def corpus_or_generated(folder: Path) -> tuple[str, Path]:
    """The pages to measure with, and what they are called."""
    corpus = os.environ.get("CHAT_CORPUS")
    if corpus:
        return "corpus", Path(corpus).absolute() / "corpus"
    write_archive(folder / "pages", Plan(MESSAGES, seed=1))
    return f"{MESSAGES:,} generated", folder / "pages"


def measured(setting: Setting, parts: Iterable[str]) -> list[Figure]:
    """The figures of the parts named."""
    figures: list[Figure] = []
    for part in PARTS:
        if part in parts:
            print(f"measuring {part}", file=sys.stderr, flush=True)
            figures += PARTS[part](setting)
    return figures


if __name__ == "__main__":
    sys.exit(main())
