"""`chats search`: who said what, and when."""

from __future__ import annotations

import re
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Annotated, NamedTuple

import typer
from typer._click.shell_completion import CompletionItem
from typer.core import TyperCommand, TyperOption

from cli import completion, render
from cli.options import DEFAULT_DATABASE, ByName, Database
from cli.output import OutputOptions, gives_rows
from cli.searches import check_rooms, ranked_of, said_number, why_nothing
from db.connection import open_read_only
from db.search import run
from db.search.language import And, parse, wanted_texts

GROUPS = ("room", "speaker", "month")
NEWEST = 20
MOST = 1_000_000_000
# What each of these asks for, the others cannot be part of.
_APART = {
    "--count": ("--by", "--check", "--context", "--rank", "--oldest", "--keys", "--limit"),
    "--by": ("--check", "--context", "--rank", "--oldest", "--keys"),
    "--check": ("--context", "--rank", "--oldest", "--keys", "--limit", "a format or file"),
    "--rank": ("--oldest",),
}
# What of all that begins with one minus is an option: -t, -n 5, -n5, -tn5, -ox.csv. Any other is a
# word to leave out, also -note, -host:… and -oauth: a file to write has a dot or a slash.
_OPTION = re.compile(r"-(?:h|t+|t*[nC](?:-?[0-9]+)?|t*o.*[./].*|t*o)", re.DOTALL)
_WANTS_VALUE = re.compile(r"-t*[nCo]")
# Carries such a word past the option parser. No argument of a program can have one.
_MARK = "\0"


class SearchCommand(TyperCommand):
    """A command whose arguments may begin with a minus sign."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Let `-term` be an argument, wherever it stands."""
        return super().parse_args(ctx, list(self._marked(ctx, args)))

    def _marked(self, ctx: typer.Context, args: list[str]) -> Iterator[str]:
        """The arguments, with a mark before every word that would be taken for options."""
        options = [option for option in self.params if isinstance(option, TyperOption)]
        valued = {name for option in options if not option.is_flag for name in option.opts}
        names = {name for option in options for name in option.opts}
        rest = iter(args)
        for arg in rest:
            is_word = re.match("-[^-]", arg) and not _OPTION.fullmatch(arg)
            if f"-{arg}" in names and is_word and not ctx.resilient_parsing:
                ctx.fail(f"{arg}: write -{arg} for the option; to leave the word out: -- {arg}")
            yield _MARK + arg if is_word else arg
            if arg == "--":
                yield from rest
            elif arg in valued or _WANTS_VALUE.fullmatch(arg):
                yield from islice(rest, 1)

    def shell_complete(  # type: ignore[override]
        self, ctx: typer.Context, incomplete: str
    ) -> list[CompletionItem]:
        """Options, and filters to leave something out by."""
        offered = super().shell_complete(ctx, incomplete)
        if re.match("-[a-z]", incomplete):
            left_out = completion.search_words(ctx, incomplete[1:])
            offered += [CompletionItem(f"-{word}") for word in left_out]
        return offered


CommandClass = SearchCommand


