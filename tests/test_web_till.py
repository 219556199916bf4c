"""The till, its counts, customers, orders and what is paid, as pages."""

from __future__ import annotations

import re
from datetime import date

import acts
import pytest
import selling
from acts import OWN, act, books
from browser import chromium, served, visit
from counted import queries
from house import Client, House
from sqlalchemy import func, select

from ledger.actions import till
from ledger.core.till import Kind, Way
from ledger.records import receivables
from ledger.records.production import Price, Product
from ledger.records.sales import SaleRow
from ledger.records.selling import SaleDocument


@pytest.fixture
def master(house: House) -> Client:
    return house.client("meistras")


@pytest.fixture
def accountant(house: House) -> Client:
    return house.client("buhalteris")


def fields(house: House, goods: dict[str, str], **more: str) -> dict[str, str]:
    """What the till's form sends."""
    quantities = {f"q_{acts.product(house, code)}": quantity for code, quantity in goods.items()}
    return {"day": "2026-11-21", "channel": "mugė", "way": "cash", "anyway": "y", "percent": "0", **quantities, **more}


def documents(house: House) -> list[SaleDocument]:
    with house.opened.read() as session:
        return list(session.scalars(select(SaleDocument).order_by(SaleDocument.id)))


def test_a_sale_shows_its_number_its_sum_and_the_change(house, master):
    page = master.page(master.send("/till", fields(house, {"ZV-01": "2", "AT-01": "1"}, given="20", discount_cents="0,02"),
                                   page="/till").headers["Location"])
    assert "KV-2026-0001" in page
    assert "18,65" in page  # 18,63 paid in cash
    assert "1,35" in page
    receipt = master.page(f"/till/receipt/{documents(house)[0].ref}")
    assert "Grynųjų apvalinimas" in receipt
    assert "0,02" in receipt


def test_the_same_sale_sent_twice_is_sold_once(house, master):
    key = "k" * 30
    first, second = (master.send("/till", fields(house, {"ZV-01": "2"}), page="/till", key=key) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(documents(house)) == 1


def test_nothing_typed_is_lost_when_something_is_wrong(house, master):
    answer = master.send("/till", fields(house, {"ZV-01": "2", "AT-01": "abc"}, given="5"), page="/till")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="abc"' in page
    assert 'value="2"' in page
    assert documents(house) == []


def test_what_is_not_in_stock_is_told_at_the_product_and_can_be_sold_all_the_same(house, master):
    sent = fields(house, {"KE-01": "900"})
    del sent["anyway"]
    answer = master.send("/till", sent, page="/till")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "norima 900" in page, 'name="anyway"' in page) == (422, True, True)
    assert master.send("/till", {**sent, "anyway": "y"}, page="/till").status_code == 303


@pytest.mark.parametrize("text", [
    "NaN", "Infinity", "1e9", "-1", "0x10", "1_000", "\uff11\uff12", "\u0661\u0662", "1.234,50", "99999999999999", "0,5"])
def test_rows_77_to_80_odd_quantities_are_refused(house, master, text):
    before = books(house)
    assert master.send("/till", fields(house, {"ZV-01": text}), page="/till").status_code == 422
    assert books(house) == before


@pytest.mark.parametrize("day", ["2027-02-29", "0000-01-01", "9999-12-31", "2026-11-22", "vakar", ""])
def test_row_81_odd_days_are_refused(house, master, day):
    assert master.send("/till", fields(house, {"ZV-01": "1"}, day=day), page="/till").status_code == 422
    assert documents(house) == []


def test_rows_92_to_95_odd_forms_do_nothing_more(house, master):
    extra = {"total_cents": "1", "status": "posted", "id": "1", "number": "KV-1"}
    assert master.send("/till", fields(house, {"ZV-01": "1"}, **extra), page="/till").status_code == 303
    assert documents(house)[0].number == "KV-2026-0001"
    assert documents(house)[0].total_cents == 805
    ref = acts.product(house, "ZV-01")
    assert master.send("/till", fields(house, {}, **{f"q_{ref}": ["1", "2"]}), page="/till").status_code == 400
    assert master.send("/till", fields(house, {"ZV-01": "1"}, channel="mu\0gė\u202e"), page="/till").status_code in (303, 422)
    stranger = {f"q_{'x' * 26}": "1"}
    assert master.send("/till", fields(house, {"ZV-01": "1"}, **stranger), page="/till").status_code == 303


def test_the_last_sale_is_undone_on_the_spot(house, master):
    master.send("/till", fields(house, {"ZV-01": "2"}), page="/till")
    ref = documents(house)[0].ref
    page = master.page(master.send(f"/till/receipt/{ref}/undo", {}, page="/till").headers["Location"])
    assert "Atšaukta: KV-2026-0001" in page
    assert "atšauktas" in master.page("/till/day/2026-11-21")
    with house.opened.read() as session:
        assert session.scalar(select(func.count()).select_from(SaleRow).where(SaleRow.document == "KV-2026-0001")) == 0


