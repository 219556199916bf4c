"""A month's stipends: `calculate(inputs, scheme)`, pure and repeatable, with the trace that explains every cent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from ledger.core.debts import Debt as Debt
from ledger.core.debts import Settled, settle
from ledger.core.decided import Decision, Figure, Fund
from ledger.core.faults import Refused, Value
from ledger.core.frozen import later
from ledger.core.matching import Matched, match
from ledger.core.money import Division, Quota, Rounding, divide, exact_sum, half_up, rounded
from ledger.core.parts import Context, Worked
from ledger.core.people import Person, PersonValue, person_order
from ledger.core.periods import Month
from ledger.core.production import Attendance, Lot, Mark, Work
from ledger.core.sales import Amounts, EarlierLine, Match, SaleLine, line_order
from ledger.core.schemes import Limit, Part, Payer, Returns, Scheme
from ledger.core.tables import repeated
from ledger.core.tracing import Trace, trace
from ledger.core.tracing import Traced as Traced


@dataclass(frozen=True)
class Inputs:
    """Everything a month's calculation reads. Row order never matters. `carried_in` are the cents a former run carried
    out, `reserve` and `funds` what they hold before the month (cents); `holidays` are the month's public holidays, when the
    scheme names a calendar."""

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


@dataclass(frozen=True)
class StatementLine:
    """A line of a person's statement: `part` is the key of the part or limit in the scheme ("below_zero", "debt" for
    the engine's own lines), `kind` its kind (per_day, traced, limit, below_zero, debt), `payer` pool, budget or
    reserve, `quota` the exact cents before rounding, `numbers` what the sentence needs."""

    part: str
    kind: str
    cents: int
    payer: str
    quota: Fraction
    numbers: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonResult:
    """One person's statement: the lines sum to `total` (cents, never below zero); `debt` is what stays owed after this
    month."""

    person: str
    number: str
    lines: tuple[StatementLine, ...]
    total: int
    debt: int = 0


@dataclass(frozen=True)
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
class Result:
    """A month worked out: `left` is the good stock of each lot after the month (thousandths), `matches` in the order
    they were made (lot "" for what no lot covers), `lines` in the order of matching, `debts` what stays owed after the
    month, `written_off` what the reserve bears for good."""

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


def calculate(inputs: Inputs, scheme: Scheme) -> Result:
    """Work a month out: the same inputs in any order give the same result.

    Raises Refused when the inputs contradict themselves: row_twice, person_unknown, weight_zero, no_makers,
    return_form, return_unknown, lot_unknown, or what `ledger.core.sales.check_return` raises.
    """
    _check(inputs)
    matched = match(inputs.lots, inputs.lines, inputs.earlier)
    traced = trace(inputs.people, inputs.lots, inputs.lines, inputs.earlier, matched, scheme)
    people = sorted((person for person in inputs.people
                     if person.here_in(inputs.month) or person.ref in traced.proceeds), key=person_order)
    lines: dict[str, list[StatementLine]] = {person.ref: [] for person in people}
    context = Context(people, counted_days(inputs), traced.proceeds, traced.total, {person.ref: {} for person in
    people})
    carried = sum(_add_part(part, context, inputs.month, lines) for part in scheme.parts)
    for limit in scheme.limits:
        _add_cuts(limit, scheme, lines)
    settled = settle(people, {ref: sum(line.cents for line in own) for ref, own in lines.items()}, inputs.debts,
                     inputs.month, scheme.debt_share)
    _add_settled(settled, lines)
    owed = settled.owed
    results = tuple(PersonResult(person.ref, person.number, tuple(lines[person.ref]),
                                 sum(line.cents for line in lines[person.ref]), owed.get(person.ref, 0))
                    for person in people)
    worked, late = _line_results(inputs, matched, traced)
    unassigned = half_up(exact_sum(traced.unassigned.values()))
    identity = _identity(matched, results, inputs.carried_in, carried, unassigned)
    return Result(inputs.month, results, worked, matched.matches, traced.rows, matched.left, identity, late,
                  settled.debts, settled.written_off)


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
        if line.quantity == 0 or (line.quantity < 0) != bool(line.returns):
            raise Refused("return_form", text=f"{line.document}/{line.number}")
    for ref in sorted(({ref for ref, _ in makers} | {debt.person for debt in inputs.debts}) - known):
        raise Refused("person_unknown", person=ref)


def counted_days(inputs: Inputs) -> dict[str, list[Attendance]]:
    """The days that count for each person, in order: attended, within the month, between the person's first and last
    day."""
    people = {person.ref: person for person in inputs.people}
    first, end = inputs.month.first, inputs.month.end
    days: defaultdict[str, list[Attendance]] = defaultdict(list)
    for row in sorted(inputs.attendance, key=lambda one: one.day):
        person = people.get(row.person)
        attended = row.mark is Mark.ATTENDED and first <= row.day < end
        if attended and person is not None and person.here_on(row.day):
            days[row.person].append(row)
    return days


def _add_part(part: Part, context: Context, month: Month, lines: dict[str, list[StatementLine]]) -> int:
    """Work out one part for everybody; returns the pool's cents carried (less than the part's step)."""
    worked = part.rule.work(context)
    division = _divided(part, worked, context.people, month)
    for person in context.people:
        quota, numbers = worked.quotas[person.ref], dict(worked.numbers[person.ref])
        if division is None:
            cents = rounded(quota, part.rounding)
        else:
            cents = division.given[person.ref].cents
            numbers |= _why(division, person.ref, part.rounding.step)
        lines[person.ref].append(StatementLine(part.key, part.kind, cents, part.payer.value, quota, numbers))
        context.so_far[person.ref][part.key] = cents
    return division.carried if division and part.payer is Payer.POOL else 0


def _divided(part: Part, worked: Worked, people: Sequence[Person], month: Month) -> Division | None:
    if worked.divided is None:
        return None
    quotas = [Quota(person.ref, person.number, worked.quotas[person.ref]) for person in people]
    total = rounded(worked.divided, Rounding(part.rounding.mode, 1))
    return divide(quotas, month.index, total=total, step=part.rounding.step)


def _why(division: Division, ref: str, step: int) -> dict[str, Value]:
    """Why the person's last step went where it went."""
    given = division.given[ref]
    numbers: dict[str, Value] = {
        "whole": given.whole, "fraction": str(given.fraction), "extra": int(given.extra), "why": given.why.value,
        "sum": division.total, "leftover": division.leftover, "step": step}
    if given.tied:
        numbers |= {"tied": given.tied, "start": given.start, "place": given.place}
    return numbers


