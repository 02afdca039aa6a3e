"""Who wrote when on a day: packed into one row of ``voices``, as very many days are looked at."""

from __future__ import annotations

import json
import sqlite3
import sys
import zlib
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate, pairwise
from operator import sub

from db.people.rows import ASKS, DOUBLED, TEXT, SpokenText, Voices
from db.rows import MessageRow

# Not `or replace`: SQLite sets a savepoint for it, where FTS5 writes out all that it collected.
_WRITE = "insert into voices (day_id, packed) values (?, ?)"
_SPOKEN = """
select sent_at, id, position, speaker_id, kind, text
from messages where day_id = ? and speaker_id is not null
"""
_TEXTS = """
select m.id, m.sent_at, s.id, s.name, m.text
from messages m join speakers s on s.id = m.speaker_id
where m.id in (select value from json_each(?)) and m.kind = 'text'
order by m.position
"""
# When, which message, its place, whose, its kind and its text. (No named tuple: there are many.)
_Said = tuple[str, int, int, int, str, str]


def voices_of(connection: sqlite3.Connection, day_id: int) -> Voices:
    """Who wrote on a day; where nothing usable is packed, it is packed now."""
    columns = _stored(connection, day_id)
    return _pack(connection, day_id) if columns is None else _as_voices(columns)


def heard_on(connection: sqlite3.Connection, day_id: int) -> tuple[Sequence[int], Sequence[int]]:
    """When, in seconds since midnight, and who wrote on a day: the first of what ``voices_of`` has.

    Of most days nothing else is wanted, and very many are looked at.
    """
    columns = _stored(connection, day_id)
    if columns is None:
        voices = _pack(connection, day_id)
        return voices.seconds, voices.speakers
    seconds, _, _, speakers, _ = columns
    return list(accumulate(seconds)), speakers


def _stored(connection: sqlite3.Connection, day_id: int) -> list[array[int]] | None:
    """What is packed of a day; None where nothing usable is."""
    row = connection.execute("select packed from voices where day_id = ?", [day_id]).fetchone()
    return _columns_of(row[0]) if row else None


def _pack(connection: sqlite3.Connection, day_id: int) -> Voices:
    """Pack who wrote on a day in the place of what is there."""
    found = spoken_on(connection, day_id)
    delete(connection, day_id)
    connection.execute(_WRITE, [day_id, _packed(found)])
    return found


def spoken_on(connection: sqlite3.Connection, day_id: int) -> Voices:
    """Who wrote on a day, as its messages say."""
    return _voices(connection.execute(_SPOKEN, [day_id]).fetchall())


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
    """Pack who wrote on a day of which nothing is; ``ids`` are its messages', by position."""
    said = [
        (m.sent_at, ids[m.position], m.position, speaker_id, m.kind, m.text)
        for m in messages
        if (speaker_id := speakers[m.speaker]) is not None
    ]
    connection.execute(_WRITE, [day_id, _packed(_voices(said))])


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
        columns = _columns_of(packed)
        spoken = _columns(spoken_on(connection, day_id))
        if columns is None or _columns(_as_voices(columns)) != spoken:
            yield str(place)


def _columns(voices: Voices) -> list[list[int]]:
    return [list(column) for column in voices]


def asks(text: str) -> bool:
    """Whether a message asks something.

    A ? that is doubled, or that ends a mention, is no question mark but what a lost character
    became.
    """
    if text[-1:] in ("？", "?") and text[-2:] != "??":
        return True
    # written out, as this is done for every message
    return "吗" in text or "请问" in text or "请教" in text or "有人" in text or "有没有" in text


def _voices(said: list[_Said]) -> Voices:
    if not said:
        return Voices((), (), (), (), ())
    # by time, then by message: mostly they are
    said.sort()
    times, ids, positions, speakers, kinds, texts = zip(*said, strict=True)
    signs = [
        (TEXT | ASKS if asks(text) else TEXT) if kind == "text" else 0
        for kind, text in zip(kinds, texts, strict=True)
    ]
    for at in _doubled(said):
        signs[at] |= DOUBLED
    minute, second = _minutes(), _seconds()
    # what somebody else wrote there is no time, and found elsewhere
    when = [minute.get(time[11:16], 0) + second.get(time[17:], 0) for time in times]
    return Voices(when, ids, positions, speakers, signs)


@cache
def _minutes() -> dict[str, int]:
    """The seconds up to each minute of the day."""
    return {f"{m // 60:02}:{m % 60:02}": 60 * m for m in range(24 * 60)}


@cache
def _seconds() -> dict[str, int]:
    return {f"{s:02}": s for s in range(60)}


def _doubled(said: list[_Said]) -> Iterator[int]:
    """Where in the order of time are texts that several speakers wrote in one second."""
    several = {one[0] for one, other in pairwise(said) if one[0] == other[0] and one[3] != other[3]}
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, (sent_at, _, _, _, kind, text) in enumerate(said) if several else ():
        if sent_at in several and kind == "text":
            alike[sent_at, text].append(at)
    for places in alike.values():
        if len({said[at][3] for at in places}) > 1:
            yield from places


def _packed(voices: Voices) -> bytes:
    values = array("i")
    for column in voices[:3]:
        values.extend(map(sub, column, (0, *column)))
    for column in voices[3:]:
        values.extend(column)
    # what is packed least is packed in a fraction of the time that messages take
    return zlib.compress(_little_endian(values).tobytes(), 1)


def _as_voices(columns: list[array[int]]) -> Voices:
    return Voices(*(list(accumulate(column)) for column in columns[:3]), *columns[3:])


def _columns_of(packed: bytes) -> list[array[int]] | None:
    """The columns as they are packed: the first three less the one before; None: damaged."""
    values = array("i")
    try:
        values.frombytes(zlib.decompress(packed))
    except (TypeError, ValueError, zlib.error):
        return None
    values = _little_endian(values)
    size, rest = divmod(len(values), len(Voices._fields))
    if rest:
        return None
    return [values[at * size : (at + 1) * size] for at in range(len(Voices._fields))]


def _little_endian(values: array[int]) -> array[int]:
    if sys.byteorder == "big":
        values.byteswap()
    return values
