"""Write the files that are made from others: `make generated`; `--check` tells if one is stale.

metadata.json and the README's picture of the tables, from the schema's comments and db/queries.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from db.catalog import Query, queries
from db.schema_comments import Table, latest_tables

ROOT = Path(__file__).parent.parent
BEGIN, END = "<!-- tables: made by `make generated` -->\n", "<!-- end of tables -->\n"
HIDDEN = {"properties"}


def metadata(_: str) -> str:
    """Datasette's metadata.json: what every table, column and canned query is."""
    tables = {table.name: _table_metadata(table) for table in latest_tables()}
    canned = {query.name: _query_metadata(query) for query in queries().values()}
    whole = {
        "title": "Chat archive",
        "description": "Group chats as normalised tables, with full-text search in Chinese.",
        "databases": {"chats": {"tables": tables, "queries": canned}},
    }
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


def _table_metadata(table: Table) -> dict[str, object]:
    columns = {column.name: column.comment for column in table.columns if column.comment}
    described: dict[str, object] = {"description": table.comment}
    if columns:
        described["columns"] = columns
    if table.name in HIDDEN:
        described["hidden"] = True
    return described


def _query_metadata(query: Query) -> dict[str, object]:
    return {
        "title": query.title,
        "description": query.description,
        "sql": query.sql,
        "params": [parameter.name for parameter in query.parameters],
    }


FILES: dict[str, Callable[[str], str]] = {"metadata.json": metadata, "README.md": readme}


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
