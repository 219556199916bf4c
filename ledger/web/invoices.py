"""Documents that are paid later: orders with an invoice, reports of shops; what was paid of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField

from ledger.actions import documents_of_sales as documents
from ledger.actions import invoices as actions
from ledger.actions.invoices import Sheet, SheetLine
from ledger.actions.sales import CHANNELS
from ledger.core.access import May
from ledger.core.faults import Hidden
from ledger.core.till import Kind, Way
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import customers, organisation, production, receivables
from ledger.records import said as saying
from ledger.records import selling as rows
from ledger.records.customers import Known
from ledger.records.production import Product
from ledger.records.selling import SaleDocument
from ledger.web.forms import CentsField, DayField, Form, PercentField, QuantityField, needed
from ledger.web.rules import Room
from ledger.web.selling_words import customer_choices, document_url, kind_word, shown, step_of, way_word
from ledger.web.session import Turn, refused_sentence
from ledger.web.till import VatField, return_form, returned

room = Room("invoices")

DUE_DAYS = 30


class SheetForm(Form):
    """An order or a shop's report; quantity, price and what came back of each product are added by `_sheet_form`."""

    customer = SelectField(lazy_text("Buyer"), [needed], validate_choice=False)
    number = StringField(lazy_text("Number of the document"), description=lazy_text("Empty: the next one of the series."))
    day = DayField(lazy_text("Day"), [needed])
    due = DayField(lazy_text("To be paid until"), [needed])
    channel = SelectField(lazy_text("Where it is sold"), [needed], validate_choice=False)
    percent = PercentField(lazy_text("Discount in percent"), default=0)
    discount_cents = CentsField(lazy_text("Discount as a sum"))
    commission = PercentField(lazy_text("The shop keeps, in percent"), default=0)
    commission_cents = CentsField(lazy_text("The shop keeps, as a sum"))
    vat = VatField(lazy_text("VAT"), [needed])
    anyway = BooleanField(lazy_text("Write down all the same"))


def _sheet_form(kind: Kind, products: Sequence[Product], known: Sequence[Known], vat_payer: bool, sent: Any = None,
                **given: Any) -> Any:
    fields: dict[str, Any] = {}
    for one in products:
        fields |= {f"q_{one.ref}": QuantityField(one.name, least=0), f"p_{one.ref}": CentsField(one.name)}
        if kind is Kind.REPORT:
            fields[f"b_{one.ref}"] = QuantityField(one.name, least=0)
    form = type("SheetForm", (SheetForm,), fields)(sent, **given)
    form.customer.choices = [SelectChoice(*one) for one in customer_choices(known)]
    form.channel.choices = [SelectChoice(word, word) for word in CHANNELS]
    for name, unwanted in (("vat", not vat_payer), ("commission", kind is not Kind.REPORT),
                           ("commission_cents", kind is not Kind.REPORT)):
        if unwanted:
            del form[name]
    return form


def _begin(turn: Turn, kind: Kind, sent: Any = None) -> tuple[Any, list[Product]]:
    session, scope, today = turn.session, turn.doing.scope, turn.doing.today
    products = production.products(session, scope)
    known = customers.customers(session, turn.doing.vault, scope)
    prices = {f"p_{one.ref}": one.on(today).price_cents for one in products}
    payer = organisation.get_organisation(session, scope).vat_payer
    channel = "konsignacija" if kind is Kind.REPORT else "įmonė"
    return _sheet_form(kind, products, known, payer, sent, day=today, due=today + timedelta(days=DUE_DAYS), channel=channel,
                       customer=request.args.get("customer", ""), **prices), products


def _sheet_page(kind: Kind, form: Any, products: Sequence[Product]) -> str:
    short = any(field.errors for name, field in form._fields.items() if name.startswith("q_"))
    return render_template("invoices/sheet.html", kind=kind, form=form, products=products, step_of=step_of, short=short,
                           action=url_for("invoices.write_report" if kind is Kind.REPORT else "invoices.write_order"))


@room.get("/invoices/order", May.LOG_SALE)
def order(turn: Turn) -> ResponseReturnValue:
    """An order to write down."""
    return _sheet_page(Kind.ORDER, *_begin(turn, Kind.ORDER))


@room.get("/invoices/report", May.LOG_SALE)
def report(turn: Turn) -> ResponseReturnValue:
    """A shop's report to write down."""
    return _sheet_page(Kind.REPORT, *_begin(turn, Kind.REPORT))


@room.post("/invoices/order", May.LOG_SALE)
def write_order(turn: Turn) -> ResponseReturnValue:
    """Write an order down."""
    return _write(turn, Kind.ORDER)


@room.post("/invoices/report", May.LOG_SALE)
def write_report(turn: Turn) -> ResponseReturnValue:
    """Write a shop's report down."""
    return _write(turn, Kind.REPORT)


def _write(turn: Turn, kind: Kind) -> ResponseReturnValue:
    form, products = _begin(turn, kind, request.form)
    made: list[SaleDocument] = []
    return turn.submit(
        form, act=lambda: made.append(actions.write_sheet(turn.doing, _sheet(kind, form, products))),
        then=lambda: url_for("invoices.one", ref=made[0].ref), again=lambda: _sheet_page(kind, form, products),
        said=_("The document is written down."))


