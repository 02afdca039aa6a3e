"""How the canned queries reach the tables that grow with the messages: by which index, or whole.

Archives have no statistics, as nothing runs ANALYZE: a plan depends on the SQL and the schema
alone, and the sample has those of an archive of ten million messages.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest

from cli.main import run
from db.catalog import Query, queries
from db.connection import open_read_only

# They do not grow with what is said but with who says it.
SMALL = {"rooms", "speakers", "people", "aliases", "emoji", "loads"}

# What has to read all of a table, or of the messages of chosen days, and why.
WHOLE = {
    "conversation-starters days": "each half hour is a part of a conversation",
    "edited-days revisions": "it counts them by day",
    "emoji-by-speaker message_emoji": "it counts all",
    "emoji-by-use message_emoji": "it counts all",
    "first-messages speaker_days": "the first day of everybody",
    "hosts links": "it counts the shares of all",
    "messages-per-day days": "a row for each",
    "most-shared-links message_links": "it counts all",
    "names-over-time quotes": "the days of all names",
    "newcomers-per-month days": "the first month of everybody",
    "quoted-most quotes": "it counts all",
    "returning-speakers days": "the silences of everybody",
    "topics-over-time messages": "only where a word is not in Chinese: as it is typed, upper case"
    " and all, it is in no index",
    "who-answers-whom quotes": "it counts all",
    "who-mentions-whom mentions": "it counts all, from an index that has all it takes",
    "who-talks-about messages": "as topics-over-time",
}
WAYS: dict[str, set[str]] = {
    "busiest-days": {"days by days_date", "speaker_days by primary key"},
    "co-talkers": {"days by days_date", "speaker_days by primary key"},
    "companies": {"days by days_date", "speaker_days by primary key"},
    "conversation-starters": {
        "days by primary key",
        "days whole",
        "half_hours by primary key",
        "messages by messages_day_id",
        "messages by primary key",
    },
    "declared-lines-differ": {"days by days_date", "rejects by rejects_day_id"},
    "edited-days": {"days by primary key", "revisions whole"},
    "emoji-by-speaker": {"days by days_date", "message_emoji whole"},
    "emoji-by-use": {"days by days_date", "message_emoji whole"},
    "files-shared": {"days by days_date", "messages by messages_files"},
    "first-messages": {
        "days by days_date",
        "days by primary key",
        "messages by messages_speaker_id",
        "messages by primary key",
        "speaker_days by primary key",
        "speaker_days whole",
    },
    "hosts": {
        "days by primary key",
        "links whole",
        "message_links by message_links_link_id",
        "messages by primary key",
    },
    "links-of-a-day": {
        "days by days_date",
        "days by primary key",
        "links by primary key",
        "message_links by message_links_link_id",
        "message_links by primary key",
        "messages by messages_day_id",
        "messages by primary key",
    },
    "longest-messages": {
        "days by days_date",
        "days by primary key",
        "messages by messages_speaker_id",
        "speaker_days by primary key",
    },
    "messages-per-day": {"days whole", "half_hours by primary key", "speaker_days by primary key"},
    "messages-per-hour-and-weekday": {"days by days_date", "half_hours by primary key"},
    "messages-per-month": {"days by days_date", "speaker_days by primary key"},
    "most-mentioned": {"days by days_date", "mentions by mentions_name"},
    "most-shared-links": {
        "days by primary key",
        "links by primary key",
        "message_links whole",
        "messages by primary key",
    },
    "names-over-time": {
        "days by days_date",
        "mentions by mentions_name",
        "messages by primary key",
        "quotes whole",
        "speaker_days by primary key",
    },
    "newcomers-per-month": {"days whole", "speaker_days by primary key"},
    "pictures-of-a-day": {
        "days by days_date",
        "days by primary key",
        "image_urls by primary key",
        "images by primary key",
        "message_images by message_images_image_url_id",
        "message_images by primary key",
        "messages by messages_day_id",
        "messages by primary key",
    },
    "presenters": {"days by days_date"},
    "quiet-days": {"days by days_date", "speaker_days by primary key"},
    "quoted-most": {"days by primary key", "messages by primary key", "quotes whole"},
    "returning-speakers": {
        "days by days_date",
        "days by primary key",
        "days whole",
        "messages by messages_speaker_id",
        "messages by primary key",
        "speaker_days by primary key",
    },
    "top-speakers": {
        "days by days_date",
        "messages by messages_speaker_id",
        "speaker_days by primary key",
    },
    "topics-over-time": {
        "days by days_date",
        "messages by primary key",
        "messages whole",
        "messages_fts by match",
    },
    "unanswered-questions": {
        "days by days_date",
        "days by days_room_id",
        "inferred_replies by inferred_replies_reply_to",
        "mentions by primary key",
        "messages by messages_day_id",
        "messages by messages_reply_to",
        "quotes by primary key",
    },
    "who-answers-whom": {"days by primary key", "messages by primary key", "quotes whole"},
    "who-mentions-whom": {"days by days_date", "mentions by mentions_name", "mentions whole"},
    "who-talks-about": {
        "days by days_date",
        "messages by primary key",
        "messages whole",
        "messages_fts by match",
        "speaker_days by primary key",
    },
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("sample") / "chats.db"
    assert run("etl", ["load", "--sample", "-q", "--db", str(path)]) == 0
    with open_read_only(path) as connection:
        yield connection


def tables_by_alias(connection: sqlite3.Connection, query: Query) -> dict[str, str]:
    """The tables that a query reads, by the names it has for them: each for one table alone."""
    tables = {name for (name,) in connection.execute("select name from sqlite_master")}
    found: dict[str, str] = {}
    for table, alias in re.findall(r"\b(?:from|join) (\w+)(?: (\w+))?", query.sql):
        name = table if alias in ("", "where", "group", "order") else alias
        known = table if table in tables else ""
        assert found.setdefault(name, known) == known, f"{name} is two tables"
    return found


def ways(connection: sqlite3.Connection, query: Query) -> set[str]:
    """How it reaches tables that are not small, such as `days by days_date` or `messages whole`."""
    tables = tables_by_alias(connection, query)
    plan = connection.execute(f"explain query plan {query.sql}", query.values({}))
    found = set()
    for *_, step in plan:
        match = re.match(r"(SCAN|SEARCH) (\w+)(?: (?:USING )?(.+))?", step)
        table = tables.get(match[2], "") if match else ""
        if match and table and table not in SMALL:
            found.add(f"{table} {_way(match[1], match[3] or '')}")
    return found


def _way(step: str, using: str) -> str:
    # M: what MATCH finds
    if re.match(r"VIRTUAL TABLE INDEX \d+:M", using):
        return "by match"
    if step == "SCAN":
        return "whole"
    if using.startswith(("PRIMARY KEY", "INTEGER PRIMARY KEY")):
        return "by primary key"
    name = re.search(r"INDEX (\w+)", using)
    assert name, using
    return f"by {name[1]}"


@pytest.mark.parametrize("query", queries().values(), ids=lambda query: query.name)
def test_a_query_goes_by_the_indexes_there_are(sample: sqlite3.Connection, query: Query) -> None:
    assert ways(sample, query) == WAYS[query.name]
