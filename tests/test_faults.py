"""Archives that are hurt, in the short form of `make faults`."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import which

import pytest

from tests.conftest import SAMPLE
from tests.faults import disks, kills, readers
from tests.faults.archives import Undisturbed

PAGES = SAMPLE / "source"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return kills.undisturbed(PAGES, tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("small")
    return kills.undisturbed(kills.write_small(folder / "pages"), folder)


@pytest.fixture
def strace() -> None:
    if which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("strace is not installed: in CI the tests that need it must run")
        pytest.skip("strace is not installed")


def test_a_load_killed_at_any_moment_is_made_good(sample: Undisturbed, tmp_path: Path) -> None:
    outcome = kills.at_random_moments(sample, tmp_path, 8)
    assert outcome.faults == []
    assert outcome.right == 8


def test_a_load_killed_at_a_write_is_made_good(
    small: Undisturbed, tmp_path: Path, strace: None
) -> None:
    outcome = kills.at_each_write(small, tmp_path, step=120)
    assert outcome.faults == []
    assert outcome.right == outcome.kills > 3


def test_a_disk_that_fails_harms_no_day(small: Undisturbed, tmp_path: Path, strace: None) -> None:
    outcome = disks.refused_from_each_call_on(small, tmp_path, step=150)
    assert outcome.faults == []
    assert outcome.right == outcome.kills > 3


def test_who_is_told_to_stop_says_so_and_keeps_whole_days(
    sample: Undisturbed, tmp_path: Path
) -> None:
    outcome = disks.told_to_stop(sample, tmp_path, 6)
    assert outcome.faults == []
    assert outcome.right == outcome.kills > 0


def test_an_archive_that_is_removed_or_replaced_meanwhile(
    sample: Undisturbed, tmp_path: Path
) -> None:
    assert disks.removed_meanwhile(sample, tmp_path).faults == []


def test_a_real_disk_that_is_full(sample: Undisturbed, tmp_path: Path) -> None:
    outcome = disks.on_a_full_disk(sample, tmp_path)
    assert outcome.faults == []
    assert outcome.right == outcome.kills


def test_readers_are_never_blocked_nor_see_half_a_day(tmp_path: Path) -> None:
    read, loads = readers.measure(tmp_path, 4)
    assert read.value > 100
    assert loads.value >= 1
