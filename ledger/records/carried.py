"""What approved months left to a month: lots with stock, sale lines without a lot, debts and carried cents, with what corrections
booked since then changed of it.

Read from the newest sealed run and the rows it names, never by looking through all history: what is not in it was used up before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, Row, func, select, union
from sqlalchemy.orm import Session

from ledger.core.canonical import read_plain
from ledger.core.corrections import debts_left
from ledger.core.debts import Debt
from ledger.core.decided import Fund
from ledger.core.frozen_text import parts_of
from ledger.core.periods import Month
from ledger.core.production import Move
from ledger.records import corrections, stipends
from ledger.records.among import among, listed, own_workshop, within_scope
from ledger.records.organisation import Scope, Workshop
from ledger.records.production import LotRow
from ledger.records.sales import SaleRow
from ledger.records.stipends import SealedMatch, SealedRun, SealedSale


@dataclass(frozen=True)
class Carried:
    """References of the lots in which something may be left and of the lines of approved months that may lack a lot; what is
    still owed, the cents carried out of the month before and what its funds held after it."""

    lots: frozenset[str]
    lines: frozenset[str]
    debts: tuple[Debt, ...]
    cents: int
    funds: tuple[Fund, ...]


def carried_into(session: Session, scope: Scope, month: Month) -> Carried:
    """What approved months left to this one."""
    lots: set[str] = set()
    lines: set[str] = set()
    before = _before(session, scope, month)
    result: dict[str, Any] = {}
    newest = _newest(session, scope)
    for run in newest:
        own = parts_of(run.result, "result", {"debts", "funds", "left"})
        lots |= {lot for lot, left in own["left"].items() if left}
        lines |= _open_lines(session, scope, run.run_ref) | _uncovered(session, scope, run.run_ref)
        result = own if run.month == before else result
    if before is not None and not result:
        [run] = session.execute(_columns().where(SealedRun.workshop_id.in_(own_workshop(scope)), SealedRun.month == before))
        newest, result = [run], parts_of(run.result, "result", {"debts", "funds"})
    debts = tuple(read_plain(Debt, debt) for debt in result.get("debts", ()))
    funds = {fund["key"]: int(fund["after"]) for fund in result.get("funds", ())}
    since = corrections.booked_since(session, scope, before, month)
    for key, cents in since.funds.items():
        funds[key] = max(0, funds.get(key, 0) + cents)
    return Carried(frozenset(lots), frozenset(lines), debts_left(debts, since.made, since.written_off),
                   sum(run.carried_out_cents for run in newest if run.month == before) + since.carried,
                   tuple(Fund(key, cents) for key, cents in funds.items()))


def left_over(session: Session, scope: Scope) -> tuple[set[str], set[str]]:
    """References of the lots in which approved months may have left something, and of their lines that may lack a lot."""
    lots: set[str] = set()
    lines: set[str] = set()
    for run in _newest(session, scope):
        lots |= {lot for lot, left in parts_of(run.result, "result", {"left"})["left"].items() if left}
        lines |= _open_lines(session, scope, run.run_ref) | _uncovered(session, scope, run.run_ref)
    return lots, lines


def _columns() -> Any:  # Any: a select of four columns
    return select(SealedRun.run_ref, SealedRun.month, SealedRun.result, SealedRun.carried_out_cents)


def _before(session: Session, scope: Scope, month: Month) -> str | None:
    return session.scalar(select(func.max(SealedRun.month)).where(
        SealedRun.workshop_id.in_(own_workshop(scope)), SealedRun.month < str(month)))


def _newest(session: Session, scope: Scope) -> list[Row[Any]]:
    """The run of the last approved month, with those that were approved after it (of months once declared empty)."""
    last = select(SealedRun.id).where(SealedRun.workshop_id.in_(own_workshop(scope))).order_by(
        SealedRun.month.desc()).limit(1).scalar_subquery()
    return list(session.execute(_columns().where(
        SealedRun.id >= last, SealedRun.workshop_id.in_(own_workshop(scope))).order_by(SealedRun.id)))


def _open_lines(session: Session, scope: Scope, run_ref: str) -> set[str]:
    """The lines of months before it that a run saw without a lot or returned."""
    keys = listed(session, SealedRun.inputs, "inputs.earlier", "line.key")
    return set(session.scalars(keys.where(SealedRun.run_ref == run_ref, SealedRun.workshop_id.in_(own_workshop(scope)))))


def _uncovered(session: Session, scope: Scope, run_ref: str) -> set[str]:
    return set(session.scalars(select(SealedSale.sale_ref).where(
        SealedSale.run_ref == run_ref, SealedSale.uncovered > 0, within_scope(SealedSale, scope))))


def lots_wanted(session: Session, scope: Scope, month: Month, refs: Collection[str]) -> CompoundSelect[Any]:
    """Row numbers of the lots with these references, and of all lots booked up to the month in months that are not approved."""
    approved = stipends.approved_months(session, scope)
    since = session.scalar(select(func.min(Workshop.books_from)).where(Workshop.id.in_(own_workshop(scope))))
    begins = Month.parse(since) if since else month
    months = [begins.plus(n) for n in range(month.index - begins.index + 1)]
    known = select(LotRow.id).where(LotRow.ref.in_(among(session, refs)), within_scope(LotRow, scope))
    booked = select(LotRow.id).where(within_scope(LotRow, scope), LotRow.booked_in.in_(
        [str(one) for one in months if one not in approved]))
    return union(known.where(LotRow.booked_in <= str(month)), booked)


@dataclass(frozen=True)
class Taken:
    """By the lot's reference: thousandths that approved months took out of it, and, where something came back, every move."""

    quantities: dict[str, int]
    moves: dict[str, tuple[Move, ...]]


def taken_from(session: Session, scope: Scope, refs: Collection[str]) -> Taken:
    """What approved months did with these lots."""
    rows = session.execute(
        select(SealedMatch.lot_ref, SealedMatch.sale_ref, SealedMatch.quantity).where(
            SealedMatch.lot_ref.in_(among(session, refs)), within_scope(SealedMatch, scope)).order_by(SealedMatch.id)).all()
    quantities: defaultdict[str, int] = defaultdict(int)
    for lot, _, quantity in rows:
        quantities[lot] += quantity
    back = {lot for lot, _, quantity in rows if quantity < 0}
    moved = [(lot, sale, quantity) for lot, sale, quantity in rows if lot in back]
    dated = select(SaleRow.ref, SaleRow.happened_on).where(
        SaleRow.ref.in_(among(session, {sale for _, sale, _ in moved})), within_scope(SaleRow, scope))
    days: dict[str, date] = dict(session.execute(dated).all()) if moved else {}
    moves: defaultdict[str, list[Move]] = defaultdict(list)
    for lot, sale, quantity in moved:
        moves[lot].append(Move(days[sale], quantity))
    return Taken(quantities, {lot: tuple(one) for lot, one in moves.items()})
