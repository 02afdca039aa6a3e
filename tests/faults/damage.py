"""Ways to damage a page, each of which knows what it left alone.

A damaged page is a list of pieces: ranges of an undamaged page, and foreign bytes. A message is
outside the damage if one piece holds it from the line end before its header to the end of the
line after it, which is the next header's (or the page's first or last byte, where that is still
the first or last). Whatever else happened to the page, such a message must be read as before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

from etl.discover import NotADayFile, valid_date
from etl.records import MessageRecord, PageRecord, RejectRecord
from etl.sources.errors import PageError
from etl.sources.wechat_markdown import parse_page
from tests.faults.accounting import account, part_size

LONGEST_LINE = 256 * 1024


@dataclass(frozen=True)
class Original:
    """A page as it was, of ``date``."""

    content: bytes
    date: str

    @cached_property
    def page(self) -> PageRecord | None:
        """What it says; None for one that is refused as a whole."""
        try:
            return parse_page(self.content, self.date)
        except PageError:
            return None

    @cached_property
    def places(self) -> list[Place]:
        """Its messages, with the bytes that each depends on."""
        page = self.page
        if page is None:
            return []
        parts: list[MessageRecord | RejectRecord] = [*page.messages]
        parts += [reject for reject in page.rejects if reject.position]
        parts.sort(key=lambda part: part.position)
        head_rejects = sum(len(r.content) for r in page.rejects if not r.position)
        start = account(page).head + head_rejects
        places = []
        for part in parts:
            end = start + part_size(page, part)
            if isinstance(part, MessageRecord):
                line_end = self.content.find(b"\n", end) + 1 or len(self.content)
                before = start - 1 if self.content[start - 1 : start] == b"\n" else 0
                places.append(Place(before, line_end, part))
            start = end
        return places


class Place(NamedTuple):
    """A message, and the range of bytes that must be whole for it to be read as it is."""

    start: int
    end: int
    message: MessageRecord


class Piece(NamedTuple):
    """The bytes from ``start`` to ``end`` of a page."""

    original: Original
    start: int
    end: int

    @property
    def content(self) -> bytes:
        """The bytes."""
        return self.original.content[self.start : self.end]


class Damaged(NamedTuple):
    """A page made of pieces and of foreign bytes.

    ``unhurt`` is the page of which nothing but line ends was changed: no message is hurt then.
    """

    pieces: list[Piece | bytes]
    unhurt: Original | None = None

    @property
    def content(self) -> bytes:
        """The page's bytes."""
        return b"".join(p if isinstance(p, bytes) else p.content for p in self.pieces)

    def outside(self) -> Iterator[MessageRecord]:
        """The messages outside the damage, in order."""
        if self.unhurt is not None:
            yield from (place.message for place in self.unhurt.places)
        last = len(self.pieces) - 1
        for number, piece in enumerate(self.pieces):
            if isinstance(piece, bytes):
                continue
            size = len(piece.original.content)
            for place in piece.original.places:
                at_start = place.start > 0 or number == 0
                at_end = place.end < size or number == last
                whole = piece.start <= place.start and place.end <= piece.end
                if whole and at_start and at_end:
                    yield place.message


def damage(originals: list[Original], number: int, seed: int = 0) -> tuple[str, Original, Damaged]:
    """The ``number``-th damaged page: what was done to which page, the same whenever asked."""
    random = Random(f"{seed} {number}")
    name = list(WAYS)[number % len(WAYS)]
    original = random.choice(originals)
    other = random.choice(originals)
    return name, original, WAYS[name](original, other, random)


def _flipped(page: Original, other: Original, random: Random) -> Damaged:
    places = sorted(random.choices(range(len(page.content) or 1), k=random.choice((1, 1, 3, 30))))
    pieces: list[Piece | bytes] = []
    done = 0
    for place in dict.fromkeys(places):
        flipped = bytes(byte ^ 1 << random.randrange(8) for byte in page.content[place : place + 1])
        pieces += [Piece(page, done, place), flipped]
        done = place + 1
    return Damaged([*pieces, Piece(page, done, len(page.content))])


def _cut(page: Original, other: Original, random: Random) -> Damaged:
    start, end = _range(page, random)
    return _replaced(page, start, end, b"")


def _cut_short(page: Original, other: Original, random: Random) -> Damaged:
    return Damaged([Piece(page, 0, random.randint(0, len(page.content))), b""])


def _spliced(page: Original, other: Original, random: Random) -> Damaged:
    end = random.randint(0, len(page.content))
    start = random.randint(0, len(other.content))
    return Damaged([Piece(page, 0, end), Piece(other, start, len(other.content))])


def _swapped_lines(page: Original, other: Original, random: Random) -> Damaged:
    lines = [Piece(page, start, end) for start, end in pairwise(_line_starts(page))]
    if len(lines) < 2:
        return Damaged([*lines])
    first = random.randrange(len(lines) - 1)
    second = random.choice((first + 1, random.randrange(first + 1, len(lines))))
    pieces: list[Piece | bytes] = [Piece(page, 0, lines[first].start), lines[second].content]
    pieces += [Piece(page, lines[first].end, lines[second].start), lines[first].content]
    return Damaged([*pieces, Piece(page, lines[second].end, len(page.content))])


