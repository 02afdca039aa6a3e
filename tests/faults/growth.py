"""How parsing and loading grow with the size of a file: for usual pages and hostile shapes.

Linear means that a mebibyte of a file of 64 MiB takes about what one of 1 MiB takes. Each file
is parsed, and loaded, in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from db.connection import open_writable
from etl.load import LoadOptions, load
from etl.sources.errors import PageError
from etl.sources.wechat_markdown import parse_page
from tests.bench.load import Figure
from tests.faults.mutations import Watch
from tests.pages import DATE, LIN, WANG, message, page

MEBIBYTE = 1024 * 1024
SIZES = (1, 4, 16, 64)
LINEAR = 1.5
# Shorter times are measured several times, and the least counts.
LEAST_SECONDS = 0.5

WORDS = "清算文件每天凌晨两点出，@王敏-云帆-产品-北京?早了没有[强] https://example.com/a?b=1"


def _usual(size: int) -> str:
    """Messages as people write them, some thousand to a mebibyte."""
    kinds = (WORDS, "好", "![2031-02-03 09:37:54](http://example.com/20310203_093754.png) ", None)
    one = [message(f"07:{n % 60:02}:00", (LIN, WANG)[n % 2], kinds[n % 4]) for n in range(240)]
    whole = "".join(one)
    return page(*([whole] * max(size // len(whole.encode()), 1)))


def _body(unit: str, closing: str = "") -> Callable[[int], str]:
    """One message whose body is ``unit`` again and again, then ``closing`` as often."""

    def written(size: int) -> str:
        many = size // len((unit + closing).encode())
        return page(message("07:00:00", LIN, unit * many + closing * many))

    return written


def _lines(unit: str) -> Callable[[int], str]:
    """A page of nothing but ``unit`` again and again."""
    return lambda size: page(unit * (size // len(unit.encode())))


SHAPES: dict[str, Callable[[int], str]] = {
    "usual messages": _usual,
    "bare headers": _lines("> 07:00:00\n"),
    "headers that are no time": _lines("> 99:99:99  x\n"),
    "one giant line": _body("a"),
    "one giant line of Chinese": _body("支"),
    "signs that normal form makes longer (㌖)": _body("㌖"),
    "combining marks": _body("\u0301"),
    "deep brackets": _body("[", "]"),
    "deep quotes": _body("「 a: ", " 」 - - - - - - - "),
    "&amp; chains": _body("&amp;"),
    "references": _body("&#38;"),
    "@ and a name": _body("@a "),
    "@ alone": _body("@"),
    "@ and words": _body("@林秋 青禾 "),
    'quotes "': _body('"'),
    "[a](b chains": _body("[a](b"),
    "digits and colons": _body("12:34:56 "),
    "lines of them": _body("> 1:2:\n"),
    "front matter": _lines("---\n"),
    "blank lines": _body("   \n"),
    "emoji codes": _body("[强]"),
    "URLs": _body("http://a.cn/ "),
    "one URL": _body("http://a.cn/?", "&utm_a=1"),
}


class Cost(NamedTuple):
    """What a file took: seconds of the processor to parse and to load, and peak memory in MiB."""

    parse: float
    load: float
    peak: float


def measure(pages: Path, folder: Path) -> list[Figure]:
    """Grow every shape up to 64 MiB; ``pages`` are not needed."""
    del pages
    return [figure for shape in SHAPES for figure in of_shape(shape, folder, SIZES)]


def of_shape(shape: str, folder: Path, sizes: Sequence[float]) -> list[Figure]:
    """Seconds per MiB for each size, the greatest against the least, and what memory it takes."""
    costs = [cost(shape, size, folder) for size in sizes]
    figures = []
    for what in ("parse", "load"):
        each = [getattr(c, what) / size for c, size in zip(costs, sizes, strict=True)]
        for size, seconds in zip(sizes, each, strict=True):
            figures.append(Figure(f"{what} {shape}, {size:g} MiB", seconds, "s/MiB"))
        name = f"  {sizes[-1]:g} / {sizes[0]:g} MiB"
        figures.append(Figure(name, each[-1] / each[0], "×", f"≤ {LINEAR:g}"))
    return [*figures, Figure(f"  peak memory, {sizes[-1]:g} MiB", costs[-1].peak, "MiB")]


def cost(shape: str, size: float, folder: Path) -> Cost:
    """Parse and load a file of ``size`` MiB in a process of its own."""
    path = folder / "growing" / "_posts" / f"{DATE}-chat.markdown"
    path.parent.mkdir(parents=True, exist_ok=True)
    # not here: a process that is started counts our own memory as its peak
    _in_a_process("write", shape, str(size), str(path))
    return Cost(*json.loads(_in_a_process("cost", str(path))))


def _in_a_process(*arguments: str) -> str:
    command = [sys.executable, "-m", "tests.faults.growth", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _write(shape: str, size: str, path: str) -> None:
    text = SHAPES[shape](int(float(size) * MEBIBYTE))
    Path(path).write_text(text, "utf-8", newline="")


def _cost(path: str) -> None:
    content = Path(path).read_bytes()
    least = _least_seconds(partial(_parse, content))
    del content
    with tempfile.TemporaryDirectory(dir=Path(path).parent) as folder:
        loading = _least_seconds(lambda: _load(Path(path), Path(folder)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([least, loading, peak]))


def _least_seconds(run: Callable[[], object]) -> float:
    """The processor's seconds of a run; of a short one the least of several."""
    times: list[float] = []
    while not times or (sum(times) < LEAST_SECONDS and len(times) < 5):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times)


def _parse(content: bytes) -> None:
    # one of the shapes has no header
    with contextlib.suppress(PageError):
        parse_page(content, DATE)


def _load(path: Path, folder: Path) -> None:
    # the shapes may be some bytes longer than their size
    options = LoadOptions(paths=(path,), max_size=128 * MEBIBYTE)
    with (
        tempfile.TemporaryDirectory(dir=folder) as name,
        open_writable(Path(name) / "chats.db", create=True) as connection,
    ):
        load(connection, options, Watch())


if __name__ == "__main__":
    step, *arguments = sys.argv[1:]
    (_write if step == "write" else _cost)(*arguments)
