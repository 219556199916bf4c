"""Paying: a batch is made by the accountant, approved by the director, handed to the bank or signed for, and settled or returned.

What is owed is the journal's; under the workshop's gate nobody is put into batches for more than that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum import bic as bic_rules
from stdnum.exceptions import ValidationError

from ledger import i18n
from ledger.actions import advances, journal, payees
from ledger.actions.doing import Doing, check_day
from ledger.actions.payees import Payee, Standing
from ledger.core.access import May
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.core.journal import Account, Entry
from ledger.core.numbers import MOST_CENTS
from ledger.core.payments import State, Way, Why, bank_text, check_sums, legs_of, still_due
from ledger.core.periods import Month, civil_day
from ledger.documents import cash_sheet, sepa
from ledger.documents.paysheet import PayRow
from ledger.documents.statements import Signed, eu_project
from ledger.records import journal as books
from ledger.records import organisation, people
from ledger.records import payments as rows
from ledger.records.payments import Paid, PaymentApproval, PaymentBatch, PaymentEvent, PaymentFile, PaymentRow
from ledger.records.types import new_ref
from ledger.records.vault import KeyGone, month_key, person_key
from ledger.settings import app_version

SERIES = "MB"
AHEAD = timedelta(days=60)


@dataclass(frozen=True)
class Line:
    """So many cents for a participant (their public reference)."""

    participant: str
    cents: int


@dataclass(frozen=True)
class Plan:
    """A batch as the accountant wants it. `account`, `bic` (may be empty) and `format` are for the bank; `advance` pays before the
    month's run owes anything."""

    way: Way
    day: date
    lines: tuple[Line, ...]
    advance: bool = False
    account: str = ""
    bic: str = ""
    format: str = sepa.FORMATS[0]


# ---------- making a batch ----------


def make_batch(doing: Doing, plan: Plan) -> PaymentBatch:
    """A batch with its number; everybody once, nobody for more than is owed and not paid or in another batch. Raises Refused
    (`nothing_to_pay`, `paid_too_much`, `sum_zero`, `paid_twice`, `has_account`, `paid_in_cash`, `held`, `past_day`,
    `too_far_ahead`,
    `iban_wrong`, `bic_wrong`)."""
    doing.check(May.PAY)
    doing.gate()
    _check_plan(doing, plan)
    standing = {one.named.ref: one for one in payees.standings(doing)}
    chosen = []
    for line in plan.lines:
        if line.participant not in standing:
            raise Hidden
        chosen.append((standing[line.participant], line.cents))
    for one, _cents in chosen:
        _check_payable(one, plan)
    if not plan.advance:
        advances.set_off_all(doing)
    _check_sums(chosen, plan)
    return _write(doing, plan, chosen)


def _check_plan(doing: Doing, plan: Plan) -> None:
    if plan.day > doing.today + AHEAD:
        raise Refused("too_far_ahead", at="day")
    if plan.way is Way.BANK:
        if plan.day < doing.today:
            raise Refused("past_day", at="day")
        payees.check_iban(plan.account, at="account")
        if plan.format not in sepa.FORMATS:
            raise Refused("no_format", at="format")
        if plan.bic and not _bic_fits(plan.bic):
            raise Refused("bic_wrong", at="bic")
    elif plan.day < doing.today - AHEAD:
        raise Refused("long_ago", at="day")


def _bic_fits(text: str) -> bool:
    try:
        bic_rules.validate(text)
    except ValidationError:
        return False
    return True


def _check_payable(one: Standing, plan: Plan) -> None:
    at = f"sum_{one.named.ref}"
    if one.hold == "told_to_wait" or (one.hold and plan.way is Way.BANK):
        raise Refused("held", at=at, number=one.named.person.number)
    if plan.way is Way.BANK and one.way is Way.CASH:
        raise Refused("paid_in_cash", at=at, number=one.named.person.number)
    if plan.way is Way.CASH and one.way is Way.BANK:
        raise Refused("has_account", at=at, number=one.named.person.number)


def _check_sums(chosen: Sequence[tuple[Standing, int]], plan: Plan) -> None:
    free = {one.named.ref: MOST_CENTS if plan.advance else one.free for one, _cents in chosen}
    check_sums([(one.named.ref, cents) for one, cents in chosen], free)


