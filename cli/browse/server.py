"""Datasette as `chats serve` starts it: one archive, one address, by default for us alone."""

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
from typing import Any
from urllib.parse import quote

import uvicorn
from datasette.app import Datasette

from cli import generated, render
from cli.browse.serving import PLUGIN
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


def serve_archive(db: Path, config: dict[str, Any], host: str, port: int, *, open_: bool) -> None:
    """Serve an archive with this configuration of the plugin until told to end.

    Raises ArchiveError where it cannot be opened, or nobody may listen there.
    """
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
