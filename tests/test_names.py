"""What a name says of its bearer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.people.names import Reading, read_names
from tests.labelled_names import labelled, score

# What names are made of, so that generated ones reach the rules.
PIECES = (
    "林望秋 Kevin 青禾 青禾银行 木石科技 支付 产品经理 PM 上海 BJ 深圳市 京 安康 一壶茶 ? ?? 2? X İ"
)
SEPARATORS = [
    "-",
    "－",
    "—",
    "_",
    "|",
    "～",
    "/",
    "·",
    "、",
    "，",
    " ",
    "@",
    "+",
    "++",
    "(",
    "）",
    "",
]
NAMES = st.lists(
    st.sampled_from(PIECES.split()) | st.sampled_from(SEPARATORS) | st.text(max_size=3), max_size=9
).map("".join)


def read(name: str, *others: str) -> Reading:
    return read_names([name, *others])[name]


def test_labelled_names_are_read_as_people_read_them() -> None:
    right, total, wrong = score()
    listed = "\n".join(wrong)
    assert total == 600
    assert right >= 0.95 * total, f"{right} of {total} fields are right, not these:\n{listed}"


def test_no_label_names_a_part_that_is_not_there() -> None:
    for name, nickname, company, role, _ in labelled():
        for field in (nickname, company, role):
            assert field is None or field in name.replace("?", "")


@pytest.mark.parametrize(
    ("name", "personal"),
    [
        ("林秋", "林秋"),
        ("林望秋-青禾银行-产品-上海", "林望秋"),
        ("上海-青禾银行-欧阳听雨", "欧阳听雨"),
        ("司马青", "司马青"),
        ("贺南山Gary", "贺南山"),
        ("Mia(黄小舟)", "黄小舟"),
        ("程野??", "程野"),
        ("四月的雨", None),
        ("山间一壶茶", None),
        ("Kevin Wu", None),
        ("石头", None),
        ("林总", None),
        ("林先生", None),
        ("阿林", None),
        ("林", None),
        ("我", None),
        ("云南", None),
        ("方科技", None),
    ],
)
def test_personal_names(name: str, personal: str | None) -> None:
    assert read(name).personal == personal


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("林秋 - 青禾--产品｜上海", ("林秋", "青禾", "产品", "上海")),
        ("程野??～云帆?～PM", ("程野", "云帆", "PM")),
        ("程野?云帆?PM", ("程野", "云帆", "PM")),
        ("Kevin Wu-ping++-QA", ("Kevin Wu", "ping++", "QA")),
        ("Mia(黄小舟)", ("Mia", "黄小舟")),
        ("(??)", ()),
        ("", ()),
    ],
)
def test_parts(name: str, parts: tuple[str, ...]) -> None:
    assert read(name).parts == parts


def test_other_names_tell_what_a_part_is() -> None:
    assert read("薄荷-南洲").company is None
    assert read("薄荷-南洲", "林秋-南洲-产品").company == "南洲"
    assert read("薄荷-南洲", "林秋-南洲银行").company == "南洲"
    assert read("薄荷-南洲PM深圳").company is None
    assert read("薄荷-南洲PM深圳", "林秋-南洲-产品")[1:4] == ("南洲", "PM", "深圳")
    # a name alone stays the person's
    assert read("南洲", "林秋-南洲-产品").nickname == "南洲"


def test_what_nothing_tells_is_left_open() -> None:
    assert read("薄荷-远洋-启航-PM")[:4] == ("薄荷", None, "PM", None)
    assert read("云上-风里-沙洲")[:4] == ("云上", None, None, None)
    assert read("薄荷-互金-产品").company is None


@given(st.lists(NAMES, max_size=8), st.randoms(use_true_random=False))
def test_order_changes_nothing(names: list[str], order: random.Random) -> None:
    names += [one.name for one in labelled()[:20]]
    shuffled = [*names, *names[:2]]
    order.shuffle(shuffled)
    assert read_names(shuffled) == read_names(names)


@given(st.lists(st.text() | NAMES, max_size=5))
def test_any_text_is_read(names: list[str]) -> None:
    readings = read_names(names)
    assert readings.keys() == set(names)
    for reading in readings.values():
        assert all(part and "?" not in part for part in reading.parts)
        assert all(field is None or field.strip() for field in reading[:5])


def dashes(size: int) -> str:
    return "林-" * (size // 2)


def words(size: int) -> str:
    return "a " * (size // 2)


def roles(size: int) -> str:
    return "支付产品" * (size // 4)


def short_parts(size: int) -> str:
    return "青禾银行产品经理 " * (size // 9)


def lost(size: int) -> str:
    return "林?2?" * (size // 4)


def pluses(size: int) -> str:
    return "+" * size + "a"


def companies(size: int) -> str:
    return "银行" * (size // 2)


def commas(size: int) -> str:
    return "林" + " ·" * (size // 2) + "秋"


LONG = [dashes, words, roles, short_parts, lost, pluses, companies, commas]


@pytest.mark.parametrize("long", LONG)
def test_long_names_take_no_square(long: Callable[[int], str]) -> None:
    def seconds(size: int) -> float:
        name = long(size)
        started = time.perf_counter()
        read(name)
        return time.perf_counter() - started

    seconds(1000)
    # sixteen times as much: linear would be 16, the square 256
    assert seconds(160_000) < 80 * max(seconds(10_000), 0.002)


@pytest.mark.parametrize("sign", ["\u202e", "\ufeff", "\u200b", "\x7f", "\x00", "\ufe0f"])
def test_signs_that_nobody_sees_change_no_reading(sign: str) -> None:
    name = "林望秋-青禾银行-产品-上海"
    hidden = f"{sign}林望{sign}秋-青禾银行{sign}-产品-上海{sign}"
    readings = read_names([name, hidden])
    assert readings[hidden] == readings[name]


@pytest.mark.parametrize("name", ["林望秋青禾银行 项目总监", "林秋产品青禾银行", "林望秋-公司"])
def test_no_company_is_invented(name: str) -> None:
    assert read_names([name])[name].company is None
