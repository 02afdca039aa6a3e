"""`chats day`, `show`, `person` and `stats`: what people read, on a terminal and through a pipe."""

from __future__ import annotations

import json
import os
import re
import sys
import textwrap
import time
from datetime import date
from pathlib import Path

import pexpect
import pytest
from coverage import Coverage
from hypothesis import example, given
from hypothesis import strategies as st
from wcwidth import wcswidth

from cli import layout, plots
from cli.layout import Span, paint, wrap
from db.words import log_likelihood
from tests.conftest import Command, query
from tests.pages import (
    LATER,
    LIN,
    ZHOU,
    ZHOU_LATER,
    ZHOU_MENTIONED,
    ZHOU_QUOTED,
    message,
    write_page,
)

WANG = "Wang Tao"
PICTURE = "![2031-02-03 09:00:00](http://img.example.com/img/20310203_090000.png) "
LINK = "[清算日历 (二)\n](https://news.example.org/a?id=1)"
QUOTE = f"「 {WANG}: 明天几点开始，在哪里 」 - - - - - - - - - - - - - - - 九点，老地方"
MESSAGES = (
    message("08:59:00", WANG, "明天几点开始，在哪里"),
    message("09:00:00", LIN, PICTURE),
    message("09:00:00", LIN, QUOTE),
    message("09:01:10", LIN, LINK),
    message("09:01:20", LIN, "[规范.pdf\n]()"),
    message("09:02:00", LIN, None),
    message("09:02:30", "", None),
    message("09:03:00", WANG, f"@{LIN} 看 http://wiki.example.com/协议 第二节[强]\n谢谢"),
)


@pytest.fixture(autouse=True)
def _plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def sample(etl: Command, db: Path) -> Path:
    etl("load", "--sample", "-q")
    return db


