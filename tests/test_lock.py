"""One writer at a time, and a line that says who it is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from db import lock
from db.connection import open_read_only
from db.errors import ArchiveError
from db.writable import open_writable
from tests.conftest import SAMPLE, Command, names_in, query

ETL = Path(sys.executable).with_name("etl")


@pytest.fixture
def other_writer(etl: Command, db: Path) -> subprocess.Popen[str]:
    """Another process, in the middle of `etl load -`: it waits for its page."""
    etl("load", "--sample", "-q")
    holding = (
        "import sys; sys.argv = ['/usr/bin/etl', 'load', 'a folder/'];"
        "from pathlib import Path; from db.writable import open_writable\n"
        "with open_writable(Path(sys.stdin.readline().strip())): print('in'), sys.stdout.flush(),"
        " sys.stdin.readline()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{db}\n")
    process.stdin.flush()
    assert process.stdout.readline() == "in\n"
    return process


def let_go(process: subprocess.Popen[str]) -> None:
    assert process.communicate("go on\n")[0] == ""
    assert process.returncode == 0


@pytest.mark.parametrize("command", ["load --sample", "people", "rebuild tags"])
def test_a_second_writer_is_told_by_whom_it_is_written_and_since_when(
    etl: Command, chats: Command, db: Path, other_writer: subprocess.Popen[str], command: str
) -> None:
    started = time.monotonic()
    result = etl(*command.split(), "--wait", 0)
    assert time.monotonic() - started < 2
    assert result.code == 1
    (line,) = result.err.splitlines()
    assert line.startswith(f"etl: {db}: is being written by `etl load 'a folder/'` (process ")
    assert f"(process {other_writer.pid}, since " in line
    assert line.endswith("; --wait 60 waits for it")
    assert chats("stats").code == etl("verify", "-q").code == 0, "readers are never blocked"
    let_go(other_writer)
    assert etl(*command.split(), "--wait", 0).code == 0
    assert names_in(db.parent) == [db.name]


def test_who_waits_gets_in_as_soon_as_the_other_is_done(
    etl: Command, db: Path, other_writer: subprocess.Popen[str]
) -> None:
    timer = threading.Timer(0.5, let_go, [other_writer])
    timer.start()
    started = time.monotonic()
    result = etl("load", "--sample", "--quiet", "--wait", 30)
    timer.join()
    assert (result.code, result.out) == (0, "")
    assert "waiting for it" in result.err, "who waits long is told why"
    assert 0.4 < time.monotonic() - started < 10


def test_a_killed_writer_holds_nothing(
    etl: Command, db: Path, other_writer: subprocess.Popen[str]
) -> None:
    other_writer.send_signal(signal.SIGKILL)
    other_writer.communicate()
    assert lock.lock_path(db).exists()
    assert etl("load", "--sample", "--wait", 0).code == 0
    assert names_in(db.parent) == [db.name]


def test_writers_that_all_want_in_at_once_come_one_after_the_other(db: Path) -> None:
    command = [str(ETL), "load", str(SAMPLE / "source"), "--db", str(db), "--wait", "60", "--json"]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    new = [json.loads(one.communicate()[0])["files"]["new"] for one in running]
    assert sorted(new) == [0, 0, 0, 27]
    assert names_in(db.parent) == [db.name]
    assert query(db, "select distinct outcome from loads") == [("done",)]


def test_a_lock_is_the_same_through_every_link(etl: Command, db: Path, tmp_path: Path) -> None:
    etl("load", "--sample", "-q")
    link = tmp_path / "link.db"
    link.symlink_to(db)
    with open_writable(db):
        result = etl("load", "--sample", "--db", link, "--wait", 0)
    assert result.code == 1
    assert "is being written" in result.err


def test_no_lock_is_taken_from_who_has_it_or_made_behind_a_link(etl: Command, db: Path) -> None:
    etl("load", "--sample", "-q")
    lock.lock_path(db).symlink_to(db)
    result = etl("load", "--sample")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "its lock, chats.db.lock, cannot be made beside it" in result.err
    assert result.err.endswith("; remove it\n")
    lock.lock_path(db).unlink()
    lock.lock_path(db).mkdir()
    result = etl("load", "--sample")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "cannot be made beside it: Is a directory; remove it" in result.err
    lock.lock_path(db).rmdir()


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "x"])
def test_what_is_no_time_to_wait_is_wrong_usage(etl: Command, db: Path, seconds: str) -> None:
    result = etl("load", "--sample", "--wait", seconds)
    assert result.code == 2
    assert "'--wait'" in result.err
    assert not db.exists()


def test_what_somebody_else_wrote_into_a_lock_harms_nobody(etl: Command, db: Path) -> None:
    etl("load", "--sample", "-q")
    for content in (b"", b"\xff\x00", b"[]", b'{"pid": "\x1b[31m"}'):
        with open_writable(db):
            lock.lock_path(db).write_bytes(content)
            result = etl("load", "--sample", "--wait", 0)
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        assert "is being written by another process" in result.err


def test_a_holder_of_another_day_or_machine_is_told_as_such() -> None:
    there = lock.Holder(7, "elsewhere", "lin", "2031-02-03 12:34:56", f"etl load {'x' * 99}")
    assert str(there).endswith("x…` (process 7 on elsewhere, since 2031-02-03 12:34:56)")
    here = there._replace(host=os.uname().nodename, command="etl people")
    assert str(here) == "by `etl people` (process 7, since 2031-02-03 12:34:56)"


def test_where_files_cannot_be_locked_sqlite_keeps_writers_apart(
    etl: Command, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    assert etl("load", "--sample").code == 0
    with open_writable(db) as one, open_read_only(db):
        one.execute("begin immediate")
        monkeypatch.setattr("db.writable.BUSY_TIMEOUT_MS", 10)
        with pytest.raises(ArchiveError, match="locked"), open_writable(db, wait=0) as two:
            two.execute("begin immediate")
        one.execute("rollback")
