"""The sections of a scheme besides its parts: pool and reserve, funds, reference amounts, limits, checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from ledger.core.formulas import Formula
from ledger.core.grammar import ONE, Field, Shape
from ledger.core.money import Stage, staged
from ledger.core.part_base import AMOUNT, BY_CLASS, ForClass, Numbers, check_classes, check_one
from ledger.core.tables import SchemeFault, Table

HUNDRED = Fraction(100)


class Source(StrEnum):
    """Where the pool comes from."""

    TRACED = "traced"  # realised sales that lots cover
    SALES = "sales"  # all realised sales
    FIXED = "fixed"  # a sum out of the sales
    BUDGET = "budget"  # a sum that the budget gives


class Left(StrEnum):
    """Where the pool's rest goes."""

    RESERVE = "reserve"
    CARRIED = "carried"


class Shortfall(StrEnum):
    """What happens when parts take more than the pool has."""

    RESERVE = "reserve"
    CUT = "cut"
    RESERVE_THEN_CUT = "reserve_then_cut"
    BUDGET = "budget"


class Full(StrEnum):
    """What follows when the reserve is full."""

    CARRIED = "carried"
    PAID_OUT = "paid_out"


@dataclass(frozen=True)
class ReserveCap:
    """The reserve holds at most `cap_months` times a month's pay (euros)."""

    month_pay: Formula
    cap_months: Fraction
    full: Full


@dataclass(frozen=True)
class Pool:
    """What is divided. `payout_share` is the percent of sales less costs that may be paid out."""

    source: Source = Source.TRACED
    amount: Formula | None = None
    costs: Formula | None = None
    payout_share: Fraction = HUNDRED
    left: Left = Left.RESERVE
    shortfall: Shortfall = Shortfall.RESERVE
    reserve: ReserveCap | None = None


RESERVE_FIELDS = (Field("month_pay", Shape.FORMULA), Field("cap_months", Shape.NUMBER, most=120),
                  Field("full", Shape.CHOICE, default=Full.CARRIED, options=Full))
POOL_FIELDS = (
    Field("source", Shape.CHOICE, default=Source.TRACED, options=Source),
    AMOUNT,
    Field("costs", Shape.FORMULA, optional=True),
    Field("payout_share", Shape.PERCENT, default=HUNDRED),
    Field("left", Shape.CHOICE, default=Left.RESERVE, options=Left),
    Field("shortfall", Shape.CHOICE, default=Shortfall.RESERVE, options=Shortfall),
    Field("reserve", Shape.TABLE, optional=True, make=ReserveCap, fields=RESERVE_FIELDS),
)


def check_pool(pool: Pool, table: Table) -> None:
    """A fixed sum and a budget's need their amount, sales have none."""
    given = pool.source in (Source.FIXED, Source.BUDGET)
    if given != table.has("amount"):
        table.fault("amount", "scheme_pool_amount")


@dataclass(frozen=True)
class FundKept:
    """A pot of its own inside the reserve."""

    key: str
    label: str


FUND_FIELDS = (Field("key", Shape.NAME), Field("label", Shape.TEXT))


@dataclass(frozen=True)
class DatedAmount:
    """An amount from a day on."""

    since: date
    amount: Fraction


@dataclass(frozen=True)
class Derived:
    """An amount times new / old."""

    of: Formula
    new: Formula
    old: Formula
    factor_rounding: tuple[Stage, ...]


@dataclass(frozen=True)
class MeanRow:
    """One of what a mean is made of."""

    of: Formula
    weight: Formula


@dataclass(frozen=True)
class RefAmount:
    """A reference amount: dated, derived from others, or a mean; rounded by stages."""

    key: str
    label: str
    values: tuple[DatedAmount, ...]
    derived: Derived | None
    mean: tuple[MeanRow, ...]
    rounding: tuple[Stage, ...]

    def formulas(self) -> Iterator[Formula]:
        """Every formula in it."""
        if self.derived:
            yield from (self.derived.of, self.derived.new, self.derived.old)
        for row in self.mean:
            yield from (row.of, row.weight)

    def work(self, day: date, lookup: Callable[[str], Fraction]) -> tuple[Fraction, Numbers]:
        """The exact amount that counts on a day, with the numbers used."""
        if self.derived:
            exact, told = self._derived(self.derived, lookup)
        elif self.mean:
            exact, told = self._mean(lookup)
        else:
            begun = [one for one in self.values if one.since <= day]
            last = max(begun, key=lambda one: one.since, default=None)
            exact, told = (last.amount, Numbers(since=last.since.isoformat())) if last else (Fraction(0), Numbers())
        rounded = staged(exact, self.rounding)
        return rounded, {**told, "exact": str(exact), "rounded": str(rounded)}

    def _derived(self, derived: Derived, lookup: Callable[[str], Fraction]) -> tuple[Fraction, Numbers]:
        old, new, of = derived.old.work(lookup), derived.new.work(lookup), derived.of.work(lookup)
        factor = staged(new / old if old else Fraction(0), derived.factor_rounding)
        return of * factor, {"of": str(of), "new": str(new), "old": str(old), "factor": str(factor)}

    def _mean(self, lookup: Callable[[str], Fraction]) -> tuple[Fraction, Numbers]:
        rows = [(row.of.work(lookup), row.weight.work(lookup)) for row in self.mean]
        whole, weights = sum((of * weight for of, weight in rows), Fraction(0)), sum((weight for _, weight in rows), Fraction(0))
        return (whole / weights if weights else Fraction(0)), {"sum": str(whole), "weights": str(weights)}


