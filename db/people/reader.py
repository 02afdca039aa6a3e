"""What the archive has that tells who is who.

Where names or days are asked for, None stands for all of them; given ones cost what they hold. What
is asked of all names walks through tables and indexes of names, never through messages.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from itertools import groupby

from db.people.rows import (
    AliasRow,
    Candidate,
    Context,
    Evidence,
    MentionPlace,
    NamedMention,
    NameUse,
    QuoteOf,
    QuotePlace,
    Speaker,
    SpokenText,
    Voice,
)

# Characters of YYYY-MM-DD HH:MM:SS.
_TIME = 19
SECOND = "substr({0}, 12, 2) * 3600 + substr({0}, 15, 2) * 60 + substr({0}, 18, 2)"


def names_of_days(connection: sqlite3.Connection, days: Collection[int]) -> set[str]:
    """All names on these pages: over messages, in quotes and behind an @."""
    rows = connection.execute(_NAMES_OF_DAYS, {"days": json.dumps(sorted(days))})
    return {name for (name,) in rows}


def known_names(connection: sqlite3.Connection) -> list[str]:
    """Every name that may stand behind an @: over messages, in quotes, and as written there."""
    rows = connection.execute(
        "select name from speakers union select name from quotes"
        " union select written from mentions where written is not null"
    )
    return [name for (name,) in rows]


def mention_places(
    connection: sqlite3.Connection, names: Collection[str] | None
) -> Iterator[MentionPlace]:
    """Mentions with the text they stand in: those that have one of these names now, or none."""
    where, values = _among("name", names)
    return _with_texts(connection, where if names is None else f"{where} or name is null", values)


def unwritten_mentions(connection: sqlite3.Connection) -> list[MentionPlace]:
    """Mentions of which is not known what is written behind the @."""
    return list(_with_texts(connection, "written is null", []))


def _with_texts(
    connection: sqlite3.Connection, where: str, values: list[str]
) -> Iterator[MentionPlace]:
    """Mentions; the text of a message is read once, as it may be long and have many."""
    mentions = connection.execute(
        "select message_id, position, written, name from mentions"
        f" where {where} order by message_id, position",
        values,
    )
    texts = connection.execute(
        f"select text from messages where id in (select message_id from mentions where {where})"
        " order by id",
        values,
    )
    for _, of_message in groupby(mentions, key=lambda row: int(row[0])):
        (text,) = next(texts)
        yield from (MentionPlace._make((*row, text)) for row in of_message)


def quote_places(connection: sqlite3.Connection, days: Collection[int] | None) -> list[QuotePlace]:
    """Quotes that a change of these pages may give another message: of them and of later ones."""
    sql = _QUOTES if days is None else f"{_QUOTES} where {_AFTER_DAYS}"
    rows = connection.execute(sql, {"days": json.dumps(sorted(days or ()))})
    return list(map(QuotePlace._make, rows))


def doubtful_quotes(
    connection: sqlite3.Connection, names: Collection[str] | None
) -> list[QuotePlace]:
    """Quotes under these names of what several speakers wrote."""
    where, values = _among("q.name", names)
    doubtful = "q.speaker_id is null and m.reply_to is not null"
    rows = connection.execute(f"{_QUOTES} where {doubtful} and {where}", values)
    return list(map(QuotePlace._make, rows))


def quote_candidates(
    connection: sqlite3.Connection, room_id: int, phrase: str, since: str, until: str
) -> list[Candidate]:
    """The texts of a room between two dates that have a phrase; '' is in those without a word."""
    values = {"phrase": phrase, "room": room_id, "since": since, "until": until}
    sql = _WITH_PHRASE if phrase else _WITHOUT_WORDS
    return list(map(Candidate._make, connection.execute(sql, values)))


def quotes_under(connection: sqlite3.Connection, names: Collection[str] | None) -> list[QuoteOf]:
    """Quotes under these names of which the speaker is known, in the order of time."""
    where, values = _among("q.name", names)
    rows = connection.execute(
        "select q.name, q.speaker_id, q.text, q.message_id"
        " from quotes q join messages m on m.id = q.message_id"
        f" where q.speaker_id is not null and {where} order by m.sent_at, m.key",
        values,
    )
    return list(map(QuoteOf._make, rows))


def days_of_speakers(connection: sqlite3.Connection, names: Collection[str] | None) -> set[int]:
    """The pages on which these speakers wrote."""
    where, values = _among("s.name", names)
    rows = connection.execute(
        "select distinct m.day_id from speakers s join messages m on m.speaker_id = s.id"
        f" where {where}",
        values,
    )
    return {day_id for (day_id,) in rows}


def days_in_order(connection: sqlite3.Connection) -> list[int]:
    """All days, by date and room."""
    rows = connection.execute(
        "select d.id from days d join rooms r on r.id = d.room_id order by d.date, r.slug"
    )
    return [day_id for (day_id,) in rows]


def texts_at(
    connection: sqlite3.Connection, day_id: int, times: Collection[int]
) -> list[SpokenText]:
    """The texts of a page that were written at these times (seconds since midnight), in order."""
    rows = connection.execute(
        "select m.id, m.sent_at, s.id, s.name, m.text"
        " from messages m join speakers s on s.id = m.speaker_id"
        " where m.day_id = ? and m.kind = 'text'"
        f" and {SECOND.format('m.sent_at')} in (select value from json_each(?))"
        " order by m.position",
        [day_id, json.dumps(sorted(times))],
    )
    return list(map(SpokenText._make, rows))


def contexts_by_day(
    connection: sqlite3.Connection, names: Collection[str] | None
) -> Iterator[tuple[int, list[Context]]]:
    """The mentions of these names, day by day, each in the order of time."""
    where, values = _among("n.name", names)
    rows = connection.execute(f"{_CONTEXTS} where n.name is not null and {where} {_BY_DAY}", values)
    for day_id, of_day in groupby(rows, key=lambda row: int(row[0])):
        yield day_id, [Context._make((*row[1:5], bool(row[5]), bool(row[6]))) for row in of_day]


def voices_of(connection: sqlite3.Connection, day_id: int) -> list[Voice]:
    """Who wrote on a page, in the order of time."""
    rows = connection.execute(
        f"select {SECOND.format('sent_at')}, speaker_id from messages"
        " where day_id = ? and speaker_id is not null",
        [day_id],
    )
    return sorted(rows.fetchall())


def speaker_names(connection: sqlite3.Connection) -> dict[int, str]:
    """Every speaker's name."""
    return dict(connection.execute("select id, name from speakers").fetchall())


