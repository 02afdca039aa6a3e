"""Decisions about who is who into the tables: only what changed is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable

from db.families import SWEEP_SPEAKER, UNUSED_SPEAKERS
from db.people.rows import AliasRow, PersonRow, SpeakerRow

_INSERT_ALIAS = """
insert into aliases (name, speaker_id, kind, weight, times, first_message_id, last_message_id,
                     note, verdict, person_id)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
on conflict (name, speaker_id, kind) do update set
  weight = excluded.weight, times = excluded.times,
  first_message_id = excluded.first_message_id, last_message_id = excluded.last_message_id,
  note = excluded.note, verdict = excluded.verdict, person_id = excluded.person_id
"""


def sweep_speakers(connection: sqlite3.Connection) -> None:
    """Take out names that no message has any more, and all that is tied to them."""
    unused = connection.execute(UNUSED_SPEAKERS).fetchall()
    for statement in SWEEP_SPEAKER:
        connection.executemany(statement, unused)


def set_mentions_written(
    connection: sqlite3.Connection, written: Iterable[tuple[str | None, int, int]]
) -> None:
    """Write what stands behind an @, each ``(written, message id, position of the @)``."""
    connection.executemany(
        "update mentions set written = ? where message_id = ? and position = ?", written
    )


def set_mention_names(
    connection: sqlite3.Connection, names: Iterable[tuple[str | None, int, int]]
) -> None:
    """Write mentions' names, each ``(name, message id, position of the @)``."""
    connection.executemany(
        "update mentions set name = ? where message_id = ? and position = ?", names
    )


def set_mentioned_speakers(
    connection: sqlite3.Connection, speakers: Iterable[tuple[int | None, int, int]]
) -> None:
    """Write who is meant by mentions, each ``(speaker id, message id, position of the @)``."""
    connection.executemany(
        "update mentions set speaker_id = ? where message_id = ? and position = ?", speakers
    )


def set_speakers_of_names(
    connection: sqlite3.Connection, speakers: Iterable[tuple[int | None, str]]
) -> None:
    """Give all mentions of names the same speaker, each ``(speaker id, name)``."""
    connection.executemany(
        "update mentions set speaker_id = ?1 where name = ?2 and speaker_id is not ?1", speakers
    )


def set_quoted(
    connection: sqlite3.Connection, quoted: Collection[tuple[int | None, int | None, int]]
) -> None:
    """Write what quotes are of, each ``(message id, its only speaker's id, id of the quote)``."""
    connection.executemany(
        "update messages set reply_to = ? where id = ?", ((to, id_) for to, _, id_ in quoted)
    )
    connection.executemany(
        "update quotes set speaker_id = ? where message_id = ?", ((s, id_) for _, s, id_ in quoted)
    )


def replace_people(
    connection: sqlite3.Connection, people: Collection[PersonRow], speakers: Collection[SpeakerRow]
) -> None:
    """Make ``people`` all there are, and give each speaker its person."""
    there = _rows(connection, "select id, name, nickname, company, role, city from people")
    wanted = {person.id: tuple(person) for person in people}
    changed = [row for id_, row in wanted.items() if there.get(id_) != row]
    gone = [[id_] for id_ in there if id_ not in wanted]
    # names are unique at every moment, and persons may take over those of others
    connection.executemany(
        "update people set name = '#' || id where id = ?", [*gone, *([row[0]] for row in changed)]
    )
    connection.executemany(
        "insert into people (id, name, nickname, company, role, city) values (?, ?, ?, ?, ?, ?)"
        " on conflict (id) do update set name = excluded.name, nickname = excluded.nickname,"
        " company = excluded.company, role = excluded.role, city = excluded.city",
        changed,
    )
    _update_speakers(connection, speakers)
    connection.executemany("update aliases set person_id = null where person_id = ?", gone)
    connection.executemany("delete from people where id = ?", gone)


def replace_aliases(
    connection: sqlite3.Connection, stored: Iterable[AliasRow], aliases: Iterable[AliasRow]
) -> None:
    """Make ``aliases`` all the evidence there is, where ``stored`` was."""
    there, wanted = set(stored), dict.fromkeys(aliases)
    # in their order, as the rows get their numbers
    changed = {(row.name, row.speaker_id, row.kind): row for row in wanted if row not in there}
    gone = [row[:3] for row in there if row not in wanted and row[:3] not in changed]
    connection.executemany(
        "delete from aliases where name = ? and speaker_id = ? and kind = ?", gone
    )
    connection.executemany(_INSERT_ALIAS, changed.values())


def _update_speakers(connection: sqlite3.Connection, speakers: Collection[SpeakerRow]) -> None:
    there = _rows(connection, "select id, nickname, company, role, city, person_id from speakers")
    connection.executemany(
        "update speakers set nickname = ?, company = ?, role = ?, city = ?, person_id = ?"
        " where id = ?",
        ((*row[1:], row.id) for row in speakers if there.get(row.id) != tuple(row)),
    )


def _rows(connection: sqlite3.Connection, sql: str) -> dict[int, tuple[object, ...]]:
    return {row[0]: row for row in connection.execute(sql)}
