"""Half hours: how much was said in each, and when, so that nobody counts all messages."""

from __future__ import annotations

from collections import defaultdict
from operator import itemgetter

from db.rows import HALF_HOUR, HalfHourRow
from etl.records import MessageRecord, PageRecord


def to_half_hour_rows(page: PageRecord) -> list[HalfHourRow]:
    """The half hours in which the page has messages, in their order."""
    # by hour and half of it, read off the text `HH:MM:SS`: a number for each message takes longer
    by_half: defaultdict[tuple[str, bool], list[MessageRecord]] = defaultdict(list)
    for message in page.messages:
        by_half[message.time[:2], message.time[3] >= "3"].append(message)
    return [_to_row(said) for _, said in sorted(by_half.items(), key=itemgetter(0))]


def _to_row(said: list[MessageRecord]) -> HalfHourRow:
    spoken = [message.time for message in said if message.speaker]
    return HalfHourRow(
        half_hour=_second(said[0].time) // HALF_HOUR,
        messages=len(said),
        pictures=sum(message.kind == "image" for message in said),
        notices=len(said) - len(spoken),
        first_second=_second(min(spoken)) if spoken else None,
        last_second=_second(max(spoken)) if spoken else None,
    )


def _second(time: str) -> int:
    """Of the day, of ``HH:MM:SS``."""
    return int(time[:2]) * 3600 + int(time[3:5]) * 60 + int(time[6:])
