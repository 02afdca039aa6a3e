"""A search for text finds what a plain scan finds."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.text_index import index_terms, match_phrase, normalize, scan_pattern, scannable


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("代扣", '"代扣"'),
        ("协议支付", '"协议 议支 支付"'),
        ("付", '"付"*'),
        ("使用GPT", '"使用 用 gpt"'),
        ("GPT写", '"gpt 写"*'),
        ("协议 支付", '"协议 议 支付"'),
        ("協議", '"协议"'),
        ("Ｔ＋０", '"t 0"'),
        ('a"b', '"a b"'),
        ("？！", ""),
        ("", ""),
    ],
)
def test_match_strings(text: str, match: str) -> None:
    assert match_phrase(text) == match


def search(texts: list[str], match: str) -> list[int]:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "create virtual table t using fts5(x, content='', tokenize='unicode61 remove_diacritics 2')"
    )
    rows = ((i, index_terms(text)) for i, text in enumerate(texts))
    connection.executemany("insert into t (rowid, x) values (?, ?)", rows)
    found = connection.execute("select rowid from t where t match ? order by 1", [match])
    numbers = [number for (number,) in found]
    connection.close()
    return numbers


def scan(texts: list[str], text: str, prefix: bool) -> list[int]:
    pattern = scan_pattern(text, prefix=prefix)
    assert pattern is not None
    return [i for i, one in enumerate(texts) if pattern.search(scannable(one))]


MIXED = st.text(st.sampled_from("协议支付網网GPTabé12 ，。-_+𠮷"), max_size=14)


@settings(max_examples=300)
@given(st.lists(MIXED, max_size=6), MIXED, st.booleans())
def test_index_and_scan_agree(texts: list[str], text: str, prefix: bool) -> None:
    match = match_phrase(text, prefix=prefix)
    if match:
        assert search(texts, match) == scan(texts, text, prefix)
    else:
        assert scan_pattern(text) is None


@given(st.text(), st.booleans())
def test_any_text_makes_a_valid_match(text: str, prefix: bool) -> None:
    match = match_phrase(text, prefix=prefix)
    if match:
        search([text], match)


def substrings(text: str) -> Iterator[str]:
    yield from (text[i:j] for i in range(len(text)) for j in range(i + 1, len(text) + 1))


@given(st.text(st.sampled_from("协议支付网联𠮷議"), min_size=1, max_size=6))
def test_every_part_of_a_run_is_found(text: str) -> None:
    for part in substrings(text):
        assert search([text], match_phrase(part)) == [0]
        assert normalize(part) in normalize(text)
