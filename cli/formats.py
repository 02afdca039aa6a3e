"""Rows as text: tables, CSV, TSV and JSON. Nothing here knows where the text goes.

Every command imports it: what one format alone needs is imported where that is written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

Values = Iterable[Sequence[object]]

# Controls, the signs that turn the direction of writing, and bytes that were no UTF-8.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
# What Excel, LibreOffice and their like take for the beginning of a formula, full width too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Keys, times and names of files, which are of no use when they are cut: every word has a digit.
_EXACT = re.compile(r"\S*\d\S*(?: \S*\d\S*)*")
_WIDEST_EXACT = 48
# A column of text with less room than this is nothing to read.
_NARROWEST = 12
_GAP = 2
# What tabulate adds to a column's name.
_HEADER_PADDING = 2


def printable(text: str) -> str:
    """Text without anything that would steer a terminal or that cannot be encoded."""
    return _STEERING.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def json_array(columns: Sequence[str], values: Values) -> Iterator[str]:
    """One JSON array, an object per row and line."""
    before = "["
    for line in _json_objects(columns, values):
        yield f"{before}{line}"
        before = ",\n "
    yield "[]\n" if before == "[" else "]\n"


def json_lines(columns: Sequence[str], values: Values) -> Iterator[str]:
    """A JSON object per line."""
    return (f"{line}\n" for line in _json_objects(columns, values))


def separated(
    columns: Sequence[str], values: Values, *, tabs: bool, headers: bool, raw: bool, visible: bool
) -> Iterator[str]:
    """CSV or TSV: nothing a spreadsheet would run, unless ``raw``; ``visible`` for terminals."""
    import csv

    # what would end a line is quoted: with lines that end in \n alone, \r would not be
    writer = csv.writer(_Echo(), "excel-tab" if tabs else "excel", lineterminator="\r\n")
    for row in chain([columns] if headers else [], values):
        cells = row if raw else harmless(row)
        text = str(writer.writerow([_separated_cell(value, visible) for value in cells]))
        yield f"{text[:-2]}\n"


def harmless(row: Iterable[object]) -> list[object]:
    """The values of a row with a ' before each text that a spreadsheet would run."""
    return [
        f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
        for value in row
    ]


def table(
    columns: Sequence[str], values: Values, *, fmt: str, headers: bool, width: int | None
) -> str:
    """A table in a format of tabulate's, its text shortened to fit ``width`` if there is one.

    Where that would leave too little to read, each value has a line of its own.
    """
    # tabulate aligns Chinese by wcwidth, and takes 30 ms to import
    from tabulate import tabulate

    rows = [list(row) for row in values]
    numeric = [_is_numeric([row[place] for row in rows]) for place in range(len(columns))]
    cells = [[_table_cell(value) for value in row] for row in rows]
    names = [printable(column) for column in columns]
    if width is not None:
        padding = _HEADER_PADDING if headers else 0
        heads = [columns_of(name) + padding if headers else 0 for name in names]
        whole = [
            number or _is_exact([row[place] for row in cells])
            for place, number in enumerate(numeric)
        ]
        widths = _fitting(heads, cells, whole, width)
        if sum(widths) + _GAP * (len(widths) - 1) > width and cells:
            return _records(names, cells)
        names = [*map(shorten, names, [size - padding for size in widths])]
        cells = [[*map(shorten, row, widths)] for row in cells]
    if not cells and not headers:
        return ""
    text = tabulate(
        cells,
        headers=names if headers else (),
        tablefmt=fmt,
        # text that looks like a number stays as it is
        disable_numparse=True,
        colalign=["right" if right else "left" for right in numeric] if cells else None,
    )
    return f"{text}\n"


