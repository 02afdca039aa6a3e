"""Figures about a person, and about the archive as a whole."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from db.people.everybody import NAMES
from db.text_index import normalize
from db.words import Word, telling_words


class Person(NamedTuple):
    """Somebody under all their names, or one name alone; the messages are those of ``speakers``.

    ``names`` are also those that stand in quotes and behind an @.
    """

    name: str
    speakers: tuple[int, ...]
    names: tuple[str, ...]
    nickname: str | None
    company: str | None
    role: str | None
    city: str | None
    messages: int
    first: str
    last: str


class NameUse(NamedTuple):
    """From which day to which a name is written, and how often where; empty if it never is."""

    name: str
    first_day: str | None
    last_day: str | None
    messages: int
    quotes: int
    mentions: int


class Count(NamedTuple):
    """How often something is."""

    name: str
    times: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What the archive knows of a person; ``months`` and ``hours`` leave out empty ones.

    ``names`` are in the order of time.
    """

    person: Person
    names: list[NameUse]
    days: int
    rooms: list[Count]
    months: dict[str, int]
    hours: dict[int, int]
    words: list[Word]
    emoji: list[Count]
    mentions: list[Count]
    mentioned_by: list[Count]
    talks_with: list[Count]


class BusiestDay(NamedTuple):
    """The room's day with most messages."""

    room: str
    date: str
    messages: int


class DayCount(NamedTuple):
    """A day that the archive has, with its messages."""

    date: str
    messages: int


class RoomDays(NamedTuple):
    """A room with its days in their order."""

    slug: str
    title: str | None
    days: list[DayCount]

    @property
    def messages(self) -> int:
        """How many messages it has."""
        return sum(day.messages for day in self.days)


class RoomTotals(NamedTuple):
    """A room that has days: how many, with how many messages, and its newest one."""

    slug: str
    title: str | None
    days: int
    messages: int
    newest: str


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is of everything."""

    people: int
    pictures: int
    links: int
    rooms: list[RoomTotals]

    @property
    def days(self) -> int:
        """How many days it has in all rooms."""
        return sum(room.days for room in self.rooms)

    @property
    def messages(self) -> int:
        """How many messages it has in all rooms."""
        return sum(room.messages for room in self.rooms)


@dataclass(frozen=True, slots=True)
class Figures:
    """An archive at a glance."""

    people: int
    speakers: int
    pictures: int
    links: int
    busiest_day: BusiestDay | None
    rooms: list[RoomDays]

    @property
    def days(self) -> int:
        """How many days it has in all rooms."""
        return sum(len(room.days) for room in self.rooms)

    @property
    def messages(self) -> int:
        """How many messages it has in all rooms."""
        return sum(room.messages for room in self.rooms)

    @property
    def span(self) -> tuple[str, str] | None:
        """Its first and last day, unless it has none."""
        dates = [day.date for room in self.rooms for day in room.days]
        return (min(dates), max(dates)) if dates else None


LISTED = 5
TALKED_DAYS = 2000
WORDS = 12


def find_people(
    connection: sqlite3.Connection, part: str, *, by_name: bool = False
) -> list[Person]:
    """Who has a name with that part, the most talkative first; of exactly that name, one alone.

    ``by_name`` takes every name for somebody of their own.
    """
    known = connection.execute(_SINGLE_NAMES if by_name else NAMES).fetchall()
    ids = {id_ for name, id_ in known if name == part.strip()}
    if not ids:
        wanted = normalize(part.strip())
        ids = {id_ for name, id_ in known if wanted in normalize(name)}
    found = [_person(connection, id_, by_name=by_name) for id_ in ids]
    # a name stays known when a later export of its days no longer has it
    spoken = [person for person in found if person.messages]
    return sorted(spoken, key=lambda person: (-person.messages, person.name))


def find_person(connection: sqlite3.Connection, name: str) -> Person | None:
    """Whoever has exactly that name; None if nobody who wrote something surely has it."""
    row = connection.execute(_OF_NAME, {"name": name}).fetchone()
    person = _person(connection, row[0], by_name=False) if row else None
    return person if person and person.messages else None


def is_somebody(connection: sqlite3.Connection, name: str) -> bool:
    """Whether a name is surely somebody's."""
    return connection.execute(_OF_NAME, {"name": name}).fetchone() is not None


