"""How fast pages come over HTTP from `chats serve`, beside Datasette's own page of a table."""

from __future__ import annotations

import contextlib
import http.client
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from cli.browse.addresses import Addresses
from db.connection import open_read_only
from tests.bench.load import Figure, run_etl

ROUNDS = 30
# in a handful of messages, and in every third
RARE, COMMON = "清算机构", "的"
CHATS = Path(sys.executable).with_name("chats")
GOALS = {"busiest day": "≤ 150"}
LIGHT = 600


def measure(pages: Path, folder: Path) -> list[Figure]:
    """Serve the archive of ``pages`` and ask for its pages in turn."""
    db = folder / "browse.db"
    run_etl("load", str(pages), "--quiet", "--db", str(db))
    places = addresses_of(db)
    times: dict[str, list[float]] = {name: [] for name in places}
    with served(db) as connection:
        for place in places.values():
            fetched(connection, place)
        for _ in range(ROUNDS):
            for name, place in places.items():
                started = time.perf_counter()
                fetched(connection, place)
                times[name].append(1000 * (time.perf_counter() - started))
        weight = len(fetched(connection, places["busiest day"])) / 1000
    table = statistics.median(times.pop("Datasette's table"))
    figures = [Figure("GET Datasette's own page of messages", table, "ms")]
    for name, of_page in times.items():
        goal = GOALS.get(name, "≤ 60")
        median = statistics.median(of_page)
        figures += [
            Figure(f"GET {name}", median, "ms", goal),
            Figure(f"GET {name}, p95", statistics.quantiles(of_page, n=20)[-1], "ms", goal),
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
