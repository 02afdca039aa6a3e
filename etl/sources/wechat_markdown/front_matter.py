"""A page's front matter, read by the shape of its lines.

Not with a YAML library: the exporter's own `tag:<TAB><TAB>  [chat]` is an error to PyYAML, and a
presenter's name may start with any of YAML's special signs.
"""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from etl.records import FrontMatterRecord

_BLOCK = re.compile(r"---[ \t\r]*\n((?:.*\n)*?)---[ \t\r]*(?:\n|\Z)\s*")
_PAIR = re.compile(r"([A-Za-z_][\w-]*):(?:[ \t](.*))?\r?")
_CONTINUATION = re.compile(r"[ \t]|- |#|[ \t\r]*\Z")
_CLOSING = {'"': '"', "'": "'", "[": "]", "{": "}"}
# What the exporter wrote where nobody presented that day.
_NO_PRESENTER = {"", "None", "PaymentGroup"}


class Reading(NamedTuple):
    """The record, the length of what it was read from, and why it is a reject (if it is).

    ``closed`` says whether there is front matter with an end at all.
    """

    record: FrontMatterRecord
    end: int
    problem: str | None
    closed: bool = True


def read_front_matter(head: str, date: str) -> Reading:
    """Read the front matter at the start of ``head``, all that stands before the first message.

    A page is never refused for it: what cannot be understood, or is of another day than
    ``date`` (``YYYY-MM-DD``), comes with its problem.
    """
    if not head.startswith("---"):
        return Reading(FrontMatterRecord(), 0, "the page has no front matter", closed=False)
    block = _BLOCK.match(head)
    if block is None:
        problem = "the front matter is not closed by ---"
        return Reading(FrontMatterRecord(), len(head), problem, closed=False)
    values: dict[str, str] = {}
    for number, line in enumerate(block[1].split("\n"), start=2):
        pair = _PAIR.fullmatch(line)
        value = "" if pair is None else (pair[2] or "").strip(" \t\r")
        if pair is not None and _closed(pair[1], value):
            values[pair[1]] = _unquoted(value)
        elif pair is not None or not _CONTINUATION.match(line):
            problem = f"the front matter is not YAML: line {number} is no `key: value`"
            return Reading(FrontMatterRecord(), block.end(), problem)
    wrong_date = _date_problem(values.get("date"), date)
    verbatim = None if wrong_date else head[: block.end()]
    return Reading(_record(values, verbatim), block.end(), wrong_date)


def _closed(key: str, value: str) -> bool:
    """Whether a quote or bracket that opens a value is closed; a presenter's name may start so."""
    closing = _CLOSING.get(value[:1])
    return key == "author" or closing is None or (len(value) > 1 and value[-1] == closing)


def _unquoted(written: str) -> str:
    quoted = len(written) > 1 and written[0] in "\"'" and written[-1] == written[0]
    return written[1:-1] if quoted else written


def _date_problem(written: str | None, date: str) -> str | None:
    if not written:
        return "the front matter has no date"
    try:
        found = datetime.date.fromisoformat(written[:10])
    except ValueError:
        return f"the front matter's date {written!r} is no date"
    if found.isoformat() != date:
        return f"the front matter is of {found}, the file name of {date}; the file name counts"
    return None


def _record(values: dict[str, str], verbatim: str | None) -> FrontMatterRecord:
    presenter = values.get("author", "").strip()
    lines = values.get("lines", "")
    tags = values.get("tag", values.get("tags", "")).strip("[]").replace(",", " ").split()
    return FrontMatterRecord(
        verbatim=verbatim,
        title=values.get("title") or None,
        presenter=None if presenter in _NO_PRESENTER else presenter,
        declared_lines=int(lines) if re.fullmatch(r"[0-9]{1,9}", lines) else None,
        tags=tuple(dict.fromkeys(tag.strip("\"'") for tag in tags)),
    )
