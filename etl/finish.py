"""What can only be known once all pages are loaded: run at the end of every load and rebuild.

All of it is derived from the tables, so that the order of loading does not matter. Which days
changed is written down with each of them: a run that was killed is made good by the next.
"""

from __future__ import annotations

import json
import sqlite3
import time

from db import loads
from db.connection import let_readers_go_on, transaction
from etl.config import Config
from etl.people.by_hand import ByHand

# Raise it with any change to what is derived: the next load then makes all of it anew.
RULES = "2"


def finish(connection: sqlite3.Connection, config: Config) -> float:
    """Bring the archive to where it depends on nothing but the pages and ``archive.toml``.

    Gives the seconds that finding out who is who took.
    """
    seconds = 0.0
    if _is_behind(connection, config):
        let_readers_go_on(connection)
    with transaction(connection):
        for slug, room in config.rooms.items():
            loads.configure_room(connection, slug, room.title, room.timezone)
        if _is_behind(connection, config):
            # what this takes to import is as much as a load that finds nothing new
            from db import derived, writer
            from etl.people.build import build_people

            changed = loads.changes(connection, RULES)
            writer.sweep(connection)
            grown = changed.days if changed is not None and changed.is_only_more() else None
            derived.title_links(connection, grown)
            by_hand = _by_hand(connection, config)
            started = time.monotonic()
            build_people(connection, by_hand, changed)
            seconds = time.monotonic() - started
            _note(connection, by_hand)
            loads.note_derived(connection, RULES)
    return seconds


def _is_behind(connection: sqlite3.Connection, config: Config) -> bool:
    """Whether anything is to be derived."""
    changed = loads.changes(connection, RULES)
    if changed is None or changed.days or changed.names:
        return True
    return _by_hand(connection, config) != _noted(connection)


def _by_hand(connection: sqlite3.Connection, config: Config) -> ByHand:
    """What ``archive.toml`` says of people; where there is none, what it said last."""
    noted = _noted(connection)
    people = config.people
    return ByHand(
        noted.me if config.me is None else config.me or None,
        noted.join if people is None else people.join,
        noted.part if people is None else people.part,
    )


def _noted(connection: sqlite3.Connection) -> ByHand:
    groups = json.loads(loads.property_of(connection, "people") or "{}")
    return ByHand(
        loads.property_of(connection, "me") or None,
        *(tuple(map(tuple, groups.get(kind, ()))) for kind in ("join", "part")),
    )


def _note(connection: sqlite3.Connection, by_hand: ByHand) -> None:
    if by_hand == _noted(connection):
        return
    loads.set_property(connection, "me", by_hand.me or "")
    groups = {"join": by_hand.join, "part": by_hand.part}
    loads.set_property(connection, "people", json.dumps(groups, ensure_ascii=False))
