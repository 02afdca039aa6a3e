"""Cells of Datasette's own tables: what leads to the chat, pictures, and what a search found."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

from markupsafe import Markup

from cli.browse.addresses import Addresses
from cli.browse.appearance import REL, rich_text, web_address
from cli.browse.pictures import PictureFolders
from db.search.box import box_search
from db.search.highlight import spans
from db.search.language import Text, wanted_texts
from etl.jobs.images import image_name

if TYPE_CHECKING:
    # which imports its plugins while it is being imported
    from datasette.app import Datasette

_Scope = MutableMapping[str, Any]
App = Callable[[_Scope, Any, Any], Awaitable[None]]

_KEY = re.compile(r".+/[0-9]{4}-[0-9]{2}-[0-9]{2}/[0-9]{6}-[0-9]{1,6}", re.DOTALL)
# Where people's names stand: in these tables, and in results of SQL in columns called so.
_NAMES = {("speakers", "name"), ("people", "name")}
_NAMED = {
    *("speaker", "first_speaker", "presenter", "person"),
    *("other", "answered", "mentioned", "quoted"),
}
# How much before a hit is shown where the text is cut off.
_BEFORE = 60


class Cell(NamedTuple):
    """A cell; ``table`` is None for the result of some SQL."""

    datasette: Datasette
    database: str
    table: str | None
    column: str
    value: Any
    addresses: Addresses


@dataclass(slots=True)
class _Asked:
    """What the request at hand searches for, and what its cells share."""

    texts: list[Text]
    folders: dict[str, PictureFolders] = field(default_factory=dict)


FindFolders = Callable[["Datasette", str], Awaitable[PictureFolders]]

# `render_cell` is not told of the request: each leaves here what its cells need, until it ends.
_asked: ContextVar[_Asked | None] = ContextVar("asked", default=None)


def noting_requests(app: App) -> App:
    """The application, with what a request searches for at hand while it is answered."""

    async def noting(scope: _Scope, receive: Any, send: Any) -> None:
        query = scope.get("query_string", b"").decode("latin-1")
        given = parse_qs(query).get("_search") if "_search=" in query else None
        token = _asked.set(_Asked(wanted_texts(box_search(given[0])) if given else []))
        try:
            await app(scope, receive, send)
        finally:
            _asked.reset(token)

    return noting


def rendered(cell: Cell, find_folders: FindFolders) -> Markup | Awaitable[Markup | None] | None:
    """How a cell looks; None leaves it to Datasette."""
    if _picture_name(cell):
        return _with_thumbnail(cell, find_folders)
    if not isinstance(cell.value, str) or not cell.value:
        return None
    if cell.column == "key" and cell.table in (None, "messages") and _KEY.fullmatch(cell.value):
        address = cell.addresses.message(cell.value)
        return Markup('<a href="{}">{}</a>').format(address, cell.value)
    if (cell.table, cell.column) in _NAMES or (cell.table is None and cell.column in _NAMED):
        address = cell.addresses.person(cell.value)
        return Markup('<a href="{}"><bdi>{}</bdi></a>').format(address, cell.value)
    if (cell.table, cell.column) == ("messages", "text"):
        return _with_hits(cell)
    return _web_link(cell)


def _picture_name(cell: Cell) -> str:
    """The name of the picture that a cell is about; '' for other cells."""
    match cell.table, cell.column, cell.value:
        case "images", "name", str(name):
            return name
        case "image_urls", "url", str(url):
            return image_name(url)
        case None, "picture", str(name):
            return name
        case _, "image_id", {"label": str(name)}:
            return name
        case _:
            return ""


async def _with_thumbnail(cell: Cell, find_folders: FindFolders) -> Markup | None:
    """The picture in small in front of what Datasette shows, if we have its file."""
    asked = _asked.get() or _Asked([])
    if cell.database not in asked.folders:
        asked.folders[cell.database] = await find_folders(cell.datasette, cell.database)
    name = _picture_name(cell)
    if asked.folders[cell.database].find(name) is None:
        return None if cell.column != "url" else _web_link(cell)
    address = cell.addresses.picture(name)
    picture = Markup(
        '<a class="thumbnail" href="{0}"><img src="{0}" alt="Picture {1}" loading="lazy"></a>'
    ).format(address, name)
    if isinstance(cell.value, dict):
        row = cell.addresses.row("images", cell.value["value"])
        beside = Markup('<a href="{}">{}</a>&nbsp;<em>{}</em>').format(
            row, name, cell.value["value"]
        )
    elif cell.column == "url":
        beside = _web_link(cell) or Markup.escape(cell.value)
    else:
        beside = Markup('<a href="{}">{}</a>').format(address, name)
    return picture + beside


def _with_hits(cell: Cell) -> Markup | None:
    """A text with what was searched for marked, and cut to the length that cells have."""
    asked = _asked.get()
    found = spans(cell.value, asked.texts) if asked and asked.texts else []
    if not found:
        return None
    longest = cell.datasette.setting("truncate_cells_html") or len(cell.value)
    begin = 0 if found[0][1] <= longest else max(0, found[0][0] - _BEFORE)
    shown = cell.value[begin : begin + longest]
    text = rich_text(
        shown,
        addresses=cell.addresses,
        emoji={},
        found=[(first - begin, last - begin) for first, last in found],
    )
    return Markup("{}{}{}").format(
        "…" if begin else "", text, "…" if begin + longest < len(cell.value) else ""
    )


def _web_link(cell: Cell) -> Markup | None:
    """A URL as a link that says where it comes from."""
    url = cell.value.strip()
    if not url.startswith(("http://", "https://")) or re.search(r"\s", url):
        return None
    address = web_address(url)
    longest = cell.datasette.setting("truncate_cells_html") or len(url)
    said = url if len(url) <= longest else f"{url[:longest]}…"
    # what is no address stays text, though Datasette would take it for one
    if address is None:
        return Markup.escape(said)
    return Markup('<a href="{}" rel="{}">{}</a>').format(address, REL, said)
