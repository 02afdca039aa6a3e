"""From a request to a page: find the archive, let the page be made, send it safely."""

from __future__ import annotations

import gzip
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import jinja2
from datasette.utils import sqlite_timelimit
from datasette.utils.asgi import AsgiFileDownload, Forbidden, NotFound, Request, Response

from cli.browse import appearance
from cli.browse.addresses import Addresses, decoded
from cli.browse.archives import may_see
from cli.browse.pictures import PictureFolders, picture_folders
from cli.browse.visit import Answer, File, Origin, Page, PageMissing, PageModule, Redirect, Visit
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
# Whatever somebody typed into the chat: nothing of it runs or loads. No page of ours has a script.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src {images}; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
    "vary": "accept-encoding",
}
_LEAST_COMPRESSED = 1000

View = Callable[..., Awaitable[Response]]


def view(module: PageModule) -> View:
    """What Datasette calls for a page."""

    async def of_page(datasette: Datasette, request: Request) -> Response:
        name = decoded(request.url_vars["database"])
        await _check_allowed(datasette, request, name)
        answer = await _answer(module, datasette, request, name)
        return _compressed(answer, request)

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
                )
                return _rendered(datasette, visit, _made(module, visit))
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
    return Page("failed.html", {"text": text, "suggestions": suggestions or []}, status)


def _rendered(datasette: Datasette, visit: Visit, answer: Answer) -> Response:
    if isinstance(answer, Redirect):
        return Response.redirect(answer.address)
    if isinstance(answer, File):
        headers = {"content-security-policy": _POLICY.format(images="'none'"), **_HEADERS}
        return Response(answer.content, 200, headers, answer.content_type)
    template = _environment(datasette.template_dir).get_template(f"chat/{answer.template}")
    body = template.render(
        visit=visit, addresses=visit.addresses, arguments=visit.arguments, **answer.values
    )
    images = "'self' http: https:" if visit.remote_images else "'self'"
    headers = {"content-security-policy": _POLICY.format(images=images), **_HEADERS}
    return Response(body, answer.status, headers, answer.content_type)


@lru_cache(maxsize=4)
def _environment(custom: str | None) -> jinja2.Environment:
    """Our templates, synchronous as that is faster; those of Datasette's --template-dir win."""
    loaders: list[jinja2.BaseLoader] = [jinja2.FileSystemLoader(custom)] if custom else []
    loaders.append(jinja2.PackageLoader("cli.browse"))
    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(appearance.FILTERS)
    return environment


def _compressed(response: Response, request: Request) -> Response:
    """A response as gzip, where the browser takes it and it is worth the while."""
    body = response.body.encode() if isinstance(response.body, str) else response.body or b""
    if len(body) < _LEAST_COMPRESSED or "gzip" not in request.headers.get("accept-encoding", ""):
        return response
    if response.content_type.startswith("image/"):
        return response
    response.body = gzip.compress(body, compresslevel=3)
    response.headers["content-encoding"] = "gzip"
    return response


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
