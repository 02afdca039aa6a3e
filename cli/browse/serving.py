"""From a request to a page: find the archive, and let the page be made of one moment's."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import AsgiFileDownload, Forbidden, NotFound, Request, Response

from cli.browse.addresses import Addresses, decoded
from cli.browse.archives import may_see
from cli.browse.pictures import PictureFolders, picture_folders
from cli.browse.sending import compressed, rendered
from cli.browse.visit import Answer, Origin, Page, PageMissing, PageModule, Visit
from db.backup import copy_archive
from db.connection import is_current
from db.errors import ArchiveError
from db.search.run import prepare

if TYPE_CHECKING:
    # which imports its plugins while it is being imported
    from datasette.app import Datasette

PLUGIN = "wechat-to-sqlite"
DOWNLOAD = "download"
TIME_LIMIT_MS = 10_000
View = Callable[..., Awaitable[Response]]


def view(module: PageModule) -> View:
    """What Datasette calls for a page."""

    async def of_page(datasette: Datasette, request: Request) -> Response:
        name = decoded(request.url_vars["database"])
        await _check_allowed(datasette, request, name)
        answer = await _answer(module, datasette, request, name)
        return compressed(answer, request)

    return of_page


async def folders_of(datasette: Datasette, name: str) -> PictureFolders:
    """Where the pictures of an archive lie."""
    database = datasette.get_database(name)
    extra = _config(datasette).get("images", ())
    path = Path(database.path) if database.path else None

    def in_thread(connection: sqlite3.Connection) -> PictureFolders:
        if not is_current(connection):
            return PictureFolders(())
        return picture_folders(connection, path, extra)

    found: PictureFolders = await database.execute_fn(in_thread)
    return found


def home(datasette: Datasette) -> View | None:
    """What leads to the home page of the archive that `chats serve` serves, if it does."""
    name = _config(datasette).get("home")
    if name is None:
        return None

    async def lead_home() -> Response:
        return Response.redirect(addresses(datasette, name).home())

    return lead_home


async def download(datasette: Datasette, request: Request, send: Any) -> None:
    """Send a copy of the archive, if `chats serve --download` lets visitors have it.

    Datasette itself lets nobody download a file that may change; a copy does not.
    """
    name = decoded(request.url_vars["database"])
    await _check_allowed(datasette, request, name)
    if not _config(datasette).get("download"):
        raise Forbidden("downloads are not allowed: `chats serve --download` allows them")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "archive.db"
        await _database(datasette, name).execute_fn(partial(_copy, name=name, copy=copy))
        # RFC 6266: a header is Latin-1, and a name may be anything
        named = f"attachment; filename*=UTF-8''{quote(name, safe='')}.db"
        await AsgiFileDownload(copy, headers={"content-disposition": named}).asgi_send(send)


async def _answer(
    module: PageModule, datasette: Datasette, request: Request, name: str
) -> Response:
    database = _database(datasette, name)
    config = _config(datasette)
    parts = {key: decoded(part) for key, part in request.url_vars.items()}
    arguments = {key: request.args[key] for key in request.args}
    path = Path(database.path) if database.path else None

    def in_thread(connection: sqlite3.Connection) -> Response:
        _check_current(connection, name)
        prepare(connection)
        # one moment's archive, though a load may be writing
        connection.execute("begin")
        try:
            with sqlite_timelimit(connection, TIME_LIMIT_MS):
                visit = Visit(
                    connection,
                    addresses(datasette, name),
                    parts,
                    arguments,
                    picture_folders(connection, path, config.get("images", ())),
                    bool(config.get("remote_images")) or arguments.get("pictures") == "show",
                    Origin(request.url),
                    bool(config.get("download")),
                    datasette.setting("max_returned_rows"),
                )
                return rendered(visit, _made(module, visit), datasette.template_dir)
        finally:
            connection.execute("rollback")

    return await database.execute_fn(in_thread)


def _database(datasette: Datasette, name: str) -> Any:
    try:
        return datasette.get_database(name)
    except KeyError:
        raise NotFound(f"there is no database {name}") from None


def _check_current(connection: sqlite3.Connection, name: str) -> None:
    if not is_current(connection):
        raise NotFound(f"{name} is no archive that this version of wechat-to-sqlite reads")


def _copy(connection: sqlite3.Connection, name: str, copy: Path) -> None:
    _check_current(connection, name)
    copy_archive(connection, copy)


def _made(module: PageModule, visit: Visit) -> Answer:
    try:
        return module.page(visit)
    except PageMissing as missing:
        return _failed(404, str(missing), missing.suggestions)
    except ArchiveError as error:
        return _failed(400, str(error))
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        return _failed(503, f"this took more than {TIME_LIMIT_MS // 1000} seconds: ask for less")


def _failed(status: int, text: str, suggestions: list[tuple[str, str]] | None = None) -> Page:
    values = {"text": text, "suggestions": suggestions or [], "missing": status == 404}
    return Page("failed.html", values, status)


async def _check_allowed(datasette: Datasette, request: Request, name: str) -> None:
    """Whoever may not see the database in Datasette may not see it here. Raises Forbidden."""
    if not await may_see(datasette, request.actor, name):
        raise Forbidden(f"you may not see {name}")


def _config(datasette: Datasette) -> dict[str, Any]:
    return datasette.plugin_config(PLUGIN) or {}


def addresses(datasette: Datasette, name: str) -> Addresses:
    """The addresses of an archive."""
    return Addresses(str(datasette.urls.database(name)), static(datasette, "chat.css"))


def static(datasette: Datasette, file: str) -> str:
    """The address of one of our static files."""
    return str(datasette.urls.static_plugins(PLUGIN, file))
