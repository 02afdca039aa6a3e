"""Everybody who wrote something, and who of them has a name with some part."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from db.text_index import normalize


class Listed(NamedTuple):
    """Somebody, with their messages and their first and last day."""

    name: str
    company: str | None
    messages: int
    first_day: str
    last_day: str
    id: int


def everybody(connection: sqlite3.Connection, part: str = "") -> list[Listed]:
    """Who has that part in any of their names, the most talkative first."""
    found = list(map(Listed._make, connection.execute(_EVERYBODY)))
    wanted = normalize(part.strip())
    if not wanted:
        return found
    ids = {id_ for name, id_ in connection.execute(NAMES) if wanted in normalize(name)}
    return [one for one in found if one.id in ids]


_EVERYBODY = """
with spoken as (
  select x.speaker_id, sum(x.messages) as messages, min(d.date) as first_day,
         max(d.date) as last_day
  from days d join speaker_days x on x.day_id = d.id group by x.speaker_id
)
select ifnull(p.name, s.name) as who, iif(p.id is null, s.company, p.company),
       sum(t.messages) as messages, min(t.first_day), max(t.last_day), ifnull(p.id, s.id) as person
from spoken t
join speakers s on s.id = t.speaker_id
left join people p on p.id = s.person_id
group by person order by messages desc, who
"""
# Whose a name is: people.id is the id of one of their speakers, so the two never meet. Only after a
# load that was killed has a speaker no person.
NAMES = """
select name, ifnull(person_id, id) from speakers
union
select name, person_id from aliases where person_id is not null
"""
