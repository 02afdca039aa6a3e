"""Everybody, the most talkative first, and who has a name with some part."""

from __future__ import annotations

from cli.browse.visit import Page, Visit
from db.people.everybody import everybody

PATH = "people"
AT_ONCE = 200


def page(visit: Visit) -> Page:
    """Make the page; `?q=` is a part of a name, `?after=` the person that the page goes on after.

    Whoever is gone since then begins it anew.
    """
    part, after = visit.argument("q"), visit.argument("after")
    found = everybody(visit.connection, part)
    first = next((at for at, one in enumerate(found, 1) if one.name == after), 0)
    people = found[first : first + AT_ONCE]
    values = {
        "part": part,
        "number": len(found),
        "first": first,
        "people": people,
        "following": people[-1].name if first + AT_ONCE < len(found) else None,
    }
    return Page("people.html", values)
