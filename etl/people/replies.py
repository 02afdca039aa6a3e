"""Which message another one probably answers, though it does not quote it.

Two rules: who mentions somebody answers their newest message; who writes right after somebody's
question answers it. A guess is as sure as such guesses are right where a quote tells which message
is answered; `make people-report` measures that.
"""

from __future__ import annotations

import bisect
import operator
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from db.people import reader, replies
from db.people.rows import ASKS, TEXT, InferredReply, Voices
from db.people.voices import voices_of

MENTION, QUICK_ANSWER = "mention", "quick answer"
# Up to so many seconds after the message that is answered, and how sure a guess then is.
MENTION_CONFIDENCE = ((60, 0.45), (300, 0.75), (1800, 0.6))
QUICK_CONFIDENCE = ((30, 0.2), (90, 0.4))
MOST_AGO = MENTION_CONFIDENCE[-1][0]

# All at once would take memory in proportion to the archive.
DAYS_AT_ONCE = 200

Confidences = tuple[tuple[int, float], ...]


# So far back a message is looked for: more than anybody ever wrote in half an hour.
MOST_BETWEEN = 500
# Who mentions more people lists them.
MOST_MENTIONED = 3


class Guess(NamedTuple):
    """A message that may answer another one so many seconds before it."""

    reply_to: int
    seconds: int


def infer_replies(connection: sqlite3.Connection, days: Collection[int] | None) -> None:
    """Make the inferred replies of these days, or of all, what the rules say."""
    in_order = [day for day in reader.days_in_order(connection) if days is None or day in days]
    persons = reader.persons_of_speakers(connection)
    for at in range(0, len(in_order), DAYS_AT_ONCE):
        _infer_on(connection, in_order[at : at + DAYS_AT_ONCE], persons)


def _infer_on(
    connection: sqlite3.Connection, days: list[int], persons: Mapping[int, int | None]
) -> None:
    mentioned = replies.mentioned_speakers(connection, days)
    quoting = replies.quoting_messages(connection, days)
    addressed = mentioned.keys() | quoting
    found: dict[int, InferredReply] = {}
    for day_id in days:
        page = Page(voices_of(connection, day_id), persons)
        for message_id, guess in page.after_questions(addressed):
            found[message_id] = _reply(message_id, guess, QUICK_ANSWER, QUICK_CONFIDENCE)
        for message_id, guess in page.of_mentioned(mentioned, quoting):
            found[message_id] = _reply(message_id, guess, MENTION, MENTION_CONFIDENCE)
    replies.replace_inferred_replies(connection, days, list(found.values()))


class Page:
    """Who wrote what on a page, in its order: to find what messages may answer. Pure."""

    def __init__(self, voices: Voices, persons: Mapping[int, int | None]):
        if any(map(operator.gt, voices.positions, voices.positions[1:])):
            in_order = sorted(zip(*voices, strict=True), key=operator.itemgetter(2))
            voices = Voices(*zip(*in_order, strict=True))
        self._voices, self._persons = voices, persons

    def after_questions(self, addressed: Collection[int]) -> Iterator[tuple[int, Guess]]:
        """Texts right after somebody else's question that ask nothing, nor are ``addressed``."""
        seconds, ids, positions, speakers, signs = self._voices
        asking = [at for at, sign in enumerate(signs[:-1]) if sign & ASKS]
        for at in asking:
            after = at + 1
            later = seconds[after] - seconds[at]
            if (
                signs[after] & (TEXT | ASKS) == TEXT
                and positions[after] == positions[at] + 1
                and 0 <= later <= QUICK_CONFIDENCE[-1][0]
                and ids[after] not in addressed
                and self._are_two(speakers[at], speakers[after])
            ):
                yield ids[after], Guess(ids[at], later)

    def of_mentioned(
        self, mentioned: Mapping[int, list[int | None]], quoting: Collection[int]
    ) -> Iterator[tuple[int, Guess]]:
        """Messages that mention somebody else, each with the newest one of those whom they do."""
        _, ids, _, speakers, _ = self._voices
        mentioning = [at for at, id_ in enumerate(ids) if id_ in mentioned and id_ not in quoting]
        places: dict[int | None, list[int]] = defaultdict(list)
        for at, speaker_id in enumerate(speakers) if mentioning else ():
            places[self._persons[speaker_id]].append(at)
        for at in mentioning:
            those = mentioned[ids[at]]
            if len(those) <= MOST_MENTIONED:
                others = {
                    self._persons[one]
                    for one in those
                    if one is not None and self._are_two(one, speakers[at])
                }
                near = [self._newest(places.get(person, []), at) for person in others]
                newest = max((guess for guess in near if guess is not None), default=None)
                if newest is not None:
                    yield ids[at], newest[1]

    def _newest(self, places: list[int], before: int) -> tuple[int, Guess] | None:
        """The newest message of those at these places, and its place; None if that is long ago."""
        seconds, ids, positions, _, _ = self._voices
        found = bisect.bisect_left(places, before) - 1
        if found < 0:
            return None
        at = places[found]
        ago = seconds[before] - seconds[at]
        is_near = positions[before] - positions[at] <= MOST_BETWEEN
        return (at, Guess(ids[at], ago)) if is_near and 0 <= ago <= MOST_AGO else None

    def _are_two(self, one: int, other: int) -> bool:
        a, b = self._persons[one], self._persons[other]
        return a is not None and b is not None and a != b


def _reply(message_id: int, guess: Guess, kind: str, confidences: Confidences) -> InferredReply:
    sure = next(sure for limit, sure in confidences if guess.seconds <= limit)
    return InferredReply(message_id, guess.reply_to, kind, sure)
