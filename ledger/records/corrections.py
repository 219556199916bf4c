"""Late rows and what happened to them, drafts of corrections, sealed corrections, and debts that were written off.

A late row's state is its newest event. A correction is sealed like a run: legs first, the header last; it says which run or
correction it corrects, and each of these is corrected once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import CheckConstraint, Index, Select, Text, UniqueConstraint, func, or_, select, text
from sqlalchemy.orm import Mapped, Session, defer, mapped_column, undefer

from ledger.core.canonical import read_plain
from ledger.core.corrections import DebtSums, debt_since
from ledger.core.debts import Debt
from ledger.core.faults import Hidden
from ledger.core.frozen_text import parts_of
from ledger.core.periods import Month
from ledger.records.among import among, own_workshop, within_scope
from ledger.records.audit import Audit
from ledger.records.base import Books, Scoped
from ledger.records.organisation import Scope
from ledger.records.stipends import LateRow, SealedLine, SealedMatch, SealedRun
from ledger.records.types import Cents, Day, Instant, Whole, ref_from


class LateEvent(Books, Scoped):
    """Something that happened to a late row; `position` counts from 1. `fact_sha256` is of the fact that was accepted."""

    __tablename__ = "late_event"
    late_ref: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Whole)
    kind: Mapped[str] = mapped_column(Text)
    fact_sha256: Mapped[str] = mapped_column(Text)
    correction_ref: Mapped[str] = mapped_column(Text, default="")
    said_ref: Mapped[str] = mapped_column(Text, default="")
    said_sha256: Mapped[str] = mapped_column(Text, default="")
    done_by: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        UniqueConstraint("workshop_id", "late_ref", "position"),
        CheckConstraint("kind IN ('accepted', 'refused', 'corrected')", name="kind"),
        CheckConstraint("kind <> 'refused' OR said_ref <> ''", name="refused_says_why"),
        CheckConstraint("(kind = 'corrected') = (correction_ref <> '')", name="corrected_says_by_which"),
        {"sqlite_strict": True})


class CorrectionDraft(Books, Scoped):
    """A correction that is being worked on: `base_ref` is the run or correction it corrects, `seen` the hash of what an approver
    approves, `late_refs` the late rows it reads (JSON list)."""

    __tablename__ = "correction_draft"
    month: Mapped[str] = mapped_column(Text)
    base_ref: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    inputs: Mapped[str] = mapped_column(Text, deferred=True)
    result: Mapped[str] = mapped_column(Text, deferred=True)
    seen: Mapped[str] = mapped_column(Text)
    late_refs: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'approved', 'discarded')", name="state"),
        Index("uq_correction_draft_one_at_a_time", "workshop_id", "month", unique=True, sqlite_where=text("state = 'draft'"),
              postgresql_where=text("state = 'draft'")),
        {"sqlite_strict": True})


class Correction(Books, Scoped):
    """The header of an approved correction, written last: the frozen texts of the month worked out again, and the identity of the
    differences in cents. `funds` is JSON: by how many cents each fund holds more."""

    __tablename__ = "correction"
    correction_ref: Mapped[str] = mapped_column(Text, unique=True)
    base_ref: Mapped[str] = mapped_column(Text, unique=True)
    run_ref: Mapped[str] = mapped_column(Text, index=True)
    month: Mapped[str] = mapped_column(Text)
    booked_in: Mapped[str] = mapped_column(Text)
    number: Mapped[str] = mapped_column(Text)
    order_number: Mapped[str] = mapped_column(Text)
    order_date: Mapped[date] = mapped_column(Day)
    inputs: Mapped[str] = mapped_column(Text, deferred=True)
    result: Mapped[str] = mapped_column(Text, deferred=True)
    seen: Mapped[str] = mapped_column(Text)
    funds: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(Text)
    approved_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)
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
        UniqueConstraint("organisation_id", "number"),
        CheckConstraint("approved_by <> made_by", name="another_approves"),
        CheckConstraint("booked_in > month", name="booked_later"),
        CheckConstraint(
            "realised_net_cents - deducted_cents + carried_in_cents + from_reserve_cents + from_budget_cents"
            " = stipends_cents + withheld_cents + to_reserve_cents + unassigned_cents + carried_out_cents", name="identity"),
        Index("ix_correction_booked", "workshop_id", "booked_in"),
        {"sqlite_strict": True})


class CorrectionPerson(Books, Scoped):
    """One person in a correction: what they were to have before and after, what they had, and what becomes of the difference."""

    __tablename__ = "correction_person"
    correction_ref: Mapped[str] = mapped_column(Text, index=True)
    person_ref: Mapped[str] = mapped_column(Text, index=True)
    person_number: Mapped[str] = mapped_column(Text)
    statement_number: Mapped[str] = mapped_column(Text)
    before_cents: Mapped[int] = mapped_column(Cents)
    after_cents: Mapped[int] = mapped_column(Cents)
    held_cents: Mapped[int] = mapped_column(Cents)
    plus_cents: Mapped[int] = mapped_column(Cents)
    debt_cents: Mapped[int] = mapped_column(Cents)
    borne_cents: Mapped[int] = mapped_column(Cents)
    __table_args__ = (
        UniqueConstraint("correction_ref", "person_ref"), UniqueConstraint("organisation_id", "statement_number"),
        CheckConstraint("after_cents - before_cents = plus_cents - debt_cents - borne_cents", name="adds_up"),
        CheckConstraint("plus_cents >= 0 AND debt_cents >= 0 AND (plus_cents = 0 OR debt_cents = 0)", name="one_way"),
        {"sqlite_strict": True})


class CorrectedSale(Books, Scoped):
    """What a sale line of an approved month comes to since a correction: later returns and late matches go by it."""

    __tablename__ = "corrected_sale"
    correction_ref: Mapped[str] = mapped_column(Text, index=True)
    sale_ref: Mapped[str] = mapped_column(Text, index=True)
    price_cents: Mapped[int] = mapped_column(Cents)
    discount: Mapped[int] = mapped_column(Whole)
    gross_cents: Mapped[int] = mapped_column(Cents)
    net_cents: Mapped[int] = mapped_column(Cents)
    materials_cents: Mapped[int] = mapped_column(Cents)
    shared_cents: Mapped[int] = mapped_column(Cents)
    __table_args__ = (UniqueConstraint("correction_ref", "sale_ref"), {"sqlite_strict": True})


class CorrectedShare(Books, Scoped):
    """A maker of a lot of an approved month since a correction: what is sold of it later goes by it."""

    __tablename__ = "corrected_share"
    correction_ref: Mapped[str] = mapped_column(Text, index=True)
    lot_ref: Mapped[str] = mapped_column(Text, index=True)
    person_ref: Mapped[str] = mapped_column(Text)
    weight: Mapped[int] = mapped_column(Whole)
    __table_args__ = (
        UniqueConstraint("correction_ref", "lot_ref", "person_ref"), CheckConstraint("weight > 0", name="above_zero"),
        {"sqlite_strict": True})


class CorrectedCount(Books, Scoped):
    """How many more attended days, minutes and points (thousandths) a person has in a month than was known, for the year's sums."""

    __tablename__ = "corrected_count"
    correction_ref: Mapped[str] = mapped_column(Text, index=True)
    month: Mapped[str] = mapped_column(Text)
    person_ref: Mapped[str] = mapped_column(Text)
    days: Mapped[int] = mapped_column(Whole)
    minutes: Mapped[int] = mapped_column(Whole)
    points: Mapped[int] = mapped_column(Whole)
    __table_args__ = (
        UniqueConstraint("correction_ref", "person_ref"), Index("ix_corrected_count_month", "workshop_id", "month"),
        {"sqlite_strict": True})


