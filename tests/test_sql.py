"""`chats sql`: reads whatever is asked, and can do nothing else."""

from __future__ import annotations

import contextlib
import hashlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.main import run
from db.catalog import queries
from db.sandbox import Sandbox, open_sandbox
from db.sql_errors import SqlError
from db.text_index import normalize
from tests.conftest import Command, query

ENDLESS = "with recursive x(a) as (select 1 union all select a + 1 from x) select {} from x"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample, which no test here may change."""
    path = tmp_path_factory.mktemp("sql") / "chats.db"
    assert run("etl", ["load", "--sample", "-q", "--db", str(path)]) == 0
    before = snapshot(path)
    yield path
    assert snapshot(path) == before


@pytest.fixture(autouse=True)
def default(archive: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CHATS_DB", str(archive))
    monkeypatch.chdir(tmp_path)


def snapshot(path: Path) -> dict[str, str]:
    """Every file beside the archive, with what is in it."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in path.parent.iterdir()}


def select(archive: Path, sql: str, **values: str | int | float | None) -> list[tuple[object, ...]]:
    with open_sandbox(archive, timeout=10) as sandbox:
        return list(sandbox.select(sql, values))


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from messages",
        "with a as (select 652 as n) select n from a",
        "values (652)",
        "select 652 -- a comment; with a semicolon",
        "select 652;",
    ],
)
def test_reading(chats: Command, sql: str) -> None:
    result = chats("sql", sql, "--csv", "--no-headers")
    assert (result.code, result.out, result.err) == (0, "652\n", "")


@pytest.mark.parametrize(
    "sql",
    [
        "pragma table_info(rooms)",
        "pragma main.table_info('rooms')",
        "select * from pragma_table_info('rooms')",
        "pragma table_list",
        "pragma index_list(days)",
        "pragma foreign_key_list(days)",
        "pragma user_version",
        "pragma integrity_check",
        "explain select 1",
        "explain query plan select * from messages",
        "select * from sqlite_master",
        "select * from json_each('[1, 2]')",
        "select bm25(messages_fts) from messages_fts where messages_fts match '代扣'",
        "select cast(x'ff' as text)",
    ],
)
def test_harmless_statements(chats: Command, sql: str) -> None:
    result = chats("sql", sql, "--nl")
    assert (result.code, result.err) == (0, "")
    assert result.out


