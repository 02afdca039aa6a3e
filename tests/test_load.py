"""`etl load` on invented pages: what is taken in, skipped, replaced and refused."""

from __future__ import annotations

import io
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from db.writable import open_writable
from etl.load import load
from etl.run import LoadOptions
from etl.sources import FORMATS
from tests.conftest import Command, query
from tests.pages import DATE, LIN, message, page, write_page
from tests.test_revisions import Silent

HELLO = message("07:35:57", LIN, "早上好")
REPLY = message("07:36:10", "Kevin Wu", "@林秋-青禾银行-产品-上海?收到[强]")


def report_of(out: str) -> dict[str, object]:
    values: dict[str, object] = json.loads(out)
    return values


def files_of(out: str) -> dict[str, int]:
    files = report_of(out)["files"]
    assert isinstance(files, dict)
    return {name: count for name, count in files.items() if count}


def texts(db: Path) -> list[str]:
    return [text for (text,) in query(db, "select text from messages order by sent_at, id")]


def test_a_page_becomes_rows(etl: Command, db: Path, tmp_path: Path) -> None:
    path = write_page(tmp_path, HELLO, REPLY)
    result = etl("load", tmp_path / "team", "--json")
    assert result.code == 0
    assert files_of(result.out) == {"new": 1}
    assert query(db, "select slug from rooms") == [("team",)]
    assert query(db, "select date, title, messages from days") == [(DATE, f"{DATE}-WeChat", 2)]
    assert query(db, "select key, sent_at, kind, text from messages order by id") == [
        (f"team/{DATE}/073557-1", f"{DATE} 07:35:57", "text", "早上好"),
        (f"team/{DATE}/073610-1", f"{DATE} 07:36:10", "text", "@林秋-青禾银行-产品-上海?收到[强]"),
    ]
    assert query(db, "select path, size from sources") == [(str(path), path.stat().st_size)]
    mention = (
        "select n.position, n.name, s.name from mentions n join speakers s on s.id = speaker_id"
    )
    assert query(db, mention) == [(1, LIN, LIN)]
    emoji = "select code, unicode, count from emoji join message_emoji on emoji_id = id"
    assert query(db, emoji) == [("[强]", "👍", 1)]


def test_the_report_counts_each_job(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, HELLO, REPLY)
    jobs = report_of(etl("load", tmp_path, "--json").out)["jobs"]
    assert isinstance(jobs, dict)
    assert jobs["days"] == {"rows": 1, "new": 1}
    assert jobs["messages"] == {"rows": 2, "new": 2}
    assert jobs["speakers"] == {"rows": 2, "new": 2}
    assert jobs["mentions"] == {"rows": 1, "new": 1}
    assert set(jobs) == {
        "days", "speakers", "messages", "images", "links", "quotes", "mentions", "emoji", "tags",
    }  # fmt: skip


def test_loading_again_changes_nothing(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, HELLO)
    etl("load", tmp_path)
    digest = etl("digest").out
    rows = query(db, "select * from messages")
    result = etl("load", tmp_path, "--json")
    assert (result.code, files_of(result.out)) == (0, {"unchanged": 1})
    assert etl("digest").out == digest
    assert query(db, "select * from messages") == rows


def test_a_touched_file_is_told_by_its_bytes(etl: Command, db: Path, tmp_path: Path) -> None:
    path = write_page(tmp_path, HELLO)
    etl("load", tmp_path)
    os.utime(path, ns=(1, 1))
    assert files_of(etl("load", tmp_path, "--json").out) == {"unchanged": 1}
    assert query(db, "select mtime_ns from sources") == [(1,)]


def test_same_size_and_mtime_is_not_even_read(etl: Command, db: Path, tmp_path: Path) -> None:
    path = write_page(tmp_path, HELLO)
    etl("load", tmp_path)
    facts = path.stat()
    path.write_bytes(path.read_bytes().replace("早上好".encode(), "晚上好".encode()))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert files_of(etl("load", tmp_path, "--json").out) == {"unchanged": 1}


