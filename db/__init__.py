"""The archive file: all that knows SQLite. Importing the package itself imports nothing."""
