"""Late rows and corrections on the screen, from the wrong day to the paper; as each of those who do it."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path

import corrected
import pytest
from acts import act, lot
from counted import queries
from easy import easy_faults
from house import DATA, OCTOBER, Client, House

from ledger import i18n
from ledger.actions import correction_papers, corrections, entries, stipends
from ledger.core.corrections import Split
from ledger.core.entries import Decided, Worked
from ledger.core.late import SchemeFact
from ledger.explained.corrections import WRONG, easy_told
from ledger.web import corrections as web

TRAINING = """
[[part]]
key = "training"
kind = "per_hour"
payer = "budget"
label = "Už mokymus"
amount = "0.50"
hours = "mokymai"

[[part]]
key = "bonus"
kind = "adjustment"
payer = "budget"
label = "Premija"

"""


def offered(house: House, client: Client, number: str = "D1", **other: str) -> str:
    """D1 was not there on 6 October; gives the address of the late row."""
    fields = {"person": house.ref(number), "day": "2026-10-06", "mark": "N", "hours": "", "reason": "Rasta žurnale.", **other}
    answer = client.send("/corrections/2026-10/late/day", fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"])


def drafted(house: House) -> Client:
    """A draft of October's correction, made by the accountant."""
    accountant = house.client("buhalteris")
    address = offered(house, accountant)
    accountant.send(f"{address}/accept", {}, page=address)
    accountant.send("/corrections/2026-10/make", {}, page="/corrections/2026-10")
    return accountant


def approval(house: House, **other: object) -> tuple[Client, str]:
    """The director approves; gives the address of the correction."""
    director = house.client("vadovas")
    page = director.page("/corrections/2026-10")
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
    assert seen
    answer = director.send("/corrections/2026-10/approve", {
        "seen": seen[1], "order_number": "V-91", "order_date": "2026-11-20", **other}, page="/corrections/2026-10")
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return director, str(answer.headers["Location"])


def test_the_instructor_says_what_was_wrong_and_sees_that_it_waits(approved: House) -> None:
    client = approved.client("meistras")
    page = client.page(offered(approved, client))
    assert "laukia buhalterio" in page
    assert "Rasta žurnale." in page
    assert "Priimti" not in page
    assert "D1" in client.page("/corrections")


def test_from_the_wrong_day_to_the_sealed_correction_old_and_new_side_by_side(approved: House) -> None:
    drafted(approved)
    director, address = approval(approved)
    page = director.page(address)
    for text in ("PT-2026-0001", "96,17", "94,97", "−1,20", "Rezervas prisiima"):
        assert text in page, text
    assert "PT-2026-0001" in director.page("/corrections")


def test_the_director_makes_a_minus_a_debt_of_whose_record_was_wrong(approved: House) -> None:
    accountant = drafted(approved)
    approval(approved, debts=approved.ref("D1"))
    page = accountant.page("/corrections/debts")
    assert "1,20" in page
    debt = f"/corrections/debts/{approved.ref('D1')}/2026-10"
    assert accountant.send(debt, {"reason": ""}).status_code == 422
    accountant.send(debt, {"reason": "Išvyko gyventi kitur."})
    assert "Niekas nieko neskolingas" in accountant.page("/corrections/debts")


def test_a_stale_draft_is_not_approved(approved: House) -> None:
    accountant = drafted(approved)
    director = approved.client("vadovas")
    director.page("/corrections/2026-10")
    address = offered(approved, accountant, day="2026-10-09")
    accountant.send(f"{address}/accept", {}, page=address)
    answer = director.send("/corrections/2026-10/approve", {
        "seen": "0" * 64, "order_number": "V-91", "order_date": "2026-11-20"}, page="/corrections/2026-10")
    assert answer.status_code == 409


def test_a_row_is_not_taken_with_its_reason(approved: House) -> None:
    accountant = approved.client("buhalteris")
    address = offered(approved, accountant)
    assert accountant.send(f"{address}/refuse", {"why": ""}, page=address).status_code == 422
    accountant.send(f"{address}/refuse", {"why": "Žurnale yra parašas."}, page=address)
    assert "Žurnale yra parašas." in accountant.page(address)


