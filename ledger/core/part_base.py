"""What every kind of part stands on: what it may read, what it gives, and how it reads and writes itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Self

from ledger.core import grammar
from ledger.core.faults import Value
from ledger.core.formulas import Formula, constant
from ledger.core.grammar import Field, Shape
from ledger.core.measures import ZERO, Measures
from ledger.core.money import Stage, staged
from ledger.core.people import Person
from ledger.core.tables import Table

Numbers = dict[str, Value]


@dataclass(frozen=True)
class Context:
    """What a part may read: the people it is for in order, everything counted about them in its span, and its payer's pot in cents:
    what is `left` of it, and `available` before any part took. `rest` is the part of what is left that its span may take."""

    key: str
    people: Sequence[Person]
    measures: Measures
    left: int = 0
    available: int = 0
    rest: Fraction = Fraction(1)

    def cents(self, formula: Formula, ref: str) -> Fraction:
        """A formula in euros for one person, as exact cents."""
        return formula.cents(self.measures.lookup(ref)) if formula.constant is None else formula.constant * 100

    def work(self, formula: Formula, ref: str) -> Fraction:
        """A formula for one person."""
        return formula.work(self.measures.lookup(ref))

    def used(self, ref: str, *formulas: Formula | None) -> Numbers:
        """The names of formulas with their numbers, for the trace."""
        numbers: Numbers = {}
        for one in formulas:
            if one is not None and one.constant is None:
                numbers |= self.measures.told(one, ref)
        return numbers


@dataclass(frozen=True, slots=True)
class Earned:
    """One line: exact cents with the numbers used; `after` is what an absence leaves of them."""

    quota: Fraction
    numbers: Numbers
    after: Fraction | None = None


@dataclass(frozen=True)
class Worked:
    """Lines by person. `divided` is the exact sum when one sum is divided among all (largest remainder); None when each
    line stands alone and is rounded alone. `keys` are the weights of a divided sum; `cut_to` says where absences go."""

    lines: Mapping[str, Sequence[Earned]]
    divided: Fraction | None = None
    keys: Mapping[str, Fraction] = field(default_factory=dict)
    cut_to: str = ""


class Rule:
    """A kind of part: its keys and what it does with a month's facts."""

    FIELDS: ClassVar[tuple[Field, ...]] = ()

    @classmethod
    def read(cls, table: Table) -> Self:
        """Read the kind's own keys; faults go to the table."""
        rule = cls(**grammar.read(table, cls.FIELDS))
        rule.check(table)
        return rule

    def check(self, table: Table) -> None:
        """Note what is wrong with the keys together."""

    def written(self) -> dict[str, object]:
        """The kind's own keys as `read` takes them."""
        return grammar.written(self, self.FIELDS)

    def work(self, context: Context) -> Worked:
        """Exact cents of every person the part is for."""
        raise NotImplementedError

    @property
    def asks(self) -> set[str]:
        """What it counts besides the names of its formulas, by the same names."""
        return set()

    @property
    def takes_rest(self) -> bool:
        """Whether it takes all that is left in the pool."""
        return False

    @property
    def portion_of_pool(self) -> Fraction:
        """The percent of the pool it takes, when that is fixed."""
        return ZERO


class Presence(StrEnum):
    """Who a monthly part is for."""

    ATTENDED = "attended"  # one attended day at least
    HERE = "here"  # between first and last day


class Joiner(StrEnum):
    """What a month that was begun or left inside counts."""

    WHOLE = "whole"
    DAYS = "days"


MONTHLY = (
    Field("presence", Shape.CHOICE, default=Presence.ATTENDED, options=Presence),
    Field("joiner", Shape.CHOICE, default=Joiner.WHOLE, options=Joiner),
    Field("leaver", Shape.CHOICE, default=Joiner.WHOLE, options=Joiner),
)


@dataclass(frozen=True)
class Monthly(Rule):
    """A part that knows the month, not its days: who it is for and what a begun month counts."""

    presence: Presence
    joiner: Joiner
    leaver: Joiner

    def part_of_month(self, context: Context, person: Person) -> Fraction:
        """How much of the month counts for a person, 0 to 1."""
        measures, span = context.measures, context.measures.span
        if not span.here(person) or (self.presence is Presence.ATTENDED and not measures.days.get(person.ref)):
            return ZERO
        first = max(span.first, person.started) if self.joiner is Joiner.DAYS else span.first
        gone = person.ended is not None and person.ended < span.end and self.leaver is Joiner.DAYS
        days = (span.end - first).days - ((span.end - person.ended).days - 1 if gone and person.ended else 0)
        return Fraction(days, span.days) * span.share

    def begun(self, context: Context, person: Person) -> Numbers:
        """The calendar days behind a month that counts in part, for the trace; nothing for a whole or an absent one."""
        span, part = context.measures.span, self.part_of_month(context, person)
        if part in (0, span.share):
            return {}
        return {"part_days": int(part / span.share * span.days), "part_of": span.days}


@dataclass(frozen=True)
class FromPool:
    """A rate made from the pool: `of` percent of what is left, over the sum of a key."""

    by: Formula
    of: Fraction


