"""What must hold for every page, whatever its bytes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.records import PageRecord
from etl.sources.errors import PageError
from etl.sources.wechat_markdown import parse_page, render_page
from tests.pages import DATE, FRONT_MATTER, message, page

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
LINE = TEXT.map(lambda text: text.replace("\n", " ").replace("\r", " "))
TIME = st.times().map(lambda t: t.strftime("%H:%M:%S"))
BODY = st.none() | TEXT
PIECES = st.lists(
    st.sampled_from(
        [
            b"---\n",
            b"> 07:35:57  ",
            b"> 25:61:00  ",
            b"> 7:5:1 x",
            b"   \n",
            b"\n",
            b"\r\n",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\x00",
            b"&amp;lt;",
            b"&#0;",
            b"date: 2031-02-03\n",
            b"date: 2031-02-04\n",
            b"tag:\t\t  [chat]\n",
            b'title: "x\n',
            b"![](http://example.com/a.png) \n",
            b"[a\n]()",
            b"[a\n](http://example.com)",
            "林秋-青禾银行  \n".encode(),
            "「 林秋: 好 」 - - - - - - - - - - - - - - - 行".encode(),
        ]
    )
    | st.binary(max_size=12),
    max_size=30,
)


@given(st.lists(st.tuples(TIME, LINE, BODY), max_size=8))
def test_any_text_comes_back_byte_for_byte(written: list[tuple[str, str, str | None]]) -> None:
    content = page(*(message(*one) for one in written)).encode()
    assert render_page(parse_page(content, DATE)) == content


@given(PIECES.map(b"".join))
def test_any_bytes_come_back_or_are_refused_as_a_whole(content: bytes) -> None:
    try:
        record = parse_page(content, DATE)
    except PageError:
        return
    assert render_page(record) == content
    _assert_sound(record)


@given(st.lists(st.tuples(TIME, LINE, BODY), max_size=5), st.booleans())
def test_line_ends_and_byte_order_mark_come_back(
    written: list[tuple[str, str, str | None]], marked: bool
) -> None:
    content = page(*(message(*one) for one in written)).replace("\r", "").replace("\n", "\r\n")
    encoded = (b"\xef\xbb\xbf" if marked else b"") + content.encode()
    record = parse_page(encoded, DATE)
    assert record.newline == "\r\n"
    assert record.byte_order_mark == marked
    assert render_page(record) == encoded


@given(st.binary(min_size=1, max_size=20).filter(lambda b: b"\n" not in b))
def test_damage_costs_only_the_message_it_is_in(damage: bytes) -> None:
    before, after = message("07:00:00", "甲", "早"), message("07:00:02", "丙", "好")
    broken = message("07:00:01", "乙", "BROKEN").encode().replace(b"BROKEN", b"\xff" + damage)
    content = page(before).encode() + broken + after.encode()
    record = parse_page(content, DATE)
    assert [m.text for m in record.messages] == ["早", "好"]
    assert [r.content for r in record.rejects] == [broken]


def _assert_sound(record: PageRecord) -> None:
    positions = [m.position for m in record.messages]
    places = sorted(positions + [r.position for r in record.rejects if r.position])
    assert places == list(range(1, len(places) + 1))
    for one in record.messages:
        assert one.first_line <= one.last_line
        assert (one.kind == "notice") == (not one.speaker)
        assert "\x00" not in one.text


@pytest.mark.parametrize(
    "unit",
    [
        "&amp;",
        "[",
        "「 a: ",
        "> ",
        "---\n",
        "   \n",
        "@a ",
        "http://",
        "&#",
        "![](",
        " - - - - - -",
    ],
)
def test_time_grows_with_the_size_alone(unit: str) -> None:
    """Hostile repetition: sixteen times the bytes take nowhere near the square of it."""

    def seconds(size: int) -> float:
        body = unit * (size // len(unit))
        content = (
            FRONT_MATTER.format(date=DATE, lines=1) + message("07:00:00", "甲", body)
        ).encode()
        best = float("inf")
        for _ in range(3):
            started = time.perf_counter()
            parse_page(content, DATE)
            best = min(best, time.perf_counter() - started)
        return best

    assert seconds(1_600_000) < 64 * max(seconds(100_000), 0.0005)
