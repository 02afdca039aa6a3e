"""`chats serve`: the archive in a browser, as a chat and as data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import DEFAULT_DATABASE, Database
from db.connection import open_read_only


def serve(
    db: Database = DEFAULT_DATABASE,
    port: Annotated[
        int, typer.Option("--port", "-p", min=0, max=65535, help="0 takes any that is free.")
    ] = 8001,
    host: Annotated[
        str, typer.Option("--host", help="0.0.0.0 opens the archive to others.")
    ] = "127.0.0.1",
    open_: Annotated[bool, typer.Option("--open", help="Open it in your browser.")] = False,
    images: Annotated[
        list[Path] | None,
        typer.Option("--images", metavar="DIR", help="Where picture files lie, too."),
    ] = None,
    remote_images: Annotated[
        bool, typer.Option("--remote-images", help="Load pictures from where they were shared.")
    ] = False,
    download: Annotated[
        bool, typer.Option("--download", help="Let visitors download the archive's file.")
    ] = False,
) -> None:
    """Browse the archive: rooms, days as a chat, search, people; and Datasette's tables and SQL.

    It only reads, and a load may go on meanwhile. Ctrl-C ends it.

    Example: chats serve --open
    """
    with open_read_only(db):
        # what is wrong with the file is better said now than by every page
        pass
    pictures = {"images": [str(_folder(path)) for path in images or ()]}
    config = {"home": db.stem, "remote_images": remote_images, "download": download, **pictures}
    # Datasette takes a second to import, and the list of commands looks at this one
    from cli.browse.server import serve_archive

    serve_archive(db, config, host, port, open_=open_)


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise typer.BadParameter(f"{path} is no folder", param_hint="--images")
    return path.absolute()
