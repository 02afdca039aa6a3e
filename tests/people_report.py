"""Write docs/people-report.md: `make people-report`, on CHAT_CORPUS. Figures only, no names.

200 joins with their evidence go into a file under the system's temp folder, to be checked by hand:
real names stay out of the repository.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from cli import explained
from cli.layout import paint
from db.connection import open_read_only
from db.people.explain import explain_name
from etl.jobs.mentions import EVERYONE
from etl.people.replies import MENTION_CONFIDENCE, QUICK_CONFIDENCE
from tests import labelled_names, people_figures
from tests.bench.people import ratio
from tests.people_figures import STEPS, Observed, Score
from tests.reply_figures import mention_guesses, quick_guesses

REPORT = Path(__file__).parent.parent / "docs" / "people-report.md"
JOINS = 200
LOADS = 5
SAID = {
    "exact": "the name is a speaker's, letter for letter",
    "quote": "quotes tie the name to a speaker",
    "same message": "pages exported twice tie it",
    "account": "`archive.toml` says who 我 is",
    "personal name": "a full personal name in common",
    "nickname": "a nickname in common",
    "answers": "who is around when it is mentioned",
}


def main() -> int:
    """Load the real data, measure, write."""
    corpus = os.environ.get("CHAT_CORPUS")
    if not corpus:
        print("people-report: CHAT_CORPUS is not set: there is no real data to measure on")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        dbs = [Path(folder) / f"chats{number}.db" for number in range(LOADS)]
        times = [ratio(Path(corpus) / "corpus", db) for db in dbs]
        with open_read_only(dbs[0]) as connection:
            report = [*lines(connection), *time_lines(statistics.median(times))]
            joins = write_joins(connection)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text("\n".join(report) + "\n", "utf-8")
    print(f"{REPORT.name} written; {JOINS} joins to check by hand in {joins}")
    return 0


def lines(connection: sqlite3.Connection) -> Iterator[str]:
    """The report."""
    found = people_figures.observed(connection)
    yield "# Who is who: how well it is found out"
    yield ""
    yield "Written by `make people-report` on the real pages of `CHAT_CORPUS`/corpus, which are not"
    yield "part of the project. What is measured how stands in `tests/people_figures.py`."
    yield from mention_lines(found, connection)
    yield from quote_lines(connection)
    yield from alias_lines(found, connection)
    yield from name_lines()
    yield from reply_lines(connection)


def mention_lines(found: Observed, connection: sqlite3.Connection) -> Iterator[str]:
    """Mentions: how many are resolved, by which step, and how surely."""
    (total,) = connection.execute(
        "select count(*) from mentions where name is not ?", [EVERYONE]
    ).fetchone()
    steps = people_figures.resolved_by_step(found)
    scores = people_figures.hidden_names(found)
    everything = scores.pop("all")
    scores["exact"] = people_figures.exact_names(found)
    yield ""
    yield "## Mentions"
    yield ""
    yield f"Of {total:,} mentions (every `@` before a non-space but 所有人 and e-mail addresses)"
    resolved = sum(steps.values())
    yield f"{resolved:,} are resolved to a speaker: {resolved / total:.1%} (goal: 82%)."
    yield ""
    yield "| step | mentions | share | so far | precision |"
    yield "|---|---:|---:|---:|---:|"
    so_far = 0
    for step in filter(steps.get, STEPS):
        so_far += steps[step]
        score = scores.get(step)
        hidden = f"{score.precision:.1%} of {score.right + score.wrong:,}" if score else ""
        yield (
            f"| {SAID[step]} | {steps[step]:,} | {steps[step] / total:.1%} | {so_far / total:.1%}"
            f" | {hidden} |"
        )
    yield ""
    yield "The precision of exact names is by who is around their mentions, where that is clear; of"
    yield "the other steps it is that of mentions whose header name was hidden from the resolver."
    yield "Of all those"
    yield f"{_scored(everything)} (goal: 95%);"
    strict = everything.strict / (everything.right + everything.wrong)
    yield f"counting the very speaker alone {everything.strict:,} are right: {strict:.1%}."


def quote_lines(connection: sqlite3.Connection) -> Iterator[str]:
    """Quotes: how many are found, and how."""
    quotes, exact, resolved = connection.execute(
        "select count(*), count(o.id) filter (where trim(o.text) = q.text), count(o.id)"
        " from quotes q join messages m on m.id = q.message_id"
        " left join messages o on o.id = m.reply_to"
    ).fetchone()
    yield ""
    yield "## Quotes"
    yield ""
    yield f"Of {quotes:,} quotes {resolved:,} are resolved to the message quoted:"
    yield f"{resolved / quotes:.1%} (goal: 98%); letter for letter {exact:,}, {exact / quotes:.1%}."


def alias_lines(found: Observed, connection: sqlite3.Connection) -> Iterator[str]:
    """Aliases: scored on quotes that were held out."""
    score = people_figures.held_out_quotes(found)
    people, speakers, names = (
        connection.execute(sql).fetchone()[0]
        for sql in (
            "select count(*) from people",
            "select count(*) from speakers",
            "select count(distinct name) from aliases where verdict = 'joins'",
        )
    )
    yield ""
    yield "## Aliases"
    yield ""
    yield f"{speakers:,} speakers' names and {names - speakers:,} further names are of"
    yield f"{people:,} people. With a random half of the quote evidence held out, over"
    yield f"{people_figures.SPLITS} splits, {_scored(score)} (goal: 97%),"
    yield f"recall {score.recall:.1%}."


def name_lines() -> Iterator[str]:
    """Name reading, on invented names."""
    score = labelled_names.score()
    yield ""
    yield "## Reading names"
    yield ""
    yield f"Of {score.total:,} fields of 150 invented, hand-labelled names {score.right:,} are read"
    yield f"right: {score.right / score.total:.1%} (goal: 95%)."


def reply_lines(connection: sqlite3.Connection) -> Iterator[str]:
    """Inferred replies: how often the rules are right where something else tells."""
    yield ""
    yield "## Inferred replies"
    yield ""
    yield "The confidence of an inferred reply is the share of such guesses that are right where"
    yield "something else tells what is answered: for mentions the message that a quote quotes (as"
    yield "if the quote were a mention of its speaker); for quick answers whether who asked is who"
    yield "the answer mentions. Both are measured on messages that had reason to say whom they"
    yield "answer, and so rather too low."
    yield ""
    yield "| rule | seconds before | right | of | share | confidence given |"
    yield "|---|---:|---:|---:|---:|---:|"
    for rule, guesses, confidences in (
        ("mention", mention_guesses(connection), MENTION_CONFIDENCE),
        ("quick answer", quick_guesses(connection), QUICK_CONFIDENCE),
    ):
        for limit, confidence in confidences:
            right, of = guesses[limit]
            share = f"{right / max(of, 1):.2f}"
            yield f"| {rule} | ≤ {limit} | {right} | {of} | {share} | {confidence} |"


def time_lines(times: float) -> Iterator[str]:
    """How long it takes."""
    yield ""
    yield "## Time"
    yield ""
    yield f"Who is who took {times:.2f} times what the rest of the load did (goal: 0.33; median of"
    yield f"{LOADS} loads). `make bench` measures it, also for ten times the pages and names."


def write_joins(connection: sqlite3.Connection) -> Path:
    """A random selection of joined names with all evidence, in a file that only we may read."""
    names = [
        name
        for (name,) in connection.execute(
            "select distinct a.name from aliases a join speakers s on s.id = a.speaker_id"
            " where a.verdict = 'joins' and a.name <> s.name order by a.name"
        )
    ]
    chosen = random.Random(1).sample(names, min(JOINS, len(names)))
    file, path = tempfile.mkstemp(prefix="people-joins-", suffix=".txt")
    with os.fdopen(file, "w", encoding="utf-8") as out:
        for number, name in enumerate(chosen, start=1):
            found = explain_name(connection, name)
            if found is not None:
                print(f"--- {number}: {json.dumps(name, ensure_ascii=False)}", file=out)
                print(*(paint(line, colour=False) for line in explained.lines(found, 120)),
                      sep="\n", file=out)  # fmt: skip
    return Path(path)


def _scored(score: Score) -> str:
    """A score in words."""
    resolved = score.right + score.wrong
    return (
        f"{resolved:,} of {resolved + score.unresolved:,} are resolved and {score.right:,} of"
        f" those right: precision {score.precision:.1%}"
    )


if __name__ == "__main__":
    sys.exit(main())
