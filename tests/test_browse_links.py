"""The pages that were shared: how often, by whom first, on which host."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from db.catalog import queries, run_query
from db.connection import open_read_only
from db.links import shared_pages
from tests.conftest import Command
from tests.pages import LIN, WANG, message, write_page
from tests.visits import get

TITLE = "清算 <必读>"


@pytest.fixture
def shared(etl: Command, db: Path, tmp_path: Path) -> Path:
    write_page(
        tmp_path,
        message("07:00:00", WANG, "see http://news.example.com/b and http://paste.example.com/"),
        message("07:10:00", LIN, "http://blog.example.org/a"),
        message("07:20:00", LIN, "[x\n](javascript:alert(1))"),
    )
    written = TITLE.replace("<", "&amp;lt;").replace(">", "&amp;gt;")
    title = f"[{written}\n](http://news.example.com/b)"
    write_page(tmp_path, message("08:00:00", LIN, title), date="2031-02-04")
    assert etl("load", "-q", tmp_path).code == 0
    return db


def titles(body: str) -> list[str]:
    return re.findall(r'<p class="title" dir="auto">(.*?)</p>', body)


def test_the_most_shared_comes_first_with_its_first_share(shared: Path) -> None:
    body = get(shared, "links").text
    assert titles(body)[0].startswith('<a href="http://news.example.com/b" rel="noopener')
    first = body[body.index("2 shares</a>") :]
    message_address, person_address, *_ = re.findall(r'href="([^"]+)"', first)
    assert message_address == "/chats/-/chat/team/2031-02-03#070000-1"
    assert person_address.startswith("/chats/-/person/")
    assert first.index(WANG) < first.index("</li>")


def test_every_share_is_an_address_away(shared: Path) -> None:
    address = re.search(r'href="(/chats/message_links\?link_id=\d+)"', get(shared, "links").text)
    assert address is not None
    rows = get(shared, f"../..{address[1].replace('?', '.json?_shape=array&')}").json()
    assert len(rows) == 2


def test_what_is_no_web_address_is_no_link(shared: Path) -> None:
    body = get(shared, "links").text
    assert "x" in titles(body)
    assert "javascript:" not in body


def test_hosts_narrow(shared: Path) -> None:
    body = get(shared, "links").text
    assert 'href="/chats/-/links?host=news.example.com"' in body
    narrow = get(shared, "links?host=news.example.com").text
    assert len(titles(narrow)) == 1
    assert "/chats/most-shared-links?host=news.example.com" in narrow
    assert 'href="/chats/-/search?q=host%3A%22news.example.com%22"' in narrow
    assert "Nobody shared a page of" in get(shared, "links?host=<b>").text


def test_it_tells_what_the_canned_query_tells(renamed: Path, etl: Command, tmp_path: Path) -> None:
    etl("load", "-q", "--sample")
    with open_read_only(renamed) as connection:
        found = run_query(connection, queries()["most-shared-links"], limit=1000)
        pages = shared_pages(connection, None)
    assert found.of("url", "shares", "first_speaker") == [
        (page.url, page.shares, page.first_speaker) for page in pages
    ]


def test_very_many_come_in_parts(etl: Command, db: Path, tmp_path: Path) -> None:
    urls = " ".join(f"http://host{at}.example.com/" for at in range(1234))
    write_page(tmp_path, message("07:00:00", LIN, urls))
    etl("load", "-q", tmp_path)
    body = get(db, "links").text
    assert "50 of 1,234, the most shared first" in body
    assert "1–200 of 1,234" in body
    after = re.search(r'rel="next" href="(\?first=\d+)"', body)
    assert after is not None
    assert "201–400 of 1,234" in get(db, f"links{after[1]}").text


def test_no_links_at_all(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, message("07:00:00", LIN, "早"))
    etl("load", "-q", tmp_path)
    assert "Nobody shared a page yet" in get(db, "links").text
