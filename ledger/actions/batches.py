"""Work in the background: asked for in one transaction, taken piece by piece under a lease, each piece kept exactly once.

A piece is done in the same transaction as its papers are stored, and only by whoever still holds its lease, so whatever is killed
nothing is lost and nothing is made twice. What cannot be made fails with its reason; no number hangs on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jinja2 import TemplateError
from sqlalchemy import ColumnElement, case, literal, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ledger.actions import correction_papers, papers
from ledger.actions.doing import Doing
from ledger.actions.papers import Item, Made, Work
from ledger.core.access import May, Who
from ledger.core.faults import Conflict
from ledger.core.periods import Month
from ledger.records import batches as rows
from ledger.records import corrections
from ledger.records import stipends as runs
from ledger.records.batches import CORRECTION_PAPERS, DONE, FAILED, PAPERS, TAKEN, WAITING, Batch, BatchItem
from ledger.records.organisation import Scope
from ledger.records.types import Instant
from ledger.records.vault import KeyGone, Vault

LEASE = timedelta(seconds=10)
"""How long a piece is a worker's without word from it."""
TRIES = 3
PAUSE = timedelta(seconds=1)
"""How long a piece rests after it could not be made, times the tries."""
RESEND = timedelta(seconds=30)
"""After how long a message to a broker counts as lost when nobody took its item."""
ON_THEIR_WAY = 32
"""How many items are at a broker or its workers at a time."""
LOST, ERASED, PARTS, DATABASE, MEMORY, BROKEN = "lost", "erased", "parts_missing", "database", "no_memory", "broken"
NO_PARTS = ("PaperError", "FatalURLFetchingError")
"""Of the paper engine, which is not loaded before the first paper is made: a font or picture is not there."""
HOPELESS = frozenset({ERASED, PARTS})
"""Reasons that another try at once does not mend."""


# ---------- asking ----------


def start(doing: Doing, month: Month) -> Batch:
    """Ask for all papers of an approved month; asked for again it is the same batch, and what failed is tried anew.

    Raises Conflict when the month is not approved.
    """
    doing.check(May.PRINT_PAPERS)
    doing.gate()
    run = runs.find_sealed(doing.session, doing.scope, month)
    if run is None:
        raise Conflict("run_not_approved", month=str(month))
    return _ask(doing, PAPERS, run.run_ref, month, papers.items_of(run.run_ref, doing.session, doing.scope))


def start_correction(doing: Doing, ref: str) -> Batch:
    """Ask likewise for the papers of everybody whom a correction concerns. Raises Hidden when there is none."""
    doing.check(May.PRINT_PAPERS)
    doing.gate()
    header = corrections.get_correction(doing.session, doing.scope, ref)
    wanted = correction_papers.items_of(ref, doing.session, doing.scope)
    return _ask(doing, CORRECTION_PAPERS, ref, Month.parse(header.month), wanted)


def _ask(doing: Doing, kind: str, subject: str, month: Month, wanted: Sequence[Item]) -> Batch:
    found = rows.find_batch(doing.session, doing.scope, subject, kind)
    if found is not None:
        there = {Item(row.kind, row.person_ref) for row in rows.items(doing.session, doing.scope, found.ref)}
        _add(doing, found, [item for item in wanted if item not in there])
        try_again(doing, found.ref)
        return found
    batch = Batch(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, kind=kind, subject_ref=subject,
                  month=str(month), asked_by=doing.who.account, asked_at=doing.at)
    doing.session.add(batch)
    doing.session.flush()
    _add(doing, batch, wanted)
    doing.note("start_batch", "batch", batch.ref, after={"kind": kind, "month": str(month), "items": len(wanted)})
    return batch


def _add(doing: Doing, batch: Batch, wanted: Iterable[Item]) -> None:
    doing.session.add_all(BatchItem(
        organisation_id=batch.organisation_id, workshop_id=batch.workshop_id, batch_id=batch.id, kind=item.kind,
        person_ref=item.person, ready_at=doing.at) for item in wanted)
    doing.session.flush()


def try_again(doing: Doing, ref: str) -> int:
    """Let what failed in a batch be tried anew; returns how many items."""
    doing.check(May.PRINT_PAPERS)
    doing.gate()
    batch = rows.get_batch(doing.session, doing.scope, ref)
    again = list(doing.session.scalars(
        update(BatchItem).where(BatchItem.batch_id == batch.id, BatchItem.state == FAILED)
        .values(state=WAITING, tries=0, ready_at=doing.at, sent_at=None, ended_at=None, why="", told="")
        .returning(BatchItem.id)))
    if again:
        doing.note("retry_batch", "batch", batch.ref, after={"month": batch.month, "items": len(again)})
    return len(again)


# ---------- working ----------


@dataclass(frozen=True)
class Task:
    """An item taken: what it is, and what proves that it is still ours (`worker` and `tries`)."""

    id: int
    ref: str
    batch: str
    worker: str
    tries: int
    kind: str
    subject_ref: str
    month: Month
    item: Item
    scope: Scope


