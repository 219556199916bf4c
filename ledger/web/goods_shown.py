"""Products, sale lines and lots as their lists show them, and as tables for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger import i18n
from ledger.core.sales import Amounts
from ledger.documents.sheets import Cents, Sheet, Thousandths
from ledger.i18n import gettext as _
from ledger.records.production import ALWAYS, LotRow, Price, Product
from ledger.records.sales import SaleRow


@dataclass(frozen=True)
class Shelf:
    """A product with the price that holds today and how many of its prices are dated."""

    product: Product
    price: Price
    dated: tuple[Price, ...]


@dataclass(frozen=True)
class Line:
    """A sale line as a list shows it."""

    row: SaleRow
    product: Product
    amounts: Amounts


@dataclass(frozen=True)
class LotLine:
    """A lot as a list shows it; `makers` and the references of these `people` are empty for those who may not see names."""

    row: LotRow
    product: Product
    left: int
    makers: str = ""
    people: tuple[str, ...] = ()

    def of_kind(self, kind: str) -> bool:
        """Whether it is of what is asked for: left, gone (nothing is left), rejects; anything else is every lot."""
        return {"left": self.left > 0, "gone": self.left <= 0, "rejects": self.row.rejects > 0}.get(kind, True)


def products(shelves: Sequence[Shelf]) -> Sheet:
    """Products with what they cost today."""
    return Sheet(_("Products and prices"), (
        _("Code"), _("Product"), _("Unit"), _("Kind"), _("Price with VAT"), _("Materials of one"), _("Holds from")),
        tuple((one.product.code, one.product.name, i18n.unit_name(one.product.unit),
               _("service") if one.product.service else _("thing"), Cents(one.price.price_cents), Cents(one.price.material_cents),
               None if one.price.valid_from == ALWAYS else one.price.valid_from) for one in shelves))


def sales(lines: Sequence[Line]) -> Sheet:
    """Sale lines and returns; a return is below zero."""
    return Sheet(_("Sales"), (
        _("Day"), _("Code"), _("Product"), _("Quantity"), _("Unit"), _("Price"), _("Discount, %"), _("VAT, %"),
        _("Where it was sold"), _("Document"), _("Line"), _("With VAT"), _("Without VAT"), _("Materials")),
        tuple((one.row.happened_on, one.product.code, one.product.name, Thousandths(one.row.quantity),
               i18n.unit_name(one.product.unit), Cents(one.row.price_cents), Thousandths(one.row.discount),
               Thousandths(one.row.vat), one.row.channel, one.row.document, one.row.number, Cents(one.amounts.gross),
               Cents(one.amounts.net), Cents(one.amounts.materials)) for one in lines))


def lots(found: Sequence[LotLine], *, names: bool) -> Sheet:
    """Lots with what is left of them; makers for those who may see names."""
    heads = (_("Day"), _("Lot"), _("Code"), _("Product"), _("Unit"), _("Good"), _("Rejects"), _("Left"))
    rows = tuple((one.row.happened_on, one.row.number, one.product.code, one.product.name, i18n.unit_name(one.product.unit),
                  Thousandths(one.row.good), Thousandths(one.row.rejects), Thousandths(one.left)) for one in found)
    if not names:
        return Sheet(_("Lots"), heads, rows)
    return Sheet(_("Lots"), (*heads, _("Who made it")), tuple(
        (*row, one.makers) for row, one in zip(rows, found, strict=True)))
