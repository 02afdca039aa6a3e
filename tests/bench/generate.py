"""Write archives of any size: `python -m tests.bench.generate --messages N --seed S [--out DIR]`.

Their figures follow those of real pages (statistics.json), their text is invented. The same
numbers give the same bytes. `vocabulary.PLANTED` are words with known numbers of hits.
"""

from __future__ import annotations

import argparse
import datetime
import random
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tests.bench import statistics
from tests.bench.community import Community, Person
from tests.bench.vocabulary import PLANTED, TEN, Vocabulary, even_steps, words

Era = Literal["B", "C", "D"]

FIRST_DATE = datetime.date(2018, 1, 1)
ROOMS = words("room")
MESSAGES_PER_ROOM = 1_000_000
FEWEST_ROOMS = 2
DAY = 24 * 3600
# The pages measured are from before these were exported: shares that look like later pages.
LATER = (("link", 0.01), ("file", 0.004), ("notice", 0.01))
EMOJI = words("emoji")
SIGNS = ("A->B", "a & b", ">100", "<5", "x=1&y=2")
RULE = "- " * 14 + "-"
STOCK = words("alone")
# what is as short as these is mostly one of them
STOCK_LENGTH, STOCK_SHARE = 6, 0.7

# and of a day's speakers, how often one of them comes back to a talk
COMES_BACK = 0.12

FRONT_MATTER = (
    "---\n"
    "layout:     source \n"
    'title:      "{date}-WeChat"\n'
    "date:       {date} 12:00:00\n"
    "author:     {author}\n"
    "lines:      {lines} \n"
    "tag:{space}[chat]\n"
    "---\n"
)


