"""Public holidays, from the `holidays` library: the calendar that is handed to the core as input."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

from ledger.core.faults import Refused
from ledger.core.periods import Month


@lru_cache
def public_holidays(year: int, country: str = "LT") -> frozenset[date]:
    """A country's public holidays of a year; raises Refused for two letters that name no country."""
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        raise Refused("calendar_unknown", at="calendar", code=country[:20]) from None


def holidays_of(month: Month, country: str) -> tuple[date, ...]:
    """The month's public holidays in order; raises Refused for an unknown country."""
    return tuple(sorted(day for day in public_holidays(month.year, country) if Month.of(day) == month))


def working_days(month: Month) -> tuple[date, ...]:
    """Mondays to Fridays of the month that are no public holiday in Lithuania."""
    closed = public_holidays(month.year)
    return tuple(day for day in month.days() if day.weekday() < 5 and day not in closed)
