"""Hurt archives in every way, print the figures, and fail if one was not as it must be.

On the invented sample, and where real pages count (mutations) on those of CHAT_CORPUS, too. Parts
may be named: python -m tests.faults kills disks.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench.figures import Figure
from tests.faults import disks, growth, kills, mutations, readers
from tests.faults.archives import Torn

SAMPLE = Path(__file__).parents[2] / "etl" / "sample" / "source"
REAL = Path(os.environ.get("CHAT_CORPUS") or SAMPLE).absolute()
KILLS = 200
MINUTE = 60

PARTS: dict[str, Callable[[Path], Iterable[Figure]]] = {
    "kills": lambda folder: kills.measure(SAMPLE, folder, KILLS),
    "disks": lambda folder: disks.measure(SAMPLE, folder, 1),
    "readers": lambda folder: readers.measure(folder, MINUTE),
    "mutations": lambda folder: mutations.measure(REAL, folder),
    "growth": lambda folder: growth.measure(REAL, folder),
}


def main(names: list[str]) -> int:
    """Run the parts named, or all; 1 if one found a fault."""
    faulty = 0
    for name in names or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            try:
                for figure in PARTS[name](Path(folder)):
                    shown = f"{figure.value:15,.6g} {figure.unit:10} {figure.goal}"
                    print(f"{figure.name:48} {shown}".rstrip(), flush=True)
            except Torn as faults:
                faulty += 1
                print(faults, file=sys.stderr)
    return int(faulty > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
