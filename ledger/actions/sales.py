"""Writing down what was sold: a sale or a return, correcting and taking back what no approved month holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.actions.doing import Doing, check_day, check_version
from ledger.core.access import May
from ledger.core.faults import Refused
from ledger.core.periods import Month
from ledger.core.production import MOST, Unit
from ledger.core.sales import SaleLine, check_return
from ledger.i18n import mark
from ledger.records import organisation, production, sales, selling
from ledger.records.production import Product
from ledger.records.sales import SaleRow
from ledger.sentences import learn

CHANNELS = ("mugė", "parduotuvė", "įmonė", "konsignacija", "internetas", "kita")
"""What the form offers; a file may bring other words."""

learn({
    "line_of_document": mark("This line is of the document %(number)s: undo the whole document or write a return of it."),
})


@dataclass(frozen=True)
class Sold:
    """A sale as it is typed: thousandths, cents a unit with VAT, thousandths of a percent."""

    product: str
    day: date
    channel: str
    quantity: int
    price_cents: int
    discount: int = 0
    vat: int = 0
    document: str = ""


def log_sale(doing: Doing, sold: Sold) -> SaleRow:
    """Write down a sale line. A sale of an approved month is an ordinary line of the first open one."""
    doing.check(May.LOG_SALE, day=sold.day)
    doing.gate()
    product = production.get_product(doing.session, doing.scope, sold.product)
    check_sold(doing, sold, product)
    row = SaleRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, logged_at=doing.at, version=1,
                  booked_in=str(doing.open_month(sold.day)))
    _fill(row, sold, product)
    doing.session.add(row)
    doing.session.flush()
    doing.note("log_sale", "sale_line", row.ref, after=line_values(row))
    return row


def change_sale(doing: Doing, ref: str, version: int, sold: Sold) -> SaleRow:
    """Correct a sale line of an open month that nothing was returned of."""
    row = _open_line(doing, ref)
    check_version(row, version)
    if row.returns_id is not None or sales.returns_of(doing.session, doing.scope, [row.id]):
        raise Refused("sale_has_return")
    _check_own(doing, row)
    product = production.get_product(doing.session, doing.scope, sold.product)
    check_sold(doing, sold, product)
    before = line_values(row)
    row.booked_in, row.version = str(doing.open_month(sold.day)), row.version + 1
    _fill(row, sold, product)
    doing.session.flush()
    doing.note("change_sale", "sale_line", row.ref, before=before, after=line_values(row))
    return row


def take_back_sale(doing: Doing, ref: str) -> None:
    """Remove a sale line of an open month that nothing was returned of."""
    row = _open_line(doing, ref)
    _check_own(doing, row)
    if sales.returns_of(doing.session, doing.scope, [row.id]):
        raise Refused("sale_has_return")
    doing.note("take_back_sale", "sale_line", row.ref, before=line_values(row))
    doing.session.delete(row)
    doing.session.flush()


def log_return(doing: Doing, ref: str, day: date, quantity: int) -> SaleRow:
    """Write down that `quantity` thousandths (positive) of a line came back on a day, at the line's own price."""
    doing.check(May.LOG_SALE, day=day)
    doing.gate()
    row = sales.get_line(doing.session, doing.scope, ref)
    _check_own(doing, row)
    check_day(doing, day)
    product = _product(doing, row.product_id)
    _check_quantity(product, quantity)
    before = -sum(back.quantity for back in sales.returns_of(doing.session, doing.scope, [row.id]))
    check_return(as_line(row, day, -quantity), as_line(row, row.happened_on, row.quantity), before)
    back = SaleRow(
        organisation_id=row.organisation_id, workshop_id=row.workshop_id, logged_at=doing.at, version=1, document=None,
        number=None, channel=row.channel, product_id=row.product_id, happened_on=day, quantity=-quantity,
        booked_in=str(doing.open_month(day)), price_cents=row.price_cents, discount=row.discount, vat=row.vat, returns_id=row.id)
    doing.session.add(back)
    doing.session.flush()
    doing.note("log_return", "sale_line", back.ref, after=line_values(back))
    return back


def _check_own(doing: Doing, row: SaleRow) -> None:
    """Raises Refused for a line of a document, which is undone or returned as the document that it is."""
    if row.document and selling.find_by_number(doing.session, doing.scope, row.document) is not None:
        raise Refused("line_of_document", number=row.document)


def as_line(row: SaleRow, day: date, quantity: int) -> SaleLine:
    """A stored line as the rules of returns look at it, with another day and quantity."""
    return SaleLine(row.ref, row.document or "", row.number or "", row.id, day, str(row.product_id), row.channel, quantity,
                    row.price_cents, 0, row.discount, row.vat)


def _product(doing: Doing, product_id: int) -> Product:
    return next(one for one in production.products(doing.session, doing.scope) if one.id == product_id)


def _open_line(doing: Doing, ref: str) -> SaleRow:
    doing.gate()
    row = sales.get_line(doing.session, doing.scope, ref)
    doing.check(May.LOG_SALE, day=row.happened_on)
    doing.check_open(Month.parse(row.booked_in))
    return row


def check_sold(doing: Doing, sold: Sold, product: Product) -> None:
    """Raises Refused for a line whose day, quantity, price, discount, VAT or words cannot be."""
    check_day(doing, sold.day)
    _check_quantity(product, sold.quantity)
    if not sold.channel.strip():
        raise Refused("no_channel", at="channel")
    if len(sold.channel.strip()) > 60:
        raise Refused("text_too_long", at="channel", most=60)
    if sold.price_cents < 0:
        raise Refused("negative", at="price")
    if sold.price_cents > MOST:
        raise Refused("too_large", at="price")
    for name, milli in (("discount", sold.discount), ("vat", sold.vat)):
        if not 0 <= milli <= 100_000:
            raise Refused("percent_range", at=name)
    if sold.vat and not organisation.get_organisation(doing.session, doing.scope).vat_payer:
        raise Refused("no_vat_payer", at="vat")
    if len(sold.document) > 60:
        raise Refused("text_too_long", at="document", most=60)


def _check_quantity(product: Product, quantity: int) -> None:
    if quantity <= 0:
        raise Refused("not_above_zero", at="quantity")
    if quantity > MOST:
        raise Refused("too_large", at="quantity")
    if product.unit == Unit.PIECE and quantity % 1000:
        raise Refused("part_of_a_piece", at="quantity")


def _fill(row: SaleRow, sold: Sold, product: Product) -> None:
    row.product_id, row.happened_on, row.channel = product.id, sold.day, sold.channel.strip()
    row.quantity, row.price_cents = sold.quantity, sold.price_cents
    row.discount, row.vat = sold.discount, sold.vat
    row.document = sold.document.strip() or None


def line_values(row: SaleRow) -> dict[str, object]:
    """A sale line as its audit entry keeps it."""
    return {"document": row.document, "number": row.number, "day": row.happened_on, "product": row.product_id,
            "channel": row.channel, "quantity": row.quantity, "price_cents": row.price_cents, "discount": row.discount,
            "vat": row.vat, "booked_in": row.booked_in, "returns": row.returns_id,
            **({"off_cents": row.off_cents} if row.off_cents else {})}
