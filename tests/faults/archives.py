"""Loads that are disturbed, and what must be true of the archive afterwards."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from db.connection import open_read_only
from db.digest import archive_digest, table_digests
from db.errors import ArchiveError
from db.reader import stored_days
from etl.stored import stored_bytes
from tests.conftest import assert_sound, query
from tests.test_people import LOGICAL

# `etl load` as it is, but for a commit every few messages: so that there are many moments at which
# some days are there and others are not yet.
LOADER = [
    sys.executable,
    "-c",
    "import sys, etl.load; etl.load.MESSAGES_PER_COMMIT = int(sys.argv.pop(1));"
    " import cli.main; cli.main.etl()",
]
COMMIT = 100
# Without coverage: what a signal interrupts it in, it never leaves again.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")}


Disturbed = subprocess.CompletedProcess[str]
Derived = dict[str, list[tuple[Any, ...]]]
REVISIONS = (
    "select kind, key_before, key_after, position_before, position_after, hex(before), hex(after)"
    " from revisions order by 1, 2, 3, 4, 5, 6, 7"
)
# The digest leaves out who is who and what was replaced, and what waits to be made.
BESIDE_THE_DIGEST = (
    *LOGICAL,
    REVISIONS,
    "select day_id from changed_days",
    "select name from changed_names",
)


@dataclass(frozen=True)
class Undisturbed:
    """Pages, and the archive that a load of them gives that nobody disturbs.

    ``before`` is the archive that it is a load into; None for the first load of all.
    """

    pages: Path
    digest: str
    derived: Derived
    seconds: float
    before: Path | None = None

    def start(self, db: Path) -> Path:
        """``db``, as it is before the load."""
        if self.before is not None:
            shutil.copy(self.before, db)
        return db

    @cached_property
    def versions(self) -> set[str]:
        """The SHA-256 of every page that is not in the archive before."""
        pages = self.pages.rglob("*.markdown")
        found = {hashlib.sha256(page.read_bytes()).hexdigest() for page in pages}
        if self.before is not None:
            found -= {sha256 for (sha256,) in query(self.before, "select sha256 from sources")}
        return found


class Torn(AssertionError):
    """An archive that a disturbed load left in a state it must never be in."""


def load_command(pages: Path, db: Path, commit: int = COMMIT) -> list[str]:
    """The command line of a load that commits every so many messages."""
    return [*LOADER, str(commit), "load", str(pages), "--quiet", "--db", str(db)]


def run_through(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=ENVIRONMENT, timeout=300
    )


def load(pages: Path, db: Path) -> None:
    """A load that nobody disturbs. Raises Torn if it does not succeed."""
    done = run_through(load_command(pages, db))
    if done.returncode or done.stderr:
        raise Torn(f"a load afterwards ends with {done.returncode}: {done.stderr}")


def digest(db: Path) -> str:
    """The digest of an archive."""
    with open_read_only(db) as connection:
        return archive_digest(table_digests(connection))


def derived(db: Path) -> Derived:
    """What an archive says beside its digest, by the queries that ask for it."""
    return {sql: query(db, sql) for sql in BESIDE_THE_DIGEST}


def check_whole_days(db: Path, versions: Container[str] | None = None) -> int:
    """Readers find a sound archive with whole days only; how many of these versions. Raises Torn.

    What a program that was killed left in a journal is undone by the next writer, not by readers:
    they say so, or find the state before.
    """
    copy = db.with_name("copy.db")
    for suffix in ("", "-wal", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(f"{db}{suffix}", f"{copy}{suffix}")
    try:
        return _whole_days(copy, versions)
    finally:
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{copy}{suffix}").unlink(missing_ok=True)


def _whole_days(db: Path, versions: Container[str] | None) -> int:
    if not db.exists() or not _has_tables(db):
        return 0
    # as a writer would, so that what was left half written is undone
    assert_sound(db)
    try:
        with open_read_only(db) as connection:
            days = list(stored_days(connection))
            for day in days:
                found = hashlib.sha256(stored_bytes(connection, day)).hexdigest()
                if found != day.sha256:
                    raise Torn(f"{day.room} of {day.date} is not the page that was loaded")
            return sum(versions is None or day.sha256 in versions for day in days)
    except ArchiveError as error:
        if "there is nothing in it yet" in str(error):
            return 0
        raise Torn(str(error)) from error


def _has_tables(db: Path) -> bool:
    with contextlib.closing(sqlite3.connect(db)) as connection:
        return connection.execute("select 1 from sqlite_master limit 1").fetchone() is not None


def check_made_good(wanted: Undisturbed, db: Path) -> None:
    """Another load gives what an undisturbed one does. Raises Torn."""
    load(wanted.pages, db)
    assert_sound(db)
    if digest(db) != wanted.digest:
        raise Torn("after another load the digest is not that of an undisturbed one")
    for sql, rows in derived(db).items():
        if rows != wanted.derived[sql]:
            raise Torn(f"after another load these rows are not those of an undisturbed one: {sql}")


def killed_after(command: Sequence[str], seconds: float) -> bool:
    """Run a command and kill it after so long; whether it was still running."""
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=ENVIRONMENT,
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return True
        return False


def fault_of_words(done: Disturbed, code: int) -> str | None:
    """What is wrong with how a load ended: it must be one clear line, and that exit code."""
    if done.returncode != code:
        return f"ends with {done.returncode}: {done.stderr}"
    if not done.stderr.startswith("etl: ") or done.stderr.count("\n") != 1:
        return f"says {done.stderr!r}"
    return None
