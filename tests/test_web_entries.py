"""The page of a month's data and a person's own values: by role, empty, with mistakes, crowded; and the way to the calculation."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from acts import NOVEMBER, OWN, act, pay, refusal
from counted import crowd, queries
from house import DATA, Client, House
from sqlalchemy import text

from ledger.actions import entries, stipends
from ledger.core.entries import Decided, Worked
from ledger.records import stipends as runs

PAGE = "/month/2026-11/entries"
DAY = date(2026, 11, 12)
ASKING = """
[[part]]
key = "training"
kind = "per_hour"
payer = "budget"
label = "Už mokymus"
amount = "0.50 * value.lygis"
hours = "mokymai"

[[part]]
key = "points"
kind = "flat"
payer = "budget"
label = "Už taškus"
amount = "points * month.tasko_kaina"

[[part]]
key = "work"
kind = "rated"
payer = "budget"
label = "Už našumą"
amount = "1"
productivity = "value.nasumas"

[[part]]
key = "bonus"
kind = "adjustment"
payer = "budget"
label = "Premija"
"""


def words(page: str) -> str:
    """The text of a page without its tags."""
    return " ".join(unescape(re.sub(r"<(script|style|datalist).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)).split())


@pytest.fixture
def asking(approved: House) -> House:
    """Since November the rules read hours of training, points, values, a figure and decisions."""
    old = (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
    new = old.replace('number = "1"', 'number = "2"').replace("2024-05-01", "2026-11-01")
    before, limit, after = new.partition("[[limit]]")
    act(approved, "vadovas", stipends.approve_scheme, before + ASKING + "\n" + limit + after)
    return approved


@pytest.fixture
def master(approved: House) -> Client:
    return approved.client("meistras")


@pytest.fixture
def accountant(approved: House) -> Client:
    return approved.client("buhalteris")


def work(house: House, **other: str) -> dict[str, str]:
    return {"participant": house.ref("D1"), "day": "2026-11-12", "kind": "", "task": "", "hours": "2,5", "made": "", "good": "",
            "points": "", **other}


def test_rules_that_need_nothing_say_so_and_an_empty_month_says_who_writes(approved: House, master: Client) -> None:
    told = words(master.page(PAGE))
    assert "daugiau nieko nereikia" in told
    assert "Darbas dar neįrašytas" in told
    assert "Mėnesio rodikliai" not in told
    assert "Sprendimai" not in told
    paid = words(approved.client("vadovas").page(PAGE))
    assert "Šio mėnesio rodiklių neįrašyta" in paid
    assert "Įrašyti sprendimą" in paid
    assert "Įrašyti darbą" not in paid


def test_what_the_rules_ask_for_is_listed_with_what_is_missing(asking: House, master: Client, accountant: Client) -> None:
    told = words(accountant.page(PAGE))
    for thing in ("Valandos: mokymai", "Taškai", "Žmogaus reikšmė: lygis", "Žmogaus reikšmė: nasumas",
                  "Mėnesio rodiklis: tasko_kaina Kol neįrašyta, skaičiuojama kaip 0.", "Premija 0 sprendimų", "Tvarka Nr. 2"):
        assert thing in told
    assert re.search(r"Nustatyta žmonėms: 0 iš \d+\. Nenustatyta: .* ir dar \d+", told)
    own = words(master.page(PAGE))
    assert "Žmogaus reikšmė: nasumas" in own
    assert "Žmogaus reikšmė: lygis" not in own
    assert "tasko_kaina" not in own


def test_the_master_writes_work_down_and_corrects_it(asking: House, master: Client) -> None:
    answer = master.send(PAGE + "/work", work(asking, kind="mokymai", points="1,5"), page=PAGE)
    assert answer.status_code == 303
    told = words(master.page(answer.location))
    assert "Darbas įrašytas." in told
    assert re.search(r"2026-11-12 D1 \w+ \w+ mokymai – 2,5 – – 1,5", told)
    assert "Valandos: mokymai 1 įrašas, 2,5 val." in told.replace("\xa0", " ")
    with asking.opened.read() as session:
        ref = session.scalar(text("SELECT ref FROM work"))
    path = f"{PAGE}/work/{ref}"
    assert 'value="2.5"' in master.page(path)
    fields = {name: value for name, value in work(asking, hours="3").items() if name != "participant"}
    assert master.send(path, {**fields, "version": "1"}).status_code == 303
    stale = master.send(path, {**fields, "version": "1"})
    assert stale.status_code == 409
    assert "pakeitė" in words(stale.text)
    assert master.send(path + "/back", {}, page=path).status_code == 303
    assert "Darbas dar neįrašytas" in words(master.page(PAGE))


@pytest.mark.parametrize(("given", "told"), [
    ({"participant": ""}, "Įrašykite"),
    ({"hours": "25"}, "24"),
    ({"hours": ""}, "be jų įrašas nieko nesako"),
    ({"made": "5"}, "kokioje užduotyje"),
    ({"task": "klijavimas", "made": "5", "good": "6"}, "Gerų daugiau"),
    ({"day": "2026-10-15"}, "patvirtintas"),
    ({"day": "2026-11-30"}, "dar neatėjo"),
])
def test_a_mistake_stays_beside_its_field(approved: House, master: Client, given: dict[str, str], told: str) -> None:
    answer = master.send(PAGE + "/work", work(approved, **given), page=PAGE)
    assert answer.status_code in (409, 422)
    page = words(answer.text)
    assert "Ištaisykite" in page
    if given != {"participant": ""}:
        assert told in page
    if "hours" not in given:
        assert 'value="2,5"' in answer.text


def test_figures_are_written_corrected_and_taken_back(approved: House, accountant: Client) -> None:
    for number in ("1 250,50", "900"):
        assert accountant.send(PAGE + "/figures", {"name": "sanaudos", "number": number}, page=PAGE).status_code == 303
    page = accountant.page(PAGE)
    assert "sanaudos 900 Rasa Petrauskienė" in words(page)
    wrong = accountant.send(PAGE + "/figures", {"name": "dvi rūšys", "number": "daug"}, page=PAGE)
    assert wrong.status_code == 422
    assert "be tarpų" in words(wrong.text)
    back = re.search(r'action="([^"]+/figures/[^"]+/back)"', page)
    assert back
    assert accountant.send(back[1], {}, page=PAGE).status_code == 303
    assert "Šio mėnesio rodiklių neįrašyta" in words(accountant.page(PAGE))


def test_the_director_decides_and_the_sum_reaches_the_calculation(asking: House) -> None:
    director = asking.client("vadovas")
    fields = {"participant": asking.ref("D1"), "day": "2026-11-12", "part": "bonus", "sum": "-5,00", "document": "V-91",
              "reason": "Už sugadintą įrankį"}
    assert director.send(PAGE + "/decisions", fields, page=PAGE).status_code == 303
    told = words(director.page(PAGE))
    assert "Premija −5,00 Už sugadintą įrankį V-91" in told
    wrong = director.send(PAGE + "/decisions", {**fields, "part": "", "document": "", "day": "2026-10-12"}, page=PAGE)
    assert wrong.status_code == 422
    assert "Įsakymo ar sprendimo numeris".lower() in words(wrong.text).lower()
    other = director.send(PAGE + "/decisions", {**fields, "day": "2026-10-12"}, page=PAGE)
    assert "Ši diena ne 2026-11 mėnesio" in words(other.text)
    with asking.opened.read() as session:
        worked = stipends.work_out(asking.doing(session, "buhalteris"), NOVEMBER)
    assert [line.cents for one in worked.result.people for line in one.lines if line.part == "bonus" and line.cents] == [-500]


def test_an_approved_month_is_read_only(approved: House, accountant: Client) -> None:
    page = accountant.page("/month/2026-10/entries")
    assert "Mėnuo patvirtintas" in words(page)
    assert "<form" not in page.split("<main")[1].split("</main>")[0]
    answer = accountant.send("/month/2026-10/entries/figures", {"name": "a", "number": "1"}, page="/rules")
    assert answer.status_code == 409


def test_months_outside_the_books_are_not_there(accountant: Client) -> None:
    for month in ("2026-09", "2026-12", "2026-13", "x"):
        assert accountant.get(f"/month/{month}/entries").status_code == 404


def test_a_persons_values_on_their_page(approved: House, accountant: Client) -> None:
    path = f"/people/{approved.ref('D1')}"
    assert "Neįrašyta nė vienos" in words(accountant.page(path))
    fields = {"name": "lygis", "since": "2026-11-01", "text": "1,2"}
    assert accountant.send(path + "/values", fields, page=path).status_code == 303
    assert accountant.send(path + "/values", {**fields, "since": "2026-12-01", "text": "1.5"}, page=path).status_code == 303
    page = accountant.page(path)
    assert "lygis Galioja šiandien 2026-11-01 1,2 Rasa Petrauskienė" in words(page)
    late = accountant.send(path + "/values", {**fields, "since": "2026-10-31"}, page=path)
    assert late.status_code == 422
    assert "reikšmė gali galioti ne anksčiau kaip nuo 2026-11-01" in words(late.text)
    back = re.findall(r'action="([^"]+/values/[^"]+/back)"', page)
    assert len(back) == 2
    assert accountant.send(back[0], {}, page=path).status_code == 303


def test_values_that_an_approved_month_read_cannot_be_taken_back(house: House) -> None:
    act(house, "buhalteris", entries.set_value, house.ref("D1"), "lygis", date(2026, 10, 1), "1")
    house.submit()
    house.approve()
    page = house.client("buhalteris").page(f"/people/{house.ref('D1')}")
    assert "/back" not in page.split('id="own"')[1]
    assert "Mėnuo patvirtintas" in words(page)


def test_the_social_worker_sets_ratings_and_nothing_that_pay_hangs_on(asking: House) -> None:
    social, path = asking.client("socialine"), f"/people/{asking.ref('D1')}"
    fields = {"name": "nasumas", "since": "2026-11-01", "text": "0,8"}
    assert social.send(path + "/values", fields, page=path).status_code == 303
    refused = social.send(path + "/values", {**fields, "name": "lygis"}, page=path)
    assert refused.status_code == 422
    assert "Nuo reikšmės „lygis“ priklauso stipendija" in words(refused.text)


def test_without_ratings_in_the_rules_the_social_worker_only_reads(approved: House) -> None:
    social, path = approved.client("socialine"), f"/people/{approved.ref('D1')}"
    assert "jas nustato buhalteris arba vadovas" in words(social.page(path))
    answer = social.send(path + "/values", {"name": "lygis", "since": "2026-11-01", "text": "1"}, page=path)
    assert answer.status_code == 422


def test_everything_written_down_pays_in_november(asking: House) -> None:
    ref = asking.ref("D1")
    act(asking, "meistras", entries.log_work, ref, Worked(DAY, "mokymai", "", 120, 0, 0, 2000))
    act(asking, "buhalteris", entries.set_value, ref, "lygis", date(2026, 11, 1), "1,2")
    act(asking, "buhalteris", entries.set_figure, NOVEMBER, "tasko_kaina", "0,3")
    act(asking, "vadovas", entries.decide, ref, Decided(DAY, "bonus", 700, "Už mugę", "V-9"))
    with asking.opened.read() as session:
        result = stipends.work_out(asking.doing(session, "buhalteris"), NOVEMBER).result
    own = next(one for one in result.people if one.number == "D1")
    assert {line.part: line.cents for line in own.lines if line.part in ("training", "bonus")} == {"training": 120, "bonus": 700}
    pay(asking, NOVEMBER)
    with asking.opened.read() as session:
        sealed = runs.find_sealed(session, OWN, NOVEMBER)
    assert sealed is not None
    assert '"kind":"mokymai"' in sealed.inputs.replace(" ", "")
    assert refusal(asking, "meistras", entries.log_work, ref, Worked(DAY, minutes=60)) == "conflict approved_month"


def test_three_hundred_people_and_rows_cost_no_more_queries(asking: House, accountant: Client) -> None:
    path = f"/people/{asking.ref('D1')}"
    act(asking, "meistras", entries.log_work, asking.ref("D1"), Worked(DAY, "mokymai", minutes=60))
    act(asking, "buhalteris", entries.set_value, asking.ref("D1"), "lygis", date(2026, 11, 1), "1")
    few = queries(asking, accountant, PAGE), queries(asking, accountant, path)
    crowd(asking)
    with asking.opened.write() as session:
        doing = asking.doing(session, "buhalteris")
        for ref in list(session.scalars(text("SELECT ref FROM participant WHERE number LIKE 'D___'"))):
            entries.log_work(doing, ref, Worked(DAY, "mokymai", "labai ilgas užduoties pavadinimas su daug žodžių", 60))
        for day in range(1, 21):
            entries.set_value(doing, asking.ref("D1"), f"reiksme_{day}", date(2026, 11, day), "1")
        session.commit()
    assert (queries(asking, accountant, PAGE), queries(asking, accountant, path)) == few == (13, 12)
    told = words(accountant.page(PAGE))
    assert "301 įrašas" in told
    assert len(re.findall("labai ilgas", accountant.page(PAGE + "?page=2").split("<tbody>")[1])) == 60
    assert "1 įrašas" in words(accountant.page(f"{PAGE}?who={asking.ref('D1')}"))
