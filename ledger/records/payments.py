"""Payments: batches with their payments, what happened to each, files, statements of the bank, and how a person wants to be paid.

Everything here is sealed: rows are only added. A payment's state is its newest event. Names, accounts and files are under the
vault's
keys; reasons stand in `said`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Select, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, aliased, defer, mapped_column

from ledger.core.faults import Hidden
from ledger.core.journal import Account
from ledger.core.payments import Due, Payment, State, Way, still_due
from ledger.core.periods import Month
from ledger.records.among import among, own_workshop, within_scope
from ledger.records.base import Books, Scoped
from ledger.records.journal import JournalEntry, JournalLeg
from ledger.records.organisation import Scope
from ledger.records.people import Participant
from ledger.records.stipends import SealedRun
from ledger.records.types import Bytes, Cents, Day, Flag, Instant, Whole


class PaymentBatch(Books, Scoped):
    """Payments made out together: how, on which day, from which account of the provider, in which form of file."""

    __tablename__ = "payment_batch"
    number: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(Text)
    day: Mapped[date] = mapped_column(Day)
    account: Mapped[str] = mapped_column(Text)
    bic: Mapped[str] = mapped_column(Text)
    format: Mapped[str] = mapped_column(Text)
    count: Mapped[int] = mapped_column(Whole)
    total_cents: Mapped[int] = mapped_column(Cents)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint("(way = 'bank' AND account <> '' AND format IN ('pain.001.001.09', 'pain.001.001.03')) "
                        "OR (way = 'cash' AND account = '' AND bic = '' AND format = '')", name="way"),
        CheckConstraint("count > 0 AND total_cents > 0", name="of_something"),
        {"sqlite_strict": True})


class PaymentRow(Books, Scoped):
    """One payment of a batch. `sealed` is the name and account it goes to, under the person's key; `payee_ref` names the detail
    that says so when it is not the person."""

    __tablename__ = "payment"
    batch_ref: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Whole)
    person_ref: Mapped[str] = mapped_column(Text)
    cents: Mapped[int] = mapped_column(Cents)
    way: Mapped[str] = mapped_column(Text)
    advance: Mapped[bool] = mapped_column(Flag)
    end_to_end: Mapped[str] = mapped_column(Text)
    payee_ref: Mapped[str] = mapped_column(Text, default="")
    sealed: Mapped[bytes] = mapped_column(Bytes)
    __table_args__ = (
        UniqueConstraint("batch_ref", "position"), UniqueConstraint("organisation_id", "end_to_end"),
        Index("ix_payment_person", "workshop_id", "person_ref"),
        CheckConstraint("cents > 0", name="of_something"), CheckConstraint("way IN ('bank', 'cash')", name="way"),
        {"sqlite_strict": True})


class PaymentEvent(Books, Scoped):
    """What happened to a payment: pending, sent, settled, returned; nothing else. `proxy` is who signed in the person's place,
    under the person's key; `entry_key` the movement of a bank's statement that says so."""

    __tablename__ = "payment_event"
    payment_ref: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Whole)
    state: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column(Day)
    why: Mapped[str] = mapped_column(Text, default="")
    said_ref: Mapped[str] = mapped_column(Text, default="")
    said_sha256: Mapped[str] = mapped_column(Text, default="")
    proxy: Mapped[bytes | None] = mapped_column(Bytes)
    entry_key: Mapped[str] = mapped_column(Text, default="")
    done_by: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("payment_ref", "position"), UniqueConstraint("payment_ref", "state"),
        CheckConstraint("(state = 'returned') = (why <> '')", name="returned_says_why"),
        CheckConstraint("why IN ('', 'withdrawn', 'not_collected', 'bank', 'brought_back')", name="why"),
        {"sqlite_strict": True})


class PaymentApproval(Books, Scoped):
    """The director's yes to a batch."""

    __tablename__ = "payment_approval"
    batch_ref: Mapped[str] = mapped_column(Text, unique=True)
    approved_by: Mapped[str] = mapped_column(Text)
    approved_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = ({"sqlite_strict": True},)


