"""Disks that fill up, fail or are read-only, files that vanish, and being told to stop."""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.bench.figures import Figure
from tests.faults.archives import (
    ENVIRONMENT,
    Torn,
    Undisturbed,
    check_whole_days,
    load,
    load_command,
    run_through,
)
from tests.faults.kills import Outcome, fault_of, figures, traced, undisturbed, write_small

# What a disk may answer, to which call, for good from some call on.
REFUSALS = (
    ("pwrite64", "ENOSPC"),
    ("pwrite64", "EIO"),
    ("fdatasync", "EIO"),
    ("ftruncate", "ENOSPC"),
)
Disturbed = subprocess.CompletedProcess[str]


def refused_from_each_call_on(wanted: Undisturbed, folder: Path, step: int = 1) -> Outcome:
    """Loads whose disk fails at the first writing call, at the second, and so on, for good."""
    times = right = partial = 0
    faults: list[str] = []
    for call, error in REFUSALS:
        for number in range(1, 10_000, step):
            db = folder / f"{call}{error}{number}.db"
            inject = f"{call}:error={error}:when={number}+"
            done = traced(load_command(wanted.pages, db), inject)
            if done.returncode == 0:
                break
            times += 1
            fault, days = _fault(wanted, db, done, 1)
            partial += days > 0
            right += fault is None
            if fault:
                faults.append(f"{error} at {call} {number}: {fault}")
    return Outcome(times, right, faults, partial)


def told_to_stop(wanted: Undisturbed, folder: Path, times: int) -> Outcome:
    """Loads that get a signal, in turn SIGTERM and SIGINT, at moments spread over their writing."""
    right = partial = told = 0
    faults: list[str] = []
    for number in range(times):
        sign, code = [(signal.SIGTERM, 143), (signal.SIGINT, 130)][number % 2]
        db = folder / f"told{number}.db"
        done = _told(load_command(wanted.pages, db), db, sign, wanted.seconds * number / times / 2)
        if done.returncode in (0, -sign):
            # it was over already, or all but the end of Python itself
            continue
        told += 1
        fault, days = _fault(wanted, db, done, code)
        partial += days > 0
        right += fault is None
        if fault:
            faults.append(f"{sign.name} {number}: {fault}")
    return Outcome(told, right, faults, partial)


def on_a_full_disk(wanted: Undisturbed, folder: Path) -> Outcome:
    """Loads onto real disks of some sizes, from next to nothing to nearly enough."""
    right = times = 0
    faults: list[str] = []
    for kib in (64, 256, 512, 1024):
        disk = folder / f"disk{kib}"
        disk.mkdir()
        if not _mounted(disk, f"size={kib}k"):
            return Outcome(0, 0, [])
        try:
            db = disk / "chats.db"
            done = run_through(load_command(wanted.pages, db))
            times += 1
            fault = _said(done, 1) or ("" if "make room" in done.stderr else done.stderr)
            check_whole_days(_moved(db, folder / f"full{kib}.db"))
            right += not fault
            faults += [f"{kib} KiB: {fault}"] if fault else []
        finally:
            subprocess.run(["umount", str(disk)], check=True)
    return Outcome(times, right, faults)


def on_a_read_only_disk(wanted: Undisturbed, folder: Path) -> Outcome:
    """Loads into an archive, and of a new one, on a disk that became read-only."""
    disk = folder / "disk"
    disk.mkdir()
    if not _mounted(disk, "size=16m"):
        return Outcome(0, 0, [])
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
            if fault := _said(done, 1):
                faults.append(f"{name} on a read-only disk: {fault}")
        if db.read_bytes() != before:
            faults.append("a load changed an archive on a read-only disk")
    finally:
        subprocess.run(["umount", str(disk)], check=True)
    return Outcome(2, 2 - len(faults), faults)


def removed_meanwhile(wanted: Undisturbed, folder: Path) -> Outcome:
    """The archive is removed, or another file put in its place, while a load writes it."""

    def remove(db: Path) -> None:
        db.unlink()

    def replace(db: Path) -> None:
        other = db.with_name("other")
        other.write_bytes(b"somebody else's file")
        other.replace(db)

    faults = []
    hurts: tuple[Callable[[Path], None], ...] = (remove, replace)
    for hurt in hurts:
        db = folder / f"{hurt.__name__}.db"
        with subprocess.Popen(
            load_command(wanted.pages, db),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        ) as process:
            while not db.exists() or db.stat().st_size < 300_000:
                time.sleep(0.005)
            hurt(db)
            _, said = process.communicate(timeout=60)
        done = subprocess.CompletedProcess[str](process.args, process.returncode, "", said)
        if fault := _said(done, 1):
            faults.append(f"{hurt.__name__}: {fault}")
    return Outcome(len(hurts), len(hurts) - len(faults), faults)


def measure(pages: Path, folder: Path, step: int) -> Iterator[Figure]:
    """Hurt loads of ``pages``, and of a few days at every ``step``-th call that writes."""
    folder.mkdir(exist_ok=True)
    small = undisturbed(write_small(folder / "small"), folder)
    yield from figures(
        "disk fails from each write on", refused_from_each_call_on(small, folder, step)
    )
    with tempfile.TemporaryDirectory(dir=folder) as name:
        wanted = undisturbed(pages, Path(name))
        yield from figures("told to stop", told_to_stop(wanted, Path(name), 40))
        yield from figures("real disk is full", on_a_full_disk(wanted, Path(name)))
        yield from figures("disk is read-only", on_a_read_only_disk(wanted, Path(name)))
        yield from figures("archive removed or replaced", removed_meanwhile(wanted, Path(name)))


def _mounted(disk: Path, options: str) -> bool:
    """Mount a disk in memory, if we may: only root may, and not in every container.

    Where nobody may, the calls that are made to fail say the same.
    """
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _told(command: list[str], db: Path, sign: signal.Signals, seconds: float) -> Disturbed:
    """Run a load, and so long after its archive appears send it a signal."""
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        while not db.exists():
            time.sleep(0.001)
        time.sleep(seconds)
        process.send_signal(sign)
        _, said = process.communicate(timeout=60)
        return subprocess.CompletedProcess(command, process.returncode, "", said)


def _said(done: Disturbed, code: int) -> str | None:
    """What is wrong with how a load ended: one clear line, and that exit code."""
    if done.returncode != code:
        return f"ends with {done.returncode}: {done.stderr}"
    if not done.stderr.startswith("etl: ") or done.stderr.count("\n") != 1:
        return f"says {done.stderr!r}"
    return None


def _fault(wanted: Undisturbed, db: Path, done: Disturbed, code: int) -> tuple[str | None, int]:
    """What is wrong after a load was hurt; and how many days its archive had."""
    fault, days = fault_of(wanted, db)
    return _said(done, code) or fault, days


def _moved(db: Path, to: Path) -> Path:
    """The archive with what lies beside it, where there is room."""
    for suffix in ("", "-wal", "-journal"):
        source = Path(f"{db}{suffix}")
        if source.exists():
            Path(f"{to}{suffix}").write_bytes(source.read_bytes())
    return to
