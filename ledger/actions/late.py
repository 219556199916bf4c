"""Late rows: what was wrong or missing in an approved month, offered with a reason, accepted or refused by the accountant.

Nothing of the month changes by it: a correction reads the accepted rows (`ledger.actions.corrections`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ledger.actions.doing import Doing
from ledger.actions.stipends import stored
from ledger.core import corrections, late, schemes
from ledger.core.access import May
from ledger.core.canonical import result_from_canonical
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.late import (
    DatesFact,
    DayFact,
    DecisionFact,
    LateFact,
    PriceFact,
    SchemeFact,
    SharesFact,
    ValueFact,
    WorkFact,
)
from ledger.core.periods import Month
from ledger.core.production import Mark, Share, check_attendance
from ledger.core.schemes import Scheme
from ledger.core.stipends import Inputs, Result
from ledger.records import corrections as rows
from ledger.records import people, production, sales
from ledger.records import stipends as runs
from ledger.records import what_if as past
from ledger.records.calendar import holidays_of
from ledger.records.corrections import Late, LateEvent
from ledger.records.stipends import LateRow, SealedRun
from ledger.records.types import new_ref

LONGEST_REASON = 500
MAY_OFFER: Mapping[str, May] = {
    "day": May.LOG_ATTENDANCE, "shares": May.LOG_PRODUCTION, "price": May.LOG_SALE, "work": May.LOG_WORK}
"""Which kinds are offered by those who log such things; the accountant offers every kind."""


@dataclass(frozen=True)
class Base:
    """What the next correction of a month starts from: the run's inputs with its matches fixed, its rules, the last result, and
    what each person has. `ref` is the run or the correction that is corrected."""

    ref: str
    run: SealedRun
    inputs: Inputs
    scheme: Scheme
    before: Result
    held: dict[str, int]


def base_of(doing: Doing, month: Month) -> Base:
    """The end of a month's chain. Raises Conflict when the month is not approved."""
    run = runs.find_sealed(doing.session, doing.scope, month)
    if run is None:
        raise Conflict("run_not_approved", month=str(month))
    worked = stored(run.inputs, run.result)
    inputs, before = corrections.base_of(worked.inputs, worked.scheme, worked.result)
    held = corrections.held_after_run(worked.result)
    last = rows.last_of_month(doing.session, doing.scope, month)
    if last is None:
        return Base(run.run_ref, run, inputs, worked.scheme, before, held)
    chain = [one.correction_ref for one in rows.corrections(doing.session, doing.scope, month)]
    for one in rows.people_of(doing.session, doing.scope, chain):
        held[one.person_ref] = held.get(one.person_ref, 0) + one.plus_cents - one.debt_cents
    return Base(last.correction_ref, run, inputs, worked.scheme, result_from_canonical(last.result), held)


def with_facts(doing: Doing, base: Base, facts: Sequence[LateFact]) -> tuple[Inputs, Scheme]:
    """The month's inputs and rules with these facts. Raises Refused when one does not fit."""
    named = {fact.scheme for fact in facts if isinstance(fact, SchemeFact)}
    versions = {ref: schemes.parse(runs.get_scheme(doing.session, doing.scope, ref).text) for ref in named}
    inputs, scheme = late.with_late(base.inputs, base.scheme, facts, versions)
    if not named:
        return inputs, scheme
    year = any(name.startswith("year.") for name in scheme.names)
    [known] = past.past_months(doing.session, doing.scope, [inputs.month], with_year=year)
    holidays = holidays_of(inputs.month, scheme.calendar) if scheme.calendar else ()
    # what other rules ask for and the run did not read
    return replace(inputs, holidays=holidays, year=inputs.year or known.inputs.year, reserve=inputs.reserve or known.inputs.reserve,
                   funds=inputs.funds or known.inputs.funds), scheme


