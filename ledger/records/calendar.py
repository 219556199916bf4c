"""Public holidays, from the `holidays` library: the calendar that is handed to the core as input."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from ledger.core.periods import Month


@lru_cache
def public_holidays(year: int) -> frozenset[date]:
    """Lithuania's public holidays of a year."""
    return frozenset(holidays.country_holidays("LT", years=year))


def working_days(month: Month) -> tuple[date, ...]:
    """Mondays to Fridays of the month that are no public holiday."""
    closed = public_holidays(month.year)
    return tuple(day for day in month.days() if day.weekday() < 5 and day not in closed)
