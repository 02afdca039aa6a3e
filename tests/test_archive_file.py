"""The archive as a file: opening, refusing, migrating, and leaving one plain file behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from db import left, migrations, writable
from db.connection import APPLICATION_ID, DayTransactions, open_read_only, transaction
from db.errors import ArchiveError
from db.index_version import VERSION as TEXT_INDEX_VERSION
from db.interrupts import signals_wait
from db.schema_comments import latest_tables, tables_of
from db.writable import open_writable
from tests.conftest import Command, assert_sound, query
from tests.pages import LIN, message, write_page
from tests.test_people import all_that_is_derived

PAGE = message("07:35:57", LIN, "早上好")


def test_every_table_and_column_is_described() -> None:
    tables = latest_tables()
    assert {"rooms", "days", "messages", "messages_fts", "revisions"} <= {t.name for t in tables}
    for table in tables:
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment, f"{table.name}.{column.name}"


def test_every_column_is_read_from_the_comments(etl: Command, db: Path) -> None:
    etl("load", "--sample")
    with open_read_only(db) as connection:
        for table in tables_of(connection):
            found = connection.execute(
                f"select name from pragma_table_xinfo('{table.name}') where hidden <> 1"
            )
            assert [column.name for column in table.columns] == [name for (name,) in found]


def test_every_foreign_key_has_an_index(etl: Command, db: Path) -> None:
    etl("load", "--sample")
    unindexed = """
        select t.name, f."from" from sqlite_master t, pragma_foreign_key_list(t.name) f
        where t.type = 'table' and not exists (
          select 1 from pragma_index_list(t.name) i, pragma_index_info(i.name) c
          where c.seqno = 0 and c.name = f."from")
        and not exists (
          select 1 from pragma_table_info(t.name) c where c.pk = 1 and c.name = f."from")
    """
    assert query(db, unindexed) == []


def test_a_load_leaves_one_file(etl: Command, db: Path) -> None:
    etl("load", "--sample")
    assert [path.name for path in db.parent.iterdir()] == [db.name]
    assert query(db, "pragma journal_mode") == [("delete",)]
    assert query(db, "pragma application_id") == [(APPLICATION_ID,)]


def test_what_a_killed_writer_left_is_undone_by_a_load(
    etl: Command, chats: Command, db: Path, tmp_path: Path
) -> None:
    etl("load", "--sample")
    writer = sqlite3.connect(db, isolation_level=None)
    writer.execute("pragma cache_size = 1")
    writer.execute("begin immediate")
    writer.execute("update messages set text = text || ' half of a change'")
    broken = tmp_path / "broken.db"
    shutil.copy(db, broken)
    shutil.copy(f"{db}-journal", f"{broken}-journal")
    writer.execute("rollback")
    writer.close()
    for result in (chats("search", "支付", "--db", broken), etl("status", "--db", broken)):
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        assert "`etl load PATH` undoes what it left, and goes on" in result.err
    assert etl("load", "--sample", "--db", broken).code == 0
    assert chats("search", "change", "--count", "--db", broken).out == "0\n"
    assert etl("digest", "--db", broken).out == etl("digest").out


def test_readers_go_on_while_a_load_writes(etl: Command, db: Path) -> None:
    etl("load", "--sample")
    with open_writable(db) as writer, open_read_only(db) as reader, transaction(writer):
        writer.execute("delete from day_tags")
        assert reader.execute("select count(*) from day_tags").fetchone() == (27,)


def test_a_reader_cannot_write(etl: Command, db: Path) -> None:
    etl("load", "--sample")
    with pytest.raises(ArchiveError, match="readonly"), open_read_only(db) as connection:
        connection.execute("delete from day_tags")


def test_a_writer_that_is_another_program_is_told_of(
    etl: Command, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    etl("load", "--sample")
    monkeypatch.setattr("db.writable.BUSY_TIMEOUT_MS", 10)
    with contextlib.closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute("begin immediate")
        result = etl("load", "--sample", "--wait", 0)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "another process is writing it" in result.err


def no_file(path: Path) -> None:
    pass


def empty_file(path: Path) -> None:
    path.touch()


def text_file(path: Path) -> None:
    path.write_text("no database at all, but long enough to be read as one\n" * 50)


def folder(path: Path) -> None:
    path.mkdir()


def foreign_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("create table songs (name)")
    connection.close()


def newer_archive(path: Path) -> None:
    with open_writable(path, create=True) as connection:
        connection.execute("pragma user_version = 99")


@pytest.mark.parametrize(
    ("make", "command", "said"),
    [
        (no_file, "status", "there is no such archive; `etl load PATH` makes one"),
        (no_file, "rebuild tags", "there is no such archive"),
        (empty_file, "status", "there is nothing in it yet; `etl load PATH` fills it"),
        (text_file, "status", "file is not a database; it is another kind of file"),
        (text_file, "load --sample", "file is not a database; it is another kind of file"),
        (folder, "status", "a folder; name the archive's file with --db"),
        (folder, "load --sample", "a folder; name the archive's file with --db"),
        (foreign_database, "load --sample", "a database of another program"),
        (foreign_database, "digest", "a database of another program"),
        (newer_archive, "load --sample", "upgrade wechat-to-sqlite"),
        (newer_archive, "digest", "schema 99"),
    ],
)
def test_what_is_no_archive_is_refused_in_one_line(
    etl: Command, tmp_path: Path, make: Callable[[Path], None], command: str, said: str
) -> None:
    path = tmp_path / "chats.db"
    make(path)
    result = etl(*command.split(), "--db", path)
    assert result.code == 1
    assert result.err.startswith("etl: ")
    assert len(result.err.splitlines()) == 1
    assert said in result.err


def test_a_folder_that_does_not_exist(etl: Command, tmp_path: Path) -> None:
    result = etl("load", "--sample", "--db", tmp_path / "nowhere" / "chats.db")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "see that its folder exists" in result.err


def test_a_damaged_archive_is_said_to_be_one(etl: Command, tmp_path: Path) -> None:
    path = tmp_path / "chats.db"
    etl("load", "--sample", "--db", path)
    content = bytearray(path.read_bytes())
    content[4096:40960] = b"\xff" * (40960 - 4096)
    path.write_bytes(content)
    result = etl("digest", "--db", path)
    assert result.code == 1
    assert "malformed" in result.err


def test_a_schema_that_fails_half_way_leaves_nothing(
    db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = ["create nonsense;"] * (migrations.LATEST - 1)
    monkeypatch.setattr(migrations, "scripts", lambda: ["create table a (b);", *broken])
    with pytest.raises(ArchiveError, match="nonsense"), open_writable(db, create=True):
        pass
    assert query(db, "select count(*) from sqlite_master") == [(0,)]
    db.unlink()


def test_an_index_of_another_version_is_made_anew(etl: Command, db: Path) -> None:
    etl("load", "--sample")
    digest = etl("digest").out
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("update properties set value = '0' where name = 'text_index'")
        connection.execute("insert into messages_fts (messages_fts) values ('delete-all')")
    connection.close()
    result = etl("load", "--sample")
    assert result.code == 1
    assert "`etl rebuild messages` makes it anew" in result.err
    assert etl("rebuild", "messages").code == 0
    assert etl("load", "--sample").code == 0
    assert etl("digest").out == digest


def test_an_archive_of_the_first_schema_is_brought_up_to_date(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    etl("load", "--sample", "-q")
    old = as_the_first_schema_had_it(db, tmp_path / "old.db")
    assert etl("load", "--sample", "-q", "--db", old).code == 0
    assert_sound(old)
    assert etl("digest", "--db", old).out == etl("digest").out
    assert all_that_is_derived(old) == all_that_is_derived(db)
    assert sqlite_master(old) == sqlite_master(db)


def as_the_first_schema_had_it(new: Path, old: Path) -> Path:
    """The tables of the first schema with what they have in an archive of today."""
    connection = sqlite3.connect(old)
    connection.executescript(migrations.scripts()[0])
    connection.execute("attach ? as new", [str(new)])
    tables = (
        "select name from sqlite_master where sql like 'create table%' and name <> 'properties'"
    )
    for (table,) in connection.execute(tables).fetchall():
        info = connection.execute(f"select name from pragma_table_info('{table}')")
        columns = ", ".join(f'"{name}"' for (name,) in info)
        connection.execute(f"delete from main.{table}")
        connection.execute(f"insert into {table} ({columns}) select {columns} from new.{table}")
    connection.execute("insert into properties values ('finished', '1'), ('text_index', ?)",
                       [TEXT_INDEX_VERSION])  # fmt: skip
    for table in ("messages", "mentions"):
        connection.execute(
            f"update {table} set {'reply_to' if table == 'messages' else 'speaker_id'} = null"
        )
    connection.execute("create table _sqlite_migrations as select * from new._sqlite_migrations")
    connection.execute("delete from _sqlite_migrations where name <> '0001_initial'")
    connection.execute(f"pragma application_id = {APPLICATION_ID}")
    connection.execute("pragma user_version = 1")
    connection.commit()
    connection.close()
    return old


def sqlite_master(path: Path) -> list[tuple[str, str]]:
    return query(
        path,
        "select name, sql from sqlite_master where name not like 'messages_fts_%'"
        " and name <> '_sqlite_migrations' and sql not null order by name",
    )


def scramble_middle(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[8192:-8192] = os.urandom(len(content) - 16384)
    path.write_bytes(content)


def halve(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def put_an_older_copy_back(path: Path) -> None:
    path.write_bytes(path.with_name("older.db").read_bytes())


@pytest.mark.parametrize(
    ("hurt", "said"),
    [
        (scramble_middle, "load the pages into a new archive"),
        (halve, "load the pages into a new archive"),
        (put_an_older_copy_back, "load 2 is not in it"),
    ],
)
@pytest.mark.parametrize("small", [0, left.SMALL])
def test_an_archive_that_is_written_over_meanwhile_is_said_to_be_damaged(
    etl: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    hurt: Callable[[Path], None],
    said: str,
    small: int,
) -> None:
    db = tmp_path / "chats.db"
    etl("load", "--sample", "-q", "--db", db)
    shutil.copy(db, tmp_path / "older.db")
    leave = writable._leave_one_file

    def hurting(connection: sqlite3.Connection) -> None:
        leave(connection)
        hurt(db)

    monkeypatch.setattr(writable, "_leave_one_file", hurting)
    # with it, all of so small an archive is looked at; without it as of a large one
    monkeypatch.setattr(left, "SMALL", small)
    write_more_days(tmp_path)
    result = etl("load", tmp_path / "pages", "-q", "--db", db)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "somebody wrote over it meanwhile" in result.err
    assert said in result.err


def write_more_days(folder: Path) -> None:
    for day in range(1, 9):
        write_page(folder / "pages", PAGE, date=f"2031-02-0{day}")


def fail_in(db: Path, *, hurt: bool) -> None:
    with open_writable(db, create=True):
        if hurt:
            halve(db)
        raise ZeroDivisionError


def test_what_is_found_at_the_end_takes_the_place_of_what_it_led_to(
    etl: Command, tmp_path: Path
) -> None:
    db = tmp_path / "chats.db"
    etl("load", "--sample", "-q", "--db", db)
    with pytest.raises(ZeroDivisionError):
        fail_in(db, hurt=False)
    with pytest.raises(ArchiveError, match="wrote over it"):
        fail_in(db, hurt=True)


def test_a_signal_is_taken_when_the_day_is_whole(etl: Command, db: Path) -> None:
    etl("load", "--sample", "-q")

    def two_days(connection: sqlite3.Connection) -> None:
        with DayTransactions(connection, 1000) as days:
            for name in ("first", "second", "third"):
                with days.day(1):
                    connection.execute("insert into tags (name) values (?)", [name])
                    if name == "second":
                        signal.raise_signal(signal.SIGINT)
                        connection.execute("update tags set name = name")

    # whoever runs the tests in the background has it ignored
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt), open_writable(db) as connection:
            two_days(connection)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    kept = "select name from tags where name in ('first', 'second', 'third') order by id"
    assert query(db, kept) == [("first",), ("second",)]


def test_a_signal_that_is_ignored_stays_so(db: Path) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with signals_wait():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
