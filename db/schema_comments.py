"""The tables and their columns with what the schema's comments say of them."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace

from db import migrations

# A column of the full-text index has no type.
_COLUMN = re.compile(r"  ([a-z_]\w*)(?: ((?:text|integer|real|blob)\b.*?))?,?(?:\s+-- (.*))?")
# as SQLite writes them behind the last one, in one line, where migrations added them
_ADDED_COLUMN = re.compile(r", ([a-z_]\w*) ((?:text|integer|real|blob)\b[^/]*?) /\* (.*?) \*/")
_REFERENCES = re.compile(r"references (\w+) \(id\)")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its declaration, the table it refers to, and its comment."""

    name: str
    declaration: str
    references: str | None
    comment: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its comment."""

    name: str
    comment: str
    columns: tuple[Column, ...]


def tables_of(connection: sqlite3.Connection) -> list[Table]:
    """An archive's tables and views in the order of their making, as its schema tells of them."""
    found = connection.execute(
        "select name, sql from sqlite_master where type in ('table', 'view') and sql not null"
        " and name not like 'sqlite\\_%' escape '\\' and name not like '\\_%' escape '\\'"
        " and sql not like 'create table ''messages\\_fts%' escape '\\' order by rowid"
    )
    sources = dict(found.fetchall())
    tables = {name: read_table(name, sql) for name, sql in sources.items()}
    return [
        table if table.columns else _view(connection, table, sources[name], tables)
        for name, table in tables.items()
    ]


def sql_of(connection: sqlite3.Connection, table: Table) -> list[str]:
    """The statements that made a table and its indexes."""
    found = connection.execute(
        "select sql from sqlite_master where tbl_name = ? and sql not null order by rowid",
        [table.name],
    )
    return [f"{sql};" for (sql,) in found]


def latest_tables() -> list[Table]:
    """The tables of an archive of this program's version."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        for script in migrations.scripts():
            for statement in migrations.statements(script):
                connection.execute(statement)
        return tables_of(connection)


def read_table(name: str, sql: str) -> Table:
    """A table from the statement that made it, comments included."""
    comment = []
    columns = []
    for line in sql.splitlines()[1:]:
        if line.startswith("  -- "):
            comment.append(line[5:])
        elif match := _COLUMN.fullmatch(line):
            columns.append(_column(match))
        elif line.startswith(", "):
            columns += map(_column, _ADDED_COLUMN.finditer(line))
    return Table(name, " ".join(comment), tuple(columns))


def _view(
    connection: sqlite3.Connection, view: Table, sql: str, tables: Mapping[str, Table]
) -> Table:
    """A view, whose columns hold what those of that name do in the tables it reads, in turn."""
    read = [tables[word] for word in re.findall(r"\w+", sql) if word in tables]
    comments = {c.name: c.comment for table in reversed(read) for c in table.columns}
    names = connection.execute("select name from pragma_table_info(?)", [view.name])
    columns = [Column(name, "", None, comments.get(name, "")) for (name,) in names]
    return replace(view, columns=tuple(columns))


def _column(match: re.Match[str]) -> Column:
    column, declaration, text = match.groups()
    reference = _REFERENCES.search(declaration or "")
    return Column(column, declaration or "", reference[1] if reference else None, text or "")
