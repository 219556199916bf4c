"""Products with their dated prices, sale lines and lots: lists to look things up in, and the two forms of a product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, RadioField, SelectChoice, StringField

from ledger.actions import products as actions
from ledger.actions.products import PICTURES, Described, Priced
from ledger.core.access import May
from ledger.core.periods import Month
from ledger.core.production import SharedBy, Unit
from ledger.core.work_steps import material_cents
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text, mark
from ledger.records import people, production, stipends, stock
from ledger.records import sales as sold_lines
from ledger.records import work_steps as step_rows
from ledger.records.people import Named
from ledger.records.production import ALWAYS, LotRow, Price, Product
from ledger.web import goods_shown, lists, lot_steps, step_words
from ledger.web.board import lot_title, read_month, sale_title, share_kind, share_words
from ledger.web.forms import CentsField, DayField, Form, needed
from ledger.web.goods_shown import Line, LotLine, Shelf
from ledger.web.photo_form import ACCEPT, PhotoForm
from ledger.web.rules import Room
from ledger.web.session import Turn

room = Room("goods")

PICTURE_WORDS = {
    "zvake": mark("Candle"), "muilas": mark("Soap"), "sasiuvinis": mark("Notebook"), "atvirukas": mark("Card"),
    "vainikas": mark("Wreath"), "dubenelis": mark("Bowl"), "maiselis": mark("Bag"), "obuoliai": mark("Apples"),
    "dezute": mark("Box"), "kitas": mark("Other work")}


# ---------- products ----------


class PriceForm(Form):
    """A price from a day on."""

    since = DayField(lazy_text("From which day"), [needed])
    price = CentsField(lazy_text("Price with VAT"), [needed])
    materials = CentsField(lazy_text("Materials of one"), [needed])


class NameForm(Form):
    """A product's name and picture."""

    name = StringField(lazy_text("Product name"), [needed])
    picture = RadioField(lazy_text("Picture"), [needed], validate_choice=False, choices=[
        SelectChoice(sign, word) for sign, word in PICTURE_WORDS.items()])


class ProductForm(NameForm):
    """A new product with its first price."""

    code = StringField(lazy_text("Code"), [needed], description=lazy_text("Short, as on the price list: ZV-01."))
    unit = RadioField(lazy_text("Counted in"), [needed], validate_choice=False, default=Unit.PIECE.value, choices=[
        SelectChoice(Unit.PIECE.value, lazy_text("Pieces")), SelectChoice(Unit.KILOGRAM.value, lazy_text("Kilograms"))])
    service = BooleanField(lazy_text("This is a service, not a thing"))
    price = CentsField(lazy_text("Price with VAT"), [needed])
    materials = CentsField(lazy_text("Materials of one"), [needed], default=0)


@room.get("/products", May.SEE_PRODUCTS)
def products(turn: Turn) -> ResponseReturnValue:
    """All products with what they cost today, by kind and word, a page at a time."""
    text, kind = lists.asked("text"), lists.asked("kind")
    every = production.products(turn.session, turn.doing.scope)
    found = [Shelf(one, one.on(turn.doing.today), _dated(one)) for one in every if lists.fits(text, one.code, one.name)
             and (kind not in ("thing", "service") or one.service == (kind == "service"))]
    if lists.wanted_file():
        return lists.file_of(turn, [goods_shown.products(found)], f"gaminiai-{turn.doing.today.isoformat()}")
    shown = lists.paged(found)
    steps = Counter(row.product_id for row in step_rows.steps(turn.session, turn.doing.scope) if row.ended_on is None)
    return render_template(
        "goods/products.html", shelves=shown.rows, text=text, kind=kind, any=bool(every), count=shown.count, page=shown.page,
        last=shown.last, steps=steps, url=lists.address)


def _dated(product: Product) -> tuple[Price, ...]:
    return tuple(sorted(product.prices, key=lambda one: one.valid_from, reverse=True))


@room.get("/products/new", May.KEEP_PRODUCTS)
def add_product(_turn: Turn) -> ResponseReturnValue:
    """The form of a new product."""
    return _new_page(ProductForm(picture="kitas"))


def _new_page(form: ProductForm) -> str:
    return render_template("goods/new.html", form=form, pictures=[(sign, _(PICTURE_WORDS[sign])) for sign in PICTURES])


@room.post("/products/new", May.KEEP_PRODUCTS)
def add_product_now(turn: Turn) -> ResponseReturnValue:
    """Add a product."""
    form = ProductForm.sent()

    def act() -> None:
        described = Described(form.code.data, form.name.data, form.unit.data, form.service.data, form.picture.data)
        actions.add_product(turn.doing, described, Priced(form.price.data, form.materials.data))
    return turn.submit(
        form, act, then=lambda: url_for("goods.products"), again=lambda: _new_page(form), said=_("The product is added."))


@room.get("/products/<ref>", May.SEE_PRODUCTS)
def product(turn: Turn, ref: str) -> ResponseReturnValue:
    """A product with its prices and how they change."""
    return product_page(turn, ref)