@pytest.mark.parametrize(
    "sql",
    [
        "insert into rooms (slug) values ('x')",
        "insert into messages_fts (messages_fts) values ('rebuild')",
        "replace into rooms (id, slug) values (1, 'x')",
        "update messages set text = ''",
        "update sqlite_master set sql = ''",
        "delete from messages",
        "with x as (select 1) delete from messages",
        "create table x (a)",
        "create temp table x (a)",
        "create temp view x as select 1",
        "create temp trigger x before insert on rooms begin select 1; end",
        "create view x as select 1",
        "create index x on rooms (title)",
        "create virtual table x using fts5 (a)",
        "create virtual table temp.x using fts5vocab (main, messages_fts, row)",
        "drop table rooms",
        "alter table rooms add column x",
        "alter table rooms rename to x",
        "reindex",
        "analyze",
        "vacuum",
        "vacuum into 'copy.db'",
        "attach 'other.db' as other",
        "attach 'ot' || 'her.db' as other",
        "attach ':memory:' as other",
        "detach main",
        "begin",
        "begin immediate",
        "commit",
        "rollback",
        "savepoint x",
        "release x",
        "explain delete from messages",
        "pragma user_version = 5",
        "pragma user_version(5)",
        "pragma query_only = off",
        "pragma query_only = on",
        "pragma writable_schema = on",
        "pragma journal_mode = delete",
        "pragma journal_mode",
        "pragma wal_checkpoint",
        "pragma optimize",
        "pragma temp_store_directory = '/tmp'",
        "pragma key = 'x'",
        "select * from pragma_journal_mode",
        "select load_extension('x')",
        "select load_extension('x', 'y') from rooms",
        "select fts3_tokenizer('simple')",
        "select fts3_tokenizer('simple', x'0000000000000000')",
        "select sqlite_log(1, 'x')",
        "select readfile('/etc/passwd')",
        "select writefile('x', 'y')",
        "select edit('x')",
    ],
)
def test_everything_else_is_refused(chats: Command, tmp_path: Path, sql: str) -> None:
    result = chats("sql", sql)
    assert (result.code, result.out) == (1, "")
    first = result.err.splitlines()[0]
    assert first.endswith("is refused: here an archive is only read") or first.startswith(
        ("chats: no such function: ", "chats: table sqlite_master may not", "chats: no such table:")
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select * form rooms", 'near "form": syntax error\n  select * form rooms\n           ^'),
        (
            "select 'x', id as x\n from rooms x x where",
            'near "x": syntax error\n   from rooms x x where\n                ^',
        ),
        (
            "select '支付\x1b' as a,, b",
            "near \",\": syntax error\n  select '支付\\x1b' as a,, b\n                         ^",
        ),
        ("select 1 +", "incomplete input\n  select 1 +\n            ^"),
        ("select nope from rooms", "no such column: nope\n  select nope from rooms\n         ^"),
        ("select 1 from\nnope", "no such table: nope\n  nope\n  ^"),
        ("select nope(1)", "no such function: nope\n  select nope(1)\n         ^"),
        ("select abs()", "wrong number of arguments to function abs()\n  select abs()\n         ^"),
        (
            "explain select 1 1",
            'near "1": syntax error\n  explain select 1 1\n                   ^',
        ),
        ("select '", "unrecognized token: \"'\"\n  select '\n         ^"),
        (
            " -- a; b\n;select ';'; select 2",
            "there are several statements in the SQL; one at a time\n"
            "  ;select ';'; select 2\n               ^",
        ),
        ("select 1;;", "there are several statements in the SQL; one at a time"),
        (
            "select 'nope', a.\"nope\" as [ nope], `nope` -- nope\nfrom rooms a",
            "no such column: a.nope\n  select 'nope', a.\"nope\" as [ nope], `nope` -- nope\n"
            "                 ^",
        ),
        (
            "select 'it''s nope' /* nope */, [nope] from rooms",
            "no such column: nope\n  select 'it''s nope' /* nope */, [nope] from rooms\n"
            "                                   ^",
        ),
        (
            "select max(a.id), a.id, max from rooms a",
            "no such column: max\n  select max(a.id), a.id, max from rooms a\n"
            "                          ^",
        ),
        (
            "select a.id, id from rooms a, rooms b",
            "ambiguous column name: id\n  select a.id, id from rooms a, rooms b\n               ^",
        ),
        ('select 1 from "a b"', 'no such table: a b\n  select 1 from "a b"\n                 ^'),
        (
            "select 'form' /* form */ form form rooms",
            "near \"form\": syntax error\n  select 'form' /* form */ form form rooms\n"
            "                                ^",
        ),
        (
            " -- readfile()\nselect 'readfile(1)', readfile(1)",
            "no such function: readfile\n  select 'readfile(1)', readfile(1)\n"
            "                        ^",
        ),
        (
            "select 1, load_extension('x')",
            "load_extension() is refused: here an archive is only read\n"
            "  select 1, load_extension('x')\n            ^",
        ),
        (
            "select * from pragma_journal_mode",
            "pragma journal_mode is refused: here an archive is only read\n"
            "  select * from pragma_journal_mode\n                ^",
        ),
        (
            "/* all */ drop table rooms",
            "anything but a select is refused: here an archive is only read\n"
            "  /* all */ drop table rooms\n            ^",
        ),
        (
            "vacuum into 'copy.db'",
            "chats: vacuum is refused: here an archive is only read\n  vacuum into 'copy.db'\n  ^",
        ),
        ("", "there is no statement in the SQL"),
        (" -- nothing", "there is no statement in the SQL"),
        ("select '\0'", "there is a NUL character in the SQL"),
        ("select '\udcff'", "the SQL is no valid Unicode text"),
        ("select json('{')", "malformed JSON"),
        ("select ?", "write parameters as :name, and give them with -p name=value"),
    ],
)
def test_what_is_wrong_and_where(chats: Command, sql: str, said: str) -> None:
    result = chats("sql", sql)
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("chats: ")
    assert result.err.endswith(f"{said}\n")


