"""The pages of paying, as accountant, director and social worker use them."""

from __future__ import annotations

import io
import re
from datetime import date

import papers
import pytest
from acts import act, sale
from acts import pay as approve_month
from counted import queries
from house import Client, House
from paying import OURS, TODAY, approve, balance, batch, entry, paid, sent, standing, statement, states

from ledger.actions import bank, payees, payments
from ledger.core.journal import Account
from ledger.core.payments import Way
from ledger.core.periods import Month
from ledger.jobs import DEMO_PASSWORD
from ledger.web.payments import MOST_ROWS
from ledger.web.return_words import ACCOUNT as ANOTHER_ACCOUNT
from ledger.web.return_words import REASONS, reason_of

ACCOUNT = {"account": OURS, "bic": "", "format": "pain.001.001.09", "day": "2026-11-21"}


def made(answer: object) -> str:
    """The reference in the address that an answer leads to."""
    return str(answer.headers["Location"]).rsplit("/", 1)[1]  # type: ignore[attr-defined] # a response


def pay(client: Client, house: House, sums: dict[str, str], path: str = "/payments/new", **more: str) -> object:
    refs = {number: house.ref(number) for number in sums}
    fields = {**(ACCOUNT if "cash" not in path else {"day": "2026-11-21"}), "take": list(refs.values()),
              **{f"sum_{refs[number]}": text for number, text in sums.items()}, **more}
    return client.send(path, fields)


def test_from_the_list_to_the_bank_and_back(approved):
    books = approved.client("buhalteris")
    assert "Kiek kam priklauso" in books.page("/payments")
    ref = made(pay(books, approved, {"D1": "96,17", "D2": "100,00"}))
    assert "Paketas laukia vadovo" in books.page(f"/payments/{ref}")
    director = approved.client("vadovas")
    assert "Jūsų patvirtinimo laukia 1 paketas" in director.page("/payments")
    seen = re.search(r'name="seen" value="([^"]+)"', director.page(f"/payments/{ref}"))
    assert director.send(f"/payments/{ref}/approve", {"seen": seen[1] if seen else ""}, page=f"/payments/{ref}").status_code == 303
    file = books.send(f"/payments/{ref}/file", {"password": DEMO_PASSWORD}, page=f"/payments/{ref}")
    assert (file.status_code, file.mimetype) == (200, "application/xml")
    assert file.data == books.send(f"/payments/{ref}/file", {"password": DEMO_PASSWORD}, page=f"/payments/{ref}").data
    assert books.send(f"/payments/{ref}/sent", {"day": "2026-11-21"}, page=f"/payments/{ref}").status_code == 303
    data = {"file": (io.BytesIO(statement(entry(-9617, "MB-2026-0001-1"), entry(-9999, "MB-2026-0001-2"))), "israsas.xml")}
    page = made(books.send("/payments/statement", data))
    shown = books.page(f"/payments/statement/{page}")
    assert "kita suma" in shown
    keys = re.findall(r'name="keys" value="([^"]+)"', shown)
    assert books.send(f"/payments/statement/{page}", {"keys": keys}).status_code == 303
    assert states(approved, ref) == ["settled", "sent"]
    assert books.send(f"/payments/statement/{page}", {"keys": keys}).status_code == 409


def step_of(page: str) -> str:
    """The step of a batch that is lit as the one it has reached."""
    return re.sub(r"<[^>]+>", "", re.findall(r'<li aria-current="step">.*?</b>', page, re.DOTALL)[0]).strip()


def test_only_what_has_happened_to_a_batch_is_lit(approved):
    books = approved.client("buhalteris")
    ref = batch(approved, {"D1": 100}).ref
    found = [step_of(books.page(f"/payments/{ref}"))]
    approve(approved, ref)
    found.append(step_of(books.page(f"/payments/{ref}")))
    books.send(f"/payments/{ref}/sent", {"day": "2026-11-21"}, page=f"/payments/{ref}")
    found.append(step_of(books.page(f"/payments/{ref}")))
    settle(approved, statement(entry(-100, "MB-2026-0001-1")))
    found.append(step_of(books.page(f"/payments/{ref}")))
    called = batch(approved, {"D2": 100}).ref
    books.send(f"/payments/{called}/cancel", {}, page=f"/payments/{called}")
    found.append(step_of(books.page(f"/payments/{called}")))
    assert found == ["Sudarytas", "Patvirtintas", "Pateiktas bankui", "Išmokėtas", "Atšauktas"]


