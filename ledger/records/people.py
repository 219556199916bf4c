"""Participants: what the books know (reference, number, dates) apart from who they are (sealed identity)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy import Select, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.faults import Hidden
from ledger.core.money import natural
from ledger.core.people import Person
from ledger.records.among import built_once
from ledger.records.base import Books, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.types import Bytes, Day, Instant, Key, new_ref
from ledger.records.vault import KeyGone, Vault, person_key


class Participant(Books, Scoped):
    """A participant. `person_ref` is the only name that the books use; both days are inclusive."""

    __tablename__ = "participant"
    person_ref: Mapped[str] = mapped_column(Text, unique=True, default=new_ref)
    number: Mapped[str] = mapped_column(Text)
    started_on: Mapped[date] = mapped_column(Day)
    ended_on: Mapped[date | None] = mapped_column(Day)
    __table_args__ = (
        UniqueConstraint("workshop_id", "number"), UniqueConstraint("workshop_id", "id"), {"sqlite_strict": True})

    @property
    def person(self) -> Person:
        """As the calculation knows them."""
        return Person(self.person_ref, self.number, self.started_on, self.ended_on)


class IdentityRow(Books, Scoped):
    """Who a person is: name, birth, account, sealed under the person's key. `iban_mac` finds the same account twice."""

    __tablename__ = "identity"
    person_ref: Mapped[str] = mapped_column(Text, unique=True)
    sealed: Mapped[bytes] = mapped_column(Bytes)
    iban_mac: Mapped[str | None] = mapped_column(Text, index=True)


class Concern(Books, Scoped):
    """A participant says that something is wrong; `about` is what they tapped (days, made, sold, money, goals)."""

    __tablename__ = "concern"
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    month: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (within("participant_id", "participant"), {"sqlite_strict": True})


@dataclass(frozen=True)
class Identity:
    """Who a person is. `birth` is ISO text or empty, `iban` without spaces or empty."""

    first: str
    last: str
    birth: str = ""
    iban: str = ""

    @property
    def full(self) -> str:
        """First name and surname."""
        return f"{self.first} {self.last}".strip()

    @property
    def masked_iban(self) -> str:
        """The account with its middle hidden: LT39 •••• 7919."""
        return f"{self.iban[:4]} •••• {self.iban[-4:]}" if self.iban else ""


ERASED = Identity("—", "")


@dataclass(frozen=True)
class Named:
    """A participant with their identity, as pages and papers need them."""

    id: int
    ref: str
    person: Person
    identity: Identity

    @property
    def name(self) -> str:
        """First name and surname."""
        return self.identity.full


def ensure_key(session: Session, vault: Vault, scope: Scope, person_ref: str) -> None:
    """Make the key of a person, unless there is one."""
    subject = person_key(person_ref)
    if not vault.has_key(session, subject):
        vault.make_key(session, scope.organisation, subject)


def with_account(session: Session, vault: Vault, scope: Scope, iban: str) -> dict[str, str]:
    """Who of the workshop has this account: reference and number, found without opening anybody's identity."""
    rows = session.execute(select(Participant.person_ref, Participant.number).join(
        IdentityRow, IdentityRow.person_ref == Participant.person_ref).where(
        IdentityRow.organisation_id == scope.organisation, IdentityRow.workshop_id == scope.workshop,
        Participant.workshop_id == scope.workshop, IdentityRow.iban_mac == vault.mac(iban)).order_by(Participant.id))
    return {row.person_ref: row.number for row in rows}


def seal_identity(session: Session, vault: Vault, scope: Scope, person_ref: str, identity: Identity) -> None:
    """Write or replace who a person is; makes the person's key the first time."""
    ensure_key(session, vault, scope, person_ref)
    subject = person_key(person_ref)
    data = json.dumps(asdict(identity), ensure_ascii=False).encode()
    sealed = vault.seal(session, subject, data, f"identity:{person_ref}")
    mac = vault.mac(identity.iban) if identity.iban else None
    row = session.scalar(select(IdentityRow).where(IdentityRow.person_ref == person_ref))
    if row is None:
        session.add(IdentityRow(organisation_id=scope.organisation, workshop_id=scope.workshop,
                                person_ref=person_ref, sealed=sealed, iban_mac=mac))
    else:
        row.sealed, row.iban_mac = sealed, mac
    session.flush()


