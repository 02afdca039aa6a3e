"""Quotes: messages that answer another one and carry its text."""

from __future__ import annotations

import re

from db.rows import QuoteRow
from etl.records import PageRecord

# `「 NAME: quoted 」 - - - - - - - - - - - - - - - reply`; newer clients set no inner spaces, and
# where the exporter's GBK lost the brackets each is a question mark.
_OPENING = re.compile(r"([「?]) ?([^:：「」]{1,80})[:：] ?", re.DOTALL)
_RULE = re.compile(r" ?([」?])\s*(?:- ){5,}-(?:\s+|\Z)")
_CLOSING = {"「": "」", "?": "?"}


def to_quote_rows(page: PageRecord) -> list[QuoteRow]:
    """The quotes of the page's messages."""
    rows = []
    for message in page.messages:
        if message.kind == "text" and message.text[0] in _CLOSING:
            parts = read_quote(message.text)
            if parts:
                rows.append(QuoteRow(message.position, *parts))
    return rows


def read_quote(text: str) -> tuple[str, str, str] | None:
    """The quoted name, the quoted text and the reply, or None where the text is no quote."""
    opening = _OPENING.match(text)
    if opening is None:
        return None
    end = None
    depth, done = 0, opening.end()
    for rule in _RULE.finditer(text, opening.end()):
        if rule[1] == _CLOSING[opening[1]]:
            end = rule
            # a quote of a quote: the outer one ends where its brackets do
            inside = text[done : rule.start()]
            depth += inside.count("「") - inside.count("」")
            done = rule.start()
            if depth == 0:
                break
    if end is None:
        return None
    quoted = text[opening.end() : end.start()]
    return opening[2].strip(), quoted.strip(), text[end.end() :].strip()
