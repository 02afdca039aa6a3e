"""What once broke the load: each found by attacking it, each small here."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.alignment import common_subsequence
from etl.discover import NotADayFile, valid_date, valid_room
from etl.jobs import to_rows
from etl.sources.wechat_markdown import parse_page
from tests.conftest import Command, assert_sound, query
from tests.pages import DATE, LIN, message, page, write_page

ETL = Path(sys.executable).with_name("etl")
HELLO = message("07:00:00", LIN, "早")


def image(size: int) -> str:
    return f"![]({'a' * size}/b)"


def brackets(size: int) -> str:
    return f"http://a{')' * size}"


def dots(size: int) -> str:
    return f"http://a{'.' * size}"


def marks(size: int) -> str:
    return "a" + "\u0315\u0300" * (size // 2)


def labels(size: int) -> str:
    part = "&amp;quot; target=&amp;quot;_blank&amp;quot;&amp;gt;"
    return f"[&amp;lt;a href=&amp;quot;{part * (size // len(part))})"


def rules(size: int) -> str:
    return "?a:「" + "? - - - - - - " * (size // 14)


def mentions(size: int) -> str:
    return "@a" * (size // 2)


@pytest.mark.parametrize("body", [image, brackets, dots, marks, labels, rules, mentions])
def test_time_does_not_grow_with_the_square(body: Callable[[int], str]) -> None:
    def seconds(size: int) -> float:
        content = page(message("07:00:00", "a", body(size))).encode()
        started = time.perf_counter()
        to_rows(parse_page(content, DATE), "team", DATE)
        return time.perf_counter() - started

    seconds(1000)
    # sixteen times as much: linear would be 16, the square 256
    assert seconds(320_000) < 80 * max(seconds(20_000), 0.002)


def test_long_front_matter_lines_take_no_square_either() -> None:
    line = f"a: x{' ' * 200_000}x\n"
    content = page(HELLO).replace("layout:", f"{line}layout:").encode()
    started = time.perf_counter()
    assert parse_page(content, DATE).rejects == ()
    assert time.perf_counter() - started < 2


def test_thousands_of_equal_messages_are_aligned_at_once() -> None:
    a = ["first", *["x"] * 20_000, "last"]
    b = ["new", *["x"] * 20_000, "other"]
    started = time.perf_counter()
    assert len(common_subsequence(a, b)) == 20_000
    assert time.perf_counter() - started < 5


def test_a_file_from_the_far_future_harms_no_other(etl: Command, db: Path, tmp_path: Path) -> None:
    path = write_page(tmp_path, HELLO)
    write_page(tmp_path, HELLO, date="2031-02-04")
    os.utime(path, ns=(0, 2**63 + 10**9))
    assert etl("load", tmp_path).code == 0
    assert query(db, "select count(*) from days") == [(2,)]


def test_a_hard_link_in_another_room_is_a_day_of_that_room(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    path = write_page(tmp_path, HELLO, room="alpha")
    other = tmp_path / "beta" / "_posts" / path.name
    other.parent.mkdir(parents=True)
    other.hardlink_to(path)
    etl("load", tmp_path)
    assert query(db, "select count(*) from days") == [(2,)]


@pytest.mark.parametrize("room", ["支付\u3000群", "家人👨‍👩‍👧群", "a b", "x" * 255])
def test_rooms_have_the_names_that_groups_have(room: str) -> None:
    assert valid_room(room) == room


@pytest.mark.parametrize("room", ["", ".git", "..", "a/b", "a\nb", "x" * 256, "\udcff"])
def test_what_cannot_be_a_room(room: str) -> None:
    with pytest.raises(NotADayFile):
        valid_room(room)


@pytest.mark.parametrize("date", ["20310203", "2031-W06-1", "2031-2-3", "2031-02-30", "", "x"])
def test_what_is_no_date(date: str) -> None:
    with pytest.raises(NotADayFile):
        valid_date(date)


def test_a_day_file_in_a_room_that_is_none_is_a_problem(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    path = write_page(tmp_path, HELLO, room=os.fsdecode(b"r\xff"))
    result = etl("load", path.parent.parent, "-q")
    assert (result.code, "cannot be a room's name" in result.err) == (1, True)


def test_loads_at_the_same_time_do_not_collide(tmp_path: Path) -> None:
    db = tmp_path / "chats.db"
    command = [str(ETL), "load", "--sample", "-q", "--db", str(db)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    for process in running:
        _, err = process.communicate()
        assert process.returncode in (0, 1), err
        assert err == "" or "another process is writing it" in err
    assert subprocess.run(command, check=True).returncode == 0
    assert query(db, "select count(*) from days") == [(27,)]
    assert_sound(db)


def test_an_archive_that_is_replaced_meanwhile(
    etl: Command, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from etl.finish import finish

    def replacing(*arguments: object) -> float:
        seconds = finish(*arguments)  # type: ignore[arg-type]
        db.unlink()
        return seconds

    monkeypatch.setattr("etl.finish.finish", replacing)
    result = etl("load", "--sample")
    assert result.code == 1
    assert "somebody moved or replaced it meanwhile" in result.err


def test_memory_is_a_file_name_like_any_other(
    etl: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    etl("load", "--sample", "--db", ":memory:")
    assert (tmp_path / ":memory:").is_file()


def change(db: Path, sql: str) -> None:
    connection = sqlite3.connect(db)
    with connection:
        connection.execute(sql)
    connection.close()


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("update messages set stored_body = 'other' where id = 9", "no longer has the bytes"),
        ("update rooms set slug = '../out' where id = 1", "cannot be a room's name"),
    ],
)
def test_export_proves_what_it_writes(etl: Command, tmp_path: Path, sql: str, said: str) -> None:
    db = tmp_path / "chats.db"
    etl("load", "--sample", "--db", db)
    change(db, sql)
    result = etl("export", "markdown", tmp_path / "a" / "b", "--db", db)
    assert result.code == 1
    assert said in result.err
    assert not (tmp_path / "a" / "out").exists()


def test_pipes_are_no_configs_and_no_archives(etl: Command, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for options in (["--config", pipe, "--db", tmp_path / "x.db"], ["--db", pipe]):
        result = etl("load", "--sample", *options)
        assert result.code == 1
        assert "regular file" in result.err


def test_deep_toml(etl: Command, tmp_path: Path) -> None:
    config = tmp_path / "a.toml"
    config.write_text(f"me = {'[' * 20_000}")
    result = etl("load", "--sample", "--config", config, "--db", tmp_path / "x.db")
    assert (result.code, "not TOML" in result.err) == (1, True)


@pytest.mark.parametrize("command", ["digest", "status", "digest --json"])
def test_output_that_nobody_takes(db: Path, command: str) -> None:
    subprocess.run([ETL, "load", "--sample", "-q"], check=True)
    full = subprocess.run(
        f"{ETL} {command} >/dev/full", shell=True, capture_output=True, text=True, check=False
    )
    assert full.returncode == 1
    assert full.stderr == "etl: No space left on device\n"
    closed = subprocess.run(
        f"{ETL} {command} >&-", shell=True, capture_output=True, text=True, check=False
    )
    assert (closed.returncode, closed.stderr) == (0, "")


@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
def test_terminals_that_cannot_show_everything(db: Path, encoding: str) -> None:
    subprocess.run([ETL, "load", "--sample", "-q"], check=True)
    done = subprocess.run(
        [ETL.with_name("chats"), "stats"],
        env=os.environ | {"PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_locked_archive_is_not_called_damaged(
    etl: Command, chats: Command, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    etl("load", "--sample")
    monkeypatch.setattr("db.connection.BUSY_TIMEOUT_MS", 10)
    connection = sqlite3.connect(db, isolation_level=None)
    connection.execute("begin exclusive")
    result = chats("search", "代扣")
    connection.execute("rollback")
    connection.close()
    assert result.code == 1
    assert "another process is writing it" in result.err


def test_pictures_whose_host_moved_cost_nothing_later(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    for host in ("old", "new"):
        pictures = [
            message(f"07:{i // 60:02}:{i % 60:02}", LIN, f"![x](http://{host}.example.com/{i}.png)")
            for i in range(3000)
        ]
        etl("load", write_page(tmp_path, *pictures))
    started = time.perf_counter()
    etl("load", write_page(tmp_path, HELLO, date="2031-02-04"))
    assert time.perf_counter() - started < 1
    assert query(db, "select count(*) from image_urls") == [(6000,)]
