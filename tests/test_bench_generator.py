"""Invented archives for measurements: the same for a seed, and like real ones."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from etl.records import PageRecord
from etl.sources.wechat_markdown import parse_page, render_page
from tests.bench import statistics
from tests.bench.generate import Plan, plants, write_archive
from tests.bench.vocabulary import PLANTED, along

MESSAGES = 10_000


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    assert write_archive(folder, Plan(MESSAGES, seed=1)).messages == MESSAGES
    return folder


@pytest.fixture(scope="module")
def pages(archive: Path) -> list[PageRecord]:
    return statistics.read_pages(archive)


@pytest.fixture(scope="module")
def generated(pages: list[PageRecord]) -> dict[str, Any]:
    return statistics.measured(pages)


@pytest.fixture(scope="module")
def real() -> dict[str, Any]:
    return statistics.read()


def contents(folder: Path) -> dict[str, bytes]:
    paths = folder.rglob("*.markdown")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_a_seed_gives_the_same_bytes_again(tmp_path: Path) -> None:
    for folder, seed in (("first", 7), ("again", 7), ("other", 8)):
        write_archive(tmp_path / folder, Plan(500, seed))
    assert contents(tmp_path / "first") == contents(tmp_path / "again")
    assert contents(tmp_path / "first") != contents(tmp_path / "other")


def test_every_page_is_understood_and_written_back(archive: Path, pages: list[PageRecord]) -> None:
    assert [page.rejects for page in pages if page.rejects] == []
    assert sum(len(page.messages) for page in pages) == MESSAGES
    for path in archive.rglob("*.markdown"):
        content = path.read_bytes()
        assert render_page(parse_page(content, path.name[:10])) == content


def test_it_has_rooms_and_days_as_named_by_their_files(archive: Path) -> None:
    rooms = sorted(room.name for room in (archive / "source").iterdir())
    assert rooms == ["prodarch", "proddev"]


def test_days_go_on_in_time(pages: list[PageRecord]) -> None:
    for page in pages:
        times = [message.time for message in page.messages]
        assert times == sorted(times)


def test_planted_words_have_just_their_hits(pages: list[PageRecord]) -> None:
    texts = [message.text for page in pages for message in page.messages]
    hits = {word: sum(word in text for text in texts) for word in PLANTED}
    assert hits == {plant.word: plant.hits() for plant in plants(MESSAGES)}
    assert hits["麒麟"] == 10
    assert hits["蝌蚪"] == MESSAGES // 10


@pytest.mark.parametrize("messages", [1, 9, 10, 15, 1000])
def test_small_archives_have_a_word_in_ten_messages_or_in_all(messages: int) -> None:
    assert plants(messages)[0].hits() == min(messages, 10)


def test_it_can_have_many_small_days(tmp_path: Path) -> None:
    written = write_archive(tmp_path, Plan(2_000, seed=1, per_day=10))
    assert 100 < written.files < 400


@pytest.mark.parametrize("name", ["lengths", "emoji_per_message", "gaps"])
def test_its_distributions_are_those_of_real_pages(
    name: str, generated: dict[str, Any], real: dict[str, Any]
) -> None:
    last = len(real[name]) - 1
    for part in (0.5, 0.75, 0.9):
        place = round(part * last)
        assert generated[name][place] == pytest.approx(real[name][place], rel=0.2, abs=1)


@pytest.mark.parametrize("name", ["messages_per_day", "speakers_per_day", "name_lengths"])
def test_its_days_and_names_are_like_real_ones(
    name: str, generated: dict[str, Any], real: dict[str, Any]
) -> None:
    mean = {of: sum(figures[name]) for of, figures in (("made", generated), ("real", real))}
    assert mean["made"] == pytest.approx(mean["real"], rel=0.35)


@pytest.mark.parametrize(
    ("share", "tolerance"),
    [("mention", 0.1), ("emoji", 0.1), ("link", 0.5), ("latin", 0.35), ("one_of_many", 0.5),
     ("most_frequent_character", 0.15)],
)  # fmt: skip
def test_its_texts_carry_what_real_ones_do(
    share: str, tolerance: float, generated: dict[str, Any], real: dict[str, Any]
) -> None:
    assert generated["texts"][share] == pytest.approx(real["texts"][share], rel=tolerance)


def test_its_characters_are_as_often_written(
    generated: dict[str, Any], real: dict[str, Any]
) -> None:
    made = dict(generated["chinese_characters"])
    for rank, share in real["chinese_characters"][:-2]:
        assert made[rank] == pytest.approx(share, rel=0.25), rank


def test_its_pairs_of_characters_grow_as_real_ones(
    generated: dict[str, Any], real: dict[str, Any]
) -> None:
    texts, pairs = generated["distinct_pairs"][-1]
    assert pairs == pytest.approx(along(real["distinct_pairs"], texts), rel=0.35)


def test_its_speakers_grow_as_real_ones(generated: dict[str, Any], real: dict[str, Any]) -> None:
    for messages, speakers in generated["speakers"]:
        assert speakers == pytest.approx(along(real["speakers"], messages), rel=0.1)


def test_some_speakers_write_most(generated: dict[str, Any], real: dict[str, Any]) -> None:
    for part in (0.05, 0.2, 0.5):
        expected = along(real["activity"], part)
        assert along(generated["activity"], part) == pytest.approx(expected, abs=0.12)
    for before, after in pairwise(generated["activity"]):
        assert before[1] <= after[1]


def test_the_figures_hold_no_text(real: dict[str, Any]) -> None:
    def values(figures: object) -> list[object]:
        if isinstance(figures, dict):
            return [value for figure in figures.values() for value in values(figure)]
        if isinstance(figures, list):
            return [value for figure in figures for value in values(figure)]
        return [figures]

    assert all(
        isinstance(v, int | float) for n, f in real.items() if n != "about" for v in values(f)
    )


def test_the_figures_of_the_real_pages_are_those(corpus: Path, real: dict[str, Any]) -> None:
    pages = statistics.read_pages(corpus / "corpus")
    measured = statistics.measured(pages)
    assert measured["kinds"] == real["kinds"]
    assert measured["texts"] == real["texts"]
