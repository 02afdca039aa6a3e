"""What must hold in every archive: each file of ``db/invariants`` is a view that returns no row.

A file is one SELECT that can be pasted into ``sqlite3``, or put behind ``create view … as``, under
a comment that says what holds, and what to do where it does not::

    -- title: A day says how many messages it has
    -- remedy: `etl rebuild derived` counts them anew

A row that it does return is a violation: its ``place``, and what was ``found`` there.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

_HEADER = re.compile(r"-- title: (.+)\n-- remedy: (.+)\n")


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must hold, and what to do where it does not."""

    name: str
    title: str
    remedy: str
    sql: str


@cache
def invariants() -> tuple[Invariant, ...]:
    """All of them, in the order of their names."""
    files = resources.files("db").joinpath("invariants").iterdir()
    found = (_read(f.name[:-4], f.read_text("utf-8")) for f in files if f.name.endswith(".sql"))
    return tuple(sorted(found, key=lambda invariant: invariant.name))


def violations(connection: sqlite3.Connection, invariant: Invariant) -> Iterator[tuple[str, str]]:
    """Where it does not hold, and what is there instead."""
    return connection.execute(invariant.sql)


def _read(name: str, text: str) -> Invariant:
    header = _HEADER.match(text)
    assert header is not None, f"{name}.sql begins with no title and remedy"
    return Invariant(name, header[1], header[2], text[header.end() :].strip())
