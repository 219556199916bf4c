"""Who runs what: organisations, workshops, accounts with their roles, devices and badges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.access import Grant, Role, Who
from ledger.core.faults import Hidden
from ledger.core.periods import Month
from ledger.records.base import Books, Owned, Scoped, within
from ledger.records.types import Day, Flag, Instant, Key, new_ref

INVITED = "invited:"
"""How what stands for the password of an account begins that waits for its owner: then the hash of the link's token and its last
day."""

OF_ALL = frozenset({Role.ACCOUNTANT, Role.DIRECTOR, Role.ADMIN})
"""Roles that are given for the whole organisation."""


@dataclass(frozen=True)
class Scope:
    """Whose rows a query may see; every read and every action is given one."""

    organisation: int
    workshop: int


class Organisation(Books):
    """A provider of the service."""

    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    ref: Mapped[str] = mapped_column(Text, unique=True, default=new_ref)
    name: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    vat_payer: Mapped[bool] = mapped_column(Flag, default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Workshop(Books, Owned):
    """One place of the service. `books_from` is the month in which its books begin."""

    __tablename__ = "workshop"
    name: Mapped[str] = mapped_column(Text)
    books_from: Mapped[str] = mapped_column(Text)
    project_name: Mapped[str] = mapped_column(Text, default="")
    project_number: Mapped[str] = mapped_column(Text, default="")
    funding: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        UniqueConstraint("organisation_id", "id"),
        CheckConstraint("funding IN ('', 'part', 'full')", name="funding"),
        {"sqlite_strict": True},
    )

    @property
    def begins(self) -> Month:
        """The first month of the books."""
        return Month.parse(self.books_from)


class Account(Books, Owned):
    """Somebody who signs in: staff by password, a participant by badge. `person_ref` is set for a participant only."""

    __tablename__ = "account"
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text, default="")
    person_ref: Mapped[str | None] = mapped_column(Text, unique=True)
    language: Mapped[str] = mapped_column(Text, default="lt")
    active: Mapped[bool] = mapped_column(Flag, default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)

    @property
    def invited_until(self) -> date | None:
        """The last day on which the link works that the account waits for; None when it waits for none."""
        return date.fromisoformat(self.password_hash.rpartition(":")[2]) if self.password_hash.startswith(INVITED) else None


class RoleGrant(Books, Owned):
    """A role of an account, in one workshop or (workshop empty) the whole organisation, on days `from_day` to `until_day`."""

    __tablename__ = "role_grant"
    account_id: Mapped[int] = mapped_column(Key, ForeignKey("account.id"), index=True)
    workshop_id: Mapped[int | None] = mapped_column(Key, ForeignKey("workshop.id"), index=True)
    role: Mapped[str] = mapped_column(Text)
    from_day: Mapped[date] = mapped_column(Day)
    until_day: Mapped[date | None] = mapped_column(Day)


class Device(Books, Scoped):
    """A tablet or computer on which badges open a participant's own pages."""

    __tablename__ = "device"
    name: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    registered_at: Mapped[datetime] = mapped_column(Instant)
    voided_at: Mapped[datetime | None] = mapped_column(Instant)


class Badge(Books, Scoped):
    """A printed QR code: only the SHA-256 of its random token is kept."""

    __tablename__ = "badge"
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (within("participant_id", "participant"), {"sqlite_strict": True})


