"""What the parts of a run share: the pages, a folder to work in, and one archive to read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.bench.processes import load


@dataclass
class Setting:
    """Measure ``pages`` in ``folder``; so many ``rounds`` where two things take turns."""

    pages: Path
    folder: Path
    rounds: int = 9

    @cached_property
    def db(self) -> Path:
        """The archive of the pages, loaded when it is first asked for."""
        db = self.folder / "read.db"
        load(self.pages, db)
        return db
