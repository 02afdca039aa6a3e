"""Archives that are hurt, in the short form of `make faults`."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path
from shutil import which

import pytest

from tests.bench.figures import Figure
from tests.conftest import SAMPLE
from tests.faults import disks, growth, interrupts, kills, meanwhile, mutations, readers
from tests.faults.__main__ import shown
from tests.faults.accounting import check
from tests.faults.archives import Torn, Undisturbed
from tests.faults.damage import Damaged, Original, Piece, originals
from tests.faults.fuzz import seeds
from tests.pages import DATE, message, page, write_page

PAGES = SAMPLE / "source"
FILES = 320


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    return kills.undisturbed(PAGES, tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("small")
    return kills.undisturbed(kills.write_small(folder / "pages"), folder)


@pytest.fixture(scope="module")
def update(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("update")
    return kills.updated(*kills.write_versions(PAGES, folder), folder)


@pytest.fixture(scope="module")
def small_update(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    folder = tmp_path_factory.mktemp("small-update")
    older = kills.write_small(folder / "older")
    return kills.updated(older, kills.write_small(folder / "newer", 1), folder)


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


def test_an_update_killed_at_any_moment_is_made_good(update: Undisturbed, tmp_path: Path) -> None:
    outcome = kills.at_random_moments(update, tmp_path, 8)
    assert outcome.faults == []
    assert outcome.right == 8


def test_a_load_killed_at_a_write_is_made_good(
    small: Undisturbed, small_update: Undisturbed, tmp_path: Path, strace: None
) -> None:
    for wanted in (small, small_update):
        outcome = kills.at_each_write(wanted, tmp_path, step=120)
        assert outcome.faults == []
        assert outcome.right == outcome.kills > 3


def test_a_day_that_is_interrupted_is_there_whole_or_not_at_all(
    small: Undisturbed, small_update: Undisturbed, tmp_path: Path
) -> None:
    for wanted in (small, small_update):
        outcome = interrupts.at_each_family(wanted, tmp_path, step=3)
        assert outcome.faults == []
        assert outcome.right == outcome.kills > 3


def test_a_disk_that_fails_harms_no_day(small: Undisturbed, tmp_path: Path, strace: None) -> None:
    outcome = disks.refused_from_each_call_on(small, tmp_path, step=150)
    assert outcome.faults == []
    assert outcome.right == outcome.kills > 3


def test_who_is_told_to_stop_says_so_and_keeps_whole_days(
    sample: Undisturbed, tmp_path: Path
) -> None:
    outcome = disks.told_to_stop(sample, tmp_path, 9)
    assert outcome.faults == []
    assert outcome.right == outcome.kills >= 3


def test_an_archive_that_is_hurt_meanwhile_is_intact_or_said_not_to_be(
    update: Undisturbed, tmp_path: Path
) -> None:
    outcome = meanwhile.hurt_meanwhile(update, tmp_path, moments=(9,))
    assert outcome.faults == []
    assert outcome.right == outcome.kills == len(meanwhile.HURTS)


def test_a_folder_that_may_not_be_written_or_not_any_more(update: Undisturbed) -> None:
    assert meanwhile.as_nobody(update).faults == []


def test_a_disk_that_is_read_only(sample: Undisturbed, tmp_path: Path) -> None:
    right(disks.on_a_read_only_disk(sample, tmp_path))


def test_a_real_disk_that_is_full(sample: Undisturbed, tmp_path: Path) -> None:
    right(disks.on_a_full_disk(sample, tmp_path))


def right(outcome: kills.Outcome) -> None:
    if outcome.untried:
        pytest.skip(f"not tried: {outcome.untried}")
    assert outcome.faults == []
    assert outcome.right == outcome.kills > 0


def test_a_real_disk_that_cannot_be_tried_is_no_success(
    sample: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disks, "_mounted", lambda *_: False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    outcome = disks.on_a_read_only_disk(sample, tmp_path)
    (figure,) = kills.figures("disk is read-only", outcome)
    assert figure.goal == "not tried: needs root"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(Torn, match="in CI"):
        disks.on_a_full_disk(sample, tmp_path)


def test_readers_are_never_blocked_nor_see_half_a_day(tmp_path: Path) -> None:
    read, loads = readers.measure(tmp_path, 4)
    assert read.value > 100
    assert loads.value >= readers.LOADS


def test_damage_costs_only_what_it_hits(tmp_path: Path) -> None:
    outcome = mutations.run(mutations.INVENTED, tmp_path, FILES)
    assert outcome.faults == []
    assert outcome.files == FILES
    assert outcome.found == outcome.expected > 5 * FILES
    in_parts = outcome.in_head + outcome.in_messages + outcome.in_rejects
    assert in_parts + outcome.in_refused == outcome.size
    assert outcome.refused < FILES / 5


def hangs() -> mutations.Outcome:
    time.sleep(600)
    return mutations.Outcome()


def dies() -> mutations.Outcome:
    os._exit(1)


def test_a_page_that_hangs_is_a_fault() -> None:
    assert mutations.in_time(mutations.Outcome, 60) == mutations.Outcome()
    started = time.monotonic()
    assert mutations.in_time(hangs, 1) is None
    assert mutations.in_time(dies, 60) is None
    assert time.monotonic() - started < 30


def test_of_a_batch_that_hangs_the_page_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seventh_hangs(run: partial[mutations.Outcome], seconds: float) -> mutations.Outcome | None:
        numbers = run.args[3]
        return None if 7 in numbers else mutations.Outcome(files=len(numbers))

    monkeypatch.setattr(mutations, "in_time", seventh_hangs)
    monkeypatch.setattr(mutations, "FOUND", tmp_path / "found")
    outcome = mutations.run([PAGES], tmp_path, 20)
    assert outcome.files == 20
    (fault,) = outcome.faults
    assert "/7-" in fault
    assert "was not done after 61 s" in fault


def test_only_pages_are_damaged(tmp_path: Path) -> None:
    path = write_page(tmp_path, message("07:00:00", "甲", "早"))
    for name in ("README.md", "DESIGN.md", "2031-13-03.md", "2031-02-03.txt"):
        (tmp_path / name).write_text("> 07:00:00  no page\n")
    assert [one.content for one in originals([tmp_path])] == [path.read_bytes()]


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


def test_growth_that_is_not_linear_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def square(shape: str, size: float, folder: Path, *, load: bool = True) -> growth.Cost:
        return growth.Cost(size * size if shape == "bare headers" else size, size, 1)

    monkeypatch.setattr(growth, "cost", square)
    found: list[Figure] = []
    with pytest.raises(Torn) as faults:
        found += growth.measure(tmp_path, shapes=3, mib=4)
    assert str(faults.value).count("\n") == 0
    assert str(faults.value).startswith("bare headers:")


@pytest.mark.parametrize(
    ("value", "said"), [(3355370.0, "3,355,370"), (0.123456, "0.1235"), (0.0, "0"), (2.5, "2.5")]
)
def test_what_is_counted_is_shown_to_the_last_digit(value: float, said: str) -> None:
    assert shown(Figure("name", value, "unit", "goal")).split() == ["name", said, "unit", "goal"]
