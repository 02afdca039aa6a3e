"""Fail when the tests leave more than a tenth of etl/ or db/ unrun, lines and branches together.

Run after the suite, by `make test`: `python -m tests.coverage_floor`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

FLOOR = 90.0
PACKAGES = ("etl", "db")


def percent_of(package: str) -> dict[str, float]:
    """The covered share of a package's lines and of its branches, in percent."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        command = [sys.executable, "-m", "coverage", "json", "-q", "-o", str(report)]
        subprocess.run([*command, f"--include={package}/*"], check=True)
        totals = json.loads(report.read_text())["totals"]
    return {
        "lines": 100 * totals["covered_lines"] / totals["num_statements"],
        "branches": 100 * totals["covered_branches"] / totals["num_branches"],
    }


def main() -> int:
    """Print each share; 1 if one is below the floor."""
    failed = False
    for package in PACKAGES:
        for what, percent in percent_of(package).items():
            failed |= percent < FLOOR
            print(f"coverage of {package}/: {percent:.1f}% of its {what} (at least {FLOOR:g}%)")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
