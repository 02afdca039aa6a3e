"""`etl rebuild`: jobs again, over what is loaded."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import render
from cli.options import DEFAULT_DATABASE, Database
from db.connection import open_writable
from etl.jobs import JOBS
from etl.rebuild import rebuild as rebuild_archive
from etl.rebuild import rebuilds_messages


def _job_names(incomplete: str) -> list[str]:
    return [name for name in JOBS if name.startswith(incomplete)]


def rebuild(
    jobs: Annotated[
        list[str],
        typer.Argument(
            metavar="JOB…", help=f"Any of {', '.join(JOBS)}.", autocompletion=_job_names
        ),
    ],
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Make the rows of some jobs anew from the bodies in the archive; no file is read.

    For when a rule was mended: the result is that of a fresh load. All of it happens, or nothing.

    Example: etl rebuild images links
    """
    unknown = [job for job in jobs if job not in JOBS]
    if unknown:
        raise typer.BadParameter(f"no job is called {unknown[0]!r}; there are {', '.join(JOBS)}")
    days = messages = 0

    def done(messages_of_day: int) -> None:
        nonlocal days, messages
        days += 1
        messages += messages_of_day

    with open_writable(db, any_index=rebuilds_messages(jobs)) as connection:
        rebuild_archive(connection, jobs, done)
    render.line(f"{', '.join(jobs)}: made anew for {days:,} days, {messages:,} messages")
