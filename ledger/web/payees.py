"""How one person is paid: the account and its change, another payee, cash by choice, money that waits, and what was paid."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from ledger.actions import payees as actions
from ledger.actions.payees import Told
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.payments import State
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import organisation, people
from ledger.records import payees as kept
from ledger.records import payments as rows
from ledger.records.people import Named
from ledger.web import identity
from ledger.web.forms import DayField, Form, needed
from ledger.web.payment_words import hold_word, kind_word, masked, state_word, way_word
from ledger.web.rules import Room
from ledger.web.session import Turn, note_event, refused_sentence

room = Room("payees")

MOST_PAYMENTS = 60


class DigitsForm(Form):
    """The last digits of a new account, typed from the person's paper."""

    digits = StringField(lazy_text("Last four digits of the new account"), [needed],
                         description=lazy_text("Type them from the person's own paper, not from this screen."))


class PayeeForm(Form):
    """Another payee."""

    name = StringField(lazy_text("Who gets the money"), [needed])
    iban = StringField(lazy_text("Their account (IBAN)"), description=lazy_text("Empty: they are paid in cash."))
    document = StringField(lazy_text("On which document it rests"), [needed],
                           description=lazy_text("Court ruling, power of attorney, certificate of inheritance: number and date."))
    since = DayField(lazy_text("From which day"), [needed])
    until = DayField(lazy_text("Last day"), description=lazy_text("May stay empty."))


class CashForm(Form):
    """Cash although there is an account."""

    cash_since = DayField(lazy_text("From which day"), [needed])
    cash_until = DayField(lazy_text("Last day"), description=lazy_text("May stay empty."))


class WaitForm(Form):
    """The money waits."""

    reason = StringField(lazy_text("Why the money waits"), [needed])


@room.get("/people/<ref>/paying", May.SEE_PAYEES)
def page(turn: Turn, ref: str) -> ResponseReturnValue:
    """How this person is paid."""
    return _page(turn, ref)


def _page(turn: Turn, ref: str, *, form: Form | None = None, said: str = "") -> str:
    named = _named(turn, ref)
    scope, person = turn.doing.scope, named.person.ref
    pays = turn.doing.can(May.SEE_PAYMENTS)
    details = kept.details(turn.session, scope, [person])
    today = {"since": turn.doing.today}
    forms: dict[type[Any], Any] = {
        DigitsForm: DigitsForm(), PayeeForm: PayeeForm(None, data=today), WaitForm: WaitForm(),
        CashForm: CashForm(None, data={"cash_since": turn.doing.today})}
    if form is not None:
        forms[type(form)] = form
    return render_template(
        "payments/person.html", named=named, said=said, form=form, standing=actions.standings(turn.doing, [person])[0],
        pays=pays, paid=rows.payments_of_person(turn.session, scope, person)[:MOST_PAYMENTS] if pays else [],
        details=[(one, actions.opened(turn.doing, one), one.holds(turn.doing.today)) for one in reversed(details)],
        also=lambda told: actions.others_with(turn.doing, person, told.iban),
        staff={account.ref: account.name for account, _grant in organisation.grants_of(turn.session, scope)},
        digits_form=forms[DigitsForm], payee_form=forms[PayeeForm], cash_form=forms[CashForm], wait_form=forms[WaitForm],
        me_ref=turn.doing.who.account, kind_word=kind_word, hold_word=hold_word, masked=masked, way_word=way_word,
        state_word=lambda event: state_word(State(event.state)), today=turn.doing.today)


def _named(turn: Turn, ref: str) -> Named:
    named = people.get_participant(turn.session, turn.doing.vault, turn.doing.scope, ref)
    turn.saw([named.person.ref])
    return named


def _then(ref: str) -> str:
    return url_for("payees.page", ref=ref)


