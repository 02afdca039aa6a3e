"""One writer at a time: a file beside the archive says who, and since when.

The operating system lets go of the lock when its holder ends, however that happens, so none is
ever stale: a file that a killed program left is taken over. Readers never look at it. Where there
are no such locks (Windows, some network folders) SQLite's own keep writers apart: those wait for
single transactions, and cannot say for whom.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import json
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from db.errors import ArchiveError

try:
    import fcntl
    import pwd
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

# Seconds a writer waits for another one unless told.
WAIT = 5.0
_LOOK_EVERY = 0.1
_SHOWN = 80
_NO_LOCKS_HERE = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS}


class Holder(NamedTuple):
    """Who writes an archive; ``started`` is local time, YYYY-MM-DD HH:MM:SS."""

    pid: int
    host: str
    user: str
    started: str
    command: str

    def __str__(self) -> str:
        """Such as ``by `etl load source/` (process 123, since 12:34:56)``."""
        date, _, clock = self.started.partition(" ")
        since = clock if date == str(datetime.date.today()) else self.started
        where = "" if self.host == os.uname().nodename else f" on {self.host}"
        command = f"{self.command[:_SHOWN]}{'…' if len(self.command) > _SHOWN else ''}"
        return f"by `{command}` (process {self.pid}{where}, since {since})"


def lock_path(path: Path) -> Path:
    """Where the lock of an archive is, by whatever link it is reached."""
    resolved = Path(os.path.realpath(path))
    return resolved.with_name(f"{resolved.name}.lock")


def holder(path: Path) -> Holder | None:
    """Who wrote themselves down as the archive's writer, if that can be read."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        facts = json.loads(lock_path(path).read_text("utf-8"))
        return Holder(int(facts["pid"]), *(str(facts[name]) for name in Holder._fields[1:]))
    return None


@contextlib.contextmanager
def only_writer(
    path: Path,
    wait: float = WAIT,
    say: Callable[[str], None] = lambda _: None,
    *,
    remedy: str | None = None,
) -> Iterator[bool]:
    """Be the only one who writes an archive; False where files cannot be locked.

    ``say`` is told whom we wait for. Raises ArchiveError, with a ``remedy``, where somebody else
    still writes it after ``wait`` seconds, and OSError where no file can be made beside it.
    """
    remedy = remedy or f"--wait {60 if wait < 60 else wait * 10:g} waits for it"
    descriptor = _taken(path, wait, say, remedy) if fcntl else None
    if descriptor is None:
        yield False
        return
    try:
        _sign(descriptor)
        yield True
    finally:
        # while we hold it: who opened it meanwhile sees that it is no longer the one of that name
        with contextlib.suppress(OSError):
            if _is_named(descriptor, lock_path(path)):
                lock_path(path).unlink()
        os.close(descriptor)


def _taken(path: Path, wait: float, say: Callable[[str], None], remedy: str) -> int | None:
    """The open lock file, locked; None where files cannot be."""
    deadline = time.monotonic() + wait
    is_said = False
    while True:
        descriptor = _open(lock_path(path))
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_named(descriptor, lock_path(path)):
                return descriptor
            os.close(descriptor)
            continue
        except BlockingIOError:
            os.close(descriptor)
        except OSError as error:
            os.close(descriptor)
            if error.errno in _NO_LOCKS_HERE:
                return None
            raise
        left = deadline - time.monotonic()
        if not left > 0:
            raise ArchiveError(f"{path}: is being written {_by(path)}; {remedy}")
        if not is_said and wait > WAIT:
            say(f"{path}: is being written {_by(path)}; waiting for it")
            is_said = True
        time.sleep(min(_LOOK_EVERY, left))


def _by(path: Path) -> str:
    return str(holder(path) or "by another process")


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o666)
    except PermissionError:
        if not path.exists():
            raise
        # somebody else's, who was killed: to read is enough to lock it
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)


def _is_named(descriptor: int, path: Path) -> bool:
    """Whether a file still has its name: its last holder may have taken it away."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.lstat(path))
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    """Write down who we are; without it the lock holds just as well."""
    with contextlib.suppress(OSError, KeyError):
        program, *arguments = sys.argv
        facts = Holder(
            os.getpid(),
            os.uname().nodename,
            pwd.getpwuid(os.getuid()).pw_name,
            datetime.datetime.now().strftime("%Y-%m-%d %H:%M:%S"),
            shlex.join([Path(program).name, *arguments]),
        )
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(facts._asdict()).encode(), 0)
