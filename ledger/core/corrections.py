"""A correction: an approved month worked out again with its late facts, less the run and all its earlier corrections. Pure; cents.

What a person is *to have* for a month is what their lines come to, without what the month lifted or kept back for debts: these are
settled from month to month and stay as they were. What a person *has* is that of the run, more by each plus, less by each debt.
A minus that the reserve bears leaves it: a later correction that finds more first gives the reserve back what it bore. A minus that
became a debt is given up by a later plus as far as it still stands: nobody is paid what they are at the same time asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledger.core.debts import Debt
from ledger.core.journal import Account, Entry, Leg, debt_legs, gathered, identity_legs
from ledger.core.money import natural
from ledger.core.periods import Month
from ledger.core.production import Mark
from ledger.core.schemes import Scheme
from ledger.core.statement import StatementLine
from ledger.core.stipends import Identity, Inputs, PersonResult, Result, calculate

SETTLING = frozenset({"below_zero", "debt"})
"""Kinds of lines that settle a total below zero and debts."""


@dataclass(frozen=True)
class LineChange:
    """A line of the statement then and now; None where it was not there."""

    before: StatementLine | None
    after: StatementLine | None

    @property
    def difference(self) -> int:
        """Now less then."""
        return (self.after.cents if self.after else 0) - (self.before.cents if self.before else 0)


@dataclass(frozen=True)
class Split:
    """What becomes of a difference: `plus` is paid to the person, `debt` is owed by the person, `borne` by the reserve (below zero:
    the reserve gets back what it bore before, and what it bore as a debt). difference = plus - debt - borne. `set_off` is how much
    of a debt that this month made before is given up, out of what the reserve gets back."""

    plus: int
    debt: int
    borne: int
    set_off: int = 0


@dataclass(frozen=True)
class Change:
    """One person: what they were to have before and after, and what they have (`held`, never less than before; with what is set off
    against a debt, for that stays with them)."""

    person: str
    number: str
    before: int
    after: int
    held: int
    lines: tuple[LineChange, ...]
    set_off: int = 0

    @property
    def difference(self) -> int:
        """After less before."""
        return self.after - self.before

    def split(self, *, as_debt: bool = False) -> Split:
        """A plus goes to the person, a minus to the reserve, or `as_debt` to the person; what was borne before stays borne."""
        if as_debt and self.difference < 0:
            return Split(0, -self.difference, 0)
        plus = max(0, self.after - self.held)
        return Split(plus, 0, plus - self.difference, self.set_off)


@dataclass(frozen=True)
class Counted:
    """How many more attended days and minutes and points (thousandths) a person has in the month than was known."""

    person: str
    days: int
    minutes: int
    points: int


def base_of(inputs: Inputs, scheme: Scheme, result: Result) -> tuple[Inputs, Result]:
    """An approved run as the first base of a chain: its matches fixed, no debts settled. Raises as `calculate` does."""
    fixed = replace(inputs, debts=(), fixed=result.matches)
    return fixed, calculate(fixed, scheme)


def earned(one: PersonResult) -> int:
    """What a statement's lines come to without settling; below zero when more was taken off than given."""
    return sum(line.cents for line in one.lines if line.kind not in SETTLING)


def held_after_run(result: Result) -> dict[str, int]:
    """What each person has after the run."""
    return {one.person: earned(one) for one in result.people}


def held_after(held: Mapping[str, int], splits: Iterable[tuple[str, Split]]) -> dict[str, int]:
    """What each person has after a correction."""
    now = dict(held)
    for person, split in splits:
        now[person] = now.get(person, 0) + split.plus - split.debt
    return now


def changes(before: Result, after: Result, held: Mapping[str, int], owed: Mapping[str, int] | None = None) -> tuple[Change, ...]:
    """Everybody for whom a line is another, by number; `owed` is against how much of earlier debts a plus may be set off."""
    then, now = ({one.person: one for one in result.people} for result in (before, after))
    numbers = {one.person: one.number for one in (*before.people, *after.people)}
    found = []
    for ref in sorted(numbers, key=lambda one: (natural(numbers[one]), one)):
        lines = _lines(then.get(ref), now.get(ref))
        if any(line.difference for line in lines):
            was, is_now = (earned(one) if one else 0 for one in (then.get(ref), now.get(ref)))
            has = held.get(ref, 0)
            set_off = min((owed or {}).get(ref, 0), max(0, is_now - has))
            found.append(Change(ref, numbers[ref], was, is_now, has + set_off, lines, set_off))
    return tuple(found)


def _lines(before: PersonResult | None, after: PersonResult | None) -> tuple[LineChange, ...]:
    """The lines side by side, in the order of the new statement; those that are gone after them."""
    then = _by_place(before)
    now = _by_place(after)
    order = [*now, *(place for place in then if place not in now)]
    return tuple(LineChange(then.get(place), now.get(place)) for place in order)


def _by_place(one: PersonResult | None) -> dict[tuple[str, str, str, int], StatementLine]:
    """Lines by part, kind and payer, and which of several they are."""
    found: dict[tuple[str, str, str, int], StatementLine] = {}
    counts: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for line in one.lines if one else ():
        if line.kind in SETTLING:
            continue
        key = line.part, line.kind, line.payer
        found[*key, counts[key]] = line
        counts[key] += 1
    return found


def identity_of(before: Identity, after: Identity, plus: int) -> Identity:
    """The differences as an identity: `stipends` is what is paid to people (`plus`), the reserve bears or gets the rest."""
    diff = {name: getattr(after, name) - getattr(before, name)
            for name in ("realised_net", "deducted", "carried_in", "from_budget", "withheld", "unassigned", "carried_out")}
    rest = (diff["realised_net"] - diff["deducted"] + diff["carried_in"] + diff["from_budget"]
            - plus - diff["withheld"] - diff["unassigned"] - diff["carried_out"])
    return Identity(**diff, stipends=plus, from_reserve=max(0, -rest), to_reserve=max(0, rest))


