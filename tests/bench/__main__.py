"""Run every measurement and print a table; bench-report.json keeps the figures.

On the pages of CHAT_CORPUS, or without it on copies of the sample.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tabulate import tabulate

from tests.bench import browse, load, people, queries, search

SAMPLE = Path(__file__).parents[2] / "etl" / "sample" / "source"
COPIES = 60
REPORT = Path("bench-report.json")


def pages(folder: Path) -> Path:
    """The pages to measure with."""
    corpus = os.environ.get("CHAT_CORPUS")
    if corpus:
        return Path(corpus).absolute() / "corpus"
    copies = folder / "pages"
    for number in range(COPIES):
        for room in SAMPLE.iterdir():
            shutil.copytree(room, copies / f"{room.name}-{number}")
    return copies


def main() -> int:
    """Measure, print, write the report."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = pages(folder)
        figures = [
            f
            for part in (load, people, search, queries, browse)
            for f in part.measure(measured, folder)
        ]
    print(tabulate([(f.name, f.value, f.unit, f.goal) for f in figures],
                   headers=("measurement", "value", "unit", "goal"), floatfmt=".2f"))  # fmt: skip
    REPORT.write_text(json.dumps([f._asdict() for f in figures], indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
