"""Corrections of approved months: worked out as a draft, seen, discarded or approved and sealed; debts, written off by decision.

A correction is the month worked out again with all its accepted late rows, less the run and all its earlier corrections. It is
booked in the first open month; the approved run and its matches stay as they are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.actions import advances, journal, late
from ledger.actions.doing import Doing
from ledger.actions.late import Base
from ledger.actions.uncollected import uncollected
from ledger.core import canonical
from ledger.core import corrections as rules
from ledger.core.access import May
from ledger.core.corrections import Change, Difference, Split
from ledger.core.debts import Debt
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.journal import Account, Entry, Leg
from ledger.core.late import DatesFact, ValueFact, people_of
from ledger.core.periods import Month, civil_day
from ledger.core.schemes import Scheme
from ledger.core.stipends import Identity, Inputs, Result, calculate
from ledger.records import corrections as rows
from ledger.records import entries, people
from ledger.records.carried import carried_into
from ledger.records.corrections import (
    CorrectedCount,
    CorrectedSale,
    CorrectedShare,
    Correction,
    CorrectionDraft,
    CorrectionPerson,
    Late,
    WrittenOff,
)
from ledger.records.entries import PersonValueRow
from ledger.records.people import Participant
from ledger.settings import app_version

LONGEST_ORDER = 60


@dataclass(frozen=True)
class Worked:
    """A correction worked out: its base, the late rows it reads for the first time, the month with them, and whom it changes.
    `own` are the people whose own record was wrong: only they can be asked to give a minus back. `set_off` is what the pluses
    give up of debts that the month made before, `booked` the first open month."""

    base: Base
    new: tuple[Late, ...]
    inputs: Inputs
    scheme: Scheme
    result: Result
    changes: tuple[Change, ...]
    own: frozenset[str]
    set_off: tuple[Debt, ...]
    booked: Month

    @property
    def seen(self) -> str:
        """SHA-256 of what a draft holds: base, inputs, result."""
        return seen_hash(self.base.ref, *self.texts)

    @property
    def shown(self) -> str:
        """SHA-256 of all that an approver sees: the draft, what becomes of each difference with or without a debt, whose may become
        one, what is set off against debts, and the month that books it. Other months and decisions about debts move these."""
        told = ({"person": one.person, "before": one.before, "after": one.after, "held": one.held, "set_off": one.set_off,
                 "own": one.person in self.own} for one in self.changes)
        off = ([one.person, str(one.since), one.cents] for one in self.set_off)
        return hashlib.sha256(json.dumps([self.seen, str(self.booked), [*told], [*off]], sort_keys=True).encode()).hexdigest()

    @property
    def texts(self) -> tuple[str, str]:
        """The frozen texts of inputs with rules, and of the result."""
        return canonical.canonical(self.inputs, self.scheme), canonical.canonical_result(self.result)

    def splits(self, debts: Collection[str]) -> list[tuple[Change, Split]]:
        """What becomes of each difference, when the minuses of these people become debts."""
        return [(one, one.split(as_debt=one.person in debts)) for one in self.changes]

    def difference(self, debts: Collection[str]) -> Difference:
        """What is booked, when the minuses of these people become debts."""
        return Difference(self.base.before, self.result, {line.key: line.channel for line in self.inputs.lines},
                          tuple((one.person, what) for one, what in self.splits(debts)), self.set_off)


def seen_hash(base: str, inputs: str, result: str) -> str:
    """SHA-256 over the base's reference and the two frozen texts."""
    return hashlib.sha256("\n".join((base, inputs, result)).encode()).hexdigest()


def work_out(doing: Doing, month: Month) -> Worked:
    """The month with all its accepted late rows beside what it came to before; nothing is kept. Raises Refused when no accepted row
    waits, Conflict when the month is not approved."""
    base = late.base_of(doing, month)
    counting = rows.accepted_order(doing.session, doing.scope, month)
    new = tuple(one for one in counting if one.state == "accepted")
    if not new:
        raise Refused("nothing_to_correct", month=str(month))
    facts = late.facts_of(counting)
    inputs, scheme = late.with_facts(doing, base, facts)
    result = calculate(inputs, scheme)
    own = frozenset(ref for fact in late.facts_of(new) for ref in people_of(fact, base.inputs))
    held, owed = _standing(doing, base, month)
    sums: dict[str, int] = {}
    for debt in owed:
        sums[debt.person] = sums.get(debt.person, 0) + debt.cents
    changes = rules.changes(base.before, result, held, sums)
    return Worked(base, new, inputs, scheme, result, changes, own, rules.set_off(owed, changes), doing.open_month(month.first))


