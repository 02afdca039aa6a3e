"""Copies of an archive, consistent while somebody writes it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path


def copy_archive(connection: sqlite3.Connection, path: Path) -> None:
    """Write what the archive is at this moment to a new file."""
    with contextlib.closing(sqlite3.connect(path)) as copy:
        connection.backup(copy)
        # one file, whatever mode the archive itself is in
        copy.execute("pragma journal_mode = delete")
