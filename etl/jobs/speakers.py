"""Speakers: one row per name that messages were exported under, with what it wrote on the day."""

from __future__ import annotations

from collections import defaultdict

from db.rows import SpeakerRow, half_hour_sign
from etl.jobs.half_hours import HALF_HOUR_OF
from etl.records import MessageRecord, PageRecord

_SIGNS = {beginning: half_hour_sign(half_hour) for beginning, half_hour in HALF_HOUR_OF.items()}


def to_speaker_rows(page: PageRecord) -> list[SpeakerRow]:
    """The page's names in the order of their first message."""
    said: defaultdict[str, list[MessageRecord]] = defaultdict(list)
    for message in page.messages:
        if message.speaker:
            said[message.speaker].append(message)
    return [_to_row(name, messages) for name, messages in said.items()]


def _to_row(name: str, said: list[MessageRecord]) -> SpeakerRow:
    return SpeakerRow(
        name,
        messages=len(said),
        longest=max(len(message.text) if message.kind == "text" else 0 for message in said),
        half_hours="".join(sorted({_SIGNS[message.time[:4]] for message in said})),
    )
