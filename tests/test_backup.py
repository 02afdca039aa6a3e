"""Copies of an archive: proven, whole, and never in the place of something else."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.connection import transaction
from db.lock import only_writer
from db.writable import open_writable
from tests.conftest import Command, assert_sound, names_in, query
from tests.pages import LIN, message, write_page

ETL = Path(sys.executable).with_name("etl")


@pytest.fixture
def archive(etl: Command, db: Path) -> Path:
    assert etl("load", "--sample", "-q").code == 0
    return db


def test_a_backup_says_what_the_archive_says(etl: Command, archive: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    result = etl("backup", copy)
    digest = etl("digest").out.strip()
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{copy}: 27 days, 652 messages; digest {digest}\n"
    assert etl("digest", "--db", copy).out.strip() == digest
    assert_sound(copy)
    assert names_in(tmp_path) == ["copy.db"]
    assert copy.stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_backup_is_of_one_moment_while_somebody_writes(
    etl: Command, archive: Path, tmp_path: Path
) -> None:
    digest = etl("digest").out
    with open_writable(archive) as connection, transaction(connection):
        connection.execute("update messages set text = 'half of a change' where id > 9")
        assert etl("backup", tmp_path / "copy.db").code == 0
        connection.execute("update messages set text = 'the other half'")
        connection.execute("rollback")
        connection.execute("begin")
    assert etl("digest", "--db", tmp_path / "copy.db").out == digest
    assert query(tmp_path / "copy.db", "pragma journal_mode") == [("delete",)]


def test_nothing_is_written_over_unless_asked(etl: Command, archive: Path, tmp_path: Path) -> None:
    there = tmp_path / "copy.db"
    there.write_text("something else")
    result = etl("backup", there)
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        f"etl: {there}: there is another file with that name; --force writes over it\n"
    )
    assert there.read_text() == "something else"
    assert etl("backup", there, "--force").code == 0
    assert_sound(there)


def test_the_archive_is_no_place_for_its_backup(
    etl: Command, archive: Path, tmp_path: Path
) -> None:
    link = tmp_path / "other.db"
    os.link(archive, link)
    for target in (archive, link):
        result = etl("backup", target, "--force")
        assert result.code == 1
        assert "is the archive itself" in result.err


def test_in_a_folder_it_has_a_name_with_its_date(
    etl: Command, archive: Path, tmp_path: Path
) -> None:
    told = json.loads(etl("backup", tmp_path, "--json").out)
    (name,) = names_in(tmp_path)
    assert re.fullmatch(r"chats-\d{4}-\d\d-\d\d-\d{6}\.db", name)
    assert told["path"] == str(tmp_path / name)
    assert (told["days"], told["messages"]) == (27, 652)


@pytest.mark.parametrize(
    ("target", "said"),
    [("nowhere/copy.db", "/nowhere; make the folder first"), ("file/copy.db", "Not a directory"),
     ("pipe", "is no regular file"), ("x" * 256, "File name too long")],
)  # fmt: skip
def test_a_place_where_none_can_be_is_told(
    etl: Command, archive: Path, tmp_path: Path, target: str, said: str
) -> None:
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    result = etl("backup", tmp_path / target, "--force")
    assert (result.code, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert said in result.err
    assert names_in(tmp_path) == ["file", "pipe"]


def mount(folder: Path, *options: str) -> None:
    done = subprocess.run(["mount", *options, folder], stderr=subprocess.DEVNULL, check=False)
    if done.returncode:
        pytest.skip("no disk can be made here: that takes root")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 512 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount(folder, "-t", "tmpfs", "-o", "size=512k", "none")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_leaves_nothing_behind(etl: Command, archive: Path, small_disk: Path) -> None:
    result = etl("backup", small_disk / "copy.db")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "full; make room, or name another place" in result.err
    assert names_in(small_disk) == []


def test_a_disk_that_cannot_be_written_is_told(
    etl: Command, archive: Path, small_disk: Path, tmp_path: Path
) -> None:
    write_page(tmp_path, message("07:35:57", LIN, "早上好"))
    there = small_disk / "chats.db"
    assert etl("load", "-q", tmp_path / "team", "--db", tmp_path / "small.db").code == 0
    shutil.copy(tmp_path / "small.db", there)
    mount(small_disk, "-o", "remount,ro")
    for command in (["load", tmp_path / "team"], ["people"], ["rebuild", "tags"]):
        result = etl(*command, "--db", there)
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        assert "its lock, chats.db.lock, cannot be made beside it: Read-only file" in result.err
        assert "see to its permissions" in result.err
    result = etl("backup", small_disk / "copy.db")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "Read-only file system" in result.err
    assert etl("verify", "-q", "--db", there).code == 0
    assert etl("backup", tmp_path / "copy.db", "--db", there).code == 0


def test_no_backup_is_made_of_what_is_damaged(etl: Command, archive: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.db"
    content = bytearray(archive.read_bytes())
    with sqlite3.connect(archive) as connection:
        index = "select rootpage from sqlite_master where name = 'messages_speaker_id'"
        (page,) = connection.execute(index).fetchone()
    connection.close()
    content[4096 * (page - 1) : 4096 * page] = b"\0" * 4096
    damaged.write_bytes(content)
    result = etl("backup", tmp_path / "copy.db", "--db", damaged)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "etl verify" in result.err
    assert names_in(tmp_path) == ["damaged.db"]


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("is_there", [True, False])
def test_no_copy_is_written_beside_the_log_of_another_file(
    etl: Command, archive: Path, tmp_path: Path, end: str, is_there: bool
) -> None:
    """SQLite would write that log into the copy as soon as it is opened."""
    if is_there:
        (tmp_path / "copy.db").write_text("something else")
    (tmp_path / f"copy.db{end}").write_text("a log")
    result = etl("backup", tmp_path / "copy.db", *(["--force"] if is_there else []))
    assert (result.code, result.out) == (1, "")
    assert result.err == (
        f"etl: {tmp_path / 'copy.db'}: copy.db{end} lies beside it: of a program that writes it"
        " or was killed; remove that or name another file\n"
    )
    assert names_in(tmp_path) == ["copy.db", f"copy.db{end}"][not is_there :]


def test_a_copy_over_a_file_that_a_killed_writer_left_is_not_mixed_with_it(
    etl: Command, archive: Path, tmp_path: Path
) -> None:
    target = killed_writer(archive, tmp_path / "copy.db")
    assert etl("backup", target, "--force").code == 1
    target.with_name("copy.db-wal").unlink()
    target.with_name("copy.db-shm").unlink()
    assert etl("backup", target, "--force").code == 0
    assert_sound(target)


def killed_writer(archive: Path, target: Path, *statements: str) -> Path:
    """A copy of an archive that somebody wrote, in WAL mode, until they were killed."""
    shutil.copy(archive, target)
    script = (
        "import os, sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('pragma journal_mode = wal')\n"
        "for statement in sys.argv[2:]: c.execute(statement)\n"
        "os._exit(0)"
    )
    done = statements or ("update messages set text = text || ' of another archive'",)
    subprocess.run([sys.executable, "-c", script, target, *done], check=True)
    assert target.with_name(f"{target.name}-wal").stat().st_size > 0
    return target


def test_no_copy_is_written_through_a_link_or_in_its_place(
    etl: Command, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "there.db").write_text("something else")
    os.mkfifo(tmp_path / "fifo")
    for name, to in (("link", "there.db"), ("dangling", "nowhere.db"), ("pipe", "fifo")):
        (tmp_path / name).symlink_to(to)
    before = names_in(tmp_path)
    for name in ("link", "dangling", "pipe"):
        for options in ([], ["--force"]):
            result = etl("backup", tmp_path / name, *options)
            assert (result.code, result.out) == (1, "")
            assert result.err == f"etl: {tmp_path / name}: is a link; name its target\n"
        assert (tmp_path / name).is_symlink()
    assert names_in(tmp_path) == before
    assert (tmp_path / "there.db").read_text() == "something else"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nofolder/", "nofolder/: there is no such folder; make the folder first"),
        ("file/", "file/: there is no such folder"),
        ("-", "a copy is a file: name one"),
        ("", "an empty name"),
        (" ", "an empty name"),
    ],
)
def test_a_name_that_is_none_is_wrong_usage(
    etl: Command,
    archive: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    result = etl("backup", name)
    assert (result.code, result.out) == (2, "")
    assert said in result.err
    assert names_in(tmp_path) == ["file"]


def test_what_a_killed_copy_left_is_taken_away_by_the_next(
    etl: Command, archive: Path, tmp_path: Path
) -> None:
    script = (
        "import os, sys, db.backup\n"
        "from cli.main import run\n"
        "db.backup._rename = lambda *_, **__: os.kill(os.getpid(), 9)\n"
        "run('etl', ['backup', sys.argv[1]])"
    )
    target = tmp_path / "copy.db"
    done = subprocess.run([sys.executable, "-c", script, target], check=False)
    assert done.returncode == -9
    (tmp_path / ".copy.db.unfinished-journal").write_text("SQLite's own")
    assert ".copy.db.unfinished" in names_in(tmp_path)
    assert etl("backup", target).code == 0
    assert names_in(tmp_path) == ["copy.db"]
    assert_sound(target)


def test_what_killed_copies_left_in_a_folder_is_taken_away(
    etl: Command, archive: Path, tmp_path: Path
) -> None:
    left, written = (f".chats-2031-02-03-07355{i}.db.unfinished" for i in (7, 8))
    for name in (left, f"{left}-journal", written, ".others.db.unfinished"):
        (tmp_path / name).touch()
    with only_writer(tmp_path / "chats-2031-02-03-073558.db"):
        assert etl("backup", tmp_path).code == 0
        names = [name for name in names_in(tmp_path) if not name.endswith(".lock")]
    assert names[:-1] == [written, ".others.db.unfinished"]


def test_what_a_killed_restore_left_is_taken_away_by_who_writes(
    etl: Command, archive: Path
) -> None:
    archive.with_name(".chats.db.unfinished").touch()
    assert etl("people").code == 0
    assert names_in(archive.parent) == [archive.name]


def test_two_copies_to_one_name_come_one_after_the_other(
    etl: Command, archive: Path, tmp_path: Path
) -> None:
    command = [str(ETL), "backup", str(tmp_path / "copy.db"), "--force", "--db", str(archive)]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [one.wait() for one in running] == [0, 0, 0]
    assert names_in(tmp_path) == ["copy.db"]
    assert_sound(tmp_path / "copy.db")


def test_no_copy_is_written_over_an_archive_that_somebody_writes(
    etl: Command, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.lock.WAIT", 0)
    other = tmp_path / "other.db"
    shutil.copy(archive, other)
    with open_writable(archive) as connection:
        connection.execute("update messages set text = '' where id = 1")
        result = etl("backup", archive, "--force", "--db", other)
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        assert "lies beside it" in result.err
        connection.execute("update messages set text = null where false")
    with only_writer(archive):
        result = etl("backup", archive, "--force", "--db", other)
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        assert "is being written by" in result.err
        assert result.err.endswith("; try again when that has finished\n")
    shutil.copy(other, archive)


def test_who_stops_a_copy_is_told_only_that(
    etl: Command, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("db.backup.copy_archive", stop)
    result = etl("backup", tmp_path / "copy.db")
    assert (result.code, result.out, result.err) == (130, "", "etl: stopped\n")
    assert names_in(tmp_path) == []
    monkeypatch.setattr("etl.load.discover", stop)
    assert etl("load", "--sample").err == (
        "etl: stopped; what was written whole is kept, and the same command goes on from it\n"
    )
