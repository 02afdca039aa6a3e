"""`chats query`: the canned queries, each a command of its own that its .sql file describes."""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from cli import completion, render
from cli.chats_app.sql import SECONDS, Timeout
from cli.options import CONTEXT, DEFAULT_DATABASE, Database, NoPager
from cli.output import OutputOptions, gives_rows
from cli.periods import first_and_last_day, single_day
from db.catalog import Parameter, Query, queries
from db.errors import ArchiveError
from db.sandbox import Sandbox, open_sandbox

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter

_TYPES = {"text": str, "integer": int, "real": float, "flag": bool}
# More rows than there are, and still a number to compute with.
_ALL = 1_000_000_000
# by the names that parameters have in every query
_COMPLETIONS = {
    "room": completion.room_names,
    "date": completion.dates,
    "since": completion.periods,
    "until": completion.periods,
    "speaker": completion.speakers,
    "mentioned": completion.speakers,
    "answered": completion.speakers,
    "presenter": completion.speakers,
    "host": completion.host_names,
    "code": completion.emoji,
}


class CannedQueries(TyperGroup):
    """The canned queries as commands; only the one that runs is made."""

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 (typer gives it)
        """The names, also for completion."""
        return list(queries())

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:  # noqa: ARG002
        """The command of a query."""
        query = queries().get(cmd_name)
        return None if query is None else query_command(query)

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """The command that is asked for; a name that is none is wrong usage."""
        if args[0] not in queries() and not ctx.resilient_parsing:
            ctx.fail(_unknown(args[0]))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """The queries in the help text."""
        with formatter.section("Queries"):
            formatter.write_dl([(query.name, query.description) for query in queries().values()])


query = typer.Typer(
    cls=CannedQueries,
    help="Run a canned query, or list them all.\n\nExample: chats query top-speakers --limit 5",
    context_settings=CONTEXT,
    invoke_without_command=True,
    subcommand_metavar="[NAME [OPTIONS]]",
    options_metavar="",
    rich_markup_mode=None,
)


@query.callback()
def _list(context: typer.Context, no_pager: NoPager = False) -> None:
    if context.invoked_subcommand is None:
        # what layout takes to import is nothing that a query needs
        from cli import layout, listings

        lines = listings.query_lines(queries().values(), layout.listing_width())
        render.paged(layout.painted(lines), OutputOptions(no_pager=no_pager))


def query_command(chosen: Query) -> Command:
    """The command that runs a query; its options are the query's parameters."""
    app = typer.Typer(add_completion=False, context_settings=CONTEXT, rich_markup_mode=None)
    help_ = f"{chosen.description}\n\nExample: chats query {_example(chosen)}"
    app.command(chosen.name, help=help_)(_runner(chosen))
    return typer.main.get_command(app)


def _runner(chosen: Query) -> Callable[..., None]:
    def run(db: Path, timeout: float, output: OutputOptions, **values: Any) -> None:
        with open_sandbox(db, timeout=timeout, with_days=True) as sandbox:
            selection = sandbox.select(chosen.sql, _meant(sandbox, values))
            render.rows(selection.columns, selection, output)

    own = [
        _option("db", Database, DEFAULT_DATABASE),
        _option("timeout", Timeout, SECONDS),
        _option("output", OutputOptions, OutputOptions()),
    ]
    signature = inspect.Signature([*map(_parameter_option, chosen.parameters), *own])
    run.__signature__ = signature  # type: ignore[attr-defined]
    return gives_rows(run)


def _meant(sandbox: Sandbox, values: dict[str, Any]) -> dict[str, Any]:
    """The values that queries take, for what one may type as in a search."""
    meant = dict(values)
    for name, value in values.items():
        if value and name == "room":
            meant[name] = _room(sandbox, value)
        elif value and name in ("since", "until", "date"):
            meant[name] = _day(name, value)
        elif value == 0 and name == "limit":
            meant[name] = _ALL
    return meant


def _room(sandbox: Sandbox, wanted: str) -> str:
    """A room's short name, for that or for its title."""
    known = list(sandbox.select("select slug, title from rooms order by slug", {}))
    found = next((slug for slug, title in known if wanted in (slug, title)), None)
    if found is None:
        there = ", ".join(str(slug) for slug, _ in known)
        raise ArchiveError(f"--room {wanted}: there is no such room; there are {there}")
    return str(found)


def _day(name: str, value: str) -> str:
    """The day that a bound means: of a month or year the first, or for ``until`` the last."""
    if name == "date":
        return single_day(value, "--date")
    first, last = first_and_last_day(value, f"--{name}")
    return last if name == "until" else first


def _parameter_option(parameter: Parameter) -> inspect.Parameter:
    flag = f"--{parameter.name.replace('_', '-')}"
    unlimited = "; 0: all" if parameter.name == "limit" else ""
    help_ = f"{parameter.help[:1].upper()}{parameter.help[1:]}{unlimited}."
    least = 0 if parameter.type == "integer" else None
    complete = _COMPLETIONS.get(parameter.name)
    info = typer.Option(flag, help=help_, autocompletion=complete, min=least)
    type_ = _TYPES[parameter.type]
    return _option(parameter.name, Annotated[type_ | None, info], parameter.default)


def _option(name: str, annotation: Any, default: object) -> inspect.Parameter:
    kind = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, kind, default=default, annotation=annotation)


def _example(chosen: Query) -> str:
    """Its name with the last of its options that take a value: the number of rows, mostly."""
    valued = [parameter for parameter in chosen.parameters if parameter.type != "flag"]
    if not valued:
        return f"{chosen.name} --csv"
    last = valued[-1]
    value = last.name.upper() if last.default is None else last.default
    return f"{chosen.name} --{last.name.replace('_', '-')} {value}"


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, queries(), n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"no query is called {name!r}, `chats query` lists them{hint}"
