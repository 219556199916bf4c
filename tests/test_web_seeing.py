"""The overview: what was made and sold, what sells and stays, what an hour brings; lists as files."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import acts
import house as houses
import pytest
import selling
from acts import OWN, act
from counted import queries, selects
from house import Client, House
from sqlalchemy import select
from test_web_month import plain, table

from ledger.actions import production as making
from ledger.core.periods import Month
from ledger.core.production import SharedBy
from ledger.core.seeing import Sums, by_product
from ledger.records import production, sales, seeing, stock
from ledger.records.production import AttendanceRow, LotRow, Maker, Price, Product
from ledger.records.sales import SaleRow
from ledger.records.watch import View

OCTOBER = "until=2026-10-31&by=month"
PAGES = ("/seeing", "/seeing/products", "/seeing/hours")


@pytest.fixture
def master(house: House) -> Client:
    return house.client("meistras")


def rows(client: Client, path: str) -> list[list[str]]:
    """The rows of a list's CSV file, heads first."""
    answer = client.get(path + ("&" if "?" in path else "?") + "file=csv")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=";"))[1:]


def named(found: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(found[0], row, strict=True)) for row in found[1:]]


def of(client: Client, path: str, code: str) -> dict[str, str]:
    return next(one for one in named(rows(client, path)) if one["Kodas"] == code)


# ---------- the sums ----------


def by_list(house: House) -> tuple[dict[int, Sums], dict[int, Sums]]:
    """October by the overview, and by the lines and lots themselves."""
    october = Month(2026, 10)
    with house.opened.read() as session:
        goods = {one.id: one for one in production.products(session, OWN)}
        seen = by_product([*seeing.made_between(session, OWN, october.first, october.last),
                           *seeing.sold_between(session, OWN, october.first, october.last, goods)])
        found: dict[int, Sums] = {}
        for lot in production.lots_between(session, OWN, october.first, october.last):
            found[lot.product_id] = found.get(lot.product_id, Sums()) + Sums(lot.good, lot.rejects)
        lines = sales.lines_between(session, OWN, october.first, october.last)
        amounts = stock.amounts_of(session, OWN, lines, goods)
        for line in lines:
            one = amounts[line.ref]
            found[line.product_id] = found.get(line.product_id, Sums()) + Sums(
                sold=line.quantity, net=one.net, materials=one.materials)
        return seen, found


@pytest.mark.parametrize("state", ["house", "approved"])
def test_the_sums_are_those_of_the_lists_open_or_approved(state: str, request: pytest.FixtureRequest) -> None:
    seen, found = by_list(request.getfixturevalue(state))
    assert seen == found
    assert sum(one.net for one in seen.values()) == 197_663


def test_a_month_says_what_was_made_and_sold(approved: House) -> None:
    page = approved.client("vadovas").page(f"/seeing?{OCTOBER}")
    assert "Daugiausia pagaminta: Pakavimo paslauga (dėžutė), 495 vnt." in plain(page)
    assert table(page, "periods-1")[-2][0] == "2026 m. spalis"
    assert table(page, "periods-1")[-2][-1] == "1 883,18"
    assert table(page, "periods-2")[-1] == ["Iš viso", "9,25", "0", "0 %", "7", "93,45"]


def test_a_week_is_found_by_any_of_its_days(master: Client) -> None:
    found = table(master.page("/seeing?until=2026-10-15"), "periods-1")
    assert found[-2][0] == "2026-10-12 , 42 sav."
    assert len(found) == 14


def test_one_product_alone(house: House, master: Client) -> None:
    soap = acts.product(house, "MU-01")
    page = master.page(f"/seeing?{OCTOBER}&product={soap}")
    assert "Levandų muilas" in re.findall(r'<h2 id="unit-1">(.*?)</h2>', page)
    assert 'id="periods-2"' not in page
    assert "Išvalyti" in page
    master.page(f"/seeing?product={'z' * 26}", 404)


@pytest.mark.parametrize("wrong", ["by=year", "until=2026-13-01", "until=2027-01-01", "until=1999-01-01", "until=x"])
@pytest.mark.parametrize("page", PAGES)
def test_what_is_no_span_is_not_there(master: Client, page: str, wrong: str) -> None:
    master.page(f"{page}?{wrong}", 404)


