"""See whether the archive works in the alphas of Datasette 1.0: python -m tests.next_datasette.

The newest one is installed into an environment of its own, in a temporary folder. The sample is
served there with metadata.json as its configuration (`-c`); with it as metadata as well (`-m`),
which titles and descriptions need there; and where nobody may see it. Prints one line per address;
exits with 1 if an answer is wrong.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

ROOT = Path(__file__).parent.parent
METADATA = ROOT / "metadata.json"
DATASETTE = "datasette>=1.0a1"
START_SECONDS = 30


class Expected(NamedTuple):
    """An address, and pieces of what it answers."""

    address: str
    texts: tuple[str, ...] = ()
    status: int = 200


WORD = quote("代扣")
CHAT = ("/chats/-/chat", "/chats/-/chat/prodarch", "/chats/-/chat/prodarch/2018-09-18")
PICTURE = "/chats/-/picture/20180918_193540~2Epng"
WORKS = [
    Expected("/", ("/chats",)),
    Expected("/chats", ("Busiest days", 'href="/chats/-/chat">Read as a chat</a>', "tables.css")),
    Expected("/chats/messages", ('name="_search"', 'href="/chats/-/chat/', ">2019-")),
    Expected(f"/chats/messages?_search={WORD}", ("<mark>代扣</mark>",)),
    Expected(f"/chats/messages?_search={quote('扣')}", ("<mark>扣</mark>",)),
    Expected(f"/chats/messages.json?_search={WORD}&_shape=array", ('"key"',)),
    Expected(f"/chats/messages?_search={WORD}&_searchmode=raw"),
    Expected("/chats/messages?_search=(%22"),
    Expected("/chats/messages?_search="),
    Expected("/chats/days", (">prodarch</a>",)),
    Expected("/chats/people", ('href="/chats/-/person/',)),
    Expected("/chats/message_images", ('<a class="thumbnail"',)),
    Expected("/chats/mention_candidates"),
    Expected("/chats/top-speakers?limit=1", ("20 if left empty", 'href="/chats/-/person/')),
    Expected(CHAT[0], ("Chat archive",)),
    Expected(CHAT[1], ("2018-09-18",)),
    Expected(CHAT[2], ("协议支付",)),
    Expected("/chats/-/chat/prodarch/feed.atom", ("<feed",)),
    Expected(f"/chats/-/search?q={WORD}", ("<mark>代扣</mark>",)),
    Expected("/chats/-/people", ('href="/chats/-/person/',)),
    Expected("/chats/-/person/Kevin+Wu", ("Newest messages",)),
    Expected("/chats/-/pictures", ("Pictures",)),
    Expected("/chats/-/links", ("Hosts",)),
    Expected("/chats/-/insights", ("Messages per month",)),
    Expected("/chats/-/chat/prodarch/1999-01-01", status=404),
    Expected("/nothing/-/chat", status=404),
    Expected(PICTURE),
    Expected("/-/static-plugins/wechat-to-sqlite/tables.css", (".thumbnail",)),
]
DESCRIBED = [
    Expected("/", ("Chat archive", 'href="chats/-/chat"')),
    Expected("/chats", ("Chat archive", 'href="chats/-/chat"')),
    Expected("/chats/messages", ("<h1>Messages", "wall clock")),
]
FORBIDDEN = [Expected(address, status=403) for address in ("/chats/messages", *CHAT, PICTURE)]


def main() -> int:
    """Install, load, serve and ask; 1 if an answer is wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        programs = _installed(folder / "environment")
        archive = folder / "chats.db"
        subprocess.run([programs / "etl", "load", "--sample", "-q", "--db", archive], check=True)
        subprocess.run([programs / "datasette", "--version"], check=True)
        database = {"databases": {"chats": {"allow": False}}}
        checks: list[tuple[list[tuple[str, Path]], list[Expected]]] = [
            ([("-c", METADATA)], WORKS),
            ([("-c", METADATA), ("-m", METADATA)], [*WORKS, *DESCRIBED]),
            ([("-c", _written(folder / "no-chats.json", database))], FORBIDDEN),
            ([("-c", _written(folder / "nothing.json", {"allow": False}))], FORBIDDEN),
        ]
        wrong = 0
        for options, expected in checks:
            said = " ".join(f"{option} {path.name}" for option, path in options)
            print(f"datasette chats.db {said}", flush=True)
            with _served(programs, archive, options) as base:
                wrong += sum(not _is_right(base, one) for one in expected)
    print(f"{wrong} wrong" if wrong else "all right")
    return int(wrong > 0)


def _written(path: Path, config: object) -> Path:
    path.write_text(json.dumps(config), "utf-8")
    return path


def _installed(environment: Path) -> Path:
    """The folder of programs of a new environment with the project and the next Datasette."""
    venv.create(environment, with_pip=True)
    programs = environment / "bin"
    needed = [
        one
        for one in requires("wechat-to-sqlite") or ()
        if "extra ==" not in one and not one.startswith("datasette")
    ]
    pip: list[str | Path] = [programs / "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--pre", DATASETTE], check=True)
    subprocess.run([*pip, *needed], check=True)
    subprocess.run([*pip, "--no-deps", ROOT], check=True)
    return programs


@contextlib.contextmanager
def _served(programs: Path, archive: Path, options: list[tuple[str, Path]]) -> Iterator[str]:
    """The address under which Datasette serves the archive."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    log = archive.with_suffix(".log")
    with log.open("wb") as out:
        command: list[str | Path] = [programs / "datasette", archive, "-p", str(port)]
        command += [one for option in options for one in option]
        server = subprocess.Popen(command, stdout=out, stderr=out, cwd=archive.parent)
    base = f"http://127.0.0.1:{port}"
    try:
        started = time.monotonic()
        while _answer(f"{base}/-/versions.json")[0] == 0:
            if server.poll() is not None or time.monotonic() - started > START_SECONDS:
                raise RuntimeError(f"Datasette does not start: {log.read_text('utf-8')}")
            time.sleep(0.1)
        yield base
    finally:
        server.terminate()
        server.wait()


def _is_right(base: str, expected: Expected) -> bool:
    """Ask, and print what comes of it."""
    status, text = _answer(base + expected.address)
    missing = [one for one in expected.texts if one not in text]
    right = status == expected.status and not missing
    without = f"  without {', '.join(missing)}" if missing else ""
    print(f"{'ok   ' if right else 'WRONG'} {status} {expected.address}{without}", flush=True)
    return right


def _answer(address: str) -> tuple[int, str]:
    """Status and text; status 0 if nobody answers."""
    try:
        with urllib.request.urlopen(address) as response:
            return response.status, response.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode("utf-8", "replace")
    except urllib.error.URLError:
        return 0, ""


if __name__ == "__main__":
    sys.exit(main())
