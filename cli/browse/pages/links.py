"""The pages that were shared, and their hosts."""

from __future__ import annotations

from cli.browse.paging import part_of
from cli.browse.visit import Page, Visit
from db.catalog import queries, run_query
from db.links import shared_pages
from db.reader import hosts

PATH = "links"
AT_ONCE, HOSTS = 200, 50
HOST = ("host", "pages", "shares", "speakers")


def page(visit: Visit) -> Page:
    """Make the page; `?host=` narrows it to one, `?first=` begins at the link of that id."""
    host = visit.argument("host")
    found = shared_pages(visit.connection, host or None)
    values = {
        "host": host,
        "part": part_of(found, lambda one: str(one.id), visit.argument("first"), AT_ONCE),
        "hosts": [] if host else _hosts(visit),
        "all_hosts": len(hosts(visit.connection)),
    }
    return Page("links.html", values)


def _hosts(visit: Visit) -> list[tuple[str, int, int, int]]:
    """The hosts with their pages, how often these were shared and by how many people."""
    return run_query(visit.connection, queries()["hosts"], limit=HOSTS).of(*HOST)
