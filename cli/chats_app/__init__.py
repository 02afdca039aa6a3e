"""`chats`: everything that reads an archive. One module and one line here per command."""

from cli.lazy import lazy_commands
from cli.options import new_app

COMMANDS = {
    "search": "Find messages that contain every word, newest first.",
    "day": "Read a day, message by message.",
    "show": "Show a message with what was said around it.",
    "person": "Show when, where and with whom somebody writes.",
    "stats": "Show how much there is, and when most was said.",
    "query": "Run a canned query, or list them all.",
    "sql": "Ask with SQL of your own.",
    "schema": "Show the tables with their columns, and what these hold.",
    "serve": "Browse the archive: as a chat, and as data.",
}

app = new_app(
    "Ask an archive of group chats.\n\nExample: chats search 协议支付",
    lazy_commands(__name__, COMMANDS),
)
