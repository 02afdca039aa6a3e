"""`chats`: everything that reads an archive. One module per command."""

from __future__ import annotations

from cli.chats_app.query import query
from cli.options import new_app

app = new_app("Ask an archive of group chats.\n\nExample: chats query top-speakers")
app.command()(query)
