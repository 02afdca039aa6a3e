"""A real server and a real browser, for tests of pages."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING, NoReturn

import pytest
import uvicorn
from datasette.app import Datasette

from cli.browse.serving import PLUGIN
from cli.generated import metadata

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@contextlib.contextmanager
def serve(path: Path, **options: object) -> Iterator[str]:
    """Serve an archive called chats.db, the plugin with those options; gives the address."""
    described = {**json.loads(metadata("")), "plugins": {PLUGIN: options}}
    datasette = Datasette([str(path)], metadata=described)
    server = uvicorn.Server(uvicorn.Config(datasette.app(), log_level="error"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; skips the test where there is none, and fails it in CI."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _missing("playwright is not installed")
    path = which("chromium")
    if path is None:
        _missing("chromium is not installed")
    with sync_playwright() as playwright:
        # Chromium's sandbox does not work for root, nor in most containers
        options = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=path, args=options)
        try:
            yield browser
        finally:
            browser.close()


def _missing(what: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{what}: in CI the tests in a browser must run")
    pytest.skip(f"{what}: no test in a browser here")