def _write(doing: Doing, plan: Plan, chosen: Sequence[tuple[Standing, int]]) -> PaymentBatch:
    bank = plan.way is Way.BANK
    number = f"{SERIES}-{doing.today.year}-{doing.next_numbers(SERIES, doing.today.year, 1)[0]:04d}"
    own = {"organisation_id": doing.scope.organisation, "workshop_id": doing.scope.workshop}
    batch = PaymentBatch(
        **own, ref=new_ref(), number=number, way=plan.way.value, day=plan.day, account=plan.account if bank else "",
        bic=plan.bic if bank else "", format=plan.format if bank else "", count=len(chosen),
        total_cents=sum(cents for _one, cents in chosen), made_by=doing.who.account, made_at=doing.at, app_version=app_version())
    legs = []
    for position, (one, cents) in enumerate(chosen, 1):
        row = PaymentRow(
            **own, ref=new_ref(), batch_ref=batch.ref, position=position, person_ref=one.named.person.ref, cents=cents,
            way=plan.way.value, advance=plan.advance, end_to_end=f"{number}-{position}", payee_ref=one.payee.detail)
        told = json.dumps({"name": one.payee.name, "iban": one.payee.iban if bank else ""}, ensure_ascii=False).encode()
        row.sealed = doing.vault.seal(doing.session, person_key(row.person_ref), told, f"payment:{row.ref}")
        legs.append(row)
    doing.session.add_all(legs)
    doing.session.flush()  # the batch comes after its payments: the database counts them
    doing.session.add(batch)
    doing.session.flush()
    doing.session.add_all([_event(doing, row.ref, 1, State.PENDING, doing.today) for row in legs])
    doing.session.flush()
    doing.note("make_batch", "payment_batch", batch.ref, after={"number": number, "way": batch.way, "cents": batch.total_cents,
                                                                "payments": batch.count, "advance": plan.advance})
    return batch


def goes_to(doing: Doing, row: PaymentRow) -> Payee:
    """Whom a payment goes to; a dash once the person's key is destroyed."""
    try:
        told = json.loads(doing.vault.open(doing.session, person_key(row.person_ref), row.sealed, f"payment:{row.ref}"))
    except KeyGone:
        return Payee("—", "", row.payee_ref)
    return Payee(told["name"], told["iban"], row.payee_ref)


# ---------- approving and the file ----------


@dataclass(frozen=True)
class Prepared:
    """An approval under way: the batch, what was seen of it, and its file as bytes."""

    ref: str
    seen: str
    kind: str
    content: bytes


def seen_of(paid: Sequence[Paid]) -> str:
    """A hash of which payments of a batch wait: what the director sees and approves."""
    waiting = [one.row.ref for one in paid if one.state is State.PENDING]
    return hashlib.sha256(json.dumps(waiting).encode()).hexdigest()


def prepare(doing: Doing, ref: str, seen: str) -> Prepared:
    """The file of a batch for the bank, checked against the schema, or its sheet to sign. Slow; belongs outside a transaction."""
    doing.check(May.APPROVE_PAYMENTS)
    batch = rows.get_batch(doing.session, doing.scope, ref)
    paid = rows.payments_of_batch(doing.session, doing.scope, ref)
    _check_approvable(doing, batch, paid, seen)
    make: Callable[[Doing, PaymentBatch, list[Paid]], bytes] = _bank_file if batch.way == "bank" else _sheet
    waiting = [one for one in paid if one.state is State.PENDING]
    return Prepared(ref, seen, "sepa" if batch.way == "bank" else "sheet", make(doing, batch, waiting))


def approve(doing: Doing, prepared: Prepared) -> None:
    """The director's yes: the batch may go out, its file is kept as it is. Raises Conflict when the batch is another than was seen,
    is approved, is one's own, or somebody in it is held, no longer owed that much or paid elsewhere now."""
    doing.check(May.APPROVE_PAYMENTS)
    doing.gate()
    batch = rows.get_batch(doing.session, doing.scope, prepared.ref)
    paid = rows.payments_of_batch(doing.session, doing.scope, prepared.ref)
    _check_approvable(doing, batch, paid, prepared.seen)
    waiting = [one for one in paid if one.state is State.PENDING]
    _check_going(doing, waiting)
    _check_payees(doing, waiting)
    own = {"organisation_id": doing.scope.organisation, "workshop_id": doing.scope.workshop, "app_version": app_version()}
    doing.session.add(PaymentApproval(**own, batch_ref=batch.ref, approved_by=doing.who.account, approved_at=doing.at))
    doing.session.flush()
    month = Month.of(batch.day)
    sealed = doing.vault.seal(doing.session, doing.month_subject(month), prepared.content, f"payment_file:{batch.ref}")
    doing.session.add(PaymentFile(
        **own, batch_ref=batch.ref, month=str(month), kind=prepared.kind, sha256=hashlib.sha256(prepared.content).hexdigest(),
        sealed=sealed, made_at=doing.at))
    doing.session.flush()
    doing.note("approve_batch", "payment_batch", batch.ref, after={"number": batch.number, "cents": batch.total_cents})


