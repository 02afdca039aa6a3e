"""How fast a load is, against a floor: the same rows, put into the same tables with nothing else.

The floor reads the same bytes and inserts rows and index terms that are there already, with bare
``executemany`` in one transaction; it is timed without the start of its process.
"""

from __future__ import annotations

import json
import pickle
import shutil
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db import migrations
from db.text_index import index_terms
from tests.bench import profile
from tests.bench.figures import Figure
from tests.bench.processes import (
    Run,
    in_a_process,
    knows_jobs,
    load,
    page_files,
    size_of,
)
from tests.bench.setting import Setting
from tests.bench.sizes import of_archive

PROFILES = 3


def measure(setting: Setting) -> list[Figure]:
    """Load the pages again and again, in turns with the floor."""
    pages, folder = setting.pages, setting.folder
    rows_file = folder / "rows.pickle"
    in_a_process("tests.bench.load", "rows", setting.db, rows_file)
    loads: list[Run] = []
    by_two: list[float] = []
    floors: list[float] = []
    people: list[float] = []
    for number in range(setting.rounds):
        target = folder / f"load{number}.db"
        loads.append(load(pages, target))
        people.append(people_seconds(target))
        floor_db = folder / f"floor{number}.db"
        floors.append(float(in_a_process("tests.bench.load", "floor", rows_file, pages, floor_db)))
        if knows_jobs():
            two = folder / f"two{number}.db"
            by_two.append(load(pages, two, "--jobs", "2").seconds)
            two.unlink()
        floor_db.unlink()
        target.unlink()
    figures = ratios([run.seconds for run in loads], floors, people, by_two)
    figures += profile.figures(pages, folder, statistics.median(floors), PROFILES)
    return [*figures, *sizes(setting, loads)]


def ratios(
    loads: list[float], floors: list[float], people: list[float], by_two: list[float]
) -> list[Figure]:
    """Loads against the floors of their rounds."""
    whole = [seconds / floor for seconds, floor in zip(loads, floors, strict=True)]
    alone = [
        (seconds - who) / floor for seconds, who, floor in zip(loads, people, floors, strict=True)
    ]
    least_and_most = f"{min(whole):.2f} to {max(whole):.2f}"
    figures = [Figure("etl load / floor", statistics.median(whole), "×", "≤ 1.5", least_and_most)]
    if by_two:
        two = [seconds / floor for seconds, floor in zip(by_two, floors, strict=True)]
        figures.append(Figure("etl load --jobs 2 / floor", statistics.median(two), "×", "≤ 1.1"))
    name = "etl load without who is who / floor"
    return [*figures, Figure(name, statistics.median(alone), "×")]


def sizes(setting: Setting, loads: list[Run]) -> Iterator[Figure]:
    """Memory, and what the archive takes on disk."""
    messages = count(setting.db, "messages")
    size = setting.db.stat().st_size
    peak = statistics.median(run.peak for run in loads)
    more = peak_of_more_files(setting.pages, setting.folder)
    seconds = statistics.median(run.seconds for run in loads)
    yield Figure("messages per second", messages / seconds, "/s")
    yield Figure("peak memory", peak, "MiB")
    yield Figure("peak memory with 4 × the files / with 1 ×", more / peak, "×", "≤ 1.2")
    yield Figure("database / pages", size / size_of(setting.pages), "×")
    yield from of_archive(setting.db)


def peak_of_more_files(pages: Path, folder: Path) -> float:
    """Peak memory in MiB of a load of four times as many files of the same size."""
    copies, db = folder / "copies", folder / "more.db"
    for posts in list(pages.rglob("_posts")):
        for number in range(4):
            shutil.copytree(posts, copies / f"{posts.parent.name}-{number}" / "_posts")
    peak = load(copies, db).peak
    shutil.rmtree(copies)
    db.unlink()
    return peak


def write_rows(db: Path, rows_file: Path) -> None:
    """Write down all rows of every table, and the terms of the index."""
    connection = sqlite3.connect(db)
    tables = connection.execute(
        "select name from sqlite_master where type = 'table' and sql like 'create table %'"
        " and sql like '%strict%' order by rowid"
    ).fetchall()
    rows = dict(rows_of(connection, name) for (name,) in tables)
    texts = connection.execute("select id, text from messages where text <> '' order by id")
    rows["messages_fts (rowid, terms)"] = [(i, index_terms(text)) for i, text in texts]
    connection.close()
    rows_file.write_bytes(pickle.dumps(rows))


def rows_of(connection: sqlite3.Connection, table: str) -> tuple[str, list[tuple[Any, ...]]]:
    """A table with the columns that are stored, as an insert names it, and its rows."""
    stored = "select name from pragma_table_xinfo(?) where hidden = 0"
    columns = ", ".join(name for (name,) in connection.execute(stored, [table]))
    return f"{table} ({columns})", connection.execute(f"select {columns} from {table}").fetchall()


def floor(rows_file: Path, pages: Path, target: Path) -> None:
    """Print the seconds it takes to read all pages and to insert all rows."""
    rows: dict[str, list[tuple[Any, ...]]] = pickle.loads(rows_file.read_bytes())
    started = time.perf_counter()
    for path in page_files(pages):
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


if __name__ == "__main__":
    step, *paths = sys.argv[1:]
    (write_rows if step == "rows" else floor)(*map(Path, paths))
