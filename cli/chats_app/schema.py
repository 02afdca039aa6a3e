"""`chats schema`: the tables, as the archive itself describes them."""

from __future__ import annotations

import difflib
from typing import Annotated

import typer

from cli import completion, layout, listings, render
from cli.options import DEFAULT_DATABASE, Database, NoPager
from cli.output import OutputOptions
from db.connection import open_read_only
from db.schema_comments import sql_of, tables_of


def schema(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="TABLE",
            help="Only this one; all without it.",
            autocompletion=completion.table_names,
        ),
    ] = None,
    db: Database = DEFAULT_DATABASE,
    as_sql: Annotated[bool, typer.Option("--sql", help="Print the SQL that made them.")] = False,
    no_pager: NoPager = False,
) -> None:
    """Show the tables with their columns, what these hold, and what they refer to.

    Example: chats schema messages
    """
    with open_read_only(db) as connection:
        tables = tables_of(connection)
        # as SQL does, which takes MESSAGES for messages
        chosen = [table for table in tables if name is None or name.lower() == table.name]
        if not chosen:
            raise typer.BadParameter(_unknown(str(name), [table.name for table in tables]))
        output = OutputOptions(no_pager=no_pager)
        if as_sql:
            statements = [text for table in chosen for text in sql_of(connection, table)]
            lines = [line for text in statements for line in text.splitlines()]
            render.paged(map(render.printable, lines), output)
        else:
            listed = listings.table_lines(chosen, layout.listing_width())
            render.paged(layout.painted(listed), output)


def _unknown(name: str, tables: list[str]) -> str:
    near = difflib.get_close_matches(name.lower(), tables, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    return f"no table is called {name!r}{hint}; there are {', '.join(tables)}"
