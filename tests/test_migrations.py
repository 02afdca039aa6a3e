"""Archives of other schemas: older ones are kept before they are changed, newer ones refused."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from db import migrations
from db.writable import open_writable
from tests.conftest import Command, names_in, query
from tests.test_archive_file import as_the_first_schema_had_it


@pytest.fixture
def old(etl: Command, db: Path, tmp_path: Path) -> Path:
    """The sample in the first schema, alone in its folder."""
    etl("load", "--sample", "-q")
    (tmp_path / "old").mkdir()
    return as_the_first_schema_had_it(db, tmp_path / "old" / "old.db")


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [line for line in connection.iterdump() if "messages_fts" not in line]
    finally:
        connection.close()


def test_what_an_archive_was_before_is_kept_beside_it(etl: Command, old: Path) -> None:
    before = dump(old)
    result = etl("load", "--sample", "-q", "--db", old)
    assert (result.code, result.out) == (0, "")
    assert result.err == (
        f"{old}: brought from schema 1 to {migrations.LATEST};"
        " as it was before it is kept in old.db.schema-1.backup\n"
    )
    assert names_in(old.parent) == ["old.db", "old.db.schema-1.backup"]
    assert dump(old.with_name("old.db.schema-1.backup")) == before
    assert query(old, "pragma user_version") == [(migrations.LATEST,)]
    assert etl("load", "--sample", "-q", "--db", old).err == "", "once is enough"


def test_an_earlier_backup_is_not_written_over(etl: Command, old: Path) -> None:
    earlier = old.with_name("old.db.schema-1.backup")
    earlier.write_text("precious")
    # what opened a file of this name would take it up
    old.with_name("old.db.schema-1.backup-1-wal").write_text("somebody else's log")
    result = etl("people", "--db", old)
    assert "is kept in old.db.schema-1.backup-2" in result.err
    assert earlier.read_text() == "precious"
    assert query(old.with_name("old.db.schema-1.backup-2"), "pragma user_version") == [(1,)]


def test_without_a_backup_nothing_is_migrated(
    etl: Command, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = old.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("db.backup.copy_archive", full)
    result = etl("load", "--sample", "-q", "--db", old)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "cannot be kept, so nothing was done" in result.err
    assert "No space left on device" in result.err
    assert old.read_bytes() == before
    assert names_in(old.parent) == ["old.db"]


def test_a_migration_that_fails_changes_nothing_and_leaves_nothing(
    etl: Command, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dump(old)
    first, *others = migrations.scripts()
    monkeypatch.setattr(migrations, "scripts", lambda: [first, *("create x;" for _ in others)])
    result = etl("load", "--sample", "-q", "--db", old)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert dump(old) == before
    assert names_in(old.parent) == ["old.db"]


def test_a_newer_archive_is_refused_and_left_as_it_is(etl: Command, db: Path) -> None:
    with open_writable(db, create=True) as connection:
        connection.execute("pragma user_version = 99")
    before = db.read_bytes()
    for command in (
        "load --sample",
        "people",
        "rebuild derived",
        "status",
        "verify",
        "backup x.db",
    ):
        result = etl(*command.split())
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        assert f"{db}: written by a newer version of this program (schema 99" in result.err
    assert db.read_bytes() == before
    assert names_in(db.parent) == [db.name]
    db.unlink()


@pytest.mark.parametrize(
    ("version", "said"),
    [
        (0, "says that it is of schema 0 (pragma user_version), which no archive is"),
        (-1, "says that it is of schema -1 (pragma user_version), which no archive is"),
        (2, "is of schema 2 (pragma user_version), but these tables are not: "),
    ],
)
def test_a_version_that_is_not_its_own_is_refused(
    etl: Command, chats: Command, db: Path, tmp_path: Path, version: int, said: str
) -> None:
    etl("load", "--sample", "-q")
    number = f"pragma user_version = {version}"
    with contextlib.closing(sqlite3.connect(db)) as connection:
        connection.execute(number)
    before = db.read_bytes()
    for result in (
        *(etl(*c.split()) for c in ("status", "verify", "load --sample", "people", "rebuild fts")),
        etl("backup", tmp_path / "copy.db"),
        chats("stats"),
    ):
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        assert f"{db}: says that it" in result.err
        assert said in result.err
        assert "`etl restore FILE`" in result.err
    assert db.read_bytes() == before
    assert names_in(db.parent) == [db.name]
    assert names_in(tmp_path) == []


def test_tables_of_an_older_schema_are_not_taken_for_the_latest(etl: Command, old: Path) -> None:
    with contextlib.closing(sqlite3.connect(old)) as connection:
        connection.execute(f"pragma user_version = {migrations.LATEST}")
    before = old.read_bytes()
    for command in (("load", "--sample"), ("people",), ("digest",)):
        result = etl(*command, "--db", old)
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        assert "`etl restore FILE`" in result.err
    assert old.read_bytes() == before


def test_an_older_archive_can_be_backed_up_before_it_is_migrated(
    etl: Command, old: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    result = etl("backup", copy, "--db", old)
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{copy}: 27 days, 652 messages; schema 1\n"
    assert dump(copy) == dump(old)
    told = json.loads(etl("backup", copy, "--db", old, "--force", "--json").out)
    assert (told["schema"], told["digest"]) == (1, None)


def test_what_migrations_were_made_is_known_by_the_version_alone(etl: Command, old: Path) -> None:
    """Not by the table that sqlite-utils keeps of them."""
    for damage in ("delete from _sqlite_migrations", "drop table _sqlite_migrations",
                   "insert into _sqlite_migrations select 9, migration_set, '0003_history', 'x'"
                   " from _sqlite_migrations"):  # fmt: skip
        copy = old.with_name("copy.db")
        shutil.copy(old, copy)
        with contextlib.closing(sqlite3.connect(copy)) as connection, connection:
            connection.execute(damage)
        assert etl("people", "--db", copy).code == 0
        assert query(copy, "pragma user_version") == [(migrations.LATEST,)]
        made = "select name from _sqlite_migrations order by rowid"
        assert [name for (name,) in query(copy, made)] == [
            file.stem for file in sorted(Path(migrations.__file__).parent.glob("schema/*.sql"))
        ]
        copy.unlink()
