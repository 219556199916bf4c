"""Paying: what is owed to whom, batches from the first to the last payment, the bank's file, signatures for cash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, SelectChoice, SelectField, SelectMultipleField, StringField

from ledger.actions import organisation as accounts
from ledger.actions import payees
from ledger.actions import payments as actions
from ledger.actions.payees import Standing
from ledger.actions.payments import Line, Plan, Proxy
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.payments import State, Way
from ledger.documents import sepa, sheets
from ledger.documents.sheets import Cents, Sheet
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import organisation, people, said
from ledger.records import payments as rows
from ledger.records.payments import PaymentBatch
from ledger.records.people import Named
from ledger.web import identity
from ledger.web.forms import CentsField, DayField, Form, needed
from ledger.web.papers import file
from ledger.web.payment_shown import stages, steps
from ledger.web.payment_words import hold_word, iban_word, masked, state_word, way_word
from ledger.web.return_words import next_step
from ledger.web.rules import Room
from ledger.web.session import Turn, note_event, outside_work, refused_sentence

room = Room("payments")

MOST_ROWS = 60


# ---------- what is owed ----------


@room.get("/payments", May.SEE_PAYMENTS)
def listed(turn: Turn) -> ResponseReturnValue:
    """What is owed at the end of a day, who waits, and the newest batches."""
    day = _asked_day(turn)
    standing = _standing_on(turn, day)
    last = max(1, -(-len(standing) // MOST_ROWS))
    current = min(max(1, request.args.get("page", 1, type=int)), last)
    shown = standing[(current - 1) * MOST_ROWS:current * MOST_ROWS]
    waiting = [one for one in standing if one.waits]
    turn.saw(one.named.person.ref for one in [*shown, *waiting])
    batches = rows.batches(turn.session, turn.doing.scope)
    return render_template(
        "payments/list.html", day=day, shown=shown, count=len(standing), waiting=waiting, total=Totals.of(standing),
        batches=batches, to_approve=[one.row for one in batches if one.waits],
        hold_word=hold_word, way_word=way_word, state_word=state_word,
        today=turn.doing.today, current=current, last=last,
        waiting_batches=rows.waiting_for_approval(turn.session, turn.doing.scope),
        page_url=lambda number: url_for("payments.listed", day=day, page=number))


def _asked_day(turn: Turn) -> date:
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return turn.doing.today
    return min(day, turn.doing.today)


def _standing_on(turn: Turn, day: date) -> list[Standing]:
    """Where people stood at the end of an earlier day; today all that is owed, a month approved before it ended included."""
    until = day if day < turn.doing.today else None
    return [one for one in payees.standings(turn.doing, until=until) if not one.nothing]


@dataclass(frozen=True)
class Totals:
    """Sums over people, cents."""

    owed: int
    pending: int
    on_way: int
    paid: int
    advances: int

    @classmethod
    def of(cls, standing: list[Standing]) -> Totals:
        """Of these."""
        return cls(sum(one.owed for one in standing), sum(one.pending for one in standing), sum(one.on_way for one in standing),
                   sum(one.paid for one in standing), sum(one.advances for one in standing))


@room.get("/payments/owed.<kind>", May.SEE_PAYMENTS)
def owed_file(turn: Turn, kind: str) -> ResponseReturnValue:
    """What is owed to each person at the end of a day as a table for a spreadsheet: csv or xlsx."""
    if kind not in ("csv", "xlsx"):
        abort(404)
    day = _asked_day(turn)
    standing = _standing_on(turn, day)
    turn.saw(one.named.person.ref for one in standing)
    sheet = Sheet(
        _("Owed on %(day)s", day=day.isoformat()),
        (_("No."), _("Name"), _("Owed, €"), _("On the way, €"), _("Paid, €"), _("Advances, €")),
        tuple((one.named.person.number, one.named.name, Cents(one.owed), Cents(one.on_way), Cents(one.paid), Cents(one.advances))
              for one in standing))
    content = sheets.csv_of([sheet]) if kind == "csv" else sheets.xlsx_of([sheet], turn.doing.at)
    types = {"csv": "text/csv; charset=utf-8",
             "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    return file(content, f"moketina-{day.isoformat()}.{kind}", types[kind])


# ---------- a new batch ----------


class PlanForm(Form):
    """The day of a batch and whom it pays."""

    day = DayField(lazy_text("Day of payment"), [needed])
    take = SelectMultipleField(lazy_text("Whom to pay"), validate_choice=False)


class BankForm(PlanForm):
    """Likewise by bank."""

    account = StringField(lazy_text("Account of the provider (IBAN)"), [needed])
    bic = StringField(lazy_text("Code of the bank (BIC)"), description=lazy_text("May stay empty."))
    format = SelectField(lazy_text("Form of the file"), validate_choice=False,
                         choices=[SelectChoice(one, one) for one in sepa.FORMATS])


def _plan_form(way: Way, standing: list[Standing]) -> Any:
    """The form of a batch with a sum for each of these people."""
    sums = {f"sum_{one.named.ref}": CentsField(one.named.name) for one in standing}
    return type("BatchForm", (BankForm if way is Way.BANK else PlanForm,), sums)


def _asked_way() -> tuple[Way, bool]:
    return Way.CASH if request.args.get("way") == "cash" else Way.BANK, bool(request.args.get("advance"))


def _payable(turn: Turn, way: Way, advance: bool) -> tuple[list[Standing], list[Standing]]:
    """Who can be in the batch, and who is owed something but cannot."""
    standing = payees.standings(turn.doing)
    can = [one for one in standing if one.way is way and not one.hold and (_here(one, turn.doing.today) if advance else one.free)]
    cannot = [one for one in standing if one not in can and one.free] if not advance else []
    return can, cannot


def _here(one: Standing, today: date) -> bool:
    return one.named.person.here_on(today)


@room.get("/payments/new", May.PAY)
def new(turn: Turn) -> ResponseReturnValue:
    """Whom to pay, and how much: everything that is owed is proposed."""
    way, advance = _asked_way()
    can, cannot = _payable(turn, way, advance)
    newest = rows.newest_bank_batch(turn.session, turn.doing.scope)
    data: dict[str, Any] = {f"sum_{one.named.ref}": one.free for one in can if not advance}
    data |= {"day": turn.doing.today, "take": [] if advance else [one.named.ref for one in can]}
    data |= {"account": newest.account, "bic": newest.bic, "format": newest.format} if newest else {}
    return _new(turn, _plan_form(way, can)(None, data=data), can, cannot)


def _new(turn: Turn, form: Any, can: list[Standing], cannot: list[Standing]) -> str:
    way, advance = _asked_way()
    turn.saw(one.named.person.ref for one in [*can, *cannot])
    return render_template("payments/new.html", form=form, payable=can, cannot=cannot, way=way, advance=advance, twice=_twice(can),
                           hold_word=hold_word, way_word=way_word, chosen=set(form.take.data or ()))


def _twice(standing: list[Standing]) -> dict[str, str]:
    """People who are paid to an account that is another's too: reference -> the other's number."""
    found: dict[str, str] = {}
    for one in standing:
        others = [two.named.person.number for two in standing
                  if two is not one and two.payee.iban and two.payee.iban == one.payee.iban]
        if others:
            found[one.named.ref] = others[0]
    return found


@room.post("/payments/new", May.PAY)
def create(turn: Turn) -> ResponseReturnValue:
    """Make the batch; it waits for the director."""
    way, advance = _asked_way()
    can, cannot = _payable(turn, way, advance)
    form = _plan_form(way, can).sent()
    made: list[str] = []
    return turn.submit(
        form, lambda: made.append(actions.make_batch(turn.doing, _plan(form, way, advance)).ref),
        then=lambda: url_for("payments.batch", ref=made[0]), again=lambda: _new(turn, form, can, cannot),
        said=_("The batch is made. It waits for the director."))


def _plan(form: Any, way: Way, advance: bool) -> Plan:
    lines = []
    for ref in form.take.data or ():
        field = form._fields.get(f"sum_{ref}")
        if field is None:
            raise Refused("held", at="take", number="?")
        lines.append(Line(ref, field.data or 0))
    plan = Plan(way, form.day.data, tuple(lines), advance)
    if way is Way.CASH:
        return plan
    account = "".join(form.account.data.split()).upper()
    return Plan(way, plan.day, plan.lines, advance, account, "".join((form.bic.data or "").split()).upper(), form.format.data or "")


# ---------- a batch ----------


class FileForm(Form):
    """The password once more before the bank's file."""

    password = PasswordField(lazy_text("Your password once more"), [needed])


