"""What real pages are like, as figures alone: `python -m tests.bench.statistics`.

Reads the pages of CHAT_CORPUS and writes statistics.json, which the generator follows. Only
numbers get there: no character, name, word or URL of a page.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from etl.jobs.emoji import to_emoji_rows
from etl.jobs.links import to_link_rows
from etl.jobs.mentions import to_mention_rows
from etl.jobs.quotes import to_quote_rows
from etl.records import MessageRecord, PageRecord
from etl.sources.wechat_markdown import parse_page

FILE = Path(__file__).with_name("statistics.json")
ABOUT = (
    "Figures of real pages, made by `python -m tests.bench.statistics`: numbers only. Curves named"
    " quantiles have their values at even steps from the least to the greatest; the others are"
    " pairs. See the function of each name there."
)
# a conversation: whoever wrote one of so many messages before is still in it
NEAR = 6
RANKS = (
    1,
    2,
    3,
    5,
    7,
    10,
    15,
    20,
    30,
    50,
    70,
    100,
    150,
    200,
    300,
    500,
    700,
    1000,
    1500,
    2000,
    3000,
)
CHINESE = re.compile("[\u3400-\u9fff]")
CHINESE_RUN = re.compile("[\u3400-\u9fff]+")
LATIN = re.compile("[A-Za-z0-9]")

Pairs = list[tuple[float, float]]


def read_pages(folder: Path) -> list[PageRecord]:
    """The pages below ``folder`` in the order of their dates."""
    paths = sorted(folder.rglob("*.markdown"), key=lambda path: path.name)
    return [parse_page(path.read_bytes(), path.name[:10]) for path in paths]


def measured(pages: Sequence[PageRecord]) -> dict[str, Any]:
    """Every figure the generator and its tests know of."""
    messages = [message for page in pages for message in page.messages]
    texts = [message.text for message in messages if message.kind == "text"]
    return {
        "messages": len(messages),
        "messages_per_day": quantiles((len(page.messages) for page in pages), 100),
        "lengths": quantiles(map(len, texts), 1000),
        "kinds": shares(Counter(message.kind for message in messages)),
        "texts": text_shares(pages, len(texts)),
        "emoji_per_message": quantiles(emoji_counts(pages), 20),
        "characters": shares(Counter(map(character_class, "".join(texts)))),
        "chinese_characters": by_rank(characters(texts)),
        "pairs_of_characters": by_rank(pairs_of_characters(texts)),
        "distinct_pairs": distinct_pairs(texts),
        "day_begins": quantiles(edges(pages, 0), 100),
        "day_ends": quantiles(edges(pages, -1), 100),
        "gaps": quantiles(relative_gaps(pages), 1000),
        "name_lengths": quantiles((len(message.speaker) for message in messages), 20),
        "speakers": growth(message.speaker for message in messages),
        "activity": activity(Counter(message.speaker for message in messages)),
        "still_talking": round(still_talking(pages), 4),
        "speakers_per_day": quantiles((len({m.speaker for m in p.messages}) for p in pages), 100),
    }


def quantiles(values: Iterable[float], steps: int) -> list[float]:
    """Values at even steps, from the least to the greatest."""
    ordered = sorted(values)
    last = len(ordered) - 1
    return [tidy(ordered[round(last * step / steps)]) for step in range(steps + 1)]


def tidy(value: float) -> float:
    """Four digits are enough for anything here."""
    return value if isinstance(value, int) else float(f"{value:.4g}")


def shares(counts: Counter[str]) -> dict[str, float]:
    """What part of all each has."""
    return {name: tidy(count / counts.total()) for name, count in sorted(counts.items())}


def text_shares(pages: Sequence[PageRecord], texts: int) -> dict[str, float]:
    """What part of the texts has a mention, a quote, emoji, a typed link…"""
    jobs: dict[str, Callable[[PageRecord], Sequence[Any]]] = {
        "mention": to_mention_rows,
        "quote": to_quote_rows,
        "emoji": to_emoji_rows,
        "link": to_link_rows,
    }
    found = {name: sum(positions_with(job, page) for page in pages) for name, job in jobs.items()}
    plain = [m.text for page in pages for m in page.messages if m.kind == "text"]
    found["latin"] = sum(LATIN.search(text) is not None for text in plain)
    found["sign"] = sum(any(sign in text for sign in "<>&") for text in plain)
    found["one_of_many"] = sum(count for count in Counter(plain).values() if count > 1)
    found["most_frequent_character"] = most_frequent_character(plain)
    return {name: tidy(count / texts) for name, count in found.items()}


def positions_with(job: Callable[[PageRecord], Sequence[Any]], page: PageRecord) -> int:
    """How many texts of the page a job finds something in."""
    found = {row.position for row in job(page)}
    return sum(message.kind == "text" and message.position in found for message in page.messages)


def most_frequent_character(texts: list[str]) -> int:
    """How many texts have the Chinese character that most texts have."""
    return max(Counter(c for text in texts for c in set(CHINESE.findall(text))).values())


def emoji_counts(pages: Sequence[PageRecord]) -> Iterator[int]:
    """How many emoji a message has that has any."""
    for page in pages:
        counts: Counter[int] = Counter()
        for row in to_emoji_rows(page):
            counts[row.position] += row.uses
        yield from counts.values()


def neighbours(page: PageRecord) -> Iterator[tuple[MessageRecord, MessageRecord]]:
    """Each message with the one before."""
    return zip(page.messages, page.messages[1:], strict=False)


def character_class(character: str) -> str:
    """Chinese, latin (or a digit), or anything else."""
    if CHINESE.match(character):
        return "chinese"
    return "latin" if LATIN.match(character) else "other"


def characters(texts: list[str]) -> Counter[str]:
    """How often each Chinese character is written."""
    return Counter(CHINESE.findall("".join(texts)))


def pairs_of_characters(texts: Iterable[str]) -> Counter[str]:
    """How often each two Chinese characters stand side by side."""
    return Counter(
        run[at : at + 2]
        for text in texts
        for run in CHINESE_RUN.findall(text)
        for at in range(len(run) - 1)
    )


def by_rank(counts: Counter[str]) -> Pairs:
    """The share of the most frequent one, of the second…: what they are is left out."""
    ordered = sorted(counts.values(), reverse=True)
    there = [rank for rank in RANKS if rank <= len(ordered)]
    return [(rank, tidy(ordered[rank - 1] / counts.total())) for rank in there]


def distinct_pairs(texts: list[str]) -> Pairs:
    """How many different pairs of Chinese characters so many texts have."""
    return [(n, len(pairs_of_characters(texts[:n]))) for n in doubling(len(texts))]


def doubling(end: int) -> list[int]:
    """1,000, 2,000, 4,000… and the end."""
    steps = [1000]
    while steps[-1] * 2 < end:
        steps.append(steps[-1] * 2)
    return [*(step for step in steps if step < end), end]


def edges(pages: Sequence[PageRecord], which: int) -> Iterator[int]:
    """The second of the day at which days begin (0) or end (-1)."""
    for page in pages:
        if page.messages:
            yield seconds(page.messages[which].time)


def seconds(time: str) -> int:
    """Of a time of day."""
    hours, minutes, rest = map(int, time.split(":"))
    return (hours * 60 + minutes) * 60 + rest


def relative_gaps(pages: Sequence[PageRecord]) -> Iterator[float]:
    """The time between two messages, by the mean of its day: how much they come in bursts."""
    for page in pages:
        gaps = [max(seconds(b.time) - seconds(a.time), 0) for a, b in neighbours(page)]
        if sum(gaps):
            mean = sum(gaps) / len(gaps)
            yield from (gap / mean for gap in gaps)


def growth(speakers: Iterable[str]) -> Pairs:
    """How many names have been seen after so many messages."""
    written = list(speakers)
    return [(n, len(set(written[:n]))) for n in doubling(len(written))]


def activity(counts: Counter[str]) -> Pairs:
    """What part of the names, the busiest first, writes what part of the messages."""
    ordered = sorted(counts.values(), reverse=True)
    total, done = counts.total(), 0
    curve: Pairs = [(0.0, 0.0)]
    marks = {max(round(len(ordered) * step / 40), 1) for step in range(41)}
    marks |= {min(mark, len(ordered)) for mark in (2, 3, 5, 8, 12, 18)}
    for place, count in enumerate(ordered, start=1):
        done += count
        if place in marks:
            curve.append((tidy(place / len(ordered)), tidy(done / total)))
    return curve


def still_talking(pages: Sequence[PageRecord]) -> float:
    """The share of messages whose speaker wrote one of the few before."""
    known = again = 0
    for page in pages:
        near: deque[str] = deque(maxlen=NEAR)
        for message in page.messages:
            known += 1
            again += message.speaker in near
            near.append(message.speaker)
    return again / known


def read() -> dict[str, Any]:
    """The figures as they were written."""
    figures: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return figures


def main() -> int:
    """Measure the pages of CHAT_CORPUS anew."""
    corpus = os.environ.get("CHAT_CORPUS")
    if not corpus:
        print("CHAT_CORPUS names no folder with real pages", file=sys.stderr)
        return 1
    figures = {"about": ABOUT} | measured(read_pages(Path(corpus) / "corpus"))
    lines = ",\n".join(f" {json.dumps(name)}: {json.dumps(figures[name])}" for name in figures)
    FILE.write_text(f"{{\n{lines}\n}}\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