def product_page(turn: Turn, ref: str, naming: Any = None, pricing: Any = None, photo: Any = None) -> str:
    """The page of a product, with what was typed into one of its forms."""
    row = production.get_product(turn.session, turn.doing.scope, ref)
    price = row.on(turn.doing.today)
    newest = max(stipends.approved_months(turn.session, turn.doing.scope), default=None)
    listed = [one.line for one in step_rows.materials_of(turn.session, turn.doing.scope, row.id)]
    proposed = material_cents(listed) if listed else None
    materials = proposed if proposed is not None and request.args.get("materials") == "list" else price.material_cents
    return render_template(
        "goods/product.html", steps=step_words.shown_steps(turn, row, turn.doing.today), words=step_words, proposed=proposed,
        lines=len(listed), product=row, price=price, dated=_dated(row), always=ALWAYS,
        newest=newest, pictures=[(sign, _(PICTURE_WORDS[sign])) for sign in PICTURES],
        photo=photo or PhotoForm(), accept=ACCEPT,
        naming=naming or NameForm(name=row.name, picture=row.picture),
        pricing=pricing or PriceForm(since=turn.doing.today, price=price.price_cents, materials=materials))


@room.post("/products/<ref>", May.KEEP_PRODUCTS)
def keep_product(turn: Turn, ref: str) -> ResponseReturnValue:
    """Change name and picture."""
    form = NameForm.sent()
    return turn.submit(
        form, lambda: actions.keep_product(turn.doing, ref, form.name.data, form.picture.data),
        then=lambda: url_for("goods.product", ref=ref), again=lambda: product_page(turn, ref, naming=form),
        said=_("The product is changed."))


@room.post("/products/<ref>/prices", May.PRICE_PRODUCTS)
def new_price(turn: Turn, ref: str) -> ResponseReturnValue:
    """A new price from a day on."""
    form = PriceForm.sent()
    return turn.submit(
        form, lambda: actions.new_price(turn.doing, ref, form.since.data, Priced(form.price.data, form.materials.data)),
        then=lambda: url_for("goods.product", ref=ref), again=lambda: product_page(turn, ref, pricing=form),
        said=_("The price is set."))


# ---------- sales ----------


@dataclass(frozen=True)
class Wanted:
    """What a list of sales is asked for."""

    month: Month
    product: str
    channel: str
    text: str
    kind: str

    @property
    def narrowed(self) -> bool:
        """Whether anything but the month is asked for."""
        return bool(self.product or self.channel or self.text or self.kind)

    def fits(self, line: Line) -> bool:
        """Whether a line is asked for."""
        return ((not self.product or line.product.ref == self.product) and (not self.channel or line.row.channel == self.channel)
                and (self.kind not in ("sale", "return") or (line.row.quantity < 0) == (self.kind == "return"))
                and lists.fits(self.text, line.row.document, line.row.number, line.product.code, line.product.name,
                               line.row.channel))


@room.get("/sales", May.SEE_SALES)
def sales(turn: Turn) -> ResponseReturnValue:
    """The sale lines booked in a month."""
    session, scope = turn.session, turn.doing.scope
    wanted = Wanted(_month(turn), *(lists.asked(name) for name in ("product", "channel", "text", "kind")))
    goods = {one.id: one for one in production.products(session, scope)}
    rows = sold_lines.lines_of(session, scope, wanted.month)
    amounts = stock.amounts_of(session, scope, rows, goods)
    every = [Line(row, goods[row.product_id], amounts[row.ref]) for row in rows]
    lines = sorted(filter(wanted.fits, every), key=lambda line: (line.row.happened_on, line.row.id), reverse=True)
    if lists.wanted_file():
        return lists.file_of(turn, [goods_shown.sales(lines)], f"pardavimai-{wanted.month}")
    shown = lists.paged(lines)
    return render_template(
        "goods/sales.html", wanted=wanted, month=wanted.month, today=turn.doing.today, products=list(goods.values()),
        lines=shown.rows, count=shown.count, page=shown.page, last=shown.last, url=lists.of_month(wanted.month),
        gross=sum(line.amounts.gross for line in lines), net=sum(line.amounts.net for line in lines),
        channels=sorted({line.row.channel for line in every}))


def _month(turn: Turn) -> Month:
    """The month asked for, or this one."""
    text = request.args.get("month", "")
    return read_month(text) if text else Month.of(turn.doing.today)


