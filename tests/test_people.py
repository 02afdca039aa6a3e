"""Who is who: names that are one person's, from evidence, on invented pages."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cli.main import run
from db.connection import open_read_only
from db.people import reader
from etl.people.quoted import Pool, phrase_of, terms_of
from tests.conftest import SAMPLE, Command, query
from tests.pages import LIN, message, write_page

GROUP_LIN = "Lin·青禾·PM"
BIRD = "ledger_bird"
WANG = "王敏-云帆-产品-北京"
ZHAO = "赵安平-海岚支付-风控-深圳"
WORDS = "额度从下周一起按商户单独设置"


@pytest.fixture(autouse=True)
def _wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def quote(name: str, text: str, reply: str = "好的") -> str:
    return f"「 {name}: {text} 」 - - - - - - - - - - - - - - - {reply}"


def load(
    etl: Command, folder: Path, *messages: str, date: str = "2031-02-03", room: str = "team"
) -> None:
    assert etl("load", write_page(folder, *messages, date=date, room=room)).code == 0


def names_of(db: Path, name: str) -> set[str]:
    """All names of the person with that one."""
    rows = query(
        db,
        "select name from aliases where verdict = 'joins' and person_id in"
        " (select person_id from aliases where verdict = 'joins' and name = ?)",
        name,
    )
    return {name for (name,) in rows}


def meant(db: Path) -> list[tuple[Any, ...]]:
    return query(
        db,
        "select n.name, s.name from mentions n join messages m on m.id = n.message_id"
        " left join speakers s on s.id = n.speaker_id order by m.key, n.position",
    )


def evidence(db: Path, name: str) -> list[tuple[Any, ...]]:
    return query(
        db,
        "select s.name, a.kind, a.times, f.key, l.key, a.verdict from aliases a"
        " join speakers s on s.id = a.speaker_id left join messages f on f.id = a.first_message_id"
        " left join messages l on l.id = a.last_message_id where a.name = ?"
        " order by a.kind, s.name",
        name,
    )


# quotes


def test_a_quote_joins_the_name_of_the_group_to_that_of_the_header(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    load(
        etl,
        tmp_path,
        message("07:00:00", BIRD, WORDS),
        message("07:05:00", WANG, quote(GROUP_LIN, WORDS)),
        message("07:06:00", ZHAO, f"@{GROUP_LIN}?谢谢"),
    )
    assert names_of(db, BIRD) == {BIRD, GROUP_LIN}
    key = "team/2031-02-03/070500-1"
    assert evidence(db, GROUP_LIN)[-1] == (BIRD, "quote", 1, key, key, "joins")
    assert meant(db) == [(GROUP_LIN, BIRD)]
    assert query(db, "select name, nickname, role from people where name = ?", GROUP_LIN) == [
        (GROUP_LIN, "Lin", "PM")
    ]


def test_what_two_people_wrote_joins_neither(etl: Command, db: Path, tmp_path: Path) -> None:
    load(
        etl,
        tmp_path,
        message("07:00:00", BIRD, WORDS),
        message("07:00:30", ZHAO, WORDS),
        message("07:05:00", WANG, quote(GROUP_LIN, WORDS)),
    )
    assert names_of(db, GROUP_LIN) == set()
    assert query(db, "select speaker_id from quotes") == [(None,)]


@pytest.mark.parametrize(
    ("texts", "quoted", "answered"),
    [
        (["第一次说的话", "第一次说的话"], "第一次说的话", 2),
        (["按批次对账，逐笔勾兑，最后出差异表", "别的"], "按批次对账，逐笔勾兑", 1),
        (["@王敏-云帆-产品-北京?后台自动分账", "别的"], "@王敏-云帆-产品-北京 后台自动分账", 1),
        (["手续费<0.3%，A&B 两档", "别的"], "手续费&lt;0.3%，A&amp;amp;B 两档", 1),
        (["第一次说的话", "别的"], "谁都没有说过的话", None),
        (["好的呀", "别的"], "好的", None),
        (["今天的分享", "今天的分享改到明天"], "今天的分享", 1),
        (["?", "别的"], "?", 1),
        (["……", "？"], "……", 1),
        (["别的"], "?", None),
        (["别的"], "", None),
        (["别的"], "\u202e", None),
    ],
)
def test_a_quote_is_of_the_newest_earlier_message_that_fits(
    etl: Command, db: Path, tmp_path: Path, texts: list[str], quoted: str, answered: int | None
) -> None:
    """Letter for letter first, then as it was cut or written otherwise."""
    for day, text in enumerate(texts, start=1):
        load(etl, tmp_path, message("07:00:00", BIRD, text), date=f"2031-02-0{day}")
    load(etl, tmp_path, message("08:00:00", BIRD, texts[0]), room="other", date="2031-02-01")
    after = message("09:00:00", BIRD, texts[0])
    load(etl, tmp_path, message("07:00:00", WANG, quote("谁", quoted)), after, date="2031-02-05")
    key = f"team/2031-02-0{answered}/070000-1" if answered else None
    assert query(db, "select o.key from quotes q join messages m on m.id = q.message_id"
                     " left join messages o on o.id = m.reply_to") == [(key,)]  # fmt: skip


def test_of_what_two_people_wrote_a_quote_is_of_the_one_it_names(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    load(
        etl,
        tmp_path,
        message("07:00:00", ZHAO, WORDS),
        message("07:00:30", BIRD, WORDS),
        message("07:05:00", WANG, quote(ZHAO, WORDS)),
    )
    assert query(db, "select o.key from messages m join messages o on o.id = m.reply_to") == [
        ("team/2031-02-03/070000-1",)
    ]


def test_an_older_day_may_come_later(etl: Command, db: Path, tmp_path: Path) -> None:
    replies = "select m.key, o.key from messages m join messages o on o.id = m.reply_to"
    load(etl, tmp_path, message("07:05:00", WANG, quote(GROUP_LIN, WORDS)), date="2031-02-05")
    assert query(db, replies) == []
    load(etl, tmp_path, message("07:00:00", BIRD, WORDS), date="2031-02-03")
    assert query(db, replies) == [("team/2031-02-05/070500-1", "team/2031-02-03/070000-1")]
    assert names_of(db, BIRD) == {BIRD, GROUP_LIN}
    load(etl, tmp_path, message("07:00:00", BIRD, "别的"), date="2031-02-03")
    assert query(db, replies) == []
    assert names_of(db, BIRD) == {BIRD}


def test_what_is_no_quote_any_more_is_no_reply(etl: Command, db: Path, tmp_path: Path) -> None:
    said = message("07:00:00", BIRD, WORDS)
    load(etl, tmp_path, said, message("07:05:00", WANG, quote(GROUP_LIN, WORDS)))
    load(etl, tmp_path, said, message("07:05:00", WANG, "改了"))
    assert query(db, "select count(reply_to) from messages") == [(0,)]


# names


def test_a_new_job_is_one_person_with_names_in_time(etl: Command, db: Path, tmp_path: Path) -> None:
    old, new = "赵安平-海岚支付-风控", "赵安平-木石科技-风控总监"
    load(etl, tmp_path, message("07:00:00", old, "早"), date="2031-01-05")
    load(etl, tmp_path, message("07:00:00", new, "早"), date="2031-06-05")
    assert names_of(db, old) == {old, new}
    assert query(db, "select company, role from people") == [("木石科技", "风控总监")]
    told = etl("people", "explain", old).out
    assert told.index(f"\n{old}\n") < told.index(f"\n{new}\n")
    assert "has the personal name of" in told


def test_one_short_name_in_two_companies_at_once_is_two_people(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    one, other = "李伟-海岚支付-风控", "李伟-木石科技-产品"
    for date in ("2031-01-05", "2031-03-05"):
        load(etl, tmp_path, message("07:00:00", one, "早"), date=date)
    load(etl, tmp_path, message("07:00:00", other, "早"), date="2031-02-05")
    load(etl, tmp_path, message("07:00:00", ZHAO, "@李伟?请看"), date="2031-02-06")
    assert query(db, "select count(*) from people") == [(3,)]
    assert meant(db) == [("李伟", None)]
    candidates = query(db, "select s.name from mention_candidates c join speakers s"
                           " on s.id = c.speaker_id order by 1")  # fmt: skip
    assert candidates == [(other,), (one,)]
    told = etl("people", "explain", "李伟").out
    assert "is nobody's name for sure" in told
    assert told.count("ambiguous") == 2
    assert "kept apart" in etl("people", "explain", other).out


def test_names_of_one_account_never_stand_on_one_page(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    load(etl, tmp_path, message("07:00:00", "四月", "早"), date="2031-01-05")
    load(etl, tmp_path, message("07:00:00", "四月-木石科技", "早"), date="2031-02-05")
    assert query(db, "select count(*) from people") == [(1,)]
    both = (message("07:00:00", "四月", "早"), message("07:01:00", "四月-木石科技", "早呀"))
    load(etl, tmp_path, *both, date="2031-03-05")
    assert query(db, "select count(*) from people") == [(2,)]
    assert "both on one page" in etl("people", "explain", "四月-木石科技").out


def test_pages_put_together_from_two_exports_join_the_names_of_both(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    texts = [f"第{number}条比较长的消息内容" for number in "一二三四"]
    twice = [
        message(f"07:00:0{second}", name, text)
        for second, text in enumerate(texts)
        for name in (BIRD, WANG)
    ]
    load(etl, tmp_path, *twice, message("07:01:00", ZHAO, "我只有一个名字"))
    assert names_of(db, BIRD) == {BIRD, WANG}
    assert names_of(db, ZHAO) == {ZHAO}


def test_the_pronoun_is_who_archive_toml_says(etl: Command, db: Path, tmp_path: Path) -> None:
    (db.parent / "archive.toml").write_text(f'me = "{ZHAO}"\n', "utf-8")
    load(etl, tmp_path, message("07:00:00", "我", "早"), message("07:01:00", WANG, f"@{ZHAO} 早"))
    assert names_of(db, "我") == {"我", ZHAO}
    assert meant(db) == [(ZHAO, "我")]
    assert query(db, "select name from people where name like '赵%'") == [(ZHAO,)]


def test_a_quote_of_everyone_is_of_nobody(etl: Command, db: Path, tmp_path: Path) -> None:
    load(
        etl,
        tmp_path,
        message("07:00:00", BIRD, WORDS),
        message("07:05:00", WANG, quote("所有人", WORDS)),
    )
    assert names_of(db, BIRD) == {BIRD}


# answers


def test_who_answers_when_a_name_is_mentioned_over_and_over_bears_it(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    for day in range(1, 9):
        load(
            etl,
            tmp_path,
            *(message(f"0{hour}:00:00", ZHAO, "早上的事") for hour in range(6, 9)),
            message("09:00:00", WANG, f"@{GROUP_LIN}?这个怎么看"),
            message("09:02:00", BIRD, "可以这么做"),
            message("09:30:00", "路人", "路过"),
            date=f"2031-02-0{day}",
        )
    assert names_of(db, BIRD) == {BIRD, GROUP_LIN}
    assert (
        BIRD,
        "answers",
        8,
        "team/2031-02-01/090000-1",
        "team/2031-02-08/090000-1",
        "joins",
    ) in (evidence(db, GROUP_LIN))
    assert meant(db) == [(GROUP_LIN, BIRD)] * 8


def test_who_mentions_a_name_does_not_bear_it(etl: Command, db: Path, tmp_path: Path) -> None:
    for day in range(1, 7):
        load(
            etl,
            tmp_path,
            message("06:00:00", ZHAO, "早"),
            message("09:00:00", WANG, f"@{GROUP_LIN}?这个怎么看"),
            message("09:02:00", BIRD, f"也等 @{GROUP_LIN}?来说"),
            date=f"2031-02-0{day}",
        )
    assert names_of(db, GROUP_LIN) == set()


# mentions


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"@{WANG}?同意", WANG),
        (f"@{WANG} 同意", WANG),
        (f"{WANG} 和 @{WANG}", WANG),
        ("@Kevin Wu?好", "Kevin Wu"),
        ("@Kevin Wu 好", "Kevin Wu"),
        ("@林秋 青禾银行 产品?谢谢", "林秋 青禾银行 产品"),
        ("@四月 - 木石科技 - 上海 真的么", "四月 - 木石科技 - 上海"),
        ("@四月-支付??-杭州?好", "四月-支付??-杭州"),
        ("@四月，好", "四月"),
        ("@四月 你好吗?", "四月"),
        ("@四月 2031-5-2 周三", "四月"),
        ("@一(木石)?好", "一(木石)"),
        ("@所有人 开会", "所有人"),
        ("@，好", None),
    ],
)
def test_what_is_taken_for_a_mentioned_name(
    etl: Command, db: Path, tmp_path: Path, text: str, name: str | None
) -> None:
    load(etl, tmp_path, message("07:00:00", ZHAO, text))
    assert [mention[0] for mention in meant(db)] == [name]


def test_known_names_come_first_the_longest_of_them(etl: Command, db: Path, tmp_path: Path) -> None:
    load(etl, tmp_path, message("07:00:00", ZHAO, "@四月 天气 真好"), date="2031-02-01")
    assert meant(db) == [("四月", None)]
    load(etl, tmp_path, message("07:00:00", "四月 天气", "早"), date="2031-02-05")
    assert meant(db) == [("四月 天气", "四月 天气")]
    load(etl, tmp_path, message("07:00:00", BIRD, "早"), date="2031-02-05")
    assert meant(db) == [("四月", None)], "that day was exported again without the name"


def test_a_mention_is_given_to_the_name_of_that_time(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    old, new = "赵安平-海岚支付-风控", "赵安平-海岚支付-风控总监"
    load(etl, tmp_path, message("07:00:00", old, "早"), date="2031-01-05")
    load(etl, tmp_path, message("07:00:00", new, "早"), date="2031-06-05")
    for date in ("2031-01-20", "2031-05-20", "2031-06-05"):
        page = [message("08:00:00", WANG, "@赵安平?早")]
        page += [message("07:00:00", new, "早")] if date == "2031-06-05" else []
        load(etl, tmp_path, *page, date=date)
    assert [speaker for _, speaker in meant(db)] == [old, new, new]


# replies


def test_inferred_replies_are_kept_apart_from_quotes(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    load(
        etl,
        tmp_path,
        message("07:00:00", WANG, "请问限额是多少？"),
        message("07:00:40", BIRD, "单笔五万"),
        message("07:03:00", ZHAO, f"@{WANG}?还有日限额"),
        message("07:04:00", BIRD, quote(ZHAO, f"@{WANG} 还有日限额")),
    )
    key = "team/2031-02-03/07"
    assert query(
        db, "select m.key, o.key from messages m join messages o on o.id = m.reply_to"
    ) == [(f"{key}0400-1", f"{key}0300-1")]
    inferred = (
        "select m.key, o.key, i.kind, i.confidence from inferred_replies i"
        " join messages m on m.id = i.message_id join messages o on o.id = i.reply_to order by 1"
    )
    assert query(db, inferred) == [
        (f"{key}0040-1", f"{key}0000-1", "quick answer", 0.4),
        (f"{key}0300-1", f"{key}0000-1", "mention", 0.75),
    ]


def test_nobody_answers_themselves(etl: Command, db: Path, tmp_path: Path) -> None:
    load(
        etl,
        tmp_path,
        message("07:00:00", BIRD, "请问限额是多少？"),
        message("07:00:40", ZHAO, "找到了，单笔五万"),
    )
    assert query(db, "select count(*) from inferred_replies") == [(1,)]
    (db.parent / "archive.toml").write_text(f'[people]\njoin = [["{BIRD}", "{ZHAO}"]]\n', "utf-8")
    load(etl, tmp_path, message("07:00:00", WANG, "早"), date="2031-02-09")
    assert query(db, "select count(*) from inferred_replies") == [(0,)]


# by hand


def test_what_archive_toml_says_of_people_always_wins(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    load(
        etl,
        tmp_path,
        message("07:00:00", BIRD, WORDS),
        message("07:05:00", WANG, quote(GROUP_LIN, WORDS)),
        message("07:06:00", ZHAO, "早"),
    )
    config = db.parent / "archive.toml"
    config.write_text(
        f'[people]\njoin = [["{ZHAO}", "{WANG}"]]\npart = [["{BIRD}", "{GROUP_LIN}"]]\n', "utf-8"
    )
    assert etl("people").code == 0
    assert names_of(db, ZHAO) == {ZHAO, WANG}
    assert names_of(db, BIRD) == {BIRD}
    assert "archive.toml joins it" in etl("people", "explain", WANG).out
    config.unlink()
    assert etl("rebuild", "people").code == 0
    assert names_of(db, ZHAO) == {ZHAO, WANG}, "what was said stays said until it is said otherwise"
    config.write_text("[people]\n", "utf-8")
    assert etl("load", tmp_path).code == 0
    assert names_of(db, ZHAO) == {ZHAO}
    assert names_of(db, BIRD) == {BIRD, GROUP_LIN}


def test_names_of_the_group_are_joined_by_hand_once_one_is_somebodys(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    (db.parent / "archive.toml").write_text(
        f'[people]\njoin = [["{GROUP_LIN}", "老鸟"]]\n', "utf-8"
    )
    load(etl, tmp_path, message("07:06:00", ZHAO, "@老鸟?谢谢"), date="2031-02-01")
    assert meant(db) == [("老鸟", None)]
    load(
        etl,
        tmp_path,
        message("07:00:00", BIRD, WORDS),
        message("07:05:00", WANG, quote(GROUP_LIN, WORDS)),
    )
    assert meant(db) == [("老鸟", BIRD)]
    assert names_of(db, BIRD) == {BIRD, GROUP_LIN, "老鸟"}


def test_hands_are_explained(etl: Command, db: Path, tmp_path: Path) -> None:
    load(
        etl,
        tmp_path,
        message("07:00:00", BIRD, WORDS),
        message("07:05:00", WANG, quote(GROUP_LIN, WORDS)),
    )
    config = db.parent / "archive.toml"
    config.write_text(
        f'me = "谁"\n[people]\npart = [["{BIRD}", "{GROUP_LIN}"]]\njoin = [["{WANG}", "老王"]]\n',
        "utf-8",
    )
    result = etl("people")
    assert result.err == (
        "etl: archive.toml: nobody is called '老王' so far\n"
        "etl: archive.toml: nobody is called '谁' so far\n"
    )
    assert f"archive.toml keeps it apart from {BIRD}" in etl("people", "explain", GROUP_LIN).out
    joined = "select name, kind, note from aliases where kind not in ('header', 'quote') order by 1"
    assert query(db, joined) == [(GROUP_LIN, "by hand", None), ("老王", "by hand", None)]
    config.write_text('[rooms.team]\ntitle = "群"\n', "utf-8")
    assert etl("load", tmp_path).code == 0
    assert names_of(db, BIRD) == {BIRD, GROUP_LIN}, "the file no longer says so"


def test_hands_that_part_also_part_who_others_would_join(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    names = ("赵安平", "赵安平-海岚支付", "赵安平-海岚支付-风控")
    for month, name in enumerate(names, start=1):
        load(etl, tmp_path, message("07:00:00", name, "早"), date=f"2031-0{month}-01")
    assert names_of(db, names[0]) == set(names)
    (db.parent / "archive.toml").write_text(
        f'[people]\njoin = [["{names[0]}", "{names[1]}"]]\npart = [["{names[0]}", "{names[2]}"]]\n',
        "utf-8",
    )
    etl("people")
    assert names_of(db, names[0]) == set(names[:2])


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ('join = "林"', "people.join: must be lists of two or more names"),
        ('join = [["林"]]', "people.join: must be lists of two or more names"),
        ('part = [["林", 1]]', "people.part: must be lists of two or more names"),
        ('split = [["林", "王"]]', "people: unknown 'split'; known are join, part"),
        (
            'join = [["林", "王"]]\npart = [["王", "林"]]',
            "王 and 林 are kept apart by part, and made one",
        ),
        ('join = [["林", "王"], ["王", "李"]]\npart = [["林", "李"]]', "林 and 李 are kept apart"),
    ],
)
def test_what_is_wrong_in_archive_toml(
    etl: Command, db: Path, tmp_path: Path, people: str, said: str
) -> None:
    (db.parent / "archive.toml").write_text(f"[people]\n{people}\n", "utf-8")
    result = etl("load", write_page(tmp_path, message("07:00:00", LIN, "早")))
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert said in result.err


# all of it is derived

LOGICAL = (
    "select p.name, p.nickname, p.company, p.role, p.city, s.name from people p"
    " join speakers s on s.person_id = p.id order by 1, 6",
    "select a.name, s.name, a.kind, a.weight, a.times, f.key, l.key, a.note, a.verdict, p.name"
    " from aliases a join speakers s on s.id = a.speaker_id"
    " left join people p on p.id = a.person_id left join messages f on f.id = a.first_message_id"
    " left join messages l on l.id = a.last_message_id order by 1, 2, 3",
    "select m.key, n.position, n.written, n.name, s.name from mentions n"
    " join messages m on m.id = n.message_id left join speakers s on s.id = n.speaker_id"
    " order by 1, 2",
    "select m.key, o.key from messages m join messages o on o.id = m.reply_to order by 1",
    "select m.key, o.key, i.kind, i.confidence from inferred_replies i"
    " join messages m on m.id = i.message_id join messages o on o.id = i.reply_to order by 1",
)


def all_that_is_derived(db: Path) -> list[list[tuple[Any, ...]]]:
    return [query(db, sql) for sql in LOGICAL]


@pytest.mark.parametrize("seed", range(4))
def test_days_one_by_one_in_any_order_give_what_all_at_once_do(
    etl: Command, db: Path, tmp_path: Path, seed: int
) -> None:
    etl("load", "--sample", "-q")
    config = tmp_path / "archive.toml"
    shutil.copy(SAMPLE / "archive.toml", config)
    pages = sorted((SAMPLE / "source").rglob("*.markdown"))
    random.Random(seed).shuffle(pages)
    other = tmp_path / "other.db"
    while pages:
        some, pages = pages[: 1 + seed], pages[1 + seed :]
        assert etl("load", "-q", *some, "--db", other, "--config", config).code == 0
    assert all_that_is_derived(other) == all_that_is_derived(db)


def test_observed_a_few_names_at_a_time_it_is_the_same(
    etl: Command, db: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    etl("load", "--sample", "-q")
    before = all_that_is_derived(db)
    monkeypatch.setattr("etl.people.build.MENTIONS_AT_ONCE", 3)
    assert etl("rebuild", "people").code == 0
    assert all_that_is_derived(db) == before
    assert query(db, "select count(*) > 0 from aliases where kind = 'answers'") == [(1,)]


def test_making_it_anew_changes_nothing(etl: Command, db: Path) -> None:
    etl("load", "--sample", "-q")
    before = all_that_is_derived(db)
    people = query(db, "select * from people")
    assert etl("rebuild", "people").out == "people: made anew\n"
    assert all_that_is_derived(db) == before
    assert query(db, "select * from people") == people
    assert etl("rebuild", "mentions", "quotes", "messages").code == 0
    assert all_that_is_derived(db) == before


def test_one_more_day_touches_only_the_names_on_it(etl: Command, db: Path, tmp_path: Path) -> None:
    etl("load", "--sample", "-q")
    rows = "select * from aliases where name not in ('ledger_bird', 'Kevin Wu') order by id"
    before = query(db, rows)
    page = message("07:00:00", "ledger_bird", "早"), message("07:01:00", "Kevin Wu", "早")
    load(etl, tmp_path, *page, room="prodarch", date="2031-01-05")
    assert query(db, rows) == before
    assert query(db, "select count(*) from changed_days") == [(0,)]


def test_a_killed_load_is_made_good_by_the_next(
    etl: Command, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(etl, tmp_path, message("07:00:00", BIRD, WORDS), date="2031-02-01")
    page = write_page(tmp_path, message("07:05:00", WANG, quote(GROUP_LIN, WORDS)))

    def killed(*_: object) -> float:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("etl.finish.finish", killed)
        assert etl("load", page).code == 130
    assert query(db, "select count(*) from changed_days") == [(1,)]
    assert etl("load", page).code == 0
    assert names_of(db, BIRD) == {BIRD, GROUP_LIN}


# why


def test_explain(etl: Command, db: Path) -> None:
    etl("load", "--sample", "-q")
    out = etl("people", "explain", "ledger_bird").out
    assert out.splitlines()[:2] == [
        "钟平衡-海岚支付-账务-武汉",
        "钟平衡 · 海岚支付 · 账务 · 武汉",
    ]
    assert "+6.0  quoted 1 time with words of ledger_bird" in out
    assert "wrote 23 messages under it" in out


def test_nobody_of_that_name(etl: Command, db: Path) -> None:
    etl("load", "--sample", "-q")
    result = etl("people", "explain", "周叙")
    assert (result.code, result.out) == (1, "")
    assert "nobody is called '周叙'; there are 周叙白" in result.err


def test_summary(etl: Command, db: Path) -> None:
    etl("load", "--sample", "-q")
    assert etl("people").out == (
        "33 people: 33 speakers' names, 46 names in all;"
        " 17 of 17 mentions and 23 of 24 quotes resolved\n"
    )


# hostile pages


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("sample") / "chats.db"
    assert run("etl", ["load", "--sample", "-q", "--db", str(path)]) == 0
    with open_read_only(path) as connection:
        yield connection


@given(st.text(max_size=60))
@example("?")
@example("&amp;")
@example('a"b*')
def test_any_text_can_be_looked_for(sample: sqlite3.Connection, text: str) -> None:
    search = reader.Search(1, phrase_of(text), "", "9999-12-31", None)
    candidates = reader.quote_candidates(sample, search)
    for way in (Pool.exact, Pool.less_exact, Pool.begun):
        fits = way(Pool(candidates), text)
        found = fits.newest("", ("9999-12-31", 0))
        assert found is None or found.message_id in {one.message_id for one in candidates}


def test_every_text_is_found_letter_for_letter(sample: sqlite3.Connection) -> None:
    texts = sample.execute(
        "select m.id, d.room_id, m.text from messages m join days d on d.id = m.day_id"
        " where m.kind = 'text'"
    ).fetchall()
    for message_id, room_id, text in texts:
        phrase = phrase_of(text)
        search = reader.Search(room_id, phrase, "", "9999-12-31", terms_of(text, phrase))
        found = reader.quote_candidates(sample, search)
        assert message_id in {one.message_id for one in found}, text
    assert any(terms_of(text, phrase_of(text)) for *_, text in texts)


SAID = "大家都在说的一段话"
HOSTILE: dict[str, Callable[[int], list[str]]] = {
    "quotes of one text": lambda n: [
        message(
            at(i),
            f"名{i % 9}",
            "大家都在说的一段话" if i % 2 else quote("谁", "大家都在说的一段话"),
        )
        for i in range(n)
    ],
    "quotes that fit nothing": lambda n: [
        message(at(i), f"名{i % 9}", f"今天的分享{i}" if i % 2 else quote("谁", "今天的分享又来了"))
        for i in range(n)
    ],
    "one second, two speakers, one text": lambda n: [
        message("07:00:00", f"名{i % 2}", SAID) for i in range(n)
    ],
    "one second, many speakers, one text": lambda n: [
        message("07:00:00", f"名{i}", SAID) for i in range(n)
    ],
    "one message, many mentions": lambda n: [message("07:00:00", "甲", "@乙 " * n)],
    "one nickname, many names": lambda n: [
        message(at(i), f"四月-{i}号公司", "@四月?早") for i in range(n)
    ],
}


def at(second: int) -> str:
    return f"{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"


@pytest.mark.parametrize("name", HOSTILE)
def test_time_does_not_grow_with_the_square(etl: Command, tmp_path: Path, name: str) -> None:
    def seconds(number: int) -> float:
        page = write_page(tmp_path / str(number), *HOSTILE[name](number))
        result = etl("load", page, "--json", "--db", tmp_path / f"{number}.db")
        return float(json.loads(result.out)["people_seconds"])

    seconds(10)
    assert seconds(4000) < 10 * max(seconds(800), 0.05)
