"""The versions that days had, what replaced them, and the runs that did it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from db.errors import ArchiveError
from db.keys import find_key


class Version(NamedTuple):
    """A version of a day's file that was loaded; ``removed_by`` is the run that removed its day."""

    id: int
    room: str
    date: str
    load_id: int
    removed_by: int | None
    sha256: str
    newline: str
    path: str
    size: int


class Change(NamedTuple):
    """A part of a page that a run changed, for undoing it; see table ``revisions``."""

    load_id: int
    kind: str
    is_message: bool
    position_before: int | None
    position_after: int | None
    before: bytes | None
    after: bytes | None


_VERSIONS = "select id, room, date, load_id, removed_by, sha256, newline, path, size from sources"


def all_versions(connection: sqlite3.Connection) -> Iterator[Version]:
    """Every version of every day: by date and room, each day's newest first."""
    rows = connection.execute(f"{_VERSIONS} where room is not null order by date, room, id desc")
    return map(Version._make, rows)


def versions_with_history(connection: sqlite3.Connection) -> Iterator[Version]:
    """The versions of days of which one is not loaded any more, or nothing: as ``all_versions``."""
    rows = connection.execute(
        f"{_VERSIONS} where (room, date) in (select s.room, s.date from sources s"
        " where not exists (select 1 from days d where d.source_id = s.id))"
        " order by date, room, id desc"
    )
    return map(Version._make, rows)


def versions_of_day(connection: sqlite3.Connection, room: str, date: str) -> list[Version]:
    """The versions of a day, newest first."""
    rows = connection.execute(f"{_VERSIONS} where room = ? and date = ? order by id desc",
                              [room, date])  # fmt: skip
    return list(map(Version._make, rows))


def paths_of_no_day(connection: sqlite3.Connection, load: int) -> list[str]:
    """Files of which a version was loaded by then, and nothing tells of which day it was."""
    rows = connection.execute(
        "select path from sources where room is null and load_id <= ? order by id", [load]
    )
    return [path for (path,) in rows]


def changes_to(connection: sqlite3.Connection, version: int) -> list[Change]:
    """What replaced a version, the newest run first: removed and loaded again, it has two."""
    rows = connection.execute(
        "select load_id, kind, coalesce(key_before, key_after) is not null, position_before,"
        " position_after, before, after from revisions where source_id = ? order by id desc",
        [version],
    )
    return [Change._make((*row[:2], bool(row[2]), *row[3:])) for row in rows]


def missing_numbers(connection: sqlite3.Connection) -> Iterator[tuple[str, int, int]]:
    """Rows that are gone from the tables that nothing is ever deleted from: which, first, last."""
    for table in ("loads", "sources", "revisions"):
        count, last = connection.execute(
            f"select count(*), ifnull(max(id), 0) from {table}"
        ).fetchone()
        if count != last:
            gaps = connection.execute(
                f"select before + 1, id - 1 from (select id, lag(id, 1, 0) over (order by id)"
                f" as before from {table}) where id <> before + 1 order by id"
            )
            yield from ((table, first, last) for first, last in gaps)


class Tally(NamedTuple):
    """How many versions a run brought, and days it removed: by its report, and as there are."""

    load_id: int
    brought: int | None
    versions: int
    removed: int
    removals: int


_TALLIES = """
with told as (
  select id, iif(json_valid(report), report, '{}') as report from loads
  where outcome in ('done', 'problems') and report is not null
)
select l.id, json_extract(l.report, '$.files.new') + json_extract(l.report, '$.files.changed'),
       (select count(*) from sources s where s.load_id = l.id),
       ifnull(json_extract(l.report, '$.removed.days'), 0),
       (select count(*) from sources s where s.removed_by = l.id)
from told l order by l.id
"""


def tallies(connection: sqlite3.Connection) -> Iterator[Tally]:
    """Of every run that came to its end; of others the report may say more than was kept."""
    return map(Tally._make, connection.execute(_TALLIES))


def removed_version(connection: sqlite3.Connection, room: str, date: str) -> int | None:
    """The version of a day that a run removed, if that was the last thing that happened to it."""
    row = connection.execute(
        "select id, removed_by from sources where room = ? and date = ? order by id desc limit 1",
        [room, date],
    ).fetchone()
    return row[0] if row and row[1] is not None else None


class Run(NamedTuple):
    """A run of `etl load`; times are UTC, ``arguments`` and ``report`` JSON."""

    id: int
    started_at: str
    finished_at: str | None
    version: str
    arguments: str
    outcome: str
    report: str | None


_RUNS = "select id, started_at, finished_at, version, arguments, outcome, report from loads"


def runs(connection: sqlite3.Connection, limit: int | None = None) -> list[Run]:
    """The runs, or so many of the newest, newest first."""
    rows = connection.execute(f"{_RUNS} order by id desc limit ?", [-1 if limit is None else limit])
    return list(map(Run._make, rows))


def find_run(connection: sqlite3.Connection, number: int) -> Run:
    """The run of that number. Raises ArchiveError, naming those there are."""
    row = connection.execute(f"{_RUNS} where id = ?", [number]).fetchone()
    if row is None:
        raise ArchiveError(f"there is no load {number}; {_there_are(connection)}")
    return Run._make(row)


