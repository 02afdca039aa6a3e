"""Each folder of tests/golden is a case of the format: a page, and what it says."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from db.rows import DayRows, EmojiRow, ImageRow, LinkRow, MentionRow, QuoteRow
from etl.jobs import to_rows
from etl.records import PageRecord
from etl.sources.errors import PageError
from etl.sources.wechat_markdown import parse_page, render_page

GOLDEN = Path(__file__).with_name("golden")


@pytest.mark.parametrize("case", sorted(GOLDEN.iterdir()), ids=lambda case: case.name)
def test_page_says_what_is_expected(case: Path) -> None:
    (path,) = (file for file in case.iterdir() if file.name != "expected.json")
    expected = json.loads(case.joinpath("expected.json").read_text("utf-8"))
    content = path.read_bytes()
    date = path.name[:10]
    if "error" in expected:
        with pytest.raises(PageError) as raised:
            parse_page(content, date)
        assert {"error": str(raised.value)} == expected
        return
    page = parse_page(content, date)
    assert describe(page, to_rows(page, "team", date)) == expected
    assert render_page(page) == content


def describe(page: PageRecord, rows: DayRows) -> dict[str, Any]:
    """What a page says, as expected.json writes it: whatever is empty is left out."""
    front = page.front_matter
    return without_empty(
        {
            "title": front.title,
            "presenter": front.presenter,
            "declared_lines": front.declared_lines,
            "tags": list(front.tags),
            "escape_depth": page.escape_depth,
            "newline": "CRLF" if page.newline == "\r\n" else None,
            "byte_order_mark": page.byte_order_mark or None,
            "messages": describe_messages(rows),
            "rejects": [
                {
                    "line": reject.first_line,
                    "position": reject.position,
                    "reason": reject.reason,
                    "content": reject.content.decode("utf-8", "backslashreplace"),
                }
                for reject in rows.rejects
            ],
        }
    )


def describe_messages(rows: DayRows) -> list[dict[str, Any]]:
    family: defaultdict[int, dict[str, Any]] = defaultdict(
        lambda: {"links": [], "mentions": [], "emoji": {}}
    )
    for row in (row for family_rows in rows.families.values() for row in family_rows):
        match row:
            case ImageRow(position, name, taken_at, url):
                family[position]["image"] = {"name": name, "taken_at": taken_at, "url": url}
            case LinkRow(position, _, canonical, host, url, title):
                link = {"url": url, "canonical": canonical, "host": host, "title": title}
                family[position]["links"].append(without_empty(link))
            case QuoteRow(position, name, text, reply):
                family[position]["quote"] = {"name": name, "text": text, "reply": reply}
            case MentionRow(position, at):
                family[position]["mentions"].append(at)
            case EmojiRow(position, code, _, count):
                family[position]["emoji"][code] = count
    return [
        {
            "key": message.key.removeprefix("team/"),
            "speaker": message.speaker,
            "kind": message.kind,
            "text": message.text,
            "lines": [message.first_line, message.last_line],
            **without_empty(family[message.position]),
        }
        for message in rows.messages
    ]


def without_empty(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, [], {})}
