"""Rows into tables. Opens no transaction of its own: the caller's holds a whole day, or nothing."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from db import counts, migrations
from db.families import FAMILIES
from db.index_version import VERSION as TEXT_INDEX_VERSION
from db.people import voices
from db.rows import (
    DayRow,
    DayRows,
    FamilyRow,
    MessageRow,
    RejectRow,
    RevisionRow,
    SourceRow,
    SpeakerRow,
)
from db.text_index import with_terms

# message id by position on the page
MessageIds = Mapping[int, int]
# speaker id by name; of no name, none
SpeakerIds = Mapping[str | None, int | None]

_INSERT_MESSAGE = """
insert into messages (key, position, sent_at, speaker_id, kind, text, stored_body, verbatim,
                      first_line, last_line, day_id, id)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_AT_ONCE = 1000
_MAKES_INDEX = (
    "create virtual table messages_fts",
    "insert into messages_fts (messages_fts, rank)",
)
# what a picture's body links to
_TARGET = re.compile(rb"\]\((\S+)\)")
# what it quotes is looked for again, if it still quotes anything
_UPDATE_MESSAGE = """
update messages set reply_to = null, key = ?, position = ?, sent_at = ?,
       speaker_id = ?, kind = ?, text = ?, stored_body = ?, verbatim = ?, first_line = ?,
       last_line = ?
where id = ?
"""


def insert_day(connection: sqlite3.Connection, rows: DayRows, source: SourceRow, load: int) -> int:
    """Write a day that the archive does not have; its id."""
    room_id = ensure_room(connection, rows.day.room)
    source_id = insert_source(connection, source, load)
    day_id = connection.execute(
        "insert into days (room_id, date, title, presenter, declared_lines, front_matter,"
        " source_id, messages) values (?, ?, ?, ?, ?, ?, ?, ?)",
        [room_id, *rows.day[1:6], source_id, rows.day.messages],
    ).lastrowid
    assert day_id is not None
    insert_rejects(connection, day_id, rows.rejects)
    speakers = insert_speakers(connection, rows.speakers)
    first = next_message_id(connection)
    ids = {message.position: first + i for i, message in enumerate(rows.messages)}
    insert_messages(connection, day_id, rows.messages, ids, speakers)
    for name, family_rows in rows.families.items():
        insert_family(connection, name, day_id, family_rows, ids)
    counts.write(connection, day_id, rows, speakers)
    voices.write(connection, day_id, rows.messages, ids, speakers)
    note_message_range(connection, day_id)
    return day_id


def update_day(
    connection: sqlite3.Connection,
    day_id: int,
    rows: DayRows,
    ids: Mapping[int, int | None],
    *,
    indexed: bool = True,
) -> dict[int, int]:
    """Make a day what ``rows`` say: ``ids`` has the messages that stay, and None for new ones.

    Messages of the day that ``ids`` leaves out are removed. ``indexed`` says whether the day is
    in the full-text index; afterwards it is. Gives the ids of all its messages, by position.
    """
    update_day_row(connection, day_id, rows.day)
    connection.execute("delete from rejects where day_id = ?", [day_id])
    insert_rejects(connection, day_id, rows.rejects)
    speakers = insert_speakers(connection, rows.speakers)
    for name in FAMILIES:
        delete_family(connection, name, day_id)
    if indexed:
        _unindex_day(connection, day_id)
    new_ids = _update_messages(connection, day_id, rows.messages, ids, speakers)
    for name, family_rows in rows.families.items():
        insert_family(connection, name, day_id, family_rows, new_ids)
    counts.delete(connection, day_id)
    counts.write(connection, day_id, rows, speakers)
    voices.delete(connection, day_id)
    voices.write(connection, day_id, rows.messages, new_ids, speakers)
    note_message_range(connection, day_id)
    return new_ids


def delete_day(connection: sqlite3.Connection, day_id: int) -> None:
    """Take a day out with all that hangs on it; its room, too, if it was the last one there.

    Its revisions stay, and so do the versions that were loaded of it.
    """
    for name in FAMILIES:
        delete_family(connection, name, day_id)
    _unindex_day(connection, day_id)
    ids = connection.execute("select id from messages where day_id = ?", [day_id]).fetchall()
    _delete_messages(connection, ids)
    counts.delete(connection, day_id)
    voices.delete(connection, day_id)
    for table in ("rejects", "changed_days"):
        connection.execute(f"delete from {table} where day_id = ?", [day_id])
    connection.execute("delete from days where id = ?", [day_id])
    connection.execute("delete from rooms where id not in (select room_id from days)")


def note_removed(connection: sqlite3.Connection, source_id: int, load: int) -> None:
    """Write down which run removed the day of a version."""
    connection.execute("update sources set removed_by = ? where id = ?", [load, source_id])


def adopt_revisions(connection: sqlite3.Connection, day_id: int, room: str, date: str) -> None:
    """Give a day that was removed, and is back, the revisions it had."""
    connection.execute(
        "update revisions set day_id = ? where day_id is null"
        " and source_id in (select id from sources where room = ? and date = ?)",
        [day_id, room, date],
    )


