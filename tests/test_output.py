"""How commands write rows: formats, files, terminals; `chats query` and `chats schema`."""

from __future__ import annotations

import csv
import io
import itertools
import json
import os
import re
import sqlite3
import stat
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from cli import formats, layout, render
from cli.chats_app.query import query_command
from cli.layout import Span
from cli.output import OutputOptions
from db.catalog import Query, queries
from tests.conftest import Command, query

MIXED = """
select 'a' as name, 1 as n, '协议支付' as text, null as "none", 2.5 as r,
       x'00ff' as bytes
union all select '莫问津', 20, '=1+1', 'x', -0.5, x'61'"""

VALUES = st.none() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(max_size=9)
TABLES = st.integers(1, 4).flatmap(
    lambda size: st.lists(st.lists(VALUES, min_size=size, max_size=size), max_size=5)
)


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("PAGER", "LESS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sample(etl: Command, db: Path) -> Path:
    etl("load", "--sample", "-q")
    return db


GOLDEN = {
    ("--table",): """\
name      n  text      none       r  bytes
------  ---  --------  ------  ----  ---------
a         1  协议支付           2.5  <2 bytes>
莫问津   20  =1+1      x       -0.5  <1 byte>
""",
    ("--table", "--no-headers"): """\
------  --  --------  -  ----  ---------
a        1  协议支付      2.5  <2 bytes>
莫问津  20  =1+1      x  -0.5  <1 byte>
------  --  --------  -  ----  ---------
""",
    ("--fmt", "github"): """\
| name   |   n | text     | none   |    r | bytes     |
|--------|-----|----------|--------|------|-----------|
| a      |   1 | 协议支付 |        |  2.5 | <2 bytes> |
| 莫问津 |  20 | =1+1     | x      | -0.5 | <1 byte>  |
""",
    ("-t", "--fmt", "plain"): """\
name      n  text      none       r  bytes
a         1  协议支付           2.5  <2 bytes>
莫问津   20  =1+1      x       -0.5  <1 byte>
""",
    ("--json",): """\
[{"name": "a", "n": 1, "text": "协议支付", "none": null, "r": 2.5, "bytes": \
{"$base64": true, "encoded": "AP8="}},
 {"name": "莫问津", "n": 20, "text": "=1+1", "none": "x", "r": -0.5, "bytes": \
{"$base64": true, "encoded": "YQ=="}}]
""",
    ("--nl",): """\
{"name": "a", "n": 1, "text": "协议支付", "none": null, "r": 2.5, "bytes": \
{"$base64": true, "encoded": "AP8="}}
{"name": "莫问津", "n": 20, "text": "=1+1", "none": "x", "r": -0.5, "bytes": \
{"$base64": true, "encoded": "YQ=="}}
""",
    ("--csv",): """\
name,n,text,none,r,bytes
a,1,协议支付,,2.5,<2 bytes>
莫问津,20,'=1+1,x,-0.5,<1 byte>
""",
    ("--csv", "--no-headers", "--raw-csv"): """\
a,1,协议支付,,2.5,<2 bytes>
莫问津,20,=1+1,x,-0.5,<1 byte>
""",
    (): """\
name\tn\ttext\tnone\tr\tbytes
a\t1\t协议支付\t\t2.5\t<2 bytes>
莫问津\t20\t'=1+1\tx\t-0.5\t<1 byte>
""",
}


@pytest.mark.parametrize("options", GOLDEN, ids=" ".join)
def test_formats(chats: Command, sample: Path, options: tuple[str, ...]) -> None:
    result = chats("sql", MIXED, *options)
    assert (result.code, result.err) == (0, "")
    assert result.out == GOLDEN[options]
    if not options:
        assert chats("sql", MIXED, "--tsv").out == result.out


@pytest.mark.parametrize("option", ["--json", "--nl", "--csv", "--tsv", "--table"])
def test_no_rows(chats: Command, sample: Path, option: str) -> None:
    out = chats("sql", "select 1 as a where 0", option).out
    assert out == {"--json": "[]\n", "--nl": "", "--table": "a\n---\n"}.get(option, "a\n")
    assert chats("sql", "select 1 as a where 0", "-t", "--no-headers").out == ""


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--json", "--csv"], "--json and --csv are two formats"),
        (["--csv", "--fmt", "grid"], "--csv and --fmt are two formats"),
        (["--fmt", "gird"], "no format is called 'gird'; there are asciidoc, "),
    ],
)
def test_wrong_formats(chats: Command, sample: Path, options: list[str], said: str) -> None:
    result = chats("sql", "select 1", *options)
    assert (result.code, result.out) == (2, "")
    assert said in result.err


