"""The README's commands do what it shows."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SAMPLE, Command

README = Path(__file__).parent.parent / "README.md"
# `make demo` and a load of pages that are not here: tests of their own cover those
ELSEWHERE = ("$ make", "$ etl load source/", "$ chats serve", "$ datasette")
CHANGES = re.compile(r"^last load: .*|^  seconds .*", re.MULTILINE)


def examples() -> list[str]:
    blocks = re.findall(r"^```\n(\$ .*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [block for block in blocks if not block.startswith(ELSEWHERE)]


@pytest.mark.parametrize("block", examples(), ids=lambda block: block.splitlines()[0][2:40])
def test_the_readme_shows_what_happens(
    etl: Command, db: Path, monkeypatch: pytest.MonkeyPatch, block: str
) -> None:
    monkeypatch.chdir(db.parent)
    monkeypatch.delenv("CHATS_DB")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    Path("source").symlink_to(SAMPLE / "source")
    assert etl("load", "--sample", "--db", "chats.db").code == 0
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, shown = split_command(part)
        if shlex.split(command)[0] == "sqlite3":
            continue  # the shell is not everywhere; tests of the index ask the library
        done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)
        printed = CHANGES.sub("", done.stdout)
        for line in CHANGES.sub("", shown).splitlines():
            assert line.strip() == "…" or line in printed.splitlines(), line


def split_command(part: str) -> tuple[str, str]:
    """A command, which may go on over lines while a quote is open, and what it prints."""
    command, _, shown = part.partition("\n")
    while command.count('"') % 2:
        more, _, shown = shown.partition("\n")
        command += "\n" + more
    return command, shown
