"""Messages, with their natural keys and the terms they are found by."""

from __future__ import annotations

from collections import Counter

from db.rows import MessageRow
from db.text_index import index_terms
from etl.records import PageRecord


def to_message_rows(page: PageRecord, room: str, date: str) -> list[MessageRow]:
    """The page's messages in its order.

    A key is ``room/date/HHMMSS-n`` for the n-th message of that second: computed from the page
    alone, so that every load gives it again.
    """
    of_second: Counter[str] = Counter()
    rows = []
    for message in page.messages:
        of_second[message.time] += 1
        second = message.time.replace(":", "")
        rows.append(
            MessageRow(
                position=message.position,
                key=f"{room}/{date}/{second}-{of_second[message.time]}",
                sent_at=f"{date} {message.time}",
                speaker=message.speaker or None,
                kind=message.kind,
                text=message.text,
                body=message.body,
                verbatim=message.verbatim,
                first_line=message.first_line,
                last_line=message.last_line,
                terms=index_terms(message.text),
            )
        )
    return rows