@pytest.mark.parametrize(
    "text", ["'a AND'", "'支付-代扣'", "'\"支付'", "'*a'", "'nope:a'", "'a,b'", "''", ":q"]
)
def test_what_match_cannot_read(chats: Command, text: str) -> None:
    sql = f"select rowid from messages_fts where messages_fts MATCH {text}"
    result = chats("sql", sql, *(["-p", "q=rm -rf"] if text == ":q" else []))
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "search_terms(TEXT) makes that of any text" in result.err
    wrong = chats("sql", f"{sql} and nope = 1").err
    assert wrong.startswith("chats: no such column: nope\n")


def test_the_caret_stays_on_the_screen(chats: Command) -> None:
    sql = f"select {', '.join(f'column_{n}' for n in range(99))} form rooms"
    shown, caret = chats("sql", f"{sql} where {sql}").err.splitlines()[1:]
    assert len(shown) <= 82
    assert shown[caret.index("^") :].startswith("rooms") or shown[
        caret.index("^") :
    ].startswith("form")  # fmt: skip


def test_a_query_that_never_ends_is_stopped(chats: Command) -> None:
    started = time.monotonic()
    result = chats("sql", ENDLESS.format("count(*)"), "--timeout", "0.3")
    assert time.monotonic() - started < 3
    assert result.code == 1
    assert result.err == "chats: stopped after 0.3 seconds; --timeout gives it more\n"


def test_time_that_the_reader_takes_does_not_count(archive: Path) -> None:
    with open_sandbox(archive, timeout=0.3) as sandbox:
        rows = iter(sandbox.select(ENDLESS.format("a"), {}, max_rows=1000))
        next(rows)
        time.sleep(0.4)
        assert len(list(rows)) == 999


def test_time_that_our_own_work_takes_counts(archive: Path) -> None:
    with open_sandbox(archive, timeout=0.3) as sandbox:
        rows = iter(sandbox.select(ENDLESS.format("a"), {}, max_rows=1000))
        next(rows)
        started = time.process_time()
        while time.process_time() - started < 0.4:
            pass
        with pytest.raises(SqlError, match="timeout gives it more"):
            list(rows)


def test_every_statement_has_the_whole_time(archive: Path) -> None:
    with open_sandbox(archive, timeout=0.3) as sandbox:
        with pytest.raises(SqlError, match="--timeout gives it more"):
            sandbox.select(ENDLESS.format("count(*)"), {})
        assert list(sandbox.select("select 1", {})) == [(1,)]


def test_rows_without_end_are_stopped_in_time() -> None:
    program = str(Path(sys.executable).with_name("chats"))
    sql = ["sql", ENDLESS.format("a"), "--max-rows", "0", "--timeout", "1"]
    started = time.monotonic()
    done = subprocess.run([program, *sql], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert time.monotonic() - started < 4
    assert (done.returncode, b"stopped after 1 second" in done.stderr) == (1, True)


def test_ctrl_c_stops_a_query() -> None:
    program = str(Path(sys.executable).with_name("chats"))
    running = subprocess.Popen([program, "sql", ENDLESS.format("count(*)")], stderr=subprocess.PIPE)
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=8)
    assert (running.returncode, err) == (130, b"")