def _check_approvable(doing: Doing, batch: PaymentBatch, paid: Sequence[Paid], seen: str) -> None:
    if rows.find_approval(doing.session, doing.scope, batch.ref) is not None:
        raise Conflict("batch_approved")
    if batch.made_by == doing.who.account:
        raise Conflict("own_batch")
    if not any(one.state is State.PENDING for one in paid) or seen_of(paid) != seen:
        raise Conflict("batch_changed")


def _check_going(doing: Doing, paid: Sequence[Paid]) -> None:
    """Raises Conflict `held` or `owed_less` when one of these payments may not go out now."""
    standing = {one.named.person.ref: one for one in payees.standings(doing, {one.row.person_ref for one in paid})}
    for one in paid:
        person = standing[one.row.person_ref]
        if person.hold == "told_to_wait" or (person.hold and one.row.way == "bank"):
            raise Conflict("held", number=person.named.person.number)
        if not one.row.advance and person.owed < person.pending:
            raise Conflict("owed_less", number=person.named.person.number)


def _check_payees(doing: Doing, paid: Sequence[Paid]) -> None:
    """Raises Conflict `goes_elsewhere` when one of these payments was made out to another account or payee than holds today: before
    a file leaves the house, not after, for what went out is written down as it went."""
    standing = {one.named.person.ref: one for one in payees.standings(doing, {one.row.person_ref for one in paid})}
    for one in paid:
        goes, today = goes_to(doing, one.row), standing[one.row.person_ref].payee
        if goes.detail != today.detail or (one.row.way == "bank" and goes.iban != today.iban):
            raise Conflict("goes_elsewhere", number=standing[one.row.person_ref].named.person.number)


def _bank_file(doing: Doing, batch: PaymentBatch, paid: list[Paid]) -> bytes:
    provider = organisation.get_organisation(doing.session, doing.scope)
    with i18n.use("lt"):
        text = bank_text(i18n.gettext("Stipend, payment %(number)s", number=batch.number), sepa.MOST_DESCRIPTION)
    made = []
    for one in paid:
        payee = goes_to(doing, one.row)
        made.append(sepa.Transfer(one.row.end_to_end, payee.name, payee.iban, one.row.cents, text))
    return sepa.sepa_file(sepa.Order(
        batch.number, batch.made_at, batch.day, provider.name, batch.account, batch.bic, batch.format, tuple(made)))


def _sheet(doing: Doing, batch: PaymentBatch, paid: list[Paid]) -> bytes:
    provider, workshop = organisation.get_organisation(doing.session, doing.scope), doing.workshop()
    staff = {account.ref: account.name for account, _grant in organisation.grants_of(doing.session, doing.scope)}
    numbers = people.numbers(doing.session, doing.scope)
    with i18n.use("lt"):
        return cash_sheet.cash_sheet_pdf(cash_sheet.CashSheetData(
            number=batch.number, dated=batch.day, provider=provider.name, provider_code=provider.code, workshop=workshop.name,
            advance=any(one.row.advance for one in paid), basis=basis_of(doing, paid),
            people=tuple(PayRow(numbers.get(one.row.person_ref, ""), goes_to(doing, one.row).name, one.row.cents) for one in paid),
            prepared=Signed(staff.get(batch.made_by, ""), civil_day(batch.made_at)),
            approved=Signed(staff.get(doing.who.account, ""), doing.today),
            project=eu_project(workshop.funding, workshop.project_name, workshop.project_number)))


def basis_of(doing: Doing, paid: Sequence[Paid]) -> tuple[cash_sheet.Basis, ...]:
    """The approved months that are paid here, oldest first: those of which something was not covered before."""
    sums = {one.row.person_ref: one.row.cents for one in paid if not one.row.advance}
    months = set()
    for person, account in rows.accounts(doing.session, doing.scope, list(sums)).items():
        room = sums[person]
        for month, cents in still_due(account.dues, account.covered).items():
            if cents and room > 0:
                months.add(month)
                room -= cents
    orders = rows.orders(doing.session, doing.scope)
    return tuple(cash_sheet.Basis(month, orders[month].run, orders[month].number, orders[month].day)
                 for month in sorted(months) if month in orders)


