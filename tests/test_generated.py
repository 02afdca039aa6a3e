from __future__ import annotations

import json
import sqlite3

import pytest

from cli import generated
from db.catalog import QueryFileError, queries, read_query


def test_generated_files_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert generated.main(check=True) == 0, capsys.readouterr().out


def test_metadata_has_every_table_and_query() -> None:
    whole = json.loads((generated.ROOT / "metadata.json").read_text("utf-8"))
    database = whole["databases"]["chats"]
    assert database["tables"]["messages"]["columns"]["key"]
    assert set(database["queries"]) == set(queries())
    for query in queries().values():
        assert sqlite3.complete_statement(query.sql + ";")


@pytest.mark.parametrize("header", ["-- titel: x", "-- param limit number 3: x", "-- param x: y"])
def test_a_header_that_cannot_be_read_is_named(header: str) -> None:
    with pytest.raises(QueryFileError, match=r"^mine\.sql: "):
        read_query("mine", f"{header}\nselect 1;")
