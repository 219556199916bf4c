"""Goods by place: what was given to shops and brought back, scrapped, used, given away; counts; how much lies where now.

What lies somewhere is a sum over lots, sale lines and movements; none is kept. A movement is sealed; one that was a mistake is
taken back by another one that undoes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Index,
    Select,
    Text,
    UniqueConstraint,
    case,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from ledger.core.faults import Hidden
from ledger.core.periods import Month
from ledger.core.stock import SETTLING, Held
from ledger.core.till import Kind
from ledger.records.among import among, built_once, in_open_months, whole, within_scope
from ledger.records.base import Books, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.production import LotRow
from ledger.records.sales import SaleRow
from ledger.records.selling import SaleDocument
from ledger.records.types import Day, Instant, Key, Whole


class StockMove(Books, Scoped):
    """A movement of goods: thousandths that it adds to the store and to a shop (`customer_id`). `sale_ref` is the line that it
    settles, `count_ref` the count that found it, `undoes_ref` the movement that it takes back."""

    __tablename__ = "stock_move"
    kind: Mapped[str] = mapped_column(Text)
    product_id: Mapped[int] = mapped_column(Key)
    customer_id: Mapped[int | None] = mapped_column(Key)
    happened_on: Mapped[date] = mapped_column(Day)
    store: Mapped[int] = mapped_column(Whole)
    shop: Mapped[int] = mapped_column(Whole)
    sale_ref: Mapped[str] = mapped_column(Text, default="", index=True)
    count_ref: Mapped[str] = mapped_column(Text, default="", index=True)
    undoes_ref: Mapped[str | None] = mapped_column(Text, unique=True)
    said_ref: Mapped[str] = mapped_column(Text, default="")
    said_sha256: Mapped[str] = mapped_column(Text, default="")
    done_by: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        within("product_id", "product"), within("customer_id", "customer"),
        CheckConstraint("kind IN ('given', 'brought', 'scrap', 'own', 'gift', 'count', 'opening', 'explained')", name="kind"),
        CheckConstraint("CASE WHEN kind IN ('given', 'brought') THEN customer_id IS NOT NULL AND shop <> 0 AND store + shop = 0 "
                        "WHEN customer_id IS NULL THEN store <> 0 AND shop = 0 ELSE store = 0 AND shop <> 0 END", name="places"),
        CheckConstraint("kind = 'count' OR (undoes_ref IS NULL) = (CASE kind WHEN 'given' THEN shop WHEN 'brought' THEN store "
                        "WHEN 'opening' THEN store + shop WHEN 'explained' THEN store + shop ELSE -store - shop END > 0)",
                        name="direction"),
        CheckConstraint("undoes_ref IS NOT NULL OR said_ref <> '' OR kind IN ('given', 'brought', 'count')", name="says_why"),
        CheckConstraint("sale_ref = '' OR kind IN ('opening', 'explained')", name="settles"),
        CheckConstraint("(kind = 'count') = (count_ref <> '')", name="counted"),
        Index("ix_stock_move_workshop_id_product_id", "workshop_id", "product_id", "customer_id"), {"sqlite_strict": True})


class StockCount(Books, Scoped):
    """A count of the store or of a shop; with its reason when something differed."""

    __tablename__ = "stock_count"
    customer_id: Mapped[int | None] = mapped_column(Key)
    happened_on: Mapped[date] = mapped_column(Day)
    said_ref: Mapped[str] = mapped_column(Text, default="")
    said_sha256: Mapped[str] = mapped_column(Text, default="")
    counted_by: Mapped[str] = mapped_column(Text)
    counted_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (within("customer_id", "customer"), {"sqlite_strict": True})


class StockCounted(Books, Scoped):
    """A product in a count: what the books said lies there, what was found."""

    __tablename__ = "stock_counted"
    count_ref: Mapped[str] = mapped_column(Text)
    product_id: Mapped[int] = mapped_column(Key)
    expected: Mapped[int] = mapped_column(Whole)
    counted: Mapped[int] = mapped_column(Whole)
    __table_args__ = (
        UniqueConstraint("count_ref", "product_id"), within("product_id", "product"),
        CheckConstraint("counted >= 0", name="not_below_zero"), {"sqlite_strict": True})


@built_once
def _own(table: Any, scope: Scope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:  # Any: any table of a workshop
    return table.organisation_id == scope.organisation, table.workshop_id == scope.workshop


@built_once
def _moves(scope: Scope) -> Select[StockMove]:
    return select(StockMove).where(*_own(StockMove, scope))


# ---------- how much lies where ----------


def held(session: Session, scope: Scope, products: Collection[int] | None = None) -> dict[int, Held]:
    """What lies where of every product (or of these): made, sold and moved, summed up by the database. Six
    queries at most."""
    stores: dict[int, int] = {}
    shops: dict[int, dict[int, int]] = {}
    for product, quantity in _sums(session, scope, LotRow, LotRow.good, products):
        stores[product] = stores.get(product, 0) + int(quantity)
    for product, quantity in _sums(session, scope, SaleRow, SaleRow.quantity, products):
        stores[product] = stores.get(product, 0) - int(quantity)
    moved = select(StockMove.product_id, StockMove.customer_id, func.sum(StockMove.store), func.sum(StockMove.shop)).where(
        *_own(StockMove, scope)).group_by(StockMove.product_id, StockMove.customer_id)
    if products is not None:
        moved = moved.where(StockMove.product_id.in_(whole(session, products)))
    for product, customer, store, shop in session.execute(moved):
        stores[product] = stores.get(product, 0) + int(store)
        if customer is not None:
            shops.setdefault(product, {})[customer] = int(shop)
    for (customer, product), quantity in _reported(session, scope, products).items():
        own = shops.setdefault(product, {})
        stores[product] = stores.get(product, 0) + quantity
        own[customer] = own.get(customer, 0) - quantity
    return {product: Held(stores.get(product, 0), {key: left for key, left in shops.get(product, {}).items() if left})
            for product in stores.keys() | shops.keys()}


def _sums(session: Session, scope: Scope, table: Any, quantity: Any, products: Collection[int] | None) -> Iterable[Any]:
    query: Any = select(table.product_id, func.sum(quantity)).where(*_own(table, scope)).group_by(table.product_id)
    if products is not None:
        query = query.where(table.product_id.in_(whole(session, products)))
    return session.execute(query)


def _since(session: Session, scope: Scope, products: Collection[int] | None) -> Any:  # Any: a select of three columns
    """From which day on a shop's goods of a product are followed here: the first movement that was not taken back."""
    other = aliased(StockMove)
    query: Any = select(StockMove.customer_id, StockMove.product_id, func.min(StockMove.happened_on).label("first")).where(
        *_own(StockMove, scope), StockMove.shop != 0, StockMove.undoes_ref.is_(None),
        ~select(other.id).where(other.undoes_ref == StockMove.ref).exists()).group_by(StockMove.customer_id, StockMove.product_id)
    return query if products is None else query.where(StockMove.product_id.in_(whole(session, products)))


