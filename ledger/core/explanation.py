"""Why every cent is where it is, as codes and numbers without words: one reading for the accountant, one for the
participant, and for a sale line the way to people, reserve and materials. Everything comes from the run's own trace;
nothing is worked out a second time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from ledger.core.faults import Value
from ledger.core.parts import PerDay, PerPiece
from ledger.core.people import Person
from ledger.core.periods import Month
from ledger.core.production import Attendance, Mark
from ledger.core.sales import Amounts, SaleLine
from ledger.core.scheme_sections import Limit
from ledger.core.schemes import Part, Scheme
from ledger.core.stipends import Inputs, PersonResult, Result, StatementLine, Traced


class DayReason(StrEnum):
    """Why a day counts for a sum by days, or does not."""

    COUNTED = "counted"
    ILL = "ill"
    EXCUSED = "excused"
    UNEXCUSED = "unexcused"
    TOO_SHORT = "too_short"
    OVER_PLAN = "over_plan"
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
    """A line of the statement beside what the scheme says of it; `line.numbers` hold the arithmetic. `written` is the part or limit
    it comes from (None for the engine's own lines) in `scheme`, the version that made it."""

    line: StatementLine
    label: str
    paragraph: str
    written: Part | Limit | None
    scheme: Scheme


@dataclass(frozen=True)
class Sold:
    """What people bought of a product the person had a hand in: the quantity of those matches (thousandths, returns
    taken off) and the person's exact traced cents of it, before the scheme's portion."""

    product: str
    quantity: int
    cents: Fraction


class About(StrEnum):
    """What a participant is told of: one thought each."""

    DAYS = "days"
    HOURS = "hours"
    PIECES = "pieces"
    TASKS = "tasks"
    RATED = "rated"
    FLAT = "flat"
    SHARE = "share"
    GOODS = "goods"
    TOP_UP = "top_up"
    DECISION = "decision"
    GIFT = "gift"  # a decision without money: another encouragement
    ABSENCE = "absence"
    AWAY = "away"
    WITHHELD = "withheld"
    LIMIT = "limit"
    FLOOR = "floor"
    AGAIN = "again"
    SHORTFALL = "shortfall"
    ROUNDING = "rounding"
    LIFTED = "lifted"
    KEPT = "kept"
    OTHER = "other"


ABOUT = {
    "flat": About.FLAT, "per_day": About.DAYS, "per_hour": About.HOURS, "per_piece": About.PIECES, "rated": About.RATED,
    "share": About.SHARE, "traced": About.GOODS, "top_up": About.TOP_UP, "adjustment": About.DECISION, "withheld": About.WITHHELD,
    "absence": About.ABSENCE, "limit": About.LIMIT, "floor": About.FLOOR, "again": About.AGAIN, "shortfall": About.SHORTFALL,
    "rounding": About.ROUNDING, "below_zero": About.LIFTED, "debt": About.KEPT}
"""What each kind of line is about."""


@dataclass(frozen=True)
class Fact:
    """One thing a participant is told: cents (a cut is below zero) and, where the sentence names it, a `count`: days, minutes,
    thousandths of a unit, or the cents of a ceiling; 0 for none."""

    about: About
    cents: int
    count: int = 0


@dataclass(frozen=True)
class Facts:
    """What a participant is told, in the order of the statement; the cents of `told` add up to `total`."""

    told: tuple[Fact, ...]
    goods: tuple[Sold, ...]
    debt: int
    total: int

    def about(self, *abouts: About) -> int:
        """The cents of what is told about these."""
        return sum(fact.cents for fact in self.told if fact.about in abouts)


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
        lines = tuple(self._line(line) for line in statement.lines)
        days = _DaysPaid(lines, self.inputs, self._people[ref]).rows(sorted(self._days[ref], key=lambda one: one.day))
        traced = sum((row.cents for row in rows if row.counts), Fraction(0))
        return PersonExplanation(
            self.result.month, ref, statement.number, tuple(days), lines, tuple(rows), traced, statement.total, statement.debt,
            _facts(statement, lines, rows))

    def sale(self, key: str) -> SaleExplanation:
        """Where the cents of one of the month's sale lines went; raises KeyError for a line that is not in this run."""
        worked = self._worked[key]
        rows = tuple(self._row(row) for row in self._by_line[key])
        return SaleExplanation(self._lines[key][0], worked.amounts, rows, worked.uncovered, worked.unassigned)

    def _line(self, line: StatementLine) -> LineRow:
        scheme = self.scheme
        until = line.numbers.get("until")
        if scheme.before is not None and until == scheme.in_force_from.isoformat():
            scheme = scheme.before
        written = scheme.find(line.part)
        return LineRow(line, written.label if written else "", written.paragraph if written else "", written, scheme)

    def _row(self, row: Traced) -> TraceRow:
        line, shared = self._lines[row.line]
        lot = self._lots[row.lot]
        return TraceRow(
            row.person, line.key, line.day, line.document, line.number, line.channel, line.product, line.quantity,
            shared,
            lot.key, lot.number, lot.day, row.quantity, row.weight, row.weights, row.cents, line.key in self._late,
            row.counts)


class _DaysPaid:
    """What a person's days earn in parts paid by the day, by the rates that their lines hold."""

    def __init__(self, lines: Sequence[LineRow], inputs: Inputs, person: Person) -> None:
        self.inputs, self.person = inputs, person
        self.paid = [(row.written.rule, row.line.numbers) for row in lines
                     if row.line.kind == "per_day" and isinstance(row.written, Part) and isinstance(row.written.rule, PerDay)]
        self.taken = [0] * len(self.paid)

    def rows(self, days: Sequence[Attendance]) -> list[DayRow]:
        """Every row of attendance, by day."""
        return [self._row(row) for row in days]

    def _row(self, row: Attendance) -> DayRow:
        reason, cents = DayReason.COUNTED, Fraction(0)
        if row.mark is not Mark.ATTENDED:
            reason = MARK_REASONS[row.mark]
        elif Month.of(row.day) != self.inputs.month:
            reason = DayReason.OTHER_MONTH
        elif not self.person.here_on(row.day):
            reason = DayReason.NOT_HERE
        else:
            reason, cents = self._earned(row)
        return DayRow(row.day, row.minutes, row.mark.value, reason, cents)

    def _earned(self, row: Attendance) -> tuple[DayReason, Fraction]:
        """Why an attended day counts or not, and its exact cents; without parts paid by the day every one counts."""
        reasons, cents = [], Fraction(0)
        for n, (rule, numbers) in enumerate(self.paid):
            if not _of_day(numbers, row.day):
                continue
            place = rule.band_of(row.minutes)
            if rule.from_pool is None and place is None:
                reasons.append(DayReason.TOO_SHORT)
            elif self.taken[n] >= int(numbers.get("planned", self.taken[n] + 1)):
                reasons.append(DayReason.OVER_PLAN)
            else:
                self.taken[n] += 1
                reasons.append(DayReason.COUNTED)
                rate = numbers["rate"] if rule.from_pool else numbers[f"band{(place or 0) + 1}_cents"]
                cents += Fraction(rate) * rule.times(row.day, self.inputs.holidays)[0]
        if not reasons or DayReason.COUNTED in reasons:
            return DayReason.COUNTED, cents
        return reasons[0], cents


def _of_day(numbers: Mapping[str, Value], day: date) -> bool:
    """Whether a line counts this day: all of them, or those of its part of a split month."""
    return str(numbers.get("since", "")) <= day.isoformat() < str(numbers.get("until", "9999"))


def person_explanation(inputs: Inputs, scheme: Scheme, result: Result, ref: str) -> PersonExplanation:
    """Everything behind one person's statement; for more than one person keep an Explainer."""
    return Explainer(inputs, scheme, result).person(ref)


def _facts(statement: PersonResult, lines: Sequence[LineRow], rows: Sequence[TraceRow]) -> Facts:
    cents: defaultdict[About, int] = defaultdict(int)
    counts: defaultdict[About, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in lines:
        about = _about(row)
        cents[about] += row.line.cents
        before, count = counts[about][row.line.part], _count(about, row)
        counts[about][row.line.part] = max(before, count) if about is About.LIMIT else before + count  # a limit cuts several parts
    told = tuple(Fact(about, sum_of, _one_count(about, counts[about])) for about, sum_of in cents.items())
    goods: dict[str, Sold] = {}
    for one in rows:
        if one.counts:
            sold = goods.get(one.product, Sold(one.product, 0, Fraction(0)))
            goods[one.product] = Sold(one.product, sold.quantity + one.quantity, sold.cents + one.cents)
    return Facts(told, tuple(sorted(goods.values(), key=lambda one: one.product)), statement.debt, statement.total)


def _about(row: LineRow) -> About:
    numbers, rule = row.line.numbers, row.written.rule if isinstance(row.written, Part) else None
    about = ABOUT.get(row.line.kind, About.OTHER)
    if isinstance(rule, PerPiece) and all(piece.task for piece in rule.pieces):
        return About.TASKS
    if about is About.DECISION and not row.line.cents:
        return About.GIFT
    return About.AWAY if about is About.ABSENCE and numbers.get("away") else about


def _count(about: About, row: LineRow) -> int:
    """What the sentence about a line counts."""
    numbers = row.line.numbers
    if about is About.DAYS:
        return int(numbers["days"])
    if about is About.HOURS:
        return int(_summed(numbers, "rate", "_hours") * 60)
    if about in (About.PIECES, About.TASKS):
        return int(_made(about, row) * 1000)
    on_total = isinstance(row.written, Limit) and not row.written.on
    return int(numbers["ceiling"]) if about is About.LIMIT and on_total else 0


def _made(about: About, row: LineRow) -> Fraction:
    """Units of products, or of tasks: a task done is no thing made."""
    rule = row.written.rule if isinstance(row.written, Part) else None
    pieces = rule.pieces if isinstance(rule, PerPiece) else ()
    counted = [n for n, piece in enumerate(pieces, 1) if bool(piece.product) == (about is About.PIECES)]
    return sum((Fraction(row.line.numbers[f"piece{n}_units"]) for n in counted), Fraction(0))


def _summed(numbers: Mapping[str, Value], start: str, end: str) -> Fraction:
    """The sum of the numbered ones: rate1_hours, rate2_hours ..."""
    keys = [key for key in numbers if key.startswith(start) and key.endswith(end) and key[len(start):-len(end)].isdigit()]
    return sum((Fraction(numbers[key]) for key in keys), Fraction(0))


def _one_count(about: About, by_part: Mapping[str, int]) -> int:
    """Several parts count the same days and hours, so the largest; things that were made are added; one ceiling only."""
    counts = list(by_part.values())
    if about in (About.PIECES, About.TASKS):
        return sum(counts)
    if about is About.LIMIT:
        return counts[0] if len(counts) == 1 else 0
    return max(counts)
