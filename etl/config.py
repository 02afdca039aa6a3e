"""``archive.toml``: what the pages cannot say."""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from db.errors import ArchiveError
from etl.people.by_hand import ByHand

FILE_NAME = "archive.toml"


class RoomConfig(NamedTuple):
    """A room's title, and the IANA name of the time zone its times are in."""

    title: str | None = None
    timezone: str | None = None


class PeopleConfig(NamedTuple):
    """Groups of names: each of ``join`` is one person's, in each of ``part`` all are others'."""

    join: tuple[tuple[str, ...], ...] = ()
    part: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """``me`` is the name of the account that exported the chat, which pages call `我`.

    Without any file ``me`` and ``people`` are None: what was said last then holds.
    """

    me: str | None = None
    rooms: dict[str, RoomConfig] = field(default_factory=dict)
    people: PeopleConfig | None = None

    def names(self) -> list[str]:
        """The names of people that it speaks of."""
        groups = (*self.people.join, *self.people.part) if self.people else ()
        return sorted({self.me or "", *(name for names in groups for name in names)} - {""})


def read_config(database: Path, given: Path | None) -> Config:
    """The file given, or the one beside the archive if there is one. Raises ArchiveError."""
    path = given or database.absolute().parent / FILE_NAME
    if given is None and not path.exists():
        return Config()
    if path.exists() and not path.is_file():
        raise ArchiveError(f"{path}: is no regular file")
    try:
        values = _parsed(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ArchiveError(f"{path}: not TOML: {error}") from error
    return _checked(values, path)


def _parsed(text: str) -> dict[str, Any]:
    # most archives have no such file, and get on without
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)


def _checked(values: dict[str, Any], path: Path) -> Config:
    _only(values, {"me", "rooms", "people"}, str(path))
    me = values.get("me")
    rooms = values.get("rooms", {})
    if me is not None and not isinstance(me, str):
        raise ArchiveError(f"{path}: me: must be a name in quotes")
    if not isinstance(rooms, dict):
        raise ArchiveError(f"{path}: rooms: must be tables such as [rooms.team]")
    people = _checked_people(values.get("people", {}), f"{path}: people")
    both = ByHand(me, people.join, people.part).contradiction()
    if both is not None:
        raise ArchiveError(f"{path}: people: {both[0]} and {both[1]} are kept apart by part, and"
                           " made one by join or me; leave one of the two out")  # fmt: skip
    return Config(
        me.strip() if me else "",
        {
            # as rooms are called: see valid_room
            unicodedata.normalize("NFC", slug): _checked_room(room, f"{path}: rooms.{slug}")
            for slug, room in rooms.items()
        },
        people,
    )


def _checked_people(values: Any, where: str) -> PeopleConfig:
    if not isinstance(values, dict):
        raise ArchiveError(f"{where}: must be a table with join and part")
    _only(values, {"join", "part"}, where)
    return PeopleConfig(
        **{kind: _checked_groups(groups, f"{where}.{kind}") for kind, groups in values.items()}
    )


def _checked_groups(groups: Any, where: str) -> tuple[tuple[str, ...], ...]:
    fits = isinstance(groups, list) and all(
        isinstance(names, list)
        and len(set(map(str, names))) > 1
        and all(isinstance(name, str) and name.strip() for name in names)
        for names in groups
    )
    if not fits:
        raise ArchiveError(f'{where}: must be lists of two or more names: [["林秋", "Lin"]]')
    return tuple(tuple(dict.fromkeys(name.strip() for name in names)) for names in groups)


def _checked_room(values: Any, where: str) -> RoomConfig:
    if not isinstance(values, dict):
        raise ArchiveError(f"{where}: must be a table with title and timezone")
    _only(values, {"title", "timezone"}, where)
    for name, value in values.items():
        if not isinstance(value, str):
            raise ArchiveError(f"{where}.{name}: must be text in quotes")
    import zoneinfo

    room = RoomConfig(**values)
    known = zoneinfo.available_timezones()
    # a machine without time zone data cannot tell
    if room.timezone is not None and known and room.timezone not in known:
        raise ArchiveError(
            f'{where}.timezone: {room.timezone!r} is no time zone; one is "Asia/Shanghai"'
        )
    return room


def _only(values: dict[str, Any], allowed: set[str], where: str) -> None:
    unknown = sorted(set(values) - allowed)
    if unknown:
        raise ArchiveError(
            f"{where}: unknown {unknown[0]!r}; known are {', '.join(sorted(allowed))}"
        )