def _sheet(kind: Kind, form: Any, products: Sequence[Product]) -> Sheet:
    def of(name: str) -> Any:  # Any: what the field reads
        return form[name].data if name in form else None
    lines = [SheetLine(one.ref, of(f"q_{one.ref}") or 0, of(f"p_{one.ref}"), of(f"b_{one.ref}") or 0) for one in products]
    return Sheet(
        kind, form.customer.data, form.day.data, form.due.data, form.channel.data,
        tuple(one for one in lines if one.quantity or one.returned), form.number.data or "", form.percent.data or 0,
        form.discount_cents.data or 0, of("vat") or 0, of("commission") or 0, of("commission_cents") or 0, bool(form.anyway.data))


# ---------- one document ----------


class PaidForm(Form):
    """What a customer paid."""

    day = DayField(lazy_text("Day"), [needed])
    sum = CentsField(lazy_text("Sum"), [needed])
    way = RadioField(lazy_text("How it was paid"), [needed], default="bank", choices=[
        SelectChoice("bank", lazy_text("By bank")), SelectChoice("cash", lazy_text("In cash"))])


class WhyForm(Form):
    """Why a payment is taken back."""

    payment = StringField(lazy_text("Payment"), [needed])
    why = StringField(lazy_text("Why it is taken back"), [needed])


@room.get("/invoices/<ref>", May.SEE_CUSTOMERS)
def one(turn: Turn, ref: str) -> ResponseReturnValue:
    """A document, what was paid of it and what is open."""
    return _one(turn, ref)


def _one(turn: Turn, ref: str, form: Any = None, said: str = "", back: WhyForm | None = None) -> str:
    session, scope = turn.session, turn.doing.scope
    row = rows.get_document(session, scope, ref)
    turn.doing.check(May.SEE_CUSTOMERS, day=row.happened_on)
    document = shown(turn, row)
    owed = None
    if row.way == Way.TRANSFER.value and row.kind != Kind.RETURN and not document.undone:
        owed = receivables.owed(session, scope, ref)
    payments = receivables.payments_of(session, scope, ref)
    reasons = receivables.reasons(session, scope, ref)
    texts = saying.texts(session, scope, list(reasons.values()))
    return render_template(
        "invoices/one.html", doc=document, owed=owed, payments=payments, said=said, today=turn.doing.today, back=back,
        form=form or PaidForm(None, day=turn.doing.today, sum=max(owed.open, 0) if owed else 0), kind_word=kind_word,
        way_word=way_word, document_url=document_url, why={payment: texts.get(said, "") for payment, said in reasons.items()})


@room.post("/invoices/<ref>/paid", May.TAKE_PAYMENT)
def pay(turn: Turn, ref: str) -> ResponseReturnValue:
    """Write down what was paid."""
    form = PaidForm.sent()
    return turn.submit(
        form, act=lambda: actions.take_payment(turn.doing, ref, form.day.data, form.sum.data, form.way.data),
        then=lambda: url_for("invoices.one", ref=ref), again=lambda: _one(turn, ref, form),
        said=_("The payment is written down."))


@room.post("/invoices/<ref>/paid/back", May.TAKE_PAYMENT)
def pay_back(turn: Turn, ref: str) -> ResponseReturnValue:
    """Take a payment back that was written down by mistake."""
    form = WhyForm.sent()
    found = {payment.ref for payment, _counts in receivables.payments_of(turn.session, turn.doing.scope, ref)}

    def act() -> None:
        if form.payment.data not in found:
            raise Hidden
        actions.take_payment_back(turn.doing, form.payment.data, form.why.data or "")
    return turn.attempt(act, then=lambda: url_for("invoices.one", ref=ref), said=_("The payment is taken back."),
                        again=lambda refused: _one(turn, ref, said=refused_sentence(refused), back=form))


@room.post("/invoices/<ref>/undo", May.LOG_SALE)
def undo(turn: Turn, ref: str) -> ResponseReturnValue:
    """Undo a document."""
    row = rows.get_document(turn.session, turn.doing.scope, ref)
    return turn.attempt(
        lambda: documents.undo(turn.doing, ref), then=lambda: url_for("invoices.one", ref=ref),
        again=lambda refused: _one(turn, ref, said=refused_sentence(refused)),
        said=_("Undone: %(number)s. The goods are in stock again.", number=row.number))


@room.get("/invoices/<ref>/return", May.LOG_SALE)
def returning(turn: Turn, ref: str) -> ResponseReturnValue:
    """What of a document came back."""
    return _return_page(turn, ref)


def _return_page(turn: Turn, ref: str, form: Any = None) -> str:
    document = _returnable(turn, ref)
    return render_template("till/returning.html", doc=document, form=form or return_form(document, day=turn.doing.today),
                           action=url_for("invoices.log_return", ref=ref), leave=url_for("invoices.one", ref=ref), step_of=step_of)


def _returnable(turn: Turn, ref: str) -> Any:
    row = rows.get_document(turn.session, turn.doing.scope, ref)
    turn.doing.check(May.LOG_SALE, day=row.happened_on)
    if row.kind == Kind.RETURN or row.way != Way.TRANSFER.value:
        raise Hidden
    return shown(turn, row)


@room.post("/invoices/<ref>/return", May.LOG_SALE)
def log_return(turn: Turn, ref: str) -> ResponseReturnValue:
    """Write down what came back."""
    document = _returnable(turn, ref)
    form, made = return_form(document, request.form), []
    return turn.submit(
        form, act=lambda: made.append(returned(turn, form, document)), then=lambda: url_for("invoices.one", ref=ref),
        again=lambda: _return_page(turn, ref, form), said=_("The return is written down."))