class Series(Books):
    """The last number given in a series of an organisation, a kind and a year; taken inside the writing transaction."""

    __tablename__ = "number_series"
    organisation_id: Mapped[int] = mapped_column(Key, ForeignKey("organisation.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    year: Mapped[int] = mapped_column(Key, primary_key=True)
    last: Mapped[int] = mapped_column(Key)


_HELD = "workshops"
"""What a session has read of workshops is held here, for what nobody holds it forgets, and asks again at every turn."""


def get_workshop(session: Session, scope: Scope) -> Workshop:
    """The workshop of the scope."""
    found = session.get(Workshop, scope.workshop)
    session.info.setdefault(_HELD, {})[scope.workshop] = found
    if found is None or found.organisation_id != scope.organisation:
        raise Hidden
    return found


def get_organisation(session: Session, scope: Scope) -> Organisation:
    """The organisation of the scope."""
    found = session.get(Organisation, scope.organisation)
    if found is None:
        raise Hidden
    return found


def find_account(session: Session, login: str) -> Account | None:
    """The account with this sign-in name, small letters or large."""
    return session.scalar(select(Account).where(Account.login == login.strip().lower()))


def find_account_by_ref(session: Session, ref: str) -> Account | None:
    """The account with this reference."""
    return session.scalar(_BY_REF, {"account": ref})


_BY_REF = select(Account).where(Account.ref == bindparam("account"))
"""Built once, as the next ones are: every request asks who it is."""
_GRANTS = select(RoleGrant.role, RoleGrant.workshop_id, RoleGrant.from_day, RoleGrant.until_day).where(
    RoleGrant.account_id == bindparam("account")).order_by(RoleGrant.id)
_WORKSHOPS = select(Workshop).where(Workshop.organisation_id == bindparam("organisation")).order_by(Workshop.id)


def find_invited(session: Session, token_hash: str, day: date) -> Account | None:
    """The account that waits for the link with this token, unless the link is too old on this day."""
    found = session.scalar(select(Account).where(
        Account.password_hash.startswith(f"{INVITED}{token_hash}:", autoescape=True), Account.active))
    return found if found is not None and found.invited_until and found.invited_until >= day else None


def grants_of_account(session: Session, scope: Scope, account_id: int) -> list[RoleGrant]:
    """The roles of one account in the organisation, in the order in which they were given."""
    return list(session.scalars(select(RoleGrant).where(
        RoleGrant.account_id == account_id, RoleGrant.organisation_id == scope.organisation).order_by(RoleGrant.id)))


def directors(session: Session, scope: Scope, day: date) -> set[str]:
    """Accounts that are director on a day, by reference."""
    return set(session.scalars(select(Account.ref).join(RoleGrant, RoleGrant.account_id == Account.id).where(
        RoleGrant.organisation_id == scope.organisation, RoleGrant.role == Role.DIRECTOR.value, RoleGrant.from_day <= day,
        (RoleGrant.until_day >= day) | RoleGrant.until_day.is_(None), Account.active)))


def find_account_of_person(session: Session, person_ref: str) -> Account | None:
    """The account of a participant."""
    return session.scalar(select(Account).where(Account.person_ref == person_ref))


def who_is(session: Session, account: Account) -> Who:
    """The account with all its roles, ended ones included (a record of an old day is judged by the role of that day)."""
    grants = session.execute(_GRANTS, {"account": account.id})
    return Who(
        account=account.ref,
        name=account.name,
        organisation=account.organisation_id,
        person=account.person_ref,
        grants=tuple(Grant(Role(role), workshop, first, last) for role, workshop, first, last in grants),
    )


def workshops(session: Session, organisation: int) -> list[Workshop]:
    """All workshops of an organisation."""
    found = list(session.scalars(_WORKSHOPS, {"organisation": organisation}))
    session.info.setdefault(_HELD, {}).update((one.id, one) for one in found)
    return found


def find_device(session: Session, token_hash: str) -> Device | None:
    """The registered device with this token, unless voided."""
    return session.scalar(select(Device).where(Device.token_hash == token_hash, Device.voided_at.is_(None)))


def devices(session: Session, scope: Scope) -> list[Device]:
    """The workshop's devices, newest first."""
    return list(session.scalars(select(Device).where(
        Device.organisation_id == scope.organisation, Device.workshop_id == scope.workshop).order_by(Device.id.desc())))


def find_badge(session: Session, token_hash: str) -> Badge | None:
    """The badge with this token, voided or not."""
    return session.scalar(select(Badge).where(Badge.token_hash == token_hash))


def live_badges(session: Session, scope: Scope) -> dict[int, Badge]:
    """The badge in use of each participant who has one."""
    found = session.scalars(select(Badge).where(
        Badge.organisation_id == scope.organisation, Badge.workshop_id == scope.workshop, Badge.voided_at.is_(None)))
    return {badge.participant_id: badge for badge in found}


def grants_of(session: Session, scope: Scope) -> list[tuple[Account, RoleGrant]]:
    """Staff of the workshop and of the whole organisation, with their roles."""
    rows = session.execute(
        select(Account, RoleGrant).join(RoleGrant, RoleGrant.account_id == Account.id)
        .where(RoleGrant.organisation_id == scope.organisation,
               (RoleGrant.workshop_id == scope.workshop) | RoleGrant.workshop_id.is_(None),
               RoleGrant.role != Role.PARTICIPANT.value)
        .order_by(RoleGrant.id))
    return [(account, grant) for account, grant in rows]


def instructors_elsewhere(session: Session, scope: Scope, day: date) -> list[Account]:
    """Active accounts that on this day are instructors in another workshop of the provider and have no role in this one."""
    live = ((RoleGrant.from_day <= day) & (RoleGrant.until_day.is_(None) | (RoleGrant.until_day >= day)))
    here = select(RoleGrant.account_id).where(
        RoleGrant.organisation_id == scope.organisation, live,
        (RoleGrant.workshop_id == scope.workshop) | RoleGrant.workshop_id.is_(None))
    return list(session.scalars(
        select(Account).join(RoleGrant, RoleGrant.account_id == Account.id).where(
            RoleGrant.organisation_id == scope.organisation, RoleGrant.role == Role.INSTRUCTOR.value, live,
            RoleGrant.workshop_id != scope.workshop, Account.active.is_(True), Account.id.not_in(here))
        .order_by(Account.name, Account.id).distinct()))


def persons_of_accounts(session: Session, scope: Scope) -> dict[str, str]:
    """Participants' accounts by reference: whose account it is, as the books' reference of the person."""
    rows = session.execute(select(Account.ref, Account.person_ref).where(
        Account.organisation_id == scope.organisation, Account.person_ref.is_not(None)))
    return {ref: person for ref, person in rows if person}
