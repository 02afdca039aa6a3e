"""`chats query`: the canned queries."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import render
from cli.options import DEFAULT_DATABASE, Database, Json
from db.catalog import Query, Value, queries
from db.connection import open_read_only
from db.reader import run_query


def _names(incomplete: str) -> list[str]:
    return [name for name in queries() if name.startswith(incomplete)]


def query(
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Without it, all are listed.", autocompletion=_names),
    ] = None,
    db: Database = DEFAULT_DATABASE,
    parameters: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="NAME=VALUE", help="Set one of its parameters."),
    ] = None,
    table: Annotated[
        bool, typer.Option("-t", "--table", help="Print a table, also when piped.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run a canned query, or list them all.

    Example: chats query top-speakers -p limit=5
    """
    if name is None:
        for one in queries().values():
            names = "".join(f" [{p.name}]" for p in one.parameters)
            render.line(f"{one.name}{names}\n    {one.description}")
        return
    chosen = queries().get(name)
    if chosen is None:
        raise typer.BadParameter(f"no query is called {name!r}; `chats query` lists them")
    with open_read_only(db) as connection:
        columns, rows = run_query(connection, chosen.sql, _values(chosen, parameters or []))
    render.rows(columns, rows, table=table, as_json=as_json)


def _values(chosen: Query, given: list[str]) -> dict[str, Value]:
    known = {parameter.name: parameter for parameter in chosen.parameters}
    values = {name: parameter.default for name, parameter in known.items()}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or name not in known:
            names = ", ".join(known) or "none"
            raise typer.BadParameter(f"{text!r}: the parameters of {chosen.name} are {names}")
        try:
            values[name] = known[name].convert(value)
        except ValueError as error:
            raise typer.BadParameter(f"{text!r}: must be {known[name].type}") from error
    return values
