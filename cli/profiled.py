"""What the command and the page of a person say of their profile."""

from __future__ import annotations

from db.profiles import TALKED_DAYS


def days_talked(days: int) -> str:
    """Which of somebody's days are looked at for whom they talk with; '' if all are."""
    return f", on the newest {TALKED_DAYS:,} days they wrote on" if days > TALKED_DAYS else ""
