from __future__ import annotations

import http.client
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SAMPLE, Command, assert_sound, query

CHATS = Path(sys.executable).with_name("chats")


@pytest.fixture
def sample(etl: Command, db: Path) -> Path:
    assert etl("load", "--sample", "-q").code == 0
    return db


class Served:
    """`chats serve` in a process of its own, on a port of its own."""

    def __init__(self, *options: object):
        command = [str(CHATS), "serve", "--port", "0", *map(str, options)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        found = re.search(r"http://(\S+?)(:\d+)/", self.said)
        assert found, self.process.communicate()
        self.host = found[1] + found[2]

    def get(self, address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection(self.host)
        connection.request("GET", address, headers=headers)
        response = connection.getresponse()
        answer = response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        connection.close()
        return answer

    def end(self, sign: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        self.process.send_signal(sign)
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


@pytest.fixture
def serve() -> Iterator[Any]:
    served: list[Served] = []

    def start(*options: object) -> Served:
        served.append(Served(*options))
        return served[-1]

    yield start
    for one in served:
        one.process.kill()
        one.process.communicate()


def test_the_front_page_leads_to_the_chat_and_ctrl_c_ends_it(sample: Path, serve: Any) -> None:
    served = serve("--db", sample)
    assert served.said == f"{sample} is at http://{served.host}/ (Ctrl-C ends it)\n"
    status, headers, _ = served.get("/")
    assert (status, headers["location"]) == (302, "/chats/-/chat")
    status, _, body = served.get("/chats/-/chat")
    assert status == 200
    assert "产品与架构" in body.decode()
    # Datasette is there with what metadata.json says, and without what was not asked for
    assert "Who wrote most" in served.get("/chats/top-speakers")[2].decode()
    assert served.get("/chats.db")[0] == 403
    assert served.get("/chats/-/download")[0] == 403
    assert served.end() == (130, "", "")


def test_what_is_given_is_served(sample: Path, serve: Any, tmp_path: Path) -> None:
    odd = tmp_path / "聊天.记录 x.db"
    shutil.copy(sample, odd)
    folder = tmp_path / "pictures"
    folder.mkdir()
    shutil.copy(SAMPLE / "img" / "20180918_193540.png", folder / "20180116_193639.png")
    served = serve("--db", odd, "--download", "--images", folder)
    home = served.get("/")[1]["location"]
    assert served.get(home)[0] == 200
    database = home.removesuffix("/-/chat")
    status, _, body = served.get(f"{database}/-/download")
    copy = tmp_path / "copy.db"
    copy.write_bytes(body)
    assert status == 200
    assert_sound(copy)
    assert query(copy, "select * from messages") == query(odd, "select * from messages")
    assert served.get(f"{database}/-/picture/20180116_193639~2Epng")[2] == (
        (SAMPLE / "img" / "20180918_193540.png").read_bytes()
    )
    assert served.end(signal.SIGTERM)[0] == 143


def test_pages_are_sent_safely(sample: Path, serve: Any) -> None:
    served = serve("--db", sample)
    day = "/chats/-/chat/prodarch/2018-09-18"
    status, headers, plain = served.get(day)
    assert status == 200
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "img-src 'self';" in policy
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    status, headers, compressed = served.get(day, **{"accept-encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert len(compressed) < len(plain) / 2


def test_only_this_machine_may_ask_unless_told_otherwise(sample: Path, serve: Any) -> None:
    served = serve("--db", sample)
    assert served.get("/", host="chats.example.org")[0] == 421
    assert served.get("/", host="localhost:8001")[0] == 302
    assert served.end()[2] == ""
    open_to_all = serve("--db", sample, "--host", "0.0.0.0")
    assert open_to_all.get("/", host="chats.example.org")[0] == 302
    code, _, said = open_to_all.end()
    assert code == 130
    assert said.startswith("warning: whoever can reach this machine (0.0.0.0) can read the whole")


def test_what_cannot_be_served_is_said_in_a_line(
    sample: Path, chats: Command, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = chats("serve", "--port", port)
    assert (result.code, result.out) == (1, "")
    assert f"cannot listen on 127.0.0.1, port {port}: Address already in use" in result.err
    assert chats("serve", "--db", tmp_path / "none.db").code == 1
    assert chats("serve", "--images", tmp_path / "none").code == 2
    assert "--host no.such.name.invalid" in chats("serve", "--host", "no.such.name.invalid").err
    odd = tmp_path / "what?.db"
    shutil.copy(sample, odd)
    result = chats("serve", "--db", odd)
    assert (result.code, result.err.count("\n")) == (1, 1)
    assert "another name" in result.err
