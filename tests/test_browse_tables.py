"""Datasette's own pages of an archive: what metadata.json and the plugin's hooks make of them."""

from __future__ import annotations

import asyncio
import html
import json
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from datasette.app import Datasette
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cli import generated
from cli.browse.tables import TABLES
from cli.main import run
from db.catalog import Parameter, queries
from db.schema_comments import latest_tables
from db.text_index import normalize
from tests.conftest import Command, query
from tests.pages import LIN, message, write_page

METADATA = json.loads((generated.ROOT / "metadata.json").read_text("utf-8"))
HOSTILE = '<img src=x onerror="alert(1)">'


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample archive; its pictures are found where its pages were loaded from."""
    path = tmp_path_factory.mktemp("sample") / "chats.db"
    assert run("etl", ["load", "--sample", "-q", "--db", str(path)]) == 0
    return path


def opened(*paths: Path, **options: Any) -> Datasette:
    return Datasette([str(path) for path in paths], **{"metadata": METADATA, **options})


def get(datasette: Datasette, *addresses: str) -> list[Any]:
    async def all_of_them() -> list[Any]:
        await datasette.invoke_startup()
        return [await datasette.client.get(address) for address in addresses]

    return asyncio.run(all_of_them())


def text_of(datasette: Datasette, address: str) -> str:
    (response,) = get(datasette, address)
    assert response.status_code == 200, response.text
    return str(response.text)


def keys_found(datasette: Datasette, arguments: str) -> list[str]:
    address = f"/chats/messages.json?{arguments}&_shape=array&_size=max&_nofacet=1"
    return [row["key"] for row in json.loads(text_of(datasette, address))]


def test_every_table_has_a_look_and_every_column_is_one() -> None:
    tables = {table.name: {column.name for column in table.columns} for table in latest_tables()}
    assert set(TABLES) == set(tables) | {"_sqlite_migrations"}
    for name, columns in tables.items():
        look = TABLES[name]
        named = {look.label, look.order.lstrip("-"), *look.facets} - {""}
        assert named <= columns, name
        assert look.title
        assert look.search in {"", *tables}


def test_tables_that_others_refer_to_have_a_label_that_is_never_empty(sample: Path) -> None:
    for name in {c.references for table in latest_tables() for c in table.columns} - {None}:
        assert name is not None
        label = TABLES[name].label
        empty = f"select count(*) from {name} where {label} is null or {label} = ''"
        assert query(sample, empty) == [(0,)], name


def test_facets_are_indexed_or_small(sample: Path) -> None:
    begun_by_an_index = (
        "select 1 from pragma_index_list(?) l, pragma_index_info(l.name) i"
        " where i.seqno = 0 and i.name = ? and not l.partial"
    )
    for name, look in TABLES.items():
        for column in look.facets:
            assert look.small or query(sample, begun_by_an_index, name, column), (name, column)
    assert not TABLES["messages"].small


def test_every_page_of_data_works_without_any_facet_timing_out(sample: Path) -> None:
    addresses = [f"/chats/{name}" for name in (*TABLES, *queries())]
    for response in get(opened(sample), "/", "/chats", *addresses):
        assert response.status_code == 200, response.url
        assert "took too long" not in response.text


def test_internals_are_hidden_and_the_chat_is_a_click_away(sample: Path) -> None:
    page = text_of(opened(sample), "/chats")
    for name, look in TABLES.items():
        is_listed = f'<a href="/chats/{name}">' in page
        assert is_listed != look.hidden, name
    assert "messages_fts_data" not in page
    assert 'href="chats/-/chat"' in page  # beside the title
    assert page.count('href="/chats/-/chat">Read as a chat</a>') == 2  # in both menus


def test_foreign_keys_have_labels(sample: Path) -> None:
    page = text_of(opened(sample), "/chats/messages")
    name, date, speaker = query(
        sample,
        "select s.name, d.date, s.id from messages m join speakers s on s.id = m.speaker_id"
        " join days d on d.id = m.day_id order by sent_at desc limit 1",
    )[0]
    assert f'<a href="/chats/speakers/{speaker}">{name}</a>' in page
    assert f">{date}</a>" in page


def test_a_canned_query_explains_its_parameters(sample: Path) -> None:
    page = text_of(opened(sample), "/chats/top-speakers?limit=1")
    assert "<dt><code>limit</code></dt><dd>at most so many rows (20 if left empty)</dd>" in page
    assert 'name="limit" value="1"' in page


def test_help_is_escaped() -> None:
    parameter = Parameter("limit", "text", HOSTILE, HOSTILE)
    assert "<img" not in generated._parameter_help(parameter)


@pytest.mark.parametrize(
    "typed",
    [
        *("扣", "代扣", "协议支", "协议支付", "协议支付和", "协议支付和代", "協議支付"),
        *("API", "api*", "代扣 协议", '"代扣 协议"', "代扣 OR 退款", "(代扣 OR 退款) 银行"),
        "没有这句话",
    ],
)
def test_the_search_box_finds_what_chats_search_finds(
    sample: Path, chats: Command, typed: str
) -> None:
    result = chats("search", "--db", sample, "--json", "-n", "0", "--", typed)
    assert result.code == 0, result.err
    found = keys_found(opened(sample), f"_search={quote(typed)}")
    assert sorted(found) == sorted(row["key"] for row in json.loads(result.out))


def test_what_is_no_text_search_is_looked_for_as_its_words(sample: Path) -> None:
    datasette = opened(sample)
    plain = keys_found(datasette, f"_search={quote('代扣 协议')}")
    assert plain
    for typed in ("(代扣 协议", "-代扣 协议", "代扣 协议 😀", "代扣 协议 ()"):
        assert keys_found(datasette, f"_search={quote(typed)}") == plain, typed


def test_an_empty_search_finds_nothing_and_raw_searches_still_work(sample: Path) -> None:
    datasette = opened(sample)
    assert keys_found(datasette, "_search=") == []
    raw = quote('"代扣" AND "协议"*')
    both = keys_found(datasette, f"_search={raw}&_searchmode=raw")
    assert both
    assert set(both) <= set(keys_found(datasette, f"_search={quote('代扣')}"))


@cache
def _served(path: Path) -> Datasette:
    return opened(path)


@settings(max_examples=120, deadline=None)
@given(st.text() | st.text("a代扣\"*()-（）“OR:^+{}\0 NEAR'，支付", max_size=120))
@example("((((((((a b OR " * 6 + "c")
@example("(a b OR " * 15 + "c" + ")" * 15)
@example("支付" * 3000)
@example("支 " * 3000)
@example('"')
@example("NEAR(a b)")
@example("terms: a")
def test_whatever_is_typed_is_answered(sample: Path, typed: str) -> None:
    address = f"/chats/messages?_search={quote(typed.encode('utf-8', 'replace'))}"
    (response,) = get(_served(sample), address)
    assert response.status_code == 200, response.text


def test_sql_has_our_functions_and_escape_fts_takes_any_value(sample: Path) -> None:
    sql = "select search_terms('代扣'), normalize('協議'), escape_fts(null), escape_fts(x'ff'),"
    sql += " escape_fts(12)"
    address = f"/chats.json?sql={quote(sql)}&_shape=arrays"
    (row,) = json.loads(text_of(opened(sample), address))["rows"]
    assert row == ['"代扣"', "协议", '""', '""', '("12")']


def test_other_databases_are_left_alone(sample: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    connection = sqlite3.connect(other)
    connection.executescript(
        "create table messages (key text, text text);"
        "insert into messages values ('team/2031-02-03/073557-1', 'a b');"
    )
    connection.close()
    datasette = opened(sample, other)
    page, sql, home = get(
        datasette,
        "/other/messages?_search=a",
        f"/other.json?sql={quote('''select escape_fts('a b')''')}&_shape=arrays",
        "/other",
    )
    assert "tables.css" not in page.text
    assert "/-/chat/team" not in page.text
    assert sql.json()["rows"] == [['"a" "b"']]
    assert 'href="/other/-/chat"' not in home.text


def test_hits_are_marked_for_the_request_that_searched_and_no_other(sample: Path) -> None:
    searched, plain, other = get(
        opened(sample),
        f"/chats/messages?_search={quote('協議支付')}",
        "/chats/messages",
        f"/chats/messages?_search={quote('代扣')}",
    )
    assert "<mark>协议支付</mark>" in searched.text
    assert "<mark>" not in plain.text
    assert "<mark>代扣</mark>" in other.text
    assert "<mark>协议支付</mark>" not in other.text


def test_requests_at_the_same_time_do_not_see_each_other(sample: Path) -> None:
    words = ["代扣", "支付", "银行", "退款"]

    async def together() -> list[Any]:
        datasette = opened(sample)
        await datasette.invoke_startup()
        addresses = [f"/chats/messages?_search={quote(word)}" for word in words]
        return await asyncio.gather(*map(datasette.client.get, addresses))

    for word, response in zip(words, asyncio.run(together()), strict=True):
        marked = {
            normalize(part.partition("</mark>")[0]) for part in response.text.split("<mark>")[1:]
        }
        assert marked == {word}


def test_keys_and_names_lead_to_the_chat(sample: Path) -> None:
    datasette = opened(sample)
    key = query(sample, "select key from messages order by sent_at desc limit 1")[0][0]
    link = f'<a href="/chats/-/chat/{key.rpartition("/")[0]}#{key.rpartition("/")[2]}">{key}</a>'
    assert link in text_of(datasette, "/chats/messages")
    assert link in text_of(datasette, f"/chats?sql={quote(f'''select '{key}' as key''')}")
    assert "/-/chat/a" not in text_of(datasette, f"/chats?sql={quote('''select 'a/b' as key''')}")
    for address in ("/chats/speakers", "/chats/people", "/chats/top-speakers"):
        assert 'href="/chats/-/person/~' in text_of(datasette, address), address


@pytest.mark.parametrize(
    "address", ["message_images", "images", "image_urls", "pictures-of-a-day?date=2018-09-18"]
)
def test_pictures_are_shown_in_small(sample: Path, address: str) -> None:
    page = text_of(opened(sample), f"/chats/{address}")
    picture = '<a class="thumbnail" href="/chats/-/picture/20180918_193540~2Epng">'
    assert f'{picture}<img src="/chats/-/picture/20180918_193540~2Epng"' in page
    assert 'src="http' not in page


@pytest.fixture
def hostile(db: Path, etl: Command, tmp_path: Path) -> Datasette:
    """An archive of markup, in names, texts and addresses, of which no picture is here."""
    write_page(
        tmp_path / "source",
        message("07:00:00", HOSTILE, f"{HOSTILE} 代扣"),
        message("07:01:00", LIN, "长" * 100_000 + f"代扣{HOSTILE}"),
        message("07:02:00", LIN, "javascript:alert(1)//代扣"),
        message("07:03:00", LIN, 'https://example.com/"><b>'),
        message("07:04:00", LIN, "![](http://img.example.com/a/20310203_070400.png)"),
    )
    assert etl("load", "-q", tmp_path / "source").code == 0
    return opened(db)


def test_markup_is_text(hostile: Datasette) -> None:
    tables = [f"/chats/{name}" for name in TABLES]
    searched = f"/chats/messages?_search={quote('代扣')}"
    for response in get(hostile, searched, *tables, "/chats/top-speakers"):
        assert "<img src=x" not in response.text, response.url
        assert 'href="javascript:' not in response.text
        assert "<b>" not in response.text
        assert 'src="http' not in response.text
    page = text_of(hostile, searched)
    assert html.escape(HOSTILE, quote=False).split('"')[0] in page
    # the hit far behind in a long text is shown all the same, and the text is cut off
    assert page.count("<mark>代扣</mark>") == 3
    assert len(page) < 50_000


def test_links_say_where_they_come_from(hostile: Datasette) -> None:
    page = text_of(hostile, "/chats/links")
    assert 'rel="noopener nofollow ugc"' in page


def test_who_may_not_see_the_archive_sees_neither_link_nor_page(sample: Path) -> None:
    for allowed in ({"databases": {"chats": {"allow": False}}}, {"allow": False}):
        datasette = opened(sample, metadata=allowed)
        chat, home = get(datasette, "/chats/-/chat", "/-/versions")
        assert chat.status_code == 403
        assert "Read as a chat" not in home.text