def settle(house: House, data: bytes) -> str:
    """A statement is read and all that fits is posted."""
    ref = str(act(house, "buhalteris", bank.read_statement, data).ref)
    with house.opened.read() as session:
        keys = {one.key for one in bank.look(house.doing(session, "buhalteris"), ref)[0].proposed}
    act(house, "buhalteris", bank.confirm, ref, keys)
    return ref


@pytest.mark.parametrize(("code", "said", "then"), [
    ("AC04", "Gavėjo sąskaita uždaryta.", "Paprašykite žmogaus kitos sąskaitos"),
    ("MD07", "Gavėjas mirė.", "kol paaiškės paveldėtojai"),
    ("XX99", "kodą, kurio paaiškinimo neturime", "klauskite banko")])
def test_money_that_came_back_says_why_in_words_and_what_to_do(approved, code, said, then):
    ref = sent(approved, {"D1": 100}).ref
    settle(approved, statement(entry(-100, "MB-2026-0001-1"), entry(100, "MB-2026-0001-1", back=True, reason=code)))
    page = approved.client("buhalteris").page(f"/payments/{ref}/{paid(approved, ref)[0].row.ref}")
    assert f"banko kodas {code}" in page
    assert said in page
    assert then in page
    assert "Sudaryti kitą paketą" in page
    assert page.index("įtraukta į paketą") < page.index("patvirtinta<") < page.index("pakeliui<")


@pytest.mark.parametrize(("text", "code", "rest"), [
    ("AC04 Account closed", "AC04", "Account closed"), ("NARR", "NARR", ""), ("XX99", "XX99", ""),
    ("Grįžo be žinios", "", "Grįžo be žinios"), ("NERA pinigų", "", "NERA pinigų"), ("", "", "")])
def test_a_banks_code_is_told_from_what_somebody_wrote(text, code, rest):
    found = reason_of(text)
    assert (found.code, found.rest, bool(found.words)) == (code, rest, bool(code))
    assert set(REASONS) >= ANOTHER_ACCOUNT


def test_a_month_approved_before_it_ended_is_owed_today(approved):
    sale(approved, "ZV-01", date(2026, 11, 3), 4)
    approve_month(approved, Month(2026, 11))
    owed = standing(approved, "D1").owed
    assert owed > 9617
    told = f"{owed // 100},{owed % 100:02d}"
    assert f"<b>{told}</b>" in approved.client("buhalteris").page("/payments")
    assert "<b>96,17</b>" in approved.client("buhalteris").page("/payments?day=2026-11-20")


def test_a_row_of_a_statement_that_is_no_payment_is_decided_on_its_page(approved):
    sent(approved, {"D1": 100, "D3": 200})
    books = approved.client("buhalteris")
    data = statement(entry(-100, "MB-2026-0001-1"), entry(-250, text="Sąskaitos mokestis"), entry(-5000, text="Bankomatas"))
    page = f"/payments/statement/{made(books.send('/payments/statement', {'file': (io.BytesIO(data), 'x.xml')}))}"
    shown = books.page(page)
    assert "Dar pakeliui" in shown
    assert "MB-2026-0001-2" in shown
    assert 'class="n neg"' not in shown
    rows = re.findall(r'name="movement" value="([^"]+)"', shown)
    assert [books.send(f"{page}/row", {"movement": one, "what": what}, page=page).status_code
            for one, what in zip(rows, ("", "cash"), strict=True)] == [422, 303]
    fee = {"movement": rows[0], "what": "fee"}
    answers = [books.send(f"{page}/row", fee, page=page, key="k" * 24).status_code for _ in range(2)]
    assert answers == [303, 303]
    assert (balance(approved, Account.BANK), balance(approved, Account.BANK_FEES), balance(approved, Account.CASH)) == (
        -5250, 250, 5000)
    shown = books.page(page)
    assert "banko mokestis" in shown
    assert "name=\"what\"" not in shown
    listed = books.page("/payments/statement")
    assert "LT12\xa01000\xa00111\xa00100\xa01000" in listed
    assert re.findall(r'<td class="n">(\d+)</td>', listed) == ["3", "2"]
    assert "name=\"what\"" not in approved.client("vadovas").page(page)


