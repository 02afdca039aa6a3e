"""Ask the plugin for pages, through Datasette itself and without a server."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
from datasette.app import Datasette

from cli.browse.serving import PLUGIN
from cli.generated import metadata


def get(path: Path, address: str, **options: object) -> httpx.Response:
    """What an archive called chats.db answers at an address behind `/chats/-/`."""

    async def asked() -> httpx.Response:
        described = {**json.loads(metadata("")), "plugins": {PLUGIN: options}}
        datasette = Datasette([str(path)], metadata=described)
        answer: httpx.Response = await datasette.client.get(f"/chats/-/{address}")
        return answer

    return asyncio.run(asked())
