"""The journal as pages and files read it: entries chosen and counted, postings of months, balances before a month. No tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ledger.core.journal import Account
from ledger.core.periods import Month
from ledger.records.among import among, own_workshop, plain_rows, whole, within_scope
from ledger.records.corrections import Correction, WrittenOff
from ledger.records.journal import Chosen, JournalEntry, JournalLeg
from ledger.records.months import Closing
from ledger.records.organisation import Scope
from ledger.records.payments import BankFile, BankPosting, BankTakenBack, PaymentBatch, PaymentEvent, PaymentRow
from ledger.records.selling import CustomerPayment, CustomerPaymentBack, SaleDocument, TillCount
from ledger.records.stipends import SealedRun

Key = tuple[Account, str, str]
"""Account, the person's reference, detail."""


@dataclass(frozen=True, slots=True)
class Row:
    """A leg with what its entry says; `cents` debit above zero."""

    sequence: int
    day: date
    booked_in: str
    kind: str
    subject: str
    subject_ref: str
    account: str
    person: str
    detail: str
    cents: int


def _chosen(scope: Scope, chosen: Chosen) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [JournalEntry.workshop_id.in_(own_workshop(scope))]
    if chosen.month is not None:
        found.append(JournalEntry.booked_in == str(chosen.month))
    if chosen.kind is not None:
        found.append(JournalEntry.kind == chosen.kind)
    if chosen.person is not None or chosen.account is not None:
        legs = select(JournalLeg.sequence).where(JournalLeg.workshop_id == scope.workshop)
        if chosen.person is not None:
            legs = legs.where(JournalLeg.person_ref == chosen.person)
        if chosen.account is not None:
            legs = legs.where(JournalLeg.account == chosen.account.value)
        found.append(JournalEntry.sequence.in_(legs))
    return found


def page_of(session: Session, scope: Scope, chosen: Chosen, *, skip: int = 0, limit: int = 50) -> list[JournalEntry]:
    """Entries that are asked for, the newest first."""
    return list(session.scalars(select(JournalEntry).where(*_chosen(scope, chosen))
                                .order_by(JournalEntry.sequence.desc()).offset(skip).limit(limit)))


def count_of(session: Session, scope: Scope, chosen: Chosen) -> int:
    """How many entries are asked for."""
    return int(session.scalar(select(func.count()).select_from(JournalEntry).where(*_chosen(scope, chosen))) or 0)


def kinds(session: Session, scope: Scope) -> list[str]:
    """The kinds of entries that there are."""
    return list(session.scalars(select(JournalEntry.kind).where(JournalEntry.workshop_id.in_(own_workshop(scope)))
                                .distinct().order_by(JournalEntry.kind)))


def newest_month(session: Session, scope: Scope) -> Month | None:
    """The newest month in which something is booked."""
    found = session.scalar(select(func.max(JournalEntry.booked_in)).where(JournalEntry.workshop_id.in_(own_workshop(scope))))
    return Month.parse(found) if found else None


def _rows() -> Any:  # Any: a select of the columns of Row
    return select(JournalEntry.sequence, JournalEntry.happened_on, JournalEntry.booked_in, JournalEntry.kind, JournalEntry.subject,
                  JournalEntry.subject_ref, JournalLeg.account, JournalLeg.person_ref, JournalLeg.detail, JournalLeg.cents).join(
        JournalLeg, (JournalLeg.workshop_id == JournalEntry.workshop_id) & (JournalLeg.sequence == JournalEntry.sequence))


def rows_of_months(session: Session, scope: Scope, first_month: Month, last_month: Month) -> list[Row]:
    """Every leg booked in these months, both inclusive, in the order of the chain."""
    query = _rows().where(JournalEntry.workshop_id.in_(own_workshop(scope)), JournalEntry.booked_in >= str(first_month),
                          JournalEntry.booked_in <= str(last_month)).order_by(JournalLeg.sequence, JournalLeg.position)
    return [Row(*row) for row in plain_rows(session, query)]


def rows_of_account(session: Session, scope: Scope, account: Account, *, person: str | None = None, skip: int = 0,
                    limit: int = 100) -> list[Row]:
    """The legs of an account (of one person), by day and number, the oldest first."""
    query = _rows().where(*_legs(scope, account, person)).order_by(
        JournalLeg.happened_on, JournalLeg.sequence, JournalLeg.position)
    return [Row(*row) for row in plain_rows(session, query.offset(skip).limit(limit))]