def test_a_row_of_a_statement_booked_as_the_wrong_thing_is_taken_back_on_its_page(approved):
    books = approved.client("buhalteris")
    data = statement(entry(-250, text="Bankomatas"))
    page = f"/payments/statement/{made(books.send('/payments/statement', {'file': (io.BytesIO(data), 'x.xml')}))}"
    [row] = re.findall(r'name="movement" value="([^"]+)"', books.page(page))
    books.send(f"{page}/row", {"movement": row, "what": "fee"}, page=page)
    refused = books.send(f"{page}/back", {"movement": row, "reason": " "}, page=page)
    assert (refused.status_code, "Parašykite, kodėl atšaukiama." in refused.get_data(as_text=True)) == (422, True)
    assert 'name="reason"' not in approved.client("vadovas").page(page)
    back = {"movement": row, "reason": "Paimti grynieji."}
    assert [books.send(f"{page}/back", back, page=page, key="b" * 24).status_code for _ in range(2)] == [303, 303]
    assert books.send(f"{page}/back", back, page=page).status_code == 409
    assert balance(approved, Account.BANK_FEES) == 0
    [anew] = re.findall(r'name="movement" value="([^"]+)"', books.page(page))
    assert anew != row
    assert books.send(f"{page}/row", {"movement": anew, "what": "cash"}, page=page).status_code == 303
    assert (balance(approved, Account.BANK), balance(approved, Account.CASH)) == (-250, 250)
    assert "grynieji" in books.page(page)


def test_the_director_finds_what_waits_for_approval(approved):
    number = batch(approved, {"D1": 100}).number
    director = approved.client("vadovas")
    page = director.page("/payments")
    assert re.search(r'<nav class="nav.*?Mokėjimai.*?</nav>', page, re.DOTALL)
    assert f"{number}, 1,00" in page
    assert "/devices" in page


def test_the_file_asks_for_the_password_once_more(approved):
    ref = batch(approved, {"D1": 100}).ref
    approve(approved, ref)
    books = approved.client("buhalteris")
    wrong = books.send(f"/payments/{ref}/file", {"password": "ne tas"}, page=f"/payments/{ref}")
    assert wrong.status_code == 422
    for _ in range(12):
        last = books.send(f"/payments/{ref}/file", {"password": "ne tas"}, page=f"/payments/{ref}")
    assert last.status_code == 429


def test_too_much_is_said_beside_its_sum_and_what_was_typed_stays(approved):
    answer = pay(approved.client("buhalteris"), approved, {"D1": "96,18"})
    text = answer.get_data(as_text=True)  # type: ignore[attr-defined] # a response
    assert answer.status_code == 422  # type: ignore[attr-defined] # likewise
    assert "ne daugiau kaip 96,17" in text
    assert 'value="96,18"' in text


def test_a_double_click_makes_one_batch(approved):
    books = approved.client("buhalteris")
    one, two = (pay(books, approved, {"D1": "10,00"}, key="k" * 24) for _ in range(2))
    assert made(one) == made(two)
    assert standing(approved, "D1").pending == 1000


