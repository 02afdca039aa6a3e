"""Days that are exported again: ids stay, and what was replaced is kept."""

from __future__ import annotations

import sqlite3
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from db.digest import archive_digest, table_digests
from db.history import versions_of_day
from db.writable import open_writable
from etl.alignment import common_subsequence
from etl.history_check import history_faults
from etl.load import load
from etl.run import LoadOptions
from etl.sources.errors import PageError
from etl.sources.wechat_markdown import parse_page
from etl.versions import days_as_of, find_past_day
from tests.conftest import Command, assert_sound, query
from tests.pages import DATE, FRONT_MATTER, LIN, message, write_page


class Silent:
    """A load that nobody watches."""

    def start(self, files: int, done: int = 0) -> None: ...
    def advance(self, messages: int) -> None: ...
    def note(self, line: str) -> None: ...
    def problem(self, line: str) -> None: ...


def ids(db: Path) -> dict[str, int]:
    return {text: number for number, text in query(db, "select id, text from messages")}


def reload(etl: Command, tmp_path: Path, *messages: str) -> None:
    assert etl("load", write_page(tmp_path, *messages)).code == 0


def revisions(db: Path) -> list[tuple[object, ...]]:
    columns = "kind, message_id, key_before, key_after, position_before, position_after"
    return query(db, f"select {columns}, before, after from revisions order by id")


A, B, C = (message(f"07:00:0{i}", LIN, text) for i, text in enumerate("甲乙丙"))


