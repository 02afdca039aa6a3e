"""How far a long run, such as a load, is: a bar on a terminal, some lines elsewhere, or nothing."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from cli import render

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

# Seconds between two lines where there is no terminal: a load of minutes gives a readable log.
LINE_EVERY = 5.0
NOTES_SHOWN = 5


@contextlib.contextmanager
def new_progress(
    *, quiet: bool, verbose: bool, doing: str = "loading", unit: str = "files"
) -> Iterator[Lines]:
    """The progress that fits where we print to: standard error, so that output can be piped."""
    if quiet:
        yield Lines(show_notes=False, show_progress=False, all_notes=False)
    elif sys.stderr.isatty():
        with _bar(doing, unit) as bar:
            shown = OnTerminal(bar, all_notes=verbose)
            yield shown
        shown.end_notes()
    else:
        shown_lines = Lines(show_notes=True, show_progress=True, all_notes=verbose, unit=unit)
        yield shown_lines
        shown_lines.end_notes()


class Lines:
    """Plain lines on standard error."""

    def __init__(
        self, *, show_notes: bool, show_progress: bool, all_notes: bool, unit: str = "files"
    ):
        self._unit = unit
        self._show_notes, self._show_progress = show_notes, show_progress
        self._notes_left = sys.maxsize if all_notes else NOTES_SHOWN
        self._notes_hidden = 0
        self._total = self._files = self._messages = 0
        self._started = self._last = time.monotonic()

    def start(self, files: int, done: int = 0) -> None:
        """So many files will be looked at, ``done`` of which are done already."""
        self._total, self._files = files, done

    def advance(self, messages: int) -> None:
        """One more file is done."""
        self._files += 1
        self._messages += messages
        now = time.monotonic()
        if self._show_progress and now - self._last >= LINE_EVERY:
            self._last = now
            self._print(
                f"{self._files:,} of {self._total:,} {self._unit}, {self._messages:,} messages,"
                f" {self._messages / (now - self._started):,.0f} messages/s"
            )

    def note(self, line: str) -> None:
        """Something worth knowing."""
        if not self._show_notes:
            return
        if self._notes_left:
            self._notes_left -= 1
            self._print(line)
        else:
            self._notes_hidden += 1

    def end_notes(self) -> None:
        """Say how many notes were not shown."""
        if self._notes_hidden:
            self._print(
                f"… and {self._notes_hidden:,} more paths like these (--verbose names them)"
            )

    def problem(self, line: str) -> None:
        """Bad input."""
        self._print(line)

    def stop(self) -> None:
        """Make way for a question."""

    def _print(self, line: str) -> None:
        render.error_line(line)


class OnTerminal(Lines):
    """A bar with messages per second and the time left; lines scroll by above it."""

    def __init__(self, bar: Bar, *, all_notes: bool):
        super().__init__(show_notes=True, show_progress=False, all_notes=all_notes)
        self._bar = bar
        self._task = bar.add_task("", total=None, messages=0, rate=0.0)

    def start(self, files: int, done: int = 0) -> None:
        """So many files will be looked at, ``done`` of which are done already."""
        super().start(files, done)
        self._bar.update(self._task, total=files, completed=done)

    def advance(self, messages: int) -> None:
        """One more file is done."""
        super().advance(messages)
        rate = self._messages / max(time.monotonic() - self._started, 0.001)
        self._bar.update(self._task, advance=1, messages=self._messages, rate=rate)

    def stop(self) -> None:
        """Make way for a question."""
        self._bar.stop()

    def _print(self, line: str) -> None:
        if self._bar.live.is_started:
            self._bar.console.print(render.printable(line), markup=False, highlight=False)
        else:
            super()._print(line)


def _bar(doing: str, unit: str) -> Bar:
    # rich takes 100 ms to import: only for those who see it
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn(doing),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TextColumn(unit + " · {task.fields[messages]:,} messages · {task.fields[rate]:,.0f}/s ·"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        console=Console(stderr=True),
        transient=True,
    )
