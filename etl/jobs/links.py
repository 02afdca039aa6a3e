"""Links: pages that were shared, and URLs typed in text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from db.rows import LinkRow
from etl.records import MessageRecord, PageRecord

# A typed URL ends where a sign stands that no URL has: Chinese text and punctuation follow it
# without a space. `<>"` and the like are never typed as part of one.
# No re.IGNORECASE: with it the class of all that is not ASCII would hold i, k and s (İ, K, ſ).
_TYPED = re.compile(
    r"(?<![A-Za-z0-9])[Hh][Tt][Tt][Pp][Ss]?://[^\s<>\"`{}|\\^\x00-\x20\x7f-\U0010ffff]+"
)
_CLOSING = ".,;:!?'"
_BRACKETS = {")": "(", "]": "["}

# Parameters that say how a page was shared, not which page it is.
_TRACKING = re.compile(r"utm_\w*|chksm|mpshare|scene|srcid", re.IGNORECASE)
# A WeChat article is these four, whatever else its URL carries.
_WECHAT_HOST = "mp.weixin.qq.com"
_WECHAT_ARTICLE = ("__biz", "mid", "idx", "sn")
_WECHAT_FRAGMENTS = {"rd", "wechat_redirect", "wechat_qrcode"}


def to_link_rows(page: PageRecord) -> list[LinkRow]:
    """The links of the page's messages."""
    return [row for message in page.messages for row in _of_message(message)]


def typed_urls(text: str) -> Iterator[str]:
    """The URLs in a text as typed, without the punctuation that closes the sentence around."""
    for match in _TYPED.finditer(text):
        url = match[0][: _end_of(match[0])]
        if not url.endswith("://") and "://" in url:
            yield url


def canonical_url(url: str) -> str:
    """The URL of the page itself: host in lower case, without what only tracks who shared it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    host = parts.netloc.lower()
    query = "&".join(_telling_parameters(host, parts.path, parts.query))
    fragment = parts.fragment
    if host == _WECHAT_HOST and fragment in _WECHAT_FRAGMENTS:
        fragment = ""
    return parts._replace(
        scheme=parts.scheme.lower(), netloc=host, query=query, fragment=fragment
    ).geturl()


def host_of(url: str) -> str:
    """The host a URL names, in lower case; '' if none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _of_message(message: MessageRecord) -> Iterator[LinkRow]:
    shared: Iterator[tuple[str, str | None]]
    if message.kind == "link" and message.target:
        shared = iter([(message.target, message.text)])
    elif message.kind in ("text", "notice") and "://" in message.text:
        shared = ((url, None) for url in typed_urls(message.text))
    else:
        return
    for ordinal, (url, title) in enumerate(shared, start=1):
        canonical = canonical_url(url)
        yield LinkRow(message.position, ordinal, canonical, host_of(canonical), url, title)


def _end_of(url: str) -> int:
    """Where a typed URL ends: before signs that close the sentence, or a bracket around it."""
    unopened = {closing: url.count(closing) - url.count(o) for closing, o in _BRACKETS.items()}
    end = len(url)
    while url[end - 1] in _CLOSING or unopened.get(url[end - 1], 0) > 0:
        if url[end - 1] in unopened:
            unopened[url[end - 1]] -= 1
        end -= 1
    return end


def _telling_parameters(host: str, path: str, query: str) -> list[str]:
    """The parameters, as written, that say which page it is."""
    parameters = [p for p in query.split("&") if p]
    if host == _WECHAT_HOST and path == "/s":
        by_name = {p.partition("=")[0]: p for p in parameters}
        if all(name in by_name for name in _WECHAT_ARTICLE):
            return [by_name[name] for name in _WECHAT_ARTICLE]
    return [p for p in parameters if not _TRACKING.fullmatch(p.partition("=")[0])]
