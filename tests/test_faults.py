"""The fault suite in a shorter form: `make faults` runs it whole, and prints its figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import growth, mutations
from tests.faults.accounting import check
from tests.faults.damage import Damaged, Original, Piece
from tests.faults.fuzz import seeds
from tests.pages import DATE, message, page

FILES = 320


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
