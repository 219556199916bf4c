"""What a month's calculation reads besides attendance, lots and sales: entries of work, people's own dated values, decisions
about one person, and figures of the month."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Select, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.faults import Hidden
from ledger.core.periods import Month
from ledger.core.production import Mark
from ledger.records.among import built_once
from ledger.records.base import Books, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.production import AttendanceRow
from ledger.records.types import Cents, Day, Instant, Key, Whole


class WorkRow(Books, Scoped):
    """One entry of what a person did on a day: minutes of a kind, at a task; what was made and how much of it is good, and
    points (thousandths). `booked_in` is the month of the day."""

    __tablename__ = "work"
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    happened_on: Mapped[date] = mapped_column(Day)
    booked_in: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, default="")
    task: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[int] = mapped_column(Whole, default=0)
    good: Mapped[int] = mapped_column(Whole, default=0)
    made: Mapped[int] = mapped_column(Whole, default=0)
    points: Mapped[int] = mapped_column(Whole, default=0)
    logged_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(Whole, default=1)
    __table_args__ = (
        within("participant_id", "participant"),
        CheckConstraint("minutes BETWEEN 0 AND 1440", name="minutes"),
        CheckConstraint("good BETWEEN 0 AND made", name="good_of_made"),
        CheckConstraint("made = 0 OR task <> ''", name="made_at_a_task"),
        CheckConstraint("points >= 0 AND minutes + made + points > 0", name="says_something"),
        Index("ix_work_workshop_id_booked_in_happened_on", "workshop_id", "booked_in", "happened_on"),
        {"sqlite_strict": True})


class PersonValueRow(Books, Scoped):
    """A person's own value from a day on: a number with a point, or a word. What an approved month read stays as it is."""

    __tablename__ = "person_value"
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    name: Mapped[str] = mapped_column(Text)
    since: Mapped[date] = mapped_column(Day)
    text: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("participant_id", "name", "since"), within("participant_id", "participant"),
        CheckConstraint("name <> '' AND text <> ''", name="says_something"), {"sqlite_strict": True})


class DecisionRow(Books, Scoped):
    """A decision about one person: `part` is the key of an adjustment of the rules ("" for an encouragement without money),
    `document` what it stands on."""

    __tablename__ = "decision"
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    happened_on: Mapped[date] = mapped_column(Day)
    booked_in: Mapped[str] = mapped_column(Text, index=True)
    part: Mapped[str] = mapped_column(Text)
    cents: Mapped[int] = mapped_column(Cents)
    reason: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        within("participant_id", "participant"),
        CheckConstraint("reason <> '' AND document <> ''", name="says_why"),
        CheckConstraint("cents = 0 OR part <> ''", name="money_has_its_part"), {"sqlite_strict": True})


class FigureRow(Books, Scoped):
    """A figure of a month (`booked_in`): costs, a budget; `number` is decimal text with a point."""

    __tablename__ = "month_figure"
    booked_in: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("workshop_id", "booked_in", "name"),
        CheckConstraint("name <> '' AND number <> ''", name="says_something"), {"sqlite_strict": True})


@built_once
def _own(table: Any, scope: Scope) -> Select[Any]:  # Any: any of the tables above
    return select(table).where(table.organisation_id == scope.organisation, table.workshop_id == scope.workshop)


def _get(session: Session, query: Select[Any]) -> Any:  # Any: a row of the query's table
    found = session.scalar(query)
    if found is None:
        raise Hidden
    return found


def work_of(session: Session, scope: Scope, month: Month) -> list[WorkRow]:
    """The month's entries of work by day, in the order of saving."""
    return list(session.scalars(_own(WorkRow, scope).where(WorkRow.booked_in == str(month))
                                .order_by(WorkRow.happened_on, WorkRow.id)))


def earlier_in_year(session: Session, scope: Scope, month: Month) -> dict[int, tuple[int, int, int]]:
    """By participant: attended days, their minutes and points (thousandths) of the year's months before this one."""
    given = session.execute(_this_year(WorkRow, scope, month, func.sum(WorkRow.points))).all()
    points = {row[0]: int(row[1]) for row in given}
    days = session.execute(_this_year(AttendanceRow, scope, month, func.count(), func.sum(AttendanceRow.minutes)).where(
        AttendanceRow.mark == Mark.ATTENDED.value)).all()
    found = {key: (int(count), int(minutes), points.pop(key, 0)) for key, count, minutes in days}
    return found | {key: (0, 0, own) for key, own in points.items()}


