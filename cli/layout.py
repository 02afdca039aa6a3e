"""Text as lines for a terminal: wrapped by columns, coloured, with links to click.

What people typed is only ever text: every span is made printable, so no control character of
theirs reaches a terminal; the sequences that do are added by ``paint`` alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote

from cli.formats import printable


class Span(NamedTuple):
    """Text of one look: ``style`` is an SGR code (``1;31``), ``url`` what a click opens."""

    text: str
    style: str = ""
    url: str = ""


Line = list[Span]
BOLD, DIM, UNDERLINED, MENTION = "1", "2", "4", "1;36"
# Readable on black and on white; which one is whose is a matter of the name alone.
SPEAKER_COLOURS = (25, 28, 31, 64, 67, 91, 97, 124, 125, 130, 132, 136, 160, 166, 168, 172)
NARROWEST = 20
# Less room than this beside a label is no column to read: the text goes below it.
NARROWEST_COLUMN = 24
_UNBROKEN = 1_000_000


def width() -> int:
    """The columns to fill: the terminal's, 80 where there is none, COLUMNS if it is set."""
    return max(NARROWEST, shutil.get_terminal_size().columns)


def listing_width() -> int:
    """The columns to fill with a list of things: through a pipe each stays on its line."""
    return width() if sys.stdout.isatty() else _UNBROKEN


def colours() -> bool:
    """Whether colours and links are wanted: on a terminal that has them (https://no-color.org)."""
    dumb = os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not dumb and not os.environ.get("NO_COLOR")


@lru_cache(maxsize=10_000)
def columns(text: str) -> int:
    """How many columns a printable text takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # takes 25 ms to import

    return wcswidth(text)


def shown(text: str) -> str:
    """A text of one line as it may be shown: its spaces as spaces, and nothing that steers."""
    return printable(text.translate(_SPACES))


def as_json(value: object) -> str:
    """JSON in which nothing steers a terminal either."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return _STEERING.sub(lambda match: json.dumps(match[0])[1:-1], text)


def speaker_name(name: str) -> str:
    """A name as it may be shown; it may have nothing but spaces and signs without a width."""
    text = shown(name).strip()
    return text if columns(text) > 0 else "(no name)"


def painted(lines: Iterable[Line]) -> Iterator[str]:
    """Lines to print where we print to: with colours and links on a terminal."""
    colour = colours()
    return (paint(line, colour=colour) for line in lines)


def paint(line: Line, *, colour: bool) -> str:
    """A line to print."""
    if not colour:
        return "".join(span.text for span in line).rstrip()
    looks = groupby(line, lambda span: (span.style, span.url))
    return "".join(_painted(Span("".join(s.text for s in spans), *look)) for look, spans in looks)


def wrap(spans: Line, width: int) -> list[Line]:
    """Spans as lines of at most ``width`` columns (from 2): nothing but spaces is lost.

    Words stay whole where they fit, Chinese breaks anywhere but before closing and after opening
    punctuation. A newline begins a new line.
    """
    return [line for paragraph in _paragraphs(spans) for line in _wrapped(paragraph, width)]


def fill(items: Iterable[Line], width: int) -> list[Line]:
    """Items side by side, two spaces between; only one that is wider than a line is broken."""
    lines: list[Line] = []
    used = 0
    for item in items:
        size = columns("".join(span.text for span in item))
        if lines and used + 2 + size <= width:
            lines[-1] += [Span("  "), *item]
            used += 2 + size
        else:
            lines += wrap(item, width)
            used = columns("".join(span.text for span in lines[-1]))
    return lines


def beside(label: Span, size: int, text: Line, width: int) -> Iterator[Line]:
    """A text wrapped in a column of its own from column ``size`` on, its label before it.

    Where that column would be too narrow to read, it stands below the label.
    """
    if width - size < NARROWEST_COLUMN:
        yield from wrap([label], width)
        label, size = Span(""), 4
    for line in wrap(text, width - size):
        yield [label, Span(" " * (size - columns(label.text))), *line]
        label = Span("")


def speaker_style(name: str) -> str:
    """The look of a speaker's name, always the same one."""
    colour = SPEAKER_COLOURS[zlib.crc32(name.encode("utf-8", "replace")) % len(SPEAKER_COLOURS)]
    return f"1;38;5;{colour}"


