from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.sources.wechat_markdown.escaping import escape_depth, unescape


@pytest.mark.parametrize(
    ("written", "levels", "read"),
    [
        ("A--&gt;B", 1, "A-->B"),
        ("A--&amp;gt;B", 2, "A-->B"),
        ("A--&amp;gt;B", 1, "A--&gt;B"),
        ("&amp;amp;nbsp;", 2, "&nbsp;"),
        ("?a=1&amp;copy=2", 1, "?a=1&copy=2"),
        ("?a=1&copy=2", 2, "?a=1&copy=2"),
        ("&amp;#165;", 2, "¥"),
        ("&#0; &#55296; &#1114112;", 1, "&#0; &#55296; &#1114112;"),
        ("&#x41;&apos;", 1, "&#x41;&apos;"),
        ("&quot;", 1, '"'),
        ("&amp;lt;", 0, "&amp;lt;"),
    ],
)
def test_exactly_so_many_levels_are_undone(written: str, levels: int, read: str) -> None:
    assert unescape(written, levels) == read


@pytest.mark.parametrize(
    ("bodies", "depth"),
    [
        ([], 2),
        (["nothing to see"], 2),
        (["A-->B"], 0),
        (["Q&A"], 0),
        (["A--&gt;B"], 1),
        (["Q&amp;A"], 1),
        (["&amp;nbsp;"], 1),
        (["A--&amp;gt;B"], 2),
        (["&amp;amp;nbsp;"], 2),
        (["&amp;amp;amp;amp;"], 2),
        (['"bare quotes" tell nothing'], 2),
        (["&quot; escaped ones neither &amp;quot;"], 2),
        (["&amp;gt;", "&gt;"], 1),
        (["&#165;"], 1),
        (["&amp;#165;"], 2),
    ],
)
def test_depth_is_the_least_that_any_sign_shows(bodies: list[str], depth: int) -> None:
    assert escape_depth(bodies) == depth


@given(st.text(), st.integers(0, 2))
def test_escaping_is_undone(text: str, depth: int) -> None:
    written = text
    for _ in range(depth):
        written = html.escape(written, quote=False)
    # numeric references are undone too, even if somebody typed one: leave those aside
    if "#" not in text:
        plain = text if depth else unescape(text, 0)
        assert unescape(written, depth) == plain
