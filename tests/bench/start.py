"""How fast commands start, beside Python that imports typer and does nothing."""

from __future__ import annotations

from tests.bench.figures import Figure
from tests.bench.processes import CHATS, TYPER, in_turns, median_ratio, run
from tests.bench.setting import Setting

TURNS_PER_ROUND = 3
WORD = "代扣"


def measure(setting: Setting) -> list[Figure]:
    """Start `chats` in turns with Python."""
    search = (CHATS, "search", WORD, "--db", setting.db)
    commands = (TYPER, (CHATS, "--help"), search)
    # the first runs compile what an installation has compiled
    for command in commands:
        run(*command)
    turns = in_turns(
        TURNS_PER_ROUND * setting.rounds,
        *(lambda command=command: run(*command).seconds for command in commands),
    )
    return [
        Figure("chats --help / import typer", median_ratio(turns, 1, 0), "×", "≤ 1.5"),
        Figure(f"chats search {WORD} / import typer", median_ratio(turns, 2, 0), "×", "≤ 1.5"),
    ]
