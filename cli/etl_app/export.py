"""`etl export`: the archive's content in other forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import render
from cli.options import CONTEXT, DEFAULT_DATABASE, Database
from db.connection import open_read_only
from etl.export import export_markdown

export = typer.Typer(
    help="Write what the archive holds into files.\n\nExample: etl export markdown pages/",
    context_settings=CONTEXT,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@export.callback()
def _group() -> None:
    pass


@export.command()
def markdown(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where ROOM/_posts/… go.")],
    db: Database = DEFAULT_DATABASE,
    force: Annotated[
        bool, typer.Option("--force", help="Write over files with other content.")
    ] = False,
) -> None:
    """Write every day file back, byte for byte as it was loaded.

    Example: etl export markdown pages/ --db chats.db
    """
    with open_read_only(db) as connection:
        report = export_markdown(connection, folder, force=force)
    there = f", {report.unchanged:,} were there already" if report.unchanged else ""
    render.line(f"{report.written:,} day files written to {render.printable(str(folder))}{there}")
