"""Trying rules on months that are over, or under way: nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledger.actions.doing import Doing
from ledger.actions.stipends import scheme_of
from ledger.core import stipends, what_if
from ledger.core.access import May
from ledger.core.periods import Month
from ledger.core.schemes import Scheme
from ledger.core.what_if import Outcome
from ledger.records import what_if as rows
from ledger.records.calendar import holidays_of
from ledger.records.what_if import Past


@dataclass(frozen=True)
class Tried:
    """What came out then and what each scheme gives, month by month. Of the months in `open` nothing is approved: their old sums
    are what the rules in force would give now; where no rules hold there are none."""

    months: tuple[Month, ...]
    old: tuple[Outcome, ...]
    new: tuple[tuple[Outcome, ...], ...]
    open: tuple[Month, ...]

    def of(self, month: Month | None) -> Tried:
        """The same for one month; for None for all of them."""
        if month is None:
            return self
        return Tried((month,), _of(self.old, month), tuple(_of(one, month) for one in self.new), self.open)


def _of(outcomes: Sequence[Outcome], month: Month) -> tuple[Outcome, ...]:
    return tuple(one for one in outcomes if one.month == month)


def try_schemes(doing: Doing, months: Sequence[Month], schemes: Sequence[Scheme]) -> Tried:
    """Work the months out by each scheme. Raises Refused for no or too many months or schemes, a month with nothing in it, a
    calendar nobody knows."""
    doing.check(May.SEE_MONTH)
    what_if.check_asked(months, len(schemes))
    year = any(name.startswith("year.") for scheme in schemes for name in scheme.names)
    pasts = rows.past_months(doing.session, doing.scope, months, with_year=year)
    inputs = [one.inputs for one in pasts]
    new = tuple(what_if.work_months(inputs, scheme, _holidays(scheme, months)) for scheme in schemes)
    old = tuple(found for found in (_old(doing, one) for one in pasts) if found is not None)
    return Tried(tuple(one.inputs.month for one in pasts), old, new, tuple(one.inputs.month for one in pasts if one.old is None))


def _holidays(scheme: Scheme, months: Sequence[Month]) -> dict[Month, tuple[date, ...]]:
    return {month: holidays_of(month, scheme.calendar) for month in months} if scheme.calendar else {}


def _old(doing: Doing, past: Past) -> Outcome | None:
    """What was approved, or what the rules in force give for a month that is not."""
    if past.old is not None:
        return past.old
    month = past.inputs.month
    found = scheme_of(doing, month)
    if found is None:
        return None
    scheme = found[1]
    calendar = scheme.calendar or (scheme.before.calendar if scheme.before else "")
    inputs = replace(past.inputs, holidays=holidays_of(month, calendar) if calendar else ())
    return what_if.outcome(inputs, stipends.calculate(inputs, scheme))
