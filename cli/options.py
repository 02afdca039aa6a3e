"""Options and settings that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


def new_app(help_: str) -> typer.Typer:
    """A Typer app with the settings that both commands have."""
    return typer.Typer(
        help=help_,
        context_settings=CONTEXT,
        no_args_is_help=True,
        # the error boundary in cli.main says what went wrong
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
