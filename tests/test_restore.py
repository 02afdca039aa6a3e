"""A backup in the place of the archive: whole, never mixed with what was there, which is kept."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pexpect
import pytest

from db.connection import open_read_only
from db.writable import open_writable
from tests.conftest import Command, assert_sound, names_in, query, takes_ctrl_c
from tests.pages import LIN, message, write_page
from tests.test_archive_file import as_the_first_schema_had_it
from tests.test_backup import killed_writer

ETL = str(Path(sys.executable).with_name("etl"))


@pytest.fixture
def backup(etl: Command, db: Path, tmp_path: Path) -> Path:
    """A backup of the sample; the archive got another day since."""
    etl("load", "--sample", "-q")
    path = tmp_path / "backup.db"
    assert etl("backup", path).code == 0
    etl("load", "-q", write_page(tmp_path / "pages", message("07:35:57", LIN, "早上好")))
    return path


def test_a_backup_becomes_the_archive_and_what_was_there_is_kept(
    etl: Command, db: Path, backup: Path
) -> None:
    before, digest = etl("digest").out, etl("digest", "--db", backup).out
    db.chmod(0o640)
    result = etl("restore", backup, "--yes")
    kept = db.with_name("chats.db.before-restore")
    assert (result.code, result.err) == (0, "")
    assert result.out == (
        f"{db}: 27 days, 652 messages, as in {backup}; what it was is kept in {kept.name}\n"
    )
    assert etl("digest").out == digest
    assert etl("digest", "--db", kept).out == before
    assert names_in(db.parent) == [db.name, kept.name]
    assert db.stat().st_mode & 0o777 == 0o640
    assert backup.exists()
    assert etl("restore", kept, "-y").code == 0
    assert etl("digest").out == before
    assert names_in(db.parent) == [db.name, kept.name, f"{kept.name}-1"]


def test_where_there_is_no_archive_nothing_is_asked(
    etl: Command, db: Path, backup: Path, tmp_path: Path
) -> None:
    new = tmp_path / "new.db"
    result = etl("restore", backup, "--db", new)
    assert (result.code, result.out) == (0, f"{new}: 27 days, 652 messages, as in {backup}\n")
    assert_sound(new)


def test_the_log_of_a_killed_writer_is_not_written_into_what_is_restored(
    etl: Command, db: Path, backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "killed").mkdir()
    target = killed_writer(db, tmp_path / "killed" / "chats.db", "delete from day_tags")
    assert etl("restore", backup, "--yes", "--db", target).code == 0
    assert names_in(target.parent) == ["chats.db", "chats.db.before-restore"]
    assert_sound(target)
    assert etl("digest", "--db", target).out == etl("digest", "--db", backup).out
    # what the killed writer had written whole is in what is kept
    kept = target.with_name("chats.db.before-restore")
    assert query(kept, "select count(*) from day_tags") == [(0,)]
    assert_sound(kept)


@pytest.mark.parametrize("content", [b"no database" * 500, None])
def test_what_is_damaged_is_kept_with_what_lies_beside_it(
    etl: Command, db: Path, backup: Path, tmp_path: Path, content: bytes | None
) -> None:
    target = tmp_path / "damaged.db"
    if content is not None:
        target.write_bytes(content)
    logs = [tmp_path / f"damaged.db{end}" for end in ("-wal", "-journal")]
    for log in logs:
        log.write_bytes(b"what somebody may want to look at")
    assert etl("restore", backup, "--yes", "--db", target).code == 0
    if content is not None:
        assert (tmp_path / "damaged.db.before-restore").read_bytes() == content
    for log in logs:
        assert not log.exists()
        kept = log.with_name(log.name.replace(".db", ".db.before-restore"))
        assert kept.read_bytes() == b"what somebody may want to look at"
    assert_sound(target)
    assert etl("digest", "--db", target).out == etl("digest", "--db", backup).out


def test_a_link_is_followed_to_the_archive(
    etl: Command, db: Path, backup: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(db)
    assert etl("restore", backup, "--yes", "--db", link).code == 0
    assert link.is_symlink()
    assert names_in(db.parent) == [db.name, f"{db.name}.before-restore"]
    assert query(db, "select count(*) from days") == [(27,)]


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    with closing(sqlite3.connect(path)) as connection:
        index = "select rootpage from sqlite_master where name = 'messages_speaker_id'"
        (page,) = connection.execute(index).fetchone()
    content[4096 * (page - 1) : 4096 * page] = bytes(4096)
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:50_000])


def of_another_program(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table songs (name)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 99")


def renumbered(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 0")


def text(path: Path) -> None:
    path.write_text("no database at all")


def gone(path: Path) -> None:
    path.unlink()


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (damaged, "is damaged itself"),
        (cut, "malformed"),
        (of_another_program, "is no archive; name a backup of one"),
        (text, "is no archive; name a backup of one"),
        (newer, "upgrade wechat-to-sqlite"),
        (renumbered, "says that it is of schema 0"),
        (gone, "there is no such file; name a backup"),
        (folder, "is no regular file; name a backup"),
    ],
)
def test_what_is_no_sound_backup_replaces_nothing(
    etl: Command, db: Path, backup: Path, make: Callable[[Path], None], said: str
) -> None:
    make(backup)
    before = db.read_bytes()
    result = etl("restore", backup, "--yes")
    assert (result.code, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert str(backup) in result.err
    assert said in result.err
    assert db.read_bytes() == before
    assert names_in(db.parent) == [db.name]


def test_an_archive_is_no_backup_of_itself(etl: Command, db: Path, backup: Path) -> None:
    assert "is the archive itself" in etl("restore", db, "--yes").err
    result = etl("restore", backup, "--db", backup.parent / "nowhere" / "chats.db")
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert "make the folder first" in result.err


def test_an_older_backup_is_restored_as_it_is(
    etl: Command, db: Path, backup: Path, tmp_path: Path
) -> None:
    old = as_the_first_schema_had_it(backup, tmp_path / "old.db")
    new = tmp_path / "new.db"
    assert "27 days, 652 messages, schema 1, as in" in etl("restore", old, "--db", new).out
    assert etl("people", "--db", new).code == 0
    assert etl("digest", "--db", new).out == etl("digest", "--db", backup).out


def test_nothing_is_restored_while_somebody_writes(etl: Command, db: Path, backup: Path) -> None:
    with open_writable(db):
        result = etl("restore", backup, "--yes", "--wait", 0)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "is being written by" in result.err
    assert names_in(db.parent) == [db.name]


def test_nothing_is_restored_while_sqlite_needs_the_log(
    etl: Command, db: Path, backup: Path
) -> None:
    """A reader that was there when a load ended leaves the archive in WAL mode."""
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("pragma journal_mode = wal")
    with open_read_only(db) as reader:
        reader.execute("begin")
        reader.execute("select * from days").fetchone()
        result = etl("restore", backup, "--yes")
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        assert "another program has it open; stop that (`chats serve`, say)" in result.err
    assert etl("restore", backup, "--yes").code == 0
    assert_sound(db)


def test_who_reads_goes_on_with_what_was_there(etl: Command, db: Path, backup: Path) -> None:
    with open_read_only(db) as reader:
        assert etl("restore", backup, "--yes").code == 0
        assert reader.execute("select count(*) from days").fetchone() == (28,)
    assert query(db, "select count(*) from days") == [(27,)]


def test_restoring_needs_somebody_to_ask(etl: Command, db: Path, backup: Path) -> None:
    before = db.read_bytes()
    result = etl("restore", backup)
    assert result.code == 2
    assert "add --yes" in result.err
    assert db.read_bytes() == before


@pytest.mark.parametrize(
    ("answer", "code", "said", "days"),
    [
        ("y\n", 0, "is kept in chats.db.before-restore", 27),
        ("n\n", 1, "nothing was changed", 28),
        ("\n", 1, "nothing was changed", 28),
        ("\x03", 130, "stopped; nothing was changed", 28),
    ],
)
def test_restoring_asks_on_a_terminal(
    etl: Command, db: Path, backup: Path, answer: str, code: int, said: str, days: int
) -> None:
    child = pexpect.spawn(ETL, ["restore", str(backup)], encoding="utf-8", timeout=30,
                          dimensions=(24, 300), preexec_fn=takes_ctrl_c)  # fmt: skip
    child.expect_exact(f"replace {db} by {backup} (27 days, 652 messages)? [y/N]: ")
    child.send(answer)
    child.expect_exact(said)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == code
    assert query(db, "select count(*) from days") == [(days,)]
    assert len(names_in(db.parent)) == 1 + (code == 0)


@pytest.mark.parametrize("call", ["db.backup.copy_archive", "os.link", "shutil.copymode"])
def test_a_disk_that_fails_leaves_the_archive(
    etl: Command, db: Path, backup: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    before = db.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(call, full)
    # where it cannot be a link it is a copy
    monkeypatch.setattr("shutil.copy2", full)
    result = etl("restore", backup, "--yes")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "No space left on device" in result.err
    assert db.read_bytes() == before
    assert names_in(db.parent) == [db.name]


def test_where_there_are_no_hard_links_what_is_kept_is_a_copy(
    etl: Command, db: Path, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = etl("digest").out

    def none(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", none)
    assert etl("restore", backup, "--yes").code == 0
    assert etl("digest", "--db", db.with_name("chats.db.before-restore")).out == before


@pytest.mark.parametrize(
    ("at", "days"),
    [("backup.copy_archive", 28), ("restore._keep", 28), ("restore.sync_folder", 27)],
)
def test_a_killed_restore_leaves_an_archive_and_nothing_for_long(
    etl: Command, db: Path, backup: Path, at: str, days: int
) -> None:
    """Either the one that was there, or the one that is restored."""
    script = (
        "import os, sys, db.restore\n"
        "from cli.main import run\n"
        f"db.{at} = lambda *_: os.kill(os.getpid(), 9)\n"
        "run('etl', ['restore', sys.argv[1], '--yes'])"
    )
    assert subprocess.run([sys.executable, "-c", script, backup], check=False).returncode == -9
    assert query(db, "select count(*) from days") == [(days,)]
    assert_sound(db)
    assert etl("restore", backup, "--yes").code == 0
    assert query(db, "select count(*) from days") == [(27,)]
    assert all(name.startswith("chats.db") for name in names_in(db.parent))
    assert not db.with_name("chats.db.lock").exists()
