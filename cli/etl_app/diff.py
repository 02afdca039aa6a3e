"""`etl diff`: what a load would change."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import diffs, layout, render
from cli.etl_app.day_files import DEFAULT_MAX_SIZE, Date, MaxSize, Paths, Room, day_files
from cli.options import DEFAULT_DATABASE, Database, NoPager
from cli.output import OutputOptions
from db.connection import open_read_only
from etl.compare import compare


def diff(
    paths: Paths = None,
    db: Database = DEFAULT_DATABASE,
    room: Room = None,
    date: Date = None,
    stat: Annotated[
        bool, typer.Option("--stat", help="Show a line per file, with how much changes.")
    ] = False,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    no_pager: NoPager = False,
) -> None:
    """Show what a load would change, line by line; the archive is only read.

    Days whose files lay there and are gone are named: a load leaves them as they are, unless with
    --prune. Exit code 1 if anything differs, 0 if nothing does.

    Example: etl diff source/ --stat
    """
    if not paths:
        raise typer.BadParameter("name the files or folders to compare")
    options = day_files(tuple(paths), room, date, max_size)
    with open_read_only(db) as connection:
        found = compare(connection, options)
    if found.days or found.gone:
        lines = diffs.stat_lines(found, db, layout.width()) if stat else diffs.diff_lines(found, db)
        render.paged(diffs.painted(lines), OutputOptions(no_pager=no_pager))
    for problem in found.problems:
        render.error_line(f"{problem.path}: {problem.text}")
    raise typer.Exit(1 if found.days or found.gone or found.problems else 0)
