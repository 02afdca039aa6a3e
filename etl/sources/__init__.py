"""The formats that can be loaded: one pure module (or package) and one registry line each.

A format is two functions that undo each other, for every page that ``parse`` accepts:
``render(parse(content, date)) == content``. Neither knows a clock, a path, a database or a
terminal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from etl.records import PageRecord
from etl.sources import wechat_markdown


@dataclass(frozen=True, slots=True)
class Format:
    """A page format: its name in the archive, the endings of its files, and its two directions."""

    name: str
    suffixes: tuple[str, ...]
    parse: Callable[[bytes, str], PageRecord]
    render: Callable[[PageRecord], bytes]


WECHAT_MARKDOWN = Format(
    name=wechat_markdown.NAME,
    suffixes=(".markdown", ".md"),
    parse=wechat_markdown.parse_page,
    render=wechat_markdown.render_page,
)

FORMATS = {format_.name: format_ for format_ in (WECHAT_MARKDOWN,)}
BY_SUFFIX = {suffix: format_ for format_ in FORMATS.values() for suffix in format_.suffixes}