def test_a_moved_archive_of_pages_is_the_same(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path / "here", HELLO)
    etl("load", tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    assert files_of(etl("load", tmp_path / "there", "--json").out) == {"unchanged": 1}
    assert "there" in str(query(db, "select path from sources"))


def test_room_is_the_folder_above_posts_or_the_nearest(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    write_page(tmp_path, HELLO, room="alpha")
    other = tmp_path / "beta" / f"{DATE}.md"
    other.parent.mkdir()
    other.write_bytes(page(HELLO).encode())
    etl("load", tmp_path / "alpha", other)
    etl("load", other, "--room", "gamma")
    assert query(db, "select slug from rooms order by slug") == [("alpha",), ("beta",), ("gamma",)]


@pytest.mark.parametrize("room", ["", ".", "..", "a/b", "a\nb"])
def test_a_room_that_cannot_be_a_folder_is_refused(etl: Command, tmp_path: Path, room: str) -> None:
    result = etl("load", write_page(tmp_path, HELLO), "--room", room)
    assert result.code in (1, 2)
    assert "Traceback" not in result.err


def test_standard_input(etl: Command, db: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Standard:
        buffer = io.BytesIO(page(HELLO).encode())

    monkeypatch.setattr(sys, "stdin", Standard)
    assert etl("load", "-", "--room", "team", "--date", DATE).code == 0
    assert texts(db) == ["早上好"]


@pytest.mark.parametrize("options", [[], ["--room", "team"], ["--date", DATE]])
def test_standard_input_needs_room_and_date(etl: Command, options: list[str]) -> None:
    result = etl("load", "-", *options)
    assert result.code == 2
    assert "--room and --date" in result.err


def test_date_overrides_the_file_name(etl: Command, db: Path, tmp_path: Path) -> None:
    path = write_page(tmp_path, HELLO, date="2031-02-05")
    result = etl("load", path, "--date", "2031-02-06")
    assert "the file name counts" in result.err
    assert query(db, "select date from days") == [("2031-02-06",)]


@pytest.mark.parametrize("date", ["2031-02-30", "yesterday", "2031-2-3"])
def test_a_date_that_is_none_is_wrong_usage(etl: Command, tmp_path: Path, date: str) -> None:
    result = etl("load", write_page(tmp_path, HELLO), "--date", date)
    assert result.code == 2
    assert "is no date" in result.err


def test_what_is_passed_over_is_said(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, HELLO)
    (tmp_path / "picture.png").write_bytes(b"")
    (tmp_path / "README.md").write_text("read me")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / f"{DATE}.md").write_bytes(page(HELLO).encode())
    (tmp_path / ".hidden.md").write_text("")
    (tmp_path / "linked").symlink_to(tmp_path / "team")
    result = etl("load", tmp_path, "--verbose")
    assert result.code == 0
    for name, why in [
        ("picture.png", "not one of *.markdown, *.md"),
        ("README.md", "its name does not begin with a date"),
        (".git", "a hidden folder"),
        (".hidden.md", "a hidden file"),
        ("linked", "a link to a folder"),
    ]:
        assert f"{tmp_path / name}: passed over: {why}" in result.err
    assert texts(db) == ["早上好"]


def test_a_long_list_of_passed_over_paths_is_cut(etl: Command, db: Path, tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.txt").touch()
    result = etl("load", tmp_path)
    assert len(result.err.splitlines()) == 6
    assert "and 15 more" in result.err


def test_a_file_that_was_named_is_never_passed_over(etl: Command, db: Path, tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_bytes(page(HELLO).encode())
    result = etl("load", path)
    assert result.code == 1
    assert result.err == f"{path}: its name does not begin with a date (YYYY-MM-DD)\n"
    assert etl("load", path, "--date", DATE).code == 0


def test_identical_files_for_one_day_are_loaded_once(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    first = write_page(tmp_path / "a", HELLO)
    second = write_page(tmp_path / "b", HELLO)
    result = etl("load", tmp_path / "a", tmp_path / "b")
    assert result.code == 0
    assert f"{second}: skipped: the same as {first}" in result.err
    assert texts(db) == ["早上好"]


def test_different_files_for_one_day_are_both_refused(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    first = write_page(tmp_path / "a", HELLO)
    second = write_page(tmp_path / "b", REPLY)
    write_page(tmp_path / "a", HELLO, date="2031-02-04")
    result = etl("load", tmp_path, "--json")
    assert result.code == 1
    assert str(first) in result.err
    assert str(second) in result.err
    assert len(result.err.splitlines()) == 1
    assert files_of(result.out) == {"new": 1, "rejected": 2}
    assert query(db, "select date from days") == [("2031-02-04",)]


def test_the_same_file_named_twice_is_one_file(etl: Command, db: Path, tmp_path: Path) -> None:
    path = write_page(tmp_path, HELLO)
    result = etl("load", tmp_path, path, "--json")
    assert (result.code, files_of(result.out)) == (0, {"new": 1})


def test_another_file_in_a_later_run_is_a_newer_export(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    etl("load", write_page(tmp_path / "a", HELLO))
    result = etl("load", write_page(tmp_path / "b", HELLO, REPLY), "--json")
    assert (result.code, files_of(result.out)) == (0, {"changed": 1})
    assert len(texts(db)) == 2


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A page that loads, beside whatever a test makes bad."""
    return write_page(tmp_path, HELLO, date="2031-02-01")


def assert_one_bad_file(etl: Command, db: Path, tmp_path: Path, *said: str) -> None:
    result = etl("load", tmp_path / "team")
    assert result.code == 1
    assert len(result.err.splitlines()) == 1
    for words in said:
        assert words in result.err
    assert texts(db) == ["早上好"]


def test_an_empty_file(etl: Command, db: Path, tmp_path: Path, good: Path) -> None:
    path = write_page(tmp_path, content=b"")
    assert_one_bad_file(etl, db, tmp_path, f"{path}: the file is empty")


def test_a_file_without_any_header(etl: Command, db: Path, tmp_path: Path, good: Path) -> None:
    path = write_page(tmp_path, content="只有文字\n".encode())
    assert_one_bad_file(etl, db, tmp_path, f"{path}: no line of it is a message header")


def test_a_folder_named_as_a_file(etl: Command, db: Path, tmp_path: Path, good: Path) -> None:
    path = good.with_name("2031-02-07-chat.markdown")
    path.mkdir()
    assert_one_bad_file(etl, db, tmp_path, f"{path}: a folder, though named as a day's file")


def test_a_broken_link(etl: Command, db: Path, tmp_path: Path, good: Path) -> None:
    path = good.with_name("2031-02-07-chat.markdown")
    path.symlink_to(tmp_path / "nowhere")
    assert_one_bad_file(etl, db, tmp_path, f"{path}: a broken link")


def test_a_pipe_does_not_hang(etl: Command, db: Path, tmp_path: Path, good: Path) -> None:
    path = good.with_name("2031-02-07-chat.markdown")
    os.mkfifo(path)
    assert_one_bad_file(etl, db, tmp_path, f"{path}: is no regular file")


def test_an_unreadable_file(etl: Command, db: Path, tmp_path: Path, good: Path) -> None:
    path = good.with_name("2031-02-07-chat.markdown")
    if os.geteuid() == 0 and Path("/proc/self/mem").exists():
        path.symlink_to("/proc/self/mem")  # root may read any file, but not the first page of this
    else:
        path.write_bytes(page(HELLO).encode())
        path.chmod(0)
    assert_one_bad_file(etl, db, tmp_path, f"{path}: cannot be read: ")


def test_a_file_that_is_too_large(etl: Command, db: Path, tmp_path: Path, good: Path) -> None:
    path = write_page(tmp_path, message("08:00:00", LIN, "长" * 1000))
    result = etl("load", tmp_path / "team", "--max-size", "0.002")
    assert result.code == 1
    assert result.err.startswith(f"{path}: is larger than 0.00")
    assert result.err.endswith("MiB; allow more with --max-size\n")
    assert texts(db) == ["早上好"]


def test_a_path_that_does_not_exist(etl: Command, db: Path, tmp_path: Path, good: Path) -> None:
    result = etl("load", tmp_path / "nowhere", tmp_path / "team")
    assert result.code == 1
    assert result.err == f"{tmp_path / 'nowhere'}: there is no such file or folder\n"
    assert texts(db) == ["早上好"]


def test_rejects_are_said_and_kept(etl: Command, db: Path, tmp_path: Path) -> None:
    impossible = message("25:61:00", LIN, "何时")
    path = write_page(tmp_path, HELLO, impossible, REPLY)
    result = etl("load", path)
    assert result.code == 1
    assert result.err == f"{path}:13: 25:61:00 is no time of day; it is kept in rejects\n"
    assert query(db, "select position, first_line, content from rejects") == [
        (2, 13, impossible.encode())
    ]
    assert len(texts(db)) == 2
    assert etl("load", path).code == 0, "nothing changed, nothing to say"


def test_a_file_damaged_all_over_says_so_in_few_lines(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    path = write_page(tmp_path, HELLO, *[message("25:00:00", LIN, "?")] * 50)
    result = etl("load", path)
    assert len(result.err.splitlines()) == 11
    assert "40 more pieces" in result.err
    assert query(db, "select count(*) from rejects") == [(50,)]


def test_quiet_says_only_what_is_wrong(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, HELLO)
    (tmp_path / "x.txt").touch()
    result = etl("load", tmp_path, "--quiet")
    assert (result.out, result.err) == ("", "")
    bad = write_page(tmp_path, content=b"", date="2031-02-05")
    result = etl("load", tmp_path, "--quiet")
    assert (result.out, result.err) == ("", f"{bad}: the file is empty; it was not loaded\n")


def test_file_names_cannot_steer_the_terminal(etl: Command, db: Path, tmp_path: Path) -> None:
    path = tmp_path / f"{DATE}-\x1b[31mred\n.markdown"
    path.write_bytes(b"")
    result = etl("load", tmp_path)
    assert result.code == 1
    assert "\x1b" not in result.err
    assert len(result.err.splitlines()) == 1


def test_a_name_that_is_not_utf_8(etl: Command, db: Path, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(f"{DATE}-".encode() + b"\xff.markdown")
    path.write_bytes(page(HELLO).encode())
    assert etl("load", tmp_path).code == 0
    assert query(db, "select substr(path, -14) from sources") == [("-\\xff.markdown",)]
    assert files_of(etl("load", tmp_path, "--json").out) == {"unchanged": 1}


def test_each_run_is_recorded(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, HELLO)
    etl("load", tmp_path)
    etl("load", tmp_path / "nowhere")
    runs = query(db, "select outcome, finished_at is not null, version from loads order by id")
    assert [run[:2] for run in runs] == [("done", 1), ("problems", 1)]
    ((arguments, report),) = query(db, "select arguments, report from loads where id = 1")
    assert json.loads(arguments)["paths"] == [str(tmp_path)]
    assert json.loads(report)["messages"] == 1


def test_a_run_that_finds_nothing_new_is_recorded_too(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    write_page(tmp_path, HELLO)
    etl("load", tmp_path)
    first = query(db, "select * from properties")
    etl("load", tmp_path)
    assert (
        query(db, "select outcome, finished_at >= started_at, arguments <> '' from loads")
        == [("done", 1, 1)] * 2
    )
    ((report,),) = query(db, "select report from loads where id = 2")
    assert json.loads(report)["files"]["unchanged"] == 1
    assert query(db, "select * from properties") == first
    assert query(db, "pragma journal_mode") == [("delete",)]


def test_an_unchanged_file_is_compared_with_another_of_its_day(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    first = write_page(tmp_path / "a", HELLO)
    etl("load", tmp_path / "a")
    other = write_page(tmp_path / "b", HELLO, REPLY)
    result = etl("load", tmp_path / "a", tmp_path / "b", "--json")
    assert files_of(result.out) == {"rejected": 2}
    assert str(first) in result.err
    assert str(other) in result.err
    assert texts(db) == ["早上好"]
    other.write_bytes(first.read_bytes())
    both = etl("load", tmp_path, "--json")
    assert files_of(both.out) == {"unchanged": 1, "duplicate": 1}
    other.unlink()
    os.link(first, first.with_name(f"{DATE}-linked.markdown"))
    linked = etl("load", tmp_path, "--json")
    assert files_of(linked.out) == {"unchanged": 1}
    assert "skipped" not in linked.err


def test_an_unchanged_file_is_of_the_day_that_it_is_asked_for(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    path = write_page(tmp_path, HELLO)
    etl("load", path, "--date", "2031-02-04")
    assert files_of(etl("load", tmp_path, "--json").out) == {"new": 1}
    assert files_of(etl("load", tmp_path, "--room", "other", "--json").out) == {"new": 1}
    days = query(db, "select slug, date from rooms r join days d on d.room_id = r.id order by d.id")
    assert days == [("team", "2031-02-04"), ("team", DATE), ("other", DATE)]
    path.rename(path.with_name(f"{DATE}1.markdown"))
    assert files_of(etl("load", tmp_path, "--json").out) == {"passed_over": 1}


def test_message_ids_are_dense_and_follow_time_across_rooms(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    for room in ("beta", "alpha"):
        for date in ("2031-02-04", "2031-02-03"):
            write_page(tmp_path, HELLO, REPLY, room=room, date=date)
    etl("load", tmp_path)
    rows = query(db, "select id, substr(sent_at, 1, 10) from messages order by id")
    assert [row[0] for row in rows] == list(range(1, 9))
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    ranges = query(db, "select first_message_id, last_message_id from days order by 1")
    assert ranges == [(1, 2), (3, 4), (5, 6), (7, 8)]


def test_links_carry_the_title_they_were_first_shared_under(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    def share(title: str) -> str:
        return message("08:00:00", LIN, f"[{title}\n](http://example.com/a?utm_source=wx)")

    write_page(tmp_path, share("后来"), date="2031-02-04")
    write_page(tmp_path, message("07:00:00", LIN, "见 http://Example.com/a"), date="2031-02-02")
    etl("load", tmp_path)
    assert query(db, "select url, title, host from links") == [
        ("http://example.com/a", "后来", "example.com")
    ]
    etl("load", write_page(tmp_path, share("最先"), date="2031-02-03"))
    assert query(db, "select title from links") == [("最先",)]
    assert query(db, "select url from message_links order by message_id") == [
        ("http://Example.com/a",),
        ("http://example.com/a?utm_source=wx",),
        ("http://example.com/a?utm_source=wx",),
    ]


def test_mentions_are_resolved_whatever_the_order_of_loading(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    meant = "select n.name, s.name from mentions n left join speakers s on s.id = n.speaker_id"
    etl("load", write_page(tmp_path, REPLY, date="2031-02-04"))
    assert query(db, meant) == [(LIN, None)], "it is written so, but nobody wrote under it"
    etl("load", write_page(tmp_path, HELLO, date="2031-02-05"))
    assert query(db, meant) == [(LIN, LIN)]
    etl("load", write_page(tmp_path, date="2031-02-05"))
    assert query(db, meant) == [(LIN, None)]


def test_a_format_is_named_as_its_pages_are() -> None:
    content = page(message("07:35:57", LIN, "早上好")).encode()
    for name, format_ in FORMATS.items():
        assert format_.parse(content, DATE).format == format_.name == name


def test_a_load_that_finds_nothing_new_imports_neither_parser_nor_jobs(etl: Command) -> None:
    etl("load", "--sample", "-q")
    program = (
        "import sys; from cli.main import run; run('etl', ['load', '--sample', '-q']);"
        "heavy = ('etl.jobs', 'etl.sources.wechat_markdown', 'etl.intake', 'etl.people.build');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_the_index_is_written_out_for_many_days_at_once(tmp_path: Path) -> None:
    said = message("07:00:00", LIN, "协议支付")
    for day in range(1, 6):
        write_page(tmp_path, said, date=f"2031-02-0{day}")

    class Watching(Silent):
        """Notes after each day how much of the index is in its table."""

        def __init__(self, connection: sqlite3.Connection):
            self._connection = connection
            self.blocks: list[int] = []

        def advance(self, messages: int) -> None:
            assert messages == 1
            blocks = "select count(*) from messages_fts_data"
            self.blocks += self._connection.execute(blocks).fetchone()

    with open_writable(tmp_path / "chats.db", create=True) as connection:
        watching = Watching(connection)
        load(connection, LoadOptions((tmp_path,)), watching)
        assert len(watching.blocks) == 5
        assert len({*watching.blocks}) == 1
        assert connection.execute("select count(*) from messages_fts_data").fetchone() > (2,)