def followed(session: Session, scope: Scope, products: Collection[int] | None = None) -> dict[tuple[int, int], date]:
    """From which day on a shop's goods of a product are followed here, by shop and product."""
    return {(customer, product): first for customer, product, first in session.execute(_since(session, scope, products))}


def _reported(session: Session, scope: Scope, products: Collection[int] | None) -> dict[tuple[int, int], int]:
    """What reports of shops sold (less what came back there) out of the goods that lie in them, by shop and product. Three queries,
    one when nothing lies in shops."""
    since = followed(session, scope, products)
    if not since:
        return {}
    reports = {number: (customer or 0, day) for number, customer, day in session.execute(select(
        SaleDocument.number, SaleDocument.customer_id, SaleDocument.happened_on).where(
            SaleDocument.customer_id.in_(whole(session, {customer for customer, _product in since})),
            SaleDocument.kind == Kind.REPORT.value, within_scope(SaleDocument, scope)))}
    lines = session.execute(select(SaleRow.document, SaleRow.product_id, func.sum(SaleRow.quantity)).where(
        SaleRow.workshop_id == scope.workshop, SaleRow.organisation_id + 0 == scope.organisation,
        SaleRow.document.in_(among(session, reports)), SaleRow.product_id.in_(whole(session, {one for _customer, one in since})))
        .group_by(SaleRow.document, SaleRow.product_id))
    found: dict[tuple[int, int], int] = {}
    for number, product, quantity in lines:
        customer, day = reports[number or ""]
        first = since.get((customer, product))
        if first is not None and first <= day:
            found[customer, product] = found.get((customer, product), 0) + int(quantity)
    return found


