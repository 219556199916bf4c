"""Statements of the bank: handed in, each movement held against our payments, posted on the accountant's word."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import FileField, HiddenField, SelectField, SelectMultipleField, StringField

from ledger.actions import bank as actions
from ledger.actions import invoices
from ledger.core.access import May
from ledger.core.bank_statement import MOST_BYTES, Own, Verdict
from ledger.core.faults import Refused
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import customers, receivables
from ledger.records import payments as rows
from ledger.sentences import sentence
from ledger.web.forms import Form, needed
from ledger.web.payment_words import DOCUMENT, document_choices, iban_word, own_choices, posted_word, verdict_word
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("bank")

ODD = (Verdict.SUM_DIFFERS, Verdict.TWICE, Verdict.ACCOUNT_DIFFERS, Verdict.ALREADY, Verdict.NOT_SENT, Verdict.OTHER_CURRENCY)
"""Movements that speak of our payments and do not fit them."""


class StatementForm(Form):
    """The file of a statement."""

    file = FileField(lazy_text("Bank statement (camt.053, XML)"))


class ChosenForm(Form):
    """Which movements are posted."""

    keys = SelectMultipleField(lazy_text("What to post"), validate_choice=False)


class RowForm(Form):
    """What a movement that is no payment of ours is: one of `Own`, for a receipt with its channel behind a colon."""

    movement = HiddenField(validators=[needed])
    what = SelectField(lazy_text("What it is"), validate_choice=False)


class BackForm(Form):
    """Which movement was booked as the wrong thing, and why it is taken back."""

    movement = HiddenField(validators=[needed])
    reason = StringField(lazy_text("Why it is taken back"), [needed])


@room.get("/payments/statement", May.SEE_PAYMENTS)
def page(turn: Turn) -> ResponseReturnValue:
    """Where a statement is handed in, and those that were."""
    return _page(turn, StatementForm())


def _page(turn: Turn, form: Form) -> str:
    return render_template("payments/statements.html", form=form, handed=actions.handed_in(turn.doing), iban_word=iban_word)


@room.post("/payments/statement", May.PAY)
def read(turn: Turn) -> ResponseReturnValue:
    """Read a statement; nothing is posted by that. One that was handed in before is shown as it stands now."""
    form, made = StatementForm.sent(), []

    def act() -> None:
        upload = request.files.get("file")
        data = upload.stream.read(MOST_BYTES + 1) if upload is not None else b""
        if not data:
            raise Refused("empty_text", at="file")
        made.append(actions.read_statement(turn.doing, data).ref)

    return turn.submit(form, act, then=lambda: url_for("bank.statement", ref=made[0]), again=lambda: _page(turn, form),
                       said=_("The statement is read. Nothing is posted yet."))


@room.get("/payments/statement/<ref>", May.SEE_PAYMENTS)
def statement(turn: Turn, ref: str) -> ResponseReturnValue:
    """A statement's movements: proposed, not matching, the rest."""
    return _statement(turn, ref)


def _statement(turn: Turn, ref: str, said: str = "", form: Form | None = None) -> str:
    looked = actions.look(turn.doing, ref)
    spoken = {sent.ref for one in looked for match in one.matches for sent in match.payments}
    silent = [(paid, account) for paid, account in rows.on_way(
        turn.session, turn.doing.scope, {one.statement.account for one in looked}) if paid.row.ref not in spoken]
    owners = rows.owners(turn.session, turn.doing.scope, [*spoken, *(paid.row.ref for paid, _account in silent)])
    turn.saw({person for person, _number, _batch in owners.values()})
    channels = actions.channels(turn.doing)
    may = turn.doing.can(May.TAKE_PAYMENT)
    open_documents = receivables.open_on(turn.session, turn.doing.scope, turn.doing.today) if may else []
    incoming = [match.entry for one in looked for match in one.free if match.entry.cents > 0]
    wanted = {one.document.customer_id for one in open_documents if one.document.customer_id is not None} if incoming else set()
    names = customers.customers_by_id(turn.session, turn.doing.vault, turn.doing.scope, wanted)
    paid = receivables.documents_of_keys(turn.session, turn.doing.scope, [key for one in looked for key in one.posted])
    return render_template(
        "payments/statement.html", ref=ref, looked=looked, said=said, owners=owners, verdict_word=verdict_word, odd=ODD,
        silent=silent, posted_word=posted_word, own_in=own_choices(1, channels), own_out=own_choices(-1, channels),
        chosen={form.movement.data: form.what.data} if isinstance(form, RowForm) else {}, owns=frozenset(Own),
        back={form.movement.data: form} if isinstance(form, BackForm) else {},
        fault_sentence=lambda code: sentence(code, {}), unknowns=(Verdict.UNKNOWN_IN, Verdict.UNKNOWN_OUT), done=Verdict.POSTED,
        iban_word=iban_word, may_pay=lambda entry: document_choices(entry, open_documents, names), paid=paid)


@room.post("/payments/statement/<ref>", May.PAY)
def confirm(turn: Turn, ref: str) -> ResponseReturnValue:
    """Post the chosen movements."""
    form = ChosenForm.sent()
    return turn.attempt(
        lambda: actions.confirm(turn.doing, ref, set(form.keys.data or ())), then=lambda: url_for("bank.statement", ref=ref),
        again=lambda refused: _statement(turn, ref, refused_sentence(refused)), said=_("The chosen movements are posted."))


@room.post("/payments/statement/<ref>/row", May.PAY)
def row(turn: Turn, ref: str) -> ResponseReturnValue:
    """A movement that is no payment of ours is booked as this person says."""
    form = RowForm.sent()

    def act() -> None:
        own, _colon, channel = (form.what.data or "").partition(":")
        if own == DOCUMENT:
            invoices.match_row(turn.doing, ref, form.movement.data or "", channel)
            return
        if own not in set(Own):
            raise Refused("no_own", at="what")
        actions.post_own(turn.doing, ref, form.movement.data or "", Own(own), channel)

    return turn.attempt(act, then=lambda: url_for("bank.statement", ref=ref), said=_("The movement is posted."),
                        again=lambda refused: _statement(turn, ref, refused_sentence(refused), form))


@room.post("/payments/statement/<ref>/back", May.PAY)
def back(turn: Turn, ref: str) -> ResponseReturnValue:
    """A movement that was booked as the wrong thing is taken back: it waits to be decided anew."""
    form = BackForm.sent()
    return turn.attempt(
        lambda: actions.take_back(turn.doing, ref, form.movement.data or "", form.reason.data or ""),
        then=lambda: url_for("bank.statement", ref=ref), said=_("The movement is taken back: say what it is."),
        again=lambda refused: _statement(turn, ref, refused_sentence(refused), form))
