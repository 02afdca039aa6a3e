"""Writers that are killed: at any moment, and at each call that writes, in turn."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which

from tests.bench.figures import Figure
from tests.faults.archives import (
    REVISIONS,
    Torn,
    Undisturbed,
    check_made_good,
    check_whole_days,
    derived,
    digest,
    killed_after,
    load,
    load_command,
    run_through,
)
from tests.pages import message, write_page

# The calls by which SQLite changes files.
WRITING = ("pwrite64", "fdatasync", "fsync", "ftruncate", "unlink", "rename")
SEED = 20310203


@dataclass(slots=True)
class Outcome:
    """What kills came to: how many there were, after how many the archive was right, what not.

    After ``partial`` of them some days were there; ``untried`` says why there were none.
    """

    kills: int = 0
    right: int = 0
    faults: list[str] = field(default_factory=list)
    partial: int = 0
    untried: str = ""

    def add(self, what: str, fault: str | None, days: int = 0) -> None:
        """Count one more kill, after which so many days were there."""
        self.kills += 1
        self.partial += days > 0
        self.right += fault is None
        if fault is not None:
            self.faults.append(f"{what}: {fault}")


def undisturbed(pages: Path, folder: Path, before: Path | None = None) -> Undisturbed:
    """What a load of the pages, into a copy of an archive ``before``, gives undisturbed."""
    db = folder / "undisturbed.db"
    if before is not None:
        db = folder / "updated.db"
        shutil.copy(before, db)
    started = time.monotonic()
    load(pages, db)
    seconds = time.monotonic() - started
    return Undisturbed(pages, digest(db), derived(db), seconds, before)


def updated(older: Path, newer: Path, folder: Path) -> Undisturbed:
    """What a load of ``newer`` gives into an archive that has the ``older`` pages.

    Raises Torn if that is not what it gives into none: of what was replaced only revisions know.
    """
    before = folder / "before.db"
    load(older, before)
    wanted = undisturbed(newer, folder, before)
    fresh = undisturbed(newer, folder)
    for sql, rows in fresh.derived.items():
        if sql != REVISIONS and rows != wanted.derived[sql]:
            raise Torn(f"an update gives other rows than a first load: {sql}")
    if fresh.digest != wanted.digest:
        raise Torn("an update gives another digest than a first load")
    return wanted


def write_small(folder: Path, version: int = 0) -> Path:
    """A few days that take the fewest writes; in version 1 all changed, and there is one more."""
    for day in range(1, 4 + version):
        # in version 1 others write, and others are meant
        names = [f"甲{n % 2 + version}-清算" for n in range(9 + version)]
        said = [
            message(f"08:00:{n:02}", name, f"第{n}条 @甲{1 + version}-清算")
            for n, name in enumerate(names)
        ]
        write_page(folder, *said, date=f"2031-02-{day:02}")
    return folder


def write_versions(pages: Path, folder: Path) -> tuple[Path, Path]:
    """Most pages as they are, and newer exports of all: a third of them are new.

    On each that changed a message is gone, and somebody new means another.
    """
    older, newer = folder / "older", folder / "newer"
    for number, path in enumerate(sorted(pages.rglob("*.markdown"))):
        text = path.read_text("utf-8")
        if number % 3:
            _write(older / path.relative_to(pages), text)
        _write(newer / path.relative_to(pages), _newer(text, number))
    return older, newer


def _newer(text: str, number: int) -> str:
    head, *said = text.split("\n> ")
    if not said:
        return text
    speaker = said[0].splitlines()[0].partition("  ")[2].strip()
    del said[len(said) // 2]
    said.append(f"23:59:58  新{number}-清算  \n   \n@{speaker} 对吗？  \n   \n")
    return "\n> ".join([head, *said])


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="")


def at_random_moments(wanted: Undisturbed, folder: Path, times: int) -> Outcome:
    """Kill a load at so many random moments, each of an archive of its own."""
    moments = random.Random(SEED)
    outcome, tries = Outcome(), 0
    while outcome.kills < times:
        tries += 1
        db = wanted.start(folder / f"random{tries}.db")
        moment = moments.uniform(0.05, wanted.seconds)
        if not killed_after(load_command(wanted.pages, db), moment):
            continue
        outcome.add(f"killed after {moment:.3f} s", *fault_of(wanted, db))
    return outcome


def at_each_write(wanted: Undisturbed, folder: Path, step: int = 1) -> Outcome:
    """Kill a load at its first writing call, at its second, and so on, every ``step``-th."""
    outcome = Outcome()
    for call in WRITING:
        for number in range(1, 10_000, step):
            db = wanted.start(folder / f"{call}{number}.db")
            inject = f"{call}:signal=SIGKILL:when={number}"
            done = traced(load_command(wanted.pages, db), inject)
            if done.returncode == 0:
                # it has no such call
                break
            if done.returncode != -signal.SIGKILL:
                ended = f"ends with {done.returncode}: {done.stderr}"
                outcome.faults.append(f"at {call} {number}: {ended}")
            outcome.add(f"killed at {call} {number}", *fault_of(wanted, db))
    return outcome


def traced(command: Sequence[str], inject: str) -> subprocess.CompletedProcess[str]:
    """Run a command under strace, which does to its system calls what ``inject`` says."""
    strace = which("strace")
    if strace is None:
        raise Torn("strace is not installed")
    call = inject.partition(":")[0]
    return run_through(
        [strace, "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={inject}",
         *command]
    )  # fmt: skip


def measure(pages: Path, folder: Path, times: int, step: int) -> Iterator[Figure]:
    """Kill loads of ``pages`` so many times, and a small load at each ``step``-th of its writes.

    Then loads of newer exports into an archive that has the pages.
    """
    for name in ("random", "writes"):
        (folder / name).mkdir(parents=True)
    versions = write_versions(pages, folder)
    small, small_newer = write_small(folder / "small"), write_small(folder / "small-newer", 1)
    first = undisturbed(pages, folder / "random")
    outcome = at_random_moments(first, folder / "random", times)
    yield from figures("killed at a random moment", outcome)
    update = updated(*versions, folder / "random")
    outcome = at_random_moments(update, folder / "random", times)
    yield from figures("an update killed at a random moment", outcome)
    outcome = at_each_write(undisturbed(small, folder / "writes"), folder / "writes", step)
    yield from figures("killed at each write in turn", outcome)
    update = updated(small, small_newer, folder / "writes")
    outcome = at_each_write(update, folder / "writes", step)
    yield from figures("an update killed at each write in turn", outcome)


def figures(name: str, outcome: Outcome) -> Iterator[Figure]:
    """The outcome in figures; each fault is printed. Raises Torn, at the end, if there are any.

    What could not be tried here is said; what was not tried otherwise is a fault.
    """
    if outcome.untried:
        yield Figure(name, 0, "kills", f"not tried: {outcome.untried}")
        return
    yield Figure(name, outcome.kills, "kills")
    yield Figure("  of these after some days were there", outcome.partial, "kills")
    yield Figure("  sound, whole days only, made good by a load", outcome.right, "kills",
                 f"= {outcome.kills}")  # fmt: skip
    if outcome.kills == 0 and not outcome.faults:
        raise Torn(f"{name}: nothing was tried")
    if outcome.faults:
        raise Torn("\n".join(outcome.faults))


def fault_of(wanted: Undisturbed, db: Path) -> tuple[str | None, int]:
    """What is wrong with an archive whose load was disturbed; and how many days it had loaded."""
    days = 0
    try:
        days = check_whole_days(db, wanted.versions)
        check_made_good(wanted, db)
    except (Torn, AssertionError) as fault:
        return str(fault), days
    finally:
        for left in db.parent.glob(f"{db.name}*"):
            left.unlink()
    return None, days
