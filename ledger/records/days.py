"""Days of the workshop: what happened to each (sealed events), weekly plans, days of trying before a contract, and who is the same
person in two workshops of one provider."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Select, Text, UniqueConstraint, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, aliased, mapped_column

from ledger.core.days import DayEvent
from ledger.core.faults import Hidden
from ledger.records.among import built_once
from ledger.records.base import Books, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.people import Participant
from ledger.records.production import AttendanceRow
from ledger.records.types import Day, Instant, Key, Whole

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class DayEventRow(Books, Scoped):
    """Something that happened to a day; `position` counts from 1 on each day. The day's state is its newest event."""

    __tablename__ = "day_event"
    day: Mapped[date] = mapped_column(Day)
    position: Mapped[int] = mapped_column(Whole)
    kind: Mapped[str] = mapped_column(Text)
    done_by: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("workshop_id", "day", "position"),
        CheckConstraint("kind IN ('begun', 'closed', 'reopened')", name="kind"), {"sqlite_strict": True})


class WeekPlan(Books, Scoped):
    """The minutes of each weekday that are agreed with a person, from a day on; 0: does not come on that weekday."""

    __tablename__ = "week_plan"
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    since: Mapped[date] = mapped_column(Day)
    monday: Mapped[int] = mapped_column(Whole)
    tuesday: Mapped[int] = mapped_column(Whole)
    wednesday: Mapped[int] = mapped_column(Whole)
    thursday: Mapped[int] = mapped_column(Whole)
    friday: Mapped[int] = mapped_column(Whole)
    saturday: Mapped[int] = mapped_column(Whole)
    sunday: Mapped[int] = mapped_column(Whole)
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("participant_id", "since"), within("participant_id", "participant"),
        *(CheckConstraint(f"{name} BETWEEN 0 AND 1440", name=name) for name in WEEKDAYS), {"sqlite_strict": True})

    @property
    def minutes(self) -> tuple[int, ...]:
        """Minutes of Monday to Sunday."""
        return tuple(getattr(self, name) for name in WEEKDAYS)


class TrialDay(Books, Scoped):
    """A day on which somebody came to try before their contract: time only, no calculation reads it."""

    __tablename__ = "trial_day"
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    happened_on: Mapped[date] = mapped_column(Day)
    minutes: Mapped[int] = mapped_column(Whole)
    logged_by: Mapped[str] = mapped_column(Text)
    logged_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("participant_id", "happened_on"), within("participant_id", "participant"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        Index("ix_trial_day_workshop_id_happened_on", "workshop_id", "happened_on"), {"sqlite_strict": True})


class SamePerson(Books, Scoped):
    """A participant of this workshop who also attends another one of the provider: rows with the same `joint` are one person."""

    __tablename__ = "same_person"
    person_ref: Mapped[str] = mapped_column(Text, unique=True)
    joint: Mapped[str] = mapped_column(Text, index=True)
    joined_by: Mapped[str] = mapped_column(Text)
    joined_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = ({"sqlite_strict": True},)


@built_once
def _own(table: Any, scope: Scope) -> Select[Any]:  # Any: any of the tables above
    return select(table).where(table.organisation_id == scope.organisation, table.workshop_id == scope.workshop)


# ---------- what happened to a day ----------


def newest(session: Session, scope: Scope, day: date) -> DayEventRow | None:
    """The last thing that happened to a day; None for one on which nobody wrote anything by hand."""
    found: DayEventRow | None = session.scalar(
        _own(DayEventRow, scope).where(DayEventRow.day == day).order_by(DayEventRow.position.desc()).limit(1))
    return found


def states(session: Session, scope: Scope, first: date, last: date) -> dict[date, DayEvent]:
    """The newest event of every day from `first` to `last`, both inclusive, to which something happened. One query."""
    return {day: DayEvent(kind) for day, kind in session.execute(_states(scope), {"first": first, "last": last})}