@dataclass(frozen=True)
class Days:
    """What was made and sold of a product day by day, in the order of days; `returns` whether anything ever came back."""

    made: list[tuple[date, int]]
    sold: list[tuple[date, int]]
    returns: bool

    @property
    def short(self) -> bool:
        """Whether at some moment more was sold than had been made until then: only then may a line lack a lot."""
        made, left = iter([*self.made, (date.max, 0)]), 0
        day, quantity = next(made)
        for when, much in self.sold:
            while day <= when:
                left += quantity
                day, quantity = next(made)
            left -= much
            if left < 0:
                return True
        return False


def days_of(session: Session, scope: Scope, products: Collection[int], approved: Collection[Month] = (),
            earlier: Iterable[tuple[int, date, int]] = ()) -> dict[int, Days]:
    """What was made and sold day by day of these products in months that are not `approved`; what came back counts as sold less on
    its own day, after all sales of it. `earlier` (product, day, thousandths) counts as made too. Two queries over an index."""
    found: dict[int, Days] = {}
    back = func.min(SaleRow.quantity)
    sales: dict[int, tuple[list[tuple[date, int]], bool]] = {}
    for product, day, gone, came, least in session.execute(_by_day(session, scope, SaleRow, products, approved, (
            func.sum(case((SaleRow.quantity > 0, SaleRow.quantity), else_=0)),
            func.sum(case((SaleRow.quantity < 0, SaleRow.quantity), else_=0)), back))):
        own, returns = sales.get(product, ([], False))
        own += [(day, int(gone)), *([(day, int(came))] if came else [])]
        sales[product] = (own, returns or least < 0)
    made: dict[int, list[tuple[date, int]]] = {}
    by_day = session.execute(_by_day(session, scope, LotRow, products, approved, (func.sum(LotRow.good),)))
    for product, day, good in sorted([*earlier, *map(tuple, by_day)]):
        made.setdefault(product, []).append((day, int(good)))
    for product in made.keys() | sales.keys():
        sold, returns = sales.get(product, ([], False))
        found[product] = Days(made.get(product, []), sold, returns)
    return found


def _by_day(session: Session, scope: Scope, table: Any, products: Collection[int], approved: Collection[Month],
            sums: tuple[Any, ...]) -> Any:
    # + 0: with months that are approved, the index over months finds the few rows of the others, not one over products
    product = table.product_id + 0 if approved else table.product_id
    return select(product, table.happened_on, *sums).where(
        in_open_months(table, scope, approved), product.in_(whole(session, products))).group_by(
        product, table.happened_on).order_by(product, table.happened_on)


def left_of(session: Session, scope: Scope, products: Collection[int]) -> dict[int, int]:
    """Thousandths of these products in the store; below zero when more went out than was written down. Nothing for a product of
    which nothing was written down."""
    return {product: one.store for product, one in held(session, scope, products).items()}


def left_in_shop(session: Session, scope: Scope, customer_id: int, products: Collection[int], day: date) -> dict[int, int]:
    """Thousandths of these products that a shop's report of a day may sell: what lies in the shop, or in the store for a product
    that was never given to it before."""
    lies, since = held(session, scope, products), followed(session, scope, products)
    found = {}
    for product, one in lies.items():
        first = since.get((customer_id, product))
        found[product] = one.at(customer_id if first is not None and first <= day else None)
    return found


# ---------- movements ----------


def get_move(session: Session, scope: Scope, ref: str) -> StockMove:
    """A movement; raises Hidden outside the scope."""
    found = session.scalar(_moves(scope).where(StockMove.ref == ref))
    if found is None:
        raise Hidden
    return found


def moves_by_ref(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, StockMove]:
    """The movements with these references."""
    return {row.ref: row for row in session.scalars(select(StockMove).where(
        StockMove.ref.in_(among(session, refs)), within_scope(StockMove, scope)))}