def test_the_makers_of_a_lot_and_the_price_of_a_line_are_corrected_from_their_pages(approved: House) -> None:
    client = approved.client("meistras")
    lots = client.page("/lots?month=2026-10")
    ref = re.findall(r"/lots/([a-z0-9]{26})", lots)[0]
    page = client.page(f"/lots/{ref}")
    offer = re.search(r'href="(/corrections/2026-10/late/shares\?lot=[a-z0-9]{26})', page)
    assert offer
    form = client.page(offer[1])
    [first, *_rest] = re.findall(r'name="(share_[a-z0-9]{26})"', form)
    answer = client.send("/corrections/2026-10/late/shares", {
        "lot": ref, first: "7", "other_1": "", "other_share_1": "", "reason": "Kita dalis."}, page=offer[1])
    assert answer.status_code in (303, 422)
    sales = client.page("/sales?month=2026-10")
    line = re.findall(r"/sales/([a-z0-9]{26})", sales)[-1]
    found = client.page(f"/sales/{line}")
    assert f"/corrections/2026-10/late/price?line={line}" in found
    answer = client.send("/corrections/2026-10/late/price", {
        "line": line, "price": "99,00", "discount": "0", "reason": "Kita kaina."},
        page=f"/corrections/2026-10/late/price?line={line}")
    assert answer.status_code == 303


def test_an_empty_page_says_that_nothing_waits(approved: House) -> None:
    assert "Niekas nelaukia" in approved.client("buhalteris").page("/corrections")


def test_what_cannot_be_offered_is_not_there(approved: House) -> None:
    client = approved.client("meistras")
    client.page("/corrections/2026-10/late/scheme", 404)
    client.page("/corrections/2026-11/late", 404)
    client.page("/corrections/2026-10", 404)
    client.page("/corrections/2026-10/late/lot", 404)


def test_the_approval_asks_for_the_papers_and_both_see_how_far_they_are(approved: House) -> None:
    accountant = drafted(approved)
    director, address = approval(approved)
    assert "Parengta: 0 iš 1." in director.page(address)
    assert "Parengti dokumentus" not in director.page(address)
    batches = accountant.page("/batches")
    assert "Pataisymo dokumentai: 2026 m. spalis" in batches.replace("\xa0", " ")
    [batch] = set(re.findall(r"/batches/[a-z0-9]{26}", batches))
    assert address in accountant.page(batch), "the batch leads to its correction"
    approved.work()
    assert "viskas parengta" in accountant.page(batch)
    assert "Parengta:" not in director.page(address)


def test_a_paper_of_a_correction_that_failed_is_named_and_tried_again(approved: House, monkeypatch: pytest.MonkeyPatch) -> None:
    accountant = drafted(approved)
    director, address = approval(approved)
    with monkeypatch.context() as patch:
        patch.setattr(correction_papers, "_leaf", lambda _work, _one: Path("/somewhere/paper.css").read_bytes())
        approved.work()
    page = director.page(address)
    assert "Kai kurių dokumentų parengti nepavyko." in page
    assert "Kas nepavyko ir kodėl" not in page, "the director does not open batches"
    [batch] = set(re.findall(r"/batches/[a-z0-9]{26}", accountant.page(address)))
    for words in ("D1", "Lapelis ir skaičiavimas", "FileNotFoundError paper.css"):
        assert words in accountant.page(batch)
    answer = director.send(f"{address}/papers", {}, page=address)
    assert (answer.status_code, answer.location) == (303, address)
    approved.work()
    assert "viskas parengta" in accountant.page(batch)


def test_papers_of_a_correction_are_made_once_and_read_by_whom_they_are_for(approved: House) -> None:
    drafted(approved)
    director, address = approval(approved)
    approved.work()
    page = director.page(address)
    [paper] = set(re.findall(r"/papers/([a-z0-9]{26})\.pdf|/papers/([a-z0-9]{26})", page))
    ref = next(one for one in paper if one)
    assert director.get(f"/papers/{ref}.pdf").data.startswith(b"%PDF")
    assert "Parengti dokumentus" not in page


def test_the_participant_reads_of_the_mistake_in_easy_words(approved: House) -> None:
    drafted(approved)
    approval(approved)
    client = approved.participant("D1")
    assert "/my/2026-10/correction" in client.page("/my/2026-10")
    page = client.page("/my/2026-10/correction")
    for text in ("Spalio mėnesį suklydome.", "Šie pinigai lieka Tau."):
        assert text in page, text