def header_evidence(
    connection: sqlite3.Connection, names: Collection[str] | None
) -> list[Evidence]:
    """For each of these speakers, that the name is theirs, in one room or in several."""
    where, values = _among("s.name", names)
    # a time and a message in one text, so that one pass gives both ends
    rows = connection.execute(
        "select s.name, s.id, count(*), min(m.sent_at || m.id), max(m.sent_at || m.id),"
        # speaker by speaker, so that nothing has to be sorted
        " min(d.room_id) < max(d.room_id) from speakers s cross join messages m"
        " on m.speaker_id = s.id cross join days d on d.id = m.day_id"
        f" where {where} group by s.id order by s.id",
        values,
    )
    return [
        Evidence(
            name,
            speaker_id,
            "header",
            0.0,
            times,
            int(first[_TIME:]),
            int(last[_TIME:]),
            "in several rooms" if in_several else None,
        )
        for name, speaker_id, times, first, last, in_several in rows
    ]


def name_uses(connection: sqlite3.Connection, names: Collection[str]) -> dict[str, NameUse]:
    """In which messages these names stand first and last, in quotes and behind an @."""
    uses: dict[str, NameUse] = {}
    values = {"names": json.dumps(sorted(names), ensure_ascii=False)}
    for name, message_id in connection.execute(_USES, values):
        first = uses[name].first_message_id if name in uses else message_id
        uses[name] = NameUse(first, message_id)
    return uses


def written_names(connection: sqlite3.Connection) -> dict[str, int]:
    """Every name in quotes and behind an @, and how often it stands there."""
    rows = connection.execute(
        "select name, sum(times) from ("
        " select name, count(*) as times from mentions where name is not null group by name"
        " union all select name, count(*) from quotes group by name) group by name"
    )
    return dict(rows.fetchall())


def aliases(connection: sqlite3.Connection) -> list[AliasRow]:
    """All evidence that is written down."""
    rows = connection.execute(
        "select name, speaker_id, kind, weight, times, first_message_id, last_message_id,"
        " note, verdict, person_id from aliases"
    )
    return list(map(AliasRow._make, rows))


def speakers(connection: sqlite3.Connection, headers: list[Evidence]) -> list[Speaker]:
    """The speakers of these headers, and when they wrote."""
    sent_at = "select sent_at from messages where id = ?"

    def time(message_id: int | None) -> str:
        return str(connection.execute(sent_at, [message_id]).fetchone()[0])

    return [
        Speaker(h.speaker_id, h.name, h.times, time(h.first_message_id), time(h.last_message_id))
        for h in headers
    ]


def days_of_speaker(connection: sqlite3.Connection, speaker_id: int) -> dict[int, int]:
    """How many messages a speaker has on each day."""
    rows = connection.execute(
        "select day_id, count(*) from messages where speaker_id = ? group by day_id", [speaker_id]
    )
    return dict(rows.fetchall())


