"""`chats sql`: any question that SQL can ask, and nothing that could change the archive."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import render
from cli.options import DEFAULT_DATABASE, Database
from cli.output import OutputOptions, gives_rows
from db.catalog import Value
from db.errors import ArchiveError
from db.sandbox import open_sandbox
from db.sql_errors import SqlError

SECONDS = 10.0
ROWS = 100_000

Timeout = Annotated[
    float, typer.Option("--timeout", min=0.001, metavar="SECONDS", help="Stop it after so long.")
]
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_REAL = re.compile(r"-?[0-9]+\.[0-9]+([eE][-+]?[0-9]+)?")


@gives_rows
def sql(
    statement: Annotated[
        str,
        typer.Argument(
            metavar="SQL", help="A statement, a file whose name ends in .sql, or - for stdin."
        ),
    ],
    output: OutputOptions,
    db: Database = DEFAULT_DATABASE,
    parameters: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="NAME=VALUE", help="Set :NAME; may be repeated."),
    ] = None,
    timeout: Timeout = SECONDS,
    max_rows: Annotated[
        int, typer.Option("--max-rows", min=0, metavar="N", help="At most so many rows; 0: all.")
    ] = ROWS,
) -> None:
    """Ask with SQL of your own. The archive is only read, whatever the SQL says.

    Besides SQLite's own functions there are search_terms(TEXT), what messages_fts must match to
    find the messages that contain TEXT, and normalize(TEXT), text as search compares it.

    Example: chats sql "select key, text from messages where kind = 'file' limit 5"
    """
    text = _read(statement)
    values = _values(parameters or [], text)
    with open_sandbox(db, timeout=timeout) as sandbox:
        try:
            selection = sandbox.select(text, values, max_rows=max_rows or None)
            render.rows(selection.columns, selection, output)
        except SqlError as error:
            raise ArchiveError(render.sql_error(error)) from error
    if selection.cut:
        render.error_line(f"only the first {max_rows:,} rows; --max-rows 0 gives all")


def _read(statement: str) -> str:
    """The SQL itself, wherever it stands."""
    try:
        if statement == "-":
            return sys.stdin.read()
        if statement.endswith(".sql"):
            return Path(statement).read_text("utf-8-sig")
    except OSError as error:
        raise ArchiveError(f"{statement}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ArchiveError(f"{statement}: not UTF-8 text") from error
    return statement


def _values(given: list[str], text: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for parameter in given:
        name, separator, value = parameter.partition("=")
        if not separator:
            raise typer.BadParameter(f"{parameter!r}: write it as name=value", param_hint="-p")
        if not re.search(rf"[:@$]{re.escape(name)}\b", text):
            raise typer.BadParameter(f"there is no :{name} in the SQL", param_hint="-p")
        values[name] = _value(value)
    return values


def _value(text: str) -> Value:
    """A number if it is written as one, else the text."""
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _REAL.fullmatch(text) else text
