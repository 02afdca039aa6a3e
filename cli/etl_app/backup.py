"""`etl backup`: a copy of the archive that is proven to be one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from cli import render
from cli.options import DEFAULT_DATABASE, Database, Json
from db.connection import open_read_only
from etl.backup import backup as back_up_archive


def backup(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The copy; in a folder it gets a dated name.")
    ],
    db: Database = DEFAULT_DATABASE,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
    as_json: Json = False,
) -> None:
    """Copy the archive as it is at this moment, also while a load writes it, and check the copy.

    Under its name the copy is there whole, or not at all.

    Example: etl backup backups/ --db chats.db
    """
    with open_read_only(db) as connection:
        done = back_up_archive(connection, db, file, force=force)
    if as_json:
        render.line(json.dumps({**done._asdict(), "path": str(done.path)}, ensure_ascii=False))
        return
    render.line(
        f"{render.printable(str(done.path))}: {done.days:,} days, {done.messages:,} messages;"
        f" digest {done.digest}"
    )