class SentForm(Form):
    """When the file was given to the bank."""

    day = DayField(lazy_text("Given to the bank on"), [needed])


class SignedForm(Form):
    """Who signed, and when."""

    day = DayField(lazy_text("Signed on"), [needed])
    who = SelectMultipleField(lazy_text("Who signed"), validate_choice=False)


class SeenForm(Form):
    """What the director saw."""

    seen = HiddenField()


@room.get("/payments/<ref>", May.SEE_PAYMENTS)
def batch(turn: Turn, ref: str) -> ResponseReturnValue:
    """A batch: its payments with their states, and what comes next."""
    return _batch(turn, ref)


def _batch(turn: Turn, ref: str, *, form: Form | None = None, said: str = "") -> str:
    row = rows.get_batch(turn.session, turn.doing.scope, ref)
    paid = rows.payments_of_batch(turn.session, turn.doing.scope, ref)
    named = {one.person.ref: one for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope)}
    turn.saw(one.row.person_ref for one in paid)
    approval, staff = rows.find_approval(turn.session, turn.doing.scope, ref), _staff(turn)
    events = rows.events_of_batch(turn.session, turn.doing.scope, ref)
    today = turn.doing.today
    given: dict[str, Form] = {"file": FileForm(), "sent": SentForm(None, data={"day": today}),
                              "signed": SignedForm(None, data={"day": today})}
    if form is not None:
        given[{"FileForm": "file", "SentForm": "sent", "SignedForm": "signed"}[type(form).__name__]] = form
    return render_template(
        "payments/batch.html", row=row,
        paid=[(one, named.get(one.row.person_ref), actions.goes_to(turn.doing, one.row)) for one in paid],
        approval=approval, seen=actions.seen_of(paid), form=form, file_form=given["file"],
        sent_form=given["sent"],
        signed_form=given["signed"], said=said, pending=sum(one.row.cents for one in paid if one.state is State.PENDING),
        stages=stages(row, paid, events, approval, staff), iban_word=iban_word, masked=masked,
        state_word=state_word, way_word=way_word, own=_own(turn, row))


