"""`etl backup`: a copy of the archive that is proven to be one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from cli import render
from cli.etl_app.verify import waiting_note
from cli.options import DEFAULT_DATABASE, Database, Json
from db.connection import open_any_version
from etl.backup import backup as back_up_archive


def _copy(name: str | Path) -> Path:
    """The copy's file; what a ``Path`` would not tell is judged as it is written."""
    text = str(name)
    if not text.strip():
        raise typer.BadParameter("an empty name; give that of the copy")
    if text == "-":
        raise typer.BadParameter("a copy is a file: name one (./- if it is to be called so)")
    if text.endswith(os.sep) and not Path(text).is_dir():
        raise typer.BadParameter(f"{text}: there is no such folder; make the folder first")
    return Path(text)


def backup(
    file: Annotated[
        Path,
        typer.Argument(
            parser=_copy, metavar="FILE", help="The copy; in a folder it gets a dated name."
        ),
    ],
    db: Database = DEFAULT_DATABASE,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
    as_json: Json = False,
) -> None:
    """Copy the archive as it is at this moment, also while a load writes it, and check the copy.

    Under its name the copy is there whole, or not at all.

    Example: etl backup backups/ --db chats.db
    """
    with open_any_version(db) as connection:
        done = back_up_archive(connection, db, file, force=force)
    if as_json:
        render.line(json.dumps({**done._asdict(), "path": str(done.path)}, ensure_ascii=False))
        return
    proof = f"schema {done.schema}" if done.digest is None else f"digest {done.digest}"
    where = render.printable(str(done.path))
    waiting = f"; {waiting_note(done.waiting)}" if done.waiting else ""
    render.line(f"{where}: {done.days:,} days, {done.messages:,} messages; {proof}{waiting}")
