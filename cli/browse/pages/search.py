"""Search: the query language of `chats search`, narrowed by links.

Arguments: ``q``, what is typed; ``room`` (its short name), ``speaker`` (a name: whatever that
person wrote) and ``period`` (a day, month or year), exactly those; ``sort``; ``after``, the key
of the message behind which to go on; ``around``, the key of the hit to show the context of;
``counts=all`` to count hits by room, month and person however many there are.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import NamedTuple

from cli.browse.chat import Group, excerpts
from cli.browse.visit import Page, Visit
from cli.searches import check_rooms, ranked_of, said_number, why_nothing
from db.reader import rooms
from db.search import run
from db.search.errors import SearchError
from db.search.language import And, Filter, by_person, in_period, in_room, parse, wanted_texts
from db.transcript import TranscriptMessage, find_message, messages_of_keys

PATH = "search"
HITS, CONTEXT, LISTED = 30, 3, 12
# The others have a share that nobody narrows to, and hundreds of links take time to make.
PEOPLE = 100
# What goes with a search from link to link; ``after``, ``around`` and ``counts`` are of one page.
_KEPT = ("q", "room", "speaker", "period", "sort", "pictures")
_SORTS: dict[run.Order, str] = {"newest": "newest", "oldest": "oldest", "rank": "relevance"}


class Link(NamedTuple):
    """A link of the page; ``address`` is empty where one is already."""

    text: str
    address: str


class Chip(NamedTuple):
    """A narrowing, and where one gets without it."""

    before: str
    name: str
    address: str


class Narrowing(NamedTuple):
    """What the hits can be narrowed to, how many are left then, and where that is."""

    name: str
    messages: int
    address: str


class Year(NamedTuple):
    """A year's hits, and those of its months."""

    whole: Narrowing
    months: list[Narrowing]


class Excerpt(NamedTuple):
    """A hit and what is shown of its day; ``context`` leads to more of it, or back to less."""

    message: TranscriptMessage
    room: str
    groups: list[Group]
    opened: bool
    context: str


class _Search:
    """A search that was asked for, and the addresses of those beside it."""

    def __init__(self, visit: Visit):
        self._visit = visit
        # not without outer spaces: a name may have some
        self._kept = {name: visit.arguments.get(name, "") for name in _KEPT}
        self._kept["q"] = visit.argument("q")
        self.titles = {room.slug: room.title or room.slug for room in rooms(visit.connection)}
        self.is_empty = not any(self._kept[name] for name in ("q", "room", "speaker", "period"))

    def query(self) -> And:
        """What is searched for. Raises SearchError."""
        typed, room, speaker, period = (self._kept[name] for name in _KEPT[:4])
        parts = list(parse(typed).nodes) if typed else []
        if room:
            parts.append(in_room(room))
        if speaker:
            parts.append(by_person(speaker))
        if period:
            parts.append(in_period(period))
        query = And(tuple(parts))
        check_rooms(self._visit.connection, query)
        return query

    def order(self, query: And) -> run.Order:
        """The order asked for; where there is no text to rank by, newest first."""
        sort = self._kept["sort"]
        if sort == "oldest" or (sort == "rank" and run.is_rankable(query)):
            return sort  # type: ignore[return-value]
        return "newest"

    def beside(self, **changed: str) -> str:
        """The address of the search with other arguments, from its first page on."""
        return self._visit.addresses.search(**{**self._kept, **changed})

    def narrowed_by(self, name: str) -> Callable[[str], str]:
        """What gives the addresses of the search narrowed to a value of that argument."""
        return self._visit.addresses.search_by(name, **self._kept)

    def chips(self) -> list[Chip]:
        """The narrowings that are on."""
        named = [("in", "room"), ("by", "speaker"), ("", "period")]
        return [
            Chip(before, self._kept[name], self.beside(**{name: ""}))
            for before, name in named
            if self._kept[name]
        ]

    def hidden(self) -> list[tuple[str, str]]:
        """What stays when something else is typed."""
        return [(name, value) for name, value in self._kept.items() if value and name != "q"]

    def after(self) -> int | None:
        """The id of the message behind which to go on. Raises SearchError."""
        key = self._visit.argument("after")
        place = find_message(self._visit.connection, key) if key else None
        if key and place is None:
            raise SearchError(f"the message {key}, behind which to go on, is not in the archive")
        return place.id if place else None