def test_a_participant_whose_debt_was_written_off_is_told_that_the_money_stays(approved: House) -> None:
    accountant = drafted(approved)
    approval(approved, debts=approved.ref("D1"))
    client = approved.participant("D1")
    page = client.page("/my/2026-10/correction").replace(i18n.NBSP, " ")
    assert "Vėliau gausi truputį mažiau." in page
    assert "turi: 94 eurai 97 centai." in page
    accountant.send(f"/corrections/debts/{approved.ref('D1')}/2026-10", {"reason": "Sunki padėtis."})
    page = client.page("/my/2026-10/correction").replace(i18n.NBSP, " ")
    assert "Šių pinigų jau neimsime: 1 euras 20 centų." in page
    assert "turi: 96 eurai 17 centų." in page
    assert "mažiau" not in page


def test_the_month_of_a_participant_says_what_they_get_besides(approved: House) -> None:
    accountant = approved.client("buhalteris")
    address = offered(approved, accountant, day="2026-10-07", mark="D", hours="6")
    accountant.send(f"{address}/accept", {}, page=address)
    accountant.send("/corrections/2026-10/make", {}, page="/corrections/2026-10")
    approval(approved)
    page = approved.participant("D1").page("/my/2026-10").replace(i18n.NBSP, " ")
    assert "Tau priklauso dar 1 euras 20 centų." in page


def test_a_question_that_is_left_empty_loses_its_mark(approved: House) -> None:
    client = approved.client("meistras")
    answer = client.send("/corrections/2026-10/late/day", {"person": "", "day": "", "mark": "D", "hours": "", "reason": ""})
    assert "Užpildykite: kas buvo klaidinga ir kaip tai paaiškėjo." in answer.text
    summary = answer.text.partition("</ul>")[2].partition('id="summary"')[2].partition("</div>")[0]
    assert summary.index("paslaugų gavėjas") < summary.index("paaiškėjo"), "mistakes in the order of the fields"


def test_what_a_person_reads_of_any_correction_is_easy_language() -> None:
    for split in (Split(320, 0, 0), Split(0, 120, 0), Split(0, 0, 120), Split(0, 0, -20), Split(120, 0, -120),
                  Split(0, 0, -120, 120), Split(50, 0, -70, 70)):
        for kinds in ([], ["day", "shares", "price"], list(WRONG)):
            with i18n.use("lt"):
                lines = easy_told(OCTOBER, split, kinds, 9737)
            text = " ".join(sentence for line in lines for sentence in line.sentences)
            assert easy_faults(text) == []
            assert text.startswith("Spalio mėnesį suklydome.")
            assert len(text.replace(i18n.NBSP, " ").split()) <= 45
    with i18n.use("lt"):
        said = [sentence for line in easy_told(OCTOBER, Split(320, 0, 0), ["day"], 9937) for sentence in line.sentences]
    assert said[1:3] == ["Blogai suskaičiavome Tavo dienas.", f"Tau priklauso dar 3{i18n.NBSP}eurai 20{i18n.NBSP}centų."]


def test_a_debt_made_in_error_is_given_up_in_both_voices(approved: House) -> None:
    accountant = drafted(approved)
    approval(approved, debts=approved.ref("D1"))
    address = offered(approved, accountant, mark="D", hours="6")
    accountant.send(f"{address}/accept", {}, page=address)
    accountant.send("/corrections/2026-10/make", {}, page="/corrections/2026-10")
    told = f"Įskaityta į skolą, kurios žmogus nebeturi grąžinti: 1,20{i18n.NBSP}€."
    assert told in accountant.page("/corrections/2026-10")
    director, sealed = approval(approved)
    assert told in director.page(sealed)
    page = approved.participant("D1").page("/my/2026-10/correction")
    assert f"Šių pinigų jau neimsime: 1{i18n.NBSP}euras 20{i18n.NBSP}centų." in page
    assert f"Dabar už šį mėnesį turi: 96{i18n.NBSP}eurai 17{i18n.NBSP}centų." in page
    assert "Tau priklauso dar" not in page
    approved.work()
    assert "viskas parengta" in accountant.page("/batches")
    assert "Niekas nieko neskolingas" in accountant.page("/corrections/debts")