@dataclass(frozen=True)
class Plan:
    """What to write. ``per_day`` is the mean number of messages of a day; None: as measured."""

    messages: int
    seed: int
    per_day: float | None = None

    @property
    def rooms(self) -> list[str]:
        """More rooms for more messages, so that the years stay in reach."""
        return ROOMS[: max(FEWEST_ROOMS, self.messages // MESSAGES_PER_ROOM)]


@dataclass
class Written:
    """What was written."""

    messages: int = 0
    files: int = 0
    size: int = 0


class Generator:
    """Writes the days of an archive one after the other, and remembers only what the next needs."""

    def __init__(self, plan: Plan):
        figures = statistics.read()
        self.plan = plan
        self.rng = random.Random(f"archive {plan.seed}")
        self._vocabulary = Vocabulary(figures, self.rng)
        self._community = Community(figures, self.rng)
        self._kinds = figures["kinds"]
        self._texts: dict[str, float] = figures["texts"]
        self._still_talking: float = figures["still_talking"]
        self._lengths = [round(value) for value in even_steps(figures["lengths"])]
        self._emoji_counts = [round(v) for v in even_steps(figures["emoji_per_message"])]
        self._gaps = even_steps(figures["gaps"])
        self._begins = even_steps(figures["day_begins"])
        self._ends = even_steps(figures["day_ends"])
        self._sizes = _sizes(figures, plan.per_day)
        self._tape, self._at = "", 0
        self._said: dict[str, deque[tuple[int, str]]] = {
            room: deque(maxlen=40) for room in plan.rooms
        }
        self._plants = plants(plan.messages)
        self._links = 0
        self._next_name = 0.0
        self.written = 0

    def days(self) -> Iterator[tuple[str, str, str]]:
        """Room, date and page, in the order of dates, until all messages are written."""
        date = FIRST_DATE
        while self.written < self.plan.messages:
            for room in self.plan.rooms:
                left = self.plan.messages - self.written
                if left:
                    size = min(self.rng.choice(self._sizes), left)
                    yield room, str(date), self._page(room, date, size)
            date += datetime.timedelta(1)

    def _page(self, room: str, date: datetime.date, size: int) -> str:
        era = self._era()
        presenter = self._community.people[0].name if self._community.people else "PaymentGroup"
        author = presenter if self.rng.random() < 0.2 else "PaymentGroup" if era == "B" else "None"
        space = "\t\t  " if era == "B" else "       "
        lines = size + self.rng.randrange(4)
        head = FRONT_MATTER.format(date=date, author=author, lines=lines, space=space)
        today: list[int] = []
        messages = [self._message(room, date, era, second, today) for second in self._times(size)]
        return head + "".join(messages)

    def _era(self) -> Era:
        """A third of the archive each, of whatever size."""
        part = 3 * self.written // self.plan.messages
        return "B" if part == 0 else "C" if part == 1 else "D"

    def _times(self, size: int) -> list[int]:
        """The seconds of a day at which its messages are sent, in bursts."""
        if not size:
            return []
        begin, end = sorted((self.rng.choice(self._begins), self.rng.choice(self._ends)))
        offsets = [0.0, *accumulate(self.rng.choices(self._gaps, k=size - 1))]
        scale = (end - begin) / (offsets[-1] or 1)
        return [min(int(begin + offset * scale), DAY - 1) for offset in offsets]

    def _message(
        self, room: str, date: datetime.date, era: Era, second: int, today: list[int]
    ) -> str:
        number, self.written = self.written, self.written + 1
        minutes, seconds = divmod(second, 60)
        time = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
        planted = "".join(
            plant.word
            for plant in self._plants
            if number % plant.step == plant.first and number < plant.end
        )
        speaker = self._speaker(today)
        kind = "text" if planted else self._kind(era)
        name = "" if kind == "notice" else self._community.people[speaker].name
        body = self._body(kind, f"{date} {time}", era)
        if kind == "text":
            text = self._text(room) + planted
            if not planted:
                # a quote of it would be one more hit
                self._said[room].append((speaker, text))
            body = escaped(text)
        header = f"> {time}  {name}  \n   \n"
        return header if body is None else f"{header}{body}  \n   \n"

    def _speaker(self, today: list[int]) -> int:
        """Somebody new when it is time, else somebody of the conversation, or anybody."""
        drawn = self.rng.random()
        if self.written > self._next_name:
            speaker = self._community.join()
            self._next_name = self._community.next_at()
        elif drawn < self._still_talking and today:
            speaker = self.rng.choice(today[-statistics.NEAR :])
        elif drawn < self._still_talking + COMES_BACK and today:
            speaker = self.rng.choice(today)
        else:
            speaker = self._community.anybody()
        today.append(speaker)
        return speaker

    def _kind(self, era: Era) -> str:
        drawn = self.rng.random()
        for kind in ("image", "missing"):
            drawn -= self._kinds[kind]
            if drawn < 0:
                return kind
        for kind, share in LATER if era != "B" else ():
            drawn -= share
            if drawn < 0:
                return kind
        return "text"

    def _body(self, kind: str, moment: str, era: Era) -> str | None:
        """What is no text."""
        if kind == "image":
            name = moment.replace("-", "").replace(" ", "_").replace(":", "")
            folder = f"{moment[:4]}{moment[5:7]}"
            return f"![{moment}](http://static.example.org/img/{folder}/{name}.png)"
        if kind == "link":
            return shared_link(self._url(), self._words(12).strip() or "link", era)
        if kind == "file":
            return f"[{self._words(6).strip() or 'file'}.pdf\n]()"
        if kind == "notice":
            return "有人加入了群聊"
        return None

    def _text(self, room: str) -> str:
        """What somebody types, with a mention, a quote, emoji or a URL as often as it is so."""
        rng = self.rng
        shares = self._texts
        length = rng.choice(self._lengths)
        before = after = ""
        if rng.random() < shares["mention"]:
            before = f"@{self._meant(room).in_group}?"
        elif self._said[room] and rng.random() < shares["quote"]:
            who, said = rng.choice(self._said[room])
            before = f"「 {self._community.people[who].in_group}: {said} 」 {RULE} "
        if rng.random() < shares["emoji"]:
            after = f"[{rng.choice(EMOJI)}]" * rng.choice(self._emoji_counts)
        if rng.random() < shares["link"]:
            after += f" {self._url()}"
        if rng.random() < shares["sign"]:
            after += rng.choice(SIGNS)
        if length <= STOCK_LENGTH and not (before or after) and rng.random() < STOCK_SHARE:
            return rng.choice(STOCK)
        left = length - len(before) - len(after)
        return before + (self._words(left) if left > 0 or not after else "") + after

    def _meant(self, room: str) -> Person:
        """Somebody who wrote there a moment ago, mostly."""
        said = self._said[room]
        who = self.rng.choice(said)[0] if said else self._community.anybody()
        return self._community.people[who]

    def _words(self, length: int) -> str:
        """So many characters of invented text; at least one, and no outer spaces."""
        length = max(length, 1)
        if self._at + length > len(self._tape):
            self._tape, self._at = self._vocabulary.write(), 0
        text = self._tape[self._at : self._at + length]
        self._at += length
        return text.strip() or "好"

    def _url(self) -> str:
        self._links += 1
        return f"https://news.example.com/{self._links % 997}/{self._links * 4 // 5}.html"


def _sizes(figures: dict[str, Any], per_day: float | None) -> list[int]:
    """How many messages days have, each as likely as any other."""
    sizes = even_steps(figures["messages_per_day"])
    scale = 1 if per_day is None else per_day * len(sizes) / sum(sizes)
    return [round(size * scale) for size in sizes]


class Plant(NamedTuple):
    """Which messages have a word: from ``first`` (from 0) on every ``step``-th, before ``end``."""

    word: str
    first: int
    step: int
    end: int

    def hits(self) -> int:
        """How many messages that are."""
        return len(range(self.first, self.end, self.step))


def plants(messages: int) -> list[Plant]:
    """The planted words of an archive of so many messages."""
    found = []
    for offset, (word, every) in enumerate(PLANTED.items()):
        step = every or max(messages // TEN, 1)
        end = messages if every else min(step * TEN, messages)
        found.append(Plant(word, min(offset, step - 1), step, end))
    return found


def shared_link(url: str, title: str, era: Era) -> str:
    """A link as the exporters of the two later eras wrote them."""
    if era == "D":
        return (
            f"[&amp;lt;a href=&amp;quot;{url}&amp;quot; target=&amp;quot;_blank&amp;quot;&amp;gt;"
            f"{title}&amp;lt;/a&amp;gt;&lt;/td&gt;&lt;/tr&gt;\n](&lt;tr&gt;&lt;td&gt;wxid_1)"
        )
    return f"[{title}\n]({url})"


def escaped(text: str) -> str:
    """As the exporter escaped text since 2017-10: twice."""
    if not any(sign in text for sign in '&<>"'):
        return text
    for _ in range(2):
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


def write_archive(folder: Path, plan: Plan) -> Written:
    """Write the pages of ``plan`` below ``folder``."""
    done = Written()
    generator = Generator(plan)
    for room in plan.rooms:
        (folder / "source" / room / "_posts").mkdir(parents=True, exist_ok=True)
    for room, date, page in generator.days():
        content = page.encode()
        (folder / "source" / room / "_posts" / f"{date}-chat.markdown").write_bytes(content)
        done.files += 1
        done.size += len(content)
    done.messages = generator.written
    return done


def main() -> int:
    """Write an archive, and say what was written."""
    parser = argparse.ArgumentParser("tests.bench.generate", description=__doc__)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-day", type=float, help="mean messages of a day (as measured)")
    parser.add_argument("--out", type=Path, default=Path("generated-pages"))
    given = parser.parse_args()
    done = write_archive(given.out, Plan(given.messages, given.seed, given.per_day))
    print(f"{done.messages:,} messages, {done.files:,} files, {done.size:,} bytes: {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
