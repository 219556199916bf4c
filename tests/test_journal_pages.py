"""The journal's pages: entries, one entry, trial balance, accounts, participants, codes, opening balances, files."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from acts import NOVEMBER, OWN, act
from corrected import absent, corrected
from counted import selects
from house import OCTOBER, House
from paying import one_of_everything, taken_back

from ledger.actions import corrections
from ledger.actions import journal as booking
from ledger.core.journal import Account, Entry, Leg
from ledger.records import journal, postings
from ledger.records.journal import Chosen
from ledger.records.watch import View

PAGES = ("/journal", "/journal/balances", "/journal/accounts/payable")


def plain(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ").split())


def cash(house: House, count: int, first: int = 0) -> None:
    """So many receipts of one, two, three ... cents, on the days of November."""
    act(house, "buhalteris", booking.post, *(
        Entry("receipt", date(2026, 11, 1 + place % 20), NOVEMBER, "receipt", f"r{first + place}", (
            Leg(Account.CASH, place + 1), Leg(Account.RECEIVABLES, -place - 1, detail="mugė"))) for place in range(count)))


def test_the_journal_shows_what_an_approved_month_booked(approved: House) -> None:
    client = approved.client("buhalteris")
    words = plain(client.page("/journal"))
    assert "Mėnesio stipendijos SK-2026-0001" in words
    assert "Mokėtinos stipendijos , D1" in words
    assert 'href="/month/2026-10"' in client.page("/journal")
    assert "/journal?month=2026-10" in client.page("/month/2026-10")
    assert approved.client("vadovas").page("/journal")


@pytest.mark.parametrize("login", ["meistras", "socialine"])
def test_others_find_no_journal(approved: House, login: str) -> None:
    client = approved.client(login)
    for path in (*PAGES, "/journal/codes", "/journal/opening", "/journal/file", f"/journal/people/{approved.ref('D1')}"):
        assert client.get(path).status_code == 404, path


def test_a_director_reads_but_sets_nothing(approved: House) -> None:
    client = approved.client("vadovas")
    for path in ("/journal/codes", "/journal/opening"):
        assert client.get(path).status_code == 404
    assert "/journal/codes" not in client.page("/journal")


@pytest.mark.parametrize(("asked", "there"), [
    ("month=2026-10", True), ("month=2026-11", False), ("account=payable", True), ("account=cash", False), ("kind=run", True),
    ("kind=opening", False)])
def test_entries_are_chosen_by_month_account_and_kind(approved: House, asked: str, there: bool) -> None:
    words = plain(approved.client("buhalteris").page(f"/journal?{asked}"))
    assert ("Mėnesio stipendijos SK-2026-0001" in words) == there
    assert ("Tokių įrašų nėra" in words) != there


def test_entries_are_chosen_by_participant(approved: House) -> None:
    client = approved.client("buhalteris")
    assert "Mėnesio stipendijos SK-2026-0001" in plain(client.page(f"/journal?person={approved.ref('D1')}"))
    for path in ("?person=nobody", "?account=x", "?month=2026-13", "/entries/x", "/people/x", "/accounts/x", "/balances?day=x"):
        assert client.get(f"/journal{path}").status_code == 404, path


def test_an_entry_shows_its_hash_and_the_one_before(approved: House) -> None:
    with approved.opened.read() as session:
        rows = journal.entries(session, OWN, Chosen(kind="run"))
    words = plain(approved.client("buhalteris").page(f"/journal/entries/{rows[0].ref}"))
    for text in (rows[0].hash, rows[0].previous):
        assert " ".join(text[start:start + 4] for start in range(0, 64, 4)) in words


def test_an_entry_says_why_it_was_booked_or_by_which_statement_of_the_bank(approved: House) -> None:
    fact = absent(approved)
    corrected(approved, fact, debts=(fact.person,))
    act(approved, "buhalteris", corrections.write_off, fact.person, OCTOBER, "Sunki <b>padėtis</b> namuose.")
    one_of_everything(approved)
    client = approved.client("buhalteris")
    with approved.opened.read() as session:
        found = {row.kind: row.ref for row in journal.entries(session, OWN, Chosen())}
    assert "Priežastis Sunki <b>padėtis</b> namuose." in plain(client.page(f"/journal/entries/{found['debt_written_off']}"))
    page = client.page(f"/journal/entries/{found['receipt']}")
    assert re.search(r'Banko išrašas</dt><dd><a href="/payments/statement/\w+">Išrašas perskaitytas 2026', page)
    assert "Priežastis" not in plain(page)
    taken_back(approved)
    with approved.opened.read() as session:
        [back] = [row.ref for row in journal.entries(session, OWN, Chosen(kind="bank_back"))]
    page = plain(client.page(f"/journal/entries/{back}"))
    assert "Priežastis Ne <b>mokestis</b>." in page
    assert "Išrašas perskaitytas 2026" in page


def test_the_trial_balance_is_of_the_day_asked_for(approved: House) -> None:
    cash(approved, 3)
    client = approved.client("buhalteris")
    assert "Kasa" in plain(client.page("/journal/balances"))
    words = plain(client.page("/journal/balances?day=2026-10-31"))
    assert "Likučių žiniaraštis 2026-10-31" in words
    assert "Kasa" not in words
    assert "Iki šios dienos įrašų nėra" in plain(client.page("/journal/balances?day=2026-09-30"))


def test_an_account_adds_up_line_by_line_over_its_pages(approved: House) -> None:
    cash(approved, 120)
    client = approved.client("buhalteris")
    words = plain(client.page("/journal/accounts/cash?page=3"))
    assert "120 eilučių" in words
    assert "72,60" in words  # 1 + 2 + ... + 120 cents
    with approved.opened.read() as session:
        rows = postings.rows_of_account(session, OWN, Account.CASH, limit=100)
        assert postings.sum_before(session, OWN, Account.CASH, 100) == sum(row.cents for row in rows)
    assert "Iš ankstesnio puslapio" in words
    assert "Šioje sąskaitoje dar nėra įrašų" in plain(client.page("/journal/accounts/commission"))


def test_a_participants_account_says_what_is_owed(approved: House) -> None:
    words = plain(approved.client("buhalteris").page(f"/journal/people/{approved.ref('D1')}"))
    with approved.opened.read() as session:
        whose = next(leg.person for leg in journal.legs_of(session, OWN, range(1, 200))[
            journal.entries(session, OWN, Chosen(kind="run"))[0].sequence] if leg.person)
        owed = journal.owed(session, OWN, whose)
    assert f"{owed // 100},{owed % 100:02d}" in plain(approved.client("buhalteris").page("/journal/balances"))
    assert "Žmogui mokėtina" in words


def test_codes_are_set_on_their_page(approved: House) -> None:
    client = approved.client("buhalteris")
    assert client.send("/journal/codes", {"cash": "272", "bank": ""}, page="/journal/codes").status_code == 303
    assert 'value="272"' in client.page("/journal/codes")
    answer = client.send("/journal/codes", {"cash": "=1+1"}, page="/journal/codes")
    assert answer.status_code == 422
    assert "Kodą sudaro raidės" in answer.get_data(as_text=True)


def test_the_books_begin_once(approved: House) -> None:
    client = approved.client("buhalteris")
    fields = {"cash": "120,50", "bank": "3000", "reserve": ""}
    assert client.send("/journal/opening", fields, page="/journal/opening").status_code == 303
    assert "Likučiai įrašyti." in client.page("/journal/opening")
    assert client.send("/journal/opening", fields, page="/journal").status_code == 409


@pytest.mark.parametrize(("kind", "name", "media"), [
    ("csv", "zurnalas-2026-10.csv", "text/csv"), ("beancount", "zurnalas-2026-10.beancount", "text/plain"),
    ("hledger", "zurnalas-2026-10.journal", "text/plain"),
    ("xlsx", "zurnalas-2026-10.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")])
def test_files_are_downloaded(approved: House, kind: str, name: str, media: str) -> None:
    answer = approved.client("vadovas").get(f"/journal/file?first=2026-10&last=2026-10&format={kind}")
    assert (answer.status_code, answer.mimetype) == (200, media)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_months_in_the_wrong_order_are_told(approved: House) -> None:
    client = approved.client("buhalteris")
    assert client.get("/journal/file?first=2026-11&last=2026-10").status_code == 422
    assert client.get("/journal/file?format=pdf").status_code == 404


def test_empty_books_say_so(house: House) -> None:
    client = house.client("buhalteris")
    assert "Įrašų dar nėra" in plain(client.page("/journal"))
    assert "Šio žmogaus įrašų dar nėra" in plain(client.page(f"/journal/people/{house.ref('D1')}"))


@pytest.mark.parametrize("path", PAGES)
def test_the_number_of_questions_does_not_grow_with_the_journal(approved: House, path: str) -> None:
    client = approved.client("buhalteris")
    client.page(path)
    with selects(approved) as few:
        client.page(path)
    cash(approved, 300)
    with selects(approved) as many:
        client.page(path)
    assert len(many) <= len(few)  # a page with one kind of entry asks for fewer documents


def test_who_was_looked_at_is_noted(approved: House) -> None:
    client = approved.client("buhalteris")
    client.page(f"/journal/people/{approved.ref('D2')}")
    with approved.opened.watch() as watching:
        assert any(view.page == "journal.person" for view in watching.query(View))


def test_files_are_offered_of_the_newest_month_with_entries(approved: House) -> None:
    page = approved.client("buhalteris").page("/journal")
    offered = re.search(r'<select class="select" id="first".*?</select>', page, re.DOTALL)
    assert offered
    assert re.findall(r'<option value="([^"]+)" selected', offered[0]) == ["2026-10"]
