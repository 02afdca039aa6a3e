"""The counts that are kept with each day are those of its messages, whatever happens to them."""

from __future__ import annotations

import contextlib
import sqlite3
from itertools import groupby
from pathlib import Path

import pytest

from cli.browse.pages import home
from db.connection import open_read_only
from db.people.rows import DOUBLED, TEXT
from db.people.voices import spoken_on, voices_of
from tests.conftest import Command, query
from tests.pages import DATE, LIN, WANG, message, write_page
from tests.test_archive_file import as_the_first_schema_had_it
from tests.test_people import all_that_is_derived
from tests.visits import visit_one

SPEAKER_DAYS = "select * from speaker_days order by day_id, speaker_id"
HALF_HOURS = """
select d.date, h.half_hour, h.messages, h.pictures, h.notices, time(h.first_second, 'unixepoch'),
       time(h.last_second, 'unixepoch')
from half_hours h join days d on d.id = h.day_id order by 1, 2
"""
SAID = """
select day_id, speaker_id, kind, text, time(sent_at) from messages where speaker_id is not null
order by day_id, speaker_id, sent_at
"""
COPIED = """
select m.key, m.day_id = t.day_id, m.speaker_id is t.{0} from {1} t
join messages m on m.id = t.message_id order by m.key
"""


def counts(db: Path) -> list[tuple[object, ...]]:
    return query(db, SPEAKER_DAYS) + query(db, HALF_HOURS) + copies(db)


def copies(db: Path) -> list[tuple[object, ...]]:
    """Whether mentions and emoji have the day and the speaker of their messages."""
    mentions = COPIED.format("from_speaker_id", "mentions")
    return query(db, mentions) + query(db, COPIED.format("speaker_id", "message_emoji"))


def counted(db: Path) -> list[tuple[object, ...]]:
    """What ``speaker_days`` should have."""
    rows = []
    for of, said in groupby(query(db, SAID), key=lambda row: row[:2]):
        kinds, texts, times = list(zip(*said, strict=True))[2:]
        longest = max(len(t) if k == "text" else 0 for k, t in zip(kinds, texts, strict=True))
        signs = dict.fromkeys(chr(48 + 2 * int(t[:2]) + (t[3:] >= "30")) for t in times)
        rows.append((*of, len(texts), longest, "".join(signs)))
    return rows


def test_half_hours_tell_when_and_what(etl: Command, db: Path, tmp_path: Path) -> None:
    picture = "![x](http://example.com/img/20310203_070001.png)"
    write_page(
        tmp_path,
        message("00:00:00", LIN, "早"),
        message("00:29:59", "", "有人加入了群聊"),
        message("07:30:00", "", "有人加入了群聊"),
        message("23:30:00", WANG, picture),
        message("23:59:59", LIN, "晚安"),
    )
    etl("load", tmp_path)
    assert query(db, HALF_HOURS) == [
        (DATE, 0, 2, 0, 1, "00:00:00", "00:00:00"),
        (DATE, 15, 1, 0, 1, None, None),
        (DATE, 47, 2, 1, 0, "23:30:00", "23:59:59"),
    ]


