"""`chats`: everything that reads an archive. One module per command, and one name here."""

from cli.lazy import lazy_commands
from cli.options import new_app

COMMANDS = ("search", "day", "show", "person", "stats", "query", "sql", "schema", "serve")

app = new_app(
    "Ask an archive of group chats.\n\nExample: chats search 协议支付",
    lazy_commands(__name__, COMMANDS),
)
