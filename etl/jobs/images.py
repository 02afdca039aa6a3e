"""Pictures: known by their file name, under every URL they were seen at."""

from __future__ import annotations

import datetime
import re

from db.rows import ImageRow
from etl.records import PageRecord

_TAKEN = re.compile(r"([0-9]{8}_[0-9]{6})\b")


def to_image_rows(page: PageRecord) -> list[ImageRow]:
    """The pictures of the page's messages."""
    return [
        ImageRow(
            message.position, name := image_name(message.target), taken_at(name), message.target
        )
        for message in page.messages
        if message.kind == "image" and message.target
    ]


def image_name(url: str) -> str:
    """A picture's file name: what identifies it, as its URL changed host and folder three times."""
    path = url.partition("#")[0].partition("?")[0].rstrip("/")
    return path.rpartition("/")[2] or url


def taken_at(name: str) -> str | None:
    """``YYYY-MM-DD HH:MM:SS`` from a name such as ``20310203_093754.png``, if it is such a one."""
    match = _TAKEN.match(name)
    if match is None:
        return None
    try:
        return str(datetime.datetime.strptime(match[1], "%Y%m%d_%H%M%S"))
    except ValueError:
        return None
