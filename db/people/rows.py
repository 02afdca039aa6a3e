"""Typed rows of what tells who is who: read by ``db.people.reader``, judged by ``etl.people``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Voices(NamedTuple):
    """Who wrote when on a page, as columns in the order of time.

    Seconds since midnight; ids of messages, their positions and speakers; and what they are, a sum
    of ``DOUBLED``, ``TEXT`` and ``ASKS``.
    """

    seconds: Sequence[int]
    ids: Sequence[int]
    positions: Sequence[int]
    speakers: Sequence[int]
    signs: Sequence[int]


# That another speaker wrote the same text in the same second; that it is text, and asks something.
DOUBLED, TEXT, ASKS = 1, 2, 4


class NamesOnPages(NamedTuple):
    """All names on some pages, and those of them that stand behind an @."""

    names: set[str]
    mentioned: set[str]


class Evidence(NamedTuple):
    """A piece of evidence; see the comments of table ``aliases``."""

    name: str
    speaker_id: int
    kind: str
    weight: float
    times: int
    first_message_id: int | None = None
    last_message_id: int | None = None
    note: str | None = None


class AliasRow(NamedTuple):
    """A piece of evidence with what came of it."""

    name: str
    speaker_id: int
    kind: str
    weight: float
    times: int
    first_message_id: int | None
    last_message_id: int | None
    note: str | None
    verdict: str
    person_id: int | None


class Speaker(NamedTuple):
    """A name that messages were exported under; ``first`` and ``last`` say when."""

    id: int
    name: str
    messages: int
    first: str
    last: str


class NameUse(NamedTuple):
    """In which messages a name stands first and last, in quotes and behind an @."""

    first_message_id: int
    last_message_id: int


class PersonRow(NamedTuple):
    """Somebody; see the comments of table ``people``."""

    id: int
    name: str
    nickname: str | None
    company: str | None
    role: str | None
    city: str | None


class SpeakerRow(NamedTuple):
    """What a speaker's name says, and who is behind it."""

    id: int
    nickname: str | None
    company: str | None
    role: str | None
    city: str | None
    person_id: int | None


class MentionPlace(NamedTuple):
    """Where a mention stands, what is written there, and the known name that it is."""

    message_id: int
    at: int
    written: str | None
    name: str | None
    text: str


class NamedMention(NamedTuple):
    """A mention of a name on a day, and the speaker it is given to."""

    message_id: int
    at: int
    name: str
    date: str
    speaker_id: int | None


class QuotePlace(NamedTuple):
    """A quote, and what it was found to quote: a message, and its speaker if only one fits."""

    message_id: int
    room_id: int
    date: str
    position: int
    text: str
    reply_to: int | None
    speaker_id: int | None
    name: str


class Candidate(NamedTuple):
    """A message of the room that a quote may be of; a notice has no speaker."""

    message_id: int
    speaker_id: int | None
    text: str
    date: str
    position: int


class QuoteOf(NamedTuple):
    """A quote under a name of what a speaker wrote."""

    name: str
    speaker_id: int
    text: str
    message_id: int


class SpokenText(NamedTuple):
    """What a speaker wrote, and when."""

    message_id: int
    sent_at: str
    speaker_id: int
    name: str
    text: str


class DoubledMessage(NamedTuple):
    """That a message stands on its page under another speaker's name, too."""

    name: str
    speaker_id: int
    text: str
    message_id: int


class Context(NamedTuple):
    """A mention of a name: seconds since midnight, its author and message.

    ``is_quoted`` where it stands in a quoted text, whose author is another one; ``is_list`` where
    the message mentions many.
    """

    second: int
    name: str
    author_id: int | None
    message_id: int
    is_quoted: bool
    is_list: bool


class InferredReply(NamedTuple):
    """That a message probably answers another one; see the comments of ``inferred_replies``."""

    message_id: int
    reply_to: int
    kind: str
    confidence: float
