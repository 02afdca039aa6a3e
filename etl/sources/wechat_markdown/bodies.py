"""What a message's body is: recognised by its shape, never by the date of its page."""

from __future__ import annotations

import re
from typing import NamedTuple

from etl.records import Kind
from etl.sources.wechat_markdown.escaping import unescape

BLANK = " \t\r\n"

_IMAGE = re.compile(r"!\[[^\]\n]*\]\((\S*[^\s/])\)")
# `[title⏎](URL)`, over two lines; with no URL it is a file. On one line it is text somebody typed.
_SHARED = re.compile(r"\[([^\n]*)\n\]\(([^\n]*)\)")
# The URL of later shared links is inside the label; what stands in the parentheses is the
# leaked start of the table's next row.
_SHARED_IN_LABEL = re.compile(
    r"\[&amp;lt;a href=&amp;quot;((?:(?!&amp;quot;).)*)&amp;quot;"
    r" target=&amp;quot;_blank&amp;quot;&amp;gt;"
    r"(.*)&amp;lt;/a&amp;gt;&lt;/td&gt;&lt;/tr&gt;\n\]\([^\n]*\)"
)
_LEVELS_IN_LABEL = 2
# Links and files went through one more escaping than text did.
_EXTRA_LEVEL = 1


class Shape(NamedTuple):
    """A body's kind with its parts, as written: still escaped by ``levels`` beyond the page's."""

    kind: Kind
    text: str
    target: str | None = None
    levels: int = 0
    of_page: bool = True


def shape_of(body: str | None) -> Shape:
    """Recognise a body; anything that has no other shape is text, and nothing at all is missing."""
    written = (body or "").strip(BLANK).replace("\r\n", "\n")
    if not written:
        return Shape("missing", "")
    if written[0] not in "![" or written[-1] != ")":
        return Shape("text", written)
    if match := _IMAGE.fullmatch(written):
        return Shape("image", "", match[1])
    if match := _SHARED_IN_LABEL.fullmatch(written):
        return Shape("link", match[2], match[1], _LEVELS_IN_LABEL, of_page=False)
    if match := _SHARED.fullmatch(written):
        title, target = match.groups()
        return Shape("link" if target else "file", title, target or None, _EXTRA_LEVEL)
    return Shape("text", written)


def read_shape(shape: Shape, depth: int) -> tuple[Kind, str, str | None]:
    """Kind, text and target of a body on a page that is escaped ``depth`` levels deep."""
    if shape.kind == "image" or shape.kind == "missing":
        return shape.kind, shape.text, shape.target
    levels = shape.levels + (depth if shape.of_page else 0)
    target = None if shape.target is None else unescape(shape.target, levels)
    return shape.kind, unescape(shape.text, levels), target
