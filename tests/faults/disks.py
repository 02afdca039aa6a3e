"""Disks that fill up, fail or are read-only, and being told to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from db.errors import ArchiveError
from tests.bench.figures import Figure
from tests.faults.archives import (
    ENVIRONMENT,
    Disturbed,
    Torn,
    Undisturbed,
    check_whole_days,
    derived,
    digest,
    fault_of_words,
    load,
    load_command,
    run_through,
)
from tests.faults.kills import (
    Outcome,
    fault_of,
    figures,
    traced,
    undisturbed,
    updated,
    write_small,
    write_versions,
)
from tests.faults.meanwhile import as_nobody, hurt_meanwhile

# What a disk may answer, to which call, for good from some call on.
REFUSALS = (
    ("pwrite64", "ENOSPC"),
    ("pwrite64", "EIO"),
    ("fdatasync", "EIO"),
    ("ftruncate", "ENOSPC"),
)
# They end a command as Ctrl-C does, with 128 and their number.
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def refused_from_each_call_on(wanted: Undisturbed, folder: Path, step: int = 1) -> Outcome:
    """Loads whose disk fails at the first writing call, at the second, and so on, for good."""
    outcome = Outcome()
    for call, error in REFUSALS:
        for number in range(1, 10_000, step):
            db = wanted.start(folder / f"{call}{error}{number}.db")
            inject = f"{call}:error={error}:when={number}+"
            done = traced(load_command(wanted.pages, db), inject)
            if done.returncode == 0:
                break
            outcome.add(f"{error} at {call} {number}", *_fault(wanted, db, done, 1))
    return outcome


def told_to_stop(wanted: Undisturbed, folder: Path, times: int) -> Outcome:
    """Loads that get each signal in turn, at moments spread over their writing."""
    outcome = Outcome()
    told: set[signal.Signals] = set()
    for number in range(times):
        sign = SIGNALS[number % len(SIGNALS)]
        db = folder / f"told{number}.db"
        done = _told(load_command(wanted.pages, db), db, sign, wanted.seconds * number / times / 2)
        if done.returncode in (0, -sign) and _is_whole(wanted, db):
            # it was over already, or all but the end of Python itself
            continue
        told.add(sign)
        outcome.add(f"{sign.name} {number}", *_fault(wanted, db, done, 128 + sign))
    over = [sign.name for sign in SIGNALS if sign not in told]
    outcome.faults += [f"{name}: every load was over before it" for name in over]
    return outcome


def _is_whole(wanted: Undisturbed, db: Path) -> bool:
    """Whether a load did all that it had to, so that there was nothing left to stop."""
    try:
        return digest(db) == wanted.digest and derived(db) == wanted.derived
    except ArchiveError:
        return False


def on_a_full_disk(wanted: Undisturbed, folder: Path) -> Outcome:
    """Loads onto real disks of some sizes, from next to nothing to nearly enough."""
    outcome = Outcome()
    for kib in (64, 256, 512, 1024):
        disk = folder / f"disk{kib}"
        disk.mkdir()
        if not _mounted(disk, f"size={kib}k"):
            return Outcome(untried=_why_not_mounted())
        try:
            db = disk / "chats.db"
            done = run_through(load_command(wanted.pages, db))
            fault = fault_of_words(done, 1) or ("" if "make room" in done.stderr else done.stderr)
            check_whole_days(_moved(db, folder / f"full{kib}.db"))
            outcome.add(f"{kib} KiB", fault or None)
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    return outcome


def on_a_read_only_disk(wanted: Undisturbed, folder: Path) -> Outcome:
    """Loads into an archive, and of a new one, on a disk that became read-only."""
    disk = folder / "disk"
    disk.mkdir()
    if not _mounted(disk, "size=16m"):
        return Outcome(untried=_why_not_mounted())
    faults = []
    try:
        db = disk / "chats.db"
        load(wanted.pages, db)
        if not _mounted(disk, "remount,ro"):
            raise Torn("the disk cannot be made read-only")
        before = db.read_bytes()
        # a load that finds nothing new notes that it ran
        for name in ("chats.db", "new.db"):
            done = run_through(load_command(wanted.pages, disk / name))
            if fault := fault_of_words(done, 1):
                faults.append(f"{name} on a read-only disk: {fault}")
        if db.read_bytes() != before:
            faults.append("a load changed an archive on a read-only disk")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return Outcome(2, 2 - len(faults), faults)


def measure(pages: Path, folder: Path, step: int) -> Iterator[Figure]:
    """Hurt loads of ``pages``, and of a few days at every ``step``-th call that writes.

    Then loads of newer exports into an archive that has the pages.
    """
    folder.mkdir(exist_ok=True)
    older, newer = write_small(folder / "small"), write_small(folder / "small-newer", 1)
    for name, small in (
        ("disk fails from each write on", undisturbed(older, folder)),
        ("disk fails from each write of an update on", updated(older, newer, folder)),
    ):
        yield from figures(name, refused_from_each_call_on(small, folder, step))
    with tempfile.TemporaryDirectory(dir=folder) as name:
        here = Path(name)
        first, update = undisturbed(pages, here), updated(*write_versions(pages, here), here)
        yield from figures("told to stop", told_to_stop(first, here, 42))
        yield from figures("real disk is full", on_a_full_disk(first, here))
        yield from figures("disk is read-only", on_a_read_only_disk(first, here))
        yield from figures("folder is read-only, or becomes so", as_nobody(update))
        for name, wanted in (("a new archive", first), ("an archive that is updated", update)):
            yield from figures(f"{name} hurt meanwhile", hurt_meanwhile(wanted, here))


def _mounted(disk: Path, options: str) -> bool:
    """Mount a disk in memory, if we may: only root may, and not in every container.

    Where nobody may, the calls that are made to fail say much the same.
    """
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _why_not_mounted() -> str:
    """Raises Torn in CI, where what root can try must be tried."""
    if os.geteuid() != 0:
        return "needs root"
    if os.environ.get("CI"):
        raise Torn("root cannot mount a disk: in CI the tests that need one must run")
    return "this root may not mount"


def _told(command: list[str], db: Path, sign: signal.Signals, seconds: float) -> Disturbed:
    """Run a load, and so long after its archive appears send it a signal."""
    with subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
        preexec_fn=_as_if_started_in_a_shell,
    ) as process:
        while not db.exists():
            time.sleep(0.001)
        time.sleep(seconds)
        process.send_signal(sign)
        _, said = process.communicate(timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, "", said)


def _as_if_started_in_a_shell() -> None:
    """What runs in the background, or under nohup, has others start deaf to some signals."""
    for sign in SIGNALS:
        signal.signal(sign, signal.SIG_DFL)


def _fault(wanted: Undisturbed, db: Path, done: Disturbed, code: int) -> tuple[str | None, int]:
    """What is wrong after a load was hurt; and how many days its archive had."""
    fault, days = fault_of(wanted, db)
    return fault_of_words(done, code) or fault, days


def _moved(db: Path, to: Path) -> Path:
    """The archive with what lies beside it, where there is room."""
    for suffix in ("", "-wal", "-journal"):
        source = Path(f"{db}{suffix}")
        if source.exists():
            Path(f"{to}{suffix}").write_bytes(source.read_bytes())
    return to
