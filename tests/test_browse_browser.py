"""The pages as people meet them: in a browser, with the invented sample.

Screenshots of every page, phone and desktop, light and dark, go to the folder that the environment
variable SCREENSHOTS names.
"""

from __future__ import annotations

import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal
from urllib.parse import urlsplit

import pytest

from cli.browse.addresses import Addresses
from cli.main import run
from tests.browser import chromium, serve
from tests.conftest import SAMPLE, Command
from tests.pages import message, write_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

TO = Addresses("/chats", "")
LIN = "林望秋-青禾银行-产品-上海"
DAY = TO.day("prodarch", "2018-09-18")
PAGES = {
    "home": TO.home(),
    "room": TO.room("prodarch"),
    "day": DAY,
    "empty day": TO.day("riskops", "2017-12-31"),
    "permalink": TO.message("prodarch/2018-09-18/194721-1"),
    "search help": TO.search(),
    "search": TO.search(q="代扣"),
    "search with context": TO.search(q="代扣", around="prodarch/2018-09-18/193654-1"),
    "search without hits": TO.search(q="代扣 from:nobody"),
    "search of a person": TO.search(speaker=LIN),
    "wrong search": TO.search(q="on:yesterday"),
    "people": TO.people(),
    "person": TO.person(LIN),
    "pictures": TO.pictures(),
    "links": TO.links(),
    "insights": TO.insights(),
    "missing": TO.room("nowhere"),
    "missing day": TO.day("prodarch", "2018-09-20"),
}
WIDTHS = {"phone": 390, "desktop": 1280}
Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def sample_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("browse") / "chats.db"
    assert run("etl", ["load", "--sample", "-q", "--db", str(path)]) == 0
    return path


@pytest.fixture(scope="module")
def site(sample_db: Path) -> Iterator[str]:
    with serve(sample_db) as address:
        yield address


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A page that scripts cannot help, as ours have none."""
    with watched(browser, site, java_script_enabled=False) as page:
        yield page


class watched:
    """A page at a site; complaints of the console and requests elsewhere are faults."""

    def __init__(self, browser: Browser, site: str, **options: object):
        self.context: BrowserContext = browser.new_context(base_url=site, **options)  # type: ignore[arg-type]
        self.faults: list[str] = []
        self.host = urlsplit(site).netloc

    def __enter__(self) -> Page:
        page = self.context.new_page()
        page.on("console", lambda said: self._complained(page.url, said))
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", lambda asked: self._elsewhere(asked.url))
        return page

    def __exit__(self, *_: object) -> None:
        self.context.close()
        assert self.faults == []

    def _complained(self, url: str, said: ConsoleMessage) -> None:
        # that a page which is not there answers 404 is no fault of it
        if said.location["url"] != url:
            self.faults.append(f"{url}: {said.text}")

    def _elsewhere(self, url: str) -> None:
        if urlsplit(url).netloc != self.host:
            self.faults.append(f"asked for {url}")


def test_from_home_to_a_message(page: Page) -> None:
    page.goto("/chats/-/chat")
    page.get_by_role("link", name="产品与架构").click()
    page.get_by_role("link", name="2018-09-18: 26 messages").click()
    assert page.get_by_role("heading", name="产品与架构 2018-09-18 Tuesday").is_visible()
    page.get_by_role("searchbox").fill("代扣")
    page.get_by_role("button", name="Search").click()
    found = page.locator("mark", has_text="代扣").first
    assert found.is_visible()
    time = page.locator(".hit", has=found).first.locator("a.time")
    anchor = (time.get_attribute("href") or "").rpartition("#")[2]
    time.click()
    assert page.url.endswith(f"#{anchor}")
    target = page.locator(f'[id="{anchor}"]')
    assert target.is_visible()
    plain = page.locator(".message .bubble").first
    marked = target.locator(".bubble")
    looks = [one.evaluate("e => getComputedStyle(e).outlineStyle") for one in (plain, marked)]
    assert looks == ["none", "solid"]


def test_a_quote_leads_to_what_it_is_of(page: Page) -> None:
    page.goto(DAY)
    page.locator("blockquote a").first.click()
    assert page.url.endswith("#193726-1")
    assert page.locator(":target").inner_text().startswith("四、协议支付和代扣的区别")


def test_a_mention_leads_to_the_person_and_back_to_the_words(page: Page) -> None:
    page.goto(DAY)
    page.locator("a.mention").first.click()
    assert page.get_by_role("heading", level=1).inner_text().startswith("林望秋")


def test_days_follow_each_other(page: Page) -> None:
    page.goto(DAY)
    page.get_by_role("link", name="2018-09-19 →").first.click()
    assert page.url.endswith("/2018-09-19")
    page.locator("input[type=date]").fill("2018-03-08")
    page.get_by_role("button", name="Go", exact=True).click()
    assert page.url.endswith("/2018-03-08")


def test_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/chats/-/chat")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.locator("main:focus").count() == 1
    tab_to(page, "a", "2018-09-18: 26 messages")
    page.keyboard.press("Enter")
    page.wait_for_url("**/2018-09-18")
    tab_to(page, "input", "Search the archive")
    page.keyboard.type("代扣")
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/search?**")
    tab_to(page, "a.time", "")
    outline = page.locator(":focus").evaluate("e => getComputedStyle(e).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/-/chat/**#*")
    assert page.locator(":target").count() == 1


def tab_to(page: Page, selector: str, label: str) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        focused = page.locator(f"{selector}:focus")
        if focused.count() and (focused.get_attribute("aria-label") or "").startswith(label):
            return
    raise AssertionError(f"no {selector} {label} within 200 tabs")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", WIDTHS)
def test_every_page_lays_out(
    browser: Browser, site: str, device: str, scheme: Scheme, tmp_path: Path
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    width = WIDTHS[device]
    axe = Axe()
    # axe itself is a script, which our policy would rightly refuse
    with watched(
        browser,
        site,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        bypass_csp=True,
    ) as page:
        for name, address in PAGES.items():
            page.goto(address)
            page.screenshot(
                path=folder / f"{name} {device} {scheme}.png", full_page="#" not in address
            )
            scrolls = page.evaluate("document.documentElement.scrollWidth")
            assert scrolls <= width, f"{name} is {scrolls} wide"
            background = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            assert (background == "rgb(17, 17, 17)") == (scheme == "dark")
            found = axe.run(page).response["violations"]
            serious = [
                (one["id"], one["nodes"][0]["html"])
                for one in found
                if one["impact"] in ("serious", "critical")
            ]
            assert serious == [], name


class OtherHost(http.server.BaseHTTPRequestHandler):
    """Somebody else's server, which has the picture that was shared and notes who asks."""

    asked: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["referer"]))
        self.send_response(200)
        self.send_header("content-type", "image/png")
        self.end_headers()
        self.wfile.write((SAMPLE / "img" / "20180918_193540.png").read_bytes())

    def log_message(self, *_: object) -> None:
        """Not on the tests' output."""


