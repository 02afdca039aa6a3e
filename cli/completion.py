"""What a shell offers to complete, from the archive itself; nothing where there is none."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import typer
from typer._click.shell_completion import CompletionItem
from typer._click.types import ParamType

from cli.options import DEFAULT_DATABASE
from db.connection import open_read_only
from db.errors import ArchiveError
from db.reader import dates_of, emoji_codes, hosts, rooms, speaker_names

if TYPE_CHECKING:
    from typer._click import Context, Parameter

Found = TypeVar("Found")

_MOST = 400
_PLAIN = re.compile(r"[\w\-－—～.·]+")


class SearchWord(ParamType):
    """A word of a search, with what may be typed in its place.

    What typer's ``autocompletion`` offers must begin as the word does, and in bash the colon of
    ``room:`` is a word of its own.
    """

    name = "word"

    def convert(self, value: str, param: Parameter | None, ctx: Context | None) -> str:  # noqa: ARG002
        """The word as it is."""
        return value

    def shell_complete(  # type: ignore[override]
        self,
        ctx: typer.Context,
        param: Parameter,  # noqa: ARG002 (typer gives it)
        incomplete: str,
    ) -> list[CompletionItem]:
        """Filters, and the values of those whose values are known."""
        return list(map(CompletionItem, search_words(ctx, incomplete)))


def room_names(context: typer.Context, incomplete: str) -> list[str]:
    """The rooms' short names, and titles as far as no shell needs them quoted."""
    found = _read(context, rooms)
    titles = [room.title for room in found if room.title and _PLAIN.fullmatch(room.title)]
    return _starting(incomplete, [*(room.slug for room in found), *titles])


def dates(context: typer.Context, incomplete: str) -> list[str]:
    """The days of the room that stands before it, or of all, newest first."""
    return _starting(incomplete, _dates(context))


def periods(context: typer.Context, incomplete: str) -> list[str]:
    """The years there are, or the months or days of what is typed of one, newest first."""
    # one step at a time, as folders and files are completed
    size = 4 if len(incomplete) < 4 else 7 if len(incomplete) < 7 else 10
    return _starting(incomplete, list(dict.fromkeys(date[:size] for date in _dates(context))))


def table_names(context: typer.Context, incomplete: str) -> list[str]:
    """The tables' names."""
    # every command imports this module, and hardly any reads the schema's comments
    from db.schema_comments import tables_of

    return _starting(incomplete, [table.name for table in _read(context, tables_of)])


def speakers(context: typer.Context, incomplete: str) -> list[str]:
    """Speakers' names, the most talkative first, as far as no shell needs them quoted.

    Any part of a name will do for the commands that take one.
    """
    names = _read(context, speaker_names)
    plain = (match[0] for name in names if (match := _PLAIN.match(name)))
    return _starting(incomplete, list(dict.fromkeys(plain)))


def host_names(context: typer.Context, incomplete: str) -> list[str]:
    """The hosts of links, those with most of them first."""
    return _starting(incomplete, _read(context, hosts))


def emoji(context: typer.Context, incomplete: str) -> list[str]:
    """WeChat's emoji, the most used first."""
    return _starting(incomplete, _read(context, emoji_codes))


def one_of(words: Iterable[str]) -> Callable[[typer.Context, str], list[str]]:
    """What offers the same few words everywhere."""

    def offered(_: typer.Context, incomplete: str) -> list[str]:
        return _starting(incomplete, list(words))

    return offered


def table_formats(_: typer.Context, incomplete: str) -> list[str]:
    """Tabulate's formats."""
    from tabulate import tabulate_formats

    return _starting(incomplete, tabulate_formats)


def search_words(context: typer.Context, incomplete: str) -> list[str]:
    """Filters, and the values of those whose values are known."""
    words = list(context.params.get("words") or ())
    if incomplete == ":":
        # the word that bash completes right behind a colon is the colon
        words, incomplete = [*words, ":"], ""
    if words[-1:] == [":"]:
        # bash takes a colon for a word: `room:prod` comes as three of them
        return _values(context, "".join(words[-2:-1]), incomplete)
    filter_, colon, typed = incomplete.partition(":")
    # only who completes a search needs it
    from db.search.language import FILTERS

    names = [filter_] if colon else _starting(incomplete, list(FILTERS))
    if len(names) == 1:
        values = [f"{names[0]}:{value}" for value in _values(context, names[0], typed)]
        # with several to choose from, no shell puts a space behind the colon
        if colon or values:
            return values
    return [f"{name}:" for name in names]


def _values(context: typer.Context, filter_: str, incomplete: str) -> list[str]:
    from db.search.language import HAS, KINDS

    known: dict[str, Callable[[typer.Context, str], list[str]]] = {
        "room": room_names,
        "from": speakers,
        "mentions": speakers,
        "on": periods,
        "since": periods,
        "until": periods,
        "has": one_of(HAS),
        "kind": one_of(KINDS),
        "host": host_names,
    }
    offered = known.get(filter_.lstrip("\0-"))
    return offered(context, incomplete) if offered else []


def _starting(incomplete: str, offered: list[str]) -> list[str]:
    return [word for word in offered if word.startswith(incomplete)][:_MOST]


def _dates(context: typer.Context) -> list[str]:
    room = context.params.get("room")
    return _read(context, lambda connection: dates_of(connection, room or None))


def _read(
    context: typer.Context, wanted: Callable[[sqlite3.Connection], list[Found]]
) -> list[Found]:
    """What there is in the archive, if there is one."""
    try:
        with open_read_only(Path(context.params.get("db") or DEFAULT_DATABASE)) as connection:
            return wanted(connection)
    except ArchiveError:
        return []