def dates_of_speaker(connection: sqlite3.Connection, speaker_id: int) -> dict[str, int]:
    """How many messages a speaker has on each date."""
    rows = connection.execute(
        "select d.date, count(*) from messages m join days d on d.id = m.day_id"
        " where m.speaker_id = ? group by d.date",
        [speaker_id],
    )
    return dict(rows.fetchall())


def named_mentions(
    connection: sqlite3.Connection, names: Collection[str] | None
) -> list[NamedMention]:
    """The mentions of these names."""
    where, values = _among("n.name", names)
    rows = connection.execute(
        "select n.message_id, n.position, n.name, substr(m.sent_at, 1, 10), n.speaker_id"
        " from mentions n join messages m on m.id = n.message_id"
        f" where n.name is not null and {where}",
        values,
    )
    return list(map(NamedMention._make, rows))


def persons_of_speakers(connection: sqlite3.Connection) -> dict[int, int | None]:
    """Who is behind each speaker."""
    return dict(connection.execute("select id, person_id from speakers").fetchall())


def days_of_messages(connection: sqlite3.Connection, messages: Collection[int]) -> set[int]:
    """The days that messages are of."""
    rows = connection.execute(
        "select distinct day_id from messages where id in (select value from json_each(?))",
        [json.dumps(sorted(messages))],
    )
    return {day_id for (day_id,) in rows}


def times_of_messages(
    connection: sqlite3.Connection, messages: Collection[int | None]
) -> dict[int, str]:
    """When messages were sent."""
    rows = connection.execute(
        "select id, sent_at from messages where id in (select value from json_each(?))",
        [json.dumps(sorted(id_ for id_ in messages if id_ is not None))],
    )
    return dict(rows.fetchall())


# A message that mentions four people or more is a list. What each message quotes is measured once,
# however many mentions it has.
_CONTEXTS = f"""
with quoted as materialized (
  select q.message_id, length(m.text) - length(q.reply) as characters
  from quotes q join messages m on m.id = q.message_id
)
select m.day_id, {SECOND.format("m.sent_at")}, n.name, m.speaker_id, n.message_id,
       n.position <= ifnull(q.characters, 0),
       exists (select 1 from mentions o where o.message_id = n.message_id limit 1 offset 3)
from mentions n
join messages m on m.id = n.message_id
join days d on d.id = m.day_id
join rooms r on r.id = d.room_id
left join quoted q on q.message_id = n.message_id
"""
_BY_DAY = "order by d.date, r.slug, m.sent_at, m.position, n.position"
_IN_DAYS = "m.day_id in (select value from json_each(:days))"
_NAMES_OF_DAYS = f"""
select s.name from speakers s
where s.id in (select m.speaker_id from messages m where {_IN_DAYS})
union
select q.name from quotes q join messages m on m.id = q.message_id where {_IN_DAYS}
union
select n.name from mentions n join messages m on m.id = n.message_id
where {_IN_DAYS} and n.name is not null
union
select n.written from mentions n join messages m on m.id = n.message_id
where {_IN_DAYS} and n.written is not null
"""
_QUOTES = """
select q.message_id, d.room_id, d.date, m.position, q.text, m.reply_to, q.speaker_id, q.name
from quotes q join messages m on m.id = q.message_id join days d on d.id = m.day_id
"""
_AFTER_DAYS = """
d.date >= (
  select min(c.date) from days c
  where c.room_id = d.room_id and c.id in (select value from json_each(:days))
)
"""
# The index then skips what is out of their range.
_ROOMS_DAYS = "room_id = :room and date between :since and :until"
_WITH_PHRASE = f"""
select m.id, m.speaker_id, m.text, d.date, m.position
from messages_fts f
join messages m on m.id = f.rowid
join days d on d.id = m.day_id
where messages_fts match :phrase
  and f.rowid between (select min(first_message_id) from days where {_ROOMS_DAYS})
                  and (select max(last_message_id) from days where {_ROOMS_DAYS})
  and d.room_id = :room
  and d.date between :since and :until
"""
# What has no word is in the index with none.
_WITHOUT_WORDS = f"""
select m.id, m.speaker_id, m.text, d.date, m.position
from days d
cross join messages m on m.day_id = d.id
where d.id in (select id from days where {_ROOMS_DAYS})
  and m.text <> ''
  and not exists (select 1 from messages_fts_docsize i where i.id = m.id and i.sz <> x'00')
"""
_USES = """
select u.name, m.id
from (
  select name, message_id from mentions where name in (select value from json_each(:names))
  union all
  select name, message_id from quotes where name in (select value from json_each(:names))
) u
join messages m on m.id = u.message_id
order by m.sent_at, m.key
"""


def _among(column: str, values: Collection[str] | None) -> tuple[str, list[str]]:
    """A condition on a column of names, with its parameters."""
    if values is None:
        return "true", []
    # names may hold what is no Unicode text
    listed = json.dumps(sorted(values), ensure_ascii=False)
    return f"{column} in (select value from json_each(?))", [listed]
