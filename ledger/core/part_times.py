"""Parts paid by time: a sum for each attended day, a rate for each hour."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import ClassVar

from ledger.core import grammar
from ledger.core.faults import Value
from ledger.core.formulas import Formula
from ledger.core.grammar import Field, Shape
from ledger.core.measures import ZERO
from ledger.core.money import Stage, staged
from ledger.core.part_base import (
    AMOUNT,
    FROM_POOL,
    Context,
    Earned,
    FromPool,
    Numbers,
    Rule,
    Worked,
    check_bands,
    check_one,
    pool_rate,
)
from ledger.core.tables import Table


@dataclass(frozen=True)
class Band:
    """Days from `start` minutes on (the lower edge does count) and below `end` (None: open) earn `amount` euros."""

    start: int
    end: int | None
    amount: Formula


@dataclass(frozen=True)
class PerDay(Rule):
    """A sum for each attended day by bands of hours (a day below the lowest earns nothing) or one rate made from the pool; times
    `weekend` and `holiday`; at most `planned` days, the earliest."""

    bands: tuple[Band, ...]
    from_pool: FromPool | None = None
    rate_rounding: tuple[Stage, ...] = ()
    planned: Formula | None = None
    weekend: Fraction = Fraction(1)
    holiday: Fraction = Fraction(1)
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("band", Shape.ROWS, default=(), attr="bands", make=Band, fields=(
            Field("from_hours", Shape.HOURS, attr="start"), Field("to_hours", Shape.HOURS, optional=True, attr="end"),
            Field("amount", Shape.FORMULA))),
        FROM_POOL, grammar.STAGES, Field("planned", Shape.FORMULA, optional=True),
        Field("weekend", Shape.NUMBER, default=Fraction(1), most=100),
        Field("holiday", Shape.NUMBER, default=Fraction(1), most=100))

    def check(self, table: Table) -> None:
        """Bands or a rate from the pool; bands without gap or overlap."""
        check_one(table, "band", "from_pool")
        check_bands(table, "band", [(one.start, one.end) for one in self.bands], "from_hours", "to_hours")

    def work(self, context: Context) -> Worked:
        """Count each person's days by band; the cents are exact."""
        paid = {person.ref: self._paid_days(context, person.ref) for person in context.people}
        rate: tuple[Fraction, Numbers] | None = None
        if self.from_pool:
            keys = {person.ref: context.work(self.from_pool.by, person.ref) for person in context.people}
            rate = pool_rate(self.from_pool, self.rate_rounding, context, keys)
        return Worked({person.ref: [self._line(context, person.ref, paid[person.ref], rate)] for person in context.people})

    def _paid_days(self, context: Context, ref: str) -> Sequence[tuple[date, int]]:
        """The attended days that lie in a band, each with the band's place, at most the planned ones."""
        placed = [(day.day, 0 if self.from_pool else self.band_of(day.minutes)) for day in context.measures.days.get(ref, ())]
        in_bands = [(day, place) for day, place in placed if place is not None]
        return in_bands if self.planned is None else in_bands[:int(context.work(self.planned, ref))]

    def _line(self, context: Context, ref: str, days: Sequence[tuple[date, int]], rate: tuple[Fraction, Numbers] | None) -> Earned:
        rates = [rate[0]] if rate else [self._rate(context, band, ref) for band in self.bands]
        counts, more, special = [0] * len(rates), ZERO, dict[str, int]()
        plain = self.weekend == self.holiday == 1
        for day, place in days:
            counts[place] += 1
            times, why = (None, "") if plain else self.times(day, context.measures.holidays)
            if times is not None and why:
                key = str(why) if rate else f"band{place + 1}_{why}"
                special[key] = special.get(key, 0) + 1
                more += rates[place] * (times - 1)
        sums = sum((count * one for count, one in zip(counts, rates, strict=True)), more)
        attended = len(context.measures.days.get(ref, ()))
        numbers: Numbers = {"days": sum(counts), "attended": attended, **(rate[1] if rate else self._banded(counts, rates))}
        return Earned(sums, {**numbers, **self._more(context, ref, special)})

    def _rate(self, context: Context, band: Band, ref: str) -> Fraction:
        cents = context.cents(band.amount, ref)
        return staged(cents / 100, self.rate_rounding) * 100 if self.rate_rounding else cents

    def _banded(self, counts: Sequence[int], rates: Sequence[Fraction]) -> Numbers:
        numbers: Numbers = {}
        for place, (count, band, rate) in enumerate(zip(counts, self.bands, rates, strict=True), 1):
            numbers |= {f"band{place}_days": count, f"band{place}_minutes": band.start, f"band{place}_cents": str(rate)}
        return numbers

    def _more(self, context: Context, ref: str, special: Mapping[str, int]) -> Numbers:
        """The numbers of keys that not every scheme has."""
        numbers: Numbers = context.used(ref, self.planned, *(band.amount for band in self.bands))
        numbers |= context.used(ref, self.from_pool.by if self.from_pool else None)
        for why, times in (("weekend", self.weekend), ("holiday", self.holiday)):
            if times != 1:
                days = sum(count for key, count in special.items() if key.endswith(why))
                numbers |= {f"{why}_days": days, f"{why}_times": str(times)}
        numbers |= {key: count for key, count in special.items() if key.startswith("band")}
        if self.planned is not None:
            numbers["planned"] = int(context.work(self.planned, ref))
        return numbers

    def times(self, day: date, holidays: Collection[date]) -> tuple[Fraction, Value]:
        """By how much the day counts more, and why ("" when it does not)."""
        ways = [(self.weekend, "weekend")] if day.weekday() >= 5 and self.weekend != 1 else []
        if self.holiday != 1 and day in holidays:
            ways.append((self.holiday, "holiday"))
        return max(ways, default=(Fraction(1), ""), key=lambda way: way[0])

    @property
    def asks(self) -> set[str]:
        """Attended days."""
        return {"days"}

    def band_of(self, minutes: int) -> int | None:
        """The place of the band (from 0) that a day of so many minutes falls into, or None."""
        for place, band in enumerate(self.bands):
            if band.start <= minutes and (band.end is None or minutes < band.end):
                return place
        return None


