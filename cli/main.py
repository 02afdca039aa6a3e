"""The two commands' entry points, and the one place where errors become lines and exit codes.

0 done; 1 a known problem; 2 wrong usage; 3 a defect of ours; 130 Ctrl-C; 143 told to end (SIGTERM);
129 the terminal is gone (SIGHUP).
"""

from __future__ import annotations

try:
    import contextlib
    import gc
    import importlib
    import os
    import signal
    import sys
    from typing import NoReturn
except KeyboardInterrupt:
    # Half of the time until we can take a signal ourselves; what Python does before is not ours.
    raise SystemExit(130) from None

from cli import stopping

PROBLEM, WRONG_USAGE, DEFECT, INTERRUPTED = 1, 2, 3, 130

# What shells add to the number of the signal that ended a program.
_SIGNAL = 128
# Objects made before Python looks for garbage: modules, which most of ours are, become none.
_OBJECTS = 50_000
_KEPT = "what was written whole is kept, and the same command goes on from it"
_LESS_MEMORY = {
    "etl": f"end other programs, or load fewer or smaller files at once (--max-size); {_KEPT}",
    "chats": "end other programs, or ask for fewer rows",
}
# Signals that told us to end, by their numbers.
_told: list[int] = []


def etl() -> NoReturn:
    """Run `etl`."""
    _run_alone("etl")


def chats() -> NoReturn:
    """Run `chats`."""
    _run_alone("chats")


def run(name: str, arguments: list[str] | None = None) -> int:
    """Run a command line (our own, by default) and give its exit code, never a traceback."""
    try:
        stopping.start()
        _open_streams()
        # Ctrl-C may come while it is imported, too
        app = importlib.import_module(f"cli.{name}_app").app
        result = app(arguments, prog_name=name, standalone_mode=False)
        _flush()
        # typer makes this of Ctrl-C
        if result == INTERRUPTED:
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        return _stopped(name)
    except Exception as error:
        return _explained(name, error)
    return result if isinstance(result, int) else 0


def _run_alone(name: str) -> NoReturn:
    """Run a command line that has the process for itself, and end that."""
    gc.set_threshold(_OBJECTS)
    _end_when_told()
    code = run(name)
    # what is left goes with the process: to look for garbage in it takes a tenth of a search
    gc.freeze()
    sys.exit(code)


def _end_when_told() -> None:
    """Take SIGTERM and SIGHUP as Ctrl-C: what is begun is undone, and what is whole is kept."""

    def end(number: int, _: object) -> NoReturn:
        _told.append(number)
        raise KeyboardInterrupt

    # there is no SIGHUP on Windows
    for sign in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
        # under nohup we are to go on
        if sign is not None and signal.getsignal(sign) is not signal.SIG_IGN:
            signal.signal(sign, end)


def _stopped(name: str) -> int:
    if name == "etl":
        _say(name, stopping.stopped())
    return _SIGNAL + _told[0] if _told else INTERRUPTED


def _explained(name: str, error: Exception) -> int:
    """Say what is wrong; the exit code that goes with it."""
    import typer
    from typer.exceptions import TyperException

    from db.errors import ArchiveError

    if isinstance(error, typer.Abort):
        return _stopped(name)
    if isinstance(error, TyperException):
        # typer vendors the click whose errors these are, and does not export them
        show = getattr(error, "show", None)
        _say(name, error.format_message()) if show is None else show()
        return int(error.exit_code)
    if isinstance(error, ArchiveError):
        _say(name, str(error))
        return PROBLEM
    if isinstance(error, UnicodeEncodeError):
        _say(name, "an argument is no valid Unicode text: write it in UTF-8")
        return PROBLEM
    if isinstance(error, MemoryError):
        _say(name, f"not enough memory; {_LESS_MEMORY[name]}")
        return PROBLEM
    if isinstance(error, OSError):
        where = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        _say(name, f"{where}{error.strerror or error}")
        _close_output()
        return PROBLEM
    return _defect(name)


def _say(name: str, text: str) -> None:
    """An error on standard error: one line, but the place in an SQL statement takes its own."""
    from cli.formats import printable

    shown = "\n".join(map(printable, text.split("\n")))
    # nobody may be there to read it: the terminal is gone, or the pipe is closed
    with contextlib.suppress(OSError):
        print(f"{name}: {shown}", file=sys.stderr)


def _open_streams() -> None:
    """Closed streams lead nowhere; what a stream cannot encode is written as escapes."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:
            setattr(sys, stream, open(os.devnull, "w"))  # noqa: SIM115, PTH123 (until the end)
        elif hasattr(getattr(sys, stream), "reconfigure"):
            getattr(sys, stream).reconfigure(errors="backslashreplace")


def _flush() -> None:
    """Write what waits to be; whoever has read enough (`| head`) changes no exit code."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _close_output()


def _close_output() -> None:
    """What waits to be written cannot be: forget it, or Python would try once more at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _defect(name: str) -> int:
    """Keep the traceback for a report, and say where it is."""
    # 15 ms of imports that nobody should ever need
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix=f"{name}-", suffix=".log", delete=False, encoding="utf-8"
    ) as log:
        log.write(f"{sys.argv}\n{traceback.format_exc()}")
    print(f"{name}: this is a defect of ours; please report it with {log.name}", file=sys.stderr)
    return DEFECT
