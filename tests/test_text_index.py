"""The full-text index: exact in Chinese, under SQLite's own tokenizer."""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.text_index import index_terms, index_terms_of, normalize
from db.text_index.terms import CJK


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("协议支付", "协议 议支 支付 付"),
        ("付", "付"),
        ("使用GPT写", "使用 用 gpt 写"),
        ("協議支付", "协议 议支 支付 付"),
        ("ＡＢＣ　１２", "abc 12"),
        ("薴", "苎"),
        ("こんにちは", "こん んに にち ちは は"),
        ("𠮷野家", "𠮷野 野家 家"),
        ("", ""),
    ],
)
def test_terms(text: str, terms: str) -> None:
    assert index_terms(text).split() == terms.split()


@pytest.mark.parametrize("length", [99_999, 100_000, 100_001, 100_002, 200_001, 300_000])
def test_a_giant_run_has_the_terms_of_any_other(length: int) -> None:
    run = ("协议支付网联" * (length // 6 + 1))[:length]
    expected = [*map("".join, pairwise(run)), run[-1]]
    assert index_terms(run).split() == expected
    assert index_terms_of([run, "a", run])[2].split() == expected


@given(st.text())
def test_normal_text_is_normal(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)


def test_unicode61_takes_every_cjk_character_for_a_letter() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "create virtual table t using fts5(x, tokenize='unicode61 remove_diacritics 2')"
    )
    connection.execute("create virtual table v using fts5vocab(t, 'instance')")
    ranges = re.findall("(.)-(.)", CJK)
    characters = [chr(c) for first, last in ranges for c in range(ord(first), ord(last) + 1)]
    rows = ((ord(c), c) for c in characters)
    connection.executemany("insert into t (rowid, x) values (?, ?)", rows)
    found = dict(connection.execute("select doc, term from v"))
    assert found == {ord(c): c for c in characters}
    connection.close()


WORDS = st.text(st.sampled_from("协议支付网联协議GPT ，。a1𠮷"), max_size=14)
RUNS = st.text(st.sampled_from("协议支付网联議𠮷"), min_size=1, max_size=5)


@given(st.lists(WORDS, max_size=6), RUNS)
def test_a_run_of_chinese_is_found_exactly_where_it_stands(texts: list[str], run: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "create virtual table t using fts5(x, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    rows = ((i, index_terms(text)) for i, text in enumerate(texts))
    connection.executemany("insert into t (rowid, x) values (?, ?)", rows)
    pairs = index_terms(run).split()
    phrase = f'"{pairs[0]}"*' if len(run) == 1 else f'"{" ".join(pairs[:-1])}"'
    found = connection.execute("select rowid from t where t match ? order by 1", [phrase])
    plain = [i for i, text in enumerate(texts) if normalize(run) in normalize(text)]
    assert [i for (i,) in found] == plain
    connection.close()


def test_the_table_maps_characters_one_to_one() -> None:
    assert normalize("龍門陣") == "龙门阵"
    assert unicodedata.is_normalized("NFKC", normalize("㈱龍"))


USUAL = st.text(
    st.sampled_from("协议支付網GPTabé12 ，。？！：（）“”…—～·-_+@[]😀ＡＢ㈱\u0301\u3000"),
    max_size=20,
)


@given(st.lists(USUAL | st.text()))
def test_all_at_once_they_are_the_same(texts: list[str]) -> None:
    one_by_one = [index_terms(text).split() for text in texts]
    assert [terms.split() for terms in index_terms_of(texts)] == one_by_one
