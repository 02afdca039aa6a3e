"""`chats day`: what was said in a room on a day."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import completion, layout, render, transcript
from cli.options import DEFAULT_DATABASE, Database
from cli.output import OutputOptions, gives_rows
from cli.periods import single_day
from db.connection import open_read_only
from db.errors import ArchiveError
from db.reader import RoomRow
from db.transcript import (
    TranscriptMessage,
    day_messages,
    find_transcript_day,
    nearest_days,
    room_named,
)

# what a row has: the rest of a message is lists, which only JSON holds
_COLUMNS = ("key", "sent_at", "speaker", "kind", "text")


@gives_rows
def day(
    output: OutputOptions,
    room: Annotated[
        str,
        typer.Argument(
            metavar="ROOM",
            help="Its short name or title, or a part of one that is in no other.",
            autocompletion=completion.room_names,
        ),
    ],
    date: Annotated[
        str, typer.Argument(metavar="DATE", help="YYYY-MM-DD", autocompletion=completion.dates)
    ],
    db: Database = DEFAULT_DATABASE,
    keys: Annotated[
        bool, typer.Option("--keys", help="Show each message's key instead of its time.")
    ] = False,
) -> None:
    """Read a day, message by message.

    It is a transcript, also when piped or written into a file; with one of the formats, or a file
    whose name ends in one, it is rows.

    Example: chats day prodarch 2018-09-18
    """
    wanted = single_day(date, "DATE")
    with open_read_only(db, with_days=True) as connection:
        chosen = room_named(connection, room)
        found = find_transcript_day(connection, chosen, wanted)
        if found is None:
            raise ArchiveError(
                _not_there(chosen, wanted, *nearest_days(connection, chosen, wanted))
            )
        messages = day_messages(connection, found.id)
    if output.asked is None:
        lines = transcript.day_lines(found, messages, width=layout.width(), keys=keys)
        colour = layout.colours() and output.file is None
        render.paged((layout.paint(line, colour=colour) for line in lines), output)
    else:
        _rows(messages, output)


def _rows(messages: list[TranscriptMessage], output: OutputOptions) -> None:
    found = [message.as_dict() for message in messages]
    columns = list(found[0]) if found and output.format in ("json", "nl") else _COLUMNS
    render.rows(columns, ([values[name] for name in columns] for values in found), output)


def _not_there(room: RoomRow, date: str, before: str | None, after: str | None) -> str:
    near = " and ".join(filter(None, (before, after)))
    if not near:
        return f"{room.slug} has no day at all"
    verb = "days are" if before and after else "day is"
    return f"{room.slug} has no {date}; the nearest {verb} {near}"
