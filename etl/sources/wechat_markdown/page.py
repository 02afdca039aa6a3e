"""Bytes to a record and back, byte for byte, whatever the bytes are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from etl.records import FrontMatterRecord, MessageRecord, Newline, PageRecord, RejectRecord
from etl.sources.errors import PageError
from etl.sources.wechat_markdown.bodies import BLANK, Shape, read_shape, shape_of
from etl.sources.wechat_markdown.escaping import escape_depth
from etl.sources.wechat_markdown.front_matter import read_front_matter

NAME = "wechat-markdown"

BYTE_ORDER_MARK = "\ufeff"
SEPARATOR = "   \n"
_END_OF_BODY = "\n" + SEPARATOR
# A header by its shape; whether its time exists is judged later. One space after the time, or
# none at the line's end, is what editors leave of two.
_HEADER = re.compile(r"^> ([0-9]+:[0-9]+:[0-9]+)(?![^ \t\r\n])([^\n]*\n?)", re.MULTILINE)
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]")
# Bytes that are not UTF-8 are carried as lone surrogates (PEP 383) until they are rejected.
_UNREADABLE = re.compile("[\x00\udc80-\udcff]")
_BLANK_LINE = re.compile(r"[ \t\r]*(?:\n|\Z)")


class _Segment(NamedTuple):
    """A message as it stands on the page, what its body means not yet understood."""

    position: int
    time: str
    speaker: str
    body: str | None
    verbatim: str | None
    first_line: int
    last_line: int
    shape: Shape


def parse_page(content: bytes, date: str) -> PageRecord:
    """Read the page of one day (``YYYY-MM-DD``); ``render_page`` gives ``content`` back.

    What cannot be understood becomes a reject and costs only itself. Raises PageError where the
    page as a whole holds nothing that can be loaded.
    """
    text, newline, byte_order_mark = _decode(content)
    # the head; then of each message its time, the rest of its header, and what follows
    head, *pieces = _HEADER.split(text)
    front_matter, rejects = _parse_head(head, date, newline, quiet_day=not pieces)
    segments: list[_Segment] = []
    for segment in _segments(text, len(head), pieces, 1 + head.count("\n"), newline):
        if isinstance(segment, RejectRecord):
            rejects.append(segment)
        else:
            segments.append(segment)
    depth = escape_depth(s.shape.text for s in segments if s.shape.kind == "text")
    return PageRecord(
        format=NAME,
        newline=newline,
        byte_order_mark=byte_order_mark,
        escape_depth=depth,
        front_matter=front_matter,
        messages=tuple(_parse_message(segment, depth) for segment in segments),
        rejects=tuple(rejects),
    )


def render_page(page: PageRecord) -> bytes:
    """The page's bytes, from its parts."""
    items: list[MessageRecord | RejectRecord] = [*page.rejects, *page.messages]
    items.sort(key=lambda item: (item.position, item.first_line))
    front_matter = page.front_matter.verbatim or ""
    return b"".join(
        [
            BYTE_ORDER_MARK.encode() if page.byte_order_mark else b"",
            _encode(front_matter, page.newline),
            *(
                item.content
                if isinstance(item, RejectRecord)
                else _encode(render_message(item), page.newline)
                for item in items
            ),
        ]
    )


def render_message(message: MessageRecord) -> str:
    """A message as it stands on its page (with LF line ends)."""
    if message.verbatim is not None:
        return message.verbatim
    return _fill_template(message.time, message.speaker, message.body)


def _fill_template(time: str, speaker: str, body: str | None) -> str:
    header = f"> {time}  {speaker}  \n{SEPARATOR}"
    return header if body is None else f"{header}{body}\n{SEPARATOR}"