def rows_of_person(session: Session, scope: Scope, person: str, *, skip: int = 0, limit: int = 100) -> list[Row]:
    """The legs that name a person, by day and number, the oldest first."""
    query = _rows().where(*_legs(scope, None, person)).order_by(
        JournalLeg.happened_on, JournalLeg.sequence, JournalLeg.position)
    return [Row(*row) for row in plain_rows(session, query.offset(skip).limit(limit))]


def _legs(scope: Scope, account: Account | None, person: str | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [JournalLeg.workshop_id.in_(own_workshop(scope))]
    if account is not None:
        found.append(JournalLeg.account == account.value)
    return found if person is None else [*found, JournalLeg.person_ref == person]


def count_legs(session: Session, scope: Scope, account: Account | None, *, person: str | None = None) -> int:
    """How many legs an account (None: all of them) has, of one person where told."""
    return int(session.scalar(select(func.count()).select_from(JournalLeg).where(*_legs(scope, account, person))) or 0)


def sides_of(session: Session, scope: Scope, account: Account | None, *, person: str | None = None) -> dict[str, int]:
    """The sums of `debit` and `credit` of these legs in cents, both above zero; a side without legs is not there."""
    sides = {"debit": JournalLeg.cents > 0, "credit": JournalLeg.cents < 0}
    sums = session.execute(select(*(func.sum(JournalLeg.cents).filter(side) for side in sides.values()))
                           .where(*_legs(scope, account, person))).one()
    return {name: abs(int(cents)) for name, cents in zip(sides, sums, strict=True) if cents is not None}


def sum_before(session: Session, scope: Scope, account: Account | None, skip: int, *, person: str | None = None) -> int:
    """The sum in cents of the first `skip` legs in the order of `rows_of_account` (or, without account, `rows_of_person`)."""
    query = select(JournalLeg.cents).where(*_legs(scope, account, person))
    first = query.order_by(JournalLeg.happened_on, JournalLeg.sequence, JournalLeg.position).limit(skip).subquery()
    return int(session.scalar(select(func.coalesce(func.sum(first.c.cents), 0))) or 0)


def keys_in_order(session: Session, scope: Scope) -> list[Key]:
    """Every account, person and detail that the journal has, in the order in which they first came up."""
    query = (select(JournalLeg.account, JournalLeg.person_ref, JournalLeg.detail, func.min(JournalLeg.sequence).label("first"))
             .where(JournalLeg.workshop_id.in_(own_workshop(scope)))
             .group_by(JournalLeg.account, JournalLeg.person_ref, JournalLeg.detail)
             .order_by("first", JournalLeg.account, JournalLeg.person_ref, JournalLeg.detail))
    return [(Account(account), person, detail) for account, person, detail, _first in session.execute(query)]


def booked_before(session: Session, scope: Scope, month: Month) -> dict[Key, int]:
    """Balances of everything booked before a month, none of them zero; cents, debit above zero."""
    total = func.sum(JournalLeg.cents)
    same = (JournalLeg.workshop_id == JournalEntry.workshop_id) & (JournalLeg.sequence == JournalEntry.sequence)
    query = (select(JournalLeg.account, JournalLeg.person_ref, JournalLeg.detail, total).join(JournalEntry, same)
             .where(JournalEntry.workshop_id.in_(own_workshop(scope)), JournalEntry.booked_in < str(month))
             .group_by(JournalLeg.account, JournalLeg.person_ref, JournalLeg.detail).having(total != 0))
    return {(Account(account), person, detail): int(cents) for account, person, detail, cents in session.execute(query)}


@dataclass(frozen=True)
class Source:
    """What an entry comes from: the number of its document ("" when it has none), the month it is of, the reference that its page
    goes by, that of the reason somebody wrote, and when the bank's statement was read."""

    number: str
    month: str = ""
    ref: str = ""
    said_ref: str = ""
    read_at: datetime | None = None


def sources(session: Session, scope: Scope, subjects: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Source]:
    """What entries come from, by subject and its reference, for the subjects that have a document or a reason. Ten queries at
    most."""
    wanted: dict[str, dict[str, list[str]]] = {}
    for subject, ref in set(subjects):  # the sales of a run have its reference with a day
        wanted.setdefault(subject, {}).setdefault(ref.partition(":")[0], []).append(ref)
    found: dict[tuple[str, str], Source] = {}
    for subject, read in _SOURCES.items():
        refs = wanted.get(subject, {})
        for key, source in (read(session, scope, set(refs)) if refs else {}).items():
            found |= {(subject, ref): source for ref in refs[key]}
    return found


def _runs(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(select(SealedRun.run_ref, SealedRun.number, SealedRun.month).where(
        SealedRun.run_ref.in_(among(session, refs)), SealedRun.workshop_id.in_(own_workshop(scope))))
    return {ref: Source(number, month) for ref, number, month in rows}


def _closings(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(select(Closing.ref, Closing.number, Closing.month, Closing.said_ref).where(
        Closing.ref.in_(among(session, refs)), within_scope(Closing, scope)))
    return {ref: Source(number, month, ref, said) for ref, number, month, said in rows}


def _corrections(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(select(Correction.correction_ref, Correction.number, Correction.month).where(
        Correction.correction_ref.in_(among(session, refs)), within_scope(Correction, scope)))
    return {ref: Source(number, month, ref) for ref, number, month in rows}


def _payments(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(
        select(PaymentEvent.ref, PaymentBatch.number, PaymentBatch.ref, PaymentEvent.said_ref)
        .join(PaymentRow, PaymentRow.ref == PaymentEvent.payment_ref).join(PaymentBatch, PaymentBatch.ref == PaymentRow.batch_ref)
        .where(PaymentEvent.ref.in_(among(session, refs)), within_scope(PaymentEvent, scope)))
    return {key: Source(number, ref=ref, said_ref=said) for key, number, ref, said in rows}


def _written_off(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(select(WrittenOff.ref, WrittenOff.said_ref).where(
        WrittenOff.ref.in_(among(session, refs)), within_scope(WrittenOff, scope)))
    return {ref: Source("", said_ref=said) for ref, said in rows}


def _bank_rows(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(
        select(BankPosting.ref, BankFile.ref, BankFile.read_at).join(BankFile, BankFile.ref == BankPosting.file_ref)
        .where(BankPosting.ref.in_(among(session, refs)), within_scope(BankPosting, scope)))
    return {key: Source("", ref=ref, read_at=at) for key, ref, at in rows}


def _bank_rows_back(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(
        select(BankTakenBack.ref, BankFile.ref, BankFile.read_at, BankTakenBack.said_ref)
        .join(BankPosting, BankPosting.ref == BankTakenBack.posting_ref).join(BankFile, BankFile.ref == BankPosting.file_ref)
        .where(BankTakenBack.ref.in_(among(session, refs)), within_scope(BankTakenBack, scope)))
    return {key: Source("", ref=ref, read_at=at, said_ref=said) for key, ref, at, said in rows}


def _counts(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(select(TillCount.ref, TillCount.happened_on, TillCount.said_ref).where(
        TillCount.ref.in_(among(session, refs)), within_scope(TillCount, scope)))
    return {ref: Source(day.isoformat(), ref=day.isoformat(), said_ref=said) for ref, day, said in rows}


def _documents(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(select(SaleDocument.ref, SaleDocument.number).where(
        SaleDocument.ref.in_(among(session, refs)), within_scope(SaleDocument, scope)))
    return {ref: Source(number, ref=ref) for ref, number in rows}


def _customer_payments(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(select(CustomerPayment.ref, SaleDocument.number, SaleDocument.ref).join(
        SaleDocument, SaleDocument.ref == CustomerPayment.document_ref).where(
        CustomerPayment.ref.in_(among(session, refs)), within_scope(CustomerPayment, scope)))
    return {key: Source(number, ref=ref) for key, number, ref in rows}


def _customer_payments_back(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, Source]:
    rows = session.execute(select(CustomerPaymentBack.ref, SaleDocument.number, SaleDocument.ref, CustomerPaymentBack.said_ref)
                           .join(CustomerPayment, CustomerPayment.ref == CustomerPaymentBack.payment_ref)
                           .join(SaleDocument, SaleDocument.ref == CustomerPayment.document_ref).where(
        CustomerPaymentBack.ref.in_(among(session, refs)), within_scope(CustomerPaymentBack, scope)))
    return {key: Source(number, ref=ref, said_ref=said) for key, number, ref, said in rows}


_SOURCES: dict[str, Callable[[Session, Scope, Collection[str]], dict[str, Source]]] = {
    "sealed_run": _runs, "closing": _closings, "correction": _corrections, "payment_event": _payments,
    "debt_written_off": _written_off, "bank_posting": _bank_rows,
    "bank_taken_back": _bank_rows_back, "till_count": _counts, "sale_document": _documents,
    "customer_payment": _customer_payments, "customer_payment_back": _customer_payments_back}


def refs_of(session: Session, scope: Scope, sequences: Collection[int]) -> dict[int, str]:
    """The references of entries by their numbers."""
    rows = session.execute(select(JournalEntry.sequence, JournalEntry.ref).where(
        JournalEntry.workshop_id.in_(own_workshop(scope)), JournalEntry.sequence.in_(whole(session, sequences))))
    return {row.sequence: row.ref for row in rows}