def _other_encoding(page: Original, other: Original, random: Random) -> Damaged:
    start, end = random.choice((_range(page, random), (0, len(page.content))))
    text = page.content[start:end].decode("utf-8", "replace")
    encoding = random.choice(("gbk", "utf-16", "utf-16-le", "latin-1", "gb18030", "utf-7", "big5"))
    return _replaced(page, start, end, text.encode(encoding, "replace"))


def _encoded_twice(page: Original, other: Original, random: Random) -> Damaged:
    start, end = _range(page, random)
    return _replaced(page, start, end, page.content[start:end].decode("latin-1").encode())


def _more_front_matter(page: Original, other: Original, random: Random) -> Damaged:
    end = other.content.find(b"\n---", 1) + 5
    starts = _line_starts(page)
    place = random.choice((0, *starts, random.randint(0, len(page.content))))
    return _replaced(page, place, place, other.content[:end] * random.choice((1, 2, 50)))


def _giant_line(page: Original, other: Original, random: Random) -> Damaged:
    unit = random.choice(
        (b"a", "支".encode(), b"> ", b"   ", b"&amp;", b"12:", b"@a", b"\xff", b"-")
    )
    size = int(LONGEST_LINE ** random.uniform(0.5, 1))
    return _inserted(page, unit * (size // len(unit)), random)


def _deep_brackets(page: Original, other: Original, random: Random) -> Damaged:
    unit = random.choice(
        ("[", "![", "「", "](", "(", "{", "[a](", "「 a: ", "[[]", "<", "【", "---\n[", "'")
    )
    closing = random.choice(("", "]", ")", "」", "\n]()"))
    many = int(10 ** random.uniform(1, 4.5))
    return _inserted(page, (unit * many + closing * many).encode(), random)  # fmt: skip


def _nuls(page: Original, other: Original, random: Random) -> Damaged:
    start, end = _range(page, random)
    return _replaced(page, start, end, bytes(random.choice((1, end - start, 4096))))


def _doubled(page: Original, other: Original, random: Random) -> Damaged:
    return Damaged([Piece(page, 0, len(page.content))] * random.choice((2, 2, 3)))


def _repeated_range(page: Original, other: Original, random: Random) -> Damaged:
    start, end = _range(page, random)
    return _replaced(page, start, start, page.content[start:end] * random.choice((1, 5)))


def _line_ends_deleted(page: Original, other: Original, random: Random) -> Damaged:
    starts = _line_starts(page)[1:]
    pieces: list[Piece | bytes] = []
    done = 0
    for place in sorted(random.sample(starts, min(len(starts), random.choice((1, 3, 40))))):
        pieces += [Piece(page, done, place - 1), b""]
        done = place
    return Damaged([*pieces, Piece(page, done, len(page.content))])


def _line_ends_changed(page: Original, other: Original, random: Random) -> Damaged:
    lines = [page.content[start:end] for start, end in pairwise(_line_starts(page))]
    share = random.choice((0.02, 0.5, 1))
    changed = [
        line[:-1] + b"\r\n" if line.endswith(b"\n") and random.random() < share else line
        for line in (line.replace(b"\r\n", b"\n") for line in lines)
    ]
    return Damaged([b"".join(changed)], unhurt=page)


def _foreign_bytes(page: Original, other: Original, random: Random) -> Damaged:
    start, end = random.choice((_range(page, random), (0, len(page.content))))
    return _replaced(page, start, end, random.randbytes(end - start))


WAYS: dict[str, Callable[[Original, Original, Random], Damaged]] = {
    "bits flipped": _flipped,
    "a range cut out": _cut,
    "cut short": _cut_short,
    "spliced with another page": _spliced,
    "lines swapped": _swapped_lines,
    "another encoding": _other_encoding,
    "encoded twice": _encoded_twice,
    "more front matter": _more_front_matter,
    "a giant line": _giant_line,
    "deep brackets": _deep_brackets,
    "NULs": _nuls,
    "doubled": _doubled,
    "a range repeated": _repeated_range,
    "line ends deleted": _line_ends_deleted,
    "line ends changed": _line_ends_changed,
    "foreign bytes": _foreign_bytes,
}


def originals(folders: list[Path]) -> list[Original]:
    """All pages below the folders, in the order of their paths."""
    paths = [p for folder in folders for p in sorted(folder.rglob("*.m*d*")) if _is_page(p)]
    return [Original(path.read_bytes(), path.name[:10]) for path in paths]


def _is_page(path: Path) -> bool:
    """Whether a file is a day's by its name: a README beside the pages is none."""
    try:
        valid_date(path.name[:10])
    except NotADayFile:
        return False
    return path.is_file()


def _line_starts(page: Original) -> list[int]:
    """Where lines start, and the page ends."""
    starts = [0]
    for line in page.content.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    starts[-1] -= 1
    return starts


def _range(page: Original, random: Random) -> tuple[int, int]:
    """A range, short ones as likely as long ones."""
    size = len(page.content)
    start = random.randint(0, size)
    return start, min(size, start + int((size + 1) ** random.random()))


def _inserted(page: Original, foreign: bytes, random: Random) -> Damaged:
    place = random.choice((0, *_line_starts(page), random.randint(0, len(page.content))))
    return _replaced(page, place, place, foreign)


def _replaced(page: Original, start: int, end: int, foreign: bytes) -> Damaged:
    return Damaged([Piece(page, 0, start), foreign, Piece(page, end, len(page.content))])
