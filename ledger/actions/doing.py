"""The one thing every action is given: who does it, where, when, and the session it happens in. An action never commits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ledger.core.access import May, Place, Who, can, check
from ledger.core.faults import Conflict, Refused
from ledger.core.periods import Month, civil_day
from ledger.records import months, said
from ledger.records import organisation as places
from ledger.records import stipends as runs
from ledger.records.audit import Audit
from ledger.records.organisation import Scope, Series, Workshop
from ledger.records.said import Said
from ledger.records.types import new_ref
from ledger.records.vault import Vault, month_key, organisation_key, person_key
from ledger.settings import app_version


@dataclass(frozen=True)
class Doing:
    """An action under way: `at` is an instant in UTC, `request` the id that ties its audit entries together."""

    session: Session
    vault: Vault
    who: Who
    scope: Scope
    at: datetime
    request: str

    @property
    def today(self) -> date:
        """The Vilnius day of `at`."""
        return civil_day(self.at)

    def place(self, day: date | None = None) -> Place:
        """Where and when the rules of access look."""
        return Place(self.scope.organisation, self.scope.workshop, self.today, day)

    def check(self, may: May, *, day: date | None = None, person: str | None = None) -> None:
        """Raises Hidden unless this is allowed."""
        check(self.who, may, self.place(day), person)

    def can(self, may: May, *, person: str | None = None) -> bool:
        """Whether this is allowed."""
        return can(self.who, may, self.place(), person)

    @property
    def role(self) -> str:
        """The role in which this is done, for the audit entry."""
        roles = self.who.roles(self.scope.workshop, self.today)
        return "+".join(role.value for role in roles) or "none"

    def workshop(self) -> Workshop:
        """The workshop of the scope."""
        return places.get_workshop(self.session, self.scope)

    def note(self, action: str, subject: str, ref: str, *, before: Mapping[str, Any] | None = None,
             after: Mapping[str, Any] | None = None, person: str = "", secret: Mapping[str, Any] | None = None) -> None:
        """Write the audit entry. `secret` holds values that tell who `person` is: they are sealed under that person's key."""
        own = new_ref()
        sealed = None
        if secret is not None:
            text = json.dumps(secret, ensure_ascii=False, sort_keys=True, default=str).encode()
            sealed = self.vault.seal(self.session, person_key(person), text, f"audit:{own}")
        self.session.add(Audit(
            ref=own, organisation_id=self.scope.organisation, workshop_id=self.scope.workshop, at=self.at,
            actor=self.who.account, actor_role=self.role, action=action, subject=subject, subject_ref=ref,
            person_ref=person, before=plain(before), after=plain(after), sealed=sealed,
            app_version=app_version(), request=self.request))

    def next_numbers(self, kind: str, year: int, count: int) -> range:
        """The next `count` numbers of the organisation's series, without gaps: taken only if the transaction commits."""
        insert = postgresql.insert if self.session.get_bind().dialect.name == "postgresql" else sqlite.insert
        first = insert(Series).values(organisation_id=self.scope.organisation, kind=kind, year=year, last=count)
        taken = first.on_conflict_do_update(
            index_elements=["organisation_id", "kind", "year"], set_={"last": Series.last + count}).returning(Series.last)
        last = int(self.session.execute(taken).scalar_one())
        return range(last - count + 1, last + 1)

    def open_month(self, day: date) -> Month:
        """The month that books what happened on a day: its own, or the first one after it that is still open."""
        month = max(Month.of(day), self.workshop().begins)
        settled = runs.approved_months(self.session, self.scope) | runs.empty_months(self.session, self.scope)
        while month in settled:
            month = month.plus(1)
        return month

    def check_open(self, month: Month) -> None:
        """Raises Conflict when the month's run is approved, or the month is closed (as one that was declared empty may be)."""
        if month in runs.approved_months(self.session, self.scope):
            raise Conflict("approved_month", month=str(month))
        if month in months.closed(self.session, self.scope):
            raise Conflict("closed_month", month=str(month))

    def gate(self) -> None:
        """Everything that books, takes a number or seals goes through here first, one at a time (a row lock on PostgreSQL;
        SQLite's writers are one at a time anyway)."""
        if self.session.get_bind().dialect.name != "sqlite":
            self.session.execute(select(Workshop.id).where(Workshop.id == self.scope.workshop).with_for_update())

    def journal_month(self, day: date) -> Month:
        """The month that books a payment or another entry of the journal of a day: its own, or the first one after it (and not
        before the books begin) that is not closed."""
        month, shut = max(Month.of(day), self.workshop().begins), months.closed(self.session, self.scope)
        while month in shut:
            month = month.plus(1)
        return month

    def say(self, text: str) -> Said:
        """Keep what somebody wrote in their own words where it can be erased; sealed rows hold its `ref` and `sha256`."""
        return said.say(self.session, self.scope, text)

    def month_subject(self, month: Month) -> str:
        """The subject of the key of this month's papers on many people, made when it is first needed."""
        subject = month_key(self.workshop().ref, str(month))
        if not self.vault.has_key(self.session, subject):
            self.vault.make_key(self.session, self.scope.organisation, subject)
        return subject

    def organisation_subject(self) -> str:
        """The subject of the organisation's own key, made when it is first needed."""
        subject = organisation_key(places.get_organisation(self.session, self.scope).ref)
        if not self.vault.has_key(self.session, subject):
            self.vault.make_key(self.session, self.scope.organisation, subject)
        return subject


def check_day(doing: Doing, day: date, *, at: str = "day") -> None:
    """Raises Refused for a day in the future or so long ago that it must be a slip."""
    if day > doing.today:
        raise Refused("future_day", at=at, day=day.isoformat())
    if day.year < 2000:
        raise Refused("long_ago", at=at, day=day.isoformat())


def check_version(row: Any, version: int) -> None:
    """Raises Conflict when somebody changed the row since the page was opened."""
    if row.version != version:
        raise Conflict("changed_meanwhile")


def plain(values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Values as JSON keeps them: days as ISO text."""
    if values is None:
        return None
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