def claim(session: Session, now: datetime, worker: str, *, ref: str = "", batch: str = "") -> Task | None:
    """Take the oldest item that may be taken (of a batch, or the one of this reference); None when there is none."""
    oldest = select(BatchItem.id).where(rows.ready(now)).order_by(BatchItem.id).limit(1).with_for_update(skip_locked=True)
    if ref:
        oldest = oldest.where(BatchItem.ref == ref)
    if batch:
        oldest = oldest.where(BatchItem.batch_id == rows.batch_id(batch))
    taken = session.scalar(
        update(BatchItem).where(BatchItem.id == oldest.scalar_subquery(), BatchItem.state == WAITING)
        .values(state=TAKEN, worker=worker, tries=BatchItem.tries + 1, lease_until=now + LEASE, why="", told="")
        .returning(BatchItem).execution_options(synchronize_session=False))
    if taken is None:
        return None
    of = session.get_one(Batch, taken.batch_id)
    return Task(taken.id, taken.ref, of.ref, worker, taken.tries, of.kind, of.subject_ref, Month.parse(of.month),
                Item(taken.kind, taken.person_ref), Scope(taken.organisation_id, taken.workshop_id))


def held(task: Task) -> ColumnElement[bool]:
    """That the item is still this worker's, of this very try."""
    return ((BatchItem.id == task.id) & (BatchItem.state == TAKEN) & (BatchItem.worker == task.worker)
            & (BatchItem.tries == task.tries))


def renew(session: Session, task: Task, now: datetime) -> bool:
    """Hold the item longer; False when it is no longer ours."""
    return session.scalar(update(BatchItem).where(held(task)).values(lease_until=now + LEASE).returning(BatchItem.id)) is not None


def doing_of(session: Session, vault: Vault, task: Task, at: datetime) -> Doing:
    """The doing of a worker: it acts as itself, never as the person who asked."""
    return Doing(session, vault, Who("worker", "worker", task.scope.organisation, None, ()), task.scope, at, f"batch-{task.batch}")


def prepare(doing: Doing, task: Task) -> Work:
    """Read what the items of a task's batch are made from."""
    if task.kind == CORRECTION_PAPERS:
        return correction_papers.prepare(doing, task.subject_ref)
    return papers.prepare(doing, task.month)


def finish(doing: Doing, task: Task, work: Work, made: Iterable[Made]) -> bool:
    """Keep what was made and mark the item done, in one transaction; False, with nothing kept, when the lease was lost."""
    doing.gate()
    mine = doing.session.scalar(
        update(BatchItem).where(held(task)).values(state=DONE, lease_until=None, ended_at=doing.at).returning(BatchItem.id))
    if mine is None:
        return False
    papers.keep(doing, work, made)
    return True


def fail(session: Session, task: Task, now: datetime, wrong: BaseException) -> bool:
    """Write down why an item could not be made: it is tried again a little later, or has failed. False when the lease was lost."""
    why, told = reason(wrong)
    last = task.tries >= TRIES or why in HOPELESS
    values = {"state": FAILED if last else WAITING, "lease_until": None, "why": why, "told": told, "sent_at": None,
              "ready_at": now + PAUSE * task.tries, "ended_at": now if last else None}
    return session.scalar(update(BatchItem).where(held(task)).values(**values).returning(BatchItem.id)) is not None


def release(session: Session, task: Task, now: datetime) -> bool:
    """Give an item back untried: whoever held it was told to stop. False when the lease was lost."""
    values = {"state": WAITING, "tries": task.tries - 1, "lease_until": None, "sent_at": None, "ready_at": now}
    return session.scalar(update(BatchItem).where(held(task)).values(**values).returning(BatchItem.id)) is not None


def sweep(session: Session, now: datetime, dead: Iterable[str] = ()) -> int:
    """Take back what workers hold that said nothing for the length of a lease, or that are known to be dead."""
    lost = rows.overdue(now) | ((BatchItem.state == TAKEN) & BatchItem.worker.in_(list(dead)))
    last, instant = BatchItem.tries >= TRIES, literal(now, Instant)
    values = {"state": case((last, FAILED), else_=WAITING), "ended_at": case((last, instant), else_=None), "lease_until": None,
              "sent_at": None, "ready_at": now, "why": LOST, "told": ""}
    back = update(BatchItem).where(lost).values(**values).returning(BatchItem.id)
    return len(list(session.scalars(back.execution_options(synchronize_session=False))))


def to_send(session: Session, now: datetime) -> list[str]:
    """The references to send to a broker now: items never sent, and those whose message seems lost.

    Few are on their way at a time, so that what waits long there has waited for nothing but a worker.
    """
    before = now - RESEND
    room = ON_THEIR_WAY - rows.on_their_way(session, before)
    return rows.to_send(session, now, before, room) if room > 0 else []


def mark_sent(session: Session, now: datetime, refs: Iterable[str]) -> None:
    """These were sent; if a message is lost, they are sent again after RESEND."""
    session.execute(update(BatchItem).where(BatchItem.ref.in_(list(refs)), BatchItem.state == WAITING).values(sent_at=now)
                    .execution_options(synchronize_session=False))


def reason(wrong: BaseException) -> tuple[str, str]:
    """A code and a short text without personal data: the kind of error, and the name of a file that is not there."""
    name = type(wrong).__name__
    if isinstance(wrong, KeyGone):
        return ERASED, name
    if isinstance(wrong, TemplateError):
        return PARTS, f"{name} {getattr(wrong, 'name', None) or ''}".strip()
    if isinstance(wrong, OSError) and wrong.filename:
        return PARTS, f"{name} {str(wrong.filename).rpartition('/')[2]}"
    if name in NO_PARTS:
        return PARTS, f"{name} {str(wrong).rpartition('/')[2].strip(chr(34))[:60]}"
    if isinstance(wrong, SQLAlchemyError):
        return DATABASE, name
    return (MEMORY if isinstance(wrong, MemoryError) else BROKEN), name
