"""Trees whose names a file system changed, and odd ones: what is one room and what two."""

from __future__ import annotations

import os
import shutil
import unicodedata
from pathlib import Path

import pytest

from tests.conftest import SAMPLE, Command, query
from tests.pages import DATE, LIN, message, page, write_page

HELLO, REPLY = message("07:35:57", LIN, "早上好"), message("07:36:10", "Kevin Wu", "收到")
COMPOSED = unicodedata.normalize("NFC", "Café ガ 한글")
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


def rooms(db: Path) -> list[str]:
    return [slug for (slug,) in query(db, "select slug from rooms order by slug")]


def digest(etl: Command, db: Path) -> str:
    result = etl("digest", "--db", db)
    assert result.code == 0
    return result.out


def test_a_tree_with_all_names_in_capitals_is_the_same_days(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    for path in (SAMPLE / "source").rglob("*.markdown"):
        target = tmp_path / str(path.relative_to(SAMPLE)).upper()
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    assert etl("load", "-q", tmp_path).code == 0
    assert rooms(db) == ["PRODARCH", "PRODDEV", "RISKOPS"]
    # the same pages under names as they are, in rooms of the same names
    usual = db.with_name("usual.db")
    for folder in (SAMPLE / "source").iterdir():
        etl("load", "-q", folder, "--room", folder.name.upper(), "--db", usual)
    assert digest(etl, db) == digest(etl, usual)


def test_names_in_another_unicode_form_are_the_same_room(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    write_page(tmp_path / "linux", HELLO, room=COMPOSED)
    write_page(tmp_path / "mac", HELLO, room=DECOMPOSED)
    write_page(tmp_path / "mac", HELLO, room=DECOMPOSED, date="2031-02-04")
    (db.parent / "archive.toml").write_text(f'[rooms."{DECOMPOSED}"]\ntitle = "x"\n', "utf-8")
    assert etl("load", tmp_path / "linux").code == 0
    assert '"unchanged": 1' in etl("load", tmp_path / "mac", "--json").out
    assert query(db, "select slug, title from rooms") == [(COMPOSED, "x")]
    assert query(db, "select key from messages order by key") == [
        (f"{COMPOSED}/2031-02-0{day}/073557-1",) for day in (3, 4)
    ]
    assert etl("load", "-q", "--room", DECOMPOSED, tmp_path / "linux").code == 0
    assert rooms(db) == [COMPOSED]
    mac, config = db.with_name("mac.db"), db.with_name("archive.toml")
    assert etl("load", "-q", tmp_path / "mac", "--db", mac, "--config", config).code == 0
    assert digest(etl, mac) == digest(etl, db)


def test_two_forms_side_by_side_with_other_pages_are_an_error_that_names_both(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    paths = [write_page(tmp_path, HELLO, room=COMPOSED)]
    paths.append(write_page(tmp_path, REPLY, room=DECOMPOSED))
    if paths[0].samefile(paths[1]):
        pytest.skip("the file system takes both forms for one name")
    result = etl("load", "-q", tmp_path)
    assert result.code == 1
    assert all(str(path) in result.err for path in paths)
    assert "neither was loaded" in result.err
    assert rooms(db) == []


def test_names_that_differ_in_case_are_two_rooms_and_a_line_says_so(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    write_page(tmp_path / "a", HELLO, room="Team")
    write_page(tmp_path / "b", REPLY, room="team")
    assert "differs only in case" not in etl("load", tmp_path / "a").err
    result = etl("load", tmp_path / "b")
    assert result.code == 0
    assert "team is a room of its own, though Team differs only in case" in result.err
    assert rooms(db) == ["Team", "team"]
    assert "differs only in case" not in etl("load", tmp_path / "a", tmp_path / "b").err
    # where the disk tells them apart, so does the export
    assert etl("export", "markdown", tmp_path / "out").code == 0
    for folder, room in (("a", "Team"), ("b", "team")):
        name = f"{room}/_posts/{DATE}-chat.markdown"
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / folder / name).read_bytes()


@pytest.mark.parametrize("force", [[], ["--force"]])
def test_rooms_that_a_disk_takes_for_one_are_not_exported_over_each_other(
    etl: Command, db: Path, tmp_path: Path, force: list[str]
) -> None:
    write_page(tmp_path / "a", HELLO, room="Team")
    # on another day: no file would be in the way
    write_page(tmp_path / "b", REPLY, room="team", date="2031-02-04")
    etl("load", "-q", tmp_path / "a", tmp_path / "b")
    out = tmp_path / "out"
    (out / "Team").mkdir(parents=True)
    # as a file system without case would have it
    (out / "team").symlink_to("Team")
    result = etl("export", "markdown", out, *force)
    assert result.code == 1
    assert result.err.count("\n") == 1
    assert "the rooms Team and team would be one folder there" in result.err
    assert list(out.rglob("*.markdown")) == []


ODD = (
    "2031-02-03 早上 好.md",
    "2031-02-04-😀👩‍👩‍👧.markdown",
    "2031-02-05-two\nlines\r\x1b[31m.markdown",
    "2031-02-06-" + "长" * 78 + "x.markdown",
    "2031-02-07-'\"$(x)`;*?[a]{b}%00.Md",
    "2031-02-08.MARKDOWN",
    "2031-02-09-\u202etxt.markdown",
    os.fsdecode(b"2031-02-10-\xff\xfe\xb2\xe2.markdown"),
)


def test_files_with_odd_names_are_loaded_and_come_back(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    posts = tmp_path / "so urce" / "早 😀 room" / "_posts"
    posts.mkdir(parents=True)
    assert max(len(os.fsencode(name)) for name in ODD) == 255
    for name in ODD:
        (posts / name).write_bytes(page(HELLO, date=name[:10]).encode() + b"> 25:00:00 x\n")
    result = etl("load", tmp_path)
    assert result.code == 1
    problems = [line for line in result.err.splitlines() if "25:00:00" in line]
    assert len(problems) == len(ODD)
    assert "\x1b" not in result.err
    assert "\r" not in result.err
    assert query(db, "select count(*), count(distinct path) from sources") == [(8, 8)]
    assert f'"unchanged": {len(ODD)}' in etl("load", tmp_path, "--json").out
    status = etl("status")
    assert "changed on disk since they were loaded: none" in status.out
    assert etl("export", "markdown", tmp_path / "out").code == 0
    again = db.with_name("again.db")
    assert etl("load", "-q", tmp_path / "out", "--db", again).code == 1
    assert digest(etl, again) == digest(etl, db)
    for name in ODD:
        path = tmp_path / "out" / "早 😀 room" / "_posts" / f"{name[:10]}-chat.markdown"
        assert path.read_bytes() == (posts / name).read_bytes()


@pytest.mark.parametrize(
    "room", ["two\nlines", os.fsdecode(b"\xb2\xe2\xca\xd4"), ".hidden", "a\x1b[31mb"]
)
def test_a_folder_that_can_name_no_room_is_said_in_a_line(
    etl: Command, db: Path, tmp_path: Path, room: str
) -> None:
    path = write_page(tmp_path / "source", HELLO, room=room)
    other = write_page(tmp_path / "source", HELLO, room="team")
    result = etl("load", "-q", path, other)
    assert result.code == 1
    assert len(result.err.splitlines()) == 1
    assert "cannot be a room's name; give one with --room" in result.err
    assert rooms(db) == ["team"]
    assert etl("load", "-q", path, "--room", "named").code == 0
    assert rooms(db) == ["named", "team"]


def test_the_longest_name_of_a_folder_is_a_room(etl: Command, db: Path, tmp_path: Path) -> None:
    longest = "长" * 85
    write_page(tmp_path / "source", HELLO, room=longest)
    assert etl("load", "-q", tmp_path / "source").code == 0
    assert rooms(db) == [longest]
    assert etl("export", "markdown", tmp_path / "out").code == 0
    assert (tmp_path / "out" / longest).is_dir()