def golden(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_a_day_is_a_transcript(etl: Command, chats: Command, db: Path, tmp_path: Path) -> None:
    etl("load", "-q", write_page(tmp_path, *MESSAGES))
    assert chats("day", "team", "2031-02-03").out == golden("""
        team · 2031-02-03 Monday · 8 messages

        Wang Tao
          08:59  明天几点开始，在哪里

        林秋-青禾银行-产品-上海
          09:00  [picture 20310203_090000.png]
          09:00  │ Wang Tao: 明天几点开始，在哪里
                 九点，老地方
          09:01  清算日历 (二) (news.example.org)
          09:01  规范.pdf (file)
          09:02  (voice, video or red packet: not exported)

          09:02  (system notice: not exported)

        Wang Tao
          09:03  @林秋-青禾银行-产品-上海 看 http://wiki.example.com/协议 第二节[强]
                 谢谢
        """)


def test_a_day_of_the_sample(chats: Command, sample: Path) -> None:
    out = chats("day", "产品与架构", "2018-09-18").out
    assert out.startswith(
        golden("""
        产品与架构 (prodarch) · 2018-09-18 Tuesday · 26 messages
        presented by 林望秋-青禾-产品-上海

        我
          10:05  今晚林望秋讲断直连，银行视角，机会难得 @所有人
        """)
    )
    assert "  19:47  │ 林望秋-青禾-产品-上海 (林望秋-青禾银行-产品-上海): 四、协议支付" in out
    assert "         │ 边能查到用户点过同意\n" in out
    assert chats("day", "riskops", "2017-12-10").out == golden("""
        风控与运营 (riskops) · 2017-12-10 Sunday · 0 messages

        (no messages)
        """)


def test_a_day_may_be_named_as_one_would_say_it(chats: Command, sample: Path) -> None:
    expected = chats("day", "prodarch", "2018-09-18").out
    for arguments in (["架构", "2018-9-18"], ["PRODARCH", "2018-09-18"], ["arch", "2018-9-18"]):
        assert chats("day", *arguments).out == expected


def test_keys_of_a_day(chats: Command, sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = chats("day", "prodarch", "2018-09-18", "--keys").out.splitlines()
    assert "  prodarch/2018-09-18/194638-1  [鼓掌][鼓掌][鼓掌]" in lines
    monkeypatch.setenv("COLUMNS", "40")
    lines = chats("day", "prodarch", "2018-09-18", "--keys").out.splitlines()
    at = lines.index("  prodarch/2018-09-18/194638-1")
    assert lines[at + 1] == "    [鼓掌][鼓掌][鼓掌]"


def test_a_day_for_programs(chats: Command, etl: Command, db: Path, tmp_path: Path) -> None:
    etl("load", "-q", write_page(tmp_path, *MESSAGES))
    messages = json.loads(chats("day", "team", "2031-02-03", "--json").out)
    assert [one["kind"] for one in messages] == [
        "text", "image", "text", "link", "file", "missing", "notice", "text",
    ]  # fmt: skip
    assert messages[0] == {
        "key": "team/2031-02-03/085900-1",
        "sent_at": "2031-02-03 08:59:00",
        "speaker": WANG,
        "kind": "text",
        "text": "明天几点开始，在哪里",
        "quote": None,
        "picture": None,
        "links": [],
        "mentions": [],
    }
    assert messages[1]["picture"]["name"] == "20310203_090000.png"
    assert messages[2]["quote"]["reply"] == "九点，老地方"
    assert messages[2]["quote"]["key"] == "team/2031-02-03/085900-1"
    assert messages[3]["links"][0]["host"] == "news.example.org"
    assert messages[7]["mentions"] == [{"position": 1, "name": LIN, "speaker": LIN}]
    rows = chats("day", "team", "2031-02-03", "--csv").out.splitlines()
    assert rows[:2] == [
        "key,sent_at,speaker,kind,text",
        f"team/2031-02-03/085900-1,2031-02-03 08:59:00,{WANG},text,明天几点开始，在哪里",
    ]
    for ending in (".csv", ".tsv"):
        chats("day", "team", "2031-02-03", "-o", db.with_suffix(ending))
        assert db.with_suffix(ending).read_text("utf-8").startswith("key")
    file = db.with_suffix(".nl")
    chats("day", "team", "2031-02-03", "-o", file)
    assert [json.loads(line) for line in file.read_text("utf-8").splitlines()] == messages


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["prodarch", "2018-09-20"], 1, "the nearest days are 2018-09-19 and 2019-03-14"),
        (["prodarch", "2010-01-01"], 1, "the nearest day is 2017-05-16"),
        (["prodarch", "2020-01-01"], 1, "the nearest day is 2019-03-14"),
        (["prodrach", "2018-09-18"], 1, "no room is called 'prodrach' (did you mean prodarch?)"),
        (["x", "2018-09-18"], 1, "there are prodarch (产品与架构), proddev (产品研发), riskops"),
        (
            ["proddev", "2018-01-18"],
            1,
            "proddev has no 2018-01-18; the nearest days are 2018-01-17",
        ),
        (["prodarch", "2018-13-01"], 2, "2018-13-01 is no date (YYYY-MM-DD"),
        (["prodarch", "2018-09"], 2, "2018-09 is no single day (YYYY-MM-DD)"),
        (
            ["产品", "2018-09-18"],
            1,
            "'产品' is part of several rooms' names: prodarch (产品与架构), proddev (产品研发)\n",
        ),
    ],
)
def test_a_day_that_is_not_there(
    chats: Command, sample: Path, arguments: list[str], code: int, said: str
) -> None:
    result = chats("day", *arguments)
    assert (result.code, result.out) == (code, "")
    assert said in result.err


def test_a_message_is_shown_with_its_neighbours(
    etl: Command, chats: Command, db: Path, tmp_path: Path
) -> None:
    write_page(tmp_path, message("23:59:00", WANG, "晚安"), date="2031-02-01")
    write_page(tmp_path, date="2031-02-02")
    path = write_page(tmp_path, *MESSAGES)
    etl("load", "-q", tmp_path)
    sha256 = query(db, "select sha256 from sources where path like '%02-03%'")[0][0]
    out = chats("show", "team/2031-02-03/085900-1", "--context", "1").out
    assert out.replace(str(path), "PATH").replace(sha256[:12], "SHA") == golden("""
        team · 2031-02-01 Saturday

        Wang Tao
          23:59  晚安

        team · 2031-02-03 Monday

        Wang Tao
        > 08:59  明天几点开始，在哪里

        林秋-青禾银行-产品-上海
          09:00  [picture 20310203_090000.png]

        file     PATH
        key      team/2031-02-03/085900-1
        lines    9 to 12
        source   wechat-markdown, sha256 SHA…
        """)


