"""Options and settings that commands share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperGroup

from etl import __version__

CONTEXT = {"help_option_names": ["-h", "--help"]}


def _file(name: str | Path) -> Path:
    """The file of a name; of an empty one, Python would make the current folder."""
    if not str(name).strip():
        raise typer.BadParameter("an empty name; give that of the archive's file")
    return Path(name)


def _number(seconds: float) -> float:
    """A number of seconds, which nan is not, though it is no less than the least one."""
    if math.isnan(seconds):
        raise typer.BadParameter("must be a number of seconds")
    return seconds


Database = Annotated[
    Path,
    typer.Option(
        "--db",
        envvar="CHATS_DB",
        parser=_file,
        metavar="<path>",
        help="The archive: one SQLite file.",
    ),
]
DEFAULT_DATABASE = Path("chats.db")

ByName = Annotated[
    bool, typer.Option("--by-name", help="Go by single names, not by the people behind them.")
]
NoPager = Annotated[bool, typer.Option("--no-pager", help="Show long output without a pager.")]
Wait = Annotated[
    float,
    typer.Option(
        "--wait",
        metavar="SECONDS",
        min=0,
        max=86_400,
        callback=_number,
        help="Wait so long if another program is writing the archive.",
    ),
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
