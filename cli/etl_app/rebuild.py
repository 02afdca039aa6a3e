"""`etl rebuild`: jobs again, over what is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import render
from cli.etl_app.config_file import ConfigFile
from cli.options import DEFAULT_DATABASE, Database, Wait
from cli.stopping import when_stopped
from db.errors import ArchiveError
from db.lock import WAIT
from db.writable import open_writable
from etl.config import read_config
from etl.discover import discover
from etl.rebuild import REBUILDS, rebuilds_index, rebuilds_messages
from etl.rebuild import rebuild as rebuild_archive


def _job_names(incomplete: str) -> list[str]:
    return [name for name in REBUILDS if name.startswith(incomplete)]


def rebuild(
    jobs: Annotated[
        list[str],
        typer.Argument(
            metavar="JOB…", help=f"Any of {', '.join(REBUILDS)}.", autocompletion=_job_names
        ),
    ],
    db: Database = DEFAULT_DATABASE,
    config: ConfigFile = None,
    from_: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="PATH",
            help="Read days of which bytes are lost from these files, or folders of them.",
        ),
    ] = None,
    wait: Wait = WAIT,
) -> None:
    """Make the rows of some jobs anew from the bodies in the archive; no file is read.

    For when a rule was mended: the result is that of a fresh load. All of it happens, or nothing.
    fts is the full-text index alone, derived what is computed over all days.

    Example: etl rebuild images links
    """
    unknown = [job for job in jobs if job not in REBUILDS]
    if unknown:
        raise typer.BadParameter(
            f"no job is called {unknown[0]!r}; there are {', '.join(REBUILDS)}"
        )
    if from_ and not rebuilds_messages(jobs):
        raise typer.BadParameter("--from is for messages")
    days = messages = 0

    def done(messages_of_day: int) -> None:
        nonlocal days, messages
        days += 1
        messages += messages_of_day

    chosen = read_config(db, config)
    found = discover(from_ or ())
    for problem in found.problems:
        raise ArchiveError(f"{problem.path}: {problem.text}")
    with (
        open_writable(
            db, any_index=rebuilds_index(jobs), wait=wait, say=render.error_line
        ) as connection,
        when_stopped("the same command begins it anew"),
    ):
        rebuild_archive(connection, jobs, chosen, done, found.files)
    of_pages = f" for {days:,} days, {messages:,} messages" if days else ""
    render.line(f"{', '.join(jobs)}: made anew{of_pages}")
