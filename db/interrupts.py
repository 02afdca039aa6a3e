"""Signals that tell a program to end, taken when what it is doing is whole."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

_SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]


@contextlib.contextmanager
def signals_wait() -> Iterator[None]:
    """Have signals that Python code takes wait for the end of the block; it may take a second."""
    if threading.current_thread() is not threading.main_thread():
        # only the main thread takes any
        yield
        return
    came: list[tuple[int, Any]] = []
    handlers = {one: signal.getsignal(one) for one in _SIGNALS}
    ours = {one: handler for one, handler in handlers.items() if callable(handler)}
    for one in ours:
        signal.signal(one, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        for one, handler in ours.items():
            signal.signal(one, handler)
        _take(came, ours)


def _take(came: list[tuple[int, Any]], handlers: dict[int, Callable[..., Any]]) -> None:
    for number, frame in came[:1]:
        handlers[number](number, frame)
