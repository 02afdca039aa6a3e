"""The formats that can be loaded: one pure module (or package) and one registry line each.

A format is two functions that undo each other, for every page that ``parse`` accepts:
``render(parse(content, date)) == content``. Neither knows a clock, a path, a database or a
terminal.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, NamedTuple, cast

if TYPE_CHECKING:
    from etl.records import PageRecord


class Format(NamedTuple):
    """A page format: its name in the archive, the endings of its files, and the module it is in.

    That is imported with the first page: looking which files changed should not wait for it.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str

    def parse(self, content: bytes, date: str) -> PageRecord:
        """Read the page of one day (``YYYY-MM-DD``). Raises PageError."""
        parse_page = importlib.import_module(self.module).parse_page
        return cast("PageRecord", parse_page(content, date))

    def render(self, page: PageRecord) -> bytes:
        """The page's bytes."""
        return cast(bytes, importlib.import_module(self.module).render_page(page))


WECHAT_MARKDOWN = Format(
    "wechat-markdown", (".markdown", ".md"), module="etl.sources.wechat_markdown"
)

FORMATS = {format_.name: format_ for format_ in (WECHAT_MARKDOWN,)}
BY_SUFFIX = {suffix: format_ for format_ in FORMATS.values() for suffix in format_.suffixes}
