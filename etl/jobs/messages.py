"""Messages, with their natural keys and the terms they are found by."""

from __future__ import annotations

from db.rows import MessageRow
from db.text_index import index_terms_of
from etl.records import PageRecord


def to_message_rows(page: PageRecord, room: str, date: str) -> list[MessageRow]:
    """The page's messages in its order.

    A key is ``room/date/HHMMSS-n`` for the n-th message of that second: computed from the page
    alone, so that every load gives it again.
    """
    of_second: dict[str, int] = {}
    rows = []
    terms_of_all = index_terms_of([message.text for message in page.messages])
    for message, terms in zip(page.messages, terms_of_all, strict=True):
        position, time, speaker, kind, text, body, verbatim, first_line, last_line, _ = message
        nth = of_second[time] = of_second.get(time, 0) + 1
        rows.append(
            MessageRow(
                position,
                f"{room}/{date}/{time.replace(':', '')}-{nth}",
                f"{date} {time}",
                speaker or None,
                kind,
                text,
                body,
                verbatim,
                first_line,
                last_line,
                terms,
            )
        )
    return rows
