"""The till of a fair's day: products to tap, a basket, how it is paid; its receipts, what comes back, the day's list.

A sale is one POST that stands alone: its key is made before it is sent, its day and quantities are in it, and the sum it was shown
with goes along (`seen`), so that a queue on the device can hold it and send it later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField

from ledger.actions import documents_of_sales as documents
from ledger.actions import till as actions
from ledger.actions.sales import CHANNELS
from ledger.actions.till import Basket
from ledger.core.access import May
from ledger.core.faults import Hidden
from ledger.core.till import Kind, Way
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import customers, organisation, production
from ledger.records import selling as rows
from ledger.records.customers import Known
from ledger.records.production import Product
from ledger.records.selling import SaleDocument
from ledger.web.board import read_day
from ledger.web.forms import CentsField, DayField, Form, PercentField, QuantityField, needed
from ledger.web.rules import Room
from ledger.web.selling_words import customer_choices, document_url, kind_word, shown, step_of, way_word
from ledger.web.session import Turn, refused_sentence

room = Room("till")

A_PAGE = 50
NEWEST = 5
NOTES_GIVEN = (500, 1000, 2000, 5000)
"""Notes that a customer often gives, as buttons (cents)."""


class VatField(PercentField):
    """The rate a VAT payer must write: none is proposed, for rates are the law's and change."""

    empty = None


class TillForm(Form):
    """A basket; a quantity for each product is added by `till_form`."""

    day = DayField(lazy_text("Day"), [needed])
    channel = SelectField(lazy_text("Where it is sold"), [needed], validate_choice=False)
    way = RadioField(lazy_text("How the customer pays"), [needed], default=Way.CASH.value, choices=[
        SelectChoice(Way.CASH.value, lazy_text("In cash")), SelectChoice(Way.CARD.value, lazy_text("By card")),
        SelectChoice(Way.TRANSFER.value, lazy_text("Will pay later"))])
    customer = SelectField(lazy_text("Who will pay"), validate_choice=False)
    percent = PercentField(lazy_text("Discount in percent"), default=0)
    discount_cents = CentsField(lazy_text("Discount as a sum"))
    given = CentsField(lazy_text("The customer gives"), description=lazy_text("Empty: the exact sum."))
    vat = VatField(lazy_text("VAT"), [needed])
    seen = HiddenField(lazy_text("Sum"))
    anyway = BooleanField(lazy_text("Sell all the same"))


def till_form(products: Sequence[Product], known: Sequence[Known], vat_payer: bool, sent: Any = None, **given: Any) -> Any:
    """The form of a basket: a quantity for each product, VAT only for who pays it."""
    quantities = {f"q_{one.ref}": QuantityField(one.name, least=0) for one in products}
    form = type("TillForm", (TillForm,), quantities)(sent, **given)
    form.channel.choices = [SelectChoice(word, word) for word in CHANNELS]
    form.customer.choices = [SelectChoice(*one) for one in customer_choices(known)]
    if not vat_payer:
        del form.vat
    return form


def _begin(turn: Turn, sent: Any = None) -> tuple[Any, list[Product], list[Known]]:
    session, scope = turn.session, turn.doing.scope
    products = production.products(session, scope)
    known = customers.customers(session, turn.doing.vault, scope)
    payer = organisation.get_organisation(session, scope).vat_payer
    channel = request.args.get("channel", CHANNELS[0])
    vat = request.args.get("vat", "")
    given: dict[str, Any] = {"day": turn.doing.today, "channel": channel if channel in CHANNELS else CHANNELS[0]}
    if vat.isdecimal() and payer and int(vat) <= 100_000:
        given["vat"] = int(vat)
    return till_form(products, known, payer, sent, **given), products, known


@room.get("/till", May.SELL)
def page(turn: Turn) -> ResponseReturnValue:
    """The till."""
    return _page(turn)


def _page(turn: Turn, form: Any = None, said: str = "", products: Sequence[Product] | None = None) -> str:
    session, scope, today = turn.session, turn.doing.scope, turn.doing.today
    if form is None or products is None:
        form, products, _known = _begin(turn)
    newest = rows.of_day(session, scope, today, limit=NEWEST)
    done = request.args.get("done", "")
    sold = rows.documents_by_ref(session, scope, [done]).get(done) if done else None
    gone = rows.undone(session, scope, [*(one.ref for one in newest), *([sold.ref] if sold else [])])
    short = [field for name, field in form._fields.items() if name.startswith("q_") and field.errors]
    return render_template(
        "till/page.html", form=form, products=products, prices={one.ref: one.on(today).price_cents for one in products},
        step_of=step_of, newest=newest, undone=gone, sold=sold if sold and sold.ref not in gone else None, said=said,
        today=today, document_url=document_url, way_word=way_word, kind_word=kind_word, notes=NOTES_GIVEN, short=short,
        waiting=[(day, cents) for day, cents in rows.uncounted_days(session, scope, today) if day < today])


@room.post("/till", May.SELL)
def sell(turn: Turn) -> ResponseReturnValue:
    """Sell the basket."""
    form, products, _known = _begin(turn, request.form)
    made: list[SaleDocument] = []

    def then() -> str:
        return url_for("till.page", done=made[0].ref, channel=form.channel.data, vat=form.vat.data if "vat" in form else None)
    return turn.submit(form, act=lambda: made.append(actions.sell(turn.doing, _basket(turn, form, products))), then=then,
                       again=lambda: _page(turn, form, products=products))


