"""`etl load`: day files into the archive."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from cli import render
from cli.etl_app.config_file import ConfigFile
from cli.etl_app.day_files import (
    DEFAULT_MAX_SIZE,
    STANDARD_INPUT,
    Date,
    MaxSize,
    Paths,
    Room,
    day_files,
)
from cli.options import DEFAULT_DATABASE, Database, Json, Wait
from cli.progress import Lines, new_progress
from cli.stopping import when_stopped
from db.lock import WAIT
from db.reader import StoredDay
from db.writable import open_writable
from etl.config import FILE_NAME, read_config
from etl.load import load as load_archive

# Days that are named before they are removed; of more, how many more.
DAYS_LISTED = 50
_STOPPED = "what was written whole is kept, and the same command goes on from it"


def load(
    paths: Paths = None,
    db: Database = DEFAULT_DATABASE,
    room: Room = None,
    date: Date = None,
    config: ConfigFile = None,
    sample: Annotated[
        bool, typer.Option("--sample", help="Load the invented sample that comes along.")
    ] = False,
    max_size: MaxSize = DEFAULT_MAX_SIZE,
    prune: Annotated[
        bool,
        typer.Option(
            "--prune", help="Remove days whose files lay there and are gone; asks before it does."
        ),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Let --prune remove them without asking.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, help="Use so many processors; all there are unless told."
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but what is wrong.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Name every path that was passed over.")
    ] = False,
    wait: Wait = WAIT,
    as_json: Json = False,
) -> None:
    """Load day files; what is loaded already costs almost nothing.

    A file that changed is a newer export of its day: messages that stayed keep their ids, and
    what it replaces is kept in revisions. A file that is gone changes nothing, unless with
    --prune: then its day is removed, and kept in revisions, too. Exit code 1 if anything was not
    understood.

    Example: etl load source/ --db chats.db
    """
    given = tuple(paths or ())
    if sample:
        from importlib import resources

        source = Path(str(resources.files("etl").joinpath("sample")))
        given, config = (source / "source", *given), config or source / FILE_NAME
    if not given:
        raise typer.BadParameter("name the files or folders to load, or use --sample")
    if prune and STANDARD_INPUT in given:
        raise typer.BadParameter("--prune looks for files that are gone: - is none")
    if prune and not yes and not render.can_ask():
        raise typer.BadParameter("--prune asks before it removes days, and cannot here: add --yes")
    options = replace(
        day_files(given, room, date, max_size), config=read_config(db, config), jobs=jobs
    )
    with (
        open_writable(
            db, create=True, at_once=False, wait=wait, say=render.error_line
        ) as connection,
        new_progress(quiet=quiet, verbose=verbose) as progress,
    ):
        if prune:
            options = replace(options, prune=_prune_question(progress, yes=yes))
        with when_stopped(_STOPPED):
            report = load_archive(connection, options, progress)
    if as_json:
        render.line(json.dumps(report.as_dict(), ensure_ascii=False))
    elif not quiet:
        from cli import reports

        reports.load_report(report, db)
    raise typer.Exit(1 if report.problems else 0)


def _prune_question(progress: Lines, *, yes: bool) -> Callable[[list[StoredDay]], bool]:
    """Whether days may be removed: names them, and asks unless ``yes``."""

    def may_remove(days: list[StoredDay]) -> bool:
        if yes:
            return True
        progress.stop()
        for day in days[:DAYS_LISTED]:
            render.error_line(f"gone: {day.room} of {day.date}  {day.path}")
        if len(days) > DAYS_LISTED:
            render.error_line(f"… and {len(days) - DAYS_LISTED:,} more")
        many = "1 day" if len(days) == 1 else f"{len(days):,} days"
        with when_stopped("no day was removed, and what was loaded is kept"):
            return typer.confirm(f"remove {many}?", default=False, err=True)

    return may_remove
