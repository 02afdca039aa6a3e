"""What a load would change: pages on disk compared with the archive, line by line."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Literal, NamedTuple

from db.reader import StoredDay, find_day
from etl.alignment import common_subsequence
from etl.content import DayContent, UnreadableFile, disagreement, read_content
from etl.discover import DayFile, Remark, discover
from etl.loaded import is_as_loaded, loaded_versions
from etl.prune import gone_days, without_gone
from etl.records import NEWLINE_NAMES
from etl.revise import Part, parts_of
from etl.run import LoadOptions
from etl.sources.errors import PageError
from etl.stored import stored_parts

CONTEXT = 3
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")

Sign = Literal[" ", "-", "+"]


class DiffLine(NamedTuple):
    """A line of one version or of both, its line end included."""

    sign: Sign
    content: bytes

    @property
    def text(self) -> str:
        """The line without its end; bytes that are not UTF-8 as lone surrogates."""
        return self.content.removesuffix(b"\n").decode("utf-8", "surrogateescape")

    @property
    def is_ended(self) -> bool:
        """Whether it has a line end: the last one of a file may not."""
        return self.content.endswith(b"\n")


class Hunk(NamedTuple):
    """Changes that stand together, and where: first line and number of lines, before and after."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    lines: tuple[DiffLine, ...]


class DayDiff(NamedTuple):
    """A file that differs from what is loaded; ``loaded`` is None for a new day.

    ``line_ends`` are how its lines ended and end now (lf, crlf), where that changed; if nothing
    else did, there are no hunks.
    """

    path: Path
    room: str
    date: str
    loaded: StoredDay | None
    hunks: tuple[Hunk, ...]
    line_ends: tuple[str, str] | None

    def count(self, sign: Sign) -> int:
        """How many lines come (+) or go (-)."""
        return sum(line.sign == sign for hunk in self.hunks for line in hunk.lines)


@dataclass(slots=True)
class Comparison:
    """Files that differ, days whose files are gone, and files that would not be loaded."""

    days: list[DayDiff] = field(default_factory=list)
    gone: list[StoredDay] = field(default_factory=list)
    problems: list[Remark] = field(default_factory=list)


def compare(connection: sqlite3.Connection, options: LoadOptions) -> Comparison:
    """Compare what a load with these options would read with what is loaded."""
    if options.content is not None:
        alone = Comparison()
        _compare_day(connection, options.content, alone)
        return alone
    found = discover(options.paths, options.room, options.date)
    files = {(file.room, file.date) for file in found.files}
    result = Comparison(
        gone=gone_days(connection, options.paths, files, options.room, options.date),
        problems=without_gone(connection, found.problems, files),
    )
    for content in _changed_files(connection, found.files, options, result):
        _compare_day(connection, content, result)
    return result


def diff_hunks(old: list[Part], new: list[Part], context: int = CONTEXT) -> Iterator[Hunk]:
    """The changes between two versions of a page, each part aligned as a load would do it."""
    lines = list(_diff_lines(_blocks(old), _blocks(new)))
    changed = [number for number, line in enumerate(lines) if line.sign != " "]
    starts = [0, 0]
    done = 0
    for first, last in _spans(changed, context):
        first, last = max(first - context, 0), min(last + context, len(lines) - 1)
        skipped = first - done
        shown = tuple(lines[first : last + 1])
        olds = sum(line.sign != "+" for line in shown)
        news = sum(line.sign != "-" for line in shown)
        starts = [starts[0] + skipped, starts[1] + skipped]
        yield Hunk(starts[0] + bool(olds), olds, starts[1] + bool(news), news, shown)
        starts = [starts[0] + olds, starts[1] + news]
        done = last + 1


