"""Records to rows: one pure module per family of tables, one registry line each.

``to_rows`` runs them all over a page. Days, speakers and messages are the frame that the other
jobs hang their rows on; those others are in ``FAMILY_JOBS``, by name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from db.rows import DayRows, FamilyRow
from etl.jobs.days import to_day_row, to_reject_rows
from etl.jobs.emoji import to_emoji_rows
from etl.jobs.half_hours import to_half_hour_rows
from etl.jobs.images import to_image_rows
from etl.jobs.links import to_link_rows
from etl.jobs.mentions import to_mention_rows
from etl.jobs.messages import to_message_rows
from etl.jobs.quotes import to_quote_rows
from etl.jobs.speakers import to_speaker_rows
from etl.jobs.tags import to_tag_rows
from etl.records import PageRecord

FAMILY_JOBS: dict[str, Callable[[PageRecord], Sequence[FamilyRow]]] = {
    "images": to_image_rows,
    "links": to_link_rows,
    "quotes": to_quote_rows,
    "mentions": to_mention_rows,
    "emoji": to_emoji_rows,
    "tags": to_tag_rows,
}
FRAME_JOBS = ("days", "speakers", "messages")
JOBS = (*FRAME_JOBS, *FAMILY_JOBS)


def to_rows(page: PageRecord, room: str, date: str) -> DayRows:
    """All rows of one room's day."""
    return DayRows(
        day=to_day_row(page, room, date),
        rejects=to_reject_rows(page),
        speakers=to_speaker_rows(page),
        half_hours=to_half_hour_rows(page),
        messages=to_message_rows(page, room, date),
        families={name: cast(list[FamilyRow], job(page)) for name, job in FAMILY_JOBS.items()},
    )