@pytest.mark.parametrize("login", ["buhalteris", "vadovas"])
def test_the_pages_ask_the_books_as_often_for_one_person_as_for_many(approved: House, login: str) -> None:
    drafted(approved)
    client = approved.client(login)
    one = [queries(approved, client, path) for path in ("/corrections", "/corrections/2026-10")]
    accountant = approved.client("buhalteris")
    for number in ("D2", "D3", "D4", "D6"):
        address = offered(approved, accountant, number)
        accountant.send(f"{address}/accept", {}, page=address)
    accountant.send("/corrections/2026-10/make", {}, page="/corrections/2026-10")
    assert [queries(approved, client, path) for path in ("/corrections", "/corrections/2026-10")] == one


def test_the_page_of_a_lot_that_was_found_late_says_where_it_counts(approved: House) -> None:
    found = lot(approved, "ZV-01", date(2026, 10, 15), 2, "D1")
    page = approved.client("meistras").page(f"/lots/{found.ref}")
    assert "Rasta vėliau" in page
    assert "/late/shares" not in page


def test_a_day_of_an_approved_month_leads_to_what_was_wrong(approved: House) -> None:
    assert "/corrections/2026-10/late/day?day=2026-10-06" in approved.client("meistras").page("/day/2026-10-06")
    assert "/late/" not in approved.client("meistras").page("/day/2026-11-06")


# ---------- entries of work and decisions ----------


@pytest.fixture
def worked(house: House) -> House:
    """October with an entry of training, a decision and rules that read both; approved."""
    old = (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8").replace('number = "1"', 'number = "2"')
    before, limit, after = old.replace("2024-05-01", "2026-10-01").partition("[[limit]]")
    act(house, "vadovas", stipends.approve_scheme, before + TRAINING + limit + after)
    act(house, "meistras", entries.log_work, house.ref("D1"), Worked(date(2026, 10, 12), "mokymai", minutes=120))
    act(house, "vadovas", entries.decide, house.ref("D2"), Decided(date(2026, 10, 20), "bonus", 500, "Už mugę", "V-85"))
    house.submit()
    house.approve()
    return house


def linked(client: Client, kind: str) -> str:
    """The address that leads from a row of October's data to its form."""
    found = re.search(rf'href="(/corrections/2026-10/late/{kind}\?entry=[^"]+)"', client.page("/month/2026-10/entries"))
    assert found
    return unescape(found[1])


def filled(page: str) -> dict[str, str]:
    """What stands in the fields of a form."""
    found = dict(re.findall(r'<input(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")[^>]*>', page))
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option selected value="([^"]*)"', inside)
        found[name] = chosen[1] if chosen else ""
    return {name: unescape(value) for name, value in found.items() if name not in ("csrf_token", "key", "gone")}


def test_an_entry_that_was_wrong_is_corrected_from_its_row_and_again_from_the_late_row(worked: House) -> None:
    client, accountant = worked.client("meistras"), worked.client("buhalteris")
    address = linked(client, "work")
    fields = filled(client.page(address))
    assert (fields["person"], fields["day"], fields["kind"], fields["hours"]) == (worked.ref("D1"), "2026-10-12", "mokymai", "2")
    answer = client.send("/corrections/2026-10/late/work", {**fields, "hours": "4", "reason": "Lape 4 val."}, page=address)
    late = str(answer.headers["Location"])
    accountant.send(f"{late}/accept", {}, page=late)
    page = accountant.page(late).replace(i18n.NBSP, " ")
    assert "mokymai, 2 val." in page
    assert "mokymai, 4 val." in page
    assert filled(accountant.page(address))["hours"] == "4", "the form says what is known now"
    accountant.send("/corrections/2026-10/make", {}, page="/corrections/2026-10")
    correction = worked.client("vadovas")
    assert "1,00" in correction.page("/corrections/2026-10")
    approval(worked)
    again = re.search(r'href="(/corrections/2026-10/late/work\?[^"]+)"', accountant.page(late))
    assert again
    assert filled(accountant.page(unescape(again[1])))["hours"] == "4"


def test_an_entry_that_was_never_written_down_and_one_that_never_was(worked: House) -> None:
    client = worked.client("meistras")
    form = client.page("/corrections/2026-10/late/work")
    assert "Tokio darbo nebuvo" not in form
    answer = client.send("/corrections/2026-10/late/work", {
        "entry": "", "person": worked.ref("D2"), "day": "2026-10-13", "kind": "mokymai", "task": "", "hours": "2", "made": "",
        "good": "", "points": "", "reason": "Liko lape."})
    assert "mokymai, 2 val." in client.page(str(answer.headers["Location"])).replace(i18n.NBSP, " ")
    address = linked(client, "work")
    answer = client.send("/corrections/2026-10/late/work", {
        **filled(client.page(address)), "gone": "y", "reason": "Mokymų nebuvo."}, page=address)
    assert "neįrašyta" in client.page(str(answer.headers["Location"]))


