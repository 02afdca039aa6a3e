"""The Datasette plugin: the archive as a chat, and better tables. One hook, one function.

`chats serve` starts Datasette with it; installed, every Datasette has it, and it leaves databases
alone that are no archives.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from datasette import hookimpl

from cli.browse import serving
from cli.browse.pages import PAGES
from db import functions
from db.connection import is_archive

if TYPE_CHECKING:
    # which imports its plugins while it is being imported
    from datasette.app import Datasette


@hookimpl(trylast=True)
def prepare_connection(conn: sqlite3.Connection) -> None:
    """An archive's SQL has the functions that searches use."""
    if is_archive(conn):
        functions.register(conn)


@hookimpl
def register_routes(datasette: Datasette) -> list[tuple[str, serving.View]]:
    """The addresses of our pages; the front page is ours if `chats serve` serves an archive."""
    routes = [(rf"/(?P<database>[^/]+)/-/{one.PATH}$", serving.view(one)) for one in PAGES]
    routes.append((rf"/(?P<database>[^/]+)/-/{serving.DOWNLOAD}$", serving.download))
    home = serving.home(datasette)
    return routes if home is None else [(r"/$", home), *routes]
