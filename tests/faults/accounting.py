"""Where every byte of a page is: in its front matter, its messages or its rejects."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import NamedTuple

from db import loads, migrations, writer
from db.connection import APPLICATION_ID
from db.reader import find_day
from db.rows import DayRows, SourceRow
from etl.jobs import to_rows
from etl.records import NEWLINE_NAMES, MessageRecord, PageRecord, RejectRecord
from etl.sources.errors import PageError
from etl.sources.wechat_markdown import parse_page, render_page
from etl.sources.wechat_markdown.page import BYTE_ORDER_MARK, render_message
from etl.stored import stored_page

ROOM, DATE = "team", "2031-02-03"


class Account(NamedTuple):
    """Bytes of a page by what became of them; ``head`` is front matter and byte order mark."""

    head: int
    messages: int
    rejects: int

    @property
    def total(self) -> int:
        """What must be the size of the file."""
        return self.head + self.messages + self.rejects


def account(page: PageRecord) -> Account:
    """Count the bytes of a page's parts, each on its own."""
    mark = len(BYTE_ORDER_MARK.encode()) if page.byte_order_mark else 0
    return Account(
        mark + _size(page, page.front_matter.verbatim or ""),
        sum(part_size(page, message) for message in page.messages),
        sum(part_size(page, reject) for reject in page.rejects),
    )


def part_size(page: PageRecord, part: MessageRecord | RejectRecord) -> int:
    """The bytes of a message or reject on its page."""
    if isinstance(part, RejectRecord):
        return len(part.content)
    return _size(page, render_message(part))


def _size(page: PageRecord, text: str) -> int:
    line_ends = text.count("\n") * (len(page.newline) - 1)
    return len(text.encode("utf-8", "surrogateescape")) + line_ends


def empty_archive(path: str = ":memory:") -> sqlite3.Connection:
    """An archive in memory, with a load that days can be of (its id is 1)."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("pragma foreign_keys = on")
    migrations.migrate(connection, APPLICATION_ID)
    loads.begin(connection, "2031-01-01 00:00:00", "0", "{}")
    return connection


def read_back(connection: sqlite3.Connection, page: PageRecord, rows: DayRows) -> PageRecord:
    """Write a day into an archive, read its page from there, and undo the writing."""
    source = SourceRow(
        "/page", "0" * 64, 0, 0, page.format, NEWLINE_NAMES[page.newline],
        int(page.byte_order_mark), page.escape_depth, rows.day.room, rows.day.date,
    )  # fmt: skip
    connection.execute("begin")
    try:
        writer.insert_day(connection, rows, source, load=1)
        day = find_day(connection, rows.day.room, rows.day.date)
        assert day is not None
        return stored_page(connection, day)
    finally:
        connection.execute("rollback")


def check(content: bytes) -> None:
    """What must hold of any bytes: refused as a whole, or in the archive whole."""
    try:
        page = parse_page(content, DATE)
    except PageError:
        return
    assert render_page(page) == content, "rendered differently"
    assert account(page).total == len(content), "bytes not accounted for"
    assert_in_order(page)
    stored = read_back(_archive(), page, to_rows(page, ROOM, DATE))
    assert render_page(stored) == content, "the archive gives other bytes"


def assert_in_order(page: PageRecord) -> None:
    """Every message and reject has its own place, in the order of lines."""
    parts: list[MessageRecord | RejectRecord] = [*page.messages, *page.rejects]
    parts.sort(key=lambda part: part.first_line)
    places = [part.position for part in parts if part.position]
    assert places == list(range(1, len(places) + 1)), places


_archive = cache(empty_archive)
