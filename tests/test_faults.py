"""Archives that are hurt, in the short form of `make faults`."""

from __future__ import annotations

import os
from pathlib import Path
from shutil import which

import pytest

from tests.conftest import SAMPLE
from tests.faults import disks, growth, kills, mutations, readers
from tests.faults.accounting import check
from tests.faults.archives import Undisturbed
from tests.faults.damage import Damaged, Original, Piece
from tests.faults.fuzz import seeds
from tests.pages import DATE, message, page

PAGES = SAMPLE / "source"
FILES = 320


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


def test_a_disk_that_is_read_only(sample: Undisturbed, tmp_path: Path) -> None:
    outcome = disks.on_a_read_only_disk(sample, tmp_path)
    assert outcome.faults == []
    assert outcome.right == outcome.kills


def test_a_real_disk_that_is_full(sample: Undisturbed, tmp_path: Path) -> None:
    outcome = disks.on_a_full_disk(sample, tmp_path)
    assert outcome.faults == []
    assert outcome.right == outcome.kills


def test_readers_are_never_blocked_nor_see_half_a_day(tmp_path: Path) -> None:
    read, loads = readers.measure(tmp_path, 4)
    assert read.value > 100
    assert loads.value >= 1


def test_damage_costs_only_what_it_hits(tmp_path: Path) -> None:
    outcome = mutations.run(mutations.INVENTED, tmp_path, FILES, processes=1)
    assert outcome.faults == []
    assert outcome.files == FILES
    assert outcome.found == outcome.expected > 5 * FILES
    in_parts = outcome.in_head + outcome.in_messages + outcome.in_rejects
    assert in_parts + outcome.in_refused == outcome.size
    assert outcome.refused < FILES / 5


def test_messages_outside_the_damage_are_those_that_it_does_not_touch() -> None:
    early, hit, late = (message(f"07:00:0{n}", f"甲{n}", "早") for n in range(3))
    last = message("07:00:03", "乙", "好")
    content = page(early, hit, late, last).encode()
    original = Original(content, DATE)
    place = content.index("甲1".encode())

    def outside(*pieces: Piece | bytes) -> list[str]:
        return [m.time[-2:] for m in Damaged(list(pieces)).outside()]

    end = len(content)
    assert outside(Piece(original, 0, end)) == ["00", "01", "02", "03"]
    damaged = (Piece(original, 0, place), b"x", Piece(original, place + 1, end))
    # the message before it is next to the damage: where it ends, the damaged header says
    assert outside(*damaged) == ["02", "03"]
    assert outside(Piece(original, 0, end), b"x") == ["00", "01", "02"]
    assert outside(b"x", Piece(original, content.index(b"> "), end)) == ["01", "02", "03"]


def test_every_seed_of_the_fuzzer_holds() -> None:
    for content in seeds():
        check(content)


@pytest.mark.parametrize(
    "shape",
    [
        "usual messages",
        "bare headers",
        "mentions in one second",
        "a name per message, mentioned",
    ],
)
def test_a_load_grows_with_the_size_alone(tmp_path: Path, shape: str) -> None:
    small, large = (growth.cost(shape, size, tmp_path) for size in (0.25, 1))
    # four times the bytes: a square would be sixteen times the seconds; what is fixed is in both
    assert large.parse < 10 * max(small.parse, 0.01)
    assert large.load < 10 * max(small.load, 0.1)
