"""The till of a fair's day: a basket is sold, goods come back, the cash is counted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.actions import documents_of_sales as documents
from ledger.actions import journal
from ledger.actions.documents_of_sales import Wanted
from ledger.actions.doing import Doing, check_day
from ledger.actions.sales import as_line, line_values
from ledger.core import till
from ledger.core.access import May
from ledger.core.cash import COINS, NOTES
from ledger.core.faults import Conflict, Refused
from ledger.core.journal import Account, Entry, Leg, gathered
from ledger.core.production import Unit
from ledger.core.sales import check_return
from ledger.core.till import Item, Kind, Way
from ledger.i18n import mark
from ledger.records import production, sales, stock, stock_moves
from ledger.records import selling as rows
from ledger.records.production import Product
from ledger.records.sales import SaleRow
from ledger.records.selling import SaleDocument, TillCount, TillCounted
from ledger.records.types import new_ref
from ledger.sentences import learn
from ledger.settings import app_version

FACES = NOTES + COINS
MOST_PIECES = 10_000
LONGEST_WHY = 500
PAY_LATER_DAYS = 30

learn({
    "not_in_stock": mark("“%(name)s”: %(left_thousandths)s left, %(wanted_thousandths)s wanted."),
    "till_total": mark("A price changed meanwhile: now it comes to %(payable_cents)s. Look and sell again."),
    "given_too_little": mark("The customer gave less than %(payable_cents)s."),
    "no_customer": mark("Choose who is to pay later."),
    "nothing_returned": mark("Say how much of what came back."),
    "return_way": mark("Choose how the money is given back."),
    "nothing_to_count": mark("There is no cash of this day that is not counted yet."),
    "pieces_odd": mark("Write how many notes or coins there are: a whole number, at most 10 000."),
    "till_why": mark("The cash differs by %(difference_cents)s: write why."),
    "own_return": mark("What came back cannot be returned once more."),
    "return_line_unknown": mark("This line is not of that document."),
})


@dataclass(frozen=True)
class Basket:
    """What is sold at once: products by reference with thousandths, the discount (thousandths of a percent, or cents), how it is
    paid, the cents given (0: exact), `seen` the sum the page showed (None: it showed none), `anyway` also without stock."""

    day: date
    channel: str
    way: Way
    items: tuple[tuple[str, int], ...]
    percent: int = 0
    cents: int = 0
    given: int = 0
    vat: int = 0
    customer_id: int | None = None
    seen: int | None = None
    anyway: bool = False


def sell(doing: Doing, basket: Basket) -> SaleDocument:
    """Sell a basket: one document with its lines and the next number. Raises Refused at the field that is wrong, `not_in_stock`
    for what is not there, Conflict `till_total` when the page showed another sum."""
    doing.check(May.SELL, day=basket.day)
    doing.gate()
    check_day(doing, basket.day)
    wanted = _wanted(doing, basket)
    bill = till.bill([Item(one.quantity, one.price_cents) for one in wanted], basket.way, percent=basket.percent,
                     cents=basket.cents)
    if basket.seen is not None and basket.seen != bill.payable:
        raise Conflict("till_total", payable_cents=bill.payable)
    if basket.way is Way.CASH:
        till.change(bill.payable, basket.given)
    if basket.way is Way.TRANSFER and basket.customer_id is None:
        raise Refused("no_customer", at="customer")
    if not basket.anyway:
        check_stock(doing, wanted)
    number = documents.next_number(doing, Kind.SALE, basket.day)
    made = documents.new_document(doing, Kind.SALE, number, basket.day, basket.channel, basket.way)
    made.customer_id = basket.customer_id if basket.way is Way.TRANSFER else None
    made.due_on = basket.day + timedelta(days=PAY_LATER_DAYS) if basket.way is Way.TRANSFER else None
    made.gross_cents, made.off_cents, made.total_cents = bill.gross, bill.off, bill.total
    made.rounding_cents = bill.rounding
    made.given_cents = basket.given if basket.way is Way.CASH else 0
    made.discount, made.vat = basket.percent, basket.vat
    documents.write_lines(doing, made, wanted, bill)
    doing.session.add(made)
    doing.session.flush()
    doing.note("sell", "sale_document", made.ref, after=documents.values_of(made))
    return made


def _wanted(doing: Doing, basket: Basket) -> list[Wanted]:
    goods = documents.products_of(doing, [ref for ref, _quantity in basket.items])
    return [Wanted(goods[ref], quantity, goods[ref].on(basket.day).price_cents) for ref, quantity in basket.items]


def check_stock(doing: Doing, wanted: Sequence[Wanted], *, shop: int | None = None, day: date | None = None) -> None:
    """Raises Refused `not_in_stock` for the first product of which less is left than wanted, in the store or, for the report that
    a `shop` made of a day, where it may sell from; a service needs none. Under the gate, so that of two who sell the last one at
    the same moment one succeeds."""
    things = [one for one in wanted if not one.product.service]
    ids = [one.product.id for one in things]
    left = stock_moves.left_of(doing.session, doing.scope, ids) if shop is None else stock_moves.left_in_shop(
        doing.session, doing.scope, shop, ids, day or doing.today)
    for one in things:
        if one.quantity > left.get(one.product.id, 0):
            raise Refused("not_in_stock", at=f"q_{one.product.ref}", name=one.product.name,
                          left_thousandths=max(0, left.get(one.product.id, 0)), wanted_thousandths=one.quantity)


# ---------- what comes back ----------


def take_return(doing: Doing, ref: str, day: date, way: Way, quantities: Mapping[str, int]) -> SaleDocument:
    """So much (thousandths by the line's reference) of a document came back; the money goes back in cash (rounded), to the card,
    or lessens what is to be paid. Raises Refused for more than there is, `nothing_returned`, `return_way`."""
    sold = rows.get_document(doing.session, doing.scope, ref)
    doing.check(May.SELL if sold.kind == Kind.SALE else May.LOG_SALE, day=day)
    doing.gate()
    check_day(doing, day)
    if sold.kind == Kind.RETURN:
        raise Refused("own_return")
    if (way is Way.TRANSFER) != (sold.way == Way.TRANSFER.value):
        raise Refused("return_way", at="way")
    lines = {row.ref: row for row in sales.lines_by_document(doing.session, doing.scope, [sold.number])}
    chosen = {line: quantity for line, quantity in quantities.items() if quantity}
    if not chosen:
        raise Refused("nothing_returned", at="basket")
    if not set(chosen) <= set(lines):
        raise Refused("return_line_unknown", at="basket")
    made = documents.new_document(doing, Kind.RETURN, documents.next_number(doing, Kind.RETURN, day), day, sold.channel, way)
    made.returns_ref, made.vat, made.customer_id, made.due_on = ref, sold.vat, sold.customer_id, sold.due_on
    back = write_returns(doing, made, [(lines[line], quantity) for line, quantity in chosen.items()])
    _sum_up(doing, made, back)
    doing.session.add(made)
    doing.session.flush()
    doing.note("take_return", "sale_document", made.ref, after=documents.values_of(made))
    return made


def write_returns(doing: Doing, document: SaleDocument, returned: Sequence[tuple[SaleRow, int]], *,
                  first: int = 1) -> list[SaleRow]:
    """Lines of a document that take back so much of earlier lines."""
    goods = {one.id: one for one in production.products(doing.session, doing.scope)}
    earlier = sales.returns_of(doing.session, doing.scope, [row.id for row, _quantity in returned])
    made = []
    for place, (row, quantity) in enumerate(returned, first):
        _check_return(row, document.happened_on, quantity, goods[row.product_id], earlier)
        back = SaleRow(
            organisation_id=row.organisation_id, workshop_id=row.workshop_id, ref=new_ref(), logged_at=doing.at, version=1,
            document=document.number, number=str(place), channel=row.channel, product_id=row.product_id,
            happened_on=document.happened_on, quantity=-quantity, booked_in=document.booked_in, price_cents=row.price_cents,
            discount=row.discount, vat=row.vat, returns_id=row.id)
        doing.session.add(back)
        made.append(back)
    doing.session.flush()
    for back in made:
        doing.note("log_return", "sale_line", back.ref, after=line_values(back))
    return made


def _check_return(row: SaleRow, day: date, quantity: int, product: Product, earlier: Sequence[SaleRow]) -> None:
    if quantity < 0:
        raise Refused("not_above_zero", at=f"back_{row.ref}")
    if product.unit == Unit.PIECE and quantity % 1000:
        raise Refused("part_of_a_piece", at=f"back_{row.ref}")
    before = -sum(one.quantity for one in earlier if one.returns_id == row.id)
    try:
        check_return(as_line(row, day, -quantity), as_line(row, row.happened_on, row.quantity), before)
    except Refused as refused:
        raise Refused(refused.code, at=f"back_{row.ref}" if refused.field == "quantity" else refused.field,
                      **refused.values) from None


def _sum_up(doing: Doing, document: SaleDocument, lines: Sequence[SaleRow]) -> None:
    """The sums of a document from its lines, as the calculation works them out."""
    goods = {one.id: one for one in production.products(doing.session, doing.scope)}
    amounts = stock.amounts_of(doing.session, doing.scope, lines, goods)
    document.gross_cents = document.total_cents = sum(one.gross for one in amounts.values())
    if document.way == Way.CASH.value:
        document.rounding_cents = till.rounded_cash(document.total_cents) - document.total_cents


# ---------- counting the cash ----------


@dataclass(frozen=True)
class Cash:
    """What lies in the till: how many of each face, what it began with in cents, why it differs, whether the difference is to be
    booked."""

    pieces: Mapping[int, int]
    float_cents: int = 0
    why: str = ""
    post: bool = True

    @property
    def cents(self) -> int:
        """What the notes and coins come to."""
        return sum(face * count for face, count in self.pieces.items())


def count(doing: Doing, day: date, cash: Cash) -> TillCount:
    """Count a day's cash: what the documents took goes from what is to come in to the cash box, a difference is explained and, if
    so told, booked. Raises Refused `till_why` for a difference without a reason, Conflict `nothing_to_count`."""
    doing.check(May.COUNT_TILL, day=day)
    doing.gate()
    check_day(doing, day)
    covered = rows.uncounted(doing.session, doing.scope, day)
    if not covered:
        raise Conflict("nothing_to_count")
    for face, number in cash.pieces.items():
        if face not in FACES or not 0 <= number <= MOST_PIECES:
            raise Refused("pieces_odd", at=f"n_{face}")
    takings = sum(one.payable for one in covered)
    difference = cash.cents - cash.float_cents - takings
    why = cash.why.strip()
    if difference and not why:
        raise Refused("till_why", at="why", difference_cents=difference)
    if len(why) > LONGEST_WHY:
        raise Refused("text_too_long", at="why", most=LONGEST_WHY)
    said = doing.say(why) if difference else None
    made = TillCount(
        ref=new_ref(), organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, happened_on=day,
        float_cents=cash.float_cents, takings_cents=takings, counted_cents=cash.cents,
        pieces=json.dumps({str(face): number for face, number in sorted(cash.pieces.items()) if number}, separators=(",", ":")),
        posted=bool(difference) and cash.post, said_ref=said.ref if said else "", said_sha256=said.sha256 if said else "",
        counted_by=doing.who.account, counted_at=doing.at, app_version=app_version())
    doing.session.add(made)
    doing.session.add_all([TillCounted(organisation_id=made.organisation_id, workshop_id=made.workshop_id, count_ref=made.ref,
                                       document_ref=one.ref) for one in covered])
    doing.session.flush()
    journal.post(doing, *_entries(doing, made, covered))
    doing.note("count_till", "till_count", made.ref, after={
        "day": day, "documents": len(covered), "takings_cents": takings, "counted_cents": made.counted_cents,
        "float_cents": made.float_cents, "posted": made.posted})
    return made


def _entries(doing: Doing, made: TillCount, covered: Sequence[SaleDocument]) -> list[Entry]:
    """What a count books: the takings by channel with their rounding, and the difference."""
    month, day = doing.journal_month(made.happened_on), made.happened_on
    legs = [Leg(Account.CASH, made.takings_cents),
            *(Leg(Account.RECEIVABLES, -one.total_cents, detail=one.channel) for one in covered),
            Leg(Account.CASH_ROUNDING, -sum(one.rounding_cents for one in covered))]
    found = [Entry("takings", day, month, "till_count", made.ref, gathered(legs))]
    if made.posted:
        differs = (Leg(Account.CASH, made.difference), Leg(Account.DIFFERENCES, -made.difference))
        found.append(Entry("difference", day, month, "till_count", made.ref, differs))
    return [one for one in found if one.legs]
