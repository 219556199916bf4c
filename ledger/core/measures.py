"""What can be counted for each person of a run, by the names that formulas use. Counted once for all people and kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import partial

from ledger.core.decided import Decision, Figure
from ledger.core.faults import Value
from ledger.core.formulas import WEEKLY, Formula
from ledger.core.people import Person, PersonValue
from ledger.core.production import Attendance, Lot, Mark, Work, YearSoFar

Column = Mapping[str, Fraction]
ZERO = Fraction(0)

GROUP_NAMES = ("ref.", "month.", "people")
PERSON_NAMES = ("one", "days", "days.excused", "days.ill", "days.unexcused", "days.calendar", "days.working", "weeks", "hours",
                "hours.", "points", "year.days", "year.hours", "year.points", "units", "units.", "made.", "time.", "traced",
                "value.", "part.", "so_far", WEEKLY, *GROUP_NAMES)
PRODUCTION = "production"
BY_DAYS = ("days", "weeks", "hours", "points", "units", "made", "time")


@dataclass(frozen=True)
class Span:
    """Days from `first` to before `end`: a month, or the part of it that one version of a scheme rules. `share` is its part of
    the month's calendar days."""

    first: date
    end: date
    share: Fraction = Fraction(1)

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day < self.end

    def here(self, person: Person) -> int:
        """How many of its days lie between the person's first and last."""
        last = self.end if person.ended is None else min(self.end, person.ended + timedelta(days=1))
        return max(0, (last - max(self.first, person.started)).days)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.first).days


def in_force(dated: Iterable[tuple[date, str]], span: Span) -> str:
    """What holds on the span's first day; what begins first within it when nothing did before; "" for nothing."""
    found = ""
    for since, text in sorted(dated):
        if since <= span.first or (not found and since < span.end):
            found = text
    return found


