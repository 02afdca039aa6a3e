"""Emoji: WeChat's own, which the export shows as words in brackets.

Only known codes count (``emoji.tsv``): people also type `[2018]`, and that is text.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from importlib import resources

from db.rows import EmojiRow
from etl.records import PageRecord

_BRACKETED = re.compile(r"\[[^\[\]\n]{1,14}\]")


def to_emoji_rows(page: PageRecord) -> list[EmojiRow]:
    """The emoji of the page's messages, each once per message with its count."""
    known = known_emoji()
    return [
        EmojiRow(message.position, code, known[code], count)
        for message in page.messages
        if message.kind in ("text", "notice") and "[" in message.text
        for code, count in Counter(_BRACKETED.findall(message.text)).items()
        if code in known
    ]


@cache
def known_emoji() -> dict[str, str | None]:
    """Each known code, brackets included, with the nearest Unicode emoji."""
    table = resources.files("etl.jobs").joinpath("emoji.tsv").read_text("utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return {f"[{word}]": unicode or None for word, unicode in pairs}
