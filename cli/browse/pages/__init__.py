"""The pages: one module each, and one name here."""

from cli.browse.pages import day, feed, home, links, picture, pictures, room, search
from cli.browse.visit import PageModule

# the first whose path fits is taken
PAGES: tuple[PageModule, ...] = (home, room, feed, day, search, pictures, picture, links)
