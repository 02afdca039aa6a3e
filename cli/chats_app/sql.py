"""`chats sql`: any question that SQL can ask, and nothing that could change the archive."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

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
# An option's name has no space in it.
_COMMENT = re.compile(r"--[^A-Za-z]|--[^=]*\s")


class SqlCommand(TyperCommand):
    """A command whose argument may begin with a comment, as canned queries do."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Let `-- comment` be an argument: behind an empty line it is the same SQL."""
        return super().parse_args(ctx, [f"\n{a}" if _COMMENT.match(a) else a for a in args])


CommandClass = SqlCommand


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
        typer.Option(
            "-p", "--param", metavar="NAME=VALUE", help="Set :NAME, else NULL; may be repeated."
        ),
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
            if selection.not_given:
                names = ", ".join(f":{name}" for name in selection.not_given)
                render.error_line(f"NULL, as -p does not set it: {names}")
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
        # False, and no error, for what can be no path
        if os.path.isfile(statement):  # noqa: PTH113
            raise ArchiveError(f"{statement}: the name of a file with SQL must end in .sql")
    except OSError as error:
        raise ArchiveError(f"{statement}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ArchiveError(f"{statement}: not UTF-8 text") from error
    return statement


def _values(given: list[str], text: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for parameter in given:
        name, separator, value = parameter.partition("=")
        name = name.lstrip(":@$")
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
