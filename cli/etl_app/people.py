"""`etl people`: who is who, made anew; and why."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import completion, explained, layout, render
from cli.etl_app.config_file import ConfigFile
from cli.options import CONTEXT, DEFAULT_DATABASE, Database, Wait
from cli.output import OutputOptions
from db.connection import open_read_only
from db.errors import ArchiveError
from db.lock import WAIT
from db.people.explain import explain_name, similar_names, unwritten_names
from db.writable import open_writable
from etl.config import FILE_NAME, read_config
from etl.rebuild import PEOPLE
from etl.rebuild import rebuild as rebuild_archive

# Characters of a name that is none, in a message.
LONGEST = 60

people = typer.Typer(
    help="Find out anew who is who, or why.\n\nExample: etl people explain 林秋",
    context_settings=CONTEXT,
    invoke_without_command=True,
    rich_markup_mode=None,
)


@people.callback()
def _build(
    context: typer.Context,
    db: Database = DEFAULT_DATABASE,
    config: ConfigFile = None,
    wait: Wait = WAIT,
) -> None:
    """Build people from the evidence in the messages and archive.toml; every load does it too.

    Example: etl people --db chats.db
    """
    if context.invoked_subcommand is not None:
        return
    chosen = read_config(db, config)
    with open_writable(db, wait=wait, say=render.error_line) as connection:
        rebuild_archive(connection, [PEOPLE], chosen, lambda _: None)
    with open_read_only(db) as connection:
        for unknown in unwritten_names(connection, chosen.names()):
            render.error_line(f"etl: {FILE_NAME}: nobody is called {unknown!r} so far")
        render.line(explained.summary(connection))


@people.command()
def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="A name as written.", autocompletion=completion.speakers
        ),
    ],
    db: Database = DEFAULT_DATABASE,
) -> None:
    """Print which names are one person's, and the evidence for and against each.

    Example: etl people explain 周叙白－木石科技－架构－杭州
    """
    with open_read_only(db) as connection:
        found = explain_name(connection, name.strip())
        if found is None:
            raise ArchiveError(_unknown(name, similar_names(connection, name)))
        lines = list(explained.lines(found, layout.width()))
    render.paged(layout.painted(lines), OutputOptions())


def _unknown(name: str, similar: list[str]) -> str:
    near = f"; there are {', '.join(similar)}" if similar else ""
    return f"nobody is called {name[:LONGEST]!r}{near}"
