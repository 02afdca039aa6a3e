"""What the archive has that tells who is who.

Where names or days are asked for, None stands for all of them; given ones cost what they hold. What
is asked of all names walks through tables and indexes of names, never through messages.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from db.people.rows import (
    AliasRow,
    Candidate,
    Context,
    Evidence,
    MentionPlace,
    NamedMention,
    NamesOnPages,
    NameUse,
    QuoteOf,
    QuotePlace,
    Speaker,
)
from db.people.spans import span_of

# All at once would take memory in proportion to the archive.
MESSAGES_AT_ONCE = 100_000
SECOND = "substr({0}, 12, 2) * 3600 + substr({0}, 15, 2) * 60 + substr({0}, 18, 2)"


def names_of_days(connection: sqlite3.Connection, days: Collection[int]) -> NamesOnPages:
    """All names on these pages: over messages, in quotes and behind an @."""
    values = {"days": json.dumps(sorted(days))}
    mentioned = {name for (name,) in connection.execute(_MENTIONED_ON, values)}
    others = {name for (name,) in connection.execute(_NAMES_OF_DAYS, values)}
    return NamesOnPages(mentioned | others, mentioned)


def names_elsewhere(
    connection: sqlite3.Connection, names: Collection[str], days: Collection[int]
) -> set[str]:
    """Those of the names that are known from other pages, too."""
    values = {
        "names": json.dumps(sorted(names), ensure_ascii=False),
        "days": json.dumps(sorted(days)),
    }
    return {name for (name,) in connection.execute(_ELSEWHERE, values)}


def known_names(connection: sqlite3.Connection) -> list[str]:
    """Every name that may stand behind an @: over messages, in quotes, and as written there."""
    return [name for (name,) in connection.execute(_KNOWN_NAMES)]


def message_ranges(connection: sqlite3.Connection) -> Iterator[tuple[int, int]]:
    """Ranges of ids that all messages are in: what is done range by range needs no more memory."""
    (last,) = connection.execute("select ifnull(max(id), 0) from messages").fetchone()
    for first in range(1, last + 1, MESSAGES_AT_ONCE):
        yield first, first + MESSAGES_AT_ONCE - 1


def mention_places_between(
    connection: sqlite3.Connection, first: int, last: int
) -> Iterator[MentionPlace]:
    """All mentions in a range of messages, with the text they stand in."""
    return _with_texts(connection, "message_id between ? and ?", [first, last])


def mention_places(
    connection: sqlite3.Connection, names: Collection[str], days: Collection[int]
) -> Iterator[MentionPlace]:
    """Mentions with the text they stand in: of these names, on these pages; with names of none."""
    yield from _with_texts(connection, _ON_DAYS, [json.dumps(sorted(days))])
    if names:
        where, values = _among("name", names)
        yield from _with_texts(connection, f"{where} or name is null", values)


def unwritten_mentions(connection: sqlite3.Connection) -> list[MentionPlace]:
    """Mentions of which is not known what is written behind the @."""
    return list(_with_texts(connection, "written is null", []))


def _with_texts(
    connection: sqlite3.Connection, where: str, values: Sequence[str | int]
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


def quote_places(connection: sqlite3.Connection) -> list[QuotePlace]:
    """All quotes."""
    return list(map(QuotePlace._make, connection.execute(_QUOTES)))


def quoted_texts(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """Every message that quotes, and what."""
    return connection.execute("select message_id, text from quotes").fetchall()


def quotes_on(connection: sqlite3.Connection, days: Collection[int]) -> list[QuotePlace]:
    """Quotes that stand on these pages."""
    rows = connection.execute(
        f"{_QUOTES} where q.message_id in (select m.id from messages m where {_IN_DAYS})",
        {"days": json.dumps(sorted(days))},
    )
    return list(map(QuotePlace._make, rows))


def quotes_after(
    connection: sqlite3.Connection, days: Collection[int], messages: Collection[int]
) -> list[QuotePlace]:
    """Those messages' quotes that one on these pages may be the newest of: on or after them."""
    rows = connection.execute(
        f"{_QUOTES} {_LATER} where q.message_id in (select value from json_each(:messages))",
        {"days": json.dumps(sorted(days)), "messages": json.dumps(sorted(messages))},
    )
    return list(map(QuotePlace._make, rows))


def quotes_losing(connection: sqlite3.Connection, days: Collection[int]) -> list[QuotePlace]:
    """Quotes that lose what they are of when these pages change.

    Of what several people wrote one may be gone, so that it is the other's.
    """
    rows = connection.execute(
        f"{_QUOTES} {_LATER} left join messages o on o.id = m.reply_to"
        f" where o.day_id in (select value from json_each(:days)) or {_DOUBTFUL}",
        {"days": json.dumps(sorted(days))},
    )
    return list(map(QuotePlace._make, rows))


