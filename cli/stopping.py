"""What is said when a command is stopped (Ctrl-C, SIGTERM): what became of what it was doing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

_said: list[str] = []


@contextlib.contextmanager
def when_stopped(text: str) -> Iterator[None]:
    """Say this too if the command is stopped inside."""
    _said.append(text)
    yield
    # not where it is stopped: ``stopped`` is asked after that
    _said.pop()


def start() -> None:
    """Nothing has been done yet."""
    _said.clear()


def stopped() -> str:
    """That the command was stopped, and what it was in."""
    return "; ".join(["stopped", *_said[-1:]])
