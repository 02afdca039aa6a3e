"""Write traditional.tsv: `make traditional` (needs the `data` extra).

From OpenCC's TSCharacters (Apache-2.0): each traditional character with its first simplified
one. Characters only: OpenCC's phrases would let the same character become two different ones.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import opencc

HEADER = "# Made by db/text_index/make_traditional.py from OpenCC (Apache-2.0): do not edit.\n"
IDEOGRAPHS = (range(0x3400, 0xA000), range(0x20000, 0x32000))


def pairs() -> dict[str, str]:
    """Each traditional character with the simplified one, followed to its end (薴 → 苧 → 苎)."""
    convert = opencc.OpenCC("t2s").convert
    characters = [chr(code) for block in IDEOGRAPHS for code in block]
    found = {c: convert(c) for c in characters if unicodedata.is_normalized("NFKC", c)}
    found = {c: s for c, s in found.items() if len(s) == 1 and s != c}
    return {c: found.get(s, s) for c, s in found.items()}


if __name__ == "__main__":
    lines = [f"{traditional}\t{simplified}\n" for traditional, simplified in pairs().items()]
    Path(__file__).with_name("traditional.tsv").write_text(HEADER + "".join(lines), "utf-8")
