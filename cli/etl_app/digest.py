"""`etl digest`: one number for all that an archive says."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from cli import render
from cli.options import DEFAULT_DATABASE, Database, Json
from db.connection import open_read_only
from db.digest import archive_digest, table_digests


def digest(
    db: Database = DEFAULT_DATABASE,
    tables: Annotated[
        bool, typer.Option("--tables", help="Also one per family of tables, to see what differs.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print a SHA-256 over what the archive says: the same for the same pages, in any order.

    Example: etl digest --db chats.db
    """
    with open_read_only(db) as connection:
        digests = table_digests(connection)
    whole = archive_digest(digests)
    if as_json:
        render.line(json.dumps({"digest": whole, "tables": digests}))
        return
    render.line(whole)
    if tables:
        for name, value in digests.items():
            render.line(f"{value}  {name}")
