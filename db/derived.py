"""What is computed over the whole archive, in its tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

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


def set_mention_names(
    connection: sqlite3.Connection, names: Iterable[tuple[str | None, int, int]]
) -> None:
    """Write mentions' names, each as ``(name, message id, position of the @)``.

    The speaker is the one of exactly that name.
    """
    connection.executemany(
        "update mentions set name = ? where message_id = ? and position = ?", names
    )
    connection.execute(
        "update mentions set speaker_id = (select id from speakers where speakers.name ="
        " mentions.name) where speaker_id is not"
        " (select id from speakers where speakers.name = mentions.name)"
    )
