"""What a page said, in no format's terms: the hand-over from ``etl.sources`` to ``etl.jobs``.

A record states what was written; what it means is for the jobs to decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["text", "image", "link", "file", "notice", "missing"]
Newline = Literal["\n", "\r\n"]
# As the archive says it.
NEWLINE_NAMES: dict[Newline, str] = {"\n": "lf", "\r\n": "crlf"}


@dataclass(frozen=True, slots=True)
class FrontMatterRecord:
    """A page's head. ``verbatim`` is None where it could not be understood: then it is a reject."""

    verbatim: str | None = None
    title: str | None = None
    presenter: str | None = None
    declared_lines: int | None = None
    tags: tuple[str, ...] = ()


class MessageRecord(NamedTuple):
    """One message. (A named tuple: there are many, and they are made in a quarter of the time.)

    ``position`` is its place among the page's messages and rejects, from 1; ``time`` is
    ``HH:MM:SS``; ``speaker`` is '' for a system notice; ``body`` is as on the page, None where
    the page has none; ``text`` is what a person reads. ``verbatim`` is the whole message as on
    the page where the format's template would not give it back from the other fields.
    ``target`` is a picture's or shared link's URL.
    """

    position: int
    time: str
    speaker: str
    kind: Kind
    text: str
    body: str | None
    verbatim: str | None
    first_line: int
    last_line: int
    target: str | None = None


@dataclass(frozen=True, slots=True)
class RejectRecord:
    """Bytes that were not understood, from ``first_line`` on; position 0 is the page's head."""

    position: int
    first_line: int
    reason: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One room's day as a page told it; rendered again, it gives the page's bytes.

    ``escape_depth`` counts the levels of HTML escaping that were undone in its text bodies.
    """

    format: str
    newline: Newline
    byte_order_mark: bool
    escape_depth: int
    front_matter: FrontMatterRecord
    messages: tuple[MessageRecord, ...]
    rejects: tuple[RejectRecord, ...]
