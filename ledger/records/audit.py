"""Who changed what and when, and the keys of writing requests that make a repeat have one effect."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.records.among import among
from ledger.records.base import Books, Owned
from ledger.records.organisation import Scope
from ledger.records.types import Bytes, Instant, Json, Key, Whole


class Audit(Books, Owned):
    """One change: who, in which role, when, with which version, to what. Values that tell who a person is stand in `sealed`,
    under that person's key; `before` and `after` hold the rest."""

    __tablename__ = "audit"
    workshop_id: Mapped[int | None] = mapped_column(Key, ForeignKey("workshop.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(Text)
    actor_role: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    subject_ref: Mapped[str] = mapped_column(Text, index=True)
    person_ref: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[Any] = mapped_column(Json, nullable=True)
    after: Mapped[Any] = mapped_column(Json, nullable=True)
    sealed: Mapped[bytes | None] = mapped_column(Bytes)
    app_version: Mapped[str] = mapped_column(Text)
    request: Mapped[str] = mapped_column(Text)


class RequestKey(Books):
    """A key that a writing request claimed in its own transaction, with the answer it got."""

    __tablename__ = "request_key"
    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=True)
    actor: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    status: Mapped[int] = mapped_column(Whole)
    location: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (UniqueConstraint("actor", "key"), {"sqlite_strict": True})


def find_request(session: Session, actor: str, key: str) -> RequestKey | None:
    """The earlier request of this actor with this key."""
    return session.scalar(select(RequestKey).where(RequestKey.actor == actor, RequestKey.key == key))


def trail(session: Session, scope: Scope, *, limit: int = 100, before_id: int | None = None) -> list[Audit]:
    """The newest changes of the workshop."""
    query = select(Audit).where(Audit.organisation_id == scope.organisation, Audit.workshop_id == scope.workshop)
    if before_id is not None:
        query = query.where(Audit.id < before_id)
    return list(session.scalars(query.order_by(Audit.id.desc()).limit(limit)))


def noted_since_calculated(session: Session, scope: Scope, ref: str) -> list[str]:
    """The first action that anybody in the organisation did since the run of this reference was worked out; none, or one."""
    own = Audit.organisation_id == scope.organisation
    mark = session.scalar(
        select(Audit.id).where(own, Audit.workshop_id == scope.workshop, Audit.subject_ref == ref, Audit.action == "calculate")
        .order_by(Audit.id.desc()).limit(1))
    if mark is None:
        return []
    return list(session.scalars(select(Audit.action).where(own, Audit.id > mark).order_by(Audit.id).limit(1)))


def taken_back(session: Session, scope: Scope, actions: tuple[str, ...], since: datetime, day: date) -> list[Audit]:
    """What was taken back of a day's rows by these actions since an instant, oldest first."""
    rows = session.scalars(select(Audit).where(
        Audit.organisation_id == scope.organisation, Audit.workshop_id == scope.workshop, Audit.action.in_(actions),
        Audit.at >= since).order_by(Audit.id))
    return [row for row in rows if row.before and row.before.get("day") == day.isoformat()]


def last_noted(session: Session, scope: Scope, action: str, subject_refs: Collection[str]) -> dict[str, Any]:
    """What the newest entry of this action says of each subject, by the subject's reference. One query."""
    rows = session.execute(select(Audit.subject_ref, Audit.after).where(
        Audit.organisation_id == scope.organisation, Audit.workshop_id == scope.workshop, Audit.action == action,
        Audit.subject_ref.in_(among(session, subject_refs))).order_by(Audit.id))
    return {ref: after for ref, after in rows if after}
