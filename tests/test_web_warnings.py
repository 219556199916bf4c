"""Warnings on the month's pages: who is at zero, who jumped, what is not written down; they stop nothing."""

from __future__ import annotations

from datetime import date

from counted import queries
from house import DATA, OCTOBER, House
from test_web_month import PAGE, hidden, plain

from ledger.actions import stipends
from ledger.core.periods import Month
from ledger.records.production import AttendanceRow

NOVEMBER = "/month/2026-11"
ASKING = '''
[[part]]
key = "level"
kind = "flat"
payer = "budget"
label = "Pagal lygį"
by_class = "lygis"
class = [{ is = "A", amount = "10" }]
[warn]
above = "140"
[[check]]
key = "wage"
label = "Mažiausias atlygis"
that = "1"
least = "2.5"
'''


def with_rules(house: House, more: str) -> None:
    """New rules from October on, with something more in them."""
    text = (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8") + more
    text = text.replace('number = "1"', 'number = "2"', 1).replace("2024-05-01", "2026-10-01", 1)
    with house.opened.write() as books:
        stipends.approve_scheme(house.doing(books, "vadovas"), text)
        books.commit()


def draft(house: House, month: Month = OCTOBER) -> str:
    with house.opened.write() as books:
        stipends.calculate_month(house.doing(books, "buhalteris"), month)
        books.commit()
    return house.client("buhalteris").page(f"/month/{month}")


def november(house: House, days: int = 3) -> None:
    """So many days of November for one person, besides which nothing happened."""
    with house.opened.write() as books:
        row = books.query(AttendanceRow).order_by(AttendanceRow.id).first()
        for day in range(3, 3 + days):
            books.add(AttendanceRow(
                organisation_id=row.organisation_id, workshop_id=row.workshop_id, participant_id=row.participant_id,
                happened_on=date(2026, 11, day), booked_in="2026-11", minutes=300, mark="D"))
        books.commit()


def test_a_month_with_nothing_odd_has_no_warnings(house: House) -> None:
    assert "Atkreipkite dėmesį" not in draft(house)


def test_a_jump_against_the_months_before_is_told_with_the_person(approved: House) -> None:
    november(approved)
    words = plain(draft(approved, Month(2026, 11)))
    assert "Atkreipkite dėmesį" in words
    assert "Stipendija sumažėjo daugiau kaip per pusę" in words
    assert "Vytenis Ėglinskas : 3,60 €; anksčiau vidutiniškai 136,49 € (palyginta mėnesių: 1)" in words


def test_what_nobody_wrote_leads_to_the_person(house: House) -> None:
    with_rules(house, ASKING)
    text = draft(house)
    words = plain(text)
    assert "Tvarkai to reikia, bet niekas neįrašė" in words
    assert "Aistė Žukauskaitė : neįrašyta „lygis“" in words
    assert f'href="/people/{house.ref("D1")}"' in text
    assert "„Mažiausias atlygis“: 1 yra mažiau negu 2,5." in words
    assert "Šarūnas Čepulis : 150,00 €, o stebima suma – 140,00 €" in words
    assert f'href="{PAGE}/{house.ref("D4")}"' in text
    assert "dar 4 žmonės" in words


def test_warnings_stop_neither_submitting_nor_approving(house: House) -> None:
    with_rules(house, ASKING)
    text = draft(house)
    assert house.client("buhalteris").send(PAGE + "/submit", {"seen": hidden(text, "seen")}, page=PAGE).status_code == 303
    director = house.client("vadovas")
    assert "Atkreipkite dėmesį" in director.page(PAGE)
    asking = director.page(PAGE + "/approve")
    assert "Viršija tvarkoje stebimą sumą" in asking
    order = {"seen": hidden(asking, "seen"), "order_number": "V-87", "order_date": "2026-11-04"}
    assert director.send(PAGE + "/approve", order, page=PAGE + "/approve").status_code == 303


def test_warnings_cost_one_query_whatever_the_number_of_people(house: House) -> None:
    draft(house)
    client = house.client("buhalteris")
    few = queries(house, client, PAGE)
    with_rules(house, ASKING)
    draft(house)
    assert queries(house, client, PAGE) == few


def test_an_approved_month_warns_no_more(approved: House) -> None:
    assert "Atkreipkite dėmesį" not in approved.client("vadovas").page(PAGE)
