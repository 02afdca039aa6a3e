"""Half hours: how much was said in each, and when, so that nobody counts all messages."""

from __future__ import annotations

from itertools import groupby

from db.rows import HALF_HOUR, HalfHourRow
from etl.records import MessageRecord, PageRecord


def to_half_hour_rows(page: PageRecord) -> list[HalfHourRow]:
    """The half hours in which the page has messages, in their order."""
    timed = sorted((_second(m.time), m.position, m) for m in page.messages)
    return [
        _to_row(half_hour, [(second, message) for second, _, message in said])
        for half_hour, said in groupby(timed, key=lambda one: one[0] // HALF_HOUR)
    ]


def _to_row(half_hour: int, said: list[tuple[int, MessageRecord]]) -> HalfHourRow:
    spoken = [second for second, message in said if message.speaker]
    return HalfHourRow(
        half_hour,
        messages=len(said),
        pictures=sum(message.kind == "image" for _, message in said),
        notices=len(said) - len(spoken),
        first_second=spoken[0] if spoken else None,
        last_second=spoken[-1] if spoken else None,
    )


def _second(time: str) -> int:
    """Of the day, of ``HH:MM:SS``."""
    return int(time[:2]) * 3600 + int(time[3:5]) * 60 + int(time[6:])
