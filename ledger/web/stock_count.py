"""Counting stock: a sheet to print, a sheet to type, the differences to look at, the count as it was booked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from ledger import i18n
from ledger.actions import stock as actions
from ledger.actions.stock import Counting, Difference
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.documents.stock_sheets import count_sheet_pdf
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import customers, production, stock_moves
from ledger.records import said as saying
from ledger.records.production import Product
from ledger.records.stock_moves import StockCount
from ledger.web.forms import DayField, Form, QuantityField, needed
from ledger.web.papers import file
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence
from ledger.web.stock_words import much, places, shop_choices

room = Room("stock_count")


class CountForm(Form):
    """What was found; a quantity for each product, and what the page said lies there (`e_`), are added by `_form`."""

    day = DayField(lazy_text("Day"), [needed])
    shop = HiddenField(lazy_text("Shop"))
    why = StringField(lazy_text("Why it differs"), description=lazy_text(
        "One reason for all differences, as far as you know."))


def _products(turn: Turn) -> list[Product]:
    return [one for one in production.products(turn.session, turn.doing.scope) if not one.service]


def _form(turn: Turn, products: Sequence[Product], sent: Any = None) -> Any:
    fields: dict[str, Any] = {f"q_{one.ref}": QuantityField(one.name, least=0) for one in products}
    fields |= {f"e_{one.ref}": HiddenField(one.name) for one in products}
    return type("CountForm", (CountForm,), fields)(sent, day=turn.doing.today, shop=request.args.get("shop", ""))


def _place(turn: Turn, ref: str) -> str:
    """The name of the shop, or of the store; raises Hidden for a shop of elsewhere."""
    if not ref:
        return _("Workshop’s own store")
    return customers.get_customer(turn.session, turn.doing.vault, turn.doing.scope, ref).buyer.name


@room.get("/stock/count", May.KEEP_STOCK)
def page(turn: Turn) -> ResponseReturnValue:
    """The sheet to type."""
    products = _products(turn)
    return _page(turn, products, _form(turn, products))


def _page(turn: Turn, products: Sequence[Product], form: Any) -> str:
    session, scope = turn.session, turn.doing.scope
    known = customers.customers(session, turn.doing.vault, scope)
    newest = stock_moves.newest_counts(session, scope)
    names = {one.row.id: one.buyer.name for one in known}
    return render_template(
        "stock/count.html", form=form, products=products, place=_place(turn, form.shop.data or ""),
        shops=shop_choices(known, _("Workshop’s own store")), newest=newest,
        names={one.ref: _name(one, names) for one in newest})


def _name(row: StockCount, names: dict[int, str]) -> str:
    return _("Workshop’s own store") if row.customer_id is None else names.get(row.customer_id, "–")


def _counting(form: Any, products: Sequence[Product], *, seen: bool) -> Counting:
    found = tuple((one.ref, form[f"q_{one.ref}"].data) for one in products if form[f"q_{one.ref}"].data is not None)
    return Counting(form.day.data, found, form.shop.data or "", form.why.data or "",
                    {one.ref: _whole(form[f"e_{one.ref}"].data) for one in products} if seen else None)


def _whole(text: str | None) -> int:
    try:
        return int((text or "0")[:15])
    except ValueError:
        return 0


@room.post("/stock/count/look", May.KEEP_STOCK)
def look(turn: Turn) -> ResponseReturnValue:
    """The differences before anything is saved."""
    products = _products(turn)
    form = _form(turn, products, request.form)
    if form.validate():
        try:
            compared = actions.compare(turn.doing, _counting(form, products, seen=False))
        except Refused as refused:
            form.refuse(refused)
        else:
            return _look_page(turn, form, compared)
    return _page(turn, products, form), 422


def _look_page(turn: Turn, form: Any, compared: Sequence[Difference]) -> str:
    return render_template("stock/differences.html", form=form, compared=compared, much=much,
                           place=_place(turn, form.shop.data or ""), differs=[one for one in compared if one.more])


@room.post("/stock/count/again", May.KEEP_STOCK)
def again(turn: Turn) -> ResponseReturnValue:
    """Back to the sheet with what was typed."""
    products = _products(turn)
    return _page(turn, products, _form(turn, products, request.form))


@room.post("/stock/count", May.KEEP_STOCK)
def book(turn: Turn) -> ResponseReturnValue:
    """Book the count."""
    products = _products(turn)
    form, made = _form(turn, products, request.form), []

    def shown() -> str:
        try:
            compared = actions.compare(turn.doing, _counting(form, products, seen=False))
        except Refused:
            return _page(turn, products, form)
        return _look_page(turn, form, compared)
    return turn.submit(
        form, act=lambda: made.append(actions.count(turn.doing, _counting(form, products, seen=True))),
        then=lambda: url_for("stock_count.one", ref=made[0].ref), again=shown, said=_("The count is booked."))


@room.get("/stock/count/sheet", May.KEEP_STOCK)
def sheet(turn: Turn) -> ResponseReturnValue:
    """The sheet to print and to write on."""
    place = _place(turn, request.args.get("shop", ""))
    content = count_sheet_pdf(turn.doing.workshop().name, place, turn.doing.today, tuple(
        (one.code, one.name, i18n.unit_name(one.unit)) for one in _products(turn)))
    return file(content, f"inventorizacija-{turn.doing.today.isoformat()}.pdf", "application/pdf", how="inline")


@room.get("/stock/count/<ref>", May.SEE_LOTS)
def one(turn: Turn, ref: str) -> ResponseReturnValue:
    """A count as it was booked."""
    return _one(turn, ref)


def _one(turn: Turn, ref: str, said: str = "") -> str:
    session, scope = turn.session, turn.doing.scope
    row = stock_moves.get_count(session, scope, ref)
    goods = {product.id: product for product in production.products(session, scope)}
    shops = places(turn, [row.customer_id]) if row.customer_id is not None else {}
    lines = [Difference(goods[line.product_id], line.expected, line.counted)
             for line in stock_moves.counted_in(session, scope, ref)]
    return render_template(
        "stock/counted.html", row=row, lines=lines, much=much, said=said,
        standing=bool(stock_moves.moves_of_count(session, scope, ref)),
        place=_name(row, {key: one.name for key, one in shops.items()}), differs=any(line.more for line in lines),
        why=saying.texts(session, scope, [row.said_ref]).get(row.said_ref, "") if row.said_ref else "")


@room.post("/stock/count/<ref>/take-back", May.KEEP_STOCK)
def take_back(turn: Turn, ref: str) -> ResponseReturnValue:
    """A count was a mistake."""
    return turn.attempt(lambda: actions.take_back_count(turn.doing, ref), then=lambda: url_for("stock_count.one", ref=ref),
                        again=lambda refused: _one(turn, ref, refused_sentence(refused)), said=_("The count is taken back."))