def test_names_tell_when_they_wrote_and_how_much_at_most(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    picture = "![x](http://example.com/img/20310203_233000.png)"
    write_page(
        tmp_path,
        message("23:30:00", LIN, picture),
        message("00:29:59", LIN, "早上好"),
        message("00:00:00", LIN, "早"),
        message("07:30:00", WANG, picture),
    )
    etl("load", tmp_path)
    assert [row[2:] for row in query(db, SPEAKER_DAYS)] == [(3, 3, "0_"), (1, 0, "?")]
    assert query(db, SPEAKER_DAYS) == counted(db)


def test_they_follow_a_later_export(etl: Command, db: Path, tmp_path: Path) -> None:
    first, second = message("07:00:00", LIN, "早[强]"), message("08:00:00", WANG, f"@{LIN} 早[强]")
    etl("load", write_page(tmp_path, first, second))
    # the same message, of somebody else
    first = message("07:00:00", WANG, "早[强]")
    etl("load", write_page(tmp_path, first, second, message("08:40:00", WANG, "好")))
    assert copies(db) == [(key, 1, 1) for (key, *_) in copies(db)]
    assert query(db, SPEAKER_DAYS) == counted(db)
    hours = query(db, "select half_hour, messages from half_hours")
    assert hours == [(14, 1), (16, 1), (17, 1)]


def test_a_day_that_is_removed_takes_them_along(etl: Command, db: Path, tmp_path: Path) -> None:
    page = write_page(tmp_path, message("07:00:00", LIN, "早"))
    write_page(tmp_path, message("07:00:00", WANG, "早"), date="2031-02-04")
    etl("load", tmp_path)
    page.unlink()
    etl("load", "--prune", "--yes", tmp_path)
    assert query(db, "select count(*) from days") == [(1,)]
    assert [row[0] for row in query(db, HALF_HOURS)] == ["2031-02-04"]
    assert query(db, SPEAKER_DAYS) == counted(db)


def test_loading_counting_anew_and_upgrading_count_the_same(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    etl("load", "--sample", "-q")
    loaded = counts(db)
    assert copies(db) == [(key, 1, 1) for (key, *_) in copies(db)]
    assert query(db, SPEAKER_DAYS) == counted(db)
    with contextlib.closing(sqlite3.connect(db)) as connection, connection:
        for table in ("speaker_days", "mentions", "message_emoji"):
            connection.execute(f"update {table} set day_id = 100 + day_id")
    etl("rebuild", "derived")
    assert counts(db) == loaded
    (tmp_path / "old").mkdir()
    old = as_the_first_schema_had_it(db, tmp_path / "old" / "old.db")
    etl("people", "--db", old)
    assert counts(old) == loaded


def test_home_draws_the_newest_year_of_many_days(
    etl: Command, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for date in ("2030-12-31", DATE):
        write_page(tmp_path, message("07:00:00", LIN, "早"), date=date)
    etl("load", tmp_path)
    both = {"/chats/-/chat/team/2030-12-31", f"/chats/-/chat/team/{DATE}"}
    seen = visit_one(db, "/chats/-/chat")
    assert set(seen.links_to("/chat/team/2")) == both
    assert "All years" not in seen.text
    monkeypatch.setattr(home, "DRAWN", 1)
    seen = visit_one(db, "/chats/-/chat")
    assert seen.links_to("/chat/team/2") == [f"/chats/-/chat/team/{DATE}"]
    assert "2 days · 2 messages" in seen.text
    assert "All years of team" in seen.text
    assert set(visit_one(db, "/chats/-/chat/team").links_to("/chat/team/2")) >= both


def test_who_wrote_when_is_packed_as_the_messages_say(
    etl: Command, db: Path, tmp_path: Path
) -> None:
    first, second = message("07:00:00", LIN, "早"), message("07:00:00", WANG, "早")
    etl("load", write_page(tmp_path, second, message("06:00:00", "", "有人加入了群聊"), first))
    etl("load", write_page(tmp_path, first, second, message("08:40:00", WANG, "好")))
    with open_read_only(db) as connection:
        voices = voices_of(connection, 1)
        assert list(map(list, voices)) == list(map(list, spoken_on(connection, 1)))
    assert list(voices.seconds) == [25200, 25200, 31200]
    assert list(voices.signs) == [TEXT | DOUBLED, TEXT | DOUBLED, TEXT]
    assert etl("verify").code == 0


def test_days_without_packed_voices_are_read_from_their_messages(etl: Command, db: Path) -> None:
    """Of an archive that an older version made."""
    etl("load", "--sample", "-q")
    before, packed = all_that_is_derived(db), query(db, "select * from voices order by 1")
    with contextlib.closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("update voices set packed = x'00' where day_id < 9")
        connection.execute("delete from voices where day_id > 20")
    assert etl("verify").code == 1
    assert etl("people").code == 0
    assert all_that_is_derived(db) == before
    assert query(db, "select * from voices order by 1") == packed
    assert etl("verify").code == 0
