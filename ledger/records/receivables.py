"""What customers owe: documents to be paid later, what was paid of them, what is open on a day. No tables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from ledger.core.faults import Hidden
from ledger.core.till import Way
from ledger.records.among import among, within_scope
from ledger.records.organisation import Scope
from ledger.records.payments import BankPosting, BankTakenBack
from ledger.records.selling import CustomerPayment, CustomerPaymentBack, SaleDocument, SaleUndone


@dataclass(frozen=True)
class Owed:
    """A document that is paid later, in cents: what came back of it, what was paid, what is open (below zero: paid too much)."""

    document: SaleDocument
    back: int
    paid: int

    @property
    def due(self) -> date:
        """When it is to be paid."""
        return self.document.due_on or self.document.happened_on

    @property
    def open(self) -> int:
        """Cents still to come in."""
        return self.document.payable - self.back - self.paid


def _valid(scope: Scope, until: date | None) -> list[ColumnElement[bool]]:
    """That a payment counts: nobody took it back, neither by hand nor with its row of the bank's statement."""
    back = select(CustomerPaymentBack.payment_ref).where(within_scope(CustomerPaymentBack, scope))
    rows = select(BankTakenBack.posting_ref).where(within_scope(BankTakenBack, scope))
    found = [CustomerPayment.ref.not_in(back), CustomerPayment.posting_ref.not_in(rows), within_scope(CustomerPayment, scope)]
    return found if until is None else [*found, CustomerPayment.happened_on <= until]


def _owed(scope: Scope, until: date | None) -> Select[Any]:
    undone = select(SaleUndone.document_ref).where(within_scope(SaleUndone, scope))
    back = SaleDocument.__table__.alias("back")
    returned = [back.c.returns_ref == SaleDocument.ref, back.c.workshop_id == SaleDocument.workshop_id, back.c.ref.not_in(undone)]
    if until is not None:
        returned.append(back.c.happened_on <= until)
    # a return that gave its money back at once is no less to pay
    returned.append(back.c.way == Way.TRANSFER.value)
    came = select(func.coalesce(func.sum(-back.c.total_cents), 0)).where(*returned).scalar_subquery()
    paid = select(func.coalesce(func.sum(CustomerPayment.cents), 0)).where(
        CustomerPayment.document_ref == SaleDocument.ref, *_valid(scope, until)).scalar_subquery()
    query = select(SaleDocument, came.label("came"), paid.label("paid")).where(
        SaleDocument.organisation_id == scope.organisation, SaleDocument.workshop_id == scope.workshop,
        SaleDocument.way == Way.TRANSFER.value, SaleDocument.returns_ref == "", SaleDocument.ref.not_in(undone))
    return query if until is None else query.where(SaleDocument.happened_on <= until)


def owed(session: Session, scope: Scope, ref: str) -> Owed:
    """One document and what is open of it; raises Hidden for one that is not to be paid later."""
    found = session.execute(_owed(scope, None).where(SaleDocument.ref == ref)).first()
    if found is None:
        raise Hidden
    return Owed(found[0], int(found[1]), int(found[2]))


def open_on(session: Session, scope: Scope, day: date, *, customer_id: int | None = None) -> list[Owed]:
    """Every document of which something is open at the end of a day, the earliest due first. One query."""
    query = _owed(scope, day)
    if customer_id is not None:
        query = query.where(SaleDocument.customer_id == customer_id)
    rows = [Owed(row[0], int(row[1]), int(row[2])) for row in session.execute(query)]
    return sorted((one for one in rows if one.open), key=lambda one: (one.due, one.document.id))


def of_customer(session: Session, scope: Scope, customer_id: int, *, limit: int = 100) -> list[Owed]:
    """A customer's documents to be paid later, the newest first."""
    query = _owed(scope, None).where(SaleDocument.customer_id == customer_id).order_by(SaleDocument.id.desc()).limit(limit)
    return [Owed(row[0], int(row[1]), int(row[2])) for row in session.execute(query)]


def payments_of(session: Session, scope: Scope, document_ref: str) -> list[tuple[CustomerPayment, bool]]:
    """What was paid of a document, each with whether it still counts, the oldest first."""
    rows = session.execute(select(CustomerPayment, CustomerPayment.ref.in_(
        select(CustomerPayment.ref).where(*_valid(scope, None)))).where(
        CustomerPayment.document_ref == document_ref, within_scope(CustomerPayment, scope)).order_by(CustomerPayment.id))
    return [(row, bool(counts)) for row, counts in rows]


def get_payment(session: Session, scope: Scope, ref: str) -> tuple[CustomerPayment, bool]:
    """A payment and whether it still counts; raises Hidden outside the scope."""
    row = session.scalar(select(CustomerPayment).where(
        CustomerPayment.ref == ref, CustomerPayment.organisation_id == scope.organisation,
        CustomerPayment.workshop_id == scope.workshop))
    if row is None:
        raise Hidden
    return row, any(counts for one, counts in payments_of(session, scope, row.document_ref) if one.ref == ref)


def documents_of_keys(session: Session, scope: Scope, keys: Collection[str]) -> dict[str, str]:
    """The numbers of the documents that movements of the bank's statements paid, by the movement's key."""
    rows = session.execute(
        select(BankPosting.entry_key, SaleDocument.number)
        .join(CustomerPayment, CustomerPayment.posting_ref == BankPosting.ref)
        .join(SaleDocument, SaleDocument.ref == CustomerPayment.document_ref)
        .where(BankPosting.entry_key.in_(among(session, keys)), within_scope(BankPosting, scope),
               CustomerPayment.posting_ref != ""))
    return {key: number for key, number in rows}  # noqa: C416 - dict() of rows has no types


def reasons(session: Session, scope: Scope, document_ref: str) -> dict[str, str]:
    """Why payments of a document were taken back by hand: the reference of what was said, by the payment's."""
    rows = session.execute(select(CustomerPaymentBack.payment_ref, CustomerPaymentBack.said_ref).join(
        CustomerPayment, CustomerPayment.ref == CustomerPaymentBack.payment_ref).where(
        CustomerPayment.document_ref == document_ref, within_scope(CustomerPayment, scope)))
    return {ref: said for ref, said in rows}  # noqa: C416 - dict() of rows has no types