def _standing(doing: Doing, base: Base, month: Month) -> tuple[dict[str, int], tuple[Debt, ...]]:
    """What each person has of the month, with what was given up of debts that it made, and which of these still stand."""
    made = rows.debts_of_chain(doing.session, doing.scope, month)
    if not made:
        return base.held, ()
    booked = doing.open_month(month.first)
    off = rows.given_up(doing.session, doing.scope, made, booked)
    held = dict(base.held)
    for person, cents in rules.given_up(made, off).items():
        held[person] = held.get(person, 0) + cents
    return held, rules.may_set_off(made, off, carried_into(doing.session, doing.scope, booked).debts)


@uncollected()
def make(doing: Doing, month: Month) -> CorrectionDraft:
    """Work the correction out and keep it as the month's draft."""
    doing.check(May.CORRECT)
    doing.gate()
    worked = work_out(doing, month)
    draft = rows.find_draft(doing.session, doing.scope, month)
    before = draft.seen if draft else None
    if draft is None:
        draft = CorrectionDraft(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, month=str(month),
                                state="draft")
        doing.session.add(draft)
    draft.base_ref, draft.seen = worked.base.ref, worked.seen
    draft.inputs, draft.result = worked.texts
    draft.late_refs = json.dumps([one.row.ref for one in worked.new])
    draft.made_by, draft.made_at = doing.who.account, doing.at
    doing.session.flush()
    doing.note("make_correction", "correction", draft.ref, before={"seen": before}, after={"month": str(month), "seen": draft.seen})
    return draft


def discard(doing: Doing, month: Month) -> None:
    """Throw the draft away; the late rows stay accepted."""
    doing.check(May.CORRECT)
    doing.gate()
    draft = _draft(doing, month)
    draft.state = "discarded"
    doing.session.flush()
    doing.note("discard_correction", "correction", draft.ref, after={"month": str(month)})


def _draft(doing: Doing, month: Month) -> CorrectionDraft:
    found = rows.find_draft(doing.session, doing.scope, month)
    if found is None:
        raise Conflict("no_correction_draft", month=str(month))
    return found


def is_stale(doing: Doing, draft: CorrectionDraft) -> bool:
    """Whether late rows were accepted or refused, or the month was corrected, since the draft was made."""
    try:
        return work_out(doing, Month.parse(draft.month)).seen != draft.seen
    except Refused:
        return True


@uncollected()
def approve(doing: Doing, month: Month, seen: str, order_number: str, order_date: date, debts: Collection[str] = ()) -> Correction:
    """Seal the correction that was seen (`seen` is `Worked.shown`, which the page carries); `debts` are the people (references of
    the books) whose minus becomes a debt.

    Raises Refused for one's own draft, for a debt of somebody whose own record was not wrong; Conflict for a stale draft.
    """
    doing.check(May.APPROVE_CORRECTION)
    _check_order(doing, order_number, order_date)
    doing.gate()
    draft = _draft(doing, month)
    if doing.who.account == draft.made_by:
        raise Refused("own_correction")
    worked = _fresh(doing, month, draft, seen)
    may_owe = {one.person for one in worked.changes if rules.may_be_debt(one, worked.own)}
    if set(debts) - may_owe:
        raise Refused("not_own_record", at="debts")
    booked = worked.booked
    draft.state = "approved"
    doing.session.flush()
    split = worked.splits(debts)
    _seal_people(doing, draft.ref, booked, split)
    _seal_facts(doing, draft.ref, month, worked)
    header = _seal_header(doing, draft, worked, booked, debts, order_number.strip(), order_date)
    _seal_set_off(doing, header, worked.set_off)
    late.mark_corrected(doing, worked.new, draft.ref)
    _book(doing, header, worked.difference(debts))
    _keep_known(doing, worked, booked)
    doing.note("approve_correction", "correction", draft.ref, after={
        "month": str(month), "number": header.number, "seen": draft.seen, "booked_in": header.booked_in,
        "order": header.order_number, "order_date": order_date, "debts": sorted(debts)})
    return header


def _check_order(doing: Doing, number: str, day: date) -> None:
    if not number.strip():
        raise Refused("no_order", at="order_number")
    if len(number) > LONGEST_ORDER:
        raise Refused("text_too_long", at="order_number", most=LONGEST_ORDER)
    if day > doing.today:
        raise Refused("future_day", at="order_date", day=day.isoformat())


def _fresh(doing: Doing, month: Month, draft: CorrectionDraft, seen: str) -> Worked:
    """The correction as it is now, which must be what the draft holds and, with what becomes of it, what the approver saw."""
    try:
        worked = work_out(doing, month)
    except Refused:
        raise Conflict("stale_correction", month=str(month)) from None
    if worked.seen != draft.seen or worked.shown != seen:
        raise Conflict("stale_correction", month=str(month))
    return worked


