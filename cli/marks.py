"""Where in a text mentions and typed URLs stand: for terminals and for pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from db.transcript import Link, Mention, TranscriptMessage


class Mark(NamedTuple):
    """A half-open span of a text, and the mention or the link that it is."""

    start: int
    end: int
    what: Mention | Link


def marks(message: TranscriptMessage, text: str, offset: int) -> Iterator[Mark]:
    """The marks of ``text``, from ``offset`` of the message's, in order, none in another."""
    places = [
        Mark(start, start + len(mention.name) + 1, mention)
        for mention in message.mentions
        # a mention may stand in the part that is quoted
        if mention.name is not None and (start := mention.position - 1 - offset) >= 0
    ]
    cursor = 0
    for link in message.links:
        at = text.find(link.url, cursor)
        if at >= 0:
            cursor = at + len(link.url)
            places.append(Mark(at, cursor, link))
    done = 0
    for mark in sorted(places, key=lambda mark: mark[:2]):
        # what looks like a mention may stand inside a URL
        if done <= mark.start and mark.end <= len(text):
            yield mark
            done = mark.end


def reply_with_offset(message: TranscriptMessage) -> tuple[str, int]:
    """What a message says itself, without what it quotes, and where in its text that begins."""
    if message.quote is None:
        return message.text, 0
    return message.quote.reply, max(message.text.rfind(message.quote.reply), 0)
