"""What a page is made from, and what comes of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol
from urllib.parse import quote, urlencode, urljoin

from cli.browse.addresses import Addresses
from cli.browse.pictures import PictureFolders


class Origin(NamedTuple):
    """How a visitor reached us: for addresses that are read elsewhere, as in a feed."""

    url: str

    def absolute(self, address: str) -> str:
        """One of our addresses, with scheme and host."""
        return urljoin(self.url, address)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody asking for a page: the archive as of one moment, and what the address says.

    ``parts`` are the named parts of the path, decoded; ``arguments`` what follows its ``?``;
    ``most_rows`` how many rows Datasette gives of SQL at most.
    """

    connection: sqlite3.Connection
    addresses: Addresses
    parts: Mapping[str, str]
    arguments: Mapping[str, str]
    pictures: PictureFolders
    remote_images: bool
    origin: Origin
    may_download: bool
    most_rows: int

    def argument(self, name: str) -> str:
        """An argument without outer spaces; empty if it is not given."""
        return self.arguments.get(name, "").strip()

    def again(self, **changes: str | None) -> str:
        """The address of the same page with other arguments; empty ones are left out."""
        given = {name: value for name, value in {**self.arguments, **changes}.items() if value}
        return f"?{urlencode(given, quote_via=quote)}"


@dataclass(frozen=True, slots=True)
class Page:
    """A template of ``templates/chat`` with its values."""

    template: str
    values: dict[str, Any]
    status: int = 200
    content_type: str = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class File:
    """Bytes to hand out as they are."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another address to go to."""

    address: str


class PageMissing(Exception):
    """There is no such page; ``suggestions`` are texts with addresses that may be meant."""

    def __init__(self, text: str, suggestions: list[tuple[str, str]] | None = None):
        super().__init__(text)
        self.suggestions = suggestions or []


Answer = Page | File | Redirect


class PageModule(Protocol):
    """A page: a module with the path behind the database's, as a regex, and what makes it."""

    PATH: str

    def page(self, visit: Visit) -> Answer:
        """Make the page. Raises PageMissing."""
        ...