def _decode(content: bytes) -> tuple[str, Newline, bool]:
    text = content.decode("utf-8", "surrogateescape")
    byte_order_mark = text.startswith(BYTE_ORDER_MARK)
    if byte_order_mark:
        text = text[1:]
    # mixed line ends are kept as they are, as LF with stray CRs
    newline: Newline = "\r\n" if 0 < text.count("\n") == text.count("\r\n") else "\n"
    if newline == "\r\n":
        text = text.replace("\r\n", "\n")
    return text, newline, byte_order_mark


def _encode(text: str, newline: Newline) -> bytes:
    if newline == "\r\n":
        text = text.replace("\n", "\r\n")
    return text.encode("utf-8", "surrogateescape")


def _parse_head(
    head: str, date: str, newline: Newline, *, quiet_day: bool
) -> tuple[FrontMatterRecord, list[RejectRecord]]:
    """The front matter, and rejects for what of the head is none.

    A page without any message is a quiet day if its front matter is all there is; anything else
    is no page.
    """
    record, end, problem, closed = read_front_matter(head, date)
    if quiet_day and not head:
        raise PageError("the file is empty")
    if quiet_day and (head[end:] or not closed):
        raise PageError("no line of it is a message header (`> HH:MM:SS  NAME`)")
    if _UNREADABLE.search(head, 0, end):
        record, problem = FrontMatterRecord(), "the front matter is not UTF-8, or has a NUL"
    rejects = []
    if problem:
        rejects.append(RejectRecord(0, 1, problem, _encode(head[:end], newline)))
    if head[end:]:
        line = 1 + head.count("\n", 0, end)
        reason = "text before the first message"
        rejects.append(RejectRecord(0, line, reason, _encode(head[end:], newline)))
    return record, rejects


def _segments(
    text: str, start: int, pieces: list[str], first_line: int, newline: Newline
) -> Iterator[_Segment | RejectRecord]:
    damaged = _UNREADABLE.search(text, start) is not None
    messages = zip(pieces[0::3], pieces[1::3], pieces[2::3], strict=True)
    for position, (time, name, rest) in enumerate(messages, start=1):
        next_line = first_line + name.count("\n") + rest.count("\n")
        if reason := _unreadable(time, name, rest, damaged=damaged):
            content = _encode(f"> {time}{name}{rest}", newline)
            yield RejectRecord(position, first_line, reason, content)
        else:
            speaker = name.strip()
            body, has_template = _body(rest)
            verbatim = None
            if not has_template or name != f"  {speaker}  \n":
                written = f"> {time}{name}{rest}"
                verbatim = None if written == _fill_template(time, speaker, body) else written
            last_line = next_line - (rest or name).endswith("\n")
            yield _Segment(
                position, time, speaker, body, verbatim, first_line, last_line, shape_of(body)
            )
        first_line = next_line


def _unreadable(time: str, name: str, rest: str, *, damaged: bool) -> str | None:
    """Why a message cannot be read; only where the page is ``damaged`` it may be no text."""
    if damaged and (_UNREADABLE.search(name) or _UNREADABLE.search(rest)):
        return "the message is not UTF-8, or has a NUL"
    if not _TIME.fullmatch(time):
        return f"{time[:20]} is no time of day"
    return None


def _body(rest: str) -> tuple[str | None, bool]:
    """What stands between the two separator lines, and whether they are as in the template.

    It is found also where an editor stripped or cut them.
    """
    if rest == SEPARATOR:
        return None, True
    if rest.startswith(SEPARATOR) and rest.endswith(_END_OF_BODY) and len(rest) > 8:
        return rest[len(SEPARATOR) : -len(_END_OF_BODY)], True
    if blank := _BLANK_LINE.match(rest):
        rest = rest[blank.end() :]
    return rest.rstrip(BLANK) or None, False


def _parse_message(segment: _Segment, depth: int) -> MessageRecord:
    position, time, speaker, body, verbatim, first_line, last_line, shape = segment
    kind, text, target = read_shape(shape, depth)
    # the exporter wrote system messages under an empty name
    kind = kind if speaker else "notice"
    return MessageRecord(
        position, time, speaker, kind, text, body, verbatim, first_line, last_line, target
    )