def _records(names: list[str], cells: list[list[str]]) -> str:
    """A line per value, for more columns than fit side by side, as sqlite3's `.mode line` does."""
    size = max(map(columns_of, names))
    labels = [" " * (size - columns_of(name)) + name for name in names]
    records = ("".join(f"{n} = {value}\n" for n, value in zip(labels, row, strict=True))
               for row in cells)  # fmt: skip
    return "\n".join(records)


def shorten(text: str, width: int) -> str:
    """Text in no more columns than ``width``, with … where something is left out."""
    from wcwidth import wcswidth, wcwidth

    # a character may take no column, but not that many of them
    if len(text) <= width * 4 and wcswidth(text) <= width:
        return text
    taken = 1
    for place, character in enumerate(text):
        taken += max(wcwidth(character), 0)
        if taken > width:
            return f"{text[:place]}…"
    return text


def columns_of(text: str) -> int:
    """How many columns of a terminal a printable text takes."""
    from wcwidth import wcswidth

    return max(wcswidth(text), 0)


def _json_objects(columns: Sequence[str], values: Values) -> Iterator[str]:
    import json

    names = _distinct(columns)
    for row in values:
        found = dict(zip(names, map(_json_value, row), strict=True))
        # the same value, but nothing that steers a terminal
        yield _STEERING.sub(
            lambda match: f"\\u{ord(match[0]):04x}", json.dumps(found, ensure_ascii=False)
        )


def _json_value(value: object) -> object:
    if isinstance(value, bytes):
        import base64

        return {"$base64": True, "encoded": base64.b64encode(value).decode()}
    # JSON has no word for it, and most readers fail on Python's
    return str(value) if isinstance(value, float) and math.isinf(value) else value


def _distinct(columns: Sequence[str]) -> list[str]:
    """Names for an object's keys: the second ``id`` becomes ``id_2``."""
    names: list[str] = []
    for column in columns:
        name, number = column, 2
        while name in names:
            name, number = f"{column}_{number}", number + 1
        names.append(name)
    return names


def _separated_cell(value: object, visible: bool) -> object:
    if isinstance(value, bytes):
        return _bytes(value)
    return printable(value) if visible and isinstance(value, str) else value


def _table_cell(value: object) -> str:
    if isinstance(value, bytes):
        return _bytes(value)
    return "" if value is None else printable(str(value))


def _bytes(value: bytes) -> str:
    return f"<{len(value)} byte{'' if len(value) == 1 else 's'}>"


def _is_numeric(column: list[object]) -> bool:
    values = [value for value in column if value is not None]
    return bool(values) and all(isinstance(value, int | float) for value in values)


def _is_exact(column: list[str]) -> bool:
    """Whether a column's values say nothing unless they are whole."""
    values = [value for value in column if value]
    return bool(values) and all(
        len(value) <= _WIDEST_EXACT and _EXACT.fullmatch(value) for value in values
    )


def _fitting(heads: list[int], rows: list[list[str]], whole: list[bool], width: int) -> list[int]:
    """The columns' widths: as wide as they are, but for text that must give so that all fits.

    Rows that are there to be read get more than fits rather than too little.
    """
    # of a cell that is wider than all there is, so much will do, and it may be very long
    needed = [
        max(head, *(columns_of(row[place][:width]) for row in rows), 0)
        for place, head in enumerate(heads)
    ]
    texts = [size for size, is_whole in zip(needed, whole, strict=True) if not is_whole]
    room = width - _GAP * (len(needed) - 1) - (sum(needed) - sum(texts))
    widest = max(_widest(texts, room), _NARROWEST if rows else _HEADER_PADDING + 1)
    return [
        size if is_whole else min(size, widest)
        for size, is_whole in zip(needed, whole, strict=True)
    ]


def _widest(sizes: list[int], room: int) -> int:
    """How wide columns may be so that together they take no more than ``room``."""
    left = sorted(sizes)
    while left and left[0] * len(left) <= room:
        room -= left.pop(0)
    return room // len(left) if left else max(sizes, default=0)


class _Echo:
    """A file for the csv module that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text
