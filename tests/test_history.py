"""What was loaded stays: earlier versions, what loads changed, and days whose files are gone."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from etl.compare import Hunk, diff_hunks
from etl.revise import Part, parts_of
from etl.sources.errors import PageError
from etl.sources.wechat_markdown import parse_page
from tests.conftest import Command, Result, assert_sound, query, takes_ctrl_c
from tests.pages import DATE, LIN, WANG, message, page, write_page, write_renamed
from tests.test_archive_file import as_the_first_schema_had_it, sqlite_master
from tests.test_commands import pages_below
from tests.test_people import all_that_is_derived
from tests.test_revisions import MESSAGE, VERSION, Page, change

ETL = str(Path(sys.executable).parent / "etl")
A, B, C = (message(f"07:00:0{i}", LIN, text) for i, text in enumerate("甲乙丙"))
REWRITTEN = message("07:00:01", LIN, "乙二")
NEXT_DAY = "2031-02-04"
KEY = f"team/{DATE}/070001-1"


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    return tmp_path / "pages"


def load_three(etl: Command, pages: Path) -> list[dict[str, bytes]]:
    """Three loads that change things, the second with a day of its own; the pages after each."""
    after = []
    for messages, others in (((A, B), ()), ((A, REWRITTEN, C), (A,)), ((B, A), (A,))):
        write_page(pages, *messages)
        if others:
            write_page(pages, *others, date=NEXT_DAY)
        assert etl("load", "-q", pages).code == 0
        after.append(pages_below(pages))
    return after


def exported(etl: Command, folder: Path, as_of: object) -> dict[str, bytes]:
    result = etl("export", "markdown", folder, "--as-of", as_of)
    assert (result.code, result.err) == (0, "")
    assert f"as they were after load {as_of} of " in result.out
    return pages_below(folder)


# Earlier versions


def test_every_version_is_written_as_it_was(
    etl: Command, db: Path, pages: Path, tmp_path: Path
) -> None:
    after = load_three(etl, pages)
    assert len(after[0]) == 1
    assert len(after[1]) == 2
    for number, expected in enumerate(after, start=1):
        assert exported(etl, tmp_path / f"load{number}", number) == expected


def test_line_ends_alone_make_a_version(
    etl: Command, db: Path, pages: Path, tmp_path: Path
) -> None:
    """A page without front matter leaves no revision then: its messages are the same ones."""
    contents = [content.encode() for content in (A + B, (A + B).replace("\n", "\r\n"), A + B + C)]
    for content in contents:
        write_page(pages, content=content)
        etl("load", "-q", pages)
    assert query(db, "select count(*) from revisions where load_id = 2") == [(0,)]
    for number, content in enumerate(contents, start=1):
        found = exported(etl, tmp_path / f"load{number}", number)
        assert list(found.values()) == [content]


@pytest.mark.parametrize(
    ("as_of", "load"),
    [("2031-02", 2), ("2031-02-03", 1), ("2031-02-03 07", 1), ("2031-02-28T10:00:00", 2), ("3", 3)],
)
def test_a_date_is_the_newest_load_up_to_its_end(
    etl: Command, db: Path, pages: Path, tmp_path: Path, as_of: str, load: int
) -> None:
    after = load_three(etl, pages)
    connection = sqlite3.connect(db)
    with connection:
        for number, day in enumerate(("02-03", "02-28", "03-01"), start=1):
            connection.execute(
                "update loads set started_at = ? where id = ?", [f"2031-{day} 07:35:57", number]
            )
    connection.close()
    result = etl("export", "markdown", tmp_path / "out", "--as-of", as_of)
    assert f"after load {load} of 2031-" in result.out
    assert pages_below(tmp_path / "out") == after[load - 1]


@pytest.mark.parametrize(
    ("as_of", "said"),
    [
        ("4", "there is no load 4; there are 1 to 3"),
        ("1999-01", "nothing was loaded until 1999-01; there are 1 to 3"),
        ("yesterday", "'yesterday' is no load: give its number"),
        ("2031-13-01", "is no load"),
        ("2031-02-31", "'2031-02-31': 2031-02-31 is no date"),
        ("2031-02-29T10", "2031-02-29 is no date"),
        ("2031-02-03T7", "is no load"),
    ],
)
def test_what_is_no_load_is_refused(
    etl: Command, db: Path, pages: Path, tmp_path: Path, as_of: str, said: str
) -> None:
    load_three(etl, pages)
    result = etl("export", "markdown", tmp_path / "out", "--as-of", as_of)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert said in result.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "damage",
    [
        "update revisions set before = x'41' where kind = 'changed' and key_before is not null",
        "update revisions set position_before = 1 where kind = 'removed'",
        "delete from revisions where kind = 'added'",
        "update messages set stored_body = 'x'",
    ],
)
def test_a_version_that_was_tampered_with_is_not_written(
    etl: Command, db: Path, pages: Path, tmp_path: Path, damage: str
) -> None:
    load_three(etl, pages)
    connection = sqlite3.connect(db)
    with connection:
        connection.execute(damage)
    connection.close()
    result = etl("export", "markdown", tmp_path / "out", "--as-of", "1")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert f"team of {DATE}: the archive no longer has the bytes that load 1 put" in result.err
    assert result.err.endswith("; restore a backup (`etl restore FILE`)\n")


def test_a_bad_day_keeps_no_other_from_being_written(
    etl: Command, db: Path, pages: Path, tmp_path: Path
) -> None:
    after = load_three(etl, pages)
    bad = f"team/_posts/{DATE}-chat.markdown"
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("delete from revisions where source_id = 2 and kind = 'removed'")
    connection.close()
    result = etl("export", "markdown", tmp_path / "out", "--as-of", 2)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert f"team of {DATE}" in result.err
    assert result.out.startswith(f"1 day files written to {tmp_path / 'out'}, as they were after")
    assert pages_below(tmp_path / "out") == {k: v for k, v in after[1].items() if k != bad}
    connection = sqlite3.connect(db)
    with connection:
        connection.execute("update messages set stored_body = 'x' where key like ?",
                           [f"team/{NEXT_DAY}/%"])  # fmt: skip
    connection.close()
    result = etl("export", "markdown", tmp_path / "now")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert f"team of {NEXT_DAY}" in result.err
    assert "`etl rebuild messages --from PATH`" in result.err
    assert list(pages_below(tmp_path / "now")) == [bad]


def test_an_older_archive_gives_its_versions(
    etl: Command, db: Path, pages: Path, tmp_path: Path
) -> None:
    after = load_three(etl, pages)
    old = as_the_first_schema_had_it(db, tmp_path / "old.db")
    connection = sqlite3.connect(old)
    with connection:
        connection.execute("update revisions set message_id = null where kind = 'added'")
    connection.close()
    assert etl("load", "-q", pages, "--db", old).code == 0
    assert sqlite_master(old) == sqlite_master(db)
    everything = "select * from revisions order by id"
    assert query(old, everything) == query(db, everything)
    for number, expected in enumerate(after, start=1):
        folder = tmp_path / f"load{number}"
        etl("export", "markdown", folder, "--as-of", number, "--db", old)
        assert pages_below(folder) == expected
    assert_sound(old)


def test_a_version_of_no_known_day_is_named(
    etl: Command, db: Path, pages: Path, tmp_path: Path
) -> None:
    """An older program replaced it by other line ends, from another path: nothing tells."""
    for content, where in ((A, pages), (A.replace("\n", "\r\n"), tmp_path / "other")):
        etl("load", "-q", write_page(where, content=content.encode()))
    old = as_the_first_schema_had_it(db, tmp_path / "old.db")
    etl("load", "-q", tmp_path / "other", "--db", old)
    result = etl("export", "markdown", tmp_path / "out", "--as-of", "1", "--db", old)
    assert result.code == 1
    assert f"{pages}/team/_posts/{DATE}-chat.markdown: an earlier version of it" in result.err
    assert etl("export", "markdown", tmp_path / "all", "--db", old).code == 0


# What a load would change


def test_nothing_differs_after_a_load(etl: Command, db: Path, pages: Path) -> None:
    load_three(etl, pages)
    assert etl("diff", pages) == Result(0, "", "")
    assert etl("diff", pages, "--stat") == Result(0, "", "")


def test_a_diff_is_one_that_patch_understands(
    etl: Command, db: Path, pages: Path, tmp_path: Path
) -> None:
    write_page(pages, A, B, C, *(message(f"08:00:{i:02}", WANG, f"第{i}") for i in range(30)))
    etl("load", "-q", pages)
    etl("export", "markdown", tmp_path / "before")
    changed = [message(f"08:00:{i:02}", WANG, f"第{i}") for i in range(1, 30)]
    path = write_page(pages, C, A, REWRITTEN, *changed[:20], B, *changed[20:])
    path.write_bytes(path.read_bytes()[:-3])
    digest = etl("digest").out
    result = etl("diff", pages)
    assert (result.code, result.err) == (1, "")
    assert etl("digest").out == digest
    target = next((tmp_path / "before").rglob("*.markdown"))
    subprocess.run(["patch", "-s", target], input=result.out.encode(), check=True)
    assert target.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_patch_understands_tabs_and_line_ends(
    etl: Command, db: Path, pages: Path, tmp_path: Path, newline: str
) -> None:
    texts = ["乙\t丙", "\t甲\t", "丁"]
    for number in (2, 3):
        messages = (message(f"07:00:0{i}", LIN, text) for i, text in enumerate(texts[-number:]))
        path = write_page(pages, content=page(*messages).replace("\n", newline).encode())
        if number == 2:
            etl("load", "-q", pages)
            etl("export", "markdown", tmp_path / "before")
    done = subprocess.run([ETL, "diff", pages], stdout=subprocess.PIPE, check=False)
    assert b"+\xe4\xb9\x99\t\xe4\xb8\x99  " in done.stdout
    target = next((tmp_path / "before").rglob("*.markdown"))
    subprocess.run(["patch", "-s", "--binary", target], input=done.stdout, check=True)
    assert target.read_bytes() == path.read_bytes()


def test_a_diff_of_line_ends_alone_says_so_once(etl: Command, db: Path, pages: Path) -> None:
    path = write_page(pages, A, B)
    etl("load", "-q", pages)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    result = etl("diff", pages)
    assert (result.code, result.err) == (1, "")
    assert result.out == f"--- team/{DATE} (loaded)\n+++ {path}\nline ends: LF -> CRLF\n"
    assert etl("diff", pages, "--stat").out == (
        f" team/{DATE} | line ends: LF -> CRLF\n"
        " 0 new, 1 changed, 0 gone, 0 insertions(+), 0 deletions(-)\n"
    )
    etl("load", "-q", pages)
    write_page(pages, A, C)
    out = etl("diff", pages).out
    assert out.count("line ends: CRLF -> LF\n") == 1
    assert "\n+丙  \n" in out


@given(st.lists(MESSAGE, max_size=6), st.lists(VERSION, min_size=1, max_size=3), st.integers(0, 4))
def test_a_diff_tells_all_that_changed(
    pieces: list[bytes], versions: list[dict[str, Any]], context: int
) -> None:
    edited = Page(pieces)
    old = edited.content
    for version in versions:
        change(edited, version)
    new = edited.content
    hunks = list(diff_hunks(parts_of_page(old), parts_of_page(new), context))
    assert patched(old, hunks) == new
    for hunk in hunks:
        signs = [line.sign for line in hunk.lines]
        assert set(signs) & {"+", "-"}
        assert (signs[: context + 1] + signs[-context - 1 :]).count(" ") <= 2 * context


def parts_of_page(content: bytes) -> list[Part]:
    try:
        page = parse_page(content, DATE)
    except PageError:
        reject()
    return parts_of(page, {message.position: "" for message in page.messages}, {})


def patched(old: bytes, hunks: list[Hunk]) -> bytes:
    """What `patch` would make of a page."""
    before, after = lines_of(old), []
    done = 0
    for hunk in hunks:
        start = hunk.old_start - 1 if hunk.old_count else hunk.old_start
        after += before[done:start]
        assert len(after) == (hunk.new_start - 1 if hunk.new_count else hunk.new_start)
        done = start + hunk.old_count
        was = [line.content for line in hunk.lines if line.sign != "+"]
        comes = [line.content for line in hunk.lines if line.sign != "-"]
        assert (before[start:done], len(comes)) == (was, hunk.new_count)
        after += comes
    return b"".join(after + before[done:])


def lines_of(content: bytes) -> list[bytes]:
    return [line + b"\n" for line in content.split(b"\n")[:-1]] + (
        [content.rsplit(b"\n", 1)[-1]] if not content.endswith(b"\n") and content else []
    )


def test_a_diff_shows_days_that_come_change_and_are_gone(
    etl: Command, db: Path, pages: Path
) -> None:
    write_page(pages, A, B)
    gone = write_page(pages, A, date=NEXT_DAY)
    write_page(pages, A, date="2031-02-05")
    etl("load", "-q", pages)
    gone.unlink()
    path = write_page(pages, A, REWRITTEN)
    new = write_page(pages, C, room="other")
    result = etl("diff", pages)
    assert result.code == 1
    assert f"--- team/{DATE} (loaded)\n+++ {path}\n@@ -12,5 +12,5 @@\n" in result.out
    assert "-乙  \n+乙二  \n" in result.out
    assert f"--- /dev/null\n+++ {new}\n@@ -0,0 +1,12 @@\n+---\n" in result.out
    assert f"Only in {db}: team/{NEXT_DAY} ({gone} is gone)\n" in result.out
    assert "2031-02-05" not in result.out
    stat = etl("diff", pages, "--stat").out.splitlines()
    assert stat[0] == f" other/{DATE} (new) | 12 {'+' * 12}"
    assert stat[1] == f" team/{DATE}        |  2 +-"
    assert stat[-1] == " 1 new, 1 changed, 1 gone, 13 insertions(+), 1 deletions(-)"


def test_a_diff_of_a_page_from_standard_input(etl: Command, db: Path, pages: Path) -> None:
    etl("load", "-q", write_page(pages, A, B))
    given = [ETL, "diff", "-", "--room", "team", "--date", DATE]
    for content, code in ((page(A, B), 0), (page(A, C), 1)):
        done = subprocess.run(given, input=content.encode(), capture_output=True, check=False)
        assert done.returncode == code
        assert bool(done.stdout) == bool(code)


def test_bytes_that_cannot_be_shown_are_escaped(etl: Command, db: Path, pages: Path) -> None:
    write_page(pages, content=b"\xef\xbb\xbf" + page(A, B).encode())
    etl("load", "-q", pages)
    write_page(pages, content=page(A).encode() + b"> 07:00:01  \xff\x1b[31m  \n")
    out = etl("diff", pages).out
    assert "-\\ufeff---\n+---\n" in out.replace("\ufeff", "\\ufeff")
    assert "\\udcff\\x1b[31m" in out
    assert "\x1b" not in out


def test_files_that_would_not_be_loaded_are_named(etl: Command, db: Path, pages: Path) -> None:
    path = write_page(pages, A)
    etl("load", "-q", path)
    empty = write_page(pages, date=NEXT_DAY, content=b"")
    result = etl("diff", pages, pages / "nowhere")
    assert result.code == 1
    assert f"{empty}: the file is empty; it would not be loaded" in result.err
    assert f"{pages / 'nowhere'}: there is no such file or folder" in result.err
    two = write_page(pages / "copy", B)
    result = etl("diff", pages)
    assert f"{two} and {path}: differ, though both are team of {DATE}" in result.err


def test_wrong_usage_of_diff(etl: Command, db: Path, pages: Path) -> None:
    assert etl("diff").code == 2
    assert etl("diff", pages, "--date", "today").code == 2


def test_a_diff_is_coloured_on_a_terminal(etl: Command, db: Path, pages: Path) -> None:
    etl("load", "-q", write_page(pages, A, B))
    write_page(pages, A, REWRITTEN)
    shown = terminal("diff", str(pages), "--no-pager")
    assert "\x1b[31m-乙  \x1b[0m\r\n\x1b[32m+乙二  \x1b[0m\r\n" in shown
    assert "\x1b[36m@@ -12,5 +12,5 @@\x1b[0m" in shown
    assert "\x1b[" not in terminal("diff", str(pages), "--no-pager", NO_COLOR="1")


def terminal(*arguments: str, **environment: str) -> str:
    """What a command shows on a terminal."""
    env = {**os.environ, "TERM": "xterm", **environment}
    if "NO_COLOR" not in environment:
        env.pop("NO_COLOR", None)
    child = pexpect.spawn(ETL, list(arguments), env=env, encoding="utf-8", timeout=30)
    child.expect(pexpect.EOF)
    child.close()
    return str(child.before)


# What loads changed


def test_the_log_counts_what_each_load_changed(etl: Command, db: Path, pages: Path) -> None:
    load_three(etl, pages)
    etl("load", "-q", pages)
    rows = json.loads(etl("log", "--json").out)
    days = [(r["load"], r["new_days"], r["changed_days"], r["removed_days"]) for r in rows]
    assert days == [(4, 0, 0, 0), (3, 0, 1, 0), (2, 1, 1, 0), (1, 1, 0, 0)]
    names = ("added_messages", "changed_messages", "moved_messages", "removed_messages")
    # 1: two messages. 2: a third, one written again, and one of another day. 3: two went, one came
    found = [[r[name] for name in names] for r in rows]
    assert found == [[0, 0, 0, 0], [1, 0, 0, 2], [2, 1, 0, 0], [2, 0, 0, 0]]
    assert [r["paths"] for r in rows] == [str(pages)] * 4
    totals = [sum(r[name] for r in rows) for name in ("added_messages", "removed_messages")]
    assert totals[0] - totals[1] == query(db, "select count(*) from messages")[0][0]


def test_the_log_is_read_newest_first(etl: Command, db: Path, pages: Path) -> None:
    load_three(etl, pages)
    out = etl("log").out
    heads = [line.split("  ")[0] for line in out.splitlines() if line.startswith("load ")]
    assert heads == ["load 3", "load 2", "load 1"]
    assert etl("log", "--limit", 1).out == out[: out.index("\n\nload 2") + 1]
    one = etl("log", 2).out
    assert "days: 1 new, 1 changed; messages: 2 added, 1 changed" in one
    assert f"  team  {DATE}  changed  1 added, 1 changed; other parts: 1\n" in one
    assert f"  team  {NEXT_DAY}  new      1 added\n" in one
    assert [row["day"] for row in json.loads(etl("log", 2, "--json").out)] == ["changed", "new"]


def test_the_log_names_only_what_there_was(etl: Command, db: Path, pages: Path) -> None:
    etl("load", "-q", write_page(pages, A, B))
    path = write_page(pages, content=(A + B).encode())
    etl("load", "-q", pages)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    write_page(pages, date=NEXT_DAY)
    etl("load", "-q", pages)
    etl("load", "-q", pages)
    assert "none" not in etl("log").out
    assert "  days: 1 changed; other parts: 1\n" in etl("log", 2).out
    out = etl("log", 3).out
    assert f"  team  {DATE}  changed  line ends\n" in out
    assert f"  team  {NEXT_DAY}  new      no messages\n" in out
    [row] = json.loads(etl("log", 4, "--json").out)
    assert (row["load"], row["outcome"], row["new_days"]) == (4, "done", 0)


def test_the_log_refuses_what_it_does_not_have(etl: Command, db: Path, pages: Path) -> None:
    load_three(etl, pages)
    result = etl("log", 9)
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "there is no load 9" in result.err
    assert etl("log", 1, "--limit", 1).code == 2
    assert etl("log", "x").code == 2


def test_a_message_is_explained_with_all_its_revisions(etl: Command, db: Path, pages: Path) -> None:
    path = write_page(pages, A, B)
    etl("load", "-q", pages)
    write_page(pages, A, REWRITTEN)
    etl("load", "-q", pages)
    write_page(pages, message("07:00:01", LIN, "前"), A, REWRITTEN)
    etl("load", "-q", pages)
    hashes = [sha for (sha,) in query(db, "select sha256 from sources order by id")]
    new, old = json.loads(etl("explain", KEY, "--json").out)
    assert (new["key"], new["written"]) == (KEY, message("07:00:01", LIN, "前"))
    assert [r["kind"] for r in new["revisions"]] == ["added"]
    assert (old["key"], old["came_with_load"], old["load"]) == (f"{KEY[:-1]}2", 1, 3)
    assert (old["file"], old["first_line"], old["last_line"]) == (str(path), 17, 20)
    assert (old["sha256"], old["is_there"]) == (hashes[2], True)
    changed, moved = old["revisions"]
    assert (changed["load_id"], changed["kind"]) == (2, "changed")
    assert (changed["before"], changed["after"]) == (B, REWRITTEN)
    assert (changed["sha256_before"], changed["sha256_after"]) == (hashes[0], hashes[1])
    assert (moved["load_id"], moved["key_before"]) == (3, KEY)
    out = etl("explain", KEY).out
    assert "changed by load 2  " in out
    assert "- 乙  \n" in out
    assert "+ 乙二  \n" in out
    assert f"{hashes[0]} -> {hashes[1]}" in out


def test_a_message_that_was_removed_is_explained(
    etl: Command, chats: Command, db: Path, pages: Path
) -> None:
    path = write_page(pages, A, B, C)
    etl("load", "-q", pages)
    write_page(pages, A, C)
    etl("load", "-q", pages)
    [story] = json.loads(etl("explain", KEY, "--json").out)
    assert not story["is_there"]
    assert (story["file"], story["first_line"], story["last_line"]) == (str(path), 13, 16)
    assert (story["load"], story["written"]) == (1, B)
    assert [(r["kind"], r["load_id"]) for r in story["revisions"]] == [("removed", 2)]
    out = etl("explain", KEY).out
    assert "removed by  load 2\n" in out
    assert "- 乙  \n" in out[out.index("removed by load 2") :]
    assert f"`etl explain {KEY}` shows it" in chats("show", KEY).err


def test_lines_are_those_of_the_page(etl: Command, db: Path) -> None:
    etl("load", "--sample", "-q")
    for key, first, last in query(
        db, "select key, first_line, last_line from messages order by id desc limit 8"
    ):
        [story] = json.loads(etl("explain", key, "--json").out)
        assert (story["first_line"], story["last_line"]) == (first, last)


def test_an_unknown_key_is_said_to_be_one(etl: Command, db: Path, pages: Path) -> None:
    load_three(etl, pages)
    result = etl("explain", "team/x")
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "no message has or had the key 'team/x'" in result.err


# Days whose files are gone


def test_a_file_that_is_gone_changes_nothing(etl: Command, db: Path, pages: Path) -> None:
    load_three(etl, pages)
    digest = etl("digest").out
    shutil.rmtree(pages / "team")
    assert etl("load", "-q", pages).code == 0
    assert etl("digest").out == digest


def test_a_pruned_archive_is_one_that_never_had_the_day(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    write_renamed(tmp_path / "pages")
    gone = write_page(tmp_path / "pages", A, message("07:10:00", WANG, f"@{LIN} 早[强] http://a.b/c"),
                      room="gone", date=NEXT_DAY)  # fmt: skip
    other = write_page(tmp_path / "pages", B, date=NEXT_DAY)
    etl("load", "-q", tmp_path / "pages")
    before = pages_below(tmp_path / "pages")
    gone.unlink()
    other.unlink()
    result = etl("load", tmp_path / "pages", "--prune", "--yes")
    assert result.code == 0
    assert "gone      2 days removed, 3 messages: kept in revisions\n" in result.out
    fresh = tmp_path / "fresh.db"
    etl("load", "-q", tmp_path / "pages", "--db", fresh)
    assert etl("digest").out == etl("digest", "--db", fresh).out
    assert all_that_is_derived(db) == all_that_is_derived(fresh)
    for table in ("rooms", "days", "speakers", "links", "emoji", "tags", "people"):
        count = f"select count(*) from {table}"
        assert query(db, count) == query(fresh, count), table
    assert exported(etl, tmp_path / "1", 1) == before
    assert exported(etl, tmp_path / "2", 2) == pages_below(tmp_path / "pages")
    [row] = json.loads(etl("log", "--limit", 1, "--json").out)
    assert (row["removed_days"], row["removed_messages"]) == (2, 3)


def test_no_page_and_no_count_shows_a_removed_day(
    etl: Command, chats: Command, db: Path, pages: Path
) -> None:
    load_three(etl, pages)
    (pages / "team" / "_posts" / f"{NEXT_DAY}-chat.markdown").unlink()
    etl("load", "-q", pages, "--prune", "--yes")
    status = json.loads(etl("status", "--json").out)
    assert (status["days"], status["messages"], status["gone_files"]) == (1, 2, [])
    assert chats("day", "team", NEXT_DAY).code == 1
    assert chats("search", "甲", "--count").out == "1\n"
    assert NEXT_DAY not in chats("query", "messages-per-day").out
    assert NEXT_DAY not in chats("query", "edited-days").out


def test_a_removed_day_that_is_back_goes_on_where_it_was(
    etl: Command, db: Path, pages: Path, tmp_path: Path
) -> None:
    after = load_three(etl, pages)
    path = pages / "team" / "_posts" / f"{DATE}-chat.markdown"
    content = path.read_bytes()
    path.unlink()
    etl("load", "-q", pages, "--prune", "--yes")
    after.append(pages_below(pages))
    path.write_bytes(content.replace("乙".encode(), "丁".encode()))
    etl("load", "-q", pages)
    after.append(pages_below(pages))
    for number, expected in enumerate(after, start=1):
        assert exported(etl, tmp_path / f"load{number}", number) == expected
    assert query(db, "select count(*) from revisions where day_id is null") == [(0,)]
    rows = json.loads(etl("log", "--limit", 2, "--json").out)
    assert [(r["new_days"], r["removed_days"]) for r in rows] == [(1, 0), (0, 1)]
    assert [(r["added_messages"], r["removed_messages"]) for r in rows] == [(2, 0), (0, 2)]
    now, before = json.loads(etl("explain", f"team/{DATE}/070000-1", "--json").out)
    assert (now["is_there"], before["is_there"]) == (True, False)
    out = etl("explain", f"team/{DATE}/070000-1").out
    assert "- 甲  \n" in out[out.index("removed by load 4") :]


@pytest.mark.parametrize("given", ["folder", "parent", "file", "link", "relative"])
def test_what_lay_under_a_path_is_found(
    etl: Command, db: Path, pages: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    load_three(etl, pages)
    gone = pages / "team" / "_posts" / f"{NEXT_DAY}-chat.markdown"
    gone.unlink()
    link = pages.parent.parent / f"{pages.parent.name}-link"
    link.symlink_to(pages)
    monkeypatch.chdir(pages / "team")
    paths = {"folder": gone.parent, "parent": pages.parent, "file": gone, "link": link,
             "relative": Path("../team")}  # fmt: skip
    result = etl("load", paths[given], "--prune", "--yes", "--json")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out)["removed"] == {"days": 1, "messages": 1}


def test_what_may_be_there_is_not_removed(
    etl: Command, db: Path, pages: Path, tmp_path: Path
) -> None:
    """Elsewhere, moved, turned into something that cannot be loaded, of standard input."""
    load_three(etl, pages)
    posts = pages / "team" / "_posts"
    (tmp_path / "elsewhere").mkdir()
    (posts / f"{DATE}-chat.markdown").rename(tmp_path / "elsewhere" / f"{DATE}-chat.markdown")
    result = etl("load", tmp_path / "elsewhere", "--room", "team", "--prune", "--yes", "--json")
    assert json.loads(result.out)["gone"] == 0
    assert json.loads(etl("load", pages, "--prune", "--yes", "--json").out)["gone"] == 0
    (posts / f"{NEXT_DAY}-chat.markdown").write_bytes(b"")
    assert json.loads(etl("load", pages, "--prune", "--yes", "--json").out)["gone"] == 0
    given = [ETL, "load", "-q", "-", "--room", "x", "--date", DATE]
    subprocess.run(given, input=page(A).encode(), check=True, cwd=pages)
    assert json.loads(etl("load", pages, "--prune", "--yes", "--json").out)["gone"] == 0


def test_prune_needs_somebody_to_ask(etl: Command, db: Path, pages: Path) -> None:
    load_three(etl, pages)
    result = etl("load", pages, "--prune")
    assert result.code == 2
    assert "add --yes" in result.err
    assert etl("load", "-", "--room", "x", "--date", DATE, "--prune", "--yes").code == 2


def test_who_stops_at_the_question_is_told_what_is_kept(
    etl: Command, db: Path, pages: Path
) -> None:
    load_three(etl, pages)
    (pages / "team" / "_posts" / f"{NEXT_DAY}-chat.markdown").unlink()
    child = pexpect.spawn(ETL, ["load", str(pages), "--prune"], encoding="utf-8", timeout=30,
                          dimensions=(24, 200), preexec_fn=takes_ctrl_c)  # fmt: skip
    child.expect_exact("remove 1 day? [y/N]: ")
    child.send("\x03")
    child.expect_exact("etl: stopped; no day was removed, and what was loaded is kept")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert query(db, "select count(*) from days") == [(2,)]


@pytest.mark.parametrize(("answer", "days"), [("y", 1), ("n", 2), ("", 2)])
def test_prune_asks_on_a_terminal(
    etl: Command, db: Path, pages: Path, answer: str, days: int
) -> None:
    load_three(etl, pages)
    (pages / "team" / "_posts" / f"{NEXT_DAY}-chat.markdown").unlink()
    child = pexpect.spawn(ETL, ["load", str(pages), "--prune"], encoding="utf-8", timeout=30,
                          dimensions=(24, 200))  # fmt: skip
    child.expect(rf"gone: team of {NEXT_DAY}  \S+\r\n")
    child.expect_exact("remove 1 day? [y/N]: ")
    child.sendline(answer)
    child.expect_exact("gone      1 day removed" if days == 1 else "gone      1 day, kept")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert query(db, "select count(*) from days") == [(days,)]