def ensure_room(connection: sqlite3.Connection, slug: str) -> int:
    """The id of a room, which is made if it is new."""
    connection.execute("insert into rooms (slug) values (?) on conflict do nothing", [slug])
    (room_id,) = connection.execute("select id from rooms where slug = ?", [slug]).fetchone()
    return int(room_id)


def insert_source(connection: sqlite3.Connection, source: SourceRow, load: int) -> int:
    """Write down a version of a day's file; its id."""
    marks = ", ".join("?" * (len(SourceRow._fields) + 1))
    inserted = connection.execute(
        f"insert into sources ({', '.join(SourceRow._fields)}, load_id) values ({marks})",
        [*source, load],
    ).lastrowid
    assert inserted is not None
    return inserted


def set_source(connection: sqlite3.Connection, day_id: int, source_id: int) -> None:
    """Say which version of its file a day is loaded from."""
    connection.execute("update days set source_id = ? where id = ?", [source_id, day_id])


def set_escape_depth(connection: sqlite3.Connection, source_id: int, escape_depth: int) -> None:
    """Correct how deep a version's text was escaped: a mended rule may see it otherwise."""
    connection.execute(
        "update sources set escape_depth = ? where id = ?", [escape_depth, source_id]
    )


def update_day_row(connection: sqlite3.Connection, day_id: int, day: DayRow) -> None:
    """Write what the front matter says of a day that is there."""
    connection.execute(
        "update days set title = ?, presenter = ?, declared_lines = ?, front_matter = ?,"
        " messages = ? where id = ?",
        [*day[2:], day_id],
    )


def insert_rejects(
    connection: sqlite3.Connection, day_id: int, rejects: Iterable[RejectRow]
) -> None:
    """Write the rejects of a day."""
    connection.executemany(
        "insert into rejects (day_id, position, first_line, reason, content)"
        " values (?, ?, ?, ?, ?)",
        ((day_id, *reject) for reject in rejects),
    )


def insert_speakers(connection: sqlite3.Connection, speakers: Collection[SpeakerRow]) -> SpeakerIds:
    """Write names that are not there yet; the ids of all that were given."""
    names = [speaker.name for speaker in speakers]
    ids: dict[str | None, int | None] = {None: None}
    ids.update(_speaker_ids(connection, names))
    # on most pages everybody is known
    if new := [name for name in names if name not in ids]:
        connection.executemany("insert into speakers (name) values (?)", ([name] for name in new))
        ids.update(_speaker_ids(connection, new))
    return ids


def _speaker_ids(connection: sqlite3.Connection, names: list[str]) -> Iterable[tuple[str, int]]:
    find = "select name, id from speakers where name in (select value from json_each(?))"
    return connection.execute(find, [json.dumps(names, ensure_ascii=False)])


def insert_messages(
    connection: sqlite3.Connection,
    day_id: int,
    messages: Collection[MessageRow],
    ids: MessageIds,
    speakers: SpeakerIds,
) -> None:
    """Write new messages, with their ids, and index them."""
    connection.executemany(
        _INSERT_MESSAGE,
        ((*_written(m, speakers), day_id, ids[m.position]) for m in messages),
    )
    connection.executemany(
        "insert into messages_fts (rowid, terms) values (?, ?)",
        ((ids[m.position], m.terms) for m in messages if m.terms),
    )


def renew_index(connection: sqlite3.Connection) -> None:
    """Make an empty full-text index, of this program's version, in the place of the one there."""
    there = "select 1 from sqlite_master where name = 'messages_fts'"
    if connection.execute(there).fetchone():
        # without its settings FTS5 would not even drop it
        connection.execute("create table if not exists messages_fts_config (k primary key, v)")
        connection.execute("insert or replace into messages_fts_config values ('version', 4)")
        connection.execute("drop table messages_fts")
    for script in migrations.scripts():
        for statement in migrations.statements(script):
            if any(sign in statement for sign in _MAKES_INDEX):
                connection.execute(statement)
    connection.execute(
        "insert into properties (name, value) values ('text_index', ?)"
        " on conflict (name) do update set value = excluded.value",
        [TEXT_INDEX_VERSION],
    )


def fill_index(connection: sqlite3.Connection) -> None:
    """Put all messages into the full-text index, which must be empty."""
    texts = connection.execute("select id, text from messages where text <> '' order by id")
    while block := texts.fetchmany(_AT_ONCE):
        connection.executemany(
            "insert into messages_fts (rowid, terms) values (?, ?)", with_terms(block)
        )


def insert_family(
    connection: sqlite3.Connection,
    name: str,
    day_id: int,
    rows: Iterable[FamilyRow],
    ids: MessageIds,
) -> None:
    """Write a family's rows of one day."""
    parameters = [_parameters(row, day_id, ids) for row in rows]
    if parameters:
        for statement in FAMILIES[name].insert:
            connection.executemany(statement, parameters)


def delete_family(connection: sqlite3.Connection, name: str, day_id: int) -> None:
    """Take a family's rows of one day out; what they share with others stays."""
    connection.execute(FAMILIES[name].delete, {"day_id": day_id})