def test_cash_is_signed_for_on_the_page(approved):
    books = approved.client("buhalteris")
    ref = made(pay(books, approved, {"D4": "150,00", "D9": "150,00"}, "/payments/new?way=cash"))
    approve(approved, ref)
    sheet = papers.text_of(books.get(f"/payments/{ref}/sheet.pdf").data)
    assert "finansuoja Europos Sąjunga" in sheet
    first, second = (one.row.ref for one in paid(approved, ref))
    assert books.send(f"/payments/{ref}/signed", {"day": "2026-11-21"}, page=f"/payments/{ref}").status_code == 422
    assert books.send(f"/payments/{ref}/signed", {"day": "2026-11-21", "who": [first]}, page=f"/payments/{ref}").status_code == 303
    fields = {"signed_on": "2026-11-21", "name": "<b>Ona</b>", "document": "Įgaliojimas 5"}
    assert books.send(f"/payments/{ref}/{second}/proxy", fields, page=f"/payments/{ref}/{second}").status_code == 303
    assert "&lt;b&gt;Ona&lt;/b&gt;" in books.page(f"/payments/{ref}/{second}")
    fields = {"day": "2026-11-21", "reason": ""}
    assert books.send(f"/payments/{ref}/{first}/back", fields, page=f"/payments/{ref}/{first}").status_code == 422
    fields = {"day": "2026-11-21", "reason": "Grąžino"}
    assert books.send(f"/payments/{ref}/{first}/back", fields, page=f"/payments/{ref}/{first}").status_code == 303
    assert (states(approved, ref), balance(approved, Account.CASH)) == (["returned", "settled"], -15000)


def test_a_batch_is_taken_out(approved):
    ref = batch(approved, {"D1": 100}).ref
    books = approved.client("buhalteris")
    assert books.send(f"/payments/{ref}/cancel", {}, page=f"/payments/{ref}").status_code == 303
    assert books.send(f"/payments/{ref}/cancel", {}, page="/payments/statement").status_code == 409


def test_a_changed_account_is_confirmed_from_the_paper(approved):
    social, ref = approved.client("socialine"), approved.ref("D1")
    fields = {"first": "Aistė", "last": "Žukauskaitė", "birth": "1980-02-08", "started": "2024-05-02", "ended": "",
              "iban": "LT12 1000 0111 0100 1000"}
    said = social.send(f"/people/{ref}/edit", fields)
    assert said.status_code == 303
    assert "laukia kito žmogaus" in social.page(f"/people/{ref}")
    assert "1000" not in re.sub(r"<nav.*?</nav>", "", social.page(f"/people/{ref}/paying"), flags=re.DOTALL)
    director = approved.client("vadovas")
    path = re.search(r'action="(/people/[^"]+/account)"', director.page(f"/people/{ref}/paying"))
    assert path
    assert director.send(path[1], {"digits": "1001"}, page=f"/people/{ref}/paying").status_code == 422
    assert director.send(path[1], {"digits": "1000"}, page=f"/people/{ref}/paying").status_code == 303
    assert standing(approved, "D1").payee.iban.endswith("1000")


def test_guessing_the_digits_ends_soon(approved):
    with approved.opened.write() as session:
        payees.ask_account(approved.doing(session, "socialine"), standing(approved, "D1").named.person.ref, OURS)
        session.commit()
    director, ref = approved.client("vadovas"), approved.ref("D1")
    path = re.search(r'action="(/people/[^"]+/account)"', director.page(f"/people/{ref}/paying"))
    assert path
    answers = [director.send(path[1], {"digits": f"2{one:03d}"}, page=f"/people/{ref}/paying").status_code for one in range(12)]
    assert answers[0] == 422
    assert answers[-1] == 429


def test_payee_cash_and_waiting_are_written_down_confirmed_and_ended(approved):
    books, ref = approved.client("buhalteris"), approved.ref("D1")
    page = f"/people/{ref}/paying"
    fields = {"name": "Elena Rytė", "iban": "", "document": "Nutartis 5", "since": "2026-11-21", "until": ""}
    assert books.send(f"{page}/payee", {**fields, "iban": "LT1"}, page=page).status_code == 422
    assert books.send(f"{page}/payee", fields, page=page).status_code == 303
    director = approved.client("vadovas")
    path = re.search(r'action="(/people/[^"]+/payee)"', director.page(page))
    assert path
    assert director.send(path[1], {}, page=page).status_code == 303
    assert standing(approved, "D1").payee.name == "Elena Rytė"
    assert books.send(f"{page}/cash", {"cash_since": "2026-11-21", "cash_until": ""}, page=page).status_code == 303
    assert books.send(f"{page}/wait", {"reason": ""}, page=page).status_code == 422
    assert books.send(f"{page}/wait", {"reason": "Laukiame"}, page=page).status_code == 303
    for path in re.findall(r'action="(/people/[^"]+/end)"', books.page(page)):
        assert books.send(path, {}, page=page).status_code == 303
    assert standing(approved, "D1").hold == ""
    assert standing(approved, "D1").payee.name == "Aistė Žukauskaitė"


