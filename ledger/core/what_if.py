"""What other rules would have given in months that are over: a scheme worked out over frozen inputs, month after month, beside what
came out then. Pure; nothing is kept. Cents.

A month that follows the one before it takes over what the new rules left there (debts, what is carried, reserve, funds); a month
that begins a stretch takes what the books say.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import chain

from ledger.core.decided import Fund
from ledger.core.faults import Refused
from ledger.core.money import half_up, natural
from ledger.core.people import PersonValue
from ledger.core.periods import Month
from ledger.core.scheme_sections import RefAmount
from ledger.core.schemes import Scheme
from ledger.core.stipends import Inputs, Result, calculate

MOST_MONTHS = 24
MOST_SCHEMES = 3


@dataclass(frozen=True)
class Outcome:
    """What a month came to: each person's total, what the reserve got (below zero: gave), what the budget gave, what was withheld,
    and what the reserve with its funds holds after it. `numbers` are people's numbers."""

    month: Month
    totals: Mapping[str, int]
    numbers: Mapping[str, str]
    to_reserve: int
    from_budget: int
    withheld: int
    reserve: int

    @property
    def total(self) -> int:
        """The month's stipends in all."""
        return sum(self.totals.values())


@dataclass(frozen=True)
class Figures:
    """What one set of rules gives in some months. A stipend is one person's total of one month: `count` of them, the smallest, the
    middle one (half up when it lies between two), the largest; None when there is none. `reserve` is what it holds at the end."""

    count: int
    least: int | None
    middle: int | None
    most: int | None
    total: int
    from_budget: int
    withheld: int
    to_reserve: int
    reserve: int

    @property
    def spread(self) -> int | None:
        """From the smallest stipend to the largest."""
        return None if self.most is None or self.least is None else self.most - self.least


@dataclass(frozen=True)
class Compared:
    """A person's sums over some months: then and by each of the tried rules; None where they have no stipend at all."""

    person: str
    number: str
    old: int | None
    new: tuple[int | None, ...]

    def difference(self, place: int) -> int:
        """New less old by the rules of that place; no stipend is 0."""
        return (self.new[place] or 0) - (self.old or 0)


def check_asked(months: Sequence[Month], schemes: int) -> None:
    """Raises Refused: no month or too many, no scheme or too many."""
    if not months:
        raise Refused("what_if_no_month", at="months")
    if len(set(months)) > MOST_MONTHS:
        raise Refused("what_if_many_months", at="months", most=MOST_MONTHS)
    if not schemes:
        raise Refused("what_if_no_scheme", at="schemes")
    if schemes > MOST_SCHEMES:
        raise Refused("what_if_many_schemes", at="schemes", most=MOST_SCHEMES)


def work_months(months: Sequence[Inputs], scheme: Scheme, holidays: Mapping[Month, Collection[date]]) -> tuple[Outcome, ...]:
    """The months worked out by a scheme, whatever its dates, oldest first. `holidays` are those of the scheme's calendar.

    Raises Refused: what_if_no_data for a month in which nobody was here and nothing was sold, and what `calculate` raises.
    """
    outcomes: list[Outcome] = []
    before: tuple[Inputs, Result] | None = None
    ordered = sorted(months, key=lambda one: one.month.index)
    for read in ordered:
        if not (read.attendance or read.lines or read.work):
            raise Refused("what_if_no_data", month=str(read.month))
        inputs = replace(read, holidays=tuple(sorted(holidays.get(read.month, ()))))
        if before is not None and before[1].month.plus(1) == read.month:
            inputs = handed_on(*before, inputs)
        result = calculate(inputs, as_if(scheme, ordered[0].month.first))
        outcomes.append(outcome(inputs, result))
        before = inputs, result
    return tuple(outcomes)


def as_if(scheme: Scheme, first: date) -> Scheme:
    """The scheme as if it had been in force since that day: its first reference amounts hold for the time before them."""
    since = min(scheme.in_force_from, first)
    return replace(scheme, in_force_from=since, before=None, amounts=tuple(_from_day(one, since) for one in scheme.amounts))