@pytest.fixture
def elsewhere() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), OtherHost) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        OtherHost.asked.clear()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_pictures_of_other_hosts_load_only_when_asked_for(
    browser: Browser, etl: Command, db: Path, tmp_path: Path, elsewhere: str
) -> None:
    shown = f"![2031-02-03 09:00:00](http://{elsewhere}/img/20310203_090000.png) "
    etl("load", "-q", write_page(tmp_path, message("09:00:00", "甲", shown)))
    day = TO.day("team", "2031-02-03")
    asked = [("/img/20310203_090000.png", None)]
    with serve(db) as site, browser.new_context(base_url=site) as context:
        page = context.new_page()
        for address in (day, TO.pictures(), TO.search(q="has:image")):
            page.goto(address)
            assert page.locator("img").count() == 0
            assert (
                page.get_by_role("link", name=elsewhere)
                .or_(page.get_by_text("20310203_090000.png"))
                .first.is_visible()
            )
        assert OtherHost.asked == []
        page.goto(day)
        page.get_by_role("link", name=f"Show pictures from {elsewhere}").click()
        assert_drawn(page)
        assert OtherHost.asked == asked
    OtherHost.asked.clear()
    with serve(db, remote_images=True) as site, browser.new_context(base_url=site) as context:
        page = context.new_page()
        page.goto(day)
        assert_drawn(page)
        assert OtherHost.asked == asked


def assert_drawn(page: Page) -> None:
    # what a page waits for itself, its policy would refuse to evaluate
    for _ in range(200):
        if page.locator("img").evaluate("image => image.naturalWidth") > 0:
            return
        page.wait_for_timeout(50)
    raise AssertionError("no picture is drawn")


def test_pictures_of_ours_are_shown(page: Page) -> None:
    page.goto(DAY)
    picture = page.locator("img")
    picture.scroll_into_view_if_needed()
    assert picture.get_attribute("loading") == "lazy"
    with page.expect_response("**/-/picture/**") as response:
        page.goto(picture.get_attribute("src") or "")
    assert response.value.headers["content-type"] == "image/png"
