"""One number for all that an archive says, whatever order it was loaded in.

Over the logical content, by natural keys: no row ids, no clock, no paths. What only a history of
versions leaves (loads, revisions, superseded picture URLs) and who is who stay out of it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3

_MESSAGE = "join messages m on m.id = t.message_id"
_DAY = "join days d on d.id = t.day_id join rooms r on r.id = d.room_id"

# Each ordered by a natural key of its own.
QUERIES = {
    "rooms": "select slug, title, timezone from rooms order by slug",
    "days": """
        select r.slug, t.date, t.title, t.presenter, t.declared_lines, t.front_matter, t.messages,
               s.sha256, s.format, s.newline, s.byte_order_mark, s.escape_depth
        from days t join rooms r on r.id = t.room_id join sources s on s.id = t.source_id
        order by r.slug, t.date""",
    "messages": """
        select t.key, t.position, t.sent_at, s.name, t.kind, t.text, t.body, t.verbatim,
               t.first_line, t.last_line
        from messages t left join speakers s on s.id = t.speaker_id order by t.key""",
    "images": f"""
        select m.key, i.name, i.taken_at, u.url from message_images t {_MESSAGE}
        join images i on i.id = t.image_id join image_urls u on u.id = t.image_url_id
        order by m.key""",
    "links": f"""
        select m.key, t.ordinal, l.url, l.title, l.host, t.url, t.title
        from message_links t {_MESSAGE} join links l on l.id = t.link_id
        order by m.key, t.ordinal""",
    "quotes": f"select m.key, t.name, t.text, t.reply from quotes t {_MESSAGE} order by m.key",
    "mentions": f"""
        select m.key, t.position, t.written, t.name from mentions t {_MESSAGE}
        order by m.key, t.position""",
    "emoji": f"""
        select m.key, e.code, e.unicode, t.count from message_emoji t {_MESSAGE}
        join emoji e on e.id = t.emoji_id order by m.key, e.code""",
    "tags": f"""
        select r.slug, d.date, g.name from day_tags t {_DAY} join tags g on g.id = t.tag_id
        order by r.slug, d.date, g.name""",
    "rejects": f"""
        select r.slug, d.date, t.position, t.first_line, t.reason, hex(t.content)
        from rejects t {_DAY} order by r.slug, d.date, t.position, t.first_line, t.content""",
}


def table_digests(connection: sqlite3.Connection) -> dict[str, str]:
    """A SHA-256 per family of tables, in hexadecimal."""
    return {name: _digest(connection.execute(query)) for name, query in QUERIES.items()}


def archive_digest(digests: dict[str, str]) -> str:
    """The one SHA-256 over all of ``table_digests``."""
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()


def _digest(rows: sqlite3.Cursor) -> str:
    digest = hashlib.sha256()
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for row in rows:
        digest.update(encode(row).encode())
        digest.update(b"\n")
    return digest.hexdigest()
