"""The pages: one module each, and one name here."""

from cli.browse.pages import (
    day,
    feed,
    home,
    insights,
    links,
    message,
    people,
    person,
    picture,
    pictures,
    room,
    search,
)
from cli.browse.visit import PageModule

# the first whose path fits is taken
PAGES: tuple[PageModule, ...] = (
    home,
    room,
    feed,
    day,
    message,
    search,
    people,
    person,
    pictures,
    picture,
    links,
    insights,
)