@dataclass
class Measures:
    """Columns of numbers by name for one span. `traced` are exact cents by person, `refs` reference amounts in euros,
    `so_far` each person's cents by part as parts are worked out, `decisions` those of the span."""

    span: Span
    people: Sequence[Person]
    rows: Sequence[Attendance]
    work: Sequence[Work]
    lots: Sequence[Lot]
    values: Sequence[PersonValue]
    figures: Sequence[Figure]
    holidays: Collection[date]
    traced: Mapping[str, Fraction]
    traced_sum: Fraction
    refs: Mapping[str, Fraction]
    decisions: Sequence[Decision] = ()
    year: Sequence[YearSoFar] = ()
    so_far: dict[str, dict[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        here = {person.ref: person for person in self.people}
        self.rows = [row for row in self.rows if self._counts(row, here)]
        self.work = [row for row in self.work if self._counts(row, here)]
        self.days: defaultdict[str, list[Attendance]] = defaultdict(list)
        for row in sorted(self.rows, key=lambda one: one.day):
            if row.mark is Mark.ATTENDED:
                self.days[row.person].append(row)
        self._marks: defaultdict[str, list[Attendance]] = defaultdict(list)
        self._columns: dict[str, Column] = {}
        self._weeks: dict[date, Measures] = {}
        self._values: defaultdict[tuple[str, str], list[tuple[date, str]]] = defaultdict(list)
        for value in self.values:
            self._values[value.person, value.name].append((value.since, value.text))

    def _counts(self, row: Attendance | Work, here: Mapping[str, Person]) -> bool:
        return self.span.holds(row.day) and row.person in here and here[row.person].here_on(row.day)

    def marks(self, ref: str) -> Sequence[Attendance]:
        """Every row of a person in the span, whatever its mark."""
        if not self._marks:
            for row in self.rows:
                self._marks[row.person].append(row)
        return self._marks.get(ref, ())

    def lookup(self, ref: str) -> PersonLookup:
        """What answers names about one person."""
        return PersonLookup(self, ref)

    def weeks(self, ref: str) -> list[Measures]:
        """The ISO weeks with an attended day of the person, each counted by itself."""
        mondays = dict.fromkeys(day.day - timedelta(days=day.day.weekday()) for day in self.days.get(ref, ()))
        return [self._week(monday) for monday in mondays]

    def _week(self, monday: date) -> Measures:
        if monday not in self._weeks:
            span = Span(max(self.span.first, monday), min(self.span.end, monday + timedelta(days=7)))
            self._weeks[monday] = replace(self, span=span)
        return self._weeks[monday]

    def of(self, name: str, ref: str) -> Fraction:
        """The number a name stands for, for one person."""
        family, _, rest = name.partition(".")
        if family == "part":
            return Fraction(self.so_far[ref].get(rest, 0), 100)
        if name == "so_far":
            return Fraction(sum(self.so_far[ref].values()), 100)
        if family in ("ref", "month") or name == "people":
            return self.group(name)
        return self.column(name).get(ref, ZERO)

    def group(self, name: str) -> Fraction:
        """The number a name stands for that is the same for all."""
        family, _, rest = name.partition(".")
        if name == "people":
            return Fraction(len(self.people))
        if family == "ref":
            return self.refs.get(rest, ZERO)
        return sum((one.number for one in self.figures if one.name == rest), ZERO)

    def told(self, formula: Formula, ref: str) -> dict[str, Value]:
        """The names of a formula with their numbers for one person, for the trace; of one that goes by weeks what it comes to,
        and each week when nothing stands around them."""
        numbers: dict[str, Value] = {f"={name}": str(self.of(name, ref)) for name in formula.names}
        if formula.weekly:
            numbers[f"weekly:{formula.text}"] = str(formula.work(self.lookup(ref)))
        if formula.root.kind == WEEKLY:
            by_week = (formula.root.parts[0].work(week) for week in self.lookup(ref).weeks())
            numbers[f"weeks:{formula.text}"] = " + ".join(str(one) for one in by_week)
        return numbers

    def word(self, name: str, ref: str) -> str:
        """A person's own value as it is written: a class."""
        return in_force(self._values.get((ref, name), ()), self.span)

    def column(self, name: str) -> Column:
        """The numbers of everybody who has one."""
        if name not in self._columns:
            self._columns[name] = self._count(name)
        return self._columns[name]

    def _count(self, name: str) -> Column:
        family, dot, rest = name.partition(".")
        if family in ("value", "year"):
            return self._own_values(rest) if family == "value" else self._year(rest)
        if family in ("hours", "units", "made", "time") and dot:
            return {"hours": self._hours_of, "units": self._units, "made": self._made, "time": self._time}[family](rest)
        return self._simple(name)

    def _simple(self, name: str) -> Column:
        marks = {"days": Mark.ATTENDED, "days.excused": Mark.EXCUSED, "days.ill": Mark.ILL, "days.unexcused": Mark.UNEXCUSED}
        if name in marks:
            return _sums((row.person, 1) for row in self.rows if row.mark is marks[name])
        if name == "one":
            return {person.ref: Fraction(1) for person in self.people}
        if name == "days.calendar":
            return {person.ref: Fraction(self.span.here(person)) for person in self.people}
        if name == "days.working":
            return {person.ref: Fraction(self._working(person)) for person in self.people}
        if name == "weeks":
            return {ref: Fraction(len({day.day.isocalendar()[:2] for day in days})) for ref, days in self.days.items()}
        if name == "hours":
            return {ref: Fraction(sum(day.minutes for day in days), 60) for ref, days in self.days.items()}
        if name == "points":
            return _sums(((row.person, row.points) for row in self.work), 1000)
        if name == "units":
            return self._units("")
        if name == "traced":
            return {ref: cents / 100 for ref, cents in self.traced.items()}
        raise KeyError(name)

    def _year(self, name: str) -> Column:
        """The earlier months of the year and this one."""
        sums = {
            "days": _sums((one.person, one.days) for one in self.year),
            "hours": _sums(((one.person, one.minutes) for one in self.year), 60),
            "points": _sums(((one.person, one.points) for one in self.year), 1000)}[name]
        now = self.column(name)
        return {ref: sums.get(ref, ZERO) + now.get(ref, ZERO) for ref in {*sums, *now}}

    def _working(self, person: Person) -> int:
        days = (self.span.first + timedelta(days=n) for n in range(self.span.days))
        return sum(1 for day in days if day.weekday() < 5 and day not in self.holidays and person.here_on(day))

    def _own_values(self, name: str) -> Column:
        found = {}
        for ref, own in self._values:
            if own == name:
                value = PersonValue(ref, name, date.min, self.word(name, ref)).number
                found[ref] = value if value is not None else ZERO
        return found

    def _hours_of(self, kind: str) -> Column:
        named = _sums(((row.person, row.minutes) for row in self.work if row.kind == kind), 60)
        if kind != PRODUCTION:
            return named
        others = _sums(((row.person, row.minutes) for row in self.work if row.kind not in ("", PRODUCTION)), 60)
        return {ref: max(ZERO, hours - others.get(ref, ZERO)) for ref, hours in self.column("hours").items()}

    def _units(self, code: str) -> Column:
        sums: defaultdict[str, Fraction] = defaultdict(Fraction)
        for lot in self.lots:
            if self.span.holds(lot.day) and code in ("", lot.product):
                for maker in lot.makers:
                    sums[maker.person] += Fraction(lot.good * maker.weight, 1000 * lot.weights)
        return sums

    def _made(self, task: str) -> Column:
        return _sums(((row.person, row.good) for row in self.work if row.task == task), 1000)

    def _time(self, task: str) -> Column:
        return _sums(((row.person, row.minutes) for row in self.work if row.task == task), 60)


@dataclass(frozen=True)
class PersonLookup:
    """Answers names about one person; `weeks` are the same for each week with an attended day."""

    whole: Measures
    ref: str

    def __call__(self, name: str) -> Fraction:
        """The number the name stands for."""
        return self.whole.of(name, self.ref)

    def weeks(self) -> list[Callable[[str], Fraction]]:
        """What answers for each week: what is counted by days is the week's, everything else the month's."""
        return [partial(self._in_week, week) for week in self.whole.weeks(self.ref)]

    def _in_week(self, week: Measures, name: str) -> Fraction:
        return (week if name.partition(".")[0] in BY_DAYS else self.whole).of(name, self.ref)


def _sums(pairs: Iterable[tuple[str, int]], over: int = 1) -> Column:
    sums: defaultdict[str, int] = defaultdict(int)
    for ref, number in pairs:
        sums[ref] += number
    return {ref: Fraction(number, over) for ref, number in sums.items()}
