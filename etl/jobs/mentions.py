"""Mentions: where an @ stands, what is written behind it, and the known name that it is.

Names contain spaces and question marks, and what WeChat sets after a mention became `?` on the
way: where a name ends is only known from the names that exist. So a page gives the positions
and how far a name may reach at most; ``KnownNames`` finds the name once all pages are loaded.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator

from db.rows import MentionRow
from etl.records import PageRecord

EVERYONE = "所有人"
LONGEST = 40

_AT = re.compile(r"@(?=\S)")
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]\Z")
_DOMAIN = re.compile(r"@[A-Za-z0-9-]+\.[A-Za-z]")
# After a name stands one of these or the end; a letter or a joiner would mean a longer name.
_PART_OF_NAME = re.compile(r"[\w\-－–—～~|/·.&+]")

_JOINERS = r"\-－–—_|｜～~/·"
# What no name goes over. A lost character before a joiner is one inside the name (`支付??-杭州`).
_WORD = rf"(?:[^\s?@，。！？；：、“”‘’「」【】《》,!;:\"<>]|\?+(?=[{_JOINERS}]))"
# A word of a name without separators goes on behind a space if the next one has them, or is
# a Latin name's second half; one that has them, where the separator itself is beside the space.
_WRITTEN = re.compile(
    rf"""
    {_WORD}+
    (?:
      (?:(?<=[{_JOINERS}])[ ]+ | [ ]+(?=[{_JOINERS}][^{_JOINERS}])) {_WORD}+
    )*
    """,
    re.VERBOSE,
)
_BARE = re.compile(rf"[^{_JOINERS}]+\Z")
_LATIN = re.compile(r"[A-Z][A-Za-z.]*(?: [A-Z][A-Za-z.]*)*\Z")
_JOINED = re.compile(rf"^[^\d{_JOINERS}].*[{_JOINERS}]")
_NEXT = re.compile(rf"[ ]+((?:{_WORD})+)")
# Words up to the `?` that the separator behind a mention became: `@林秋 青禾银行 产品?`.
_UP_TO_LOST = re.compile(rf"(?:[ ]{{1,2}}{_WORD}{{1,10}}){{1,3}}(?=\?(?![{_JOINERS}?]))")
_SENTENCE = re.compile("[的了吗呢吧啊我你他您这那是有在不请谢]")


def to_mention_rows(page: PageRecord) -> list[MentionRow]:
    """Where the page's messages mention somebody."""
    return [
        MentionRow(message.position, match.start() + 1, written_at(message.text, match.start() + 1))
        for message in page.messages
        if message.kind in ("text", "notice") and "@" in message.text
        for match in _AT.finditer(message.text)
        if not _is_mail(message.text, match.start())
    ]


def written_at(text: str, at: int) -> str | None:
    """What is written behind the @ at ``at`` (from 1), as far as a name may reach; None if nothing.

    At most 40 characters, more than WeChat allows a name.
    """
    match = _WRITTEN.match(text, at, at + LONGEST)
    if match is None:
        return None
    end = match.end()
    while _BARE.match(text, at, end) and (more := _NEXT.match(text, end, at + LONGEST)):
        joined = _JOINED.search(more[1])
        if not joined and not (_LATIN.match(text, at, end) and _LATIN.fullmatch(more[1])):
            break
        end = more.end()
        if joined:
            # a separator may stand beside the next space, too
            end = _WRITTEN.match(text, more.start(1), at + LONGEST).end()  # type: ignore[union-attr]
    if _BARE.match(text, at, end):
        lost = _UP_TO_LOST.match(text, end, at + LONGEST)
        if lost and not _SENTENCE.search(lost[0]):
            end = lost.end()
    return text[at:end]


class KnownNames:
    """The names of an archive, to find which of them stands at a place in a text."""

    def __init__(self, names: Iterable[str]):
        self._names = set(names) - {""} | {EVERYONE}
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in self._names:
            lengths[name[:1]].add(len(name))
        self._lengths = {sign: sorted(of, reverse=True) for sign, of in lengths.items()}

    def name_at(self, text: str, at: int) -> str | None:
        """The longest known name behind the @ at ``at`` (from 1), ended as names end; else None."""
        for length in self._lengths.get(text[at : at + 1], ()):
            end = at + length
            if text[at:end] in self._names and len(text) >= end:
                name = text[at:end]
                if name == EVERYONE or not _PART_OF_NAME.match(text, end):
                    return name
        return None

    def shorter(self, name: str) -> Iterator[str]:
        """The known names that one begins with, ended as names end."""
        for length in self._lengths.get(name[:1], ()):
            shorter = name[:length]
            if shorter in self._names and shorter != name and not _PART_OF_NAME.match(name, length):
                yield shorter


def _is_mail(text: str, at: int) -> bool:
    before = text[at - 1 : at] if at else ""
    return bool(_MAILBOX.match(before) and _DOMAIN.match(text, at))
