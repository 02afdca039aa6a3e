"""What a search found, as text for people."""

from __future__ import annotations

from collections.abc import Iterator

from cli import render
from cli.layout import (
    BOLD,
    DIM,
    MENTION,
    Line,
    Span,
    colours,
    paint,
    speaker_style,
    width,
    wrap,
)
from cli.output import OutputOptions
from db.search.highlight import spans
from db.search.language import Text
from db.search.run import Hit

_FOUND = "1;31"
_INDENT = Span("  ")
_BETWEEN_GROUPS = "--"


def show(
    groups: list[list[Hit]],
    found: list[Hit],
    texts: list[Text],
    ending: list[str],
    output: OutputOptions,
) -> None:
    """When, where, who and what, with what was searched for marked; groups apart as grep does."""
    lines = text_lines(groups, {hit.id for hit in found}, texts, width())
    closing: list[Line] = [[Span(line, DIM)] for line in ending]
    render.paged((paint(line, colour=colours()) for line in [*lines, *closing]), output)


def text_lines(
    groups: list[list[Hit]], found: set[int], texts: list[Text], columns: int
) -> Iterator[Line]:
    """The lines of hits with what stands around them."""
    for number, group in enumerate(groups):
        if number and len(group) > 1:
            yield [Span(_BETWEEN_GROUPS, DIM)]
        for hit in group:
            yield from _hit(hit, hit.id in found, len(group) > 1, texts, columns)


def _hit(hit: Hit, found: bool, in_group: bool, texts: list[Text], columns: int) -> Iterator[Line]:
    mark = Span("> ", MENTION) if found and in_group else Span("  " if in_group else "")
    who = Span(hit.speaker or "(notice)", speaker_style(hit.speaker) if hit.speaker else DIM)
    head = [mark, Span(hit.sent_at, BOLD if found else DIM), Span(f"  {hit.room}  ", DIM), who]
    yield from wrap(head, columns)
    text = list(_marked(hit.text, texts if found else []))
    for line in wrap(text or [Span(f"({hit.kind})", DIM)], columns - 2 - len(mark.text)):
        yield [Span(" " * len(mark.text)), _INDENT, *line]


def _marked(text: str, texts: list[Text]) -> Iterator[Span]:
    """A text with the spans that were searched for."""
    done = 0
    for start, end in spans(text, texts):
        yield Span(text[done:start])
        yield Span(text[start:end], _FOUND)
        done = end
    if text[done:]:
        yield Span(text[done:])
