"""Searches that look at a part of an archive find what looking at all of it would."""

from __future__ import annotations

import random
import sqlite3
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.connection import open_read_only
from db.search import counting, rank, run, walk
from db.search.compile import condition, fts_match
from db.search.language import And, Text, parse, wanted_texts
from db.text_index import normalize, with_terms, writings
from db.transcript import (
    context,
    day_messages,
    find_message,
    find_transcript_day,
    latest_days,
    nearest_days,
    room_named,
)
from db.writable import open_writable
from etl.load import load
from etl.run import LoadOptions
from tests.pages import message, write_page
from tests.test_revisions import Silent

SEEDS = range(4)
# the small stretches below hold for all examples
SETTINGS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PEOPLE = ["林秋-青禾银行-产品", "Kevin Wu", "山间一壶茶", ""]
# 付 and 網 are written in several ways; ㊤ and ㍿ become characters that others are, too
WORDS = [
    "支付",
    "付",
    "網關",
    "网",
    "代扣",
    "api",
    "㍿",
    "株",
    "㊤",
    "上",
    "？",
    "http://pay.example.com/a",
]
ORDERS: tuple[run.Order, ...] = ("newest", "oldest")


def write_days(folder: Path, chance: random.Random, dates: list[tuple[str, str]]) -> None:
    """Pages with a few messages each, which a later export has some more of."""
    for room, date in dates:
        size = chance.choice([0, 1, 4, 12])
        times = sorted(f"07:{chance.randrange(4):02}:{chance.randrange(3):02}" for _ in range(size))
        messages = [
            message(
                time, chance.choice(PEOPLE), " ".join(chance.sample(WORDS, chance.randint(1, 3)))
            )
            for time in times
        ]
        write_page(folder, *messages, room=room, date=date)


def make(folder: Path, seed: int) -> Path:
    """An archive whose days were loaded in any order, and some of them again."""
    chance = random.Random(seed)
    days = [(room, f"2031-02-{n:02}") for room in ("one", "two", "三") for n in range(1, 9)]
    with open_writable(folder / "chats.db", create=True) as connection:
        for turn in range(10):
            write_days(folder / str(turn), chance, chance.sample(days, 5))
            load(connection, LoadOptions(paths=(folder / str(turn),)), Silent())
    return folder / "chats.db"


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with open_read_only(path) as connection:
        run.prepare(connection)
        yield connection


