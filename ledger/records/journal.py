"""The journal: append-only double entry of one workshop, chained by hashes. Balances are asked for, never kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.faults import Hidden
from ledger.core.journal import EMPTY, Account, DaySales, Entry, Head, Leg, chained
from ledger.core.periods import Month
from ledger.records.base import Books
from ledger.records.organisation import Scope, Workshop
from ledger.records.sales import SaleRow
from ledger.records.stipends import SealedSale
from ledger.records.types import Cents, Day, Instant, Key, Whole, new_ref


class JournalEntry(Books):
    """The header of an entry, written after its legs. `previous` is the hash of the entry before it, `hash` that of all fields
    and legs together with it (core/journal.py)."""

    __tablename__ = "journal_entry"
    workshop_id: Mapped[int] = mapped_column(Key, ForeignKey("workshop.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    organisation_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"), index=True)
    ref: Mapped[str] = mapped_column(Text, unique=True, default=new_ref)
    kind: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column(Day)
    booked_in: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    subject_ref: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(Text)
    app_version: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("workshop_id", "kind", "subject_ref"),
        CheckConstraint("sequence > 0 AND length(hash) = 64 AND length(previous) = 64", name="chained"),
        Index("ix_journal_entry_booked", "workshop_id", "booked_in", "sequence"),
        {"sqlite_strict": True})


class JournalLeg(Books):
    """Cents on an account, debit above zero; day and person stand here too, so that a balance is one walk along an index."""

    __tablename__ = "journal_leg"
    workshop_id: Mapped[int] = mapped_column(Key, ForeignKey("workshop.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(Whole, primary_key=True, autoincrement=False)
    organisation_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"))
    account: Mapped[str] = mapped_column(Text)
    person_ref: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column(Day)
    cents: Mapped[int] = mapped_column(Cents)
    __table_args__ = (
        # a leg comes before its header: the check waits for the end of the transaction
        ForeignKeyConstraint(["workshop_id", "sequence"], ["journal_entry.workshop_id", "journal_entry.sequence"],
                             deferrable=True, initially="DEFERRED"),
        CheckConstraint("cents <> 0", name="of_something"),
        Index("ix_journal_leg_balance", "workshop_id", "account", "person_ref", "happened_on", "cents"),
        Index("ix_journal_leg_person", "workshop_id", "person_ref", "sequence"),
        {"sqlite_strict": True})


_ENTRIES, _LEGS = Books.metadata.tables["journal_entry"], Books.metadata.tables["journal_leg"]
_HEAD = (select(_ENTRIES.c.sequence, _ENTRIES.c.hash)
         .where(_ENTRIES.c.workshop_id == bindparam("workshop"), _ENTRIES.c.organisation_id == bindparam("organisation"))
         .order_by(_ENTRIES.c.sequence.desc()).limit(1))
_NEW_LEGS, _NEW_ENTRIES = insert(_LEGS), insert(_ENTRIES)
"""Built once, for every entry needs them."""


def head(session: Session, scope: Scope) -> Head:
    """The newest entry of the workshop's chain."""
    row = session.connection().execute(_HEAD, {"workshop": scope.workshop, "organisation": scope.organisation}).first()
    return Head(*row) if row else EMPTY


@dataclass(frozen=True)
class By:
    """Who books, when (UTC) and with which version of the program."""

    actor: str
    at: datetime
    app_version: str


def append(session: Session, scope: Scope, by: By, entries: Iterable[Entry]) -> Head:
    """Write entries after the newest one, legs first; returns the new head. Whoever calls holds the workshop's gate."""
    newest = head(session, scope)
    own = {"workshop_id": scope.workshop, "organisation_id": scope.organisation}
    headers, legs = [], []
    for entry in entries:
        fields = header_fields(scope, newest, entry, by)
        hashed = chained(newest.hash, fields, [[leg.account.value, leg.person, leg.detail, leg.cents] for leg in entry.legs])
        newest = Head(newest.sequence + 1, hashed)
        headers.append({**fields, "happened_on": entry.happened_on, "at": by.at, "hash": hashed})
        legs += [{**own, "sequence": newest.sequence, "position": place, "account": leg.account.value, "person_ref": leg.person,
                  "detail": leg.detail, "happened_on": entry.happened_on, "cents": leg.cents}
                 for place, leg in enumerate(entry.legs)]
    if headers:
        connection = session.connection()
        connection.execute(_NEW_LEGS, legs)
        connection.execute(_NEW_ENTRIES, headers)
    return newest


