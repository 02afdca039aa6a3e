"""How long each canned query takes, in process, with the defaults of its parameters."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from db.catalog import queries
from db.connection import open_read_only
from tests.bench.load import Figure, run_etl

ROUNDS = 5


def measure(pages: Path, folder: Path) -> list[Figure]:
    """Run every query on the archive of ``pages``; the five slowest, and how many are slow."""
    db = folder / "queries.db"
    run_etl("load", str(pages), "--quiet", "--db", str(db))
    times: dict[str, float] = {}
    with open_read_only(db) as connection:
        for query in queries().values():
            values = {parameter.name: parameter.default for parameter in query.parameters}
            rounds = []
            for _ in range(ROUNDS):
                started = time.perf_counter()
                connection.execute(query.sql, values).fetchall()
                rounds.append(1000 * (time.perf_counter() - started))
            times[query.name] = statistics.median(rounds)
    slowest = sorted(times, key=lambda name: -times[name])[:5]
    return [
        Figure(f"canned queries over 300 ms, of {len(times)}", sum(t > 300 for t in times.values()),
               "", "0"),
        *(Figure(f"query {name}", times[name], "ms", "≤ 300") for name in slowest),
    ]  # fmt: skip
