"""What was made and sold over weeks or months: sums, shares, and what an hour of work brings.

Quantities are thousandths of the product's unit, money is cents, work is exact minutes; a day is the Vilnius civil day on which
something happened. Weeks are ISO weeks, from Monday to Sunday.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from ledger.core.money import half_up, ratio_half_up, ratio_sum
from ledger.core.periods import Month

WEEK = timedelta(days=7)
MINUTES_IN_THOUSANDTHS = 1_000


class By(StrEnum):
    """How days are put together."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, order=True)
class Period:
    """A week or a month: its first and last day, both inclusive."""

    first: date
    last: date


def period_of(day: date, by: By) -> Period:
    """The ISO week or the month in which a day lies."""
    if by is By.MONTH:
        month = Month.of(day)
        return Period(month.first, month.last)
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def periods_until(day: date, by: By, count: int) -> tuple[Period, ...]:
    """So many weeks or months in a row, the last one with this day in it, the oldest first."""
    found = [period_of(day, by)]
    while len(found) < count:
        found.append(period_of(found[-1].first - timedelta(days=1), by))
    return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class Sums:
    """What was made and sold: good and rejected thousandths; sold thousandths and its cents without VAT and of materials, less
    what came back."""

    good: int = 0
    rejects: int = 0
    sold: int = 0
    net: int = 0
    materials: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.good + other.good, self.rejects + other.rejects, self.sold + other.sold, self.net + other.net,
                    self.materials + other.materials)

    @property
    def left(self) -> int:
        """Cents that stay of the proceeds after materials; below zero when materials cost more."""
        return self.net - self.materials

    @property
    def reject_share(self) -> int | None:
        """Rejects of all that was made, good and rejected, as `share`."""
        return share(self.rejects, self.good + self.rejects)

    @property
    def sold_share(self) -> int | None:
        """Sold of the good ones that were made, as `share`; above the whole when older stock was sold too."""
        return share(self.sold, self.good)


@dataclass(frozen=True, slots=True)
class Fact:
    """What was made or sold of a product (its row number) on a day."""

    product: int
    day: date
    sums: Sums


def share(part: int, whole: int) -> int | None:
    """A part of a whole in thousandths of a percent, rounded half up to a tenth of a percent; None of nothing."""
    return ratio_half_up(part * 1_000, whole) * 100 if whole > 0 else None


def by_product(facts: Iterable[Fact]) -> dict[int, Sums]:
    """The sums of each product."""
    found: defaultdict[int, Sums] = defaultdict(Sums)
    for one in facts:
        found[one.product] += one.sums
    return dict(found)


def by_period(facts: Iterable[Fact], periods: Sequence[Period], by: By) -> list[Sums]:
    """The sums of each period, in their order; facts of other days are left out."""
    found = dict.fromkeys(periods, Sums())
    for one in facts:
        period = period_of(one.day, by)
        if period in found:
            found[period] += one.sums
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Worked:
    """The makers' time at a product: exact `minutes`; `lots` that were made, and of how many the time is `unknown`, wholly or of
    somebody."""

    minutes: Fraction = Fraction(0)
    lots: int = 0
    unknown: int = 0


Hand = tuple[int, int, bool, int | None, int | None, int | None]
"""A maker's share of a lot: the row numbers of product and lot; whether the weight is thousandths of the maker's minutes at it; the
weight (None: a lot without makers); which person's day it is, by a number of its own; its attended minutes (None: not written)."""


def worked(hands: Iterable[Hand]) -> dict[int, Worked]:
    """The makers' time at each product. What is left of a person's day after lots that say their own minutes is divided equally
    among the other lots that the person had a hand in; it is never below zero."""
    own: defaultdict[int, int] = defaultdict(int)
    lots: defaultdict[int, set[int]] = defaultdict(set)
    unknown: defaultdict[int, set[int]] = defaultdict(set)
    days: dict[int, list[int]] = {}  # thousandths of minutes left, and the products of the other lots
    for product, lot, says, weight, day, attended in hands:
        lots[product].add(lot)
        if weight is None or not (says or attended):
            unknown[product].add(lot)
        if says:
            own[product] += weight or 0
        if day is None or not attended:
            continue
        left = days.get(day)
        if left is None:
            left = days[day] = [attended * MINUTES_IN_THOUSANDTHS]
        if says:
            left[0] -= weight or 0
        else:
            left.append(product)
    return {product: Worked((own[product] + shared) / MINUTES_IN_THOUSANDTHS, len(lots[product]), len(unknown[product]))
            for product, shared in _shared(days.values(), lots).items()}


def _shared(days: Iterable[Sequence[int]], products: Iterable[int]) -> dict[int, Fraction]:
    """What each product gets of days: of each what is left of it, and the products among which it is divided."""
    parts: dict[int, defaultdict[int, int]] = {product: defaultdict(int) for product in products}
    for left, *others in days:
        if left > 0:
            for product in others:
                parts[product][len(others)] += left
    return {product: ratio_sum(part) for product, part in parts.items()}


def per_hour(amount: int, minutes: Fraction) -> int | None:
    """What one hour brings of an amount (cents, thousandths), half up, away from zero; None when no time is known."""
    return half_up(amount * 60 / minutes) if minutes > 0 else None
