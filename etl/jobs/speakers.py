"""Speakers: one row per name that messages were exported under."""

from __future__ import annotations

from db.rows import SpeakerRow
from etl.records import PageRecord


def to_speaker_rows(page: PageRecord) -> list[SpeakerRow]:
    """The page's names in the order of their first message."""
    names = dict.fromkeys(message.speaker for message in page.messages if message.speaker)
    return [SpeakerRow(name) for name in names]
