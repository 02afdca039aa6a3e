"""The Markdown page of a WeChat group and day, as the exporter wrote it into a Jekyll site.

One template renders every page: front matter, then per message a header
``> HH:MM:SS␣␣NAME␣␣``, a line of three spaces, the body, a line of three spaces. What a body
can be differs between exporters (``bodies``), and so does the depth of its HTML escaping
(``escaping``).
"""

from etl.sources.wechat_markdown.page import NAME, parse_page, render_page

__all__ = ["NAME", "parse_page", "render_page"]
