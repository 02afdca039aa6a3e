"""Speakers: one row per name that messages were exported under."""

from __future__ import annotations

from collections import Counter

from db.rows import SpeakerRow
from etl.records import PageRecord


def to_speaker_rows(page: PageRecord) -> list[SpeakerRow]:
    """The page's names in the order of their first message."""
    said = Counter(message.speaker for message in page.messages if message.speaker)
    return [SpeakerRow(name, messages) for name, messages in said.items()]
