"""Invented pages, written as the exporter writes them."""

from __future__ import annotations

from pathlib import Path

FRONT_MATTER = (
    "---\n"
    "layout:     source \n"
    'title:      "{date}-WeChat"\n'
    "date:       {date} 12:00:00\n"
    "author:     None\n"
    "lines:      {lines} \n"
    "tag:       [chat]\n"
    "---\n"
)
DATE = "2031-02-03"
LIN = "林秋-青禾银行-产品-上海"


def message(time: str, speaker: str, body: str | None) -> str:
    written = f"> {time}  {speaker}  \n   \n"
    return written if body is None else f"{written}{body}  \n   \n"


def page(*messages: str, date: str = DATE) -> str:
    return FRONT_MATTER.format(date=date, lines=len(messages)) + "".join(messages)


def write_page(
    folder: Path, *messages: str, room: str = "team", date: str = DATE, content: bytes | None = None
) -> Path:
    path = folder / room / "_posts" / f"{date}-chat.markdown"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(page(*messages, date=date).encode() if content is None else content)
    return path
