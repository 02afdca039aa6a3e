"""What a newer export of a day changed: which messages stay themselves, and what to write down.

A message that stands in both versions (same time, speaker and body) keeps its id; so does one
whose body alone changed, such as a picture whose URL moved. ``revisions`` get the bytes of
everything else, so that the version before can be written again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from db.rows import RevisionRow
from etl.alignment import common_subsequence
from etl.records import FrontMatterRecord, MessageRecord, PageRecord, RejectRecord
from etl.sources import FORMATS


class Part(NamedTuple):
    """A message or reject of one version, with its bytes on the page."""

    position: int
    identity: Hashable
    # what a message keeps when its body is written differently; None for a reject
    sender: Hashable | None
    key: str | None
    message_id: int | None
    content: bytes


class Revision(NamedTuple):
    """The ids of the new version's messages by position (None: a new one), and what to record."""

    ids: dict[int, int | None]
    rows: list[RevisionRow]


def parts_of(page: PageRecord, keys: dict[int, str], ids: dict[int, int]) -> list[Part]:
    """A version's parts in the order of its page, its head first.

    ``keys`` and ``ids`` are those of its messages, by position; a new version has no ids yet.
    """
    items: list[MessageRecord | RejectRecord] = [
        *page.messages,
        *(reject for reject in page.rejects if reject.position),
    ]
    items.sort(key=lambda item: item.position)
    return [_head(page), *(_part(page, item, keys, ids) for item in items)]


def revise(old: list[Part], new: list[Part]) -> Revision:
    """Compare two versions of a day, as ``parts_of`` gives them."""
    same = common_subsequence([p.identity for p in old], [p.identity for p in new])
    ids: dict[int, int | None] = {p.position: None for p in new if p.key is not None}
    rows = []
    for before, after in _pairs(old, new, same):
        if before and after and after.key is not None:
            ids[after.position] = before.message_id
        row = _row(before, after)
        if row is not None:
            rows.append(row)
    return Revision(ids, rows)


def with_ids(rows: list[RevisionRow], ids: Mapping[int, int]) -> list[RevisionRow]:
    """The rows, those of messages that came with the ids they got, by position."""
    return [
        row._replace(message_id=ids[row.position_after])
        if row.kind == "added" and row.key_after is not None and row.position_after is not None
        else row
        for row in rows
    ]


def _pairs(
    old: list[Part], new: list[Part], same: list[tuple[int, int]]
) -> Iterator[tuple[Part | None, Part | None]]:
    """Every part of both versions once: with its partner, or alone."""
    i = j = 0
    for next_i, next_j in [*same, (len(old), len(new))]:
        yield from _pairs_between(old[i:next_i], new[j:next_j])
        if next_i < len(old):
            yield old[next_i], new[next_j]
        i, j = next_i + 1, next_j + 1


def _pairs_between(old: list[Part], new: list[Part]) -> Iterator[tuple[Part | None, Part | None]]:
    """Parts between two that stayed: the same sender's in the same second are one, rewritten."""
    waiting: defaultdict[Hashable, list[Part]] = defaultdict(list)
    for part in reversed(old):
        if part.sender is not None:
            waiting[part.sender].append(part)
    partners = {
        after.position: waiting[after.sender].pop() for after in new if waiting.get(after.sender)
    }
    taken = {before.position for before in partners.values()}
    yield from ((before, None) for before in old if before.position not in taken)
    yield from ((partners.get(after.position), after) for after in new)


def _row(before: Part | None, after: Part | None) -> RevisionRow | None:
    """What to write down of a part; None where nothing changed."""
    if before is None:
        kind = "added"
    elif after is None:
        kind = "removed"
    elif before.identity != after.identity:
        kind = "changed"
    elif before.key != after.key:
        kind = "moved"
    else:
        return None
    moved = kind == "moved"
    return RevisionRow(
        kind=kind,
        message_id=before.message_id if before else None,
        key_before=before.key if before else None,
        key_after=after.key if after else None,
        position_before=before.position if before else None,
        position_after=after.position if after else None,
        before=None if before is None or moved else before.content,
        after=None if after is None or moved else after.content,
    )


def _part(
    page: PageRecord, item: MessageRecord | RejectRecord, keys: dict[int, str], ids: dict[int, int]
) -> Part:
    if isinstance(item, RejectRecord):
        return Part(item.position, item.content, None, None, None, item.content)
    sender = (item.time, item.speaker)
    return Part(
        position=item.position,
        identity=(*sender, item.body, item.verbatim),
        sender=sender,
        key=keys[item.position],
        message_id=ids.get(item.position),
        content=_render_alone(page, item),
    )


def _head(page: PageRecord) -> Part:
    """Byte-order mark, front matter, and what of the head is rejected: one part, always first."""
    rejects = tuple(reject for reject in page.rejects if not reject.position)
    content = _render(replace(page, messages=(), rejects=rejects))
    return Part(0, ("head", content), "head", None, None, content)


def _render_alone(page: PageRecord, message: MessageRecord) -> bytes:
    bare = FrontMatterRecord()
    return _render(
        replace(page, byte_order_mark=False, front_matter=bare, messages=(message,), rejects=())
    )


def _render(page: PageRecord) -> bytes:
    return FORMATS[page.format].render(page)