def known(doing: Doing, month: Month, before: str = "") -> tuple[Inputs, Scheme]:
    """An approved month as it is known now: what its run read, with the late rows accepted since; given a row's reference, only
    those accepted before it. Raises Conflict when the month is not approved, Refused when rows do not fit each other."""
    counting = rows.accepted_order(doing.session, doing.scope, month)
    place = next((place for place, one in enumerate(counting) if one.row.ref == before), len(counting))
    return with_facts(doing, base_of(doing, month), facts_of(counting[:place]))


def facts_of(lates: Sequence[Late]) -> list[LateFact]:
    """The typed facts of rows that were accepted."""
    return [late.from_text(one.row.kind, one.row.fact) for one in lates]


def offer(doing: Doing, month: Month, fact: LateFact, reason: str) -> list[LateRow]:
    """Write down what was wrong in an approved month: a row for each approved month that it reaches. Raises Refused without a
    reason, for what does not fit or changes nothing, Conflict for a month that is not approved."""
    kind = late.kind_of(fact)
    if not doing.can(May.CALCULATE):
        doing.check(May.OFFER_LATE, day=_day_of(fact, month))
        doing.check(MAY_OFFER.get(kind, May.CALCULATE), day=_day_of(fact, month))
    why = reason.strip()
    if not why:
        raise Refused("late_why", at="reason")
    if len(why) > LONGEST_REASON:
        raise Refused("text_too_long", at="reason", most=LONGEST_REASON)
    doing.gate()
    if isinstance(fact, SchemeFact):
        runs.get_scheme(doing.session, doing.scope, fact.scheme)
    reached = _reached(doing, month, fact)
    if isinstance(fact, WorkFact | DecisionFact):
        fact = _with_key(doing, month, fact)
    fitting = [one for one in reached if _changes(doing, one, fact)]
    if not fitting:
        raise Refused("late_same")
    return [_keep(doing, one, fact, why) for one in fitting]


def offer_day(doing: Doing, participant_ref: str, day: date, minutes: int, mark: Mark, reason: str) -> None:
    """Hand in a person's day that reaches the books only after its month was approved; nothing when the month knows it so."""
    named = people.get_participant(doing.session, doing.vault, doing.scope, participant_ref)
    check_attendance(named.person, day, minutes, mark)
    try:
        offer(doing, Month.of(day), DayFact(named.person.ref, day, minutes, mark), reason)
    except Refused as refused:
        if refused.code != "late_same":
            raise


def _keep(doing: Doing, month: Month, fact: LateFact, reason: str) -> LateRow:
    row = LateRow(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, month=str(month),
        happened_on=_day_of(fact, month), kind=late.kind_of(fact), fact=late.to_text(fact), reason=reason,
        offered_by=doing.who.account, offered_at=doing.at)
    doing.session.add(row)
    doing.session.flush()
    doing.note("late_row", "late_row", row.ref, after={"month": row.month, "kind": row.kind})
    return row


def _with_key(doing: Doing, month: Month, fact: WorkFact | DecisionFact) -> WorkFact | DecisionFact:
    """An entry or a decision that was never written down gets a key; raises Refused for a key that the month does not have."""
    if isinstance(fact, WorkFact):
        if not fact.key and fact.work:
            key = new_ref()
            return WorkFact(key, replace(fact.work, key=key))
        there = {one.key for one in known(doing, month)[0].work}
    else:
        if not fact.key and fact.decision:
            key = new_ref()
            return DecisionFact(key, replace(fact.decision, key=key))
        there = {one.key for one in known(doing, month)[0].decisions}
    if fact.key not in there:
        raise Refused("late_entry_unknown", month=str(month))
    return fact


def _day_of(fact: LateFact, month: Month) -> date:
    found = getattr(fact, "day", None) or getattr(fact, "since", None)
    inner = getattr(fact, "work", None) or getattr(fact, "decision", None)
    day = found or (inner.day if inner else None)
    return day if isinstance(day, date) else month.last