def header_fields(scope: Scope, before: Head, entry: Entry, by: By) -> dict[str, str | int]:
    """What is hashed of an entry besides its legs, as the books keep it."""
    return {
        "workshop_id": scope.workshop, "organisation_id": scope.organisation, "sequence": before.sequence + 1, "ref": new_ref(),
        "kind": entry.kind, "happened_on": entry.happened_on.isoformat(), "booked_in": str(entry.booked_in),
        "subject": entry.subject, "subject_ref": entry.subject_ref, "at": by.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": by.actor, "app_version": by.app_version, "previous": before.hash,
    }


def balance(session: Session, scope: Scope, account: Account, *, person: str | None = None, until: date | None = None) -> int:
    """Cents on an account, debit above zero; of one person, or to the end of a day, where told."""
    query = _of(select(func.coalesce(func.sum(JournalLeg.cents), 0)), scope).where(JournalLeg.account == account.value)
    if person is not None:
        query = query.where(JournalLeg.person_ref == person)
    if until is not None:
        query = query.where(JournalLeg.happened_on <= until)
    return int(session.scalar(query) or 0)


def balances(session: Session, scope: Scope, *, until: date | None = None,
             account: Account | None = None) -> dict[tuple[Account, str, str], int]:
    """Every balance that is not zero by account, person and detail; cents, debit above zero."""
    total = func.sum(JournalLeg.cents)
    query = _of(select(JournalLeg.account, JournalLeg.person_ref, JournalLeg.detail, total), scope)
    if until is not None:
        query = query.where(JournalLeg.happened_on <= until)
    if account is not None:
        query = query.where(JournalLeg.account == account.value)
    rows = session.execute(query.group_by(JournalLeg.account, JournalLeg.person_ref, JournalLeg.detail).having(total != 0))
    return {(Account(name), person, detail): int(cents) for name, person, detail, cents in rows}


def owed(session: Session, scope: Scope, person: str, *, until: date | None = None) -> int:
    """What is owed to a person at the end of a day (of all time unless told), cents above zero."""
    return -balance(session, scope, Account.PAYABLE, person=person, until=until)


def _of(query: Any, scope: Scope) -> Any:  # Any: a select of some columns of the legs
    # the organisation stands in every leg, but not in the index of balances: the workshop's own row says it
    return query.where(JournalLeg.workshop_id == scope.workshop, _own(scope))


def _own(scope: Scope) -> Any:  # Any: a condition
    """That the workshop of the scope belongs to its organisation."""
    return select(Workshop.id).where(Workshop.id == scope.workshop, Workshop.organisation_id == scope.organisation).exists()


def opening_reserve(session: Session, scope: Scope) -> int:
    """Cents that the reserve held when the books began."""
    opened = select(JournalEntry.sequence).where(JournalEntry.workshop_id == scope.workshop, JournalEntry.kind == "opening",
                                                 JournalEntry.organisation_id == scope.organisation)
    return -int(session.scalar(select(func.sum(JournalLeg.cents)).where(
        JournalLeg.workshop_id == scope.workshop, JournalLeg.account == Account.RESERVE.value,
        JournalLeg.sequence.in_(opened))) or 0)


def opening_of_people(session: Session, scope: Scope) -> dict[str, int]:
    """What was owed to people when the books began, by the books' reference; below zero: what they had been paid ahead. Cents."""
    rows = session.execute(_of(select(JournalLeg.person_ref, JournalLeg.cents).join(
        JournalEntry, (JournalEntry.workshop_id == JournalLeg.workshop_id) & (JournalEntry.sequence == JournalLeg.sequence)), scope)
        .where(JournalEntry.kind == "opening", JournalEntry.subject == "person", JournalLeg.person_ref != ""))
    return {person: -cents for person, cents in rows}


@dataclass(frozen=True)
class Chosen:
    """Which entries are asked for."""

    month: Month | None = None
    person: str | None = None
    account: Account | None = None
    kind: str | None = None