@room.post("/people/<ref>/paying/payee", May.KEEP_PAYEES)
def set_payee(turn: Turn, ref: str) -> ResponseReturnValue:
    """Another payee; a second person confirms."""
    form = PayeeForm.sent()
    iban = "".join((form.iban.data or "").split()).upper()
    return turn.submit(
        form, lambda: actions.set_payee(turn.doing, ref, Told(form.name.data.strip(), iban, form.document.data.strip()),
                                        form.since.data, form.until.data),
        then=lambda: _then(ref), again=lambda: _page(turn, ref, form=form),
        said=_("The payee is written down. The director or a social worker confirms it."))


@room.post("/people/<ref>/paying/cash", May.KEEP_PAYEES)
def choose_cash(turn: Turn, ref: str) -> ResponseReturnValue:
    """Cash although there is an account."""
    form = CashForm.sent()
    return turn.submit(form, lambda: actions.choose_cash(turn.doing, ref, form.cash_since.data, form.cash_until.data),
                       then=lambda: _then(ref), again=lambda: _page(turn, ref, form=form), said=_("Written down: paid in cash."))


@room.post("/people/<ref>/paying/wait", May.KEEP_PAYEES)
def let_wait(turn: Turn, ref: str) -> ResponseReturnValue:
    """The money waits."""
    form = WaitForm.sent()
    return turn.submit(form, lambda: actions.let_wait(turn.doing, ref, form.reason.data), then=lambda: _then(ref),
                       again=lambda: _page(turn, ref, form=form), said=_("Written down: the money waits."))


@room.post("/people/<ref>/paying/<detail>/end", May.KEEP_PAYEES)
def end(turn: Turn, ref: str, detail: str) -> ResponseReturnValue:
    """It no longer holds."""
    _of(turn, ref, detail)
    return turn.attempt(lambda: actions.end(turn.doing, detail), then=lambda: _then(ref),
                        again=lambda refused: _page(turn, ref, said=refused_sentence(refused)),
                        said=_("It no longer holds."))


@room.post("/people/<ref>/paying/<detail>/account", May.CONFIRM_ACCOUNT)
def confirm_account(turn: Turn, ref: str, detail: str) -> ResponseReturnValue:
    """The second person types the last digits of the new account; guessing ends soon."""
    _of(turn, ref, detail)
    form, counted = DigitsForm.sent(), f"digits:{detail}"
    if identity.too_many(counted):
        abort(429)

    def act() -> None:
        try:
            actions.confirm_account(turn.doing, detail, form.digits.data)
        except Refused as refused:
            if refused.code == "digits_differ":
                identity.note_failure(counted)
                note_event("account_digits_differ", turn.doing.who.account)
            raise

    return turn.submit(form, act, then=lambda: _then(ref), again=lambda: _page(turn, ref, form=form),
                       said=_("The new account holds from now on."))


@room.post("/people/<ref>/paying/<detail>/payee", May.CONFIRM_ACCOUNT)
def confirm_payee(turn: Turn, ref: str, detail: str) -> ResponseReturnValue:
    """The second person confirms a payee."""
    _of(turn, ref, detail)
    return turn.attempt(lambda: actions.confirm_payee(turn.doing, detail), then=lambda: _then(ref),
                        again=lambda refused: _page(turn, ref, said=refused_sentence(refused)),
                        said=_("The payee is confirmed."))


@room.post("/people/<ref>/paying/<detail>/refuse", May.CONFIRM_ACCOUNT)
def refuse(turn: Turn, ref: str, detail: str) -> ResponseReturnValue:
    """It is not right: nothing changes."""
    _of(turn, ref, detail)
    return turn.attempt(lambda: actions.refuse(turn.doing, detail), then=lambda: _then(ref),
                        again=lambda refused: _page(turn, ref, said=refused_sentence(refused)),
                        said=_("Nothing changes: what was written down does not hold."))


def _of(turn: Turn, ref: str, detail: str) -> None:
    if kept.get_detail(turn.session, turn.doing.scope, detail).row.person_ref != _named(turn, ref).person.ref:
        abort(404)
