"""Who is who, brought up to date: observe what changed, decide, write the difference.

Everything is derived from the messages and ``archive.toml``. What was observed is kept in
``aliases``, so that after a change of some pages only the names on them are looked at again.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable
from functools import cache
from typing import NamedTuple

from db.loads import Changed
from db.people import reader, writer
from db.people.rows import (
    AliasRow,
    DoubledMessage,
    Evidence,
    NameUse,
    Speaker,
    Voice,
)
from etl.jobs.mentions import EVERYONE, KnownNames, written_at
from etl.people.by_hand import ByHand
from etl.people.decide import Decision, decide
from etl.people.describe import Seen, person_rows, speaker_rows
from etl.people.meant import resolve_mentions
from etl.people.observe import (
    Answers,
    double_evidence,
    doubled_on,
    is_doubled,
    quote_evidence,
    times_of_two,
)
from etl.people.quotes import find_quotes, settle_quotes
from etl.people.replies import infer_replies

Names = set[str] | None

OBSERVED = ("quote", "same message", "answers")


def build_people(connection: sqlite3.Connection, by_hand: ByHand, changed: Changed | None) -> None:
    """Make people, aliases, mentions and replies what the messages say; None: look at them all."""
    days = None if changed is None else changed.days
    names: Names = None
    if changed is not None:
        names = changed.names | reader.names_of_days(connection, changed.days)
    renamed = name_mentions(connection, names)
    requoted = find_quotes(connection, days)
    if names is not None:
        names |= renamed | requoted
    stored = reader.aliases(connection)
    headers, evidence = observe(connection, stored, names)
    speakers = reader.speakers(connection, headers)
    decision = decide_people(connection, by_hand, speakers, [*headers, *evidence])
    aliases = _alias_rows(connection, decision, stored, names)
    people = person_rows(decision, _seen(connection, aliases))
    writer.replace_people(connection, people, speaker_rows(decision, speakers))
    writer.replace_aliases(connection, stored, aliases)
    concerned = None if names is None else _concerned(stored, aliases, names)
    settle_quotes(connection, decision, concerned and concerned.names)
    mentioning = resolve_mentions(connection, decision, concerned and concerned.names)
    if concerned is not None and days is not None:
        days = days | reader.days_of_messages(connection, mentioning)
        days |= _shared_days(connection, concerned.persons)
    infer_replies(connection, days)


def name_mentions(connection: sqlite3.Connection, names: Names) -> set[str]:
    """Give mentions the known name behind their @; the names that some lost or gained."""
    _read_unwritten(connection)
    known = KnownNames(reader.known_names(connection))
    if names is not None:
        names = names | {shorter for name in names for shorter in known.shorter(name)}
    changes, concerned = [], set()
    for place in reader.mention_places(connection, names):
        name = known.name_at(place.text, place.at) or place.written
        if name != place.name:
            changes.append((name, place.message_id, place.at))
            concerned |= {name, place.name} - {None}
    writer.set_mention_names(connection, changes)
    return {name for name in concerned if name is not None}


def _read_unwritten(connection: sqlite3.Connection) -> None:
    """Read what stands behind an @ where an older version of this program did not."""
    places = reader.unwritten_mentions(connection)
    read = ((written_at(place.text, place.at), place.message_id, place.at) for place in places)
    writer.set_mentions_written(connection, list(read))


def observe(
    connection: sqlite3.Connection, stored: Iterable[AliasRow], names: Names
) -> tuple[list[Evidence], list[Evidence]]:
    """The speakers' own names, and all that was observed: anew for these names, else as stored."""
    headers = reader.header_evidence(connection, names)
    observed = quote_evidence(reader.quotes_under(connection, names))
    observed += _observe_pages(connection, names)
    if names is not None:
        kept = [Evidence(*row[:8]) for row in stored if row.name not in names]
        headers += [piece for piece in kept if piece.kind == "header"]
        observed += [piece for piece in kept if piece.kind in OBSERVED]
    return headers, observed


def _observe_pages(connection: sqlite3.Connection, names: Names) -> list[Evidence]:
    """What pages show of these names, each page read once."""
    counted, doubled = Answers(), []
    contexts = reader.contexts_by_day(connection, names)
    next_day, next_contexts = next(contexts, (None, []))
    spoken_on = reader.days_of_speakers(connection, names)
    for day_id in reader.days_in_order(connection):
        if day_id != next_day and day_id not in spoken_on:
            continue
        voices = reader.voices_of(connection, day_id)
        if day_id == next_day:
            counted.add_day([one for one in next_contexts if one.name != EVERYONE], voices)
            next_day, next_contexts = next(contexts, (None, []))
        if day_id in spoken_on:
            doubled += [
                one
                for one in _doubled_on(connection, day_id, voices)
                if names is None or one.name in names
            ]
    return double_evidence(doubled) + counted.evidence(reader.speaker_names(connection))


