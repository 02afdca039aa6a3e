"""What an archive takes on disk, and which of its parts takes it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tests.bench.figures import Figure

# a part, and how the names of its tables and indexes begin; the first that fits
PARTS = (
    ("indexes of messages", "messages_day_id"),
    ("indexes of messages", "messages_speaker_id"),
    ("indexes of messages", "messages_reply_to"),
    ("full-text index", "messages_fts"),
    ("messages", "messages"),
    ("all else", ""),
)


def of_archive(db: Path) -> Iterator[Figure]:
    """Bytes per message: of the file, then of its parts where this SQLite can tell them apart."""
    with closing(sqlite3.connect(db)) as connection:
        (messages,) = connection.execute("select count(*) from messages").fetchone()
        yield Figure("database per message", db.stat().st_size / messages, "bytes")
        try:
            found = connection.execute("select name, sum(pgsize) from dbstat group by name")
            sizes = Counter[str]()
            for name, size in found:
                sizes[next(part for part, sign in PARTS if name.startswith(sign))] += size
        except sqlite3.OperationalError:
            # it is compiled without its table `dbstat`
            return
    for part, size in sizes.most_common():
        yield Figure(f"  of which {part}", size / messages, "bytes")
