"""`etl export`: the archive's content in other forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import render
from cli.options import CONTEXT, DEFAULT_DATABASE, Database
from db.connection import open_read_only
from db.history import Run, paths_of_no_day
from db.reader import known_rooms
from etl.export import export_markdown, loaded_pages, pages_as_of
from etl.versions import run_of

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
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            metavar="LOAD",
            help="As it was after that load: its number in `etl log`, or a date or time (UTC) up"
            " to whose end it had started.",
        ),
    ] = None,
) -> None:
    """Write every day file back, byte for byte as it was loaded.

    With --as-of it is the version of each day that was in the archive after that load; days that
    were not in it then are not written. A day whose bytes are lost keeps no other from being
    written: it gets a line, and the exit code is 1.

    Example: etl export markdown pages/ --as-of 2031-02-03
    """
    unknown: list[str] = []
    with open_read_only(db) as connection:
        pages, when = loaded_pages(connection), ""
        if as_of is not None:
            run = run_of(connection, as_of)
            pages, when = pages_as_of(connection, run.id), _when(run)
            unknown = paths_of_no_day(connection, run.id)
        report = export_markdown(pages, known_rooms(connection), folder, force=force)
    there = f", {report.unchanged:,} were there already" if report.unchanged else ""
    where = render.printable(str(folder))
    render.line(f"{report.written:,} day files written to {where}{there}{when}")
    for lost in report.lost:
        render.error_line(f"etl: {lost}")
    for path in unknown:
        render.error_line(
            f"etl: {path}: an earlier version of it was replaced by an older version of this"
            " program, which did not write down of which day it was: it is not among them"
        )
    raise typer.Exit(1 if unknown or report.lost else 0)


def _when(run: Run) -> str:
    return f", as they were after load {run.id} of {run.started_at} UTC"
