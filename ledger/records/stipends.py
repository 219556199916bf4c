"""Schemes, runs and the sealed books of approved months.

A run is a draft that may change until it is approved; then what it used and what came out is written into the sealed tables, legs
first and the header last, and triggers (`ledger.records.guards`) keep every row as it is.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Select, Text, UniqueConstraint, func, select, text
from sqlalchemy.orm import Mapped, Session, load_only, mapped_column, undefer

from ledger.core.faults import Hidden
from ledger.core.periods import Month
from ledger.records.among import among, built_once, own_workshop, within_scope
from ledger.records.base import Books, Scoped, ScopedLeg
from ledger.records.organisation import Scope
from ledger.records.types import Cents, Day, Instant, Whole


class SchemeRow(Books, Scoped):
    """A version of the workshop's rules: the TOML text as approved, and its hash."""

    __tablename__ = "scheme"
    number: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(Text)
    in_force_from: Mapped[date] = mapped_column(Day)
    order_number: Mapped[str] = mapped_column(Text)
    order_date: Mapped[date] = mapped_column(Day)
    approved_by: Mapped[str] = mapped_column(Text)
    approved_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (UniqueConstraint("workshop_id", "number"), {"sqlite_strict": True})


class SchemeDraft(Books, Scoped):
    """Rules that somebody is writing; nothing of them counts. `based_on` is the reference of the approved version they began
    from, or empty."""

    __tablename__ = "scheme_draft"
    name: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    based_on: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(Whole, default=1)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (CheckConstraint("name <> ''", name="has_a_name"), {"sqlite_strict": True})


class Run(Books, Scoped):
    """The working side of a month's calculation. `seen` is the hash of inputs, scheme and result: what an approver approves.
    The two texts are megabytes for many people: steps that do not need them leave them in the database, and an approved run
    has them in its sealed header alone."""

    __tablename__ = "run"
    month: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    scheme_ref: Mapped[str] = mapped_column(Text)
    inputs: Mapped[str] = mapped_column(Text, deferred=True)
    result: Mapped[str] = mapped_column(Text, deferred=True)
    seen: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Whole, default=1)
    calculated_by: Mapped[str] = mapped_column(Text)
    calculated_at: Mapped[datetime] = mapped_column(Instant)
    submitted_by: Mapped[str | None] = mapped_column(Text)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_back_by: Mapped[str | None] = mapped_column(Text)
    sent_back_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_back_why: Mapped[str | None] = mapped_column(Text)
    approved_by: Mapped[str | None] = mapped_column(Text)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted', 'approved', 'discarded')", name="state"),
        CheckConstraint("approved_by IS NULL OR (approved_by <> calculated_by AND approved_by <> submitted_by)",
                        name="another_approves"),
        CheckConstraint("(state = 'approved') = (approved_by IS NOT NULL)", name="approved_has_a_name"),
        Index("uq_run_one_at_a_time", "workshop_id", "month", unique=True, sqlite_where=text("state <> 'discarded'"),
              postgresql_where=text("state <> 'discarded'")),
        UniqueConstraint("workshop_id", "id"),
        {"sqlite_strict": True})


class MonthRow(Books, Scoped):
    """What somebody decided about a month: `empty` when it was declared to have nothing to pay."""

    __tablename__ = "month"
    month: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("workshop_id", "month"), CheckConstraint("state IN ('empty')", name="state"), {"sqlite_strict": True})


