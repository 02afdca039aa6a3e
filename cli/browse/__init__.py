"""The Datasette plugin: the archive as a chat, and better tables. One hook, one function.

`chats serve` starts Datasette with it; installed, every Datasette has it, and it leaves databases
alone that are no archives.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from datasette import hookimpl
from markupsafe import Markup

from cli.browse import archives, cells, serving
from cli.browse.pages import PAGES
from db.functions import register
from db.search.box import box_match

if TYPE_CHECKING:
    # which imports its plugins while it is being imported
    from datasette.app import Datasette

_Links = Callable[[], Awaitable[list[dict[str, str]]]]


@hookimpl
def startup() -> None:
    """Let Datasette answer errors as it does where rich is not installed.

    With rich, which typer brings along, 0.65.5 prints a traceback with all local variables for
    every address that is not there, and for some fails while it does so.
    """
    # which is still being imported while plugins are
    from datasette import handle_exception

    handle_exception.rich = None


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, serving.View]]:
    """The addresses of our pages; the front page is ours if `chats serve` serves an archive."""
    routes = [(rf"/(?P<database>[^/]+)/-/{one.PATH}$", serving.view(one)) for one in PAGES]
    routes.append((rf"/(?P<database>[^/]+)/-/{serving.DOWNLOAD}$", serving.download))
    home = serving.home(datasette)
    return routes if home is None else [(r"/$", home), *routes]


# Datasette's own function comes first, in whichever order plugins are loaded: ours replaces it.
@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection, database: str, datasette: Datasette) -> None:
    """Our functions in SQL, and a search box that finds Chinese (Datasette calls escape_fts)."""
    if archives.look_at(datasette, database, conn):
        register(conn)
        conn.create_function("escape_fts", 1, box_match, deterministic=True)


@hookimpl
def asgi_wrapper() -> Callable[[cells.App], cells.App]:
    """Let the cells of a table know what the page was asked for."""
    return cells.noting_requests


@hookimpl
def render_cell(
    value: object, column: str, table: str | None, database: str, datasette: Datasette
) -> Markup | Awaitable[Markup | None] | None:
    """Keys and names that lead to the chat, pictures in small, hits marked."""
    if not archives.is_archive(datasette, database):
        return None
    addresses = serving.addresses(datasette, database)
    cell = cells.Cell(datasette, database, table, column, value, addresses)
    return cells.rendered(cell, serving.folders_of)


@hookimpl
def extra_css_urls(database: str | None, datasette: Datasette) -> list[str]:
    """Styles for the tables of an archive."""
    return [serving.static(datasette, "tables.css")] * archives.is_archive(datasette, database)


@hookimpl
def menu_links(datasette: Datasette, actor: dict[str, Any] | None) -> _Links:
    """The way from Datasette's pages to the chat."""

    async def links() -> list[dict[str, str]]:
        names = await archives.visible_archives(datasette, actor)
        several = len(names) > 1
        return [
            {
                "href": serving.addresses(datasette, name).home(),
                "label": f"Read {name} as a chat" if several else "Read as a chat",
            }
            for name in names
        ]

    return links


@hookimpl
def database_actions(datasette: Datasette, database: str) -> list[dict[str, str]]:
    """The same in the menu of the archive."""
    if not archives.is_archive(datasette, database):
        return []
    return [{"href": serving.addresses(datasette, database).home(), "label": "Read as a chat"}]
