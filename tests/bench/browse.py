"""How fast pages come over HTTP from `chats serve`, beside Datasette's own page of a table."""

from __future__ import annotations

import contextlib
import http.client
import re
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from cli.browse.addresses import Addresses
from db.connection import open_read_only
from tests.bench.figures import Figure
from tests.bench.processes import CHATS, p95
from tests.bench.setting import Setting

ROUNDS = 30
# in a handful of messages, and in every third
RARE, COMMON = "清算机构", "的"
GOALS = {"busiest day": "≤ 150"}
USUAL_GOAL = "≤ 60"
LIGHT = 600


def measure(setting: Setting) -> list[Figure]:
    """Serve the archive of the pages and ask for its pages in turn."""
    return over_http(setting.db, ROUNDS, GOALS)


def over_http(
    db: Path, rounds: int, goals: dict[str, str], usual: str = USUAL_GOAL
) -> list[Figure]:
    """The times of an archive's pages, by their ``goals``."""
    places = addresses_of(db)
    times: dict[str, list[float]] = {name: [] for name in places}
    with served(db) as connection:
        for place in places.values():
            fetched(connection, place)
        for _ in range(rounds):
            for name, place in places.items():
                started = time.perf_counter()
                fetched(connection, place)
                times[name].append(1000 * (time.perf_counter() - started))
        weight = len(fetched(connection, places["busiest day"])) / 1000
    table = statistics.median(times.pop("Datasette's table"))
    figures = [Figure("GET Datasette's own page of messages", table, "ms")]
    for name, of_page in times.items():
        goal = goals.get(name, usual)
        median = statistics.median(of_page)
        figures += [
            Figure(f"GET {name}", median, "ms", goal),
            Figure(f"GET {name}, p95", p95(of_page), "ms", goal),
            Figure(f"GET {name} / Datasette's own page", median / table, "×"),
        ]
    return [*figures, Figure("busiest day, compressed", weight, "KB", f"≤ {LIGHT}")]


def addresses_of(db: Path) -> dict[str, str]:
    """The pages to measure."""
    to = Addresses(f"/{db.stem}", "")
    with open_read_only(db) as connection:
        day = connection.execute(
            "select r.slug, d.date from days d join rooms r on r.id = d.room_id"
            " order by d.messages desc, d.date limit 1"
        ).fetchone()
        (person,) = connection.execute(
            "select p.name from messages m join speakers s on s.id = m.speaker_id"
            " join people p on p.id = s.person_id group by p.id order by count(*) desc limit 1"
        ).fetchone()
    return {
        "Datasette's table": to.table("messages"),
        "home": to.home(),
        "busiest day": to.day(*day),
        "search for a rare word": to.search(q=RARE),
        "search for a common word": to.search(q=COMMON),
        "person": to.person(person),
    }


@contextlib.contextmanager
def served(db: Path) -> Iterator[http.client.HTTPConnection]:
    """A connection to `chats serve`, which ends with the block."""
    command = [str(CHATS), "serve", "--port", "0", "--db", str(db)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found, "it says where it is"
            connection = http.client.HTTPConnection(urlsplit(found[0]).netloc)
            yield connection
            connection.close()
        finally:
            process.terminate()


def fetched(connection: http.client.HTTPConnection, address: str) -> bytes:
    """A page as it comes, compressed."""
    connection.request("GET", address, headers={"accept-encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    assert response.status == 200, f"{address}: {response.status}"
    return body