def _changes(doing: Doing, month: Month, fact: LateFact) -> bool:
    """Whether the fact says something new of the month, with what was accepted before. Raises Refused when it does not fit."""
    base = base_of(doing, month)
    accepted = facts_of(rows.accepted_order(doing.session, doing.scope, month))
    inputs, scheme = with_facts(doing, base, accepted)
    if isinstance(fact, SchemeFact):
        return with_facts(doing, base, [*accepted, fact])[1].canonical() != scheme.canonical()
    late.check_offered(inputs, scheme, fact)
    try:
        late.check_new(inputs, fact)
    except Refused as refused:
        if refused.code == "late_same":
            return False
        raise
    return True


def _reached(doing: Doing, month: Month, fact: LateFact) -> list[Month]:
    """The approved months that a fact is about. Raises Conflict when the month itself is not approved."""
    approved = runs.approved_months(doing.session, doing.scope)
    if month not in approved:
        raise Conflict("run_not_approved", month=str(month))
    if isinstance(fact, SharesFact):
        return sorted({month, *rows.runs_matching(doing.session, doing.scope, [fact.lot])} & approved)
    if isinstance(fact, ValueFact):
        return sorted(one for one in approved if one >= min(month, Month.of(fact.since)) and one.last >= fact.since)
    if isinstance(fact, DatesFact):
        return sorted(one for one in approved if one >= month)
    if isinstance(fact, PriceFact):
        _check_only_here(doing, month, fact)
    return [month]


def _check_only_here(doing: Doing, month: Month, fact: PriceFact) -> None:
    """A line of which a later approved month took something back, or found the lot, stays: returning and selling anew mends it."""
    line = sales.get_line(doing.session, doing.scope, fact.line)
    months = rows.runs_matching(doing.session, doing.scope, [fact.line]) - {month}
    backs = sales.returns_of(doing.session, doing.scope, [line.id])
    months |= {Month.parse(back.booked_in) for back in backs} - {month}
    if months & runs.approved_months(doing.session, doing.scope):
        raise Refused("late_line_moved", at="line", month=str(min(months)))


def offer_lot(doing: Doing, month: Month, ref: str, makers: Sequence[Share], good: int | None, reason: str) -> list[LateRow]:
    """The makers of a lot of an approved month. Raises Refused when its quantity is another: stock is put right by a count."""
    lot = production.get_lot(doing.session, doing.scope, ref)
    if good is not None and good != lot.good:
        raise Refused("late_lot_quantity", at="good", good_thousandths=lot.good)
    return offer(doing, month, SharesFact(ref, tuple(makers)), reason)


def accept(doing: Doing, ref: str) -> LateEvent:
    """The row is true: the next correction of its month reads it. A row that came by a file is turned into its fact first. Raises
    Refused for one that no correction can work in, Conflict when it is settled already."""
    doing.check(May.ACCEPT_LATE)
    doing.gate()
    found = rows.get_late(doing.session, doing.scope, ref)
    if found.state not in ("offered", "refused"):
        raise Conflict("late_settled")
    fact = typed(doing, found.row)
    month = Month.parse(found.row.month)
    reached = _reached(doing, month, fact)
    if not _changes(doing, month, fact):
        raise Refused("late_same")
    if found.row.kind not in late.KINDS:
        found.row.kind, found.row.fact = late.kind_of(fact), late.to_text(fact)
        doing.session.flush()
    for other in reached:
        if other != month:
            _offer_too(doing, other, fact, found.row.reason)
    return _event(doing, found, "accepted")


def _offer_too(doing: Doing, month: Month, fact: LateFact, reason: str) -> None:
    """A fact that came by a file is offered for the other months that it reaches, unless it is there already."""
    said = late.kind_of(fact), late.to_text(fact)
    there = {(one.row.kind, one.row.fact) for one in rows.late_rows(doing.session, doing.scope, month)}
    if said not in there and _changes(doing, month, fact):
        _keep(doing, month, fact, reason)


