"""`etl`: everything that writes an archive. One module per command, and one name here."""

from cli.lazy import lazy_commands
from cli.options import new_app

COMMANDS = (
    "load",
    "diff",
    "status",
    "log",
    "explain",
    "people",
    "rebuild",
    "digest",
    "export",
    "verify",
    "backup",
    "restore",
)

app = new_app(
    "Load chat pages into one SQLite file, and look after that file.\n\n"
    "Example: etl load source/ and then etl status",
    lazy_commands(__name__, COMMANDS),
)
