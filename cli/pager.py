"""A pager for output longer than the screen, as git chooses, starts and feeds one."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterable
from itertools import chain

# What a shell exits with when it finds no such program, or one it cannot run.
_NOT_STARTED = (126, 127)


def show(pieces: Iterable[str]) -> Iterable[str]:
    """Show text in the pager as it comes, as long as somebody reads it.

    Gives what is still to be shown: all of it if there is no pager, or it did not start.
    """
    command = _command()
    if command is None:
        return pieces
    sent: list[str] = []
    rest = iter(pieces)
    # as git has it: quit if it fits the screen, let colours through, leave it on the screen
    environment = {"LESS": "FRX", "LESSCHARSET": "utf-8", **os.environ}
    # $PAGER is a command line, as for git and man
    with subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, env=environment) as process:
        assert process.stdin is not None
        # whoever has seen enough leaves it early
        with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
            for piece in rest:
                sent.append(piece)
                process.stdin.write(piece.encode("utf-8", "replace"))
                process.stdin.flush()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        _wait(process)
    return chain(sent, rest) if process.returncode in _NOT_STARTED else ()


def _command() -> str | None:
    if os.environ.get("TERM") == "dumb":
        return None
    wanted = os.environ.get("PAGER")
    if wanted is None:
        return "less -R -F -X" if shutil.which("less") else None
    return wanted if wanted.strip() not in ("", "cat") else None


def _wait(process: subprocess.Popen[bytes]) -> None:
    """Until the pager ends: Ctrl-C is for it, as long as it is there."""
    while process.poll() is None:
        with contextlib.suppress(KeyboardInterrupt):
            process.wait()