def _this_year(table: Any, scope: Scope, month: Month, *sums: Any) -> Select[Any]:  # Any: a booked table, sums of its columns
    return _own(table, scope).with_only_columns(table.participant_id, *sums).where(
        table.booked_in >= str(Month(month.year, 1)), table.booked_in < str(month)).group_by(table.participant_id)


def get_work(session: Session, scope: Scope, ref: str) -> WorkRow:
    """The entry of work with this reference; raises Hidden outside the scope."""
    found: WorkRow = _get(session, _own(WorkRow, scope).where(WorkRow.ref == ref))
    return found


def worked_minutes(session: Session, scope: Scope, participant_id: int, day: date, besides: int = 0) -> int:
    """How many minutes a person's entries of a day hold; `besides` is the row that does not count."""
    found = session.scalar(_own(WorkRow, scope).with_only_columns(func.coalesce(func.sum(WorkRow.minutes), 0)).where(
        WorkRow.participant_id == participant_id, WorkRow.happened_on == day, WorkRow.id != besides))
    return int(found or 0)


def values_until(session: Session, scope: Scope, last: date) -> list[PersonValueRow]:
    """Everybody's own values that begin on this day or before, oldest first."""
    return list(session.scalars(_own(PersonValueRow, scope).where(PersonValueRow.since <= last)
                                .order_by(PersonValueRow.name, PersonValueRow.since, PersonValueRow.id)))


def values_of(session: Session, scope: Scope, participant_id: int) -> list[PersonValueRow]:
    """One person's own values by name, the newest first."""
    return list(session.scalars(_own(PersonValueRow, scope).where(PersonValueRow.participant_id == participant_id)
                                .order_by(PersonValueRow.name, PersonValueRow.since.desc())))


def find_value(session: Session, scope: Scope, participant_id: int, name: str, day: date) -> PersonValueRow | None:
    """The value that a person has had under this name since exactly this day."""
    found: PersonValueRow | None = session.scalar(_own(PersonValueRow, scope).where(
        PersonValueRow.participant_id == participant_id, PersonValueRow.name == name, PersonValueRow.since == day))
    return found


def get_value(session: Session, scope: Scope, ref: str) -> PersonValueRow:
    """The value with this reference; raises Hidden outside the scope."""
    found: PersonValueRow = _get(session, _own(PersonValueRow, scope).where(PersonValueRow.ref == ref))
    return found


def decisions_of(session: Session, scope: Scope, month: Month) -> list[DecisionRow]:
    """The month's decisions by day, in the order of saving."""
    return list(session.scalars(_own(DecisionRow, scope).where(DecisionRow.booked_in == str(month))
                                .order_by(DecisionRow.happened_on, DecisionRow.id)))


def get_decision(session: Session, scope: Scope, ref: str) -> DecisionRow:
    """The decision with this reference; raises Hidden outside the scope."""
    found: DecisionRow = _get(session, _own(DecisionRow, scope).where(DecisionRow.ref == ref))
    return found


def figures_of(session: Session, scope: Scope, month: Month) -> list[FigureRow]:
    """The month's figures by name."""
    return list(session.scalars(_own(FigureRow, scope).where(FigureRow.booked_in == str(month)).order_by(FigureRow.name)))


def find_figure(session: Session, scope: Scope, month: Month, name: str) -> FigureRow | None:
    """The month's figure of this name."""
    found: FigureRow | None = session.scalar(_own(FigureRow, scope).where(
        FigureRow.booked_in == str(month), FigureRow.name == name))
    return found


def get_figure(session: Session, scope: Scope, ref: str) -> FigureRow:
    """The figure with this reference; raises Hidden outside the scope."""
    found: FigureRow = _get(session, _own(FigureRow, scope).where(FigureRow.ref == ref))
    return found


def days_of(session: Session, scope: Scope, participant_id: int) -> list[date]:
    """The days on which a person has an entry of work, in order."""
    found = session.scalars(_own(WorkRow, scope).with_only_columns(WorkRow.happened_on).where(
        WorkRow.participant_id == participant_id))
    return sorted(set(found))


def work_on(session: Session, scope: Scope, day: date) -> list[WorkRow]:
    """The entries of work of a day, in the order of saving."""
    return list(session.scalars(_own(WorkRow, scope).where(WorkRow.happened_on == day, WorkRow.booked_in == str(Month.of(day)))
                                .order_by(WorkRow.id)))


def minutes_of_day(session: Session, scope: Scope, day: date) -> dict[int, int]:
    """How many minutes each person's entries of a day hold, by row number."""
    sums: dict[int, int] = {}
    for row in work_on(session, scope, day):
        sums[row.participant_id] = sums.get(row.participant_id, 0) + row.minutes
    return sums