def test_keys_of_an_object_are_distinct(chats: Command, sample: Path) -> None:
    assert json.loads(chats("sql", "select 1 as a, 2 as a, 3 as a_2, 4 as a", "--json").out) == [
        {"a": 1, "a_2": 2, "a_2_2": 3, "a_3": 4}
    ]


def test_infinity_is_json(chats: Command, sample: Path) -> None:
    assert json.loads(chats("sql", "select 9e999 as a, -9e999 as b", "--json").out) == [
        {"a": "inf", "b": "-inf"}
    ]


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＠"])
def test_a_spreadsheet_runs_nothing(first: str) -> None:
    columns = ["=a"]
    rows: list[list[object]] = [[f"{first}1+1"], [-5], [-0.5]]
    safe = "".join(separated(columns, rows))
    assert list(csv.reader(io.StringIO(safe, newline=""))) == [
        ["'=a"], [f"'{first}1+1"], ["-5"], ["-0.5"],
    ]  # fmt: skip
    raw = "".join(separated(columns, rows, raw=True))
    assert list(csv.reader(io.StringIO(raw, newline="")))[:2] == [["=a"], [f"{first}1+1"]]


@pytest.mark.parametrize(
    ("fmt", "before", "after", "quote"),
    [("tsv", "", "\tn\n", "'"), ("html", ">", " ", "&#x27;"), ("unsafehtml", ">", " ", "'")],
)
def test_a_spreadsheet_runs_nothing_of_a_table_format(
    chats: Command, sample: Path, fmt: str, before: str, after: str, quote: str
) -> None:
    asked = ["sql", "select '@王敏' as \"=1+1\", -5 as n", "--fmt", fmt]
    safe, raw = chats(*asked).out, chats(*asked, "--raw-csv").out
    assert f"{before}{quote}=1+1{after}" in safe
    assert f"{before}=1+1{after}" in raw
    assert safe.replace(quote, "").split() == raw.split()


def separated(
    columns: list[str], rows: list[list[object]], *, tabs: bool = False, raw: bool = False
) -> list[str]:
    return list(
        formats.separated(columns, rows, tabs=tabs, headers=True, raw=raw, visible=False)
    )  # fmt: skip


@given(TABLES, st.booleans())
def test_csv_and_tsv_read_back(rows: list[list[object]], tabs: bool) -> None:
    columns = [f"c{n}" for n in range(len(rows[0]))] if rows else ["c"]
    text = "".join(separated(columns, rows, tabs=tabs, raw=True))
    found = list(csv.reader(io.StringIO(text, newline=""), "excel-tab" if tabs else "excel"))
    expected = [
        [f"<{len(v)} byte{'s'[: len(v) != 1]}>" if isinstance(v, bytes)
         else "" if v is None else str(v) for v in row]
        for row in rows
    ]  # fmt: skip
    assert found == [columns, *expected]


@given(TABLES, st.integers(1, 60))
def test_nothing_steers_a_terminal(rows: list[list[object]], width: int) -> None:
    columns = [f"c{n}" for n in range(len(rows[0]))] if rows else ["c\x1b"]
    shown = [
        formats.table(columns, rows, fmt="simple", headers=True, width=width),
        *formats.separated(columns, rows, tabs=True, headers=True, raw=False, visible=True),
        *formats.json_array(columns, rows),
    ]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "".join(shown))