def open_identities(session: Session, vault: Vault, scope: Scope, refs: list[str] | None = None) -> dict[str, Identity]:
    """Who the workshop's people are, by reference; with `refs` only these. Two queries whatever their number."""
    query = _identities(scope)
    if refs is not None:
        query = query.where(IdentityRow.person_ref.in_(refs))
    rows = list(session.scalars(query))
    vault.load(session, [person_key(row.person_ref) for row in rows])
    return {row.person_ref: _opened(session, vault, row) for row in rows}


@built_once
def _identities(scope: Scope) -> Select[IdentityRow]:
    return select(IdentityRow).where(
        IdentityRow.organisation_id == scope.organisation, IdentityRow.workshop_id == scope.workshop)


def _opened(session: Session, vault: Vault, row: IdentityRow) -> Identity:
    try:
        data = vault.open(session, person_key(row.person_ref), row.sealed, f"identity:{row.person_ref}")
    except KeyGone:
        return ERASED
    return Identity(**json.loads(data))


def participants(session: Session, vault: Vault, scope: Scope) -> list[Named]:
    """All participants of the workshop with their names, in the order of their numbers."""
    rows = session.scalars(_of(scope))
    identities = open_identities(session, vault, scope)
    named = [Named(row.id, row.ref, row.person, identities.get(row.person_ref, ERASED)) for row in rows]
    return sorted(named, key=lambda one: natural(one.person.number))


def here_between(named: list[Named], first: date, last: date) -> list[Named]:
    """Those whose time in the workshop touches the days `first` to `last`, both inclusive."""
    return [one for one in named
            if one.person.started <= last and (one.person.ended is None or one.person.ended >= first)]


def get_participant(session: Session, vault: Vault, scope: Scope, ref: str) -> Named:
    """The participant with this public reference; raises Hidden outside the scope."""
    row = session.scalar(_of(scope).where(Participant.ref == ref))
    return _named(session, vault, scope, row)


def get_participant_by_person(session: Session, vault: Vault, scope: Scope, person_ref: str) -> Named:
    """The participant with this reference of the books; raises Hidden outside the scope."""
    row = session.scalar(_of(scope).where(Participant.person_ref == person_ref))
    return _named(session, vault, scope, row)


def get_participant_by_id(session: Session, vault: Vault, scope: Scope, row_id: int) -> Named:
    """The participant with this row number; raises Hidden outside the scope."""
    row = session.scalar(_of(scope).where(Participant.id == row_id))
    return _named(session, vault, scope, row)


def _named(session: Session, vault: Vault, scope: Scope, row: Participant | None) -> Named:
    if row is None:
        raise Hidden
    identities = open_identities(session, vault, scope, [row.person_ref])
    return Named(row.id, row.ref, row.person, identities.get(row.person_ref, ERASED))


@built_once
def _of(scope: Scope) -> Select[Participant]:
    return select(Participant).where(
        Participant.organisation_id == scope.organisation, Participant.workshop_id == scope.workshop)


def open_concerns(session: Session, scope: Scope) -> list[Concern]:
    """What participants say is wrong and nobody has settled, oldest first."""
    return list(session.scalars(select(Concern).where(
        Concern.organisation_id == scope.organisation, Concern.workshop_id == scope.workshop,
        Concern.settled_at.is_(None)).order_by(Concern.id)))


def get_concern(session: Session, scope: Scope, ref: str) -> Concern:
    """What a participant said is wrong, settled or not; raises Hidden outside the scope."""
    found = session.scalar(select(Concern).where(
        Concern.ref == ref, Concern.organisation_id == scope.organisation, Concern.workshop_id == scope.workshop))
    if found is None:
        raise Hidden
    return found


def numbers(session: Session, scope: Scope) -> dict[str, str]:
    """The workshop's numbers of its participants by the books' reference: for lists that show no names."""
    rows = session.execute(select(Participant.person_ref, Participant.number).where(
        Participant.organisation_id == scope.organisation, Participant.workshop_id == scope.workshop))
    return {ref: str(number) for ref, number in rows}