class WrittenOff(Books, Scoped):
    """A debt, or a part of one, that is not kept back any more: by somebody's decision, or set off against the plus of a correction
    (then its reference is `set_off_ref`). `booked_in` is the first month that knows it."""

    __tablename__ = "debt_written_off"
    person_ref: Mapped[str] = mapped_column(Text, index=True)
    since: Mapped[str] = mapped_column(Text)
    cents: Mapped[int] = mapped_column(Cents)
    booked_in: Mapped[str] = mapped_column(Text)
    said_ref: Mapped[str] = mapped_column(Text)
    said_sha256: Mapped[str] = mapped_column(Text)
    done_by: Mapped[str] = mapped_column(Text)
    done_at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (
        CheckConstraint("cents > 0 AND said_ref <> ''", name="of_something"), Index("ix_written_off", "workshop_id", "booked_in"),
        {"sqlite_strict": True})


LEGS = ("correction_person", "corrected_sale", "corrected_share", "corrected_count")
"""Rows of a correction, written before its header."""


@dataclass(frozen=True)
class Late:
    """A late row with its newest event: `state` is offered, accepted, refused or corrected; `said_ref` why it was refused."""

    row: LateRow
    state: str
    position: int = 0
    said_ref: str = ""
    correction_ref: str = ""
    fact_sha256: str = ""


