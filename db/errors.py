"""What can go wrong with an archive, in words for whoever runs the command."""


class ArchiveError(Exception):
    """A known problem: one line that names the place and the remedy. Exit code 1."""
