"""Which day files there are under the paths given, and what was passed over, and why."""

from __future__ import annotations

import datetime
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from etl.sources import BY_SUFFIX, Format

_DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])")
_POSTS = "_posts"


@dataclass(frozen=True, slots=True)
class DayFile:
    """A file that holds one room's day, ``date`` being ``YYYY-MM-DD``."""

    path: Path
    room: str
    date: str
    format: Format
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A path and what there is to say of it."""

    path: Path
    text: str


@dataclass(slots=True)
class Discovery:
    """What was found: files in the order of their dates, paths passed over, and problems."""

    files: list[DayFile] = field(default_factory=list)
    passed_over: list[Remark] = field(default_factory=list)
    problems: list[Remark] = field(default_factory=list)


class NotADayFile(Exception):
    """The file is none that could be loaded; the message says why."""


def discover(paths: Iterable[Path], room: str | None = None, date: str | None = None) -> Discovery:
    """Find day files: the paths themselves, and whatever lies in the folders among them.

    ``room`` and ``date`` override what a file's folder and name say. A path that was named is a
    problem where it cannot be loaded; one that was only found is passed over.
    """
    found = Discovery()
    seen: set[tuple[int, int]] = set()
    for path in paths:
        named = not path.is_dir()
        for file in [path] if named else _walk(path, found):
            try:
                if named:
                    path.stat()
                day_file = _day_file(file, room, date)
            except NotADayFile as reason:
                remark = Remark(file, str(reason))
                (found.problems if named else found.passed_over).append(remark)
            except OSError as error:
                found.problems.append(Remark(file, _os_reason(file, error)))
            else:
                identity = (file.stat().st_dev, file.stat().st_ino)
                if file.is_symlink() or identity not in seen:
                    found.files.append(day_file)
                seen.add(identity)
    found.files.sort(key=lambda f: (f.date, f.room, os.fsencode(f.path)))
    return found


def room_of(path: Path) -> str:
    """The folder above ``_posts``, or else the nearest one."""
    folder = path.absolute().parent
    return folder.parent.name if folder.name == _POSTS else folder.name


def date_of(path: Path) -> str:
    """The date that a day file's name begins with. Raises NotADayFile."""
    match = _DATED.match(path.name)
    if match is None:
        raise NotADayFile("its name does not begin with a date (YYYY-MM-DD)")
    return valid_date(match[1])


def valid_date(text: str) -> str:
    """``text`` if it is a date as ``YYYY-MM-DD``. Raises NotADayFile."""
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise NotADayFile(f"{text} is no date (YYYY-MM-DD)") from None


def valid_room(text: str) -> str:
    """``text`` if it can name a room: it becomes part of keys and of paths. Raises NotADayFile."""
    if not text or text in (".", "..") or "/" in text or not text.isprintable():
        raise NotADayFile(f"{text!r} cannot be a room's name; give one with --room")
    return text


def _walk(folder: Path, found: Discovery) -> Iterator[Path]:
    """Files below a folder, in the order of their names; hidden ones and linked folders apart."""

    def failed(error: OSError) -> None:
        found.problems.append(Remark(Path(error.filename), f"cannot be read: {error.strerror}"))

    for parent, folders, files in os.walk(folder, onerror=failed):
        here = Path(parent)
        for name in sorted(folders):
            if name.startswith("."):
                found.passed_over.append(Remark(here / name, "a hidden folder"))
                folders.remove(name)
            elif _looks_like_day_file(here / name):
                found.problems.append(Remark(here / name, "a folder, though named as a day's file"))
            elif (here / name).is_symlink():
                found.passed_over.append(Remark(here / name, "a link to a folder"))
        folders.sort()
        yield from (here / name for name in sorted(files))


def _looks_like_day_file(path: Path) -> bool:
    return path.suffix.lower() in BY_SUFFIX and _DATED.match(path.name) is not None


def _day_file(path: Path, room: str | None, date: str | None) -> DayFile:
    if path.name.startswith("."):
        raise NotADayFile("a hidden file")
    format_ = BY_SUFFIX.get(path.suffix.lower())
    if format_ is None:
        raise NotADayFile(f"not one of {', '.join('*' + suffix for suffix in BY_SUFFIX)}")
    day = date or date_of(path)
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(None, "is no regular file")
    return DayFile(
        path, valid_room(room or room_of(path)), day, format_, facts.st_size, facts.st_mtime_ns
    )


def _os_reason(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "a broken link" if path.is_symlink() else "there is no such file or folder"
    return error.strerror or str(error)
