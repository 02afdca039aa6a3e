"""Which rows are of some days: by the ids of their messages, of which each day has a range."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from typing import NamedTuple

# So many more ids than messages may lie between the first and the last: a day that was exported
# again has some that are far away from its others.
SPARSE = 4


class Span(NamedTuple):
    """Days as parameters of SQL: themselves, and the ids that their messages lie between."""

    values: dict[str, object]
    is_dense: bool

    def holds(self, column: str) -> str:
        """A condition on a column of messages' ids: where dense, they may be of days between."""
        if self.is_dense:
            return f"{column} between :first and :last"
        return (
            f"{column} in (select id from messages"
            " where day_id in (select value from json_each(:days)))"
        )


def span_of(connection: sqlite3.Connection, days: Collection[int]) -> Span:
    """What finds the rows of these days."""
    listed = json.dumps(sorted(days))
    first, last, messages = connection.execute(_RANGE, [listed]).fetchone()
    is_dense = first is None or last - first < SPARSE * messages
    return Span({"days": listed, "first": first, "last": last}, is_dense)


_RANGE = """
select min(first_message_id), max(last_message_id), sum(messages) from days
where id in (select value from json_each(?))
"""
