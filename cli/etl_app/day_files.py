"""The options of the commands that read day files, and what they mean."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from db.errors import ArchiveError
from etl.content import MAX_SIZE, DayContent
from etl.discover import DayFile, NotADayFile, valid_date, valid_room
from etl.run import LoadOptions
from etl.sources import WECHAT_MARKDOWN

MEBIBYTE = 1024 * 1024
STANDARD_INPUT = Path("-")

Paths = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PATH…", help="Day files, folders of them, or - for one page."),
]
Room = Annotated[str | None, typer.Option(help="The room's name, instead of the folder's.")]
Date = Annotated[
    str | None, typer.Option(help="The page's day (YYYY-MM-DD), instead of the file name's.")
]
MaxSize = Annotated[
    float, typer.Option(metavar="MIB", min=0, help="Refuse files larger than this.")
]
DEFAULT_MAX_SIZE = MAX_SIZE / MEBIBYTE


def day_files(
    paths: tuple[Path, ...], room: str | None, date: str | None, max_size: float
) -> LoadOptions:
    """What to load, all of it checked; standard input is read."""
    if date is not None and (len(paths) > 1 or paths[0].is_dir()):
        raise typer.BadParameter("--date is for a single file, or for -")
    if not math.isfinite(max_size):
        raise typer.BadParameter("must be a number of MiB", param_hint="--max-size")
    most = int(max_size * MEBIBYTE)
    room = _checked(valid_room, room, "--room")
    date = _checked(valid_date, date, "--date")
    content = _standard_input(room, date, most) if STANDARD_INPUT in paths else None
    return LoadOptions(paths=paths, room=room, date=date, content=content, max_size=most)


def _checked(check: Callable[[str], str], text: str | None, option: str) -> str | None:
    if text is None:
        return None
    try:
        return check(text)
    except NotADayFile as reason:
        raise typer.BadParameter(str(reason), param_hint=option) from reason


def _standard_input(room: str | None, date: str | None, most: int) -> DayContent:
    if not room or not date:
        raise typer.BadParameter("- needs --room and --date: nothing else says whose day it is")
    content = sys.stdin.buffer.read(most + 1) if sys.stdin else b""
    if len(content) > most:
        raise ArchiveError(f"standard input: is larger than {most:,} bytes; see --max-size")
    file = DayFile(str(STANDARD_INPUT), room, date, WECHAT_MARKDOWN, len(content), 0)
    return DayContent(file, content)
