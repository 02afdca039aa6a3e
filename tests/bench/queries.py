"""How long each canned query takes, in process, with the defaults of its parameters.

Those that count people are asked for single names, too.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from pathlib import Path

from db.catalog import Value, queries
from db.connection import open_read_only
from tests.bench.load import Figure, run_etl

ROUNDS = 5


def milliseconds(connection: sqlite3.Connection, sql: str, values: dict[str, Value]) -> float:
    """The median of a few runs."""
    rounds = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        connection.execute(sql, values).fetchall()
        rounds.append(1000 * (time.perf_counter() - started))
    return statistics.median(rounds)


def measure(pages: Path, folder: Path) -> list[Figure]:
    """Run every query on the archive of ``pages``; the five slowest, and how many are slow."""
    db = folder / "queries.db"
    run_etl("load", str(pages), "--quiet", "--db", str(db))
    times: dict[str, float] = {}
    with open_read_only(db) as connection:
        for query in queries().values():
            values = query.values({})
            times[query.name] = milliseconds(connection, query.sql, values)
            if "by_name" in values:
                by_name = milliseconds(connection, query.sql, {**values, "by_name": True})
                times[f"{query.name} --by-name"] = by_name
    slowest = sorted(times, key=lambda name: -times[name])[:5]
    return [
        Figure(f"canned queries over 300 ms, of {len(times)}", sum(t > 300 for t in times.values()),
               "", "0"),
        *(Figure(f"query {name}", times[name], "ms", "≤ 300") for name in slowest),
    ]  # fmt: skip