def texts_of_days(connection: sqlite3.Connection, new_from: Mapping[int, int]) -> Iterator[str]:
    """What was said on these pages, in messages from an id on."""
    rows = connection.execute(
        "select m.text from json_each(?) n cross join messages m"
        " on m.day_id = cast(n.key as integer) and m.id >= n.value where m.text <> ''",
        [json.dumps(new_from)],
    )
    return (text for (text,) in rows)


def doubtful_quotes(
    connection: sqlite3.Connection, names: Collection[str] | None
) -> list[QuotePlace]:
    """Quotes under these names of what several speakers wrote."""
    where, values = _among("q.name", names)
    rows = connection.execute(f"{_QUOTES} where {_DOUBTFUL} and {where}", values)
    return list(map(QuotePlace._make, rows))


class Search(NamedTuple):
    """Texts of a room between two dates that have a phrase; '' is in those without a word.

    ``terms`` is how many a text has; None where it does not matter.
    """

    room_id: int
    phrase: str
    since: str
    until: str
    terms: int | None


def quote_candidates(connection: sqlite3.Connection, search: Search) -> list[Candidate]:
    """The messages that a quote may be of."""
    sql = _WITH_PHRASE if search.phrase else _WITHOUT_WORDS
    if search.phrase and search.terms is not None:
        sql += _OF_SO_MANY_TERMS
    size = bytes([search.terms or 0])
    values = {**search._asdict(), "size": size}
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


def days_in_order(connection: sqlite3.Connection) -> list[int]:
    """All days, by date and room."""
    rows = connection.execute(
        "select d.id from days d join rooms r on r.id = d.room_id order by d.date, r.slug"
    )
    return [day_id for (day_id,) in rows]


def contexts_of_names(
    connection: sqlite3.Connection, names: Collection[str]
) -> dict[int, list[Context]]:
    """The mentions of these names on each day, in the order of time."""
    named = "name in (select value from json_each(:names))"
    quoting = f"q.message_id in (select message_id from mentions where {named})"
    return _contexts(connection, quoting, f"n.{named}", {"names": _listed(names)})


def contexts_of_days(
    connection: sqlite3.Connection, days: Collection[int], names: Collection[str] | None
) -> dict[int, list[Context]]:
    """The mentions on these pages, of these names, on each day in the order of time."""
    span = span_of(connection, days)
    where = f"{span.holds('n.message_id')} and {_IN_DAYS} and n.name is not null"
    values = dict(span.values)
    if names is not None:
        # before the message is read
        where = f"n.name in (select value from json_each(:names)) and {where}"
        values["names"] = _listed(names)
    return _contexts(connection, span.holds("q.message_id"), where, values)


def _contexts(
    connection: sqlite3.Connection, quoting: str, where: str, values: Mapping[str, object]
) -> dict[int, list[Context]]:
    rows = connection.execute(_CONTEXTS.format(quoting=quoting, where=where), values).fetchall()
    # day, second, places on the page and in the text
    rows.sort(key=itemgetter(0, 1, 2, 3))
    found: dict[int, list[Context]] = defaultdict(list)
    for day_id, second, _, _, name, author_id, message_id, is_quoted, is_list in rows:
        context = Context(second, name, author_id, message_id, bool(is_quoted), bool(is_list))
        found[day_id].append(context)
    return found


def speaker_names(connection: sqlite3.Connection) -> dict[int, str]:
    """Every speaker's name."""
    return dict(connection.execute("select id, name from speakers").fetchall())


def header_evidence(
    connection: sqlite3.Connection, names: Collection[str] | None
) -> list[Evidence]:
    """For each of these speakers, that the name is theirs, in one room or in several."""
    where, values = _among("s.name", names)
    # an index has all of it, in this order; too many to have them in memory
    rows = connection.execute(
        "select s.id, s.name, m.day_id, count(*) from speakers s cross join messages m"
        f" on m.speaker_id = s.id where {where} group by s.id, m.day_id order by s.id, m.day_id",
        values,
    )
    days = {day[0]: day[1:] for day in connection.execute("select id, date, room_id from days")}
    found: list[tuple[int, str, int, bool]] = []
    pairs: list[tuple[int, int]] = []
    for (speaker_id, name), of_speaker in groupby(rows, key=itemgetter(0, 1)):
        messages = {row[2]: row[3] for row in of_speaker}
        rooms = {days[day_id][1] for day_id in messages}
        found.append((speaker_id, name, sum(messages.values()), len(rooms) > 1))
        # the first message is on the days of the first date, in whatever room
        dates = [days[day_id][0] for day_id in messages]
        outer = (min(dates), max(dates))
        pairs += [(speaker_id, day_id) for day_id in messages if days[day_id][0] in outer]
    ends = _first_and_last(connection, pairs)
    return [
        Evidence(
            *(name, speaker_id, "header", 0.0, messages, *ends[speaker_id]),
            note="in several rooms" if in_several else None,
        )
        for speaker_id, name, messages, in_several in found
    ]


