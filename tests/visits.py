"""Pages of the plugin, as Datasette in this process gives them for an archive called chats.db."""

from __future__ import annotations

import asyncio
import json
import re
from html import unescape
from pathlib import Path
from typing import NamedTuple

import httpx
from datasette.app import Datasette

from cli.browse.serving import PLUGIN
from cli.generated import metadata

HOME = "/chats/-"


class Seen(NamedTuple):
    """A page as it came."""

    status: int
    html: str

    @property
    def links(self) -> list[str]:
        """All addresses that it leads to."""
        return [unescape(address) for address in re.findall(r'href="([^"]*)"', self.html)]

    @property
    def text(self) -> str:
        """What one reads, without the white space around it."""
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", self.html)))

    def links_to(self, part: str) -> list[str]:
        """The addresses that have that part, each once."""
        return [link for link in dict.fromkeys(self.links) if part in link]


def get(path: Path, address: str, **options: object) -> httpx.Response:
    """What an archive answers at an address behind ``HOME``, the plugin with those options."""

    async def asked() -> httpx.Response:
        described = {**json.loads(metadata("")), "plugins": {PLUGIN: options}}
        datasette = Datasette([str(path)], metadata=described)
        answer: httpx.Response = await datasette.client.get(f"{HOME}/{address}")
        return answer

    return asyncio.run(asked())


def visit(path: Path, *addresses: str) -> list[Seen]:
    """The pages of an archive at these addresses."""

    async def visited() -> list[Seen]:
        client = Datasette([str(path)]).client
        answers = [await client.get(address) for address in addresses]
        return [Seen(answer.status_code, answer.text) for answer in answers]

    return asyncio.run(visited())


def visit_one(path: Path, address: str) -> Seen:
    """The page of an archive at that address."""
    return visit(path, address)[0]
