"""What was made and sold, in sums: by product and day, and the time of the makers. The number of queries is constant."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Executable, and_, func, select
from sqlalchemy.orm import Session

from ledger.core.production import Mark, SharedBy
from ledger.core.seeing import Fact, Sums, Worked, worked
from ledger.records import sales, stock
from ledger.records.among import plain_rows, within_scope
from ledger.records.organisation import Scope
from ledger.records.production import AttendanceRow, LotRow, Maker, Product
from ledger.records.sales import SaleRow
from ledger.records.stipends import SealedSale


def made_between(session: Session, scope: Scope, first: date, last: date, *, daily: bool = True) -> list[Fact]:
    """What was made of each product on each day `first` to `last`, both inclusive; not `daily`: in all, under some day of it."""
    rows = session.execute(
        select(LotRow.product_id, func.min(LotRow.happened_on), func.sum(LotRow.good), func.sum(LotRow.rejects))
        .where(_between(LotRow, scope, first, last)).group_by(LotRow.product_id, *([LotRow.happened_on] if daily else [])))
    return [Fact(product, day, Sums(good=int(good), rejects=int(rejects))) for product, day, good, rejects in rows]


def _between(table: type[LotRow | SaleRow], scope: Scope, first: date, last: date) -> ColumnElement[bool]:
    """Rows of these days; the days narrow down far more than the workshop does."""
    return and_(table.happened_on >= first, table.happened_on <= last, within_scope(table, scope))


def sold_between(session: Session, scope: Scope, first: date, last: date, products: dict[int, Product], *,
                 daily: bool = True) -> list[Fact]:
    """What was sold of each product on each day, less what came back on it: approved months as they were sealed, open ones as they
    stand; not `daily`: the approved ones in all, under some day. Six queries at most."""
    wanted = _between(SaleRow, scope, first, last)
    sealed = and_(SealedSale.sale_ref == SaleRow.ref, within_scope(SealedSale, scope))
    rows = session.execute(
        select(SaleRow.product_id, func.min(SaleRow.happened_on), func.sum(SaleRow.quantity), func.sum(SealedSale.net_cents),
               func.sum(SealedSale.materials_cents)).join(SealedSale, sealed).where(wanted)
        .group_by(SaleRow.product_id, *([SaleRow.happened_on] if daily else [])))
    found = [Fact(product, day, Sums(sold=int(quantity), net=int(net), materials=int(materials)))
             for product, day, quantity, net, materials in rows]
    open_lines = sales.plain_lines(session, select(SaleRow).outerjoin(SealedSale, sealed).where(wanted, SealedSale.ref.is_(None)))
    amounts = stock.amounts_of(session, scope, open_lines, products)
    return found + [Fact(row.product_id, row.happened_on, Sums(
        sold=row.quantity, net=amounts[row.ref].net, materials=amounts[row.ref].materials)) for row in open_lines]


def last_sold(session: Session, scope: Scope) -> dict[int, date]:
    """The day on which each product was sold last, by its row number."""
    rows = session.execute(
        select(SaleRow.product_id, func.max(SaleRow.happened_on)).where(
            SaleRow.organisation_id == scope.organisation, SaleRow.workshop_id == scope.workshop, SaleRow.quantity > 0)
        .group_by(SaleRow.product_id))
    return dict(rows.all())


def worked_between(session: Session, scope: Scope, first: date, last: date) -> dict[int, Worked]:
    """The makers' time at what was made on these days, by the product's row number.

    A lot shared by minutes says its own. What is left of a maker's attended minutes of that day is divided equally among the other
    lots that the person had a hand in. Of a lot without makers, or with one whose minutes of the day are not written, it is
    unknown. One query.
    """
    return worked(plain_rows(session, _hands(scope, first, last)))


def _hands(scope: Scope, first: date, last: date) -> Executable:
    """Every share of every lot of these days with the attended minutes of its maker; a lot without makers has one row."""
    makers = and_(Maker.lot_id == LotRow.id, within_scope(Maker, scope))
    here = and_(AttendanceRow.participant_id == Maker.participant_id, AttendanceRow.happened_on == LotRow.happened_on,
                AttendanceRow.mark == Mark.ATTENDED.value, within_scope(AttendanceRow, scope))
    return (select(LotRow.product_id, LotRow.id, LotRow.shared_by == SharedBy.MINUTES.value, Maker.weight, AttendanceRow.id,
                   AttendanceRow.minutes)
            .select_from(LotRow).outerjoin(Maker, makers).outerjoin(AttendanceRow, here)
            .where(_between(LotRow, scope, first, last)))
