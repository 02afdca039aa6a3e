"""`etl verify` knows all that was ever loaded, and says what of it is lost."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.conftest import Command, query
from tests.pages import DATE, LIN, message, page, write_page
from tests.test_archive_file import as_the_first_schema_had_it

A, B, C = (message(f"07:00:0{i}", LIN, text) for i, text in enumerate("甲乙丙"))
REWRITTEN = message("07:00:01", LIN, "乙二")
GONE, QUIET, BACK = "2031-02-04", "2031-02-05", "2031-02-06"
REMEDY = "; restore a backup (`etl restore FILE`)"


@pytest.fixture
def archive(etl: Command, db: Path, tmp_path: Path) -> Path:
    """One day that changed twice, one that is removed, one that never changed, one that is back."""
    pages = tmp_path / "pages"
    write_page(pages, A, B)
    gone = write_page(pages, A, date=GONE)
    write_page(pages, A, date=QUIET)
    back = write_page(pages, B, date=BACK)
    etl("load", "-q", pages)
    write_page(pages, A, REWRITTEN, C)
    back.unlink()
    gone.unlink()
    etl("load", "-q", pages, "--prune", "--yes")
    write_page(pages, content=page(B, A).replace("\n", "\r\n").encode())
    write_page(pages, B, C, date=BACK)
    etl("load", "-q", pages)
    etl("load", "-q", pages)
    assert etl("verify").code == 0
    return db


def damage(path: Path, script: str) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("delete from revisions", f"team/{DATE}: its page as load 2 brought it cannot be written"),
        ("delete from revisions", f"team/{GONE}: its page as load 1 brought it cannot be"),
        ("delete from revisions where id = 2", "revisions: row 2 is gone, and nothing ever"),
        ("update revisions set before = x'41' where kind = 'changed' and key_before is not null",
         f"team/{DATE}: its page as load 1 brought it cannot be written again"),
        ("update revisions set after = x'41' where kind = 'changed' and key_before is not null",
         f"team/{DATE}: revisions.after is not what load 2 brought"),
        ("update revisions set before = x'41' where kind = 'removed' and position_before = 1",
         f"team/{GONE}: its page as load 1 brought it cannot be written again"),
        ("update sources set size = 7 where id = 1", " bytes, not 7 as sources.size says"),
        ("delete from revisions; update sources set removed_by = null;"
         " delete from sources where id not in (select source_id from days)",
         "loads/1: it brought 4 versions of days, there are 1"),
        ("update sources set removed_by = null where date = '2031-02-06'",
         "loads/2: it removed 2 days, 1 are said to be"),
        ("update sources set room = 'x' where date = '2031-02-04'",
         ": its keys are not of its day"),
        ("update revisions set message_id = null where kind = 'removed' and key_before not null",
         ": it has a key, but no message"),
        ("update revisions set key_before = 'x/2031-02-03/070000-1' where key_before not null",
         ": its keys are not of its day"),
        ("update revisions set load_id = load_id + 1 where load_id = 2",
         ": its load is not the one that replaced its version"),
        ("update revisions set day_id = null where load_id = 2",
         ": its day is not that of its version"),
        ("update loads set report = 'x' where id = 3", "loads/3: its report cannot be read"),
        ("delete from messages where day_id = 3; delete from day_tags where day_id = 3;"
         " delete from days where id = 3", f"team/{QUIET}: it was loaded, no load removed it, and"),
    ],
)  # fmt: skip
def test_what_is_lost_of_the_history_is_found(
    etl: Command, archive: Path, script: str, said: str
) -> None:
    damage(archive, script)
    result = etl("verify")
    assert result.code == 1
    assert any(said in line and line.endswith(REMEDY) for line in result.out.splitlines()), (
        result.out
    )
    archive.unlink()


def test_a_lost_load_is_missed(etl: Command, archive: Path) -> None:
    damage(archive, "update loads set id = 9 where id = 4")
    assert (
        f"loads: rows 4 to 8 are gone, and nothing ever deletes one{REMEDY}\n" in etl("verify").out
    )


def test_a_damaged_day_is_told_once(etl: Command, archive: Path) -> None:
    """What it was before hangs on what it is, and may be whole."""
    damage(archive, "update messages set stored_body = 'x' where key like 'team/2031-02-03/%'")
    out = etl("verify").out
    assert "not the one that was loaded" in out
    assert "cannot be written again from its revisions" not in out
    archive.unlink()


def test_a_load_that_was_interrupted_or_goes_on_is_no_loss(etl: Command, archive: Path) -> None:
    damage(archive, "update loads set outcome = 'interrupted', report = null where id = 1;"
                    " update loads set outcome = 'running', report = null, finished_at = null"
                    " where id = 2")  # fmt: skip
    assert etl("verify").code == 0


def test_files_that_are_none_or_twice_are_no_loss(
    etl: Command, archive: Path, tmp_path: Path
) -> None:
    for folder in ("one", "two"):
        write_page(tmp_path / "twice" / folder, A, date="2031-03-01")
        write_page(tmp_path / "twice" / folder, message("07:00:00", LIN, folder), date="2031-03-02")
    write_page(tmp_path / "twice", content=b"\x00", date="2031-03-03")
    assert etl("load", "-q", tmp_path / "twice").code == 1
    assert query(archive, "select outcome from loads order by id desc limit 1") == [("problems",)]
    assert etl("verify").code == 0


def test_an_archive_of_the_first_schema_has_lost_nothing(
    etl: Command, archive: Path, tmp_path: Path
) -> None:
    plain = tmp_path / "plain.db"
    for messages in ((A, B), (A, REWRITTEN, C), (B, A)):
        etl("load", "-q", write_page(tmp_path / "plain", *messages), "--db", plain)
    old = as_the_first_schema_had_it(plain, tmp_path / "old.db")
    assert etl("people", "--db", old).code == 0
    assert etl("verify", "--db", old).code == 0
