"""Which message another one probably answers, though it does not quote it.

Two rules: who mentions somebody answers their newest message; who writes right after somebody's
question answers it. A guess is as sure as such guesses are right where a quote tells which message
is answered; `make people-report` measures that.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from db.people import reader, replies
from db.people.rows import Guess, InferredReply

MENTION, QUICK_ANSWER = "mention", "quick answer"
# Up to so many seconds after the message that is answered, and how sure a guess then is.
MENTION_CONFIDENCE = ((60, 0.45), (300, 0.75), (1800, 0.6))
QUICK_CONFIDENCE = ((30, 0.2), (90, 0.4))

# All at once would take memory in proportion to the archive.
DAYS_AT_ONCE = 200

Confidences = tuple[tuple[int, float], ...]


def infer_replies(connection: sqlite3.Connection, days: Collection[int] | None) -> None:
    """Make the inferred replies of these days, or of all, what the rules say."""
    in_order = [day for day in reader.days_in_order(connection) if days is None or day in days]
    for at in range(0, len(in_order), DAYS_AT_ONCE):
        _infer_on(connection, in_order[at : at + DAYS_AT_ONCE])


def _infer_on(connection: sqlite3.Connection, days: list[int]) -> None:
    quick = replies.asked_before(connection, days, QUICK_CONFIDENCE[-1][0])
    mentions = replies.mentioned_before(connection, days, MENTION_CONFIDENCE[-1][0])
    found = {guess.message_id: _reply(guess, QUICK_ANSWER, QUICK_CONFIDENCE) for guess in quick}
    # of two people who are mentioned the one who wrote last comes last
    found |= {guess.message_id: _reply(guess, MENTION, MENTION_CONFIDENCE) for guess in mentions}
    replies.replace_inferred_replies(connection, days, list(found.values()))


def _reply(guess: Guess, kind: str, confidences: Confidences) -> InferredReply:
    sure = next(sure for limit, sure in confidences if guess.seconds <= limit)
    return InferredReply(guess.message_id, guess.reply_to, kind, sure)
