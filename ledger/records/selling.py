"""Documents of sales: baskets of the till, returns, orders, shops' reports; counts of the cash; what customers paid.

The lines of a document are sale lines that carry its number. A document is sealed; one that is undone keeps its number and loses
its lines. Everything that happens to it is a row of its own.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, Index, Select, Text, UniqueConstraint, and_, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.faults import Hidden
from ledger.core.periods import Month
from ledger.core.till import Kind, Way
from ledger.records.among import among, whole, within_scope
from ledger.records.base import Books, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.sales import SaleRow
from ledger.records.types import Cents, Day, Flag, Instant, Key, Whole


class SaleDocument(Books, Scoped):
    """A document in cents: `gross_cents` of its lines, `off_cents` of its discount, `total_cents` = gross - off, what rounding cash
    adds, what a shop keeps; `given_cents` is what the customer handed over (0: the exact sum). Discount and VAT in thousandths of
    a percent. `returns_ref` is the document that a return takes back."""

    __tablename__ = "sale_document"
    number: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column(Day)
    booked_in: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(Text)
    customer_id: Mapped[int | None] = mapped_column(Key, index=True)
    returns_ref: Mapped[str] = mapped_column(Text, default="", index=True)
    due_on: Mapped[date | None] = mapped_column(Day)
    gross_cents: Mapped[int] = mapped_column(Cents)
    off_cents: Mapped[int] = mapped_column(Cents, default=0)
    total_cents: Mapped[int] = mapped_column(Cents)
    rounding_cents: Mapped[int] = mapped_column(Cents, default=0)
    given_cents: Mapped[int] = mapped_column(Cents, default=0)
    commission_cents: Mapped[int] = mapped_column(Cents, default=0)
    discount: Mapped[int] = mapped_column(Whole, default=0)
    vat: Mapped[int] = mapped_column(Whole, default=0)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("workshop_id", "number"), within("customer_id", "customer"),
        CheckConstraint("kind IN ('sale', 'return', 'order', 'report')", name="kind"),
        CheckConstraint("way IN ('cash', 'card', 'transfer')", name="way"),
        CheckConstraint("way = 'cash' OR (rounding_cents = 0 AND given_cents = 0)", name="only_cash_is_rounded"),
        CheckConstraint("way <> 'cash' OR (rounding_cents BETWEEN -2 AND 2 AND (total_cents + rounding_cents) % 5 = 0)",
                        name="cash_in_fives"),
        CheckConstraint("total_cents = gross_cents - off_cents", name="adds_up"),
        CheckConstraint("(kind = 'return') = (returns_ref <> '')", name="return_names_its_sale"),
        CheckConstraint("way <> 'transfer' OR (customer_id IS NOT NULL AND due_on IS NOT NULL)", name="owed_by_somebody"),
        Index("ix_sale_document_workshop_id_happened_on", "workshop_id", "happened_on"),
        Index("ix_sale_document_workshop_id_booked_in", "workshop_id", "booked_in"),
        {"sqlite_strict": True})

    @property
    def payable(self) -> int:
        """Cents that change hands (below zero: that are given back): the total with its rounding, less what a shop keeps."""
        return self.total_cents + self.rounding_cents - self.commission_cents


class SaleUndone(Books, Scoped):
    """A document that was undone on the spot: its lines are gone, its number stays."""

    __tablename__ = "sale_undone"
    document_ref: Mapped[str] = mapped_column(Text, unique=True)
    undone_by: Mapped[str] = mapped_column(Text)
    undone_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = ({"sqlite_strict": True},)


class TillCount(Books, Scoped):
    """The cash of a day counted, in cents: what the till began with, what it took by the documents, what lies in it. `pieces` is
    JSON: how many of each face."""

    __tablename__ = "till_count"
    happened_on: Mapped[date] = mapped_column(Day)
    float_cents: Mapped[int] = mapped_column(Cents)
    takings_cents: Mapped[int] = mapped_column(Cents)
    counted_cents: Mapped[int] = mapped_column(Cents)
    pieces: Mapped[str] = mapped_column(Text)
    posted: Mapped[bool] = mapped_column(Flag)
    said_ref: Mapped[str] = mapped_column(Text, default="")
    said_sha256: Mapped[str] = mapped_column(Text, default="")
    counted_by: Mapped[str] = mapped_column(Text)
    counted_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint("counted_cents = float_cents + takings_cents OR said_ref <> ''", name="says_why"),
        Index("ix_till_count_workshop_id_happened_on", "workshop_id", "happened_on"),
        {"sqlite_strict": True})

    @property
    def difference(self) -> int:
        """Cents that lie there and should not (below zero: that are missing)."""
        return self.counted_cents - self.float_cents - self.takings_cents


class TillCounted(Books, Scoped):
    """A document whose cash a count covers; each once."""

    __tablename__ = "till_counted"
    count_ref: Mapped[str] = mapped_column(Text, index=True)
    document_ref: Mapped[str] = mapped_column(Text, unique=True)
    __table_args__ = ({"sqlite_strict": True},)


class CustomerPayment(Books, Scoped):
    """What a customer paid of a document: cents that lessen what is owed, and what rounding cash added to them. `posting_ref` is
    the row of the bank's statement that it was matched with."""

    __tablename__ = "customer_payment"
    document_ref: Mapped[str] = mapped_column(Text, index=True)
    happened_on: Mapped[date] = mapped_column(Day)
    cents: Mapped[int] = mapped_column(Cents)
    rounding_cents: Mapped[int] = mapped_column(Cents, default=0)
    way: Mapped[str] = mapped_column(Text)
    posting_ref: Mapped[str] = mapped_column(Text, default="")
    taken_by: Mapped[str] = mapped_column(Text)
    taken_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint("cents > 0", name="above_zero"),
        CheckConstraint("way IN ('cash', 'bank')", name="way"),
        CheckConstraint("way = 'cash' OR rounding_cents = 0", name="only_cash_is_rounded"),
        {"sqlite_strict": True})