def profile(connection: sqlite3.Connection, person: Person, *, by_name: bool = False) -> Profile:
    """What the archive knows of a person; with ``by_name`` others go by single names, too."""
    values = _values(person)
    return Profile(
        person=person,
        names=names_over_time(connection, person),
        days=written_days(connection, person),
        rooms=rooms_of(connection, person),
        months=dict(connection.execute(_MONTHS, values)),
        hours=_hours(connection.execute(_HOURS, values)),
        words=words_of(connection, person),
        emoji=emoji_of(connection, person),
        mentions=mentions_of(connection, person, by_name=by_name),
        mentioned_by=mentioned_by(connection, person, by_name=by_name),
        talks_with=talks_with(connection, person, by_name=by_name),
    )


def names_over_time(connection: sqlite3.Connection, person: Person) -> list[NameUse]:
    """A person's names in the order of time."""
    return list(map(NameUse._make, connection.execute(_NAMES_OVER_TIME, _values(person))))


def written_days(connection: sqlite3.Connection, person: Person) -> int:
    """On how many days of rooms a person wrote."""
    return int(connection.execute(_DAYS, _values(person)).fetchone()[0])


def days_of(connection: sqlite3.Connection, person: Person) -> list[DayCount]:
    """All days of the archive in those months that a person wrote in, with their messages."""
    return list(map(DayCount._make, connection.execute(_DAYS_OF_MONTHS, _values(person))))


def rooms_of(connection: sqlite3.Connection, person: Person) -> list[Count]:
    """The rooms that a person writes in, most first."""
    return _counts(connection, _ROOMS, _values(person))


def words_of(connection: sqlite3.Connection, person: Person) -> list[Word]:
    """The words that tell a person from others."""
    (everybody,) = connection.execute("select sum(messages) from days").fetchone()
    return telling_words(connection, _texts(connection, _values(person)), everybody, WORDS)


def emoji_of(connection: sqlite3.Connection, person: Person) -> list[Count]:
    """The emoji that a person uses most."""
    return _counts(connection, _EMOJI, _values(person))


def mentions_of(
    connection: sqlite3.Connection, person: Person, *, by_name: bool = False
) -> list[Count]:
    """Whom a person mentions most; names that are nobody's for sure are among them."""
    return _counts(connection, _MENTIONS, _values(person, by_name=by_name))


def mentioned_by(
    connection: sqlite3.Connection, person: Person, *, by_name: bool = False
) -> list[Count]:
    """Who mentions a person most."""
    return _counts(connection, _MENTIONED_BY, _values(person, by_name=by_name))


def talks_with(
    connection: sqlite3.Connection, person: Person, *, by_name: bool = False
) -> list[Count]:
    """Who writes in the most of the half hours and rooms in which a person does.

    Of somebody who wrote on more than ``TALKED_DAYS`` days of rooms, only the newest are looked at.
    """
    return _counts(
        connection, _TALKS_WITH, {**_values(person, by_name=by_name), "days": TALKED_DAYS}
    )


def totals(connection: sqlite3.Connection) -> Totals:
    """How much there is of everything, from what is counted when it is loaded."""
    return Totals(
        people=connection.execute(_PEOPLE).fetchone()[0],
        pictures=_size(connection, "images"),
        links=_size(connection, "links"),
        rooms=list(map(RoomTotals._make, connection.execute(_ROOM_TOTALS))),
    )


def figures(connection: sqlite3.Connection) -> Figures:
    """The archive at a glance."""
    rooms = {
        slug: RoomDays(slug, title, [])
        for slug, title in connection.execute("select slug, title from rooms order by slug")
    }
    for slug, date, messages in connection.execute(_ALL_DAYS):
        rooms[slug].days.append(DayCount(date, messages))
    busiest = connection.execute(_BUSIEST_DAY).fetchone()
    return Figures(
        people=connection.execute(_PEOPLE).fetchone()[0],
        speakers=_size(connection, "speakers"),
        pictures=_size(connection, "images"),
        links=_size(connection, "links"),
        busiest_day=BusiestDay._make(busiest) if busiest else None,
        rooms=[room for room in rooms.values() if room.days],
    )


def hours_of_day(connection: sqlite3.Connection) -> dict[int, int]:
    """How many messages were written in each hour of the day; empty ones are left out."""
    return _hours(connection.execute(_ALL_HOURS))


def room_days(connection: sqlite3.Connection, slug: str, since: str = "") -> list[DayCount]:
    """The days of a room from one on (YYYY-MM-DD), in their order."""
    rows = connection.execute(
        "select d.date, d.messages from days d join rooms r on r.id = d.room_id"
        " where r.slug = ? and d.date >= ? order by d.date",
        [slug, since],
    )
    return list(map(DayCount._make, rows))


