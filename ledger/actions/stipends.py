"""A month's stipends from draft to sealed books: working out, submitting, sending back, approving; and approving a scheme."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select

from ledger.actions import advances, journal
from ledger.actions.doing import Doing
from ledger.actions.uncollected import uncollected
from ledger.core import canonical, findings, schemes, stipends
from ledger.core.access import May
from ledger.core.debts import Debt
from ledger.core.faults import Conflict, Refused
from ledger.core.frozen_text import parts_of
from ledger.core.journal import Division
from ledger.core.periods import Month
from ledger.core.scheme_sections import Pool
from ledger.core.schemes import InsideMonth, Scheme
from ledger.core.stipends import Identity, Inputs, Result
from ledger.records import audit, calculation, seals
from ledger.records import schemes as versions
from ledger.records import stipends as rows
from ledger.records.base import Books
from ledger.records.calendar import holidays_of
from ledger.records.entries import DecisionRow, WorkRow
from ledger.records.production import AttendanceRow
from ledger.records.sales import SaleRow
from ledger.records.stipends import (
    MonthRow,
    Run,
    SchemeRow,
    SealedLine,
    SealedMatch,
    SealedPerson,
    SealedRun,
    SealedSale,
)
from ledger.records.types import new_refs
from ledger.settings import app_version

BATCH = 2_000
"""So many sealed rows are written at a time, so that those of a large month never stand in memory together."""

PIECE = 1 << 20
"""So many characters of a long text are hashed at a time, so that no copy of it stands beside it."""


@dataclass(frozen=True)
class Worked:
    """A month worked out: what was read, by which scheme, what came out."""

    inputs: Inputs
    scheme: Scheme
    result: Result


def work_out(doing: Doing, month: Month, scheme_text: str | None = None) -> Worked:
    """Calculate without saving; with `scheme_text` a trial by that scheme, whatever its dates."""
    doing.check(May.CALCULATE if scheme_text is None else May.SEE_SCHEMES)
    if scheme_text is not None:
        return _worked(doing, month, schemes.parse(scheme_text))
    found = scheme_of(doing, month)
    if found is None:
        raise Refused("no_scheme", month=str(month))
    return _worked(doing, month, found[1])


def scheme_of(doing: Doing, month: Month) -> tuple[SchemeRow, Scheme] | None:
    """The version by which a month is worked out: the one in force on its first day; when another begins inside the month and
    splits it, that one with the first before it. None when no rules hold."""
    first, inside = versions.in_month(doing.session, doing.scope, month)
    if first is None:
        return None
    later = schemes.parse(inside.text) if inside else None
    if inside is None or later is None or later.inside_month is not InsideMonth.SPLIT:
        return first, schemes.parse(first.text)
    return inside, later.after(schemes.parse(first.text))


def inputs_of(doing: Doing, month: Month, scheme: Scheme) -> Inputs:
    """What the month's calculation by a scheme reads: with the holidays of its calendar, and with the balance of the reserve when
    it has a pool or funds of its own."""
    spans = [one for one in (scheme, scheme.before) if one is not None]
    kept = any(one.pool != Pool() or one.funds for one in spans)
    code = next((one.calendar for one in spans if one.calendar), "")
    year = any(name.startswith("year.") for name in scheme.names)
    return calculation.inputs_of(doing.session, doing.scope, month, calendar=code, with_reserve=kept, with_year=year)


def _worked(doing: Doing, month: Month, scheme: Scheme) -> Worked:
    sealed = rows.find_sealed(doing.session, doing.scope, month)
    # of an approved month a trial reads what was read then: its own matches are taken out of the lots since
    inputs = stored(sealed.inputs, sealed.result).inputs if sealed else inputs_of(doing, month, scheme)
    result = stipends.calculate(inputs, scheme)
    if not result.identity.holds:
        raise ArithmeticError(f"the identity of {month} does not hold")
    return Worked(inputs, scheme, result)


def stored(inputs: str, result: str) -> Worked:
    """A stored run, read back from its frozen texts."""
    read, scheme = canonical.inputs_from_canonical(inputs)
    return Worked(read, scheme, canonical.result_from_canonical(result))


def seen_hash(inputs: str, result: str) -> str:
    """SHA-256 over what a run read and what came out, a line between them: what an approver approves."""
    digest = hashlib.sha256()
    for text in (inputs, "\n", result):
        for start in range(0, len(text), PIECE):
            digest.update(text[start:start + PIECE].encode())
    return digest.hexdigest()


def _frozen(doing: Doing, month: Month, scheme: Scheme) -> tuple[str, str]:
    """The texts of a month worked out; the values behind them are let go before the books are written."""
    worked = _worked(doing, month, scheme)
    return canonical.canonical(worked.inputs, worked.scheme), canonical.canonical_result(worked.result)


@uncollected()
def calculate_month(doing: Doing, month: Month) -> Run:
    """Work the month out and keep it as the draft. Raises Conflict when it is submitted or approved."""
    doing.check(May.CALCULATE)
    doing.gate()
    if month > Month.of(doing.today):
        raise Refused("future_month", month=str(month))
    if month < doing.workshop().begins:
        raise Refused("before_books", month=str(month), begins=str(doing.workshop().begins))
    run = rows.find_run(doing.session, doing.scope, month, texts=False)
    if run is not None and run.state != "draft":
        raise Conflict("run_not_draft", month=str(month))
    found = scheme_of(doing, month)
    if found is None:
        raise Refused("no_scheme", month=str(month))
    row, scheme = found
    inputs, result = _frozen(doing, month, scheme)
    seen = seen_hash(inputs, result)
    before = run.seen if run else None
    if run is None:
        run = Run(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, month=str(month), state="draft",
                  version=0)
        doing.session.add(run)
    run.scheme_ref, run.inputs, run.result, run.seen = row.ref, inputs, result, seen
    run.calculated_by, run.calculated_at, run.version = doing.who.account, doing.at, run.version + 1
    doing.session.flush()
    doing.session.expire(run, ["inputs", "result"])  # megabytes that the books have now
    doing.note("calculate", "run", run.ref, before={"seen": before}, after={"month": str(month), "seen": seen})
    return run


@uncollected()
def submit(doing: Doing, month: Month, seen: str | None = None) -> Run:
    """Hand the draft in for approval. Raises Refused while an earlier month is open, Conflict when the draft is stale or
    is not the one that was on the page (`seen`)."""
    doing.check(May.CALCULATE)
    doing.gate()
    run = _run_in(doing, month, "draft")
    if seen is not None and seen != run.seen:
        raise Conflict("stale_run", month=str(month))
    settled = rows.approved_months(doing.session, doing.scope) | rows.empty_months(doing.session, doing.scope)
    waiting = findings.open_before(month, doing.workshop().begins, settled)
    if waiting:
        raise Refused("earlier_open", month=str(waiting[0]))
    # every change has its entry: without one there is nothing to compare, and the approval compares in any case
    if audit.noted_since_calculated(doing.session, doing.scope, run.ref):
        _check_fresh(doing, run, month)
        doing.session.expire(run, ["inputs"])  # megabytes that nobody needs any more
    run.state, run.submitted_by, run.submitted_at = "submitted", doing.who.account, doing.at
    doing.session.flush()
    doing.note("submit", "run", run.ref, after={"month": str(month), "seen": run.seen})
    return run


def send_back(doing: Doing, month: Month, why: str) -> Run:
    """The director wants something mended; the reason stays with the draft."""
    doing.check(May.APPROVE)
    if not why.strip():
        raise Refused("no_reason", at="why")
    if len(why) > 500:
        raise Refused("text_too_long", at="why", most=500)
    doing.gate()
    run = _run_in(doing, month, "submitted")
    run.state, run.sent_back_by, run.sent_back_at, run.sent_back_why = "draft", doing.who.account, doing.at, why.strip()
    run.submitted_by = run.submitted_at = None
    doing.session.flush()
    doing.note("send_back", "run", run.ref, after={"month": str(month)})
    return run


def withdraw(doing: Doing, month: Month) -> Run:
    """The accountant takes a submitted run back to mend it before it is approved."""
    doing.check(May.CALCULATE)
    doing.gate()
    run = _run_in(doing, month, "submitted")
    run.state, run.submitted_by, run.submitted_at = "draft", None, None
    doing.session.flush()
    doing.note("withdraw", "run", run.ref, after={"month": str(month)})
    return run


def discard(doing: Doing, month: Month) -> None:
    """Throw a draft or submitted run away; the facts stay."""
    doing.check(May.CALCULATE)
    doing.gate()
    run = rows.find_run(doing.session, doing.scope, month, texts=False)
    if run is None or run.state == "approved":
        raise Conflict("run_not_draft", month=str(month))
    run.state = "discarded"
    doing.session.flush()
    doing.note("discard", "run", run.ref, after={"month": str(month)})


def declare_empty(doing: Doing, month: Month) -> None:
    """Nothing was sold and nobody came: the month needs no run. Raises Refused when something is booked in it."""
    doing.check(May.CALCULATE)
    doing.gate()
    if month >= Month.of(doing.today):
        raise Refused("month_not_over", month=str(month))
    booked = sum(doing.session.scalar(select(func.count()).select_from(table).where(
        table.workshop_id == doing.scope.workshop, table.booked_in == str(month))) or 0
        for table in (SaleRow, AttendanceRow, WorkRow, DecisionRow))
    if booked or rows.find_run(doing.session, doing.scope, month, texts=False) is not None:
        raise Refused("month_not_empty", month=str(month))
    if month in rows.empty_months(doing.session, doing.scope):
        raise Conflict("already_settled")
    row = MonthRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, month=str(month), state="empty",
                   decided_by=doing.who.account, decided_at=doing.at)
    doing.session.add(row)
    doing.session.flush()
    doing.note("declare_empty", "month", row.ref, after={"month": str(month)})


@uncollected()
def approve(doing: Doing, month: Month, seen: str, order_number: str, order_date: date) -> SealedRun:
    """Seal the run that was seen: numbers are taken, every line, match and sale is written for good, the header last.

    Raises Refused when the approver calculated or submitted it, Conflict when what was seen is not what is there now.
    """
    doing.check(May.APPROVE)
    if not order_number.strip():
        raise Refused("no_order", at="order_number")
    if len(order_number) > 60:
        raise Refused("text_too_long", at="order_number", most=60)
    if order_date > doing.today:
        raise Refused("future_day", at="order_date", day=order_date.isoformat())
    doing.gate()
    run = _run_in(doing, month, "submitted")
    if doing.who.account in (run.calculated_by, run.submitted_by):
        raise Refused("own_calculation")
    if seen != run.seen:
        raise Conflict("stale_run", month=str(month))
    _check_fresh(doing, run, month)
    totals = _seal_legs(doing, run, month)
    header = _seal_header(doing, run, month, order_number.strip(), order_date)
    journal.post_run(doing, run.ref, month, _division(run, totals))
    advances.set_off_all(doing)
    run.state, run.approved_by, run.approved_at = "approved", doing.who.account, doing.at
    run.inputs = run.result = ""  # megabytes that stand sealed now
    doing.note("approve", "run", run.ref, after={"month": str(month), "number": header.number, "seen": run.seen,
                                               "order": header.order_number, "order_date": order_date})
    return header


def submitted_run(doing: Doing, month: Month) -> Run:
    """The run that waits for approval. Raises Conflict when none does."""
    doing.check(May.SEE_MONTH)
    return _run_in(doing, month, "submitted")


def _run_in(doing: Doing, month: Month, state: str) -> Run:
    run = rows.find_run(doing.session, doing.scope, month, texts=False)
    if run is None or run.state != state:
        raise Conflict("run_not_" + state, month=str(month))
    return run


def is_stale(doing: Doing, run: Run) -> bool:
    """Whether the books or the scheme in force have changed since a run that is not approved was worked out."""
    month = Month.parse(run.month)
    found = scheme_of(doing, month)
    if found is None or found[0].ref != run.scheme_ref:
        return True
    return canonical.canonical(inputs_of(doing, month, found[1]), found[1]) != run.inputs


def _check_fresh(doing: Doing, run: Run, month: Month) -> None:
    """The draft must be what the books and the scheme in force give now."""
    if is_stale(doing, run):
        raise Conflict("stale_run", month=str(month))


def _seal_legs(doing: Doing, run: Run, month: Month) -> dict[str, int]:
    """Write the run's people, their lines, its sales and its matches; the trace stays in its text alone. Returns each person's
    total in cents."""
    totals = _seal_people(doing, run, month, _part(run, "people"))
    _seal(doing, run, SealedSale.__tablename__, (
        {"sale_ref": one["line"], **{f"{name}_cents": cents for name, cents in one["amounts"].items()},
         "uncovered": one["uncovered"]} for one in _part(run, "lines")))
    _seal(doing, run, SealedMatch.__tablename__, (
        {"position": place, "sale_ref": match["line"], "lot_ref": match["lot"], "quantity": match["quantity"]}
        for place, match in enumerate(_part(run, "matches"))))
    return totals


def _part(run: Run, name: str) -> Any:  # Any: plain data
    """One part of the run's result, read by itself: two of a large month never stand in memory together."""
    return parts_of(run.result, "result", {name})[name]


