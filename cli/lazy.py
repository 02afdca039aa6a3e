"""Commands whose modules are imported when they are asked for.

A command must answer quickly, and what one of them needs costs another one its start.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from cli.options import CONTEXT

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter


def lazy_commands(package: str, summaries: Mapping[str, str]) -> type[TyperGroup]:
    """A group of commands, each the function or Typer app of its name in ``package.NAME``.

    ``summaries`` has them in the order of the help text, with what it says of each.
    """

    class LazyCommands(TyperGroup):
        """The commands of one package."""

        def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 (typer gives it)
            """The names, in the order of the help text."""
            return list(summaries)

        def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002
            """The command of a name."""
            return _command(package, cmd_name) if cmd_name in summaries else None

        def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
            """The summaries: to ask the commands themselves would take importing them all."""
            with formatter.section("Commands"):
                formatter.write_dl(list(summaries.items()))

    return LazyCommands


def _command(package: str, name: str) -> Command:
    module = importlib.import_module(f"{package}.{name}")
    target: Any = getattr(module, name)
    if isinstance(target, typer.Typer):
        command = typer.main.get_command(target)
        command.name = name
        return command
    app = typer.Typer(add_completion=False, context_settings=CONTEXT, rich_markup_mode=None)
    app.command(name, cls=getattr(module, "CommandClass", None))(target)
    return typer.main.get_command(app)
