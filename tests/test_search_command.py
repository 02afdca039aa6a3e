"""`chats search` as a command: what it prints, and where words with a minus sign go."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest
from wcwidth import wcswidth

from tests.conftest import Command
from tests.pages import LIN, WANG, ZHOU, ZHOU_LATER, ZHOU_MENTIONED, message, write_page

CHATS = Path(sys.executable).with_name("chats")
DAY = [
    message("07:00:00", LIN, "協議支付怎么签约？"),
    message("07:00:01", "Kevin Wu", "先看文档"),
    message("07:00:02", "Kevin Wu", "=1+1 不是公式，是退款"),
    message("07:00:03", LIN, "![x](http://img.example.com/a.png)"),
    message("07:00:04", LIN, "签约 \x1b[31m之后协议支付就行"),
]


@pytest.fixture
def day(etl: Command, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NO_COLOR", "1")
    etl("load", write_page(tmp_path, *DAY))
    return db


def found(out: str) -> list[str]:
    return [line.split("\t")[1][-2:] for line in out.splitlines()[1:]]


@pytest.mark.parametrize(
    ("arguments", "seconds"),
    [
        (["协议支付"], ["04", "00"]),
        (["协议支付", "--oldest"], ["00", "04"]),
        (["协议支付", "-n", "1"], ["04"]),
        (["协议", "支付", "-之后"], ["00"]),
        (["协议", "-from:kevin", "--oldest"], ["00", "04"]),
        (["-from:林秋", "--oldest"], ["01", "02"]),
        (["-has:image", "-协议", "--oldest"], ["01", "02"]),
        (["退款", "OR", "文档", "--oldest"], ["01", "02"]),
        (["--", "-协议", "-has:image", "-退款"], ["01"]),
        (["签约", "--rank"], ["00", "04"]),
        (["文档", "-b", "-2"], ["01"]),
        (["协议支付", "-n", "0"], ["04", "00"]),
        (["协议支付", "-n1"], ["04"]),
        (["协议支付", "-note", "-host:x.org", "-on:2018", "-oauth"], ["04", "00"]),
        (["协议支付", "--", "-csv"], ["04", "00"]),
    ],
)
def test_arguments(chats: Command, day: Path, arguments: list[str], seconds: list[str]) -> None:
    result = chats("search", *arguments)
    assert result.code == 0
    assert found(result.out) == seconds


@pytest.mark.parametrize(
    ("option", "name"),
    [
        (["-o", "-foo.json"], "-foo.json"),
        (["-ofoo.json"], "foo.json"),
        (["-n0", "-o", "foo.json"], "foo.json"),
        (["--output", "-foo.json"], "-foo.json"),
        (["--output=-foo.json"], "-foo.json"),
    ],
)
def test_a_file_may_be_named_like_an_option(
    chats: Command, day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    option: list[str], name: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    result = chats("search", "文档", *option)
    assert (result.code, result.out, result.err) == (0, "", "1 message\n")
    assert json.loads((tmp_path / name).read_text("utf-8"))[0]["text"] == "先看文档"


def test_short_options_stand_together(chats: Command, day: Path) -> None:
    assert chats("search", "签约", "-tn1").out == chats("search", "签约", "--table", "-n", "1").out
    rows = json.loads(chats("search", "文档", "-C2", "--json").out)
    assert [row["found"] for row in rows] == [0, 1, 0, 0]


def test_the_short_options_are_those_that_words_are_told_from(chats: Command, db: Path) -> None:
    assert set(re.findall(r"^  (-\w)\b", chats("search", "-h").out, re.MULTILINE)) == {
        "-n", "-C", "-t", "-o", "-h",
    }  # fmt: skip


def test_counts(chats: Command, day: Path) -> None:
    assert chats("search", "协议支付", "--count").out == "2\n"
    assert chats("search", "协议支付", "--by", "month").out == "month\tmessages\n2031-02\t2\n"
    assert "by the index" not in chats("search", "协议支付", "--check").out
    assert chats("search", "协议支付", "--check").out.endswith("agree: 2 messages\n")


@pytest.mark.parametrize(
    ("query", "by_people", "by_name"),
    [
        (f"from:{ZHOU}", 4, 1),
        ("from:老周", 4, 0),
        (f"from:{ZHOU_MENTIONED}", 4, 0),
        ("from:周叙白", 4, 4),
        ("FROM:木石科技", 4, 3),
        ("from:老周 样例", 1, 0),
        ("-from:老周", 5, 9),
        (f"-from:{ZHOU} -from:林秋", 2, 5),
        ("mentions:老周", 1, 0),
        (f"mentions:{ZHOU}", 1, 0),
        (f"mentions:{ZHOU_MENTIONED}", 1, 1),
        ("-mentions:老周", 8, 9),
        ("from:谁", 0, 0),
    ],
)
def test_filters_find_people_by_any_name(
    chats: Command, renamed: Path, query: str, by_people: int, by_name: int
) -> None:
    for options, number in (([], by_people), (["--by-name"], by_name)):
        assert chats("search", query, "--count", *options).out == f"{number}\n"
        checked = chats("search", query, "--check", *options)
        assert (checked.code, checked.out.split(": ")[1]) == (0, f"{number} messages\n")


def test_speakers_are_counted_as_people(chats: Command, renamed: Path) -> None:
    def counts(*options: str) -> list[str]:
        return chats("search", "-清分", "--by", "speaker", *options).out.splitlines()[1:]

    people = [f"{ZHOU_LATER}\t4", f"{LIN}\t3", "\t1", f"{WANG}\t1"]
    assert counts() == people
    names = [f"{LIN}\t3", f"{ZHOU_LATER}\t3", "\t1", f"{ZHOU}\t1", f"{WANG}\t1"]
    assert sorted(counts("--by-name")) == sorted(names)


def test_counts_say_what_they_are_of(chats: Command, day: Path) -> None:
    all_ = chats("search", "-has:image", "--by", "speaker")
    assert all_.err == "4 messages in 2 speakers\n"
    assert all_.out == f"speaker\tmessages\nKevin Wu\t2\n{LIN}\t2\n"
    first = chats("search", "-has:image", "--by", "speaker", "-n", "1")
    assert first.err == "4 messages in 1 of 2 speakers (-n 0 shows all)\n"
    assert first.out == "speaker\tmessages\nKevin Wu\t2\n"
    assert chats("search", "-has:image", "--by", "speaker", "-n", "0").out == all_.out
    nothing = chats("search", "没有", "--by", "room").err
    assert nothing == "0 messages\n没有 finds nothing at all\n"


def test_the_check_can_fail(chats: Command, day: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.search.run.scan", lambda *_: {1, 99})
    result = chats("search", "协议支付", "--check")
    assert result.code == 1
    assert "differ: 1 only by the index, 1 only by the scan" in result.out


def test_rows_are_for_programs(chats: Command, day: Path) -> None:
    (row,) = json.loads(chats("search", "文档", "--json").out)
    assert row["text"] == "先看文档"
    assert row["key"] == "team/2031-02-03/070001-1"
    lines = chats("search", "文档", "--json", "-C", "1").out
    assert [row["found"] for row in json.loads(lines)] == [0, 1, 0]
    assert "'=1+1" in chats("search", "退款", "--csv").out
    assert ",=1+1" in chats("search", "退款", "--csv", "--raw-csv").out


def test_how_many_there_are_in_all(chats: Command, day: Path) -> None:
    assert chats("search", "签约", "-n", "1").err == "1 of 2 messages (-n 0 shows all)\n"
    assert chats("search", "文档").err == "1 message\n"


def test_which_part_emptied_the_result(chats: Command, day: Path) -> None:
    result = chats("search", "文档", "from:林秋", "room:team")
    assert result.code == 0
    assert result.err == (
        "0 messages\nwithout 文档 there would be 3\nwithout from:林秋 there would be 1\n"
    )
    nothing = chats("search", "没有", "文档").err
    assert nothing == "0 messages\n没有 finds nothing at all\nwithout 没有 there would be 1\n"
    assert chats("search", "from:谁").err == "0 messages\nfrom:谁 finds nothing at all\n"
    signs = chats("search", "文档", "NOT", "退款").err
    assert "NOT is a word to find: here -word leaves one out, OR in capitals is either" in signs
    assert "is a word to find" not in chats("search", "没有").err
    several = chats("search", "文档", "退款", "签约").err
    assert several == "0 messages\nnothing is found with any one part left out, either\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["form:x"], 1, "there is no filter form: (there are room:"),
        (["room:nowhere"], 1, "room:nowhere: there is no such room; there are team"),
        (["x", "--by", "day"], 2, "must be one of room, speaker, month"),
        (["x", "--rank", "--oldest"], 2, "--rank and --oldest do not go together"),
        (["x", "--count", "--by", "room"], 2, "--count and --by do not go together"),
        (["x", "--by", "room", "-C", "2"], 2, "--by and --context do not go together"),
        (["x", "--by", "room", "--keys"], 2, "--by and --keys do not go together"),
        (["x", "--by", "room", "--rank"], 2, "--by and --rank do not go together"),
        (["x", "--count", "-n", "3"], 2, "--count and --limit do not go together"),
        (["x", "--check", "--json"], 2, "--check and a format or file do not go together"),
        (["x", "--check", "-o", "x.csv"], 2, "--check and a format or file do not go together"),
        (["x", "-n", "99999999999999999999"], 2, "is not in the range"),
        (["\udcff"], 1, "no valid Unicode text"),
        (["from:kevin", "--rank"], 1, "--rank needs text to rank by"),
        (["x", "--limt", "3"], 2, "No such option: --limt"),
        (["x", "-n", "-1"], 2, "'-n' / '--limit': -1 is not in the range"),
        (["x", "-n-1"], 2, "'-n' / '--limit': -1 is not in the range"),
        (["x", "--fmt", "-x"], 2, "no format is called '-x'"),
        (["x", "-fmt", "grid"], 2, "-fmt: write --fmt for the option; to leave the word out: -- -"),
        (["x", "-n"], 2, "'-n' requires an argument"),
        ([], 2, "Missing argument"),
        ([""], 1, "nothing to search for"),
    ],
)
def test_what_is_asked_wrongly(
    chats: Command, day: Path, arguments: list[str], code: int, said: str
) -> None:
    result = chats("search", *arguments)
    assert result.code == code
    assert said in result.err


def on_terminal(*arguments: str, columns: int = 60) -> str:
    # where pytest runs, these say something of another terminal
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    child = pexpect.spawn(
        str(CHATS),
        ["search", *arguments],
        dimensions=(24, columns),
        encoding="utf-8",
        env=environment,
    )
    child.expect(pexpect.EOF, timeout=30)
    child.close()
    assert child.exitstatus == 0
    assert isinstance(child.before, str)
    return child.before.replace("\r\n", "\n")


def test_on_a_terminal_people_read(day: Path) -> None:
    assert on_terminal("协议支付", "-C", "1") == (
        "  2031-02-03 07:00:03  team  林秋-青禾银行-产品-上海\n"
        "    (image)\n"
        "> 2031-02-03 07:00:04  team  林秋-青禾银行-产品-上海\n"
        "    签约 \\x1b[31m之后协议支付就行\n"
        "--\n"
        "> 2031-02-03 07:00:00  team  林秋-青禾银行-产品-上海\n"
        "    協議支付怎么签约？\n"
        "  2031-02-03 07:00:01  team  Kevin Wu\n"
        "    先看文档\n"
        "2 messages\n"
    )


def test_hits_with_the_keys_that_show_takes(day: Path) -> None:
    assert on_terminal("代扣 OR 签约", "--keys", "-n", "1") == (
        "team/2031-02-03/070004-1  林秋-青禾银行-产品-上海\n"
        "  签约 \\x1b[31m之后协议支付就行\n"
        "1 of 2 messages (-n 0 shows all)\n"
    )


def test_what_stands_above_a_hit_hangs_where_it_is_too_long(day: Path) -> None:
    assert on_terminal("签约", "-n", "1", columns=48).splitlines()[:2] == [
        "2031-02-03 07:00:04  team",
        "    林秋-青禾银行-产品-上海",
    ]
    assert on_terminal("签约", "-C", "1", "-n", "1", columns=40).splitlines()[2:5] == [
        "    (image)",
        "> 2031-02-03 07:00:04  team",
        "      林秋-青禾银行-产品-上海",
    ]
    narrow = on_terminal("签约", "-n", "1", columns=24).splitlines()
    assert max(map(wcswidth, narrow)) <= 24
    assert all(line.startswith("    ") for line in narrow[1:4])


def test_hits_are_marked_in_colour(day: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    shown = on_terminal("协议支付", "--oldest", "-n", "1")
    assert "\x1b[1;31m協議支付\x1b[0m怎么签约？" in re.sub(r"\x1b\[0m\x1b\[1;31m", "", shown)


def test_nothing_heavy_is_imported(day: Path) -> None:
    heavy = "sqlite_utils datasette rich httpx PIL tabulate json base64 db.schema_comments"
    program = (
        "import sys; before = set(sys.modules);"
        "from cli.main import run; run('chats', ['search', '支付']);"
        "from db.text_index import terms; print(terms._usual.cache_info().currsize,"
        f"[m for m in {heavy.split()} if m in sys.modules.keys() - before], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr.endswith("0 []\n"), "nor made what only a load needs"


def test_text_is_laid_out_anew_for_the_width_it_has(
    etl: Command, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    etl("load", write_page(tmp_path, message("07:00:00", LIN, "协议支付要先签约，" * 20)))
    narrow, wide = (on_terminal("签约", columns=columns) for columns in (40, 100))
    for shown, columns in ((narrow, 40), (wide, 100)):
        assert max(wcswidth(line) for line in shown.splitlines()) in range(columns - 4, columns + 1)
    assert re.sub(r"\s", "", narrow) == re.sub(r"\s", "", wide)


def test_many_hits_are_counted_only_when_asked(
    chats: Command, day: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.search.run.COUNTED", 1)
    some = chats("search", "签约", "-n", "1").err
    assert some == "1 of 1+ messages (-n 0 shows all, --count counts them)\n"
    assert chats("search", "-xyz", "-n", "3").err.startswith("3 of 3+ messages (")
    assert chats("search", "-xyz", "-n", "4").err.startswith("4 of 4+ messages (")
    assert chats("search", "-xyz", "-n", "5").err == "5 messages\n"
    assert chats("search", "签约", "--count").out == "2\n"
    assert chats("search", "签约", "没有").err.endswith("without 没有 there would be 1+\n")


def test_which_of_many_hits_are_ranked_is_said(
    etl: Command, chats: Command, day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.search.run.RANKED", 1)
    assert chats("search", "签约", "--rank", "-n", "2").err == (
        "2 messages\nranked are those since:2031-02-03 alone, as there are more than 1;"
        " with until:2031-02-03 older ones are\n"
    )
    assert chats("search", "签约", "--rank", "-n", "0").err == "2 messages\n"
    assert chats("search", "文档", "--rank").err == "1 message\n"
    # however many are asked for, those that are not ranked are not denied
    etl("load", write_page(tmp_path, message("07:00:00", LIN, "签约"), date="2031-02-02"))
    assert chats("search", "签约", "--rank", "-n", "9").err.startswith("2 of 3 messages (")
