"""How much each job's table grows in a load, without counting what is there."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping

from db.families import FAMILIES
from db.reader import rows_of_day, table_counts

# All tables that jobs make rows of, by the jobs' names.
TABLES = ("days", "speakers", "messages", *FAMILIES)
# Rows that days have in common are few: their tables are counted.
_SHARED = {"speakers": "speakers", "images": "images", "links": "links"}
_OF_DAYS = {name: name for name in ("days", "messages")} | {
    family.name: family.counted for family in FAMILIES.values() if family.name not in _SHARED
}


class Growth:
    """How much each job's table grows: that of whole days day by day, so that nobody counts all."""

    def __init__(self, connection: sqlite3.Connection):
        self._connection = connection
        self._more: Counter[str] = Counter()
        self._before: dict[str, int] | None = None

    def before(self, day_id: int | None) -> None:
        """Call it before a day is written or removed: None is a new one."""
        if self._before is None:
            self._before = table_counts(self._connection, tuple(_SHARED.values()))
        if day_id is not None:
            self._more.subtract(rows_of_day(self._connection, day_id, _OF_DAYS))

    def after(self, counts: Mapping[str, int]) -> None:
        """Call it when a day is written, with the rows that each job made of it."""
        self._more.update({name: counts[name] for name in _OF_DAYS})

    def by_job(self) -> dict[str, int]:
        """How many rows more there are now, by job."""
        if self._before is None:
            return {}
        now_there = table_counts(self._connection, tuple(_SHARED.values()))
        more = {name: now_there[table] - self._before[table] for name, table in _SHARED.items()}
        return {**self._more, **more}
