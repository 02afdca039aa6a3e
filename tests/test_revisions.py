"""Days that are exported again: ids stay, and what was replaced is kept."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from db.connection import open_writable
from db.digest import archive_digest, table_digests
from etl.alignment import common_subsequence
from etl.load import LoadOptions, load
from tests.conftest import Command, assert_sound, query
from tests.pages import DATE, LIN, message, write_page


class Silent:
    """A load that nobody watches."""

    def start(self, files: int) -> None: ...
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
    assert revisions(db)[1:] == [("added", None, None, key, None, 2, None, B.encode())]


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


MESSAGES = st.lists(
    st.builds(
        message,
        st.sampled_from(["07:00:00", "07:00:01", "25:00:00"]),
        st.sampled_from(["", "甲", "乙 "]),
        st.sampled_from(
            [None, "", "早", "@甲 早", "[强]", "见 http://example.com/a",
             "![x](http://a.example.com/1.png)", "![x](http://b.example.com/1.png)"]
        ),
    ),
    max_size=7,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(MESSAGES, min_size=2, max_size=4))
def test_any_chain_of_exports_ends_where_a_fresh_load_does(versions: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        contents = []
        for version in versions:
            path = write_page(folder, *version)
            contents.append(path.read_bytes())
            chained = load_digest(folder / "chain.db", path)
        fresh = load_digest(folder / "fresh.db", path)
        assert chained == fresh
        assert_sound(folder / "chain.db")
        assert_every_version_is_there(folder / "chain.db", contents)


def load_digest(db: Path, path: Path) -> str:
    with open_writable(db, create=True) as connection:
        load(connection, LoadOptions(paths=(path,)), Silent())
        return archive_digest(table_digests(connection))


def assert_every_version_is_there(db: Path, contents: list[bytes]) -> None:
    """Undo the revisions, newest first: that gives the bytes of each version before.

    What came is taken out by its place after, what went is put back at its place before.
    """
    distinct = [c for i, c in enumerate(contents) if i == 0 or c != contents[i - 1]]
    undo = query(
        db,
        "select source_id, kind, position_before, position_after, before from revisions"
        " order by source_id desc, id",
    )
    parts = split(distinct[-1])
    sources = sorted({row[0] for row in undo}, reverse=True)
    by_source = {row[0]: row[1] for row in query(db, "select id, sha256 from sources")}
    replaced = sorted(by_source, reverse=True)[1:]
    assert set(sources) <= set(replaced)
    for source, content in zip(replaced, distinct[-2::-1], strict=True):
        parts = undone(parts, [row[1:] for row in undo if row[0] == source])
        assert b"".join(parts) == content


def split(content: bytes) -> list[bytes]:
    head, *messages = content.split(b"> ")
    return [head, *(b"> " + one for one in messages)]


def undone(
    parts: list[bytes], rows: list[tuple[str, int | None, int | None, bytes]]
) -> list[bytes]:
    came = {after for kind, _, after, _ in rows if kind in ("added", "changed")}
    result = [part for position, part in enumerate(parts) if position not in came]
    went = [(at, before) for kind, at, _, before in rows if kind in ("removed", "changed")]
    for position, before in sorted((at, before) for at, before in went if at is not None):
        result.insert(position, before)
    return result


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
