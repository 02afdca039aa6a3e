"""What was measured: figures, whether they meet their goals, and what they were before."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

BASELINE = Path(__file__).with_name("baseline.json")

_GOAL = re.compile(r"([≤≥]) ([0-9.]+)")


class Figure(NamedTuple):
    """A measured value; ``goal`` is `≤ 1.5` or `≥ 4`, or nothing."""

    name: str
    value: float
    unit: str
    goal: str = ""
    note: str = ""

    @property
    def verdict(self) -> str:
        """Met or missed; nothing where there is no goal."""
        if not self.goal:
            return ""
        match = _GOAL.fullmatch(self.goal)
        if match is None:
            raise ValueError(f"{self.name}: {self.goal!r} is no goal")
        sign, bound = match.groups()
        met = self.value <= float(bound) if sign == "≤" else self.value >= float(bound)
        return "met" if met else "missed"


class Baseline(NamedTuple):
    """Values of an earlier run on the same ``pages``, by the names of figures."""

    pages: str
    values: dict[str, float]

    def change(self, figure: Figure) -> float | None:
        """By how much a value grew, as a part of what it was; None where that says nothing."""
        before = self.values.get(figure.name)
        return figure.value / before - 1 if before else None


def read_baseline(pages: str, path: Path = BASELINE) -> Baseline:
    """What was saved for such pages; of others there is nothing to compare with."""
    saved = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return Baseline(pages, saved.get(pages, {}))


def save_baseline(pages: str, figures: Iterable[Figure], path: Path = BASELINE) -> None:
    """Keep the values of a run; those of figures it did not measure, and of other pages, stay."""
    saved = json.loads(path.read_text("utf-8")) if path.exists() else {}
    measured = {figure.name: _rounded(figure.value) for figure in figures}
    saved[pages] = saved.get(pages, {}) | measured
    path.write_text(json.dumps(saved, indent=1, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")


def table(figures: Sequence[Figure], baseline: Baseline) -> str:
    """The report as people read it."""
    rows = [
        # what is indented is a part of what stands above it; tabulate takes outer spaces away
        (
            re.sub("^  ", "· ", f.name),
            _shown(f.value),
            f.unit,
            f.goal,
            f.verdict,
            *_before(f, baseline),
            f.note,
        )
        for f in figures
    ]
    heads = ("measurement", "value", "unit", "goal", "", "baseline", "change", "")
    right = ("left", "right", "left", "left", "left", "right", "right", "left")
    return tabulate(rows, headers=heads, colalign=right, disable_numparse=True)


def summary(figures: Sequence[Figure]) -> str:
    """How many goals were met, and which were not."""
    judged = [figure for figure in figures if figure.goal]
    missed = [figure.name.strip() for figure in judged if figure.verdict == "missed"]
    met = f"{len(judged) - len(missed)} of {len(judged)} goals met"
    return met if not missed else f"{met}; missed: {', '.join(missed)}"


def as_json(figures: Sequence[Figure], baseline: Baseline) -> str:
    """The report as programs read it."""
    rows = [
        {
            **figure._asdict(),
            "value": _rounded(figure.value),
            "verdict": figure.verdict or None,
            "baseline": baseline.values.get(figure.name),
        }
        for figure in figures
    ]
    return json.dumps({"pages": baseline.pages, "figures": rows}, indent=2, ensure_ascii=False)


def _before(figure: Figure, baseline: Baseline) -> tuple[str, str]:
    change = baseline.change(figure)
    if change is None:
        return "", ""
    return _shown(baseline.values[figure.name]), f"{change:+.0%}"


def _shown(value: float) -> str:
    if value == int(value):
        return f"{value:,.0f}"
    return (
        f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if value < 10 else f"{value:.1f}"
    )


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
