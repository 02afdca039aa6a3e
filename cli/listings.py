"""The canned queries and the tables, as lists that people look things up in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from cli.layout import DIM, NARROWEST_COLUMN, Line, Span, beside, columns, fill, shown, wrap
from db.catalog import Parameter, Query
from db.schema_comments import Column, Table

_INDENT = 2


def query_lines(queries: Iterable[Query], width: int) -> Iterator[Line]:
    """The canned queries: what they are called, tell and can be asked."""
    listed = list(queries)
    size = max(len(query.name) for query in listed) + 2
    for query in listed:
        yield from beside(Span(query.name), size, [Span(query.description)], width)
        if query.parameters:
            options = [[Span(_option(parameter), DIM)] for parameter in query.parameters]
            indent = size if width - size >= NARROWEST_COLUMN else 2 * _INDENT
            for line in fill(options, width - indent):
                yield [Span(" " * indent), *line]


def table_lines(tables: Sequence[Table], width: int) -> Iterator[Line]:
    """Tables with their columns: name, declaration, what it refers to, comment."""
    for number, table in enumerate(tables):
        if number:
            yield []
        title = f"{table.name}: {table.comment}" if table.comment else table.name
        yield from wrap([Span(title)], width)
        cells = [(column.name, _declaration(column)) for column in table.columns]
        names = max((columns(shown(name)) for name, _ in cells), default=0)
        declarations = max((columns(shown(text)) for _, text in cells), default=0)
        size = names + declarations + 2 * _INDENT
        for (name, declaration), column in zip(cells, table.columns, strict=True):
            gap = " " * (names - columns(shown(name)) + 2)
            label = Span(f"{shown(name)}{gap}{shown(declaration)}")
            for line in beside(label, size, [Span(column.comment)], width - _INDENT):
                yield [Span(" " * _INDENT), *line]


def _option(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f" ({parameter.default})"
    return f"--{parameter.name.replace('_', '-')}{default}"


def _declaration(column: Column) -> str:
    """What a column is, and what it refers to; what its values may be is left to the SQL."""
    declaration = re.sub(r" (references|check) .*", "", column.declaration)
    return f"{declaration} -> {column.references}" if column.references else declaration
