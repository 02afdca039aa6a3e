"""`etl`: everything that writes an archive. One module and one line here per command."""

from cli.lazy import lazy_commands
from cli.options import new_app

COMMANDS = {
    "load": "Load day files; what is loaded already costs almost nothing.",
    "diff": "Show what a load would change, line by line.",
    "status": "Show rooms, days and messages, missing days, the last load.",
    "log": "List the loads, newest first, and what each changed.",
    "explain": "Show a message's file, lines, hash, load and revisions.",
    "people": "Find out anew who is who, or why.",
    "rebuild": "Make the rows of some jobs anew from the bodies in the archive.",
    "digest": "Print a SHA-256 over what the archive says.",
    "export": "Write what the archive holds into files.",
    "verify": "Check the file, the index, and that every page can be written.",
    "backup": "Copy the archive as it is at this moment, also during a load.",
    "restore": "Put a backup in the place of the archive.",
}

app = new_app(
    "Load chat pages into one SQLite file, and look after that file.\n\n"
    "Example: etl load source/ and then etl status",
    lazy_commands(__name__, COMMANDS),
)
