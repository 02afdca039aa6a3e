"""The pictures that we have ourselves: files called as in ``images.name``.

They are looked for in a folder `img` beside the archive, in one of the site that the pages were
loaded from (`SITE/img` where they lie in `SITE/source/<room>/_posts`), and where `--images` says.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from db.reader import newest_paths

FOLDER = "img"
# What browsers show, by how such a file begins; WebP has a length before its name.
_SIGNATURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF8": "image/gif",
    b"RIFF": "image/webp",
}
_TELLING = 12


@dataclass(frozen=True, slots=True)
class PictureFolders:
    """Folders to look for pictures in, the first one first."""

    folders: tuple[Path, ...]

    def find(self, name: str) -> Path | None:
        """The file of a picture; None if we do not have it, or something else under its name."""
        if not name or name in (".", "..") or {"/", "\\", "\0"} & set(name):
            return None
        for folder in self.folders:
            path = folder / name
            try:
                if path.is_file() and picture_type(_beginning(path)):
                    return path
            except OSError:
                # a name may be too long for a file
                continue
        return None


def picture_folders(
    connection: sqlite3.Connection, archive: Path | None, extra: Iterable[str]
) -> PictureFolders:
    """Those that there are."""
    candidates = [Path(name) for name in extra]
    if archive is not None:
        candidates.append(archive.parent / FOLDER)
    for path in map(Path, newest_paths(connection)):
        candidates += [parent / FOLDER for parent in path.parents[2:4]]
    return PictureFolders(tuple(f for f in dict.fromkeys(candidates) if f.is_dir()))


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_TELLING)


def picture_type(content: bytes) -> str | None:
    """The type of a picture that browsers show; None if it is something else."""
    for start, type_ in _SIGNATURES.items():
        if content.startswith(start) and (type_ != "image/webp" or content[8:12] == b"WEBP"):
            return type_
    return None