def test_what_a_message_answers_and_probably_answers(chats: Command, renamed: Path) -> None:
    key = f"team/{LATER}/081000-1"
    quoting = chats("show", key, "-C", "0").out
    assert f"> 08:10  │ {ZHOU_QUOTED} ({ZHOU_LATER}):" in quoting
    assert f"answers  team/{LATER}/072000-1\n" in quoting
    assert "probably" not in quoting
    page = json.loads(chats("show", key, "--json").out)
    assert (page["reply_to"], page["probably_answers"]) == (f"team/{LATER}/072000-1", None)
    assert (page["quote"]["name"], page["quote"]["speaker"]) == (ZHOU_QUOTED, ZHOU_LATER)
    mentioning = chats("show", f"team/{LATER}/071000-1", "-C", "0").out
    answered = f"team/{LATER}/070000-1"
    assert f"\nprobably answers  {answered} (mention, 60% sure)\n" in mentioning
    assert "\nanswers" not in mentioning
    page = json.loads(chats("show", f"team/{LATER}/071000-1", "--json").out)
    assert page["reply_to"] is None
    assert page["probably_answers"] == {"key": answered, "kind": "mention", "confidence": 0.6}


def test_what_is_written_is_shown_where_the_text_is_not_all_of_it(
    etl: Command, chats: Command, db: Path, tmp_path: Path
) -> None:
    etl("load", "-q", write_page(tmp_path, *MESSAGES))
    out = chats("show", "team/2031-02-03/090000-1").out
    assert "".join(out.partition("\nwritten")[2].split()) == "".join(PICTURE.split())
    assert "\nwritten" not in chats("show", "team/2031-02-03/090230-1", "-C", "0").out


def test_a_message_for_programs(chats: Command, sample: Path) -> None:
    shown = json.loads(chats("show", " prodarch/2018-09-18/194721-1 ", "--json", "-C", "2").out)
    assert shown["key"] == "prodarch/2018-09-18/194721-1"
    assert (shown["first_line"], shown["last_line"]) == (63, 66)
    assert shown["body"].startswith("? 林望秋-青禾-产品-上海: 四、")
    assert [one["key"] for one in shown["before"]] == [
        "prodarch/2018-09-18/194638-1", "prodarch/2018-09-18/194638-2",
    ]  # fmt: skip
    assert len(shown["after"]) == 2


def test_neighbours_end_where_the_room_does(chats: Command, sample: Path) -> None:
    (first,) = query(sample, "select min(id) from messages where key like 'prodarch/%'")[0]
    (key,) = query(sample, f"select key from messages where id = {first}")[0]
    shown = json.loads(chats("show", key, "--json", "-C", "500").out)
    assert (len(shown["before"]), len(shown["after"])) == (0, 244)


