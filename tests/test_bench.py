"""The measuring place: goals are judged rightly, baselines compared, and every part can run."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import profile
from tests.bench.__main__ import PARTS, REPORT
from tests.bench.figures import (
    Baseline,
    Figure,
    as_json,
    read_baseline,
    save_baseline,
    summary,
    table,
)
from tests.bench.generate import Plan, write_archive
from tests.bench.large import PARTS as LARGE_PARTS
from tests.bench.processes import in_turns, median_ratio, p95, run
from tests.bench.usual import COLUMNS, load_usually

REPOSITORY = Path(__file__).parents[1]
MESSAGES = 600


def bench(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.bench", *map(str, arguments)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("value", "goal", "verdict"),
    [
        (1.5, "≤ 1.5", "met"),
        (1.51, "≤ 1.5", "missed"),
        (4.0, "≥ 4", "met"),
        (3.99, "≥ 4", "missed"),
        (0, "≤ 0", "met"),
        (7.0, "", ""),
    ],
)
def test_goals_are_met_or_missed(value: float, goal: str, verdict: str) -> None:
    assert Figure("load", value, "×", goal).verdict == verdict


def test_what_is_no_goal_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="load: 'about 1' is no goal"):
        _ = Figure("load", 1, "×", "about 1").verdict


def test_a_summary_names_what_was_missed() -> None:
    figures = [Figure("a", 1, "×", "≤ 2"), Figure("  b", 3, "×", "≤ 2"), Figure("c", 9, "s")]
    assert summary(figures) == "1 of 2 goals met; missed: b"
    assert summary(figures[:1]) == "1 of 1 goals met"


def test_a_saved_baseline_stands_beside_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    save_baseline("corpus", [Figure("load", 2.0, "×"), Figure("size", 5, "MB")], path)
    save_baseline("corpus", [Figure("load", 1.6, "×")], path)
    save_baseline("others", [Figure("load", 9.0, "×")], path)
    baseline = read_baseline("corpus", path)
    assert baseline.values == {"load": 1.6, "size": 5}
    shown = table([Figure("load", 1.2, "×", "≤ 1.5"), Figure("new", 1, "s")], baseline)
    assert re.search(r"load +1\.2 +× +≤ 1\.5 +met +1\.6 +-25%", shown)
    assert re.search(r"new +1 +s\s*$", shown)


def test_without_a_baseline_nothing_is_compared(tmp_path: Path) -> None:
    baseline = read_baseline("corpus", tmp_path / "none.json")
    assert baseline == Baseline("corpus", {})
    assert baseline.change(Figure("load", 1, "×")) is None


def test_programs_read_values_verdicts_and_baseline() -> None:
    report = as_json([Figure("load", 1.23456, "×", "≤ 1")], Baseline("corpus", {"load": 2.0}))
    assert json.loads(report) == {
        "pages": "corpus",
        "figures": [
            {
                "name": "load",
                "value": 1.235,
                "unit": "×",
                "goal": "≤ 1",
                "note": "",
                "verdict": "missed",
                "baseline": 2.0,
            }
        ],
    }


def test_things_take_turns_and_rounds_are_compared_with_themselves() -> None:
    asked: list[str] = []

    def action(name: str, values: list[float]) -> float:
        asked.append(name)
        return values.pop(0)

    ours, theirs = [10.0, 2.0, 3.0], [5.0, 1.0, 3.0]
    turns = in_turns(3, lambda: action("A", ours), lambda: action("B", theirs))
    assert asked == ["A", "B"] * 3
    assert median_ratio(turns) == 2


def test_p95_of_few_values_is_the_greatest() -> None:
    assert p95([1, 5, 3]) == 5
    assert p95([*range(100)]) == pytest.approx(95, abs=1)


def test_a_program_that_fails_says_why() -> None:
    with pytest.raises(RuntimeError, match="ended with 3: no luck"):
        run(sys.executable, "-c", "import sys; sys.stderr.write('no luck'); sys.exit(3)")


def test_a_watch_counts_steps_without_those_inside() -> None:
    watch = profile.Watch()
    with watch.step("outer"), watch.step("inner"):
        sum(range(100_000))
    assert watch.seconds["inner"] > watch.seconds["outer"]


def test_a_profile_says_where_a_load_goes(tmp_path: Path) -> None:
    write_archive(tmp_path / "pages", Plan(MESSAGES, seed=1))
    figures = profile.figures(tmp_path / "pages", tmp_path, floor=1.0, rounds=1)
    steps = {figure.name.removeprefix("  of which "): figure.value for figure in figures}
    assert {"parse", "rows", "insert messages", "insert into the index", profile.REST} <= set(steps)
    assert all(seconds > 0 for seconds in steps.values())


def test_the_usual_way_has_the_same_rows(tmp_path: Path) -> None:
    write_archive(tmp_path / "pages", Plan(MESSAGES, seed=1))
    load_usually(tmp_path / "pages", tmp_path / "usual.db")
    run(Path(sys.executable).with_name("etl"), "load", tmp_path / "pages",
        "--quiet", "--db", tmp_path / "ours.db")  # fmt: skip
    usual, ours = (sqlite3.connect(tmp_path / name) for name in ("usual.db", "ours.db"))
    for table_name in COLUMNS:
        query = f"select count(*) from {table_name}"
        assert usual.execute(query).fetchone() == ours.execute(query).fetchone(), table_name
    assert usual.execute("pragma foreign_key_check").fetchall() == []
    match = "select count(*) from messages_fts where messages_fts match ?"
    for term in ("支付", "麒麟"):
        assert usual.execute(match, [term]).fetchone() == ours.execute(match, [term]).fetchone()
    usual.close()
    ours.close()


def test_large_runs_every_part_and_uses_again_what_is_kept(tmp_path: Path) -> None:
    options = ("--large", MESSAGES, "--rounds", 1, "--keep", tmp_path / "kept")
    report = tmp_path / "report.json"
    done = bench(*map(str, options), "--report", report)
    assert done.returncode == 0, done.stderr
    assert f"load {MESSAGES} messages" in done.stderr
    figures = json.loads(report.read_text("utf-8"))["figures"]
    names = {figure["name"] for figure in figures}
    assert names >= {
        "load, per message / with 100,000",
        "load, peak memory",
        "database / pages",
        "  of which full-text index",
        "etl verify, per message / with 100,000",
        "etl status, peak memory",
        "find any term, newest, p95 of the slowest",
        "find any term, rank, p95 of the slowest",
        "GET home",
        "GET busiest day",
        "canned queries over 5000 ms",
        "again, one file changed / all of them new",
    }
    assert next(f["value"] for f in figures if f["name"] == "rejects") == 0
    again = bench(*map(str, options), "--report", report, "load")
    assert again.returncode == 0, again.stderr
    assert "generate" not in again.stderr
    assert f"load {MESSAGES} messages" not in again.stderr


def test_unknown_parts_are_wrong_usage() -> None:
    done = bench("lode")
    assert done.returncode == 2
    assert "no part 'lode'; there are load, usual" in done.stderr


def test_docs_name_every_part() -> None:
    docs = (REPOSITORY / "docs" / "benchmarks.md").read_text("utf-8")
    for part in (*PARTS, *LARGE_PARTS):
        assert f"`{part}`" in docs, part


def test_the_report_is_no_part_of_the_repository() -> None:
    ignored = (REPOSITORY / ".gitignore").read_text("utf-8").splitlines()
    assert f"/{REPORT}" in ignored