# ---------- late rows ----------


def late_rows(session: Session, scope: Scope, month: Month | None = None, refs: Collection[str] | None = None) -> list[Late]:
    """Late rows with their states, oldest first. Two queries."""
    query = select(LateRow).where(LateRow.organisation_id == scope.organisation, LateRow.workshop_id == scope.workshop)
    if month is not None:
        query = query.where(LateRow.month == str(month))
    if refs is not None:
        query = query.where(LateRow.ref.in_(among(session, refs)))
    rows = list(session.scalars(query.order_by(LateRow.id)))
    newest: dict[str, LateEvent] = {}
    for event in session.scalars(select(LateEvent).where(
            LateEvent.late_ref.in_(among(session, [row.ref for row in rows])), within_scope(LateEvent, scope))
            .order_by(LateEvent.position)):
        newest[event.late_ref] = event
    return [_late(row, newest.get(row.ref)) for row in rows]


def _late(row: LateRow, event: LateEvent | None) -> Late:
    if event is None:
        return Late(row, "offered")
    return Late(row, event.kind, event.position, event.said_ref, event.correction_ref, event.fact_sha256)


def get_late(session: Session, scope: Scope, ref: str) -> Late:
    """The late row with this reference; raises Hidden outside the scope."""
    found = late_rows(session, scope, refs=[ref])
    if not found:
        raise Hidden
    return found[0]


def accepted_order(session: Session, scope: Scope, month: Month) -> list[Late]:
    """The late rows of a month that count, corrected ones too, in the order in which they were last accepted."""
    counting = {late.row.ref: late for late in late_rows(session, scope, month) if late.state in ("accepted", "corrected")}
    rows = session.execute(select(LateEvent.late_ref, func.max(LateEvent.id)).where(
        LateEvent.late_ref.in_(among(session, counting)), LateEvent.kind == "accepted", within_scope(LateEvent, scope))
        .group_by(LateEvent.late_ref))
    return [counting[ref] for ref, _ in sorted(rows, key=lambda one: int(one[1]))]


def runs_matching(session: Session, scope: Scope, refs: Collection[str]) -> set[Month]:
    """The approved months whose runs matched any of these lots or sale lines."""
    months = session.scalars(
        select(SealedRun.month).join(SealedMatch, SealedMatch.run_ref == SealedRun.run_ref).where(
            or_(SealedMatch.lot_ref.in_(among(session, refs)), SealedMatch.sale_ref.in_(among(session, refs))),
            within_scope(SealedMatch, scope)).distinct())
    return {Month.parse(month) for month in months}


# ---------- drafts and corrections ----------


def find_draft(session: Session, scope: Scope, month: Month, *, texts: bool = False) -> CorrectionDraft | None:
    """The month's draft that is neither approved nor discarded."""
    query = select(CorrectionDraft).where(
        CorrectionDraft.organisation_id == scope.organisation, CorrectionDraft.workshop_id == scope.workshop,
        CorrectionDraft.month == str(month), CorrectionDraft.state == "draft")
    return session.scalar(query.options(undefer(CorrectionDraft.inputs), undefer(CorrectionDraft.result)) if texts else query)


