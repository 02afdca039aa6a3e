"""The labelled names, and how well they are read."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from etl.people.names import read_names

_FIELDS = ("nickname", "company", "role", "city")


class Labelled(NamedTuple):
    """A name with what a careful person reads in it; None where there is nothing sure."""

    name: str
    nickname: str | None
    company: str | None
    role: str | None
    city: str | None


class Score(NamedTuple):
    """How many fields of the labelled names are read right, and a line for each that is not."""

    right: int
    total: int
    wrong: list[str]


def labelled() -> list[Labelled]:
    """The names of ``names.tsv``, in its order."""
    text = (Path(__file__).parent / "names.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    return [Labelled(name, *(field or None for field in fields)) for name, *fields in rows]


def score() -> Score:
    """All labelled names read together; a field read where the label is empty is wrong too."""
    names = labelled()
    readings = read_names(one.name for one in names)
    wrong = [
        f"{one.name}: {field} is {label!r}, read {read!r}"
        for one in names
        for field in _FIELDS
        if (label := getattr(one, field)) != (read := getattr(readings[one.name], field))
    ]
    total = len(names) * len(_FIELDS)
    return Score(total - len(wrong), total, wrong)