class SealedRun(Books, Scoped):
    """The header of an approved month, written last: identity in cents, frozen inputs, scheme and result with their hashes."""

    __tablename__ = "sealed_run"
    run_ref: Mapped[str] = mapped_column(Text, unique=True)
    month: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    paysheet_number: Mapped[str] = mapped_column(Text)
    order_number: Mapped[str] = mapped_column(Text)
    order_date: Mapped[date] = mapped_column(Day)
    scheme_ref: Mapped[str] = mapped_column(Text)
    scheme_text: Mapped[str] = mapped_column(Text)
    inputs: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(Text)
    seen: Mapped[str] = mapped_column(Text)
    calculated_by: Mapped[str] = mapped_column(Text)
    submitted_by: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str] = mapped_column(Text)
    calculated_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime] = mapped_column(Instant)
    approved_at: Mapped[datetime] = mapped_column(Instant)
    app_version: Mapped[str] = mapped_column(Text)
    realised_net_cents: Mapped[int] = mapped_column(Cents)
    deducted_cents: Mapped[int] = mapped_column(Cents)
    carried_in_cents: Mapped[int] = mapped_column(Cents)
    from_reserve_cents: Mapped[int] = mapped_column(Cents)
    from_budget_cents: Mapped[int] = mapped_column(Cents)
    stipends_cents: Mapped[int] = mapped_column(Cents)
    withheld_cents: Mapped[int] = mapped_column(Cents)
    to_reserve_cents: Mapped[int] = mapped_column(Cents)
    unassigned_cents: Mapped[int] = mapped_column(Cents)
    carried_out_cents: Mapped[int] = mapped_column(Cents)
    __table_args__ = (
        UniqueConstraint("workshop_id", "month"), UniqueConstraint("organisation_id", "number"),
        UniqueConstraint("organisation_id", "paysheet_number"),
        CheckConstraint("approved_by <> calculated_by AND approved_by <> submitted_by", name="another_approves"),
        CheckConstraint(
            "realised_net_cents - deducted_cents + carried_in_cents + from_reserve_cents + from_budget_cents"
            " = stipends_cents + withheld_cents + to_reserve_cents + unassigned_cents + carried_out_cents", name="identity"),
        # which months are approved and what they left to the reserve, answered without walking over the long texts
        Index("ix_sealed_run_months", "organisation_id", "workshop_id", "month"),
        Index("ix_sealed_run_reserve", "workshop_id", "month", "to_reserve_cents", "from_reserve_cents"),
        {"sqlite_strict": True})


class SealedPerson(Books, ScopedLeg):
    """One person's statement in an approved month, by reference and number only."""

    __tablename__ = "sealed_person"
    run_ref: Mapped[str] = mapped_column(Text)
    person_ref: Mapped[str] = mapped_column(Text, index=True)
    person_number: Mapped[str] = mapped_column(Text)
    statement_number: Mapped[str] = mapped_column(Text)
    total_cents: Mapped[int] = mapped_column(Cents)
    debt_cents: Mapped[int] = mapped_column(Cents)
    __table_args__ = (
        UniqueConstraint("run_ref", "person_ref"), UniqueConstraint("organisation_id", "statement_number"),
        CheckConstraint("total_cents >= 0 AND debt_cents >= 0", name="not_below_zero"), {"sqlite_strict": True})


class SealedLine(Books, ScopedLeg):
    """A line of a person's statement in an approved month."""

    __tablename__ = "sealed_line"
    run_ref: Mapped[str] = mapped_column(Text)
    person_ref: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Whole)
    part: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    payer: Mapped[str] = mapped_column(Text)
    cents: Mapped[int] = mapped_column(Cents)
    __table_args__ = (UniqueConstraint("run_ref", "person_ref", "position"), {"sqlite_strict": True})


class SealedSale(Books, ScopedLeg):
    """A sale line worked out in an approved month: its cents, and how many thousandths no lot covers."""

    __tablename__ = "sealed_sale"
    run_ref: Mapped[str] = mapped_column(Text, index=True)
    sale_ref: Mapped[str] = mapped_column(Text, unique=True)
    gross_cents: Mapped[int] = mapped_column(Cents)
    net_cents: Mapped[int] = mapped_column(Cents)
    materials_cents: Mapped[int] = mapped_column(Cents)
    shared_cents: Mapped[int] = mapped_column(Cents)
    uncovered: Mapped[int] = mapped_column(Whole)
    __table_args__ = ({"sqlite_strict": True},)