def page(visit: Visit) -> Page:
    """Make the page."""
    search = _Search(visit)
    values = {
        # makes the form above show what is searched for
        "searching": True,
        "hidden": search.hidden(),
        "chips": search.chips(),
        "wrong": None,
    }
    if search.is_empty:
        return Page("search.html", {**values, "found": None})
    try:
        return Page("search.html", {**values, "found": _found(visit, search)})
    except SearchError as error:
        return Page("search.html", {**values, "found": None, "wrong": _for_web(error)}, 400)


def _for_web(error: SearchError) -> str:
    """What is wrong, without what only helps on a command line."""
    return str(error).partition("; `chats")[0]


def _found(visit: Visit, search: _Search) -> dict[str, object]:
    query = search.query()
    order, after = search.order(query), search.after()
    total = run.count(visit.connection, query, run.COUNTED + 1)
    hits, since = _hits(visit, query, order, after) if total else ([], None)
    shown = hits[:HITS]
    is_counted = total <= run.COUNTED or visit.argument("counts") == "all"
    counts = run.counts(visit.connection, query) if is_counted else None
    return {
        "is_any": total > 0,
        "total": said_number(counts.total, counts.total) if counts else said_number(total),
        "is_one": total == 1,
        "more_than_rows": total > visit.most_rows,
        "listed": LISTED,
        "why": [] if total else why_nothing(visit.connection, query),
        "ranked": ranked_of(since) if since else "",
        "hits": _excerpts(visit, search, query, shown),
        "sorts": _sorts(search, query, order),
        "first": search.beside() if after is not None else None,
        "next": search.beside(after=shown[-1].key) if len(hits) > HITS else None,
        "count_all": search.beside(after=visit.argument("after"), counts="all"),
        "counts": _narrowings(search, counts) if counts else None,
        **_as_data(visit, run.narrowed(query, since), order),
    }


def _hits(
    visit: Visit, query: And, order: run.Order, after: int | None
) -> tuple[list[run.Hit], Filter | None]:
    """A page's hits and the next one, and since when if only the newest are ranked."""
    if order == "rank":
        return run.ranked(visit.connection, query, HITS + 1, after)
    return run.stretch(visit.connection, query, run.Stretch(order, HITS + 1, after)), None


def _narrowings(search: _Search, counts: run.Counts) -> dict[str, object]:
    """What the hits can be narrowed to, and how many are left then."""
    to_room, to_person = search.narrowed_by("room"), search.narrowed_by("speaker")
    return {
        "rooms": [
            Narrowing(search.titles[slug], number, to_room(slug)) for slug, number in counts.rooms
        ],
        "people": [
            Narrowing(name, number, to_person(name)) for name, number in counts.people[:PEOPLE]
        ],
        "people_left_out": max(len(counts.people) - PEOPLE, 0),
        "years": _years(search, counts.months),
    }


def _as_data(visit: Visit, query: And, order: run.Order) -> dict[str, object]:
    """The same search for programs."""
    sql, parameters = run.as_sql(query, order)
    return {
        "sql": visit.addresses.sql(sql, **parameters),
        "json": visit.addresses.sql(sql, ".json", _shape="array", **parameters),
    }


def _sorts(search: _Search, query: And, order: run.Order) -> list[Link]:
    return [
        Link(text, "" if sort == order else search.beside(sort="" if sort == "newest" else sort))
        for sort, text in _SORTS.items()
        if sort != "rank" or run.is_rankable(query)
    ]


def _years(search: _Search, months: list[tuple[str, int]]) -> list[Year]:
    """Newest first."""
    to_period = search.narrowed_by("period")
    years = []
    for year, of in groupby(months, lambda month: month[0][:4]):
        narrowed = [Narrowing(month[5:], number, to_period(month)) for month, number in of]
        messages = sum(one.messages for one in narrowed)
        years.append(Year(Narrowing(year, messages, to_period(year)), narrowed))
    return years[::-1]


def _excerpts(visit: Visit, search: _Search, query: And, hits: list[run.Hit]) -> list[Excerpt]:
    """The hits, and around one of them what was said before and after it."""
    opened, after = visit.argument("around"), visit.argument("after")
    parts = [
        next(run.around(visit.connection, [hit], CONTEXT)) if hit.key == opened else [hit]
        for hit in hits
    ]
    messages = messages_of_keys(visit.connection, [one.key for part in parts for one in part])
    shown = excerpts(
        visit, [[messages[one.key] for one in part] for part in parts], wanted_texts(query)
    )
    return [
        Excerpt(
            messages[hit.key],
            search.titles[hit.room],
            groups,
            hit.key == opened,
            search.beside(after=after, around="" if hit.key == opened else hit.key),
        )
        for hit, groups in zip(hits, shown, strict=True)
    ]
