"""Day files read in processes beside the one that writes, each outcome in its turn.

A plain child on two pipes, not a pool: it ends when its parent does, however that happens, as its
standard input then ends.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import subprocess
import sys
from bisect import bisect
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from itertools import accumulate, cycle, islice

from etl.reading import Outcome, Wanted, read_day

# What a process takes to start is what this many bytes of pages take to read.
WORTH_A_PROCESS = 1_000_000
# Reading is quicker than writing: there is nothing to do for more.
MOST = 3
# Files that a child is told of before the first is fetched: their names must fit into its pipe.
AHEAD = 4
_PROGRAM = "import sys; sys.path[:] = {path!r}; from etl.readers import serve; serve()"


def processes(jobs: int | None = None) -> int:
    """How many children read for a load that may use so many processors (None: all)."""
    if jobs is None:
        jobs = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min((jobs or 1) - 1, MOST)


def read_days(wanted: list[Wanted], children: int) -> Generator[Outcome, None, None]:
    """What comes of each day file, in their order; read by children where that is worth it."""
    read = list(accumulate(one.file.size for one in wanted))
    worth = read[-1] // WORTH_A_PROCESS if read else 0
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(_Child()) for _ in range(min(children, worth))]
        # while they start, the first pages are read here
        here = bisect(read, WORTH_A_PROCESS) if readers else len(wanted)
        yield from map(read_day, wanted[:here])
        yield from _in_turn(wanted[here:], readers)


def _in_turn(wanted: Iterable[Wanted], readers: list[_Child]) -> Iterator[Outcome]:
    turns = zip(wanted, cycle(readers), strict=False)
    asked: deque[tuple[Wanted, _Child]] = deque()
    while True:
        for one, reader in islice(turns, AHEAD * len(readers) - len(asked)):
            reader.ask(one)
            asked.append((one, reader))
        if not asked:
            return
        one, reader = asked.popleft()
        yield reader.answer() or read_day(one)


class _Child:
    """A process that reads day files; if it dies, as for want of memory, it gives no answers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # what goes wrong there goes wrong again here, where it is told of
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        # it may be in the middle of a page that nobody wants any more
        self._process.kill()
        self._process.communicate()

    def ask(self, wanted: Wanted) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            pickle.dump(wanted, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()

    def answer(self) -> Outcome | None:
        assert self._process.stdout is not None
        try:
            outcome: Outcome = pickle.load(self._process.stdout)
        except (EOFError, pickle.UnpicklingError):
            return None
        return outcome


def serve() -> None:
    """Answer what is asked on standard input until it ends: what a child does."""
    # Ctrl-C is for the parent, which ends us
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            wanted: Wanted = pickle.load(questions)
            pickle.dump(read_day(wanted), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
