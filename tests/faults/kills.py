"""Writers that are killed: at any moment, and at each call that writes, in turn."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import which
from typing import NamedTuple

from tests.bench.figures import Figure
from tests.faults.archives import (
    Torn,
    Undisturbed,
    check_made_good,
    check_whole_days,
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


class Outcome(NamedTuple):
    """What kills came to: how many there were, after how many the archive was right, what not."""

    kills: int
    right: int
    faults: list[str]
    partial: int = 0


def undisturbed(pages: Path, folder: Path) -> Undisturbed:
    """What a load of the pages gives that nobody disturbs."""
    db = folder / "undisturbed.db"
    started = time.monotonic()
    load(pages, db)
    return Undisturbed(pages, digest(db), time.monotonic() - started)


def write_small(folder: Path) -> Path:
    """A few days that take the fewest writes."""
    for day in range(1, 4):
        said = [message(f"08:00:{n:02}", f"甲{n % 2}-清算", f"第{n}条 @甲1-清算") for n in range(9)]
        write_page(folder, *said, date=f"2031-02-{day:02}")
    return folder


def at_random_moments(wanted: Undisturbed, folder: Path, times: int) -> Outcome:
    """Kill a load at so many random moments, each of an archive of its own."""
    moments = random.Random(SEED)
    kills = right = partial = tries = 0
    faults: list[str] = []
    while kills < times:
        tries += 1
        db = folder / f"random{tries}.db"
        moment = moments.uniform(0.05, wanted.seconds)
        if not killed_after(load_command(wanted.pages, db), moment):
            continue
        kills += 1
        fault, days = fault_of(wanted, db)
        partial += days > 0
        right += fault is None
        if fault:
            faults.append(f"killed after {moment:.3f} s: {fault}")
    return Outcome(kills, right, faults, partial)


def at_each_write(wanted: Undisturbed, folder: Path, step: int = 1) -> Outcome:
    """Kill a load at its first writing call, at its second, and so on, every ``step``-th."""
    kills = right = partial = 0
    faults: list[str] = []
    for call in WRITING:
        for number in range(1, 10_000, step):
            db = folder / f"{call}{number}.db"
            inject = f"{call}:signal=SIGKILL:when={number}"
            done = traced(load_command(wanted.pages, db), inject)
            if done.returncode == 0:
                # it has no such call
                break
            if done.returncode != -signal.SIGKILL:
                faults.append(f"at {call} {number}: ends with {done.returncode}: {done.stderr}")
            kills += 1
            fault, days = fault_of(wanted, db)
            partial += days > 0
            right += fault is None
            if fault:
                faults.append(f"killed at {call} {number}: {fault}")
    return Outcome(kills, right, faults, partial)


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


def measure(pages: Path, folder: Path, times: int) -> Iterator[Figure]:
    """Kill loads of ``pages`` so many times, and a small load at each of its writes."""
    (folder / "random").mkdir(parents=True)
    outcome = at_random_moments(undisturbed(pages, folder / "random"), folder / "random", times)
    yield from figures("killed at a random moment", outcome)
    small = write_small(folder / "small")
    (folder / "writes").mkdir()
    outcome = at_each_write(undisturbed(small, folder / "writes"), folder / "writes")
    yield from figures("killed at each write in turn", outcome)


def figures(name: str, outcome: Outcome) -> Iterator[Figure]:
    """The outcome in figures; each fault is printed. Raises Torn, at the end, if there are any."""
    yield Figure(name, outcome.kills, "kills")
    yield Figure("  of these after some days were there", outcome.partial, "kills")
    yield Figure("  sound, whole days only, made good by a load", outcome.right, "kills",
                 f"= {outcome.kills}")  # fmt: skip
    if outcome.faults:
        raise Torn("\n".join(outcome.faults))


def fault_of(wanted: Undisturbed, db: Path) -> tuple[str | None, int]:
    """What is wrong with an archive whose load was disturbed; and how many days it had."""
    days = 0
    try:
        days = check_whole_days(db)
        check_made_good(wanted, db)
    except (Torn, AssertionError) as fault:
        return str(fault), days
    finally:
        for left in db.parent.glob(f"{db.name}*"):
            left.unlink()
    return None, days