def _own(turn: Turn, row: PaymentBatch) -> bool:
    return row.made_by == turn.doing.who.account


def _staff(turn: Turn) -> dict[str, str]:
    return {account.ref: account.name for account, _grant in organisation.grants_of(turn.session, turn.doing.scope)}


@room.post_outside("/payments/<ref>/approve", May.APPROVE_PAYMENTS)
def approve(turn: Turn, ref: str) -> ResponseReturnValue:
    """The director's yes. The file is made while nothing is locked, then kept in one short transaction."""
    form = SeenForm.sent()
    try:
        return outside_work(turn, slow=lambda doing: actions.prepare(doing, ref, form.seen.data or ""), act=actions.approve,
                            then=url_for("payments.batch", ref=ref), said=_("The batch is approved."))
    except Refused as refused:
        return _batch(turn, ref, said=refused_sentence(refused)), 409


@room.post_outside("/payments/<ref>/file", May.PAY)
def download(turn: Turn, ref: str) -> ResponseReturnValue:
    """The bank's file, after the password once more; always the same bytes."""
    form, counted = FileForm.sent(), f"password:{turn.doing.who.account}"
    if identity.too_many(counted):
        abort(429)
    if not form.validate():
        return _batch(turn, ref, form=form), 422
    account = organisation.find_account_by_ref(turn.session, turn.doing.who.account)
    if account is None or not accounts.password_fits(account.password_hash, form.password.data):
        identity.note_failure(counted)
        form.refuse(Refused("password_wrong", at="password"))
        return _batch(turn, ref, form=form), 422
    identity.forget_failures(counted)
    try:
        kept, content = actions.file_of(turn.doing, ref)
    except Refused as refused:
        return _batch(turn, ref, said=refused_sentence(refused)), 409
    note_event("payment_file", turn.doing.who.account)
    return _handed(turn, ref, kept.kind, content)


@room.get("/payments/<ref>/sheet.pdf", May.SEE_PAYMENTS)
def sheet(turn: Turn, ref: str) -> ResponseReturnValue:
    """The sheet to sign of an approved cash batch."""
    if rows.get_batch(turn.session, turn.doing.scope, ref).way != "cash":
        abort(404)
    kept, content = actions.file_of(turn.doing, ref)
    return _handed(turn, ref, kept.kind, content)


def _handed(turn: Turn, ref: str, kind: str, content: bytes) -> Response:
    turn.saw(one.row.person_ref for one in rows.payments_of_batch(turn.session, turn.doing.scope, ref))
    number = rows.get_batch(turn.session, turn.doing.scope, ref).number
    if kind == "sepa":
        return file(content, f"{number}.xml", "application/xml")
    return file(content, f"{number}.pdf", "application/pdf")


@room.post("/payments/<ref>/sent", May.PAY)
def sent(turn: Turn, ref: str) -> ResponseReturnValue:
    """The file was given to the bank."""
    form = SentForm.sent()
    return turn.submit(form, lambda: actions.mark_sent(turn.doing, ref, form.day.data),
                       then=lambda: url_for("payments.batch", ref=ref), again=lambda: _batch(turn, ref, form=form),
                       said=_("Noted: the payments are on their way."))


