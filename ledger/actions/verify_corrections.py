"""Verifying corrections: each is worked out again from its frozen inputs and compared with its base and its sealed rows."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from ledger.actions.corrections import corrected_lots, entry_of, identity_cents, seen_hash
from ledger.actions.late import fact_sha256
from ledger.core import canonical, stipends
from ledger.core import corrections as rules
from ledger.core.periods import Month
from ledger.core.stipends import Inputs, Result
from ledger.records import corrections as rows
from ledger.records.corrections import (
    CorrectedCount,
    CorrectedSale,
    CorrectedShare,
    Correction,
    CorrectionPerson,
    LateEvent,
)
from ledger.records.journal import booked_of
from ledger.records.organisation import Scope
from ledger.records.papers import CORRECTION_KINDS
from ledger.records.stipends import LateRow, SealedRun

Found = tuple[str, str]
"""Where something is wrong, and a code."""


@dataclass(frozen=True)
class _Base:
    """What a correction is less from, worked out: `held` is what each person has after it, `debts` those made so far."""

    inputs: Inputs
    result: Result
    held: Mapping[str, int]
    debts: Mapping[tuple[str, Month], int]


def troubles(session: Session) -> Iterator[Found]:
    """Everything wrong with corrections and late rows of every workshop; one chain stands in memory at a time."""
    headers: defaultdict[str, list[str]] = defaultdict(list)
    for ref, run_ref in session.execute(select(Correction.correction_ref, Correction.run_ref).order_by(Correction.id)):
        headers[run_ref].append(ref)
    for run_ref, refs in headers.items():
        run = session.scalar(select(SealedRun).where(SealedRun.run_ref == run_ref))
        if run is None:
            yield refs[0], "correction_base"
        else:
            yield from _chain(session, run, refs)
    yield from _orphans(session)
    yield from _late_rows(session)


def numbers(session: Session) -> list[tuple[int, str]]:
    """Organisation and number of every correction and of every statement of one: their series have no gaps."""
    found = [*session.execute(select(Correction.organisation_id, Correction.number)),
             *session.execute(select(CorrectionPerson.organisation_id, CorrectionPerson.statement_number))]
    return [(int(organisation), str(number)) for organisation, number in found]


def issued(session: Session) -> tuple[dict[str, str], dict[tuple[str, str, str], str]]:
    """The month of each correction, and which papers it has: by correction, kind and person, each with its number."""
    months = {str(ref): str(month) for ref, month in session.execute(select(Correction.correction_ref, Correction.month))}
    found = session.execute(select(CorrectionPerson.correction_ref, CorrectionPerson.person_ref, CorrectionPerson.statement_number))
    return months, {(ref, kind, person): number for ref, person, number in found for kind in CORRECTION_KINDS}


def _chain(session: Session, run: SealedRun, refs: list[str]) -> Iterator[Found]:
    inputs, scheme = canonical.inputs_from_canonical(run.inputs)
    result = canonical.result_from_canonical(run.result)
    fixed, before = rules.base_of(inputs, scheme, result)
    base, expected = _Base(fixed, before, rules.held_after_run(result), {}), run.run_ref
    for ref in refs:
        row = session.scalar(select(Correction).where(Correction.correction_ref == ref).options(
            undefer(Correction.inputs), undefer(Correction.result)))
        assert row is not None
        where = f"{row.number} ({row.month})"
        if row.base_ref != expected or row.month != run.month or row.workshop_id != run.workshop_id:
            yield where, "correction_base"
        if seen_hash(row.base_ref, row.inputs, row.result) != row.seen:
            yield where, "hash_differs"
            return
        after, codes = _one(session, row, base)
        yield from ((where, code) for code in codes)
        base, expected = after, ref
        session.expunge(row)


def _one(session: Session, row: Correction, base: _Base) -> tuple[_Base, list[str]]:
    """What one correction is the base of, and what is wrong with it."""
    inputs, scheme = canonical.inputs_from_canonical(row.inputs)
    result = stipends.calculate(inputs, scheme)
    codes = []
    if canonical.canonical(inputs, scheme) != row.inputs:
        codes.append("inputs_differ")
    if canonical.canonical_result(result) != row.result:
        codes.append("result_differs")
    if inputs.fixed != base.inputs.fixed:
        codes.append("matches_differ")
    people = list(session.scalars(select(CorrectionPerson).where(CorrectionPerson.correction_ref == row.correction_ref)))
    owing = {one.person_ref for one in people if one.debt_cents}
    scope, booked = Scope(row.organisation_id, row.workshop_id), Month.parse(row.booked_in)
    changes = rules.changes(base.result, result, _with_given_up(session, scope, row, base))
    splits = [(one, one.split(as_debt=one.person in owing)) for one in changes]
    worked = Counter((one.person, one.number, one.before, one.after, one.held, what.plus, what.debt, what.borne)
                     for one, what in splits)
    sealed = Counter((one.person_ref, one.person_number, one.before_cents, one.after_cents, one.held_cents, one.plus_cents,
                      one.debt_cents, one.borne_cents) for one in people)
    if worked != sealed:
        codes.append("correction_people_differ")
    moved = rules.Difference(base.result, result, {line.key: line.channel for line in inputs.lines},
                             tuple((one.person, what) for one, what in splits),
                             tuple(rows.set_off_by(session, scope, row.correction_ref)))
    if not _booked(session, row, moved):
        codes.append("journal_differs")
    if any(getattr(row, name) != cents for name, cents in identity_cents(moved.identity).items()):
        codes.append("identity_differs")
    funds = json.dumps(rules.fund_moves(base.result, result), sort_keys=True)
    if row.funds != funds or _facts_differ(session, row, base, inputs, result):
        codes.append("correction_facts_differ")
    debts = dict(base.debts)
    for one, what in splits:
        if what.debt:
            key = one.person, rules.debt_since(booked)
            debts[key] = debts.get(key, 0) + what.debt
    return _Base(inputs, result, rules.held_after(base.held, moved.splits), debts), codes


def _with_given_up(session: Session, scope: Scope, row: Correction, base: _Base) -> Mapping[str, int]:
    """What people had when a correction was approved: with what had been given up of the chain's debts by then, and by itself."""
    if not base.debts:
        return base.held
    off = rows.given_up(session, scope, base.debts, Month.parse(row.booked_in), up_to=row.correction_ref)
    held = dict(base.held)
    for person, cents in rules.given_up(base.debts, off).items():
        held[person] = held.get(person, 0) + cents
    return held


