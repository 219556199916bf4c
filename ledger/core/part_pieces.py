"""Parts paid by what was made: a rate for each piece, and a reference rate times productivity.

Norms follow US Department of Labor, Fact Sheets 39D and 39E: a standard per hour with an allowance for personal time, fatigue and
delay, and a piece rate of hourly wage / standard.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

from ledger.core import grammar
from ledger.core.formulas import Formula, formula
from ledger.core.grammar import Field, Shape
from ledger.core.measures import ZERO, Measures
from ledger.core.money import Stage, staged
from ledger.core.part_base import Context, Earned, Numbers, Rule, Worked, check_one
from ledger.core.production import Work
from ledger.core.tables import Table

HOUR = Fraction(60)


@dataclass(frozen=True)
class Norm:
    """How many units an hour are the standard, and the wage that buys them. One way to say the units, at most one allowance:
    minutes of each hour, the share of the hour that is worked, or a factor on time."""

    wage: Formula
    units: Fraction | None
    minutes: Fraction | None
    seconds: Fraction | None
    per_hour: Fraction | None
    allowance_minutes: Fraction | None
    allowance_share: Fraction | None
    allowance_factor: Fraction | None
    least_factor: Fraction | None
    not_below_wage: bool
    rounding: tuple[Stage, ...]

    @property
    def base(self) -> Fraction:
        """Units an hour before the allowance."""
        if self.per_hour is not None:
            return self.per_hour
        if self.seconds is not None:
            return 3600 / self.seconds if self.seconds else ZERO
        return (self.units or ZERO) / self.minutes * HOUR if self.minutes else ZERO

    @property
    def factor(self) -> Fraction:
        """The allowance as a factor on time, 1 for none; 0 when it leaves no time at all."""
        if self.allowance_factor is not None:
            return self.allowance_factor
        worked = Fraction(1)
        if self.allowance_share is not None:
            worked = self.allowance_share
        elif self.allowance_minutes is not None:
            worked = (HOUR - self.allowance_minutes) / HOUR
        return 1 / worked if worked > 0 else ZERO

    @property
    def standard(self) -> Fraction:
        """Units an hour after the allowance, rounded as said."""
        return staged(self.base / self.factor, self.rounding) if self.factor else ZERO

    def below_wage(self, wage: Fraction, stages: tuple[Stage, ...]) -> bool:
        """Whether rate x norm comes out below the wage although the scheme says that it must not."""
        return self.not_below_wage and self.rate(wage, stages) * self.standard < wage

    def rate(self, wage: Fraction, stages: tuple[Stage, ...]) -> Fraction:
        """What a unit earns in exact euros, rounded as said."""
        return staged(wage / self.standard, stages) if self.standard else ZERO


NORM_FIELDS = (
    Field("wage", Shape.FORMULA), Field("units", Shape.NUMBER, optional=True), Field("minutes", Shape.NUMBER, optional=True),
    Field("seconds", Shape.NUMBER, optional=True), Field("per_hour", Shape.NUMBER, optional=True),
    Field("allowance_minutes", Shape.NUMBER, optional=True, most=59), Field("allowance_share", Shape.NUMBER, optional=True, most=1),
    Field("allowance_factor", Shape.NUMBER, optional=True, most=100), Field("least_factor", Shape.NUMBER, optional=True, most=100),
    Field("not_below_wage", Shape.FLAG, default=False), Field("rounding", Shape.STAGES, default=()))


@dataclass(frozen=True)
class Piece:
    """What a good piece of a product, or a good unit at a task, earns."""

    product: str | None
    task: str | None
    amount: Formula | None
    norm: Norm | None

    @property
    def name(self) -> str:
        """What formulas call the units."""
        return f"units.{self.product}" if self.product else f"made.{self.task}"


@dataclass(frozen=True)
class PerPiece(Rule):
    """A rate for each good piece of a product or at a task, given or made from a norm."""

    pieces: tuple[Piece, ...]
    rate_rounding: tuple[Stage, ...]
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("piece", Shape.ROWS, attr="pieces", make=Piece, fields=(
            Field("product", Shape.TEXT, optional=True), Field("task", Shape.NAME, optional=True),
            Field("amount", Shape.FORMULA, optional=True),
            Field("norm", Shape.TABLE, optional=True, make=Norm, fields=NORM_FIELDS))),
        grammar.STAGES)

    def check(self, table: Table) -> None:
        """Each row names one thing and one rate; a norm keeps its own checks; a thing stands once."""
        seen: set[str] = set()
        for n, (one, row) in enumerate(zip(self.pieces, table.tables("piece"), strict=True), 1):
            check_one(row, "product", "task")
            check_one(row, "amount", "norm")
            if one.name in seen:
                table.fault(f"piece[{n}]", "scheme_piece_twice")
            seen.add(one.name)
            inner = row.table("norm")
            if one.norm is not None and inner is not None:
                _check_norm(one.norm, inner, self.rate_rounding)

    @property
    def asks(self) -> set[str]:
        """The units of each row."""
        return {one.name for one in self.pieces}

    def work(self, context: Context) -> Worked:
        """Units times rate for each person, exactly."""
        return Worked({person.ref: [self._line(context, person.ref)] for person in context.people})

    def _line(self, context: Context, ref: str) -> Earned:
        sums, numbers = ZERO, Numbers()
        for n, one in enumerate(self.pieces, 1):
            units, exact = context.measures.of(one.name, ref), ZERO
            if one.amount is not None:
                exact = context.work(one.amount, ref)
                numbers |= context.used(ref, one.amount)
            elif one.norm is not None:
                wage, standard = context.work(one.norm.wage, ref), one.norm.standard
                exact = one.norm.rate(wage, ())
                numbers |= {f"piece{n}_norm": str(standard), f"piece{n}_wage": str(wage), **context.used(ref, one.norm.wage)}
            rate = staged(exact, self.rate_rounding)
            sums += units * rate * 100
            numbers |= {f"piece{n}_of": one.product or one.task or "", f"piece{n}_units": str(units), f"piece{n}_rate": str(rate)}
            if rate != exact:
                numbers[f"piece{n}_exact"] = str(exact)
        return Earned(sums, numbers)


def _check_norm(norm: Norm, table: Table, stages: tuple[Stage, ...]) -> None:
    ways = [way for way in ("seconds", "per_hour", "units") if table.has(way)]
    if len(ways) != 1 or table.has("units") != table.has("minutes"):
        table.fault("units", "scheme_one_of", keys="units + minutes, seconds, per_hour")
        return
    allowances = [way for way in ("allowance_minutes", "allowance_share", "allowance_factor") if table.has(way)]
    if len(allowances) > 1:
        table.fault(allowances[1], "scheme_one_of", keys=", ".join(allowances))
    elif not norm.standard:
        table.fault(allowances[0] if allowances else ways[0], "scheme_norm_zero")
    elif norm.least_factor is not None and norm.factor < norm.least_factor:
        place = allowances[0] if allowances else "least_factor"
        table.fault(place, "scheme_allowance_small", least=grammar.ratio_text(norm.least_factor))
    elif norm.wage.constant is not None and norm.below_wage(norm.wage.constant, stages):
        table.fault("not_below_wage", "scheme_below_wage")


@dataclass(frozen=True)
class Task:
    """A task in a rating: assessed by a formula, or made / (norm x hours)."""

    task: str
    rating: Formula | None
    norm: Fraction | None


@dataclass(frozen=True)
class Rated(Rule):
    """A reference rate an hour times productivity, times hours."""

    amount: Formula
    productivity: Formula | None
    tasks: tuple[Task, ...]
    quality: Fraction
    hours: Formula
    rate_rounding: tuple[Stage, ...]
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("amount", Shape.FORMULA), Field("productivity", Shape.FORMULA, optional=True),
        Field("task", Shape.ROWS, default=(), attr="tasks", make=Task, fields=(
            Field("task", Shape.NAME), Field("rating", Shape.FORMULA, optional=True), Field("norm", Shape.NUMBER, optional=True))),
        Field("quality", Shape.RATIO, default=ZERO), Field("hours", Shape.FORMULA, default=formula("hours")), grammar.STAGES)

    def check(self, table: Table) -> None:
        """Productivity or tasks; each task has one rating and stands once."""
        check_one(table, "productivity", "task")
        names = [one.task for one in self.tasks]
        for n, (one, row) in enumerate(zip(self.tasks, table.tables("task") if table.has("task") else (), strict=True), 1):
            check_one(row, "rating", "norm")
            if one.norm == 0:
                row.fault("norm", "scheme_norm_zero")
            if one.task in names[:n - 1]:
                row.fault("task", "scheme_task_twice", name=one.task)

    @property
    def asks(self) -> set[str]:
        """Time and units at each task."""
        return {f"{family}.{one.task}" for one in self.tasks for family in ("time", "made")}

    def work(self, context: Context) -> Worked:
        """Hours times the rounded rate for each person."""
        return Worked({person.ref: [self._line(context, person.ref)] for person in context.people})

    def _line(self, context: Context, ref: str) -> Earned:
        wage, (rating, told) = context.work(self.amount, ref), self._rating(context, ref)
        rate, hours = staged(wage * rating, self.rate_rounding), context.work(self.hours, ref)
        numbers: Numbers = {"wage": str(wage), "rating": str(rating), "rate": str(rate), "hours": str(hours), **told}
        return Earned(hours * rate * 100, {**numbers, **context.used(ref, self.amount, self.hours)})

    def _rating(self, context: Context, ref: str) -> tuple[Fraction, Numbers]:
        if self.productivity is not None:
            return context.work(self.productivity, ref), context.used(ref, self.productivity)
        done, weighted, numbers = ZERO, ZERO, Numbers()
        for n, one in enumerate(self.tasks, 1):
            hours = context.measures.of(f"time.{one.task}", ref)
            rating = self._task_rating(one, context, ref, hours) if hours else ZERO
            done, weighted = done + hours, weighted + hours * rating
            numbers |= {f"task{n}_of": one.task, f"task{n}_hours": str(hours), f"task{n}_rating": str(rating)}
            numbers |= self._task_numbers(one, n, context, ref)
        return (weighted / done if done else ZERO), numbers

    def _task_numbers(self, one: Task, n: int, context: Context, ref: str) -> Numbers:
        """What a task's rating was made from."""
        if one.rating is not None:
            return context.used(ref, one.rating)
        numbers: Numbers = {f"task{n}_good": str(context.measures.of(f"made.{one.task}", ref))}
        if self.quality:
            numbers[f"task{n}_all"] = str(all_made(context.measures, one.task, ref))
        return numbers

    def _task_rating(self, one: Task, context: Context, ref: str, hours: Fraction) -> Fraction:
        if one.rating is not None:
            return context.work(one.rating, ref)
        good = context.measures.of(f"made.{one.task}", ref)
        quick = good / (one.norm * hours) if one.norm else ZERO
        if not self.quality:
            return quick
        whole = all_made(context.measures, one.task, ref)
        return (1 - self.quality) * quick + (self.quality * good / whole if whole else ZERO)


def all_made(measures: Measures, task: str, ref: str) -> Fraction:
    """Units made at a task with the rejects."""
    rows: tuple[Work, ...] = tuple(row for row in measures.work if row.person == ref and row.task == task)
    return Fraction(sum(row.made for row in rows), 1000)
