"""What a basket comes to: discounts divided over its lines, cash rounded to five cents, change; what customers owe by age.

`static/till_sums.js` works the same out on the page; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from ledger.core.faults import Refused
from ledger.core.money import Quota, divide, ratio_half_up

CASH_STEP = 5
"""Since 2025-05-01 the sum paid in cash in Lithuania is rounded to so many cents, up or down to the nearest."""

WHOLE_QUANTITY = 1_000
WHOLE_PERCENT = 100_000
MOST_TOTAL = 100_000_000
"""A basket of more than a million euros is a slip."""


class Way(StrEnum):
    """How a document is paid: on the spot in cash or by card, or later by a transfer."""

    CASH = "cash"
    CARD = "card"
    TRANSFER = "transfer"


class Kind(StrEnum):
    """What a document is: a sale at the till, goods that came back, an order with an invoice, a shop's report."""

    SALE = "sale"
    RETURN = "return"
    ORDER = "order"
    REPORT = "report"


@dataclass(frozen=True)
class Item:
    """So many thousandths of something at a price in cents a unit."""

    quantity: int
    price_cents: int

    @property
    def gross(self) -> int:
        """Cents before any discount, half up."""
        return ratio_half_up(self.quantity * self.price_cents, WHOLE_QUANTITY)


@dataclass(frozen=True)
class Bill:
    """A basket in cents: `grosses` of its lines before the discount, what is taken `offs` each, the `total` of what is left, and
    what is `payable` once cash is rounded."""

    grosses: tuple[int, ...]
    offs: tuple[int, ...]
    payable: int

    @property
    def gross(self) -> int:
        """Cents of all lines before the discount."""
        return sum(self.grosses)

    @property
    def off(self) -> int:
        """Cents of the discount."""
        return sum(self.offs)

    @property
    def total(self) -> int:
        """Cents of all lines after the discount."""
        return self.gross - self.off

    @property
    def rounding(self) -> int:
        """Cents that rounding adds (below zero: takes)."""
        return self.payable - self.total


def bill(items: Sequence[Item], way: Way, *, percent: int = 0, cents: int = 0) -> Bill:
    """What a basket comes to, with a discount of so many thousandths of a percent or of a sum in cents. The discount of the whole
    basket is rounded half up once and divided over the lines by largest remainder. Raises Refused `empty_basket`,
    `not_above_zero`, `two_discounts`, `discount_too_large`, `basket_too_large`."""
    if not items:
        raise Refused("empty_basket", at="basket")
    if any(one.quantity <= 0 for one in items):
        raise Refused("not_above_zero", at="basket")
    if percent and cents:
        raise Refused("two_discounts", at="discount_cents")
    grosses = tuple(one.gross for one in items)
    whole = sum(grosses)
    if whole > MOST_TOTAL:
        raise Refused("basket_too_large", at="basket")
    off = cents or ratio_half_up(whole * percent, WHOLE_PERCENT)
    if off > whole:
        raise Refused("discount_too_large", at="discount_cents", whole_cents=whole)
    total = whole - off
    return Bill(grosses, divided(off, grosses), rounded_cash(total) if way is Way.CASH else total)


def divided(cents: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Cents divided over lines by their weights (not below zero), largest remainder; among equal remainders the first lines get
    the last cents."""
    whole = sum(weights)
    if not cents or not whole:
        return (0,) * len(weights)
    quotas = [Quota(str(place), str(place), Fraction(cents * weight, whole)) for place, weight in enumerate(weights)]
    given = divide(quotas, 0, total=cents).given
    return tuple(given[str(place)].cents for place in range(len(weights)))


def rounded_cash(cents: int) -> int:
    """A sum as it is paid in cash: to the nearest five cents, the same for money that is given back."""
    return ratio_half_up(cents, CASH_STEP) * CASH_STEP


def change(payable: int, given: int) -> int:
    """Cents to give back of what a customer gave (0: the exact sum). Raises Refused `given_too_little`."""
    if given and given < payable:
        raise Refused("given_too_little", at="given", payable_cents=payable)
    return given - payable if given else 0


def commission(total: int, percent: int) -> int:
    """A shop's part of what it sold, in cents: thousandths of a percent, half up."""
    return ratio_half_up(total * percent, WHOLE_PERCENT)


AGES = (0, 30, 60, 90)
"""So many days past the due day each age ends; the last one has no end."""


def age(due: date, day: date) -> int:
    """Which age an open sum has on a day: 0 not due yet, 1 to 30 days late is 1, and so on; more than 90 days is 4."""
    late = (day - due).days
    return sum(late > most for most in AGES)


def by_age(open_sums: Iterable[tuple[date, int]], day: date) -> tuple[int, ...]:
    """Cents of open sums by their age on a day."""
    found = [0] * (len(AGES) + 1)
    for due, cents in open_sums:
        found[age(due, day)] += cents
    return tuple(found)