def test_a_key_that_is_not_there(chats: Command, sample: Path) -> None:
    result = chats("show", "prodarch/2018-09-18/194721-9")
    assert (result.code, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert "no message has the key 'prodarch/2018-09-18/194721-9'" in result.err


def test_a_key_that_moved_is_followed(
    etl: Command, chats: Command, db: Path, tmp_path: Path
) -> None:
    first, second = message("09:00:00", LIN, "一"), message("09:00:00", LIN, "二")
    etl("load", "-q", write_page(tmp_path, first, second))
    etl("load", "-q", write_page(tmp_path, second))
    result = chats("show", "team/2031-02-03/090000-2")
    assert "> 09:00  二\n" in result.out
    assert "team/2031-02-03/090000-2 is team/2031-02-03/090000-1 since" in result.err


def test_a_person(chats: Command, sample: Path) -> None:
    assert chats("person", "Kevin Wu").out == golden("""
        Kevin Wu

        names         2017-07-12 to 2019-04-11  Kevin Wu  16 messages
        messages      16 on 8 days
        first, last   2017-07-12 09:40, 2019-04-11 09:26
        rooms         prodarch 8  proddev 5  riskops 3
        words         谢谢 3
        emoji         [呲牙] 1  [抱拳] 1  [鼓掌] 1
        mentions      1  Joanna·星桥支付·PM·香港
                      1  周叙白－木石科技－架构－杭州
                      1  林望秋-青禾银行-产品-上海
        talks with    4  周叙白－木石科技－架构－杭州
                      3  钱归尘-半山支付-架构-北京
                      2  何映雪—云帆数科—产品—深圳
                      2  卫青梧～拾光金服～架构～上海
                      2  杜仲衡-海岚支付-渠道-广州

        messages per month
        3 │                                          ██                ██ ██
          │▆▆    ▆▆                                  ██       ▆▆       ██ ██
          │██    ██                ▃▃                ██       ██       ██ ██
          │██    ██                ██                ██       ██       ██ ██
        0 └──────────────────────────────────────────────────────────────────
           2017              2018                                2019

        by the hour of the day
                                   ██    ▇▇       ▄▄ ▂▂          ▇▇
        0  1  2  3  4  5  6  7  8  9  10 11 12 13 14 15 16 17 18 19 20 21 22 23

        words: 2 to 8 characters typed together, or Latin words, in far more of these
        messages than in everybody else's (log-likelihood); the figure is how many
        messages
        talks with: half hours in which both wrote in the same room
        """)


def test_a_person_is_all_their_names(chats: Command, renamed: Path) -> None:
    lines = chats("person", "老周").out.splitlines()
    assert "\n".join(lines[:17]) == golden("""
        周叙白-木石科技-架构-杭州

        nickname      周叙白
        company       木石科技
        role          架构
        city          杭州
        names         2031-02-03                周叙白-青禾银行-架构-杭州  1 message
                      2031-06-01                周叙白-木石科技-架构-杭州  3 messages
                      2031-06-01                周叙白-木石-架构-杭州  1 mention
                      2031-06-01                老周-木石-架构-杭州  2 quotes
        messages      4 on 2 days
        first, last   2031-02-03 07:00, 2031-06-01 08:30
        rooms         team 4
        emoji         [强] 1
        mentions      1  林秋-青禾银行-产品-上海
        mentioned by  1  林秋-青禾银行-产品-上海
        talks with    2  林秋-青禾银行-产品-上海
        """).rstrip("\n")
    assert all(chats("person", name).out.splitlines() == lines for name in (ZHOU, ZHOU_MENTIONED))
    page = json.loads(chats("person", "老周", "--json").out)
    assert [page[key] for key in ("name", "company", "messages", "days")] == [
        ZHOU_LATER, "木石科技", 4, 2,
    ]  # fmt: skip
    assert page["names"][2] == {
        "name": ZHOU_MENTIONED, "first_day": LATER, "last_day": LATER,
        "messages": 0, "quotes": 0, "mentions": 1,
    }  # fmt: skip
    others = json.loads(chats("person", "林秋", "--json").out)
    assert others["mentions"] == [{"name": ZHOU_LATER, "times": 1}]
    assert {"name": ZHOU_LATER, "times": 2} in others["talks_with"]


def test_a_single_name_has_a_page_of_its_own(chats: Command, renamed: Path) -> None:
    out = chats("person", ZHOU, "--by-name").out
    assert out.startswith(
        golden("""
        周叙白-青禾银行-架构-杭州

        messages      1 on 1 day
        first, last   2031-02-03 07:00, 2031-02-03 07:00
        rooms         team 1
        talks with    1  林秋-青禾银行-产品-上海
        """)
    )
    several = chats("person", "周叙白", "--by-name")
    assert (several.code, len(several.out.splitlines())) == (1, 3)
    assert "2 names have '周叙白' in them" in several.err
    assert chats("person", "老周", "--by-name").code == 1
    others = json.loads(chats("person", "林秋", "--by-name", "--json").out)
    assert others["mentions"] == [{"name": ZHOU_MENTIONED, "times": 1}]
    assert [count["times"] for count in others["talks_with"]] == [1, 1, 1]


def test_a_name_that_stands_nowhere_is_said_to_be_known(chats: Command, sample: Path) -> None:
    """`archive.toml` says who 我 is."""
    out = chats("person", "钱归尘").out
    assert "names         2017-05-16 to 2019-03-28  我  27 messages\n" in out
    assert (
        "                                        钱归尘-半山支付-架构-北京  never written\n" in out
    )


def test_several_people_are_listed(chats: Command, sample: Path) -> None:
    result = chats("person", "海岚支付")
    assert result.code == 1
    assert "people have a name with '海岚支付' in it: give more of one" in result.err
    header, *rows = result.out.splitlines()
    assert header == "messages\tfirst\tlast\tname"
    counts = [int(row.split("\t")[0]) for row in rows]
    assert counts == sorted(counts, reverse=True)
    assert "罗敷敷-海岚支付-客服-长沙" in result.out


def test_an_exact_name_wins(etl: Command, chats: Command, db: Path, tmp_path: Path) -> None:
    names = ("Wang", "Wang Tao", "wang li")
    etl("load", "-q", write_page(tmp_path, *(message("09:00:00", name, "早") for name in names)))
    assert chats("person", "Wang").out.startswith("Wang\n")
    assert chats("person", "ＴＡＯ").out.startswith("Wang Tao\n")
    assert chats("person", "Wang", "Tao").out == chats("person", "Wang Tao").out
    assert chats("person", "wang").code == 1


@pytest.mark.parametrize(("name", "code"), [("nobody here", 1), (" ", 2)])
def test_nobody_of_that_name(chats: Command, sample: Path, name: str, code: int) -> None:
    result = chats("person", name)
    assert (result.code, result.out) == (code, "")


def test_telling_words_are_whole_and_not_what_everybody_says(
    etl: Command, chats: Command, db: Path, tmp_path: Path
) -> None:
    own = [f"{word}和对账文件的事" for word in ("先说", "还有", "最后", "今天", "再看", "明早")]
    others = ["今天早上好", "大家晚上好", "明天再看吧", "收到谢谢", "好的没问题"] * 8
    etl("load", "-q", write_page(
        tmp_path,
        *(message(f"09:{n:02}:00", LIN, text) for n, text in enumerate(own)),
        *(message(f"10:{n:02}:00", WANG, text) for n, text in enumerate(others)),
    ))  # fmt: skip
    person = json.loads(chats("person", LIN, "--json").out)
    assert person["words"] == [{"word": "对账文件的事", "messages": 6}]


def test_log_likelihood() -> None:
    assert log_likelihood(10, 100, 10, 100) == 0
    assert log_likelihood(5, 100, 50, 100) == 0
    assert log_likelihood(20, 100, 0, 1000) > log_likelihood(20, 100, 20, 1000) > 3.84


def test_the_archive_at_a_glance(chats: Command, sample: Path) -> None:
    out = chats("stats").out
    assert out.startswith(
        golden("""
        rooms         3
        days          27, from 2017-05-16 to 2019-04-11
        messages      652
        people        33, writing under 33 names
        pictures      22
        links         17
        busiest day   proddev on 2018-10-23, Tuesday: 31 messages
        busiest hour  09:00 to 10:00: 180 messages, 28%
        """)
    )
    assert max(wcswidth(line) for line in out.splitlines()) <= 80
    figures = json.loads(chats("stats", "--json").out)
    assert figures["messages"] == sum(room["messages"] for room in figures["rooms"]) == 652


def test_a_calendar_tells_quiet_days_from_missing_ones(
    etl: Command, chats: Command, db: Path, tmp_path: Path
) -> None:
    for n in range(14):
        if n == 9:
            continue
        texts = [message("09:00:00", LIN, str(k)) for k in range(n)]
        write_page(tmp_path, *texts, date=f"2031-02-{n + 3:02}")
    etl("load", "-q", tmp_path)
    assert chats("stats").out.partition("\n\nteam ")[2] == golden("""
        · 13 days · 82 messages
        2031 Jan Feb Mar  Apr May Jun  Jul Aug  Sep Oct Nov  Dec
        Mon       ·▓
                  ░▓
        Wed       ░
                  ░▓
        Fri       ▒█
                  ▒█
                  ▒█
        ░ 1–3  ▒ 4–6  ▓ 7–10  █ 11–13  · no messages  blank: not in the archive
        """)


def test_a_year_that_is_too_wide_is_split() -> None:
    days = {date(2031, 2, 3): 1, date(2031, 12, 31): 1}
    lines = [paint(line, colour=False) for line in plots.year_calendar(2031, days, width=40)]
    assert [lines[0], lines[1], lines[8], lines[11]] == [
        "2031 Jan Feb Mar  Apr May Jun",
        "Mon       ░",
        "2031 Jul Aug  Sep Oct Nov  Dec",
        "Wed                            ░",
    ]
    quarters = [paint(line, colour=False) for line in plots.year_calendar(2031, days, width=20)]
    assert [quarters[0], quarters[8]] == ["2031 Jan Feb Mar", "2031 Oct Nov  Dec"]
    assert len(quarters) == 16, "the quarters between them have no day"


@pytest.mark.parametrize(
    "command",
    [
        ["search", "支付"],
        ["search", "room:team"],
        ["day", "team", "2031-02-03"],
        ["person", "林秋"],
        ["stats"],
        ["stats", "--json"],
        ["query", "top-speakers"],
        ["query", "top-speakers", "--room", "team"],
    ],
)
def test_an_archive_without_days(
    etl: Command, chats: Command, db: Path, command: list[str]
) -> None:
    etl("load", "-q", db.parent)
    result = chats(*command)
    assert (result.code, result.out) == (1, "")
    assert result.err == f"chats: {db}: there are no days in it yet; `etl load PATH` fills it\n"
    assert chats("schema", "tags").code == chats("sql", "select 1").code == 0


def test_an_archive_without_a_name(etl: Command, chats: Command) -> None:
    for result in (chats("stats", "--db", ""), etl("status", "--db", " ")):
        assert result.code == 2
        assert "an empty name; give that of the archive's file" in result.err


HOSTILE_NAME = "\x1b[31mRed\x07\u202eevil\x9b2J"
HOSTILE_TEXT = (
    "&amp;#27;]0;title&amp;#7; \u202e倒 &amp;#155;2J\tTab\u3000宽\x1b[2J" + "长" * 90 + "w" * 200
)
HOSTILE_LINK = "[x\x1b]8;;evil\n](javascript:alert(1))"
HOSTILE_URL = "[题\n](http://example.com/a\x1b]8;;\x07b 空)"


@pytest.fixture
def hostile(etl: Command, db: Path, tmp_path: Path) -> Path:
    bodies = [HOSTILE_TEXT, HOSTILE_LINK, HOSTILE_URL, f"「 {HOSTILE_NAME}: a 」 - - - - - - b"]
    path = write_page(
        tmp_path,
        *(message(f"09:00:0{n}", HOSTILE_NAME, body) for n, body in enumerate(bodies)),
        message("09:01:00", "\u200b", "a"),
        message("09:02:00", "\u3000", "b"),
    )
    etl("load", "-q", path)
    return db


@pytest.mark.parametrize("as_json", [[], ["--json"]])
@pytest.mark.parametrize(
    "command",
    [
        ["day", "team", "2031-02-03"],
        ["day", "team", "2031-02-03", "--keys"],
        ["show", "team/2031-02-03/090000-1"],
        ["person", HOSTILE_NAME],
        ["person", "e"],
        ["stats"],
    ],
)
def test_nothing_that_was_typed_steers_a_terminal(
    chats: Command, hostile: Path, command: list[str], as_json: list[str]
) -> None:
    if as_json and "--keys" in command:
        command = command[:-1]
    result = chats(*command, *as_json)
    assert_harmless(result.out)
    assert_harmless(result.err)


STEERING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def assert_harmless(text: str) -> None:
    assert STEERING.findall(text) == []


def test_hostile_text_is_shown_as_text(chats: Command, hostile: Path) -> None:
    lines = chats("day", "team", "2031-02-03").out.splitlines()
    assert r"\x1b[31mRed\x07\u202eevil\x9b2J" in lines
    assert any(r"\x1b]0;title\x07 \u202e倒 \x9b2J Tab  宽" in line for line in lines)
    assert max(map(wcswidth, lines)) <= 80
    assert max(len(line) for line in lines) <= 80


def on_terminal(*arguments: str, columns: int = 80, setting: dict[str, str] | None = None) -> str:
    program = str(Path(sys.executable).with_name("chats"))
    given = {**os.environ, "TERM": "xterm-256color", "PAGER": "cat"}
    for name in ("COLUMNS", "NO_COLOR"):
        del given[name]
    given |= setting or {}
    child = pexpect.spawn(
        program, list(arguments), dimensions=(40, columns), encoding="utf-8", env=given
    )
    child.expect(pexpect.EOF, timeout=60)
    child.close()
    assert child.exitstatus == 0
    assert isinstance(child.before, str)
    return child.before.replace("\r\n", "\n")


SEQUENCE = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;[^\x1b\x07]*\x1b\\")


def test_a_terminal_has_colours_and_links(etl: Command, db: Path, tmp_path: Path) -> None:
    etl("load", "-q", write_page(tmp_path, *MESSAGES))
    out = on_terminal("day", "team", "2031-02-03")
    assert "\x1b[1mteam · 2031-02-03 Monday · 8 messages\x1b[0m\n" in out
    url = "http://img.example.com/img/20310203_090000.png"
    assert re.search(
        rf"\x1b\]8;id=\w+;{re.escape(url)}\x1b\\\x1b\[4mpicture \S+png\x1b\[0m\x1b\]8;;\x1b\\",
        out,
    )
    assert ";https://news.example.org/a?id=1\x1b\\" in out
    assert ";http://wiki.example.com/\x1b\\" in out
    assert f"\x1b[1;36m@{LIN}\x1b[0m" in out
    assert "\x1b[2m09:02  (voice, video or red packet: not exported)\x1b[0m" in out
    names = re.findall(r"(\x1b\[1;38;5;\d+m)Wang Tao", out)
    assert len(names) == 2
    assert len(set(names)) == 1


def test_a_transcript_in_a_file(chats: Command, sample: Path, tmp_path: Path) -> None:
    day, file = ["day", "prodarch", "2018-09-18"], tmp_path / "day.txt"
    assert on_terminal(*day, "-o", str(file)) == ""
    assert file.read_text("utf-8") == chats(*day).out == chats(*day, "-o", "-").out


@pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colours(chats: Command, sample: Path, setting: dict[str, str]) -> None:
    shown = on_terminal("day", "prodarch", "2018-09-18", setting=setting)
    assert shown == chats("day", "prodarch", "2018-09-18").out


def test_a_hostile_page_in_a_terminal(hostile: Path) -> None:
    for command in (["day", "team", "2031-02-03"], ["show", "team/2031-02-03/090002-1"]):
        out = on_terminal(*command)
        urls = re.findall(r"\x1b\]8;id=\w+;([^\x1b]*)", out)
        assert urls, command
        assert all(re.fullmatch(r"https?://[\x21-\x7e]+", url) for url in urls)
        assert_harmless(SEQUENCE.sub("", out))


@pytest.mark.parametrize("columns", [30, 40, 80, 120])
@pytest.mark.parametrize(
    "command", [["day", "riskops", "2019-03-28"], ["person", "周叙白"], ["stats"]]
)
def test_everything_fits_the_terminal(sample: Path, command: list[str], columns: int) -> None:
    lines = SEQUENCE.sub("", on_terminal(*command, columns=columns)).splitlines()
    assert max(map(wcswidth, lines)) <= columns


TYPED = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(
            "支付协议，。（）「」 \u3000\t\nabc-[]强@\u0301\ufe0f\u200d👍🏽🇨🇳\x1b\x9b\u202e"
        ),
    ),
    max_size=80,
)


