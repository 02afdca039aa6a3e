"""Mentions: where an @ stands, and the known name that follows it.

Names contain spaces and question marks, and what WeChat sets after a mention became `?` on the
way: where a name ends is only known from the names that exist. So a page gives the positions,
and ``name_at`` gives the name once all pages are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from db.rows import MentionRow
from etl.records import PageRecord

EVERYONE = "所有人"

_AT = re.compile(r"@(?=\S)")
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]\Z")
_DOMAIN = re.compile(r"@[A-Za-z0-9-]+\.[A-Za-z]")
# After a name stands one of these or the end; a letter or a joiner would mean a longer name.
_PART_OF_NAME = re.compile(r"[\w\-－—～~|/·.&+]")


def to_mention_rows(page: PageRecord) -> list[MentionRow]:
    """Where the page's messages mention somebody."""
    return [
        MentionRow(message.position, match.start() + 1)
        for message in page.messages
        if message.kind in ("text", "notice") and "@" in message.text
        for match in _AT.finditer(message.text)
        if not _is_mail(message.text, match.start())
    ]


class KnownNames:
    """The names of an archive, to find which of them stands at a place in a text."""

    def __init__(self, names: Iterable[str]):
        self._names = set(names) - {""} | {EVERYONE}
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def name_at(self, text: str, at: int) -> str | None:
        """The longest known name behind the @ at ``at`` (from 1), ended as names end; else None."""
        for length in self._lengths:
            end = at + length
            if text[at:end] in self._names and len(text) >= end:
                name = text[at:end]
                if name == EVERYONE or not _PART_OF_NAME.match(text, end):
                    return name
        return None


def _is_mail(text: str, at: int) -> bool:
    before = text[at - 1 : at] if at else ""
    return bool(_MAILBOX.match(before) and _DOMAIN.match(text, at))
