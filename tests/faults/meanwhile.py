"""What somebody else does to the files while a load writes them: move, cut, write over, lock away.

The load waits at a chosen moment until that is done, so that every moment can be tried. Run as a
module this is that load.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from unittest import mock

import cli.main
from db import writer
from etl import finish
from tests.conftest import assert_sound
from tests.faults.archives import (
    COMMIT,
    ENVIRONMENT,
    Disturbed,
    Undisturbed,
    derived,
    digest,
    fault_of_words,
    load,
)
from tests.faults.kills import Outcome, write_small

# Days of the sample, and before and after what a load does at its end.
MOMENTS = (1, 9, 18, 27, 28, 29)
NOBODY = 65534
Hurt = Callable[[Path], None]


def removed(db: Path) -> None:
    """Remove the archive."""
    db.unlink()


def replaced(db: Path) -> None:
    """Put another file in its place."""
    other = db.with_name("other")
    other.write_bytes(b"somebody else's file")
    other.replace(db)


def emptied(db: Path) -> None:
    """Truncate it to nothing."""
    os.truncate(db, 0)


def halved(db: Path) -> None:
    """Truncate it to half."""
    os.truncate(db, db.stat().st_size // 2)


def scrambled(db: Path) -> None:
    """Write over all of it."""
    _write_over(db, random.Random(0).randbytes(db.stat().st_size))


def overwritten(db: Path) -> None:
    """Copy another archive over it."""
    other = db.with_name("another.db")
    if not other.exists():
        load(write_small(db.with_name("another")), other)
    _write_over(db, other.read_bytes())
    os.truncate(db, other.stat().st_size)


def log_emptied(db: Path) -> None:
    """Truncate its log to nothing."""
    os.truncate(f"{db}-wal", 0)


def log_halved(db: Path) -> None:
    """Truncate its log to half."""
    log = Path(f"{db}-wal")
    os.truncate(log, log.stat().st_size // 2)


HURTS: tuple[Hurt, ...] = (
    removed, replaced, emptied, halved, scrambled, overwritten, log_emptied, log_halved,
)  # fmt: skip


def hurt_meanwhile(
    wanted: Undisturbed, folder: Path, moments: tuple[int, ...] = MOMENTS
) -> Outcome:
    """Hurt an archive in every way at some moments of its load: it is intact, or said not to be."""
    outcome = Outcome()
    for hurt in HURTS:
        for moment in moments:
            db = wanted.start(folder / f"{hurt.__name__}{moment}.db")
            done = _load_hurt(wanted, db, moment, hurt)
            if done is None:
                continue
            outcome.add(f"{hurt.__name__} at {moment}", _fault(wanted, db, done))
        # whatever was left beside the old one
        load(wanted.pages, folder / f"after-{hurt.__name__}.db")
        if digest(folder / f"after-{hurt.__name__}.db") != wanted.digest:
            outcome.faults.append(f"{hurt.__name__}: a load into a fresh file gives another digest")
    return outcome


def as_nobody(wanted: Undisturbed) -> Outcome:
    """Loads by somebody who is not root, into folders that they may not write, or not any more."""
    faults = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # nobody must get to it, and root's own folders are closed
        folder.chmod(0o755)
        wanted = replace(wanted, pages=shutil.copytree(wanted.pages, folder / "pages"))
        for hurt in (_not_writable, _not_writable_meanwhile, _closed_meanwhile):
            fault = hurt(wanted, folder)
            faults += [f"{hurt.__name__.strip('_')}: {fault}"] if fault else []
    return Outcome(3, 3 - len(faults), faults)


def _not_writable(wanted: Undisturbed, folder: Path) -> str | None:
    """Into an archive, and a new one, in a folder that nobody may write."""
    db = _own(folder / "closed", wanted) / "chats.db"
    before = db.read_bytes()
    db.parent.chmod(0o555)
    for target in (db, db.with_name("new.db")):
        done = _load_hurt(wanted, target, 0, as_user=NOBODY)
        if done is None or (fault := fault_of_words(done, 1)):
            return f"{target.name}: {fault if done else 'did not end'}"
        if "permissions" not in done.stderr:
            return f"{target.name}: names no remedy: {done.stderr}"
    if db.read_bytes() != before or len(list(db.parent.iterdir())) != 1:
        return "the load changed the archive, or left something beside it"
    return None


def _not_writable_meanwhile(wanted: Undisturbed, folder: Path) -> str | None:
    return _shut_meanwhile(wanted, folder / "shut", 0o555, codes=(0, 1))


def _closed_meanwhile(wanted: Undisturbed, folder: Path) -> str | None:
    return _shut_meanwhile(wanted, folder / "locked", 0o000, codes=(1,))


def _shut_meanwhile(
    wanted: Undisturbed, folder: Path, mode: int, codes: tuple[int, ...]
) -> str | None:
    """In a folder whose permissions change while a load writes there."""
    db = _own(folder, wanted) / "chats.db"
    done = _load_hurt(wanted, db, 3, lambda db: db.parent.chmod(mode), as_user=NOBODY)
    folder.chmod(0o755)
    if done is None or done.returncode not in codes:
        return f"ends with {done.returncode}: {done.stderr}" if done else "was not reached"
    if done.returncode and (fault := fault_of_words(done, 1)):
        return fault
    if done.returncode and "permissions" not in done.stderr:
        return f"names no remedy: {done.stderr}"
    load(wanted.pages, db)
    assert_sound(db)
    return None if digest(db) == wanted.digest else "another load gives another digest"


def _own(folder: Path, wanted: Undisturbed) -> Path:
    """A folder of nobody's, with the archive as it is before the load."""
    folder.mkdir()
    load(wanted.pages, folder / "chats.db")
    wanted.start(folder / "chats.db")
    if os.geteuid() == 0:
        for path in (folder, folder / "chats.db"):
            os.chown(path, NOBODY, NOBODY)
    return folder


