"""The feed of a room: valid Atom whatever people write, the same wherever it is served."""

from __future__ import annotations

import datetime
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from cli.browse.pages.feed import moment
from tests.conftest import Command
from tests.pages import LIN, WANG, message, write_page
from tests.visits import get

ATOM = "{http://www.w3.org/2005/Atom}"
NASTY = "]]> <script>alert(1)</script> &amp; \x01\x0b\x1f\ufffe 😀 \"'"


def feed_of(db: Path, room: str = "team") -> ET.Element:
    answer = get(db, f"chat/{room}/feed.atom")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)


def text(element: ET.Element, name: str) -> str:
    found = element.findall(f"{ATOM}{name}")
    assert len(found) == 1
    return found[0].text or ""


def assert_valid(feed: ET.Element) -> None:
    """What RFC 4287 asks of a feed and of its entries (4.1.1, 4.1.2)."""
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        assert re.fullmatch(r"tag:[a-z0-9.-]+,[0-9]{4}:[A-Za-z0-9._~%/-]+", text(element, "id"))
        assert text(element, "title").strip()
        updated = text(element, "updated")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", updated)
        assert datetime.datetime.fromisoformat(updated.replace("Z", "+00:00")).tzinfo
        for author in element.findall(f"{ATOM}author"):
            assert text(author, "name").strip()
        links = {link.get("rel"): link.get("href") for link in element.findall(f"{ATOM}link")}
        assert "alternate" in links
        assert all((address or "").startswith("http://") for address in links.values())
    assert feed.find(f"{ATOM}author") is not None
    ids = [text(entry, "id") for entry in entries]
    assert len(ids) == len(set(ids))


def test_the_newest_days_come_first(etl: Command, db: Path) -> None:
    etl("load", "-q", "--sample")
    feed = feed_of(db, "prodarch")
    assert_valid(feed)
    entries = feed.findall(f"{ATOM}entry")
    updated = [text(entry, "updated") for entry in entries]
    assert text(feed, "updated") == updated[0] == max(updated) == "2019-03-14T15:13:13+08:00"
    assert text(entries[0], "title") == "2019-03-14: 30 messages"
    assert "周叙白" in text(entries[0], "content")


def test_whatever_people_write(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(
        tmp_path,
        message("07:00:00", f"{LIN}{NASTY}", NASTY),
        message("07:01:00", "", NASTY),
        message("07:02:00", LIN, f"[{NASTY}\n](javascript:alert(1))"),
        message("07:03:00", LIN, f"[{NASTY}\n](http://a.example.com/?a=1&b=2)"),
        message("07:04:00", LIN, f"「{WANG}:{NASTY}」 {'- ' * 15}{NASTY}"),
    )
    etl("load", "-q", tmp_path)
    feed = feed_of(db)
    assert_valid(feed)
    content = text(feed.findall(f"{ATOM}entry")[0], "content")
    assert "]]&gt; &lt;script&gt;alert(1)&lt;/script&gt;" in content
    assert "\ufffd\ufffd\ufffd\ufffd 😀" in content
    assert "<script" not in content
    assert re.findall(r'href="([^"]+)"', content) == ["http://a.example.com/?a=1&amp;b=2"]


def test_a_long_day_tells_how_much_more_there_is(etl: Command, db: Path, tmp_path: Path) -> None:
    written = [message(f"07:00:{at % 60:02}", LIN, f"number {at}") for at in range(57)]
    write_page(tmp_path, *written)
    etl("load", "-q", tmp_path)
    content = text(feed_of(db).findall(f"{ATOM}entry")[0], "content")
    assert "number 49" in content
    assert "number 50" not in content
    assert re.search(r'href="http://localhost/chats/-/chat/team/2031-02-03">and 7 more<', content)


def test_at_most_twenty_days_that_have_messages(etl: Command, db: Path, tmp_path: Path) -> None:
    for day in range(1, 26):
        said = [] if day == 25 else [message("07:00:00", LIN, "早")]
        write_page(tmp_path, *said, date=f"2031-03-{day:02}")
    etl("load", "-q", tmp_path)
    titles = [text(entry, "title") for entry in feed_of(db).findall(f"{ATOM}entry")]
    assert (len(titles), titles[0]) == (20, "2031-03-24: 1 message")


def test_a_room_without_messages(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path)
    etl("load", "-q", tmp_path)
    assert_valid(feed_of(db))


def test_ids_hold_as_a_day_grows_and_do_not_tell_where(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    said = [message("07:00:00", LIN, "早")]
    seen = []
    for at in range(2):
        write_page(tmp_path, *said)
        etl("load", "-q", tmp_path)
        entry = feed_of(db).findall(f"{ATOM}entry")[0]
        seen.append((text(entry, "id"), text(entry, "updated")))
        said.append(message(f"08:0{at}:00", WANG, "早"))
    assert [id_ for id_, _ in seen] == ["tag:wechat-to-sqlite.invalid,2026:team/2031-02-03"] * 2
    assert [updated for _, updated in seen] == ["2031-02-03T07:00:00Z", "2031-02-03T08:00:00Z"]


@pytest.mark.parametrize(
    ("timezone", "offset"),
    [
        ("Asia/Shanghai", "+08:00"),
        ("America/New_York", "-05:00"),
        ("UTC", "Z"),
        (None, "Z"),
        ("Nowhere/Atlantis", "Z"),
        ("../../etc/passwd", "Z"),
    ],
)
def test_moments(timezone: str | None, offset: str) -> None:
    assert moment("2031-02-03 07:35:57", timezone) == f"2031-02-03T07:35:57{offset}"


def test_no_such_room(etl: Command, db: Path) -> None:
    etl("load", "-q", "--sample")
    assert get(db, "chat/nowhere/feed.atom").status_code == 404


def test_a_day_called_so_is_still_a_day(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, message("07:00:00", LIN, "早"), room="feed.atom")
    etl("load", "-q", tmp_path)
    assert get(db, "chat/feed~2Eatom").headers["content-type"].startswith("text/html")
    assert_valid(feed_of(db, "feed~2Eatom"))
