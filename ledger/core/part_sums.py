"""Parts that are a sum for the month: the same for all, a share of a pot, what was sold, a top-up, a decision, a deduction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar

from ledger.core.formulas import Formula, decimal_text, formula
from ledger.core.grammar import ONE, Field, Shape
from ledger.core.measures import ZERO, Measures
from ledger.core.money import exact_sum
from ledger.core.part_base import (
    AMOUNT,
    AMOUNTS,
    MONTHLY,
    Amounted,
    Context,
    Earned,
    Monthly,
    Numbers,
    Rule,
    Worked,
    amount_for,
    pool_rate,
)
from ledger.core.people import Person
from ledger.core.production import Attendance, Mark
from ledger.core.tables import Table

SOURCE = "source"


class Away(StrEnum):
    """What a month without an attended day leaves."""

    NOTHING = "nothing"
    WHOLE = "whole"


@dataclass(frozen=True)
class Absence:
    """What absences take: a part of one for each unexcused day, then what is left from so many excused calendar days on, then
    nothing for a month away. The cut goes to `cut_to`: source (the payer), reserve or a fund."""

    unexcused_off: Fraction
    excused_days: int | None
    excused_part: Fraction | None
    away: Away
    cut_to: str

    def left(self, measures: Measures, person: Person) -> tuple[Fraction, Numbers]:
        """The part of one that is left, with what was counted."""
        unexcused, days = measures.of("days.unexcused", person.ref), excused_days(measures, person)
        part = max(ZERO, 1 - unexcused * self.unexcused_off)
        if self.excused_days is not None and self.excused_part is not None and days >= self.excused_days:
            part *= self.excused_part
        away = self.away is Away.NOTHING and not measures.days.get(person.ref)
        return (ZERO if away else part), {"unexcused": int(unexcused), "excused": days, "away": int(away)}


def excused_days(measures: Measures, person: Person) -> int:
    """Calendar days of excused absence: stretches from a first to a last day marked ill or excused with no other mark between."""
    days, first, last = 0, None, None
    rows = sorted((row for row in measures.marks(person.ref)), key=lambda row: row.day)
    for row in [*rows, None]:
        if _excused(row):
            assert row is not None
            first, last = first or row.day, row.day
        elif first is not None and last is not None:
            days += (last - first + timedelta(days=1)).days
            first = last = None
    return days


def _excused(row: Attendance | None) -> bool:
    return row is not None and row.mark in (Mark.ILL, Mark.EXCUSED)


ABSENCE = Field("absence", Shape.TABLE, optional=True, make=Absence, fields=(
    Field("unexcused_off", Shape.RATIO, default=ZERO),
    Field("excused_days", Shape.WHOLE, optional=True, most=31),
    Field("excused_part", Shape.RATIO, optional=True),
    Field("away", Shape.CHOICE, default=Away.WHOLE, options=Away),
    Field("cut_to", Shape.NAME, default=SOURCE),
))


@dataclass(frozen=True)
class Flat(Monthly, Amounted):
    """A sum a month, with what absences take of it."""

    absence: Absence | None
    FIELDS: ClassVar[tuple[Field, ...]] = (*AMOUNTS, *MONTHLY, ABSENCE)

    def check(self, table: Table) -> None:
        """One way to name the amount; a part left needs the days from which it counts."""
        self.check_amount(table)
        if self.absence and (self.absence.excused_days is None) != (self.absence.excused_part is None):
            table.fault("absence.excused_part", "scheme_excused_both")

    def work(self, context: Context) -> Worked:
        """The amount, or the pool's rate times the key, times the part of the month that counts."""
        parts = {person.ref: self.part_of_month(context, person) for person in context.people}
        keys = {person.ref: max(ZERO, context.work(self.from_pool.by, person.ref)) if parts[person.ref] else ZERO
                for person in context.people} if self.from_pool else {}
        rate = pool_rate(self.from_pool, self.rate_rounding, context, keys) if self.from_pool else None
        lines = {person.ref: [self._line(context, person, parts[person.ref], self._of_pool(rate, keys.get(person.ref, ZERO)))]
                 for person in context.people}
        return Worked(lines, cut_to=self.absence.cut_to if self.absence else "")

    @staticmethod
    def _of_pool(rate: tuple[Fraction, Numbers] | None, key: Fraction) -> tuple[Fraction, Numbers] | None:
        """The pool's rate times a person's key; a key of 1 is not told."""
        return rate and (rate[0] * key, rate[1] if key == 1 else {**rate[1], "key": str(key)})

    def _line(self, context: Context, person: Person, part: Fraction, rate: tuple[Fraction, Numbers] | None) -> Earned:
        cents, numbers = rate or amount_for(self, context, person.ref)
        numbers = {**numbers, "part": str(part), **self.begun(context, person)}
        if self.absence is None:
            return Earned(cents * part, numbers)
        left, told = self.absence.left(context.measures, person)
        return Earned(cents * part, {**numbers, **told, "left": str(left)}, cents * part * left)


