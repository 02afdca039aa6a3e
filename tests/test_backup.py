"""Copies of an archive: proven, whole, and never in the place of something else."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.connection import transaction
from db.writable import open_writable
from tests.conftest import Command, assert_sound, names_in, query
from tests.pages import LIN, message, write_page


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
    link = tmp_path / "link.db"
    link.symlink_to(archive)
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
    [("nowhere/copy.db", "No such file or directory"), ("file/copy.db", "Not a directory"),
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
