"""The search page."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from datasette.app import Datasette

from db.connection import open_read_only
from db.search import run
from db.search.language import parse
from tests.conftest import Command
from tests.pages import DATE, LIN, WANG, ZHOU, ZHOU_LATER, message, write_page

HIT = re.compile(r'<article class="hit[^"]*" id="(hit-[0-9]+)">(.*?)</article>', re.DOTALL)
COUNT = re.compile(
    r'<li><a href="([^"]+)"[^>]*>(?:<bdi>|<b>|)([^<]*)(?:</bdi></a>|</b></a>|) ?<s[a-z]+>([0-9,]+)<'
)
HOSTILE_ROOM = """a "b' %2F?#&+<i>~.."""
HOSTILE_NAME = """<script>alert(1)</script> "q' %41?#&+=/..~2F😀\u202e"""


class Search:
    """The search page of an archive, as a browser without scripts gets it."""

    def __init__(self, path: Path):
        self.datasette = Datasette([str(path)])
        self.path = f"/{path.stem}/-/search"

    def get(self, address: str) -> Any:
        """What Datasette answers."""
        return asyncio.run(self.datasette.client.get(address))

    def open(self, address: str = "", **arguments: str) -> Page:
        """The search of an address, or with arguments."""
        response = self.get(address or f"{self.path}?{urlencode(arguments)}")
        return Page(response.status_code, response.text)


class Page:
    """A page of the search."""

    def __init__(self, status: int, text: str):
        self.status, self.text = status, text
        self.hits = dict(HIT.findall(text))

    @property
    def total(self) -> int:
        """How many messages its heading says there are."""
        found = re.search(r"<h1>([0-9,]+) messages?</h1>", self.text)
        assert found, self.text
        return int(found[1].replace(",", ""))

    @property
    def places(self) -> list[str]:
        """Where its hits stand, in their order."""
        return [self._first('<h2><a href="([^"]+)"', hit) for hit in self.hits.values()]

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """What it can be narrowed to: address, text and number."""
        _, _, counts = self.text.partition('<aside class="counts"')
        return [
            (html.unescape(address), html.unescape(text), int(number.replace(",", "")))
            for address, text, number in COUNT.findall(counts)
        ]

    @property
    def failure(self) -> list[str]:
        """What it says is wrong."""
        found = re.findall('<p class="failure"[^>]*>(?:<bdi>)?(.*?)(?:</bdi>)?</p>', self.text)
        return [html.unescape(line) for line in found]

    @property
    def box(self) -> str:
        """What stands in the search box."""
        return html.unescape(self._first(r'name="q"[^>]*value="([^"]*)"', self.text))

    @property
    def hidden(self) -> dict[str, str]:
        """What stays when something else is typed."""
        found = re.findall('<input type="hidden" name="([^"]+)" value="([^"]*)">', self.text)
        return {name: html.unescape(value) for name, value in found}

    def link(self, text: str) -> str:
        """The address of the link with that text; empty if there is none."""
        found = re.search(f'<a [^>]*href="([^"]+)"[^>]*>{re.escape(text)}</a>', self.text)
        return html.unescape(found[1]) if found else ""

    @staticmethod
    def _first(pattern: str, text: str) -> str:
        found = re.search(pattern, text)
        assert found, text
        return html.unescape(found[1])


@pytest.fixture
def load(etl: Command, db: Path, tmp_path: Path) -> Callable[..., Search]:
    """Loads a page of messages into the archive."""

    def loaded(*messages: str, room: str = "team", date: str = DATE) -> Search:
        write_page(tmp_path, *messages, room=room, date=date)
        assert etl("load", "-q", tmp_path).code == 0
        return Search(db)

    return loaded


@pytest.fixture
def sample(etl: Command, db: Path) -> Search:
    assert etl("load", "-q", "--sample").code == 0
    return Search(db)


def place(search: Search, key: str) -> str:
    day, _, anchor = key.rpartition("/")
    return f"{search.path.removesuffix('search')}chat/{day}#{anchor}"


