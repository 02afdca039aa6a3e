"""Write the files that are made from others: `make generated`; `--check` tells if one is stale.

metadata.json and the README's picture of the tables, from the schema's comments and db/queries;
docs/invariants.md from db/invariants; db/schema/columns.json from db/schema.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path

from cli.browse.tables import TABLES
from db import migrations
from db.catalog import Parameter, Query, queries
from db.invariants import invariants
from db.schema_comments import Table, latest_tables

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- tables: made by `make generated` -->\n", "<!-- end of tables -->\n"
TITLE = "Chat archive"
# Where visitors land, at / and /chats: relative, so right behind any prefix.
WELCOME = (
    "<p>Group chats as normalised tables, with full-text search in Chinese.</p>"
    '<p><a href="chats/-/chat"><strong>Read it as a chat</strong></a>'
    ' · <a href="chats/messages">search the messages</a></p>'
)
_INVARIANTS = """# What holds in every archive

Made by `make generated` from db/invariants. Each is a view that must return no row: `etl verify`
makes them all, as temporary views that are never written into the archive, and a row that one does
return is a finding, with its place and what was found there. In any `sqlite3` they are asked by
hand: paste one, or read its file, and select from it.

```sh
sqlite3 -readonly chats.db '.read db/invariants/days-have-dates.sql' \\
  'select * from days_have_dates'
```
"""


def metadata(_: str) -> str:
    """Datasette's metadata.json: what every table, column and canned query is."""
    described = {table.name: _description(table) for table in latest_tables()}
    tables = {name: look.metadata() | described.get(name, {}) for name, look in TABLES.items()}
    canned = {query.name: _query_metadata(query) for query in queries().values()}
    database = {"title": TITLE, "description_html": WELCOME, "tables": tables, "queries": canned}
    whole = {"title": TITLE, "description_html": WELCOME, "databases": {"chats": database}}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def readme(current: str) -> str:
    """The README with its picture of the tables."""
    before, _, rest = current.partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = ["```mermaid", "erDiagram"]
    for table in latest_tables():
        for column in table.columns:
            if column.references:
                lines.append(f"  {column.references} ||--o{{ {table.name} : {column.name}")
    lines += ["```", "", "| table | what it holds |", "|---|---|"]
    lines += [f"| `{table.name}` | {table.comment} |" for table in latest_tables()]
    return before + BEGIN + "\n".join(lines) + "\n" + END + after


def _description(table: Table) -> dict[str, object]:
    columns = {column.name: column.comment for column in table.columns if column.comment}
    described: dict[str, object] = {"description": table.comment}
    return described | {"columns": columns} if columns else described


def _query_metadata(query: Query) -> dict[str, object]:
    """A canned query; Datasette shows ``description`` in lists, the other on its page."""
    parameters = "".join(map(_parameter_help, query.parameters))
    return {
        "title": query.title,
        "description": query.description,
        "description_html": f"<p>{escape(query.description)}</p>"
        + (f"<dl>{parameters}</dl>" if parameters else ""),
        "sql": query.sql,
        "params": [parameter.name for parameter in query.parameters],
        # the form comes first; the SQL is one click away
        "hide_sql": True,
    }


def _parameter_help(parameter: Parameter) -> str:
    said = parameter.help
    if parameter.type == "flag":
        said += " (1 for yes)"
    elif parameter.default is not None:
        said += f" ({parameter.default} if left empty)"
    return f"<dt><code>{escape(parameter.name)}</code></dt><dd>{escape(said)}</dd>"


def invariants_page(_: str) -> str:
    """The list of what `etl verify` holds every archive to."""
    parts = [_INVARIANTS]
    for one in invariants():
        parts.append(
            f"## {one.name}\n\n{one.title}. Where not: {one.remedy}.\n\n```sql\n{one.sql}\n```\n"
        )
    return "\n".join(parts)


def columns(_: str) -> str:
    """The columns of all tables, for a writer that sees whether an archive has them."""
    tables = migrations.columns_of(migrations.LATEST)
    return json.dumps(tables, indent=2) + "\n"


FILES: dict[str, Callable[[str], str]] = {
    "metadata.json": metadata,
    "README.md": readme,
    "docs/invariants.md": invariants_page,
    "db/schema/columns.json": columns,
}


def main(check: bool) -> int:
    """Write what is stale, or with ``check`` only name it; 1 if something was."""
    stale = []
    for name, make in FILES.items():
        path = ROOT / name
        current = path.read_text("utf-8") if path.exists() else ""
        made = make(current)
        if made != current:
            stale.append(name)
            if not check:
                path.write_text(made, "utf-8")
    for name in stale:
        print(f"{name} {'is stale: run `make generated`' if check else 'written'}")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
