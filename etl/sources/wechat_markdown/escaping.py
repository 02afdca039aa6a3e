"""HTML escaping as the exporters of the years did it: none, once or twice, the same in a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

DEEPEST = 2

# What the exporters escaped. Never html.unescape(): it turns the `&copy` of `?a=1&copy=2` into ©.
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot)|#([0-9]{1,7}));")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"'}

# One sign that was typed: bare, or behind as many `amp;` as there were further levels.
# Quotes are no evidence: one exporter never escaped them.
_SIGN = re.compile(r"[<>]|&((?:amp;)*)(lt;|gt;|quot;|#[0-9]+;)?")


def unescape(text: str, levels: int) -> str:
    """Undo exactly ``levels`` levels of escaping: more would eat what people typed."""
    for _ in range(levels):
        if "&" not in text:
            break
        text = _REFERENCE.sub(_character, text)
    return text


def escape_depth(bodies: Iterable[str]) -> int:
    """The least depth of any sign in a file's text bodies, at most 2; 2 where nothing tells."""
    return min(
        (
            _depth(match)
            for body in bodies
            if "&" in body or "<" in body or ">" in body
            for match in _SIGN.finditer(body)
        ),
        default=DEEPEST,
    )


def _depth(match: re.Match[str]) -> int:
    levels, reference = match.groups()
    if levels is None:
        return 0
    if reference == "quot;":
        return DEEPEST
    return min(len(levels) // len("amp;") + (reference is not None), DEEPEST)


def _character(match: re.Match[str]) -> str:
    name, number = match.groups()
    if name:
        return _NAMED[name]
    code = int(number)
    # NUL and surrogates are in no text; what stands there was typed
    if code == 0 or code > 0x10FFFF or 0xD800 <= code < 0xE000:
        return match[0]
    return chr(code)
