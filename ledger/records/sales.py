"""What was sold: sale lines and returns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, Index, Select, Text, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.faults import Hidden
from ledger.core.periods import Month
from ledger.records.among import among, built_once, plain_rows, whole, within_scope
from ledger.records.base import Books, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.types import Cents, Day, Instant, Key, Whole


class SaleRow(Books, Scoped):
    """A line of a sale: quantity in thousandths (below zero: a return that names its line), price with VAT in cents a unit,
    discount and VAT in thousandths of a percent; `off_cents` is the line's part of its document's discount. `document` and
    `number` are empty for what was logged by hand."""

    __tablename__ = "sale_line"
    document: Mapped[str | None] = mapped_column(Text)
    number: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    product_id: Mapped[int] = mapped_column(Key, index=True)
    happened_on: Mapped[date] = mapped_column(Day, index=True)
    booked_in: Mapped[str] = mapped_column(Text, index=True)
    quantity: Mapped[int] = mapped_column(Whole)
    price_cents: Mapped[int] = mapped_column(Cents)
    discount: Mapped[int] = mapped_column(Whole, default=0)
    off_cents: Mapped[int | None] = mapped_column(Cents)
    vat: Mapped[int] = mapped_column(Whole, default=0)
    returns_id: Mapped[int | None] = mapped_column(Key, index=True)
    logged_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Whole, default=1)
    __table_args__ = (
        UniqueConstraint("workshop_id", "document", "number"), UniqueConstraint("workshop_id", "id"),
        within("product_id", "product"), within("returns_id", "sale_line"),
        CheckConstraint("quantity <> 0 AND ((quantity < 0) = (returns_id IS NOT NULL))", name="return_names_its_line"),
        CheckConstraint("price_cents >= 0", name="not_below_zero"),
        CheckConstraint("discount BETWEEN 0 AND 100000 AND vat BETWEEN 0 AND 100000", name="percent"),
        Index("ix_sale_line_stock", "workshop_id", "product_id", "happened_on", "booked_in", "quantity", "organisation_id"),
        Index("ix_sale_line_workshop_id_booked_in_happened_on", "workshop_id", "booked_in", "happened_on"),
        {"sqlite_strict": True})


@built_once
def _lines(scope: Scope) -> Select[SaleRow]:
    return select(SaleRow).where(SaleRow.organisation_id == scope.organisation, SaleRow.workshop_id == scope.workshop)


def plain_lines(session: Session, query: Select[SaleRow]) -> list[SaleRow]:
    """Lines to be read only: they have the columns of a line, without what a session keeps of each. For sums over hundreds."""
    return cast(list[SaleRow], session.execute(query.with_only_columns(*SaleRow.__table__.columns)).all())


def lines_of(session: Session, scope: Scope, month: Month) -> list[SaleRow]:
    """The lines booked in a month, in the order of saving."""
    return list(session.scalars(select(SaleRow).where(
        SaleRow.booked_in == str(month), within_scope(SaleRow, scope)).order_by(SaleRow.id)))


def lines_between(session: Session, scope: Scope, first: date, last: date) -> list[SaleRow]:
    """The lines of the days `first` to `last`, both inclusive."""
    return list(session.scalars(select(SaleRow).where(
        SaleRow.happened_on >= first, SaleRow.happened_on <= last, within_scope(SaleRow, scope))
        .order_by(SaleRow.happened_on, SaleRow.id)))


def newest_of_day(session: Session, scope: Scope, day: date, most: int | None) -> tuple[list[SaleRow], int]:
    """The lines of a day, what was written down last first: so many (None: all), and how many there are. One query."""
    rows = session.execute(_newest_of_day(scope, most is not None), {"day": day} | ({} if most is None else {"most": most})).all()
    return [row for row, _count in rows], rows[0][1] if rows else 0


@built_once
def _newest_of_day(scope: Scope, some: bool) -> Select[SaleRow, int]:
    query = select(SaleRow, func.count().over()).where(
        SaleRow.happened_on == bindparam("day"), within_scope(SaleRow, scope)).order_by(SaleRow.logged_at.desc(), SaleRow.id.desc())
    return query.limit(bindparam("most")) if some else query


def lines_by_id(session: Session, scope: Scope, ids: list[int]) -> dict[int, SaleRow]:
    """The lines with these row numbers."""
    return {row.id: row for row in session.scalars(_lines(scope).where(SaleRow.id.in_(ids)))}


def lines_by_ref(session: Session, scope: Scope, refs: list[str]) -> dict[str, SaleRow]:
    """The lines with these references."""
    return {row.ref: row for row in session.scalars(_lines(scope).where(SaleRow.ref.in_(refs)))}


def lines_by_document(session: Session, scope: Scope, documents: list[str]) -> list[SaleRow]:
    """The lines of these documents."""
    return list(session.scalars(_lines(scope).where(SaleRow.document.in_(among(session, documents)))))


def line_ids(session: Session, scope: Scope, documents: Iterable[str]) -> dict[tuple[str, str], int]:
    """Row numbers of the lines of these documents, by document and number."""
    rows = plain_rows(session, _lines(scope).with_only_columns(SaleRow.document, SaleRow.number, SaleRow.id).where(
        SaleRow.document.in_(among(session, documents)), SaleRow.number.is_not(None)))
    return {(document, number): row_id for document, number, row_id in rows}


def all_lines(session: Session, scope: Scope) -> list[SaleRow]:
    """Every line of the workshop, in the order of saving."""
    return list(session.scalars(_lines(scope).order_by(SaleRow.id)))


def returns_of(session: Session, scope: Scope, ids: list[int]) -> list[SaleRow]:
    """The returns that take back these lines."""
    return list(session.scalars(select(SaleRow).where(
        SaleRow.returns_id.in_(whole(session, ids)), within_scope(SaleRow, scope)).order_by(SaleRow.id)))


def get_line(session: Session, scope: Scope, ref: str) -> SaleRow:
    """The line with this reference; raises Hidden outside the scope."""
    found = session.scalar(_lines(scope).where(SaleRow.ref == ref))
    if found is None:
        raise Hidden
    return found


def line_days(session: Session, scope: Scope, month: Month) -> dict[date, int]:
    """How many sale lines each day of the month has, where it has any."""
    rows = session.execute(
        select(SaleRow.happened_on, func.count()).where(
            SaleRow.happened_on >= month.first, SaleRow.happened_on <= month.last, within_scope(SaleRow, scope))
        .group_by(SaleRow.happened_on))
    return dict(rows.all())


def sold_since(session: Session, scope: Scope, product_id: int, day: date) -> bool:
    """Whether anything of a product was sold on this day or later."""
    return session.scalar(_lines(scope).with_only_columns(SaleRow.id).where(
        SaleRow.product_id == product_id, SaleRow.happened_on >= day).limit(1)) is not None