class PaymentFile(Books, Scoped):
    """The file of an approved batch for the bank, or its sheet to sign: bytes under the month's key, `sha256` of the plain ones."""

    __tablename__ = "payment_file"
    batch_ref: Mapped[str] = mapped_column(Text, unique=True)
    month: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(Bytes)
    made_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (CheckConstraint("kind IN ('sepa', 'sheet')", name="kind"), {"sqlite_strict": True})


class BankFile(Books, Scoped):
    """A bank's statement as it was handed in, under the month's key; `sha256` is keyed: a statement of few entries could be
    guessed."""

    __tablename__ = "bank_file"
    month: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(Bytes)
    read_by: Mapped[str] = mapped_column(Text)
    read_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("workshop_id", "sha256"), {"sqlite_strict": True})


class BankPosting(Books, Scoped):
    """A movement of a statement that the accountant confirmed; each movement once. `entry_key` is a keyed hash of what tells it
    apart; `kind` a payment that arrived or came back, or one of `core.bank_statement.Own`."""

    __tablename__ = "bank_posting"
    file_ref: Mapped[str] = mapped_column(Text)
    entry_key: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column(Day)
    cents: Mapped[int] = mapped_column(Cents)
    detail: Mapped[str] = mapped_column(Text, default="")
    posted_by: Mapped[str] = mapped_column(Text)
    posted_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("workshop_id", "entry_key"),
        CheckConstraint("kind IN ('settle', 'return', 'receipt', 'fee', 'cash')", name="kind"),
        {"sqlite_strict": True})


class BankTakenBack(Books, Scoped):
    """A movement that was no payment of ours and was booked as the wrong thing, taken back by somebody's decision: an entry
    reverses it, and it may be booked anew. `entry_key` is the movement's own key, as `BankPosting` had it at first."""

    __tablename__ = "bank_taken_back"
    posting_ref: Mapped[str] = mapped_column(Text, unique=True)
    entry_key: Mapped[str] = mapped_column(Text)
    said_ref: Mapped[str] = mapped_column(Text)
    said_sha256: Mapped[str] = mapped_column(Text)
    taken_by: Mapped[str] = mapped_column(Text)
    taken_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (CheckConstraint("said_ref <> ''", name="says_why"), {"sqlite_strict": True})


# ---------- payments and their states ----------


@dataclass(frozen=True)
class Paid:
    """A payment with its newest event."""

    row: PaymentRow
    event: PaymentEvent

    @property
    def state(self) -> State:
        """Its state."""
        return State(self.event.state)

    @property
    def payment(self) -> Payment:
        """As the rules know it."""
        return Payment(self.row.ref, self.row.person_ref, self.row.cents, Way(self.row.way), self.row.advance, self.state)


_Later = aliased(PaymentEvent)
_IS_NEWEST = (PaymentEvent.payment_ref == PaymentRow.ref) & (PaymentEvent.position == select(func.max(_Later.position)).where(
    _Later.payment_ref == PaymentRow.ref).correlate(PaymentRow).scalar_subquery())
"""That an event is a payment's newest, for the few payments that another condition finds."""


def _batches(scope: Scope) -> Select[PaymentBatch]:
    return select(PaymentBatch).where(
        PaymentBatch.organisation_id == scope.organisation, PaymentBatch.workshop_id == scope.workshop)


def get_batch(session: Session, scope: Scope, ref: str) -> PaymentBatch:
    """The batch with this reference; raises Hidden outside the scope."""
    found = session.scalar(_batches(scope).where(PaymentBatch.ref == ref))
    if found is None:
        raise Hidden
    return found


def newest_bank_batch(session: Session, scope: Scope) -> PaymentBatch | None:
    """The newest batch for the bank: its account and form of file are proposed for the next."""
    return session.scalar(_batches(scope).where(PaymentBatch.way == "bank").order_by(PaymentBatch.id.desc()).limit(1))


