"""Why every cent is where it is, as codes and numbers without words: one reading for the accountant, one for the
participant, and for a sale line the way to people, reserve and materials. Everything comes from the run's own trace;
nothing is worked out a second time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from ledger.core.parts import PerDay
from ledger.core.people import Person
from ledger.core.periods import Month
from ledger.core.production import Attendance, Mark
from ledger.core.sales import Amounts, SaleLine
from ledger.core.schemes import Part, Scheme
from ledger.core.stipends import Inputs, PersonResult, Result, StatementLine, Traced


class DayReason(StrEnum):
    """Why a day counts for a sum by days, or does not."""

    COUNTED = "counted"
    ILL = "ill"
    EXCUSED = "excused"
    UNEXCUSED = "unexcused"
    TOO_SHORT = "too_short"
    NOT_HERE = "not_here"
    OTHER_MONTH = "other_month"


MARK_REASONS = {Mark.ILL: DayReason.ILL, Mark.EXCUSED: DayReason.EXCUSED, Mark.UNEXCUSED: DayReason.UNEXCUSED}


@dataclass(frozen=True)
class DayRow:
    """One attendance row: `cents` (exact) is what the day earns in parts paid by the day."""

    day: date
    minutes: int
    mark: str
    reason: DayReason
    cents: Fraction


@dataclass(frozen=True)
class TraceRow:
    """One step from a sale line to a person, with what is printed on the paper: `line_shared` are the whole line's
    cents, quantities are thousandths, `cents` exact. `late`: the sale is of an approved month, its lot came later;
    `counts` as in Traced."""

    person: str
    line: str
    day: date
    document: str
    line_number: str
    channel: str
    product: str
    line_quantity: int
    line_shared: int
    lot: str
    lot_number: str
    lot_day: date
    quantity: int
    weight: int
    weights: int
    cents: Fraction
    late: bool
    counts: bool


@dataclass(frozen=True)
class LineRow:
    """A line of the statement beside what the scheme says of it; `line.numbers` hold the arithmetic."""

    line: StatementLine
    label: str
    paragraph: str


@dataclass(frozen=True)
class Sold:
    """What people bought of a product the person had a hand in: the quantity of those matches (thousandths, returns
    taken off) and the person's exact traced cents of it, before the scheme's portion."""

    product: str
    quantity: int
    cents: Fraction


@dataclass(frozen=True)
class Facts:
    """What a participant is told: days and cents, `cut` and `kept` as positive cents; the cents add up to `total`."""

    days: int
    day_cents: int
    goods: tuple[Sold, ...]
    goods_cents: int
    other_cents: int
    cut: int
    lifted: int
    kept: int
    debt: int
    total: int


@dataclass(frozen=True)
class PersonExplanation:
    """Everything behind one statement: `traced` is the exact sum of the trace rows that count."""

    month: Month
    person: str
    number: str
    days: tuple[DayRow, ...]
    lines: tuple[LineRow, ...]
    trace: tuple[TraceRow, ...]
    traced: Fraction
    total: int
    debt: int
    facts: Facts


@dataclass(frozen=True)
class SaleExplanation:
    """Where a sale line went: net = deducted + shared; shared = traced to people + to the reserve after leaving +
    unassigned (exact cents)."""

    line: SaleLine
    amounts: Amounts
    rows: tuple[TraceRow, ...]
    uncovered: int
    unassigned: Fraction


class Explainer:
    """Explains a month; reads the run once, so that asking for every person stays quick."""

    def __init__(self, inputs: Inputs, scheme: Scheme, result: Result) -> None:
        self.inputs, self.scheme, self.result = inputs, scheme, result
        self._people = {person.ref: person for person in inputs.people}
        self._results = {person.person: person for person in result.people}
        self._lots = {lot.key: lot for lot in inputs.lots}
        self._late = {one.line.key for one in inputs.earlier}
        self._worked = {line.line: line for line in result.lines}
        self._lines = {line.key: (line, self._worked[line.key].amounts.shared) for line in inputs.lines}
        self._lines |= {one.line.key: (one.line, one.amounts.shared) for one in inputs.earlier}
        self._days: defaultdict[str, list[Attendance]] = defaultdict(list)
        for day in inputs.attendance:
            self._days[day.person].append(day)
        self._by_person: defaultdict[str, list[Traced]] = defaultdict(list)
        self._by_line: defaultdict[str, list[Traced]] = defaultdict(list)
        for row in result.traced:
            self._by_person[row.person].append(row)
            self._by_line[row.line].append(row)

    def person(self, ref: str) -> PersonExplanation:
        """Everything behind a person's statement; raises KeyError for who has none in this run."""
        statement = self._results[ref]
        rows = [self._row(row) for row in self._by_person[ref]]
        days = [self._day(row, self._people[ref]) for row in sorted(self._days[ref], key=lambda one: one.day)]
        traced = sum((row.cents for row in rows if row.counts), Fraction(0))
        return PersonExplanation(
            self.result.month, ref, statement.number, tuple(days), tuple(self._line(line) for line in statement.lines),
            tuple(rows), traced, statement.total, statement.debt, _facts(statement, rows))

    def sale(self, key: str) -> SaleExplanation:
        """Where the cents of one of the month's sale lines went; raises KeyError for a line that is not in this run."""
        worked = self._worked[key]
        rows = tuple(self._row(row) for row in self._by_line[key])
        return SaleExplanation(self._lines[key][0], worked.amounts, rows, worked.uncovered, worked.unassigned)

    def _line(self, line: StatementLine) -> LineRow:
        written = self.scheme.find(line.part)
        return LineRow(line, written.label if written else "", written.paragraph if written else "")

    def _row(self, row: Traced) -> TraceRow:
        line, shared = self._lines[row.line]
        lot = self._lots[row.lot]
        return TraceRow(
            row.person, line.key, line.day, line.document, line.number, line.channel, line.product, line.quantity,
            shared,
            lot.key, lot.number, lot.day, row.quantity, row.weight, row.weights, row.cents, line.key in self._late,
            row.counts)

    def _day(self, row: Attendance, person: Person) -> DayRow:
        bands = [(part, part.rule, part.rule.band_of(row.minutes)) for part in self.scheme.parts if isinstance(part.rule, PerDay)]
        cents = sum((self._day_cents(part, rule, row) for part, rule, _ in bands), Fraction(0))
        reason = DayReason.COUNTED
        if row.mark is not Mark.ATTENDED:
            reason = MARK_REASONS[row.mark]
        elif Month.of(row.day) != self.result.month:
            reason = DayReason.OTHER_MONTH
        elif not person.here_on(row.day):
            reason = DayReason.NOT_HERE
        elif bands and all(place is None and rule.from_pool is None for _, rule, place in bands):
            reason = DayReason.TOO_SHORT
        earned = cents if reason is DayReason.COUNTED else Fraction(0)
        return DayRow(row.day, row.minutes, row.mark.value, reason, earned)


    def _day_cents(self, part: Part, rule: PerDay, row: Attendance) -> Fraction:
        """What a day earns in a part paid by the day, by the rates that its line holds; days over the planned ones still show theirs."""
        line = next((one for one in self._results[row.person].lines if one.part == part.key and one.kind == part.kind), None)
        if line is None:
            return Fraction(0)
        place = rule.band_of(row.minutes)
        rate = line.numbers.get("rate") if rule.from_pool else line.numbers.get(f"band{place + 1}_cents") if place is not None else None
        return Fraction(rate or 0) * rule.times(row.day, self.inputs.holidays)[0]


def person_explanation(inputs: Inputs, scheme: Scheme, result: Result, ref: str) -> PersonExplanation:
    """Everything behind one person's statement; for more than one person keep an Explainer."""
    return Explainer(inputs, scheme, result).person(ref)


def _facts(statement: PersonResult, rows: list[TraceRow]) -> Facts:
    cents: defaultdict[str, int] = defaultdict(int)
    days = 0
    for line in statement.lines:
        cents[line.kind] += line.cents
        days += int(line.numbers["days"]) if line.kind == "per_day" else 0
    goods: dict[str, Sold] = {}
    for row in rows:
        if row.counts:
            before = goods.get(row.product, Sold(row.product, 0, Fraction(0)))
            goods[row.product] = Sold(row.product, before.quantity + row.quantity, before.cents + row.cents)
    known = ("per_day", "traced", "limit", "below_zero", "debt")
    other = sum(sum_of_kind for kind, sum_of_kind in cents.items() if kind not in known)
    return Facts(days, cents["per_day"], tuple(sorted(goods.values(), key=lambda one: one.product)), cents["traced"],
                 other, -cents["limit"], cents["below_zero"], -cents["debt"], statement.debt, statement.total)