class SealedMatch(Books, ScopedLeg):
    """So many thousandths of a sale line out of a lot ("" for none), kept for good, in the order in which they were made."""

    __tablename__ = "sealed_match"
    run_ref: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Whole)
    sale_ref: Mapped[str] = mapped_column(Text, index=True)
    lot_ref: Mapped[str] = mapped_column(Text, index=True)
    quantity: Mapped[int] = mapped_column(Whole)
    __table_args__ = (UniqueConstraint("run_ref", "position"), {"sqlite_strict": True})


class LateRow(Books, Scoped):
    """A wrong or missing fact of an approved month, with its reason; a correction reads it, the sealed run never does."""

    __tablename__ = "late_row"
    month: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column(Day)
    kind: Mapped[str] = mapped_column(Text)
    fact: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    offered_by: Mapped[str] = mapped_column(Text)
    offered_at: Mapped[datetime] = mapped_column(Instant)


@built_once
def _schemes(scope: Scope) -> Select[SchemeRow]:
    return select(SchemeRow).where(SchemeRow.organisation_id == scope.organisation, SchemeRow.workshop_id == scope.workshop)


def schemes(session: Session, scope: Scope) -> list[SchemeRow]:
    """All approved schemes, the newest in force first."""
    return list(session.scalars(_schemes(scope).order_by(SchemeRow.in_force_from.desc(), SchemeRow.id.desc())))


def find_scheme(session: Session, scope: Scope, month: Month) -> SchemeRow | None:
    """The version in force on the first day of the month."""
    return session.scalar(_schemes(scope).where(SchemeRow.in_force_from <= month.first)
                          .order_by(SchemeRow.in_force_from.desc(), SchemeRow.id.desc()).limit(1))


def get_scheme(session: Session, scope: Scope, ref: str) -> SchemeRow:
    """The scheme with this reference; raises Hidden outside the scope."""
    found = session.scalar(_schemes(scope).where(SchemeRow.ref == ref))
    if found is None:
        raise Hidden
    return found


def find_run(session: Session, scope: Scope, month: Month, *, texts: bool = True) -> Run | None:
    """The month's run that is not discarded; without `texts` these are read only when somebody asks for them."""
    query = select(Run).where(
        Run.organisation_id == scope.organisation, Run.workshop_id == scope.workshop,
        Run.month == str(month), Run.state != "discarded").order_by(Run.id.desc()).limit(1)
    return session.scalar(query.options(undefer(Run.inputs), undefer(Run.result)) if texts else query)


def find_sealed(session: Session, scope: Scope, month: Month) -> SealedRun | None:
    """The approved run of the month."""
    return session.scalar(_sealed(scope).where(SealedRun.month == str(month)))


def sealed_runs(session: Session, scope: Scope) -> list[SealedRun]:
    """All approved runs, oldest month first."""
    return list(session.scalars(_sealed(scope).order_by(SealedRun.month)))


@built_once
def _sealed(scope: Scope) -> Select[SealedRun]:
    return select(SealedRun).where(SealedRun.organisation_id == scope.organisation, SealedRun.workshop_id == scope.workshop)


def approved_months(session: Session, scope: Scope) -> frozenset[Month]:
    """The months whose run is approved."""
    return frozenset(Month.parse(text) for text in session.scalars(_approved(scope)))


@built_once
def _approved(scope: Scope) -> Select[str]:
    return select(SealedRun.month).where(SealedRun.workshop_id.in_(own_workshop(scope)))


def empty_months(session: Session, scope: Scope) -> frozenset[Month]:
    """The months declared to have nothing to pay."""
    found = session.scalars(select(MonthRow.month).where(
        MonthRow.organisation_id == scope.organisation, MonthRow.workshop_id == scope.workshop, MonthRow.state == "empty"))
    return frozenset(Month.parse(text) for text in found)


