"""One typed row per thing a page puts into the archive.

Rows name each other as the page does (a speaker by name, a picture by file name, a message by
its position on the page); the writer turns those names into ids.
"""

from __future__ import annotations

from typing import NamedTuple


class SourceRow(NamedTuple):
    """A version of a day's file; see the comments of table ``sources``."""

    path: str
    sha256: str
    size: int
    mtime_ns: int
    format: str
    newline: str
    byte_order_mark: int
    escape_depth: int
    room: str
    date: str


class DayRow(NamedTuple):
    """A room's day; ``messages`` counts them."""

    room: str
    date: str
    title: str | None
    presenter: str | None
    declared_lines: int | None
    front_matter: str | None
    messages: int


class RejectRow(NamedTuple):
    """A piece of the page that was not understood."""

    position: int
    first_line: int
    reason: str
    content: bytes


# in seconds
HALF_HOUR = 1800


class SpeakerRow(NamedTuple):
    """A name that messages were exported under, and what it wrote on the day.

    ``longest`` counts characters; ``half_hours`` has a character for each, see ``half_hour_sign``.
    """

    name: str
    messages: int
    longest: int
    half_hours: str


def half_hour_sign(half_hour: int) -> str:
    """The character for a half hour of the day, 0 to 47: their order is that of time."""
    return chr(ord("0") + half_hour)


class HalfHourRow(NamedTuple):
    """What was said in a half hour of the day, from 0 on; times are seconds since midnight."""

    half_hour: int
    messages: int
    pictures: int
    notices: int
    first_second: int | None
    last_second: int | None


class MessageRow(NamedTuple):
    """A message; ``speaker`` is a name, ``terms`` what the full-text index holds of it."""

    position: int
    key: str
    sent_at: str
    speaker: str | None
    kind: str
    text: str
    body: str | None
    verbatim: str | None
    first_line: int
    last_line: int
    terms: str


class ImageRow(NamedTuple):
    """A picture in the message at ``position``."""

    position: int
    name: str
    taken_at: str | None
    url: str


class LinkRow(NamedTuple):
    """The ``ordinal``-th link in the message at ``position``, from 1."""

    position: int
    ordinal: int
    canonical: str
    host: str
    url: str
    title: str | None


class QuoteRow(NamedTuple):
    """What the message at ``position`` quotes, of whom, and answers."""

    position: int
    name: str
    text: str
    reply: str


class MentionRow(NamedTuple):
    """An @ in the message at ``position``; ``at`` counts characters of its text, from 1.

    ``written`` is what stands behind it as far as a name may reach.
    """

    position: int
    at: int
    written: str | None


class EmojiRow(NamedTuple):
    """How often the message at ``position`` has an emoji."""

    position: int
    code: str
    unicode: str | None
    uses: int


class TagRow(NamedTuple):
    """A tag of the day."""

    name: str


class RevisionRow(NamedTuple):
    """One thing that a later version of a day changed; see the comments of table ``revisions``."""

    kind: str
    message_id: int | None
    key_before: str | None
    key_after: str | None
    position_before: int | None
    position_after: int | None
    before: bytes | None
    after: bytes | None


FamilyRow = ImageRow | LinkRow | QuoteRow | MentionRow | EmojiRow | TagRow


class DayRows(NamedTuple):
    """Everything of one page. ``families`` holds, by the job's name, what hangs on messages."""

    day: DayRow
    rejects: list[RejectRow]
    speakers: list[SpeakerRow]
    half_hours: list[HalfHourRow]
    messages: list[MessageRow]
    families: dict[str, list[FamilyRow]]