def _doubled_on(
    connection: sqlite3.Connection, day_id: int, voices: Iterable[Voice]
) -> list[DoubledMessage]:
    times = times_of_two(voices)
    return doubled_on(reader.texts_at(connection, day_id, times)) if times else []


def is_doubled_page(connection: sqlite3.Connection, day_id: int) -> bool:
    """Whether a page was put together from the exports of two accounts."""
    return is_doubled(_doubled_on(connection, day_id, reader.voices_of(connection, day_id)))


def decide_people(
    connection: sqlite3.Connection,
    by_hand: ByHand,
    speakers: Collection[Speaker],
    evidence: Iterable[Evidence],
) -> Decision:
    """Who is who, by this evidence."""

    @cache
    def days(speaker_id: int) -> frozenset[int]:
        return frozenset(reader.days_of_speaker(connection, speaker_id))

    @cache
    def is_whole(day_id: int) -> bool:
        return not is_doubled_page(connection, day_id)

    def shares_page(one: int, other: int) -> bool:
        return any(map(is_whole, sorted(days(one) & days(other))))

    written = reader.written_names(connection)
    written.pop(EVERYONE, None)
    return decide(speakers, written, evidence, by_hand, shares_page)


def _alias_rows(
    connection: sqlite3.Connection, decision: Decision, stored: Iterable[AliasRow], names: Names
) -> list[AliasRow]:
    """Evidence as rows; what names have in common was seen where the name is written."""
    there = {(row.name, row.speaker_id, row.kind): row for row in stored}
    rows, unseen = [], []
    for piece, verdict in decision.verdicts:
        person = decision.person_of.get(piece.name) if verdict == "joins" else None
        row = AliasRow(*piece, verdict, person)
        if row.first_message_id is None:
            known = there.get((row.name, row.speaker_id, row.kind))
            if known is None or names is None or row.name in names:
                unseen.append(row)
                continue
            row = row._replace(
                first_message_id=known.first_message_id, last_message_id=known.last_message_id
            )
        rows.append(row)
    uses = reader.name_uses(connection, {row.name for row in unseen})
    return rows + [_with_use(row, uses.get(row.name)) for row in unseen]


def _with_use(row: AliasRow, use: NameUse | None) -> AliasRow:
    """The row with the messages that the name is first and last written in."""
    if use is None:
        return row
    return row._replace(first_message_id=use.first_message_id, last_message_id=use.last_message_id)


def _seen(connection: sqlite3.Connection, aliases: Collection[AliasRow]) -> dict[str, Seen]:
    """When the names that joined somebody came up, and how often they were written."""
    joined = [row for row in aliases if row.verdict == "joins" and row.first_message_id]
    sent_at = reader.times_of_messages(connection, {row.first_message_id for row in joined})
    found: dict[str, Seen] = {}
    for row in joined:
        first = sent_at[row.first_message_id or 0]
        before = found.get(row.name, Seen(first))
        found[row.name] = Seen(min(before.first, first), max(before.times, row.times))
    return found


def _speakers_of_names(aliases: Iterable[AliasRow]) -> dict[str, frozenset[int]]:
    """The speakers of each name's person."""
    joined = [row for row in aliases if row.person_id is not None]
    speakers: dict[int | None, set[int]] = {}
    for row in joined:
        if row.kind == "header":
            speakers.setdefault(row.person_id, set()).add(row.speaker_id)
    return {row.name: frozenset(speakers.get(row.person_id, ())) for row in joined}


class _Concerned(NamedTuple):
    """What a decision changed, or may have: names, and the speakers of the persons behind them."""

    names: set[str]
    persons: set[frozenset[int]]


def _concerned(
    stored: Iterable[AliasRow], aliases: Iterable[AliasRow], names: set[str]
) -> _Concerned:
    """These names, those whose person has other speakers now, and those of persons with several."""
    before, after = _speakers_of_names(stored), _speakers_of_names(aliases)
    touched = {speaker for name in names for speaker in after.get(name, ())}
    concerned = names | {
        name
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
        or (len(after[name]) > 1 and not touched.isdisjoint(after[name]))
    }
    persons = {of[name] for of in (before, after) for name in of.keys() & concerned}
    return _Concerned(concerned, persons)


def _shared_days(connection: sqlite3.Connection, persons: Iterable[frozenset[int]]) -> set[int]:
    """Pages on which several speakers of one person wrote: nobody answers themselves."""
    days: set[int] = set()
    for speakers in persons:
        if len(speakers) > 1:
            counts = Counter(d for s in speakers for d in reader.days_of_speaker(connection, s))
            days |= {day for day, number in counts.items() if number > 1}
    return days
