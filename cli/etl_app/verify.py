"""`etl verify`: whether the archive still says what was loaded into it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cli import render
from cli.options import DEFAULT_DATABASE, Database, Json
from cli.progress import new_progress
from db.connection import open_to_check
from etl.verify import Finding, Verification
from etl.verify import verify as verify_archive


def verify(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]…", help="More for --against.")
    ] = None,
    db: Database = DEFAULT_DATABASE,
    against: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="Compare with these pages, or folders of them, too."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print findings only.")] = False,
    as_json: Json = False,
) -> None:
    """Check the file, the full-text index, and that every page can be written back as it was.

    Each finding is one line: where, what, and what to do about it. Exit code 1 if there is any.

    Example: etl verify --against source/
    """
    with (
        open_to_check(db) as connection,
        new_progress(quiet=quiet, verbose=False, doing="verifying", unit="days") as progress,
    ):
        result = verify_archive(connection, [*(against or ()), *(paths or ())], progress)
    if as_json:
        render.line(json.dumps(asdict(result), ensure_ascii=False))
    else:
        for finding in result.findings:
            render.line(line_of(finding))
        if not quiet:
            render.line(f"{render.printable(str(db))}: {_summary(result)}")
    raise typer.Exit(1 if result.total else 0)


def line_of(finding: Finding) -> str:
    """A finding in one line."""
    return render.printable(f"{finding.place}: {finding.found}; {finding.remedy}")


def waiting_note(days: int) -> str:
    """That days wait for what the end of a load derives."""
    return (
        f"{days:,} day{'s wait' if days > 1 else ' waits'} for who is who:"
        " `etl load` makes it, or `etl rebuild derived`"
    )


def _summary(result: Verification) -> str:
    if result.total:
        return f"{result.total:,} finding{'s' if result.total > 1 else ''}"
    waiting = f"; {waiting_note(result.waiting)}" if result.waiting else ""
    files = f", {result.files:,} of them compared with files" if result.files else ""
    return (
        f"sound: {result.days:,} days{files}, {result.messages:,} messages;"
        f" digest {result.digest}{waiting}"
    )