def test_what_came_back_is_taken_off_on_its_day(house: House, master: Client) -> None:
    path = "/seeing/products?until=2026-11-21"
    before = of(master, path, "AT-01")
    line = acts.sale(house, "AT-01", date(2026, 11, 20), 3)
    assert of(master, path, "AT-01")["Parduota"] == str(int(before["Parduota"]) + 3)
    with house.opened.write() as session:
        sold = session.scalars(select(SaleRow).where(SaleRow.ref == line.ref)).one()
        session.add(SaleRow(organisation_id=1, workshop_id=1, product_id=sold.product_id, happened_on=date(2026, 11, 21),
                            booked_in="2026-11", channel="mugė", quantity=-3000, price_cents=sold.price_cents, returns_id=sold.id,
                            logged_at=datetime(2026, 11, 21, tzinfo=UTC)))
        session.commit()
    after = of(master, path, "AT-01")
    assert (after["Parduota"], after["Be PVM"]) == (before["Parduota"], before["Be PVM"])


# ---------- what sells and what stays ----------


def made(house: House, code: str, day: date, good: int, rejects: int = 0, people: tuple[str, ...] = ("D1",),
         by: SharedBy = SharedBy.EQUAL, weight: int = 1000) -> None:
    """A lot of whole pieces."""
    makers = tuple((house.ref(one), weight) for one in people)
    act(house, "meistras", making.log_lot, making.Made(acts.product(house, code), day, good * 1000, rejects * 1000, by, makers))


def new_product(house: House, code: str = "NAUJAS", name: str = "Naujas gaminys") -> None:
    with house.opened.write() as session:
        one = Product(organisation_id=1, workshop_id=1, code=code, name=name, unit="vnt")
        session.add(one)
        session.flush()
        session.add(Price(organisation_id=1, workshop_id=1, product_id=one.id, valid_from=date(1900, 1, 1), price_cents=1000,
                          material_cents=200))
        session.commit()


def test_what_nobody_buys_stays(house: House, master: Client) -> None:
    new_product(house)
    made(house, "NAUJAS", date(2026, 11, 12), 60, 20)
    found = of(master, "/seeing/products", "NAUJAS")
    assert (found["Pagaminta"], found["Brokas, %"], found["Parduota iš pagaminto, %"], found["Dabar sandėlyje"],
            found["Prieš kiek dienų"]) == ("60", "25", "0", "60", "")
    page = plain(master.page("/seeing/products"))
    assert "Labiausiai užsistovi: Naujas gaminys, parduota 0 %." in page
    assert "dar niekada" in page
    assert [one["Kodas"] for one in named(rows(master, "/seeing/products?kind=stays"))] == ["NAUJAS"]
    acts.sale(house, "NAUJAS", date(2026, 11, 20), 6)
    assert "NAUJAS" not in [one["Kodas"] for one in named(rows(master, "/seeing/products?kind=stays"))]
    assert of(master, "/seeing/products", "NAUJAS")["Prieš kiek dienų"] == "1"


@pytest.mark.parametrize(("order", "head"), [
    ("", "Parduota"), ("made", "Pagaminta"), ("rejects", "Brokas, %"), ("days", "Prieš kiek dienų"), ("left", "Dabar sandėlyje")])
def test_products_stand_in_the_order_that_is_asked_for(master: Client, order: str, head: str) -> None:
    found = named(rows(master, f"/seeing/products?{OCTOBER}&order={order}"))
    values = [float((one[head] or "0").replace(",", ".")) for one in found]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) > 1


def test_products_stand_by_name(master: Client) -> None:
    found = [one["Gaminys"] for one in named(rows(master, f"/seeing/products?{OCTOBER}&order=name"))]
    assert found == sorted(found, key=str.casefold)


def test_products_are_found_by_word(master: Client) -> None:
    assert [one["Kodas"] for one in named(rows(master, f"/seeing/products?{OCTOBER}&text=MUILAS"))] == ["MU-01"]
    assert "nieko nerasta" in master.page("/seeing/products?text=zzz")


# ---------- what an hour brings ----------


def attended(house: House, number: str, day: date, minutes: int, mark: str = "D") -> None:
    with house.opened.write() as session:
        session.add(AttendanceRow(organisation_id=1, workshop_id=1, participant_id=int(number[1:]), happened_on=day,
                                  booked_in=f"{day:%Y-%m}", minutes=minutes, mark=mark))
        session.commit()


def hour(house: House, code: str) -> dict[str, str]:
    return of(house.client("meistras"), "/seeing/hours", code)


def test_a_day_is_divided_equally_among_the_lots_of_it(house: House) -> None:
    day = date(2026, 11, 12)
    new_product(house)
    new_product(house, "KITAS")
    attended(house, "D1", day, 240)
    made(house, "NAUJAS", day, 4)
    made(house, "KITAS", day, 4)
    acts.sale(house, "NAUJAS", date(2026, 11, 13), 2)  # 20 euros less 4 of materials, in two hours
    found = hour(house, "NAUJAS")
    assert (found["Darbo minutės"], found["Per valandą"], found["Valanda atneša, €"]) == ("120", "2", "8,00")
    assert hour(house, "KITAS")["Darbo minutės"] == "120"


