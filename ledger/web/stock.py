"""Stock: what lies in the workshop and in each shop, a product's movements, moving goods, labels, what was sold without a lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField

from ledger import i18n
from ledger.actions import stock as actions
from ledger.actions.stock import Moving
from ledger.core.access import May
from ledger.core.faults import Hidden
from ledger.core.stock import BETWEEN, GONE, Held, Moved
from ledger.documents import sheets
from ledger.documents.sheets import Cell, Sheet, Thousandths
from ledger.documents.stock_sheets import SIZES, Label, labels_pdf
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import customers, organisation, production, sales, stock, stock_moves
from ledger.records import said as saying
from ledger.records.production import Product
from ledger.records.sales import SaleRow
from ledger.records.stock_moves import Happening, StockMove
from ledger.web.board import sale_title
from ledger.web.forms import DayField, Form, QuantityField, needed
from ledger.web.papers import file
from ledger.web.rules import Room
from ledger.web.selling_words import step_of
from ledger.web.session import Turn, refused_sentence
from ledger.web.stock_words import ABOUT, SAVED, TITLES, Shelf, Stocked, move_word, much, places, shop_choices, stocked

room = Room("stock")

A_PAGE = 50
MOST_BELOW = 20
"""So many exceptions stand on top; the rest is first in the list."""
TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


def _bare(turn: Turn) -> dict[str, int]:
    """Thousandths of each sale line that no lot covers and nobody has explained; below zero where a lot was found after all."""
    goods = {one.id: one for one in production.products(turn.session, turn.doing.scope)}
    short = stock.may_lack_lots(turn.session, turn.doing.scope, goods)
    bare = stock.stock_now(turn.session, turn.doing.scope, goods, short).uncovered if short else {}
    settled = {row.sale_ref: 0 for row in stock_moves.settlements(turn.session, turn.doing.scope) if row.sale_ref}
    told = stock_moves.settled(turn.session, turn.doing.scope, [*bare, *settled])
    found = {ref: bare.get(ref, 0) - told.get(ref, 0) for ref in (*bare, *settled)}
    return {ref: quantity for ref, quantity in found.items() if quantity}


@room.get("/stock", May.SEE_LOTS)
def listed(turn: Turn) -> ResponseReturnValue:
    """What lies where, what is below zero first."""
    every = stocked(turn)
    text, place = request.args.get("text", "").strip()[:60], request.args.get("place", "")
    found = [one for one in every.shelves if text.casefold() in f"{one.product.code} {one.product.name}".casefold()
             and _lies(one, place, every)]
    last = max(1, -(-len(found) // A_PAGE))
    page = min(max(1, request.args.get("page", 1, int)), last)
    return render_template(
        "stock/list.html", stocked=every, shelves=found[(page - 1) * A_PAGE:page * A_PAGE], count=len(found), page=page, last=last,
        text=text, place=place, below=every.below[:MOST_BELOW], more=max(0, len(every.below) - MOST_BELOW),
        shops=sorted(every.places.values(), key=lambda one: one.name.casefold()), much=much,
        page_url=lambda number: url_for("stock.listed", text=text or None, place=place or None, page=number))


def _lies(shelf: Shelf, place: str, every: Stocked) -> bool:
    """Whether a product lies at the place that is asked for."""
    if place == "store":
        return shelf.held.store != 0
    return not place or any(every.places[shop].ref == place for shop in shelf.held.shops)


@room.get("/stock/file/<form>", May.SEE_LOTS)
def table(turn: Turn, form: str) -> ResponseReturnValue:
    """The same as a table for a spreadsheet, a column for each shop."""
    if form not in TYPES:
        raise Hidden
    every = stocked(turn)
    shops = sorted(every.places.items(), key=lambda one: one[1].name.casefold())
    heads = (_("Code"), _("Product"), _("Unit"), _("In the workshop"), *(one.name for _key, one in shops), _("Together"))
    rows: list[tuple[Cell, ...]] = [
        (one.product.code, one.product.name, i18n.unit_name(one.product.unit), Thousandths(one.held.store),
         *(Thousandths(one.held.at(key)) for key, _place in shops), Thousandths(one.held.together)) for one in every.shelves]
    sheet = Sheet(_("Stock on %(day)s", day=turn.doing.today.isoformat()), heads, tuple(rows))
    content = sheets.csv_of([sheet]) if form == "csv" else sheets.xlsx_of([sheet], turn.doing.at)
    return file(content, f"atsargos-{turn.doing.today.isoformat()}.{form}", TYPES[form])


# ---------- one product ----------


@dataclass(frozen=True)
class Line:
    """A line of a product's history as it is shown; `ref` is that of a movement that can be taken back."""

    day: date
    what: str
    why: str
    quantity: str
    down: bool
    url: str = ""
    ref: str = ""
    gone: bool = False


