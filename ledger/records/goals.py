"""Individual goals and the dated observations that show how they go."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from ledger.core.faults import Hidden
from ledger.records.base import Books, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.types import Day, Instant, Key, Whole


class GoalRow(Books, Scoped):
    """What a person wants to reach: an easy title for the person, baseline and target for the plan, steps 0 to 5. `skill` is one
    that steps of products train, as they name it."""

    __tablename__ = "goal"
    participant_id: Mapped[int] = mapped_column(Key, index=True)
    kind: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    picture: Mapped[str] = mapped_column(Text)
    baseline: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    set_on: Mapped[date] = mapped_column(Day)
    due_on: Mapped[date] = mapped_column(Day)
    ended_on: Mapped[date | None] = mapped_column(Day)
    skill: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Whole, default=1)
    observations: Mapped[list[Observation]] = relationship(
        lambda: Observation, order_by=lambda: (Observation.seen_on, Observation.id), lazy="selectin",
        foreign_keys=lambda: Observation.goal_id)
    __table_args__ = (
        UniqueConstraint("workshop_id", "id"), within("participant_id", "participant"),
        CheckConstraint("kind IN ('general', 'special')", name="kind"), {"sqlite_strict": True})


class Observation(Books, Scoped):
    """What somebody saw on a day: a score of 0 to 5 steps and, if they like, a few words."""

    __tablename__ = "observation"
    goal_id: Mapped[int] = mapped_column(Key, ForeignKey("goal.id"), index=True)
    seen_on: Mapped[date] = mapped_column(Day)
    score: Mapped[int] = mapped_column(Whole)
    note: Mapped[str] = mapped_column(Text, default="")
    seen_by: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        within("goal_id", "goal"), CheckConstraint("score BETWEEN 0 AND 5", name="score"), {"sqlite_strict": True})


def goals(session: Session, scope: Scope, participant_ids: list[int] | None = None) -> list[GoalRow]:
    """Goals with their observations, in the order they were set; two queries whatever their number."""
    query = select(GoalRow).where(GoalRow.organisation_id == scope.organisation, GoalRow.workshop_id == scope.workshop)
    if participant_ids is not None:
        query = query.where(GoalRow.participant_id.in_(participant_ids))
    return list(session.scalars(query.order_by(GoalRow.id)))


def get_goal(session: Session, scope: Scope, ref: str) -> GoalRow:
    """The goal with this reference; raises Hidden outside the scope."""
    found = session.scalar(select(GoalRow).where(
        GoalRow.ref == ref, GoalRow.organisation_id == scope.organisation, GoalRow.workshop_id == scope.workshop))
    if found is None:
        raise Hidden
    return found


def get_goal_by_id(session: Session, scope: Scope, row_id: int) -> GoalRow:
    """The goal with this row number; raises Hidden outside the scope."""
    found = session.scalar(select(GoalRow).where(
        GoalRow.id == row_id, GoalRow.organisation_id == scope.organisation, GoalRow.workshop_id == scope.workshop))
    if found is None:
        raise Hidden
    return found