def _seal_people(doing: Doing, run: Run, month: Month, people: Sequence[dict[str, Any]]) -> dict[str, int]:
    numbers = doing.next_numbers("SL", month.year, len(people)) if people else range(0)
    _seal(doing, run, SealedPerson.__tablename__, (
        {"person_ref": one["person"], "person_number": one["number"], "total_cents": one["total"], "debt_cents": one["debt"],
         "statement_number": f"SL-{month.year}-{number:04d}"}
        for one, number in zip(people, numbers, strict=True)))
    _seal(doing, run, SealedLine.__tablename__, (
        {"person_ref": one["person"], "position": place, "part": line["part"], "kind": line["kind"], "payer": line["payer"],
         "cents": line["cents"]} for one in people for place, line in enumerate(one["lines"])))
    return {one["person"]: one["total"] for one in people}


def _seal(doing: Doing, run: Run, table: str, legs: Iterable[dict[str, object]]) -> None:
    own = {"organisation_id": doing.scope.organisation, "workshop_id": doing.scope.workshop, "run_ref": run.ref}
    seals.cover(doing.session, doing.scope.organisation, table, "run_ref", run.ref)
    waiting = zip(new_refs(), legs, strict=False)
    while batch := [{**own, "ref": ref, **leg} for ref, leg in islice(waiting, BATCH)]:
        doing.session.execute(insert(Books.metadata.tables[table]), batch)


