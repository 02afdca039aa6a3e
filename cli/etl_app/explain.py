"""`etl explain`: where a message comes from, and what happened to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from cli import diffs, layout, render
from cli.diffs import ADDED, REMOVED
from cli.layout import BOLD, DIM, Line, Span
from cli.options import DEFAULT_DATABASE, Database, Json, NoPager
from cli.output import OutputOptions
from db.connection import open_read_only
from db.errors import ArchiveError
from db.history import Passage
from etl.stories import Story, stories_of


def explain(
    key: Annotated[str, typer.Argument(metavar="KEY", help="room/YYYY-MM-DD/HHMMSS-n")],
    db: Database = DEFAULT_DATABASE,
    as_json: Json = False,
    no_pager: NoPager = False,
) -> None:
    """Show a message's file, lines, hash and load, and every revision of it with both texts.

    A message that was removed is shown as it was last, and a key that went over to another message
    shows both.

    Example: etl explain prodarch/2018-09-18/194721-1
    """
    with open_read_only(db) as connection:
        stories = stories_of(connection, key.strip())
    if not stories:
        raise ArchiveError(
            f"no message has or had the key {key!r}; keys are like room/2031-02-03/073557-1, and"
            " `chats day ROOM DATE --keys` shows a day's"
        )
    if as_json:
        render.line(layout.as_json([_as_dict(story) for story in stories]))
        return
    render.paged(diffs.painted(_lines(stories)), OutputOptions(no_pager=no_pager))


def _lines(stories: list[Story]) -> Iterator[Line]:
    for place, story in enumerate(stories):
        if place:
            yield []
        yield [Span(layout.shown(story.key), BOLD)]
        yield from _written(story.written, " ", "")
        yield from _facts(story)
        for passage in story.passages:
            yield []
            yield from _passage(passage)


def _facts(story: Story) -> Iterator[Line]:
    version = story.version
    facts = [
        ("file", version.path),
        ("lines", f"{story.first_line} to {story.last_line}"),
        ("sha256", version.sha256),
        ("load", f"{version.load_id} of {story.loaded_at} UTC"),
    ]
    if story.first is not None:
        facts.append(("came with", f"load {story.first.load_id}, the first of its day"))
    if not story.is_there:
        facts.append(("removed by", f"load {story.passages[-1].load_id}"))
    for name, value in facts:
        yield [Span(f"{name:<12}", DIM), Span(layout.shown(value))]


def _passage(passage: Passage) -> Iterator[Line]:
    yield [
        Span(f"{passage.kind} by load {passage.load_id}", BOLD),
        Span(f"  {passage.started_at} UTC"),
    ]
    if passage.kind in ("changed", "moved") and passage.key_before != passage.key_after:
        keys = f"{passage.key_before} -> {passage.key_after}"
        yield [Span(f"{'key':<12}", DIM), Span(layout.shown(keys))]
    hashes = f"{passage.sha256_before} -> {passage.sha256_after or 'none: the day was removed'}"
    yield [Span(f"{'sha256':<12}", DIM), Span(hashes)]
    yield from _written(passage.before, "-", REMOVED)
    yield from _written(passage.after, "+", ADDED)


def _written(content: bytes | None, sign: str, style: str) -> Iterator[Line]:
    """Bytes as lines of text behind a sign."""
    if content is not None:
        for line in content.removesuffix(b"\n").split(b"\n"):
            text = line.decode("utf-8", "surrogateescape")
            yield [Span(f"{sign} {render.printable(text)}", style)]


def _as_dict(story: Story) -> dict[str, object]:
    return {
        "key": story.key,
        "is_there": story.is_there,
        "written": _text(story.written),
        "file": story.version.path,
        "first_line": story.first_line,
        "last_line": story.last_line,
        "sha256": story.version.sha256,
        "load": story.version.load_id,
        "loaded_at": story.loaded_at,
        "came_with_load": story.first.load_id if story.first else story.passages[0].load_id,
        "revisions": [
            {
                **passage._asdict(),
                "before": _text(passage.before),
                "after": _text(passage.after),
                "sha256_after": passage.sha256_after or None,
            }
            for passage in story.passages
        ],
    }


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode("utf-8", "backslashreplace")