@dataclass(frozen=True)
class ShareOfPot(Monthly):
    """A portion of a pot divided by a key: `of` percent of the pool, or a pot of its own, or all that is left."""

    by: Formula
    of: Fraction | None
    amount: Formula | None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("by", Shape.FORMULA), Field("of", Shape.PERCENT, optional=True), AMOUNT, *MONTHLY)

    def check(self, table: Table) -> None:
        """A portion or a pot of its own, not both."""
        if table.has("of") and table.has("amount"):
            table.fault("amount", "scheme_one_of", keys="of, amount")

    def work(self, context: Context) -> Worked:
        """The pot times key / sum of keys; nothing is divided when nobody has any."""
        keys = {person.ref: self._key(context, person) for person in context.people}
        whole = sum(keys.values(), ZERO)
        pot = self.pot(context) if whole else ZERO
        lines = {}
        for person in context.people:
            key = keys[person.ref]
            numbers: Numbers = {"pot": str(pot), "key": str(key), "keys": str(whole), **self._behind(context, person)}
            lines[person.ref] = [Earned(pot * key / whole if whole else ZERO, numbers)]
        return Worked(lines, pot, keys)

    def _behind(self, context: Context, person: Person) -> Numbers:
        """What pot and key were made from."""
        numbers: Numbers = {**context.used(person.ref, self.by), **self.begun(context, person)}
        numbers["here"] = int(self.part_of_month(context, person) > 0)
        if self.of is not None:
            numbers |= {"of": decimal_text(self.of), "available": max(0, context.available)}
        if self.amount is not None:
            numbers |= {f"={name}": str(context.measures.group(name)) for name in self.amount.names}
        return numbers

    def _key(self, context: Context, person: Person) -> Fraction:
        """The key times the part of the month that counts; a split month divides the pot, not the keys."""
        part = self.part_of_month(context, person) / context.measures.span.share
        return max(ZERO, context.work(self.by, person.ref)) * part if part else ZERO

    def pot(self, context: Context) -> Fraction:
        """What is divided, in exact cents, never below zero."""
        share = context.measures.span.share
        if self.amount is not None:
            return max(ZERO, self.amount.cents(context.measures.group)) * share
        if self.of is not None:
            return Fraction(max(0, context.available)) * self.of / 100 * share
        return Fraction(max(0, context.left)) * context.rest

    @property
    def takes_rest(self) -> bool:
        """Without `of` and without a pot of its own."""
        return self.of is None and self.amount is None

    @property
    def portion_of_pool(self) -> Fraction:
        """Its `of`."""
        return self.of or ZERO


@dataclass(frozen=True)
class TracedPortion(Rule):
    """A portion (percent) of the person's own traced proceeds, divided to the cent by largest remainder."""

    portion: Fraction
    FIELDS: ClassVar[tuple[Field, ...]] = (Field("portion", Shape.PERCENT),)

    def work(self, context: Context) -> Worked:
        """The portion of each person's exact traced cents."""
        share, portion, traced = self.portion / 100, decimal_text(self.portion), context.measures.traced
        lines = {}
        for person in context.people:
            cents = traced.get(person.ref, ZERO)
            lines[person.ref] = [Earned(cents * share, {"traced": str(cents), "portion": portion})]
        if len(context.people) < len(context.measures.people):
            return Worked(lines, exact_sum(own[0].quota for own in lines.values()))
        return Worked(lines, context.measures.traced_sum * share)

    @property
    def portion_of_pool(self) -> Fraction:
        """The portion."""
        return self.portion