def _booked(session: Session, row: Correction, moved: rules.Difference) -> bool:
    """Whether the journal has the whole entry of a correction, and nothing else of it."""
    entry = entry_of(row, moved)
    worked = {(entry.kind, entry.subject_ref, entry.happened_on, str(entry.booked_in)): Counter(entry.legs)} if entry.legs else {}
    return worked == booked_of(session, row.workshop_id, row.correction_ref, ("correction",))


def _facts_differ(session: Session, row: Correction, base: _Base, inputs: Inputs, result: Result) -> bool:
    """Whether what later months go by is not what the correction gives."""
    then = {line.line: line.amounts for line in base.result.lines}
    sales = Counter((line.line, line.amounts.gross, line.amounts.net, line.amounts.materials, line.amounts.shared)
                    for line in result.lines if then.get(line.line) != line.amounts)
    shares = Counter((lot, person, weight)
                     for lot, makers in corrected_lots(base.inputs, inputs).items() for person, weight in makers)
    counts = Counter((one.person, one.days, one.minutes, one.points) for one in rules.counted(base.inputs, inputs))
    ref = row.correction_ref
    sealed_sales = Counter((one.sale_ref, one.gross_cents, one.net_cents, one.materials_cents, one.shared_cents)
                           for one in session.scalars(select(CorrectedSale).where(CorrectedSale.correction_ref == ref)))
    sealed_shares = Counter((one.lot_ref, one.person_ref, one.weight)
                            for one in session.scalars(select(CorrectedShare).where(CorrectedShare.correction_ref == ref)))
    sealed_counts = Counter((one.person_ref, one.days, one.minutes, one.points)
                            for one in session.scalars(select(CorrectedCount).where(CorrectedCount.correction_ref == ref)))
    return (sales, shares, counts) != (sealed_sales, sealed_shares, sealed_counts)


def _orphans(session: Session) -> Iterator[Found]:
    """Sealed rows of a correction that has no header."""
    headers = select(Correction.correction_ref)
    for table in (CorrectionPerson, CorrectedSale, CorrectedShare, CorrectedCount):
        for ref in sorted(session.scalars(select(table.correction_ref).where(table.correction_ref.not_in(headers)).distinct())):
            yield str(ref), "correction_people_differ"


def _late_rows(session: Session) -> Iterator[Found]:
    """Rows that do not say any more what was accepted, and those that a correction worked in which is not there."""
    newest = {event.late_ref: event for event in session.scalars(select(LateEvent).order_by(LateEvent.id))}
    found = {row.ref: row for row in session.scalars(select(LateRow).where(LateRow.ref.in_(newest)))}
    there = set(session.scalars(select(Correction.correction_ref)))
    for ref, event in sorted(newest.items()):
        row = found.get(ref)
        changed = row is None or (event.kind != "refused" and fact_sha256(row) != event.fact_sha256)
        if changed or (event.correction_ref and event.correction_ref not in there):
            yield ref, "late_row_changed"
