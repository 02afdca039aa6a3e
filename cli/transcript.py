"""Messages as a chat reads: below who wrote them, with what they quote, show and link to."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from itertools import groupby

from cli.layout import (
    BOLD,
    DIM,
    MENTION,
    NARROWEST_COLUMN,
    UNDERLINED,
    Line,
    Span,
    columns,
    shown,
    speaker_name,
    speaker_style,
    wrap,
)
from cli.marks import marks, reply_with_offset
from db.transcript import Link, Quote, TranscriptDay, TranscriptMessage

_LABEL_INDENT = "  "
MISSING = "(voice, video or red packet: not exported)"
NOTICE = "(system notice: not exported)"


def day_lines(
    day: TranscriptDay, messages: list[TranscriptMessage], *, width: int, keys: bool
) -> Iterator[Line]:
    """A day's transcript below its title and presenter."""
    counted = f"{day.messages:,} message{'' if day.messages == 1 else 's'}"
    title = f"{_day_title(day.room.slug, day.room.title, day.date)} · {counted}"
    yield from wrap([Span(title, BOLD)], width)
    if day.presenter:
        presenter = Span(day.presenter, speaker_style(day.presenter))
        yield from wrap([Span("presented by ", DIM), presenter], width)
    if not messages:
        yield []
        yield [Span("(no messages)", DIM)]
    yield from _groups(messages, width=width, keys=keys)


def context_lines(
    title: tuple[str, str | None], messages: list[TranscriptMessage], marked: int, *, width: int
) -> Iterator[Line]:
    """Messages of the room of that slug and title, below the day they are of; one is marked."""
    marked_id = messages[marked].id
    for number, (date, of_day) in enumerate(groupby(messages, lambda m: m.date)):
        if number:
            yield []
        yield from wrap([Span(_day_title(*title, date), BOLD)], width)
        yield from _groups(list(of_day), width=width, marked=marked_id)


def weekday(date: str) -> str:
    """The name of a date's day of the week."""
    return f"{datetime.date.fromisoformat(date):%A}"


def _day_title(slug: str, title: str | None, date: str) -> str:
    room = f"{title} ({slug})" if title else slug
    return f"{room} · {date} {weekday(date)}"


def _groups(
    messages: list[TranscriptMessage], *, width: int, keys: bool = False, marked: int | None = None
) -> Iterator[Line]:
    """Messages in order, those that one speaker wrote in a row below the name."""
    for speaker, group in groupby(messages, lambda m: m.speaker):
        yield []
        if speaker is not None:
            yield from wrap([Span(speaker_name(speaker), speaker_style(speaker))], width)
        for message in group:
            label = message.key if keys else message.sent_at[11:16]
            yield from _message(message, label, width, marked=message.id == marked)


def _message(message: TranscriptMessage, label: str, width: int, *, marked: bool) -> Iterator[Line]:
    """A message beside its label, or below it where the column would be too narrow."""
    mark = Span("> ", MENTION) if marked else Span(_LABEL_INDENT)
    beside = Span(f"{shown(label)}  ", BOLD if marked else DIM)
    indent, first = 2 + columns(beside.text), [mark, beside]
    if width - indent < NARROWEST_COLUMN:
        for line in wrap([beside], width - 2):
            yield [mark, *line]
            mark = Span(_LABEL_INDENT)
        indent, first = 4, [Span(" " * 4)]
    for line in _content(message, width - indent):
        yield first + line
        first = [Span(" " * indent)]


def _content(message: TranscriptMessage, width: int) -> Iterator[Line]:
    """What a message says, in lines of at most ``width`` columns."""
    if message.quote is not None:
        quoted = f"{_quoted_name(message.quote)}: {message.quote.text}"
        for line in wrap([Span(quoted, DIM)], width - 2):
            yield [Span("│ ", DIM), *line]
        yield from wrap(_text(message, *reply_with_offset(message)), width)
    else:
        yield from wrap(list(_spans(message)), width)


def _quoted_name(quote: Quote) -> str:
    """The name over a quote, with the one over the message it is of where that is another."""
    known = quote.speaker not in (None, quote.name)
    return f"{quote.name} ({quote.speaker})" if known else quote.name


def _spans(message: TranscriptMessage) -> Iterable[Span]:
    """What a message without a quote says."""
    if message.kind == "missing":
        return [Span(MISSING, DIM)]
    if message.kind == "notice":
        return [Span(message.text or NOTICE, DIM)]
    if message.kind == "image" and message.picture is not None:
        return [
            Span("[", DIM),
            Span(f"picture {message.picture.name}", UNDERLINED, message.picture.url),
            Span("]", DIM),
        ]
    if message.kind == "file":
        return [Span(message.text or "(no name)", BOLD), Span(" (file)", DIM)]
    if message.kind == "link":
        url, host = (message.links[0].url, message.links[0].host) if message.links else ("", "")
        return [Span(message.text or url, UNDERLINED, url), Span(f" ({host or 'link'})", DIM)]
    return _text(message, message.text, 0)


def _text(message: TranscriptMessage, text: str, offset: int) -> Line:
    """A text, from ``offset`` of the message's, with its mentions and typed URLs marked."""
    spans, done = [], 0
    for start, end, what in marks(message, text, offset):
        look, url = (UNDERLINED, what.url) if isinstance(what, Link) else (MENTION, "")
        spans += [Span(text[done:start]), Span(text[start:end], look, url)]
        done = end
    return [*spans, Span(text[done:])]
