"""Ctrl-C while a day is being written: between any two of its tables."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

from db import writer
from db.writable import open_writable
from etl.load import load
from etl.run import LoadOptions
from tests.bench.figures import Figure
from tests.faults.archives import Undisturbed
from tests.faults.kills import Outcome, fault_of, figures, undisturbed, updated, write_small
from tests.faults.mutations import Watch

# so that some days are kept and others are not
MESSAGES_PER_COMMIT = 9


def at_each_family(wanted: Undisturbed, folder: Path, step: int = 1) -> Outcome:
    """Stop a load before the first family of rows of its first day, the second, and so on."""
    outcome = Outcome()
    for number in count(1, step):
        db = wanted.start(folder / f"family{number}.db")
        if not _interrupted(wanted.pages, db, number):
            break
        outcome.add(f"interrupted at family {number}", *fault_of(wanted, db))
    return outcome


def _interrupted(pages: Path, db: Path, number: int) -> bool:
    """Whether a load writes so many families of rows; it is stopped at the last one."""
    calls = count(1)
    insert_family = writer.insert_family

    def interrupted(*arguments: Any) -> None:
        if next(calls) == number:
            raise KeyboardInterrupt
        insert_family(*arguments)

    with (
        mock.patch("db.writer.insert_family", interrupted),
        mock.patch("etl.load.MESSAGES_PER_COMMIT", MESSAGES_PER_COMMIT),
    ):
        try:
            with open_writable(db, create=True) as connection:
                load(connection, LoadOptions(paths=(pages,)), Watch())
        except KeyboardInterrupt:
            return True
    return False


def measure(folder: Path) -> Iterator[Figure]:
    """Interrupt a small load, and one of newer exports, at every family of rows."""
    folder.mkdir(exist_ok=True)
    small, newer = write_small(folder / "small"), write_small(folder / "newer", 1)
    first, update = undisturbed(small, folder), updated(small, newer, folder)
    yield from figures("interrupted within a day", at_each_family(first, folder))
    yield from figures("an update interrupted within a day", at_each_family(update, folder))
