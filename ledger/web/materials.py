"""What a unit of a product uses: the list with its sum, which proposes a material cost and sets none."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, RadioField, SelectChoice, StringField

from ledger import i18n
from ledger.actions import materials as actions
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.money import half_up
from ledger.core.work_steps import Material, material_cents, material_exact
from ledger.i18n import gettext as _
from ledger.i18n import lazy_text
from ledger.records import production, work_steps
from ledger.records.production import Product
from ledger.records.work_steps import MaterialRow
from ledger.web.forms import CentsField, Form, QuantityField, needed
from ledger.web.rules import Room
from ledger.web.session import Turn, refused_sentence

room = Room("materials")


class MaterialForm(Form):
    """A line of the list."""

    name = StringField(lazy_text("Material"), [needed])
    quantity = QuantityField(lazy_text("How much for one"), [needed], description=lazy_text("180 grams are 0,18 kilograms."))
    unit = RadioField(lazy_text("Unit of the material"), [needed], default="kg", validate_choice=False, choices=[
        SelectChoice("kg", lazy_text("Kilograms")), SelectChoice("l", lazy_text("Litres")), SelectChoice("m", lazy_text("Metres")),
        SelectChoice("vnt", lazy_text("Pieces"))])
    price = CentsField(lazy_text("Price of that unit"), [needed])
    version = HiddenField()

    def line(self) -> Material:
        """The line as it is typed."""
        return Material(self.name.data or "", self.quantity.data or 0, self.unit.data or "", self.price.data or 0)


def exact_cents(line: Material) -> str:
    """What a line costs, exact to a hundredth of a cent: 0,9360."""
    return i18n.decimal(half_up(material_exact(line) * 100), 4, at_least=2)


def _page(turn: Turn, product: Product, form: Any = None, said: str = "") -> str:
    rows = work_steps.materials_of(turn.session, turn.doing.scope, product.id)
    return render_template(
        "materials/page.html", product=product, rows=rows, total=material_cents([row.line for row in rows]), said=said,
        price=product.on(turn.doing.today), form=form or MaterialForm(None, data={"unit": "kg"}), exact_cents=exact_cents)


@room.get("/products/<ref>/materials", May.SEE_PRODUCTS)
def page(turn: Turn, ref: str) -> ResponseReturnValue:
    """The list of a product."""
    return _page(turn, production.get_product(turn.session, turn.doing.scope, ref))


@room.post("/products/<ref>/materials", May.PRICE_PRODUCTS)
def add(turn: Turn, ref: str) -> ResponseReturnValue:
    """A new line."""
    form = MaterialForm.sent()
    return turn.submit(
        form, lambda: actions.add_material(turn.doing, ref, form.line()), then=lambda: url_for("materials.page", ref=ref),
        again=lambda: _page(turn, production.get_product(turn.session, turn.doing.scope, ref), form),
        said=_("The material is on the list."))


def _product_of(turn: Turn, row: MaterialRow) -> Product:
    return next(one for one in production.products(turn.session, turn.doing.scope) if one.id == row.product_id)


def _line_page(turn: Turn, ref: str, form: Any = None) -> str:
    row = work_steps.get_material(turn.session, turn.doing.scope, ref)
    given = form or MaterialForm(None, data={
        "name": row.name, "quantity": row.quantity, "unit": row.unit, "price": row.unit_cents, "version": row.version})
    return render_template("materials/line.html", row=row, product=_product_of(turn, row), form=given)


@room.get("/materials/<material>", May.PRICE_PRODUCTS)
def line(turn: Turn, material: str) -> ResponseReturnValue:
    """A line to change."""
    return _line_page(turn, material)


@room.post("/materials/<material>", May.PRICE_PRODUCTS)
def keep(turn: Turn, material: str) -> ResponseReturnValue:
    """Change a line."""
    form = MaterialForm.sent()
    product = _product_of(turn, work_steps.get_material(turn.session, turn.doing.scope, material)).ref

    def act() -> None:
        if not (form.version.data or "").isdecimal():
            raise Refused("changed_meanwhile")
        actions.keep_material(turn.doing, material, int(form.version.data), form.line())

    def again() -> str:
        form.version.data = str(work_steps.get_material(turn.session, turn.doing.scope, material).version)
        return _line_page(turn, material, form)
    return turn.submit(form, act, then=lambda: url_for("materials.page", ref=product), again=again,
                       said=_("The material is changed."))


@room.post("/materials/<material>/back", May.PRICE_PRODUCTS)
def take_out(turn: Turn, material: str) -> ResponseReturnValue:
    """Take a line out."""
    product = _product_of(turn, work_steps.get_material(turn.session, turn.doing.scope, material))
    return turn.attempt(
        lambda: actions.take_out_material(turn.doing, material), then=lambda: url_for("materials.page", ref=product.ref),
        again=lambda refused: _page(turn, product, said=refused_sentence(refused)), said=_("The material is off the list."))