@dataclass(frozen=True)
class ForClass:
    """What a class gets."""

    name: str
    amount: Formula


@dataclass(frozen=True)
class CountBand:
    """What a count from `start` on and below `end` (None: open) gets."""

    start: Fraction
    end: Fraction | None
    amount: Formula


FROM_POOL = Field("from_pool", Shape.TABLE, optional=True, make=FromPool, fields=(
    Field("by", Shape.FORMULA), Field("of", Shape.PERCENT, default=Fraction(100))))
AMOUNT = Field("amount", Shape.FORMULA, optional=True)
BY_CLASS = (
    Field("by_class", Shape.NAME, optional=True),
    Field("class", Shape.ROWS, default=(), attr="classes", make=ForClass, fields=(
        Field("is", Shape.TEXT, attr="name"), Field("amount", Shape.FORMULA))),
)
AMOUNTS = (
    AMOUNT, *BY_CLASS, Field("count", Shape.FORMULA, optional=True),
    Field("band", Shape.ROWS, default=(), attr="bands", make=CountBand, fields=(
        Field("from", Shape.NUMBER, attr="start"), Field("to", Shape.NUMBER, optional=True, attr="end"),
        Field("amount", Shape.FORMULA))),
    FROM_POOL, grammar.STAGES,
)


def check_one(table: Table, *ways: str) -> None:
    """Notes a fault unless exactly one of the keys is written."""
    here = [way for way in ways if table.has(way)]
    if len(here) != 1:
        table.fault(here[1] if here else ways[0], "scheme_one_of", keys=", ".join(ways))


def check_classes(table: Table, classes: Sequence[ForClass]) -> None:
    """Classes go with the name of the value that tells them, and each stands once."""
    if table.has("by_class") != table.has("class"):
        table.fault("class", "scheme_class_rows")
    names = [one.name for one in classes]
    for n, name in enumerate(names, 1):
        if name and name in names[:n - 1]:
            table.fault(f"class[{n}].is", "scheme_class_twice", name=name)


Edge = tuple[Fraction | int, Fraction | int | None]


def check_bands(table: Table, key: str, edges: Sequence[Edge], start: str, end: str) -> None:
    """Bands follow each other without gap or overlap, and the top one is open."""
    for n, (low, high) in enumerate(edges, 1):
        if high is not None and high <= low:
            table.fault(f"{key}[{n}].{end}", "scheme_band_empty")
    for n, ((_, below), (above, _)) in enumerate(pairwise(edges), 2):
        if below is None or above < below:
            table.fault(f"{key}[{n}].{start}", "scheme_band_overlap")
        elif above > below:
            table.fault(f"{key}[{n}].{start}", "scheme_band_gap")
    if edges and edges[-1][1] is not None:
        table.fault(f"{key}[{len(edges)}].{end}", "scheme_band_top")


@dataclass(frozen=True)
class Amounted:
    """A part with an amount: the same, by class, by a count, or a rate made from the pool."""

    amount: Formula | None
    by_class: str | None
    classes: tuple[ForClass, ...]
    count: Formula | None
    bands: tuple[CountBand, ...]
    from_pool: FromPool | None
    rate_rounding: tuple[Stage, ...]

    def check_amount(self, table: Table) -> None:
        """Exactly one way to name the amount, whole in itself."""
        check_one(table, "amount", "by_class", "count", "from_pool")
        check_classes(table, self.classes)
        if table.has("count") != table.has("band"):
            table.fault("band", "scheme_count_bands")
        check_bands(table, "band", [(one.start, one.end) for one in self.bands], "from", "to")


def pool_rate(rule_pool: FromPool, stages: Sequence[Stage], context: Context,
              keys: Mapping[str, Fraction]) -> tuple[Fraction, Numbers]:
    """The rate in exact cents that the pool gives for one of the key; 0 when nobody has any."""
    whole = sum(keys.values(), ZERO)
    pot = context.left * rule_pool.of / 100
    exact = pot / whole if whole else ZERO
    rate = staged(exact / 100, stages) * 100
    return rate, {"pot": str(pot), "keys": str(whole), "rate_exact": str(exact), "rate": str(rate)}


def amount_for(rule: Amounted, context: Context, ref: str) -> tuple[Fraction, Numbers]:
    """The amount in exact cents for a person, by whichever way the part names (not from the pool), rounded by the stages."""
    numbers: Numbers = {}
    chosen: Formula | None = rule.amount
    if rule.by_class is not None:
        word = context.measures.word(rule.by_class, ref)
        chosen = next((one.amount for one in rule.classes if one.name == word), None)
        numbers["class"] = word
    elif rule.count is not None:
        count = context.work(rule.count, ref)
        found = [one for one in rule.bands if one.start <= count and (one.end is None or count < one.end)]
        chosen = found[0].amount if found else None
        numbers |= {"count": str(count), **context.used(ref, rule.count)}
    exact = context.cents(chosen, ref) if chosen is not None else ZERO
    rate = staged(exact / 100, rule.rate_rounding) * 100
    numbers |= {"rate": str(rate), **context.used(ref, chosen)}
    if rate != exact:
        numbers["rate_exact"] = str(exact)
    return rate, numbers


NOTHING = constant(Fraction(0))
