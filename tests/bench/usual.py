"""How fast a load is beside the usual way with this stack: sqlite-utils, file by file.

Written as the tools around Datasette are: our own parser gives the rows, ``insert_all`` writes
each file's, ``lookup`` finds what files share, ``enable_fts`` indexes with triggers, foreign keys
are declared and indexed; transactions are sqlite-utils' own. It does not find out who is who.
"""

from __future__ import annotations

import hashlib
import sys
from itertools import count
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure
from tests.bench.processes import in_turns, load, median_ratio, page_files, run
from tests.bench.setting import Setting

MOST_ROUNDS = 3

COLUMNS: dict[str, dict[str, type]] = {
    "rooms": {"id": int, "slug": str},
    "sources": {"id": int, "path": str, "sha256": str, "size": int, "format": str},
    "days": {"id": int, "room_id": int, "date": str, "title": str, "presenter": str,
             "declared_lines": int, "front_matter": str, "source_id": int, "messages": int},
    "speakers": {"id": int, "name": str},
    "messages": {"id": int, "key": str, "day_id": int, "position": int, "sent_at": str,
                 "speaker_id": int, "kind": str, "text": str, "body": str, "verbatim": str,
                 "first_line": int, "last_line": int, "terms": str},
    "images": {"id": int, "name": str, "taken_at": str},
    "image_urls": {"id": int, "image_id": int, "url": str},
    "message_images": {"message_id": int, "image_id": int, "image_url_id": int},
    "links": {"id": int, "url": str, "host": str},
    "message_links": {"message_id": int, "link_id": int, "ordinal": int, "url": str, "title": str},
    "quotes": {"message_id": int, "name": str, "text": str, "reply": str},
    "mentions": {"message_id": int, "position": int, "written": str},
    "emoji": {"id": int, "code": str, "unicode": str},
    "message_emoji": {"message_id": int, "emoji_id": int, "count": int},
    "tags": {"id": int, "name": str},
    "day_tags": {"day_id": int, "tag_id": int},
}  # fmt: skip
KEYS: dict[str, tuple[str, ...]] = {
    "message_images": ("message_id",),
    "message_links": ("message_id", "ordinal"),
    "quotes": ("message_id",),
    "mentions": ("message_id", "position"),
    "message_emoji": ("message_id", "emoji_id"),
    "day_tags": ("day_id", "tag_id"),
}


def measure(setting: Setting) -> list[Figure]:
    """Load the pages both ways in turns."""
    ours, theirs = setting.folder / "ours.db", setting.folder / "theirs.db"

    def load_ours() -> float:
        ours.unlink(missing_ok=True)
        return load(setting.pages, ours).seconds

    def load_theirs() -> float:
        theirs.unlink(missing_ok=True)
        return run(sys.executable, "-m", "tests.bench.usual", setting.pages, theirs).seconds

    turns = in_turns(min(setting.rounds, MOST_ROUNDS), load_theirs, load_ours)
    sizes = theirs.stat().st_size / ours.stat().st_size
    return [
        Figure("the usual way / etl load", median_ratio(turns), "×", "≥ 4"),
        Figure("its database / ours", sizes, "×"),
    ]


def load_usually(pages: Path, target: Path) -> None:
    """Load pages with sqlite-utils."""
    from sqlite_utils import Database

    from etl.jobs import to_rows
    from etl.sources.wechat_markdown import parse_page

    db = Database(target)
    create_tables(db)
    ids = count(1)
    for path in sorted(page_files(pages), key=lambda path: path.name):
        content = path.read_bytes()
        page = parse_page(content, path.name[:10])
        rows = to_rows(page, path.parent.parent.name, path.name[:10])
        source = db.table("sources").insert(
            {
                "path": str(path),
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
                "format": page.format,
            }
        )
        day = rows.day._asdict() | {"source_id": source.last_pk}
        day["room_id"] = db.table("rooms").lookup({"slug": day.pop("room")})
        day_id = db.table("days").insert(day).last_pk
        speakers = {
            row.name: db.table("speakers").lookup({"name": row.name}) for row in rows.speakers
        }
        of = {message.position: next(ids) for message in rows.messages}
        db.table("messages").insert_all(
            {
                "id": of[message.position],
                "day_id": day_id,
                "speaker_id": message.speaker and speakers[message.speaker],
                **{k: v for k, v in message._asdict().items() if k != "speaker"},
            }
            for message in rows.messages
        )
        insert_families(db, rows.families, of, day_id)
    db.close()


def create_tables(db: Any) -> None:
    """All tables with their keys, foreign keys and indexes, and the full-text index."""
    for name, columns in COLUMNS.items():
        keys = [column for column in columns if column.endswith("_id")]
        db.table(name).create(
            columns,
            pk=KEYS.get(name, "id"),
            foreign_keys=[(key, _referenced(key), "id") for key in keys],
        )
    db.table("messages").create_index(["key"], unique=True)
    db.table("messages").create_index(["sent_at"])
    for name, column in (("rooms", "slug"), ("speakers", "name"), ("images", "name"),
                         ("links", "url"), ("emoji", "code"), ("tags", "name")):  # fmt: skip
        db.table(name).create_index([column], unique=True)
    db.index_foreign_keys()
    db.table("messages").enable_fts(
        ["terms"], create_triggers=True, tokenize="unicode61 remove_diacritics 2"
    )
    db.execute("pragma foreign_keys = on")


def _referenced(key: str) -> str:
    name = key.removesuffix("_id")
    return name if name == "emoji" else f"{name}s"


def insert_families(db: Any, families: dict[str, Any], of: dict[int, int], day_id: Any) -> None:
    """What hangs on the messages of one file."""

    def insert(table: str, rows: list[dict[str, Any]]) -> None:
        db.table(table).insert_all(rows)

    images, links, emoji = db.table("images"), db.table("links"), db.table("emoji")
    shown = []
    for row in families["images"]:
        image = images.lookup({"name": row.name}, {"taken_at": row.taken_at})
        url = db.table("image_urls").lookup({"image_id": image, "url": row.url})
        shown.append({"message_id": of[row.position], "image_id": image, "image_url_id": url})
    insert("message_images", shown)
    insert("message_links", [
        {"message_id": of[row.position], "ordinal": row.ordinal, "url": row.url, "title": row.title,
         "link_id": links.lookup({"url": row.canonical}, {"host": row.host})}
        for row in families["links"]
    ])  # fmt: skip
    insert("quotes", [
        {"message_id": of[row.position], "name": row.name, "text": row.text, "reply": row.reply}
        for row in families["quotes"]
    ])  # fmt: skip
    insert("mentions", [
        {"message_id": of[row.position], "position": row.at, "written": row.written}
        for row in families["mentions"]
    ])  # fmt: skip
    codes = {row.code: row.unicode for row in families["emoji"]}
    known = {code: emoji.lookup({"code": code}, {"unicode": sign}) for code, sign in codes.items()}
    insert("message_emoji", [
        {"message_id": of[row.position], "emoji_id": known[row.code], "count": row.uses}
        for row in families["emoji"]
    ])  # fmt: skip
    insert("day_tags", [
        {"day_id": day_id, "tag_id": db.table("tags").lookup({"name": row.name})}
        for row in families["tags"]
    ])  # fmt: skip


if __name__ == "__main__":
    load_usually(*map(Path, sys.argv[1:]))