@room.post("/payments/<ref>/signed", May.PAY)
def signed(turn: Turn, ref: str) -> ResponseReturnValue:
    """These people signed for their cash."""
    form = SignedForm.sent()

    def act() -> None:
        if not form.who.data:
            raise Refused("nothing_to_pay", at="who")
        for payment in form.who.data:
            actions.sign(turn.doing, ref, payment, form.day.data)

    return turn.submit(form, act, then=lambda: url_for("payments.batch", ref=ref), again=lambda: _batch(turn, ref, form=form),
                       said=_("Noted: the cash is handed out."))


@room.post("/payments/<ref>/cancel", May.PAY)
def cancel(turn: Turn, ref: str) -> ResponseReturnValue:
    """What waits in the batch is taken out."""
    return turn.attempt(lambda: actions.cancel(turn.doing, ref), then=lambda: url_for("payments.batch", ref=ref),
                        again=lambda refused: _batch(turn, ref, said=refused_sentence(refused)),
                        said=_("The payments that waited are taken out: the money is owed as before."))


# ---------- one payment ----------


class ProxyForm(Form):
    """Somebody signed in the person's place."""

    signed_on = DayField(lazy_text("Signed on"), [needed])
    name = StringField(lazy_text("Who signed"), [needed])
    document = StringField(lazy_text("On which document it rests"), [needed],
                           description=lazy_text("Power of attorney, court ruling: its number and date."))


class BackForm(Form):
    """The payment was not paid after all."""

    day = DayField(lazy_text("On which day"), [needed])
    reason = StringField(lazy_text("Why"), description=lazy_text("Needed when the money had left the house."))


@room.get("/payments/<ref>/<payment>", May.SEE_PAYMENTS)
def payment(turn: Turn, ref: str, payment: str) -> ResponseReturnValue:
    """One payment: what happened to it, and what may."""
    return _payment(turn, ref, payment)


def _payment(turn: Turn, ref: str, payment: str, *, form: Form | None = None) -> str:
    row = rows.get_batch(turn.session, turn.doing.scope, ref)
    paid = rows.get_payment(turn.session, turn.doing.scope, payment)
    if paid.row.batch_ref != ref:
        abort(404)
    named = _named(turn, paid.row.person_ref)
    turn.saw([paid.row.person_ref])
    scope = turn.doing.scope
    events = [one for one in rows.events_of_batch(turn.session, scope, ref) if one.payment_ref == payment]
    texts = said.texts(turn.session, scope, [one.said_ref for one in events if one.said_ref])
    proxies = {one.ref: proxy for one in events if (proxy := actions.proxy_of(turn.doing, one, paid.row.person_ref))}
    approval = rows.find_approval(turn.session, scope, ref)
    history = steps(events, approval, texts, proxies, _staff(turn))
    return render_template(
        "payments/payment.html", row=row, paid=paid, named=named, payee=actions.goes_to(turn.doing, paid.row), steps=history,
        approved=approval is not None, state=paid.state, state_word=state_word, next_step=next_step(history[-1].reason.code),
        owed=payees.standings(turn.doing, [paid.row.person_ref])[0], form=form, way_word=way_word, masked=masked,
        hold_word=hold_word,
        proxy_form=form if isinstance(form, ProxyForm) else ProxyForm(None, data={"signed_on": turn.doing.today}),
        back_form=form if isinstance(form, BackForm) else BackForm(None, data={"day": turn.doing.today}))


def _named(turn: Turn, person_ref: str) -> Named:
    return people.get_participant_by_person(turn.session, turn.doing.vault, turn.doing.scope, person_ref)


@room.post("/payments/<ref>/<payment>/proxy", May.PAY)
def proxy(turn: Turn, ref: str, payment: str) -> ResponseReturnValue:
    """Somebody signed for the cash in the person's place."""
    form = ProxyForm.sent()
    return turn.submit(
        form, lambda: actions.sign(turn.doing, ref, payment, form.signed_on.data, Proxy(form.name.data, form.document.data)),
        then=lambda: url_for("payments.batch", ref=ref), again=lambda: _payment(turn, ref, payment, form=form),
        said=_("Noted: the cash is handed out."))


@room.post("/payments/<ref>/<payment>/back", May.PAY)
def back(turn: Turn, ref: str, payment: str) -> ResponseReturnValue:
    """The payment was not paid after all: the money is owed again."""
    form = BackForm.sent()
    return turn.submit(
        form, lambda: actions.give_back(turn.doing, ref, payment, form.day.data, form.reason.data or ""),
        then=lambda: url_for("payments.batch", ref=ref), again=lambda: _payment(turn, ref, payment, form=form),
        said=_("Noted: the money is owed again."))
