"""Documents of sales as pages show them: their words, their lines, where they lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from ledger.core.production import Unit
from ledger.core.sales import Amounts
from ledger.core.till import Kind, Way
from ledger.i18n import gettext as _
from ledger.i18n import pgettext
from ledger.records import customers, production, sales, stock
from ledger.records import selling as rows
from ledger.records.customers import Known
from ledger.records.production import Product
from ledger.records.sales import SaleRow
from ledger.records.selling import SaleDocument
from ledger.web.session import Turn


def way_word(way: str) -> str:
    """How a document is paid."""
    return {Way.CASH: pgettext("till", "in cash"), Way.CARD: pgettext("till", "by card"),
            Way.TRANSFER: pgettext("till", "later")}[Way(way)]


def kind_word(kind: str) -> str:
    """What a document is."""
    return {Kind.SALE: pgettext("document", "Sale"), Kind.RETURN: pgettext("document", "Return"),
            Kind.ORDER: pgettext("document", "Order"), Kind.REPORT: pgettext("document", "Report of a shop")}[Kind(kind)]


def document_url(document: SaleDocument) -> str:
    """The page of a document."""
    room = "till.receipt" if document.kind in (Kind.SALE, Kind.RETURN) and document.way != Way.TRANSFER else "invoices.one"
    return url_for(room, ref=document.ref)


def step_of(product: Product) -> str:
    """By how much a tap changes a quantity."""
    return "0.25" if product.unit == Unit.KILOGRAM else "1"


@dataclass(frozen=True)
class LineShown:
    """A line with its product, its cents, and thousandths of it that came back."""

    row: SaleRow
    product: Product
    amounts: Amounts
    back: int

    @property
    def left(self) -> int:
        """Thousandths that can still come back."""
        return self.row.quantity - self.back


@dataclass(frozen=True)
class DocumentShown:
    """A document as its page shows it. `undone`: its lines are gone; `counted`: its cash was counted."""

    row: SaleDocument
    lines: tuple[LineShown, ...]
    returns: tuple[SaleDocument, ...]
    sold: SaleDocument | None
    customer: Known | None
    undone: bool
    counted: bool

    @property
    def can_return(self) -> bool:
        """Whether something of it can come back."""
        return self.row.kind != Kind.RETURN and any(line.row.quantity > 0 and line.left > 0 for line in self.lines)


def shown(turn: Turn, row: SaleDocument) -> DocumentShown:
    """A document with everything that belongs to it; a constant number of queries."""
    session, scope = turn.session, turn.doing.scope
    goods = {one.id: one for one in production.products(session, scope)}
    lines = sorted(sales.lines_by_document(session, scope, [row.number]), key=lambda line: line.id)
    amounts = stock.amounts_of(session, scope, lines, goods)
    back: dict[int, int] = {}
    for one in sales.returns_of(session, scope, [line.id for line in lines]):
        if one.returns_id is not None:
            back[one.returns_id] = back.get(one.returns_id, 0) - one.quantity
    known = customers.customers_by_id(session, turn.doing.vault, scope, [row.customer_id]) if row.customer_id else {}
    sold = rows.documents_by_ref(session, scope, [row.returns_ref]) if row.returns_ref else {}
    return DocumentShown(
        row, tuple(LineShown(line, goods[line.product_id], amounts[line.ref], back.get(line.id, 0)) for line in lines),
        tuple(rows.returns_of(session, scope, [row.ref])), sold.get(row.returns_ref), next(iter(known.values()), None),
        bool(rows.undone(session, scope, [row.ref])), bool(rows.counted(session, scope, [row.ref])))


def customer_choices(known: Sequence[Known]) -> list[tuple[str, str]]:
    """Customers to choose from, none chosen first."""
    return [("", _("Choose")), *((one.row.ref, f"{one.buyer.name} ({one.buyer.code})" if one.buyer.code else one.buyer.name)
                                 for one in known)]
