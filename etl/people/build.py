"""Who is who, brought up to date: observe what changed, decide, write the difference.

Everything is derived from the messages and ``archive.toml``. What was observed is kept in
``aliases``, so that after a change of some pages only the names on them are looked at again.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import NamedTuple

from db.loads import Changed
from db.people import reader, writer
from db.people.rows import (
    DOUBLED,
    AliasRow,
    Context,
    DoubledMessage,
    Evidence,
    MentionPlace,
    NameUse,
    Speaker,
    Voices,
)
from db.people.voices import heard_on, texts_of, voices_of
from etl.jobs.mentions import EVERYONE, KnownNames, written_at
from etl.people.by_hand import ByHand
from etl.people.decide import Decision, decide
from etl.people.describe import Seen, person_rows, speaker_rows
from etl.people.meant import Meant
from etl.people.observe import (
    Answers,
    double_evidence,
    doubled_on,
    is_doubled,
    quote_evidence,
)
from etl.people.quotes import find_quotes, settle_quotes
from etl.people.replies import infer_replies

# Evidence with messages of its own: the other kinds are of names that have something in common.
SEEN = ("header", "quote", "same message", "answers")

# All at once would take memory in proportion to the archive.
DAYS_AT_ONCE = 100
MENTIONS_AT_ONCE = 200_000


class Touched(NamedTuple):
    """What changed: pages; names on them, before or now, or in quotes that are of others now.

    ``speakers`` are those of them of which messages changed, ``mentioned`` those of which a mention
    did, ``renamed`` the messages of mentions that were given another name, and ``quoted`` the names
    of all quotes that were looked for again.
    """

    days: set[int]
    names: set[str]
    speakers: set[str]
    mentioned: set[str]
    renamed: set[int]
    quoted: set[str]


class Renamed(NamedTuple):
    """Mentions that were given another name: the names they lost or gained, their messages."""

    names: set[str]
    messages: set[int]


def build_people(connection: sqlite3.Connection, by_hand: ByHand, changed: Changed | None) -> None:
    """Make people, aliases, mentions and replies what the messages say; None: look at them all."""
    stored = reader.aliases(connection)
    writer.sweep_speakers(connection)
    _read_unwritten(connection)
    touched = None if changed is None else _look_at(connection, changed)
    if touched is None:
        _look_at_all(connection)
    written = reader.written_names(connection)
    headers, evidence = observe(connection, stored, touched, written)
    speakers = reader.speakers(connection, headers)
    decision = decide_people(connection, by_hand, speakers, written, [*headers, *evidence])
    aliases = _alias_rows(connection, decision, stored, touched)
    people = person_rows(decision, _seen(connection, decision, speakers, aliases))
    writer.replace_people(connection, people, speaker_rows(decision, speakers))
    writer.replace_aliases(connection, stored, aliases)
    if touched is None:
        settle_quotes(connection, decision, None)
        Meant(connection, decision).resolve_all(written)
        infer_replies(connection, None)
    else:
        _conclude(connection, decision, touched, _regrouped(stored, aliases, touched))


def _look_at_all(connection: sqlite3.Connection) -> None:
    known = KnownNames(reader.known_names(connection))
    for first, last in reader.message_ranges(connection):
        _name_mentions(connection, known, reader.mention_places_between(connection, first, last))
    find_quotes(connection, None)


def _look_at(connection: sqlite3.Connection, changed: Changed) -> Touched:
    """Bring names and quotes up to date with what changed; which names that touches."""
    there = reader.names_of_days(connection, changed.days)
    names = changed.names | there.names
    known = KnownNames(reader.known_names(connection))
    # what is no name any more, and what may be a new one
    others = names - reader.names_elsewhere(connection, names, changed.days)
    others |= {shorter for name in others for shorter in known.shorter(name)}
    places = list(reader.mention_places(connection, others, changed.days))
    renamed = _name_mentions(connection, known, places)
    requoted = find_quotes(connection, changed)
    touched = names | renamed.names | requoted.changed
    return Touched(
        changed.days,
        touched,
        reader.names_with_new(connection, changed.new_from) if changed.is_only_more() else touched,
        changed.mentioned | there.mentioned | renamed.names,
        renamed.messages,
        requoted.looked_for,
    )


def _name_mentions(
    connection: sqlite3.Connection, known: KnownNames, places: Iterable[MentionPlace]
) -> Renamed:
    """Give mentions the known name behind their @."""
    changes, names = [], set()
    for place in places:
        name = known.name_at(place.text, place.at) or place.written
        if name != place.name:
            changes.append((name, place.message_id, place.at))
            names |= {name, place.name}
    writer.set_mention_names(connection, changes)
    found = {name for name in names if name is not None}
    return Renamed(found, {message_id for _, message_id, _ in changes})


def _read_unwritten(connection: sqlite3.Connection) -> None:
    """Read what stands behind an @ where an older version of this program did not."""
    places = reader.unwritten_mentions(connection)
    read = ((written_at(place.text, place.at), place.message_id, place.at) for place in places)
    writer.set_mentions_written(connection, list(read))


def observe(
    connection: sqlite3.Connection,
    stored: Iterable[AliasRow],
    touched: Touched | None,
    written: Mapping[str, int],
) -> tuple[list[Evidence], list[Evidence]]:
    """The speakers' own names, and all that was observed: anew where touched, else as stored.

    ``written`` counts the names that stand in quotes and behind an @.
    """
    headers = reader.header_evidence(connection, touched and touched.speakers)
    quotes = reader.quotes_under(connection, touched and touched.names)
    observed = quote_evidence(quote for quote in quotes if quote.name != EVERYONE)
    if touched is None:
        return headers, observed + _observe_pages(connection, written)
    speakers = reader.speaker_names(connection)
    ids = {name: id_ for id_, name in speakers.items()}
    kept = [Evidence(*row[:8]) for row in stored if row.speaker_id in speakers]
    headers += [one for one in kept if one.kind == "header" and one.name not in touched.speakers]
    observed += [one for one in kept if one.kind == "quote" and one.name not in touched.names]
    observed += [one for one in kept if one.kind == "answers" and one.name not in touched.mentioned]
    mentioned = {name: written.get(name, 0) for name in touched.mentioned}
    observed += _observe_answers(connection, mentioned, speakers)
    pairs = _doubled_pairs(connection, kept, touched)
    observed += [
        one
        for one in kept
        if one.kind == "same message" and (one.name, one.speaker_id) not in pairs
    ]
    return headers, observed + _observe_doubled(connection, pairs, ids)


def _observe_pages(connection: sqlite3.Connection, written: Mapping[str, int]) -> list[Evidence]:
    """What all pages show, each page read once for so many mentions as fit into memory."""
    speakers = reader.speaker_names(connection)
    doubled: list[DoubledMessage] = []
    answers: list[Evidence] = []
    groups = _by_mentions(written)
    for number, names in enumerate(groups):
        counted = Answers()
        # all that is read costs once for each group
        chosen = names if len(groups) > 1 else None
        for day_id, contexts in _all_contexts(connection, chosen):
            own = [context for context in contexts if context.name in names]
            if number == 0 or own:
                voices = voices_of(connection, day_id)
                counted.add_day(own, voices.seconds, voices.speakers)
                if number == 0:
                    doubled += _doubled_on(connection, voices)
        answers += counted.evidence(speakers)
    return double_evidence(doubled) + answers


def _by_mentions(times: Mapping[str, int]) -> list[set[str]]:
    """The names in groups, in their order, each of so many mentions (a name's stay together)."""
    groups: list[set[str]] = [set()]
    mentions = 0
    for name in sorted(set(times) - {EVERYONE}):
        if mentions >= MENTIONS_AT_ONCE:
            groups.append(set())
            mentions = 0
        groups[-1].add(name)
        mentions += times[name]
    return groups


def _all_contexts(
    connection: sqlite3.Connection, names: Collection[str] | None
) -> Iterator[tuple[int, Sequence[Context]]]:
    """Every page with its mentions of these names, or of all, by date and room."""
    in_order = reader.days_in_order(connection)
    for at in range(0, len(in_order), DAYS_AT_ONCE):
        days = in_order[at : at + DAYS_AT_ONCE]
        contexts = reader.contexts_of_days(connection, days, names)
        yield from ((day_id, contexts.get(day_id, ())) for day_id in days)


def _observe_answers(
    connection: sqlite3.Connection, times: Mapping[str, int], speakers: Mapping[int, str]
) -> list[Evidence]:
    """Who answers to these names, wherever they are mentioned; so many at a time as fit."""
    answers: list[Evidence] = []
    for group in _by_mentions(times):
        counted = Answers()
        contexts = reader.contexts_of_names(connection, group)
        for day_id in reader.days_in_order(connection) if contexts else ():
            if day_id in contexts:
                counted.add_day(contexts[day_id], *heard_on(connection, day_id))
        answers += counted.evidence(speakers)
    return answers


def _doubled_pairs(
    connection: sqlite3.Connection, kept: Iterable[Evidence], touched: Touched
) -> set[tuple[str, int]]:
    """Names and speakers that have, or may have now, messages in common on changed pages."""
    had = {
        (one.name, one.speaker_id)
        for one in kept
        if one.kind == "same message" and one.name in touched.names
    }
    return had | {
        (one.name, one.speaker_id)
        for day_id in touched.days
        for one in _doubled_on(connection, voices_of(connection, day_id))
    }


def _observe_doubled(
    connection: sqlite3.Connection, pairs: Collection[tuple[str, int]], ids: Mapping[str, int]
) -> list[Evidence]:
    """What is doubled of these pairs, on all pages on which both wrote."""

    @cache
    def days_of(speaker_id: int) -> Collection[int]:
        return reader.days_of_speaker(connection, speaker_id)

    shared = {
        day_id
        for name, speaker_id in pairs
        if name in ids
        for day_id in set(days_of(ids[name])).intersection(days_of(speaker_id))
    }
    in_order = reader.days_in_order(connection) if shared else ()
    return double_evidence(
        one
        for day_id in in_order
        if day_id in shared
        for one in _doubled_on(connection, voices_of(connection, day_id))
        if (one.name, one.speaker_id) in pairs
    )


def _doubled_on(connection: sqlite3.Connection, voices: Voices) -> list[DoubledMessage]:
    messages = [i for i, sign in zip(voices.ids, voices.signs, strict=True) if sign & DOUBLED]
    return doubled_on(texts_of(connection, messages)) if messages else []


def is_doubled_page(connection: sqlite3.Connection, day_id: int) -> bool:
    """Whether a page was put together from the exports of two accounts."""
    return is_doubled(_doubled_on(connection, voices_of(connection, day_id)))


def decide_people(
    connection: sqlite3.Connection,
    by_hand: ByHand,
    speakers: Collection[Speaker],
    written: Mapping[str, int],
    evidence: Iterable[Evidence],
) -> Decision:
    """Who is who, by this evidence."""

    @cache
    def days(speaker_id: int) -> frozenset[int]:
        return frozenset(reader.days_of_speaker(connection, speaker_id))

    @cache
    def is_whole(day_id: int) -> bool:
        return not is_doubled_page(connection, day_id)

    whole: set[int] = set()

    def shares_page(one: int, other: int) -> bool:
        common = days(one) & days(other)
        if common.isdisjoint(whole):
            whole.update(islice(filter(is_whole, sorted(common)), 1))
        return not common.isdisjoint(whole)

    names = {name: times for name, times in written.items() if name != EVERYONE}
    return decide(speakers, names, evidence, by_hand, shares_page)


def _alias_rows(
    connection: sqlite3.Connection,
    decision: Decision,
    stored: Iterable[AliasRow],
    touched: Touched | None,
) -> list[AliasRow]:
    """Evidence as rows; what names have in common was seen where the name is written."""
    made = (row for row in stored if row.kind not in SEEN)
    there = {(row.name, row.speaker_id, row.kind): row for row in made}
    rows, unseen = [], []
    for piece, verdict in decision.verdicts:
        person = decision.person_of.get(piece.name) if verdict == "joins" else None
        row = AliasRow(*piece, verdict, person)
        if row.first_message_id is None:
            known = there.get((row.name, row.speaker_id, row.kind))
            if known is None or touched is None or row.name in touched.names:
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


def _seen(
    connection: sqlite3.Connection,
    decision: Decision,
    speakers: Iterable[Speaker],
    aliases: Iterable[AliasRow],
) -> dict[str, Seen]:
    """When the names of persons with several came up, and how often they were written."""
    names = Counter(decision.person_of.values())
    joined = [row for row in aliases if names[row.person_id or 0] > 1 and row.first_message_id]
    # when speakers wrote first is known
    wrote_at = {speaker.id: speaker.first for speaker in speakers}
    others = {row.first_message_id for row in joined if row.kind != "header"}
    sent_at = reader.times_of_messages(connection, others)
    found: dict[str, Seen] = {}
    for row in joined:
        is_header = row.kind == "header"
        first = wrote_at[row.speaker_id] if is_header else sent_at[row.first_message_id or 0]
        before = found.get(row.name)
        if before is None:
            found[row.name] = Seen(first, row.times)
        else:
            found[row.name] = Seen(min(before.first, first), max(before.times, row.times))
    return found


def _speakers_of_names(aliases: Iterable[AliasRow]) -> dict[str, frozenset[int]]:
    """The speakers of each name's person."""
    joined = [row for row in aliases if row.person_id is not None]
    speakers: dict[int | None, list[int]] = defaultdict(list)
    for row in joined:
        if row.kind == "header":
            speakers[row.person_id].append(row.speaker_id)
    persons = {person_id: frozenset(those) for person_id, those in speakers.items()}
    return {row.name: persons.get(row.person_id, frozenset()) for row in joined}


class _Regrouped(NamedTuple):
    """Names whose person has other speakers now, those persons' speakers before and after.

    ``several`` are names of other persons with several speakers, one of whom was touched: whom a
    mention means may be another one of them.
    """

    names: set[str]
    persons: set[frozenset[int]]
    several: set[str]


def _regrouped(
    stored: Iterable[AliasRow], aliases: Iterable[AliasRow], touched: Touched
) -> _Regrouped:
    before, after = _speakers_of_names(stored), _speakers_of_names(aliases)
    speakers = {speaker for name in touched.names for speaker in after.get(name, ())}
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    several = {n for n, of in after.items() if len(of) > 1 and not speakers.isdisjoint(of)}
    persons = {of[name] for of in (before, after) for name in of.keys() & names}
    return _Regrouped(names, persons, several)


def _conclude(
    connection: sqlite3.Connection, decision: Decision, touched: Touched, regrouped: _Regrouped
) -> None:
    """Bring up to date what hangs on who is who: doubtful quotes, mentions, inferred replies."""
    settle_quotes(connection, decision, regrouped.names | touched.quoted)
    names = regrouped.names | regrouped.several
    mentions = reader.named_mentions(connection, names, touched.renamed)
    messages = Meant(connection, decision).resolve(mentions)
    messages |= {one.message_id for one in mentions if one.name in regrouped.names}
    days = touched.days | reader.days_of_messages(connection, messages)
    infer_replies(connection, days | _shared_days(connection, regrouped.persons))


def _shared_days(connection: sqlite3.Connection, persons: Iterable[frozenset[int]]) -> set[int]:
    """Pages on which several speakers of one person wrote: nobody answers themselves."""
    days: set[int] = set()
    for speakers in persons:
        if len(speakers) > 1:
            counts = Counter(d for s in speakers for d in reader.days_of_speaker(connection, s))
            days |= {day for day, number in counts.items() if number > 1}
    return days
