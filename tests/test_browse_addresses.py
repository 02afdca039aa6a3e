"""Addresses as people type them, and such as lead nowhere: a helpful page, never an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Command
from tests.visits import get, visit_one


@pytest.fixture
def sample(etl: Command, db: Path) -> Path:
    assert etl("load", "--sample", "-q").code == 0
    return db


def test_a_key_is_an_address(sample: Path) -> None:
    answer = get(sample, "chat/prodarch/2018-09-18/194721-1")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/chats/-/chat/prodarch/2018-09-18#194721-1"
    missing = get(sample, "chat/prodarch/2018-09-18/000000-1")
    assert missing.status_code == 404
    assert "no message has the key prodarch/2018-09-18/000000-1" in missing.text


def test_a_day_may_be_typed_as_one_would_say_it(sample: Path) -> None:
    answer = get(sample, "chat/prodarch/2018-9-18")
    assert answer.headers["location"] == "/chats/-/chat/prodarch/2018-09-18"
    answer = get(sample, "chat/prodarch?date=2018-9-18")
    assert answer.headers["location"] == "/chats/-/chat/prodarch/2018-9-18"


def test_a_day_that_is_not_there_names_its_neighbours(sample: Path) -> None:
    page = visit_one(sample, "/chats/-/chat/prodarch/2018-09-20")
    assert page.status == 404
    assert "产品与架构 has no 2018-09-20 in the archive" in page.text
    assert page.links_to("2018-09-19")
    assert page.links_to("2019-03-14")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("chat/nowhere", "no room is called"),
        ("chat/prodarch/x", "x is no day; one is 2018-05-07"),
        ("chat/prodarch/2018-13-45", "2018-13-45 is no day"),
        ("chat/prodarch/2018-05", "2018-05 is no day"),
        ("chat/prodarch/%00", "is no day"),
        ("chat/prodarch/2018-09-18/x", "no message has the key"),
        ("person/nobody-at-all", "nobody surely has the name"),
        ("pictures?month=2018-13", "2018-13"),
        ("picture/nothing.png", "there is no picture nothing.png here"),
        ("search?period=x", "x is no date"),
        ("search?room=x&q=y", "there is no such room"),
        ("insights?room=x", "there is no room x"),
    ],
)
def test_what_is_not_there_is_said(sample: Path, address: str, said: str) -> None:
    answer = get(sample, address)
    assert answer.status_code in (200, 400, 404)
    assert said in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("address", ["x/y", "chat//2018-09-18", "feed/x", "chat/a/b/c/d"])
def test_what_no_page_is_at_is_not_found(
    sample: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert get(sample, address).status_code == 404
    # not a word of it on the terminal
    assert capsys.readouterr() == ("", "")


def test_a_person_without_a_name_is_everybody(sample: Path) -> None:
    assert "People" in get(sample, "person").text


def test_what_was_searched_for_is_marked_in_quotes_too(sample: Path) -> None:
    page = visit_one(sample, "/chats/-/search?q=说扣就扣")
    assert page.html.count("<mark>说扣就扣</mark>") == 2
