"""`chats search`: who said what, and when."""

from __future__ import annotations

import re
import sqlite3
import sys
from typing import Annotated, NamedTuple

import typer
from typer.core import TyperCommand

from cli import completion, render
from cli.options import DEFAULT_DATABASE, ByName, Database
from cli.output import OutputOptions, gives_rows
from db.connection import open_read_only
from db.reader import rooms
from db.search import run
from db.search.errors import SearchError
from db.search.language import And, as_typed, filters_of, parse, wanted_texts
from db.text_index import normalize

GROUPS = ("room", "speaker", "month")
NEWEST = 20
MOST = 1_000_000_000
# `-退款`, `-from:李` and `-word` leave something out; -n, -C, -t, -o and -h are options.
_LEFT_OUT = re.compile(r"-(?:[^A-Za-z-].*|[A-Za-z]{2,}.*|[^nCtoh-])", re.DOTALL)
# Carries such a word past the option parser. No argument of a program can have one.
_MARK = "\0"


class SearchCommand(TyperCommand):
    """A command whose arguments may begin with a minus sign."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Let `-term` be an argument, wherever it stands."""
        end = args.index("--") if "--" in args else len(args)
        before = [_MARK + arg if _LEFT_OUT.fullmatch(arg) else arg for arg in args[:end]]
        return super().parse_args(ctx, [*before, *args[end:]])


CommandClass = SearchCommand


@gives_rows
def search(
    output: OutputOptions,
    words: Annotated[
        list[str],
        typer.Argument(metavar="QUERY…", help="See above.", autocompletion=completion.search_words),
    ],
    db: Database = DEFAULT_DATABASE,
    limit: Annotated[
        int,
        typer.Option("-n", "--limit", min=0, max=MOST, help="At most so many messages; 0: all."),
    ] = NEWEST,
    oldest: Annotated[bool, typer.Option("--oldest", help="Oldest first, not newest.")] = False,
    rank: Annotated[bool, typer.Option("--rank", help="By relevance (bm25).")] = False,
    context: Annotated[
        int,
        typer.Option("-C", "--context", min=0, max=MOST, help="So many messages around each hit."),
    ] = 0,
    count: Annotated[bool, typer.Option("--count", help="Only how many there are.")] = False,
    by: Annotated[
        str | None, typer.Option(metavar="|".join(GROUPS), help="Counts instead of messages.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Also search without the index, and compare.")
    ] = False,
    keys: Annotated[
        bool, typer.Option("--keys", help="On a terminal, show keys, for `chats show`.")
    ] = False,
    by_name: ByName = False,
) -> None:
    """Find messages: all that contain every word of QUERY, newest first.

    Chinese is found wherever its characters stand, other words as whole words; word* finds what
    begins so, "…" words side by side. OR, -word and ( ) work as expected, and so do
    room:prodarch from:NAME mentions:NAME on:2018-05-07 since:2018-05 until:2018
    has:image|link|file|emoji|mention|quote kind:text|image|link|file|notice|missing
    host:example.com, each also with - before it. A NAME is any part of any name that somebody has.

    Example: chats search 协议支付 from:林 since:2018
    """
    if by is not None and by not in GROUPS:
        raise typer.BadParameter(f"must be one of {', '.join(GROUPS)}", param_hint="--by")
    if rank and oldest:
        raise typer.BadParameter("--rank and --oldest are two orders: give one")
    if (count, by is not None, check, context > 0).count(True) > 1:
        raise typer.BadParameter("--count, --by, --check and --context do not go together")
    query = parse(" ".join(word.removeprefix(_MARK) for word in words), by_name=by_name)
    with open_read_only(db) as connection:
        run.prepare(connection)
        _check_rooms(connection, query)
        if check:
            _compare(connection, query)
        elif count:
            _number(run.count(connection, query), output)
        elif by is not None:
            counted = run.count_by(connection, query, by, by_name=by_name)  # type: ignore[arg-type]
            render.rows([by, "messages"], counted, output)
        else:
            order: run.Order = "rank" if rank else "oldest" if oldest else "newest"
            shown = _Shown(order, limit or None, context, keys)
            _show(connection, query, shown, output)


class _Shown(NamedTuple):
    """Which of the messages found are shown, and how."""

    order: run.Order
    limit: int | None
    context: int
    keys: bool


def _show(connection: sqlite3.Connection, query: And, shown: _Shown, output: OutputOptions) -> None:
    limit, context = shown.limit, shown.context
    found = run.find(connection, query, shown.order, limit)
    groups = run.around(connection, found, context) if context else [[hit] for hit in found]
    total = len(found) if limit is None or len(found) < limit else run.count(connection, query)
    ending = [_total(len(found), total), *([] if found else _why_nothing(connection, query))]
    if output.format is None and sys.stdout.isatty():
        # what layout takes to import is a third of a search
        from cli import hits

        hits.show(groups, found, wanted_texts(query), ending, output, keys=shown.keys)
    else:
        _rows(groups, found, output)
        for line in ending:
            render.error_line(line)


def _rows(groups: list[list[run.Hit]], found: list[run.Hit], output: OutputOptions) -> None:
    """Hits for programs, a row each; with context ``found`` tells them from what is around."""
    ids = {hit.id for hit in found}
    around = any(len(group) > 1 for group in groups)
    columns = ["key", "sent_at", "room", "speaker", "kind", "text"]
    cells = [
        [*hit[1:7], *([int(hit.id in ids)] if around else [])] for group in groups for hit in group
    ]
    render.rows([*columns, "found"] if around else columns, cells, output)


def _total(shown: int, total: int) -> str:
    if shown < total:
        return f"{shown:,} of {total:,} messages (-n 0 shows all)"
    return f"{total:,} message{'' if total == 1 else 's'}"


def _why_nothing(connection: sqlite3.Connection, query: And) -> list[str]:
    """Which single part emptied the result: one that finds nothing, or one that is too much."""
    alone = [part for part in query.nodes if not run.count(connection, And((part,)))]
    obstacles = run.obstacles(connection, query)
    if not alone and not obstacles:
        return ["nothing is found with any one part left out, either"]
    return [
        *(f"{as_typed(part)} finds nothing at all" for part in alone),
        *(f"without {as_typed(part)} there would be {number:,}" for part, number in obstacles),
    ]


def _number(number: int, output: OutputOptions) -> None:
    if output.format is None:
        render.paged([str(number)], output)
    else:
        render.rows(["messages"], [[number]], output)


def _compare(connection: sqlite3.Connection, query: And) -> None:
    by_index, by_scan = run.indexed(connection, query), run.scan(connection, query)
    if by_index != by_scan:
        only = f"{len(by_index - by_scan):,} only by the index, {len(by_scan - by_index):,} only"
        render.line(f"the index and a plain scan differ: {only} by the scan")
        raise typer.Exit(1)
    render.line(f"the index and a plain scan agree: {len(by_index):,} messages")


def _check_rooms(connection: sqlite3.Connection, query: And) -> None:
    """Refuse a room that is none: nothing would be found, or with a minus everything."""
    known = rooms(connection)
    names = normalize(" ".join(f"{room.slug} {room.title or ''}" for room in known))
    for wanted in filters_of(query, "room"):
        if normalize(wanted.value) not in names:
            there = ", ".join(room.slug for room in known)
            raise SearchError(f"{wanted.typed}: there is no such room; there are {there}")