@given(st.lists(TYPED, max_size=4), st.integers(2, 60))
@example(["🇨🇳🇨🇳🇨🇳"], 3)
@example(["❤\ufe0f❤\ufe0f"], 2)
@example(["a" * 10, "b" * 10], 3)
@example(["\x1f\uaa33"], 2)
@example(["00\u0b3e"], 2)
def test_wrapping_loses_nothing_and_keeps_the_width(texts: list[str], width: int) -> None:
    lines = [paint(line, colour=False) for line in wrap([Span(text) for text in texts], width)]
    assert all(wcswidth(line) <= width for line in lines)
    written = layout.shown("".join(texts).replace("\n", " ").replace("\r", " "))
    written = written.replace(r"\u2028", " ").replace(r"\u2029", " ")
    kept = re.sub(r"\\u202[89]", "", "".join(lines))
    assert "".join(kept.split()) == "".join(written.split())


@given(TYPED)
def test_what_is_shown_steers_nothing(text: str) -> None:
    assert_harmless(layout.shown(text).replace("\n", "?"))
    assert json.loads(layout.as_json({"a": text})) == {"a": text}
    assert_harmless(layout.as_json([text]))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("支付，协议", 4, ["支", "付，", "协议"]),
        ("看（这里）", 5, ["看", "（这", "里）"]),
        ("one two three", 8, ["one two", "three"]),
        ("one  two ", 8, ["one  two"]),
        ("   ", 8, [""]),
        ("支付 ", 5, ["支付"]),
        ("好的[强]", 6, ["好的", "[强]"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("一\n\n二", 9, ["一", "", "二"]),
    ],
)
def test_where_lines_break(text: str, width: int, lines: list[str]) -> None:
    assert [paint(line, colour=False) for line in wrap([Span(text)], width)] == lines


