"""The canned queries: all of them on the sample, the trickier ones where the answer is known."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.main import run
from db.catalog import Query, Value, queries, run_query
from db.connection import open_read_only
from etl.config import FILE_NAME as CONFIG
from tests.conftest import SAMPLE, Command
from tests.pages import (
    DATE,
    LIN,
    WANG,
    ZHOU,
    ZHOU_LATER,
    ZHOU_MENTIONED,
    ZHOU_QUOTED,
    message,
    page,
    write_page,
)

# Values of which at least one changes the answer without emptying it.
PLAUSIBLE: dict[str, tuple[str, ...]] = {
    "answered": ("银行",),
    "by_name": ("1",),
    "code": ("[强]",),
    "company": ("银行",),
    "date": ("2017-05-16", "2017-05-17"),
    "days": ("7",),
    "host": ("wiki.example.com",),
    "limit": ("2",),
    "mentioned": ("周",),
    "minutes": ("0",),
    "name": ("pdf",),
    "newest": ("1",),
    "presenter": ("林",),
    "room": ("prodarch",),
    "silence": ("15",),
    "since": ("2018-01-01", "2019-03-15"),
    "speaker": ("林", "周", "Kevin"),
    "topic": ("清算",),
    "until": ("2017-12-31", "2018-12-31"),
}
EMPTY_ON_SAMPLE = {"edited-days"}  # its pages were exported once
ALWAYS_ALL_HOURS = {"messages-per-hour-and-weekday"}
SECONDS_ON_CORPUS = 3  # ten times what they take: a plan gone wrong takes far more

ZHAO = "赵安-海岚-风控-深圳"
# what may stand around a word
WRITTEN = (("", ""), ("协议", "了"), ("a ", "b"))

# the last goes by names anyway
NOT_OF_SPEAKERS = {
    "declared-lines-differ",
    "edited-days",
    "messages-per-hour-and-weekday",
    "names-over-time",
}

Rows = tuple[list[str], list[tuple[Value, ...]]]


def parameter_names(query: Query) -> set[str]:
    return {parameter.name for parameter in query.parameters}


def load_sample(path: Path, *arguments: object) -> Path:
    what = [str(argument) for argument in arguments] or ["--sample"]
    assert run("etl", ["load", *what, "--db", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    with open_read_only(load_sample(tmp_path_factory.mktemp("sample") / "chats.db")) as connection:
        yield connection


@pytest.fixture(scope="module")
def two_people(
    sample: sqlite3.Connection, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    """The sample, as if all its names were those of two people."""
    names = [name for (name,) in sample.execute("select name from speakers order by name")]
    folder = tmp_path_factory.mktemp("joined")
    lists = json.dumps([names[::2], names[1::2]], ensure_ascii=False)
    (folder / CONFIG).write_text(f"[people]\njoin = {lists}\n", "utf-8")
    with open_read_only(load_sample(folder / "chats.db", SAMPLE / "source")) as connection:
        assert connection.execute("select count(*) from people").fetchone() == (2,)
        yield connection


def ask(connection: sqlite3.Connection, query: Query, **given: Value) -> Rows:
    """A query's answer; what is not given has its default."""
    found = run_query(connection, query, **given)
    return found.columns, found.rows


def every_query() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("query", queries().values(), ids=lambda query: query.name)


def every_parameter() -> pytest.MarkDecorator:
    cases = [
        pytest.param(query, parameter.name, id=f"{query.name}-{parameter.name}")
        for query in queries().values()
        for parameter in query.parameters
    ]
    return pytest.mark.parametrize(("query", "name"), cases)


@every_query()
def test_it_says_what_the_reader_learns(query: Query) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", query.name)
    assert query.title[0].isupper()
    assert not query.title.endswith(".")
    assert query.description[0].isupper()
    assert query.description.endswith(".")
    assert all(parameter.help for parameter in query.parameters)