def run_until(connection: sqlite3.Connection, moment: str) -> Run:
    """The newest run that had started by the end of a moment, such as 2031-02 or 2031-02-03 07:35.

    Raises ArchiveError where none had.
    """
    row = connection.execute(
        f"{_RUNS} where substr(started_at, 1, length(?1)) <= ?1 order by id desc limit 1", [moment]
    ).fetchone()
    if row is None:
        raise ArchiveError(f"nothing was loaded until {moment}; {_there_are(connection)}")
    return Run._make(row)


def _there_are(connection: sqlite3.Connection) -> str:
    first, last, since = connection.execute(
        "select min(id), max(id), min(started_at) from loads"
    ).fetchone()
    if first is None:
        return "nothing was ever loaded"
    return f"there are {first} to {last}, the first of {since} UTC: `etl log` lists them"


class DayChange(NamedTuple):
    """What a run did to a day, by numbers of messages; ``others`` are other parts of the page."""

    load_id: int
    room: str
    date: str
    what: str
    added: int
    changed: int
    moved: int
    removed: int
    others: int


# How many messages a day's first version had is what it has now, less what came, plus what went.
_DAY_CHANGES = """
with versions as (
  select id, load_id, room, date, removed_by, lag(id) over of_day as before,
         lag(removed_by) over of_day as removed_before
  from sources where room is not null
  window of_day as (partition by room, date order by id)
),
counts as (
  select source_id, load_id,
         count(*) filter (where is_message and kind = 'added') as added,
         count(*) filter (where is_message and kind = 'changed') as changed,
         count(*) filter (where is_message and kind = 'moved') as moved,
         count(*) filter (where is_message and kind = 'removed') as removed,
         count(*) filter (where not is_message) as others
  from (select *, coalesce(key_before, key_after) is not null as is_message from revisions)
  group by source_id, load_id
),
later as (
  select s.room, s.date, sum(c.removed - c.added) as fewer
  from counts c join sources s on s.id = c.source_id group by s.room, s.date
),
events as (
  select v.load_id, v.room, v.date,
         iif(v.before is null or v.removed_before is not null, 'new', 'changed') as what,
         v.before as replaced, v.before is null as is_first
  from versions v
  union all
  select removed_by, room, date, 'removed', id, 0 from versions where removed_by is not null
)
select e.load_id, e.room, e.date, e.what,
       iif(e.is_first, ifnull(d.messages, 0) + ifnull(l.fewer, 0), ifnull(c.added, 0)) as added,
       ifnull(c.changed, 0), ifnull(c.moved, 0), ifnull(c.removed, 0), ifnull(c.others, 0)
from events e
left join counts c on c.source_id = e.replaced and c.load_id = e.load_id
left join later l on l.room = e.room and l.date = e.date
left join rooms r on r.slug = e.room
left join days d on d.room_id = r.id and d.date = e.date
where ?1 is null or e.load_id = ?1
order by e.load_id desc, e.date, e.room, e.what
"""


def day_changes(connection: sqlite3.Connection, load: int | None = None) -> list[DayChange]:
    """What runs did to days: of one run, or of all, newest run first."""
    return list(map(DayChange._make, connection.execute(_DAY_CHANGES, [load])))


class Passage(NamedTuple):
    """A change to a message, with both texts and the files' hashes; '' where it was in none."""

    load_id: int
    started_at: str
    kind: str
    key_before: str | None
    key_after: str | None
    before: bytes | None
    after: bytes | None
    sha256_before: str
    sha256_after: str


_PASSAGES = """
select v.load_id, l.started_at, v.kind, v.key_before, v.key_after, v.before, v.after, s.sha256,
       iif(s.removed_by = v.load_id, '', ifnull((
         select n.sha256 from sources n
         where n.room = s.room and n.date = s.date and n.id > s.id order by n.id limit 1), ''))
from revisions v join loads l on l.id = v.load_id join sources s on s.id = v.source_id
where v.message_id = ? order by v.id
"""


def passages_of(connection: sqlite3.Connection, message: int) -> list[Passage]:
    """All that ever happened to a message since it came with its day, oldest first."""
    return list(map(Passage._make, connection.execute(_PASSAGES, [message])))


def holders_of(connection: sqlite3.Connection, key: str) -> list[int]:
    """The messages with a key: the one that has it, then those that had it, the newest first."""
    has_it = find_key(connection, key)
    had_it = connection.execute(
        "select message_id from revisions"
        " where message_id is not null and (key_before = ?1 or key_after = ?1)"
        " group by message_id order by max(id) desc",
        [key],
    )
    holders = [] if has_it is None else [has_it]
    return holders + [id_ for (id_,) in had_it if id_ != has_it]


class Whereabouts(NamedTuple):
    """Where a message stands or stood last: its key and place there, and when that was loaded."""

    version: Version
    key: str
    position: int
    is_there: bool
    loaded_at: str


_LAST_PLACE = """
select d.source_id, m.key, m.position, 1
from messages m join days d on d.id = m.day_id where m.id = :message
union all
select * from (
  select source_id, key_before, position_before, 0 from revisions
  where message_id = :message and kind = 'removed' order by id desc limit 1)
limit 1
"""


def last_place(connection: sqlite3.Connection, message: int) -> Whereabouts | None:
    """Where a message stands, or where it stood before it was removed."""
    found = connection.execute(_LAST_PLACE, {"message": message}).fetchone()
    if found is None:
        return None
    source, key, position, is_there = found
    row = connection.execute(f"{_VERSIONS} where id = ?", [source]).fetchone()
    version = Version._make(row)
    loaded_at = find_run(connection, version.load_id).started_at
    return Whereabouts(version, key, position, bool(is_there), loaded_at)