@gives_rows
def search(
    output: OutputOptions,
    words: Annotated[
        list[str],
        typer.Argument(metavar="QUERY…", help="See above.", click_type=completion.SearchWord()),
    ],
    db: Database = DEFAULT_DATABASE,
    limit: Annotated[
        int | None,
        typer.Option(
            "-n",
            "--limit",
            min=0,
            max=MOST,
            help=f"At most so many; 0: all. Without it {NEWEST} messages, or with --by all counts.",
        ),
    ] = None,
    oldest: Annotated[bool, typer.Option("--oldest", help="Oldest first, not newest.")] = False,
    rank: Annotated[bool, typer.Option("--rank", help="By relevance (bm25).")] = False,
    context: Annotated[
        int,
        typer.Option("-C", "--context", min=0, max=MOST, help="So many messages around each hit."),
    ] = 0,
    count: Annotated[bool, typer.Option("--count", help="Only how many there are.")] = False,
    by: Annotated[
        str | None,
        typer.Option(
            metavar="|".join(GROUPS),
            help="Counts instead of messages.",
            autocompletion=completion.one_of(GROUPS),
        ),
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
    _check_together(
        {
            "--count": count,
            "--by": by is not None,
            "--check": check,
            "--context": context > 0,
            "--rank": rank,
            "--oldest": oldest,
            "--keys": keys,
            "--limit": limit is not None,
            "a format or file": output.format is not None,
        }
    )
    query = parse(" ".join(word.removeprefix(_MARK) for word in words), by_name=by_name)
    with open_read_only(db, with_days=True) as connection:
        run.prepare(connection)
        check_rooms(connection, query)
        if check:
            _compare(connection, query)
        elif count:
            _number(run.count(connection, query), output)
        elif by is not None:
            _counts(connection, query, _Counted(by, by_name, limit), output)
        else:
            order: run.Order = "rank" if rank else "oldest" if oldest else "newest"
            shown = _Shown(order, NEWEST if limit is None else limit or None, context, keys)
            _show(connection, query, shown, output)


def _check_together(given: dict[str, bool]) -> None:
    """Refuse options of which one would be ignored."""
    for one, others in _APART.items():
        for other in others:
            if given[one] and given[other]:
                raise typer.BadParameter(f"{one} and {other} do not go together")


class _Shown(NamedTuple):
    """Which of the messages found are shown, and how."""

    order: run.Order
    limit: int | None
    context: int
    keys: bool


def _show(connection: sqlite3.Connection, query: And, shown: _Shown, output: OutputOptions) -> None:
    limit, context = shown.limit, shown.context
    if shown.order == "rank":
        found, since = run.ranked(connection, query, limit)
    else:
        found, since = run.find(connection, query, shown.order, limit), None
    groups = run.around(connection, found, context) if context else ([hit] for hit in found)
    are_all = limit is None or (len(found) < limit and not since)
    ending = [_total(connection, query, len(found), are_all=are_all)]
    if since:
        ending.append(ranked_of(since))
    if not found:
        ending += why_nothing(connection, query)
    if output.format is None and sys.stdout.isatty():
        # what layout takes to import is a third of a search
        from cli import hits

        hits.show(groups, found, wanted_texts(query), ending, output, keys=shown.keys)
    else:
        _rows(groups, found, output)
        for line in ending:
            render.error_line(line)


def _rows(groups: Iterable[list[run.Hit]], found: list[run.Hit], output: OutputOptions) -> None:
    """Hits for programs, a row each; with context ``found`` tells them from what is around."""
    ids = {hit.id for hit in found}
    groups = list(groups)
    around = any(len(group) > 1 for group in groups)
    columns = ["key", "sent_at", "room", "speaker", "kind", "text"]
    cells = [
        [*hit[1:7], *([int(hit.id in ids)] if around else [])] for group in groups for hit in group
    ]
    render.rows([*columns, "found"] if around else columns, cells, output)


def _total(connection: sqlite3.Connection, query: And, shown: int, *, are_all: bool) -> str:
    if are_all:
        return _several(shown, "message")
    counted = max(run.COUNTED, shown)
    total = run.count(connection, query, counted + 1)
    if shown == total:
        return _several(shown, "message")
    counts = ", --count counts them" if total > counted else ""
    return f"{shown:,} of {said_number(total, counted)} messages (-n 0 shows all{counts})"


def _several(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


class _Counted(NamedTuple):
    """What messages are counted by, whether speakers are single names, how many counts to show."""

    by: str
    by_name: bool
    limit: int | None


def _counts(
    connection: sqlite3.Connection, query: And, wanted: _Counted, output: OutputOptions
) -> None:
    """How many there are of each, and below how many in all."""
    by, by_name, limit = wanted
    counted = run.count_by(connection, query, by, by_name=by_name)  # type: ignore[arg-type]
    shown = counted[: limit or None]
    render.rows([by, "messages"], shown, output)
    messages = _several(sum(number for _, number in counted), "message")
    of = _several(len(counted), by)
    if not counted:
        ending = [messages, *why_nothing(connection, query)]
    elif len(shown) < len(counted):
        ending = [f"{messages} in {len(shown):,} of {of} (-n 0 shows all)"]
    else:
        ending = [f"{messages} in {of}"]
    for line in ending:
        render.error_line(line)


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
