"""Messages as a reader sees them: with their speaker, quote, picture, links and mentions."""

from __future__ import annotations

import difflib
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from db.errors import ArchiveError
from db.keys import find_key, find_keys
from db.reader import RoomRow, rooms


class Quote(NamedTuple):
    """What a message quotes, what it answers, who wrote the former and its key, where known."""

    name: str
    text: str
    reply: str
    speaker: str | None
    key: str | None


class Picture(NamedTuple):
    """A picture's file name, and the URL it was shown under."""

    name: str
    url: str


class Link(NamedTuple):
    """A link as it was shared or typed (then it has no title)."""

    url: str
    title: str | None
    host: str


class Mention(NamedTuple):
    """Where in the text an @ stands, from 1, the known name behind it, and who is meant."""

    position: int
    name: str | None
    speaker: str | None


class SpeakerCard(NamedTuple):
    """What a speaker's name says of them, and the name of the person behind it."""

    name: str
    person: str
    nickname: str | None
    company: str | None
    role: str | None


class ProbableAnswer(NamedTuple):
    """The key of the message that one probably answers; see table ``inferred_replies``."""

    key: str
    kind: str
    confidence: float


class TranscriptMessage(NamedTuple):
    """A message with all that is shown of it; a notice has no speaker."""

    id: int
    key: str
    date: str
    sent_at: str
    speaker: str | None
    kind: str
    text: str
    quote: Quote | None
    picture: Picture | None
    links: tuple[Link, ...]
    mentions: tuple[Mention, ...]

    def as_dict(self) -> dict[str, object]:
        """The message for programs."""
        return {
            "key": self.key,
            "sent_at": self.sent_at,
            "speaker": self.speaker,
            "kind": self.kind,
            "text": self.text,
            "quote": self.quote._asdict() if self.quote else None,
            "picture": self.picture._asdict() if self.picture else None,
            "links": [link._asdict() for link in self.links],
            "mentions": [mention._asdict() for mention in self.mentions],
        }


class TranscriptDay(NamedTuple):
    """A room's day; its presenter gave that day's talk."""

    id: int
    room: RoomRow
    date: str
    presenter: str | None
    messages: int


class LatestDay(NamedTuple):
    """A day that has messages, and when the last one was sent."""

    id: int
    date: str
    presenter: str | None
    messages: int
    last_sent_at: str


class MessagePlace(NamedTuple):
    """Where a message stands: its day, its lines, and the version of the page that is loaded."""

    id: int
    key: str
    room: str
    date: str
    position: int
    body: str | None
    reply_to: str | None
    probably: ProbableAnswer | None
    path: str
    first_line: int
    last_line: int
    format: str
    sha256: str


class Context(NamedTuple):
    """Messages of a room in their order, and which of them was asked for."""

    messages: list[TranscriptMessage]
    at: int