def test_a_lot_shared_by_minutes_says_its_own_and_the_rest_is_divided(house: House) -> None:
    day = date(2026, 11, 12)
    new_product(house)
    new_product(house, "KITAS")
    attended(house, "D1", day, 240)
    made(house, "NAUJAS", day, 4, by=SharedBy.MINUTES, weight=90_000)
    made(house, "KITAS", day, 4)
    assert [hour(house, code)["Darbo minutės"] for code in ("NAUJAS", "KITAS")] == ["90", "150"]


@pytest.mark.parametrize("mark", ["", "L"])
def test_hours_that_are_not_known_are_told(house: House, mark: str) -> None:
    day = date(2026, 11, 12)
    new_product(house)
    made(house, "NAUJAS", day, 4, people=("D1", "D2"))
    made(house, "NAUJAS", day, 4, people=("D1",))
    attended(house, "D1", day, 60)
    if mark:
        attended(house, "D2", day, 0, mark)
    found = hour(house, "NAUJAS")
    assert (found["Darbo minutės"], found["Partijos"], found["Partijos be laiko"]) == ("60", "2", "1")
    assert "1 iš 2 partijų be valandų" in plain(house.client("meistras").page("/seeing/hours"))


def test_a_lot_without_makers_has_no_hours(house: House) -> None:
    new_product(house)
    with house.opened.write() as session:
        one = session.scalars(select(Product).where(Product.code == "NAUJAS")).one()
        session.add(LotRow(organisation_id=1, workshop_id=1, product_id=one.id, happened_on=date(2026, 11, 12), booked_in="2026-11",
                           good=1000, rejects=0, logged_at=datetime(2026, 11, 12, tzinfo=UTC)))
        session.commit()
    found = hour(house, "NAUJAS")
    assert (found["Partijos be laiko"], found["Valanda atneša, €"]) == ("1", "")
    assert "valandos nežinomos" in house.client("meistras").page("/seeing/hours?text=naujas")


# ---------- pages of any size ----------


def test_nothing_yet_is_said(tmp_path: Path) -> None:
    bare = houses.build(tmp_path / "bare", october=False)
    client = bare.client("buhalteris")
    for path in PAGES:
        assert "nieko nepagaminta ir neparduota" in client.page(path)
        assert client.get(f"{path}?file=xlsx").status_code == 200
    assert "pardavimo dokumentų nėra" in client.page("/sales/documents")
    bare.opened.close()


def fill(house: House, number: int) -> None:
    """So many more products with long names, each made and sold."""
    with house.opened.write() as session:
        own: dict[str, Any] = {"organisation_id": 1, "workshop_id": 1}
        for n in range(number):
            one = Product(**own, code=f"X{session.query(Product).count()}", unit="vnt",
                          name=f"Rankomis siuvinėta ąžuolinė dovanų dėžutė su lininiu įdėklu ir Užgavėnių kaukės raštu Nr. {n}")
            session.add(one)
            session.flush()
            rest = {**own, "product_id": one.id, "happened_on": date(2026, 11, 3), "booked_in": "2026-11",
                    "logged_at": datetime(2026, 11, 3, 9, tzinfo=UTC)}
            lot = LotRow(**rest, good=2000, rejects=1000)
            lot.makers.append(Maker(**own, participant_id=1, weight=1000))
            session.add_all([Price(**own, product_id=one.id, valid_from=date(1900, 1, 1), price_cents=500, material_cents=100), lot,
                             SaleRow(**rest, channel="mugė", quantity=1000, price_cents=450)])
        session.commit()


def test_three_hundred_products_cost_no_more_queries(house: House, master: Client) -> None:
    fill(house, 3)
    few = {path: queries(house, master, path) for path in PAGES}
    fill(house, 297)
    assert {path: queries(house, master, path) for path in PAGES} == few == {
        "/seeing": 10, "/seeing/products": 15, "/seeing/hours": 11}
    page = master.page("/seeing/products?page=2")
    assert len(re.findall(r'<th scope="row" class="wrap"><a href="/products/', page)) == 50
    assert all(len(master.get(path).get_data()) < 200_000 for path in PAGES)


# ---------- lists as files ----------


@pytest.mark.parametrize(("login", "path", "head"), [
    ("meistras", "/products", "Kodas"), ("meistras", "/lots?month=2026-10", "Diena"),
    ("buhalteris", "/sales?month=2026-10", "Diena"),
    ("buhalteris", "/people", "Nr."), ("socialine", "/people", "Nr."), ("meistras", "/jobs", "Klientas"),
    ("buhalteris", "/customers", "Pirkėjo pavadinimas arba vardas"), ("buhalteris", "/customers/owed", "Numeris"),
    ("vadovas", "/sales/documents", "Numeris"), ("vadovas", "/seeing/hours", "Kodas")])
