"""Quotes, and the messages they are of: found in the archive, and written down."""

from __future__ import annotations

import datetime
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from db.loads import Changed
from db.people import reader, writer
from db.people.rows import QuotePlace
from etl.people.decide import Decision
from etl.people.quoted import Fits, Pool, Wanted, phrase_of, terms_of

# Days: what a quote is of was mostly said just before, and looking further back takes longer.
RECENT = 60
# Of what more people wrote than that, whom a quote names does not tell which.
MOST_SPEAKERS = 500


class _Found(NamedTuple):
    """A quote, and what fits it from a date on."""

    quote: QuotePlace
    fits: Fits
    since: str


class Requoted(NamedTuple):
    """The names of quotes that were looked for again, and of those of which that changed it."""

    looked_for: set[str]
    changed: set[str]


def find_quotes(connection: sqlite3.Connection, changed: Changed | None) -> Requoted:
    """Find the message that each quote is of, or each that a change of pages concerns."""
    quotes = reader.quote_places(connection) if changed is None else _concerned(connection, changed)
    newest = {
        found.quote.message_id: found.fits.newest(found.since, _place(found.quote))
        for found in _find(connection, quotes)
    }
    changes, names = [], set()
    for quote in quotes:
        found = newest.get(quote.message_id) or (None, None)
        if tuple(found) != (quote.reply_to, quote.speaker_id):
            changes.append((*found, quote.message_id))
            names.add(quote.name)
    writer.set_quoted(connection, changes)
    return Requoted({quote.name for quote in quotes}, names)


def _concerned(connection: sqlite3.Connection, changed: Changed) -> list[QuotePlace]:
    """Quotes on changed pages, those that lose what they are of there, and that may find it."""
    lossy = changed.days - changed.new_from.keys()
    texts = reader.quoted_texts(connection)
    wanted = Wanted(text for _, text in texts)
    fitted: set[str] = set()
    for text in reader.texts_of_days(connection, {**dict.fromkeys(lossy, 0), **changed.new_from}):
        fitted |= wanted.fitted(text)
    quotes = reader.quotes_on(connection, changed.days)
    quotes += reader.quotes_losing(connection, lossy) if lossy else []
    fitting = [message_id for message_id, text in texts if text in fitted]
    quotes += reader.quotes_after(connection, changed.days, fitting) if fitting else []
    return list(dict.fromkeys(quotes))


def settle_quotes(
    connection: sqlite3.Connection, decision: Decision, names: Collection[str] | None
) -> None:
    """Of what several people wrote, give a quote what the person it names did."""
    persons = reader.persons_of_speakers(connection)
    quotes = [
        quote
        for quote in reader.doubtful_quotes(connection, names)
        if quote.name in decision.person_of
    ]
    changes = []
    for quote, fits, since in _find(connection, quotes):
        person = decision.person_of[quote.name]
        said = fits.speakers(since, _place(quote), MOST_SPEAKERS)
        own = next((one for one in said if persons.get(one.speaker_id or 0) == person), None)
        if own is not None and own.message_id != quote.reply_to:
            changes.append((own.message_id, None, quote.message_id))
    writer.set_quoted(connection, changes)


def _find(connection: sqlite3.Connection, quotes: Iterable[QuotePlace]) -> Iterator[_Found]:
    """What fits each quote that anything fits, each phrase of a room looked up once for a time."""
    alike: dict[tuple[int, str], list[QuotePlace]] = defaultdict(list)
    for quote in quotes:
        alike[quote.room_id, phrase_of(quote.text)].append(quote)
    for (room_id, phrase), those in alike.items():
        for near in _in_time(those):
            yield from _find_alike(connection, room_id, phrase, near)


def _in_time(quotes: list[QuotePlace]) -> Iterator[list[QuotePlace]]:
    """The quotes in runs between which nothing was said lately: short ones have many candidates."""
    near: list[QuotePlace] = []
    for quote in sorted(quotes, key=lambda one: one.date):
        if near and near[-1].date < _since(quote, recent=True):
            yield near
            near = []
        near.append(quote)
    yield near


def _find_alike(
    connection: sqlite3.Connection, room_id: int, phrase: str, quotes: list[QuotePlace]
) -> Iterator[_Found]:
    """Letter for letter first, however long ago, then less exactly; of each quote by itself."""
    until = max(quote.date for quote in quotes)
    pools: dict[tuple[int | None, bool], Pool] = {}
    for way, recent in _WAYS:
        terms = terms_of(quotes[0].text, phrase) if way is Pool.exact else None
        pool = pools.get((terms, recent))
        if pool is None:
            since = min(_since(quote, recent) for quote in quotes)
            search = reader.Search(room_id, phrase, since, until, terms)
            pool = pools[terms, recent] = Pool(reader.quote_candidates(connection, search))
        left = []
        fits: dict[str, Fits] = {}
        for quote in quotes:
            if quote.text not in fits:
                fits[quote.text] = way(pool, quote.text)
            of_quote, since = fits[quote.text], _since(quote, recent)
            if of_quote.newest(since, _place(quote)) is None:
                left.append(quote)
            else:
                yield _Found(quote, of_quote, since)
        quotes = left
        # without a word there is no index to ask: what was said lately is looked through
        if not quotes or not phrase:
            return


# How a quote's text is compared, and whether only with what was said lately.
_WAYS = (
    (Pool.exact, True),
    (Pool.exact, False),
    (Pool.less_exact, True),
    (Pool.begun, True),
    (Pool.less_exact, False),
    (Pool.begun, False),
)


def _since(quote: QuotePlace, recent: bool) -> str:
    if not recent:
        return ""
    date = datetime.date.fromisoformat(quote.date)
    return str(date - datetime.timedelta(min(RECENT, date.toordinal() - 1)))


def _place(quote: QuotePlace) -> tuple[str, int]:
    return quote.date, quote.position