def delete_strays(connection: sqlite3.Connection) -> None:
    """Take out rows of families whose message somebody took out."""
    for table in ("message_images", "message_links", "quotes", "mentions", "message_emoji"):
        connection.execute(f"delete from {table} where message_id not in (select id from messages)")


def insert_revisions(
    connection: sqlite3.Connection,
    day_id: int,
    source_id: int,
    load: int,
    revisions: Iterable[RevisionRow],
) -> None:
    """Write down what replaced the version ``source_id`` of a day."""
    columns = ("load_id", "day_id", "source_id", *RevisionRow._fields)
    connection.executemany(
        f"insert into revisions ({', '.join(columns)}) values ({', '.join('?' * len(columns))})",
        ((load, day_id, source_id, *revision) for revision in revisions),
    )


def sweep(connection: sqlite3.Connection) -> None:
    """Take out what no message uses any more: links, emoji, tags."""
    for family in FAMILIES.values():
        for statement in family.sweep:
            connection.execute(statement)


def sweep_images(connection: sqlite3.Connection) -> None:
    """Take out URLs that neither a message nor a replaced body has, and pictures without any."""
    before = connection.execute("select before from revisions where before is not null")
    replaced = {url.decode("utf-8", "replace") for (b,) in before for url in _TARGET.findall(b)}
    unused = connection.execute(
        "select id, url from image_urls where id not in (select image_url_id from message_images)"
    ).fetchall()
    gone = [[url_id] for url_id, url in unused if url not in replaced]
    connection.executemany("delete from image_urls where id = ?", gone)
    connection.execute("delete from images where id not in (select image_id from image_urls)")


def next_message_id(connection: sqlite3.Connection) -> int:
    """An id that no message has or ever had: revisions speak of removed ones."""
    (last,) = connection.execute(
        "select max(coalesce((select max(id) from messages), 0),"
        " coalesce((select max(message_id) from revisions), 0))"
    ).fetchone()
    return int(last) + 1


def note_message_range(connection: sqlite3.Connection, day_id: int) -> None:
    """Write down the least and greatest id of a day's messages."""
    connection.execute(
        "update days set (first_message_id, last_message_id) ="
        " (select min(id), max(id) from messages where day_id = days.id) where id = ?",
        [day_id],
    )


def _update_messages(
    connection: sqlite3.Connection,
    day_id: int,
    messages: list[MessageRow],
    ids: Mapping[int, int | None],
    speakers: SpeakerIds,
) -> dict[int, int]:
    """Keep, add and remove messages of a day; all their ids, by position."""
    first = next_message_id(connection)
    here = connection.execute("select id from messages where day_id = ?", [day_id]).fetchall()
    stay = {message_id for message_id in ids.values() if message_id is not None}
    gone = [[message_id] for (message_id,) in here if message_id not in stay]
    kept = [(ids[m.position], m) for m in messages if ids[m.position] is not None]
    _delete_messages(connection, gone)
    connection.executemany(
        _UPDATE_MESSAGE,
        ((*_written(m, speakers), message_id) for message_id, m in kept),
    )
    connection.executemany(
        "insert into messages_fts (rowid, terms) values (?, ?)",
        ((message_id, m.terms) for message_id, m in kept if m.terms),
    )
    new = [m for m in messages if ids[m.position] is None]
    new_ids = {m.position: first + i for i, m in enumerate(new)}
    insert_messages(connection, day_id, new, new_ids, speakers)
    return {p: i for p, i in ids.items() if i is not None} | new_ids


def _delete_messages(connection: sqlite3.Connection, ids: Collection[Sequence[int]]) -> None:
    """Take messages out that are in no index and no family any more.

    What quoted them has to be looked for anew.
    """
    find = "select day_id from messages where reply_to = ?"
    quoting = {day for one in ids for day in connection.execute(find, one)}
    connection.executemany(
        "insert into changed_days (day_id) values (?) on conflict do nothing", quoting
    )
    connection.executemany("update messages set reply_to = null where reply_to = ?", ids)
    connection.executemany("delete from messages where id = ?", ids)


def _unindex_day(connection: sqlite3.Connection, day_id: int) -> None:
    """Take a day out of the contentless index: by the very terms that went in."""
    texts = connection.execute("select id, text from messages where day_id = ?", [day_id])
    connection.executemany(
        "insert into messages_fts (messages_fts, rowid, terms) values ('delete', ?, ?)",
        with_terms(texts.fetchall()),
    )


def _written(m: MessageRow, speakers: SpeakerIds) -> tuple[Any, ...]:
    """What is written of a message, new or not; its body only if it is not text and two blanks."""
    body = None if m.text and m.body == m.text + "  " else m.body
    return (m.key, m.position, m.sent_at, speakers[m.speaker], m.kind, m.text, body, *m[7:10])


def _parameters(row: FamilyRow, day_id: int, ids: MessageIds) -> dict[str, Any]:
    parameters: dict[str, Any] = row._asdict()
    parameters["day_id"] = day_id
    if "position" in parameters:
        parameters["message_id"] = ids[parameters.pop("position")]
    return parameters
