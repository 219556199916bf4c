"""How people are paid: a changed account, another payee, cash by choice, that the money waits; and who confirmed, refused, ended
it.

Sealed like payments: rows are only added. Names, accounts, documents and reasons stand under the person's key.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.faults import Hidden
from ledger.records.among import among
from ledger.records.base import Books, Scoped
from ledger.records.organisation import Scope
from ledger.records.types import Bytes, Day, Instant


class PayDetail(Books, Scoped):
    """How a person is paid: a changed account, another payee, cash by choice, or that the money waits; from a day until a day, both
    inclusive. `sealed` stands under the person's key: name, account, document, reason."""

    __tablename__ = "pay_detail"
    person_ref: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    since: Mapped[date] = mapped_column(Day)
    until: Mapped[date | None] = mapped_column(Day)
    sealed: Mapped[bytes] = mapped_column(Bytes)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        CheckConstraint("kind IN ('account', 'payee', 'cash', 'wait')", name="kind"),
        CheckConstraint("until IS NULL OR until >= since", name="until_after_since"),
        Index("ix_pay_detail_person", "workshop_id", "person_ref"), {"sqlite_strict": True})


class PayDetailEvent(Books, Scoped):
    """A second person confirmed or refused it, or it was ended before its day."""

    __tablename__ = "pay_detail_event"
    detail_ref: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column(Day)
    done_by: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("detail_ref", "state"), CheckConstraint("state IN ('confirmed', 'refused', 'ended')", name="state"),
        {"sqlite_strict": True})


@dataclass(frozen=True)
class Detail:
    """How a person is paid, with what became of it."""

    row: PayDetail
    events: tuple[PayDetailEvent, ...]

    def had(self, state: str) -> PayDetailEvent | None:
        """The event of this state, if it happened."""
        return next((one for one in self.events if one.state == state), None)

    @property
    def open(self) -> bool:
        """Whether a second person still has to look at it."""
        return self.row.kind in ("account", "payee") and not self.events

    def holds(self, day: date) -> bool:
        """Whether it counts on a day: confirmed where that is needed, begun, not over."""
        if self.row.kind in ("account", "payee") and self.had("confirmed") is None:
            return False
        ended = self.had("ended")
        return self.row.since <= day and (self.row.until is None or day <= self.row.until) and (
            ended is None or day < ended.happened_on)


def details(session: Session, scope: Scope, person_refs: Collection[str] | None = None) -> list[Detail]:
    """How people are paid, oldest first; of these people unless all. Two queries."""
    query = select(PayDetail).where(PayDetail.organisation_id == scope.organisation, PayDetail.workshop_id == scope.workshop)
    happened = select(PayDetailEvent).where(
        PayDetailEvent.organisation_id == scope.organisation, PayDetailEvent.workshop_id == scope.workshop)
    if person_refs is not None:
        query = query.where(PayDetail.person_ref.in_(among(session, person_refs)))
    events: dict[str, list[PayDetailEvent]] = {}
    for one in session.scalars(happened.order_by(PayDetailEvent.id)):
        events.setdefault(one.detail_ref, []).append(one)
    return [Detail(row, tuple(events.get(row.ref, ()))) for row in session.scalars(query.order_by(PayDetail.id))]


def get_detail(session: Session, scope: Scope, ref: str) -> Detail:
    """One of them; raises Hidden outside the scope."""
    found = next((one for one in details(session, scope) if one.row.ref == ref), None)
    if found is None:
        raise Hidden
    return found
