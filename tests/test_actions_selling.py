"""Selling: baskets, returns, counts of the cash, orders, shops' reports, what customers pay. On both databases."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import acts
import pytest
import selling
import time_machine
from acts import NOVEMBER, OWN, act, refusal, trail
from paying import balance
from selling import TODAY, basket, customer, lines, sheet, sold, statement_row

from ledger.actions import bank, customers, invoices, sales, till
from ledger.actions import documents_of_sales as documents
from ledger.actions.invoices import SheetLine
from ledger.actions.verify import verify
from ledger.core.faults import Refused
from ledger.core.journal import Account
from ledger.core.till import Kind, Way
from ledger.records import calculation, production, receivables, stock, stock_moves
from ledger.records import customers as known_customers
from ledger.records.customers import Buyer

DAY = date(2026, 11, 12)


def owed(house, ref):
    with house.opened.read() as session:
        return receivables.owed(session, OWN, ref)


def fine(house) -> bool:
    with house.opened.read() as session:
        return verify(session, house.opened.vault).troubles == ()


# ---------- the till ----------

def test_a_basket_is_one_document_with_its_lines_and_the_next_number(house):
    first, second = sold(house, {"ZV-01": 2, "MU-01": 1}), sold(house, {"AT-01": 1}, Way.CARD)
    assert (first.number, second.number) == ("KV-2026-0001", "KV-2026-0002")
    assert [(row.number, row.quantity, row.price_cents) for row in lines(house, first.number)] == [
        ("1", 2000, 805), ("2", 1000, 450)]
    assert (first.total_cents, first.rounding_cents, second.total_cents, second.rounding_cents) == (2060, 0, 255, 0)
    assert trail(house, "sell")[0].after["number"] == first.number


def test_a_discount_is_on_the_lines_to_the_cent_and_cash_is_rounded(house):
    made = sold(house, {"ZV-01": 1, "MU-01": 1, "AT-01": 1}, cents=102, given=2000)
    assert (made.gross_cents, made.off_cents, made.total_cents, made.rounding_cents) == (1510, 102, 1408, 2)
    assert [row.off_cents for row in lines(house, made.number)] == [54, 31, 17]
    with house.opened.read() as session:
        goods = {one.id: one for one in production.products(session, OWN)}
        amounts = stock.amounts_of(session, OWN, lines(house, made.number), goods)
    assert sum(one.gross for one in amounts.values()) == 1408


def test_the_calculation_reads_the_discount(house):
    made = sold(house, {"ZV-01": 1}, cents=105)
    with house.opened.read() as session:
        inputs = calculation.inputs_of(session, OWN, NOVEMBER)
    line = next(one for one in inputs.lines if one.document == made.number)
    assert line.off == 105


@pytest.mark.parametrize(("change", "code"), [
    ({"items": ()}, "empty_basket"), ({"percent": 1000, "cents": 5}, "two_discounts"), ({"cents": 600_000}, "discount_too_large"),
    ({"given": 500}, "given_too_little"), ({"way": Way.TRANSFER}, "no_customer"), ({"day": date(2026, 11, 22)}, "future_day"),
    ({"seen": 1}, "conflict till_total"), ({"channel": " "}, "no_channel"), ({"anyway": False}, "not_in_stock"),
    ({"vat": 21_000}, "no_vat_payer")])
def test_a_basket_that_cannot_be_is_refused_and_nothing_is_kept(house, change, code):
    assert refusal(house, "meistras", till.sell, basket(house, {"SA-A5": 900}, **change)) == code


@pytest.mark.parametrize(("pieces", "code"), [(500, "part_of_a_piece"), (-1000, "not_above_zero")])
def test_part_of_a_piece_is_refused(house, pieces, code):
    items = ((acts.product(house, "ZV-01"), pieces),)
    assert refusal(house, "meistras", till.sell, basket(house, {"ZV-01": 1}, items=items)) == code


def test_the_accountant_and_the_director_do_not_sell_at_the_till(house):
    for login in ("buhalteris", "vadovas", "socialine"):
        assert refusal(house, login, till.sell, basket(house, {"ZV-01": 1})) == "hidden"


def test_two_who_sell_the_last_one_at_the_same_moment_are_told(house):
    acts.lot(house, "SA-A5", DAY, 1, "D1")
    with house.opened.read() as session:
        ids = [one.id for one in production.products(session, OWN) if one.code == "SA-A5"]
        left = stock_moves.left_of(session, OWN, ids)[ids[0]]
    both, told = threading.Barrier(2), []

    def sell() -> None:
        wanted = basket(house, {}, items=((acts.product(house, "SA-A5"), left),), anyway=False)
        both.wait()
        try:
            told.append(act(house, "meistras", till.sell, wanted).number)
        except Refused as refused:
            told.append(refused.code)
    threads = [threading.Thread(target=sell) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(told) == ["KV-2026-0001", "not_in_stock"]


def test_the_last_sale_is_undone_and_its_number_stays(house):
    made = sold(house, {"ZV-01": 2})
    act(house, "meistras", documents.undo, made.ref)
    assert lines(house, made.number) == []
    assert sold(house, {"ZV-01": 1}).number == "KV-2026-0002"
    assert refusal(house, "meistras", documents.undo, made.ref) == "conflict undone_already"


def test_a_line_of_a_document_is_not_changed_alone(house):
    made = sold(house, {"ZV-01": 2})
    row = lines(house, made.number)[0]
    assert refusal(house, "meistras", sales.take_back_sale, row.ref) == "line_of_document"
    assert refusal(house, "meistras", sales.log_return, row.ref, TODAY, 1000) == "line_of_document"
    changed = sales.Sold(acts.product(house, "ZV-01"), TODAY, "mugė", 1000, 1)
    assert refusal(house, "meistras", sales.change_sale, row.ref, 1, changed) == "line_of_document"


def test_what_comes_back_gives_its_own_money_back_and_no_more(house):
    made = sold(house, {"ZV-01": 3}, cents=100)
    row = lines(house, made.number)[0]
    first = act(house, "meistras", till.take_return, made.ref, TODAY, Way.CASH, {row.ref: 1000})
    assert (first.number, first.total_cents, first.rounding_cents) == ("GR-2026-0001", -772, 2)
    assert refusal(house, "meistras", till.take_return, made.ref, TODAY, Way.CASH, {row.ref: 3000}) == "return_too_much"
    assert refusal(house, "meistras", till.take_return, made.ref, TODAY, Way.CASH, {}) == "nothing_returned"
    assert refusal(house, "meistras", till.take_return, made.ref, TODAY, Way.CASH, {"x" * 26: 1000}) == "return_line_unknown"
    assert refusal(house, "meistras", till.take_return, first.ref, TODAY, Way.CASH, {row.ref: 1000}) == "own_return"
    assert refusal(house, "meistras", documents.undo, made.ref) == "conflict document_returned"
    rest = act(house, "meistras", till.take_return, made.ref, TODAY, Way.CARD, {row.ref: 2000})
    assert first.total_cents + rest.total_cents == -made.total_cents


# ---------- the cash ----------

def test_the_count_takes_the_days_cash_into_the_box_with_its_rounding(house):
    sold(house, {"AT-01": 1}, cents=2)
    sold(house, {"ZV-01": 1}, Way.CARD)
    counted = act(house, "meistras", till.count, TODAY, selling.pieces(5255, float_cents=5000))
    assert (counted.takings_cents, counted.difference) == (255, 0)
    assert [balance(house, one) for one in (Account.CASH, Account.RECEIVABLES, Account.CASH_ROUNDING)] == [255, -253, -2]
    assert refusal(house, "meistras", till.count, TODAY, selling.pieces(0)) == "conflict nothing_to_count"
    assert fine(house)


def test_a_difference_is_explained_and_booked_if_told(house):
    made = sold(house, {"ZV-01": 1})
    assert refusal(house, "meistras", till.count, TODAY, selling.pieces(800)) == "till_why"
    act(house, "meistras", till.count, TODAY, selling.pieces(800, why="Trūko grąžos."))
    assert (balance(house, Account.CASH), balance(house, Account.DIFFERENCES)) == (800, 5)
    assert refusal(house, "meistras", documents.undo, made.ref) == "conflict document_counted"
    sold(house, {"ZV-01": 1})
    act(house, "buhalteris", till.count, TODAY, selling.pieces(700, why="Neaišku.", post=False))
    assert (balance(house, Account.CASH), balance(house, Account.DIFFERENCES)) == (1605, 5)
    assert fine(house)


@pytest.mark.parametrize("number", [-1, 10_001])
def test_a_count_of_odd_numbers_is_refused(house, number):
    sold(house, {"ZV-01": 1})
    assert refusal(house, "meistras", till.count, TODAY, till.Cash({500: number})) == "pieces_odd"


# ---------- orders and reports ----------

def test_an_order_is_open_paid_in_parts_and_paid(house):
    made = sheet(house, customer(house).ref, {"ZV-01": 2}, number="SF-77")
    assert (made.number, made.total_cents, owed(house, made.ref).open) == ("SF-77", 1610, 1610)
    act(house, "buhalteris", invoices.take_payment, made.ref, DAY, 1000, "bank")
    assert refusal(house, "buhalteris", invoices.take_payment, made.ref, DAY, 700, "bank") == "document_paid_too_much"
    assert refusal(house, "buhalteris", documents.undo, made.ref) == "conflict document_paid"
    act(house, "buhalteris", invoices.take_payment, made.ref, DAY, 610, "cash")
    assert (owed(house, made.ref).open, balance(house, Account.BANK), balance(house, Account.CASH)) == (0, 1000, 610)
    with house.opened.read() as session:
        assert [one.open for one in receivables.open_on(session, OWN, DAY - timedelta(days=1))] == [1610]
        assert receivables.open_on(session, OWN, DAY) == []
    assert fine(house)


def test_a_payment_in_cash_settles_with_its_rounding(house):
    made = sheet(house, customer(house).ref, {"ZV-01": 1}, cents=2)
    assert refusal(house, "buhalteris", invoices.take_payment, made.ref, DAY, 803, "cash") == "cash_in_fives"
    act(house, "buhalteris", invoices.take_payment, made.ref, DAY, 805, "cash")
    assert (owed(house, made.ref).open, balance(house, Account.CASH_ROUNDING)) == (0, -2)
    assert fine(house)


def test_a_payment_by_mistake_is_taken_back_once_with_its_reason(house):
    made = sheet(house, customer(house).ref, {"ZV-01": 1})
    paid = act(house, "buhalteris", invoices.take_payment, made.ref, DAY, 805, "bank")
    assert refusal(house, "buhalteris", invoices.take_payment_back, paid.ref, " ") == "payment_back_why"
    act(house, "buhalteris", invoices.take_payment_back, paid.ref, "Kitas pirkėjas.")
    assert (owed(house, made.ref).open, balance(house, Account.BANK)) == (805, 0)
    assert refusal(house, "buhalteris", invoices.take_payment_back, paid.ref, "Dar kartą.") == "conflict payment_taken_back"
    assert fine(house)


def test_a_row_of_the_statement_pays_a_document_until_it_is_taken_back(house):
    made = sheet(house, customer(house).ref, {"ZV-01": 2})
    file, key = statement_row(house, 1000, made.number)
    posting = act(house, "buhalteris", invoices.match_row, file, key, made.ref)
    assert (owed(house, made.ref).open, balance(house, Account.BANK), balance(house, Account.RECEIVABLES)) == (610, 1000, -1000)
    assert refusal(house, "buhalteris", invoices.match_row, file, key, made.ref) == "conflict not_proposed"
    with house.opened.read() as session:
        payment = receivables.payments_of(session, OWN, made.ref)[0][0]
    assert (payment.posting_ref, payment.cents) == (posting.ref, 1000)
    assert refusal(house, "buhalteris", invoices.take_payment_back, payment.ref, "Ne.") == "conflict payment_back_bank"
    act(house, "buhalteris", bank.take_back, file, key, "Kito pirkėjo.")
    assert owed(house, made.ref).open == 1610
    assert fine(house)


def test_more_than_is_open_is_not_matched(house):
    made = sheet(house, customer(house).ref, {"ZV-01": 1})
    file, key = statement_row(house, 900)
    assert refusal(house, "buhalteris", invoices.match_row, file, key, made.ref) == "statement_sum_open"


def test_a_shop_keeps_its_part_and_takes_goods_back_from_what_it_sold(house):
    buyer = customer(house)
    first = sheet(house, buyer.ref, {"ZV-01": 4}, Kind.REPORT, commission=20_000)
    assert (first.number, first.total_cents, first.commission_cents) == ("KA-2026-0001", 3220, 644)
    assert owed(house, first.ref).open == 2576
    back = (SheetLine(acts.product(house, "ZV-01"), 1000, None, 2000),)
    second = sheet(house, buyer.ref, {}, Kind.REPORT, lines=back, day=DAY, due_on=DAY)
    assert second.total_cents == -805
    assert [row.quantity for row in lines(house, second.number)] == [1000, -2000]
    more = (SheetLine(acts.product(house, "ZV-01"), 0, None, 4000),)
    given = {"lines": more, "day": DAY, "due_on": DAY}
    with pytest.raises(Refused, match="shop_return_too_much"):
        sheet(house, buyer.ref, {}, Kind.REPORT, **given)


@pytest.mark.parametrize(("change", "code"), [
    ({"due_on": date(2026, 11, 1)}, "due_before"), ({"lines": ()}, "empty_basket"),
    ({"commission_cents": 5000}, "commission_too_large"),
    ({"day": date(2026, 11, 22), "due_on": date(2026, 12, 1)}, "future_day"), ({"number": "MUG-2026-10-1"}, "document_there"),
    ({"anyway": False}, "not_in_stock")])
def test_an_order_that_cannot_be_is_refused(house, change, code):
    with pytest.raises(Refused) as refused:
        sheet(house, customer(house).ref, {"SA-A5": 500} if code == "not_in_stock" else {"ZV-01": 1}, **change)
    assert refused.value.code == code


def test_what_comes_back_of_an_order_is_no_longer_owed(house):
    made = sheet(house, customer(house).ref, {"ZV-01": 2})
    row = lines(house, made.number)[0]
    assert refusal(house, "buhalteris", till.take_return, made.ref, DAY, Way.CASH, {row.ref: 1000}) == "return_way"
    act(house, "buhalteris", till.take_return, made.ref, DAY, Way.TRANSFER, {row.ref: 1000})
    assert owed(house, made.ref).open == 805


def test_the_approval_books_what_shops_keep(house):
    house.submit()
    house.approve()
    buyer = customer(house)
    sheet(house, buyer.ref, {"ZV-01": 2}, Kind.REPORT, commission=10_000, channel="konsignacija")
    before = balance(house, Account.RECEIVABLES)
    with time_machine.travel("2026-12-02 09:00", tick=True):
        acts.pay(house, NOVEMBER)
    assert balance(house, Account.COMMISSION) == 161
    assert balance(house, Account.RECEIVABLES) - before == 1610 - 161
    assert fine(house)


# ---------- customers ----------

def test_a_customer_is_sealed_and_nobody_reads_the_name_in_the_tables(house):
    act(house, "buhalteris", customers.add_customer, Buyer("Ona Onaitė", person=True, email="ona@ona.lt"))
    assert "Onait" not in repr(acts.books(house))
    assert "ona@ona" not in repr(acts.books(house))


@pytest.mark.parametrize(("buyer", "code"), [
    (Buyer(" "), "empty_text"), (Buyer("A" * 141), "text_too_long"), (Buyer("A", code="3024 86917"), "customer_code_odd"),
    (Buyer("A", email="be paukščiuko"), "email_odd"), (Buyer("Kita", code="302486917"), "customer_there")])
def test_a_customer_that_cannot_be_is_refused(house, buyer, code):
    customer(house)
    assert refusal(house, "buhalteris", customers.add_customer, buyer) == code


@pytest.mark.parametrize("name", ["Ą", "Anne-Marie O’Neil", "ą̃", "А" * 60, "UAB \"Gėlė\" & <b>"])
def test_names_of_customers_are_kept_as_they_are(house, name):
    made = act(house, "buhalteris", customers.add_customer, Buyer(name))
    act(house, "buhalteris", customers.change_customer, made.ref, 1, Buyer(name, code="77"))
    with house.opened.read() as session:
        known = known_customers.get_customer(session, house.opened.vault, OWN, made.ref)
    assert (known.buyer.name, known.buyer.code) == (name, "77")
    assert refusal(house, "buhalteris", customers.change_customer, made.ref, 1, Buyer("Kitas")) == "conflict changed_meanwhile"