def room_named(connection: sqlite3.Connection, name: str) -> RoomRow:
    """The room of that short name or title, or the only one with that part of it.

    Raises ArchiveError, naming the rooms.
    """
    found = rooms(connection)
    by_name = {n.casefold(): room for room in found for n in (room.title, room.slug) if n}
    room = by_name.get(name.casefold())
    if room is not None:
        return room
    fitting = [
        one for one in found if name.casefold() in f"{one.slug}\n{one.title or ''}".casefold()
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise ArchiveError(f"{name!r} is part of several rooms' names: {_listed(fitting)}")
    close = difflib.get_close_matches(name.casefold(), by_name, n=1)
    guess = f" (did you mean {by_name[close[0]].slug}?)" if close else ""
    raise ArchiveError(f"no room is called {name!r}{guess}; there are {_listed(found)}")


def find_transcript_day(
    connection: sqlite3.Connection, room: RoomRow, date: str
) -> TranscriptDay | None:
    """The day of a room, if the archive has it."""
    row = connection.execute(
        "select d.id, d.presenter, d.messages from days d join rooms r on r.id = d.room_id"
        " where r.slug = ? and d.date = ?",
        [room.slug, date],
    ).fetchone()
    return TranscriptDay(row[0], room, date, row[1], row[2]) if row else None


def nearest_days(
    connection: sqlite3.Connection, room: RoomRow, date: str
) -> tuple[str | None, str | None]:
    """The last day of a room before a date, and the first after it."""
    row = connection.execute(
        "select max(d.date) filter (where d.date < ?2), min(d.date) filter (where d.date > ?2)"
        " from days d join rooms r on r.id = d.room_id where r.slug = ?1",
        [room.slug, date],
    ).fetchone()
    return row[0], row[1]


def latest_days(connection: sqlite3.Connection, room: str, limit: int) -> list[LatestDay]:
    """The newest days of a room that have messages, the newest first."""
    rows = connection.execute(
        "select d.id, d.date, d.presenter, d.messages,"
        " (select max(m.sent_at) from messages m where m.day_id = d.id)"
        " from days d join rooms r on r.id = d.room_id where r.slug = ? and d.messages > 0"
        " order by d.date desc limit ?",
        [room, limit],
    )
    return list(map(LatestDay._make, rows))


def day_messages(
    connection: sqlite3.Connection, day_id: int, limit: int | None = None
) -> list[TranscriptMessage]:
    """A day's messages in the order of its page, or so many of the first."""
    ids = connection.execute(
        "select id from messages where day_id = ? order by position limit ?",
        [day_id, -1 if limit is None else limit],
    )
    return _messages(connection, [id_ for (id_,) in ids])


def newest_messages_of(
    connection: sqlite3.Connection, speakers: Iterable[int], limit: int
) -> list[TranscriptMessage]:
    """The newest messages of speakers, newest first."""
    ids = connection.execute(
        "select id from messages where speaker_id in (select value from json_each(?))"
        " order by sent_at desc, id desc limit ?",
        [json.dumps(list(speakers)), limit],
    )
    found = _messages(connection, [id_ for (id_,) in ids])
    return sorted(found, key=lambda message: (message.sent_at, message.id), reverse=True)


def speaker_cards(connection: sqlite3.Connection, names: Iterable[str]) -> dict[str, SpeakerCard]:
    """What is known of speakers, by the names they wrote under."""
    rows = connection.execute(_CARDS, [json.dumps(sorted(set(names)), ensure_ascii=False)])
    return {row[0]: SpeakerCard._make(row) for row in rows}


def messages_of_keys(
    connection: sqlite3.Connection, keys: Iterable[str]
) -> dict[str, TranscriptMessage]:
    """The messages of those keys, by key."""
    ids = list(find_keys(connection, keys).values())
    return {m.key: m for m in _messages(connection, ids)}


def find_message(connection: sqlite3.Connection, key: str) -> MessagePlace | None:
    """The message of that key; if none has it now, the one that had it before a later export."""
    has_it = find_key(connection, key)
    if has_it is not None:
        return _place(connection, has_it)
    moved = connection.execute(
        "select message_id from revisions where key_before = ? and message_id is not null"
        " order by id desc limit 1",
        [key],
    ).fetchone()
    return _place(connection, moved[0]) if moved else None


def context(connection: sqlite3.Connection, place: MessagePlace, neighbours: int) -> Context:
    """A message with so many before and after it in its room, whatever day they are of."""
    before = _neighbours(connection, _BEFORE, place, neighbours)
    after = _neighbours(connection, _AFTER, place, neighbours)
    return Context(_messages(connection, [*before, place.id, *after]), len(before))


# The dates are compared twice: the first comparison is what the index of days can use.
_NEIGHBOURS = """
select m.id
from rooms r
join days d on d.room_id = r.id
join messages m on m.day_id = d.id
where r.slug = :room and d.date {sign}= :date and (d.date, m.position) {sign} (:date, :position)
order by d.date {order}, m.position {order} limit :limit
"""
_BEFORE = _NEIGHBOURS.format(sign="<", order="desc")
_AFTER = _NEIGHBOURS.format(sign=">", order="asc")

_MESSAGES = """
select m.id, m.key, d.date, m.sent_at, s.name, m.kind, m.text,
       q.name, q.text, q.reply, w.name, a.key, i.name, u.url
from messages m
join days d on d.id = m.day_id
left join speakers s on s.id = m.speaker_id
left join quotes q on q.message_id = m.id
left join speakers w on w.id = q.speaker_id
left join messages a on a.id = m.reply_to
left join message_images p on p.message_id = m.id
left join images i on i.id = p.image_id
left join image_urls u on u.id = p.image_url_id
where m.id in (select value from json_each(?))
order by d.date, m.position, m.id
"""
_LINKS = """
select t.message_id, t.url, t.title, l.host
from message_links t join links l on l.id = t.link_id
where t.message_id in (select value from json_each(?)) order by t.message_id, t.ordinal
"""
_MENTIONS = """
select n.message_id, n.position, n.name, s.name
from mentions n left join speakers s on s.id = n.speaker_id
where n.message_id in (select value from json_each(?)) order by n.message_id, n.position
"""
_CARDS = """
select s.name, ifnull(p.name, s.name), s.nickname, s.company, s.role
from speakers s left join people p on p.id = s.person_id
where s.name in (select value from json_each(?))
"""
_PLACE = """
select m.id, m.key, r.slug, d.date, m.position, m.body, a.key, p.key, i.kind, i.confidence,
       s.path, m.first_line, m.last_line, s.format, s.sha256
from messages m
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
join sources s on s.id = d.source_id
left join messages a on a.id = m.reply_to
left join inferred_replies i on i.message_id = m.id
left join messages p on p.id = i.reply_to
"""


def _messages(connection: sqlite3.Connection, ids: list[int]) -> list[TranscriptMessage]:
    """The messages, those of a room in their order."""
    wanted = [json.dumps(ids)]
    links: dict[int, list[Link]] = defaultdict(list)
    for message_id, *link in connection.execute(_LINKS, wanted):
        links[message_id].append(Link(*link))
    mentions: dict[int, list[Mention]] = defaultdict(list)
    for message_id, *mention in connection.execute(_MENTIONS, wanted):
        mentions[message_id].append(Mention(*mention))
    return [
        TranscriptMessage._make(
            (
                *row[:7],
                Quote._make(row[7:12]) if row[7] is not None else None,
                Picture._make(row[12:]) if row[12] is not None else None,
                tuple(links.get(row[0], ())),
                tuple(mentions.get(row[0], ())),
            )
        )
        for row in connection.execute(_MESSAGES, wanted)
    ]


def _neighbours(
    connection: sqlite3.Connection, sql: str, place: MessagePlace, limit: int
) -> list[int]:
    values = {
        "room": place.room,
        "date": place.date,
        "position": place.position,
        "limit": limit,
    }
    return [id_ for (id_,) in connection.execute(sql, values)]


def _place(connection: sqlite3.Connection, message_id: int) -> MessagePlace | None:
    row = connection.execute(f"{_PLACE} where m.id = ?", [message_id]).fetchone()
    if row is None:
        return None
    probably = ProbableAnswer._make(row[7:10]) if row[7] is not None else None
    return MessagePlace._make((*row[:7], probably, *row[10:]))


def _listed(found: Iterable[RoomRow]) -> str:
    names = [f"{room.slug} ({room.title})" if room.title else room.slug for room in found]
    return ", ".join(names) or "none yet"