def test_what_came_back_is_written_on_the_receipt(house, master):
    made = selling.sold(house, {"ZV-01": 2})
    line = selling.lines(house, made.number)[0]
    page = f"/till/receipt/{made.ref}/return"
    odd = master.send(page, {f"back_{line.ref}": "3", "day": "2026-11-21", "way": "cash"}, page=page)
    assert odd.status_code == 422
    done = master.send(page, {f"back_{line.ref}": "1", "day": "2026-11-21", "way": "cash"}, page=page)
    assert "GR-2026-0001" in master.page(done.headers["Location"])
    assert "grąžinta: 1" in master.page(f"/till/receipt/{made.ref}")


def test_a_line_of_a_receipt_leads_to_the_receipt(house, master):
    made = selling.sold(house, {"ZV-01": 2})
    line = selling.lines(house, made.number)[0]
    assert master.get(f"/day/sales/{line.ref}").headers["Location"] == f"/till/receipt/{made.ref}"
    assert master.get(f"/day/sales/{line.ref}/return").headers["Location"] == f"/till/receipt/{made.ref}"


def test_the_cash_is_counted_and_a_difference_needs_its_reason(house, master):
    selling.sold(house, {"ZV-01": 1})
    page = "/till/count/2026-11-21"
    short = master.send(page, {"n_500": "1", "n_200": "1"}, page=page)
    assert short.status_code == 422
    assert "įrašykite, kodėl" in short.get_data(as_text=True)
    assert 'value="1"' in short.get_data(as_text=True)
    odd = master.send(page, {"n_500": "1,5"}, page=page)
    assert odd.status_code == 422
    done = master.send(page, {"n_500": "1", "n_200": "1", "began": "0", "why": "Trūksta grąžos.", "post": "y"}, page=page)
    assert "Trūksta grąžos." in master.page(done.headers["Location"])
    assert "pinigai suskaičiuoti" in master.page("/till/day/2026-11-21")


# ---------- customers and what they owe ----------

def test_a_customer_is_written_down_changed_and_found(house, accountant):
    sent = {"kind": "firm", "name": "UAB „Ąžuolas“", "code": "302486917", "vat_code": "", "email": "a@a.lt"}
    address = accountant.send("/customers/new", sent, page="/customers/new").headers["Location"]
    assert "UAB „Ąžuolas“" in accountant.page(address)
    assert accountant.send("/customers/new", sent, page="/customers/new").status_code == 422
    change = {**sent, "name": "UAB „Klevas“", "version": "1"}
    assert accountant.send(f"{address}/change", change, page=f"{address}/change").status_code == 303
    assert accountant.send(f"{address}/change", change, page=f"{address}/change").status_code == 409
    assert "UAB „Klevas“" in accountant.page("/customers?text=klev")
    assert "Niekas neatitinka" in accountant.page("/customers?text=%25")


def test_an_order_is_written_down_owed_and_paid(house, accountant):
    ref = selling.customer(house).ref
    product = acts.product(house, "ZV-01")
    sent = {"customer": ref, "number": "SF-9", "day": "2026-11-02", "due": "2026-11-10", "channel": "įmonė", f"q_{product}": "2",
            f"p_{product}": "8,05", "percent": "0", "anyway": "y"}
    address = accountant.send("/invoices/order", sent, page="/invoices/order").headers["Location"]
    assert accountant.send("/invoices/order", sent, page="/invoices/order").status_code == 422  # the number is taken
    owed = accountant.page("/customers/owed")
    assert "SF-9" in owed
    assert "11 d." in owed
    assert accountant.send(f"{address}/paid", {"day": "2026-11-12", "sum": "99", "way": "bank"}, page=address).status_code == 422
    assert accountant.send(f"{address}/paid", {"day": "2026-11-12", "sum": "16,10", "way": "bank"}, page=address).status_code == 303
    assert "Apmokėta" in accountant.page(address)
    assert "SF-9" in accountant.page("/customers/owed?day=2026-11-11")
    assert "SF-9" not in accountant.page("/customers/owed")
    payment = re.search(r'name="payment" value="([a-z0-9]+)"', accountant.page(address))
    assert payment
    assert accountant.send(f"{address}/paid/back", {"payment": payment[1], "why": ""}, page=address).status_code == 422
    assert accountant.send(f"{address}/paid/back", {"payment": payment[1], "why": "Klaida"}, page=address).status_code == 303
    assert "Neapmokėta" not in accountant.page(address)  # it is late by now
    assert "Klaida" in accountant.page(address)


def test_a_shops_report_says_what_it_keeps(house, accountant):
    ref, product = selling.customer(house).ref, acts.product(house, "ZV-01")
    sent = {"customer": ref, "day": "2026-11-02", "due": "2026-12-02", "channel": "konsignacija", f"q_{product}": "4",
            f"p_{product}": "8,05", "commission": "20", "percent": "0", "anyway": "y"}
    page = accountant.page(accountant.send("/invoices/report", sent, page="/invoices/report").headers["Location"])
    assert "25,76" in page
    assert "−6,44" in page


