"""The facts of a bound case: who is there, what they did, what was sold. Made from targets as tests/cases/BINDING.md says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from ledger.core.debts import Debt
from ledger.core.decided import Decision, Figure, Fund
from ledger.core.people import Person, PersonValue
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Share, Work, YearSoFar
from ledger.core.sales import SaleLine
from ledger.core.stipends import Inputs, Result

LONG_AGO = date(2000, 1, 1)


class Missing(AssertionError):
    """A number of a case, or a part of one, has no binding."""


@dataclass(frozen=True)
class Kept:
    """What goes from one month's run to the next, in cents."""

    reserve: int = 0
    carried: int = 0
    funds: tuple[Fund, ...] = ()
    debts: tuple[Debt, ...] = ()

    def after(self, result: Result) -> Kept:
        """What the next month begins with."""
        moved = sum(fund.after - fund.before for fund in result.funds)
        reserve = self.reserve + result.identity.to_reserve - result.identity.from_reserve - moved
        if result.pool is not None:
            assert reserve == result.pool.reserve_after
        funds = tuple(Fund(fund.key, fund.after) for fund in result.funds)
        return Kept(reserve, result.identity.carried_out, funds, result.debts)


@dataclass
class Facts:
    """All months of a case."""

    first: Month
    months: list[Month] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    days: dict[tuple[int, date], Attendance] = field(default_factory=dict)
    rows: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    kept: Kept = field(default_factory=Kept)
    year: dict[tuple[int, str], int] = field(default_factory=dict)

    def size(self, binding: dict[str, Any], placed: list[Any]) -> None:
        """How many months and people there are."""
        counts = {name: int(one.number("is")) for one in placed for name in ("months", "people") if name in one.target}
        months = [counts.get("months", 1), binding.get("months", 1), *(one.month + 1 for one in placed if one.month is not None)]
        people = [counts.get("people", 1), binding.get("people", 1), *(one.person + 1 for one in placed if one.person is not None)]
        self.months = [self.first.plus(n) for n in range(max(months))]
        for one in placed:
            if "month" in one.target and "place" not in one.target:
                self.months[one.month or 0] = Month.parse(one.text("is"))
        self.people = [Person(f"P{n + 1}", f"D{n + 1}", LONG_AGO) for n in range(max(people))]

    def who(self, placed: Any) -> range:
        """The places of the people a number is for."""
        return range(len(self.people)) if placed.person is None else range(placed.person, placed.person + 1)

    def when(self, placed: Any) -> range:
        """The places of the months a number is for."""
        return range(len(self.months)) if placed.month is None else range(placed.month, placed.month + 1)

    def add(self, kind: str, month: int, row: Any) -> None:
        """Keep a row of a month."""
        self.rows.setdefault(kind, []).append((month, row))

    def day(self, placed: Any, month: int) -> date:
        """The day a target names, or the first of the month."""
        return date.fromisoformat(placed.text("on")) if "on" in placed.target else self.months[month].first

    def key(self) -> str:
        """A fresh key."""
        return f"k{sum(map(len, self.rows.values())) + 1}"

    def inputs(self, place: int, kept: Kept) -> Inputs:
        """What the run of a month reads."""
        month = self.months[place]

        def mine(kind: str) -> tuple[Any, ...]:
            return tuple(row for at, row in self.rows.get(kind, []) if at == place)

        days = tuple(row for row in self.days.values() if Month.of(row.day) == month)
        return Inputs(month, tuple(self.people), days, mine("lot"), mine("line"), debts=kept.debts, carried_in=kept.carried,
                      work=mine("work"), values=mine("value"), decisions=mine("decision"), figures=mine("figure"),
                      holidays=mine("holiday"), reserve=kept.reserve, funds=kept.funds, year=tuple(self.year_before(place)))

    def year_before(self, place: int) -> Iterator[YearSoFar]:
        """What people did in the earlier months of the year; `year` targets stand before the first month."""
        month = self.months[place]
        before = {one for one in self.months[:place] if one.year == month.year and one < month}
        told = self.year if month.year == self.months[0].year else {}
        for n, one in enumerate(self.people):
            mine = [row for (who, _day), row in self.days.items() if who == n and Month.of(row.day) in before]
            days = [row for row in mine if row.mark is Mark.ATTENDED]
            points = sum(row.points for at, row in self.rows.get("work", []) if row.person == one.ref and self.months[at] in before)
            yield YearSoFar(one.ref, told.get((n, "days"), 0) + len(days),
                            told.get((n, "hours"), 0) + sum(row.minutes for row in days), told.get((n, "points"), 0) + points)


def _cents(number: Fraction) -> int:
    cents = number * 100
    assert cents.denominator == 1, f"{number} is no whole number of cents"
    return int(cents)


def _scaled(number: Fraction, by: int) -> int:
    assert (number * by).denominator == 1, f"{number} is too fine"
    return int(number * by)


def _month(facts: Facts, placed: Any) -> None:
    """Known already."""


def _started(facts: Facts, placed: Any) -> None:
    for n in facts.who(placed):
        facts.people[n] = replace(facts.people[n], started=date.fromisoformat(placed.text("is")))


def _ended(facts: Facts, placed: Any) -> None:
    for n in facts.who(placed):
        facts.people[n] = replace(facts.people[n], ended=date.fromisoformat(placed.text("is")))