def names_with_new(connection: sqlite3.Connection, new_from: Mapping[int, int]) -> set[str]:
    """Whose messages on these days are new, from an id on, or may have another place beside such.

    A message's place among those of its second is in its key.
    """
    rows = connection.execute(_WITH_NEW, {"new_from": json.dumps(new_from)})
    return {name for (name,) in rows}


def _first_and_last(
    connection: sqlite3.Connection, pairs: Collection[tuple[int, int]]
) -> dict[int, tuple[int, int]]:
    """Each speaker's first and last message of those on the days that stand with it."""
    rows = connection.execute(
        f"select m.speaker_id, min({_USE}), max({_USE}) from json_each(?) e"
        " cross join messages m on m.speaker_id = json_extract(e.value, '$[0]')"
        " and m.day_id = json_extract(e.value, '$[1]') group by m.speaker_id",
        [json.dumps(pairs)],
    )
    return {speaker: (_id_of_use(first), _id_of_use(last)) for speaker, first, last in rows}


def name_uses(connection: sqlite3.Connection, names: Collection[str]) -> dict[str, NameUse]:
    """In which messages these names stand first and last, in quotes and behind an @."""
    ends: dict[str, tuple[str, str]] = {}
    values = {"names": json.dumps(sorted(names), ensure_ascii=False)}
    for table in ("mentions", "quotes"):
        for name, first, last in connection.execute(_USES.format(table=table), values):
            others = ends.get(name, (first, last))
            ends[name] = (min(first, others[0]), max(last, others[1]))
    return {name: NameUse(*map(_id_of_use, of_name)) for name, of_name in ends.items()}


def _id_of_use(use: str) -> int:
    return int(use.rpartition(" ")[2])


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
    ends = {id_ for header in headers for id_ in (header.first_message_id, header.last_message_id)}
    times = times_of_messages(connection, ends)
    return [
        Speaker(
            header.speaker_id,
            header.name,
            header.times,
            times[header.first_message_id or 0],
            times[header.last_message_id or 0],
        )
        for header in headers
    ]


def days_of_speaker(connection: sqlite3.Connection, speaker_id: int) -> list[int]:
    """The days on which a speaker wrote."""
    rows = connection.execute(
        "select distinct day_id from messages where speaker_id = ?", [speaker_id]
    )
    return [day_id for (day_id,) in rows]


def dates_of_speaker(connection: sqlite3.Connection, speaker_id: int) -> dict[str, int]:
    """How many messages a speaker has on each date."""
    rows = connection.execute(
        "select d.date, count(*) from messages m join days d on d.id = m.day_id"
        " where m.speaker_id = ? group by d.date",
        [speaker_id],
    )
    return dict(rows.fetchall())


def named_mentions_between(
    connection: sqlite3.Connection, names: Collection[str] | None, first: int, last: int
) -> Iterator[NamedMention]:
    """The mentions of these names in a range of messages."""
    where, values = _among("n.name", names)
    rows = connection.execute(
        f"{_NAMED} where n.message_id between ? and ? and n.name is not null and {where}",
        [first, last, *values],
    )
    return map(NamedMention._make, rows)


def named_mentions(
    connection: sqlite3.Connection, names: Collection[str], messages: Collection[int]
) -> list[NamedMention]:
    """The mentions of these names, and those in these messages."""
    where, values = _among("n.name", names)
    found = connection.execute(f"{_NAMED} where {where}", values).fetchall()
    where = "n.message_id in (select value from json_each(?)) and n.name is not null"
    found += connection.execute(f"{_NAMED} where {where}", [json.dumps(sorted(messages))])
    return list(map(NamedMention._make, dict.fromkeys(found)))


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


