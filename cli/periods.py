"""Days, months and years as they are typed on a command line, wherever one is."""

from __future__ import annotations

import datetime

import typer

from db.search.language import period


def first_and_last_day(text: str, option: str) -> tuple[str, str]:
    """The days (YYYY-MM-DD) that a day, month or year begins and ends with."""
    try:
        first, after = period(text)
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(
            f"{text} is no date (YYYY-MM-DD, or a month or year)", param_hint=option
        ) from error
    return first.isoformat(), (after - datetime.timedelta(days=1)).isoformat()


def single_day(text: str, option: str) -> str:
    """The day (YYYY-MM-DD) that is typed, which may have lost its zeros."""
    first, last = first_and_last_day(text, option)
    if first != last:
        raise typer.BadParameter(f"{text} is no single day (YYYY-MM-DD)", param_hint=option)
    return first
