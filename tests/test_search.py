"""The query language, and what searches find."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.connection import open_read_only
from db.search import run
from db.search.errors import SearchError
from db.search.highlight import spans
from db.search.language import (
    FILTERS,
    HAS,
    KINDS,
    And,
    Filter,
    Not,
    Or,
    Text,
    as_typed,
    parse,
    wanted_texts,
)
from db.text_index import normalize
from db.writable import open_writable
from etl.load import load
from etl.run import LoadOptions
from tests.conftest import SAMPLE
from tests.pages import message, write_page
from tests.test_revisions import Silent


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("协议支付", [Text("协议支付")]),
        ("协议 支付", [Text("协议"), Text("支付")]),
        ('"协议 支付"', [Text("协议 支付")]),
        ("“协议 支付”", [Text("协议 支付")]),
        ("net*", [Text("net", prefix=True)]),
        ("-退款 代扣", [Not(Text("退款")), Text("代扣")]),
        ("--退款", [Text("退款")]),
        ("a OR b", [Or((Text("a"), Text("b")))]),
        ("a b OR c", [Or((And((Text("a"), Text("b"))), Text("c")))]),
        ("a AND b", [Text("a"), Text("b")]),
        ("(a OR b) c", [Or((Text("a"), Text("b"))), Text("c")]),
        ("（a OR b） c", [Or((Text("a"), Text("b"))), Text("c")]),
        ("-(a b)", [Not(And((Text("a"), Text("b"))))]),
        ("ORDER or", [Text("ORDER"), Text("or")]),
        ("T+0 12:30 a-b", [Text("T+0"), Text("12:30"), Text("a-b")]),
        ("http://example.com/a", [Text("http://example.com/a")]),
        ("room:prodarch", [Filter("room", "prodarch", "room:prodarch")]),
        ("from：林秋", [Filter("from", "林秋", "from：林秋")]),
        ('from:"Kevin Wu"', [Filter("from", "Kevin Wu", 'from:"Kevin Wu"')]),
        ("on:2018-05-07", [Filter("on", "2018-05-07", "on:2018-05-07", "2018-05-08")]),
        ("on:2018-12", [Filter("on", "2018-12-01", "on:2018-12", "2019-01-01")]),
        ("since:2018", [Filter("since", "2018-01-01", "since:2018")]),
        ("until:2018", [Filter("until", "", "until:2018", "2019-01-01")]),
        ("HAS:Link", [Filter("has", "link", "HAS:Link")]),
        ("*", [Text("*")]),
        ("- a", [Text("-"), Text("a")]),
        ('"unclosed phrase', [Text("unclosed phrase")]),
    ],
)
def test_what_a_query_means(query: str, parts: list[object]) -> None:
    assert parse(query) == And(tuple(parts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "nothing to search for"),
        ("   ", "nothing to search for"),
        ("form:林秋", "there is no filter form: (there are room:, from:, mentions:"),
        ("from:", 'from: needs a value right behind it, as in from:"Kevin Wu"'),
        ("has:picture", "has:picture is none of image, link, file, emoji, mention, quote"),
        ("kind:voice", "kind:voice is none of text, image"),
        ("on:yesterday", "on:yesterday is no date; write a day, month or year: on:2018-05-07"),
        ("on:2018-02-30", "on:2018-02-30 is no date"),
        ("until:9999", "until:9999 is no date"),
        ("(a", "an opening parenthesis has no closing one"),
        ("a)", "a closing parenthesis has no opening one"),
        ("()", "nothing beside it"),
        ("a OR", "OR, AND or a parenthesis has nothing beside it"),
        ("-(", "nothing beside it"),
        ('""', "nothing between its quotes"),
        ("(" * 60 + "a" + ")" * 60, "more than 15 parentheses"),
        ("a " * 300, "more than 200 words"),
    ],
)
def test_what_is_wrong_is_said(query: str, said: str) -> None:
    with pytest.raises(SearchError) as raised:
        parse(query)
    assert said in str(raised.value)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("search") / "chats.db"
    with open_writable(path, create=True) as connection:
        load(connection, LoadOptions(paths=(SAMPLE,)), Silent())
    with opened(path) as connection:
        yield connection


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with open_read_only(path) as connection:
        run.prepare(connection)
        yield connection


PIECES = [*"代扣支付网aG1 ()\"-*:：'%;,.+😂“”", "OR ", "from:", "has:link ", "on:2018 "]
QUERIES = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)


@settings(max_examples=300, deadline=None)
@given(st.text() | QUERIES)
def test_any_string_is_a_search_or_a_clear_error(sample: sqlite3.Connection, text: str) -> None:
    with suppress(SearchError):
        query = parse(text)
        hits = run.find(sample, query, "newest", 3)
        assert len(hits) <= run.count(sample, query)
        assert run.indexed(sample, query) == run.scan(sample, query)
        run.obstacles(sample, query)
        assert parse(" ".join(map(as_typed, query.nodes)))


FIND: dict[str, list[tuple[str, str, str | None]]] = {
    "prodarch": [("07:00:00", "林秋-青禾银行-产品", "協議支付怎么签约？"),
                 ("07:00:01", "Kevin Wu", "@林秋-青禾银行-产品?看 http://pay.example.com/doc[强]"),
                 ("07:00:02", "山间一壶茶", "ＡＰＩ 的支付协议，在网关里 T+0"),
                 ("07:00:03", "Kevin Wu", "![x](http://img.example.com/20310203_070003.png)"),
                 ("07:00:04", "", "Kevin 撤回了一条消息"),
                 ("07:00:05", "林秋-青禾银行-产品", None)],
    "riskops": [("09:00:00", "Kevin Wu",
                 "「林秋：協議支付怎么签约？」" + " -" * 15 + " 银行 apis 网关"),
                ("09:00:01", "林秋-青禾银行-产品", "[协议支付手册.pdf\n]()")],
}  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    folder = tmp_path_factory.mktemp("small")
    for number, (room, messages) in enumerate(FIND.items()):
        pages = [message(*one) for one in messages]
        write_page(folder, *pages, room=room, date=f"2031-02-0{number + 3}")
    with open_writable(folder / "chats.db", create=True) as connection:
        load(connection, LoadOptions(paths=(folder,)), Silent())
    with opened(folder / "chats.db") as connection:
        yield connection


@pytest.mark.parametrize(
    ("query", "seconds"),
    [
        ("协议支付", "p0 r0 r1"),
        ("协议 支付", "p0 p2 r0 r1"),
        ('"协议 支付"', ""),
        ("付", "p0 p2 r0 r1"),
        ("api", "p2"),
        ("api*", "p2 r0"),
        ("T+0", "p2"),
        ("协议支付 OR 撤回", "p0 p4 r0 r1"),
        ("支付 -签约", "p2 r1"),
        ("-支付", "p1 p3 p4 p5"),
        ("(api OR 签约) 支付", "p0 p2 r0"),
        ("room:riskops", "r0 r1"),
        ("-room:riskops 支付", "p0 p2"),
        ("from:kevin", "p1 p3 r0"),
        ("from:青禾", "p0 p5 r1"),
        ("mentions:林秋", "p1"),
        ("on:2031-02-04", "r0 r1"),
        ("since:2031-02-04", "r0 r1"),
        ("until:2031-02-03", "p0 p1 p2 p3 p4 p5"),
        ("on:2031-02", "p0 p1 p2 p3 p4 p5 r0 r1"),
        ("-on:2031-02-03", "r0 r1"),
        ("since:2031-03", ""),
        ("has:image", "p3"),
        ("has:link", "p1"),
        ("has:file", "r1"),
        ("has:emoji", "p1"),
        ("has:mention", "p1"),
        ("has:quote", "r0"),
        ("kind:notice", "p4"),
        ("kind:missing", "p5"),
        ("host:example.com", "p1"),
        ("host:pay.example.com", "p1"),
        ("host:ay.example.com", ""),
        ("？ OR has:file", "p0 p1 r0 r1"),
        ("from:林秋 -kind:missing 支付", "p0 r1"),
    ],
)
def test_what_is_found(small: sqlite3.Connection, query: str, seconds: str) -> None:
    hits = run.find(small, parse(query), "oldest", None)
    assert " ".join(f"{hit.room[0]}{hit.sent_at[-1]}" for hit in hits) == seconds
    assert run.count(small, parse(query)) == len(hits)


def test_orders(small: sqlite3.Connection) -> None:
    newest = run.find(small, parse("支付"), "newest", 2)
    assert [hit.sent_at for hit in newest] == ["2031-02-04 09:00:01", "2031-02-04 09:00:00"]
    ranked = run.find(small, parse("支付 room:prodarch"), "rank", None)
    assert {hit.sent_at[-1] for hit in ranked} == {"0", "2"}
    with pytest.raises(SearchError, match="--rank needs text"):
        run.find(small, parse("from:kevin"), "rank", None)


def test_counts_by(small: sqlite3.Connection) -> None:
    assert run.count_by(small, parse("支付"), "room") == [("prodarch", 2), ("riskops", 2)]
    by_speaker = run.count_by(small, parse("支付"), "speaker")
    assert by_speaker[0] == ("林秋-青禾银行-产品", 2)
    assert run.count_by(small, parse("支付"), "month") == [("2031-02", 4)]


def test_context_stays_in_the_day(small: sqlite3.Connection) -> None:
    (hit,) = run.find(small, parse("撤回"), "newest", None)
    (group,) = run.around(small, [hit], 2)
    assert [h.sent_at[-1] for h in group] == ["2", "3", "4", "5"]


def test_context_that_overlaps_is_one_group(small: sqlite3.Connection) -> None:
    hits = run.find(small, parse("room:prodarch (怎么 OR 撤回 OR api)"), "newest", None)
    groups = run.around(small, hits, 1)
    assert [[h.sent_at[-1] for h in group] for group in groups] == [["0", "1", "2", "3", "4", "5"]]
    apart = run.around(small, [hits[0], hits[2]], 1)
    assert [[h.sent_at[-1] for h in group] for group in apart] == [["3", "4", "5"], ["0", "1"]]


def test_obstacles(small: sqlite3.Connection) -> None:
    query = parse("支付 from:林秋 room:prodarch has:image")
    assert run.count(small, query) == 0
    found = [(as_typed(o.part), o.without) for o in run.obstacles(small, query)]
    assert found == [("has:image", 1)]


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("用協議支付吗", "协议支付", "用<協議支付>吗"),
        ("协议支付，支付协议", "支付 协议", "<协议支付>，<支付协议>"),
        ("ＡＰＩ网关", "api", "<ＡＰＩ>网关"),
        ("㈱和apis", "api", "㈱和apis"),
        ("㈱和apis", "api*", "㈱和<api>s"),
        ("没有", "-没有 OR 有", "没<有>"),
        ("café", "cafe", "<café>"),
    ],
)
def test_hits_are_marked_on_the_original(text: str, query: str, marked: str) -> None:
    found = spans(text, wanted_texts(parse(query)))
    for start, end in reversed(found):
        text = f"{text[:start]}<{text[start:end]}>{text[end:]}"
    assert text == marked


@pytest.mark.parametrize(
    "query",
    [
        "room:prodarch",
        "from:林",
        "mentions:林",
        "on:2018",
        "since:2018-05",
        "until:2018-05",
        *(f"has:{thing}" for thing in HAS),
        *(f"kind:{kind}" for kind in KINDS),
        "host:mp.weixin.qq.com",
        "支付",
        "？",
        "(from:林 OR -mentions:林)",
    ],
)
def test_what_is_left_out_is_all_the_rest(sample: sqlite3.Connection, query: str) -> None:
    (everything,) = sample.execute("select count(*) from messages").fetchone()
    (notices,) = sample.execute("select count(*) from messages where speaker_id is null").fetchone()
    assert notices > 0
    found = run.count(sample, parse(query))
    assert 0 < found < everything
    assert run.count(sample, parse(f"-{query}")) == everything - found
    assert run.count(sample, parse(f"-(-{query})")) == found
    assert len(run.scan(sample, parse(f"-{query}"))) == everything - found


def test_every_filter_is_tested() -> None:
    (parametrize,) = test_what_is_found.pytestmark  # type: ignore[attr-defined]
    queries = " ".join(query for query, _ in parametrize.args[1])
    assert all(f"{name}:" in queries for name in FILTERS)


@pytest.fixture(scope="module")
def real(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("real") / "chats.db"
    with open_writable(path, create=True) as connection:
        load(connection, LoadOptions(paths=(corpus / "corpus",)), Silent())
    with opened(path) as connection:
        yield connection


def test_any_part_of_a_real_message_is_found_as_a_scan_finds_it(real: sqlite3.Connection) -> None:
    texts = real.execute("select id, text from messages where length(text) > 5").fetchall()
    everything = [(i, normalize(text)) for i, text in texts]
    chance = random.Random(11)
    tried = 0
    while tried < 60:
        _, text = chance.choice(everything)
        start = chance.randrange(len(text) - 1)
        part = text[start : start + chance.randint(1, 6)]
        if all("\u4e00" <= character <= "\u9fff" for character in part):
            tried += 1
            found = run.indexed(real, And((Text(part),)))
            long = {i for i, one in everything if part in one}
            assert found & {i for i, _ in everything} == long, part