@room.get("/stock/product/<ref>", May.SEE_LOTS)
def product(turn: Turn, ref: str) -> ResponseReturnValue:
    """A product: where it lies and what happened to it."""
    return _product(turn, ref)


def _product(turn: Turn, ref: str, said: str = "") -> str:
    session, scope = turn.session, turn.doing.scope
    row = production.get_product(session, scope, ref)
    count = stock_moves.count_history(session, scope, row.id)
    last = max(1, -(-count // A_PAGE))
    page = min(max(1, request.args.get("page", 1, int)), last)
    found = stock_moves.history(session, scope, row.id, skip=(page - 1) * A_PAGE, limit=A_PAGE)
    held = stock_moves.held(session, scope, [row.id]).get(row.id, Held())
    moves = stock_moves.moves_by_ref(session, scope, [one.ref for one in found if one.what == "move"])
    shops = places(turn, {*held.shops, *(one.customer_id for one in moves.values() if one.customer_id is not None)})
    texts = saying.texts(session, scope, [one.said_ref for one in moves.values() if one.said_ref])
    gone = stock_moves.taken_back(session, scope, list(moves))
    channels = {key: one.channel for key, one in sales.lines_by_ref(
        session, scope, [one.ref for one in found if one.what == "sale"]).items()}
    lines = []
    for one in found:
        moved = moves.get(one.ref)
        if moved is None:
            lines.append(_happened(one, row, channels.get(one.ref, "")))
        else:
            shop = shops[moved.customer_id].name if moved.customer_id in shops and moved.customer_id is not None else ""
            lines.append(_moved(turn, moved, row, shop, texts.get(moved.said_ref, ""), gone))
    return render_template(
        "stock/product.html", product=row, shelf=Shelf(row, held), places=shops, lines=lines, count=count, page=page, last=last,
        said=said, much=much, page_url=lambda number: url_for("stock.product", ref=ref, page=number))


def _happened(one: Happening, product: Product, channel: str) -> Line:
    if one.what == "lot":
        return Line(one.day, _("Made"), "", much(one.quantity, product), False, url_for("goods.lot", ref=one.ref))
    return Line(one.day, _("Sold") if one.quantity < 0 else _("Came back from a customer"), channel, much(one.quantity, product),
                one.quantity < 0, url_for("goods.sale", ref=one.ref))


def _moved(turn: Turn, row: StockMove, product: Product, shop: str, why: str, gone: set[str]) -> Line:
    together = row.store + row.shop
    between = row.kind in BETWEEN
    quantity = abs(row.store) if between else together
    url = url_for("stock_count.one", ref=row.count_ref) if row.count_ref else url_for("goods.sale", ref=row.sale_ref) \
        if row.sale_ref else ""
    back = row.ref if not (row.undoes_ref or row.count_ref or row.ref in gone) and turn.doing.can(May.KEEP_STOCK) else ""
    return Line(row.happened_on, move_word(row, shop), why, much(quantity, product), quantity < 0, url, back, row.ref in gone)


@room.post("/stock/take-back/<ref>", May.KEEP_STOCK)
def take_back(turn: Turn, ref: str) -> ResponseReturnValue:
    """A movement was a mistake."""
    row = stock_moves.get_move(turn.session, turn.doing.scope, ref)
    own = {one.id: one.ref for one in production.products(turn.session, turn.doing.scope)}[row.product_id]
    return turn.attempt(lambda: actions.take_back(turn.doing, ref), then=lambda: url_for("stock.product", ref=own),
                        again=lambda refused: _product(turn, own, refused_sentence(refused)), said=_("It is taken back."))


# ---------- moving goods ----------


class MoveForm(Form):
    """Where goods went; a quantity for each product is added by `_form`."""

    day = DayField(lazy_text("Day"), [needed])
    shop = SelectField(lazy_text("Shop"), validate_choice=False)
    why = StringField(lazy_text("Reason"))
    anyway = BooleanField(lazy_text("Write down all the same"))


def _kind(kind: str) -> Moved:
    if kind not in (*BETWEEN, *GONE):
        raise Hidden
    return Moved(kind)


def _form(turn: Turn, kind: Moved, things: Sequence[Shelf], sent: Any = None) -> Any:
    fields = {f"q_{one.product.ref}": QuantityField(one.product.name, least=0) for one in things}
    form = type("MoveForm", (MoveForm,), fields)(sent, day=turn.doing.today, shop=request.args.get("shop", ""))
    known = customers.customers(turn.session, turn.doing.vault, turn.doing.scope)
    form.shop.choices = [SelectChoice(*one) for one in shop_choices(
        known, _("Choose") if kind in BETWEEN else _("Workshop’s own store"))]
    if kind in GONE:
        form.shop.label.text = _("Where it lies")
        form.why.description = _("For example, what broke or for whom it is.")
    return form


def _things(turn: Turn) -> tuple[Stocked, list[Shelf]]:
    """What can be moved: everything, or the product that is asked for, in the order of codes."""
    every, only = stocked(turn), request.args.get("product", "")
    found = sorted(every.shelves, key=lambda one: one.product.id)
    order = {one.id: place for place, one in enumerate(production.products(turn.session, turn.doing.scope))}
    found.sort(key=lambda one: order[one.product.id])
    return every, [one for one in found if one.product.ref == only] or found


@room.get("/stock/move/<kind>", May.KEEP_STOCK)
def moving(turn: Turn, kind: str) -> ResponseReturnValue:
    """The form of a movement."""
    every, things = _things(turn)
    return _move_page(_kind(kind), every, things, _form(turn, _kind(kind), things))


def _move_page(kind: Moved, every: Stocked, things: Sequence[Shelf], form: Any) -> str:
    short = any(field.errors for name, field in form._fields.items() if name.startswith("q_"))
    return render_template(
        "stock/move.html", kind=kind, form=form, things=things, stocked=every, title=_(TITLES[kind]), about=_(ABOUT[kind]),
        gone=kind in GONE, short=short, much=much, step_of=step_of, only=len(things) < len(every.shelves),
        action=url_for("stock.move", kind=kind.value, product=request.args.get("product") or None))


@room.post("/stock/move/<kind>", May.KEEP_STOCK)
def move(turn: Turn, kind: str) -> ResponseReturnValue:
    """Write a movement down."""
    moved, (every, things) = _kind(kind), _things(turn)
    form = _form(turn, moved, things, request.form)

    def act() -> None:
        items = tuple((one.product.ref, form[f"q_{one.product.ref}"].data) for one in things
                      if form[f"q_{one.product.ref}"].data)
        actions.move(turn.doing, Moving(moved, form.day.data, items, form.shop.data or "", form.why.data or "",
                                        bool(form.anyway.data)))
    then = url_for("stock.product", ref=things[0].product.ref) if len(things) == 1 else url_for("stock.listed")
    return turn.submit(form, act, then=lambda: then, again=lambda: _move_page(moved, every, things, form), said=_(SAVED[moved]))


# ---------- labels ----------


@room.get("/lots/<ref>/label/<size>", May.SEE_LOTS)
def label(turn: Turn, ref: str, size: str) -> ResponseReturnValue:
    """The label of a lot as PDF: one, or a sheet of A4."""
    if size not in SIZES:
        raise Hidden
    row = production.get_lot(turn.session, turn.doing.scope, ref)
    turn.doing.check(May.SEE_LOTS, day=row.happened_on)
    own = next(one for one in production.products(turn.session, turn.doing.scope) if one.id == row.product_id)
    place = organisation.get_workshop(turn.session, turn.doing.scope)
    content = labels_pdf(Label(own.name, own.code, row.number or "", row.happened_on, much(row.good, own), place.name,
                               url_for("goods.lot", ref=row.ref, _external=True)), size)
    return file(content, f"etikete-{row.happened_on.isoformat()}-{row.ref[:6]}.pdf", "application/pdf", how="inline")


# ---------- sold without a lot ----------


@dataclass(frozen=True)
class Bare:
    """A sale line of which so much no lot covers (below zero: a lot was found after it had been explained)."""

    row: SaleRow
    product: Product
    quantity: int


@room.get("/stock/without-lot", May.SEE_LOTS)
def without_lot(turn: Turn) -> ResponseReturnValue:
    """What was sold without a lot, and what of it somebody has explained."""
    session, scope = turn.session, turn.doing.scope
    goods = {one.id: one for one in production.products(session, scope)}
    bare, told = _bare(turn), stock_moves.settlements(session, scope)
    refs = {*bare, *(one.sale_ref for one in told if one.sale_ref)}
    rows = sales.lines_by_ref(session, scope, sorted(refs))
    every = sorted((Bare(rows[ref], goods[rows[ref].product_id], quantity) for ref, quantity in bare.items() if ref in rows),
                   key=lambda one: (one.quantity > 0, one.row.happened_on, one.row.id))
    last = max(1, -(-len(every) // A_PAGE))
    page = min(max(1, request.args.get("page", 1, int)), last)
    shown = told[:A_PAGE]
    return render_template(
        "stock/without_lot.html", found=every[(page - 1) * A_PAGE:page * A_PAGE], count=len(every), page=page, last=last,
        told=[(one, goods[one.product_id], rows.get(one.sale_ref)) for one in shown], much=much, move_word=move_word,
        texts=saying.texts(session, scope, [one.said_ref for one in shown]),
        page_url=lambda number: url_for("stock.without_lot", page=number))


class SettleForm(Form):
    """Why no lot will be found."""

    kind = RadioField(lazy_text("What it was"), [needed], validate_choice=False, choices=[
        SelectChoice(Moved.OPENING.value, lazy_text("Made before the books began")),
        SelectChoice(Moved.EXPLAINED.value, lazy_text("Something else"))])
    quantity = QuantityField(lazy_text("How much of it"), [needed])
    why = StringField(lazy_text("Explanation"), [needed])


@room.get("/stock/without-lot/<ref>", May.KEEP_STOCK)
def settling(turn: Turn, ref: str) -> ResponseReturnValue:
    """A line that was sold without a lot: what can be done."""
    return _settle_page(turn, ref)


def _settle_page(turn: Turn, ref: str, form: Any = None) -> str:
    session, scope = turn.session, turn.doing.scope
    row = sales.get_line(session, scope, ref)
    turn.doing.check(May.KEEP_STOCK, day=row.happened_on)
    goods = {one.id: one for one in production.products(session, scope)}
    own = goods[row.product_id]
    bare = stock.stock_now(session, scope, goods, [own.id]).uncovered.get(ref, 0)
    left = max(0, bare - stock_moves.settled(session, scope, [ref]).get(ref, 0))
    return render_template("stock/settle.html", row=row, product=own, left=left, title=sale_title(own, row.quantity), much=much,
                           form=form or SettleForm(None, quantity=left), step=step_of(own))


@room.post("/stock/without-lot/<ref>", May.KEEP_STOCK)
def settle(turn: Turn, ref: str) -> ResponseReturnValue:
    """Explain a line that was sold without a lot."""
    form = SettleForm.sent()

    def act() -> None:
        kind = Moved.OPENING if form.kind.data == Moved.OPENING else Moved.EXPLAINED
        actions.settle(turn.doing, ref, kind, form.quantity.data, form.why.data or "")
    return turn.submit(form, act, then=lambda: url_for("stock.without_lot"), again=lambda: _settle_page(turn, ref, form),
                       said=_("The explanation is written down."))