@dataclass(frozen=True)
class HourRate:
    """A rate for the hours of a kind."""

    hours: str
    amount: Formula


@dataclass(frozen=True)
class PerHour(Rule):
    """A rate an hour: for all hours, for one kind, a rate for each kind, or made from the pool."""

    amount: Formula | None
    hours: str | None
    rates: tuple[HourRate, ...]
    from_pool: FromPool | None
    rate_rounding: tuple[Stage, ...]
    FIELDS: ClassVar[tuple[Field, ...]] = (
        AMOUNT, Field("hours", Shape.NAME, optional=True),
        Field("rate", Shape.ROWS, default=(), attr="rates", make=HourRate, fields=(
            Field("hours", Shape.NAME), Field("amount", Shape.FORMULA))),
        FROM_POOL, grammar.STAGES)

    def check(self, table: Table) -> None:
        """One way to name the rate; a kind of hours once."""
        check_one(table, "amount", "rate", "from_pool")
        if table.has("rate") and table.has("hours"):
            table.fault("hours", "scheme_one_of", keys="hours, rate")
        kinds = [one.hours for one in self.rates]
        for n, kind in enumerate(kinds, 1):
            if kind and kind in kinds[:n - 1]:
                table.fault(f"rate[{n}].hours", "scheme_hours_twice", name=kind)

    @property
    def asks(self) -> set[str]:
        """The kinds of hours."""
        return {f"hours.{one.hours}" for one in self.rates} | ({self._name} if self.hours else set())

    @property
    def _name(self) -> str:
        return f"hours.{self.hours}" if self.hours else "hours"

    def work(self, context: Context) -> Worked:
        """Hours times rate for each person, exactly."""
        if self.from_pool is None:
            return Worked({person.ref: [self._given(context, person.ref)] for person in context.people})
        keys = {person.ref: context.work(self.from_pool.by, person.ref) for person in context.people}
        rate, told = pool_rate(self.from_pool, self.rate_rounding, context, keys)
        lines = {}
        for person in context.people:
            hours = context.measures.of(self._name, person.ref)
            numbers: Numbers = {**told, "rate1_hours": str(hours), "rate1_kind": self.hours or "", "rate1_cents": str(rate)}
            lines[person.ref] = [Earned(hours * rate, numbers)]
        return Worked(lines)

    def _given(self, context: Context, ref: str) -> Earned:
        rows = [(one.hours, f"hours.{one.hours}", one.amount) for one in self.rates]
        if self.amount is not None:
            rows = [(self.hours or "", self._name, self.amount)]
        sums, numbers = ZERO, context.used(ref, *(amount for _, _, amount in rows))
        for n, (kind, name, amount) in enumerate(rows, 1):
            hours, exact = context.measures.of(name, ref), context.work(amount, ref) * 100
            rate = staged(exact / 100, self.rate_rounding) * 100
            sums += hours * rate
            numbers |= {f"rate{n}_hours": str(hours), f"rate{n}_kind": kind, f"rate{n}_cents": str(rate)}
            if rate != exact:
                numbers[f"rate{n}_exact"] = str(exact)
        return Earned(sums, numbers)