class CustomerPaymentBack(Books, Scoped):
    """A payment that was written down by mistake, with the reason (`said`)."""

    __tablename__ = "customer_payment_back"
    payment_ref: Mapped[str] = mapped_column(Text, unique=True)
    said_ref: Mapped[str] = mapped_column(Text)
    said_sha256: Mapped[str] = mapped_column(Text)
    taken_by: Mapped[str] = mapped_column(Text)
    taken_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (CheckConstraint("said_ref <> ''", name="says_why"), {"sqlite_strict": True})


def _documents(scope: Scope) -> Select[SaleDocument]:
    return select(SaleDocument).where(
        SaleDocument.organisation_id == scope.organisation, SaleDocument.workshop_id == scope.workshop)


def _standing(scope: Scope) -> ColumnElement[bool]:
    """That a document was not undone."""
    return SaleDocument.ref.not_in(select(SaleUndone.document_ref).where(within_scope(SaleUndone, scope)))


def get_document(session: Session, scope: Scope, ref: str) -> SaleDocument:
    """A document; raises Hidden outside the scope."""
    found = session.scalar(_documents(scope).where(SaleDocument.ref == ref))
    if found is None:
        raise Hidden
    return found


def find_by_number(session: Session, scope: Scope, number: str) -> SaleDocument | None:
    """The document with this number."""
    return session.scalar(_documents(scope).where(SaleDocument.number == number))


def documents_by_ref(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, SaleDocument]:
    """The documents with these references."""
    rows = session.scalars(select(SaleDocument).where(
        SaleDocument.ref.in_(among(session, refs)), within_scope(SaleDocument, scope)))
    return {row.ref: row for row in rows}


def numbers_taken(session: Session, scope: Scope, numbers: Collection[str]) -> set[str]:
    """Which of these numbers are documents here."""
    return set(session.scalars(select(SaleDocument.number).where(
        SaleDocument.number.in_(among(session, numbers)), within_scope(SaleDocument, scope))))


def of_day(session: Session, scope: Scope, day: date, *, skip: int = 0, limit: int = 50) -> list[SaleDocument]:
    """The till's documents of a day, the newest first."""
    return list(session.scalars(_till(scope, day).order_by(SaleDocument.id.desc()).offset(skip).limit(limit)))


def documents_between(session: Session, scope: Scope, first: date, last: date) -> list[SaleDocument]:
    """Every document of the days `first` to `last`, both inclusive, undone ones too, the newest first."""
    return list(session.scalars(_documents(scope).where(
        SaleDocument.happened_on >= first, SaleDocument.happened_on <= last)
        .order_by(SaleDocument.happened_on.desc(), SaleDocument.id.desc())))


def _till(scope: Scope, day: date) -> Select[SaleDocument]:
    return _documents(scope).where(
        SaleDocument.happened_on == day, SaleDocument.kind.in_([Kind.SALE.value, Kind.RETURN.value]))


