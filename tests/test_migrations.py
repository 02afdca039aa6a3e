"""Archives of other schemas: older ones are kept before they are changed, newer ones refused."""

from __future__ import annotations

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
    result = etl("people", "--db", old)
    assert "is kept in old.db.schema-1.backup-1" in result.err
    assert earlier.read_text() == "precious"
    assert query(old.with_name("old.db.schema-1.backup-1"), "pragma user_version") == [(1,)]


def test_without_a_backup_nothing_is_migrated(
    etl: Command, old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = old.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
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
    for command in ("load --sample", "people", "rebuild derived"):
        result = etl(*command.split())
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        assert f"{db}: written by a newer version of this program (schema 99" in result.err
    assert db.read_bytes() == before
    assert names_in(db.parent) == [db.name]
    db.unlink()
