"""The gallery: pictures by month, each once, from here or after a click."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.hostile import PNG
from tests.pages import LIN, message, write_page
from tests.visits import get

HOST = "pics.example.com"


def picture(time: str, name: str) -> str:
    return message(time, LIN, f"![x](http://{HOST}/img/{name})")


def tiles(body: str) -> list[str]:
    return re.findall(r'<a class="tile" href="([^"]+)"', body)


@pytest.fixture
def sample(etl: Command, db: Path) -> Path:
    assert etl("load", "--sample", "-q").code == 0
    return db


@pytest.fixture
def several(etl: Command, db: Path, tmp_path: Path) -> Path:
    """Two rooms, two months; one picture is shown three times, and one is here."""
    write_page(
        tmp_path,
        picture("07:00:00", "one.png"),
        picture("07:00:01", "two.png"),
        picture("07:00:02", "one.png"),
    )
    write_page(tmp_path, picture("08:00:00", "one.png"), room="other")
    write_page(tmp_path, picture("09:00:00", "three.png"), room="other", date="2031-04-30")
    (tmp_path / "img").mkdir()
    (tmp_path / "img" / "two.png").write_bytes(PNG)
    assert etl("load", "-q", tmp_path).code == 0
    return db


def test_the_newest_month_leads_to_the_months_before(several: Path) -> None:
    newest = get(several, "pictures").text
    assert tiles(newest) == ["/chats/-/chat/other/2031-04-30#090000-1"]
    assert 'rel="prev" href="?month=2031-02"' in newest
    assert 'rel="next"' not in newest


def test_a_picture_is_there_once_with_its_number_of_messages(several: Path) -> None:
    body = get(several, "pictures?month=2031-02").text
    day = "/chats/-/chat/team/2031-02-03"
    assert tiles(body) == [f"{day}#070000-1", f"{day}#070001-1"]
    assert "× 3" in body
    assert "2031-02-03 07:00" in body


def test_a_room_alone(several: Path) -> None:
    body = get(several, "pictures?month=2031-02&room=other").text
    assert tiles(body) == ["/chats/-/chat/other/2031-02-03#080000-1"]
    assert "×" not in body
    assert 'href="?month=2031-04&amp;room=other"' in body


def test_only_our_own_pictures_load_unless_asked(several: Path) -> None:
    sources = re.compile(r'<img src="([^"]+)"')
    ours = "/chats/-/picture/two~2Epng"
    plain = get(several, "pictures?month=2031-02")
    assert sources.findall(plain.text) == [ours]
    assert "1 of these is not here" in plain.text
    assert 'href="?month=2031-02&amp;pictures=show"' in plain.text
    assert "img-src 'self';" in plain.headers["content-security-policy"]
    everything = [f"http://{HOST}/img/one.png", ours]
    asked = get(several, "pictures?month=2031-02&pictures=show")
    assert sources.findall(asked.text) == everything
    served = get(several, "pictures?month=2031-02", remote_images=True)
    assert sources.findall(served.text) == everything


def test_what_is_no_picture_is_not_shown_as_one(several: Path, tmp_path: Path) -> None:
    (tmp_path / "img" / "two.png").write_text("<html>not found</html>")
    body = get(several, "pictures?month=2031-02").text
    assert "<img" not in body
    assert "2 of these are not here" in body


def test_a_month_with_very_many_goes_by_key(etl: Command, db: Path, tmp_path: Path) -> None:
    pictures = [picture(f"07:{at // 60:02}:{at % 60:02}", f"{at}.png") for at in range(450)]
    write_page(tmp_path, *pictures)
    etl("load", "-q", tmp_path)
    seen: list[str] = []
    address = "pictures"
    while True:
        body = get(db, address).text
        seen += tiles(body)
        after = re.search(r'rel="next" href="\?(first=[^"]+)"', body)
        if after is None:
            break
        address = f"pictures?{after[1]}"
    assert "401–450 of 450" in body
    assert 'rel="prev" href="?first=team%2F2031-02-03%2F070320-1"' in body
    assert len(seen) == len(set(seen)) == 450


@pytest.mark.parametrize("month", ["2031-13", "1999-01", "0000-00"])
def test_a_month_without_pictures_leads_to_others(several: Path, month: str) -> None:
    answer = get(several, f"pictures?month={month}")
    assert answer.status_code == 200
    assert "no pictures in" in answer.text
    assert re.search(r'rel="(prev|next)"', answer.text)


@pytest.mark.parametrize("asked", ["month=yesterday", "month=2031-02-03", "room=nowhere"])
def test_what_there_is_not(several: Path, asked: str) -> None:
    answer = get(several, f"pictures?{asked}")
    assert answer.status_code == 404
    assert "<li><a href=" in answer.text


def test_no_pictures_at_all(etl: Command, db: Path, tmp_path: Path) -> None:
    write_page(tmp_path, message("07:00:00", LIN, "早"))
    etl("load", "-q", tmp_path)
    assert "no pictures in the archive yet" in get(db, "pictures").text


def test_the_sample_shows_its_own(sample: Path) -> None:
    body = get(sample, "pictures?month=2019-03").text
    assert "/chats/-/picture/20190328_155026~2Epng" in body
    assert "风控与运营" in body
