"""The options of every command that gives rows: in which format, and where to."""

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.completion import table_formats
from cli.options import NoPager

_SUFFIXES = {
    ".json": "json", ".nl": "nl", ".jsonl": "nl", ".ndjson": "nl", ".csv": "csv", ".tsv": "tsv",
}  # fmt: skip
_FORMATS = ("json", "nl", "csv", "tsv", "table")


def _file(path: Path | None) -> Path | None:
    """The file to write; - is standard output, as for other programs."""
    return None if path == Path("-") else path


# typer reads the annotations, so they are no strings here
@dataclass(frozen=True, slots=True)
class OutputOptions:
    """How rows are written: one field per option, named and explained as sqlite-utils does."""

    json: Annotated[bool, typer.Option("--json", help="Write a JSON array of objects.")] = False
    nl: Annotated[bool, typer.Option("--nl", help="Write JSON, one object per line.")] = False
    csv: Annotated[bool, typer.Option("--csv", help="Write CSV.")] = False
    tsv: Annotated[
        bool, typer.Option("--tsv", help="Write tab-separated values, as is done when piped.")
    ] = False
    table: Annotated[
        bool, typer.Option("-t", "--table", help="Write a table, as is done on a terminal.")
    ] = False
    fmt: Annotated[
        str | None,
        typer.Option(
            "--fmt",
            metavar="FORMAT",
            help="Write a table as grid, github, html, rst…",
            autocompletion=table_formats,
        ),
    ] = None
    no_headers: Annotated[
        bool, typer.Option("--no-headers", help="Leave out the names of the columns.")
    ] = False
    raw_csv: Annotated[
        bool,
        typer.Option(
            "--raw-csv",
            help="Leave CSV, TSV and HTML values as they are that a spreadsheet would run as"
            " formulas; otherwise they get a ' in front.",
        ),
    ] = False
    file: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE",
            callback=_file,
            help="Write into a file, whole or not at all; - is standard output. The format is what"
            f" its name ends in ({', '.join(_SUFFIXES)}), else TSV.",
        ),
    ] = None
    no_pager: NoPager = False

    def __post_init__(self) -> None:
        asked = [f"--{name}" for name in _FORMATS if getattr(self, name)]
        # -t --fmt grid is one format said twice
        if self.fmt is not None and asked != ["--table"]:
            asked.append("--fmt")
        if len(asked) > 1:
            raise typer.BadParameter(f"{' and '.join(asked)} are two formats: ask for one")
        if self.fmt is not None:
            _check_table_format(self.fmt)

    @property
    def format(self) -> str | None:
        """The format of rows; None if it is for the place they go to to say."""
        return self.asked or ("tsv" if self.file is not None else None)

    @property
    def asked(self) -> str | None:
        """The format that is asked for, by an option or by the file's name; None if none is."""
        if self.fmt is not None:
            # tabulate's own has padding, which no reader of TSV wants
            return "tsv" if self.fmt == "tsv" else "table"
        asked = next((name for name in _FORMATS if getattr(self, name)), None)
        if asked is None and self.file is not None:
            return _SUFFIXES.get(self.file.suffix.lower())
        return asked


def gives_rows(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command these options; it gets them as its parameter ``output``."""
    names = {f"output_{field.name}": field.name for field in fields(OutputOptions)}

    @functools.wraps(command)
    def with_options(**values: Any) -> None:
        output = OutputOptions(**{field: values.pop(name) for name, field in names.items()})
        command(output=output, **values)

    signature = inspect.signature(command, eval_str=True)
    own = [p for p in signature.parameters.values() if p.name != "output"]
    options = inspect.signature(OutputOptions).parameters
    added = [options[field].replace(name=name, kind=inspect.Parameter.KEYWORD_ONLY)
             for name, field in names.items()]  # fmt: skip
    with_options.__signature__ = signature.replace(parameters=[*own, *added])  # type: ignore[attr-defined]
    # what the signature says already, and typer would look up again
    with_options.__annotations__ = {}
    return with_options


def _check_table_format(name: str) -> None:
    # 30 ms to import: only where a table is wanted
    from tabulate import tabulate_formats

    if name not in tabulate_formats:
        known = ", ".join(sorted(tabulate_formats))
        raise typer.BadParameter(f"no format is called {name!r}; there are {known}")
