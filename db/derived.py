"""What is computed over the whole archive, in its tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from db import checks, counts
from db.people import voices

_TITLE_LINKS = """
update links set title = first.title
from (
  select l.id, (
    select t.title from message_links t join messages m on m.id = t.message_id
    where t.link_id = l.id and t.title <> '' order by m.sent_at, m.key, t.ordinal limit 1
  ) as title
  from links l
  where {which}
) as first
where first.id = links.id and links.title is not first.title
"""

_ON_DAYS = """
l.id in (
  select t.link_id from messages m cross join message_links t on t.message_id = m.id
  where m.day_id in (select value from json_each(:days))
)
"""

# Where nothing gives what is derived, nobody would look.
_FORGET = (
    "update messages set reply_to = null where reply_to is not null"
    " and id not in (select message_id from quotes)",
    "update mentions set speaker_id = null where name is null and speaker_id is not null",
    "delete from inferred_replies",
)


def renew(connection: sqlite3.Connection) -> None:
    """Make anew what follows from other rows alone: indexes, and what days say of their messages.

    Of what `etl people` finds out, take out what it would not look at.
    """
    for one, is_there in list(checks.schema_differences(connection)):
        if one.type in ("index", "view") and not is_there:
            connection.execute(one.sql)
    connection.execute("reindex")
    counts.renew(connection)
    voices.forget(connection)
    for statement in _FORGET:
        connection.execute(statement)


def title_links(connection: sqlite3.Connection, days: Collection[int] | None) -> None:
    """Give each link, or each on these pages, the title it was first shared under."""
    if days is None:
        connection.execute(_TITLE_LINKS.format(which="true"))
    else:
        values = {"days": json.dumps(sorted(days))}
        connection.execute(_TITLE_LINKS.format(which=_ON_DAYS), values)
