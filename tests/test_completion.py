"""What a shell is offered, asked as bash asks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.conftest import Command

BIN = Path(sys.executable).parent
CHATS = BIN / "chats"
TITLES = ["产品与架构", "产品研发", "风控与运营"]


def offered(line: str) -> list[str]:
    words = line.split(" ")
    asked = {
        f"_{words[0].upper()}_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": f"{len(words) - 1}",
    }
    done = subprocess.run(
        [BIN / words[0]], env=os.environ | asked, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("chats sea", ["search"]),
        ("etl re", ["rebuild", "restore"]),
        ("etl restore --y", ["--yes"]),
        ("chats day prod", ["prodarch", "proddev"]),
        ("chats day 产", ["产品与架构", "产品研发"]),
        ("chats day riskops 2018-12", ["2018-12-06", "2018-12-05"]),
        ("chats day 风控与运营 2018-12", ["2018-12-06", "2018-12-05"]),
        ("chats search room:r", ["room:riskops"]),
        ("chats search o", ["on:2019", "on:2018", "on:2017"]),
        ("chats search h", ["has:", "host:"]),
        ("chats search -s", ["-since:2019", "-since:2018", "-since:2017"]),
        ("chats search -kind:f", ["-kind:file"]),
        ("chats search --by ", ["room", "speaker", "month"]),
        ("chats search 支付 --fmt mediaw", ["mediawiki"]),
        ("chats query most-shared-links --host mp", ["mp.weixin.qq.com"]),
        ("chats query emoji-by-speaker --code [抱", ["[抱拳]"]),
        ("chats search has:l", ["has:link"]),
        ("chats query top", ["top-speakers", "topics-over-time"]),
        ("chats query top-speakers --room ri", ["riskops"]),
        ("chats query top-speakers --since ", ["2019", "2018", "2017"]),
        ("chats query top-speakers --until 2019", ["2019-04", "2019-03"]),
        ("chats query top-speakers --since 2019-03-1", ["2019-03-14"]),
        (
            "chats query pictures-of-a-day --room prodarch --date 2018-0",
            [
                "2018-09-19",
                "2018-09-18",
                "2018-03-08",
            ],
        ),
        (
            "chats search since:2018-0",
            [
                "since:2018-09",
                "since:2018-07",
                "since:2018-05",
                "since:2018-03",
                "since:2018-02",
                "since:2018-01",
            ],
        ),
        ("chats search from:欧阳", ["from:欧阳听雨-半山支付-运营-重庆"]),
        ("chats schema message_", ["message_images", "message_links", "message_emoji"]),
        ("chats person Kev", ["Kevin"]),
        # as bash takes words apart
        ("chats search room :", ["prodarch", "proddev", "riskops", *TITLES]),
        ("chats search -on :", ["2019", "2018", "2017"]),
        ("chats search 代扣 kind :", ["text", "image", "link", "file", "notice", "missing"]),
        ("chats search room : r", ["riskops"]),
        ("chats search 代扣 -kind : f", ["file"]),
        ("chats search 代扣 nothing : f", []),
    ],
)
def test_names_come_from_the_archive(etl: Command, db: Path, line: str, words: list[str]) -> None:
    etl("load", "--sample", "-q")
    assert offered(line) == words


def test_a_real_bash_completes_behind_a_colon(etl: Command, db: Path) -> None:
    etl("load", "--sample", "-q")
    path = {"PATH": f"{CHATS.parent}:{os.environ['PATH']}", "_CHATS_COMPLETE": "source_bash"}
    script = subprocess.run(
        [CHATS], env=os.environ | path, capture_output=True, text=True, check=True
    ).stdout
    rc = db.with_name("rc")
    rc.write_text(f"{script}\nPS1='ready> '\nbind 'set enable-bracketed-paste off'\n")
    del path["_CHATS_COMPLETE"]
    shell = pexpect.spawn(
        "bash", ["--noprofile", "--rcfile", str(rc)], env=os.environ | path, encoding="utf-8"
    )
    shell.expect_exact("ready> ")
    for typed, completed in [
        ("room:r\t", "room:riskops"),
        ("has:l\t", "has:link"),
        # of several the shell lists all
        ("kind:\t\t", "missing"),
        ("-room:\t\t", "riskops"),
    ]:
        shell.send(f"echo; chats search {typed}")
        shell.expect_exact(completed)
        shell.sendcontrol("u")
    for typed, completed in [("echo; chats search ki\t", "nd:"), ("f\t", "ile ")]:
        shell.send(typed)
        shell.expect_exact(completed)
    shell.sendcontrol("u")
    shell.send("exit\r")
    shell.expect(pexpect.EOF)


@pytest.mark.parametrize("line", ["chats day pro", "chats search room:", "chats day a 20"])
def test_without_an_archive_nothing_is_offered(db: Path, line: str) -> None:
    assert offered(line) == []