def room_speakers(connection: sqlite3.Connection, slug: str, limit: int) -> list[Count]:
    """The people who wrote most in a room."""
    return list(map(Count._make, connection.execute(_ROOM_SPEAKERS, [slug, limit])))


_SINGLE_NAMES = "select name, id from speakers"
_OF_NAME = """
select ifnull(person_id, id) from speakers where name = :name
union all
select person_id from aliases where name = :name and person_id is not null
limit 1
"""
_PERSON = """
with theirs as (
  select id, name from speakers
  where case when :by_name then id else ifnull(person_id, id) end = :id
),
called as (
  select name from theirs
  union
  select name from aliases where person_id = :id and not :by_name
)
select ifnull(p.name, s.name), (select json_group_array(id) from theirs),
       (select json_group_array(name) from called),
       iif(p.id is null, s.nickname, p.nickname), iif(p.id is null, s.company, p.company),
       iif(p.id is null, s.role, p.role), iif(p.id is null, s.city, p.city), count(m.id),
       ifnull(min(m.sent_at), ''), ifnull(max(m.sent_at), '')
from speakers s
left join people p on p.id = s.person_id and not :by_name
left join messages m on m.speaker_id in (select id from theirs)
where s.id = :id
"""
_NAMES_OVER_TIME = """
with written as (
  select s.name, 'message' as place, m.sent_at
  from messages m join speakers s on s.id = m.speaker_id
  where m.speaker_id in (select value from json_each(:speakers))
  union all
  select q.name, 'quote', m.sent_at
  from quotes q join messages m on m.id = q.message_id
  where q.name in (select value from json_each(:names))
  union all
  select n.name, 'mention', m.sent_at
  from mentions n join messages m on m.id = n.message_id
  where n.name in (select value from json_each(:names))
)
select j.value, substr(min(w.sent_at), 1, 10), substr(max(w.sent_at), 1, 10),
       count(*) filter (where w.place = 'message'), count(*) filter (where w.place = 'quote'),
       count(*) filter (where w.place = 'mention')
from json_each(:names) j left join written w on w.name = j.value
group by j.value order by ifnull(min(w.sent_at), '9'), max(w.sent_at), j.value
"""
_DAYS = """
select count(distinct day_id) from messages
where speaker_id in (select value from json_each(:speakers))
"""
_DAYS_OF_MONTHS = """
with theirs as materialized (
  select d.date, count(*) as messages
  from messages m join days d on d.id = m.day_id
  where m.speaker_id in (select value from json_each(:speakers)) group by d.date
)
select d.date, ifnull(t.messages, 0)
from (select distinct date from days) d left join theirs t on t.date = d.date
where substr(d.date, 1, 7) in (select substr(date, 1, 7) from theirs) order by d.date
"""
_ROOMS = """
select r.slug, count(*) as n
from messages m join days d on d.id = m.day_id join rooms r on r.id = d.room_id
where m.speaker_id in (select value from json_each(:speakers))
group by r.id order by n desc, r.slug
"""
_MONTHS = """
select substr(d.date, 1, 7) as month, count(*)
from messages m join days d on d.id = m.day_id
where m.speaker_id in (select value from json_each(:speakers)) group by month order by month
"""
_HOURS = """
select substr(sent_at, 12, 2) as hour, count(*) from messages
where speaker_id in (select value from json_each(:speakers)) group by hour order by hour
"""
_EMOJI = """
select e.code, sum(x.count) as n
from messages m join message_emoji x on x.message_id = m.id join emoji e on e.id = x.emoji_id
where m.speaker_id in (select value from json_each(:speakers))
group by e.id order by n desc, e.code limit :limit
"""
_MENTIONS = """
select ifnull(p.name, n.name) as whom, count(*) as n
from messages m
join mentions n on n.message_id = m.id
left join speakers s on s.id = n.speaker_id
left join people p on p.id = s.person_id and not :by_name
where m.speaker_id in (select value from json_each(:speakers)) and n.name is not null
group by whom order by n desc, whom limit :limit
"""
_TEXTS = """
select coalesce(q.reply, m.text)
from messages m left join quotes q on q.message_id = m.id
where m.speaker_id in (select value from json_each(:speakers)) and m.kind = 'text' order by m.id
"""
_MENTIONED = """
select distinct n.name from messages m join mentions n on n.message_id = m.id
where m.speaker_id in (select value from json_each(:speakers)) and n.name is not null
order by length(n.name) desc, n.name
"""
_MENTIONED_BY = """
select ifnull(p.name, s.name) as who, count(*) as n
from mentions n
join messages m on m.id = n.message_id
join speakers s on s.id = m.speaker_id
left join people p on p.id = s.person_id and not :by_name
where n.name in (select value from json_each(:names))
  and m.speaker_id not in (select value from json_each(:speakers))
group by who order by n desc, who limit :limit
"""
_TALKS_WITH = """
with recursive places (size, place) as (
  -- of every character in a text of that size, for each size of speaker_days.half_hours
  select 1, 1
  union all
  select iif(place < size, size, size + 1), iif(place < size, place + 1, 1) from places
  where place < 48
),
halves as materialized (
  select distinct x.day_id, substr(x.half_hours, n.place, 1) as half_hour
  from (
    select d.id
    from days d join rooms r on r.id = d.room_id
    where d.id in (
      select day_id from messages where speaker_id in (select value from json_each(:speakers))
    )
    order by d.date desc, r.slug limit :days
  ) t
  cross join speaker_days x on x.day_id = t.id
    and x.speaker_id in (select value from json_each(:speakers))
  cross join places n on n.size = length(x.half_hours)
)
select ifnull(p.name, s.name) as who,
       count(distinct h.day_id * 48 + unicode(h.half_hour)) as n
from halves h
cross join speaker_days x on x.day_id = h.day_id and instr(x.half_hours, h.half_hour)
join speakers s on s.id = x.speaker_id
left join people p on p.id = s.person_id and not :by_name
where x.speaker_id not in (select value from json_each(:speakers))
group by who order by n desc, who limit :limit
"""
# until people are made, as after a load that was killed, a name is somebody
_PEOPLE = "select count(distinct ifnull(person_id, id)) from speakers"
_ROOM_SPEAKERS = """
select ifnull(p.name, s.name) as who, sum(x.messages) as n
from rooms r
join days d on d.room_id = r.id
join speaker_days x on x.day_id = d.id
join speakers s on s.id = x.speaker_id
left join people p on p.id = s.person_id
where r.slug = ?
group by who order by n desc, who limit ?
"""
_ROOM_TOTALS = """
select r.slug, r.title, count(*), sum(d.messages), max(d.date)
from days d join rooms r on r.id = d.room_id
group by r.id order by r.slug
"""
_ALL_DAYS = """
select r.slug, d.date, d.messages from days d join rooms r on r.id = d.room_id
order by r.slug, d.date
"""
_ALL_HOURS = "select half_hour / 2 as hour, sum(messages) from half_hours group by hour"
_BUSIEST_DAY = """
select r.slug, d.date, d.messages from days d join rooms r on r.id = d.room_id
where d.messages > 0 order by d.messages desc, d.date, r.slug limit 1
"""