def refuse(doing: Doing, ref: str, why: str) -> LateEvent:
    """The row is not true, or was accepted by mistake and no correction has read it yet."""
    doing.check(May.ACCEPT_LATE)
    if not why.strip():
        raise Refused("late_why", at="why")
    if len(why) > LONGEST_REASON:
        raise Refused("text_too_long", at="why", most=LONGEST_REASON)
    doing.gate()
    found = rows.get_late(doing.session, doing.scope, ref)
    if found.state not in ("offered", "accepted"):
        raise Conflict("late_settled")
    return _event(doing, found, "refused", said=why.strip())


def mark_corrected(doing: Doing, lates: Sequence[Late], correction_ref: str) -> None:
    """A correction worked these rows in."""
    for one in lates:
        _event(doing, one, "corrected", correction=correction_ref)


def _event(doing: Doing, found: Late, kind: str, *, said: str = "", correction: str = "") -> LateEvent:
    kept = doing.say(said) if said else None
    event = LateEvent(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, late_ref=found.row.ref,
        position=found.position + 1, kind=kind, fact_sha256=fact_sha256(found.row), correction_ref=correction,
        said_ref=kept.ref if kept else "", said_sha256=kept.sha256 if kept else "", done_by=doing.who.account, done_at=doing.at)
    doing.session.add(event)
    doing.session.flush()
    doing.note(f"late_row_{kind}", "late_row", found.row.ref, after={"month": found.row.month, "kind": found.row.kind})
    return event


def fact_sha256(row: LateRow) -> str:
    """SHA-256 of what a late row says."""
    return hashlib.sha256("\n".join((row.month, row.kind, row.fact)).encode()).hexdigest()


# ---------- rows that came by a file ----------


def typed(doing: Doing, row: LateRow) -> LateFact:
    """The fact of a late row; one that an import set aside is read from what the file said. Raises Refused for what no correction
    works in: another quantity, product or day of a lot or a sale line, prices of products."""
    if row.kind in late.KINDS:
        return late.from_text(row.kind, row.fact)
    data: dict[str, Any] = json.loads(row.fact)  # Any: what the import kept
    if row.kind == "KnownDay":
        day, number = data["key"]
        return DayFact(_person(doing, number), date.fromisoformat(day), data["new"]["minutes"], Mark(data["new"]["mark"]))
    if row.kind == "KnownLot":
        return _lot_fact(doing, data)
    if row.kind == "KnownLine":
        return _line_fact(doing, data)
    raise Refused("late_no_kind")


def _person(doing: Doing, number: str) -> str:
    found = [ref for ref, known in people.numbers(doing.session, doing.scope).items() if known == number]
    if not found:
        raise Refused("late_person_unknown", month="")
    return found[0]


def _lot_fact(doing: Doing, data: Mapping[str, Any]) -> SharesFact:
    lot = production.lots_by_number(doing.session, doing.scope, [data["key"]]).get(data["key"])
    if lot is None or any(data["new"][name] != data["old"][name] for name in ("product", "day", "good", "reject")):
        raise Refused("late_lot_quantity", good_thousandths=lot.good if lot else 0)
    return SharesFact(lot.ref, tuple(Share(_person(doing, number), weight) for number, weight in data["new"]["makers"].items()))


def _line_fact(doing: Doing, data: Mapping[str, Any]) -> PriceFact:
    old, new, key = data["old"], data["new"], tuple(data["key"])
    if any(new[name] != old[name] for name in old if name not in ("price_cents", "discount")):
        raise Refused("late_line_quantity")
    found = [line for line in sales.lines_by_document(doing.session, doing.scope, [key[0]]) if line.number == key[1]]
    if not found:
        raise Hidden
    return PriceFact(found[0].ref, new["price_cents"], new["discount"])
