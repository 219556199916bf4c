"""Totals below zero: what the reserve bears for now, what is kept back later, and what is written off. Cents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from ledger.core.people import Person
from ledger.core.periods import Month

# months after the one that made it in which a debt may be kept back
DEBT_MONTHS = 3


@dataclass(frozen=True)
class Debt:
    """What a person still owes from an earlier month's total below zero, in cents (positive)."""

    person: str
    cents: int
    since: Month


@dataclass(frozen=True)
class Settled:
    """By person: `lifted` brings a total below zero up to 0, `kept` is kept back (positive) of at most `most`, out of
    `owed_before`. `debts` is what stays owed, oldest first."""

    lifted: dict[str, int]
    kept: dict[str, int]
    most: dict[str, int]
    owed_before: dict[str, int]
    debts: tuple[Debt, ...]
    written_off: tuple[Debt, ...]

    @property
    def owed(self) -> dict[str, int]:
        """What each person owes after the month."""
        sums: dict[str, int] = {}
        for debt in self.debts:
            sums[debt.person] = sums.get(debt.person, 0) + debt.cents
        return sums


def settle(people: Sequence[Person], totals: Mapping[str, int], debts: Iterable[Debt], month: Month,
           share: Fraction) -> Settled:
    """Settle totals with debts: at most `share` percent of a total (rounded down) is kept back, the oldest debt first.

    Written off: debts older than three months, and those of people who left before the month or are not known.
    """
    here = {person.ref: person for person in people}
    lifted = {ref: -total for ref, total in totals.items() if total < 0}
    most = {ref: max(0, floor(total * share / 100)) for ref, total in totals.items()}
    kept: dict[str, int] = {}
    owed_before: dict[str, int] = {}
    staying, written_off = [], []
    for debt in sorted(debts, key=lambda one: (one.person, one.since, one.cents)):
        if _over(debt, here.get(debt.person), month):
            written_off.append(debt)
            continue
        part = min(debt.cents, most.get(debt.person, 0) - kept.get(debt.person, 0))
        owed_before[debt.person] = owed_before.get(debt.person, 0) + debt.cents
        if part > 0:
            kept[debt.person] = kept.get(debt.person, 0) + part
        if debt.cents > part:
            staying.append(Debt(debt.person, debt.cents - part, debt.since))
    new = [Debt(ref, cents, month) for ref, cents in sorted(lifted.items())]
    return Settled(lifted, kept, most, owed_before, tuple(staying + new), tuple(written_off))


def _over(debt: Debt, person: Person | None, month: Month) -> bool:
    left = person is None or (person.ended is not None and person.ended < month.first)
    return left or month.index - debt.since.index > DEBT_MONTHS