@dataclass(frozen=True)
class BatchHead:
    """A batch in a list: whether it is approved, and its cents by state."""

    row: PaymentBatch
    approved: bool
    cents: dict[State, int]

    @property
    def whole(self) -> State | None:
        """The state of all of it when it has one; what was returned does not count unless all was."""
        states = [state for state in self.cents if state is not State.RETURNED]
        return states[0] if len(states) == 1 else State.RETURNED if not states else None

    @property
    def unpaid(self) -> int:
        """Cents of it that were returned while others of it went on."""
        return 0 if self.whole is State.RETURNED else self.cents.get(State.RETURNED, 0)

    @property
    def waits(self) -> bool:
        """Whether it waits for the director."""
        return not self.approved and State.PENDING in self.cents


def batches(session: Session, scope: Scope, *, limit: int = 24) -> list[BatchHead]:
    """The newest batches, newest first, with what their payments come to by state. Three queries."""
    rows = list(session.scalars(_batches(scope).order_by(PaymentBatch.id.desc()).limit(limit)))
    refs = [row.ref for row in rows]
    approved = set(session.scalars(select(PaymentApproval.batch_ref).where(
        PaymentApproval.batch_ref.in_(among(session, refs)), within_scope(PaymentApproval, scope))))
    sums: dict[str, dict[State, int]] = {}
    for batch, state, cents in session.execute(
            select(PaymentRow.batch_ref, PaymentEvent.state, func.sum(PaymentRow.cents)).join(PaymentEvent, _IS_NEWEST)
            .where(PaymentRow.batch_ref.in_(among(session, refs)), within_scope(PaymentRow, scope))
            .group_by(PaymentRow.batch_ref, PaymentEvent.state)):
        sums.setdefault(batch, {})[State(state)] = int(cents)
    return [BatchHead(row, row.ref in approved, sums.get(row.ref, {})) for row in rows]


def _newest(scope: Scope, until: date | None = None) -> Any:
    """The number of each payment's newest event (to the end of a day)."""
    query = select(PaymentEvent.payment_ref, func.max(PaymentEvent.position).label("position")).where(
        PaymentEvent.organisation_id == scope.organisation, PaymentEvent.workshop_id == scope.workshop)
    if until is not None:
        query = query.where(PaymentEvent.happened_on <= until)
    return query.group_by(PaymentEvent.payment_ref).subquery()


def _paid(scope: Scope, *, sealed: bool = False) -> Select[PaymentRow, PaymentEvent]:
    query = (select(PaymentRow, PaymentEvent).select_from(PaymentRow).join(PaymentEvent, _IS_NEWEST)
             .where(within_scope(PaymentRow, scope)))
    return query if sealed else query.options(defer(PaymentRow.sealed))


def payments_of_batch(session: Session, scope: Scope, batch_ref: str) -> list[Paid]:
    """The payments of a batch in their order, with whom they go to."""
    rows = session.execute(_paid(scope, sealed=True).where(PaymentRow.batch_ref == batch_ref).order_by(PaymentRow.position))
    return [Paid(row, event) for row, event in rows]


def payments_of_person(session: Session, scope: Scope, person_ref: str) -> list[Paid]:
    """Everything that was made out to a person, newest first."""
    rows = session.execute(_paid(scope).where(PaymentRow.person_ref == person_ref).order_by(PaymentRow.id.desc()))
    return [Paid(row, event) for row, event in rows]


def get_payment(session: Session, scope: Scope, ref: str) -> Paid:
    """One payment; raises Hidden outside the scope."""
    found = session.execute(_paid(scope, sealed=True).where(PaymentRow.ref == ref)).first()
    if found is None:
        raise Hidden
    return Paid(*found)


