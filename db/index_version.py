"""The version of the full-text index: by itself, as to ask for it takes none of ``text_index``."""

from __future__ import annotations

# Raise it with any change to what index_terms() gives: an archive's index must be of one version.
VERSION = "1"
