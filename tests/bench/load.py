"""How fast a load is, against a floor: the same rows, put into the same tables with nothing else.

The floor reads the same bytes and inserts rows and index terms that are there already, with bare
``executemany`` in one transaction; it is timed without the start of its process.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from db import migrations
from db.text_index import index_terms

ROUNDS = 9
ETL = Path(sys.executable).with_name("etl")


class Figure(NamedTuple):
    """A measured value."""

    name: str
    value: float
    unit: str
    goal: str = ""


class Run(NamedTuple):
    """A finished process: wall-clock seconds, and its peak memory in MiB."""

    seconds: float
    peak: float


def measure(pages: Path, folder: Path) -> list[Figure]:
    """Load ``pages`` again and again, in turns with the floor."""
    db = folder / "first.db"
    run_etl("load", str(pages), "--quiet", "--db", str(db))
    rows_file = folder / "rows.pickle"
    in_a_process("rows", db, rows_file)
    messages = count(db, "messages")
    loads, floors, again = [], [], []
    for number in range(ROUNDS):
        target = folder / f"load{number}.db"
        loads.append(run_etl("load", str(pages), "--quiet", "--db", str(target)))
        again.append(run_etl("load", str(pages), "--quiet", "--db", str(target)).seconds)
        target = folder / f"floor{number}.db"
        floors.append(float(in_a_process("floor", rows_file, pages, target)))
    ratios = [run.seconds / floor for run, floor in zip(loads, floors, strict=True)]
    people = [people_seconds(folder / f"load{number}.db") for number in range(ROUNDS)]
    alone = [
        (run.seconds - who) / floor for run, who, floor in zip(loads, people, floors, strict=True)
    ]
    reloads = [second / run.seconds for second, run in zip(again, loads, strict=True)]
    peak = statistics.median(run.peak for run in loads)
    more = peak_of_more_files(pages, folder)
    size = db.stat().st_size
    return [
        Figure("etl load / floor", statistics.median(ratios), "×"),
        Figure("etl load without who is who / floor", statistics.median(alone), "×", "≤ 2.5"),
        Figure("  least of the rounds", min(alone), "×"),
        Figure("  greatest of the rounds", max(alone), "×"),
        Figure("loading again / loading", statistics.median(reloads), "×"),
        Figure("messages per second", messages / statistics.median(r.seconds for r in loads), "/s"),
        Figure("peak memory", peak, "MiB"),
        Figure("peak memory with 4 × the files / with 1 ×", more / peak, "×", "about 1"),
        Figure("database / pages", size / size_of(pages), "×"),
        Figure("database per message", size / messages, "bytes"),
    ]


def run_etl(*arguments: str) -> Run:
    """Run `etl` as a process."""
    started = time.perf_counter()
    process = subprocess.Popen([str(ETL), *arguments])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    return Run(time.perf_counter() - started, usage.ru_maxrss / 1024)


def peak_of_more_files(pages: Path, folder: Path) -> float:
    """Peak memory in MiB of a load of four times as many files of the same size."""
    copies = folder / "copies"
    for posts in list(pages.rglob("_posts")):
        for number in range(4):
            shutil.copytree(posts, copies / f"{posts.parent.name}-{number}" / "_posts")
    return run_etl("load", str(copies), "--quiet", "--db", str(folder / "more.db")).peak


def write_rows(db: Path, rows_file: Path) -> None:
    """Write down all rows of every table, and the terms of the index."""
    connection = sqlite3.connect(db)
    tables = connection.execute(
        "select name from sqlite_master where type = 'table' and sql like 'create table %'"
        " and sql like '%strict%' order by rowid"
    ).fetchall()
    rows = {name: connection.execute(f"select * from {name}").fetchall() for (name,) in tables}
    texts = connection.execute("select id, text from messages where text <> '' order by id")
    rows["messages_fts (rowid, terms)"] = [(i, index_terms(text)) for i, text in texts]
    connection.close()
    rows_file.write_bytes(pickle.dumps(rows))


def in_a_process(step: str, *paths: Path) -> str:
    """What ``write_rows`` or ``floor`` prints, in a process of its own.

    A process that was started counts our own memory as its peak: this one must stay small.
    """
    command = [sys.executable, "-m", "tests.bench.load", step, *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def floor(rows_file: Path, pages: Path, target: Path) -> None:
    """Print the seconds it takes to read all pages and to insert all rows."""
    rows: dict[str, list[tuple[Any, ...]]] = pickle.loads(rows_file.read_bytes())
    started = time.perf_counter()
    for path in pages.rglob("*.markdown"):
        path.read_bytes()
    connection = sqlite3.connect(target, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    connection.execute("begin")
    for script in migrations.scripts():
        for statement in migrations.statements(script):
            connection.execute(statement)
    for table, values in rows.items():
        if values:
            marks = ", ".join("?" * len(values[0]))
            connection.executemany(f"insert into {table} values ({marks})", values)
    connection.execute("commit")
    connection.execute("pragma journal_mode = delete")
    connection.close()
    print(time.perf_counter() - started)


def people_seconds(db: Path) -> float:
    """What the first load of an archive spent on who is who, as it wrote down itself."""
    connection = sqlite3.connect(db)
    (report,) = connection.execute("select report from loads order by id limit 1").fetchone()
    connection.close()
    return float(json.loads(report)["people_seconds"])


def count(db: Path, table: str) -> int:
    """How many rows a table has."""
    connection = sqlite3.connect(db)
    (rows,) = connection.execute(f"select count(*) from {table}").fetchone()
    connection.close()
    return int(rows)


def size_of(pages: Path) -> int:
    """The bytes of all pages."""
    return sum(path.stat().st_size for path in pages.rglob("*.markdown"))


if __name__ == "__main__":
    step, *paths = sys.argv[1:]
    (write_rows if step == "rows" else floor)(*map(Path, paths))
