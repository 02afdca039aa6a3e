"""The option of the commands that need `archive.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from etl.config import FILE_NAME

ConfigFile = Annotated[
    Path | None, typer.Option("--config", help=f"Instead of the {FILE_NAME} beside the archive.")
]
