"""What is damaged is found, each kind with its line, and what can be mended is."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.connection import open_to_check
from db.invariants import __file__ as invariants_file
from db.invariants import invariants, violations
from db.text_index import index_terms
from tests.conftest import SAMPLE, Command, assert_sound, query
from tests.pages import LIN, message, write_page
from tests.test_people import all_that_is_derived

PAGES = SAMPLE / "source"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, loaded once; tests damage copies of it."""
    from cli.main import run

    path = tmp_path_factory.mktemp("sample") / "chats.db"
    assert run("etl", ["load", "--sample", "-q", "--db", str(path)]) == 0
    return path


@pytest.fixture
def archive(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "archive" / "chats.db"
    path.parent.mkdir()
    shutil.copy(sample, path)
    monkeypatch.setenv("CHATS_DB", str(path))
    return path


def damage(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma foreign_keys = off")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_a_sound_archive_is_said_to_be_one(etl: Command, archive: Path) -> None:
    digest = etl("digest").out.strip()
    result = etl("verify")
    assert (result.code, result.err) == (0, "")
    assert result.out == f"{archive}: sound: 27 days, 652 messages; digest {digest}\n"
    assert etl("verify", "--quiet").out == ""
    assert json.loads(etl("verify", "--json").out) == {
        "findings": [], "total": 0, "days": 27, "messages": 652, "files": 0, "waiting": 0,
        "digest": digest,
    }  # fmt: skip


def test_verifying_writes_nothing(etl: Command, archive: Path) -> None:
    before = archive.read_bytes()
    etl("verify", "--against", PAGES)
    assert archive.read_bytes() == before
    assert [path.name for path in archive.parent.iterdir()] == [archive.name]


KEY = "prodarch/2017-05-16/090300-1"
DAY = "prodarch/2017-05-16"
OF_KEY = f"where id = (select id from messages where key = '{KEY}')"
RESTORE = "restore a backup"
# What is done to the archive, what is told of it, and what mends it (for `etl rebuild`).
DAMAGES = {
    "a text": (
        f"update messages set text = '别的' {OF_KEY}",
        f"{DAY}: its page, written again from the tables, is not the one that was loaded", "from"),
    "a text that has its body beside it": (
        "update messages set text = '别的' where id = (select min(id) from messages"
        " where kind = 'text' and stored_body is not null)",
        "messages.text is not what its page says; `etl rebuild messages`", "messages"),
    "a body": (
        f"update messages set stored_body = '别的  ' {OF_KEY}",
        f"{DAY}: its page, written again from the tables, is not the one that was loaded", "from"),
    "a name": (
        "update speakers set name = 'X' where id = 2", "not the one that was loaded", "from"),
    "a message that is gone": (
        f"delete from messages {OF_KEY}", "what should be in place 5 is in place 6", "from"),
    "front matter": (
        "update days set front_matter = null where id = 1", "not the one that was loaded", "from"),
    "a key": (f"update messages set key = 'x' {OF_KEY}", f"x: it should be {KEY}", "messages"),
    "lines": (
        f"update messages set first_line = 1 {OF_KEY}", f"{KEY}: it has lines 1 to", "messages"),
    "a kind": (
        f"update messages set kind = 'image' {OF_KEY}",
        f"{KEY}: its kind is image, without a picture", "messages"),
    "a count": (
        "update days set messages = 99 where id = 1",
        f"{DAY}: days.messages is 99, there are 27; `etl rebuild derived`", "derived"),
    "a count of a name": (
        "update speaker_days set messages = 99 where day_id = 1",
        f"{DAY}: speaker_days has 99 of speaker", "derived"),
    "a name that a day has not": (
        "insert into speaker_days values (1, (select max(id) from speakers), 1, 1, 'A')",
        "there are none; `etl rebuild derived`", "derived"),
    "when a name wrote": (
        "update speaker_days set half_hours = '0' where day_id = 1",
        f"{DAY}: speaker_days has other half hours of speaker", "derived"),
    "what a name wrote at most": (
        "update speaker_days set longest = 99 where day_id = 1",
        f"{DAY}: speaker_days says that the longest of speaker", "derived"),
    "a mention's day": (
        "update mentions set day_id = 99 where message_id = (select min(message_id) from mentions)",
        "its mentions are of another day or speaker; `etl rebuild derived`", "derived"),
    "an emoji's speaker": (
        "update message_emoji set speaker_id = 99"
        " where message_id = (select min(message_id) from message_emoji)",
        "its emoji are of another day or speaker; `etl rebuild derived`", "derived"),
    "voices": (
        "update voices set packed = x'00' where day_id = 1",
        f"{DAY}: voices is not who wrote when; `etl rebuild derived`", "derived"),
    "half hours": (
        "delete from half_hours where day_id = 1", f"{DAY}: half_hours has nothing of half hour",
        "derived"),
    "a half hour too many": (
        "insert into half_hours values (1, 0, 5, 0, 0, 1, 1)", f"{DAY}: half_hours has ",
        "derived"),
    "a range": (
        "update days set first_message_id = null where id = 1", f"{DAY}: its messages are not",
        "derived"),
    "a picture": (
        "delete from message_images where message_id in (select message_id from message_images"
        " limit 1)",
        "its images are not what its page says: one is missing; `etl rebuild images`", "images"),
    "a quote": (
        "update quotes set text = '没有' where message_id = (select min(message_id) from quotes)",
        "its quote is not in its text; `etl rebuild quotes`", "quotes"),
    "a mention": (
        "update mentions set position = position + 1", "`etl rebuild mentions`", "mentions"),
    "emoji": (
        "update message_emoji set count = 77", "its emoji are not what its page says", "emoji"),
    "a tag": ("delete from day_tags where day_id = 1", f"{DAY}: its tags are not", "tags"),
    "a link's title": (
        "update links set title = 'x' where id = 1", "links.title is 'x'", "derived"),
    "a link that nothing has": (
        "insert into links (url, host) values ('x:y', '')", "no message has x:y", "derived"),
    "a person": ("delete from people where id = 1", "refers to people that is not", "derived"),
    "a person's name": ("update people set name = 'x' where id = 1", "x is no name of", "derived"),
    "evidence": ("delete from aliases where id = 1", "is not among the evidence", "derived"),
    "a reply": (
        f"update messages set reply_to = id + 1 {OF_KEY}", f"{KEY}: it answers", "derived"),
    "a guess": (
        "insert or replace into inferred_replies values (3, 4, 'mention', 1)", "cannot answer",
        "derived"),
    "who is meant": (
        "update mentions set speaker_id = (select max(id) from speakers where person_id <> 1)"
        " where speaker_id is not null", "means somebody of another name", "derived"),
    "an index": (
        "drop index messages_speaker_id", "messages_speaker_id: the index is missing", "derived"),
    "a view": (
        "drop view mention_candidates", "mention_candidates: the view is missing", "derived"),
    "what is surplus in the full-text index": (
        "insert into messages_fts (rowid, terms) values (99999, '孤儿 儿')",
        "messages_fts/99999: the index has terms of a message that is not there", "fts"),
    "what is wrong in it": (
        "insert into messages_fts (rowid, terms) values (5, '孤儿 儿')",
        "the index has 孤儿 儿, which its text lacks; `etl rebuild fts`", "fts"),
    "all of it": (
        "insert into messages_fts (messages_fts) values ('delete-all')",
        "messages_fts: it is empty; `etl rebuild fts`", "fts"),
    "its table": ("drop table messages_fts", "messages_fts: the table is missing", "fts"),
    "its pages": ("delete from messages_fts_data where id > 10", "messages_fts: cannot be", "fts"),
    "its way to terms": ("delete from messages_fts_idx", "messages_fts: a search for", "fts"),
    "its sums": ("delete from messages_fts_data where id = 1", "sums that it ranks by", "fts"),
    "its lengths": (
        "delete from messages_fts_docsize where id = 5", "number of them written down", "fts"),
    "its settings": ("delete from messages_fts_config", "messages_fts: cannot be read", "fts"),
    "its version": (
        "update properties set value = '0' where name = 'text_index'", "of version 0", "fts"),
    "a day": ("delete from days where id = 3", "refers to days that is not there", None),
    "a date": ("update days set date = '2017-02-31' where id = 1", "is no date", None),
    "a table": ("drop table day_tags", "day_tags: the table is missing", None),
    "the messages": ("drop table messages", "messages: the table is missing", None),
    "a hash": ("update sources set sha256 = '' where id = 1", "has no SHA-256", None),
    "a format": ("update sources set format = 'zip' where id = 1", "format zip", None),
    "text that is none": (
        f"update messages set stored_body = cast(x'ff41' as text) {OF_KEY}", "UTF-8", "none"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found_and_what_can_be_mended_is(
    etl: Command, archive: Path, sample: Path, name: str
) -> None:
    statement, said, mended_by = DAMAGES[name]
    digest = etl("digest").out
    damage(archive, statement)
    result = etl("verify")
    assert (result.code, result.err) == (1, "")
    *findings, summary = result.out.splitlines()
    assert any(said in line for line in findings), result.out
    assert all("; " in line for line in findings)
    assert summary.startswith(f"{archive}: {len(findings)} finding") or "more like" in result.out
    if mended_by is None or mended_by == "none":
        assert "restore a backup" in result.out
        return
    job = ["messages", "--from", PAGES] if mended_by == "from" else [mended_by]
    assert f"`etl rebuild {job[0]}" in result.out
    assert etl("rebuild", *job).code == 0
    if name in ("a text", "a body", "a message that is gone"):
        assert etl("rebuild", "fts").code == 0
    assert etl("verify").out.endswith(f": sound: 27 days, 652 messages; digest {digest}")
    assert_sound(archive)
    assert all_that_is_derived(archive) == all_that_is_derived(sample)


def test_what_is_missing_in_the_full_text_index_is_found(etl: Command, archive: Path) -> None:
    ((id_, key, text),) = query(archive, f"select id, key, text from messages {OF_KEY}")
    connection = sqlite3.connect(archive)
    with connection:
        connection.execute(
            "insert into messages_fts (messages_fts, rowid, terms) values ('delete', ?, ?)",
            [id_, index_terms(text)],
        )
    connection.close()
    result = etl("verify")
    assert result.out.startswith(f"{key}: the index lacks ")
    assert etl("rebuild", "fts").code == 0
    assert etl("verify").code == 0


def test_a_trigger_is_found(etl: Command, archive: Path) -> None:
    damage(archive, "create trigger t after insert on loads begin delete from revisions; end")
    result = etl("verify")
    assert result.code == 1
    assert result.out.startswith("t: a trigger of somebody else, which may change what a load wri")
    damage(archive, "drop trigger t")
    assert etl("verify").code == 0


def test_days_that_wait_for_who_is_who_are_no_fault(etl: Command, archive: Path) -> None:
    damage(archive, "insert into changed_days (day_id) values (1)", "delete from aliases",
           "update speakers set person_id = null", "delete from people")  # fmt: skip
    result = etl("verify")
    assert result.code == 0
    waits = "; 1 day waits for who is who: `etl load` makes it, or `etl rebuild derived`\n"
    assert result.out.startswith(f"{archive}: sound: ")
    assert result.out.endswith(waits)
    copy = archive.with_name("copy.db")
    assert etl("backup", copy).out.endswith(waits)
    assert etl("rebuild", "derived").code == 0
    assert waits not in etl("verify").out


def test_every_invariant_holds_and_has_a_remedy(archive: Path) -> None:
    assert len(invariants()) > 20
    with open_to_check(archive) as connection:
        for one in invariants():
            assert list(violations(connection, one)) == [], one.name
            cursor = connection.execute(f"select * from {one.view}")
            assert [column[0] for column in cursor.description] == ["place", "found"], one.name
            assert "`etl " in one.remedy, one.name
        views = "select name from temp.sqlite_master where type = 'view' order by name"
        made = [name for (name,) in connection.execute(views)]
        assert made == sorted(one.view for one in invariants())


def test_invariants_are_asked_by_hand(archive: Path) -> None:
    shell = shutil.which("sqlite3")
    if shell is None:
        pytest.skip("sqlite3 is not installed")
    before = archive.read_bytes()
    files = sorted(Path(invariants_file).parent.glob("invariants/*.sql"))
    reading = [f".read {file}" for file in files]
    asking = [f"select * from {file.stem.replace('-', '_')}" for file in files]
    command = [shell, "-readonly", str(archive), *reading, *asking]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
    assert archive.read_bytes() == before
    damage(archive, "update days set messages = 99 where id = 1")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert f"{DAY}|days.messages is 99, there are 27\n" in done.stdout


@pytest.mark.parametrize("by", [-1, -4096, 1, 4096])
def test_a_file_of_another_size_is_found(etl: Command, archive: Path, by: int) -> None:
    """SQLite reads what is missing of the last page as zeros, if that is all."""
    content = archive.read_bytes()
    archive.write_bytes((content + bytes(4096))[: len(content) + by])
    result = etl("verify")
    assert result.code == 1
    assert "the file: it has" in result.out or "malformed" in result.err


def test_what_cannot_help_is_not_advised(etl: Command, archive: Path) -> None:
    """Where a table is lost, what is made anew of it is no remedy."""
    damage(archive, "drop table day_tags", "update days set messages = 99 where id = 1",
           "drop index messages_speaker_id", "drop view mention_candidates")  # fmt: skip
    result = etl("verify")
    assert result.code == 1
    *findings, last = result.out.splitlines()
    assert findings[0].startswith("day_tags: the table is missing; restore a backup")
    assert all("restore a backup (`etl restore FILE`)" in line for line in findings)
    assert "rebuild" not in result.out
    assert last == f"{archive}: {len(findings)} finding{'s' * (len(findings) > 1)}"


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def without_header(content: bytes) -> bytes:
    return bytes(100) + content[100:]


def nothing(_: bytes) -> bytes:
    return b""


@pytest.mark.parametrize(
    ("hurt", "said"), [(cut, "malformed"), (without_header, "not a database"), (nothing, "nothing")]
)
def test_a_file_that_is_no_database_any_more_is_one_line(
    etl: Command, archive: Path, hurt: Callable[[bytes], bytes], said: str
) -> None:
    archive.write_bytes(hurt(archive.read_bytes()))
    result = etl("verify")
    assert (result.code, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert said in result.err


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32))
def test_torn_pages_are_told_without_a_traceback(
    etl: Command, archive: Path, sample: Path, seed: int
) -> None:
    content = bytearray(sample.read_bytes())
    chance = random.Random(seed)
    page = 4096 * chance.randrange(1, len(content) // 4096)
    content[page : page + 4096] = chance.choice([bytes(4096), chance.randbytes(4096)])
    archive.write_bytes(content)
    result = etl("verify")
    assert result.code in (0, 1)
    if result.code == 0:
        # it was a free page
        assert query(archive, "pragma integrity_check") == [("ok",)]
    else:
        assert "defect" not in result.err
        assert "; " in (result.out or result.err)


def test_files_are_compared_byte_for_byte(etl: Command, db: Path, tmp_path: Path) -> None:
    old = message("07:35:57", LIN, "早上好")
    first = write_page(tmp_path / "a", old)
    second = write_page(tmp_path / "a", old, date="2031-02-04")
    etl("load", "-q", tmp_path / "a")
    result = etl("verify", "--against", tmp_path / "a")
    assert result.code == 0
    assert "sound: 2 days, 2 of them compared with files, 2 messages" in result.out
    second.write_bytes(second.read_bytes().replace("早上".encode(), "晚上".encode()))
    third = write_page(tmp_path / "a", old, date="2031-02-05")
    result = etl("verify", "--against", first, second, third, tmp_path / "gone")
    assert result.code == 1
    assert result.out.splitlines() == [
        f"{tmp_path / 'gone'}: there is no such file or folder; name other files",
        f"{third}: the archive does not have its day; `etl load` takes it in",
        f"{second}:11: from here on it is not what was loaded; `etl load` takes it in",
        f"{db}: 3 findings",
    ]
    damage(db, "update messages set stored_body = '别的  ' where id = 1")
    result = etl("verify", "--against", first)
    remedy = (
        f"`etl rebuild messages --from {first}`, the page's file, or restore a backup"
        " (`etl restore FILE`)"
    )
    assert (
        f"{first}:11: from here on the archive has other bytes than were loaded; {remedy}"
        in result.out.splitlines()
    )
    assert etl("rebuild", "messages", "--from", first).code == 0
    assert etl("verify").code == 0


def test_a_newer_file_is_not_taken_for_the_one_that_was_loaded(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    path = write_page(tmp_path, message("07:35:57", LIN, "早上好"))
    etl("load", "-q", path)
    write_page(tmp_path, message("07:35:57", LIN, "晚上好"))
    etl("rebuild", "messages", "--from", path)
    assert query(db, "select text from messages") == [("早上好",)]


def test_files_to_read_damaged_days_from_must_be_there(etl: Command, archive: Path) -> None:
    result = etl("rebuild", "messages", "--from", archive.with_name("gone"))
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "there is no such file or folder" in result.err
    assert etl("rebuild", "tags", "--from", PAGES).code == 2


def test_of_many_findings_the_first_ones_are_shown(etl: Command, archive: Path) -> None:
    damage(archive, "update messages set first_line = 0")
    result = etl("verify")
    assert "lines-follow-each-other: 642 more like these; `etl rebuild messages`" in result.out
    told = json.loads(etl("verify", "--json").out)
    assert told["total"] > 652
    assert {"check", "place", "found", "remedy"} == told["findings"][0].keys()