def fund_moves(before: Result, after: Result) -> dict[str, int]:
    """How much more each fund holds; funds without a difference are left out."""
    then, now = ({fund.key: fund.after - fund.before for fund in result.funds} for result in (before, after))
    moves = {key: now.get(key, 0) - then.get(key, 0) for key in sorted({*then, *now})}
    return {key: cents for key, cents in moves.items() if cents}


def counted(before: Inputs, after: Inputs) -> tuple[Counted, ...]:
    """For sums over the year: whose attended days, minutes and points are others now."""
    then, now = _counts(before), _counts(after)
    zero = (0, 0, 0)
    found = []
    for ref in sorted({*then, *now}):
        days, minutes, points = (new - old for new, old in zip(now.get(ref, zero), then.get(ref, zero), strict=True))
        if days or minutes or points:
            found.append(Counted(ref, days, minutes, points))
    return tuple(found)


def _counts(inputs: Inputs) -> dict[str, tuple[int, int, int]]:
    sums: dict[str, tuple[int, int, int]] = {}
    for row in inputs.attendance:
        if row.mark is Mark.ATTENDED:
            days, minutes, points = sums.get(row.person, (0, 0, 0))
            sums[row.person] = days + 1, minutes + row.minutes, points
    for work in inputs.work:
        days, minutes, points = sums.get(work.person, (0, 0, 0))
        sums[work.person] = days, minutes, points + work.points
    return sums


def debt_since(booked: Month) -> Month:
    """A debt made by a correction counts as of the month before the one that books it, so that three stipends may keep it back."""
    return booked.plus(-1)


def debts_left(debts: Sequence[Debt], made: Iterable[Debt], written_off: Iterable[Debt]) -> tuple[Debt, ...]:
    """What a month takes over: what the last run left, with what corrections made since, less what was written off."""
    sums: defaultdict[tuple[str, Month], int] = defaultdict(int)
    for debt in (*debts, *made):
        sums[debt.person, debt.since] += debt.cents
    for debt in written_off:
        sums[debt.person, debt.since] -= debt.cents
    return tuple(Debt(person, cents, since) for (person, since), cents in sorted(sums.items()) if cents > 0)


DebtSums = Mapping[tuple[str, Month], int]
"""Cents of debts by person and the month they count as of."""


def given_up(made: DebtSums, off: DebtSums) -> dict[str, int]:
    """How much of the debts that a chain made nobody asks for any more, by person: it stayed with them. `off` is what was given up
    of all debts of that person and month."""
    sums: defaultdict[str, int] = defaultdict(int)
    for key, cents in made.items():
        sums[key[0]] += min(cents, off.get(key, 0))
    return dict(sums)


def may_set_off(made: DebtSums, off: DebtSums, left: Iterable[Debt]) -> tuple[Debt, ...]:
    """The debts against which a plus of a chain is set off: what it made itself, as far as it still stands; oldest first."""
    found = (Debt(one.person, min(one.cents, made.get((one.person, one.since), 0) - off.get((one.person, one.since), 0)), one.since)
             for one in sorted(left, key=lambda one: (one.person, one.since)))
    return tuple(one for one in found if one.cents > 0)


def set_off(owed: Iterable[Debt], changed: Iterable[Change]) -> tuple[Debt, ...]:
    """What is given up of each debt by these changes, the oldest first."""
    room = {one.person: one.set_off for one in changed}
    found = []
    for debt in owed:
        cents = min(debt.cents, room.get(debt.person, 0))
        if cents:
            room[debt.person] -= cents
            found.append(Debt(debt.person, cents, debt.since))
    return tuple(found)


def may_be_debt(change: Change, own: Collection[str]) -> bool:
    """Whether the minus may be the person's: only where their own record was wrong."""
    return change.difference < 0 and change.person in own


# ---------- in the journal ----------


@dataclass(frozen=True)
class Difference:
    """What a correction books: the month then and now, the channel of each sale line, what becomes of each person's difference, and
    what it gives up of debts."""

    before: Result
    after: Result
    channels: Mapping[str, str]
    splits: tuple[tuple[str, Split], ...]
    set_off: tuple[Debt, ...]

    @property
    def identity(self) -> Identity:
        """The differences as an identity of the month."""
        return identity_of(self.before.identity, self.after.identity, sum(what.plus for _, what in self.splits))


def entry_of(ref: str, day: date, booked: Month, moved: Difference) -> Entry:
    """One entry: what is owed to people more, the differences of the month, what people owe, and of sales that were others; without
    legs when nothing is another."""
    made = [Debt(person, what.debt, debt_since(booked)) for person, what in moved.splits if what.debt]
    legs = [Leg(Account.PAYABLE, -what.plus, person=person) for person, what in moved.splits]
    legs += identity_legs(moved.identity, fund_moves(moved.before, moved.after)) + debt_legs(moved.set_off, made)
    legs += _sales_legs(moved)
    return Entry("correction", day, booked, "correction", ref, gathered(legs))


def _sales_legs(moved: Difference) -> list[Leg]:
    """What sale lines came to more: to come in, sales, VAT."""
    before = {line.line: line.amounts for line in moved.before.lines}
    legs: list[Leg] = []
    for line in moved.after.lines:
        gross, net = line.amounts.gross - before[line.line].gross, line.amounts.net - before[line.line].net
        channel = moved.channels[line.line]
        legs += [Leg(Account.RECEIVABLES, gross, detail=channel), Leg(Account.SALES, -net, detail=channel),
                 Leg(Account.VAT, net - gross)]
    return legs
