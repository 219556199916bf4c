"""Issued papers: bytes stored once, encrypted, with their SHA-256, never made again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column

from ledger.core.faults import Hidden
from ledger.core.periods import Month
from ledger.records.among import within_scope
from ledger.records.base import Books, Scoped
from ledger.records.organisation import Scope
from ledger.records.types import Bytes, Instant

KINDS = ("leaf", "calculation", "paysheet")
CORRECTION_KINDS = ("correction_leaf", "correction_calculation")
"""Kinds of papers of a correction: their `run_ref` is the correction's."""


class Paper(Books, Scoped):
    """A paper of an approved month. `sha256` is of the plain PDF; `sealed` stands under the person's key, a paper on many people
    under the month's key. `person_ref` is empty for these."""

    __tablename__ = "paper"
    run_ref: Mapped[str] = mapped_column(Text, index=True)
    month: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    person_ref: Mapped[str] = mapped_column(Text, index=True)
    sha256: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(Bytes)
    made_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("run_ref", "kind", "person_ref"), {"sqlite_strict": True})


def _papers(scope: Scope) -> Select[Paper]:
    return select(Paper).where(Paper.organisation_id == scope.organisation, Paper.workshop_id == scope.workshop)


def papers_of_run(session: Session, scope: Scope, run_ref: str, kind: str | None = None, *, whole: bool = False) -> list[Paper]:
    """The papers of an approved run; their bytes only with `whole`."""
    query = _papers(scope).where(Paper.run_ref == run_ref)
    if kind is not None:
        query = query.where(Paper.kind == kind)
    if not whole:
        query = query.options(defer(Paper.sealed, raiseload=True))
    return list(session.scalars(query.order_by(Paper.id)))


def stored_of(session: Session, scope: Scope, run_ref: str, person_refs: Collection[str]) -> set[tuple[str, str]]:
    """Which papers of these people ("" for those on many) a run has already: kind and person. It looks at no others, so that
    keeping one person's costs the same whatever the number of people."""
    rows = session.execute(select(Paper.kind, Paper.person_ref).where(
        Paper.run_ref == run_ref, Paper.person_ref.in_(person_refs), within_scope(Paper, scope)))
    return {(row.kind, row.person_ref) for row in rows}


def papers_of_month(session: Session, scope: Scope, month: Month, kind: str | None = None) -> list[Paper]:
    """The papers of a month (of one kind, or all), without their bytes, oldest first."""
    query = _papers(scope).where(Paper.month == str(month))
    if kind is not None:
        query = query.where(Paper.kind == kind)
    return list(session.scalars(query.options(defer(Paper.sealed, raiseload=True)).order_by(Paper.id)))


def get_paper(session: Session, scope: Scope, ref: str) -> Paper:
    """The paper with this reference; raises Hidden outside the scope."""
    found = session.scalar(_papers(scope).where(Paper.ref == ref))
    if found is None:
        raise Hidden
    return found


def counts_by_run(session: Session, scope: Scope) -> dict[str, dict[str, int]]:
    """How many papers of each kind every approved run has: run's reference -> kind -> count."""
    found: dict[str, dict[str, int]] = {}
    for run_ref, kind, count in session.execute(
            select(Paper.run_ref, Paper.kind, func.count()).where(
                Paper.organisation_id == scope.organisation, Paper.workshop_id == scope.workshop)
            .group_by(Paper.run_ref, Paper.kind)):
        found.setdefault(run_ref, {})[kind] = count
    return found


def papers_of_person(session: Session, scope: Scope, run_ref: str, person_ref: str) -> dict[str, Paper]:
    """A person's papers of an approved run by kind, without their bytes."""
    rows = session.scalars(_papers(scope).where(Paper.run_ref == run_ref, Paper.person_ref == person_ref)
                           .options(defer(Paper.sealed, raiseload=True)))
    return {row.kind: row for row in rows}