def entries(session: Session, scope: Scope, chosen: Chosen = Chosen(), *, after: int = 0,
            limit: int = 100) -> list[JournalEntry]:
    """Entries in the order of the chain, from the one after a number."""
    query = select(JournalEntry).where(JournalEntry.organisation_id == scope.organisation,
                                       JournalEntry.workshop_id == scope.workshop, JournalEntry.sequence > after)
    if chosen.month is not None:
        query = query.where(JournalEntry.booked_in == str(chosen.month))
    if chosen.kind is not None:
        query = query.where(JournalEntry.kind == chosen.kind)
    if chosen.person is not None or chosen.account is not None:
        legs = select(JournalLeg.sequence).where(JournalLeg.workshop_id == scope.workshop)
        if chosen.person is not None:
            legs = legs.where(JournalLeg.person_ref == chosen.person)
        if chosen.account is not None:
            legs = legs.where(JournalLeg.account == chosen.account.value)
        query = query.where(JournalEntry.sequence.in_(legs))
    return list(session.scalars(query.order_by(JournalEntry.sequence).limit(limit)))


def legs_of(session: Session, scope: Scope, sequences: Sequence[int]) -> dict[int, list[Leg]]:
    """The legs of these entries in their order, by the entry's number."""
    rows = session.execute(
        select(JournalLeg.sequence, JournalLeg.account, JournalLeg.cents, JournalLeg.person_ref, JournalLeg.detail).where(
            JournalLeg.organisation_id == scope.organisation, JournalLeg.workshop_id == scope.workshop,
            JournalLeg.sequence.in_(sequences)).order_by(JournalLeg.sequence, JournalLeg.position))
    found: dict[int, list[Leg]] = {}
    for sequence, account, cents, person, detail in rows:
        found.setdefault(sequence, []).append(Leg(Account(account), cents, person, detail))
    return found


def get_entry(session: Session, scope: Scope, ref: str) -> JournalEntry:
    """The entry with this reference; raises Hidden outside the scope."""
    found = session.scalar(select(JournalEntry).where(
        JournalEntry.ref == ref, JournalEntry.organisation_id == scope.organisation, JournalEntry.workshop_id == scope.workshop))
    if found is None:
        raise Hidden
    return found


def find_entry(session: Session, scope: Scope, kind: str, subject_ref: str) -> JournalEntry | None:
    """The entry that booked this."""
    return session.scalar(select(JournalEntry).where(
        JournalEntry.organisation_id == scope.organisation, JournalEntry.workshop_id == scope.workshop,
        JournalEntry.kind == kind, JournalEntry.subject_ref == subject_ref))


def sold_by_day(session: Session, run_ref: str) -> list[DaySales]:
    """What an approved month sold, by day and channel."""
    rows = session.execute(
        select(SaleRow.happened_on, SaleRow.channel, func.sum(SealedSale.gross_cents), func.sum(SealedSale.net_cents))
        .join(SaleRow, SaleRow.ref == SealedSale.sale_ref).where(SealedSale.run_ref == run_ref)
        .group_by(SaleRow.happened_on, SaleRow.channel))
    return [DaySales(day, channel, int(gross), int(net)) for day, channel, gross, net in rows]


def booked_of(session: Session, workshop: int, ref: str,
              kinds: Collection[str] = ("run", "sales")) -> dict[tuple[str, str, date, str], Counter[Leg]]:
    """The legs of every entry that books a run, or something of another kind: by kind, subject, day and the month that books it."""
    heads = session.execute(select(
        JournalEntry.sequence, JournalEntry.kind, JournalEntry.subject_ref, JournalEntry.happened_on, JournalEntry.booked_in).where(
            JournalEntry.workshop_id == workshop, JournalEntry.kind.in_(kinds),
            JournalEntry.subject_ref >= ref, JournalEntry.subject_ref < ref + ";")).all()  # ";" stands behind ":"
    keys = {number: (kind, subject, day, month) for number, kind, subject, day, month in heads}
    found: dict[tuple[str, str, date, str], Counter[Leg]] = {key: Counter() for key in keys.values()}
    for number, account, cents, person, detail in session.execute(
            select(JournalLeg.sequence, JournalLeg.account, JournalLeg.cents, JournalLeg.person_ref, JournalLeg.detail).where(
                JournalLeg.workshop_id == workshop, JournalLeg.sequence.in_(list(keys)))):
        found[keys[number]][Leg(Account(account), cents, person, detail)] += 1
    return found
