"""Half hours: how much was said in each, and when, so that nobody counts all messages."""

from __future__ import annotations

from collections import defaultdict

from db.rows import HalfHourRow
from etl.records import MessageRecord, PageRecord

# By the beginning of a time, such as 07:3: to reckon it for each message takes longer.
HALF_HOUR_OF = {
    f"{hour:02}:{tens}": 2 * hour + (tens >= 3) for hour in range(24) for tens in range(6)
}


def to_half_hour_rows(page: PageRecord) -> list[HalfHourRow]:
    """The half hours in which the page has messages, in their order."""
    by_half: defaultdict[int, list[MessageRecord]] = defaultdict(list)
    for message in page.messages:
        by_half[HALF_HOUR_OF[message.time[:4]]].append(message)
    return [_to_row(half_hour, by_half[half_hour]) for half_hour in sorted(by_half)]


def _to_row(half_hour: int, said: list[MessageRecord]) -> HalfHourRow:
    spoken = [message.time for message in said if message.speaker]
    return HalfHourRow(
        half_hour,
        messages=len(said),
        pictures=[message.kind for message in said].count("image"),
        notices=len(said) - len(spoken),
        first_second=_second(min(spoken)) if spoken else None,
        last_second=_second(max(spoken)) if spoken else None,
    )


def _second(time: str) -> int:
    """Of the day, of ``HH:MM:SS``."""
    return int(time[:2]) * 3600 + int(time[3:5]) * 60 + int(time[6:])
