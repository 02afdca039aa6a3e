"""Where everything is: the addresses of the pages, and of Datasette's own views beside them.

Names are tilde-encoded, as Datasette encodes the names of tables: a browser takes `..` and `%2e%2e`
for the folder above, and a server may undo `%2f`; of `~2E~2E` both leave every character alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote, urlencode

from datasette.utils import tilde_decode, tilde_encode


@lru_cache(maxsize=4096)
def encoded(name: str) -> str:
    """A name as one part of a path."""
    return str(tilde_encode(name))


def decoded(part: str) -> str:
    """The name that a part of a path stands for, also where it was typed by hand."""
    return str(tilde_decode(unquote(part)))


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one archive; ``database`` is Datasette's of it, without a slash behind."""

    database: str
    static: str

    def home(self) -> str:
        """Where everything begins."""
        return f"{self.database}/-/chat"

    def room(self, room: str) -> str:
        """A room."""
        return f"{self.home()}/{encoded(room)}"

    def feed(self, room: str) -> str:
        """A room's feed."""
        return f"{self.room(room)}/feed.atom"

    def day(self, room: str, date: str) -> str:
        """A room's day."""
        return f"{self.room(room)}/{encoded(date)}"

    def day_of(self, room: str) -> Callable[[str], str]:
        """What gives the addresses of a room's days."""
        # a calendar asks for thousands
        of_room = self.room(room)
        return lambda date: f"{of_room}/{encoded(date)}"

    def month_of(self, room: str) -> Callable[[str], str]:
        """What gives the addresses of what was said in a room's months."""
        return lambda month: self.search(room=room, period=month)

    def message(self, key: str) -> str:
        """A message, in its day."""
        day, _, anchor = key.rpartition("/")
        return f"{self.day(*day.rsplit('/', 1))}#{anchor}"

    def search(self, **arguments: str | None) -> str:
        """A search: see ``pages/search.py`` for its arguments; empty ones are left out."""
        return self._asked(f"{self.database}/-/search", arguments)

    def search_by(self, name: str, **arguments: str | None) -> Callable[[str], str]:
        """What gives the addresses of searches that differ in one argument: there may be many."""
        path = self.search(**{**arguments, name: None})
        start = f"{path}{'&' if '?' in path else '?'}{name}="
        return lambda value: f"{start}{quote(value, safe='')}"

    def person(self, name: str) -> str:
        """Whoever has that name."""
        return f"{self.database}/-/person/{encoded(name)}"

    def people(self, **arguments: str | None) -> str:
        """Everybody: see ``pages/people.py`` for its arguments."""
        return self._asked(f"{self.database}/-/people", arguments)

    def pictures(self, **arguments: str | None) -> str:
        """The gallery of a month."""
        return self._asked(f"{self.database}/-/pictures", arguments)

    def picture(self, name: str) -> str:
        """A picture's file."""
        return f"{self.database}/-/picture/{encoded(name)}"

    def links(self, **arguments: str | None) -> str:
        """The pages that were shared."""
        return self._asked(f"{self.database}/-/links", arguments)

    def insights(self, **arguments: str | None) -> str:
        """The charts, those of ``room`` if it is given."""
        return self._asked(f"{self.database}/-/insights", arguments)

    def download(self) -> str:
        """The archive as a file."""
        return f"{self.database}/-/download"

    def table(self, name: str, **arguments: str | None) -> str:
        """A table or a canned query, in Datasette."""
        return self._asked(f"{self.database}/{encoded(name)}", arguments)

    def row(self, table: str, id_: int) -> str:
        """A row of a table, in Datasette."""
        return f"{self.database}/{encoded(table)}/{id_}"

    def sql(self, sql: str, format_: str = "", **arguments: str) -> str:
        """The result of some SQL, in Datasette; ``format_`` may be ``.json``."""
        return self._asked(f"{self.database}{format_}", {"sql": sql, **arguments})

    @staticmethod
    def _asked(path: str, arguments: dict[str, str | None]) -> str:
        given = {name: value for name, value in arguments.items() if value}
        return f"{path}?{urlencode(given, quote_via=quote)}" if given else path