def taken_back(session: Session, scope: Scope, refs: Collection[str]) -> set[str]:
    """Which of these movements were taken back."""
    return {ref for ref in session.scalars(select(StockMove.undoes_ref).where(
        StockMove.undoes_ref.in_(among(session, refs)), within_scope(StockMove, scope))) if ref}


def settled(session: Session, scope: Scope, sale_refs: Collection[str]) -> dict[str, int]:
    """Thousandths of these sale lines that somebody has explained, less what was taken back."""
    rows = session.execute(select(StockMove.sale_ref, func.sum(StockMove.store + StockMove.shop)).where(
        StockMove.sale_ref.in_(among(session, sale_refs)), StockMove.sale_ref != "", within_scope(StockMove, scope))
        .group_by(StockMove.sale_ref))
    return {ref: int(quantity) for ref, quantity in rows if quantity}


def settlements(session: Session, scope: Scope) -> list[StockMove]:
    """Everything that settles what was sold without a lot and was not taken back, the newest first."""
    other = aliased(StockMove)
    return list(session.scalars(_moves(scope).where(
        StockMove.kind.in_([one.value for one in SETTLING]), StockMove.undoes_ref.is_(None),
        ~select(other.id).where(other.undoes_ref == StockMove.ref).exists()).order_by(StockMove.id.desc())))


@dataclass(frozen=True)
class Happening:
    """A line of a product's history: `what` is lot, sale or move, the thousandths that it added everywhere together."""

    what: str
    ref: str
    day: date
    quantity: int


def history(session: Session, scope: Scope, product_id: int, *, skip: int = 0, limit: int = 50) -> list[Happening]:
    """What happened to a product, the newest day first: lots, sale lines and movements in one list."""
    every = _history(scope, product_id)
    rows = session.execute(select(every.c.what, every.c.ref, every.c.day, every.c.quantity).order_by(
        every.c.day.desc(), every.c.place, every.c.id.desc()).offset(skip).limit(limit))
    return [Happening(what, ref, day, int(quantity)) for what, ref, day, quantity in rows]


def count_history(session: Session, scope: Scope, product_id: int) -> int:
    """How many lines a product's history has."""
    return int(session.scalar(select(func.count()).select_from(_history(scope, product_id))) or 0)


def _history(scope: Scope, product_id: int) -> Any:  # Any: a subquery of six columns
    def part(place: int, what: str, table: Any, quantity: Any) -> Select[Any]:
        return select(literal(place).label("place"), literal(what).label("what"), table.id.label("id"), table.ref.label("ref"),
                      table.happened_on.label("day"), quantity.label("quantity")).where(
            *_own(table, scope), table.product_id == product_id)
    return union_all(part(0, "move", StockMove, StockMove.store + StockMove.shop), part(1, "sale", SaleRow, -SaleRow.quantity),
                     part(2, "lot", LotRow, LotRow.good)).subquery()


# ---------- counts ----------


def get_count(session: Session, scope: Scope, ref: str) -> StockCount:
    """A count; raises Hidden outside the scope."""
    found = session.scalar(select(StockCount).where(*_own(StockCount, scope), StockCount.ref == ref))
    if found is None:
        raise Hidden
    return found


def newest_counts(session: Session, scope: Scope, limit: int = 10) -> list[StockCount]:
    """The last counts, the newest first."""
    return list(session.scalars(select(StockCount).where(*_own(StockCount, scope)).order_by(StockCount.id.desc()).limit(limit)))


def counted_in(session: Session, scope: Scope, ref: str) -> list[StockCounted]:
    """The products of a count, in the order of the sheet."""
    return list(session.scalars(select(StockCounted).where(
        StockCounted.count_ref == ref, within_scope(StockCounted, scope)).order_by(StockCounted.id)))


def moves_of_count(session: Session, scope: Scope, ref: str) -> list[StockMove]:
    """The differences that a count found, as movements that were not taken back."""
    other = aliased(StockMove)
    return list(session.scalars(select(StockMove).where(
        StockMove.count_ref == ref, within_scope(StockMove, scope), StockMove.undoes_ref.is_(None),
        ~select(other.id).where(other.undoes_ref == StockMove.ref).exists()).order_by(StockMove.id)))
