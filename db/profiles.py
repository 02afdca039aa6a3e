"""Figures about a speaker, and about the archive as a whole."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from db.text_index import normalize
from db.text_index.phrase import match_phrase
from db.words import Word, telling_words


class Speaker(NamedTuple):
    """A name that messages were exported under."""

    id: int
    name: str
    messages: int
    first: str
    last: str


class Count(NamedTuple):
    """How often something is."""

    name: str
    times: int


@dataclass(frozen=True, slots=True)
class Profile:
    """What the archive knows of a speaker; ``months`` and ``hours`` leave out empty ones."""

    speaker: Speaker
    quoted_as: list[str]
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


@dataclass(frozen=True, slots=True)
class Figures:
    """An archive at a glance."""

    speakers: int
    pictures: int
    links: int
    busiest_day: BusiestDay | None
    hours: dict[int, int]
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
WORDS = 12
# A shorter quote may be of anybody.
_SHORTEST_QUOTE = 6


def find_speakers(connection: sqlite3.Connection, part: str) -> list[Speaker]:
    """Whose name has that part, the most talkative first; of exactly that name, one alone."""
    exact = connection.execute("select id from speakers where name = ?", [part.strip()])
    ids = [id_ for (id_,) in exact]
    if not ids:
        wanted = normalize(part.strip())
        names = connection.execute("select id, name from speakers")
        ids = [id_ for id_, name in names if wanted in normalize(name)]
    # a name stays known when a later export of its days no longer has it
    found = [speaker for id_ in ids if (speaker := _speaker(connection, id_)).messages]
    return sorted(found, key=lambda speaker: (-speaker.messages, speaker.name))


def profile(connection: sqlite3.Connection, speaker: Speaker) -> Profile:
    """What the archive knows of a speaker."""
    quoted_as = _quoted_as(connection, speaker)
    names = json.dumps([speaker.name, *quoted_as])
    values = {"speaker": speaker.id, "names": names, "limit": LISTED}

    def counts(sql: str) -> list[Count]:
        return [Count._make(row) for row in connection.execute(sql, values)]

    (everybody,) = connection.execute("select sum(messages) from days").fetchone()
    (days,) = connection.execute(_DAYS, values).fetchone()
    return Profile(
        speaker=speaker,
        quoted_as=quoted_as,
        days=days,
        rooms=counts(_ROOMS),
        months=dict(connection.execute(_MONTHS, values)),
        hours=_hours(connection.execute(_HOURS, values)),
        words=telling_words(connection, _texts(connection, speaker.id), everybody, WORDS),
        emoji=counts(_EMOJI),
        mentions=counts(_MENTIONS),
        mentioned_by=counts(_MENTIONED_BY),
        talks_with=counts(_TALKS_WITH),
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
        speakers=_size(connection, "speakers"),
        pictures=_size(connection, "images"),
        links=_size(connection, "links"),
        busiest_day=BusiestDay._make(busiest) if busiest else None,
        hours=_hours(connection.execute(_ALL_HOURS)),
        rooms=[room for room in rooms.values() if room.days],
    )


_DAYS = "select count(distinct day_id) from messages where speaker_id = :speaker"
_ROOMS = """
select r.slug, count(*) as n
from messages m join days d on d.id = m.day_id join rooms r on r.id = d.room_id
where m.speaker_id = :speaker group by r.id order by n desc, r.slug
"""
_MONTHS = """
select substr(sent_at, 1, 7) as month, count(*) from messages
where speaker_id = :speaker group by month order by month
"""
_HOURS = """
select substr(sent_at, 12, 2) as hour, count(*) from messages
where speaker_id = :speaker group by hour order by hour
"""
_EMOJI = """
select e.code, sum(x.count) as n
from messages m join message_emoji x on x.message_id = m.id join emoji e on e.id = x.emoji_id
where m.speaker_id = :speaker group by e.id order by n desc, e.code limit :limit
"""
_MENTIONS = """
select n.name, count(*) as n
from messages m join mentions n on n.message_id = m.id
where m.speaker_id = :speaker and n.name is not null
group by n.name order by n desc, n.name limit :limit
"""
_QUOTES = """
select q.name, q.text, r.id, m.sent_at
from quotes q
join messages m on m.id = q.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
where q.name <> :name and length(q.text) >= :shortest
order by q.name, q.message_id
"""
_SAID_BY = """
select distinct m.speaker_id
from messages_fts f
join messages m on m.id = f.rowid
join days d on d.id = m.day_id
where messages_fts match :phrase and m.text = :text and d.room_id = :room and m.sent_at <= :sent_at
"""
_TEXTS = """
select coalesce(q.reply, m.text)
from messages m left join quotes q on q.message_id = m.id
where m.speaker_id = :speaker and m.kind = 'text' order by m.id
"""
_MENTIONED = """
select distinct n.name from messages m join mentions n on n.message_id = m.id
where m.speaker_id = :speaker and n.name is not null order by length(n.name) desc, n.name
"""
_MENTIONED_BY = """
select s.name, count(*) as n
from mentions n
join messages m on m.id = n.message_id
join speakers s on s.id = m.speaker_id
where n.name in (select value from json_each(:names)) and m.speaker_id <> :speaker
group by s.id order by n desc, s.name limit :limit
"""
_TALKS_WITH = """
with halves as materialized (
  select distinct day_id, substr(sent_at, 12, 2) || (substr(sent_at, 15, 1) >= '3') as half
  from messages where speaker_id = :speaker
)
select s.name, count(*) as n
from (
  select distinct m.speaker_id, h.day_id, h.half
  from halves h
  cross join messages m on m.day_id = h.day_id
    and substr(m.sent_at, 12, 2) || (substr(m.sent_at, 15, 1) >= '3') = h.half
  where m.speaker_id <> :speaker
) as shared
join speakers s on s.id = shared.speaker_id
group by s.id order by n desc, s.name limit :limit
"""
_ALL_DAYS = """
select r.slug, d.date, d.messages from days d join rooms r on r.id = d.room_id
order by r.slug, d.date
"""
_ALL_HOURS = "select substr(sent_at, 12, 2) as hour, count(*) from messages group by hour"
_BUSIEST_DAY = """
select r.slug, d.date, d.messages from days d join rooms r on r.id = d.room_id
where d.messages > 0 order by d.messages desc, d.date, r.slug limit 1
"""


def _speaker(connection: sqlite3.Connection, speaker_id: int) -> Speaker:
    row = connection.execute(
        "select s.id, s.name, count(m.id), coalesce(min(m.sent_at), ''),"
        " coalesce(max(m.sent_at), '')"
        " from speakers s left join messages m on m.speaker_id = s.id where s.id = ?",
        [speaker_id],
    ).fetchone()
    return Speaker._make(row)


def _quoted_as(connection: sqlite3.Connection, speaker: Speaker) -> list[str]:
    """The names that others quote a speaker under: headers and quotes rarely have the same.

    Only where the quote is an earlier message of that room, letter for letter, and nobody else's.
    """
    own = set(
        _column(connection, "select text from messages where speaker_id = :speaker", speaker.id)
    )
    values = {"name": speaker.name, "shortest": _SHORTEST_QUOTE}
    names = []
    for name, text, room, sent_at in connection.execute(_QUOTES, values).fetchall():
        phrase = match_phrase(text) if text in own and name not in names else ""
        if phrase:
            said = {"phrase": phrase, "text": text, "room": room, "sent_at": sent_at}
            if connection.execute(_SAID_BY, said).fetchall() == [(speaker.id,)]:
                names.append(name)
    return names


def _texts(connection: sqlite3.Connection, speaker_id: int) -> list[str]:
    """What a speaker wrote, without what they quote and whom they mention."""
    texts = _column(connection, _TEXTS, speaker_id)
    mentioned = _column(connection, _MENTIONED, speaker_id)
    if not mentioned:
        return texts
    # the longest names first: one may begin another
    mention = re.compile("|".join(re.escape(f"@{name}") for name in mentioned))
    return [mention.sub(" ", text) if "@" in text else text for text in texts]


def _hours(rows: Iterable[tuple[str, int]]) -> dict[int, int]:
    return {int(hour): messages for hour, messages in rows}


def _column(connection: sqlite3.Connection, sql: str, speaker_id: int) -> list[str]:
    return [value for (value,) in connection.execute(sql, {"speaker": speaker_id})]


def _size(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"select count(*) from {table}").fetchone()[0])
