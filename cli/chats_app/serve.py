"""`chats serve`: the archive in a browser, as a chat and as data."""

from __future__ import annotations

import contextlib
import gc
import ipaddress
import json
import os
import re
import socket
import sys
import webbrowser
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
import uvicorn
from datasette.app import Datasette

from cli import generated, render
from cli.browse.serving import PLUGIN
from cli.options import DEFAULT_DATABASE, Database
from db.connection import open_read_only
from db.errors import ArchiveError

_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
# Milliseconds. A person waits some seconds for SQL of their own; a page is not held up by facets.
_SETTINGS = {
    "sql_time_limit_ms": 5000,
    "facet_time_limit_ms": 1000,
    "suggest_facets": False,
    # ours sends a copy
    "allow_download": False,
}
# Where Datasette puts the path into an SQLite URI as it is, these mean something else.
_NOT_IN_A_URI = re.compile(r"[?#]|%[0-9a-fA-F]{2}")


def serve(
    db: Database = DEFAULT_DATABASE,
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, help="0 takes any that is free.")
    ] = 8001,
    host: Annotated[
        str, typer.Option("--host", help="0.0.0.0 opens the archive to others.")
    ] = "127.0.0.1",
    open_: Annotated[bool, typer.Option("--open", help="Open it in your browser.")] = False,
    images: Annotated[
        list[Path] | None,
        typer.Option("--images", metavar="DIR", help="Where picture files lie, too."),
    ] = None,
    remote_images: Annotated[
        bool, typer.Option("--remote-images", help="Load pictures from where they were shared.")
    ] = False,
    download: Annotated[
        bool, typer.Option("--download", help="Let visitors download the archive's file.")
    ] = False,
) -> None:
    """Browse the archive: rooms, days as a chat, search, people; and Datasette's tables and SQL.

    It only reads, and a load may go on meanwhile. Ctrl-C ends it.

    Example: chats serve --open
    """
    with open_read_only(db):
        # what is wrong with the file is better said now than by every page
        pass
    pictures = {"images": [str(_folder(path)) for path in images or ()]}
    config = {"home": db.stem, "remote_images": remote_images, "download": download, **pictures}
    app = _datasette(db, config).app()
    with _listening(host, port) as listener:
        url = _url(host, listener.getsockname()[1])
        render.line(f"{db} is at {url} (Ctrl-C ends it)")
        sys.stdout.flush()
        if _is_local(host):
            app = _for_us_alone(app)
        else:
            render.error_line(
                f"warning: whoever can reach this machine ({host}) can read the whole archive:"
                " every message, name and picture"
            )
        if open_:
            webbrowser.open(url)
        _run(app, listener)


def _datasette(db: Path, config: dict[str, Any]) -> Datasette:
    if _NOT_IN_A_URI.search(str(db.absolute())):
        raise ArchiveError(
            f"{db}: Datasette cannot open a path with ?, # or % in it; give it another name"
        )
    metadata = json.loads(generated.metadata(""))
    (about,) = metadata["databases"].values()
    metadata |= {"databases": {db.stem: about}, "plugins": {PLUGIN: config}}
    files = [str(db.absolute())]
    frozen = _cannot_change(db)
    return Datasette(
        [] if frozen else files,
        immutables=files if frozen else (),
        metadata=metadata,
        settings=_SETTINGS,
    )


def _cannot_change(db: Path) -> bool:
    """Whether nobody like us could write it: then it is read without locks, which need a folder."""
    return not os.access(db.absolute().parent, os.W_OK) and not Path(f"{db}-wal").exists()


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise typer.BadParameter(f"{path} is no folder", param_hint="--images")
    return path.absolute()


def _listening(host: str, port: int) -> socket.socket:
    """A socket that takes connections from now on. Raises ArchiveError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
        # of sockets it did not make itself asyncio does not do this: every page takes 40 ms then
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except socket.gaierror as error:
        raise ArchiveError(f"--host {host}: {error.strerror}; give a name or address") from error
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else str(error)
        raise ArchiveError(
            f"cannot listen on {host}, port {port}: {why};"
            " --port 0 takes one that is free, --host one of this machine's addresses"
        ) from error


def _url(host: str, port: int) -> str:
    with contextlib.suppress(ValueError):
        if ipaddress.ip_address(host).is_unspecified:
            # all addresses of this machine: here it has this one
            host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else quote(host)}:{port}/"


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


App = Callable[..., Awaitable[None]]


def _for_us_alone(app: App) -> App:
    """An app that answers only to the names this machine has for itself.

    A page of somebody else's may give its own name our address, and read the archive with the
    visitor's browser (DNS rebinding): by that name there is nothing here.
    """

    async def guarded(scope: dict[str, Any], receive: Any, send: Any) -> None:
        host = dict(scope.get("headers", ())).get(b"host", b"").decode("latin-1")
        if scope["type"] != "http" or re.sub(r":\d+$", "", host).lower() in _LOCAL_NAMES:
            await app(scope, receive, send)
            return
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 421, "headers": headers})
        await send({"type": "http.response.body", "body": b"no such host here"})

    return guarded


def _run(app: App, listener: socket.socket) -> None:
    # what is there by now stays: the collector need not look through it during pages
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=2)
    uvicorn.Server(config).run(sockets=[listener])
