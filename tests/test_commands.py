"""The other commands, and how both commands behave as programs."""

from __future__ import annotations

import importlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest

from db.rows import DayRows
from etl import __version__
from etl.jobs import to_rows
from etl.records import PageRecord
from tests.conftest import SAMPLE, Command, Result, assert_sound, query
from tests.pages import DATE, LIN, message, page, write_page

HELLO = message("07:35:57", LIN, "早上好 http://example.com/a [强]")
ROOT = Path(__file__).parent.parent


def as_program(*arguments: str, name: str = "etl", cwd: Path | None = None) -> Result:
    program = Path(sys.executable).with_name(name)
    done = subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, check=False, cwd=cwd
    )
    return Result(done.returncode, done.stdout, done.stderr)


def pages_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.markdown")}


def test_export_writes_every_file_back(etl: Command, db: Path, tmp_path: Path) -> None:
    etl("load", "--sample")
    result = etl("export", "markdown", tmp_path / "out")
    assert (result.code, result.out) == (0, f"27 day files written to {tmp_path / 'out'}\n")
    assert pages_below(tmp_path / "out") == pages_below(SAMPLE / "source")
    again = etl("export", "markdown", tmp_path / "out")
    assert again.out.startswith("0 day files written")
    assert "27 were there already" in again.out


@pytest.mark.parametrize(
    "content",
    [
        page(HELLO).encode().replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + page(HELLO).encode(),
        page(HELLO).encode() + b"> 25:61:00  x  \r\n\xff\x00\n" + HELLO.encode(),
        b"---\nnever closed\n" + HELLO.encode(),
        b"text before\n" + HELLO.encode() + b"> 08:00:00",
        page(HELLO).encode().replace(b"2031-02-03", b"2031-02-04"),
        b"\xef\xbb\xbf---\r\ndate: 2031-02-03\r\n---\r\n\r\n\r\n",
    ],
)
def test_whatever_was_loaded_comes_back(
    etl: Command, db: Path, tmp_path: Path, content: bytes
) -> None:
    etl("load", write_page(tmp_path / "in", content=content))
    etl("export", "markdown", tmp_path / "out")
    assert list(pages_below(tmp_path / "out").values()) == [content]


def test_export_does_not_write_over_other_content(etl: Command, db: Path, tmp_path: Path) -> None:
    etl("load", write_page(tmp_path, HELLO))
    path = write_page(tmp_path / "out", content=b"mine")
    result = etl("export", "markdown", tmp_path / "out")
    assert (result.code, path.read_bytes()) == (1, b"mine")
    assert "--force writes over it" in result.err
    assert etl("export", "markdown", tmp_path / "out", "--force").code == 0
    assert path.read_bytes() == page(HELLO).encode()
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_export_to_where_nothing_can_be_written(etl: Command, db: Path, tmp_path: Path) -> None:
    etl("load", "--sample")
    (tmp_path / "out").touch()
    result = etl("export", "markdown", tmp_path / "out")
    assert result.code == 1
    assert "cannot be written" in result.err