def _from_day(amount: RefAmount, first: date) -> RefAmount:
    earliest = min(amount.values, key=lambda one: one.since, default=None)
    if earliest is None or earliest.since <= first:
        return amount
    return replace(amount, values=tuple(replace(one, since=first) if one is earliest else one for one in amount.values))


def handed_on(earlier: Inputs, result: Result, inputs: Inputs) -> Inputs:
    """The next month's inputs with what the month before left under the tried rules instead of what the books say."""
    known = {person.ref for person in inputs.people}
    missing = {debt.person for debt in result.debts} - known
    return replace(
        inputs, debts=result.debts, carried_in=result.identity.carried_out, reserve=reserve_after(earlier, result),
        funds=tuple(Fund(fund.key, fund.after) for fund in result.funds),
        people=inputs.people + tuple(person for person in earlier.people if person.ref in missing))


def reserve_after(inputs: Inputs, result: Result) -> int:
    """What the reserve holds after a month, without its funds."""
    into_funds = sum(fund.after - fund.before for fund in result.funds)
    return inputs.reserve + result.identity.to_reserve - result.identity.from_reserve - into_funds


def outcome(inputs: Inputs, result: Result) -> Outcome:
    """A month's result in short."""
    one = result.identity
    held = reserve_after(inputs, result) + sum(fund.after for fund in result.funds)
    totals, numbers = ({person.person: person.total for person in result.people},
                       {person.person: person.number for person in result.people})
    return Outcome(result.month, totals, numbers, one.to_reserve - one.from_reserve, one.from_budget, one.withheld, held)


def figures(outcomes: Sequence[Outcome]) -> Figures:
    """The figures of some months under one set of rules, oldest month first."""
    sums = sorted(chain.from_iterable(one.totals.values() for one in outcomes))
    return Figures(
        len(sums), sums[0] if sums else None, middle(sums), sums[-1] if sums else None, sum(sums),
        sum(one.from_budget for one in outcomes), sum(one.withheld for one in outcomes), sum(one.to_reserve for one in outcomes),
        outcomes[-1].reserve if outcomes else 0)


def middle(sums: Sequence[int]) -> int | None:
    """The middle one of sorted sums; of an even number the mean of the two in the middle, half up."""
    if not sums:
        return None
    place = len(sums) // 2
    return sums[place] if len(sums) % 2 else half_up(Fraction(sums[place - 1] + sums[place], 2))


def compare(old: Sequence[Outcome], new: Sequence[Sequence[Outcome]]) -> tuple[Compared, ...]:
    """Everybody who has a stipend under any of the rules, by number: their sums over the months."""
    numbers = {ref: number for one in chain(old, *new) for ref, number in one.numbers.items()}
    before, tried = _sums(old), [_sums(one) for one in new]
    return tuple(Compared(ref, number, before.get(ref), tuple(sums.get(ref) for sums in tried))
                 for ref, number in sorted(numbers.items(), key=lambda one: (natural(one[1]), one[0])))


def _sums(outcomes: Iterable[Outcome]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in outcomes:
        for ref, cents in one.totals.items():
            sums[ref] = sums.get(ref, 0) + cents
    return sums


def moved(people: Sequence[Compared], place: int) -> tuple[int, int, int]:
    """How many gain, how many lose, and for how many nothing changes, by the rules of that place."""
    gains = sum(one.difference(place) > 0 for one in people)
    loses = sum(one.difference(place) < 0 for one in people)
    return gains, loses, len(people) - gains - loses


def with_values(inputs: Inputs, values: Iterable[PersonValue]) -> Inputs:
    """The inputs with people's own values out of the books. Of a name that somebody has only since later, the first value stands in
    for the time before it: otherwise no rule that asks for something new could be tried on a month that is over."""
    here = {person.ref for person in inputs.people}
    known: list[PersonValue] = []
    later: dict[tuple[str, str], PersonValue] = {}
    for one in sorted(values, key=lambda one: (one.person, one.name, one.since)):
        if one.person in here and one.since <= inputs.month.last:
            known.append(one)
        elif one.person in here:
            later.setdefault((one.person, one.name), one)
    for one in known:
        later.pop((one.person, one.name), None)
    return replace(inputs, values=(*known, *(replace(one, since=inputs.month.first) for one in later.values())))
