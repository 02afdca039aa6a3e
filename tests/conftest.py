from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import run
from etl.config import FILE_NAME
from tests.pages import ZHOU_LATER, ZHOU_QUOTED, write_renamed

SAMPLE = Path(__file__).parent.parent / "etl" / "sample"


@dataclass
class Result:
    """What a command did, as a shell would see it."""

    code: int
    out: str
    err: str


Command = Callable[..., Result]


@pytest.fixture
def etl(capsys: pytest.CaptureFixture[str]) -> Command:
    return _command("etl", capsys)


@pytest.fixture
def chats(capsys: pytest.CaptureFixture[str]) -> Command:
    return _command("chats", capsys)


def _command(name: str, capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*arguments: object) -> Result:
        capsys.readouterr()
        code = run(name, [str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Result(code, out, err)

    return command


@pytest.fixture
def db(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The path of an archive that does not exist yet; whatever is there at the end is sound."""
    path = tmp_path_factory.mktemp("archive") / "chats.db"
    monkeypatch.setenv("CHATS_DB", str(path))
    yield path
    if path.exists():
        assert_sound(path)


def assert_sound(path: Path) -> None:
    """Integrity, foreign keys and full-text index are clean, and the index is of all messages."""
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        connection.execute("insert into messages_fts (messages_fts) values ('integrity-check')")
        indexed = {row for (row,) in connection.execute("select rowid from messages_fts_docsize")}
        messages = "select id from messages where text <> ''"
        assert indexed == {row for (row,) in connection.execute(messages)}
    finally:
        connection.close()


@pytest.fixture
def renamed(etl: Command, db: Path, tmp_path: Path) -> Path:
    """An archive in which somebody has four names: see ``write_renamed``."""
    write_renamed(tmp_path)
    join = json.dumps([ZHOU_LATER, ZHOU_QUOTED], ensure_ascii=False)
    (db.parent / FILE_NAME).write_text(f"[people]\njoin = [{join}]\n", "utf-8")
    assert etl("load", "-q", tmp_path).code == 0
    return db


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The real data, which is not part of the project."""
    folder = os.environ.get("CHAT_CORPUS")
    if not folder:
        if os.environ.get("CI"):
            pytest.fail("CHAT_CORPUS is not set: in CI the tests on real data must run")
        pytest.skip("CHAT_CORPUS is not set: no real data here")
    return Path(folder).absolute()


def takes_ctrl_c() -> None:
    """For a process to be: where tests run in the background, it would ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def query(path: Path, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql, parameters).fetchall()
    finally:
        connection.close()
