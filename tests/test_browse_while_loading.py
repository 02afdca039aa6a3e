"""Eight people read every page while a load writes: nobody sees an error or half a day."""

from __future__ import annotations

import http.client
import re
import subprocess
import sys
import threading
from pathlib import Path

from cli.browse.addresses import Addresses
from tests.bench.browse import served
from tests.conftest import Command, assert_sound
from tests.pages import message, write_page

READERS = 8
DAYS = 40
MESSAGES = 60
ETL = Path(sys.executable).with_name("etl")
TO = Addresses("/chats", "")


def test_readers_see_whole_days_while_a_load_writes(etl: Command, db: Path, tmp_path: Path) -> None:
    pages = tmp_path / "pages"
    _write(pages, "first")
    assert etl("load", "-q", pages).code == 0
    faults: list[str] = []
    seen: set[str] = set()
    over = threading.Event()
    with served(db) as connection:
        host = connection.host, connection.port
        readers = [
            threading.Thread(target=_read, args=(host, number, over, faults, seen))
            for number in range(READERS)
        ]
        for reader in readers:
            reader.start()
        for version in ("second", "third", "fourth"):
            _write(pages, version)
            command = [str(ETL), "load", str(pages), "--quiet", "--db", str(db)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")
        over.set()
        for reader in readers:
            reader.join()
    assert faults == []
    # they did read while it was written
    assert {"first", "fourth"} <= seen
    assert_sound(db)


def _write(pages: Path, version: str) -> None:
    """Days whose messages all say of which version they are."""
    for day in range(DAYS):
        said = [
            message(f"08:{n // 60:02}:{n % 60:02}", f"甲{n % 7}-清算", f"{version} 第{n}条")
            for n in range(MESSAGES)
        ]
        write_page(pages, *said, date=f"2031-{1 + day // 28:02}-{1 + day % 28:02}")


def _read(
    host: tuple[str, int],
    number: int,
    over: threading.Event,
    faults: list[str],
    seen: set[str],
) -> None:
    connection = http.client.HTTPConnection(*host)
    days = [TO.day("team", f"2031-{1 + day // 28:02}-{1 + day % 28:02}") for day in range(DAYS)]
    others = [TO.home(), TO.room("team"), TO.table("messages"), *OTHERS]
    addresses = [*days[number * 5 :], *others, *days[: number * 5]]
    while not over.is_set():
        for address in addresses:
            connection.request("GET", address)
            response = connection.getresponse()
            body = response.read().decode()
            if response.status != 200:
                faults.append(f"{address}: {response.status} {body[:200]}")
            elif address in days:
                versions = re.findall(r">(\w+) 第\d+条<", body)
                seen |= set(versions)
                if len(versions) != MESSAGES or len(set(versions)) != 1:
                    faults.append(f"{address}: {len(versions)} of {set(versions)}")
            if over.is_set():
                break
    connection.close()


OTHERS = [TO.search(q="第3条"), TO.person("甲1-清算"), TO.pictures(), TO.links(), TO.insights()]
