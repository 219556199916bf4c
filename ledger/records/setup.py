"""What a workshop that begins has and has not: one look, so that the guided page can be left and taken up again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from ledger.core.access import Role
from ledger.records.audit import Audit
from ledger.records.base import Scoped
from ledger.records.journal import JournalEntry
from ledger.records.organisation import Account, Badge, Device, RoleGrant, Scope
from ledger.records.people import Participant
from ledger.records.production import AttendanceRow, LotRow, Product
from ledger.records.stipends import SchemeRow


@dataclass(frozen=True)
class Begun:
    """Counts of what is there; `roles` that somebody holds today with an account they can sign in with, `invited` those whose
    account waits for its owner; `key_kept` and `opened` whether the key was put away and opening balances were written, `debts` how
    many people were owed something or owed it."""

    people: int
    products: int
    opening_lots: int
    days: int
    schemes: int
    devices: int
    badges: int
    opened: bool
    debts: int
    key_kept: bool
    roles: frozenset[Role]
    invited: frozenset[Role]


def begun(session: Session, scope: Scope, day: date, begins: date) -> Begun:
    """What is there on a day, of books that begin on another. Two queries."""
    def count(table: type[Scoped], *where: ColumnElement[bool]) -> ScalarSelect[int]:
        return select(func.count()).select_from(table).where(
            table.organisation_id == scope.organisation, table.workshop_id == scope.workshop, *where).scalar_subquery()

    kept = select(func.count()).where(Audit.organisation_id == scope.organisation, Audit.action == "keep_key").scalar_subquery()
    opened = select(func.count()).where(
        JournalEntry.organisation_id == scope.organisation, JournalEntry.workshop_id == scope.workshop,
        JournalEntry.kind == "opening", JournalEntry.subject == "workshop").scalar_subquery()
    debts = select(func.count()).where(
        JournalEntry.organisation_id == scope.organisation, JournalEntry.workshop_id == scope.workshop,
        JournalEntry.kind == "opening", JournalEntry.subject == "person").scalar_subquery()
    asked = [count(Participant), count(Product), count(LotRow, LotRow.happened_on < begins), count(AttendanceRow), count(SchemeRow),
             count(Device, Device.voided_at.is_(None)), count(Badge, Badge.voided_at.is_(None)), opened, debts, kept]
    people, products, lots, days, schemes, devices, badges, entries, owing, key = session.execute(select(*asked)).one()
    rows = session.execute(select(RoleGrant.role, Account).join(Account, Account.id == RoleGrant.account_id).where(
        RoleGrant.organisation_id == scope.organisation,
        (RoleGrant.workshop_id == scope.workshop) | RoleGrant.workshop_id.is_(None),
        (RoleGrant.until_day >= day) | RoleGrant.until_day.is_(None), Account.active, Account.person_ref.is_(None))).all()
    roles = frozenset(Role(role) for role, account in rows if account.invited_until is None)
    return Begun(people, products, lots, days, schemes, devices, badges, entries > 0, owing, key > 0, roles,
                 frozenset(Role(role) for role, _account in rows) - roles)
