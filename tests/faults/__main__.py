"""Hurt archives in every way, print the figures, and fail if one was not as it must be.

On the invented sample, and where real pages count (mutations) on those of CHAT_CORPUS, too. Parts
may be named, and cut short: python -m tests.faults kills growth --kills 20 --mib 4 --shapes 8.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.bench.figures import Figure
from tests.faults import disks, growth, interrupts, kills, mutations, readers
from tests.faults.archives import Torn

SAMPLE = Path(__file__).parents[2] / "etl" / "sample" / "source"
REAL = Path(os.environ.get("CHAT_CORPUS") or SAMPLE).absolute()


def parts(limits: argparse.Namespace) -> dict[str, Callable[[Path], Iterable[Figure]]]:
    """What there is to measure, each with a folder to do it in."""
    return {
        "kills": lambda folder: kills.measure(SAMPLE, folder, limits.kills, limits.step),
        "interrupts": interrupts.measure,
        "disks": lambda folder: disks.measure(SAMPLE, folder, limits.step),
        "readers": lambda folder: readers.measure(folder, limits.seconds),
        "mutations": lambda folder: mutations.measure(REAL, folder, limits.files),
        "growth": lambda folder: growth.measure(folder, limits.shapes, limits.mib),
    }


def options() -> argparse.ArgumentParser:
    """What may be asked for: the parts, and how much of each."""
    asked = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    asked.add_argument("parts", nargs="*", metavar="PART")
    asked.add_argument("--kills", type=int, default=200, help="kills at random moments")
    asked.add_argument("--step", type=int, default=1, help="hurt every STEP-th write only")
    asked.add_argument("--seconds", type=float, default=60, help="read so long during loads")
    asked.add_argument("--files", type=int, default=mutations.FILES, help="damaged pages")
    asked.add_argument("--shapes", type=int, help="so many shapes grow, the worst first")
    asked.add_argument("--mib", type=int, default=64, help="shapes grow so far")
    return asked


def main(arguments: list[str]) -> int:
    """Run the parts named, or all; 1 if one found a fault."""
    limits = options().parse_args(arguments)
    there = parts(limits)
    faulty = 0
    for name in limits.parts or there:
        with tempfile.TemporaryDirectory() as folder:
            try:
                for figure in there[name](Path(folder)):
                    print(shown(figure), flush=True)
            except Torn as faults:
                faulty += 1
                print(faults, file=sys.stderr)
    return int(faulty > 0)


def shown(figure: Figure) -> str:
    """A figure as a line: what is counted is shown to the last digit."""
    value = figure.value
    number = f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"
    return f"{figure.name:48} {number:>15} {figure.unit:10} {figure.goal}".rstrip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
