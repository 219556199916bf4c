"""What was made and sold, in sums: by product and day, and the time of the makers. The number of queries is constant."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from sqlalchemy import CTE, ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from ledger.core.production import Mark, SharedBy
from ledger.core.seeing import MINUTES_IN_THOUSANDTHS, Fact, Sums, Worked, minutes_of
from ledger.records import stock
from ledger.records.organisation import Scope
from ledger.records.production import AttendanceRow, LotRow, Maker, Product
from ledger.records.sales import SaleRow
from ledger.records.stipends import SealedSale


def made_between(session: Session, scope: Scope, first: date, last: date) -> list[Fact]:
    """What was made of each product on each day `first` to `last`, both inclusive."""
    rows = session.execute(
        select(LotRow.product_id, LotRow.happened_on, func.sum(LotRow.good), func.sum(LotRow.rejects))
        .where(_lots(scope, first, last)).group_by(LotRow.product_id, LotRow.happened_on))
    return [Fact(product, day, Sums(good=int(good), rejects=int(rejects))) for product, day, good, rejects in rows]


def _lots(scope: Scope, first: date, last: date) -> ColumnElement[bool]:
    return and_(LotRow.organisation_id == scope.organisation, LotRow.workshop_id == scope.workshop,
                LotRow.happened_on >= first, LotRow.happened_on <= last)


def sold_between(session: Session, scope: Scope, first: date, last: date, products: dict[int, Product]) -> list[Fact]:
    """What was sold of each product on each day, less what came back on it: approved months as they were sealed, open ones as they
    stand. Six queries at most."""
    wanted = and_(SaleRow.organisation_id == scope.organisation, SaleRow.workshop_id == scope.workshop,
                  SaleRow.happened_on >= first, SaleRow.happened_on <= last)
    sealed = and_(SealedSale.sale_ref == SaleRow.ref, SealedSale.workshop_id == SaleRow.workshop_id)
    rows = session.execute(
        select(SaleRow.product_id, SaleRow.happened_on, func.sum(SaleRow.quantity), func.sum(SealedSale.net_cents),
               func.sum(SealedSale.materials_cents)).join(SealedSale, sealed).where(wanted)
        .group_by(SaleRow.product_id, SaleRow.happened_on))
    found = [Fact(product, day, Sums(sold=int(quantity), net=int(net), materials=int(materials)))
             for product, day, quantity, net, materials in rows]
    open_lines = session.scalars(select(SaleRow).outerjoin(SealedSale, sealed).where(wanted, SealedSale.ref.is_(None))).all()
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
    unknown. Two queries.
    """
    hands = _hands(scope, first, last)
    days = _days(hands)
    written = hands.c.shared_by == SharedBy.MINUTES.value
    here = and_(AttendanceRow.participant_id == hands.c.person, AttendanceRow.happened_on == hands.c.day,
                AttendanceRow.mark == Mark.ATTENDED.value, AttendanceRow.minutes > 0,
                AttendanceRow.organisation_id == scope.organisation, AttendanceRow.workshop_id == scope.workshop)
    rest = AttendanceRow.minutes * MINUTES_IN_THOUSANDTHS - days.c.written
    among: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for product, others, left in session.execute(
            select(hands.c.product, days.c.others, func.sum(case((rest > 0, rest), else_=0)))
            .join(days, and_(days.c.person == hands.c.person, days.c.day == hands.c.day)).join(AttendanceRow, here)
            .where(~written).group_by(hands.c.product, days.c.others)):
        among[product][int(others)] = int(left)
    unknown = case((~written & AttendanceRow.id.is_(None), hands.c.lot))
    return {product: Worked(minutes_of(int(own), among[product]), int(lots), int(missing))
            for product, own, lots, missing in session.execute(
                select(hands.c.product, func.sum(case((written, hands.c.weight), else_=0)), func.count(hands.c.lot.distinct()),
                       func.count(unknown.distinct())).select_from(hands).outerjoin(AttendanceRow, here)
                .group_by(hands.c.product))}


def _hands(scope: Scope, first: date, last: date) -> CTE:
    """Every share of every lot of these days; a lot without makers has one row without a person."""
    return (select(LotRow.id.label("lot"), LotRow.product_id.label("product"), LotRow.happened_on.label("day"),
                   LotRow.shared_by.label("shared_by"), Maker.participant_id.label("person"),
                   func.coalesce(Maker.weight, 0).label("weight"))
            .outerjoin(Maker, and_(Maker.lot_id == LotRow.id, Maker.workshop_id == LotRow.workshop_id))
            .where(_lots(scope, first, last)).cte("hands"))


def _days(hands: CTE) -> CTE:
    """Each person's days: thousandths of minutes written with lots, and how many lots are without."""
    own = hands.c.shared_by == SharedBy.MINUTES.value
    return (select(hands.c.person, hands.c.day, func.sum(case((own, hands.c.weight), else_=0)).label("written"),
                   func.sum(case((own, 0), else_=1)).label("others"))
            .where(hands.c.person.is_not(None)).group_by(hands.c.person, hands.c.day).cte("days"))