def drafts(session: Session, scope: Scope) -> list[CorrectionDraft]:
    """All drafts, oldest month first, without their texts."""
    return list(session.scalars(select(CorrectionDraft).where(
        CorrectionDraft.organisation_id == scope.organisation, CorrectionDraft.workshop_id == scope.workshop,
        CorrectionDraft.state == "draft").order_by(CorrectionDraft.month)))


def _corrections(scope: Scope) -> Select[Correction]:
    return select(Correction).where(Correction.organisation_id == scope.organisation, Correction.workshop_id == scope.workshop)


def corrections(session: Session, scope: Scope, month: Month | None = None) -> list[Correction]:
    """Approved corrections (of one month, or all), oldest first, without their texts: of a month they are its chain."""
    query = _corrections(scope).order_by(Correction.id)
    return list(session.scalars(query if month is None else query.where(Correction.month == str(month))))


def get_correction(session: Session, scope: Scope, ref: str, *, texts: bool = False) -> Correction:
    """The correction with this reference (its `correction_ref`); raises Hidden outside the scope."""
    query = _corrections(scope).where(Correction.correction_ref == ref)
    if texts:
        query = query.options(undefer(Correction.inputs), undefer(Correction.result))
    found = session.scalar(query)
    if found is None:
        raise Hidden
    return found


def last_of_month(session: Session, scope: Scope, month: Month) -> Correction | None:
    """The newest correction of a month with its texts."""
    return session.scalar(_corrections(scope).where(Correction.month == str(month)).options(
        undefer(Correction.inputs), undefer(Correction.result)).order_by(Correction.id.desc()).limit(1))


def people_of(session: Session, scope: Scope, refs: Collection[str]) -> list[CorrectionPerson]:
    """Everybody in these corrections, in the order in which they were sealed."""
    return list(session.scalars(select(CorrectionPerson).where(
        CorrectionPerson.correction_ref.in_(among(session, refs)), within_scope(CorrectionPerson, scope))
        .order_by(CorrectionPerson.id)))


def of_person(session: Session, scope: Scope, person_ref: str) -> list[tuple[CorrectionPerson, Correction]]:
    """A person's corrections, newest first, without the texts."""
    rows = session.execute(
        select(CorrectionPerson, Correction).join(Correction, Correction.correction_ref == CorrectionPerson.correction_ref)
        .where(CorrectionPerson.person_ref == person_ref, CorrectionPerson.organisation_id == scope.organisation,
               CorrectionPerson.workshop_id == scope.workshop)
        .options(defer(Correction.inputs), defer(Correction.result)).order_by(Correction.id.desc()))
    return [(person, correction) for person, correction in rows]


# ---------- what later months go by ----------


@dataclass(frozen=True)
class Since:
    """What corrections booked after one month and up to another leave to the second: debts they made less what was written off,
    more cents carried out, more in each fund."""

    made: tuple[Debt, ...]
    written_off: tuple[Debt, ...]
    carried: int
    funds: dict[str, int]


def booked_since(session: Session, scope: Scope, last_approved: str | None, month: Month) -> Since:
    """What corrections booked after the last approved month (None: since ever) up to this one leave to it."""
    headers = session.execute(select(
        Correction.correction_ref, Correction.booked_in, Correction.carried_out_cents, Correction.funds)
        .where(Correction.workshop_id.in_(own_workshop(scope)), Correction.booked_in > (last_approved or ""),
               Correction.booked_in <= str(month))).all()
    booked = {row.correction_ref: Month.parse(row.booked_in) for row in headers}
    funds: dict[str, int] = {}
    for row in headers:
        for key, cents in json.loads(row.funds).items():
            funds[key] = funds.get(key, 0) + cents
    made = [Debt(one.person_ref, one.debt_cents, debt_since(booked[one.correction_ref]))
            for one in (people_of(session, scope, booked) if booked else ()) if one.debt_cents]
    off = [Debt(one.person_ref, one.cents, Month.parse(one.since)) for one in written_off(session, scope)
           if (last_approved or "") < one.booked_in <= str(month)]
    return Since(tuple(made), tuple(off), sum(row.carried_out_cents for row in headers), funds)