def of_statement(session: Session, scope: Scope, end_to_ends: Collection[str],
                 batches: Collection[str]) -> list[tuple[Paid, str, str]]:
    """The payments for the bank that a statement names, by our reference or by their batch, each with its batch's number and
    account."""
    named = PaymentRow.end_to_end.in_(among(session, end_to_ends)) | PaymentBatch.number.in_(among(session, batches))
    query = (_paid(scope, sealed=True).add_columns(PaymentBatch.number, PaymentBatch.account)
             .join(PaymentBatch, PaymentBatch.ref == PaymentRow.batch_ref)
             .where(PaymentRow.way == "bank", named).order_by(PaymentRow.id))
    return [(Paid(row, event), number, account) for row, event, number, account in session.execute(query)]


def owners(session: Session, scope: Scope, payments: Collection[str]) -> dict[str, tuple[str, str, str]]:
    """Whose payments these are: person's reference and number, and the batch they stand in, by the payment's reference."""
    rows = session.execute(
        select(PaymentRow.ref, PaymentRow.person_ref, Participant.number, PaymentRow.batch_ref)
        .join(Participant, Participant.person_ref == PaymentRow.person_ref)
        .where(PaymentRow.ref.in_(among(session, payments)), within_scope(PaymentRow, scope)))
    return {ref: (person, number, batch) for ref, person, number, batch in rows}


def pending(session: Session, scope: Scope, person_refs: Collection[str] | None = None) -> dict[str, int]:
    """Cents that wait in batches for each person, advances apart: what is no longer free to pay."""
    query = _by_person(scope, None).where(PaymentEvent.state == State.PENDING.value, PaymentRow.advance.in_([False]))
    if person_refs is not None:
        query = query.where(PaymentRow.person_ref.in_(among(session, person_refs)))
    return {person: int(cents) for person, _state, cents in session.execute(query)}


def sums_by_person(session: Session, scope: Scope, until: date | None = None) -> dict[str, dict[State, int]]:
    """Cents of each person's payments by the state they were in at the end of a day (now unless told). One query."""
    found: dict[str, dict[State, int]] = {}
    for person, state, cents in session.execute(_by_person(scope, until)):
        found.setdefault(person, {})[State(state)] = int(cents)
    return found


def _by_person(scope: Scope, until: date | None) -> Select[str, str, int]:
    newest = _newest(scope, until)
    return (select(PaymentRow.person_ref, PaymentEvent.state, func.sum(PaymentRow.cents))
            .join(newest, newest.c.payment_ref == PaymentRow.ref)
            .join(PaymentEvent, (PaymentEvent.payment_ref == newest.c.payment_ref) & (PaymentEvent.position == newest.c.position))
            .where(PaymentRow.organisation_id == scope.organisation, PaymentRow.workshop_id == scope.workshop)
            .group_by(PaymentRow.person_ref, PaymentEvent.state))


def events_of_batch(session: Session, scope: Scope, batch_ref: str) -> list[PaymentEvent]:
    """Everything that happened to a batch's payments, oldest first."""
    return list(session.scalars(select(PaymentEvent).join(PaymentRow, PaymentRow.ref == PaymentEvent.payment_ref).where(
        PaymentEvent.organisation_id == scope.organisation, PaymentEvent.workshop_id == scope.workshop,
        PaymentRow.batch_ref == batch_ref).order_by(PaymentEvent.id)))


def find_approval(session: Session, scope: Scope, batch_ref: str) -> PaymentApproval | None:
    """The director's yes to a batch, if there is one."""
    return session.scalar(select(PaymentApproval).where(
        PaymentApproval.organisation_id == scope.organisation, PaymentApproval.workshop_id == scope.workshop,
        PaymentApproval.batch_ref == batch_ref))


