"""How long it takes to find out who is who: against the load itself, and for ten times as much.

Ten times as much are copies of the pages in rooms and years of their own, whose people have other
names: a copy's names begin with another surname, or with a letter more.
"""

from __future__ import annotations

import datetime
import json
import re
import statistics
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

from db.connection import open_read_only
from db.people.reader import known_names
from etl.jobs.mentions import KnownNames
from etl.people.names import read_names
from tests.bench.figures import Figure
from tests.bench.processes import ETL, one_process
from tests.bench.setting import Setting

MOST_ROUNDS = 5
COPIES = 10
YEARS_APART = 3 * 365
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_HEADER = re.compile(r"^(> \d\d:\d\d:\d\d  )(.*?)( *)$")
_QUOTED = re.compile(r"^([「?] ?)([^:：「」]{1,80})(?=[:：])")


def measure(setting: Setting) -> list[Figure]:
    """Load the pages, and copies of them under other names."""
    pages, folder = setting.pages, setting.folder
    rounds = min(setting.rounds, MOST_ROUNDS)
    ratios = [ratio(pages, folder / f"people{number}.db") for number in range(rounds)]
    copies = folder / "people-copies"
    write_copies(pages, folder / "people0.db", copies)
    usual, more = statistics.median(ratios), ratio(copies, folder / "people-copies.db")
    return [
        Figure("who is who / the rest of the load", usual, "×", "≤ 0.33"),
        Figure(f"  with {COPIES} × the pages and names", more, "×"),
        Figure(f"  with {COPIES} × / with 1 ×", more / usual, "×", "≤ 1.2"),
    ]


def write_copies(pages: Path, db: Path, copies: Path) -> None:
    """The pages ten times, with names that the archive ``db`` of them knows changed in each."""
    with open_read_only(db) as connection:
        names = known_names(connection)
    known = KnownNames(names)
    readings = read_names(names)

    @cache
    def renamed(name: str, number: int) -> str:
        # headers may have spaces that no name has
        personal = readings[name].personal if name in readings else None
        if number == 0 or not name.strip("? "):
            return name
        if personal and personal[0] in SURNAMES:
            place = SURNAMES.index(personal[0]) + number
            return name.replace(personal, SURNAMES[place % len(SURNAMES)] + personal[1:])
        return f"{chr(ord('a') + number)}{name}"

    for page in pages.rglob("*.markdown"):
        text = page.read_text("utf-8", errors="surrogateescape")
        date = page.name[:10]
        for number in range(COPIES):
            room = f"{page.parent.parent.name}-{number}"
            later = datetime.date.fromisoformat(date) + number * datetime.timedelta(YEARS_APART)
            target = copies / room / "_posts" / page.name.replace(date, str(later))
            target.parent.mkdir(parents=True, exist_ok=True)
            lines = text.replace(date, str(later)).split("\n")
            written = (_renamed_line(line, known, renamed, number) for line in lines)
            target.write_text("\n".join(written), "utf-8", errors="surrogateescape")


def _renamed_line(
    line: str, known: KnownNames, renamed: Callable[[str, int], str], number: int
) -> str:
    header = _HEADER.match(line)
    if header is not None:
        return f"{header[1]}{renamed(header[2], number)}{header[3]}"
    line = _QUOTED.sub(lambda match: match[1] + renamed(match[2], number), line)
    at = line.find("@")
    while at >= 0:
        name = known.name_at(line, at + 1)
        if name is not None:
            line = line[: at + 1] + renamed(name, number) + line[at + 1 + len(name) :]
        at = line.find("@", at + 1)
    return line


def ratio(pages: Path, db: Path) -> float:
    """The seconds of a load that go into who is who, by the others."""
    done = subprocess.run(
        [str(ETL), "load", str(pages), "--db", str(db), "--json", *one_process()],
        capture_output=True,
        text=True,
        check=True,
    )
    report = json.loads(done.stdout)
    people = float(report["people_seconds"])
    return people / (float(report["seconds"]) - people)
