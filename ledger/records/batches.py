"""Work in the background: what is to be made, piece by piece, who has taken a piece and until when, and what failed.

A batch says what for; each item of it is one piece, taken by a worker for the length of a lease. The state of a batch is that of
its items. Rows name people by reference only, and say why something failed as a code and a short text that tells of nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, Index, Text, UniqueConstraint, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from ledger.core.faults import Hidden
from ledger.records.base import Books, Scoped, within
from ledger.records.organisation import Scope
from ledger.records.types import Instant, Key, Whole

WAITING, TAKEN, DONE, FAILED = "waiting", "taken", "done", "failed"
PAPERS, CORRECTION_PAPERS = "papers", "correction_papers"
"""Kinds of batches: those that make the papers of an approved month, whose subject is the run, and of a correction."""


class Batch(Books, Scoped):
    """Something asked for once: one batch of a kind for a subject. `month` is for whoever reads about it."""

    __tablename__ = "batch"
    kind: Mapped[str] = mapped_column(Text)
    subject_ref: Mapped[str] = mapped_column(Text)
    month: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (UniqueConstraint("workshop_id", "id"), UniqueConstraint("workshop_id", "kind", "subject_ref"),
                      {"sqlite_strict": True})


class BatchItem(Books, Scoped):
    """A piece: `tries` counts how often it was taken, `ready_at` is when it may be, `lease_until` until when it is a worker's.

    `sent_at` is when its reference last went to a broker, if there is one. `why` is a code of `actions.batches`, `told` what the
    program said, without personal data.
    """

    __tablename__ = "batch_item"
    batch_id: Mapped[int] = mapped_column(Key, index=True)
    kind: Mapped[str] = mapped_column(Text)
    person_ref: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default=WAITING)
    ready_at: Mapped[datetime] = mapped_column(Instant)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    worker: Mapped[str] = mapped_column(Text, default="")
    tries: Mapped[int] = mapped_column(Whole, default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    why: Mapped[str] = mapped_column(Text, default="")
    told: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (within("batch_id", "batch"), UniqueConstraint("batch_id", "kind", "person_ref"),
                      CheckConstraint("state IN ('waiting', 'taken', 'done', 'failed')", name="state"),
                      CheckConstraint("(state = 'taken') = (lease_until IS NOT NULL)", name="lease"),
                      Index("ix_batch_item_open", "state", "ready_at"), {"sqlite_strict": True})


@dataclass(frozen=True)
class Tally:
    """How many items of a batch are in each state."""

    waiting: int = 0
    taken: int = 0
    done: int = 0
    failed: int = 0

    @property
    def total(self) -> int:
        """All items."""
        return self.waiting + self.taken + self.done + self.failed

    @property
    def open(self) -> bool:
        """Whether something is still to be tried."""
        return bool(self.waiting or self.taken)

    @property
    def state(self) -> str:
        """`open`, `failed` when nothing is left to try and something failed, or `done`."""
        return "open" if self.open else "failed" if self.failed else "done"


def batches(session: Session, scope: Scope, limit: int = 60) -> list[tuple[Batch, Tally]]:
    """The newest batches with what became of their items."""
    rows = list(session.scalars(select(Batch).where(_own(scope)).order_by(Batch.id.desc()).limit(limit)))
    counted = tallies(session, [row.id for row in rows])
    return [(row, counted.get(row.id, Tally())) for row in rows]


def get_batch(session: Session, scope: Scope, ref: str) -> Batch:
    """The batch with this reference; raises Hidden outside the scope."""
    found = session.scalar(select(Batch).where(_own(scope), Batch.ref == ref))
    if found is None:
        raise Hidden
    return found


def find_batch(session: Session, scope: Scope, subject_ref: str, kind: str = PAPERS) -> Batch | None:
    """The batch of a kind for a subject, by default the one that makes the papers of an approved run."""
    return session.scalar(select(Batch).where(_own(scope), Batch.kind == kind, Batch.subject_ref == subject_ref))


def items(session: Session, scope: Scope, ref: str) -> list[BatchItem]:
    """All items of the batch with this reference, as they were written down."""
    return list(session.scalars(
        select(BatchItem).join(Batch, Batch.id == BatchItem.batch_id).where(_own(scope), Batch.ref == ref).order_by(BatchItem.id)))


def _own(scope: Scope) -> ColumnElement[bool]:
    return and_(Batch.organisation_id == scope.organisation, Batch.workshop_id == scope.workshop)


# ---------- what workers and checks ask, over all workshops ----------


def tallies(session: Session, batch_ids: Iterable[int]) -> dict[int, Tally]:
    """How many items of each of these batches are in each state."""
    found: dict[int, dict[str, int]] = {}
    for batch, state, count in session.execute(
            select(BatchItem.batch_id, BatchItem.state, func.count()).where(BatchItem.batch_id.in_(list(batch_ids)))
            .group_by(BatchItem.batch_id, BatchItem.state)):
        found.setdefault(batch, {})[state] = count
    return {batch: Tally(**counts) for batch, counts in found.items()}


def unfinished(session: Session) -> dict[str, bool]:
    """Whether something of a batch is not made yet, by its subject (run or correction); those without a batch are not named."""
    missing = select(BatchItem.id).where(BatchItem.batch_id == Batch.id, BatchItem.state != DONE).exists()
    return {subject: bool(is_open) for subject, is_open in session.execute(
        select(Batch.subject_ref, missing))}


def ready(now: datetime) -> ColumnElement[bool]:
    """That an item may be taken now."""
    return and_(BatchItem.state == WAITING, BatchItem.ready_at <= now)


def overdue(now: datetime) -> ColumnElement[bool]:
    """That an item's lease is over."""
    return and_(BatchItem.state == TAKEN, BatchItem.lease_until <= now)