def _load_hurt(
    wanted: Undisturbed, db: Path, moment: int, hurt: Hurt = lambda _: None, as_user: int = 0
) -> Disturbed | None:
    """A load that waits at a moment until the archive is hurt; None if it does not get there.

    Moment 0 is none: it does not wait.
    """
    command = [sys.executable, "-m", "tests.faults.meanwhile", str(moment), str(as_user),
               "load", str(wanted.pages), "--quiet", "--db", str(db)]  # fmt: skip
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as process:
        assert process.stdout is not None
        reached = moment == 0 or process.stdout.readline() == "now\n"
        try:
            if reached:
                hurt(db)
        except FileNotFoundError:
            # there is no log yet
            reached = False
        _, said = process.communicate("go on\n", timeout=60)
        return Disturbed(command, process.returncode, "", said) if reached else None


def _fault(wanted: Undisturbed, db: Path, done: Disturbed) -> str | None:
    if done.returncode:
        return fault_of_words(done, 1)
    try:
        assert_sound(db)
        if digest(db) != wanted.digest or derived(db) != wanted.derived:
            return "nothing was said, and it is not what was loaded"
    except Exception as error:
        return f"nothing was said, and it is damaged: {error}"
    return None


def _write_over(db: Path, content: bytes) -> None:
    with db.open("r+b") as file:
        file.write(content)


def _waiting(moment: int) -> Callable[[], None]:
    """What to call at every moment: at that one it waits."""
    calls = count(1)

    def wait() -> None:
        if next(calls) == moment:
            print("now", flush=True)
            sys.stdin.readline()

    return wait


def _before(real: Callable[..., Any], wait: Callable[[], None]) -> Callable[..., Any]:
    def waits(*arguments: Any, **options: Any) -> Any:
        wait()
        return real(*arguments, **options)

    return waits


def _become(user: int, arguments: list[str]) -> None:
    """Be another user, who may not get to our own modules: a load imports them all before."""
    if os.geteuid() != 0 or not user:
        return
    with tempfile.TemporaryDirectory() as name:
        cli.main.run("etl", [*arguments[:-1], f"{name}/chats.db"])
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


@contextlib.contextmanager
def _waits_at(moment: int) -> Iterator[None]:
    wait = _waiting(moment)
    finishing = finish.finish

    def finish_waits(*arguments: Any) -> float:
        wait()
        seconds = finishing(*arguments)
        wait()
        return seconds

    with (
        mock.patch("db.writer.insert_day", _before(writer.insert_day, wait)),
        mock.patch("db.writer.update_day", _before(writer.update_day, wait)),
        mock.patch("etl.finish.finish", finish_waits),
        mock.patch("etl.load.MESSAGES_PER_COMMIT", COMMIT),
    ):
        yield


def main(moment: int, user: int, arguments: list[str]) -> int:
    """A load that waits for a line of standard input at a moment."""
    _become(user, arguments)
    with _waits_at(moment):
        return cli.main.run("etl", arguments)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