def _seal_people(doing: Doing, ref: str, booked: Month, split: Sequence[tuple[Change, Split]]) -> None:
    numbers = doing.next_numbers("PL", booked.year, len(split)) if split else range(0)
    doing.session.add_all(CorrectionPerson(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, correction_ref=ref, person_ref=one.person,
        person_number=one.number, statement_number=f"PL-{booked.year}-{number:04d}", before_cents=one.before, after_cents=one.after,
        held_cents=one.held, plus_cents=what.plus, debt_cents=what.debt, borne_cents=what.borne)
        for (one, what), number in zip(split, numbers, strict=True))
    doing.session.flush()


def _seal_facts(doing: Doing, ref: str, month: Month, worked: Worked) -> None:
    """What later months go by: amounts of lines, makers of lots, counts of the year."""
    own = {"organisation_id": doing.scope.organisation, "workshop_id": doing.scope.workshop, "correction_ref": ref}
    before, lines = {line.line: line for line in worked.base.before.lines}, {line.key: line for line in worked.inputs.lines}
    for line in worked.result.lines:
        if before[line.line].amounts != line.amounts:
            said, amounts = lines[line.line], line.amounts
            doing.session.add(CorrectedSale(
                **own, sale_ref=line.line, price_cents=said.price_cents, discount=said.discount, gross_cents=amounts.gross,
                net_cents=amounts.net, materials_cents=amounts.materials, shared_cents=amounts.shared))
    then = _inputs_before(doing, worked.base)
    for lot, makers in corrected_lots(then, worked.inputs).items():
        doing.session.add_all(CorrectedShare(**own, lot_ref=lot, person_ref=ref_of, weight=weight) for ref_of, weight in makers)
    doing.session.add_all(CorrectedCount(
        **own, month=str(month), person_ref=one.person, days=one.days, minutes=one.minutes, points=one.points)
        for one in rules.counted(then, worked.inputs))
    doing.session.flush()


def _inputs_before(doing: Doing, base: Base) -> Inputs:
    """What the base of this correction read: of the first one the run's inputs."""
    if base.ref == base.run.run_ref:
        return base.inputs
    text = rows.get_correction(doing.session, doing.scope, base.ref, texts=True).inputs
    return canonical.inputs_from_canonical(text)[0]


def corrected_lots(before: Inputs, after: Inputs) -> dict[str, list[tuple[str, int]]]:
    """The makers of lots that are others than before, by the lot's reference."""
    then = {lot.key: sorted((one.person, one.weight) for one in lot.makers) for lot in before.lots}
    now = {lot.key: sorted((one.person, one.weight) for one in lot.makers) for lot in after.lots}
    return {key: makers for key, makers in now.items() if makers != then[key]}


def _seal_header(doing: Doing, draft: CorrectionDraft, worked: Worked, booked: Month, debts: Collection[str],
                 order_number: str, order_date: date) -> Correction:
    identity = worked.difference(debts).identity
    if not identity.holds:
        raise ArithmeticError(f"the differences of {draft.month} do not add up")
    [number] = doing.next_numbers("PT", booked.year, 1)
    inputs, result = worked.texts
    header = Correction(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, correction_ref=draft.ref,
        base_ref=worked.base.ref, run_ref=worked.base.run.run_ref, month=draft.month, booked_in=str(booked),
        number=f"PT-{booked.year}-{number:04d}", order_number=order_number, order_date=order_date, inputs=inputs, result=result,
        seen=draft.seen, funds=json.dumps(rules.fund_moves(worked.base.before, worked.result), sort_keys=True),
        made_by=draft.made_by, approved_by=doing.who.account, made_at=draft.made_at, approved_at=doing.at,
        app_version=app_version(), **identity_cents(identity))
    doing.session.add(header)
    doing.session.flush()
    return header


def identity_cents(one: Identity) -> dict[str, int]:
    """An identity by the names of the columns."""
    return {f"{name}_cents": getattr(one, name) for name in (
        "realised_net", "deducted", "carried_in", "from_reserve", "from_budget", "stipends", "withheld", "to_reserve", "unassigned",
        "carried_out")}


def _seal_set_off(doing: Doing, header: Correction, debts: Iterable[Debt]) -> None:
    """What the pluses give up of debts; the entry of the correction books it."""
    for debt in debts:
        said = doing.say(header.number)
        row = WrittenOff(
            organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop,
            ref=rows.set_off_ref(header.correction_ref, debt), person_ref=debt.person, since=str(debt.since), cents=debt.cents,
            booked_in=header.booked_in, said_ref=said.ref, said_sha256=said.sha256, done_by=doing.who.account, done_at=doing.at)
        doing.session.add(row)
        doing.session.flush()
        doing.note("set_off_debt", "debt", row.ref, person=debt.person, after={"since": row.since, "cents": row.cents})


