"""Short ways to sell: a basket at the till, an order, what a customer pays."""

from __future__ import annotations

from datetime import date
from typing import Any

import acts
import paying
from acts import act
from house import House
from sqlalchemy import select

from ledger.actions import bank, customers, invoices, till
from ledger.actions import documents_of_sales as documents
from ledger.actions.invoices import Sheet, SheetLine
from ledger.actions.till import Basket, Cash
from ledger.core.till import Kind, Way
from ledger.records.customers import Buyer, Customer
from ledger.records.sales import SaleRow
from ledger.records.selling import SaleDocument

TODAY = date(2026, 11, 21)


def basket(house: House, goods: dict[str, int], way: Way = Way.CASH, **more: Any) -> Basket:
    """Whole pieces by the product's code."""
    items = tuple((acts.product(house, code), pieces * 1000) for code, pieces in goods.items())
    return Basket(**{"day": TODAY, "channel": "mugė", "way": way, "items": items, "anyway": True, **more})


def sold(house: House, goods: dict[str, int], way: Way = Way.CASH, **more: Any) -> SaleDocument:
    """A basket sold by the instructor."""
    return act(house, "meistras", till.sell, basket(house, goods, way, **more))


def customer(house: House, name: str = "UAB „Gėlė“", code: str = "302486917") -> Customer:
    """A customer who pays later."""
    return act(house, "buhalteris", customers.add_customer, Buyer(name, code=code, email="gele@gele.lt"))


def sheet(house: House, ref: str, goods: dict[str, int], kind: Kind = Kind.ORDER, **more: Any) -> SaleDocument:
    """An order or a shop's report of whole pieces."""
    lines = tuple(SheetLine(acts.product(house, code), pieces * 1000) for code, pieces in goods.items())
    given = {"day": date(2026, 11, 2), "due_on": date(2026, 11, 16), "channel": "įmonė", "lines": lines, "anyway": True}
    return act(house, "buhalteris", invoices.write_sheet, Sheet(kind, ref, **{**given, **more}))


def lines(house: House, number: str) -> list[SaleRow]:
    """The lines of a document."""
    with house.opened.read() as session:
        return list(session.scalars(select(SaleRow).where(SaleRow.document == number).order_by(SaleRow.id)))


def pieces(cents: int, **more: Any) -> Cash:
    """So much cash, in one-cent coins for what no euro makes."""
    return Cash({100: cents // 100, 1: cents % 100}, **more)


def statement_row(house: House, cents: int, text: str = "", day: str = "2026-11-20") -> tuple[str, str]:
    """A statement with money that came in: its reference and the movement's key."""
    row = act(house, "buhalteris", bank.read_statement, paying.statement(paying.entry(cents, day=day, text=text, name="UAB Gėlė")))
    with house.opened.read() as session:
        looked = bank.look(house.doing(session, "buhalteris"), row.ref)
    return row.ref, looked[0].free[0].key


def one_of_everything(house: House) -> None:
    """A document of each kind, one of them undone, a return, a count, payments by hand and by the bank, one taken back."""
    buyer = customer(house)
    undone = sold(house, {"ZV-01": 1})
    act(house, "meistras", documents.undo, undone.ref)
    first = sold(house, {"ZV-01": 2, "MU-01": 1}, day=date(2026, 11, 12))
    row = lines(house, first.number)[0]
    act(house, "meistras", till.take_return, first.ref, date(2026, 11, 12), Way.CASH, {row.ref: 1000})
    act(house, "meistras", till.count, date(2026, 11, 12), pieces(5000, why="Rasta.", float_cents=100))
    sold(house, {"ZV-01": 1}, day=date(2026, 11, 12))
    order = sheet(house, buyer.ref, {"ZV-01": 3})
    sheet(house, buyer.ref, {"ZV-01": 10}, Kind.REPORT, commission=20_000, channel="konsignacija")
    paid = act(house, "buhalteris", invoices.take_payment, order.ref, date(2026, 11, 10), 100, "bank")
    act(house, "buhalteris", invoices.take_payment_back, paid.ref, "Per klaidą.")
    act(house, "buhalteris", invoices.take_payment, order.ref, date(2026, 11, 10), 200, "cash")
    file, key = statement_row(house, 300)
    act(house, "buhalteris", invoices.match_row, file, key, order.ref)
