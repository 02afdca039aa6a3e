"""Tags: the words that a page's front matter files its day under."""

from __future__ import annotations

from db.rows import TagRow
from etl.records import PageRecord


def to_tag_rows(page: PageRecord) -> list[TagRow]:
    """The day's tags, each once."""
    return [TagRow(name) for name in page.front_matter.tags]
