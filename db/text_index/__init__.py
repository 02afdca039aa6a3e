"""How text becomes the terms of the full-text index, and a search becomes a MATCH."""

from db.text_index.phrase import match_phrase, scan_pattern, scannable
from db.text_index.terms import index_terms, index_terms_of, normalize, with_terms
from db.text_index.writings import writings

__all__ = [
    "index_terms",
    "index_terms_of",
    "match_phrase",
    "normalize",
    "scan_pattern",
    "scannable",
    "with_terms",
    "writings",
]
