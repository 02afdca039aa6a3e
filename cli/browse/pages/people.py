"""Everybody, the most talkative first, and who has a name with some part."""

from __future__ import annotations

from cli.browse.paging import part_of
from cli.browse.visit import Page, Visit
from db.people.everybody import everybody

# the second one is what is left of a person's address without the name
PATH = "(?:people|person/?)"
AT_ONCE = 200


def page(visit: Visit) -> Page:
    """Make the page; `?q=` is a part of a name, `?first=` the person that the page begins with.

    If they are gone since then, it begins anew.
    """
    wanted = visit.argument("q")
    found = everybody(visit.connection, wanted)
    part = part_of(found, lambda one: one.name, visit.arguments.get("first", ""), AT_ONCE)
    return Page("people.html", {"wanted": wanted, "part": part})
