"""`etl status`: what the archive holds, and what it lacks."""

from __future__ import annotations

import json

from cli import render, reports
from cli.options import DEFAULT_DATABASE, Database, Json
from db.connection import open_read_only
from etl.status import ArchiveStatus, archive_status


def status(db: Database = DEFAULT_DATABASE, as_json: Json = False) -> None:
    """Show rooms, days and messages, missing days, the last load, and files changed since.

    Example: etl status --db chats.db
    """
    with open_read_only(db) as connection:
        found = archive_status(connection)
    if as_json:
        render.line(json.dumps(_as_dict(found), ensure_ascii=False, default=str))
    else:
        reports.archive_status(found, db)


def _as_dict(status: ArchiveStatus) -> dict[str, object]:
    rooms = [
        {
            "slug": room.slug,
            "title": room.title,
            "timezone": room.timezone,
            "days": room.days,
            "quiet_days": room.quiet_days,
            "messages": room.messages,
            "first": room.first,
            "last": room.last,
            "missing": room.missing,
        }
        for room in status.rooms
    ]
    return {
        "days": status.days,
        "messages": status.messages,
        "rooms": rooms,
        "rejects": status.rejects,
        "last_load": status.last_load._asdict() if status.last_load else None,
        "changed_files": status.changed_files,
        "gone_files": status.gone_files,
    }
