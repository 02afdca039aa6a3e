"""The pages that were shared: how often, and by whom first."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple


class SharedPage(NamedTuple):
    """A page with its first share; the canned query ``most-shared-links`` tells the same."""

    id: int
    url: str
    title: str | None
    host: str
    shares: int
    first_key: str
    first_shared: str
    first_speaker: str | None


def shared_pages(connection: sqlite3.Connection, host: str | None) -> list[SharedPage]:
    """The pages of a host or of all, the most shared first."""
    return list(map(SharedPage._make, connection.execute(_PAGES, {"host": host})))


_PAGES = """
with shared as (
  select l.id, l.url, l.title, l.host, m.key, m.sent_at, m.speaker_id,
         count(*) over (partition by l.id) as shares,
         row_number() over (partition by l.id order by m.sent_at, m.key, t.ordinal) as number
  from links l
  join message_links t on t.link_id = l.id
  join messages m on m.id = t.message_id
  where :host is null or l.host = :host
)
select h.id, h.url, h.title, h.host, h.shares, h.key, h.sent_at, ifnull(p.name, s.name)
from shared h
left join speakers s on s.id = h.speaker_id
left join people p on p.id = s.person_id
where h.number = 1
order by h.shares desc, h.sent_at, h.url
"""
