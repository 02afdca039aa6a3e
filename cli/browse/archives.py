"""Which of Datasette's databases are archives, and who may see them."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from db import connection as archive_files

if TYPE_CHECKING:
    # which imports its plugins while it is being imported
    from datasette.app import Datasette

# What the first look at each database said: pages ask for every cell, and must not ask SQLite.
_seen: WeakKeyDictionary[Datasette, dict[str, bool]] = WeakKeyDictionary()


def look_at(datasette: Datasette, name: str, connection: sqlite3.Connection) -> bool:
    """Whether a database that is being connected to is an archive, of whatever version."""
    try:
        found = archive_files.is_archive(connection)
    except sqlite3.DatabaseError:
        # locked or damaged: Datasette says so itself
        found = False
    _seen.setdefault(datasette, {})[name] = found
    return found


def is_archive(datasette: Datasette, name: str | None) -> bool:
    """Whether a database is an archive, once it has been connected to."""
    return name is not None and _seen.get(datasette, {}).get(name, False)


async def visible_archives(datasette: Datasette, actor: dict[str, Any] | None) -> list[str]:
    """The archives that somebody may see."""
    names = [name for name in datasette.databases if is_archive(datasette, name)]
    return [name for name in names if await may_see(datasette, actor, name)]


async def may_see(datasette: Datasette, actor: dict[str, Any] | None, name: str) -> bool:
    """Whether somebody may see a database in Datasette."""
    if hasattr(datasette, "permission_allowed"):
        permissions = [("view-database", name), "view-instance"]
        visible, _ = await datasette.check_visibility(actor, permissions=permissions)
        return bool(visible)
    # 1.0 asks in another way
    from datasette.resources import DatabaseResource

    resource = DatabaseResource(name)
    return bool(await datasette.allowed(action="view-database", resource=resource, actor=actor))