@pytest.mark.parametrize(("data", "said"), [
    (b"", "Užpildykite"), (b"labas", "ne XML"), (b"<!DOCTYPE a><a/>", "DOCTYPE"), (b"<a/>", "camt.053")])
def test_a_file_that_is_no_statement_is_refused_with_a_reason(approved, data, said):
    answer = approved.client("buhalteris").send("/payments/statement", {"file": (io.BytesIO(data), "x.xml")})
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_what_is_owed_as_a_file(approved):
    books = approved.client("buhalteris")
    assert "D1;Aistė Žukauskaitė;96,17;0,00;0,00;0,00" in books.get("/payments/owed.csv").get_data(as_text=True)
    assert books.get("/payments/owed.xlsx").data.startswith(b"PK")
    assert books.get("/payments/owed.pdf").status_code == 404
    assert "D1" not in books.get("/payments/owed.csv?day=2026-10-01").get_data(as_text=True)


def test_the_participant_sees_that_the_money_is_paid(approved):
    person = approved.participant("D4")
    assert "Išmokėta" not in person.page("/my")
    ref = batch(approved, {"D4": 15000}, Way.CASH).ref
    approve(approved, ref)
    approved.client("buhalteris").send(f"/payments/{ref}/signed", {"day": "2026-11-21", "who": [paid(approved, ref)[0].row.ref]},
                                       page=f"/payments/{ref}")
    assert "Išmokėta" in person.page("/my")


def test_the_number_of_queries_does_not_depend_on_the_rows(approved):
    books = approved.client("buhalteris")
    sent(approved, {"D1": 100})
    few = queries(approved, books, "/payments")
    sent(approved, {f"D{number}": 100 for number in (1, 2, 3, 5, 6, 7)})
    ref = batch(approved, {f"D{number}": 100 for number in (1, 2, 3, 5, 6, 7)}).ref
    one = batch(approved, {"D8": 100}).ref
    assert queries(approved, books, "/payments") == few
    assert queries(approved, books, f"/payments/{ref}") == queries(approved, books, f"/payments/{one}")
    moves = [entry(-100, f"MB-2026-0002-{place}") for place in range(1, 5)] + [entry(-place) for place in range(1, 9)]
    found = set()
    for some in (moves[:2] + moves[-1:], moves):
        statement_ref = act(approved, "buhalteris", bank.read_statement, statement(*some)).ref
        approved.opened.vault._keys.clear()  # as after a start of the program
        found.add(queries(approved, books, f"/payments/statement/{statement_ref}"))
    assert len(found) == 1
    assert MOST_ROWS == 60


def test_nobody_reads_anothers_statement_account_or_reason(approved):
    act(approved, "buhalteris", payees.let_wait, approved.ref("D1"), "Slapta priežastis")
    ref = approved.ref("D1")
    assert approved.client("meistras").get(f"/people/{ref}/paying").status_code == 404
    assert "Slapta" in approved.client("socialine").page(f"/people/{ref}/paying")
    assert str(TODAY) == "2026-11-21"


def test_the_list_says_how_much_of_a_paid_batch_came_back(approved):
    made = sent(approved, {"D1": 500, "D3": 700})
    act(approved, "buhalteris", payments.give_back, made.ref, paid(approved, made.ref)[1].row.ref, TODAY, "AC04")
    assert "iš jų neišmokėta: 7,00" in approved.client("buhalteris").page("/payments").replace("\xa0", " ")
