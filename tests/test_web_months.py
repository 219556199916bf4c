"""The pages of closing a month, and the closing sheet as a paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from acts import OWN, act
from counted import selects
from house import OCTOBER, House
from papers import text_of

from ledger.actions import months
from ledger.core.journal import Account
from ledger.records import journal
from ledger.records import months as rows

PAGE = "/month/2026-10/closing"


def plain(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ").split())


@pytest.fixture
def closing(approved: House) -> House:
    """October approved, its closing begun."""
    act(approved, "buhalteris", months.start_closing, OCTOBER)
    return approved


def closed(house: House, **typed: str) -> Any:
    return house.client("buhalteris").send(PAGE, {"cash": "0", "bank": "0", **typed}, page=PAGE)


def test_the_accountant_closes_the_month_step_by_step(approved: House) -> None:
    client = approved.client("buhalteris")
    assert "Uždaryti mėnesį" in client.page("/month/2026-10")
    assert "Pradėti uždarymą" in client.page(PAGE)
    assert client.send(PAGE + "/start", {}, page=PAGE).status_code == 303
    words = plain(client.page(PAGE))
    assert "Kasa ir bankas 2026-10-31" in words
    assert "12 žmonių neišmokėta" in words
    assert client.send(PAGE, {"cash": "0", "bank": "0,00"}, page=PAGE).status_code == 303
    words = plain(client.page(PAGE))
    assert "Uždarymo lapas Nr. UZ-2026-0001" in words
    assert "Grandinių galai" in words


def test_a_difference_is_asked_about_and_what_was_typed_stays(closing: House) -> None:
    answer = closed(closing, cash="12,50")
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "Suma skiriasi nuo apskaitos: parašykite, kodėl." in text
    assert 'value="12,50"' in text
    assert closed(closing, cash="12,50", why="Rasta <b>seife</b>", post="y").status_code == 303
    with closing.opened.read() as session:
        assert journal.balance(session, OWN, Account.CASH) == 1250
    assert "Rasta &lt;b&gt;seife&lt;/b&gt;" in closing.client("vadovas").page(PAGE)


@pytest.mark.parametrize("typed", [{"cash": ""}, {"cash": "daug"}, {"bank": "1,234"}])
def test_sums_that_are_no_sums_are_refused(closing: House, typed: dict[str, str]) -> None:
    assert closed(closing, **typed).status_code == 422


def test_the_sheet_is_printed_once_with_the_heads_of_the_chains(closing: House) -> None:
    closed(closing, cash="1", why="Sąlygiškai rasta: ąčęėįšųūž")
    client = closing.client("buhalteris")
    assert client.send(PAGE + "/paper", {}, page=PAGE).status_code == 303
    address = re.search(r"/closing/\w+\.pdf", client.page(PAGE))
    assert address is not None
    answer = client.get(address[0])
    assert answer.headers["Content-Disposition"] == 'attachment; filename="UZ-2026-0001-uzdarymas.pdf"'
    said = " ".join(text_of(answer.data).split())
    with closing.opened.read() as session:
        sheet = rows.closings(session, OWN)[0]
    for head in (sheet.journal_hash, sheet.seal_hash):
        assert " ".join(head[start:start + 4] for start in range(0, 64, 4)) in said
    assert f"Grandis Nr. {sheet.journal_sequence}" in said
    assert "Sąlygiškai rasta: ąčęėįšųūž" in said
    assert "12 žmonių neišmokėta" in said
    assert "Parengti uždarymo lapą" not in client.page(PAGE)
    assert closing.client("vadovas").get(address[0]).data == answer.data


def test_two_people_open_it_again(closing: House) -> None:
    closed(closing)
    accountant, director = closing.client("buhalteris"), closing.client("vadovas")
    assert accountant.send(PAGE + "/ask", {"why": ""}, page=PAGE + "/ask").status_code == 422
    assert accountant.send(PAGE + "/ask", {"why": "Vėlavo išrašas"}, page=PAGE + "/ask").status_code == 303
    assert "Vėl atverti mėnesį" not in accountant.page(PAGE)
    words = plain(director.page(PAGE))
    assert "prašo vėl atverti mėnesį: Vėlavo išrašas" in words
    assert "Vėl atverti mėnesį" in words
    assert director.send(PAGE + "/reopen", {}, page=PAGE).status_code == 303
    words = plain(accountant.page(PAGE))
    assert "Pradėti uždarymą" in words
    assert "Ankstesni lapai: UZ-2026-0001." in words


def test_a_sheet_of_a_month_that_was_opened_again_says_what_it_replaces_and_the_one_before_stays_a_paper(closing: House) -> None:
    closed(closing)
    act(closing, "buhalteris", months.ask_reopen, OCTOBER, "Vėlavo <b>išrašas</b>")
    act(closing, "vadovas", months.reopen, OCTOBER)
    client = closing.client("buhalteris")
    assert "Parengti ankstesnius lapus" in client.page(PAGE)
    assert client.send(PAGE + "/paper", {}, page=PAGE).status_code == 303
    act(closing, "buhalteris", months.start_closing, OCTOBER)
    closed(closing)
    assert client.send(PAGE + "/paper", {}, page=PAGE).status_code == 303
    page = client.page(PAGE)
    newest, before = re.findall(r"/closing/\w+\.pdf", page)
    first, second = (" ".join(text_of(client.get(one).data).split()) for one in (before, newest))
    assert "Keičia" not in first
    assert "UZ-2026-0001" in first
    assert "Keičia uždarymo lapą Nr. UZ-2026-0001." in second
    assert "Rasa Petrauskienė 2026-11-21 paprašė vėl atverti mėnesį: Vėlavo <b>išrašas</b>" in second
    assert "Atvėrė Lina Vaitkutė, 2026-11-21." in second
    assert "Parengti ankstesnius lapus" not in page



def test_a_director_leaves_it_closed_with_a_reason(closing: House) -> None:
    closed(closing)
    act(closing, "buhalteris", months.ask_reopen, OCTOBER, "Klaida")
    director = closing.client("vadovas")
    assert director.send(PAGE + "/keep", {"why": "Klaidos nėra"}, page=PAGE + "/keep").status_code == 303
    assert "Klaidos nėra" in closing.client("buhalteris").page(PAGE)


def test_somebody_faster_is_told_as_such(closing: House) -> None:
    client = closing.client("buhalteris")
    page = client.page(PAGE)
    closed(closing)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    answer = client.post(PAGE, data={"csrf_token": token[1], "key": "k" * 20, "cash": "0", "bank": "0"})
    assert answer.status_code == 409
    assert "Kažkas suspėjo anksčiau" in answer.get_data(as_text=True)


def test_an_open_month_says_when_it_can_be_closed(approved: House) -> None:
    words = plain(approved.client("buhalteris").page("/month/2026-11/closing"))
    assert "Jį galima uždaryti nuo 2026-12-01." in words
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        words = plain(approved.client("buhalteris").page("/month/2026-11/closing"))
    assert "1 ankstesnis mėnuo neuždarytas" in words
    for month in ("2026-09", "2027-01", "x"):
        assert approved.client("buhalteris").get(f"/month/{month}/closing").status_code == 404


def test_the_page_asks_the_same_number_of_questions_whatever_the_rows(closing: House) -> None:
    client = closing.client("buhalteris")
    client.page(PAGE)
    with selects(closing) as before:
        client.page(PAGE)
    closed(closing)
    for _ in range(3):
        act(closing, "buhalteris", months.ask_reopen, OCTOBER, "Klaida")
        act(closing, "vadovas", months.refuse_reopen, OCTOBER, "Klaidos nėra")
    with selects(closing) as after:
        client.page(PAGE)
    assert len(after) <= len(before) + 4