def test_digest_depends_on_content_alone(etl: Command, db: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(SAMPLE / "source", copy)
    etl("load", "--sample")
    files = sorted(copy.rglob("*.markdown"))
    random.Random(7).shuffle(files)
    other = tmp_path / "other.db"
    for file in files:
        etl("load", file, "--db", other, "--config", SAMPLE / "archive.toml")
    assert etl("digest", "--db", other).out == etl("digest").out
    assert etl("digest", "--tables", "--db", other).out == etl("digest", "--tables").out
    assert_sound(other)


def test_digest_tells_any_difference(etl: Command, db: Path, tmp_path: Path) -> None:
    etl("load", "--sample")
    before = json.loads(etl("digest", "--json").out)
    etl("load", write_page(tmp_path, HELLO))
    after = json.loads(etl("digest", "--json").out)
    assert before["digest"] != after["digest"]
    assert before["tables"]["quotes"] == after["tables"]["quotes"]
    assert before["tables"]["links"] != after["tables"]["links"]


@pytest.mark.parametrize("jobs", [["images", "links"], ["mentions"], ["emoji", "tags", "quotes"],
                                  ["messages"], ["days", "speakers"]])  # fmt: skip
def test_rebuild_gives_what_a_fresh_load_gives(etl: Command, db: Path, jobs: list[str]) -> None:
    etl("load", "--sample")
    digest = etl("digest").out
    ids = query(db, "select id, key from messages order by id")
    for table in ("message_images", "message_links", "message_emoji", "quotes", "day_tags"):
        query_and_commit(db, f"delete from {table}" if table_of(jobs, table) else "select 1")
    if "mentions" in jobs:
        query_and_commit(db, "update mentions set name = 'wrong'")
    if "messages" in jobs:
        # of any other message the text is its body, too
        wrong = "update messages set text = 'wrong', kind = 'text' where stored_body is not null"
        query_and_commit(db, wrong)
        query_and_commit(db, "update messages set kind = 'notice'")
    result = etl("rebuild", *jobs)
    assert result.out == f"{', '.join(jobs)}: made anew for 27 days, 652 messages\n"
    assert etl("digest").out == digest
    assert query(db, "select id, key from messages order by id") == ids
    assert query(db, "select count(*) from revisions") == [(0,)]


def table_of(jobs: list[str], table: str) -> bool:
    return table.removeprefix("message_").removeprefix("day_") in jobs


def query_and_commit(db: Path, sql: str) -> None:
    import sqlite3

    connection = sqlite3.connect(db)
    with connection:
        connection.execute(sql)
    connection.close()


def test_rebuild_keeps_the_urls_that_an_export_replaced(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    for host in ("old", "new"):
        picture = message("07:00:00", LIN, f"![x](http://{host}.example.com/a.png)")
        etl("load", write_page(tmp_path, picture))
    etl("rebuild", "images")
    assert query(db, "select count(*) from image_urls") == [(2,)]


def test_rebuild_names_the_jobs_there_are(etl: Command, db: Path) -> None:
    result = etl("rebuild", "pictures")
    assert result.code == 2
    assert "no job is called 'pictures'; there are days, speakers, messages" in result.err


def test_status_shows_what_is_there_and_what_is_missing(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    write_page(tmp_path, HELLO, date="2031-01-30")
    write_page(tmp_path, date="2031-02-02")
    write_page(tmp_path, HELLO, date="2031-05-01")
    etl("load", tmp_path)
    out = etl("status").out
    assert f"{db}: 1 room, 3 days, 2 messages\n" in out
    assert "team: 3 days (1 without messages), 2 messages, 2031-01-30 to 2031-05-01\n" in out
    assert "89 days missing" in out
    assert "    2031-01                                          #.\n" in out
    assert "    2031-02             .o..........................\n" in out
    assert "    2031-03 to 2031-04  all missing\n" in out
    values = json.loads(etl("status", "--json").out)
    assert values["rooms"][0]["missing"][:2] == ["2031-01-31", "2031-02-01"]
    assert values["last_load"]["outcome"] == "done"


def test_status_names_files_that_changed_since(etl: Command, db: Path, tmp_path: Path) -> None:
    changed = write_page(tmp_path, HELLO, date="2031-02-01")
    gone = write_page(tmp_path, HELLO, date="2031-02-02")
    touched = write_page(tmp_path, HELLO, date="2031-02-03")
    etl("load", tmp_path)
    assert "changed on disk since they were loaded: none\n" in etl("status").out
    changed.write_bytes(changed.read_bytes().replace(b"07:35:57", b"07:35:58"))
    gone.unlink()
    os.utime(touched, ns=(1, 1))
    out = etl("status").out
    assert f"changed on disk since they were loaded: 1\n  {changed}\n" in out
    assert "no longer on disk (kept in the archive): 1\n" in out


def test_status_shows_rejects(etl: Command, db: Path, tmp_path: Path) -> None:
    etl("load", write_page(tmp_path, message("25:00:00", LIN, "坏"), HELLO))
    out = etl("status").out
    assert "rejects:   1 (select * from rejects)\n" in out
    assert f"  team/{DATE}:9: 25:00:00 is no time of day\n" in out


CONFIG = 'me = "林秋"\n[rooms.team]\ntitle = "产品组"\ntimezone = "Asia/Shanghai"\n'


def test_archive_toml_beside_the_archive(etl: Command, db: Path, tmp_path: Path) -> None:
    db.with_name("archive.toml").write_text(CONFIG, "utf-8")
    etl("load", write_page(tmp_path, HELLO))
    assert query(db, "select title, timezone from rooms") == [("产品组", "Asia/Shanghai")]
    assert query(db, "select value from properties where name = 'me'") == [("林秋",)]
    assert "team (产品组):" in etl("status").out


def test_a_config_that_is_given_is_applied_to_what_is_loaded_already(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    etl("load", write_page(tmp_path, HELLO))
    config = tmp_path / "mine.toml"
    config.write_text("\ufeff" + CONFIG, "utf-8")
    etl("load", tmp_path / "team", "--config", config)
    assert query(db, "select title from rooms") == [("产品组",)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("me = ", "not TOML"),
        ("me = 3", "me: must be a name in quotes"),
        ("you = 'x'", "unknown 'you'; known are me, people, rooms"),
        ("rooms = 1", "rooms: must be tables such as [rooms.team]"),
        ("rooms.team = 1", "rooms.team: must be a table with title and timezone"),
        ("[rooms.team]\ntitel = 'x'", "rooms.team: unknown 'titel'; known are timezone, title"),
        ("[rooms.team]\ntitle = 1", "rooms.team.title: must be text in quotes"),
        ("[rooms.team]\ntimezone = 'Mars'", "rooms.team.timezone: 'Mars' is no time zone"),
    ],
)
def test_a_bad_config_is_one_clear_line(etl: Command, tmp_path: Path, text: str, said: str) -> None:
    config = tmp_path / "archive.toml"
    config.write_text(text)
    result = etl("load", "--sample", "--config", config, "--db", tmp_path / "x.db")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert str(config) in result.err
    assert said in result.err


def test_a_config_that_is_not_there(etl: Command, tmp_path: Path) -> None:
    result = etl("load", "--sample", "--config", tmp_path / "no.toml", "--db", tmp_path / "x.db")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "cannot be read" in result.err


@pytest.mark.parametrize("name", ["etl", "chats"])
def test_the_list_of_commands_is_whole_and_imports_none(name: str) -> None:
    package = importlib.import_module(f"cli.{name}_app")
    program = (
        f"import sys; from cli.main import run; run({name!r}, ['--help']);"
        f"print([m for m in sys.modules if m.startswith('cli.{name}_app.')], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env=os.environ | {"COLUMNS": "80"},
    )  # fmt: skip
    assert done.stderr == "[]\n"
    listed = done.stdout.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(package.COMMANDS)
    for command in package.COMMANDS:
        assert hasattr(importlib.import_module(f"{package.__name__}.{command}"), command)


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize(
    "words",
    ["etl", "etl load", "etl status", "etl rebuild", "etl digest", "etl export",
     "etl export markdown", "chats", "chats query",
     "chats query top-speakers", "chats sql", "chats schema"],
)  # fmt: skip
def test_help_has_an_example(etl: Command, chats: Command, words: str, option: str) -> None:
    name, *command = words.split()
    result = (etl if name == "etl" else chats)(*command, option)
    assert (result.code, result.err) == (0, "")
    assert "Example: " in result.out


def test_version(etl: Command) -> None:
    assert etl("--version").out == f"etl (wechat-to-sqlite) {__version__}\n"


@pytest.mark.parametrize("arguments", [["load"], ["frobnicate"], ["load", "--nonsense"]])
def test_wrong_usage_is_2(etl: Command, arguments: list[str]) -> None:
    result = etl(*arguments)
    assert result.code == 2
    assert "Error: " in result.err


def test_a_defect_of_ours_is_3_and_keeps_its_traceback(
    etl: Command, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("cli.etl_app.load")
    monkeypatch.setattr(module, "load_archive", lambda *_: 1 / 0)
    result = etl("load", "--sample")
    assert result.code == 3
    (line,) = result.err.splitlines()
    log = Path(line.rsplit(" ", 1)[1])
    assert "ZeroDivisionError" in log.read_text()
    log.unlink()


def test_interrupt_is_130_and_leaves_whole_days(
    etl: Command, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = iter(range(100))

    def interrupted(page: PageRecord, room: str, date: str) -> DayRows:
        if next(calls) == 5:
            raise KeyboardInterrupt
        return to_rows(page, room, date)

    monkeypatch.setattr("etl.reading.to_rows", interrupted)
    assert etl("load", "--sample").code == 130
    assert query(db, "select count(*) from days") == [(5,)]
    assert query(db, "select outcome from loads") == [("interrupted",)]
    monkeypatch.undo()
    assert etl("load", "--sample", "--db", db).code == 0
    fresh = db.with_name("fresh.db")
    etl("load", "--sample", "--db", fresh)
    assert etl("digest", "--db", db).out == etl("digest", "--db", fresh).out


@pytest.mark.parametrize("delay", [0.25, 0.3, 0.35, 0.4])
def test_a_killed_load_is_made_good_by_the_next(db: Path, delay: float) -> None:
    program = str(Path(sys.executable).with_name("etl"))
    running = subprocess.Popen(
        [program, "load", "--sample"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(delay)
    running.send_signal(signal.SIGKILL)
    running.wait()
    if db.exists():
        messages = (
            "select count(*) from days d where messages <>"
            " (select count(*) from messages where day_id = d.id)"
        )
        if query(db, "select 1 from sqlite_master where name = 'days'"):
            assert query(db, messages) == [(0,)]
    assert as_program("load", "--sample").code == 0
    fresh = str(db.with_name("fresh.db"))
    as_program("load", "--sample", "--db", fresh)
    assert as_program("digest").out == as_program("digest", "--db", fresh).out


MANY_ROWS = "with recursive a(b) as (select 1 union all select b + 1 from a limit 99999) select b"
# With the exit code of each, whoever reads it.
PIPED = {
    "etl load --sample": 0,
    "etl load nowhere": 1,
    "etl status": 0,
    "etl log": 0,
    "etl diff nowhere": 1,
    "chats search 支付": 0,
    "chats search 支付 --json -n 0": 0,
    "chats query top-speakers": 0,
    f"chats sql '{MANY_ROWS} from a'": 0,
    "chats day prodarch 2018-09-18": 0,
    "chats schema": 0,
}


@pytest.mark.parametrize("reader", ["head -n 1", "true"])
def test_who_reads_only_the_beginning_changes_no_exit_code(
    db: Path, tmp_path: Path, reader: str
) -> None:
    as_program("load", "--sample", "-q")
    for command, code in PIPED.items():
        program = f"{Path(sys.executable).parent}/{command}"
        done = subprocess.run(
            ["bash", "-c", f"{program} | {reader}; echo ${{PIPESTATUS[0]}}"],
            capture_output=True, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
        assert done.stdout.splitlines()[-1] == str(code), command
        assert "Broken" not in done.stderr, command
        assert "Traceback" not in done.stderr, command


def test_a_load_goes_on_when_nobody_reads_its_messages(db: Path, tmp_path: Path) -> None:
    for day in range(1, 4):
        write_page(tmp_path, HELLO, "> 25:61:00  x\n" * 9, date=f"2031-02-0{day}")
    etl = Path(sys.executable).with_name("etl")
    done = subprocess.run(
        ["bash", "-c", f"{etl} load {tmp_path} 2>&1 | true; echo ${{PIPESTATUS[0]}}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("1\n", "")
    assert query(db, "select count(*) from days") == [(3,)]


def test_too_little_memory_is_a_line(
    etl: Command, chats: Command, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*arguments: object) -> None:
        raise MemoryError

    monkeypatch.setattr("db.writer.insert_day", too_large)
    result = etl("load", "--sample")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "not enough memory; end other programs, or load fewer" in result.err
    monkeypatch.undo()
    monkeypatch.setattr("cli.render.rows", too_large)
    result = chats("sql", "select 1", "--db", db)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "not enough memory; end other programs, or ask" in result.err


INTERRUPTED_WHILE_IMPORTING = """
import builtins, sys
def stopping(name, *arguments, real=builtins.__import__):
    if name == {name!r}:
        raise KeyboardInterrupt
    return real(name, *arguments)
builtins.__import__ = stopping
sys.argv = ["etl", "load", "--sample"]
import cli.main
cli.main.etl()
"""


@pytest.mark.parametrize(("name", "said"), [("signal", 0), ("typer", 1), ("cli.progress", 1)])
def test_an_early_interrupt_is_no_traceback(db: Path, name: str, said: int) -> None:
    code = INTERRUPTED_WHILE_IMPORTING.format(name=name)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert done.stderr.count("\n") == said
    assert done.stderr.startswith("etl: stopped" if said else "")


def test_under_nohup_a_command_goes_on_without_its_terminal() -> None:
    deaf = (
        "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN); import os, sys, cli.main;"
        " cli.main._end_when_told(); os.kill(os.getpid(), signal.SIGHUP);"
        " sys.exit(cli.main.run('etl', ['--version']))"
    )
    assert subprocess.run([sys.executable, "-c", deaf], check=False).returncode == 0


def test_a_terminal_sees_a_bar(db: Path) -> None:
    program = str(Path(sys.executable).with_name("etl"))
    child = pexpect.spawn(program, ["load", "--sample"], dimensions=(24, 100), encoding="utf-8")
    child.expect(pexpect.EOF, timeout=60)
    child.close()
    assert child.exitstatus == 0
    assert isinstance(child.before, str)
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", child.before)
    assert "27/27 files · 652 messages" in shown
    assert "/s" in shown
    assert "left" in shown
    assert "messages  652 read, 652 new" in shown


def test_a_load_through_a_pipe_has_no_control_characters(db: Path) -> None:
    result = as_program("load", "--sample")
    assert "\x1b" not in result.out + result.err
    assert "\r" not in result.out + result.err


def test_long_loads_say_how_far_they_are(
    etl: Command, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.progress.LINE_EVERY", 0.0)
    lines = etl("load", "--sample").err.splitlines()
    assert len(lines) == 27
    assert lines[-1].startswith("27 of 27 files, 652 messages, ")


def test_canned_queries_are_listed_and_run(chats: Command, etl: Command, db: Path) -> None:
    etl("load", "--sample")
    listed = chats("query").out
    assert "top-speakers" in listed
    table = chats("query", "top-speakers", "--limit", "2", "--table").out.splitlines()
    assert len(table) == 4
    rows = json.loads(chats("query", "top-speakers", "--limit", "2", "--json").out)
    assert [set(row) for row in rows] == [{"speaker", "messages", "days", "first", "last"}] * 2
    piped = chats("query", "messages-per-month", "--room", "prodarch").out.splitlines()
    assert piped[0] == "month\tdays\tmessages\tspeakers"
    assert sum(int(line.split("\t")[2]) for line in piped[1:]) == 245


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "no query is called 'nonsense', `chats query` lists them\n"),
        (["top-speaker"], "`chats query` lists them; did you mean top-speakers?"),
        (["top-speakers", "--limit"], "'--limit' requires an argument"),
        (["top-speakers", "--size", "3"], "No such option: --size"),
        (["top-speakers", "--limit", "x"], "'x' is not a valid int"),
        (["top-speakers", "prodarch"], "unexpected extra argument"),
    ],
)
def test_a_query_asked_wrongly(
    chats: Command, etl: Command, db: Path, arguments: list[str], said: str
) -> None:
    etl("load", "--sample", "-q")
    result = chats("query", *arguments)
    assert result.code == 2
    assert said in result.err
