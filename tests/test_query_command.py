"""`chats query`: bounds and rooms mean what they mean in a search."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Command
from tests.pages import ZHOU, ZHOU_LATER


@pytest.mark.parametrize(
    ("options", "days"),
    [
        (["--until", "2017"], 10),
        (["--until", "2017-06"], 4),
        (["--until", "2017-06-13"], 3),
        (["--since", "2019"], 4),
        (["--since", "2018-12"], 6),
        (["--room", "产品与架构", "--until", "2017-05"], 2),
        (["--room", "prodarch", "--until", "2017-05"], 2),
    ],
)
def test_bounds(chats: Command, etl: Command, db: Path, options: list[str], days: int) -> None:
    etl("load", "--sample", "-q")
    result = chats("query", "messages-per-day", "--no-headers", *options)
    rows = [line for line in result.out.splitlines() if line.split("\t")[2] != "0"]
    assert (result.code, result.err, len(rows)) == (0, "", days)


@pytest.mark.parametrize("name", ["top-speakers", "co-talkers"])
def test_a_limit_of_0_is_none(chats: Command, etl: Command, db: Path, name: str) -> None:
    etl("load", "--sample", "-q")
    everything = chats("query", name, "--limit", 1000).out
    assert everything.count("\n") > 21
    assert chats("query", name, "--limit", 0).out == everything
    assert "At most so many rows; 0: all." in chats("query", name, "-h").out


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--since", "banana"], 2, "banana is no date"),
        (["--since", "2018-13"], 2, "2018-13 is no date"),
        (["--room", "nosuch"], 1, "there is no such room; there are prodarch, proddev, riskops"),
        (["--limit", "-3"], 2, "is not in the range"),
    ],
)
def test_what_is_no_bound(
    chats: Command, etl: Command, db: Path, options: list[str], code: int, said: str
) -> None:
    etl("load", "--sample", "-q")
    result = chats("query", "top-speakers", *options)
    assert result.code == code
    assert said in result.err


def test_people_unless_single_names_are_asked_for(chats: Command, renamed: Path) -> None:
    names = ("query", "top-speakers", "--no-headers")
    people = chats(*names).out.splitlines()
    assert people[0].split("\t")[:2] == [ZHOU_LATER, "4"]
    single = [line.split("\t")[:2] for line in chats(*names, "--by-name").out.splitlines()]
    assert [ZHOU, "1"] in single
    assert "--by-name            Count single names" in chats("query", "top-speakers", "-h").out
