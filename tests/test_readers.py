"""Pages read in processes of their own: what comes of them is what would have come of them here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from etl import readers
from etl.discover import DayFile, discover
from etl.readers import processes, read_days
from etl.reading import Wanted, read_day
from tests.conftest import Command, assert_sound, query

SAMPLE = Path(__file__).parents[1] / "etl" / "sample" / "source"


@pytest.fixture(autouse=True)
def _always_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "WORTH_A_PROCESS", 1)


def pages() -> list[Wanted]:
    return [Wanted(file) for file in discover([SAMPLE]).files]


@pytest.mark.parametrize("children", [1, 2, 3])
def test_outcomes_come_in_order_and_are_the_same(children: int) -> None:
    wanted = pages()
    assert list(read_days(wanted, children)) == list(map(read_day, wanted))


@pytest.mark.parametrize("jobs", ["1", "2", "3"])
def test_whatever_the_number_of_processes_the_archive_is_the_same(
    etl: Command, db: Path, jobs: str
) -> None:
    assert etl("load", "--sample", "--jobs", jobs).code == 0
    assert_sound(db)
    digest = etl("digest").out
    assert etl("load", "--sample", "--jobs", "1", "--db", db.with_name("one.db")).code == 0
    assert etl("digest", "--db", db.with_name("one.db")).out == digest
    ids = "select id, key from messages order by id"
    assert query(db, ids) == query(db.with_name("one.db"), ids)


def test_what_a_dead_reader_was_asked_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    dies = "import sys; sys.stdin.buffer.read(10)"
    monkeypatch.setattr(readers, "_PROGRAM", dies.replace("{", "{{"))
    wanted = pages()
    assert list(read_days(wanted, 2)) == list(map(read_day, wanted))


def test_bad_files_are_refused_as_they_are_here(tmp_path: Path) -> None:
    files = [tmp_path / f"2031-02-0{n}-chat.md" for n in (1, 2, 3)]
    for file in files:
        file.write_bytes(b"no page")
    files[0].write_bytes(b"")
    wanted = [Wanted(file, max_size=100) for file in discover(files).files]
    files[2].unlink()
    outcomes = list(read_days(wanted, 1))
    assert outcomes == list(map(read_day, wanted))
    assert all(outcome.refusal for outcome in outcomes)


def test_few_bytes_are_not_worth_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(subprocess, "Popen", None)
    assert list(read_days(pages(), 3))


def test_as_many_readers_as_there_are_processors_to_spare() -> None:
    assert processes(1) == 0
    assert processes(2) == 1
    assert processes(99) == readers.MOST
    assert 0 <= processes() <= readers.MOST


def test_a_reader_ends_with_its_parent(tmp_path: Path) -> None:
    program = (
        "from etl import readers; import sys, time\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[1])!r})\n"
        "child = readers._Child(); print(child._process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert parent.stdout is not None
    with parent:
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 20
    while is_running(child):
        assert time.monotonic() < deadline, "it outlived its parent"
        time.sleep(0.05)


def test_a_folder_with_modules_of_our_names_is_no_trap(tmp_path: Path) -> None:
    for name in ("etl.py", "pickle.py", "json.py"):
        (tmp_path / name).write_text("raise SystemExit('a trap')")
    program = (
        "import sys; sys.path = [p for p in sys.path if p]\n"
        "from pathlib import Path; from etl import readers; from etl.discover import discover\n"
        "from etl.reading import Wanted\n"
        f"wanted = [Wanted(f) for f in discover([Path({str(SAMPLE)!r})]).files]\n"
        "child = readers._Child()\n"
        "child.ask(wanted[0]); print(child.answer() is not None)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program] if sys.version_info >= (3, 11)
        else [sys.executable, "-c", program],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "True\n"


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # a zombie has ended
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_reader_leaves_ctrl_c_to_its_parent() -> None:
    with readers._Child() as child:
        wanted = pages()[0]
        child.ask(wanted)
        assert child.answer() == read_day(wanted)
        child._process.send_signal(signal.SIGINT)
        child.ask(wanted)
        assert child.answer() == read_day(wanted)


def test_the_file_goes_with_its_format() -> None:
    (wanted, *_) = pages()
    assert isinstance(wanted.file, DayFile)
    with readers._Child() as child:
        child.ask(wanted)
        outcome = child.answer()
    assert outcome is not None
    assert outcome.file == wanted.file