def _person(connection: sqlite3.Connection, id_: int, *, by_name: bool) -> Person:
    values = {"id": id_, "by_name": by_name}
    name, speakers, names, *rest = connection.execute(_PERSON, values).fetchone()
    return Person(name, tuple(json.loads(speakers)), tuple(json.loads(names)), *rest)


def _values(person: Person, *, by_name: bool = False) -> dict[str, object]:
    """What the queries about a person are asked with."""
    return {
        "speakers": json.dumps(person.speakers),
        # names may hold what is no Unicode text
        "names": json.dumps(person.names, ensure_ascii=False),
        "by_name": by_name,
        "limit": LISTED,
    }


def _counts(connection: sqlite3.Connection, sql: str, values: dict[str, object]) -> list[Count]:
    return list(map(Count._make, connection.execute(sql, values)))


def _texts(connection: sqlite3.Connection, values: dict[str, object]) -> list[str]:
    """What a person wrote, without what they quote and whom they mention."""
    texts = [text for (text,) in connection.execute(_TEXTS, values)]
    mentioned = [name for (name,) in connection.execute(_MENTIONED, values)]
    if not mentioned:
        return texts
    # the longest names first: one may begin another
    mention = re.compile("|".join(re.escape(f"@{name}") for name in mentioned))
    return [mention.sub(" ", text) if "@" in text else text for text in texts]


def _hours(rows: Iterable[tuple[str | int, int]]) -> dict[int, int]:
    return {int(hour): messages for hour, messages in rows}


def _size(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchone()[0])