def undone(session: Session, scope: Scope, refs: Collection[str]) -> set[str]:
    """Which of these documents were undone."""
    return set(session.scalars(select(SaleUndone.document_ref).where(
        SaleUndone.document_ref.in_(among(session, refs)), within_scope(SaleUndone, scope))))


def counted(session: Session, scope: Scope, refs: Collection[str]) -> set[str]:
    """Which of these documents a count of the cash covers."""
    return set(session.scalars(select(TillCounted.document_ref).where(
        TillCounted.document_ref.in_(among(session, refs)), within_scope(TillCounted, scope))))


def returns_of(session: Session, scope: Scope, refs: Collection[str]) -> list[SaleDocument]:
    """The returns that take back of these documents, undone ones left out."""
    return list(session.scalars(select(SaleDocument).where(
        SaleDocument.returns_ref.in_(among(session, refs)), within_scope(SaleDocument, scope), _standing(scope))
        .order_by(SaleDocument.id)))


@dataclass(frozen=True)
class DaySum:
    """What the till took in a way on a day: how many documents, cents without and with rounding."""

    count: int
    total: int
    rounding: int

    @property
    def payable(self) -> int:
        """Cents that changed hands."""
        return self.total + self.rounding


def sums_of_day(session: Session, scope: Scope, day: date) -> dict[Way, DaySum]:
    """What the till took on a day by the way of paying, undone documents left out."""
    rows = session.execute(_till(scope, day).where(_standing(scope)).with_only_columns(
        SaleDocument.way, func.count(), func.sum(SaleDocument.total_cents), func.sum(SaleDocument.rounding_cents))
        .group_by(SaleDocument.way))
    return {Way(way): DaySum(int(count), int(total), int(rounding)) for way, count, total, rounding in rows}


def count_of_day(session: Session, scope: Scope, day: date) -> int:
    """How many documents the till made on a day, undone ones too."""
    return int(session.scalar(_till(scope, day).with_only_columns(func.count())) or 0)


def uncounted(session: Session, scope: Scope, day: date) -> list[SaleDocument]:
    """The documents of a day that were paid in cash and that no count covers yet, in their order."""
    return list(session.scalars(_till(scope, day).where(*_uncounted(scope)).order_by(SaleDocument.id)))


def _uncounted(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    covered = select(TillCounted.document_ref).where(within_scope(TillCounted, scope))
    return SaleDocument.way == Way.CASH.value, SaleDocument.ref.not_in(covered), _standing(scope)


def uncounted_days(session: Session, scope: Scope, until: date) -> list[tuple[date, int]]:
    """Days to this one whose cash nobody has counted, with its cents."""
    rows = session.execute(_documents(scope).where(*_uncounted(scope), SaleDocument.happened_on <= until).with_only_columns(
        SaleDocument.happened_on, func.sum(SaleDocument.total_cents + SaleDocument.rounding_cents))
        .group_by(SaleDocument.happened_on).order_by(SaleDocument.happened_on))
    return [(day, int(cents)) for day, cents in rows]


def counts_of_day(session: Session, scope: Scope, day: date) -> list[TillCount]:
    """The counts of a day's cash, in their order."""
    return list(session.scalars(select(TillCount).where(
        TillCount.organisation_id == scope.organisation, TillCount.workshop_id == scope.workshop,
        TillCount.happened_on == day).order_by(TillCount.id)))


def commissions_of(session: Session, scope: Scope, month: Month) -> list[SaleDocument]:
    """The documents that a month books in which a shop keeps a part."""
    return list(session.scalars(_documents(scope).where(
        SaleDocument.booked_in == str(month), SaleDocument.commission_cents != 0, _standing(scope)).order_by(SaleDocument.id)))


def sold_before(session: Session, scope: Scope, customer_id: int, products: Collection[int], day: date) -> list[SaleRow]:
    """Lines of earlier documents of a customer for these products, newest first: what a return of a shop takes back."""
    same = and_(SaleDocument.workshop_id == SaleRow.workshop_id, SaleDocument.number == SaleRow.document)
    return list(session.scalars(select(SaleRow).join(SaleDocument, same).where(
        SaleDocument.customer_id == customer_id, SaleRow.product_id.in_(whole(session, products)), SaleRow.returns_id.is_(None),
        SaleRow.happened_on <= day, within_scope(SaleRow, scope), within_scope(SaleDocument, scope))
        .order_by(SaleRow.happened_on.desc(), SaleRow.id.desc())))
