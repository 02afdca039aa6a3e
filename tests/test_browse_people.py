"""The pages of a person and of everybody."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from cli.browse.addresses import Addresses
from cli.browse.pages import people as people_page
from db.connection import open_read_only
from db.people.everybody import everybody
from db.profiles import days_of, find_people, find_person, profile
from tests.conftest import Command
from tests.pages import DATE, LATER, LIN, WANG, ZHOU, ZHOU_LATER, ZHOU_QUOTED, message, write_page
from tests.visits import HOME, Seen, visit, visit_one

ADDRESSES = Addresses("/chats", "")
AWKWARD = [
    "..",
    ".",
    "a/b",
    "50%",
    "%2F",
    "~2F",
    "who?",
    "c#",
    "\"quoted\" 'too'",
    "<script>alert(1)</script>",
    "&amp; & <b>",
    "two  words",
    "🎉🎉",
    "a+b",
    "x\\y",
    "{{ 7*7 }}",
    "\u202eright",
    "new",
    "person",
]


def person(path: Path, name: str, asked: str = "") -> Seen:
    return visit_one(path, ADDRESSES.person(name) + asked)


@pytest.fixture
def sample(etl: Command, db: Path) -> Path:
    assert etl("load", "-q", "--sample").code == 0
    return db


@pytest.fixture
def connection(sample: Path) -> Iterator[sqlite3.Connection]:
    with open_read_only(sample) as opened:
        yield opened


def test_every_name_of_a_person_leads_to_them(renamed: Path) -> None:
    pages = [person(renamed, name) for name in (ZHOU, ZHOU_LATER, ZHOU_QUOTED, f" {ZHOU} ")]
    assert [page.status for page in pages] == [200] * 4
    assert len({page.text for page in pages}) == 1
    page = pages[0]
    assert "4 messages" in page.text
    assert "2 days" in page.text
    for name in (ZHOU, ZHOU_LATER, ZHOU_QUOTED):
        assert name in page.text
    assert "1 message," in page.text or "1 message " in page.text
    assert "2 quotes" in page.text
    # why a name is theirs, with the messages that say so
    assert "archive.toml joins it to" in page.text
    assert ADDRESSES.message(f"team/{LATER}/080000-1").rpartition("#")[0] in {
        link.rpartition("#")[0] for link in page.links
    }


def test_what_a_person_does_is_there(renamed: Path) -> None:
    page = person(renamed, ZHOU)
    assert ADDRESSES.person(LIN) in page.links
    assert '<span title="[强]">👍</span>' in page.html
    with open_read_only(renamed) as opened:
        main = find_people(opened, ZHOU)[0].name
    assert ADDRESSES.search(speaker=main, period=LATER) in page.links
    assert ADDRESSES.search(speaker=main) in page.links
    assert ADDRESSES.message(f"team/{LATER}/083000-1") in page.links
    # newest first
    newest = page.html.partition("Newest messages")[2]
    at = [newest.index(f"#{key}") for key in ("083000-1", "072000-1", "070000-1")]
    assert at == sorted(at)


def test_words_come_when_they_are_asked_for(renamed: Path) -> None:
    assert "?words=show#words" in person(renamed, ZHOU).links
    assert "There is no word" in person(renamed, ZHOU, "?words=show").text


@pytest.mark.parametrize("name", ["nobody", "..", "<b>", "' or 1=1 --", "王敏"])
def test_a_name_that_nobody_has_is_missing(renamed: Path, name: str) -> None:
    page = person(renamed, name)
    assert page.status == 404
    assert ADDRESSES.people() in page.links
    assert "<b>" not in page.html
    assert (ADDRESSES.person(WANG) in page.links) == (name == "王敏")


def test_names_with_any_character_lead_to_their_pages(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    said = [message(f"08:{at:02}:00", name, f"hello {at}") for at, name in enumerate(AWKWARD)]
    write_page(tmp_path, *said)
    assert etl("load", "-q", tmp_path).code == 0
    wanted = {ADDRESSES.person(name) for name in AWKWARD}
    for page in visit(db, f"{HOME}/chat/team/{DATE}", ADDRESSES.people()):
        links = page.links_to("/-/person/")
        assert set(links) == wanted
        assert not any(set("?#%\\\"'<> ") & set(link) for link in links)
    for at, name in enumerate(AWKWARD):
        seen = person(db, name)
        assert seen.status == 200
        assert f" hello {at} " in seen.text
        assert "<script" not in seen.html
        assert ADDRESSES.message(f"team/{DATE}/08{at:02}00-1") in seen.links


def test_everybody_is_listed_by_what_they_wrote(
    sample: Path, connection: sqlite3.Connection
) -> None:
    page = visit_one(sample, ADDRESSES.people())
    rows = connection.execute(
        "select p.name, count(*) from messages m join speakers s on s.id = m.speaker_id"
        " join people p on p.id = s.person_id group by p.id order by 2 desc, 1"
    ).fetchall()
    assert page.links_to("/-/person/") == [ADDRESSES.person(name) for name, _ in rows]
    assert [(one.name, one.messages) for one in everybody(connection)] == rows


def test_a_part_of_any_name_finds_somebody(renamed: Path) -> None:
    found = visit_one(renamed, ADDRESSES.people(q="老周"))
    assert len(found.links_to("/-/person/")) == 1
    assert visit_one(renamed, found.links_to("/-/person/")[0]).text.count(ZHOU_QUOTED)
    none = visit_one(renamed, ADDRESSES.people(q="<nobody>"))
    assert none.status == 200
    assert "<nobody>" not in none.html
    assert not none.links_to("/-/person/")


def test_pages_of_people_follow_each_other(
    sample: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_page, "AT_ONCE", 7)
    seen: list[str] = []
    address: str | None = ADDRESSES.people()
    while address:
        page = visit_one(sample, address)
        seen += page.links_to("/-/person/")
        following = re.search(r'rel="next" href="([^"]*)"', page.html)
        address = following and ADDRESSES.people() + unescape(following[1])
    assert seen == [ADDRESSES.person(one.name) for one in everybody(connection)]
    assert visit_one(sample, ADDRESSES.people(first="nobody")).links_to("/-/person/") == seen[:7]


def test_everybody_has_a_page_with_the_figures_of_the_command(
    sample: Path, connection: sqlite3.Connection
) -> None:
    listed = everybody(connection)[:12]
    pages = visit(sample, *(ADDRESSES.person(one.name) for one in listed))
    for one, page in zip(listed, pages, strict=True):
        someone = find_person(connection, one.name)
        assert someone is not None
        found = profile(connection, someone)
        assert page.status == 200
        assert f"{found.person.messages:,} message" in page.text
        for count in (*found.talks_with, *found.mentioned_by):
            assert ADDRESSES.person(count.name) in page.links
        days = {day.date: day.messages for day in days_of(connection, someone) if day.messages}
        assert sum(days.values()) == found.person.messages
        for date in days:
            assert ADDRESSES.search(speaker=one.name, period=date) in page.links


def test_people_talk_with_those_who_write_in_the_same_half_hour(
    connection: sqlite3.Connection,
) -> None:
    sent = connection.execute(
        "select p.name, m.day_id, substr(m.sent_at, 1, 14) || (substr(m.sent_at, 15, 1) >= '3')"
        " from messages m join speakers s on s.id = m.speaker_id join people p"
        " on p.id = s.person_id"
    ).fetchall()
    halves: dict[str, set[tuple[int, str]]] = {}
    for name, *half in sent:
        halves.setdefault(name, set()).add((half[0], half[1]))
    for name, theirs in halves.items():
        someone = find_person(connection, name)
        assert someone is not None
        common = [(-len(theirs & of), who) for who, of in halves.items() if who != name]
        expected = [(who, -n) for n, who in sorted(common)[:5] if n]
        assert [tuple(one) for one in profile(connection, someone).talks_with] == expected
