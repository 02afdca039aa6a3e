"""Why a name is somebody's: all that ``aliases`` has of it, and of the names beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from db.people.rows import PersonRow
from db.text_index import normalize

SIMILAR = 10


class Piece(NamedTuple):
    """A piece of evidence, with the speaker's name and the first and last message's key."""

    name: str
    speaker: str
    kind: str
    weight: float
    times: int
    first: str | None
    last: str | None
    note: str | None
    verdict: str


class Explained(NamedTuple):
    """A name, whose it is (nobody's, where it is unclear), and all evidence about both."""

    name: str
    person: PersonRow | None
    pieces: list[Piece]


def explain_name(connection: sqlite3.Connection, name: str) -> Explained | None:
    """What is known of a name that is written anywhere in the archive; None if it is not."""
    row = connection.execute(_PERSON, {"name": name}).fetchone()
    person = PersonRow._make(row) if row else None
    values = {"name": name, "person": person.id if person else None}
    pieces = list(map(Piece._make, connection.execute(_PIECES, values)))
    written = connection.execute(_WRITTEN, values).fetchone()
    if person is None and not pieces and written is None:
        return None
    return Explained(name, person, pieces)


def people_counts(connection: sqlite3.Connection) -> list[int]:
    """People, speakers' names, names; mentions resolved, and all; quotes resolved, and all."""
    return list(connection.execute(_COUNTS).fetchone())


def unwritten_names(connection: sqlite3.Connection, names: Iterable[str]) -> list[str]:
    """Those of the names that are written nowhere in the archive."""
    return [
        name for name in names if connection.execute(_WRITTEN, {"name": name}).fetchone() is None
    ]


def similar_names(connection: sqlite3.Connection, name: str) -> list[str]:
    """Names that contain one."""
    wanted = normalize(name.strip())
    rows = connection.execute(
        "select name from speakers union select name from aliases order by name"
    )
    return [one for (one,) in rows if wanted in normalize(one)][:SIMILAR] if wanted else []


_COUNTS = """
select (select count(*) from people), (select count(*) from speakers),
       (select count(distinct name) from aliases where verdict = 'joins'),
       (select count(speaker_id) from mentions where name is not '所有人'),
       (select count(*) from mentions where name is not '所有人'),
       (select count(m.reply_to) from quotes q join messages m on m.id = q.message_id),
       (select count(*) from quotes)
"""
_PERSON = """
select p.id, p.name, p.nickname, p.company, p.role, p.city
from people p
where p.id in (
  select person_id from speakers where name = :name
  union all
  select person_id from aliases where name = :name and verdict = 'joins'
)
"""
_PIECES = """
select a.name, s.name, a.kind, a.weight, a.times, f.key, l.key, a.note, a.verdict
from aliases a
join speakers s on s.id = a.speaker_id
left join messages f on f.id = a.first_message_id
left join messages l on l.id = a.last_message_id
where a.person_id = :person or a.name = :name
  or (a.name in (select name from aliases where person_id = :person) and a.verdict <> 'joins')
  or (s.person_id = :person and a.verdict <> 'joins' and a.kind in ('personal name', 'nickname'))
order by a.name <> :name, ifnull(min(f.sent_at) over (partition by a.name), '9'), a.name,
         a.kind <> 'header', a.weight desc, s.name, a.kind
"""
_WRITTEN = """
select 1 from speakers where name = :name
union all select 1 from mentions where name = :name
union all select 1 from quotes where name = :name
limit 1
"""
