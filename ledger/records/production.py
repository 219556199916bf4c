"""What was made: products with dated prices, attendance, lots with their makers. Reads for pages and for the calculation."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, lazyload, mapped_column, relationship

from ledger.core.faults import Hidden
from ledger.core.money import natural
from ledger.core.periods import Month
from ledger.records.among import among, built_once, plain_rows, whole, within_scope
from ledger.records.base import Books, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.people import Participant
from ledger.records.types import Cents, Day, Flag, Instant, Key, Whole

ALWAYS = date(1900, 1, 1)
"""From when a product's first price holds."""


class Product(Books, Scoped):
    """A product or service; `picture` is one of the product's own signs, `photo_ref` its photo where it has one."""

    __tablename__ = "product"
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    service: Mapped[bool] = mapped_column(Flag, default=False)
    picture: Mapped[str] = mapped_column(Text, default="kitas")
    photo_ref: Mapped[str | None] = mapped_column(Text)
    prices: Mapped[list[Price]] = relationship(
        lambda: Price, order_by=lambda: Price.valid_from, lazy="selectin", foreign_keys=lambda: Price.product_id)
    __table_args__ = (
        UniqueConstraint("workshop_id", "code"), UniqueConstraint("workshop_id", "id"),
        CheckConstraint("unit IN ('vnt', 'kg')", name="unit"), {"sqlite_strict": True})

    def on(self, day: date) -> Price:
        """The price and materials that hold on a day."""
        return [price for price in self.prices if price.valid_from <= day][-1]


class Price(Books, Scoped):
    """Price with VAT and material cost of a unit from a day on, in cents."""

    __tablename__ = "product_price"
    product_id: Mapped[int] = mapped_column(Key, ForeignKey("product.id"), index=True)
    valid_from: Mapped[date] = mapped_column(Day)
    price_cents: Mapped[int] = mapped_column(Cents)
    material_cents: Mapped[int] = mapped_column(Cents)
    __table_args__ = (
        UniqueConstraint("product_id", "valid_from"), within("product_id", "product"),
        CheckConstraint("price_cents >= 0 AND material_cents >= 0", name="not_below_zero"), {"sqlite_strict": True})


class AttendanceRow(Books, Scoped):
    """One person's day: minutes and mark; `booked_in` is the month that books it."""

    __tablename__ = "attendance"
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    happened_on: Mapped[date] = mapped_column(Day)
    booked_in: Mapped[str] = mapped_column(Text, index=True)
    minutes: Mapped[int] = mapped_column(Whole)
    mark: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Whole, default=1)
    __table_args__ = (
        UniqueConstraint("participant_id", "happened_on"), within("participant_id", "participant"),
        CheckConstraint("minutes BETWEEN 0 AND 1440", name="minutes"),
        CheckConstraint("mark IN ('D', 'L', 'K', 'N')", name="mark"), {"sqlite_strict": True})


class LotRow(Books, Scoped):
    """A lot: good and rejected thousandths of one product made on one day; `number` is empty when logged by hand."""

    __tablename__ = "lot"
    number: Mapped[str | None] = mapped_column(Text)
    product_id: Mapped[int] = mapped_column(Key, index=True)
    happened_on: Mapped[date] = mapped_column(Day, index=True)
    booked_in: Mapped[str] = mapped_column(Text, index=True)
    good: Mapped[int] = mapped_column(Whole)
    rejects: Mapped[int] = mapped_column(Whole, default=0)
    shared_by: Mapped[str] = mapped_column(Text, default="equal")
    logged_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Whole, default=1)
    makers: Mapped[list[Maker]] = relationship(
        lambda: Maker, order_by=lambda: Maker.id, lazy="selectin", foreign_keys=lambda: Maker.lot_id, cascade="all, delete-orphan")
    __table_args__ = (
        UniqueConstraint("workshop_id", "number"), UniqueConstraint("workshop_id", "id"), within("product_id", "product"),
        # what was made of each product, answered without walking over the rows
        Index("ix_lot_stock", "workshop_id", "product_id", "happened_on", "booked_in", "good", "organisation_id"),
        CheckConstraint("good >= 0 AND rejects >= 0", name="not_below_zero"), {"sqlite_strict": True})


class Maker(Books, Scoped):
    """A maker's share of a lot, in thousandths, above zero."""

    __tablename__ = "lot_maker"
    lot_id: Mapped[int] = mapped_column(Key, ForeignKey("lot.id"), index=True)
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    weight: Mapped[int] = mapped_column(Whole)
    __table_args__ = (
        UniqueConstraint("lot_id", "participant_id"), within("lot_id", "lot"), within("participant_id", "participant"),
        CheckConstraint("weight > 0", name="above_zero"), {"sqlite_strict": True})


def products(session: Session, scope: Scope) -> list[Product]:
    """The workshop's products with their prices, by code. One query."""
    return sorted(session.scalars(_products(scope)).unique(), key=lambda row: natural(row.code))


