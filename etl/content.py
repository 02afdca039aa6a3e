"""The bytes of day files: read whole or refused, and what to say where two are of one day."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from etl.discover import DayFile, Remark

MAX_SIZE = 64 * 1024 * 1024


class DayContent(NamedTuple):
    """A day file with its bytes."""

    file: DayFile
    content: bytes

    @property
    def sha256(self) -> str:
        """Of the bytes, in hexadecimal."""
        # it loads OpenSSL, which a load that finds nothing new can do without
        import hashlib

        return hashlib.sha256(self.content).hexdigest()


class UnreadableFile(Exception):
    """A day file whose bytes cannot be had; the message says why."""


def read_content(file: DayFile, most: int) -> DayContent:
    """The file with its bytes, at most so many. Raises UnreadableFile."""
    try:
        content = b"" if file.size > most else _bytes_of(file.location, most + 1)
    except OSError as error:
        raise UnreadableFile(f"cannot be read: {error.strerror}") from error
    if file.size > most or len(content) > most:
        limit = f"{most / 1024 / 1024:g} MiB"
        raise UnreadableFile(f"is larger than {limit}; allow more with --max-size")
    return DayContent(file, content)


def disagreement(contents: Sequence[DayContent]) -> Remark | None:
    """What to say of several files for one room and day, unless all have the same bytes."""
    first, *others = contents
    differing = next((other for other in others if other.content != first.content), None)
    if differing is None:
        return None
    names = f"{first.file.path} and {differing.file.path}"
    what = f"differ, though both are {first.file.room} of {first.file.date}"
    return Remark(Path(names), f"{what}; neither was loaded: keep one, or use --room")


def writable(path: Path | str) -> str:
    """An absolute path as text that any database can hold; undecodable bytes as ``\\xNN``.

    A path that is text must be as Path would write it.
    """
    if not isinstance(path, str):
        path = str(path.absolute())
    elif not path.startswith("/"):
        path = os.path.join(os.getcwd(), path)
    # nearly all are, and to decode each again takes longer than to look at its file
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "backslashreplace")


def _bytes_of(path: str, most: int) -> bytes:
    """The first ``most`` bytes of a file; one that would make us wait, as some in /proc, fails."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        return file.read(most)
