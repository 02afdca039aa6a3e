"""`etl`: everything that writes an archive. One module per command."""

from __future__ import annotations

from cli.etl_app.digest import digest
from cli.etl_app.export import export
from cli.etl_app.load import load
from cli.etl_app.rebuild import rebuild
from cli.etl_app.status import status
from cli.options import new_app

app = new_app(
    "Load chat pages into one SQLite file, and look after that file.\n\n"
    "Example: etl load source/ and then etl status",
)
app.command()(load)
app.command()(status)
app.command()(rebuild)
app.command()(digest)
app.add_typer(export, name="export")
