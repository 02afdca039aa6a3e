"""What is wrong with a search that was typed."""

from db.errors import ArchiveError


class SearchError(ArchiveError):
    """The search cannot be understood; the message says where, and what is valid."""
