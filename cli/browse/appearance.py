"""How things of the archive look on a page. Whatever people typed is escaped here, or by Jinja."""

from __future__ import annotations

import datetime
import re
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from cli.browse.addresses import Addresses
from cli.marks import Mark
from db.transcript import Link

COLOURS = 24
# What links to other places carry: see https://html.spec.whatwg.org/#linkTypes and, for `ugc`,
# what search engines ask of pages with other people's words.
REL = "noopener nofollow ugc"
_BRACKETED = re.compile(r"\[[^\[\]\n]{1,14}\]")

# See Char in https://www.w3.org/TR/xml/#charsets; surrogates are in no text that SQLite holds.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def colour(name: str) -> str:
    """The class of a person's colour, always the same one."""
    return f"c{zlib.crc32(name.encode('utf-8', 'replace')) % COLOURS}"


def initial(name: str) -> str:
    """What stands on somebody's picture: the first sign of their name that says something."""
    return next((sign for sign in name if sign.isalnum()), "·").upper()


def web_address(url: str) -> str | None:
    """A URL that may become a link: http or https, with a host; None for any other."""
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else None
    except ValueError:
        return None


def weekday(date: str) -> str:
    """The name of a date's day of the week."""
    return f"{datetime.date.fromisoformat(date):%A}"


def number(value: int) -> str:
    """A number with its thousands apart."""
    return f"{value:,}"


def counted(value: int, one: str, several: str | None = None) -> str:
    """A number of things: `1 day`, `2 days`."""
    return f"{value:,} {one if value == 1 else several or f'{one}s'}"


def rich_text(
    text: str,
    marks: Sequence[Mark] = (),
    *,
    addresses: Addresses,
    emoji: Mapping[str, str],
    found: Sequence[tuple[int, int]] = (),
) -> Markup:
    """A text with its mentions and URLs as links, emoji, and the spans that a search found."""
    if not marks and not found:
        return _with_emoji(text, emoji)
    pieces: list[str] = []
    done = 0
    for start, end, what in marks:
        pieces += _plain(text, done, start, emoji, found)
        inner = Markup("").join(_plain(text, start, end, emoji, found))
        address = web_address(what.url) if isinstance(what, Link) else None
        if address is not None:
            pieces.append(Markup('<a href="{}" rel="{}">{}</a>').format(address, REL, inner))
        elif not isinstance(what, Link) and what.speaker is not None:
            person = addresses.person(what.speaker)
            pieces.append(Markup('<a class="mention" href="{}">{}</a>').format(person, inner))
        else:
            pieces.append(inner)
        done = end
    pieces += _plain(text, done, len(text), emoji, found)
    return Markup("").join(pieces)


def _plain(
    text: str, start: int, end: int, emoji: Mapping[str, str], found: Sequence[tuple[int, int]]
) -> Iterator[Markup]:
    """The text between two places, with emoji, and with what was found marked."""
    for first, last in found:
        first, last = max(first, start), min(last, end)
        if first < last:
            yield _with_emoji(text[start:first], emoji)
            yield Markup("<mark>{}</mark>").format(_with_emoji(text[first:last], emoji))
            start = last
    if start < end:
        yield _with_emoji(text[start:end], emoji)


def _with_emoji(text: str, emoji: Mapping[str, str]) -> Markup:
    if "[" not in text:
        return escape(text)
    pieces, done = [], 0
    for match in _BRACKETED.finditer(text):
        sign = emoji.get(match[0])
        if sign is not None:
            pieces.append(escape(text[done : match.start()]))
            pieces.append(Markup('<span class="emoji" title="{}">{}</span>').format(match[0], sign))
            done = match.end()
    return Markup("").join([*pieces, escape(text[done:])])


def xml(text: str) -> Markup:
    """Written XML with � for the characters that XML 1.0 cannot hold, in whatever way."""
    return Markup(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text))


FILTERS: dict[str, Callable[..., Any]] = {
    "colour": colour,
    "initial": initial,
    "web_address": web_address,
    "weekday": weekday,
    "number": number,
    "counted": counted,
    "xml": xml,
}
