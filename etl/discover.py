"""Which day files there are under the paths given, and what was passed over, and why."""

from __future__ import annotations

import datetime
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from etl.sources import BY_SUFFIX, Format

_DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_POSTS = "_posts"
# A room's name is part of paths: of file names the longest has 255 bytes.
LONGEST_ROOM = 255
_NOT_IN_ROOM = re.compile(r"[/\x00-\x1f\x7f-\x9f\u2028\u2029]")


class DayFile(NamedTuple):
    """A file that holds one room's day, ``date`` being ``YYYY-MM-DD``.

    ``location`` is its path as text: tens of thousands of files are quicker looked at without
    Path. ``identity`` is what the file system knows it by, under whatever name.
    """

    location: str
    room: str
    date: str
    format: Format
    size: int
    mtime_ns: int
    identity: tuple[int, int] = (0, 0)

    @property
    def path(self) -> Path:
        """Where it is."""
        return Path(self.location)


class Remark(NamedTuple):
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


class BadDayFile(NotADayFile):
    """The file is named as a day's, but cannot be loaded."""


def discover(paths: Iterable[Path], room: str | None = None, date: str | None = None) -> Discovery:
    """Find day files: the paths themselves, and whatever lies in the folders among them.

    ``room`` and ``date`` override what a file's folder and name say. A path that was named is a
    problem where it cannot be loaded; one that was only found is passed over.
    """
    found = Discovery()
    seen: set[object] = set()
    room_in = _rooms(room)
    for path in paths:
        for one in _named(path, found) if not is_folder(path) else _walk(str(path), found):
            try:
                day_file = _day_file(one, room_in, date)
            except BadDayFile as reason:
                found.problems.append(Remark(Path(one.location), str(reason)))
            except NotADayFile as reason:
                remark = Remark(Path(one.location), str(reason))
                (found.problems if one.is_named else found.passed_over).append(remark)
            except OSError as error:
                file = Path(one.location)
                found.problems.append(Remark(file, _os_reason(file, error)))
            else:
                # one file named twice is one; linked into two rooms it is two days
                same = (day_file.room, day_file.date, day_file.identity)
                if same not in seen:
                    found.files.append(day_file)
                seen.add(same)
    found.files.sort(key=lambda f: (f.date, f.room, os.fsencode(f.location)))
    return found


def room_of(path: Path) -> str:
    """The folder above ``_posts`` (in any case), or else the nearest one."""
    folder = path.absolute().parent
    return folder.parent.name if folder.name.lower() == _POSTS else folder.name


def date_of(name: str) -> str:
    """The date that a day file's name begins with. Raises NotADayFile."""
    match = _DATED.match(name)
    if match is None:
        raise NotADayFile("its name does not begin with a date (YYYY-MM-DD)")
    try:
        return valid_date(match[1])
    except NotADayFile as reason:
        raise BadDayFile(str(reason)) from None


def valid_date(text: str) -> str:
    """``text`` if it is a date as ``YYYY-MM-DD``. Raises NotADayFile."""
    try:
        # fromisoformat() alone takes 20310203 and 2031-W06-1, too, since Python 3.11
        if not _ISO.fullmatch(text):
            raise ValueError
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise NotADayFile(f"{text} is no date (YYYY-MM-DD)") from None


def valid_room(text: str) -> str:
    """``text`` in Unicode's form NFC, if it can name a room: it becomes part of keys and of paths.

    Some file systems give a name back in another form than it was written in: it is the same
    room. Those that know no case keep it, though: what it tells apart are two. Raises NotADayFile.
    """
    text = unicodedata.normalize("NFC", text)
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        size = 0
    if not 0 < size <= LONGEST_ROOM or text.startswith(".") or _NOT_IN_ROOM.search(text):
        raise BadDayFile(f"{text!r} cannot be a room's name; give one with --room")
    return text


def folded(room: str) -> str:
    """What is the same for two rooms that some file system would put into one folder."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", room).casefold())


class _Found(NamedTuple):
    """A file in a folder (as text; '' is the current one), or one that was named itself."""

    folder: str
    name: str
    stat: Callable[[], os.stat_result]
    is_named: bool = False

    @property
    def location(self) -> str:
        """Its path, as Path would write it."""
        return os.path.join(self.folder, self.name)


def _named(path: Path, found: Discovery) -> Iterator[_Found]:
    """A path that is no folder, if there is anything."""
    try:
        facts = path.stat()
    except OSError as error:
        found.problems.append(Remark(path, _os_reason(path, error)))
    else:
        folder = "" if str(path.parent) == "." else str(path.parent)
        yield _Found(folder, path.name, lambda: facts, is_named=True)


def _walk(top: str, found: Discovery) -> Iterator[_Found]:
    """Files below a folder, in the order of their names; hidden ones and linked folders apart."""
    waiting = ["" if top == "." else top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder or ".") as entries:
                here = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            problem = Remark(Path(folder), f"cannot be read: {error.strerror}")
            found.problems.append(problem)
            continue
        yield from (_Found(folder, one.name, one.stat) for one in here if not _is_folder(one))
        folders = [one for one in here if _is_folder(one) and _is_looked_into(one, folder, found)]
        waiting += (os.path.join(folder, one.name) for one in reversed(folders))


def _is_looked_into(entry: os.DirEntry[str], folder: str, found: Discovery) -> bool:
    """Whether day files are looked for in a folder; if not, that is said."""
    path = Path(folder, entry.name)
    if entry.name.startswith("."):
        found.passed_over.append(Remark(path, "a hidden folder"))
    elif _looks_like_day_file(entry.name):
        found.problems.append(Remark(path, "a folder, though named as a day's file"))
    elif entry.is_symlink():
        found.passed_over.append(Remark(path, "a link to a folder"))
    else:
        return True
    return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _looks_like_day_file(name: str) -> bool:
    return _suffix(name) in BY_SUFFIX and _DATED.match(name) is not None


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()


def _rooms(room: str | None) -> Callable[[str], str]:
    """The room that files of a folder are of, each folder looked at once. It raises NotADayFile."""

    @cache
    def room_in(folder: str) -> str:
        return valid_room(room or room_of(Path(folder, "file")))

    return room_in


def _day_file(one: _Found, room_in: Callable[[str], str], date: str | None) -> DayFile:
    if one.name.startswith("."):
        raise NotADayFile("a hidden file")
    format_ = BY_SUFFIX.get(_suffix(one.name))
    if format_ is None:
        raise NotADayFile(f"not one of {', '.join('*' + suffix for suffix in BY_SUFFIX)}")
    day = date or date_of(one.name)
    facts = one.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise OSError(None, "is no regular file")
    return DayFile(
        one.location,
        room_in(one.folder),
        day,
        format_,
        facts.st_size,
        # SQLite's integers end in the year 2262
        max(min(facts.st_mtime_ns, 2**63 - 1), -(2**63)),
        (facts.st_dev, facts.st_ino),
    )


def is_folder(path: Path) -> bool:
    """Whether there is a folder; of what may not be looked at, nobody knows."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_link(path: Path) -> bool:
    try:
        return path.is_symlink()
    except OSError:
        return False


def _os_reason(path: Path, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "a broken link" if _is_link(path) else "there is no such file or folder"
    return error.strerror or str(error)
