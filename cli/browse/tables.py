"""How Datasette shows each table: one line per table, for metadata.json."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Look:
    """A table's look.

    ``label``: the column that stands for a row where another table refers to it; never empty.
    ``order``: the column it is sorted by, with a minus the greatest first; else the primary key.
    ``facets``: columns to narrow it by, each with an index, or of a table that stays ``small``.
    ``search``: the full-text index that has its rows under their ids.
    """

    title: str
    label: str = ""
    order: str = ""
    facets: tuple[str, ...] = ()
    small: bool = False
    search: str = ""
    rows: int = 0
    hidden: bool = False

    def metadata(self) -> dict[str, object]:
        """What Datasette's metadata says of it, without its description."""
        said: dict[str, object] = {
            "title": self.title,
            "label_column": self.label,
            "sort_desc" if self.order.startswith("-") else "sort": self.order.lstrip("-"),
            "facets": list(self.facets),
            "fts_table": self.search,
            "fts_pk": "id" if self.search else "",
            "size": self.rows,
            "hidden": self.hidden,
        }
        return {name: value for name, value in said.items() if value}


TABLES: dict[str, Look] = {
    "rooms": Look("Rooms", "slug"),
    "loads": Look("Loads", "started_at", "-started_at", ("outcome",), small=True),
    "sources": Look("Loaded files", "path", facets=("load_id",)),
    "days": Look("Days", "date", "-date", ("room_id", "presenter"), small=True),
    "speakers": Look("Speakers", "name", "name", ("company", "role", "city"), small=True),
    "messages": Look("Messages", "key", "-id", ("speaker_id",), search="messages_fts"),
    "images": Look("Pictures", "name", "-taken_at", rows=50),
    "image_urls": Look("Addresses of pictures", "url", rows=50),
    "message_images": Look("Pictures of messages", rows=50),
    "links": Look("Links", "url", facets=("host",)),
    "message_links": Look("Links of messages", facets=("link_id",)),
    "quotes": Look("Quotes", facets=("speaker_id",)),
    "emoji": Look("Emoji", "code"),
    "message_emoji": Look("Emoji of messages", facets=("emoji_id",)),
    "tags": Look("Tags", "name", "name"),
    "day_tags": Look("Tags of days", facets=("tag_id",)),
    "rejects": Look("Rejects", "reason", facets=("reason",), small=True, rows=50),
    "revisions": Look("Revisions", "id", facets=("load_id", "day_id"), rows=50),
    "properties": Look("Properties", "name", hidden=True),
    "messages_fts": Look("Full-text index", hidden=True),
    "people": Look("People", "name", "name", ("company", "role", "city"), small=True),
    "aliases": Look("Evidence for who is who", "name", "name", ("kind", "verdict"), small=True),
    "mentions": Look("Mentions", facets=("speaker_id",)),
    "inferred_replies": Look("Probable replies", facets=("kind",), small=True),
    "mention_candidates": Look("Whom else a mention may mean"),
    "speaker_days": Look("Messages of each name and day", facets=("day_id",)),
    "half_hours": Look("Half hours of days", facets=("day_id",)),
    "voices": Look("Who wrote when, packed", hidden=True),
    "changed_days": Look("Days to be made anew", hidden=True),
    "changed_names": Look("Names to be made anew", "name", hidden=True),
    # of sqlite-utils, which keeps the version of the schema in it
    "_sqlite_migrations": Look("Versions of the schema", hidden=True),
}