# Where a line may break; the ideographic space takes two columns.
_SPACES = dict.fromkeys(map(ord, "\t\xa0\u1680\u202f\u205f"), " ")
_SPACES |= dict.fromkeys(range(0x2000, 0x200B), " ") | {0x3000: "  "}
_NEWLINE = re.compile("\r\n|[\r\n\u2028\u2029]")
# Not the newlines of the JSON itself: one inside a string is escaped already.
_STEERING = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_WIDE = (
    "\u1100-\u115f\u2e80-\u2fff\u3001-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff"
    "\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U0001f300-\U0001faff\U00020000-\U0003fffd"
)
_MARKS = "\u0300-\u036f\u200d\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff"
_OPENING = "（「『《〈【〔〖［｛“‘"
_CLOSING = "，。！？；：、）」』》〉】〕〗］｝”’…"
# Pieces that no line breaks inside, if they fit on one: spaces, WeChat's emoji ([强]), a Chinese
# character or a word, each with the punctuation that belongs to it.
_PIECE = re.compile(
    rf" +|\[[^\[\]\s]{{1,8}}\]"
    rf"|[{_OPENING}]*[{_WIDE}][{_MARKS}]*[{_CLOSING}]*"
    rf"|[^ {_WIDE}]+?(?=\[[^\[\]\s]{{1,8}}\]|[ {_WIDE}]|$)[{_CLOSING}]*"
)
_CLUSTER = re.compile(rf"[^{_MARKS}][{_MARKS}]*|[{_MARKS}]+")


def _paragraphs(spans: Line) -> Iterator[Line]:
    """The spans of each line that was typed, as they may be shown."""
    paragraph: Line = []
    for span in spans:
        first, *rest = _NEWLINE.split(span.text)
        paragraph.append(span._replace(text=shown(first)))
        for text in rest:
            yield paragraph
            paragraph = [span._replace(text=shown(text))]
    yield paragraph


def _wrapped(paragraph: Line, width: int) -> Iterator[Line]:
    """A paragraph as lines; spaces around a break are dropped."""
    if columns("".join(span.text for span in paragraph)) <= width:
        yield _without_end(paragraph)
        return
    line: Line = []
    used, gap = 0, Span("")
    for piece in _pieces(paragraph, width):
        if piece.text.isspace():
            gap = piece
            continue
        # an Indic vowel sign has no width of its own, but gives one to the letter before it
        size = columns(f"x{piece.text}") - 1
        if line and used + len(gap.text) + size > width:
            yield line
            line, used, gap = [], 0, Span("")
        if gap.text and len(gap.text) + size + used <= width:
            line.append(gap)
            used += len(gap.text)
        line.append(piece)
        used, gap = used + size, Span("")
    yield line


def _without_end(paragraph: Line) -> Line:
    """A paragraph without the spaces at its end."""
    kept = list(paragraph)
    while kept and not (text := kept[-1].text.rstrip(" ")):
        kept.pop()
    return [*kept[:-1], kept[-1]._replace(text=text)] if kept else []


def _pieces(paragraph: Line, width: int) -> Iterator[Span]:
    """Pieces of at most ``width`` columns."""
    for span in paragraph:
        for match in _PIECE.finditer(span.text):
            text = match[0]
            if text.isspace() or columns(text) <= width:
                yield Span(text, span.style, span.url)
            else:
                yield from (span._replace(text=part) for part in _CLUSTER.findall(text))


def _painted(span: Span) -> str:
    text = f"\x1b[{span.style}m{span.text}\x1b[0m" if span.style and span.text else span.text
    url = _safe_url(span.url) if span.url else ""
    if not url or not span.text:
        return text
    # the same id on every part makes a link that goes on over lines one link
    identity = f"{zlib.crc32(url.encode()):x}"
    return f"\x1b]8;id={identity};{url}\x1b\\{text}\x1b]8;;\x1b\\"


# Terminals refuse longer ones, some by printing them.
_LONGEST_URL = 2000


def _safe_url(url: str) -> str:
    """A web page's URL without any sign that could end the sequence it is put in; or ''."""
    if not re.match("https?://", url, re.IGNORECASE):
        return ""
    visible = "".join(sign for sign in url if sign.isprintable())
    # ASCII but the space stays as it is: what was written may hold escapes already
    escaped = quote(visible, safe=_ASCII)
    return escaped if len(escaped) <= _LONGEST_URL else ""


_ASCII = "".join(map(chr, range(0x21, 0x7F)))