def test_the_statements_row_offers_the_document_that_it_names(house, accountant):
    made = selling.sheet(house, selling.customer(house).ref, {"ZV-01": 2})
    file, key = selling.statement_row(house, 1610, f"Už {made.number}")
    page = f"/payments/statement/{file}"
    assert f'value="document:{made.ref}"' in accountant.page(page)
    done = accountant.send(f"{page}/row", {"movement": key, "what": f"document:{made.ref}"}, page=page)
    assert made.number in accountant.page(done.headers["Location"])
    with house.opened.read() as session:
        assert receivables.owed(session, OWN, made.ref).open == 0


# ---------- many rows ----------

def more_products(house: House, count: int) -> None:
    with house.opened.write() as session:
        own = {"organisation_id": 1, "workshop_id": 1}
        long = "Ilgo pavadinimo gaminys su daug žodžių ir numeriu"
        session.add_all([Product(**own, code=f"X{n}", name=f"{long} {n}", unit="vnt", prices=[
            Price(**own, valid_from=date(2020, 1, 1), price_cents=100 + n, material_cents=0)]) for n in range(count)])
        session.commit()


def test_questions_do_not_grow_with_products_or_receipts(house, master, accountant):
    buyer = selling.customer(house)
    for _ in range(3):
        selling.sold(house, {"ZV-01": 1})
        selling.sheet(house, buyer.ref, {"ZV-01": 1})
    pages = [(master, "/till"), (master, "/till/day/2026-11-21"), (master, "/till/count/2026-11-21"), (accountant, "/customers"),
             (accountant, "/customers/owed"), (accountant, "/invoices/order"), (accountant, "/invoices/report")]
    few = [queries(house, client, path) for client, path in pages]
    more_products(house, 300)
    for n in range(12):
        selling.sold(house, {"ZV-01": 1})
        selling.sheet(house, selling.customer(house, f"UAB {n}", str(n)).ref, {"ZV-01": 1})
    assert [queries(house, client, path) for client, path in pages] == few
    assert max(few) <= 16
    assert len(master.page("/till").encode()) < 600_000


def test_the_day_is_told_in_pages(house, master):
    with house.opened.write() as session:
        doing = house.doing(session, "meistras")
        for _ in range(51):
            till.sell(doing, selling.basket(house, {"AT-01": 1}, Way.CARD))
        session.commit()
    first, second = master.page("/till/day/2026-11-21"), master.page("/till/day/2026-11-21?page=2")
    assert ("KV-2026-0051" in first, "KV-2026-0001" in first, "KV-2026-0001" in second) == (True, False, True)


def test_an_empty_till_says_so(house, master, accountant):
    assert "Šią dieną kasoje nieko neparduota" in master.page("/till/day/2026-11-20")
    assert "Skaičiuoti nėra ko" in master.page("/till/count/2026-11-20")
    assert "Pirkėjų dar neįrašyta" in accountant.page("/customers")
    assert "Niekas nieko neskolingas" in accountant.page("/customers/owed")
    assert "Pirmiausia įrašykite" in accountant.page("/invoices/order")


# ---------- in a browser ----------

@pytest.fixture(scope="module")
def browser():
    with chromium() as opened:
        yield opened


def test_two_candles_are_sold_in_four_taps_and_no_typing(house, browser):
    acts.lot(house, "MU-01", date(2026, 11, 12), 5, "D1")
    with served(house) as address:
        visitor = visit(browser, address).signs_in("meistras").opens("/till")
        page = visitor.page
        candle = page.locator(f'[data-product="{acts.product(house, "MU-01")}"] .shelf__face')
        candle.click()
        candle.click()
        page.click('[data-note="1000"]')
        assert page.inner_text("[data-row=payable] dd") == "9,00\u00a0€"
        assert page.inner_text("[data-change] b") == "1,00\u00a0€"
        page.click("form[data-till] button[type=submit]")
        page.wait_for_url("**done=**")
        assert "KV-2026-0001" in page.inner_text(".sold")
        assert visitor.faults == []
    assert (documents(house)[0].total_cents, documents(house)[0].given_cents) == (900, 1000)


def test_returns_of_a_document_paid_later_lessen_what_is_owed(house, accountant):
    made = selling.sheet(house, selling.customer(house).ref, {"ZV-01": 2}, Kind.ORDER)
    line = selling.lines(house, made.number)[0]
    page = f"/invoices/{made.ref}/return"
    accountant.send(page, {f"back_{line.ref}": "1", "day": "2026-11-20"}, page=page)
    assert "8,05" in accountant.page(f"/invoices/{made.ref}")
    act(house, "buhalteris", till.take_return, made.ref, date(2026, 11, 20), Way.TRANSFER, {line.ref: 1000})
    with house.opened.read() as session:
        assert receivables.owed(session, OWN, made.ref).open == 0
