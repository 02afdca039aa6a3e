"""The pages: one module each, and one name here."""

from cli.browse.pages import day, home, insights, people, person, picture, room
from cli.browse.visit import PageModule

PAGES: tuple[PageModule, ...] = (home, room, day, person, people, insights, picture)
