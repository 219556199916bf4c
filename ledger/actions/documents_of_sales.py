"""What every document of sales shares: its lines, its number, undoing it while it is fresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.actions import sales as selling
from ledger.actions.doing import Doing
from ledger.actions.sales import Sold, line_values
from ledger.core.access import May
from ledger.core.faults import Conflict, Refused
from ledger.core.periods import Month
from ledger.core.till import Bill, Kind, Way
from ledger.i18n import mark
from ledger.records import production, receivables, sales
from ledger.records import selling as rows
from ledger.records.production import Product
from ledger.records.sales import SaleRow
from ledger.records.selling import SaleDocument, SaleUndone
from ledger.records.types import new_ref
from ledger.sentences import learn
from ledger.settings import app_version

SERIES = {Kind.SALE: "KV", Kind.RETURN: "GR", Kind.ORDER: "SF", Kind.REPORT: "KA"}
"""The series of each kind's numbers: kvitas, grąžinimas, sąskaita faktūra, konsignacijos ataskaita."""

learn({
    "empty_basket": mark("The basket is empty: choose at least one product."),
    "two_discounts": mark("Give the discount either in percent or as a sum, not both."),
    "discount_too_large": mark("The discount is larger than the goods cost (%(whole_cents)s)."),
    "basket_too_large": mark("The sum is too large: check quantities and prices."),
    "basket_twice": mark("“%(name)s” stands twice: put the quantities together."),
    "document_there": mark("A document %(number)s is there already: write another number."),
    "undone_already": mark("This document was undone already."),
    "document_counted": mark("The cash of this document is counted already: write a return instead."),
    "document_returned": mark("Goods of this document came back: take the return back first."),
    "document_paid": mark("Something was paid of this document: take the payment back first."),
})


@dataclass(frozen=True)
class Wanted:
    """A line of a basket: the product, thousandths, cents a unit."""

    product: Product
    quantity: int
    price_cents: int


def products_of(doing: Doing, refs: Sequence[str]) -> dict[str, Product]:
    """The products by reference; raises Hidden for one of elsewhere, Refused `basket_twice`."""
    known = {one.ref: one for one in production.products(doing.session, doing.scope)}
    seen: dict[str, Product] = {}
    for ref in refs:
        if ref in seen:
            raise Refused("basket_twice", at="basket", name=seen[ref].name)
        seen[ref] = known[ref] if ref in known else production.get_product(doing.session, doing.scope, ref)
    return seen


def next_number(doing: Doing, kind: Kind, day: date) -> str:
    """The next number of a kind's series in a year: KV-2026-0001."""
    return f"{SERIES[kind]}-{day.year}-{doing.next_numbers(SERIES[kind], day.year, 1)[0]:04d}"


def own_number(doing: Doing, number: str) -> str:
    """A number that somebody typed. Raises Refused `document_there` when lines or a document have it."""
    number = number.strip()
    if len(number) > 60:
        raise Refused("text_too_long", at="number", most=60)
    if rows.find_by_number(doing.session, doing.scope, number) or sales.lines_by_document(doing.session, doing.scope, [number]):
        raise Refused("document_there", at="number", number=number)
    return number


def write_lines(doing: Doing, document: SaleDocument, wanted: Sequence[Wanted], bill: Bill, *, first: int = 1) -> list[SaleRow]:
    """The sale lines of a document, numbered from `first` on, each with its part of the discount."""
    made = []
    for place, (one, off) in enumerate(zip(wanted, bill.offs, strict=True), first):
        sold = Sold(one.product.ref, document.happened_on, document.channel, one.quantity, one.price_cents, 0, document.vat,
                    document.number)
        _check(doing, sold, one.product)
        row = SaleRow(
            organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, logged_at=doing.at, version=1,
            ref=new_ref(), booked_in=document.booked_in, document=document.number, number=str(place), channel=document.channel,
            product_id=one.product.id, happened_on=document.happened_on, quantity=one.quantity, price_cents=one.price_cents,
            discount=0, off_cents=off or None, vat=document.vat)
        doing.session.add(row)
        made.append(row)
    doing.session.flush()
    for row in made:
        doing.note("log_sale", "sale_line", row.ref, after=line_values(row))
    return made


def _check(doing: Doing, sold: Sold, product: Product) -> None:
    """Raises what is wrong with a line at the field of its product."""
    try:
        selling.check_sold(doing, sold, product)
    except Refused as refused:
        at = {"quantity": f"q_{product.ref}", "price": f"p_{product.ref}"}.get(refused.field, refused.field)
        raise Refused(refused.code, at=at, **refused.values) from None


def new_document(doing: Doing, kind: Kind, number: str, day: date, channel: str, way: Way) -> SaleDocument:
    """A document without its sums yet; the month that books it is the first open one from its day on."""
    return SaleDocument(
        ref=new_ref(), organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, number=number, kind=kind.value,
        happened_on=day, booked_in=str(doing.open_month(day)), channel=channel.strip(), way=way.value, returns_ref="",
        off_cents=0, rounding_cents=0, given_cents=0, commission_cents=0, discount=0, vat=0, made_by=doing.who.account,
        made_at=doing.at, app_version=app_version())


def values_of(document: SaleDocument) -> dict[str, object]:
    """A document as its audit entry keeps it: sums, no names."""
    return {"number": document.number, "kind": document.kind, "day": document.happened_on, "way": document.way,
            "total_cents": document.total_cents, "rounding_cents": document.rounding_cents, "booked_in": document.booked_in}


def undo(doing: Doing, ref: str) -> SaleDocument:
    """Undo a document: its lines are taken away, its number stays and says so. Raises Conflict once its month is approved, its
    cash is counted, goods of it came back or something was paid."""
    document = rows.get_document(doing.session, doing.scope, ref)
    at_till = document.kind in (Kind.SALE, Kind.RETURN)
    doing.check(May.SELL if at_till else May.LOG_SALE, day=document.happened_on)
    doing.gate()
    if rows.undone(doing.session, doing.scope, [ref]):
        raise Conflict("undone_already")
    doing.check_open(Month.parse(document.booked_in))
    if rows.counted(doing.session, doing.scope, [ref]):
        raise Conflict("document_counted")
    if any(counts for _payment, counts in receivables.payments_of(doing.session, doing.scope, ref)):
        raise Conflict("document_paid")
    lines = sales.lines_by_document(doing.session, doing.scope, [document.number])
    if sales.returns_of(doing.session, doing.scope, [row.id for row in lines]):
        raise Conflict("document_returned")
    for row in lines:
        doing.note("take_back_sale", "sale_line", row.ref, before=line_values(row))
        doing.session.delete(row)
    doing.session.add(SaleUndone(
        organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, document_ref=ref,
        undone_by=doing.who.account, undone_at=doing.at))
    doing.session.flush()
    doing.note("undo_sale", "sale_document", ref, before=values_of(document))
    return document
