"""Pages back from the archive's tables, byte for byte: what export, rebuild and re-exports read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import cast

from db.reader import StoredDay, messages_of, rejects_of
from db.rows import DayRows, SourceRow
from etl.records import (
    NEWLINE_NAMES,
    FrontMatterRecord,
    Kind,
    MessageRecord,
    PageRecord,
    RejectRecord,
)
from etl.revise import Part, parts_of
from etl.sources import FORMATS

_NEWLINES = {name: newline for newline, name in NEWLINE_NAMES.items()}


def stored_page(connection: sqlite3.Connection, day: StoredDay) -> PageRecord:
    """The record that a day's page was rendered from; of its meaning, only what that takes."""
    messages = (
        MessageRecord(m.position, m.time, m.speaker, cast(Kind, m.kind), *m[6:])
        for m in messages_of(connection, day.id)
    )
    return _page(day, day.front_matter, messages, rejects_of(connection, day.id))


def page_of_rows(rows: DayRows, source: SourceRow) -> PageRecord:
    """As ``stored_page``, of a day that is not stored yet."""
    messages = (
        MessageRecord(m.position, m.sent_at[11:], m.speaker or "", cast(Kind, m.kind), *m[5:10])
        for m in rows.messages
    )
    return _page(source, rows.day.front_matter, messages, rows.rejects)


def _page(
    version: StoredDay | SourceRow,
    front_matter: str | None,
    messages: Iterable[MessageRecord],
    rejects: Iterable[tuple[int, int, str, bytes]],
) -> PageRecord:
    return PageRecord(
        format=version.format,
        newline=_NEWLINES[version.newline],
        byte_order_mark=bool(version.byte_order_mark),
        escape_depth=version.escape_depth,
        front_matter=FrontMatterRecord(verbatim=front_matter),
        messages=tuple(messages),
        rejects=tuple(RejectRecord(*reject) for reject in rejects),
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
