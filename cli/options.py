"""Options and settings that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from etl import __version__
from etl.config import FILE_NAME

CONTEXT = {"help_option_names": ["-h", "--help"]}

Database = Annotated[
    Path,
    typer.Option(
        "--db",
        envvar="CHATS_DB",
        help="The archive: one SQLite file.",
    ),
]
DEFAULT_DATABASE = Path("chats.db")

ConfigFile = Annotated[
    Path | None, typer.Option("--config", help=f"Instead of the {FILE_NAME} beside the archive.")
]

ByName = Annotated[
    bool, typer.Option("--by-name", help="Go by single names, not by the people behind them.")
]

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


def new_app(help_: str, commands: type[TyperGroup] | None = None) -> typer.Typer:
    """A command with the settings that both have, and `--version`."""
    app = typer.Typer(
        cls=commands,
        help=help_,
        context_settings=CONTEXT,
        no_args_is_help=True,
        # the error boundary in cli.main says what went wrong
        pretty_exceptions_enable=False,
        # plain help, as git and sqlite-utils have it, and without the time that rich takes
        rich_markup_mode=None,
    )

    app.callback()(_common)
    return app


def _print_version(context: typer.Context, wanted: bool) -> None:
    if wanted:
        print(f"{context.find_root().info_name} (wechat-to-sqlite) {__version__}")
        raise typer.Exit


def _common(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    pass