def _basket(turn: Turn, form: Any, products: Sequence[Product]) -> Basket:
    items = tuple((one.ref, form[f"q_{one.ref}"].data) for one in products if form[f"q_{one.ref}"].data)
    way = Way(form.way.data)
    customer = None
    if way is Way.TRANSFER and form.customer.data:
        customer = customers.get_customer(turn.session, turn.doing.vault, turn.doing.scope, form.customer.data).row.id
    return Basket(
        form.day.data, form.channel.data, way, items, form.percent.data or 0, form.discount_cents.data or 0,
        (form.given.data or 0) if way is Way.CASH else 0, form.vat.data if "vat" in form else 0, customer, _seen(form.seen.data),
        bool(form.anyway.data))


def _seen(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 12 else None


# ---------- receipts ----------


@room.get("/till/receipt/<ref>", May.SEE_TILL)
def receipt(turn: Turn, ref: str) -> ResponseReturnValue:
    """A receipt with its lines."""
    return _receipt(turn, ref)


def _receipt(turn: Turn, ref: str, said: str = "") -> str:
    row = _till_document(turn, ref, May.SEE_TILL)
    return render_template("till/receipt.html", doc=shown(turn, row), said=said, way_word=way_word, kind_word=kind_word,
                           document_url=document_url)


def _till_document(turn: Turn, ref: str, may: May) -> SaleDocument:
    row = rows.get_document(turn.session, turn.doing.scope, ref)
    turn.doing.check(may, day=row.happened_on)
    if row.kind not in (Kind.SALE, Kind.RETURN):
        raise Hidden
    return row


@room.post("/till/receipt/<ref>/undo", May.SELL)
def undo(turn: Turn, ref: str) -> ResponseReturnValue:
    """Undo a sale that was just made."""
    row = _till_document(turn, ref, May.SELL)
    return turn.attempt(
        lambda: documents.undo(turn.doing, ref), then=lambda: url_for("till.page", channel=row.channel, vat=row.vat or None),
        again=lambda refused: _receipt(turn, ref, refused_sentence(refused)),
        said=_("Undone: %(number)s. The goods are in stock again.", number=row.number))


def return_form(document: Any, sent: Any = None, **given: Any) -> Any:
    """A form with a quantity for each line that can come back."""
    fields: dict[str, Any] = {f"back_{line.row.ref}": QuantityField(line.product.name, least=0) for line in document.lines
                              if line.row.quantity > 0}
    fields["day"] = DayField(_("Day"), [needed])
    if document.row.way != Way.TRANSFER.value:
        fields["way"] = RadioField(_("How the money is given back"), [needed], choices=[
            SelectChoice(Way.CASH.value, _("In cash")), SelectChoice(Way.CARD.value, _("By card"))])
    return type("ReturnForm", (Form,), fields)(sent, **given)


def returned(turn: Turn, form: Any, document: Any) -> SaleDocument:
    """Write down what the form says came back."""
    way = Way(form.way.data) if "way" in form else Way.TRANSFER
    quantities = {line.row.ref: form[f"back_{line.row.ref}"].data or 0 for line in document.lines if line.row.quantity > 0}
    return actions.take_return(turn.doing, document.row.ref, form.day.data, way, quantities)


@room.get("/till/receipt/<ref>/return", May.SELL)
def returning(turn: Turn, ref: str) -> ResponseReturnValue:
    """What of a receipt came back."""
    return _return_page(turn, ref)


def _return_page(turn: Turn, ref: str, form: Any = None) -> str:
    document = shown(turn, _till_document(turn, ref, May.SELL))
    if document.row.kind == Kind.RETURN:
        raise Hidden
    form = form or return_form(document, day=turn.doing.today, way=document.row.way)
    return render_template("till/returning.html", doc=document, form=form, action=url_for("till.log_return", ref=ref),
                           leave=url_for("till.receipt", ref=ref), step_of=step_of)


@room.post("/till/receipt/<ref>/return", May.SELL)
def log_return(turn: Turn, ref: str) -> ResponseReturnValue:
    """Write down what came back and how much money is given back."""
    document = shown(turn, _till_document(turn, ref, May.SELL))
    form, made = return_form(document, request.form), []
    return turn.submit(
        form, act=lambda: made.append(returned(turn, form, document)), then=lambda: url_for("till.receipt", ref=made[0].ref),
        again=lambda: _return_page(turn, ref, form), said=_("The return is written down."))


# ---------- the day ----------


@room.get("/till/day", May.SEE_TILL)
def today(turn: Turn) -> ResponseReturnValue:
    """Today's list, under its own date."""
    return redirect(url_for("till.day", day=turn.doing.today.isoformat()))


@room.get("/till/day/<day>", May.SEE_TILL)
def day(turn: Turn, day: str) -> ResponseReturnValue:
    """What the till sold on a day."""
    on = read_day(day, turn.doing.today)
    turn.doing.check(May.SEE_TILL, day=on)
    session, scope = turn.session, turn.doing.scope
    count = rows.count_of_day(session, scope, on)
    last = max(1, -(-count // A_PAGE))
    current = min(max(1, request.args.get("page", 1, int)), last)
    found = rows.of_day(session, scope, on, skip=(current - 1) * A_PAGE, limit=A_PAGE)
    refs = [one.ref for one in found]
    return render_template(
        "till/day.html", day=on, today=turn.doing.today, found=found, count=count, current=current, last=last,
        undone=rows.undone(session, scope, refs), counted=rows.counted(session, scope, refs),
        sums=rows.sums_of_day(session, scope, on), ways=tuple(Way), way_word=way_word, kind_word=kind_word,
        document_url=document_url, before=on - timedelta(days=1), after=on + timedelta(days=1),
        page_url=lambda number: url_for("till.day", day=on.isoformat(), page=number))
