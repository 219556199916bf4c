"""Versions of a workshop's rules as a month finds them, and the drafts that somebody is writing."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from ledger.core.faults import Hidden
from ledger.core.periods import Month
from ledger.records.audit import Audit
from ledger.records.entries import FigureRow, PersonValueRow, WorkRow
from ledger.records.organisation import Scope
from ledger.records.stipends import SchemeDraft, SchemeRow

DRAFT = "scheme_draft"
"""What the audit trail calls a draft."""


def in_month(session: Session, scope: Scope, month: Month) -> tuple[SchemeRow | None, SchemeRow | None]:
    """The version in force on the first day of the month and the last one that begins inside it, None for none."""
    inside: SchemeRow | None = None
    for row in session.scalars(select(SchemeRow).where(
            SchemeRow.organisation_id == scope.organisation, SchemeRow.workshop_id == scope.workshop,
            SchemeRow.in_force_from <= month.last).order_by(SchemeRow.in_force_from.desc(), SchemeRow.id.desc())):
        if row.in_force_from <= month.first:
            return row, inside
        inside = inside or row
    return None, inside


def _drafts(scope: Scope) -> Select[SchemeDraft]:
    return select(SchemeDraft).where(SchemeDraft.organisation_id == scope.organisation, SchemeDraft.workshop_id == scope.workshop)


def drafts(session: Session, scope: Scope) -> list[SchemeDraft]:
    """All drafts, the last changed first."""
    return list(session.scalars(_drafts(scope).order_by(SchemeDraft.changed_at.desc(), SchemeDraft.id.desc())))


def get_draft(session: Session, scope: Scope, ref: str) -> SchemeDraft:
    """The draft with this reference; raises Hidden outside the scope."""
    found = session.scalar(_drafts(scope).where(SchemeDraft.ref == ref))
    if found is None:
        raise Hidden
    return found


def changed_by(session: Session, scope: Scope, refs: Collection[str]) -> dict[str, str]:
    """Who changed each draft last (the account's reference), by the draft's reference."""
    last = select(func.max(Audit.id)).where(
        Audit.workshop_id == scope.workshop, Audit.subject == DRAFT, Audit.subject_ref.in_(refs)).group_by(Audit.subject_ref)
    found = session.execute(select(Audit.subject_ref, Audit.actor).where(
        Audit.organisation_id == scope.organisation, Audit.id.in_(last)))
    return {row.subject_ref: row.actor for row in found}


def known_names(session: Session, scope: Scope) -> dict[str, list[str]]:
    """What entries and profiles of the workshop name already, by value, task, hours and month: what formulas may ask for."""
    columns = {"value": PersonValueRow.name, "task": WorkRow.task, "hours": WorkRow.kind, "month": FigureRow.name}
    parts = [select(literal(what).label("what"), column.label("name")).where(
        column.class_.organisation_id == scope.organisation, column.class_.workshop_id == scope.workshop, column != "").distinct()
        for what, column in columns.items()]
    found: dict[str, list[str]] = {what: [] for what in columns}
    for what, name in session.execute(union_all(*parts)):
        found[what].append(name)
    return {what: sorted(names) for what, names in found.items()}
