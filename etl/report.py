"""What a load did, in numbers, and how it says so while it goes on."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Protocol


@dataclass(slots=True)
class FileCounts:
    """Day files by what became of them; ``passed_over`` counts paths that are none."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    duplicate: int = 0
    passed_over: int = 0


@dataclass(slots=True)
class JobCounts:
    """Rows that a job made of the pages loaded, and by how many its table grew."""

    rows: int = 0
    new: int = 0


@dataclass(slots=True)
class RemovedCounts:
    """What left the archive, as its files were gone."""

    days: int = 0
    messages: int = 0


@dataclass(slots=True)
class LoadReport:
    """The end of a load; ``problems`` counts the lines it said on the way.

    ``gone`` are days whose files are no longer there, as far as they were looked for (--prune).
    Of its ``seconds``, ``people_seconds`` went into who is who.
    """

    files: FileCounts = field(default_factory=FileCounts)
    jobs: dict[str, JobCounts] = field(default_factory=dict)
    rejects: int = 0
    gone: int = 0
    removed: RemovedCounts = field(default_factory=RemovedCounts)
    problems: int = 0
    seconds: float = 0.0
    people_seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the counts most asked for first, then all."""
        counts = {
            "messages": self.jobs["messages"].rows,
            "speakers": self.jobs["speakers"].new,
            "pictures": self.jobs["images"].new,
            "links": self.jobs["links"].new,
        }
        whole = asdict(self)
        return {"files": whole.pop("files"), **counts, **whole}


class Progress(Protocol):
    """Where a load says how far it is; ``etl`` itself prints nothing."""

    def start(self, files: int, done: int = 0) -> None:
        """So many files will be looked at, ``done`` of which are done already."""

    def advance(self, messages: int) -> None:
        """One more file is done, and gave so many messages."""

    def note(self, line: str) -> None:
        """Something worth knowing: a path passed over, a duplicate."""

    def problem(self, line: str) -> None:
        """Bad input, in one line that names place, reason and remedy."""