@given(
    st.dictionaries(
        st.dates(date(2012, 1, 1), date(2012, 12, 31)), st.integers(0, 500), min_size=1
    ),
    st.sampled_from([20, 32, 33, 58, 59, 80, 120]),
)
def test_a_calendar_has_a_sign_for_every_day(days: dict[date, int], width: int) -> None:
    """2012 is a leap year that begins on a Sunday: it takes 54 weeks."""
    rows = [paint(line, colour=False) for line in plots.year_calendar(2012, days, width=width)]
    signs = "".join(row[5:] for row in rows if not row.startswith("2012")).replace(" ", "")
    size = 2 if width == 120 else 1
    busy = sum(messages > 0 for messages in days.values())
    assert len(signs.replace("·", "")) == busy * size
    assert signs.count("·") == len(days) - busy
    assert all(wcswidth(row) <= width for row in rows)


@given(
    st.dictionaries(
        st.builds("{:04}-{:02}".format, st.integers(2000, 2030), st.integers(1, 12)),
        st.integers(1, 10**6),
        min_size=1,
        max_size=30,
    ),
    st.integers(40, 120),
)
def test_month_bars_fit(months: dict[str, int], width: int) -> None:
    lines = [paint(line, colour=False) for line in plots.month_bars(months, width=width)]
    assert max(map(wcswidth, lines)) <= width