@room.get("/sales/<ref>", May.SEE_SALES)
def sale(turn: Turn, ref: str) -> ResponseReturnValue:
    """A sale line: its cents and the lots it came from."""
    session, scope = turn.session, turn.doing.scope
    row = sold_lines.get_line(session, scope, ref)
    turn.doing.check(May.SEE_SALES, day=row.happened_on)
    goods = {one.id: one for one in production.products(session, scope)}
    backs = sold_lines.returns_of(session, scope, [row.id])
    sold = sold_lines.lines_by_id(session, scope, [row.returns_id]) if row.returns_id is not None else {}
    amounts = stock.amounts_of(session, scope, [row, *backs], goods)
    came = _together([(one.lot, one.quantity) for one in stock.matches_of(session, scope, goods, line=row)[0]])
    lots = production.lots_by_ref(session, scope, [key for key, _quantity in came])
    product = goods[row.product_id]
    return render_template(
        "goods/sale.html", row=row, product=product, title=sale_title(product, row.quantity), amounts=amounts[row.ref],
        backs=[(back, amounts[back.ref]) for back in backs], sold=next(iter(sold.values()), None),
        came=[(lots.get(key), quantity) for key, quantity in came], bare=any(not key and left > 0 for key, left in came),
        open=Month.parse(row.booked_in) not in stipends.approved_months(session, scope), booked=Month.parse(row.booked_in))


def _together(pairs: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """One entry a key, in the order of the first, without what came to nothing."""
    found: dict[str, int] = {}
    for key, quantity in pairs:
        found[key] = found.get(key, 0) + quantity
    return [(key, quantity) for key, quantity in found.items() if quantity]


# ---------- lots ----------


@room.get("/lots", May.SEE_LOTS)
def lots(turn: Turn) -> ResponseReturnValue:
    """The lots made in a month and what is left of them, by product, number, maker and what is left, a page at a time."""
    session, scope, month = turn.session, turn.doing.scope, _month(turn)
    product, text, kind = lists.asked("product"), lists.asked("text"), lists.asked("kind")
    goods = {one.id: one for one in production.products(session, scope)}
    rows = production.lots_between(session, scope, month.first, month.last, makers=False)
    left = stock.left_of_lots(session, scope, goods, rows)
    every = [LotLine(row, goods[row.product_id], left[row.ref]) for row in reversed(rows)]
    if text:
        every = _with_makers(turn, every)
    found = [one for one in every if product in ("", one.product.ref) and one.of_kind(kind)
             and lists.fits(text, one.row.number, one.product.code, one.product.name, one.makers)]
    shown, names = lists.paged(found), turn.doing.can(May.SEE_PEOPLE)
    listed = _with_makers(turn, found if lists.wanted_file() else shown.rows)
    turn.saw({ref for one in listed for ref in one.people})
    if lists.wanted_file():
        return lists.file_of(turn, [goods_shown.lots(listed, names=names)], f"partijos-{month}")
    return render_template(
        "goods/lots.html", month=month, today=turn.doing.today, found=replace(shown, rows=listed), any=bool(every), names=names,
        text=text, kind=kind, product=product, products=list(goods.values()), url=lists.of_month(month))


def _with_makers(turn: Turn, lines: Sequence[LotLine]) -> list[LotLine]:
    """The lots with who made them, for those who may see names; nobody is noted as seen yet."""
    if not turn.doing.can(May.SEE_PEOPLE) or all(one.people for one in lines):
        return list(lines)
    made = production.makers_of(turn.session, turn.doing.scope, [one.row.id for one in lines])
    named = {one.id: one for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope)}
    by_lot = {lot: [named[maker.participant_id] for maker in makers] for lot, makers in made.items()}
    return [replace(one, makers=", ".join(each.name for each in by_lot.get(one.row.id, ())),
                    people=tuple(each.person.ref for each in by_lot.get(one.row.id, ()))) for one in lines]


def _named(turn: Turn, rows: Sequence[LotRow]) -> dict[int, Named]:
    """The makers of these lots with their names, for those who may see names."""
    if not turn.doing.can(May.SEE_PEOPLE):
        return {}
    wanted = {maker.participant_id for row in rows for maker in row.makers}
    named = {one.id: one for one in people.participants(turn.session, turn.doing.vault, turn.doing.scope) if one.id in wanted}
    turn.saw([one.person.ref for one in named.values()])
    return named


@room.get("/lots/<ref>", May.SEE_LOTS)
def lot(turn: Turn, ref: str) -> ResponseReturnValue:
    """A lot: who made it with which share, and where it was sold."""
    session, scope = turn.session, turn.doing.scope
    row = production.get_lot(session, scope, ref)
    turn.doing.check(May.SEE_LOTS, day=row.happened_on)
    goods = {one.id: one for one in production.products(session, scope)}
    matches, left = stock.matches_of(session, scope, goods, lot=row)
    taken = _together([(one.line, one.quantity) for one in matches])
    lines = sold_lines.lines_by_ref(session, scope, [key for key, _quantity in taken])
    named, product = _named(turn, [row]), goods[row.product_id]
    kind = share_kind(row)
    return render_template(
        "goods/lot.html", row=row, product=product, title=lot_title(product, row.good, row.rejects),
        left=left, sold=[(lines[key], quantity) for key, quantity in taken],
        makers=[(named[maker.participant_id].person.number, named[maker.participant_id].name,
                 "" if kind is SharedBy.EQUAL else share_words(kind, maker.weight, product.unit))
                for maker in row.makers if named], steps=lot_steps.shown(turn, row, named), made_in=Month.of(row.happened_on),
        open=Month.parse(row.booked_in) not in stipends.approved_months(session, scope), booked=Month.parse(row.booked_in))