def written_off(session: Session, scope: Scope) -> list[WrittenOff]:
    """Debts that were written off by decision, oldest first."""
    return list(session.scalars(select(WrittenOff).where(
        WrittenOff.organisation_id == scope.organisation, WrittenOff.workshop_id == scope.workshop).order_by(WrittenOff.id)))


def set_off_ref(correction_ref: str, debt: Debt) -> str:
    """The reference of the row that says how much of a debt a correction gave up."""
    return ref_from(sha256(f"set_off:{correction_ref}:{debt.person}:{debt.since}".encode()).digest())


def set_off_by(session: Session, scope: Scope, correction_ref: str) -> list[Debt]:
    """What a correction gave up of debts that its month had made before, oldest first."""
    people = {one.person_ref for one in people_of(session, scope, [correction_ref])}
    rows = session.scalars(select(WrittenOff).where(
        WrittenOff.person_ref.in_(among(session, people)), within_scope(WrittenOff, scope)).order_by(WrittenOff.id))
    debts = [(row.ref, Debt(row.person_ref, row.cents, Month.parse(row.since))) for row in rows]
    return [debt for ref, debt in debts if ref == set_off_ref(correction_ref, debt)]


def debts_of_chain(session: Session, scope: Scope, month: Month) -> dict[tuple[str, Month], int]:
    """The debts that corrections of a month made, by person and the month they count as of."""
    headers = {one.correction_ref: debt_since(Month.parse(one.booked_in)) for one in corrections(session, scope, month)}
    made: defaultdict[tuple[str, Month], int] = defaultdict(int)
    for one in people_of(session, scope, headers) if headers else ():
        if one.debt_cents:
            made[one.person_ref, headers[one.correction_ref]] += one.debt_cents
    return dict(made)


def given_up(session: Session, scope: Scope, made: DebtSums, booked: Month, up_to: str = "") -> dict[tuple[str, Month], int]:
    """What was given up of these debts: by decisions and corrections, and by runs of months before the one that books (after three
    months, or because the person left). `up_to` is the reference of a correction: what was given up after it is left out."""
    found: defaultdict[tuple[str, Month], int] = defaultdict(int)
    after = _given_up_after(session, scope, up_to) if up_to else frozenset()
    rows = [Debt(one.person_ref, one.cents, Month.parse(one.since)) for one in written_off(session, scope) if one.ref not in after]
    for debt in (*rows, *_let_go(session, scope, min(since for _, since in made), booked)):
        if (debt.person, debt.since) in made:
            found[debt.person, debt.since] += debt.cents
    return dict(found)


def _given_up_after(session: Session, scope: Scope, correction_ref: str) -> frozenset[str]:
    """The rows that were written after a correction, by the order of the audit trail: the clock may have been set back."""
    own = Audit.organisation_id == scope.organisation, Audit.workshop_id == scope.workshop
    approved = select(func.max(Audit.id)).where(Audit.action == "approve_correction", Audit.subject_ref == correction_ref, *own)
    return frozenset(session.scalars(select(Audit.subject_ref).where(
        Audit.subject == "debt", Audit.id > approved.scalar_subquery(), *own)))


def _let_go(session: Session, scope: Scope, since: Month, before: Month) -> list[Debt]:
    """The debts that runs of the months in between wrote off."""
    texts = session.scalars(select(SealedRun.result).where(
        SealedRun.workshop_id.in_(own_workshop(scope)), SealedRun.month > str(since), SealedRun.month < str(before)))
    return [read_plain(Debt, one) for text in texts for one in parts_of(text, "result", {"written_off"}).get("written_off", ())]


