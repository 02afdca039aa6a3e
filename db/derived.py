"""What is computed over the whole archive, in its tables."""

from __future__ import annotations

import sqlite3

_TITLE_LINKS = """
update links set title = first.title
from (
  select l.id, (
    select t.title from message_links t join messages m on m.id = t.message_id
    where t.link_id = l.id and t.title <> '' order by m.sent_at, m.key, t.ordinal limit 1
  ) as title
  from links l
) as first
where first.id = links.id and links.title is not first.title
"""


def title_links(connection: sqlite3.Connection) -> None:
    """Give each link the title it was first shared under."""
    connection.execute(_TITLE_LINKS)
