"""Orders with an invoice and reports of shops: to be paid later, in parts if need be; what customers paid, by hand or by a row of
the bank's statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.actions import bank, journal
from ledger.actions import documents_of_sales as documents
from ledger.actions.documents_of_sales import Wanted
from ledger.actions.doing import Doing, check_day
from ledger.actions.till import check_stock, write_returns
from ledger.core import till
from ledger.core.access import May
from ledger.core.bank_statement import Own
from ledger.core.faults import Conflict, Refused
from ledger.core.journal import Account, Entry, Leg, gathered
from ledger.core.till import Bill, Item, Kind, Way
from ledger.i18n import mark
from ledger.records import customers, production, receivables, sales, stock
from ledger.records import selling as rows
from ledger.records.customers import Customer
from ledger.records.payments import BankPosting
from ledger.records.sales import SaleRow
from ledger.records.selling import CustomerPayment, CustomerPaymentBack, SaleDocument
from ledger.records.types import new_ref
from ledger.sentences import learn
from ledger.settings import app_version

LONGEST_WHY = 500

learn({
    "due_before": mark("The due day lies before the day of the document."),
    "commission_too_large": mark("The shop keeps more than the goods were sold for."),
    "shop_return_too_much": mark("“%(name)s”: this shop has sold only %(left_thousandths)s that can come back."),
    "document_paid_too_much": mark("Only %(open_cents)s is open of this document."),
    "paid_before": mark("The money came before the day of the document."),
    "cash_in_fives": mark("Cash is paid in steps of 5 cents: %(rounded_cents)s."),
    "payment_back_why": mark("Write why the payment is taken back."),
    "payment_back_bank": mark("This payment was matched with a row of the bank’s statement: take that row back on the statement’s "
                              "page."),
    "payment_taken_back": mark("This payment was taken back already."),
    "statement_sum_open": mark("The row of the statement is larger than what is open (%(open_cents)s): book it by its channel."),
})


@dataclass(frozen=True)
class SheetLine:
    """A line of a sheet: thousandths sold at cents a unit (None: the price of that day), thousandths that came back."""

    product: str
    quantity: int
    price_cents: int | None = None
    returned: int = 0


@dataclass(frozen=True)
class Sheet:
    """An order or a shop's report as it is typed. `number` "" takes the next of its series; commission in thousandths of a percent
    or in cents."""

    kind: Kind
    customer: str
    day: date
    due_on: date
    channel: str
    lines: tuple[SheetLine, ...]
    number: str = ""
    percent: int = 0
    cents: int = 0
    vat: int = 0
    commission: int = 0
    commission_cents: int = 0
    anyway: bool = False


def write_sheet(doing: Doing, sheet: Sheet) -> SaleDocument:
    """Write an order or a shop's report down: one document, its lines, who owes it until when."""
    doing.check(May.LOG_SALE, day=sheet.day)
    doing.gate()
    check_day(doing, sheet.day)
    if sheet.due_on < sheet.day:
        raise Refused("due_before", at="due")
    if not sheet.customer:
        raise Refused("no_customer", at="customer")
    customer = customers.get_customer(doing.session, doing.vault, doing.scope, sheet.customer).row
    typed = sheet.number.strip()
    number = documents.own_number(doing, typed) if typed else documents.next_number(doing, sheet.kind, sheet.day)
    made = documents.new_document(doing, sheet.kind, number, sheet.day, sheet.channel, Way.TRANSFER)
    made.customer_id, made.due_on, made.discount, made.vat = customer.id, sheet.due_on, sheet.percent, sheet.vat
    wanted, bill = _wanted(doing, sheet, customer.id if sheet.kind is Kind.REPORT else None)
    sold = documents.write_lines(doing, made, wanted, bill)
    back = _write_back(doing, made, sheet, customer, first=len(sold) + 1)
    came = _gross(doing, back)
    made.gross_cents, made.off_cents = bill.gross + came, bill.off
    made.total_cents = made.gross_cents - made.off_cents
    made.commission_cents = sheet.commission_cents or till.commission(made.total_cents, sheet.commission)
    if made.commission_cents and made.commission_cents > made.total_cents:
        raise Refused("commission_too_large", at="commission_cents")
    doing.session.add(made)
    doing.session.flush()
    doing.note("write_sheet", "sale_document", made.ref, after={
        **documents.values_of(made), "due": made.due_on, "commission_cents": made.commission_cents})
    return made