def sealed_people(session: Session, scope: Scope, run_ref: str) -> list[SealedPerson]:
    """The statements of an approved run, in the order they were numbered."""
    return list(session.scalars(select(SealedPerson).where(
        SealedPerson.organisation_id == scope.organisation, SealedPerson.workshop_id == scope.workshop,
        SealedPerson.run_ref == run_ref).order_by(SealedPerson.id)))


def statements_of_person(session: Session, scope: Scope, person_ref: str) -> list[tuple[SealedPerson, SealedRun]]:
    """A person's statements with their runs, newest month first."""
    rows = session.execute(
        select(SealedPerson, SealedRun).join(SealedRun, SealedRun.run_ref == SealedPerson.run_ref)
        .where(SealedPerson.organisation_id == scope.organisation, SealedPerson.workshop_id == scope.workshop,
               SealedPerson.person_ref == person_ref).order_by(SealedRun.month.desc()))
    return [(person, run) for person, run in rows]


def sealed_matches(session: Session, scope: Scope) -> list[SealedMatch]:
    """Every match of every approved run, in the order they were made."""
    return list(session.scalars(select(SealedMatch).where(
        SealedMatch.organisation_id == scope.organisation, SealedMatch.workshop_id == scope.workshop)
        .order_by(SealedMatch.id)))


def sealed_sales(session: Session, scope: Scope, refs: list[str] | None = None) -> dict[str, SealedSale]:
    """Sale lines of approved months by the line's reference."""
    query = select(SealedSale).where(SealedSale.organisation_id == scope.organisation, SealedSale.workshop_id == scope.workshop)
    if refs is not None:
        query = select(SealedSale).where(SealedSale.sale_ref.in_(among(session, refs)), within_scope(SealedSale, scope))
    return {row.sale_ref: row for row in session.scalars(query)}




def sealed_heads(session: Session, scope: Scope) -> list[tuple[SealedRun, int]]:
    """The approved runs without their long texts, newest month first, each with its number of statements."""
    counted = session.execute(
        select(SealedPerson.run_ref, func.count()).where(
            SealedPerson.organisation_id == scope.organisation, SealedPerson.workshop_id == scope.workshop)
        .group_by(SealedPerson.run_ref))
    counts = {run_ref: int(count) for run_ref, count in counted}
    light = load_only(SealedRun.run_ref, SealedRun.month, SealedRun.number, SealedRun.paysheet_number,
                      SealedRun.approved_at, raiseload=True)
    rows = session.scalars(_sealed(scope).options(light).order_by(SealedRun.month.desc()))
    return [(row, counts.get(row.run_ref, 0)) for row in rows]


def taken_until(session: Session, scope: Scope, lot_refs: list[str], month: Month) -> dict[str, int]:
    """How many thousandths approved months up to this one took out of these lots."""
    rows = session.execute(
        select(SealedMatch.lot_ref, func.sum(SealedMatch.quantity))
        .join(SealedRun, SealedRun.run_ref == SealedMatch.run_ref).where(
            SealedMatch.organisation_id == scope.organisation, SealedMatch.workshop_id == scope.workshop,
            SealedMatch.lot_ref.in_(lot_refs), SealedRun.month <= str(month)).group_by(SealedMatch.lot_ref))
    return {lot: int(quantity) for lot, quantity in rows}


def months_of_person(session: Session, scope: Scope, person_ref: str) -> dict[Month, str]:
    """The approved months in which a person has a statement, each with the run's reference."""
    rows = session.execute(
        select(SealedRun.month, SealedRun.run_ref).join(SealedPerson, SealedPerson.run_ref == SealedRun.run_ref)
        .where(SealedPerson.organisation_id == scope.organisation, SealedPerson.workshop_id == scope.workshop,
               SealedPerson.person_ref == person_ref))
    return {Month.parse(month): run_ref for month, run_ref in rows}