@given(st.lists(st.tuples(st.text("ab支付 é", max_size=90), st.text("ab支", max_size=40))),
       st.integers(26, 90))  # fmt: skip
def test_a_table_fits_where_it_is_shown(rows: list[tuple[str, str]], width: int) -> None:
    text = formats.table(["a", "支"], rows, fmt="simple", headers=True, width=width)
    assert all(wcswidth(line) <= width for line in text.splitlines())


@given(st.text("ab支付\u0301", max_size=30), st.integers(1, 20))
def test_shortened_text_says_so(text: str, width: int) -> None:
    short = formats.shorten(text, width)
    assert formats.columns_of(short) <= width
    assert short == text or text.startswith(short[:-1])
    assert (short == text) == (formats.columns_of(text) <= width)


def test_numbers_are_never_shortened() -> None:
    shown = formats.table(
        ["n", "t"], [[1234567890123, "long text " * 5]], fmt="simple", headers=True, width=30
    )
    assert shown.splitlines()[2] == "1234567890123  long text long…"


KEYED: tuple[list[str], list[list[object]]] = (
    ["key", "sent_at", "speaker", "text"],
    [["team/2031-02-03/085900-1", "2031-02-03 08:59:00", "林秋-青禾银行-产品-上海", "好" * 40],
     ["team/2031-02-03/085912-1", "2031-02-03 08:59:12", "Wang Tao", None]],
)  # fmt: skip


def test_keys_and_times_are_never_shortened() -> None:
    assert formats.table(*KEYED, fmt="simple", headers=True, width=76).splitlines()[2:] == [
        "team/2031-02-03/085900-1  2031-02-03 08:59:00  林秋-青禾银…  好好好好好好…",
        "team/2031-02-03/085912-1  2031-02-03 08:59:12  Wang Tao",
    ]
    wide = formats.table(*KEYED, fmt="simple", headers=True, width=99).splitlines()[2]
    assert "  林秋-青禾银行-产品-上海  好好" in wide, "what is short gives nothing"


def test_values_have_a_line_each_where_text_could_not_be_read() -> None:
    shown = formats.table(*KEYED, fmt="simple", headers=True, width=72).splitlines()
    assert shown[:4] == [
        "    key = team/2031-02-03/085900-1",
        "sent_at = 2031-02-03 08:59:00",
        "speaker = 林秋-青禾银行-产品-上海",
        f"   text = {'好' * 40}",
    ]


@pytest.mark.parametrize(
    ("name", "begins"),
    [("x.json", '[{"a": 1}]'), ("x.jsonl", '{"a": 1}'), ("x.csv", "a\n1"), ("x.txt", "a\n1")],
)
def test_a_file_is_written_in_the_format_its_name_says(
    chats: Command, sample: Path, tmp_path: Path, name: str, begins: str
) -> None:
    path = tmp_path / name
    path.write_text("old")
    result = chats("sql", "select 1 as a", "-o", path)
    assert (result.code, result.out, path.read_text().strip()) == (0, "", begins)
    assert chats("sql", "select 1 as a", "-o", path, "--table").code == 0
    assert path.read_text() == "  a\n---\n  1\n"


