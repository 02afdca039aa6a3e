"""The tables that hang on messages and days: how a family's rows get in, and out again.

One entry per family, named as the job that makes its rows. Parameters of ``insert`` are the
row's fields, with ``message_id`` and ``day_id`` in the place of its position. Shared rows (a
picture, a link) are found by their natural key; ``sweep`` takes out those that nothing uses.
Pictures stay: a URL that a later export replaced still leads to one (``sweep_images``).

Always `values`, never `insert … select`: that opens a savepoint of its own, at which FTS5 writes
out all it has collected, and a load would take half as long again.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """SQL of one family of tables; ``counted`` is the shared table whose growth is reported."""

    name: str
    counted: str
    insert: tuple[str, ...]
    delete: str
    sweep: tuple[str, ...] = ()


_SPEAKER = "(select speaker_id from messages where id = :message_id)"
_OF_DAY = "message_id in (select id from messages where day_id = :day_id)"

IMAGES = Family(
    name="images",
    counted="images",
    insert=(
        "insert into images (name, taken_at) values (:name, :taken_at) on conflict do nothing",
        "insert into image_urls (image_id, url)"
        " values ((select id from images where name = :name), :url) on conflict do nothing",
        "insert into message_images (message_id, image_id, image_url_id)"
        " values (:message_id, (select id from images where name = :name),"
        " (select u.id from images i join image_urls u on u.image_id = i.id"
        " where i.name = :name and u.url = :url))",
    ),
    delete=f"delete from message_images where {_OF_DAY}",
)

LINKS = Family(
    name="links",
    counted="links",
    insert=(
        "insert into links (url, host) values (:canonical, :host) on conflict do nothing",
        "insert into message_links (message_id, ordinal, link_id, url, title)"
        " values (:message_id, :ordinal, (select id from links where url = :canonical),"
        " :url, :title)",
    ),
    delete=f"delete from message_links where {_OF_DAY}",
    sweep=(
        "delete from links where not exists (select 1 from message_links where link_id = links.id)",
    ),
)

QUOTES = Family(
    name="quotes",
    counted="quotes",
    insert=(
        "insert into quotes (message_id, name, text, reply)"
        " values (:message_id, :name, :text, :reply)",
    ),
    delete=f"delete from quotes where {_OF_DAY}",
)

MENTIONS = Family(
    name="mentions",
    counted="mentions",
    insert=(
        "insert into mentions (message_id, position, written, day_id, from_speaker_id)"
        f" values (:message_id, :at, :written, :day_id, {_SPEAKER})",
    ),
    delete=f"delete from mentions where {_OF_DAY}",
)

EMOJI = Family(
    name="emoji",
    counted="message_emoji",
    insert=(
        "insert into emoji (code, unicode) values (:code, :unicode) on conflict (code)"
        " do update set unicode = excluded.unicode where unicode is not excluded.unicode",
        "insert into message_emoji (message_id, emoji_id, count, day_id, speaker_id)"
        " values (:message_id, (select id from emoji where code = :code), :uses, :day_id,"
        f" {_SPEAKER})",
    ),
    delete=f"delete from message_emoji where {_OF_DAY}",
    sweep=(
        "delete from emoji where not exists"
        " (select 1 from message_emoji where emoji_id = emoji.id)",
    ),
)

TAGS = Family(
    name="tags",
    counted="day_tags",
    insert=(
        "insert into tags (name) values (:name) on conflict do nothing",
        "insert into day_tags (day_id, tag_id)"
        " values (:day_id, (select id from tags where name = :name))",
    ),
    delete="delete from day_tags where day_id = :day_id",
    sweep=("delete from tags where not exists (select 1 from day_tags where tag_id = tags.id)",),
)

FAMILIES = {family.name: family for family in (IMAGES, LINKS, QUOTES, MENTIONS, EMOJI, TAGS)}

UNUSED_SPEAKERS = (
    "select id from speakers where not exists"
    " (select 1 from messages where speaker_id = speakers.id)"
)
# for each of them
SWEEP_SPEAKER = (
    "update mentions set speaker_id = null where speaker_id = ?",
    "update quotes set speaker_id = null where speaker_id = ?",
    "delete from speakers where id = ?",
)
