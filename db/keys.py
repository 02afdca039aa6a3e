"""Messages by their keys: each is looked for among those of its day, as no index has them all."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable

_OF_DAY = """
select m.key, m.id
from rooms r
join days d on d.room_id = r.id
join messages m on m.day_id = d.id
where r.slug = ? and d.date = ? and m.key in (select value from json_each(?))
order by m.position
"""


def find_key(connection: sqlite3.Connection, key: str) -> int | None:
    """The id of the message that has a key."""
    return find_keys(connection, [key]).get(key)


def find_keys(connection: sqlite3.Connection, keys: Iterable[str]) -> dict[str, int]:
    """The ids of the messages that have these keys, by key; those nobody has are left out."""
    by_day: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key in keys:
        room, _, rest = key.partition("/")
        by_day[room, rest.partition("/")[0]].append(key)
    return {
        key: message_id
        for (room, date), wanted in by_day.items()
        for key, message_id in connection.execute(
            _OF_DAY, [room, date, json.dumps(wanted, ensure_ascii=False)]
        )
    }
