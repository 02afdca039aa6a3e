"""The only place that prints: results on standard output, everything else on standard error."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from cli import formats

# `render.printable` is what most commands know it as
from cli.formats import printable as printable
from db.errors import ArchiveError

if TYPE_CHECKING:
    # each command imports no more of it than it needs
    from cli.output import OutputOptions
    from db.sql_errors import SqlError

# Of tabulate's formats, those that spreadsheets open (TSV is one of ours).
_OPENED_BY_SPREADSHEETS = ("html", "unsafehtml")
# Columns of a line of SQL that are shown before the place where it is wrong.
SQL_BEFORE = 40


def line(text: str = "") -> None:
    """A line of a result."""
    _write([f"{text}\n"])


def error_line(text: str) -> None:
    """One line on standard error, whatever file names are in it."""
    try:
        print(printable(text), file=sys.stderr, flush=True)
    except BrokenPipeError:
        leads_nowhere(sys.stderr)


def can_ask() -> bool:
    """Whether there is somebody to ask: questions go where errors do."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _write(pieces: Iterable[str]) -> None:
    """Text on standard output, as far as somebody reads it (`| head`): no more is made than that.

    The command goes on as if it had been read, to its own exit code.
    """
    try:
        sys.stdout.writelines(pieces)
    except BrokenPipeError:
        leads_nowhere(sys.stdout)


def leads_nowhere(stream: TextIO) -> None:
    """What waits to be written, and what will be, is forgotten: Python would try again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def rows(columns: Sequence[str], values: Iterable[Sequence[object]], output: OutputOptions) -> None:
    """Rows of a result, as the options ask; else a table on a terminal, TSV when piped."""
    if output.file is not None:
        _write_file(output.file, "".join(_pieces(columns, values, output, terminal=False)))
    elif sys.stdout.isatty():
        _page(_pieces(columns, values, output, terminal=True), output)
    else:
        _write(_pieces(columns, values, output, terminal=False))


def paged(lines: Iterable[str], output: OutputOptions) -> None:
    """Lines of a result that are no rows, in the same places."""
    pieces = (f"{text}\n" for text in lines)
    if output.file is not None:
        _write_file(output.file, "".join(pieces))
    elif sys.stdout.isatty():
        _page(pieces, output)
    else:
        _write(pieces)


def _pieces(
    columns: Sequence[str],
    values: Iterable[Sequence[object]],
    output: OutputOptions,
    *,
    terminal: bool,
) -> Iterable[str]:
    format_ = output.format or ("table" if terminal else "tsv")
    headers = not output.no_headers
    if format_ == "json":
        return formats.json_array(columns, values)
    if format_ == "nl":
        return formats.json_lines(columns, values)
    if format_ == "table":
        # who asks for another format wants to paste it: that one is not shortened
        width = shutil.get_terminal_size().columns if terminal and not output.fmt else None
        fmt = output.fmt or "simple"
        if fmt in _OPENED_BY_SPREADSHEETS and not output.raw_csv:
            columns = [str(name) for name in formats.harmless(columns)]
            values = map(formats.harmless, values)
        return [formats.table(columns, values, fmt=fmt, headers=headers, width=width)]
    tabs, raw = format_ == "tsv", output.raw_csv
    return formats.separated(columns, values, tabs=tabs, headers=headers, raw=raw, visible=terminal)


def _page(pieces: Iterable[str], output: OutputOptions) -> None:
    """Text on a terminal: what is longer than the screen goes through a pager if there is one."""
    if not output.no_pager:
        rest = iter(pieces)
        screen, is_long = _first(rest, lines=shutil.get_terminal_size().lines)
        pieces = chain(screen, rest)
        if is_long:
            # starts programs, which takes an import that few need
            from cli import pager

            pieces = pager.show(pieces)
    _write(pieces)


def _first(pieces: Iterator[str], *, lines: int) -> tuple[list[str], bool]:
    """The pieces of so many lines, no more of them made than needed, and whether there are any."""
    first = []
    for piece in pieces:
        first.append(piece)
        lines -= piece.count("\n")
        if lines <= 0:
            return first, True
    return first, False


def _write_file(path: Path, text: str) -> None:
    # an export needs the formats of pages, and this is the only other place that writes files
    from etl.export import write_whole

    content = text.encode("utf-8")
    try:
        if path.exists() and not path.is_file():
            # a pipe or a device, which must not be replaced
            path.write_bytes(content)
            return
        if path.exists() and _is_database(path):
            raise ArchiveError(f"{path}: an SQLite database; name another file with -o")
        # behind a symbolic link, not instead of it
        write_whole(path.resolve(), content)
    except OSError as error:
        raise ArchiveError(f"{path}: cannot be written: {error.strerror}") from error


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def sql_error(error: SqlError) -> str:
    """What is wrong with SQL, and below it the line with a caret where it is."""
    message = printable(error.message)
    if error.place is None:
        return message
    start = error.sql.rfind("\n", 0, error.place) + 1
    end = error.sql.find("\n", error.place)
    text = error.sql[start : end if end >= 0 else None]
    place = error.place - start
    if place > SQL_BEFORE:
        text, place = f"…{text[place - SQL_BEFORE :]}", SQL_BEFORE + 1
    shown = formats.shorten(printable(text), SQL_BEFORE * 2)
    return f"{message}\n  {shown}\n  {' ' * formats.columns_of(printable(text[:place]))}^"
