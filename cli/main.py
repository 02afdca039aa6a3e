"""The two commands' entry points, and the one place where errors become lines and exit codes.

0 done; 1 a known problem; 2 wrong usage; 3 a defect of ours; 130 Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from cli.formats import printable
from db.errors import ArchiveError

PROBLEM, DEFECT, INTERRUPTED = 1, 3, 130


def etl() -> NoReturn:
    """Run `etl`."""
    from cli.etl_app import app

    sys.exit(run(app, "etl"))


def chats() -> NoReturn:
    """Run `chats`."""
    from cli.chats_app import app

    sys.exit(run(app, "chats"))


def run(app: typer.Typer, name: str, arguments: list[str] | None = None) -> int:
    """Run a command line (our own, by default) and give its exit code, never a traceback."""
    try:
        result = app(arguments, prog_name=name, standalone_mode=False)
        sys.stdout.flush()
    except ArchiveError as error:
        # the place in an SQL statement takes lines of its own
        text = "\n".join(map(printable, str(error).split("\n")))
        print(f"{name}: {text}", file=sys.stderr)
        return PROBLEM
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except TyperException as error:
        # wrong usage; typer vendors the click whose errors these are, and does not export them
        show = getattr(error, "show", None)
        print(f"{name}: {error.format_message()}", file=sys.stderr) if show is None else show()
        return int(error.exit_code)
    except BrokenPipeError:
        # whoever read us has enough (`| head`); Python would complain again at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PROBLEM
    except Exception:
        return _defect(name)
    return result if isinstance(result, int) else 0


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