def _book(doing: Doing, header: Correction, moved: Difference) -> None:
    entry = entry_of(header, moved)
    if entry.legs:
        journal.post(doing, entry)
        advances.set_off_all(doing)


def entry_of(header: Correction, moved: Difference) -> Entry:
    """The correction's entry: on the day it was approved, at the latest on the last of the month that books it, as a run is booked
    on its month's last day however late it is approved."""
    booked = Month.parse(header.booked_in)
    return rules.entry_of(header.correction_ref, min(civil_day(header.approved_at), booked.last), booked, moved)


def _keep_known(doing: Doing, worked: Worked, booked: Month) -> None:
    """First and last days and own values that were found to be others hold in the open months too."""
    for fact in late.facts_of(worked.new):
        if isinstance(fact, DatesFact):
            _keep_dates(doing, fact)
        elif isinstance(fact, ValueFact):
            _keep_value(doing, fact, booked)


def _keep_dates(doing: Doing, fact: DatesFact) -> None:
    named = people.get_participant_by_person(doing.session, doing.vault, doing.scope, fact.person)
    row = doing.session.get_one(Participant, named.id)
    if (row.started_on, row.ended_on) != (fact.started, fact.ended):
        before = {"started": row.started_on, "ended": row.ended_on}
        row.started_on, row.ended_on = fact.started, fact.ended
        doing.note("keep_participant", "participant", row.ref, before=before, person=fact.person,
                   after={"number": row.number, "started": fact.started, "ended": fact.ended})


def _keep_value(doing: Doing, fact: ValueFact, booked: Month) -> None:
    """The value from the first open month on, unless a later one holds already; of one that was not, the value before it."""
    named = people.get_participant_by_person(doing.session, doing.vault, doing.scope, fact.person)
    known = [row for row in entries.values_of(doing.session, doing.scope, named.id) if row.name == fact.name]
    earlier = [row.text for row in sorted(known, key=lambda one: one.since) if row.since < fact.since]
    text = fact.text or (earlier[-1] if earlier else "")
    if any(row.since > fact.since for row in known) or not text:
        return
    row = PersonValueRow(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, participant_id=named.id, name=fact.name,
        since=booked.first, text=text, set_by=doing.who.account, set_at=doing.at)
    doing.session.add(row)
    doing.session.flush()
    doing.note("set_value", "person_value", row.ref, person=fact.person, after={"name": row.name, "since": row.since})


# ---------- debts ----------


@dataclass(frozen=True)
class DebtShown:
    """What a person owes since a month: the whole sum, what was kept back of it, what is left."""

    person: str
    since: Month
    whole: int
    kept: int
    left: int


def first_open(doing: Doing) -> Month:
    """The first month that is neither approved nor declared empty."""
    return doing.open_month(doing.workshop().begins.first)


def debts_now(doing: Doing, person: str = "") -> list[DebtShown]:
    """What people owe at the end of the last approved month, with what corrections made of it since; of one person or of all."""
    doing.check(May.SEE_MONTH)
    left = carried_into(doing.session, doing.scope, first_open(doing)).debts
    made = rows.debts_made(doing.session, doing.scope)
    shown = []
    for debt in left:
        whole = max(debt.cents, made.get((debt.person, debt.since), debt.cents))
        if person in ("", debt.person):
            shown.append(DebtShown(debt.person, debt.since, whole, whole - debt.cents, debt.cents))
    return shown


def write_off(doing: Doing, person: str, since: Month, reason: str) -> WrittenOff:
    """Keep a debt back no more: whoever decides says why. Raises Hidden when there is none."""
    doing.check(May.CORRECT)
    if not reason.strip():
        raise Refused("write_off_why", at="reason")
    if len(reason) > late.LONGEST_REASON:
        raise Refused("text_too_long", at="reason", most=late.LONGEST_REASON)
    doing.gate()
    booked = first_open(doing)
    found = [one for one in debts_now(doing, person) if one.since == since]
    if not found:
        raise Hidden
    said, cents = doing.say(reason.strip()), found[0].left
    row = WrittenOff(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, person_ref=person, since=str(since),
        cents=cents, booked_in=str(booked), said_ref=said.ref, said_sha256=said.sha256, done_by=doing.who.account, done_at=doing.at)
    doing.session.add(row)
    doing.session.flush()
    journal.post(doing, Entry("debt_written_off", doing.today, booked, "debt_written_off", row.ref, (
        Leg(Account.DEBTS_BORNE, cents), Leg(Account.DEBTS, -cents, person=person))))
    doing.note("write_off_debt", "debt", row.ref, person=person, after={"since": str(since), "cents": cents})
    return row