def file_of(doing: Doing, ref: str) -> tuple[PaymentFile, bytes]:
    """The stored file of an approved batch, always the same bytes. Raises Hidden when there is none, Conflict `held` or
    `goes_elsewhere` when somebody in it is held or paid elsewhere before it is sent."""
    batch = rows.get_batch(doing.session, doing.scope, ref)
    doing.check(May.PAY if batch.way == "bank" else May.SEE_PAYMENTS)
    file = rows.find_file(doing.session, doing.scope, ref)
    if file is None:
        raise Hidden
    if batch.way == "bank":
        waiting = [one for one in rows.payments_of_batch(doing.session, doing.scope, ref) if one.state is State.PENDING]
        if waiting:
            _check_going(doing, waiting)
            _check_payees(doing, waiting)
    subject = month_key(doing.workshop().ref, file.month)
    content = doing.vault.open(doing.session, subject, file.sealed, f"payment_file:{ref}")
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise ValueError(f"the file of {batch.number} is not the one that was stored")
    return file, content


# ---------- what happens to payments ----------


@dataclass(frozen=True)
class Proxy:
    """Who signed in the person's place, and on which document that rests."""

    name: str
    document: str


def mark_sent(doing: Doing, ref: str, day: date) -> None:
    """The file was given to the bank on this day: everything in the batch that waits is on its way."""
    doing.check(May.PAY)
    doing.gate()
    batch = _approved(doing, ref, Way.BANK)
    waiting = [one for one in rows.payments_of_batch(doing.session, doing.scope, ref) if one.state is State.PENDING]
    if not waiting:
        raise Conflict("payment_state", state="sent")
    _check_going(doing, waiting)
    step(doing, waiting, State.SENT, day)
    doing.note("mark_sent", "payment_batch", ref, after={"number": batch.number, "day": day, "payments": len(waiting)})


def sign(doing: Doing, ref: str, payment: str, day: date, proxy: Proxy | None = None) -> None:
    """The person, or a proxy, signed for the cash on this day."""
    doing.check(May.PAY)
    doing.gate()
    batch = _approved(doing, ref, Way.CASH)
    paid = _of_batch(doing, batch, payment)
    _check_going(doing, [paid])
    sealed = None
    if proxy is not None:
        for name, text in (("name", proxy.name), ("document", proxy.document)):
            if not text.strip():
                raise Refused("empty_text", at=name)
            if len(text) > 200:
                raise Refused("text_too_long", at=name, most=200)
        data = json.dumps({"name": proxy.name.strip(), "document": proxy.document.strip()}, ensure_ascii=False).encode()
        sealed = doing.vault.seal(doing.session, person_key(paid.row.person_ref), data, f"proxy:{paid.row.ref}")
    step(doing, [paid], State.SETTLED, day, proxy=sealed)
    doing.note("sign_payment", "payment", payment, person=paid.row.person_ref,
               after={"number": batch.number, "day": day, "by": "proxy" if proxy else "person"})


def proxy_of(doing: Doing, event: PaymentEvent, person: str) -> Proxy | None:
    """Who signed in the person's place."""
    if event.proxy is None:
        return None
    try:
        return Proxy(**json.loads(doing.vault.open(doing.session, person_key(person), event.proxy, f"proxy:{event.payment_ref}")))
    except KeyGone:
        return Proxy("—", "—")


def give_back(doing: Doing, ref: str, payment: str, day: date, reason: str = "") -> None:
    """The payment is not paid after all: cash that was not collected or was brought back, a payment that the bank sent back, or one
    taken out before the director's yes. The money is owed again. Raises Conflict `file_made` for one that stands in a bank's
    file."""
    doing.check(May.PAY)
    doing.gate()
    batch = rows.get_batch(doing.session, doing.scope, ref)
    paid = _of_batch(doing, batch, payment)
    approved = rows.find_approval(doing.session, doing.scope, ref) is not None
    if batch.way == "bank" and approved and paid.state is State.PENDING:
        raise Conflict("file_made")
    why = _why(batch, paid, approved)
    if why in (Why.BANK, Why.BROUGHT_BACK) and not reason.strip():
        raise Refused("empty_text", at="reason")
    if len(reason) > 300:
        raise Refused("text_too_long", at="reason", most=300)
    step(doing, [paid], State.RETURNED, day, why=why, reason=reason.strip())
    doing.note("give_back", "payment", payment, person=paid.row.person_ref,
               after={"number": batch.number, "day": day, "why": why.value})


