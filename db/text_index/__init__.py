"""How text becomes the terms of the full-text index."""

from db.text_index.terms import VERSION, index_terms, normalize

__all__ = ["VERSION", "index_terms", "normalize"]
