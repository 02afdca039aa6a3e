"""A picture's file, where we have it."""

from __future__ import annotations

from cli.browse.pictures import picture_type
from cli.browse.visit import File, PageMissing, Visit

PATH = "picture/(?P<name>[^/]+)"


def page(visit: Visit) -> File:
    """Hand it out, if it is one and the archive speaks of it: no other file ever."""
    name = visit.parts["name"]
    known = visit.connection.execute("select 1 from images where name = ?", [name]).fetchone()
    path = visit.pictures.find(name) if known else None
    content = path.read_bytes() if path else b""
    type_ = picture_type(content)
    if type_ is None:
        raise PageMissing(f"there is no picture {name} here")
    return File(content, type_)