AMOUNT_FIELDS = (
    Field("key", Shape.NAME), Field("label", Shape.TEXT, default=""),
    Field("value", Shape.ROWS, default=(), attr="values", make=DatedAmount, fields=(
        Field("from", Shape.DAY, attr="since"), Field("amount", Shape.NUMBER))),
    Field("derived", Shape.TABLE, optional=True, make=Derived, fields=(
        Field("of", Shape.FORMULA), Field("new", Shape.FORMULA), Field("old", Shape.FORMULA),
        Field("factor_rounding", Shape.STAGES, default=()))),
    Field("mean", Shape.ROWS, default=(), make=MeanRow, fields=(
        Field("of", Shape.FORMULA), Field("weight", Shape.FORMULA, default=ONE))),
    Field("rounding", Shape.STAGES, default=()))


@dataclass(frozen=True)
class AmountUsed:
    """A reference amount as it counted, in exact euros, with the numbers it was made from."""

    key: str
    exact: Fraction
    numbers: Numbers


def amounts_on(amounts: Sequence[RefAmount], first: date, end: date, group: Callable[[str], Fraction]) -> dict[str, AmountUsed]:
    """Every reference amount as it counts on the first day; one that begins later, before `end`, counts when there was none."""
    used: dict[str, AmountUsed] = {}
    known = {one.key: one for one in amounts}

    def look(name: str) -> Fraction:
        return of(name[4:]).exact if name.startswith("ref.") else group(name)

    def of(key: str) -> AmountUsed:
        if key not in used:
            begun = [value.since for value in known[key].values if value.since < end]
            exact, numbers = known[key].work(max(first, min(begun, default=first)), look)
            used[key] = AmountUsed(key, exact, numbers)
        return used[key]

    return {one.key: of(one.key) for one in amounts}


def check_amount(one: RefAmount, table: Table, from_day: date) -> None:
    """One way to say it; each date once, and an amount for every day from the scheme's first on."""
    check_one(table, "value", "derived", "mean")
    days = [value.since for value in one.values]
    for n, day in enumerate(days, 1):
        if day in days[:n - 1]:
            table.fault(f"value[{n}].from", "scheme_date_twice", date=day.isoformat())
    if days and min(days) > from_day > date.min:
        table.fault("value[1].from", "scheme_amount_late", date=from_day.isoformat())


def check_circles(amounts: Sequence[RefAmount], root: Table) -> None:
    """No amount may be made from itself, be it by way of others."""
    uses = {one.key: [name[4:] for formula in one.formulas() for name in formula.names if name.startswith("ref.")]
            for one in amounts}
    for n, one in enumerate(amounts, 1):
        way = _circle(one.key, uses, (one.key,))
        if way:
            root.faults.append(SchemeFault(root.at(f"amount[{n}]"), "scheme_circular", {"way": " → ".join(way)}))


def _circle(key: str, uses: Mapping[str, Sequence[str]], way: tuple[str, ...]) -> tuple[str, ...]:
    for name in uses.get(key, ()):
        if name == way[0]:
            return (*way, name)
        if name not in way:
            found = _circle(name, uses, (*way, name))
            if found:
                return found
    return ()


class LimitKind(StrEnum):
    """A limit from above or from below."""

    CEILING = "ceiling"
    FLOOR = "floor"


AGAIN = "again"


@dataclass(frozen=True)
class Limit:
    """A ceiling or a floor (euros) on a person's total or on a part. A ceiling cuts the part `cuts` first, then the last written
    ones, and the cut goes where `returns` says; what a floor adds `payer` pays."""

    key: str
    kind: LimitKind
    label: str
    paragraph: str
    amount: Formula | None
    by_class: str | None
    classes: tuple[ForClass, ...]
    on: str
    cuts: str
    returns: str
    payer: str

    @property
    def ceiling(self) -> int | None:
        """The ceiling on a person's total in cents, when it is the same for all."""
        plain = self.kind is LimitKind.CEILING and not self.on and self.amount is not None
        return int(self.amount.constant * 100) if plain and self.amount and self.amount.constant is not None else None


LIMIT_FIELDS = (
    Field("key", Shape.NAME), Field("kind", Shape.CHOICE, options=LimitKind), Field("label", Shape.TEXT),
    Field("paragraph", Shape.TEXT, default=""), AMOUNT, *BY_CLASS, Field("on", Shape.NAME, default=""),
    Field("cuts", Shape.NAME, default=""),
    Field("returns", Shape.NAME, default="reserve", always=True), Field("payer", Shape.NAME, default="reserve"))


def check_limit(limit: Limit, table: Table) -> None:
    """One way to say the amount; whole cents when it is a number; the keys of its own kind only."""
    check_one(table, "amount", "by_class")
    check_classes(table, limit.classes)
    constants = [("amount", limit.amount), *((f"class[{n}].amount", one.amount) for n, one in enumerate(limit.classes, 1))]
    for place, amount in constants:
        if amount is not None and amount.constant is not None and (amount.constant * 100).denominator != 1:
            table.fault(place, "scheme_amount_cents")
    foreign = ("payer",) if limit.kind is LimitKind.CEILING else ("cuts", "returns")
    for key in foreign:
        if table.has(key) and (limit.kind is LimitKind.CEILING or key == "cuts" or limit.returns != "reserve"):
            table.fault(key, "scheme_limit_key")


@dataclass(frozen=True)
class Check:
    """A declared check: `that` must not be below `least`; told, blocks nothing."""

    key: str
    label: str
    that: Formula
    least: Formula


CHECK_FIELDS = (Field("key", Shape.NAME), Field("label", Shape.TEXT), Field("that", Shape.FORMULA), Field("least", Shape.FORMULA))
