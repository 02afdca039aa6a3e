"""The canned queries: every file of ``db/queries``, its header read as title, help and parameters.

A file is one SELECT that can be pasted into ``sqlite3`` (``.parameter set :limit 20``), under a
comment::

    -- title: Top speakers
    -- description: Who wrote most.
    -- param limit integer 20: at most so many rows
    -- param room text: only this room
    -- param by_name flag: count single names, not the people behind them

A flag is off where it is empty or 0, as a web form sends it, and on with anything else.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

_HEADER = re.compile(r"-- (title|description|param)(?: ([^:]+))?: (.+)")
_PARAMETER = re.compile(r"([a-z_]+) (text|integer|real|flag)(?: (\S+))?")

Value = str | int | float | None


def _flag(text: str) -> bool:
    return text not in ("", "0")


_CONVERT: dict[str, Callable[[str], Value]] = {
    "text": str,
    "integer": int,
    "real": float,
    "flag": _flag,
}


class QueryFileError(Exception):
    """A file of ``db/queries`` has a header that cannot be read: a defect of ours."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query's parameter; without a value it is ``default``, which may be None (no limit)."""

    name: str
    type: str
    default: Value
    help: str

    def convert(self, text: str) -> Value:
        """The value that ``text`` means. Raises ValueError."""
        return _CONVERT[self.type](text)


@dataclass(frozen=True, slots=True)
class Query:
    """A canned query."""

    name: str
    title: str
    description: str
    parameters: tuple[Parameter, ...]
    sql: str

    def values(self, given: Mapping[str, Value]) -> dict[str, Value]:
        """The values of all its parameters: those given, and the defaults of the others."""
        return {parameter.name: parameter.default for parameter in self.parameters} | dict(given)


class Result(NamedTuple):
    """What a query found."""

    columns: list[str]
    rows: list[tuple[Any, ...]]

    def of(self, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of its rows."""
        at = [self.columns.index(column) for column in columns]
        return [tuple(row[number] for number in at) for row in self.rows]


@cache
def queries() -> dict[str, Query]:
    """All canned queries by name, in the order of their names."""
    files = resources.files("db").joinpath("queries").iterdir()
    found = [
        read_query(f.name[:-4], f.read_text("utf-8")) for f in files if f.name.endswith(".sql")
    ]
    return {query.name: query for query in sorted(found, key=lambda query: query.name)}


def run_query(connection: sqlite3.Connection, query: Query, **given: Value) -> Result:
    """What a query finds; a parameter that is not given has its default."""
    cursor = connection.execute(query.sql, query.values(given))
    return Result([column[0] for column in cursor.description], cursor.fetchall())


def read_query(name: str, text: str) -> Query:
    """A query from its file's text."""
    fields = {"title": "", "description": ""}
    parameters = []
    lines = text.splitlines()
    while lines and lines[0].startswith("--"):
        match = _HEADER.fullmatch(lines.pop(0))
        if match is None:
            raise QueryFileError(f"{name}.sql: a header line is no title, description or param")
        field, words, value = match.groups()
        if field == "param":
            parameters.append(_parameter(name, words or "", value))
        else:
            fields[field] = f"{fields[field]} {value}".strip()
    sql = "\n".join(lines).strip().removesuffix(";")
    return Query(name, fields["title"], fields["description"], tuple(parameters), sql)


def _parameter(query: str, words: str, help_: str) -> Parameter:
    match = _PARAMETER.fullmatch(words)
    if match is None:
        raise QueryFileError(f"{query}.sql: {words!r} is no `name type default`")
    name, type_, default = match.groups()
    value = None if default is None else _CONVERT[type_](default)
    return Parameter(name, type_, value, help_)
