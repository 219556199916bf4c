"""Days and months. Intervals are half-open (start counts, end does not) unless a name says `last`; months are those of Vilnius."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ledger.core.faults import Refused

VILNIUS = ZoneInfo("Europe/Vilnius")


@dataclass(frozen=True, order=True)
class Month:
    """A civil month, written 2026-10."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `2026-10`; raises Refused("month_form") for anything else."""
        found = re.fullmatch(r"([0-9]{4})-(0[1-9]|1[0-2])", text)
        if not found or found[1] < "1900":
            raise Refused("month_form", text=text[:20])
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day lies in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.number, 1)

    @property
    def end(self) -> date:
        """The first day after the month."""
        return self.plus(1).first

    @property
    def last(self) -> date:
        """The last day, inclusive."""
        return self.end - timedelta(days=1)

    def plus(self, months: int) -> Month:
        """The month so many months later (or earlier)."""
        index = 12 * self.year + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    @property
    def index(self) -> int:
        """12 x year + month, where ties among fractions start (calculation.md section 1)."""
        return 12 * self.year + self.number

    def days(self) -> tuple[date, ...]:
        """All days of the month in order."""
        return tuple(self.first + timedelta(days=n) for n in range((self.end - self.first).days))


def civil_day(instant: datetime) -> date:
    """The Vilnius calendar day of an instant with a time zone; the one place where an instant becomes a day."""
    return instant.astimezone(VILNIUS).date()


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the month's last day where that day does not exist."""
    month = Month.of(day).plus(months)
    return min(month.first + timedelta(days=day.day - 1), month.last)
