"""Hurt archives in every way, print the figures, and fail if one was not as it must be.

On the invented sample, and on the pages of CHAT_CORPUS where real ones are asked for.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.load import Figure
from tests.faults import disks, kills, readers
from tests.faults.archives import Torn

SAMPLE = Path(__file__).parents[2] / "etl" / "sample" / "source"
KILLS = 200
MINUTE = 60


def main() -> int:
    """Run every part; 1 if one found a fault."""
    parts: tuple[Callable[[Path], Iterator[Figure]], ...] = (
        lambda folder: kills.measure(SAMPLE, folder, KILLS),
        lambda folder: disks.measure(SAMPLE, folder, 1),
        lambda folder: readers.measure(folder, MINUTE),
    )
    faulty = 0
    for number, part in enumerate(parts):
        with tempfile.TemporaryDirectory() as name:
            try:
                for figure in part(Path(name) / f"part{number}"):
                    shown = f"{figure.value:12,.6g} {figure.unit:10} {figure.goal}"
                    print(f"{figure.name:48} {shown}".rstrip(), flush=True)
            except Torn as faults:
                faulty += 1
                print(faults, file=sys.stderr)
    return int(faulty > 0)


if __name__ == "__main__":
    sys.exit(main())
