"""The pool of a month: what may be paid out, what happens when it is too little, and where its rest goes. Cents.

Payout share and reserve cap as in the German Werkstättenverordnung, paragraph 12: at least 70 % of the work result is paid out, the
reserve holds at most six months' pay.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from ledger.core.decided import Fund
from ledger.core.money import Division, Quota, divide, half_up
from ledger.core.periods import Month
from ledger.core.scheme_sections import Full, Left, Pool, Shortfall, Source
from ledger.core.statement import Sheet, StatementLine

POOL, BUDGET, RESERVE = "pool", "budget", "reserve"


@dataclass(frozen=True)
class PoolResult:
    """What the pool came to: `result` sales less costs, `available` what could be paid out, `paid` what it paid, `reserve_before`
    and `reserve_after` without funds, `room` what the reserve could still hold before (None: no cap)."""

    result: int
    costs: int
    available: int
    paid: int
    reserve_before: int
    reserve_after: int
    room: int | None


@dataclass(frozen=True)
class FundMove:
    """A fund's month: what it held, got, paid, and holds."""

    key: str
    before: int
    fed: int
    paid: int
    after: int


@dataclass(frozen=True)
class Opened:
    """The pool before any part: `shared` is what sales gave after materials, `kept` what stays unassigned."""

    pool: Pool
    shared: int
    kept: int
    carried_in: int
    reserve: int
    costs: int
    result: int
    available: int
    room: int | None


def open_pool(pool: Pool, shared: int, unassigned: int, carried_in: int, reserve: int,
              lookup: Callable[[str], Fraction]) -> Opened:
    """Work out what may be paid out (calculation.md section 4): rounded half up; costs are at most what was shared."""
    kept = unassigned if pool.source is Source.TRACED else 0
    costs = min(half_up(pool.costs.cents(lookup)), max(0, shared)) if pool.costs else 0
    result = max(0, shared - kept - costs) if pool != Pool() else shared - kept
    payout = half_up(result * pool.payout_share / 100)
    if pool.amount is not None:
        payout = half_up(pool.amount.cents(lookup))
    room = None
    if pool.reserve:
        cap = floor(pool.reserve.cap_months * pool.reserve.month_pay.cents(lookup))
        room = max(0, cap - reserve)
        if pool.reserve.full is Full.PAID_OUT and pool.source in (Source.TRACED, Source.SALES):
            payout += max(0, result - payout - room)
    return Opened(pool, shared, kept, carried_in, reserve, costs, result, payout + carried_in, room)


def cut_shortfall(opened: Opened, sheet: Sheet, month: Month) -> None:
    """When pool lines take more than there is and the scheme says so, everybody's sum is scaled to it; one line each."""
    rule = opened.pool.shortfall
    if rule not in (Shortfall.CUT, Shortfall.RESERVE_THEN_CUT):
        return
    sums = {person.ref: sheet.from_payer(person.ref, POOL) for person in sheet.people}
    asked = {ref: cents for ref, cents in sums.items() if cents > 0}
    there = opened.available + (max(0, opened.reserve) if rule is Shortfall.RESERVE_THEN_CUT else 0)
    there = max(0, there - sum(cents for cents in sums.values() if cents < 0))
    whole = sum(asked.values())
    if whole <= there:
        return
    quotas = [Quota(person.ref, person.number, Fraction(asked[person.ref] * there, whole)) for person in sheet.people
              if person.ref in asked]
    division = divide(quotas, month.index, total=there)
    for quota in quotas:
        cents = division.given[quota.person].cents - asked[quota.person]
        numbers = {"asked": asked[quota.person], "all": whole, "there": there, **why(division, quota.person, 1)}
        sheet.add(quota.person, StatementLine("shortfall", "shortfall", cents, POOL, quota.exact - asked[quota.person], numbers))


def why(division: Division, ref: str, step: int) -> dict[str, str | int]:
    """Why the person's last step went where it went."""
    given = division.given[ref]
    numbers: dict[str, str | int] = {
        "whole": given.whole, "fraction": str(given.fraction), "extra": int(given.extra), "why": given.why.value,
        "sum": division.total, "leftover": division.leftover, "step": step}
    if given.tied:
        numbers |= {"tied": given.tied, "start": given.start, "place": given.place}
    return numbers


@dataclass(frozen=True)
class Closed:
    """Where the month's money went besides people: `rest` into the reserve with its funds (below zero: out of it)."""

    from_budget: int
    carried_out: int
    rest: int
    funds: tuple[FundMove, ...]
    reserve_after: int


def close_pool(opened: Opened, sheet: Sheet, carried: int, before: Sequence[Fund], keys: Sequence[str]) -> Closed:
    """What the pool has left goes on as the scheme says; what is less than a step is carried (`carried` cents) when no other part
    took it. A fund below zero is topped up by the reserve."""
    pool, paid = opened.pool, sheet.paid
    from_budget, by_pool = paid[BUDGET], paid[POOL]
    if pool.source is Source.BUDGET:
        covered = min(by_pool, max(0, opened.available - opened.carried_in))
        from_budget, by_pool = from_budget + covered, by_pool - covered
    lack = max(0, paid[POOL] - opened.available)
    if pool.shortfall is Shortfall.BUDGET and lack:
        from_budget, by_pool = from_budget + lack, by_pool - lack
    there = opened.carried_in if pool.source is Source.BUDGET else opened.available
    spare = max(0, there - max(0, by_pool))
    carried = spare if pool.left is Left.CARRIED and pool.source is not Source.BUDGET else min(carried, spare)
    funds = fund_moves(before, keys, sheet)
    into_funds = sum(fund.after - fund.before for fund in funds)
    out = by_pool + paid[RESERVE] + sum(paid[key] for key in keys)
    rest = opened.shared - opened.costs + opened.carried_in - opened.kept - out - carried
    over = max(0, rest - into_funds - opened.room) if opened.room is not None else 0
    rest -= over
    return Closed(from_budget, carried + over, rest, funds, opened.reserve + rest - into_funds)


def fund_moves(before: Sequence[Fund], keys: Sequence[str], sheet: Sheet) -> tuple[FundMove, ...]:
    """The month of each fund of the scheme, and of those that an earlier scheme left something in."""
    held = {fund.key: fund.cents for fund in before}
    fed = dict.fromkeys([*keys, *held], 0)
    taken = dict(fed)
    for line in (line for own in sheet.lines.values() for line in own):
        if line.payer in fed:
            side = taken if line.cents > 0 else fed
            side[line.payer] += abs(line.cents)
    moves: Mapping[str, FundMove] = {
        key: FundMove(key, held.get(key, 0), fed[key], taken[key], max(0, held.get(key, 0) + fed[key] - taken[key])) for key in fed}
    return tuple(moves[key] for key in sorted(moves))
