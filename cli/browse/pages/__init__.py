"""The pages: one module each, and one name here."""

from cli.browse.pages import day, home, picture, room, search
from cli.browse.visit import PageModule

PAGES: tuple[PageModule, ...] = (home, room, day, picture, search)