@built_once
def _states(scope: Scope) -> Select[date, str]:
    within_days = (DayEventRow.organisation_id == scope.organisation, DayEventRow.workshop_id == scope.workshop,
                   DayEventRow.day >= bindparam("first"), DayEventRow.day <= bindparam("last"))
    newest_of = select(DayEventRow.day, func.max(DayEventRow.position).label("position")).where(
        *within_days).group_by(DayEventRow.day).subquery()
    return select(DayEventRow.day, DayEventRow.kind).join(
        newest_of, (newest_of.c.day == DayEventRow.day) & (newest_of.c.position == DayEventRow.position)).where(*within_days)


def not_closed(session: Session, scope: Scope, first: date, last: date) -> list[date]:
    """Days on which something was written by hand and nobody says that they are complete, in order."""
    return sorted(day for day, kind in states(session, scope, first, last).items() if kind is not DayEvent.CLOSED)


# ---------- plans ----------


def planned(session: Session, scope: Scope, day: date) -> dict[int, int]:
    """The minutes agreed for this day, by participant's row number; nobody without a plan is here. One query."""
    rows = session.scalars(_own(WeekPlan, scope).where(WeekPlan.since <= day).order_by(WeekPlan.since))
    return {row.participant_id: row.minutes[day.weekday()] for row in rows}


def plans_of(session: Session, scope: Scope, participant_id: int) -> list[WeekPlan]:
    """A person's weekly plans, the newest first."""
    return list(session.scalars(_own(WeekPlan, scope).where(WeekPlan.participant_id == participant_id)
                                .order_by(WeekPlan.since.desc())))


def find_plan(session: Session, scope: Scope, participant_id: int, begins: date) -> WeekPlan | None:
    """The plan that begins on exactly this day."""
    found: WeekPlan | None = session.scalar(_own(WeekPlan, scope).where(
        WeekPlan.participant_id == participant_id, WeekPlan.since == begins))
    return found


def get_plan(session: Session, scope: Scope, ref: str) -> WeekPlan:
    """The plan with this reference; raises Hidden outside the scope."""
    found: WeekPlan | None = session.scalar(_own(WeekPlan, scope).where(WeekPlan.ref == ref))
    if found is None:
        raise Hidden
    return found


# ---------- days of trying ----------


def trials(session: Session, scope: Scope, day: date) -> dict[int, TrialDay]:
    """Who came to try on a day, by participant's row number."""
    return {row.participant_id: row for row in session.scalars(_own(TrialDay, scope).where(TrialDay.happened_on == day))}


def find_trial(session: Session, scope: Scope, participant_id: int, day: date) -> TrialDay | None:
    """A person's day of trying, if it was written down."""
    found: TrialDay | None = session.scalar(_own(TrialDay, scope).where(
        TrialDay.participant_id == participant_id, TrialDay.happened_on == day))
    return found


# ---------- one person in two workshops ----------


def find_same(session: Session, scope: Scope, person_ref: str) -> SamePerson | None:
    """What says that this participant attends another workshop too."""
    found: SamePerson | None = session.scalar(_own(SamePerson, scope).where(SamePerson.person_ref == person_ref))
    return found


def elsewhere(session: Session, scope: Scope, day: date, person_refs: Collection[str] | None = None) -> dict[str, int]:
    """Attended minutes of a day in the provider's other workshops, by the reference that the person has in this one; only sums, of
    those who are written down as the same person. One query."""
    query, here = _elsewhere(scope)
    if person_refs is not None:
        query = query.where(here.in_(list(person_refs)))
    return {ref: int(minutes) for ref, minutes in session.execute(query, {"asked": day})}


@built_once
def _elsewhere(scope: Scope) -> tuple[Select[str, int], InstrumentedAttribute[str]]:
    here, there = aliased(SamePerson), aliased(SamePerson)
    return (select(here.person_ref, func.sum(AttendanceRow.minutes))
            .join(there, (there.joint == here.joint) & (there.organisation_id == here.organisation_id)
                  & (there.workshop_id != here.workshop_id))
            .join(Participant, (Participant.person_ref == there.person_ref) & (Participant.workshop_id == there.workshop_id))
            .join(AttendanceRow, AttendanceRow.participant_id == Participant.id)
            .where(here.organisation_id == scope.organisation, here.workshop_id == scope.workshop,
                   AttendanceRow.happened_on == bindparam("asked"), AttendanceRow.mark == "D").group_by(here.person_ref),
            here.person_ref)