@every_query()
def test_it_is_one_select_that_uses_its_parameters(query: Query) -> None:
    assert re.match(r"(select|with)\b", query.sql)
    assert ";" not in query.sql
    used = re.findall(r":([a-z_]+)", query.sql)
    assert set(used) == parameter_names(query)
    (last_line,) = re.findall(r"^order by .+$", query.sql, re.MULTILINE)
    assert query.sql.index(last_line) > query.sql.rindex("\nfrom ")


@every_query()
def test_it_answers_on_the_sample(sample: sqlite3.Connection, query: Query) -> None:
    columns, rows = ask(sample, query)
    assert len(set(columns)) == len(columns)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", column) for column in columns)
    assert bool(rows) != (query.name in EMPTY_ON_SAMPLE)
    assert len(set(rows)) == len(rows)
    assert ask(sample, query) == (columns, rows)


def typed_values(query: Query, name: str) -> list[Value]:
    convert = next(parameter.convert for parameter in query.parameters if parameter.name == name)
    return [convert(text) for text in PLAUSIBLE[name]]


@every_parameter()
def test_a_parameter_changes_the_answer(
    sample: sqlite3.Connection, query: Query, name: str
) -> None:
    if name == "by_name":
        return  # the sample has no two names of one person: see the next test
    all_: dict[str, Value] = {"limit": 1000} if "limit" in parameter_names(query) else {}
    columns, rows = ask(sample, query, **all_)
    answers = [ask(sample, query, **{**all_, name: value}) for value in typed_values(query, name)]
    assert all(answer[0] == columns for answer in answers)
    if query.name not in EMPTY_ON_SAMPLE:
        assert any(answer[1] not in ([], rows) for answer in answers)
    if name == "limit":
        assert answers[0][1] == rows[:2]


@pytest.mark.parametrize(
    "query",
    [q for q in queries().values() if "by_name" in parameter_names(q)],
    ids=lambda q: q.name,
)
def test_people_are_counted_or_single_names(
    sample: sqlite3.Connection, two_people: sqlite3.Connection, query: Query
) -> None:
    columns, by_people = ask(two_people, query)
    by_name = ask(two_people, query, by_name=True)
    assert by_name == ask(sample, query, by_name=True), "who is who is nothing to single names"
    assert by_name[0] == columns
    assert by_people not in ([], by_name[1])
    for off in (None, "", 0, "0", False):
        assert ask(two_people, query, by_name=off) == (columns, by_people)
    assert ask(two_people, query, by_name="1") == by_name


def test_whatever_tells_of_speakers_can_go_by_names() -> None:
    without = {q.name for q in queries().values() if "by_name" not in parameter_names(q)}
    assert without == NOT_OF_SPEAKERS


@every_query()
def test_it_is_not_called_as_a_table_whose_page_it_would_hide(
    sample: sqlite3.Connection, query: Query
) -> None:
    found = sample.execute("select name from sqlite_master where name = ?", [query.name])
    assert found.fetchall() == []


@every_parameter()
def test_a_parameter_can_come_as_a_web_form_or_a_shell_sends_it(
    sample: sqlite3.Connection, query: Query, name: str
) -> None:
    """Datasette sends text, empty where nothing was typed; a parameter unset in sqlite3 is NULL."""
    default = ask(sample, query)
    assert ask(sample, query, **{name: ""}) == default
    assert ask(sample, query, **{name: None}) == default
    for text, typed in zip(PLAUSIBLE[name], typed_values(query, name), strict=True):
        assert ask(sample, query, **{name: text}) == ask(sample, query, **{name: typed})


@every_query()
def test_nothing_was_said_in_a_room_that_is_not_there(
    sample: sqlite3.Connection, query: Query
) -> None:
    _, rows = ask(sample, query, room="nowhere")
    if query.name in ALWAYS_ALL_HOURS:
        assert all(not any(counts) for _, *counts in rows)
    else:
        assert rows == []


