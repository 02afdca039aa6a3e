"""Pages back from the archive's tables, byte for byte: what export, rebuild and re-exports read."""

from __future__ import annotations

import sqlite3
from typing import cast

from db.reader import StoredDay, messages_of, rejects_of
from etl.records import FrontMatterRecord, Kind, MessageRecord, Newline, PageRecord, RejectRecord
from etl.revise import Part, parts_of
from etl.sources import FORMATS

NEWLINE_NAMES: dict[Newline, str] = {"\n": "lf", "\r\n": "crlf"}
_NEWLINES = {name: newline for newline, name in NEWLINE_NAMES.items()}


def stored_page(connection: sqlite3.Connection, day: StoredDay) -> PageRecord:
    """The record that a day's page was rendered from; of its meaning, only what that takes."""
    return PageRecord(
        format=day.format,
        newline=_NEWLINES[day.newline],
        byte_order_mark=bool(day.byte_order_mark),
        escape_depth=day.escape_depth,
        front_matter=FrontMatterRecord(verbatim=day.front_matter),
        messages=tuple(
            MessageRecord(
                m.position,
                m.time,
                m.speaker,
                cast(Kind, m.kind),
                m.text,
                m.body,
                m.verbatim,
                m.first_line,
                m.last_line,
            )
            for m in messages_of(connection, day.id)
        ),
        rejects=tuple(RejectRecord(*reject) for reject in rejects_of(connection, day.id)),
    )


def stored_bytes(connection: sqlite3.Connection, day: StoredDay) -> bytes:
    """The bytes of the file that a day was loaded from."""
    return FORMATS[day.format].render(stored_page(connection, day))


def stored_parts(connection: sqlite3.Connection, day: StoredDay) -> list[Part]:
    """The loaded version of a day, to compare a newer one with."""
    messages = messages_of(connection, day.id)
    keys = {message.position: message.key for message in messages}
    ids = {message.position: message.id for message in messages}
    return parts_of(stored_page(connection, day), keys, ids)
