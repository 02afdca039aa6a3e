"""How long each canned query takes, in process, with the defaults of its parameters.

Those that count people are asked for single names, too.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from db.catalog import Value, queries
from db.connection import open_read_only
from tests.bench.figures import Figure
from tests.bench.processes import timed
from tests.bench.setting import Setting

ROUNDS = 5
SHOWN = 5
LIMIT = 300
"""Milliseconds a query may take."""
GIVEN_UP = 60
"""Seconds after which a query is not waited for; then it took so long at least."""
_STEPS_PER_LOOK = 100_000


def measure(setting: Setting) -> list[Figure]:
    """Run every query on the archive; the slowest, and how many are slow."""
    return list(slowest(setting.db, ROUNDS, LIMIT))


def slowest(db: Path, rounds: int, limit: float) -> Iterator[Figure]:
    """How many queries take more than ``limit`` milliseconds, and the slowest ones."""
    times = times_of_all(db, rounds)
    slow = sum(time > limit for time in times.values())
    yield Figure(f"canned queries over {limit:g} ms", slow, "", "≤ 0", f"of {len(times)}")
    for place, name in enumerate(sorted(times, key=lambda name: -times[name])[:SHOWN], 1):
        yield Figure(f"slowest query, {place}.", times[name], "ms", f"≤ {limit:g}", name)


def times_of_all(db: Path, rounds: int) -> dict[str, float]:
    """Milliseconds of each query."""
    times: dict[str, float] = {}
    with open_read_only(db) as connection:
        for query in queries().values():
            values = query.values({})
            times[query.name] = milliseconds(connection, query.sql, values, rounds)
            if "by_name" in values:
                by_name = {**values, "by_name": True}
                name = f"{query.name} --by-name"
                times[name] = milliseconds(connection, query.sql, by_name, rounds)
    return times


def milliseconds(
    connection: sqlite3.Connection, sql: str, values: dict[str, Value], rounds: int
) -> float:
    """The median of a few runs; one that is given up counts as long as it was waited for."""

    def ask() -> None:
        until = time.monotonic() + GIVEN_UP
        connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS_PER_LOOK)
        try:
            connection.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if "interrupted" not in str(error):
                raise
        finally:
            connection.set_progress_handler(None, 0)

    first = 1000 * timed(ask)
    # what takes seconds is not so noisy
    more = rounds - 1 if first < 1000 else 0
    return statistics.median([first, *(1000 * timed(ask) for _ in range(more))])