def test_an_added_message_leaves_the_others_as_they_are(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    reload(etl, tmp_path, A, C)
    before = ids(db)
    reload(etl, tmp_path, A, B, C)
    after = ids(db)
    assert {text: after[text] for text in before} == before
    head = query(db, "select before, after from revisions where position_after = 0")
    assert len(head) == 1, "the number of lines in the front matter changed"
    key = f"team/{DATE}/070001-1"
    number = after["乙"]
    assert revisions(db)[1:] == [("added", number, None, key, None, 2, None, B.encode())]


def test_a_removed_message_is_kept_in_revisions(etl: Command, db: Path, tmp_path: Path) -> None:
    reload(etl, tmp_path, A, B, C)
    number = ids(db)["乙"]
    reload(etl, tmp_path, A, C)
    assert set(ids(db)) == {"甲", "丙"}
    key = f"team/{DATE}/070001-1"
    assert revisions(db)[1:] == [("removed", number, key, None, 2, None, B.encode(), None)]


def test_an_id_is_never_used_again(etl: Command, db: Path, tmp_path: Path) -> None:
    reload(etl, tmp_path, A, B)
    gone = ids(db)["乙"]
    reload(etl, tmp_path, A)
    reload(etl, tmp_path, A, C)
    assert ids(db)["丙"] > gone


def test_a_rewritten_body_keeps_its_id(etl: Command, db: Path, tmp_path: Path) -> None:
    picture = "![x](http://{}.example.com/img/20310203_070001.png)"
    old, new = (message("07:00:01", LIN, picture.format(host)) for host in ("old", "new"))
    reload(etl, tmp_path, A, old, C)
    before = query(db, "select id, key from messages order by id")
    reload(etl, tmp_path, A, new, C)
    assert query(db, "select id, key from messages order by id") == before
    key = f"team/{DATE}/070001-1"
    number = before[1][0]
    assert revisions(db) == [("changed", number, key, key, 2, 2, old.encode(), new.encode())]
    assert query(db, "select count(*) from images") == [(1,)]
    urls = query(db, "select url from image_urls order by url")
    assert [url[:18] for (url,) in urls] == ["http://new.example", "http://old.example"]


def test_a_key_that_moves_is_a_revision(etl: Command, db: Path, tmp_path: Path) -> None:
    first, second = (message("07:00:00", LIN, text) for text in ("先", "后"))
    reload(etl, tmp_path, second)
    number = ids(db)["后"]
    reload(etl, tmp_path, first, second)
    assert ids(db)["后"] == number
    keys = (f"team/{DATE}/070000-1", f"team/{DATE}/070000-2")
    assert ("moved", number, *keys, 1, 2, None, None) in revisions(db)


def test_rejects_come_and_go(etl: Command, db: Path, tmp_path: Path) -> None:
    bad = message("25:00:00", LIN, "坏")
    etl("load", write_page(tmp_path, A, bad))
    reload(etl, tmp_path, A, B)
    assert query(db, "select count(*) from rejects") == [(0,)]
    assert ("removed", None, None, None, 2, None, bad.encode(), None) in revisions(db)


def test_a_day_can_become_quiet_and_speak_again(etl: Command, db: Path, tmp_path: Path) -> None:
    reload(etl, tmp_path, A, B)
    reload(etl, tmp_path)
    assert query(db, "select count(*) from messages") == [(0,)]
    assert query(db, "select count(*) from speakers") == [(0,)]
    reload(etl, tmp_path, A, B)
    assert set(ids(db)) == {"甲", "乙"}


def test_the_version_before_is_named(etl: Command, db: Path, tmp_path: Path) -> None:
    reload(etl, tmp_path, A)
    reload(etl, tmp_path, A, B)
    rows = query(
        db,
        "select distinct r.load_id, s.load_id, d.source_id <> r.source_id"
        " from revisions r join sources s on s.id = r.source_id join days d on d.id = r.day_id",
    )
    assert rows == [(2, 1, 1)]


MESSAGE = st.builds(
    message,
    st.sampled_from(["07:00:00", "07:00:01", "25:00:00"]),
    st.sampled_from(["", "甲", "乙 "]),
    st.sampled_from(
        [None, "", "早", "@甲 早", "[强]", "见 http://example.com/a", "一\n \n二", "a\rb", "&lt;",
         "![x](http://a.example.com/1.png)", "![x](http://b.example.com/1.png)"]
    ),
).map(str.encode)  # fmt: skip
GARBAGE = st.sampled_from(
    [b"> 25:61:00 x\n", b"> 07:00:00  \xff  \n", b"\x00", b"\n", b"\r\n", b"\r", b"stray\n",
     b"> 7:1:1", b"   \n", b"> 07:00:00  a", b"---\n"]
)  # fmt: skip
HEAD = st.sampled_from(
    [
        FRONT_MATTER.format(date=DATE, lines=3).encode(),
        FRONT_MATTER.format(date=DATE, lines=4).encode(),
        FRONT_MATTER.format(date="2031-02-04", lines=3).encode(),
        b"",
        b"---\nno front matter\n",
        b"---\ndate: 2031-02-03\n---\n\nmore\n",
    ]
)
EDIT = st.tuples(
    st.sampled_from(["insert", "delete", "change", "move", "duplicate", "splice"]),
    st.integers(0, 9),
    st.integers(0, 9),
    MESSAGE | GARBAGE,
)
VERSION = st.fixed_dictionaries(
    {"edits": st.lists(EDIT, max_size=4)},
    optional={
        "head": HEAD,
        "crlf": st.booleans(),
        "mark": st.booleans(),
        # the file is gone, and its day is removed before the version comes
        "gone": st.just(True),
    },
)


@dataclass
class Page:
    """A page that is edited again and again."""

    pieces: list[bytes]
    head: bytes = FRONT_MATTER.format(date=DATE, lines=3).encode()
    crlf: bool = False
    mark: bool = False

    def edit(self, kind: str, at: int, to: int, piece: bytes) -> None:
        here = at % len(self.pieces) if self.pieces else 0
        if kind == "insert" or not self.pieces:
            self.pieces.insert(at, piece)
        elif kind == "splice":
            old = self.pieces[here]
            self.pieces[here] = old[: to * 5] + piece + old[to * 5 :]
        elif kind == "change":
            header = self.pieces[here].split(b"\n")[0]
            self.pieces[here] = header + b"\n" + piece.partition(b"\n")[2]
        elif kind == "duplicate":
            self.pieces.insert(to, self.pieces[here])
        else:
            gone = self.pieces.pop(here)
            if kind == "move":
                self.pieces.insert(to, gone)

    @property
    def content(self) -> bytes:
        content = self.head + b"".join(self.pieces)
        if self.crlf:
            content = content.replace(b"\n", b"\r\n")
        return (b"\xef\xbb\xbf" if self.mark else b"") + content


@settings(max_examples=80, deadline=None)
@given(st.lists(MESSAGE, max_size=5), st.lists(VERSION, min_size=1, max_size=5))
def test_nothing_vanishes_in_any_chain_of_exports(
    pieces: list[bytes], versions: list[dict[str, Any]]
) -> None:
    """After every load the day is what its file was, and so it can be written ever after.

    The archive says what a fresh load of the last version says, whatever was there before.
    """
    page = Page(pieces)
    after_load: list[bytes | None] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with open_writable(folder / "chain.db", create=True) as connection:

            def load_once() -> None:
                options = LoadOptions(paths=(folder / "pages",), prune=lambda _: True)
                load(connection, options, Silent())

            write_page(folder / "pages", content=page.content)
            load_once()
            after_load.append(what_is_loaded(page.content, None))
            for version in versions:
                if version.get("gone"):
                    write_page(folder / "pages", content=b"").unlink()
                    load_once()
                    after_load.append(None)
                change(page, version)
                path = write_page(folder / "pages", content=page.content)
                load_once()
                after_load.append(what_is_loaded(page.content, after_load[-1]))
            assert_every_version_is_there(connection, after_load)
            chained = archive_digest(table_digests(connection))
        assert_sound(folder / "chain.db")
        if after_load[-1] is not None:
            write_page(folder / "pages", content=after_load[-1])
        else:
            path.unlink(missing_ok=True)
        assert chained == load_digest(folder / "fresh.db", folder / "pages")


def change(page: Page, version: dict[str, Any]) -> None:
    for edit in version["edits"]:
        page.edit(*edit)
    for name in ("head", "crlf", "mark"):
        if name in version:
            setattr(page, name, version[name])


def what_is_loaded(content: bytes, before: bytes | None) -> bytes | None:
    """The file, unless it is none that could be loaded."""
    try:
        parse_page(content, DATE)
    except PageError:
        return before
    return content


def load_digest(db: Path, path: Path) -> str:
    with open_writable(db, create=True) as connection:
        load(connection, LoadOptions(paths=(path,)), Silent())
        return archive_digest(table_digests(connection))


def assert_every_version_is_there(
    connection: sqlite3.Connection, after_load: list[bytes | None]
) -> None:
    for number, content in enumerate(after_load, start=1):
        found = [day.content for day in days_as_of(connection, number)]
        assert found == ([] if content is None else [content])
    assert list(history_faults(connection)) == []
    assert_revisions_are_of_the_pages(connection)


def assert_revisions_are_of_the_pages(connection: sqlite3.Connection) -> None:
    """Each has the very bytes that stood at its places, in the version before and in the next."""
    chain = versions_of_day(connection, "team", DATE)[::-1]
    pages = {version.id: find_past_day(connection, version).pieces for version in chain}
    following = dict(zip(pages, list(pages)[1:], strict=False))
    removed_by = {version.id: version.removed_by for version in chain}
    rows = connection.execute(
        "select source_id, load_id, kind, position_before, position_after, before, after,"
        " message_id, coalesce(key_before, key_after) from revisions order by id"
    )
    for source, run, kind, at_before, at_after, before, after, message_id, key in rows.fetchall():
        assert (message_id is None) == (key is None)
        assert (at_before is None) == (kind == "added")
        assert (at_after is None) == (kind == "removed")
        if before is not None:
            assert pages[source][at_before].content == before
        if after is not None:
            assert removed_by[source] != run
            assert pages[following[source]][at_after].content == after


LETTERS = st.lists(st.sampled_from("abc"), max_size=12)


@given(LETTERS, LETTERS)
def test_alignment_is_a_longest_common_subsequence(a: list[str], b: list[str]) -> None:
    pairs = common_subsequence(a, b)
    assert all(a[i] == b[j] for i, j in pairs)
    assert pairs == sorted(set(pairs))
    assert all(i1 < i2 and j1 < j2 for (i1, j1), (i2, j2) in pairwise(pairs))
    lengths = [[0] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            best = max(lengths[i][j + 1], lengths[i + 1][j])
            lengths[i + 1][j + 1] = lengths[i][j] + 1 if x == y else best
    assert len(pairs) == lengths[-1][-1]
