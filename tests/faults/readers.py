"""Many processes read an archive while one writes it: nobody waits, nobody sees half a day."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from db import connection
from db.connection import open_read_only
from db.errors import ArchiveError
from db.search import run
from db.search.language import parse
from tests.bench.figures import Figure
from tests.faults.archives import Torn, load
from tests.pages import message, write_page

READERS, DAYS, MESSAGES = 8, 60, 80
PATIENCE_MS = 0
LOADS = 3
_DAY = "select m.text from messages m join days d on d.id = m.day_id where d.date = ?"


def write_version(pages: Path, version: str) -> None:
    """Days whose messages all say of which version they are."""
    for day in range(DAYS):
        said = [
            message(f"08:{n // 60:02}:{n % 60:02}", f"甲{n % 7}-清算", f"{version} 第{n}条")
            for n in range(MESSAGES)
        ]
        write_page(pages, *said, date=_date(day))


def read(db: Path, stop: Path) -> int:
    """Read days until there is a file ``stop``, each time anew; how many were read. Raises Torn.

    Without patience: whoever had to wait for the writer is told so at once.
    """
    connection.BUSY_TIMEOUT_MS = PATIENCE_MS
    chosen = random.Random(db.name)
    done = 0
    while not stop.exists():
        try:
            with open_read_only(db) as archive:
                run.prepare(archive)
                for _ in range(20):
                    date = _date(chosen.randrange(DAYS))
                    texts = [text for (text,) in archive.execute(_DAY, [date])]
                    if len(texts) != MESSAGES or len({text.split()[0] for text in texts}) != 1:
                        raise Torn(f"{date} has {len(texts)} messages: {texts[:1]} {texts[-1:]}")
                    done += 1
                # the index tells of the same moment as the messages do
                if (found := run.count(archive, parse("第7条"))) != DAYS:
                    raise Torn(f"a search finds {found} of {DAYS} messages")
        except ArchiveError as error:
            raise Torn(str(error)) from error
    return done


def measure(folder: Path, seconds: float) -> Iterator[Figure]:
    """Readers, and a writer for so long and some loads. Raises Torn if one of them complains."""
    pages, db, stop = folder / "pages", folder / "read.db", folder / "stop"
    write_version(pages, "version0")
    load(pages, db)
    command = [sys.executable, "-m", "tests.faults.readers", str(db), str(stop)]
    readers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(READERS)
    ]
    try:
        loads = _load_again_and_again(pages, db, seconds)
    finally:
        stop.touch()
        answers = [(*reader.communicate(), reader.returncode) for reader in readers]
    faults = [error for _, error, code in answers if code]
    if faults:
        raise Torn("\n".join(faults))
    yield Figure(
        f"read by {READERS} processes during loads", sum(int(a[0]) for a in answers), "days"
    )
    yield Figure("  loads meanwhile, each of all days", loads, "loads", f"≥ {LOADS}")


def _load_again_and_again(pages: Path, db: Path, seconds: float) -> int:
    """Load ever newer exports of all days for so long, and some loads at least; how many."""
    loads, end = 0, time.monotonic() + seconds
    while loads < LOADS or time.monotonic() < end:
        loads += 1
        write_version(pages, f"version{loads}")
        load(pages, db)
    return loads


def _date(day: int) -> str:
    return f"2031-{1 + day // 28:02}-{1 + day % 28:02}"


if __name__ == "__main__":
    print(read(Path(sys.argv[1]), Path(sys.argv[2])))
