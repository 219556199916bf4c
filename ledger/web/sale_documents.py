"""Documents of sales of a month: baskets, orders, reports of shops, returns; one list to find them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from flask.typing import ResponseReturnValue

from ledger.core.access import May
from ledger.core.periods import Month
from ledger.core.till import Kind, Way
from ledger.documents.sheets import Cents, Sheet
from ledger.i18n import gettext as _
from ledger.i18n import pgettext
from ledger.records import customers, selling
from ledger.records.selling import SaleDocument
from ledger.web import lists
from ledger.web.board import read_month
from ledger.web.rules import Room
from ledger.web.selling_words import document_url, kind_word, way_word
from ledger.web.session import Turn

room = Room("documents")


@dataclass(frozen=True)
class Listed:
    """A document in the list with its customer ("" for none); an undone one has no sum."""

    row: SaleDocument
    customer: str
    undone: bool

    @property
    def cents(self) -> int | None:
        """What changes hands, in cents."""
        return None if self.undone else self.row.payable


@room.get("/sales/documents", May.SEE_SALES)
def listed(turn: Turn) -> ResponseReturnValue:
    """The documents of a month, by kind, way of paying and word, a page at a time."""
    text, kind, way = (lists.asked(name) for name in ("text", "kind", "way"))
    month = read_month(lists.asked("month")) if lists.asked("month") else Month.of(turn.doing.today)
    every = _documents(turn, month)
    found = [one for one in every if kind in ("", one.row.kind) and way in ("", one.row.way)
             and lists.fits(text, one.row.number, one.row.channel, one.customer)]
    if lists.wanted_file():
        return lists.file_of(turn, [_sheet(found)], f"dokumentai-{month}")
    return render_template(
        "goods/documents.html", month=month, today=turn.doing.today, found=lists.paged(found), any=bool(every), text=text,
        kind=kind, way=way, kinds=[(one.value, kind_word(one.value)) for one in Kind],
        ways=[(one.value, way_word(one.value)) for one in Way],
        total=sum(one.cents or 0 for one in found), url=lists.of_month(month), document_url=document_url,
        kind_word=kind_word, way_word=way_word)


def _documents(turn: Turn, month: Month) -> Sequence[Listed]:
    session, scope = turn.session, turn.doing.scope
    rows = selling.documents_between(session, scope, month.first, month.last)
    gone = selling.undone(session, scope, [row.ref for row in rows])
    names = customers.customers_by_id(session, turn.doing.vault, scope, {
        row.customer_id for row in rows if row.customer_id is not None})
    return [Listed(row, names[row.customer_id].buyer.name if row.customer_id in names else "", row.ref in gone) for row in rows]


def _sheet(found: Sequence[Listed]) -> Sheet:
    return Sheet(_("Documents of sales"), (
        _("Number"), _("Day"), _("Kind"), pgettext("till", "Paid"), _("Buyer"), _("Where it was sold"), _("Discount"),
        _("Rounding"), _("The shop keeps"), _("Sum"), _("State")),
        tuple((one.row.number, one.row.happened_on, kind_word(one.row.kind), way_word(one.row.way), one.customer, one.row.channel,
               Cents(one.row.off_cents), Cents(one.row.rounding_cents), Cents(one.row.commission_cents),
               None if one.cents is None else Cents(one.cents), _("undone") if one.undone else "") for one in found))
