"""`etl log`: the loads, and what each changed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Annotated

import typer

from cli import layout, render
from cli.layout import BOLD, DIM, Line, Span
from cli.options import DEFAULT_DATABASE, Database
from cli.output import OutputOptions, gives_rows
from db.connection import open_read_only
from db.history import DayChange, Run, day_changes, find_run, runs

_WHAT = ("new", "changed", "removed")
_KINDS = ("added", "changed", "moved", "removed")
_RUN_COLUMNS = (
    "load", "started_at", "finished_at", "outcome", "paths", *(f"{what}_days" for what in _WHAT),
    *(f"{kind}_messages" for kind in _KINDS),
)  # fmt: skip
_DAY_COLUMNS = ("room", "date", "day", *(f"{kind}_messages" for kind in _KINDS), "other_parts")


@gives_rows
def log(
    output: OutputOptions,
    number: Annotated[
        int | None, typer.Argument(metavar="LOAD", min=1, help="Show the days of that load.")
    ] = None,
    db: Database = DEFAULT_DATABASE,
    limit: Annotated[
        int | None, typer.Option("--limit", "-n", min=1, help="So many of the newest only.")
    ] = None,
) -> None:
    """List the loads, newest first: when, how they ended, and what they changed.

    With one of the formats it is rows for programs: a row per load, or of LOAD a row per day, but
    that of the load itself where it changed none.

    Example: etl log --limit 5
    """
    if number is not None and limit is not None:
        raise typer.BadParameter("--limit is for the list of loads, LOAD shows one")
    with open_read_only(db) as connection:
        if number is not None:
            found = [find_run(connection, number)]
            changes = day_changes(connection, number)
        else:
            found = runs(connection, limit)
            changes = day_changes(connection)
    if output.asked is not None or output.file is not None:
        if number is None or not changes:
            render.rows(_RUN_COLUMNS, _run_rows(found, changes), output)
        else:
            render.rows(_DAY_COLUMNS, (change[1:] for change in changes), output)
        return
    lines = _lines(found, changes, whole=number is not None)
    render.paged(layout.painted(lines), output)


def _by_run(changes: Iterable[DayChange]) -> dict[int, list[DayChange]]:
    by_run: defaultdict[int, list[DayChange]] = defaultdict(list)
    for change in changes:
        by_run[change.load_id].append(change)
    return by_run


def _run_rows(found: list[Run], changes: list[DayChange]) -> Iterator[tuple[object, ...]]:
    by_run = _by_run(changes)
    for run in found:
        of_run = by_run.get(run.id, [])
        yield (
            run.id,
            run.started_at,
            run.finished_at,
            run.outcome,
            _paths(run),
            *(sum(change.what == what for change in of_run) for what in _WHAT),
            *(sum(getattr(change, kind) for change in of_run) for kind in _KINDS),
        )


def _lines(found: list[Run], changes: list[DayChange], *, whole: bool) -> Iterator[Line]:
    by_run = _by_run(changes)
    for place, run in enumerate(found):
        of_run = by_run.get(run.id, [])
        if place:
            yield []
        yield [Span(f"load {run.id}", BOLD), Span(f"  {run.started_at} UTC  {run.outcome}")]
        yield [Span(f"  {layout.shown(_paths(run))}", DIM)]
        yield [Span(f"  {_summary(of_run)}")]
        if whole:
            yield from _day_lines(of_run)


def _day_lines(changes: list[DayChange]) -> Iterator[Line]:
    size = max((layout.columns(layout.shown(change.room)) for change in changes), default=0)
    for change in changes:
        room = layout.shown(change.room)
        gap = " " * (size - layout.columns(room))
        yield [Span(f"  {room}{gap}  {change.date}  {change.what:<7}  {_of_day(change)}")]


def _summary(changes: list[DayChange]) -> str:
    if not changes:
        return "nothing changed"
    days = _counts([(sum(change.what == what for change in changes), what) for what in _WHAT])
    messages = _messages(changes)
    parts = [f"days: {days}", f"messages: {messages}" if messages else "", _others(changes)]
    return "; ".join(filter(None, parts))


def _of_day(change: DayChange) -> str:
    """What changed of a day; without anything that revisions have it can only be its line ends."""
    nothing = "line ends" if change.what == "changed" else "no messages"
    return "; ".join(filter(None, [_messages([change]), _others([change])])) or nothing


def _messages(changes: list[DayChange]) -> str:
    """How many messages of each kind."""
    return _counts([(sum(getattr(change, kind) for change in changes), kind) for kind in _KINDS])


def _others(changes: list[DayChange]) -> str:
    """How many other parts of pages."""
    others = sum(change.others for change in changes)
    return f"other parts: {others:,}" if others else ""


def _counts(counts: list[tuple[int, str]]) -> str:
    return ", ".join(f"{count:,} {what}" for count, what in counts if count)


def _paths(run: Run) -> str:
    """The paths that it was given."""
    return " ".join(json.loads(run.arguments).get("paths", []))
