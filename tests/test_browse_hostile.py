"""Whatever people typed: nothing of it runs, loads or breaks a page. In a real browser."""

from __future__ import annotations

import contextlib
import xml.etree.ElementTree as ET
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import httpx
import pytest

from cli.browse.addresses import Addresses
from cli.browse.pages import PAGES
from cli.main import run
from tests.browser import chromium, serve
from tests.hostile import GLOBAL, Hostile, write_hostile

WIDTH = 390
MOST = 150
# Pages that links lead to before they are there.
COMING = {"search", "person", "insights"} - {one.PATH.partition("/")[0] for one in PAGES}
_LINKS = """
() => [...document.querySelectorAll("a[href], form[action], link[href]")].map(one => {
  const written = one.getAttribute("href") ?? one.getAttribute("action");
  const url = URL.parse(written, document.baseURI);
  return [url ? url.href : written, one.getAttribute("rel") ?? "", one.localName];
})
"""
_BREADTH = "document.documentElement.scrollWidth"


@dataclass
class Seen:
    """What a browser met on its way through the pages."""

    faults: list[str] = field(default_factory=list)
    requests: list[Any] = field(default_factory=list)
    pages: dict[str, list[list[str]]] = field(default_factory=dict)

    def others(self, base: str) -> list[Any]:
        """The requests to other hosts."""
        return [request for request in self.requests if not request.url.startswith(f"{base}/")]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Hostile]:
    folder = tmp_path_factory.mktemp("hostile")
    hostile = write_hostile(folder / "site")
    db = folder / "chats.db"
    config = ["--config", str(folder / "site" / "archive.toml")]
    # a message with a NUL is rejected, which is a problem of the input
    assert run("etl", ["load", "-q", str(folder / "site"), "--db", str(db), *config]) == 1
    return db, hostile


@pytest.fixture(scope="module")
def base(archive: tuple[Path, Hostile]) -> Iterator[str]:
    with serve(archive[0]) as address:
        yield address


@contextlib.contextmanager
def phone() -> Iterator[Any]:
    with chromium() as browser:
        yield browser.new_page(viewport={"width": WIDTH, "height": 844})


def watch(page: Any, seen: Seen) -> None:
    def dialog(shown: Any) -> None:
        seen.faults.append(f"{page.url}: asks {shown.message}")
        shown.dismiss()

    def console(said: Any) -> None:
        if said.type == "error":
            seen.faults.append(f"{page.url}: {said.text}")

    page.on("request", lambda request: seen.requests.append(request))
    page.on("dialog", dialog)
    page.on("console", console)
    page.on("pageerror", lambda error: seen.faults.append(f"{page.url}: {error}"))


def look(page: Any, address: str, seen: Seen) -> None:
    response = page.goto(address)
    if response.status != 200:
        seen.faults.append(f"{address}: status {response.status}")
    if page.evaluate(f"typeof window.{GLOBAL}") != "undefined":
        seen.faults.append(f"{address}: a script ran")
    if (breadth := page.evaluate(_BREADTH)) > WIDTH:
        seen.faults.append(f"{address}: {breadth} pixels wide")
    seen.pages[address] = page.evaluate(_LINKS)


def crawl(page: Any, base: str, seen: Seen) -> set[str]:
    """All our pages, breadth first; gives the other addresses of this server on them."""
    waiting = deque([f"{base}/chats/-/chat"])
    known: set[str] = set(waiting)
    others: set[str] = set()
    while waiting and len(seen.pages) < MOST:
        address = waiting.popleft()
        look(page, address, seen)
        for link, _, element in seen.pages[address]:
            target = urldefrag(link).url
            if not target.startswith(f"{base}/") or target in known or element == "form":
                continue
            known.add(target)
            section = target.removeprefix(f"{base}/chats/-/").partition("/")[0].partition("?")[0]
            if section in COMING or "pictures=show" in target:
                continue
            ours = target.startswith(f"{base}/chats/-/") and section != "picture"
            (waiting.append if ours and not target.endswith("/feed.atom") else others.add)(target)
    return others


def test_nothing_runs_or_loads_on_any_page(base: str) -> None:
    seen = Seen()
    with phone() as page:
        watch(page, seen)
        others = crawl(page, base, seen)
        answers = {address: page.request.get(address) for address in sorted(others)}
        bad = [f"{address}: {a.status}" for address, a in answers.items() if a.status != 200]
        feeds = [a.text() for address, a in answers.items() if address.endswith("/feed.atom")]
    assert seen.faults == [], "\n".join(seen.faults)
    assert seen.others(base) == []
    assert bad == []
    assert len(seen.pages) >= 2 * 16 + 3
    assert len(feeds) == 16
    for feed in feeds:
        ET.fromstring(feed)


def test_links_lead_to_the_web_or_to_us(base: str) -> None:
    seen = Seen()
    with phone() as page:
        watch(page, seen)
        for path in ("chat/main/2031-02-03", "links", "pictures"):
            look(page, f"{base}/chats/-/{path}", seen)
    links = [link for links in seen.pages.values() for link in links]
    assert len(links) > 300
    for address, rel, _ in links:
        assert address.startswith(("http://", "https://"))
        assert address.startswith(f"{base}/") or {"noopener", "nofollow", "ugc"} <= set(rel.split())


def test_pictures_of_other_hosts_load_at_most_as_pictures(base: str) -> None:
    seen = Seen()
    with phone() as page:
        page.route(lambda url: not url.startswith(f"{base}/"), lambda route: route.abort())
        page.on("request", lambda request: seen.requests.append(request))
        for path in ("chat/main/2031-02-03", "pictures"):
            look(page, f"{base}/chats/-/{path}?pictures=show", seen)
            for image in page.locator("img").all():
                image.scroll_into_view_if_needed()
        kinds = {(one.resource_type, one.headers.get("referer")) for one in seen.others(base)}
    assert seen.faults == [], "\n".join(seen.faults)
    assert kinds == {("image", None)}


def test_every_name_of_a_room_has_an_address_that_works(
    base: str, archive: tuple[Path, Hostile]
) -> None:
    hostile = archive[1]
    addresses = Addresses("/chats", "")
    with phone() as page:
        for number, room in enumerate(hostile.rooms[1:]):
            page.goto(base + addresses.day(room, "2031-02-03"))
            assert page.locator(".message .text").all_text_contents() == [f"room {number}"]


@pytest.mark.parametrize("name", ["..", "../passwd.png", "/etc/passwd", "a.png", "passwd.png"])
def test_no_other_file_is_handed_out(base: str, name: str) -> None:
    answer = httpx.get(base + Addresses("/chats", "").picture(name))
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_datasettes_own_tables_run_nothing_either(base: str) -> None:
    with phone() as page:
        for table in ("messages", "speakers", "rooms", "links", "images", "quotes", "mentions"):
            assert page.goto(f"{base}/chats/{table}?_size=max").status == 200
            assert page.evaluate(f"typeof window.{GLOBAL}") == "undefined"