def _add_cuts(limit: Limit, scheme: Scheme, lines: dict[str, list[StatementLine]]) -> None:
    """Cut every total over the ceiling: the named part first, then the last written ones; each cut is a negative
    line."""
    order = [part for part in scheme.parts if part.key == limit.cuts]
    order += [part for part in reversed(scheme.parts) if part.key != limit.cuts]
    for own in lines.values():
        before = total = sum(line.cents for line in own)
        for part in order if total > limit.ceiling else ():
            left = sum(line.cents for line in own if part.key in (line.part, line.numbers.get("cuts")))
            cut = min(total - limit.ceiling, left)
            if cut > 0:
                payer = Payer.RESERVE if limit.returns is Returns.RESERVE else part.payer
                numbers: dict[str, Value] = {"ceiling": limit.ceiling, "before": before, "cuts": part.key}
                own.append(StatementLine(limit.key, "limit", -cut, payer.value, Fraction(-cut), numbers))
                total -= cut


def _add_settled(settled: Settled, lines: dict[str, list[StatementLine]]) -> None:
    for ref, cents in settled.lifted.items():
        numbers: dict[str, Value] = {"before": -cents}
        line = StatementLine("below_zero", "below_zero", cents, Payer.RESERVE.value, Fraction(cents), numbers)
        lines[ref].append(line)
    for ref, cents in settled.kept.items():
        numbers = {"before": settled.owed_before[ref], "most": settled.most[ref]}
        lines[ref].append(StatementLine("debt", "debt", -cents, Payer.RESERVE.value, Fraction(-cents), numbers))


def _line_results(inputs: Inputs, matched: Matched,
                  traced: Trace) -> tuple[tuple[LineResult, ...], tuple[LateMatch, ...]]:
    uncovered: defaultdict[str, int] = defaultdict(int)
    for one in matched.matches:
        if not one.lot:
            uncovered[one.line] += one.quantity
    zero = Fraction(0)
    lines = tuple(LineResult(key, amounts, uncovered[key], traced.unassigned.get(key, zero))
                  for key, amounts in matched.amounts.items())
    late = tuple(LateMatch(one.line.key, -uncovered[one.line.key], traced.unassigned[one.line.key])
                 for one in sorted(inputs.earlier, key=lambda one: line_order(one.line)) if uncovered[one.line.key])
    return lines, late


def _identity(matched: Matched, people: Sequence[PersonResult], carried_in: int, carried_out: int,
              unassigned: int) -> Identity:
    """The month's identity; the reserve takes what the pool has left and bears what its own lines say."""
    paid: defaultdict[str, int] = defaultdict(int)
    for person in people:
        for line in person.lines:
            paid[line.payer] += line.cents
    net = sum(amounts.net for amounts in matched.amounts.values())
    shared = sum(amounts.shared for amounts in matched.amounts.values())
    rest = shared + carried_in - paid["pool"] - unassigned - carried_out - paid["reserve"]
    return Identity(
        realised_net=net, deducted=net - shared, carried_in=carried_in,
        from_reserve=max(0, -rest), from_budget=paid["budget"],
        stipends=sum(person.total for person in people), withheld=0, to_reserve=max(0, rest), unassigned=unassigned,
        carried_out=carried_out)
