"""A month's stipends: `calculate(inputs, scheme)`, pure and repeatable, with the trace that explains every cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from ledger.core.debts import Debt as Debt
from ledger.core.debts import Settled, settle
from ledger.core.decided import Decision, Figure, Fund
from ledger.core.faults import Refused, Value
from ledger.core.frozen import later
from ledger.core.limits import apply_limit
from ledger.core.matching import Matched, match, matched_before
from ledger.core.measures import Measures, Span
from ledger.core.money import Division, Quota, Rounding, divide, exact_sum, half_up, rounded
from ledger.core.parts import Context, Earned, Worked
from ledger.core.people import Person, PersonValue, person_order
from ledger.core.periods import Month
from ledger.core.pools import Closed, FundMove, Opened, PoolResult, close_pool, cut_shortfall, open_pool, why
from ledger.core.production import Attendance, Lot, Work, YearSoFar
from ledger.core.sales import Amounts, EarlierLine, Match, SaleLine, line_order
from ledger.core.scheme_sections import AmountUsed as AmountUsed
from ledger.core.scheme_sections import Pool, Source, amounts_on
from ledger.core.schemes import WITHHELD, Part, Payer, Scheme
from ledger.core.statement import Sheet
from ledger.core.statement import StatementLine as StatementLine
from ledger.core.tables import repeated
from ledger.core.tracing import Trace, trace
from ledger.core.tracing import Traced as Traced


@dataclass(frozen=True)
class Inputs:
    """Everything a month's calculation reads. Row order never matters. `carried_in` are the cents a former run carried
    out, `reserve` and `funds` what they hold before the month (cents); `holidays` are the month's public holidays, when the
    scheme names a calendar, `year` the earlier months of the year, when it asks for them. `fixed` are the matches of an approved
    month that is worked out again: they stay, and nothing is matched."""

    month: Month
    people: tuple[Person, ...]
    attendance: tuple[Attendance, ...]
    lots: tuple[Lot, ...]
    lines: tuple[SaleLine, ...]
    earlier: tuple[EarlierLine, ...] = ()
    debts: tuple[Debt, ...] = ()
    carried_in: int = 0
    work: tuple[Work, ...] = later(())
    values: tuple[PersonValue, ...] = later(())
    decisions: tuple[Decision, ...] = later(())
    figures: tuple[Figure, ...] = later(())
    holidays: tuple[date, ...] = later(())
    reserve: int = later(0)
    funds: tuple[Fund, ...] = later(())
    year: tuple[YearSoFar, ...] = later(())
    fixed: tuple[Match, ...] = later(())


@dataclass(frozen=True, slots=True)
class PersonResult:
    """One person's statement: the lines sum to `total` (cents, never below zero); `debt` is what stays owed after this
    month."""

    person: str
    number: str
    lines: tuple[StatementLine, ...]
    total: int
    debt: int = 0


@dataclass(frozen=True, slots=True)
class LineResult:
    """One sale line worked out: its cents, how much of it (thousandths, below zero when a return gives that back) no
    lot covers, and the exact cents nobody gets for that."""

    line: str
    amounts: Amounts
    uncovered: int
    unassigned: Fraction


@dataclass(frozen=True)
class LateMatch:
    """A line of an approved month whose uncovered rest got a lot now: so much of it (thousandths), so many exact cents
    (below zero) less unassigned."""

    line: str
    quantity: int
    unassigned: Fraction


@dataclass(frozen=True)
class Identity:
    """The month in cents: realised_net - deducted + carried_in + from_reserve + from_budget = stipends + withheld +
    to_reserve + unassigned + carried_out."""

    realised_net: int
    deducted: int
    carried_in: int
    from_reserve: int
    from_budget: int
    stipends: int
    withheld: int
    to_reserve: int
    unassigned: int
    carried_out: int

    @property
    def holds(self) -> bool:
        """Whether both sides are the same cent for cent."""
        return (self.realised_net - self.deducted + self.carried_in + self.from_reserve + self.from_budget
                == self.stipends + self.withheld + self.to_reserve + self.unassigned + self.carried_out)


@dataclass(frozen=True)
class CheckUsed:
    """A declared check: whether `that` was not below `least`."""

    key: str
    passes: bool
    that: Fraction
    least: Fraction


@dataclass(frozen=True)
class Result:
    """A month worked out: `left` is the good stock of each lot after the month (thousandths), `matches` in the order
    they were made (lot "" for what no lot covers), `lines` in the order of matching, `debts` what stays owed after the
    month, `written_off` what the reserve bears for good. `pool`, `funds`, `amounts` and `checks` are there when the scheme has
    such sections."""

    month: Month
    people: tuple[PersonResult, ...]
    lines: tuple[LineResult, ...]
    matches: tuple[Match, ...]
    traced: tuple[Traced, ...]
    left: dict[str, int]
    identity: Identity
    late: tuple[LateMatch, ...] = ()
    debts: tuple[Debt, ...] = ()
    written_off: tuple[Debt, ...] = ()
    pool: PoolResult | None = later(None)
    funds: tuple[FundMove, ...] = later(())
    amounts: tuple[AmountUsed, ...] = later(())
    checks: tuple[CheckUsed, ...] = later(())


def calculate(inputs: Inputs, scheme: Scheme) -> Result:
    """Work a month out: the same inputs in any order give the same result.

    Raises Refused when the inputs contradict themselves: row_twice, person_unknown, weight_zero, no_makers,
    return_form, return_unknown, lot_unknown, or what `ledger.core.sales.check_return` raises.
    """
    _check(inputs)
    matched = matched_before(inputs.lots, inputs.lines, inputs.earlier, inputs.fixed) if inputs.fixed else match(
        inputs.lots, inputs.lines, inputs.earlier)
    traced = trace(inputs.people, inputs.lots, inputs.lines, inputs.earlier, matched, scheme)
    people = sorted((person for person in inputs.people
                     if person.here_in(inputs.month) or person.ref in traced.proceeds), key=person_order)
    working = _Working(inputs, scheme, people, traced, Sheet(people))
    shared = sum(amounts.shared for amounts in matched.amounts.values())
    unassigned = half_up(exact_sum(traced.unassigned.values()))
    opened = open_pool(scheme.pool, shared, unassigned, inputs.carried_in, inputs.reserve, working.whole.group)
    carried = working.work(opened)
    settled = working.settle()
    closed = close_pool(opened, working.sheet, carried, inputs.funds, [fund.key for fund in scheme.funds])
    lines = working.sheet.lines
    owed = settled.owed
    results = tuple(PersonResult(person.ref, person.number, tuple(lines[person.ref]), working.sheet.total(person.ref),
                                 owed.get(person.ref, 0)) for person in people)
    if scheme.pool.source is not Source.TRACED:
        traced = replace(traced, unassigned={})
    worked, late = _line_results(inputs, matched, traced)
    identity = _identity(matched, results, opened, closed)
    return Result(inputs.month, results, worked, matched.matches, traced.rows, matched.left, identity, late,
                  settled.debts, settled.written_off, _pool_result(opened, closed, working.sheet), closed.funds,
                  working.amounts, working.checks())


def _check(inputs: Inputs) -> None:
    for kind, keys in (
        ("person", [person.ref for person in inputs.people]),
        ("lot", [lot.key for lot in inputs.lots]),
        ("line", [*(line.key for line in inputs.lines), *(one.line.key for one in inputs.earlier)]),
        ("attendance", [f"{row.person} {row.day}" for row in inputs.attendance]),
    ):
        for key in sorted(repeated(keys)):
            raise Refused("row_twice", kind=kind, key=key)
    known = {person.ref for person in inputs.people}
    makers = [(maker.person, maker.weight) for lot in inputs.lots for maker in lot.makers]
    if any(weight <= 0 for _, weight in makers):
        raise Refused("weight_zero")
    for lot in inputs.lots:
        if not lot.makers:
            raise Refused("no_makers", lot=lot.number)
    for line in inputs.lines:
        if line.quantity == 0 or line.is_return != bool(line.returns):
            raise Refused("return_form", text=f"{line.document}/{line.number}")
    for ref in sorted(({ref for ref, _ in makers} | {debt.person for debt in inputs.debts}) - known):
        raise Refused("person_unknown", person=ref)


class _Working:
    """A month being worked out: one span of days for each version of the scheme that rules a part of it, one sheet for all."""

    def __init__(self, inputs: Inputs, scheme: Scheme, people: Sequence[Person], traced: Trace, sheet: Sheet) -> None:
        self.inputs, self.scheme, self.people, self.sheet = inputs, scheme, people, sheet
        self.spans = _spans(inputs.month, scheme)
        self.measures: list[Measures] = []
        self.amounts: tuple[AmountUsed, ...] = ()
        for version, span in self.spans:
            self.measures.append(self._measured(version, span, traced))
        # pool, limits and deductions are the month's, by the version in force on its last day
        month = Span(inputs.month.first, inputs.month.end)
        self.whole = self.measures[0] if len(self.spans) == 1 else self._measured(scheme, month, traced)

    def _measured(self, version: Scheme, span: Span, traced: Trace) -> Measures:
        inputs = self.inputs
        whole = (span.first, span.end) == (inputs.month.first, inputs.month.end)
        proceeds, total = (traced.proceeds, traced.total) if whole else _traced_in(inputs, traced, span)
        refs: dict[str, Fraction] = {}
        decisions = [one for one in inputs.decisions if span.holds(one.day)]
        measures = Measures(span, self.people, inputs.attendance, inputs.work, inputs.lots, inputs.values, inputs.figures,
                            frozenset(inputs.holidays), proceeds, total, refs, decisions, inputs.year, self.sheet.so_far)
        used = amounts_on(version.amounts, span.first, span.end, measures.group)
        refs.update({key: one.exact for key, one in used.items()})
        self.amounts = tuple(used.values())
        return measures

    def work(self, opened: Opened) -> int:
        """Parts in their order, the shortfall, limits, deductions, the rounding of totals; returns the cents that steps carry."""
        carried = 0
        for (version, span), measures in zip(self.spans, self.measures, strict=True):
            carried += sum(self._part(part, measures, opened, span) for part in version.parts if part.kind != WITHHELD)
        cut_shortfall(opened, self.sheet, self.inputs.month)
        for limit in self.scheme.limits:
            apply_limit(limit, self.scheme, self.sheet, self.whole, self.inputs.month)
        for part in self.scheme.parts:
            if part.kind == WITHHELD:
                self._part(part, self.whole, opened, self.whole.span)
        self._round_totals()
        return carried

    def _part(self, part: Part, measures: Measures, opened: Opened, span: Span) -> int:
        """Work out one part for everybody; returns the pool's cents carried (less than the part's step)."""
        if part.months and self.inputs.month.number not in part.months:
            return 0
        people = self.people if part.who is None else [
            person for person in self.people if part.who.work(measures.lookup(person.ref)) > 0]
        worked = part.rule.work(self._context(part, people, measures, opened, span))
        self.sheet.keys[part.key] = worked.keys
        division = _divided(part, worked, people, self.inputs.month)
        for person in people:
            for earned in worked.lines[person.ref]:
                self._add(part, person.ref, self._dated(earned, span), worked.cut_to, division)
        return division.carried if division and part.payer == Payer.POOL else 0

    def _dated(self, earned: Earned, span: Span) -> Earned:
        """A line of a split month says which days it is of."""
        if len(self.spans) == 1:
            return earned
        days: dict[str, Value] = {"since": span.first.isoformat(), "until": span.end.isoformat()}
        return replace(earned, numbers={**earned.numbers, **days})

    def _context(self, part: Part, people: Sequence[Person], measures: Measures, opened: Opened, span: Span) -> Context:
        available = opened.available
        if part.payer != Payer.POOL:
            # a fund's pot is what it has at this moment
            available = sum(fund.cents for fund in self.inputs.funds if fund.key == part.payer) - self.sheet.paid[part.payer]
        # what people's minus lines give back is no more than there was
        left = min(available, available - self.sheet.paid[part.payer]) if part.payer == Payer.POOL else available
        rest = Fraction(1) if span is self.spans[-1][1] else span.share
        # a part that has several lines a month is a deduction or a decision: it takes from no pot
        return Context(part.key, people, measures, max(0, left), max(0, available), rest)

    def _add(self, part: Part, ref: str, earned: Earned, cut_to: str, division: Division | None) -> None:
        numbers = earned.numbers
        if division is None:
            cents = rounded(earned.quota, part.rounding)
        else:
            cents = division.given[ref].cents
            numbers = numbers | why(division, ref, part.rounding.step)
        self.sheet.add(ref, StatementLine(part.key, part.kind, cents, part.payer, earned.quota, numbers))
        if earned.after is None:
            return
        cut = rounded(earned.after, part.rounding) - cents
        if cut:
            payer = part.payer if cut_to == "source" else cut_to
            behind = ("unexcused", "excused", "away", "left", "since", "until")
            told: dict[str, Value] = {key: numbers[key] for key in behind if key in numbers}
            line = StatementLine(part.key, "absence", cut, payer, earned.after - earned.quota, {**told, "before": cents})
            self.sheet.add(ref, line)

    def _round_totals(self) -> None:
        rounding = self.scheme.total
        for person in self.people if rounding else ():
            assert rounding is not None
            before = self.sheet.total(person.ref)
            more = rounded(Fraction(before), rounding) - before
            if more:
                numbers: dict[str, Value] = {"before": before, "step": rounding.step}
                line = StatementLine("rounding", "rounding", more, Payer.RESERVE.value, Fraction(more), numbers)
                self.sheet.add(person.ref, line)

    def settle(self) -> Settled:
        """Totals below zero and debts, written as lines."""
        totals = {person.ref: self.sheet.total(person.ref) for person in self.people}
        settled = settle(self.people, totals, self.inputs.debts, self.inputs.month, self.scheme.debt_share)
        for ref, cents in settled.lifted.items():
            numbers: dict[str, Value] = {"before": -cents}
            self.sheet.add(ref, StatementLine("below_zero", "below_zero", cents, Payer.RESERVE.value, Fraction(cents), numbers))
        for ref, cents in settled.kept.items():
            numbers = {"before": settled.owed_before[ref], "most": settled.most[ref]}
            self.sheet.add(ref, StatementLine("debt", "debt", -cents, Payer.RESERVE.value, Fraction(-cents), numbers))
        return settled

    def checks(self) -> tuple[CheckUsed, ...]:
        """The declared checks."""
        lookup = self.whole.group
        worked = [(check.key, check.that.work(lookup), check.least.work(lookup)) for check in self.scheme.checks]
        return tuple(CheckUsed(key, that >= least, that, least) for key, that, least in worked)


def _spans(month: Month, scheme: Scheme) -> list[tuple[Scheme, Span]]:
    start = scheme.in_force_from
    if scheme.before is None or not month.first < start < month.end:
        return [(scheme, Span(month.first, month.end))]
    days = (month.end - month.first).days
    early, late = (start - month.first).days, (month.end - start).days
    return [(scheme.before, Span(month.first, start, Fraction(early, days))),
            (scheme, Span(start, month.end, Fraction(late, days)))]


def _traced_in(inputs: Inputs, traced: Trace, span: Span) -> tuple[dict[str, Fraction], Fraction]:
    """The traced proceeds of a part of the month: rows by the day of the line; what is late counts on the first day."""
    first = inputs.month.first
    days = {line.key: max(first, line.day) for line in inputs.lines}
    rows = [row for row in traced.rows if row.counts and span.holds(days.get(row.line, first))]
    own: defaultdict[str, list[Fraction]] = defaultdict(list)
    for row in rows:
        own[row.person].append(row.cents)
    proceeds = {ref: exact_sum(cents) for ref, cents in own.items()}
    return proceeds, exact_sum(proceeds.values())


def _divided(part: Part, worked: Worked, people: Sequence[Person], month: Month) -> Division | None:
    if worked.divided is None:
        return None
    quotas = [Quota(person.ref, person.number, worked.lines[person.ref][0].quota) for person in people]
    return divide(quotas, month.index, total=rounded(worked.divided, Rounding(part.rounding.mode, 1)), step=part.rounding.step)


def _line_results(inputs: Inputs, matched: Matched,
                  traced: Trace) -> tuple[tuple[LineResult, ...], tuple[LateMatch, ...]]:
    uncovered: defaultdict[str, int] = defaultdict(int)
    for one in matched.matches:
        if not one.lot:
            uncovered[one.line] += one.quantity
    zero = Fraction(0)
    lines = tuple(LineResult(key, amounts, uncovered[key], traced.unassigned.get(key, zero))
                  for key, amounts in matched.amounts.items())
    late = tuple(LateMatch(one.line.key, -uncovered[one.line.key], traced.unassigned.get(one.line.key, zero))
                 for one in sorted(inputs.earlier, key=lambda one: line_order(one.line)) if uncovered[one.line.key])
    return lines, late


def _pool_result(opened: Opened, closed: Closed, sheet: Sheet) -> PoolResult | None:
    """The pool's own account, for a scheme that says something about it."""
    if opened.pool == Pool():
        return None
    return PoolResult(opened.result, opened.costs, opened.available, sheet.paid[Payer.POOL], opened.reserve, closed.reserve_after,
                      opened.room)


def _identity(matched: Matched, people: Sequence[PersonResult], opened: Opened, closed: Closed) -> Identity:
    """The month's identity; the reserve takes what the pool has left and bears what its own lines say."""
    net = sum(amounts.net for amounts in matched.amounts.values())
    withheld = -sum(line.cents for person in people for line in person.lines if line.payer == WITHHELD)
    return Identity(
        realised_net=net, deducted=net - opened.shared + opened.costs, carried_in=opened.carried_in,
        from_reserve=max(0, -closed.rest), from_budget=closed.from_budget,
        stipends=sum(person.total for person in people), withheld=withheld, to_reserve=max(0, closed.rest),
        unassigned=opened.kept, carried_out=closed.carried_out)
