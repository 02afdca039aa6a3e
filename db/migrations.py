"""The schema's versions: the .sql files of ``db/schema``, each applied once, in order, whole."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

_FILES = sorted(Path(__file__).with_name("schema").glob("*.sql"))
LATEST = len(_FILES)
# Which columns which table of the latest version has. To make all tables takes 15 ms.
_COLUMNS = Path(__file__).with_name("schema") / "columns.json"


def version_of(connection: sqlite3.Connection) -> int:
    """How many migrations the archive has had; 0 for an empty file."""
    (version,) = connection.execute("pragma user_version").fetchone()
    return int(version)


def differing_tables(connection: sqlite3.Connection, version: int) -> list[str]:
    """Tables that an archive of a version has with other columns, or not at all.

    Those of the full-text index are left out: they can be made anew.
    """
    expected = _latest_columns() if version == LATEST else columns_of(version)
    return [table for table, columns in expected.items() if _columns(connection, table) != columns]


def _latest_columns() -> dict[str, list[str]]:
    # readers never ask, and start without it
    import json

    columns: dict[str, list[str]] = json.loads(_COLUMNS.read_text("utf-8"))
    return columns


def columns_of(version: int) -> dict[str, list[str]]:
    """The columns of each table of a version, but those of the full-text index."""
    with contextlib.closing(sqlite3.connect(":memory:")) as made:
        for script in scripts()[:version]:
            for statement in statements(script):
                made.execute(statement)
        tables = made.execute("select name from sqlite_master where type = 'table'").fetchall()
        return {
            name: _columns(made, name) for (name,) in tables if not name.startswith("messages_fts")
        }


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    found = connection.execute("select name from pragma_table_xinfo(?, 'main')", [table])
    return [name for (name,) in found]


def migrate(connection: sqlite3.Connection, application_id: int) -> None:
    """Bring an archive of an older schema, or an empty file, to the latest in one transaction."""
    if version_of(connection) == LATEST:
        return
    # its import takes a quarter of a second, and a migration is rare
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    history = Migrations("wechat-to-sqlite")
    for file, script in zip(_FILES, scripts(), strict=True):
        history(name=file.stem)(_applying(script))
    # other programs' plugins have no business in an archive
    database = Database(connection, execute_plugins=False)
    with _tables_can_be_made_anew(connection), database.atomic():
        _note_as_made(database, history)
        history.apply(database)
        connection.execute(f"pragma application_id = {application_id}")
        connection.execute(f"pragma user_version = {LATEST}")


def _note_as_made(database: Database, history: Migrations) -> None:
    """Have its table of migrations say what the version says, which alone counts."""
    history.ensure_migrations_table(database)
    table = history.migrations_table
    made = [file.stem for file in _FILES[: version_of(database.conn)]]
    for applied in history.applied(database):
        if applied.name in made:
            made.remove(applied.name)
        else:
            database.execute(f"delete from {table} where name = ?", [applied.name])
    for name in made:
        database.execute(
            f"insert into {table} (migration_set, name, applied_at) values (?, ?, datetime())",
            [history.name, name],
        )


def scripts() -> list[str]:
    """The SQL of every migration, in order."""
    return [file.read_text("utf-8") for file in _FILES]


def statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: ``executescript`` would commit before the first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""


@contextlib.contextmanager
def _tables_can_be_made_anew(connection: sqlite3.Connection) -> Iterator[None]:
    """Else dropping a table would delete what refers to its rows (sqlite.org/lang_altertable)."""
    connection.execute("pragma foreign_keys = off")
    try:
        yield
    finally:
        connection.execute("pragma foreign_keys = on")


def _applying(script: str) -> Callable[[Database], None]:
    def apply(database: Database) -> None:
        for statement in statements(script):
            database.conn.execute(statement)

    return apply
