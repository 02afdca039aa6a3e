"""What must hold in every archive: each file of ``db/invariants`` is a view that returns no row.

A file is one statement that can be pasted into ``sqlite3``, under a comment that says what holds,
and what to do where it does not::

    -- title: A day says how many messages it has
    -- remedy: `etl rebuild derived` counts them anew
    create temp view days_count_their_messages as
    select …

A third line `-- after: a whole load` says that it is about what a load makes at its end, which
does not hold while one goes on, or after one was stopped. A row that the view does return is a
violation: its ``place``, and what was ``found`` there. A temporary view is the connection's own:
it is never written into the archive.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

_HEADER = re.compile(r"-- title: (.+)\n-- remedy: (.+)\n(-- after: a whole load\n)?")


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must hold, and what to do where it does not; ``sql`` makes its view.

    ``is_derived``: of what is made at the end of a load; while days wait for that it need not hold.
    """

    name: str
    title: str
    remedy: str
    is_derived: bool
    sql: str

    @property
    def view(self) -> str:
        """The name of its view."""
        return self.name.replace("-", "_")


@cache
def invariants() -> tuple[Invariant, ...]:
    """All of them, in the order of their names."""
    files = resources.files("db").joinpath("invariants").iterdir()
    found = (_read(f.name[:-4], f.read_text("utf-8")) for f in files if f.name.endswith(".sql"))
    return tuple(sorted(found, key=lambda invariant: invariant.name))


def violations(connection: sqlite3.Connection, invariant: Invariant) -> Iterator[tuple[str, str]]:
    """Where it does not hold, and what is there instead: the rows of its view, which is made here.

    Once for a connection.
    """
    connection.execute(invariant.sql)
    return connection.execute(f"select place, found from temp.{invariant.view}")


def _read(name: str, text: str) -> Invariant:
    header = _HEADER.match(text)
    assert header is not None, f"{name}.sql begins with no title and remedy"
    one = Invariant(name, header[1], header[2], header[3] is not None, text[header.end() :].strip())
    assert one.sql.startswith(f"create temp view {one.view} as\n"), f"{name}.sql makes no such view"
    return one