@built_once
def _products(scope: Scope) -> Select[Product]:
    return select(Product).options(joinedload(Product.prices)).where(
        Product.organisation_id == scope.organisation, Product.workshop_id == scope.workshop)


def get_product(session: Session, scope: Scope, ref: str) -> Product:
    """The product with this reference; raises Hidden outside the scope."""
    found = session.scalar(select(Product).where(
        Product.ref == ref, Product.organisation_id == scope.organisation, Product.workshop_id == scope.workshop))
    if found is None:
        raise Hidden
    return found


@built_once
def _attendance(scope: Scope) -> Select[AttendanceRow]:
    return select(AttendanceRow).where(
        AttendanceRow.organisation_id == scope.organisation, AttendanceRow.workshop_id == scope.workshop)


def _attended_between(scope: Scope) -> ColumnElement[bool]:
    """Attendance of the days `first` to `last`, found person by person: their days are indexed, ten years of a workshop are not
    walked through."""
    return and_(AttendanceRow.participant_id.in_(_people(scope)), AttendanceRow.happened_on >= bindparam("first"),
                AttendanceRow.happened_on <= bindparam("last"), within_scope(AttendanceRow, scope))


@built_once
def _people(scope: Scope) -> Select[int]:
    return select(Participant.id).where(
        Participant.organisation_id == scope.organisation, Participant.workshop_id == scope.workshop)


def attendance_between(session: Session, scope: Scope, first: date, last: date) -> list[AttendanceRow]:
    """Attendance of the days `first` to `last`, both inclusive, by day."""
    return list(session.scalars(_attendance_between(scope), {"first": first, "last": last}))


@built_once
def _attendance_between(scope: Scope) -> Select[AttendanceRow]:
    return select(AttendanceRow).where(_attended_between(scope)).order_by(AttendanceRow.happened_on, AttendanceRow.id)


def days_of(session: Session, scope: Scope, participant_id: int) -> list[date]:
    """The days on which a person has a mark or a share of a lot, in order."""
    marked = _attendance(scope).with_only_columns(AttendanceRow.happened_on).where(AttendanceRow.participant_id == participant_id)
    made = _lots(scope).with_only_columns(LotRow.happened_on).join(Maker, Maker.lot_id == LotRow.id).where(
        Maker.participant_id == participant_id)
    return sorted({*session.scalars(marked), *session.scalars(made)})


def find_attendance(session: Session, scope: Scope, participant_id: int, day: date) -> AttendanceRow | None:
    """One person's day, if it was written down."""
    return session.scalar(_attendance(scope).where(
        AttendanceRow.participant_id == participant_id, AttendanceRow.happened_on == day))


@built_once
def _lots(scope: Scope) -> Select[LotRow]:
    return select(LotRow).where(LotRow.organisation_id == scope.organisation, LotRow.workshop_id == scope.workshop)


def lots_between(session: Session, scope: Scope, first: date, last: date, *, makers: bool = True) -> list[LotRow]:
    """Lots made on the days `first` to `last`, both inclusive, in the order of saving; without `makers` those are read later, for
    the few that are shown (`makers_of`)."""
    return list(session.scalars(_lots_between(scope, makers), {"first": first, "last": last}))


@built_once
def _lots_between(scope: Scope, makers: bool) -> Select[LotRow]:
    return select(LotRow).where(
        LotRow.happened_on >= bindparam("first"), LotRow.happened_on <= bindparam("last"), within_scope(LotRow, scope)).options(
        *() if makers else (lazyload(LotRow.makers),)).order_by(LotRow.happened_on, LotRow.id)


def newest_of_day(session: Session, scope: Scope, day: date, most: int | None) -> tuple[list[LotRow], int]:
    """The lots made on a day, what was written down last first: so many (None: all), and how many there are. Two queries."""
    rows = session.execute(_newest_of_day(scope, most is not None), {"day": day} | ({} if most is None else {"most": most})).all()
    return [row for row, _count in rows], rows[0][1] if rows else 0


@built_once
def _newest_of_day(scope: Scope, some: bool) -> Select[LotRow, int]:
    query = select(LotRow, func.count().over()).where(
        LotRow.happened_on == bindparam("day"), within_scope(LotRow, scope)).order_by(LotRow.logged_at.desc(), LotRow.id.desc())
    return query.limit(bindparam("most")) if some else query


def makers_of(session: Session, scope: Scope, ids: Collection[int]) -> dict[int, list[Maker]]:
    """Who made these lots, by the lots' row numbers."""
    found: dict[int, list[Maker]] = {}
    query = select(Maker).where(Maker.lot_id.in_(whole(session, ids)), within_scope(Maker, scope)).order_by(Maker.id)
    for one in session.scalars(query):
        found.setdefault(one.lot_id, []).append(one)
    return found