@pytest.fixture(scope="module", params=SEEDS)
def archive(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sqlite3.Connection]:
    with opened(make(tmp_path_factory.mktemp("walk"), request.param)) as connection:
        yield connection


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretches of which an archive of a hundred messages has many."""
    for module, name, value in [
        (walk, "FIRST", 3), (walk, "GROWTH", 2), (walk, "NEAR", 12), (walk, "MOST", 5),
        (walk, "GAP", 2), (counting, "SAMPLE", 6),
    ]:  # fmt: skip
        monkeypatch.setattr(module, name, value)


PARTS = st.sampled_from(
    [
        *WORDS, "支付 代扣", '"支付 代扣"', "網 OR 付", "-付", "-api", "(付 OR has:link)", "ap*",
        "room:one", "-room:三", "from:林", "-from:kevin", "kind:notice", "has:link",
        "host:example.com", "since:2031-02-04", "until:2031-02-05", "on:2031-02-03",
        "(on:2031-02-02 OR room:two)", "(from:林 OR 代扣)",
    ]
)  # fmt: skip
QUERIES = st.lists(PARTS, min_size=1, max_size=3).map(" ".join).map(parse)


def all_hits(connection: sqlite3.Connection, query: And, order: run.Order) -> list[int]:
    """What is found, sorted in one statement: another way to the same."""
    sql, parameters = condition(query)
    direction = "desc" if order == "newest" else "asc"
    rows = connection.execute(
        f"select m.id from messages m where {sql} order by m.sent_at {direction}, m.id {direction}",
        parameters,
    )
    return [id_ for (id_,) in rows]


def test_ids_do_not_follow_time(archive: sqlite3.Connection) -> None:
    by_time = archive.execute("select id from messages order by sent_at, id").fetchall()
    assert len(by_time) > 50
    assert by_time != sorted(by_time)
    (scattered,) = archive.execute(
        "select count(*) from days where last_message_id - first_message_id >= 2 * messages"
    ).fetchone()
    assert scattered > 0


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(QUERIES, st.sampled_from(ORDERS), st.integers(0, 30), st.integers(0, 120))
def test_the_first_hits_are_those_of_sorting_all(
    archive: sqlite3.Connection, query: And, order: run.Order, limit: int, after: int
) -> None:
    everything = all_hits(archive, query, order)
    assert {*everything} == run.scan(archive, query)
    found = run.find(archive, query, order, limit)
    assert [hit.id for hit in found] == everything[:limit]
    if everything:
        start = after % len(everything)
        behind = run.stretch(archive, query, run.Stretch(order, limit, everything[start]))
        assert [hit.id for hit in behind] == everything[start + 1 :][:limit]


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(QUERIES, st.integers(1, 60))
def test_counts_are_those_of_counting_all(
    archive: sqlite3.Connection, query: And, most: int
) -> None:
    everything = len(all_hits(archive, query, "newest"))
    assert run.count(archive, query) == everything
    assert run.count(archive, query, most) == min(everything, most)
    assert run.counts(archive, query).total == everything
    assert sum(number for _, number in run.count_by(archive, query, "month")) == everything


def test_going_on_behind_any_message(archive: sqlite3.Connection) -> None:
    for order in ORDERS:
        every = all_hits(archive, parse("-xyz"), order)
        hits = all_hits(archive, parse("付"), order)
        for start, id_ in enumerate(every):
            behind = run.stretch(archive, parse("付"), run.Stretch(order, 3, id_))
            assert [hit.id for hit in behind] == [h for h in every[start + 1 :] if h in hits][:3]


def test_every_character_that_becomes_another_is_a_writing_of_it() -> None:
    others: dict[str, set[str]] = {}
    for code in range(sys.maxunicode + 1):
        for plain in normalize(chr(code)) if not 0xD800 <= code < 0xE000 else "":
            others.setdefault(plain, set()).add(chr(code))
    tried = 0
    for character, written in others.items():
        if found := writings(character):
            tried += 1
            assert set(found) == written, character
    assert tried > 50_000
    assert "協" in writings("协")
    assert {*"㍿株"} <= {*writings("株")}


def test_only_one_ideograph_has_writings() -> None:
    for text in ("支付", "か", "가", "a", "？", "", "付a", "付 a"):
        assert writings(text) == []
    for text in ("付", "付？", " 協"):
        assert writings(text)


def test_nothing_joins_ideographs_to_what_stands_beside_them() -> None:
    marks = [chr(c) for c in range(0x20000) if unicodedata.combining(chr(c))]
    for mark in marks:
        assert "付" in normalize(f"付{mark}")
        assert "上" in normalize(f"㊤{mark}")


def statements(connection: sqlite3.Connection, query: str, order: run.Order) -> list[str]:
    """What a search asks SQLite, with values in their places."""
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    run.find(connection, parse(query), order, 3)
    run.count(connection, parse(query), 20)
    connection.set_trace_callback(None)
    return [sql for sql in asked if sql.startswith("select")]


@pytest.mark.parametrize("order", [*ORDERS, "rank"])
@pytest.mark.parametrize(
    "query",
    ["支付", "支付 代扣", "支付 OR api", "支付 -api", "支付 from:林", "支付 since:2031-02-04"],
)
def test_no_text_search_reads_all_messages(
    archive: sqlite3.Connection, query: str, order: run.Order
) -> None:
    asked = statements(archive, query, order)
    assert asked
    for sql in asked:
        plan = [row[3] for row in archive.execute(f"explain query plan {sql}")]
        assert not {"SCAN m", "SCAN messages"} & {*plan}, (sql, plan)


def test_a_day_and_a_message_are_read_without_all_others(archive: sqlite3.Connection) -> None:
    asked: list[str] = []
    archive.set_trace_callback(asked.append)
    room = room_named(archive, "one")
    day = latest_days(archive, "one", 3)[0]
    nearest_days(archive, room, day.date)
    found = find_transcript_day(archive, room, day.date)
    assert found is not None
    place = find_message(archive, day_messages(archive, found.id)[0].key)
    assert place is not None
    context(archive, place, 3)
    archive.set_trace_callback(None)
    for sql in asked:
        plan = [row[3] for row in archive.execute(f"explain query plan {sql}")]
        assert not {"SCAN m", "SCAN messages"} & {*plan}, (sql, plan)


def test_characters_are_looked_for_where_they_are_frequent(archive: sqlite3.Connection) -> None:
    assert any("instr(m.text" in sql for sql in statements(archive, "付", "newest"))


def test_of_many_hits_the_newest_are_ranked(
    archive: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for query in map(parse, ("api", "付", "api -代扣", "支付 OR api", "付 from:林")):
        everything = run.ranked(archive, query, None).hits
        assert run.ranked(archive, query, 1000) == (everything, None)
        monkeypatch.setattr(run, "RANKED", len(everything) // 2)
        ranked, since = run.ranked(archive, query, 1000)
        assert since is not None
        # the weights are those of the whole archive, so that the order stays
        assert ranked == [hit for hit in everything if hit.sent_at >= since.value]
        assert ranked == run.ranked(archive, run.narrowed(query, since), None).hits
        assert len(everything) // 2 <= len(ranked) < len(everything)
        assert run.ranked(archive, query, None).hits == everything
        monkeypatch.undo()


def by_bm25(connection: sqlite3.Connection, query: And) -> dict[int, float]:
    """What FTS5 says of the relevance of all that a search of nothing but text finds."""
    sql = "select rowid, -bm25(messages_fts) from messages_fts where messages_fts match ?"
    return dict(connection.execute(sql, [fts_match(query)]))


# No AND inside an OR: there bm25() at times leaves out a text that the message has (SQLite 3.40).
ONE_TEXT = st.sampled_from(
    ["支付", "付", "網", "上", "㍿", "api", "ap*", "付网", '"支付 代扣"', "http"]
)
EITHER = st.lists(ONE_TEXT, min_size=1, max_size=3).map(lambda words: f"({' OR '.join(words)})")
TEXTS = st.lists(EITHER, min_size=1, max_size=3).map(" ".join).map(parse)


@settings(SETTINGS, max_examples=150)
@given(TEXTS)
def test_messages_that_are_read_weigh_what_fts5_says(
    archive: sqlite3.Connection, query: And
) -> None:
    expected = by_bm25(archive, query)
    hits = {text: run.count(archive, And((text,))) for text in wanted_texts(query)}
    assert rank.weights_by_reading(archive, query, expected, hits) == pytest.approx(expected)


@settings(SETTINGS, max_examples=50)
@given(st.lists(st.text("付支付 aAéｂ，", max_size=200), min_size=1, max_size=8))
def test_texts_of_any_length_weigh_what_fts5_says(texts: list[str]) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table messages (id integer primary key, text text)")
        connection.execute(
            "create virtual table messages_fts using"
            " fts5(terms, content='', tokenize=\"unicode61 remove_diacritics 2\")"
        )
        numbered = list(enumerate(texts, 1))
        connection.executemany("insert into messages values (?, ?)", numbered)
        connection.executemany(
            "insert into messages_fts (rowid, terms) values (?, ?)", with_terms(numbered)
        )
        connection.commit()
        for query in map(parse, ("付", "支付", "付付", "a*", "aa OR 付支", "é 付")):
            expected = by_bm25(connection, query)
            hits = {text: len(by_bm25(connection, And((text,)))) for text in wanted_texts(query)}
            if expected:
                weights = rank.weights_by_reading(connection, query, expected, hits)
                assert weights == pytest.approx(expected)


@pytest.mark.parametrize("query", ["api", "付", "(支付 OR api) from:林", "付 -代扣"])
def test_frequent_texts_are_ranked_as_rare_ones(
    archive: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    expected = run.find(archive, parse(query), "rank", 1000)
    monkeypatch.setattr(rank, "FEW", 0)
    monkeypatch.setattr(counting, "SAMPLE", 1000)
    assert run.find(archive, parse(query), "rank", 1000) == expected


def test_what_was_gathered_is_found_by_days(archive: sqlite3.Connection, monkeypatch: Any) -> None:
    monkeypatch.setattr(walk, "NEAR", 1)
    monkeypatch.setattr(walk, "MOST", 1)
    for character in "付株上网":
        query = And((Text(character),))
        found = run.find(archive, query, "newest", 1000)
        assert [hit.id for hit in found] == all_hits(archive, query, "newest")