def all_places(search: Search, page: Page) -> list[str]:
    """The places of all hits, page by page."""
    places = page.places
    while following := page.link("next page →"):
        page = search.open(following)
        places += page.places
    return places


def test_an_empty_form_shows_the_language(sample: Search) -> None:
    for arguments in ({}, {"q": "  "}, {"sort": "rank"}):
        page = sample.open(**arguments)
        assert page.status == 200
        assert "<code>代扣 OR 代付</code>" in page.text
        assert not page.hits


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("form:林", "there is no filter form:"),
        ("(a", "an opening parenthesis has no closing one"),
        ("on:yesterday", "on:yesterday is no date"),
        ("room:xyz 支付", "room:xyz: there is no such room; there are prodarch, proddev, riskops"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(sample: Search, query: str, said: str) -> None:
    page = sample.open(q=query)
    assert page.status == 400
    assert len(page.failure) == 1
    assert page.failure[0].startswith(said)
    assert "chats search" not in page.text
    assert page.box == query


def test_a_link_to_what_is_not_there(sample: Search) -> None:
    assert "“in xyz”: there is no such room; there are" in sample.open(room="xyz").failure[0]
    assert sample.open(period="2018-02-30").failure[0].startswith("2018-02-30 is no date")
    assert "is not in the archive" in sample.open(q="支付", after="x/y/z").failure[0]
    ranked = sample.open(q="支付", sort="rank", after=some_key(sample, "kind:image"))
    assert "none that this search finds" in ranked.failure[0]


def some_key(search: Search, query: str) -> str:
    answer = search.get(search.open(q=query).link("JSON")).json()
    return str(answer[0]["key"])


def test_what_is_to_blame_when_nothing_is_found(sample: Search) -> None:
    page = sample.open(q="xyzzy 支付")
    assert page.status == 200
    assert page.total == 0
    assert page.failure[0] == "xyzzy finds nothing at all"
    assert page.failure[1].startswith("without xyzzy there would be ")
    assert sample.open(q="支付", speaker="nobody").failure[0] == "“by nobody” finds nothing at all"


@pytest.mark.parametrize(
    "query", ["支付", "-支付", "代扣 OR 代付", "from:林 -的", "kind:notice", ""]
)
def test_every_count_is_what_following_it_finds(sample: Search, query: str) -> None:
    page = sample.open(q=query, period="2018")
    assert page.total == len(set(all_places(sample, page)))
    rooms = [number for address, _, number in page.counts if "&room=" in address]
    assert sum(rooms) == page.total
    for address, text, number in page.counts:
        narrowed = sample.open(address)
        assert narrowed.total == number, text
        assert len(all_places(sample, narrowed)) == number


def test_long_lists_are_folded(load: Callable[..., Search]) -> None:
    search = load(*(message(f"07:00:{n:02}", f"somebody {n}", "早") for n in range(20)))
    page = search.open(q="早")
    assert "8 more people</summary>" in page.text
    assert len(page.counts) == 1 + 2 + 20


def test_a_name_may_have_any_character(load: Callable[..., Search]) -> None:
    load(message("07:00:00", LIN, "早"))
    search = load(
        message("07:00:00", HOSTILE_NAME, "早"), message("07:01:00", WANG, "早"), room=HOSTILE_ROOM
    )
    for page in (search.open(q="早"), search.open(period="2031")):
        (to_room,) = (address for address, text, _ in page.counts if text == HOSTILE_ROOM)
        narrowed = search.open(to_room)
        assert narrowed.total == 2
        assert narrowed.hidden["room"] == HOSTILE_ROOM
        name = next(text for _, text, _ in narrowed.counts if text.startswith("<script>"))
        (to_person,) = (address for address, text, _ in narrowed.counts if text == name)
        narrowed = search.open(to_person)
        assert narrowed.total == 1
        assert narrowed.hidden["speaker"] == name
        assert "<script" not in narrowed.text
        assert search.get(narrowed.places[0].partition("#")[0]).status_code == 200
        assert search.get(narrowed.link("JSON")).json()[0]["speaker"] == name


def test_a_person_is_found_by_every_name(renamed: Path) -> None:
    search = Search(renamed)
    found = [search.open(speaker=name) for name in (ZHOU, ZHOU_LATER)]
    assert found[0].places == found[1].places
    assert found[0].total == 4
    (theirs,) = {text for _, text, number in search.open(q="清算 OR 早").counts if "周叙白" in text}
    assert search.open(speaker=theirs).total == 4
    assert search.open(speaker=theirs, q="清算").total == 2


def test_a_period_is_a_year_month_or_day(load: Callable[..., Search]) -> None:
    for date in ("2030-12-31", "2031-01-31", "2031-02-01", "2031-02-02"):
        search = load(message("07:00:00", LIN, "早"), date=date)
    totals = {period: search.open(period=period).total for period in ("2031", "2031-02")}
    assert totals == {"2031": 3, "2031-02": 2}
    assert search.open(period="2031-02-01", q="早").total == 1


@pytest.mark.parametrize("order", ["newest", "oldest", "rank"])
def test_pages_go_on_behind_a_message(
    load: Callable[..., Search], db: Path, order: run.Order
) -> None:
    # ninety at the same second, in two rooms, of three lengths
    said = ["早", "早 早", "早上好，早"]
    for room in ("one", "two"):
        same = (message("07:00:00", LIN, said[n % 3]) for n in range(45))
        search = load(*same, message("06:00:00", WANG, "早"), room=room)
    page = search.open(q="早", sort=order)
    assert page.link("← first page") == ""
    places = all_places(search, page)
    with open_read_only(db) as connection:
        found = run.find(connection, parse("早"), order, None)
    assert places == [place(search, hit.key) for hit in found]
    assert len(set(places)) == page.total == 92
    second = search.open(page.link("next page →"))
    assert search.open(second.link("← first page")).places == page.places


@pytest.mark.parametrize("order", ["newest", "oldest", "rank"])
def test_new_hits_shift_no_page(load: Callable[..., Search], order: str) -> None:
    search = load(*(message(f"07:00:{n:02}", LIN, "早") for n in range(60)))
    first = search.open(q="早", sort=order)
    before = search.open(first.link("next page →")).places
    for date in ("2031-01-01", "2031-03-01"):
        load(message("07:00:00", LIN, "早"), date=date)
    after = search.open(first.link("next page →")).places
    assert len(before) == 30
    assert set(before) <= {*first.places, *after}
    assert not {*first.places} & {*after}


def test_relevance_needs_text(sample: Search) -> None:
    assert sample.open(q="支付").link("relevance")
    page = sample.open(q="has:link", sort="rank")
    assert not page.link("relevance")
    assert page.places == sample.open(q="has:link").places


@pytest.mark.parametrize(
    "arguments",
    [
        {"q": "支付"},
        {"q": "支付", "sort": "oldest"},
        {"q": "支付 -代扣", "sort": "rank"},
        {"q": "from:林 OR mentions:林 OR room:prod OR host:example.com"},
        {"q": "？ -[强]", "room": "prodarch", "period": "2018"},
        {"period": "2018-05"},
        {"q": "since:2018 2018 has:quote"},
    ],
)
def test_the_same_as_sql_and_as_json(sample: Search, arguments: dict[str, str]) -> None:
    page = sample.open(**arguments)
    rows = sample.get(page.link("JSON")).json()
    assert [place(sample, row["key"]) for row in rows] == all_places(sample, page)
    shown = sample.get(page.link("SQL"))
    assert shown.status_code == 200
    assert not rows or rows[0]["key"] in shown.text


def test_context_on_demand(load: Callable[..., Search]) -> None:
    search = load(
        *(message(f"07:{n:02}:00", LIN if n % 2 else WANG, f"word{n}") for n in range(20))
    )
    page = search.open(q="word9 OR word18")
    assert "word8<" not in page.text
    (id_,) = (id_ for id_, hit in page.hits.items() if "<mark>word9<" in hit)
    address = re.search('class="more" href="([^"]+)"', page.hits[id_])
    assert address
    opened = html.unescape(address[1])
    assert opened.endswith(f"#{id_}")
    page = search.open(opened)
    shown = re.findall(r"word[0-9]+", re.sub("<h2>.*?</h2>", "", page.hits[id_]))
    assert shown == [f"word{n}" for n in range(6, 13)]
    assert "without context" in page.hits[id_]
    assert "word17" not in page.text


def test_a_hit_looks_like_the_chat(load: Callable[..., Search]) -> None:
    picture = "![2031-02-03 07:00:00](http://pictures.example.com/img/20310203_070000.png) "
    search = load(
        message("07:00:00", LIN, "代扣<b>&amp;[强]https://example.com/代扣"),
        message("07:01:00", WANG, picture),
    )
    (hit,) = search.open(q="代扣").hits.values()
    assert "<mark>代扣</mark>" in hit
    assert "<b>" not in hit
    assert 'rel="noopener nofollow ugc"' in hit
    assert 'class="emoji"' in hit
    page = search.open(q="has:image", speaker=WANG)
    show = page.link("Show pictures from <bdi>pictures.example.com</bdi>")
    assert "<img" not in page.text
    shown = search.open(f"{search.path}{show}")
    assert "<img" in shown.text
    assert shown.hidden == {"speaker": WANG, "pictures": "show"}


def test_chips_are_taken_off_one_by_one(sample: Search) -> None:
    page = sample.open(q="支付", room="prodarch", period="2018-09", sort="oldest")
    assert page.hidden == {"room": "prodarch", "period": "2018-09", "sort": "oldest"}
    assert page.box == "支付"
    chips = re.findall(r'<li><a href="([^"]+)" title="Search without this">', page.text)
    without = [sample.open(html.unescape(chip)).hidden for chip in chips]
    assert without == [
        {"period": "2018-09", "sort": "oldest"},
        {"room": "prodarch", "sort": "oldest"},
    ]


def test_other_databases_get_no_functions(sample: Search, tmp_path: Path) -> None:
    other = Datasette(memory=True)
    sql = quote("select normalize('Ａ')")
    answer = asyncio.run(other.client.get(f"/_memory.json?sql={sql}&_shape=array"))
    assert answer.status_code == 400
    answer = sample.get(f"/{sample.path.split('/')[1]}.json?sql={sql}&_shape=arrayfirst")
    assert answer.json() == ["a"]


def test_many_hits_are_counted_only_when_asked(
    load: Callable[..., Search], monkeypatch: pytest.MonkeyPatch
) -> None:
    search = load(*(message(f"07:00:{n:02}", LIN if n % 2 else WANG, "早") for n in range(40)))
    monkeypatch.setattr("db.search.run.COUNTED", 39)
    page = search.open(q="早")
    assert "<h1>39+ messages</h1>" in page.text
    assert page.counts == []
    assert len(all_places(search, page)) == 40
    second = search.open(page.link("next page →"))
    assert second.counts == []
    counted = search.open(second.link("unless you ask").partition("#")[0])
    assert counted.places == second.places
    assert counted.total == 40
    assert [number for _, _, number in counted.counts] == [40, 40, 40, 20, 20]
    monkeypatch.setattr("db.search.run.COUNTED", 40)
    assert search.open(q="早").total == 40


def test_which_of_many_hits_are_ranked_is_said(
    load: Callable[..., Search], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.search.run.RANKED", 2)
    for date in ("2031-01-01", "2031-01-02", "2031-01-03"):
        search = load(message("07:00:00", LIN, "早"), date=date)
    page = search.open(q="早", sort="rank")
    assert "ranked are those since:2031-01-02 alone, as there are more than 2" in page.text
    assert len(page.places) == 2
    assert page.total == 3
    assert len(search.get(page.link("JSON")).json()) == 2
    assert "ranked are" not in search.open(q="早").text