def _changed_files(
    connection: sqlite3.Connection,
    files: list[DayFile],
    options: LoadOptions,
    result: Comparison,
) -> Iterator[DayContent]:
    """The files that a load would look into, with their bytes."""
    versions = loaded_versions(connection, files)
    for day, of_day in groupby(files, key=lambda file: (file.room, file.date)):
        same_day = list(of_day)
        if len(same_day) == 1 and is_as_loaded(same_day[0], versions.get(day)):
            continue
        contents = []
        for file in same_day:
            try:
                contents.append(read_content(file, options.max_size))
            except UnreadableFile as reason:
                result.problems.append(Remark(file.path, str(reason)))
        conflict = disagreement(contents) if contents else None
        if conflict is not None:
            result.problems.append(conflict)
        else:
            yield from contents[:1]


def _compare_day(connection: sqlite3.Connection, content: DayContent, result: Comparison) -> None:
    file = content.file
    loaded = find_day(connection, file.room, file.date)
    if loaded is not None and loaded.sha256 == content.sha256:
        return
    try:
        page = file.format.parse(content.content, file.date)
    except PageError as error:
        result.problems.append(Remark(file.path, f"{error}; it would not be loaded"))
        return
    old = [] if loaded is None else stored_parts(connection, loaded)
    new = parts_of(page, {message.position: "" for message in page.messages}, {})
    ends = None if loaded is None else (loaded.newline, NEWLINE_NAMES[page.newline])
    line_ends = None if ends is None or ends[0] == ends[1] else ends
    is_same = line_ends is not None and _with_one_newline(old) == _with_one_newline(new)
    hunks = () if is_same else tuple(diff_hunks(old, new))
    result.days.append(DayDiff(file.path, file.room, file.date, loaded, hunks, line_ends))


def _with_one_newline(parts: list[Part]) -> bytes:
    """A page's bytes, however its lines end."""
    return b"".join(part.content for part in parts).replace(b"\r\n", b"\n")


class _Block(NamedTuple):
    """Whole lines of a page that stay or change together."""

    identity: Hashable
    content: bytes


def _blocks(parts: list[Part]) -> list[_Block]:
    blocks = [_Block(part.identity, part.content) for part in parts]
    if len(blocks) > 1 and not blocks[0].content.endswith(b"\n"):
        # a head without a line, such as a byte-order mark alone
        head, first, *rest = blocks
        blocks = [_Block((head.identity, first.identity), head.content + first.content), *rest]
    return blocks


def _diff_lines(old: list[_Block], new: list[_Block]) -> Iterator[DiffLine]:
    """The lines of both versions, each once where it stayed."""
    same = common_subsequence([b.identity for b in old], [b.identity for b in new])
    # messages whose line ends changed are the same ones, of other lines
    kept = [(i, j) for i, j in same if old[i].content == new[j].content]
    i = j = 0
    for next_i, next_j in [*kept, (len(old), len(new))]:
        yield from _diff_between(_lines_of(old[i:next_i]), _lines_of(new[j:next_j]))
        if next_i < len(old):
            yield from (DiffLine(" ", line) for line in _lines_of([old[next_i]]))
        i, j = next_i + 1, next_j + 1


def _diff_between(old: list[bytes], new: list[bytes]) -> Iterator[DiffLine]:
    i = j = 0
    for next_i, next_j in [*common_subsequence(old, new), (len(old), len(new))]:
        yield from (DiffLine("-", line) for line in old[i:next_i])
        yield from (DiffLine("+", line) for line in new[j:next_j])
        if next_i < len(old):
            yield DiffLine(" ", old[next_i])
        i, j = next_i + 1, next_j + 1


def _lines_of(blocks: list[_Block]) -> list[bytes]:
    return _LINE.findall(b"".join(block.content for block in blocks))


def _spans(changed: list[int], context: int) -> Iterator[tuple[int, int]]:
    """First and last of the changed lines that are shown together."""
    start = 0
    for place, number in enumerate(changed):
        if place + 1 == len(changed) or changed[place + 1] - number > 2 * context + 1:
            yield changed[start], number
            start = place + 1
