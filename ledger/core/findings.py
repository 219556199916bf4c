"""What a month still lacks before it is submitted or paid: codes and numbers; the sentence and the remedy are the page's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.core.periods import Month
from ledger.core.sales import SaleLine
from ledger.core.stipends import Inputs, Result


@dataclass(frozen=True)
class WithoutLot:
    """A sale line of which so many thousandths no lot covers, and the exact share of it that nobody gets, in cents half up."""

    line: SaleLine
    quantity: int
    cents: int


def days_without(working: Iterable[date], written: Collection[date], today: date) -> tuple[date, ...]:
    """Working days until today for which nobody has a mark."""
    return tuple(day for day in working if day <= today and day not in written)


def without_lot(inputs: Inputs, result: Result) -> tuple[WithoutLot, ...]:
    """The month's sales that no lot covers, in the order of matching."""
    lines = {line.key: line for line in inputs.lines}
    return tuple(WithoutLot(lines[one.line], one.uncovered, (2 * one.unassigned.numerator + one.unassigned.denominator)
                            // (2 * one.unassigned.denominator))
                 for one in result.lines if one.uncovered > 0)


def open_before(month: Month, begins: Month, settled: Collection[Month]) -> tuple[Month, ...]:
    """Months since the books began that are neither approved nor declared empty."""
    return tuple(begins.plus(n) for n in range(max(0, month.index - begins.index)) if begins.plus(n) not in settled)


def without_account(result: Result, accounts: Sequence[str]) -> tuple[str, ...]:
    """People who get money this month and are not among those with an account."""
    known = set(accounts)
    return tuple(one.person for one in result.people if one.total > 0 and one.person not in known)