def waiting_for_approval(session: Session, scope: Scope) -> int:
    """How many batches have payments that wait and no approval."""
    approved = select(PaymentApproval.batch_ref).where(
        PaymentApproval.organisation_id == scope.organisation, PaymentApproval.workshop_id == scope.workshop)
    newest = _newest(scope)
    return int(session.scalar(
        select(func.count(func.distinct(PaymentRow.batch_ref)))
        .join(newest, newest.c.payment_ref == PaymentRow.ref)
        .join(PaymentEvent, (PaymentEvent.payment_ref == newest.c.payment_ref) & (PaymentEvent.position == newest.c.position))
        .where(PaymentRow.organisation_id == scope.organisation, PaymentRow.workshop_id == scope.workshop,
               PaymentEvent.state == State.PENDING.value, PaymentRow.batch_ref.not_in(approved))) or 0)


def find_file(session: Session, scope: Scope, batch_ref: str) -> PaymentFile | None:
    """The stored file of a batch."""
    return session.scalar(select(PaymentFile).where(
        PaymentFile.organisation_id == scope.organisation, PaymentFile.workshop_id == scope.workshop,
        PaymentFile.batch_ref == batch_ref))


PAYING = ("payment", "payment_returned", "advance", "set_off")
"""Kinds of journal entries that pay what is owed; all others say what is."""


@dataclass(frozen=True)
class PersonAccount:
    """What months came to for a person, and the cents that cover it: all that went out, and what of it is still on its way."""

    dues: tuple[Due, ...]
    covered: int
    on_way: int


def accounts(session: Session, scope: Scope, person_refs: Collection[str]) -> dict[str, PersonAccount]:
    """People's accounts as the journal has them, by the books' reference. One query."""
    rows = session.execute(
        select(JournalLeg.person_ref, JournalLeg.account, JournalEntry.kind, JournalEntry.booked_in, func.sum(JournalLeg.cents))
        .join(JournalEntry, (JournalEntry.workshop_id == JournalLeg.workshop_id) & (JournalEntry.sequence == JournalLeg.sequence))
        .where(JournalLeg.workshop_id == scope.workshop, JournalEntry.organisation_id == scope.organisation,
               JournalLeg.account.in_([Account.PAYABLE.value, Account.PAID.value]),
               JournalLeg.person_ref.in_(among(session, person_refs)))
        .group_by(JournalLeg.person_ref, JournalLeg.account, JournalEntry.kind, JournalEntry.booked_in))
    dues: dict[str, list[Due]] = {}
    covered: dict[str, int] = {}
    on_way: dict[str, int] = {}
    for person, account, kind, month, cents in rows:
        if account == Account.PAID.value:
            on_way[person] = on_way.get(person, 0) - int(cents)
        elif kind in PAYING:
            covered[person] = covered.get(person, 0) + int(cents)
        else:
            dues.setdefault(person, []).append(Due(Month.parse(month), -int(cents)))
    return {person: PersonAccount(tuple(dues.get(person, ())), covered.get(person, 0), on_way.get(person, 0))
            for person in {*dues, *covered, *on_way}}


def month_paid(session: Session, scope: Scope, month: Month, person_refs: Collection[str]) -> State:
    """How far a month's money of these people is: settled when all of it arrived, sent when all is at least on its way, else
    pending."""
    every = accounts(session, scope, person_refs).values()
    if not any(still_due(one.dues, one.covered - one.on_way).get(month) for one in every):
        return State.SETTLED
    return State.PENDING if any(still_due(one.dues, one.covered).get(month) for one in every) else State.SENT


@dataclass(frozen=True)
class Order:
    """What approved a month: the run's number and the order."""

    run: str
    number: str
    day: date


def orders(session: Session, scope: Scope) -> dict[Month, Order]:
    """The orders that approved the workshop's months, without their long texts."""
    rows = session.execute(select(SealedRun.month, SealedRun.number, SealedRun.order_number, SealedRun.order_date).where(
        SealedRun.workshop_id.in_(own_workshop(scope))))
    return {Month.parse(month): Order(run, number, day) for month, run, number, day in rows}


