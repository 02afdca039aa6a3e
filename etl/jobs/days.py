"""Days, and what of their pages was not understood."""

from __future__ import annotations

from db.rows import DayRow, RejectRow
from etl.records import PageRecord


def to_day_row(page: PageRecord, room: str, date: str) -> DayRow:
    """The day's own row, as its front matter tells it."""
    front = page.front_matter
    return DayRow(
        room=room,
        date=date,
        title=front.title,
        presenter=front.presenter,
        declared_lines=front.declared_lines,
        front_matter=front.verbatim,
        messages=len(page.messages),
    )


def to_reject_rows(page: PageRecord) -> list[RejectRow]:
    """The page's rejects, in its order."""
    return [RejectRow(r.position, r.first_line, r.reason, r.content) for r in page.rejects]
