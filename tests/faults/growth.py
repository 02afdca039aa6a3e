"""How parsing and loading grow with the size of a file: for usual pages and hostile shapes.

Linear means that a mebibyte of a file of 64 MiB takes about what one of 1 MiB takes. Each file
is parsed, and loaded, in a process of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import contextlib
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from db.writable import open_writable
from etl.load import load
from etl.run import LoadOptions
from etl.sources.errors import PageError
from etl.sources.wechat_markdown import parse_page
from tests.bench.figures import Figure
from tests.faults.archives import Torn
from tests.faults.mutations import Watch
from tests.pages import DATE, LIN, WANG, message, page

MEBIBYTE = 1024 * 1024
SIZES = (1, 4, 16, 64)
# Loading takes as many times longer than parsing as there are rows: some shapes half an hour.
LOADED_SIZES = (1, 4)
LOADED_WHOLE = ("usual messages",)
LINEAR = 1.5
LINEAR_GOAL = f"≤ {LINEAR:g}"
# Shorter times are measured several times, and the least counts.
LEAST_SECONDS = 0.5

WORDS = "清算文件每天凌晨两点出，@王敏-云帆-产品-北京?早了没有[强] https://example.com/a?b=1"


def _usual(size: int) -> str:
    """Messages as people write them, some thousand to a mebibyte."""
    kinds = (WORDS, "好", "![2031-02-03 09:37:54](http://example.com/20310203_093754.png) ", None)
    one = [message(f"07:{n % 60:02}:00", (LIN, WANG)[n % 2], kinds[n % 4]) for n in range(240)]
    whole = "".join(one)
    return page(*([whole] * max(size // len(whole.encode()), 1)))


def _in_one_second(body: str, other: str = "早") -> Callable[[int], str]:
    """Two who write in turns, all in the same second."""
    both = message("07:00:00", LIN, body) + message("07:00:00", WANG, other)
    return lambda size: page(both * (size // len(both.encode())))


def _names(body: str) -> Callable[[int], str]:
    """Everybody writes once: ``body``, in which ``{}`` is the name of the one before."""

    def written(size: int) -> str:
        one = message("07:00:00", "甲0000000-青禾银行-产品-上海", body)
        many = size // len(one.encode())
        names = [f"甲{n:07}-青禾银行-产品-上海" for n in range(many)]
        return page(*(message(f"{n % 24:02}:00:00", name, body.replace("{}", names[n - 1]))
                      for n, name in enumerate(names)))  # fmt: skip

    return written


def _body(unit: str, closing: str = "") -> Callable[[int], str]:
    """One message whose body is ``unit`` again and again, then ``closing`` as often."""

    def written(size: int) -> str:
        many = size // len((unit + closing).encode())
        return page(message("07:00:00", LIN, unit * many + closing * many))

    return written


def _lines(unit: str) -> Callable[[int], str]:
    """A page of nothing but ``unit`` again and again."""
    return lambda size: page(unit * (size // len(unit.encode())))


# The usual one and what once was worst come first.
SHAPES: dict[str, Callable[[int], str]] = {
    "usual messages": _usual,
    "bare headers": _lines("> 07:00:00\n"),
    "signs that normal form makes longer (㌖)": _body("㌖"),
    "a name per message, mentioned": _names("@{}?早"),
    "a name per message, quoted": _names(f"「{{}}：早」 {'- ' * 15}好"),
    "mentions in one second": _in_one_second(f"@{WANG}?早"),
    "quotes in one second": _in_one_second(f"「{WANG}：早」 {'- ' * 15}好"),
    "one giant line of Chinese": _body("支"),
    "@ and words": _body("@林秋 青禾 "),
    "emoji codes": _body("[强]"),
    "questions in one second": _in_one_second("早吗？"),
    "a name per message": _names("早"),
    "headers that are no time": _lines("> 99:99:99  x\n"),
    "one giant line": _body("a"),
    "combining marks": _body("\u0301"),
    "deep brackets": _body("[", "]"),
    "deep quotes": _body("「 a: ", " 」 - - - - - - - "),
    "&amp; chains": _body("&amp;"),
    "references": _body("&#38;"),
    "@ and a name": _body("@a "),
    "@ alone": _body("@"),
    'quotes "': _body('"'),
    "[a](b chains": _body("[a](b"),
    "digits and colons": _body("12:34:56 "),
    "lines of them": _body("> 1:2:\n"),
    "front matter": _lines("---\n"),
    "blank lines": _body("   \n"),
    "URLs": _body("http://a.cn/ "),
    "one URL": _body("http://a.cn/?", "&utm_a=1"),
}


class Cost(NamedTuple):
    """What a file took: seconds of the processor to parse and to load, and peak memory in MiB."""

    parse: float
    load: float
    peak: float


def measure(folder: Path, shapes: int | None = None, mib: int = SIZES[-1]) -> Iterator[Figure]:
    """Grow the first so many shapes up to so many MiB. Raises Torn, at the end, if one curves."""
    faults = []
    for shape in list(SHAPES)[:shapes]:
        loaded = SIZES if shape in LOADED_WHOLE else LOADED_SIZES
        for figure in of_shape(shape, folder, _up_to(mib, SIZES), _up_to(mib, loaded)):
            yield figure
            if curves(figure):
                faults.append(f"{shape}:{figure.name} takes {figure.value:.2f} times as long a MiB")
    if faults:
        raise Torn("\n".join(faults))


def curves(figure: Figure) -> bool:
    """Whether it says that time grows faster than the size."""
    return figure.goal == LINEAR_GOAL and figure.value > LINEAR


def _up_to(mib: int, sizes: Sequence[float]) -> list[float]:
    return [size for size in sizes if size <= mib]


def of_shape(
    shape: str, folder: Path, sizes: Sequence[float], loaded: Sequence[float]
) -> Iterator[Figure]:
    """Seconds per MiB for each size, the greatest against the least, and what memory it takes."""
    costs = {size: cost(shape, size, folder, load=size in loaded) for size in sizes}
    yield from _seconds(f"parse {shape}", {size: costs[size].parse for size in sizes})
    yield from _seconds(f"load {shape}", {size: costs[size].load for size in loaded})
    yield Figure(f"  peak memory, {loaded[-1]:g} MiB", costs[loaded[-1]].peak, "MiB")


def _seconds(name: str, by_size: dict[float, float]) -> list[Figure]:
    each = {size: seconds / size for size, seconds in by_size.items()}
    least, most = min(each), max(each)
    return [
        *(Figure(f"{name}, {size:g} MiB", seconds, "s/MiB") for size, seconds in each.items()),
        Figure(f"  {most:g} / {least:g} MiB", each[most] / each[least], "×", LINEAR_GOAL),
    ]


def cost(shape: str, size: float, folder: Path, *, load: bool = True) -> Cost:
    """Parse, and load, a file of ``size`` MiB in a process of its own."""
    path = folder / "growing" / "_posts" / f"{DATE}-chat.markdown"
    path.parent.mkdir(parents=True, exist_ok=True)
    # not here: a process that is started counts our own memory as its peak
    _in_a_process("write", shape, str(size), str(path))
    return Cost(*json.loads(_in_a_process("cost" if load else "parse", str(path))))


def _in_a_process(*arguments: str) -> str:
    command = [sys.executable, "-m", "tests.faults.growth", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _write(shape: str, size: str, path: str) -> None:
    text = SHAPES[shape](int(float(size) * MEBIBYTE))
    Path(path).write_text(text, "utf-8", newline="")


def _cost(step: str, path: str) -> None:
    # as a load does: it would look at all records again and again
    gc.disable()
    content = Path(path).read_bytes()
    parsing, loading = _least_seconds(partial(_parse, content)), 0.0
    del content
    if step == "cost":
        with tempfile.TemporaryDirectory(dir=Path(path).parent) as folder:
            loading = _least_seconds(lambda: _load(Path(path), Path(folder)))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([parsing, loading, peak]))


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
    if step == "write":
        _write(*arguments)
    else:
        _cost(step, *arguments)
