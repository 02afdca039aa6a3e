"""Which day files there are under the paths given, and what was passed over, and why."""

from __future__ import annotations

import datetime
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from etl.sources import BY_SUFFIX, Format

_DATED = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?![0-9])")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_DATE = "{} is no date (YYYY-MM-DD)"
_POSTS = "_posts"
# A room's name is part of paths: of file names the longest has 255 bytes.
LONGEST_ROOM = 255
# SQLite's integers, as times end in the year 2262.
_FIRST_TIME, _LAST_TIME = -(2**63), 2**63 - 1
_NOT_IN_ROOM = re.compile(r"[/\x00-\x1f\x7f-\x9f\u2028\u2029]")

# The short name of a room, and YYYY-MM-DD.
RoomDate = tuple[str, str]


# How the file of a loaded day looked: the day's date, bytes, when it was modified (ns).
Seen = tuple[str, int, int]
# Of a folder and its files' room, the folder as the archive writes it, with a slash, and what is
# loaded of that room, by paths that begin so.
Loaded = Callable[[str, str], tuple[str, Mapping[str, Seen]]]


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
    """What was found: files in the order of their dates, paths passed over, and problems.

    ``unchanged`` are files that are as they were loaded, each the only one of its day.
    """

    files: list[DayFile] = field(default_factory=list)
    unchanged: dict[RoomDate, str] = field(default_factory=dict)
    passed_over: list[Remark] = field(default_factory=list)
    problems: list[Remark] = field(default_factory=list)

    def days(self) -> set[RoomDate]:
        """The days of which there are files."""
        return {*self.unchanged, *((file.room, file.date) for file in self.files)}


class NotADayFile(Exception):
    """The file is none that could be loaded; the message says why."""


class BadDayFile(NotADayFile):
    """The file is named as a day's, but cannot be loaded."""


def discover(
    paths: Iterable[Path],
    room: str | None = None,
    date: str | None = None,
    loaded: Loaded | None = None,
) -> Discovery:
    """Find day files: the paths themselves, and whatever lies in the folders among them.

    ``room`` and ``date`` override what a file's folder and name say. A path that was named is a
    problem where it cannot be loaded; one that was only found is passed over. What is ``loaded``
    is compared with what lies in folders.
    """
    search = _Search(room, date, loaded)
    found = search.found
    for path in paths:
        for one in search.walk(str(path)) if is_folder(path) else search.named(path):
            search.take(one)
    # with others of its day a file is to be compared, though it is as it was loaded
    for day in found.unchanged.keys() & {(file.room, file.date) for file in found.files}:
        for one in search.named(Path(found.unchanged.pop(day))):
            search.take(one)
    found.files.sort(key=attrgetter("date", "room", "location"))
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
    date = match[1]
    try:
        datetime.date.fromisoformat(date)
    except ValueError:
        raise BadDayFile(_NO_DATE.format(date)) from None
    return date


def valid_date(text: str) -> str:
    """``text`` if it is a date as ``YYYY-MM-DD``. Raises NotADayFile."""
    try:
        # fromisoformat() alone takes 20310203 and 2031-W06-1, too, since Python 3.11
        if not _ISO.fullmatch(text):
            raise ValueError
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError:
        raise NotADayFile(_NO_DATE.format(text)) from None


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


class _Search:
    """Looks for day files: what is one, and what is said of the others, goes to ``found``."""

    def __init__(self, room: str | None, date: str | None, loaded: Loaded | None):
        self.found = Discovery()
        self._room_in, self._date, self._loaded = _rooms(room), date, loaded
        self._seen: set[object] = set()

    def named(self, path: Path) -> Iterator[_Found]:
        """A path that is no folder, if there is anything."""
        try:
            facts = path.stat()
        except OSError as error:
            self.found.problems.append(Remark(path, _os_reason(path, error)))
        else:
            folder = "" if str(path.parent) == "." else str(path.parent)
            yield _Found(folder, path.name, lambda: facts, is_named=True)

    def walk(self, top: str) -> Iterator[_Found]:
        """Files below a folder, in the order of their names; hidden and linked folders apart.

        Those that are as they were loaded are only noted.
        """
        waiting = ["" if top == "." else top]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder or ".") as entries:
                    here = sorted(entries, key=attrgetter("name"))
            except OSError as error:
                problem = Remark(Path(folder), f"cannot be read: {error.strerror}")
                self.found.problems.append(problem)
                continue
            folders = []
            for one in self._without_unchanged(folder, here):
                if not _is_folder(one):
                    yield _Found(folder, one.name, one.stat)
                elif _is_looked_into(one, folder, self.found):
                    folders.append(os.path.join(folder, one.name))
            waiting += reversed(folders)

    def take(self, one: _Found) -> None:
        """See whether a file is a day's."""
        try:
            day_file = _day_file(one, self._room_in, self._date)
        except BadDayFile as reason:
            self.found.problems.append(Remark(Path(one.location), str(reason)))
        except NotADayFile as reason:
            remark = Remark(Path(one.location), str(reason))
            (self.found.problems if one.is_named else self.found.passed_over).append(remark)
        except OSError as error:
            file = Path(one.location)
            self.found.problems.append(Remark(file, _os_reason(file, error)))
        else:
            # one file named twice is one; linked into two rooms it is two days
            same = (day_file.room, day_file.date, day_file.identity)
            if same not in self._seen:
                self.found.files.append(day_file)
            self._seen.add(same)

    def _without_unchanged(
        self, folder: str, entries: list[os.DirEntry[str]]
    ) -> Iterator[os.DirEntry[str]]:
        """The entries of a folder, without files that are as they were loaded; notes those."""
        if self._loaded is None or self._date is not None:
            yield from entries
            return
        try:
            room = self._room_in(folder)
        except NotADayFile:
            yield from entries
            return
        before, unchanged = os.path.join(folder, ""), self.found.unchanged
        written, loaded = self._loaded(folder, room)
        # tens of thousands of files may come by here, so that every step counts
        for one in entries:
            name = one.name
            seen = loaded.get(written + name)
            if seen is None or not _is_as_loaded(before + name, name, seen):
                yield one
            else:
                unchanged[room, seen[0]] = before + name


def _is_as_loaded(location: str, name: str, seen: Seen) -> bool:
    """Whether the file that a day was loaded from is still the same, and of the same day."""
    date, size, mtime_ns = seen
    try:
        facts = os.stat(location)
    except OSError:
        return False
    return (
        facts.st_size == size
        and facts.st_mtime_ns == mtime_ns
        # its name begins with a date: see _DATED
        and name.startswith(date)
        and not name[len(date) : len(date) + 1].isdigit()
    )


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
    mtime = facts.st_mtime_ns
    if not _FIRST_TIME <= mtime <= _LAST_TIME:
        mtime = _FIRST_TIME if mtime < 0 else _LAST_TIME
    identity = facts.st_dev, facts.st_ino
    size = facts.st_size
    return DayFile(one.location, room_in(one.folder), day, format_, size, mtime, identity)


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
