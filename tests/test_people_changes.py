"""Who is who after any changes: always what a fresh archive of the same pages says."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.main import run
from db.people.rows import Candidate
from etl.people.quoted import Pool, Wanted
from tests.conftest import query
from tests.pages import message, write_page
from tests.test_people import LOGICAL, all_that_is_derived, quote

# Names that join each other, or nearly: by quotes, personal names, nicknames, companies.
NAMES = (
    "ledger_bird",
    "赵安平-海岚支付-风控",
    "赵安平-木石科技-风控总监",
    "李伟-海岚支付-风控",
    "李伟-木石科技-产品",
    "四月",
    "四月-木石科技",
    "四月 天气",
    "我",
)
WRITTEN = (*NAMES, "Lin·青禾·PM", "李伟", "赵安平", "四月 天", "老王", "所有人")
TEXTS = (
    "额度从下周一起按商户单独设置",
    "额度从下周一起按商户单独设置，限额也是",
    "请问限额是多少？",
    "单笔五万，单日二十万",
    "今天的分享 改到明天",
    "今天的分享改到明天",
    "好",
    "?",
    "第一次说的话[强]",
    "看 https://example.com/a",
)
TIMES = ("07:00:00", "07:00:20", "07:01:00", "07:04:00", "09:30:00")
PLACES = tuple((room, date) for room in ("team", "other") for date in ("2031-02-01", "2031-02-20",
                                                                      "2031-06-05"))  # fmt: skip

said = st.one_of(
    st.sampled_from(TEXTS),
    st.builds(quote, st.sampled_from(WRITTEN), st.sampled_from(TEXTS)),
    st.builds("@{} {}".format, st.sampled_from(WRITTEN), st.sampled_from(TEXTS)),
    st.builds("@{}?{}".format, st.sampled_from(WRITTEN), st.sampled_from(TEXTS)),
)
pages = st.lists(st.tuples(st.sampled_from(TIMES), st.sampled_from(NAMES), said), max_size=9).map(
    sorted
)
# each step writes some pages: new ones, others in their place, or more on those that are there
steps = st.lists(
    st.dictionaries(
        st.sampled_from(PLACES), st.tuples(st.booleans(), pages), min_size=1, max_size=4
    ),
    min_size=2,
    max_size=4,
)
BESIDES = (
    "select name from speakers order by 1",
    "select url, title from links order by 1",
    "select code from emoji order by 1",
    "select m.key, s.name from quotes q join messages m on m.id = q.message_id"
    " left join speakers s on s.id = q.speaker_id order by 1",
)


def derived(db: Path) -> dict[str, list[tuple[object, ...]]]:
    found = [*all_that_is_derived(db), *(query(db, sql) for sql in BESIDES)]
    return dict(zip((*LOGICAL, *BESIDES), found, strict=True))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps)
def test_any_changes_give_what_a_fresh_archive_says(
    written: list[dict[tuple[str, str], tuple[bool, list[tuple[str, str, str]]]]],
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        changed, fresh = folder / "changed.db", folder / "fresh.db"
        there: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for number, step in enumerate(written):
            for (room, date), (is_more, page) in step.items():
                before = there.get((room, date), []) if is_more else []
                there[room, date] = said_there = sorted(before + page)
                texts = [message(time, who, text) for time, who, text in said_there]
                # a page of the same size, written in the same moment, must not pass for the same
                texts += [message("23:59:59", "钟", "更新" * n) for n in range(1, number + 2)]
                write_page(folder / "pages", *texts, date=date, room=room)
            assert run("etl", ["load", "-q", str(folder / "pages"), "--db", str(changed)]) == 0
        assert run("etl", ["load", "-q", str(folder / "pages"), "--db", str(fresh)]) == 0
        after = derived(changed)
        assert after == derived(fresh)
        assert run("etl", ["rebuild", "people", "--db", str(changed)]) == 0
        assert derived(changed) == after


def after_one_more(folder: Path, before: list[str], after: list[str]) -> None:
    """A page and another one that shares a link, the first of which then gets more."""
    changed, fresh = folder / "changed.db", folder / "fresh.db"
    write_page(folder / "pages", message("08:00:00", "四月", "[后来的标题\n](https://example.com/b)"),
               date="2031-02-20")  # fmt: skip
    for page, db in ((before, changed), (after, changed), (after, fresh)):
        write_page(folder / "pages", *page, date="2031-02-01")
        assert run("etl", ["load", "-q", str(folder / "pages"), "--db", str(db)]) == 0
    assert derived(changed) == derived(fresh)


def test_who_wrote_first_in_a_second_may_change_with_one_more_in_it(tmp_path: Path) -> None:
    # in their keys 10 comes before 9
    names = ["我"] * 7 + ["四月", "四月"]
    page = [message("07:00:00", name, f"第 {n} 句") for n, name in enumerate(names)]
    after_one_more(tmp_path, page, [message("07:00:00", "我", "先说一句"), *page])


def test_a_link_gets_the_title_of_an_earlier_page_that_got_more(tmp_path: Path) -> None:
    page = [message("07:00:00", "我", "早")]
    link = message("07:01:00", "我", "[先前的标题\n](https://example.com/b)")
    after_one_more(tmp_path, page, [*page, link])
    assert query(tmp_path / "changed.db", "select title from links") == [("先前的标题",)]


SIGNS = st.text(st.sampled_from("额度单笔五万 ?…。.&lt;#65a"), max_size=14)


@given(SIGNS, SIGNS)
def test_what_a_quote_may_find_is_not_overlooked(quoted: str, text: str) -> None:
    pool = Pool([Candidate(1, 1, text, "2031-02-03", 1)])
    for way in (Pool.exact, Pool.less_exact, Pool.begun):
        if way(pool, quoted).newest("", ("9999-12-31", 0)) is not None:
            assert quoted in Wanted([quoted]).fitted(text)