@pytest.mark.parametrize("who", ["sample", "two_people"])
def test_the_order_of_loading_changes_no_answer(
    who: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Nor the names that people are shown under, whichever of them was loaded first."""
    forwards: sqlite3.Connection = request.getfixturevalue(who)
    (database,) = [path for *_, path in forwards.execute("pragma database_list") if path]
    config = SAMPLE / "archive.toml" if who == "sample" else Path(database).with_name(CONFIG)
    for path in sorted(SAMPLE.rglob("*.markdown"), key=lambda path: path.name, reverse=True):
        load_sample(tmp_path / "backwards.db", path, "--config", config)
    with open_read_only(tmp_path / "backwards.db") as backwards:
        for query in queries().values():
            assert ask(backwards, query) == ask(forwards, query), query.name
            if "by_name" in parameter_names(query):
                by_name = ask(backwards, query, by_name=1)
                assert by_name == ask(forwards, query, by_name=1), query.name


def test_all_run_on_real_data(corpus: Path, tmp_path: Path) -> None:
    path = load_sample(tmp_path / "corpus.db", corpus / "corpus")
    with open_read_only(path) as connection:
        for query in queries().values():
            start = time.perf_counter()
            ask(connection, query)
            assert time.perf_counter() - start < SECONDS_ON_CORPUS, query.name


def answer(db: Path, name: str, *columns: str, **given: Value) -> list[tuple[Value, ...]]:
    """Some columns of a query's answer."""
    with open_read_only(db) as connection:
        names, rows = ask(connection, queries()[name], **given)
    return [tuple(row[names.index(column)] for column in columns) for row in rows]


def test_newcomers_are_new_in_the_room_or_anywhere(etl: Command, db: Path, tmp_path: Path) -> None:
    lin, wang, zhao = (message("07:00:00", name, "早") for name in (LIN, WANG, ZHAO))
    notice = message("08:00:00", "", "有人加入了群聊")
    write_page(tmp_path, lin, lin, date="2031-01-31")
    write_page(tmp_path, lin, wang, notice, date="2031-02-01")
    write_page(tmp_path, wang, zhao, room="other", date="2031-03-01")
    etl("load", tmp_path)
    columns = ("month", "speakers", "newcomers", "messages", "messages_of_newcomers")
    assert answer(db, "newcomers-per-month", *columns) == [
        ("2031-01", 1, 1, 2, 2),
        ("2031-02", 2, 1, 2, 1),
        ("2031-03", 2, 1, 2, 1),
    ]
    in_other = answer(db, "newcomers-per-month", *columns, room="other")
    assert in_other == [("2031-03", 2, 2, 2, 2)]
    later = answer(db, "newcomers-per-month", "month", since="2031-02-20", until="2031-02-21")
    assert later == [("2031-02",)], "they choose whole months, and make nobody new"
    first = answer(db, "first-messages", "speaker", "room", "sent_at")
    assert first == [
        (ZHAO, "other", "2031-03-01 07:00:00"),
        (WANG, "team", "2031-02-01 07:00:00"),
        (LIN, "team", "2031-01-31 07:00:00"),
    ]


def test_who_returns_was_silent_for_whole_days(etl: Command, db: Path, tmp_path: Path) -> None:
    late, early = message("23:59:59", LIN, "晚安"), message("00:00:01", LIN, "早")
    write_page(tmp_path, late, date="2031-01-01")
    write_page(tmp_path, early, message("07:00:00", WANG, "早"), date="2031-01-08")
    write_page(tmp_path, message("07:00:00", WANG, "早"), room="other", date="2031-01-12")
    write_page(tmp_path, message("07:00:00", WANG, "早"), date="2031-01-18")
    etl("load", tmp_path)
    columns = ("speaker", "last_seen", "back_on", "silent_days")
    lin = (LIN, "2031-01-01", "2031-01-08", 7)
    assert answer(db, "returning-speakers", *columns, days=7) == [lin]
    assert answer(db, "returning-speakers", *columns, days=8) == []
    wang = (WANG, "2031-01-08", "2031-01-18", 10)
    assert answer(db, "returning-speakers", *columns, days=7, room="team") == [wang, lin]
    back = answer(db, "returning-speakers", "speaker", days=7, until="2031-01-08")
    assert back == [(LIN,)]


def test_co_talkers_share_half_hours_of_a_room(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(
        tmp_path,
        message("07:00:00", LIN, "早"),
        message("07:29:59", WANG, "早"),
        message("07:29:59", WANG, "早早"),
        message("07:30:00", ZHAO, "早"),
        message("07:59:59", LIN, "早"),
        message("19:30:00", WANG, "晚"),
        message("19:45:00", LIN, "晚"),
        message("20:00:00", ZHAO, "晚"),
    )
    write_page(tmp_path, message("20:10:00", WANG, "晚"), room="other")
    etl("load", tmp_path)
    pairs = answer(db, "co-talkers", "speaker", "other", "half_hours", "days")
    assert pairs == [(LIN, WANG, 2, 1), (LIN, ZHAO, 1, 1)]
    assert answer(db, "co-talkers", "other", speaker="赵安") == [(ZHAO,)]
    assert answer(db, "co-talkers", "other", limit=1) == [(WANG,)]
    assert answer(db, "co-talkers", "other", limit=0) == []


def test_co_talkers_of_as_many_half_hours_are_told_apart_by_their_days(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    halves = ("07:00:00", "08:00:00")
    write_page(tmp_path, *(message(time, name, "早") for time in halves for name in (LIN, WANG)))
    for date, half in zip(("2031-03-01", "2031-03-02"), halves, strict=True):
        write_page(tmp_path, message(half, LIN, "早"), message(half, ZHAO, "早"), date=date)
    etl("load", tmp_path)
    assert answer(db, "co-talkers", "other", "half_hours", "days", limit=1) == [(ZHAO, 2, 2)]


def test_mentions_go_by_the_names_as_written(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(
        tmp_path,
        message("07:00:00", LIN, f"@{WANG}?看看"),
        message("07:00:01", LIN, f"@{WANG}?@{ZHAO}?看看"),
        message("07:00:02", WANG, f"@{LIN} 好"),
        message("07:00:03", ZHAO, "@谁也不是?好"),
    )
    etl("load", tmp_path)
    columns = ("speaker", "mentioned", "mentions")
    assert answer(db, "who-mentions-whom", *columns) == [
        (LIN, WANG, 2),
        (LIN, ZHAO, 1),
        (WANG, LIN, 1),
        (ZHAO, "谁也不是", 1),
    ]
    assert answer(db, "who-mentions-whom", *columns, speaker="王敏") == [(WANG, LIN, 1)]
    assert answer(db, "who-mentions-whom", *columns, mentioned="赵") == [(LIN, ZHAO, 1)]
    counts = answer(db, "most-mentioned", "mentioned", "mentions", "mentioned_by")
    assert counts == [(WANG, 2, 1), (LIN, 1, 1), ("谁也不是", 1, 1), (ZHAO, 1, 1)]


def unanswered(db: Path, **given: Value) -> set[Value]:
    return {text for (text,) in answer(db, "unanswered-questions", "text", **given)}


def test_what_is_a_question(etl: Command, db: Path, tmp_path: Path) -> None:
    asked = [
        "代扣怎么签约？",
        "why?",
        "请问限额多少",
        "有人在网联",
        "能代扣吗 谢谢",
        f"@{WANG}?是?",
    ]
    others = [
        "早",
        "谢谢??",
        f"看看@{WANG}?",
        "看看@谁也不是?",
        "？？",
        "?",
        "A?B",
        None,
        f"@{WANG}?好",
    ]
    texts = [*asked, *others]
    lines = [message(f"07:00:{i:02}", LIN, text) for i, text in enumerate(texts)]
    etl("load", write_page(tmp_path, *lines, message("09:00:00", WANG, "早")))
    assert unanswered(db) == set(asked)


def test_an_answer_that_quotes_a_question_is_none(etl: Command, db: Path, tmp_path: Path) -> None:
    quotes = [f"「{WANG}:{quoted}」 {'- ' * 15}{reply}" for quoted, reply in (
        ("请问有没有限额？", "没有"), ("请问谁懂？", f"@{WANG}?"), ("有", "多少？"), ("是", "是?"),
    )]  # fmt: skip
    lines = [message(f"07:00:{i:02}", LIN, text) for i, text in enumerate(quotes)]
    etl("load", write_page(tmp_path, *lines, message("06:00:00", WANG, "早")))
    assert sorted(str(text).split()[-1] for text in unanswered(db)) == ["多少？", "是?"]


def test_what_is_an_answer(etl: Command, db: Path, tmp_path: Path) -> None:
    dashes = "- " * 15
    write_page(
        tmp_path,
        message("07:00:00", LIN, "一？"),
        message("07:10:00", ZHAO, "二？"),
        message("07:20:00", WANG, "三？"),
        message("07:21:00", WANG, f"@{WANG}?自己顶"),
        message("07:25:00", LIN, "早"),
        message("07:30:00", WANG, f"@{LIN}?是"),
        message("09:00:00", WANG, f"「{ZHAO}:二？」 {dashes}是"),
        message("09:10:00", ZHAO, "四？"),
        message("09:11:00", WANG, f"@{ZHAO}?是"),
    )
    write_page(tmp_path, message("07:25:00", ZHAO, f"@{WANG}?不是这群"), room="other")
    etl("load", tmp_path)
    assert unanswered(db) == {"三？"}
    assert unanswered(db, minutes=29) == {"一？", "三？"}
    assert unanswered(db, minutes=0) == {"一？", "三？"}, "四？ is their newest: so it is inferred"
    assert answer(db, "who-answers-whom", "speaker", "answered", "answers") == [(WANG, ZHAO, 1)]
    assert answer(db, "quoted-most", "quoted", "text", "quotes") == [(ZHAO, "二？", 1)]


def test_declared_lines_differ_or_are_not_there(etl: Command, db: Path, tmp_path: Path) -> None:
    line = message("07:00:00", LIN, "早")
    for date, declared in (("2031-02-01", 1), ("2031-02-02", 3), ("2031-02-03", 0)):
        head = (
            f"---\nlayout:     source \ndate:       {date} 12:00:00\nlines:      {declared} \n---\n"
        )
        write_page(tmp_path, date=date, content=(head + line).encode())
    head = "---\nlayout:     source \ndate:       2031-02-04 12:00:00\n---\n"
    write_page(tmp_path, date="2031-02-04", content=(head + line).encode())
    etl("load", tmp_path)
    columns = ("date", "declared_lines", "messages", "difference")
    assert answer(db, "declared-lines-differ", *columns) == [
        ("2031-02-02", 3, 1, -2),
        ("2031-02-03", 0, 1, 1),
    ]


def test_quiet_days_and_busiest_days(etl: Command, db: Path, tmp_path: Path) -> None:
    lin, wang = message("07:00:00", LIN, "早"), message("07:00:00", WANG, "早")
    write_page(tmp_path, lin, wang, lin, date="2031-02-01")
    write_page(tmp_path, date="2031-02-02")
    write_page(tmp_path, lin, date="2031-02-03")
    write_page(tmp_path, room="other", date="2031-02-01")
    etl("load", tmp_path)
    columns = ("date", "room", "messages", "speakers")
    busy, silent, quiet = (
        ("2031-02-01", "team", 3, 2),
        ("2031-02-02", "team", 0, 0),
        ("2031-02-03", "team", 1, 1),
    )
    other = ("2031-02-01", "other", 0, 0)
    assert answer(db, "quiet-days", *columns) == [other, silent, quiet, busy]
    assert answer(db, "busiest-days", *columns) == [busy, quiet, other, silent]
    assert answer(db, "messages-per-day", *columns) == [other, busy, silent, quiet]
    chosen = answer(db, "quiet-days", *columns, room="team", since="2031-02-03")
    assert chosen == [quiet]


def test_hours_and_weekdays(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, message("00:59:59", LIN, "早"), date="2031-02-02")  # a Sunday
    write_page(tmp_path, *[message("23:00:00", LIN, "晚")] * 2, date="2031-02-03")
    etl("load", tmp_path)
    columns = ("hour", "monday", "sunday", "messages")
    rows = answer(db, "messages-per-hour-and-weekday", *columns)
    assert [row[0] for row in rows] == list(range(24))
    assert [row for row in rows if row[-1]] == [(0, 0, 1, 1), (23, 2, 0, 2)]


def test_a_conversation_starts_after_a_silence(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, message("23:30:00", LIN, "晚"), date="2031-02-02")
    write_page(
        tmp_path,
        message("00:29:59", WANG, "还没睡"),
        message("01:00:00", "", "有人加入了群聊"),
        message("01:29:59", ZHAO, "欢迎"),
    )
    write_page(tmp_path, message("00:00:00", WANG, "早"), room="other")
    etl("load", tmp_path)
    columns = ("text", "room", "messages")
    assert answer(db, "conversation-starters", *columns) == [
        ("晚", "team", 2),
        ("早", "other", 1),
        ("欢迎", "team", 1),
    ]
    assert answer(db, "conversation-starters", *columns, silence=61, room="team") == [
        ("晚", "team", 3)
    ]
    every_minute = answer(db, "conversation-starters", *columns, silence=0)
    assert every_minute == answer(db, "conversation-starters", *columns, silence=1)
    assert len(every_minute) == 4


def test_who_shared_a_link_first(etl: Command, db: Path, tmp_path: Path) -> None:
    link = "见 http://example.com/a"
    write_page(tmp_path, message("07:00:00", WANG, link), message("07:00:01", WANG, link))
    write_page(tmp_path, message("07:00:00", LIN, link), room="other", date="2031-02-02")
    etl("load", tmp_path)
    columns = ("shares", "first_shared", "first_speaker")
    assert answer(db, "most-shared-links", *columns) == [(3, "2031-02-02 07:00:00", LIN)]
    in_room = answer(db, "most-shared-links", *columns, room="team")
    assert in_room == [(2, "2031-02-03 07:00:00", WANG)]
    assert answer(db, "hosts", "host", "pages", "shares") == [("example.com", 1, 3)]
    assert answer(db, "links-of-a-day", "time") == [("07:00:00",), ("07:00:01",)]
    assert answer(db, "links-of-a-day", "speaker", room="other") == [(LIN,)]


def test_a_picture_has_the_address_of_the_newest_export(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    for host in ("old", "new"):
        picture = f"![x](http://{host}.example.com/img/20310203_070001.png)"
        etl("load", write_page(tmp_path, message("07:00:01", LIN, picture)))
    assert answer(db, "pictures-of-a-day", "time", "picture", "url") == [
        ("07:00:01", "20310203_070001.png", "http://new.example.com/img/20310203_070001.png")
    ]


def test_edited_days_count_messages_apart_from_the_rest(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    first, second, third = (message(f"07:00:0{i}", LIN, text) for i, text in enumerate("甲乙丙"))
    etl("load", write_page(tmp_path, first, second))
    etl("load", write_page(tmp_path, first, message("07:00:01", LIN, "丁"), third))
    messages = ("date", "added", "changed", "moved", "removed")
    assert answer(db, "edited-days", *messages) == [(DATE, 1, 1, 0, 0)], "丙 came, 乙 became 丁"
    rest = answer(db, "edited-days", "other_parts", "loads")
    assert rest == [(1, 1)], "the front matter declares another number of lines"


def test_topics_are_counted_by_month_and_speaker(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, message("07:00:00", LIN, "代扣代扣"), date="2031-01-01")
    lines = [message("07:00:00", WANG, text) for text in ("代扣", "早", "早")]
    write_page(tmp_path, *lines, message("07:00:01", LIN, "代扣"), date="2031-02-01")
    write_page(tmp_path, message("07:00:00", ZHAO, "早"), date="2031-03-01")
    etl("load", tmp_path)
    columns = ("month", "with_topic", "speakers", "messages")
    assert answer(db, "topics-over-time", *columns, topic="代扣") == [
        ("2031-01", 1, 1, 1),
        ("2031-02", 2, 2, 4),
        ("2031-03", 0, 0, 1),
    ]
    columns = ("speaker", "with_topic", "messages", "percent")
    assert answer(db, "who-talks-about", *columns, topic="代扣") == [
        (LIN, 2, 2, 100.0),
        (WANG, 1, 3, 33.3),
    ]


@given(words=st.lists(st.text('代扣付發发aA .*"', min_size=1, max_size=5), min_size=1, max_size=3))
@settings(max_examples=10)
def test_a_topic_is_found_as_it_is_typed(
    tmp_path_factory: pytest.TempPathFactory, words: list[str]
) -> None:
    """With the full-text index or without: traditional characters, letters, parts of words."""
    texts = [f"{before}{word.strip()}{after}" for word in words for before, after in WRITTEN]
    folder = tmp_path_factory.mktemp("topics")
    write_page(folder, *(message("07:00:00", LIN, text) for text in texts))
    load_sample(folder / "chats.db", folder)
    with open_read_only(folder / "chats.db") as connection:
        texts = [text for (text,) in connection.execute("select text from messages")]
    for word in filter(None, map(str.strip, words)):
        expected = [(sum(word in text for text in texts),)]
        assert answer(folder / "chats.db", "topics-over-time", "with_topic", topic=word) == expected
        found = answer(folder / "chats.db", "who-talks-about", "with_topic", topic=word)
        assert found == [row for row in expected if row != (0,)]


def test_co_talkers_of_the_newest_days(etl: Command, db: Path, tmp_path: Path) -> None:
    for number, name in enumerate((ZHAO, WANG, WANG), 1):
        said = [message("07:00:00", LIN, "早"), message("07:00:01", name, "早")]
        write_page(tmp_path, *said, date=f"2031-02-0{number}")
    etl("load", tmp_path)
    columns = ("speaker", "other", "half_hours")
    for newest, of_wang in ((1, 1), (2, 1), (3, 2), (4, 2)):
        assert answer(db, "co-talkers", *columns, newest=newest) == [(LIN, WANG, of_wang)]
    everybody = [(LIN, WANG, 2), (LIN, ZHAO, 1)]
    for all_ in (5, -1, None):
        assert answer(db, "co-talkers", *columns, newest=all_) == everybody


def test_somebody_is_one_under_all_their_names(renamed: Path) -> None:
    top = ("speaker", "messages", "days", "first", "last")
    assert answer(renamed, "top-speakers", *top)[0] == (
        ZHOU_LATER, 4, 2, "2031-02-03", "2031-06-01",
    )  # fmt: skip
    assert (ZHOU, 1, 1, DATE, DATE) in answer(renamed, "top-speakers", *top, by_name=1)
    assert answer(renamed, "newcomers-per-month", "newcomers") == [(2,), (1,)]
    assert answer(renamed, "newcomers-per-month", "newcomers", by_name=1) == [(2,), (2,)]
    back = answer(renamed, "returning-speakers", "speaker", "last_seen", "back_on")
    assert (ZHOU_LATER, DATE, "2031-06-01") in back
    by_name = answer(renamed, "returning-speakers", "speaker", by_name=1)
    assert by_name == [(LIN,)]
    pairs = answer(renamed, "co-talkers", "speaker", "other", "half_hours")
    assert pairs[0] == (ZHOU_LATER, LIN, 2)
    by_name = answer(renamed, "co-talkers", "half_hours", by_name=1)
    assert by_name == [(1,)] * 3


def test_quotes_and_mentions_go_to_the_person_meant(renamed: Path) -> None:
    columns = ("speaker", "answered", "answers")
    answers = [(LIN, ZHOU_LATER, 1), (WANG, ZHOU_LATER, 1)]
    assert answer(renamed, "who-answers-whom", *columns) == answers
    named = [(speaker, ZHOU_QUOTED, times) for speaker, _, times in answers]
    assert answer(renamed, "who-answers-whom", *columns, by_name=1) == named
    assert answer(renamed, "quoted-most", "quoted", "quoted_by") == [(ZHOU_LATER, 2)]
    columns = ("speaker", "mentioned", "mentions")
    assert (LIN, ZHOU_LATER, 1) in answer(renamed, "who-mentions-whom", *columns)
    by_name = answer(renamed, "who-mentions-whom", *columns, by_name=1)
    assert (LIN, ZHOU_MENTIONED, 1) in by_name


@pytest.mark.parametrize("part", [ZHOU, "老周", ZHOU_MENTIONED])
def test_a_filter_finds_a_person_by_any_name(renamed: Path, part: str) -> None:
    found = answer(renamed, "who-answers-whom", "speaker", "answered", answered=part)
    assert found == [(LIN, ZHOU_LATER), (WANG, ZHOU_LATER)]
    assert answer(renamed, "who-mentions-whom", "mentioned", mentioned=part) == [(ZHOU_LATER,)]
    assert answer(renamed, "who-mentions-whom", "mentioned", speaker=part) == [(LIN,)]
    longest = answer(renamed, "longest-messages", "speaker", speaker=part)
    assert longest == [(ZHOU_LATER,)] * 4
    assert answer(renamed, "co-talkers", "half_hours", speaker=part) == [(2,)]
    single = answer(renamed, "longest-messages", "speaker", speaker=part, by_name=1)
    assert single == ([(ZHOU,)] if part == ZHOU else [])


def test_a_question_is_answered_to_any_name(renamed: Path) -> None:
    assert unanswered(renamed) == set()


def test_names_over_time(renamed: Path) -> None:
    columns = ("person", "names", "messages", "first_day", "last_day", "names_over_time")
    later = "2031-06-01"
    line = [
        f"{DATE} to {DATE} {ZHOU}",
        *(f"{later} to {later} {n}" for n in sorted((ZHOU_LATER, ZHOU_MENTIONED, ZHOU_QUOTED))),
    ]
    assert answer(renamed, "names-over-time", *columns) == [
        (ZHOU_LATER, 4, 4, DATE, later, ", ".join(line))
    ]
    assert answer(renamed, "names-over-time", "names", until=DATE) == []
    assert answer(renamed, "names-over-time", "names", since=later) == [(3,)]
    assert answer(renamed, "names-over-time", "person", speaker="林秋") == []


def test_companies_are_of_people_or_of_names(renamed: Path) -> None:
    columns = ("company", "speakers", "messages", "roles")
    by_people = answer(renamed, "companies", *columns)
    assert by_people == [
        ("木石科技", 1, 4, "架构 1"), ("青禾银行", 1, 3, "产品 1"), ("云帆", 1, 1, "产品 1"),
    ]  # fmt: skip
    by_name = answer(renamed, "companies", *columns, by_name=1)
    assert ("青禾银行", 2, 4, "产品 1, 架构 1") in by_name
    assert ("木石科技", 1, 3, "架构 1") in by_name


def test_a_presenter_is_known_by_any_name(etl: Command, renamed: Path, tmp_path: Path) -> None:
    for date, presenter in (("2031-07-01", ZHOU), ("2031-07-02", ZHOU_MENTIONED)):
        head = page(date=date).replace("author:     None", f"author:     {presenter}")
        write_page(tmp_path, date=date, content=head.encode())
    etl("load", tmp_path)
    assert answer(renamed, "presenters", "presenter", "talks", "days") == [
        (ZHOU_LATER, 2, "team/2031-07-01 team/2031-07-02")
    ]
    assert answer(renamed, "presenters", "presenter", presenter="老周") == [(ZHOU_LATER,)]
    by_name = answer(renamed, "presenters", "presenter", "talks", by_name=1)
    assert by_name == [(ZHOU_MENTIONED, 1), (ZHOU, 1)]