def test_a_file_called_minus_is_standard_output(
    chats: Command, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert chats("sql", "select 1 as a", "-o", "-").out == "a\n1\n"
    assert chats("sql", "select 1 as a", "--csv", "--output=-").out == "a\n1\n"
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_written_whole_or_not_at_all(
    chats: Command, sample: Path, tmp_path: Path
) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    endless = "with recursive x(a) as (select 1 union all select a + 1 from x) select a from x"
    result = chats("sql", endless, "--max-rows", "0", "--timeout", "0.2", "-o", path)
    assert (result.code, path.read_text(), list(tmp_path.iterdir())) == (1, "old", [path])


def test_files_that_cannot_or_must_not_be_written(
    chats: Command, sample: Path, tmp_path: Path
) -> None:
    before = sample.read_bytes()
    result = chats("sql", "select 1", "-o", sample)
    assert (result.code, sample.read_bytes()) == (1, before)
    assert "an SQLite database; name another file" in result.err
    result = chats("sql", "select 1", "-o", tmp_path / "no" / "x.csv")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "cannot be written" in result.err
    assert chats("sql", "select 1", "-o", "/dev/null").code == 0
    assert not stat.S_ISREG(os.stat("/dev/null").st_mode)  # noqa: PTH116 (the device itself)


def test_a_symbolic_link_stays_one(chats: Command, sample: Path, tmp_path: Path) -> None:
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    chats("sql", "select 1 as a", "-o", tmp_path / "link.csv")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "a\n1\n"


def test_options_travel_together() -> None:
    assert OutputOptions().format is None
    assert OutputOptions(fmt="grid").format == "table"
    assert OutputOptions(file=Path("x.CSV")).format == "csv"
    assert OutputOptions(file=Path("x.txt")).format == "tsv"
    assert OutputOptions(file=Path("x.txt")).asked is None
    assert OutputOptions(file=Path("x.csv"), json=True).format == "json"


# on a terminal


def on_terminal(*arguments: str, lines: int = 24, columns: int = 60, **env: str) -> str:
    """What a terminal shows of `chats`, which must end by itself with 0."""
    child = terminal(*arguments, lines=lines, columns=columns, **env)
    child.expect(pexpect.EOF, timeout=60)
    child.close()
    assert child.exitstatus == 0
    assert isinstance(child.before, str)
    return child.before


def terminal(*arguments: str, lines: int = 24, columns: int = 60, **env: str) -> pexpect.spawn[str]:
    program = str(Path(sys.executable).with_name("chats"))
    ours = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    return pexpect.spawn(program, list(arguments), dimensions=(lines, columns), encoding="utf-8",
                         env={**ours, "TERM": "xterm", **env})  # fmt: skip


def test_a_terminal_sees_a_table_that_fits(sample: Path) -> None:
    shown = on_terminal("sql", "select 7 as n, '协议支付' || char(27) || '[31m red' as a,"
                        " replace(hex(zeroblob(40)), '00', '支付') as b", columns=50)  # fmt: skip
    assert shown.splitlines() == [
        "  n  a                     b",
        "---  --------------------  -----------------------",
        "  7  协议支付\\x1b[31m red  支付支付支付支付支付支…",
    ]


def test_columns_too_many_to_stand_side_by_side_have_a_line_each(sample: Path) -> None:
    columns = ", ".join(f"'{name * 9}' as \"{name}\"" for name in ("a", "bb", "支付", "d", "e"))
    shown = on_terminal("sql", f"select {columns} union all select 1, 2, 3, 4, 5", columns=30)
    assert shown.splitlines() == [
        "   a = aaaaaaaaa",
        "  bb = bbbbbbbbbbbbbbbbbb",
        "支付 = 支付支付支付支付支付支付支付支付支付",
        "   d = ddddddddd",
        "   e = eeeeeeeee",
        "",
        *("   a = 1", "  bb = 2", "支付 = 3", "   d = 4", "   e = 5"),
    ]


@pytest.mark.parametrize("columns", [24, 40, 60, 80, 200])
@pytest.mark.parametrize("command", ["query", "schema"])
def test_lists_fit_the_terminal(chats: Command, sample: Path, command: str, columns: int) -> None:
    shown = on_terminal(command, lines=2000, columns=columns, NO_COLOR="1")
    assert max(map(wcswidth, shown.splitlines())) <= columns
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", chats(command).out), "nothing is left out"


def test_a_list_through_a_pipe_has_a_thing_a_line(chats: Command, sample: Path) -> None:
    for command, name, end in (
        ("query", "co-talkers", "are looked at, where there are more."),
        ("schema", "  verbatim", "where the page's template would not give it back"),
    ):
        lines = chats(command).out.splitlines()
        assert [line.endswith(end) for line in lines if line.startswith(name)] == [True]


def test_a_long_list_goes_through_the_pager(sample: Path) -> None:
    assert "paged" in on_terminal("query", PAGER="sed 's/^/paged /'")


def test_a_terminal_sees_no_control_characters_in_csv(sample: Path) -> None:
    assert "\x1b" not in on_terminal("sql", "select char(27) || '[2J' as a", "--csv")


LONG = "with recursive x(a) as (select 1 union all select a + 1 from x) select a from x limit 99"


def test_long_output_goes_through_the_pager(sample: Path) -> None:
    shown = on_terminal("sql", LONG, PAGER="sed 's/^/paged: /'")
    assert "paged:  99" in shown
    assert "paged: " not in on_terminal("sql", LONG, "--no-pager", PAGER="sed 's/^/paged: /'")
    assert "paged: " not in on_terminal("sql", f"{LONG[:-2]} 5", PAGER="sed 's/^/paged: /'")
    assert "paged: " in on_terminal("schema", PAGER="sed 's/^/paged: /'")


def test_a_pager_is_fed_as_lines_come_and_as_long_as_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("PAGER", f"head -n 2 > {tmp_path / 'shown'}")
    monkeypatch.setenv("TERM", "xterm")
    endless = ([Span(f"line {number}")] for number in itertools.count(1))
    render.paged(layout.painted(endless), OutputOptions())
    assert (tmp_path / "shown").read_text() == "line 1\nline 2\n"


@pytest.mark.parametrize(
    "command",
    [
        ["show", "prodarch/2018-09-18/195036-1"],
        ["person", "周叙白"],
        ["stats"],
        ["query"],
        ["day", "prodarch", "2018-09-18"],
        ["search", "支付"],
    ],
)
def test_every_command_does_without_a_pager(sample: Path, command: list[str]) -> None:
    pager = "sed 's/^/paged: /'"
    assert "paged: " in on_terminal(*command, lines=8, PAGER=pager)
    assert "paged: " not in on_terminal(*command, "--no-pager", lines=8, PAGER=pager)


@pytest.mark.parametrize("pager", ["", "cat", "no-such-pager-anywhere", "true"])
def test_a_pager_that_is_none(sample: Path, pager: str) -> None:
    shown = on_terminal("sql", LONG, PAGER=pager)
    assert (" 99" in shown) == (pager != "true")


def test_a_dumb_terminal_has_no_pager(sample: Path) -> None:
    assert "paged: " not in on_terminal("sql", LONG, PAGER="sed 's/^/paged: /'", TERM="dumb")


def test_without_any_pager_output_is_just_shown(sample: Path, tmp_path: Path) -> None:
    assert " 99" in on_terminal("sql", LONG, PATH=str(tmp_path))


def test_less_is_left_with_q(sample: Path) -> None:
    child = terminal("sql", LONG)
    child.expect(r"\s20\b", timeout=60)
    child.sendline("q")
    child.expect(pexpect.EOF, timeout=60)
    child.close()
    assert child.exitstatus == 0


# chats query


def test_queries_are_listed_aligned(chats: Command) -> None:
    lines = chats("query").out.splitlines()
    width = max(map(len, queries())) + 2
    assert f"{'top-speakers':<{width}}{queries()['top-speakers'].description}" in lines
    assert " " * width + "--room  --since  --until  --by-name  --limit (20)" in lines


@pytest.mark.parametrize("name", queries())
def test_every_query_is_a_command_of_its_own(chats: Command, sample: Path, name: str) -> None:
    help_ = chats("query", name, "-h").out
    assert queries()[name].description in re.sub(r"\s+", " ", help_)
    assert f"Example: chats query {name} " in help_
    for parameter in queries()[name].parameters:
        value = " " if parameter.type == "flag" else " <"
        assert f"--{parameter.name.replace('_', '-')}{value}" in help_
    result = chats("query", name, "--nl")
    assert (result.code, result.err) == (0, "")


def test_options_of_queries_do_not_collide() -> None:
    for chosen in queries().values():
        options = [flag for option in query_command(chosen).params for flag in option.opts]
        assert len(set(options)) == len(options), chosen.name


def test_a_query_takes_its_parameters(chats: Command, sample: Path) -> None:
    rows = json.loads(
        chats("query", "top-speakers", "--room", "riskops", "--limit", 1, "--json").out
    )
    expected = query(
        sample,
        "select s.name, count(*) from messages m join speakers s on s.id = m.speaker_id"
        " where m.key like 'riskops/%' group by 1 order by 2 desc, 1 limit 1",
    )
    assert [(row["speaker"], row["messages"]) for row in rows] == expected


def test_a_number_too_large_for_sqlite(chats: Command, sample: Path) -> None:
    result = chats("query", "top-speakers", "--limit", "9" * 30)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "too large for SQLite" in result.err


def test_only_the_chosen_query_is_built(
    chats: Command, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []

    def build(chosen: Query) -> Any:
        built.append(chosen.name)
        return query_command(chosen)

    monkeypatch.setattr(sys.modules["cli.chats_app.query"], "query_command", build)
    for arguments in (["-h"], [], ["top-speakers", "-h"], ["no-such-thing"]):
        chats("query", *arguments)
    assert built == ["top-speakers"]


def test_names_of_queries_are_completed() -> None:
    program = str(Path(sys.executable).with_name("chats"))
    completing = {
        "_CHATS_COMPLETE": "complete_bash",
        "COMP_WORDS": "chats query top",
        "COMP_CWORD": "2",
    }
    shown = pexpect.run(program, env={**os.environ, **completing}, encoding="utf-8")
    assert "top-speakers" in shown
    assert "messages-per-month" not in shown


# chats schema


def test_schema_of_a_table(chats: Command, sample: Path) -> None:
    assert (
        chats("schema", "day_tags").out
        == """\
day_tags: Which day has which tag.
  day_id  integer not null -> days  the day
  tag_id  integer not null -> tags  the tag
"""
    )


def test_schema_names_every_table_and_comment(chats: Command, sample: Path) -> None:
    out = chats("schema").out
    tables = query(
        sample,
        "select name from sqlite_master where type in ('table', 'view')"
        " and name not like 'messages_fts_%'"
        " and name <> '_sqlite_migrations'",
    )
    assert {name for (name,) in tables} == set(re.findall(r"^(\w+)(?=: )", out, re.MULTILINE))
    assert re.search(r"^  key +text not null +room/date/HHMMSS-n: ", out, re.MULTILINE)


def test_schema_as_sql_makes_the_same_archive(chats: Command, sample: Path) -> None:
    copy = sqlite3.connect(":memory:")
    copy.executescript(chats("schema", "--sql").out)
    names = (
        "select type, name from sqlite_master"
        " where name not like '%sqlite\\_%' escape '\\' order by 1, 2"
    )
    assert copy.execute(names).fetchall() == query(sample, names)
    copy.close()
    assert chats("schema", "tags", "--sql").out.startswith("CREATE TABLE tags (\n  -- Words")


def test_schema_of_no_table(chats: Command, sample: Path) -> None:
    result = chats("schema", "nope")
    assert result.code == 2
    assert "no table is called 'nope'; there are rooms, " in result.err
    assert "'Speaker' (did you mean speakers?); there are" in chats("schema", "Speaker").err


def test_schema_of_a_table_in_any_case(chats: Command, sample: Path) -> None:
    assert chats("schema", "MESSAGES").out == chats("schema", "messages").out


def test_schema_of_the_index_has_its_column(chats: Command, sample: Path) -> None:
    first, *lines = chats("schema", "messages_fts").out.splitlines()
    assert first.startswith("messages_fts: The full-text index over messages.text;")
    assert [line.split()[0] for line in lines] == ["terms"]


@pytest.mark.parametrize("command", [["sql", "select 1"], ["schema"], ["query", "top-speakers"]])
def test_no_archive(chats: Command, db: Path, command: list[str]) -> None:
    result = chats(*command)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "there is no such archive; `etl load PATH` makes one" in result.err