def _division(run: Run, totals: dict[str, int]) -> Division:
    """What the journal books of a run with these totals of its people, out of its texts."""
    funds = parts_of(run.result, "result", {"funds"}).get("funds", ())
    before, after = (tuple(canonical.read_plain(Debt, one) for one in debts)
                     for debts in (parts_of(run.inputs, "inputs", {"debts"})["debts"], _part(run, "debts")))
    return Division(canonical.read_plain(Identity, _part(run, "identity")), totals,
                    {one["key"]: one["after"] - one["before"] for one in funds}, before, after)


def _seal_header(doing: Doing, run: Run, month: Month, order_number: str, order_date: date) -> SealedRun:
    identity = canonical.read_plain(Identity, _part(run, "identity"))
    scheme = rows.get_scheme(doing.session, doing.scope, run.scheme_ref)
    number, sheet = doing.next_numbers("SK", month.year, 1)[0], doing.next_numbers("MZ", month.year, 1)[0]
    header = SealedRun(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, run_ref=run.ref, month=str(month),
        number=f"SK-{month.year}-{number:04d}", paysheet_number=f"MZ-{month.year}-{sheet:04d}",
        order_number=order_number, order_date=order_date, scheme_ref=scheme.ref,
        scheme_text=scheme.text, inputs=run.inputs, result=run.result, seen=run.seen, calculated_by=run.calculated_by,
        submitted_by=run.submitted_by, approved_by=doing.who.account, calculated_at=run.calculated_at,
        submitted_at=run.submitted_at, approved_at=doing.at, app_version=app_version(), **_in_cents(identity))
    if not identity.holds:
        raise ArithmeticError(f"the identity of {month} does not hold")
    doing.session.add(header)
    doing.session.flush()
    doing.session.expire(header, ["inputs", "result"])  # megabytes that the books have now
    return header


