"""`etl`: everything that writes an archive. One module per command."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.etl_app.digest import digest
from cli.etl_app.export import export
from cli.etl_app.load import load
from cli.etl_app.rebuild import rebuild
from cli.etl_app.status import status
from cli.options import new_app
from etl import __version__

app = new_app(
    "Load chat pages into one SQLite file, and look after that file.\n\n"
    "Example: etl load source/ and then etl status"
)
app.command()(load)
app.command()(status)
app.command()(rebuild)
app.command()(digest)
app.add_typer(export, name="export")


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"etl (wechat-to-sqlite) {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    pass
