"""Who wrote when on a day: packed into one row of ``voices``, as very many days are looked at."""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import itemgetter, sub

from db.people.rows import SpokenText, Voices
from db.rows import MessageRow

_COLUMNS = 4
_WRITE = "insert or replace into voices (day_id, packed) values (?, ?)"
_SPOKEN = """
select substr(sent_at, 12, 2) * 3600 + substr(sent_at, 15, 2) * 60 + substr(sent_at, 18, 2),
       speaker_id, id
from messages where day_id = ? and speaker_id is not null
"""
_TEXTS = """
select m.id, m.sent_at, s.id, s.name, m.text
from messages m join speakers s on s.id = m.speaker_id
where m.id in (select value from json_each(?)) and m.kind = 'text'
order by m.position
"""

# Seconds since midnight, a speaker, a message.
_Said = tuple[int, int, int]
# Of messages the second, speaker and text of each that is text, with its id first.
_Texts = Callable[[Collection[int]], Iterable[tuple[int, str, int, str]]]


def voices_of(connection: sqlite3.Connection, day_id: int) -> Voices:
    """Who wrote on a day; where nothing usable is packed, it is packed now."""
    row = connection.execute("select packed from voices where day_id = ?", [day_id]).fetchone()
    try:
        return _unpacked(row[0])
    except (TypeError, zlib.error, struct.error):
        found = spoken_on(connection, day_id)
        connection.execute(_WRITE, [day_id, _packed(found)])
        return found


def spoken_on(connection: sqlite3.Connection, day_id: int) -> Voices:
    """Who wrote on a day, as its messages say."""

    def texts(messages: Collection[int]) -> Iterator[tuple[int, str, int, str]]:
        found = texts_of(connection, messages)
        return ((one.message_id, one.sent_at, one.speaker_id, one.text) for one in found)

    return _voices(connection.execute(_SPOKEN, [day_id]).fetchall(), texts)


def texts_of(connection: sqlite3.Connection, messages: Collection[int]) -> list[SpokenText]:
    """Those of the messages of a page that are text, in its order."""
    listed = json.dumps(sorted(messages))
    return list(map(SpokenText._make, connection.execute(_TEXTS, [listed])))


def write(
    connection: sqlite3.Connection,
    day_id: int,
    messages: Collection[MessageRow],
    ids: Mapping[int, int],
    speakers: Mapping[str | None, int | None],
) -> None:
    """Pack who wrote on a day; ``ids`` are those of its messages, by position."""
    of_id = {ids[message.position]: message for message in messages}
    said = [
        (_second(message.sent_at), speaker_id, message_id)
        for message_id, message in of_id.items()
        if (speaker_id := speakers[message.speaker]) is not None
    ]

    def texts(wanted: Collection[int]) -> Iterator[tuple[int, str, int, str]]:
        for message_id in wanted:
            one = of_id[message_id]
            if one.kind == "text":
                yield message_id, one.sent_at, speakers[one.speaker] or 0, one.text

    connection.execute(_WRITE, [day_id, _packed(_voices(said, texts))])


def delete(connection: sqlite3.Connection, day_id: int) -> None:
    """Take what is packed of a day out."""
    connection.execute("delete from voices where day_id = ?", [day_id])


def forget(connection: sqlite3.Connection) -> None:
    """Have all days packed anew."""
    connection.execute("delete from voices")


def wrong_days(connection: sqlite3.Connection) -> Iterator[str]:
    """Days of which something else is packed than their messages say, as room and date."""
    days = connection.execute(
        "select r.slug || '/' || d.date, v.day_id, v.packed"
        " from voices v join days d on d.id = v.day_id join rooms r on r.id = d.room_id order by 1"
    )
    for place, day_id, packed in days:
        try:
            is_right = _unpacked(packed) == spoken_on(connection, day_id)
        except (TypeError, zlib.error, struct.error):
            is_right = False
        if not is_right:
            yield str(place)


def _second(sent_at: str) -> int:
    return int(sent_at[11:13]) * 3600 + int(sent_at[14:16]) * 60 + int(sent_at[17:19])


def _voices(said: list[_Said], texts: _Texts) -> Voices:
    if not said:
        return Voices((), (), (), ())
    seconds, speakers, ids = zip(*sorted(said), strict=True)
    doubled = _doubled(seconds, speakers, ids, texts)
    return Voices(seconds, speakers, ids, tuple(int(id_ in doubled) for id_ in ids))


def _doubled(
    seconds: Sequence[int], speakers: Sequence[int], ids: Sequence[int], texts: _Texts
) -> set[int]:
    """The messages of which several speakers wrote the text in one second."""
    pairs = zip(seconds, seconds[1:], speakers, speakers[1:], strict=False)
    several = {second for second, after, one, other in pairs if second == after and one != other}
    if not several:
        return set()
    wanted = [id_ for second, id_ in zip(seconds, ids, strict=True) if second in several]
    alike: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for message_id, sent_at, speaker_id, text in texts(wanted):
        alike[sent_at, text].append((message_id, speaker_id))
    return {
        message_id
        for those in alike.values()
        if len(set(map(itemgetter(1), those))) > 1
        for message_id, _ in those
    }


def _packed(voices: Voices) -> bytes:
    seconds = map(sub, voices.seconds, (0, *voices.seconds))
    ids = map(sub, voices.ids, (0, *voices.ids))
    values = (*seconds, *voices.speakers, *ids, *voices.doubled)
    # what is packed least is packed in a fraction of the time that messages take
    return zlib.compress(struct.pack(f"<{len(values)}i", *values), 1)


def _unpacked(packed: bytes) -> Voices:
    content = zlib.decompress(packed)
    size = len(content) // 4 // _COLUMNS
    values = struct.unpack(f"<{_COLUMNS * size}i", content)
    return Voices(
        tuple(accumulate(values[:size])),
        values[size : 2 * size],
        tuple(accumulate(values[2 * size : 3 * size])),
        values[3 * size :],
    )