def _days(facts: Facts, placed: Any) -> None:
    for n in facts.who(placed):
        for month in facts.when(placed):
            for day in _chosen(facts, placed, n, month):
                mark = Mark(placed.text("days"))
                hours = placed.number("hours", "4" if mark is Mark.ATTENDED else "0")
                facts.days[n, day] = Attendance(f"P{n + 1}", day, _scaled(hours, 60), mark)


def _chosen(facts: Facts, placed: Any, n: int, month: int) -> list[date]:
    """The days that a target of days marks."""
    target, person = placed.target, facts.people[n]
    if "on" in target:
        day = date.fromisoformat(placed.text("on"))
        return [day] if Month.of(day) == facts.months[month] else []
    free = [day for day in facts.months[month].days() if person.here_on(day) and (n, day) not in facts.days]
    if target.get("whole_month") or target.get("fill"):
        wanted = placed.text("is") in ("true", "1")
        return [day for day in free if wanted and (target.get("whole_month") or day.weekday() < 5)]
    count = _scaled(placed.number("is"), 1)
    if target.get("in_all"):
        count -= sum(1 for who, day in facts.days if who == n and Month.of(day) == facts.months[month])
    if target.get("stretch"):
        ways = ([day + timedelta(days=k) for k in range(count)] for day in free)
        return next(way for way in ways if set(way) <= set(free))
    chosen = sorted(free, key=lambda day: (day.weekday() >= 5, day))[:max(0, count)]
    assert len(chosen) == max(0, count), "the month has not so many days"
    return chosen


def _value(facts: Facts, placed: Any) -> None:
    since = date.fromisoformat(placed.text("since", LONG_AGO.isoformat()))
    for month in facts.when(placed):
        for n in facts.who(placed):
            facts.add("value", month, PersonValue(f"P{n + 1}", placed.text("value"), since, placed.text("is")))


def _figure(facts: Facts, placed: Any) -> None:
    for month in facts.when(placed):
        facts.add("figure", month, Figure(placed.text("figure"), placed.number("is")))


def _work(facts: Facts, placed: Any) -> None:
    for month in facts.when(placed):
        for n in facts.who(placed):
            minutes, good = placed.number("hours", "0") * 60, placed.number("good", "0")
            numbers = [_scaled(one, by) for one, by in ((minutes, 1), (good, 1000), (max(good, placed.number("made", "0")), 1000),
                                                        (placed.number("points", "0"), 1000))]
            words = (placed.text("kind", ""), placed.text("task", ""))
            facts.add("work", month, Work(facts.key(), f"P{n + 1}", facts.day(placed, month), *words, *numbers))


def _line(facts: Facts, product: str, day: date, cents: int, units: Fraction) -> SaleLine:
    """A sale of a quantity for a sum: one piece at that price, so many pieces when the price comes out even."""
    pieces = int(units) if units.denominator == 1 and units and cents % units == 0 else 1
    key = facts.key()
    return SaleLine(key, "", "", int(key[1:]), day, product, "", pieces * 1000, cents // pieces, 0)


def _sale(facts: Facts, placed: Any) -> None:
    for month in facts.when(placed):
        cents = _cents(placed.number("is"))
        if cents:
            facts.add("line", month, _line(facts, "sold", facts.day(placed, month), cents, Fraction(1)))


def _made(facts: Facts, placed: Any) -> None:
    product = placed.text("made")
    for month in facts.when(placed):
        for n in facts.who(placed):
            day, units, sold = facts.day(placed, month), placed.number("units", "1"), _cents(placed.number("sold_for", "0"))
            quantity, key = _scaled(units, 1000), facts.key()
            facts.add("lot", month, Lot(key, "", int(key[1:]), product, day, quantity, quantity, (Share(f"P{n + 1}", 1000),)))
            if sold:
                facts.add("line", month, _line(facts, product, day, sold, units))


def _decision(facts: Facts, placed: Any) -> None:
    for month in facts.when(placed):
        for n in facts.who(placed):
            cents = _cents(placed.number("is")) * (-1 if placed.target.get("less") else 1)
            part = placed.text("decision")
            facts.add("decision", month, Decision(facts.key(), f"P{n + 1}", facts.day(placed, month), part, cents, "decided", "1"))


def _holiday(facts: Facts, placed: Any) -> None:
    day = date.fromisoformat(placed.text("is"))
    facts.add("holiday", facts.months.index(Month.of(day)), day)


def _year(facts: Facts, placed: Any) -> None:
    name = placed.text("year")
    for n in facts.who(placed):
        facts.year[n, name] = _scaled(placed.number("is"), {"days": 1, "hours": 60, "points": 1000}[name])


def _reserve(facts: Facts, placed: Any) -> None:
    facts.kept = replace(facts.kept, reserve=_cents(placed.number("is")))


def _carried(facts: Facts, placed: Any) -> None:
    facts.kept = replace(facts.kept, carried=_cents(placed.number("is")))


def _fund(facts: Facts, placed: Any) -> None:
    facts.kept = replace(facts.kept, funds=(*facts.kept.funds, Fund(placed.text("fund"), _cents(placed.number("is")))))


FACTS: dict[str, Callable[[Facts, Any], None]] = {
    "month": _month, "months": _month, "people": _month, "started": _started, "ended": _ended, "days": _days, "value": _value,
    "figure": _figure, "work": _work, "sale": _sale, "made": _made, "decision": _decision, "holiday": _holiday, "reserve": _reserve,
    "carried": _carried, "fund": _fund, "year": _year,
}