def test_a_list_is_taken_as_csv_and_xlsx(house: House, login: str, path: str, head: str) -> None:
    client = house.client(login)
    assert rows(client, path)[0][0] == head
    answer = client.get(path + ("&" if "?" in path else "?") + "file=xlsx")
    assert answer.get_data()[:2] == b"PK"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_file_holds_all_that_is_found_with_real_numbers_and_days(house: House) -> None:
    accountant = house.client("buhalteris")
    path = "/sales?month=2026-10&kind=return"
    assert len(rows(accountant, "/sales?month=2026-10")) == 27
    assert [(one["Dokumentas"], one["Kiekis"]) for one in named(rows(accountant, path))] == [("GRA-2026-10-1", "-1")]
    with zipfile.ZipFile(io.BytesIO(accountant.get(f"{path}&file=xlsx").get_data())) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>46324</v>" in page  # the spreadsheet's own number of 2026-10-29
    assert "<v>-1</v>" in page
    assert "/sales?month=2026-10&amp;kind=return&amp;file=csv" in accountant.page(path)


def test_lots_are_found_by_number_product_maker_and_what_is_left(house: House, master: Client) -> None:
    every = named(rows(master, "/lots?month=2026-10"))
    left = named(rows(master, "/lots?month=2026-10&kind=left"))
    gone = named(rows(master, "/lots?month=2026-10&kind=gone"))
    assert len(left) + len(gone) == len(every)
    assert {one["Liko"] for one in gone} == {"0"}
    assert [one["Partija"] for one in named(rows(master, "/lots?month=2026-10&text=p35"))] == ["P35"]
    makers = named(rows(master, "/lots?month=2026-10&text=čepulis"))
    assert makers
    assert all("Čepulis" in one["Kas darė"] for one in makers)
    soap = acts.product(house, "MU-01")
    assert {one["Kodas"] for one in named(rows(master, f"/lots?month=2026-10&product={soap}"))} == {"MU-01"}
    assert all(one["Brokas"] != "0" for one in named(rows(master, "/lots?month=2026-10&kind=rejects")))
    assert "nieko nerasta" in master.page("/lots?month=2026-10&text=zzz")


def test_whoever_is_in_a_file_of_people_was_seen(house: House) -> None:
    client = house.client("buhalteris")
    found = named(rows(client, "/people?left=1"))
    assert all(not re.search("LT[0-9]{18}", one["Sąskaita"]) for one in found)
    with house.opened.watch() as watching:
        assert watching.query(View).filter(View.page == "people.listed").count() == len(found)


def test_documents_of_sales_are_found_by_kind_way_and_customer(house: House) -> None:
    accountant = house.client("buhalteris")
    selling.sold(house, {"ZV-01": 1})
    selling.sheet(house, selling.customer(house).ref, {"ZV-01": 2})
    numbers = [one["Numeris"] for one in named(rows(accountant, "/sales/documents"))]
    assert len(numbers) == 2
    for asked, count in (("kind=order", 1), ("way=cash", 1), ("text=gėlė", 1), ("kind=report", 0), ("text=kv-2026", 1)):
        assert len(named(rows(accountant, f"/sales/documents?{asked}"))) == count, asked
    assert "2 dokumentai" in accountant.page("/sales/documents")
    assert "nieko nerasta" in accountant.page("/sales/documents?text=zzz")


def test_documents_cost_no_more_queries(house: House) -> None:
    accountant = house.client("buhalteris")
    selling.sold(house, {"ZV-01": 1})
    selling.sheet(house, selling.customer(house).ref, {"ZV-01": 2})
    few = queries(house, accountant, "/sales/documents")
    for _ in range(5):
        selling.sold(house, {"ZV-01": 1})
    assert queries(house, accountant, "/sales/documents") == few == 6


def test_customers_are_found_by_kind_and_debt(house: House) -> None:
    accountant = house.client("buhalteris")
    selling.sheet(house, selling.customer(house).ref, {"ZV-01": 2})
    selling.customer(house, "UAB „Ramunė“", "302486918")
    assert len(named(rows(accountant, "/customers?kind=owes"))) == 1
    assert len(named(rows(accountant, "/customers?kind=firm"))) == 2
    assert named(rows(accountant, "/customers?kind=person")) == []
    assert len(named(rows(accountant, "/customers/owed?kind=late&day=2026-11-21"))) == 1
    assert named(rows(accountant, "/customers/owed?text=ramunė")) == []


def test_a_file_costs_as_few_queries_as_its_page(house: House, master: Client) -> None:
    path = "/lots?month=2026-10"
    queries(house, master, path)
    page = queries(house, master, path)
    with selects(house) as sent:
        master.get(f"{path}&file=csv")
    assert len(sent) <= page
