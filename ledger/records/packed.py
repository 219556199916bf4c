"""What an audit pack takes out of the books besides what pages read: lines of a run, its steps, spans of both chains."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ledger.core.journal import Leg
from ledger.core.periods import Month
from ledger.records import journal
from ledger.records.audit import Audit
from ledger.records.journal import JournalEntry
from ledger.records.organisation import Scope
from ledger.records.seals import Seal
from ledger.records.stipends import SealedLine, SealedRun

STEPS = ("calculate", "submit", "withdraw", "send_back", "approve")
"""Actions of the audit trail that a run goes through."""


def lines_of_run(session: Session, scope: Scope, run_ref: str) -> list[SealedLine]:
    """The lines of all statements of an approved run, person by person, in their order."""
    return list(session.scalars(select(SealedLine).where(
        SealedLine.organisation_id == scope.organisation, SealedLine.workshop_id == scope.workshop,
        SealedLine.run_ref == run_ref).order_by(SealedLine.person_ref, SealedLine.position)))


def steps_of_run(session: Session, scope: Scope, run_ref: str) -> list[Audit]:
    """Who worked the run out, handed it in, sent it back, approved it; oldest first."""
    return list(session.scalars(select(Audit).where(
        Audit.organisation_id == scope.organisation, Audit.workshop_id == scope.workshop, Audit.subject_ref == run_ref,
        Audit.action.in_(STEPS)).order_by(Audit.id)))


def journal_span(session: Session, scope: Scope, month: Month, until: int = 0) -> list[tuple[JournalEntry, list[Leg]]]:
    """The entries from the first that the month books to the last (to the number `until` at least), the month's own with their
    legs, those of other months between them without."""
    own = (JournalEntry.organisation_id == scope.organisation, JournalEntry.workshop_id == scope.workshop)
    first, last = session.execute(select(func.min(JournalEntry.sequence), func.max(JournalEntry.sequence)).where(
        *own, JournalEntry.booked_in == str(month))).one()
    if first is None:
        return []
    rows = list(session.scalars(select(JournalEntry).where(*own, JournalEntry.sequence.between(first, max(last, until)))
                                .order_by(JournalEntry.sequence)))
    legs = journal.legs_of(session, scope, [row.sequence for row in rows if row.booked_in == str(month)])
    return [(row, legs.get(row.sequence, [])) for row in rows]


def seal_span(session: Session, scope: Scope, run_id: int, paper_ids: Collection[int]) -> list[Seal]:
    """The links of the organisation's chain from the one that seals a run's header to the last that seals one of its papers."""
    links = list(session.scalars(select(Seal).where(
        Seal.organisation_id == scope.organisation,
        Seal.rows.contains('"sealed_run"') | Seal.rows.contains('"paper"')).order_by(Seal.sequence)))
    own = session.scalar(select(SealedRun.id).where(
        SealedRun.id == run_id, SealedRun.organisation_id == scope.organisation, SealedRun.workshop_id == scope.workshop))
    header = next((link.sequence for link in links if own is not None and _covers(link, "sealed_run", {own})), None)
    if header is None:
        return []
    last = max((link.sequence for link in links if _covers(link, "paper", paper_ids)), default=header)
    return list(session.scalars(select(Seal).where(
        Seal.organisation_id == scope.organisation, Seal.sequence.between(header, max(header, last))).order_by(Seal.sequence)))


def _covers(link: Seal, table: str, ids: Collection[int]) -> bool:
    spans = [span for part in json.loads(link.rows) if part[0] == table and len(part) == 2 for span in part[1]]
    return any(first <= one <= last for first, last in spans for one in ids)
