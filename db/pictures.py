"""Pictures by month: when each was shown first there, by whom, and how often."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from db.profiles import Count


class ShownPicture(NamedTuple):
    """A picture as shown first in a month, and its messages there; a notice has no speaker.

    One file may be several messages' within a second: the exporter names them by the second.
    """

    key: str
    sent_at: str
    room: str
    speaker: str | None
    nickname: str | None
    name: str
    url: str
    times: int


def picture_months(connection: sqlite3.Connection, room: str | None) -> list[Count]:
    """The months (YYYY-MM) that have pictures and how many, in their order; of a room or of all."""
    return list(map(Count._make, connection.execute(_MONTHS, {"room": room})))


def pictures_of_month(
    connection: sqlite3.Connection, month: str, room: str | None
) -> list[ShownPicture]:
    """The pictures of a month (YYYY-MM) in the order of time; of a room or of all."""
    values = {"from": f"{month}-01", "until": f"{month}-31", "room": room}
    return list(map(ShownPicture._make, connection.execute(_PICTURES, values)))


def picture_rooms(connection: sqlite3.Connection) -> list[tuple[str, str | None]]:
    """The rooms that have pictures: short name and title."""
    return connection.execute(_ROOMS).fetchall()


_MONTHS = """
select substr(d.date, 1, 7) as month, count(distinct t.image_id)
from message_images t
join messages m on m.id = t.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where :room is null or r.slug = :room
group by month order by month
"""
# The cross joins keep SQLite at the month's days: it would begin with all pictures.
_PICTURES = """
with shown as (
  select m.id, m.key, m.sent_at, r.slug, s.name as speaker, s.nickname, t.image_id, t.image_url_id,
         count(*) over (partition by t.image_id) as times,
         row_number() over (partition by t.image_id order by m.sent_at, m.id) as number
  from days d
  cross join rooms r on r.id = d.room_id
  cross join messages m on m.day_id = d.id
  cross join message_images t on t.message_id = m.id
  left join speakers s on s.id = m.speaker_id
  where d.date between :from and :until and (:room is null or r.slug = :room)
)
select h.key, h.sent_at, h.slug, h.speaker, h.nickname, i.name, u.url, h.times
from shown h
join images i on i.id = h.image_id
join image_urls u on u.id = h.image_url_id
where h.number = 1
order by h.sent_at, h.id
"""
_ROOMS = """
select r.slug, r.title from rooms r
where exists (
  select 1
  from days d
  join messages m on m.day_id = d.id
  join message_images t on t.message_id = m.id
  where d.room_id = r.id
)
order by r.slug
"""