def test_quick_on_the_real_data(etl: Command, chats: Command, corpus: Path, db: Path) -> None:
    etl("load", "-q", corpus / "corpus")
    room, day_ = query(
        db,
        "select r.slug, d.date from days d join rooms r on r.id = d.room_id"
        " order by d.messages desc limit 1",
    )[0]
    key = query(db, "select key from messages where id = 30000")[0][0]
    name = query(
        db,
        "select s.name from messages m join speakers s on s.id = m.speaker_id"
        " group by s.id order by count(*) desc limit 1",
    )[0][0]
    for command in (["day", room, day_], ["show", key], ["person", name], ["stats"]):
        times = []
        for _ in range(3):
            started = time.process_time()
            result = chats(*command)
            times.append(time.process_time() - started)
            assert result.code == 0
        assert max(map(wcswidth, result.out.splitlines())) <= 80 or command[0] == "show"
        # coverage makes it several times slower
        limit = 0.3 if Coverage.current() is None else 2.0
        assert min(times) < limit, (command[0], times)


@pytest.mark.parametrize("command", ["day", "show", "person", "stats"])
def test_help(chats: Command, command: str) -> None:
    result = chats(command, "-h")
    assert (result.code, result.err) == (0, "")
    assert f"Example: chats {command}" in result.out
