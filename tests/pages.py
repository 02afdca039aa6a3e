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
WANG = "王敏-云帆-产品-北京"
# One person: a new job, then another writing of it, which others quote and mention.
ZHOU, ZHOU_LATER = "周叙白-青禾银行-架构-杭州", "周叙白-木石科技-架构-杭州"
ZHOU_QUOTED, ZHOU_MENTIONED = "老周-木石-架构-杭州", "周叙白-木石-架构-杭州"
LATER = "2031-06-01"
WORDS = "清算文件每天凌晨两点出，早了没有"


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


def write_renamed(folder: Path) -> None:
    """Somebody under four names: two over messages, one in quotes, one behind an @."""
    quoted = f"「{ZHOU_QUOTED}:{WORDS}」 {'- ' * 15}"
    write_page(folder, message("07:00:00", ZHOU, "早"), message("07:10:00", LIN, "早"))
    write_page(
        folder,
        message("07:00:00", ZHOU_LATER, "谁有清算文件的样例？"),
        message("07:10:00", LIN, f"@{ZHOU_MENTIONED}?我有"),
        message("07:20:00", ZHOU_LATER, WORDS),
        message("08:10:00", LIN, f"{quoted}好"),
        message("08:20:00", WANG, f"{quoted}收到"),
        message("08:30:00", ZHOU_LATER, f"@{LIN}?谢谢[强]"),
        message("08:31:00", "", "有人加入了群聊"),
        date=LATER,
    )
