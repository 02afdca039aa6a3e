"""Whether an archive is sound as a database: its pages, its schema, its references."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from db import migrations

_OBJECTS = """
select type, name, sql from {}sqlite_master where sql not null
and name not like 'sqlite\\_%' escape '\\' and name not like '\\_%' escape '\\'
"""


class SchemaObject(NamedTuple):
    """A table, index or view, and the SQL that makes it."""

    type: str
    name: str
    sql: str


class Dangling(NamedTuple):
    """A row (where the table has numbers for them) that refers to one that is not there."""

    table: str
    rowid: int | None
    parent: str


def integrity(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """What SQLite finds wrong with the file, and in which table: of each the first hundred."""
    whole = list(_integrity(connection, ""))
    if not whole:
        return
    tables = "select name from main.sqlite_master where type = 'table' and rootpage > 0"
    by_table = [
        (table, text)
        for (table,) in connection.execute(tables).fetchall()
        for text in _integrity(connection, f"('{table}')")
    ]
    yield from by_table or (("the file", text) for text in whole)


def _integrity(connection: sqlite3.Connection, of: str) -> Iterator[str]:
    try:
        for (text,) in connection.execute(f"pragma main.integrity_check{of}"):
            if text != "ok":
                yield from (line for line in text.splitlines() if not line.startswith("***"))
    except sqlite3.DatabaseError as error:
        yield str(error)


def size_fault(connection: sqlite3.Connection) -> str | None:
    """What is wrong with the file's size: of a page that is cut SQLite reads the rest as zeros."""
    ((_, _, name),) = connection.execute("pragma database_list").fetchmany(1)
    (pages,) = connection.execute("pragma main.page_count").fetchone()
    (page_size,) = connection.execute("pragma main.page_size").fetchone()
    size = Path(name).stat().st_size
    # pages that are in the log need not be in the file yet
    if size == pages * page_size or Path(f"{name}-wal").exists():
        return None
    return f"it has {size:,} bytes, its {pages:,} pages take {pages * page_size:,}"


def dangling_references(connection: sqlite3.Connection) -> Iterator[Dangling]:
    """References to rows that are not there."""
    for table, rowid, parent, _ in connection.execute("pragma main.foreign_key_check"):
        yield Dangling(table, rowid, parent)


def schema_differences(connection: sqlite3.Connection) -> Iterator[tuple[SchemaObject, bool]]:
    """What this program makes and is not there so, and whether something of that name is.

    An archive may have more, such as a view that somebody made.
    """
    objects = map(SchemaObject._make, connection.execute(_OBJECTS.format("main.")))
    there = {one.name: one for one in objects}
    for one in latest_schema():
        if there.get(one.name) != one:
            yield one, one.name in there


def triggers(connection: sqlite3.Connection) -> list[str]:
    """The names of triggers: this program makes none."""
    found = connection.execute("select name from main.sqlite_master where type = 'trigger'")
    return [name for (name,) in found]


def latest_schema() -> list[SchemaObject]:
    """All that an archive of this program's version has."""
    with contextlib.closing(sqlite3.connect(":memory:")) as latest:
        for script in migrations.scripts():
            for statement in migrations.statements(script):
                latest.execute(statement)
        return list(map(SchemaObject._make, latest.execute(_OBJECTS.format(""))))
