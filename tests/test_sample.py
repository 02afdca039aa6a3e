"""The sample that is shipped: a small archive in which everything occurs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SAMPLE, Command, query


@pytest.fixture
def sample(etl: Command, db: Path) -> Path:
    result = etl("load", "--sample")
    assert (result.code, result.err) == (0, "")
    return db


def test_rooms_days_and_messages(sample: Path) -> None:
    rooms = query(sample, "select room_id, count(*), sum(messages) from days group by 1")
    assert len(rooms) >= 3
    assert all(days >= 8 for _, days, _ in rooms)
    assert sum(messages for *_, messages in rooms) >= 600
    titles = query(sample, "select title, timezone from rooms")
    assert all(title and timezone == "Asia/Shanghai" for title, timezone in titles)


def test_every_kind_and_family_occurs(sample: Path) -> None:
    kinds = {kind for (kind,) in query(sample, "select distinct kind from messages")}
    assert kinds == {"text", "image", "link", "file", "notice", "missing"}
    for table in ("quotes", "mentions", "message_emoji", "message_links", "message_images"):
        assert query(sample, f"select count(*) from {table}") > [(10,)]
    assert query(sample, "select count(*) from days where presenter is not null") > [(3,)]
    assert query(sample, "select count(*) from days where messages = 0") > [(0,)]


def test_all_four_eras_and_three_depths_occur(sample: Path) -> None:
    assert query(sample, "select distinct escape_depth from sources order by 1") == [
        (0,),
        (1,),
        (2,),
    ]
    marks = {
        "A": "select 1 from days where front_matter like '%header-img%'",
        "B": "select 1 from days where front_matter like '%lines:%' and date < '2018-07'",
        "C": "select 1 from days where front_matter like '%author:     None%'",
        "D": "select 1 from messages where body like '[&amp;lt;a href=%'",
    }
    for era, sql in marks.items():
        assert query(sample, sql), era


def test_its_pictures_are_there(sample: Path) -> None:
    names = {name for (name,) in query(sample, "select name from images")}
    files = {path.name for path in SAMPLE.joinpath("img").iterdir()}
    assert len(files) >= 12
    assert files <= names


def test_what_it_says_is_read_well(sample: Path) -> None:
    # two people typed it
    assert query(sample, "select count(*) from messages where text like '%&amp;%'") == [(2,)]
    assert query(sample, "select count(*) from messages where text like '%&lt;%'") == [(0,)]
    equal = (
        "select count(*) from quotes q where exists (select 1 from messages m"
        " where m.text = q.text)"
    )
    assert query(sample, equal) >= [(20,)]