def test_a_decision_that_was_missing_or_wrong_is_the_accountants(worked: House) -> None:
    worked.client("meistras").page("/corrections/2026-10/late/decision", 404)
    client = worked.client("buhalteris")
    given = {"entry": "", "person": worked.ref("D3"), "day": "2026-10-21", "part": "bonus", "sum": "5,00", "document": "V-86",
             "for_what": "Už tvarką", "reason": "Įsakymas rastas vėliau."}
    for wrong in ({"part": "kita"}, {"for_what": " "}, {"document": " "}, {"day": "2026-09-21"}, {"reason": ""}):
        assert client.send("/corrections/2026-10/late/decision", {**given, **wrong}).status_code == 422, wrong
    page = client.page(str(client.send("/corrections/2026-10/late/decision", given).headers["Location"])).replace(i18n.NBSP, " ")
    for words in ("Premija: 5,00 €", "Už tvarką", "dokumentas V-86"):
        assert words in page
    address = linked(client, "decision")
    assert filled(client.page(address))["sum"] == "5,00"
    answer = client.send("/corrections/2026-10/late/decision", {**filled(client.page(address)), "sum": "-1,00",
                                                                "reason": "Ženklas."}, page=address)
    page = client.page(str(answer.headers["Location"])).replace(i18n.NBSP, " ")
    assert "Premija: −1,00 €" in page


def test_an_entry_of_others_or_of_a_day_of_absence_is_no_late_entry(worked: House) -> None:
    client = worked.client("meistras")
    client.page("/corrections/2026-10/late/work?entry=" + "b" * 26, 404)
    given = {"entry": "", "person": worked.ref("D1"), "day": "2026-10-07", "kind": "mokymai", "task": "", "hours": "2", "made": "",
             "good": "", "points": "", "reason": "Liko lape."}
    answer = client.send("/corrections/2026-10/late/work", given)
    assert (answer.status_code, "pažymėta" in answer.text) == (422, True)
    assert client.send("/corrections/2026-10/late/work", {**given, "entry": "b" * 26}).status_code == 404


@pytest.mark.parametrize(("back", "leads"), [("/day/2026-10-06", True), ("https://kitur.lt/", False), ("//kitur.lt", False)])
def test_one_goes_back_where_one_came_from_and_never_elsewhere(approved: House, back: str, leads: bool) -> None:
    page = approved.client("meistras").page(f"/corrections/2026-10/late/day?day=2026-10-06&back={back}")
    assert (f'href="{back}"' in page) is leads
    assert ('href="/corrections/2026-10/late"' in page) is not leads


def test_the_form_of_a_day_says_what_the_sheet_says_now(approved: House) -> None:
    address = f"/corrections/2026-10/late/day?day=2026-10-06&person={approved.ref('D1')}"
    fields = filled(approved.client("meistras").page(address))
    assert (fields["mark"], fields["hours"]) == ("D", "6")


def test_of_many_people_the_first_stand_open_and_all_can_be_reached(approved: House, monkeypatch: pytest.MonkeyPatch) -> None:
    version = act(approved, "vadovas", stipends.approve_scheme, corrected.SECOND)
    corrected.accepted(approved, SchemeFact(version.ref, "2"))
    act(approved, "buhalteris", corrections.make, OCTOBER)
    monkeypatch.setattr(web, "MOST_PEOPLE", 5)
    page = approved.client("vadovas").page("/corrections/2026-10")
    first, more = page.split("<summary>Dar 7 žmonės</summary>")
    rows = r'<a href="#p-[^"]+">(D\d+) '
    assert re.findall(rows, first) == ["D1", "D2", "D3", "D4", "D5"]
    assert re.findall(rows, more) == [f"D{number}" for number in range(6, 13)]
    assert all(f'id="p-{approved.ref(f"D{number}")}"' in page for number in range(1, 13))
    assert "Iš viso (12 žmonių)" in first