@dataclass(frozen=True)
class Point:
    """At `at` of the input the top-up `gives` so much."""

    at: Fraction
    gives: Fraction


@dataclass(frozen=True)
class TopUp(Monthly):
    """A table on an amount: linear between its points, flat outside; `least` is a floor of the input, `unit` what one of it is."""

    on: Formula
    least: Fraction
    unit: Formula
    points: tuple[Point, ...]
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("on", Shape.FORMULA, default=formula("so_far")), Field("least", Shape.NUMBER, default=ZERO),
        Field("unit", Shape.FORMULA, default=ONE),
        Field("point", Shape.ROWS, attr="points", make=Point, fields=(Field("at", Shape.NUMBER), Field("gives", Shape.NUMBER))),
        *MONTHLY)

    def check(self, table: Table) -> None:
        """Points in rising order."""
        for n, (below, above) in enumerate(pairwise(self.points), 2):
            if above.at <= below.at:
                table.fault(f"point[{n}].at", "scheme_points_order")

    def work(self, context: Context) -> Worked:
        """What the table gives for each person's input, times the unit."""
        lines = {}
        for person in context.people:
            unit = context.work(self.unit, person.ref)
            own = context.work(self.on, person.ref) / unit if unit else ZERO
            given, part = self.gives(max(self.least, own)), self.part_of_month(context, person)
            numbers: Numbers = {"input": str(own), "least": str(self.least), "gives": str(given), "unit": str(unit),
                                "part": str(part)}
            numbers |= {**context.used(person.ref, self.on, self.unit), **self.begun(context, person)}
            lines[person.ref] = [Earned(given * unit * 100 * part, numbers)]
        return Worked(lines)

    def gives(self, at: Fraction) -> Fraction:
        """What the table gives at a point, exactly."""
        if at <= self.points[0].at:
            return self.points[0].gives
        for below, above in pairwise(self.points):
            if at <= above.at:
                return below.gives + (above.gives - below.gives) * (at - below.at) / (above.at - below.at)
        return self.points[-1].gives


@dataclass(frozen=True)
class Adjustment(Rule):
    """Decisions about one person, each a line of its own."""

    def work(self, context: Context) -> Worked:
        """The decisions that name this part, by day."""
        lines: dict[str, list[Earned]] = {person.ref: [] for person in context.people}
        for one in sorted(context.measures.decisions, key=lambda one: (one.day, one.key)):
            if one.part == context.key and one.person in lines:
                numbers: Numbers = {"reason": one.reason, "document": one.document, "day": one.day.isoformat()}
                lines[one.person].append(Earned(Fraction(one.cents), numbers))
        return Worked(lines)


@dataclass(frozen=True)
class Withheld(Rule):
    """Tax or another deduction, in percent of what is above the exempt sum; its legal basis is printed."""

    rate: Fraction
    exempt: Formula
    on: Formula
    basis: str
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("rate", Shape.PERCENT), Field("exempt", Shape.FORMULA, default=formula("0")),
        Field("on", Shape.FORMULA, default=formula("so_far")), Field("basis", Shape.TEXT))

    def work(self, context: Context) -> Worked:
        """The deduction with minus."""
        lines = {}
        for person in context.people:
            whole, exempt = context.cents(self.on, person.ref), context.cents(self.exempt, person.ref)
            cut = max(ZERO, whole - exempt) * self.rate / 100
            numbers: Numbers = {"on": str(whole), "exempt": str(exempt), "rate": decimal_text(self.rate), "basis": self.basis}
            lines[person.ref] = [Earned(-cut, {**numbers, **context.used(person.ref, self.exempt, self.on)})]
        return Worked(lines)
