"""From pages to rows: everything that writes the archive."""

__version__ = "0.1.0"