def _why(batch: PaymentBatch, paid: Paid, approved: bool) -> Why:
    if batch.way == "bank":
        return Why.WITHDRAWN if paid.state is State.PENDING else Why.BANK
    if paid.state is State.SETTLED:
        return Why.BROUGHT_BACK
    return Why.NOT_COLLECTED if approved else Why.WITHDRAWN


def cancel(doing: Doing, ref: str) -> None:
    """Everything in the batch that waits is taken out; a bank's file of it must not be used any more."""
    doing.check(May.PAY)
    doing.gate()
    batch = rows.get_batch(doing.session, doing.scope, ref)
    waiting = [one for one in rows.payments_of_batch(doing.session, doing.scope, ref) if one.state is State.PENDING]
    if not waiting:
        raise Conflict("payment_state", state="sent")
    step(doing, waiting, State.RETURNED, doing.today, why=Why.WITHDRAWN)
    doing.note("cancel_batch", "payment_batch", ref, after={"number": batch.number, "payments": len(waiting)})


def _approved(doing: Doing, ref: str, way: Way) -> PaymentBatch:
    batch = rows.get_batch(doing.session, doing.scope, ref)
    if batch.way != way.value:
        raise Hidden
    if rows.find_approval(doing.session, doing.scope, ref) is None:
        raise Conflict("batch_not_approved")
    return batch


def _of_batch(doing: Doing, batch: PaymentBatch, payment: str) -> Paid:
    paid = rows.get_payment(doing.session, doing.scope, payment)
    if paid.row.batch_ref != batch.ref:
        raise Hidden
    return paid


def step(doing: Doing, paid: Sequence[Paid], state: State, day: date, *, why: Why | None = None, reason: str = "",
         proxy: bytes | None = None, entry_key: str = "", booked: date | None = None) -> None:
    """These payments go on to a state on a day: their events and what they book. `booked` is the bank's own day, for entries that
    move the bank account. Whoever calls holds the gate and has asked whether it is allowed. Raises Conflict `payment_state`,
    Refused `before_last_event` or `future_day`."""
    check_day(doing, day)
    outstanding = _advances(doing, paid) if state is State.RETURNED else {}
    said = doing.say(reason) if reason else None
    entries, month_of = [], {on: doing.journal_month(on) for on in {day, booked or day}}
    for one in paid:
        if day < one.event.happened_on:
            raise Refused("before_last_event", at="day", day=one.event.happened_on.isoformat())
        person = one.row.person_ref
        legs = legs_of(one.payment, state, outstanding.get(person, 0))
        event = _event(doing, one.row.ref, one.event.position + 1, state, day)
        event.why, event.proxy, event.entry_key = why.value if why else "", proxy, entry_key
        if said:
            event.said_ref, event.said_sha256 = said.ref, said.sha256
        doing.session.add(event)
        if legs:
            on = booked if booked and any(leg.account is Account.BANK for leg in legs) else day
            entries.append(Entry(_kind(one, state), on, month_of[on], "payment_event", event.ref, legs))
            if one.row.advance and state is State.RETURNED:
                outstanding[person] = outstanding.get(person, 0) + sum(leg.cents for leg in legs if leg.account is Account.ADVANCES)
    doing.session.flush()
    journal.post(doing, *entries)
    if entries:
        advances.set_off_all(doing)


def _kind(one: Paid, state: State) -> str:
    if state is State.RETURNED:
        return "payment_returned"
    return "advance" if one.row.advance else "payment"


def _advances(doing: Doing, paid: Sequence[Paid]) -> dict[str, int]:
    persons = {one.row.person_ref for one in paid if one.row.advance}
    return {person: books.balance(doing.session, doing.scope, Account.ADVANCES, person=person) for person in persons}


def _event(doing: Doing, payment: str, position: int, state: State, day: date) -> PaymentEvent:
    return PaymentEvent(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, ref=new_ref(), payment_ref=payment,
        position=position, state=state.value, happened_on=day, done_by=doing.who.account, done_at=doing.at,
        app_version=app_version())