@dataclass(frozen=True)
class Glance:
    """What a worker sees before it waits for the right to write: is anything to be taken, is anything lost, who holds leases."""

    ready: bool
    overdue: bool
    holders: frozenset[str]


def glance(session: Session, now: datetime, batch_ref: str = "") -> Glance:
    """Look without writing; of one batch only, if told. Three reads of an index."""
    def there(which: ColumnElement[bool]) -> bool:
        query = select(BatchItem.id).where(which)
        if batch_ref:
            query = query.where(BatchItem.batch_id == batch_id(batch_ref))
        return session.scalar(query.limit(1)) is not None
    holders = session.scalars(select(BatchItem.worker).where(BatchItem.state == TAKEN).distinct())
    return Glance(there(ready(now)), there(overdue(now)), frozenset(holders))


def batch_id(ref: str) -> ColumnElement[int]:
    """The row number of a batch, inside a query."""
    return select(Batch.id).where(Batch.ref == ref).scalar_subquery()


def to_send(session: Session, now: datetime, sent_before: datetime, limit: int) -> list[str]:
    """References of items that wait and were not sent to a broker, or so long ago that the message may be lost; oldest first."""
    return list(session.scalars(
        select(BatchItem.ref).where(ready(now), or_(BatchItem.sent_at.is_(None), BatchItem.sent_at < sent_before))
        .order_by(BatchItem.id).limit(limit)))


def on_their_way(session: Session, sent_before: datetime) -> int:
    """How many items are at the broker or at a worker: the next are sent when these become fewer."""
    return session.scalar(select(func.count()).select_from(BatchItem).where(or_(
        BatchItem.state == TAKEN, and_(BatchItem.state == WAITING, BatchItem.sent_at >= sent_before)))) or 0


def is_open(session: Session, ref: str) -> bool:
    """Whether something of the batch with this reference is still to be tried."""
    return session.scalar(select(BatchItem.id).where(
        BatchItem.batch_id == batch_id(ref), BatchItem.state.in_((WAITING, TAKEN))).limit(1)) is not None


def last_moved(session: Session, batch: int, since: datetime) -> datetime:
    """When something last happened to an item of a batch, at the earliest `since`."""
    ready_at, ended_at = session.execute(
        select(func.max(BatchItem.ready_at), func.max(BatchItem.ended_at)).where(BatchItem.batch_id == batch)).one()
    return max(since, ready_at or since, ended_at or since)