def _wanted(doing: Doing, sheet: Sheet, shop: int | None) -> tuple[list[Wanted], Bill]:
    goods = documents.products_of(doing, [one.product for one in sheet.lines])
    wanted = [Wanted(goods[one.product], one.quantity,
                     goods[one.product].on(sheet.day).price_cents if one.price_cents is None else one.price_cents)
              for one in sheet.lines if one.quantity]
    if not wanted and any(one.returned for one in sheet.lines):
        return [], Bill((), (), 0)
    bill = till.bill([Item(one.quantity, one.price_cents) for one in wanted], Way.TRANSFER, percent=sheet.percent,
                     cents=sheet.cents)
    if not sheet.anyway:
        check_stock(doing, wanted, shop=shop, day=sheet.day)
    return wanted, bill


def _write_back(doing: Doing, made: SaleDocument, sheet: Sheet, customer: Customer, *, first: int) -> list[SaleRow]:
    """What came back to a shop is taken off what it reported before, the newest first."""
    returned = {one.product: one.returned for one in sheet.lines if one.returned}
    if not returned:
        return []
    goods = {one.ref: one for one in production.products(doing.session, doing.scope) if one.ref in returned}
    lines = rows.sold_before(doing.session, doing.scope, customer.id, [one.id for one in goods.values()], sheet.day)
    gone = _taken(doing, lines)
    chosen = []
    for ref, quantity in returned.items():
        left = quantity
        for row in (line for line in lines if line.product_id == goods[ref].id and line.document != made.number):
            part = min(left, row.quantity - gone.get(row.id, 0))
            if part > 0:
                chosen.append((row, part))
                left -= part
        if left:
            raise Refused("shop_return_too_much", at=f"b_{ref}", name=goods[ref].name, left_thousandths=quantity - left)
    return write_returns(doing, made, chosen, first=first)


def _taken(doing: Doing, lines: Sequence[SaleRow]) -> dict[int, int]:
    found: dict[int, int] = {}
    for back in sales.returns_of(doing.session, doing.scope, [row.id for row in lines]):
        if back.returns_id is not None:
            found[back.returns_id] = found.get(back.returns_id, 0) - back.quantity
    return found


def _gross(doing: Doing, lines: Sequence[SaleRow]) -> int:
    if not lines:
        return 0
    goods = {one.id: one for one in production.products(doing.session, doing.scope)}
    return sum(one.gross for one in stock.amounts_of(doing.session, doing.scope, lines, goods).values())


# ---------- what customers paid ----------


def take_payment(doing: Doing, ref: str, day: date, cents: int, way: str) -> CustomerPayment:
    """A customer paid (a part of) a document, in cash or by bank, as somebody writes it down. What is left of it and paid in cash
    is rounded to five cents. Raises Refused `document_paid_too_much`, `paid_before`, `cash_in_fives`."""
    doing.check(May.TAKE_PAYMENT)
    doing.gate()
    owed = receivables.owed(doing.session, doing.scope, ref)
    check_day(doing, day)
    if cents <= 0:
        raise Refused("not_above_zero", at="sum")
    if day < owed.document.happened_on:
        raise Refused("paid_before", at="day")
    rounding = 0
    if way == "cash":
        if cents % till.CASH_STEP:
            raise Refused("cash_in_fives", at="sum", rounded_cents=till.rounded_cash(cents))
        if cents == till.rounded_cash(owed.open):
            rounding = cents - owed.open
    if cents - rounding > owed.open:
        raise Refused("document_paid_too_much", at="sum", open_cents=owed.open)
    payment = _payment(doing, ref, day, cents - rounding, way, rounding=rounding)
    account = Account.CASH if way == "cash" else Account.BANK
    journal.post(doing, Entry("customer_payment", day, doing.journal_month(day), "customer_payment", payment.ref,
                              _legs(account, payment, owed.document.channel)))
    doing.note("take_payment", "customer_payment", payment.ref, after={
        "document": owed.document.number, "day": day, "cents": payment.cents, "rounding_cents": rounding, "way": way})
    return payment