def test_huge_results_are_cut(chats: Command) -> None:
    result = chats("sql", ENDLESS.format("a"))
    assert result.out.count("\n") == 100_001
    assert result.err == "only the first 100,000 rows; --max-rows 0 gives all\n"
    exact = chats("sql", f"{ENDLESS.format('a')} limit 5", "--max-rows", "5")
    assert (exact.out.count("\n"), exact.err) == (6, "")
    assert chats("sql", f"{ENDLESS.format('a')} limit 5", "--max-rows", "0").err == ""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 cannot limit values")
def test_huge_values_are_an_error(chats: Command) -> None:
    result = chats("sql", "select hex(zeroblob(900000000))")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "too big" in result.err


@pytest.mark.parametrize(
    ("text", "type_"),
    [("1", "integer"), ("-17", "integer"), ("0", "integer"), ("007", "text"), ("1.5", "real"),
     ("-1.5e3", "real"), ("1e5", "text"), ("", "text"), ("9" * 30, "text"), ("a=b", "text"),
     ("'; drop table rooms", "text"), ("2018-01-01", "text")],
)  # fmt: skip
def test_parameters(chats: Command, text: str, type_: str) -> None:
    sql = "select :value as value, typeof(:value) as type"
    (row,) = json.loads(chats("sql", sql, "-p", f"value={text}", "--json").out)
    assert (str(row["value"]), row["type"]) == (
        str(float(text)) if type_ == "real" else text,
        type_,
    )


@pytest.mark.parametrize("parameter", [":d=5", "d=5", "@d=5", "$d=5"])
def test_names_of_parameters(chats: Command, parameter: str) -> None:
    assert chats("sql", "select :d as d", "-p", parameter).out == "d\n5\n"


@pytest.mark.parametrize(
    ("parameter", "said"), [("a", "'a': write it as name=value"), ("b=1", "there is no :b")]
)
def test_wrong_parameters(chats: Command, parameter: str, said: str) -> None:
    result = chats("sql", "select :a", "-p", parameter)
    assert result.code == 2
    assert said in result.err


