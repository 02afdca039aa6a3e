"""What a shell is offered, asked as bash asks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Command

CHATS = Path(sys.executable).with_name("chats")


def offered(line: str) -> list[str]:
    words = line.split(" ")
    asked = {
        "_CHATS_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": f"{len(words) - 1}",
    }
    done = subprocess.run(
        [CHATS], env=os.environ | asked, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("chats sea", ["search"]),
        ("chats day prod", ["prodarch", "proddev"]),
        ("chats day riskops 2018-12", ["2018-12-06", "2018-12-05"]),
        ("chats search room:r", ["room:riskops"]),
        ("chats search ki", ["kind:"]),
        ("chats search has:l", ["has:link"]),
        ("chats query top", ["top-speakers", "topics-over-time"]),
        ("chats query top-speakers --room ri", ["riskops"]),
    ],
)
def test_names_come_from_the_archive(etl: Command, db: Path, line: str, words: list[str]) -> None:
    etl("load", "--sample", "-q")
    assert offered(line) == words


@pytest.mark.parametrize("line", ["chats day pro", "chats search room:", "chats day a 20"])
def test_without_an_archive_nothing_is_offered(db: Path, line: str) -> None:
    assert offered(line) == []