def _legs(account: Account, payment: CustomerPayment, channel: str, sign: int = 1) -> tuple[Leg, ...]:
    return gathered([Leg(account, sign * (payment.cents + payment.rounding_cents)),
                     Leg(Account.RECEIVABLES, -sign * payment.cents, detail=channel),
                     Leg(Account.CASH_ROUNDING, -sign * payment.rounding_cents)])


def _payment(doing: Doing, ref: str, day: date, cents: int, way: str, *, rounding: int = 0, posting: str = "") -> CustomerPayment:
    row = CustomerPayment(
        ref=new_ref(), organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, document_ref=ref,
        happened_on=day, cents=cents, rounding_cents=rounding, way=way, posting_ref=posting, taken_by=doing.who.account,
        taken_at=doing.at, app_version=app_version())
    doing.session.add(row)
    doing.session.flush()
    return row


def take_payment_back(doing: Doing, ref: str, why: str) -> CustomerPaymentBack:
    """A payment that was written down by mistake is reversed on its own day, with the reason. Raises Conflict for one that a row of
    the bank's statement made (that row is taken back) or that was taken back before."""
    doing.check(May.TAKE_PAYMENT)
    doing.gate()
    payment, counts = receivables.get_payment(doing.session, doing.scope, ref)
    if payment.posting_ref:
        raise Conflict("payment_back_bank")
    if not counts:
        raise Conflict("payment_taken_back")
    if not why.strip():
        raise Refused("payment_back_why", at="why")
    if len(why) > LONGEST_WHY:
        raise Refused("text_too_long", at="why", most=LONGEST_WHY)
    said = doing.say(why.strip())
    row = CustomerPaymentBack(
        ref=new_ref(), organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, payment_ref=ref,
        said_ref=said.ref, said_sha256=said.sha256, taken_by=doing.who.account, taken_at=doing.at, app_version=app_version())
    doing.session.add(row)
    doing.session.flush()
    document = rows.get_document(doing.session, doing.scope, payment.document_ref)
    account, day = Account.CASH if payment.way == "cash" else Account.BANK, payment.happened_on
    journal.post(doing, Entry("customer_payment_back", day, doing.journal_month(day), "customer_payment_back", row.ref,
                              _legs(account, payment, document.channel, -1)))
    doing.note("take_payment_back", "customer_payment", ref, after={"document": document.number, "cents": payment.cents})
    return row


def match_row(doing: Doing, file_ref: str, key: str, document_ref: str) -> BankPosting:
    """A row of the bank's statement paid (a part of) this document, as this person says: it is booked as customers' money of the
    document's channel. Raises Conflict `not_proposed`, Refused `statement_sum_open` for more than is open."""
    doing.check(May.TAKE_PAYMENT)
    doing.gate()
    owed = receivables.owed(doing.session, doing.scope, document_ref)
    posting = bank.post_own(doing, file_ref, key, Own.RECEIPT, owed.document.channel, known=True)
    if posting.cents > owed.open:
        raise Refused("statement_sum_open", at="what", open_cents=owed.open)
    payment = _payment(doing, document_ref, posting.happened_on, posting.cents, "bank", posting=posting.ref)
    doing.note("match_payment", "customer_payment", payment.ref, after={
        "document": owed.document.number, "day": posting.happened_on, "cents": posting.cents})
    return posting
