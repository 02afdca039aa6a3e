"""Guided by coverage, bytes that nobody would think of, through parsing, rows and the archive.

Needs `atheris`, in an environment of its own:

    python3 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris 'sqlite-utils>=4.2.1,<5'
    /tmp/fuzz/bin/python -m tests.faults.fuzz -max_total_time=600

Options are libFuzzer's; a folder named first keeps what was found to reach new code. What is
wrong stops the run with a traceback, and its bytes stay in a file `crash-…`: they become a case
of tests/golden. In the suite the same ``check`` runs on the seeds alone. (No RegEx hook: atheris
3.0's patterns take no `search(text, start, end)`. 840 seconds, 583,799 runs: nothing was found.)
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

LONGEST = 4096
TESTS = Path(__file__).parents[1]
SAMPLE = TESTS.parent / "etl" / "sample" / "source"
# What a page is made of: libFuzzer puts these in where bytes alone would take it too long.
WORDS = (
    "---\n", "date: 2031-02-03\n", "author: ", "lines: 7\n", "tag:\t\t  [chat]\n", "\n> 07:35:57  ",
    "> 23:59:59  x  \n   \n", "  \n   \n", "   \n", "\r\n", "\ufeff", "&amp;", "&amp;amp;lt;",
    "&lt;", "&#12345;", "&#0;", "&quot;", "![](http://a.cn/20310203_093754.png) ", "[a\n](http://b)",
    "[a\n]()", "[&amp;lt;a href=&amp;quot;", "&amp;quot; target=&amp;quot;_blank&amp;quot;&amp;gt;",
    "&amp;lt;/a&amp;gt;&lt;/td&gt;&lt;/tr&gt;\n](", "「 林: ", " 」 - - - - - - - - ",
    "@林秋-青禾?", "@所有人", "[强]", "https://mp.weixin.qq.com/s?__biz=1&mid=2&idx=1&sn=3#rd", "http://[::1",
    "\u3000", "\u2028", "\x85", "a\u0301", "\U0001f600", "協議",
)  # fmt: skip


def seeds() -> Iterator[bytes]:
    """Pages to start from: every golden case, and the sample."""
    for path in sorted([*TESTS.glob("golden/*/*.m*"), *SAMPLE.rglob("*.markdown")]):
        yield path.read_bytes()


def main() -> None:
    """Fuzz until libFuzzer's options, or a finding, say stop."""
    import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

    # not "RegEx", too: its patterns have no search(text, start, end)
    atheris.enabled_hooks.add("str")
    with atheris.instrument_imports(include=["etl", "db"]):
        from tests.faults.accounting import check
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start = folder / "seeds"
        start.mkdir()
        for number, content in enumerate(seeds()):
            (start / str(number)).write_bytes(content)
        dictionary = folder / "words"
        quoted = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in WORDS)
        dictionary.write_text("".join(f'"{word}"\n' for word in quoted), "ascii")
        options = [f"-max_len={LONGEST}", "-timeout=5", f"-dict={dictionary}"]
        atheris.Setup([sys.argv[0], *options, *sys.argv[1:], str(start)], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