def identity_cents(result: Result) -> dict[str, int]:
    """The month's identity with its keys ending in _cents, as the tables and `run --json` name them."""
    return _in_cents(result.identity)


def _in_cents(one: Identity) -> dict[str, int]:
    return {
        "realised_net_cents": one.realised_net, "deducted_cents": one.deducted, "carried_in_cents": one.carried_in,
        "from_reserve_cents": one.from_reserve, "from_budget_cents": one.from_budget, "stipends_cents": one.stipends,
        "withheld_cents": one.withheld, "to_reserve_cents": one.to_reserve, "unassigned_cents": one.unassigned,
        "carried_out_cents": one.carried_out,
    }


def approve_scheme(doing: Doing, text: str) -> SchemeRow:
    """Put a scheme in force from its date. Raises SchemeRefused with every fault, Refused when it begins inside a month without
    saying that it splits it, Conflict when its number is taken or an approved month would change its rules."""
    doing.check(May.APPROVE_SCHEME)
    doing.gate()
    scheme = schemes.parse(text)
    month = Month.of(scheme.in_force_from)
    if scheme.calendar:
        holidays_of(month, scheme.calendar)
    if any(row.number == scheme.number for row in rows.schemes(doing.session, doing.scope)):
        raise Conflict("scheme_number_taken", number=scheme.number)
    late = [one for one in rows.approved_months(doing.session, doing.scope) if one.last >= scheme.in_force_from]
    if late:
        raise Conflict("scheme_before_approved", at="in_force_from", month=str(max(late)))
    if scheme.in_force_from != month.first:
        _check_split(doing, scheme, month)
    row = SchemeRow(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, number=scheme.number, name=scheme.name,
        text=text, sha256=hashlib.sha256(text.encode()).hexdigest(), in_force_from=scheme.in_force_from,
        order_number=scheme.order_number, order_date=scheme.order_date, approved_by=doing.who.account, approved_at=doing.at)
    doing.session.add(row)
    doing.session.flush()
    doing.note("approve_scheme", "scheme", row.ref, after={"number": row.number, "sha256": row.sha256})
    return row


def _check_split(doing: Doing, scheme: Scheme, month: Month) -> None:
    """A version that begins inside a month says that it splits it, has one before it, and is the only one that does."""
    if scheme.inside_month is not InsideMonth.SPLIT:
        raise Refused("scheme_inside_month", at="in_force_from", day=scheme.in_force_from.isoformat(),
                      first=month.first.isoformat(), next=month.plus(1).first.isoformat())
    first, inside = versions.in_month(doing.session, doing.scope, month)
    if first is None:
        raise Refused("scheme_split_alone", at="in_force_from", first=month.first.isoformat())
    if inside is not None:
        raise Refused("scheme_split_twice", at="in_force_from", number=inside.number, next=month.plus(1).first.isoformat())