# a time, a key and a message in one text, so that one pass gives both ends without sorting
_USE = "m.sent_at || ' ' || m.key || ' ' || m.id"
_NAMED = """
select n.message_id, n.position, n.name, substr(m.sent_at, 1, 10), n.speaker_id
from mentions n cross join messages m on m.id = n.message_id
"""
# A message that mentions four people or more is a list. What each message quotes is measured once,
# however many mentions it has.
_CONTEXTS = f"""
with quoted as materialized (
  select q.message_id, length(m.text) - length(q.reply) as characters
  from quotes q join messages m on m.id = q.message_id
  where {{quoting}}
)
select m.day_id, {SECOND.format("m.sent_at")}, m.position, n.position, n.name, m.speaker_id,
       n.message_id,
       n.position <= ifnull(q.characters, 0),
       exists (select 1 from mentions o where o.message_id = n.message_id limit 1 offset 3)
from mentions n
cross join messages m on m.id = n.message_id
left join quoted q on q.message_id = n.message_id
where {{where}}
"""
_IN_DAYS = "m.day_id in (select value from json_each(:days))"
_ON_DAYS = """
message_id in (
  select id from messages where day_id in (select value from json_each(?))
)
"""
# names stand in few places, so that the pages are where to look
_NAMES_OF_DAYS = f"""
select s.name from speakers s
where s.id in (select m.speaker_id from messages m where {_IN_DAYS})
union
select q.name from messages m cross join quotes q on q.message_id = m.id where {_IN_DAYS}
union
select n.written from messages m cross join mentions n on n.message_id = m.id
where {_IN_DAYS} and n.written is not null
"""
_MENTIONED_ON = f"""
select distinct n.name from messages m cross join mentions n on n.message_id = m.id
where {_IN_DAYS} and n.name is not null
"""
_WITH_NEW = """
select distinct s.name
from json_each(:new_from) n
cross join messages m on m.day_id = cast(n.key as integer)
join speakers s on s.id = m.speaker_id
where (m.day_id, m.sent_at) in (
  select a.day_id, a.sent_at
  from json_each(:new_from) f
  cross join messages a on a.day_id = cast(f.key as integer) and a.id >= f.value
)
"""
_NOT_THERE = "m.day_id not in (select value from json_each(:days))"
_ELSEWHERE = f"""
select n.value from json_each(:names) n
where exists (
  select 1 from speakers s cross join messages m on m.speaker_id = s.id
  where s.name = n.value and {_NOT_THERE}
) or exists (
  select 1 from quotes q cross join messages m on m.id = q.message_id
  where q.name = n.value and {_NOT_THERE}
) or exists (
  select 1 from mentions w cross join messages m on m.id = w.message_id
  where w.written = n.value and {_NOT_THERE}
)
"""
# What is written is looked up name by name, not mention by mention.
_KNOWN_NAMES = """
with recursive behind (written) as (
  select min(written) from mentions
  union all
  select (select min(m.written) from mentions m where m.written > behind.written) from behind
  where behind.written is not null
)
select name from speakers
union select name from quotes
union select written from behind where written is not null
"""
_QUOTES = """
select q.message_id, d.room_id, d.date, m.position, q.text, m.reply_to, q.speaker_id, q.name
from quotes q join messages m on m.id = q.message_id join days d on d.id = m.day_id
"""
# what several speakers wrote
_DOUBTFUL = "q.speaker_id is null and m.reply_to is not null"
# Quotes are few: those on these pages, and on later ones of the same rooms.
_LATER = """
join (
  select room_id, min(date) as date from days
  where id in (select value from json_each(:days)) group by room_id
) f on f.room_id = d.room_id and d.date >= f.date
"""
# The index then skips what is out of their range.
_ROOMS_DAYS = "room_id = :room_id and date between :since and :until"
_WITH_PHRASE = f"""
select m.id, m.speaker_id, m.text, d.date, m.position
from messages_fts f
join messages m on m.id = f.rowid
join days d on d.id = m.day_id
where messages_fts match :phrase
  and f.rowid between (select min(first_message_id) from days where {_ROOMS_DAYS})
                  and (select max(last_message_id) from days where {_ROOMS_DAYS})
  and d.room_id = :room_id
  and d.date between :since and :until
"""
# The sizes are a small table beside that of messages.
_OF_SO_MANY_TERMS = (
    "and exists (select 1 from messages_fts_docsize i where i.id = f.rowid and i.sz = :size)"
)
# What has no word is in the index with none.
_WITHOUT_WORDS = f"""
select m.id, m.speaker_id, m.text, d.date, m.position
from days d
cross join messages m on m.day_id = d.id
where d.id in (select id from days where {_ROOMS_DAYS})
  and m.text <> ''
  and not exists (select 1 from messages_fts_docsize i where i.id = m.id and i.sz <> x'00')
"""
_USES = f"""
select u.name, min({_USE}), max({_USE})
from {{table}} u join messages m on m.id = u.message_id
where u.name in (select value from json_each(:names))
group by u.name
"""


def _among(column: str, values: Collection[str] | None) -> tuple[str, list[str]]:
    """A condition on a column of names, with its parameters."""
    if values is None:
        return "true", []
    return f"{column} in (select value from json_each(?))", [_listed(values)]


def _listed(names: Collection[str]) -> str:
    # names may hold what is no Unicode text
    return json.dumps(sorted(names), ensure_ascii=False)