def debts_made(session: Session, scope: Scope) -> dict[tuple[str, Month], int]:
    """Every debt as it was made, by person and the month it counts as of: by totals below zero and by corrections."""
    made: dict[tuple[str, Month], int] = {}
    lifted = session.execute(
        select(SealedLine.person_ref, SealedRun.month, SealedLine.cents).join(SealedRun, SealedRun.run_ref == SealedLine.run_ref)
        .where(SealedLine.kind == "below_zero", SealedLine.organisation_id == scope.organisation,
               SealedLine.workshop_id == scope.workshop))
    owed = session.execute(
        select(CorrectionPerson.person_ref, Correction.booked_in, CorrectionPerson.debt_cents)
        .join(Correction, Correction.correction_ref == CorrectionPerson.correction_ref)
        .where(CorrectionPerson.debt_cents > 0, CorrectionPerson.organisation_id == scope.organisation,
               CorrectionPerson.workshop_id == scope.workshop))
    found = [(ref, Month.parse(month), cents) for ref, month, cents in lifted]
    found += [(ref, debt_since(Month.parse(booked)), cents) for ref, booked, cents in owed]
    for ref, since, cents in found:
        made[ref, since] = made.get((ref, since), 0) + cents
    return made


def to_reserve(session: Session, scope: Scope, month: Month) -> int:
    """What corrections booked up to a month gave the reserve (below zero: took), in cents."""
    found = session.scalar(select(func.sum(Correction.to_reserve_cents - Correction.from_reserve_cents)).where(
        Correction.workshop_id.in_(own_workshop(scope)), Correction.booked_in <= str(month)))
    return int(found or 0)


def corrected_shares(session: Session, scope: Scope, lot_refs: Collection[str]) -> dict[str, list[tuple[str, int]]]:
    """The makers of these lots by the newest correction that named them: person and weight."""
    rows = session.execute(select(
        CorrectedShare.lot_ref, CorrectedShare.correction_ref, CorrectedShare.person_ref, CorrectedShare.weight).where(
            CorrectedShare.lot_ref.in_(among(session, lot_refs)), within_scope(CorrectedShare, scope)).order_by(CorrectedShare.id))
    found: dict[str, tuple[str, list[tuple[str, int]]]] = {}
    for lot, correction, person, weight in rows:
        if lot not in found or found[lot][0] != correction:
            found[lot] = correction, []
        found[lot][1].append((person, weight))
    return {lot: makers for lot, (_, makers) in found.items()}


def corrected_sales(session: Session, scope: Scope, refs: Iterable[str]) -> dict[str, CorrectedSale]:
    """What these sale lines come to by the newest correction that changed them."""
    rows = session.scalars(select(CorrectedSale).where(
        CorrectedSale.sale_ref.in_(among(session, refs)), within_scope(CorrectedSale, scope)).order_by(CorrectedSale.id))
    return {row.sale_ref: row for row in rows}


def corrected_counts(session: Session, scope: Scope, month: Month) -> dict[str, tuple[int, int, int]]:
    """For each person what corrections of the year's earlier months found more: days, minutes, points."""
    rows = session.execute(select(
        CorrectedCount.person_ref, func.sum(CorrectedCount.days), func.sum(CorrectedCount.minutes), func.sum(CorrectedCount.points))
        .where(CorrectedCount.workshop_id == scope.workshop, CorrectedCount.organisation_id == scope.organisation,
               CorrectedCount.month >= f"{month.year}-01", CorrectedCount.month < str(month))
        .group_by(CorrectedCount.person_ref))
    return {ref: (int(days), int(minutes), int(points)) for ref, days, minutes, points in rows}


def shares_of(session: Session, scope: Scope, ref: str) -> list[CorrectedShare]:
    """The makers that a correction sealed."""
    return list(session.scalars(select(CorrectedShare).where(
        CorrectedShare.correction_ref == ref, within_scope(CorrectedShare, scope)).order_by(CorrectedShare.id)))


def events_of(session: Session, scope: Scope, ref: str) -> list[LateEvent]:
    """Which late rows a correction worked in."""
    return list(session.scalars(select(LateEvent).where(
        LateEvent.correction_ref == ref, LateEvent.organisation_id == scope.organisation, LateEvent.workshop_id == scope.workshop)
        .order_by(LateEvent.id)))
