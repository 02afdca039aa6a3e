"""What can only be known once all pages are loaded: run at the end of every load and rebuild.

All of it is computed anew from the tables, so that the order of loading does not matter, and a
run that was killed is made good by the next.
"""

from __future__ import annotations

import sqlite3

from db import derived, loads, writer
from db.connection import transaction
from db.reader import known_names, mention_places
from etl.config import Config
from etl.jobs.mentions import KnownNames


def finish(connection: sqlite3.Connection, config: Config) -> None:
    """Bring the archive to where it depends on nothing but the pages and ``archive.toml``."""
    with transaction(connection):
        for slug, room in config.rooms.items():
            loads.configure_room(connection, slug, room.title, room.timezone)
        if config.me is not None:
            loads.set_property(connection, "me", config.me)
        if not loads.is_finished(connection):
            writer.sweep(connection)
            derived.title_links(connection)
            name_mentions(connection)
            loads.set_finished(connection, True)


def name_mentions(connection: sqlite3.Connection) -> None:
    """Give every mention the known name that stands behind its @."""
    names = KnownNames(known_names(connection))
    named = ((names.name_at(place.text, place.at), place) for place in mention_places(connection))
    changed = [(name, p.message_id, p.at) for name, p in named if name != p.name]
    derived.set_mention_names(connection, changed)
