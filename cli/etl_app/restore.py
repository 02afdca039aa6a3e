"""`etl restore`: a backup in the place of the archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from cli import render
from cli.options import DEFAULT_DATABASE, Database, Wait
from cli.stopping import when_stopped
from db import migrations
from db.lock import WAIT
from db.restore import Restored
from db.restore import restore as restore_archive


def restore(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A backup, as `etl backup` writes it.")
    ],
    db: Database = DEFAULT_DATABASE,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Replace the archive without asking.")
    ] = False,
    wait: Wait = WAIT,
) -> None:
    """Put a backup in the place of the archive, which is kept beside it under another name.

    The backup is checked before, and stays where it is. What a killed program left half written
    beside the archive is not mixed with it, as it is when files are copied.

    Example: etl restore backups/chats-2031-02-03-073557.db
    """
    if db.exists() and not yes and not render.can_ask():
        raise typer.BadParameter(
            "restore asks before it replaces an archive, and cannot here: add --yes"
        )
    done = restore_archive(
        file, db, may_replace=_question(file, db, yes=yes), wait=wait, say=render.error_line
    )
    if done is None:
        render.error_line(f"etl: {db}: nothing was changed")
        raise typer.Exit(1)
    kept = f"; what it was is kept in {done.kept.name}" if done.kept else ""
    render.line(render.printable(f"{db}: {_holds(done)}, as in {file}{kept}"))


def _question(file: Path, db: Path, *, yes: bool) -> Callable[[Restored], bool]:
    def may_replace(found: Restored) -> bool:
        if yes:
            return True
        text = render.printable(f"replace {db} by {file} ({_holds(found)})?")
        with when_stopped("nothing was changed"):
            return typer.confirm(text, default=False, err=True)

    return may_replace


def _holds(found: Restored) -> str:
    """How much it holds, and which schema it has if that is an older one."""
    older = "" if found.schema == migrations.LATEST else f", schema {found.schema}"
    return f"{found.days:,} days, {found.messages:,} messages{older}"