# ---------- statements of the bank ----------


def bank_files(session: Session, scope: Scope, *, limit: int = 24) -> list[BankFile]:
    """The newest statements that were handed in, without their bytes."""
    return list(session.scalars(select(BankFile).where(
        BankFile.organisation_id == scope.organisation, BankFile.workshop_id == scope.workshop)
        .options(defer(BankFile.sealed, raiseload=True)).order_by(BankFile.id.desc()).limit(limit)))


def get_bank_file(session: Session, scope: Scope, ref: str) -> BankFile:
    """A statement that was handed in; raises Hidden outside the scope."""
    found = session.scalar(select(BankFile).where(
        BankFile.organisation_id == scope.organisation, BankFile.workshop_id == scope.workshop, BankFile.ref == ref))
    if found is None:
        raise Hidden
    return found


def find_bank_file(session: Session, scope: Scope, sha256: str) -> BankFile | None:
    """The statement with this keyed hash, if it was handed in before."""
    return session.scalar(select(BankFile).where(
        BankFile.organisation_id == scope.organisation, BankFile.workshop_id == scope.workshop, BankFile.sha256 == sha256))


def channels(session: Session, scope: Scope) -> list[str]:
    """The channels for which the journal has money to come in, or had."""
    return list(session.scalars(select(JournalLeg.detail).where(
        JournalLeg.workshop_id.in_(own_workshop(scope)), JournalLeg.account == Account.RECEIVABLES.value,
        JournalLeg.person_ref == "")
        .distinct().order_by(JournalLeg.detail)))


def posted_keys(session: Session, scope: Scope, keys: Collection[str]) -> dict[str, str]:
    """Which of these movements are in the books, and as what."""
    rows = session.execute(select(BankPosting.entry_key, BankPosting.kind).where(
        BankPosting.entry_key.in_(among(session, keys)), within_scope(BankPosting, scope)))
    return {key: kind for key, kind in rows}  # noqa: C416 - dict() of rows has no types


def find_posting(session: Session, scope: Scope, key: str) -> BankPosting | None:
    """What a movement was posted as, if it was."""
    return session.scalar(select(BankPosting).where(BankPosting.entry_key == key, within_scope(BankPosting, scope)))


def taken_back(session: Session, scope: Scope, keys: Collection[str]) -> dict[str, str]:
    """For movements (by their own keys) that were taken back, the posting that was taken back last."""
    rows = session.execute(select(BankTakenBack.entry_key, BankTakenBack.posting_ref).where(
        BankTakenBack.entry_key.in_(among(session, keys)), within_scope(BankTakenBack, scope)).order_by(BankTakenBack.id))
    return {key: ref for key, ref in rows}  # noqa: C416 - dict() of rows has no types


def posted_counts(session: Session, scope: Scope, files: Collection[str]) -> dict[str, int]:
    """How many movements of each of these statements are posted from it; what was taken back is not."""
    back = select(BankTakenBack.posting_ref).where(within_scope(BankTakenBack, scope))
    rows = session.execute(select(BankPosting.file_ref, func.count()).where(
        BankPosting.ref.not_in(back), BankPosting.file_ref.in_(among(session, files)), within_scope(BankPosting, scope))
        .group_by(BankPosting.file_ref))
    return {ref: int(count) for ref, count in rows}


def on_way(session: Session, scope: Scope, accounts: Collection[str]) -> list[tuple[Paid, str]]:
    """The payments from these accounts that the bank has and no statement has shown yet, each with its account, oldest first."""
    rows = session.execute(
        _paid(scope).add_columns(PaymentBatch.account).join(PaymentBatch, PaymentBatch.ref == PaymentRow.batch_ref)
        .where(PaymentRow.way == "bank", PaymentEvent.state == State.SENT.value,
               PaymentBatch.account.in_(among(session, accounts))).order_by(PaymentRow.id))
    return [(Paid(row, event), account) for row, event, account in rows]
