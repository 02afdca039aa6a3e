"""Which day files are as they were when they were loaded, by size and mtime: nobody reads those."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from functools import cache, partial

from db.loads import LoadedFile, files_as_seen, loaded_files
from etl.content import writable
from etl.discover import DayFile, Loaded, RoomDate, Seen


def loaded_versions(
    connection: sqlite3.Connection, files: Iterable[DayFile]
) -> dict[RoomDate, LoadedFile]:
    """What is loaded of the days that files are of, and of those between them, by room and date."""
    dates: dict[str, list[str]] = {}
    for file in files:
        dates.setdefault(file.room, []).append(file.date)
    return {
        (room, loaded.date): loaded
        for room, of_room in dates.items()
        for loaded in loaded_files(connection, room, min(of_room), max(of_room))
    }


def loaded_from(connection: sqlite3.Connection) -> Loaded:
    """What is loaded, by the folders and names of its files; each room is looked up once."""

    by_path = cache(partial(files_as_seen, connection))

    def in_folder(folder: str, room: str) -> tuple[str, dict[str, Seen]]:
        return f"{writable(folder).rstrip('/')}/", by_path(room)

    return in_folder


def is_as_loaded(file: DayFile, loaded: LoadedFile | None) -> bool:
    """Whether a file is still the one that was loaded, in the same place."""
    return (
        loaded is not None
        and (file.size, file.mtime_ns) == (loaded.size, loaded.mtime_ns)
        and writable(file.location) == loaded.path
    )