def test_sql_from_a_file_and_from_stdin(
    chats: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.sql").write_text("\ufeffselect '支付'\n  as a;\n", "utf-8")
    assert chats("sql", "mine.sql").out == "a\n支付\n"
    with (tmp_path / "mine.sql").open(encoding="utf-8-sig") as file:
        monkeypatch.setattr("sys.stdin", file)
        assert chats("sql", "-").out == "a\n支付\n"
    (tmp_path / "mine.sql").write_bytes(b"select '\xff'")
    assert "mine.sql: not UTF-8 text" in chats("sql", "mine.sql").err
    result = chats("sql", "other.sql")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "other.sql: cannot be read" in result.err


def test_a_parameter_that_is_not_given_is_null(chats: Command) -> None:
    result = chats("sql", "select :a is null, :b, @c, :a", "-p", "b=5", "--csv", "--no-headers")
    assert (result.code, result.out) == (0, "1,5,,\n")
    assert result.err == "NULL, as -p does not set it: :a, :c\n"


@pytest.mark.parametrize("name", queries())
def test_a_canned_query_can_be_pasted(chats: Command, name: str) -> None:
    path = Path(str(resources.files("db").joinpath("queries", f"{name}.sql")))
    pasted, file = chats("sql", path.read_text("utf-8")), chats("sql", path)
    assert (pasted.code, pasted.out) == (file.code, file.out)
    assert pasted.out == chats("query", name).out


@pytest.mark.parametrize(
    "sql", ["-- a\nselect 1", "--a\nselect 1", "--\nselect 1", "---\nselect 1", "-- a=b\nselect 1"]
)
def test_sql_may_begin_with_a_comment(chats: Command, sql: str) -> None:
    for arguments in ([sql, "--csv"], ["--max-rows=5", sql], ["--", sql]):
        result = chats("sql", *arguments)
        assert (result.code, result.out, result.err) == (0, "1\n1\n", "")
    assert "No such option: --a" in chats("sql", "--a", "select 1").err
    assert chats("sql", "select :b as b", "--param=b=x y").out == "b\nx y\n"


def test_a_file_of_another_ending(chats: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("select 1")
    result = chats("sql", "mine.txt")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "mine.txt: the name of a file with SQL must end in .sql" in result.err
    assert "near" in chats("sql", "x" * 9999).err


def test_a_damaged_archive_is_not_the_sqls_fault(
    chats: Command, archive: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.db"
    content = bytearray(archive.read_bytes())
    content[8192:-4096] = bytes(len(content) - 12288)
    damaged.write_bytes(content)
    result = chats("sql", "select count(text) from messages", "--db", damaged)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "the file is damaged" in result.err


SEARCH = (
    "select m.text from messages_fts f join messages m on m.id = f.rowid"
    " where messages_fts match search_terms(:text)"
)


@pytest.mark.parametrize("text", ["代扣", "扣", "支付", "協議支付", "的"])
def test_search_terms_find_what_a_scan_finds(archive: Path, text: str) -> None:
    found = sorted(str(row[0]) for row in select(archive, SEARCH, text=text))
    texts = [row[0] for row in query(archive, "select text from messages")]
    assert found == sorted(t for t in texts if normalize(text) in normalize(t))
    assert found


@given(st.text() | st.none() | st.integers(0, 9))
def test_search_terms_take_any_text(archive: Path, text: str | int | None) -> None:
    text = text.encode("utf-8", "ignore").decode() if isinstance(text, str) else text
    select(archive, SEARCH, text=text)


def test_functions(archive: Path) -> None:
    sql = "select normalize('協議ＡＢＣ'), normalize(null), search_terms(null), search_terms('？')"
    assert select(archive, sql) == [("协议abc", None, '""', '""')]


WORDS = [
    *("select", "insert", "update", "delete", "from", "into", "messages", "rooms", "where", "text"),
    *("with", "as", "union", "values", "attach", "pragma", "create", "drop", "table", "vacuum"),
    *("begin", "explain", "set", "limit", "json_each", "match", "load_extension", "messages_fts"),
    *(
        "*",
        "(",
        ")",
        ";",
        ",",
        "'",
        '"',
        "--",
        "/*",
        "=",
        "1",
        "x'00'",
        "'a.db'",
        "?",
        ":a",
        "支付",
    ),
    "\0",
]


@pytest.fixture(scope="module")
def sandbox(archive: Path) -> Iterator[Sandbox]:
    with open_sandbox(archive, timeout=60) as opened:
        yield opened


@settings(max_examples=500)
@given(st.text() | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_any_text_is_answered_or_refused_clearly(
    sandbox: Sandbox, archive: Path, text: str
) -> None:
    before = archive.stat()
    with contextlib.suppress(SqlError):
        list(sandbox.select(text, {}, max_rows=50))
    after = archive.stat()
    assert (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)


@settings(max_examples=25, deadline=None)
@given(
    st.text(alphabet=st.characters(exclude_characters="\0"))
    | st.lists(st.sampled_from(WORDS)).map(" ".join)
)
def test_any_argument_ends_the_command_well(archive: Path, text: str) -> None:

    assert run("chats", ["sql", "--db", str(archive), "--max-rows", "5", "--", text]) in (0, 1)


def test_a_second_line_of_defence(archive: Path) -> None:
    """Without the authorizer the file still is read-only."""
    with open_sandbox(archive, timeout=5) as sandbox:
        sandbox._connection.set_authorizer(lambda *_: sqlite3.SQLITE_OK)
        with pytest.raises(SqlError, match="writing is refused"):
            sandbox.select("delete from messages", {})
    with pytest.raises(sqlite3.ProgrammingError):
        sandbox._connection.execute("select 1")
