"""A day's rows back from the tables, as the jobs once gave them: to compare with what they give."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from db.reader import StoredDay
from db.rows import (
    DayRow,
    DayRows,
    EmojiRow,
    FamilyRow,
    ImageRow,
    LinkRow,
    MentionRow,
    MessageRow,
    QuoteRow,
    RejectRow,
    TagRow,
)

_OF_DAY = "from messages m join {0} t on t.message_id = m.id {1} where m.day_id = ? order by {2}"

_FAMILIES: dict[str, tuple[Callable[..., FamilyRow], str]] = {
    "images": (
        ImageRow,
        "select m.position, i.name, i.taken_at, u.url "
        + _OF_DAY.format(
            "message_images",
            "join images i on i.id = t.image_id join image_urls u on u.id = t.image_url_id",
            "m.position",
        ),
    ),
    "links": (
        LinkRow,
        "select m.position, t.ordinal, l.url, l.host, t.url, t.title "
        + _OF_DAY.format(
            "message_links", "join links l on l.id = t.link_id", "m.position, t.ordinal"
        ),
    ),
    "quotes": (
        QuoteRow,
        "select m.position, t.name, t.text, t.reply " + _OF_DAY.format("quotes", "", "m.position"),
    ),
    "mentions": (
        MentionRow,
        "select m.position, t.position, t.written "
        + _OF_DAY.format("mentions", "", "m.position, t.position"),
    ),
    "emoji": (
        EmojiRow,
        "select m.position, e.code, e.unicode, t.count "
        + _OF_DAY.format(
            "message_emoji", "join emoji e on e.id = t.emoji_id", "m.position, e.code"
        ),
    ),
    "tags": (
        TagRow,
        "select g.name from day_tags t join tags g on g.id = t.tag_id where t.day_id = ?"
        " order by g.name",
    ),
}
_MESSAGES = """
select m.position, m.key, m.sent_at, s.name, m.kind, m.text, m.body, m.verbatim, m.first_line,
       m.last_line, ''
from messages m left join speakers s on s.id = m.speaker_id where m.day_id = ? order by m.position
"""


def stored_rows(connection: sqlite3.Connection, day: StoredDay) -> DayRows:
    """A day's rows, each family in ``in_order``, but without the terms of its messages.

    Speakers and half hours are left out: they are counts, which have invariants of their own.
    """
    facts = connection.execute(
        "select title, presenter, declared_lines, front_matter, messages from days where id = ?",
        [day.id],
    ).fetchone()
    rejects = connection.execute(
        "select position, first_line, reason, content from rejects where day_id = ?"
        " order by position, first_line, id",
        [day.id],
    )
    messages = [MessageRow._make(row) for row in connection.execute(_MESSAGES, [day.id])]
    return DayRows(
        DayRow(day.room, day.date, *facts),
        [RejectRow._make(row) for row in rejects],
        [],
        [],
        messages,
        {
            name: [make(*row) for row in connection.execute(sql, [day.id])]
            for name, (make, sql) in _FAMILIES.items()
        },
    )


def in_order(rows: DayRows) -> DayRows:
    """Rows as ``stored_rows`` gives them: each family by what it is known by."""
    return rows._replace(
        speakers=[],
        half_hours=[],
        messages=[message._replace(terms="") for message in rows.messages],
        families={
            name: sorted(family, key=lambda row: tuple(row[:2]))
            for name, family in rows.families.items()
        },
    )