def lots_until(session: Session, scope: Scope, month: Month) -> list[LotRow]:
    """All lots booked in the month or before."""
    return list(session.scalars(_lots(scope).where(LotRow.booked_in <= str(month)).order_by(LotRow.id)))


def lots_by_number(session: Session, scope: Scope, numbers: list[str]) -> dict[str, LotRow]:
    """Lots with these numbers."""
    rows = session.scalars(_lots(scope).where(LotRow.number.in_(among(session, numbers))))
    return {row.number: row for row in rows if row.number}


def lot_ids(session: Session, scope: Scope, numbers: list[str]) -> dict[str, int]:
    """Row numbers of the lots with these numbers."""
    rows = plain_rows(session, _lots(scope).with_only_columns(LotRow.number, LotRow.id).where(
        LotRow.number.in_(among(session, numbers))))
    return dict(rows)


def lots_by_ref(session: Session, scope: Scope, refs: list[str]) -> dict[str, LotRow]:
    """Lots with these references, makers included."""
    return {row.ref: row for row in session.scalars(_lots(scope).where(LotRow.ref.in_(refs)))}


def shared_by_lot(session: Session, scope: Scope) -> dict[str, str]:
    """How the makers of each lot share it, by the lot's reference."""
    rows = session.execute(select(LotRow.ref, LotRow.shared_by).where(
        LotRow.organisation_id == scope.organisation, LotRow.workshop_id == scope.workshop))
    return dict(rows.all())


def get_lot(session: Session, scope: Scope, ref: str) -> LotRow:
    """The lot with this reference; raises Hidden outside the scope."""
    found = session.scalar(_lots(scope).where(LotRow.ref == ref))
    if found is None:
        raise Hidden
    return found


def attendance_days(session: Session, scope: Scope, month: Month) -> dict[date, int]:
    """How many people have a mark on each day of the month that has any."""
    rows = session.execute(
        select(AttendanceRow.happened_on, func.count()).where(_attended_between(scope)).group_by(AttendanceRow.happened_on),
        {"first": month.first, "last": month.last})
    return dict(rows.all())


def lots_of_maker(session: Session, scope: Scope, participant_id: int, month: Month) -> list[tuple[str, int, Product]]:
    """Lots that a person had a hand in, booked in the month or before: reference, good thousandths and product."""
    rows = session.execute(
        select(LotRow.ref, LotRow.good, Product).join(Maker, Maker.lot_id == LotRow.id)
        .join(Product, Product.id == LotRow.product_id)
        .where(LotRow.organisation_id == scope.organisation, LotRow.workshop_id == scope.workshop,
               Maker.participant_id == participant_id, LotRow.booked_in <= str(month)).order_by(LotRow.id))
    return [(ref, good, product) for ref, good, product in rows]


def usual_minutes(session: Session, scope: Scope, before: date) -> dict[int, int]:
    """The minutes of each participant's last attended day before this one, by row number."""
    rows = session.execute(_usual_minutes(scope), {"asked": before})
    return {row.participant_id: row.minutes for row in rows}


@built_once
def _usual_minutes(scope: Scope) -> Select[int, int]:
    own = aliased(AttendanceRow)
    last = (select(own.id).where(own.participant_id == Participant.id, own.mark == "D", own.happened_on < bindparam("asked"))
            .order_by(own.happened_on.desc()).limit(1).correlate(Participant).scalar_subquery())
    return select(AttendanceRow.participant_id, AttendanceRow.minutes).where(
        AttendanceRow.id.in_(_people(scope).with_only_columns(last)), within_scope(AttendanceRow, scope))


def lot_days(session: Session, scope: Scope, month: Month) -> dict[date, int]:
    """How many lots were made on each day of the month that has any."""
    rows = session.execute(
        select(LotRow.happened_on, func.count()).where(
            LotRow.happened_on >= month.first, LotRow.happened_on <= month.last, within_scope(LotRow, scope))
        .group_by(LotRow.happened_on))
    return dict(rows.all())


def all_lots(session: Session, scope: Scope) -> list[LotRow]:
    """Every lot of the workshop, in the order of saving."""
    return list(session.scalars(_lots(scope).order_by(LotRow.id)))


def newest_made(session: Session, scope: Scope, count: int) -> list[tuple[int, int | None]]:
    """Product and maker (row numbers; no maker of a lot without any) of the lots written down last, the newest first. One query."""
    return [(product, maker) for product, maker in session.execute(_newest_made(scope), {"most": count})]


@built_once
def _newest_made(scope: Scope) -> Select[int, int | None]:
    last = _lots(scope).with_only_columns(LotRow.id, LotRow.product_id).order_by(LotRow.id.desc()).limit(
        bindparam("most")).subquery()
    return select(last.c.product_id, Maker.participant_id).outerjoin(
        Maker, and_(Maker.lot_id == last.c.id, within_scope(Maker, scope))).order_by(last.c.id.desc(), Maker.id)
