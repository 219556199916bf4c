"""Products with their dated prices, the lists of sales and lots, and what each role sees of them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import house as houses
import pytest
from counted import queries
from house import Client, House
from sqlalchemy import select

from ledger.records import production, stock
from ledger.records.production import LotRow, Maker
from ledger.records.sales import SaleRow
from ledger.records.stipends import SealedRun
from ledger.records.watch import View

NEW = {"code": "MD-01", "name": "Medaus stiklainis", "unit": "kg", "price": "9,50", "materials": "4", "picture": "kitas"}


@pytest.fixture
def master(house: House) -> Client:
    return house.client("meistras")


def scope_of(house: House, session: Any) -> Any:
    return house.doing(session, "meistras").scope


def product(house: House, code: str) -> Any:
    with house.opened.read() as session:
        return next(one for one in production.products(session, scope_of(house, session)) if one.code == code)


def links(page: str, room: str) -> list[str]:
    return re.findall(rf'href="(/{room}/[a-z0-9]{{26}})"', page)


def test_products_with_what_they_cost_today(master: Client) -> None:
    page = master.page("/products")
    assert "Sojų vaško žvakė „Šermukšnis“" in page
    assert "8,05" in page
    assert "Pridėti gaminį" in page


def test_a_product_is_added(house: House, master: Client) -> None:
    assert master.send("/products/new", NEW).status_code == 303
    made = product(house, "MD-01")
    assert (made.name, made.unit, made.service, made.picture) == ("Medaus stiklainis", "kg", False, "kitas")
    assert (made.on(date(2000, 1, 1)).price_cents, made.on(date(2026, 1, 1)).material_cents) == (950, 400)
    assert "Medaus stiklainis" in master.page("/products")
    assert "Medaus stiklainis" in master.page("/day/2026-11-20")


@pytest.mark.parametrize(("fields", "says"), [
    ({"code": "MU-01"}, "Kodą MU-01 jau turi kitas gaminys"), ({"code": ""}, "kodas"), ({"name": "x" * 101}, "100"),
    ({"price": "-2"}, "mažesnis už nulį"), ({"price": ""}, "kaina su PVM"), ({"unit": "m"}, "Pasirinkite, kuo skaičiuojama"),
    ({"picture": "../x"}, "aveiksl"), ({"materials": "1,234"}, "1,234")])
def test_a_wrong_product_is_refused_and_keeps_what_was_typed(house: House, master: Client, fields: dict[str, str],
                                                            says: str) -> None:
    answer = master.send("/products/new", {**NEW, **fields})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in text
    assert 'id="summary"' in text
    assert "Medaus stiklainis" in text or "name" in fields


def test_a_price_holds_from_its_day(house: House, master: Client) -> None:
    path = f"/products/{product(house, 'MU-01').ref}"
    fields = {"since": "2026-11-10", "price": "5,00", "materials": "1,30"}
    assert master.send(f"{path}/prices", fields, page=path).status_code == 303
    made = product(house, "MU-01")
    assert [made.on(day).price_cents for day in (date(2026, 11, 9), date(2026, 11, 10))] == [450, 500]
    assert master.send(f"{path}/prices", {**fields, "price": "5,10"}, page=path).status_code == 303
    assert [price.price_cents for price in product(house, "MU-01").prices] == [450, 510]
    page = master.page(path)
    assert "2026-11-10" in page
    assert "Galioja šiandien" in page


def test_no_price_reaches_into_an_approved_month(approved: House) -> None:
    client = approved.client("meistras")
    path = f"/products/{product(approved, 'MU-01').ref}"
    answer = client.send(f"{path}/prices", {"since": "2026-10-31", "price": "5", "materials": "1"}, page=path)
    assert answer.status_code == 422
    assert "kaina gali galioti ne anksčiau kaip nuo 2026-11-01" in answer.get_data(as_text=True)
    assert "Ne anksčiau kaip 2026-11-01" in client.page(path)


def test_a_name_and_picture_change(house: House, master: Client) -> None:
    path = f"/products/{product(house, 'MU-01').ref}"
    assert master.send(path, {"name": "Mėtų muilas", "picture": "muilas"}).status_code == 303
    assert product(house, "MU-01").name == "Mėtų muilas"
    assert master.send(path, {"name": " ", "picture": "muilas"}).status_code == 422


def test_who_may_not_change_products_sees_no_form(house: House) -> None:
    path = f"/products/{product(house, 'MU-01').ref}"
    social, accountant = house.client("socialine"), house.client("buhalteris")
    assert "<form class=\"made\"" not in social.page(path)
    assert social.get("/products/new").status_code == 404
    assert social.send("/products/new", NEW, page="/products").status_code == 404
    assert "Nustatyti kainą" in accountant.page(path)
    assert accountant.send(path, {"name": "x", "picture": "muilas"}).status_code == 404


def test_october_sales_add_up_to_the_realised_sum(approved: House) -> None:
    with approved.opened.read() as session:
        sealed = session.scalars(select(SealedRun)).one()
    page = approved.client("buhalteris").page("/sales?month=2026-10")
    whole, rest = divmod(sealed.realised_net_cents, 100)
    total = f"{whole:,}".replace(",", "\u00a0") + f",{rest:02d}"
    assert total in page
    assert len(links(page, "sales")) == 26


def sums(house: House) -> tuple[list[Any], list[tuple[str | None, int]]]:
    """The cents of every sale line and what is left of every lot."""
    with house.opened.read() as session:
        scope = scope_of(house, session)
        goods = {row.id: row for row in production.products(session, scope)}
        rows = session.scalars(select(SaleRow).order_by(SaleRow.id)).all()
        amounts = stock.amounts_of(session, scope, rows, goods)
        lots = {row.ref: row.number for row in production.all_lots(session, scope)}
        left = stock.stock_now(session, scope, goods).left
        return [amounts[row.ref] for row in rows], sorted((lots[ref] or "", much) for ref, much in left.items() if much)


def test_what_an_open_month_shows_is_what_approval_seals(house: House) -> None:
    before = sums(house)
    house.submit()
    house.approve()
    assert sums(house) == before


def test_sales_are_found_by_product_place_and_word(house: House, master: Client) -> None:
    every = links(master.page("/sales?month=2026-10"), "sales")
    soap = links(master.page(f"/sales?month=2026-10&product={product(house, 'MU-01').ref}"), "sales")
    fair = links(master.page("/sales?month=2026-10&channel=mug%C4%97"), "sales")
    word = links(master.page("/sales?month=2026-10&text=kom-2026"), "sales")
    assert (len(every), len(soap), len(fair), len(word)) == (26, 3, 5, 6)
    assert "nieko nerasta" in master.page("/sales?month=2026-10&text=zzz")
    assert "nieko neparduota" in master.page("/sales?month=2026-09")
    assert master.get("/sales?month=13").status_code == 404


def test_a_sale_leads_to_its_lots_and_a_lot_to_its_sales(master: Client) -> None:
    page = master.page("/sales?month=2026-10&text=MUG-2026-10-1")
    sale = master.page(links(page, "sales")[0])
    assert "Iš kurių partijų" in sale
    lot = master.page(links(sale, "lots")[0])
    assert "MUG-2026-10-1/" in lot
    assert "Kas darė" in lot
    assert "Liko" in lot


def test_lots_with_makers_for_those_who_may_see_names(house: House, master: Client) -> None:
    page = master.page("/lots?month=2026-10")
    assert "Šarūnas Čepulis" in page
    assert "P35" in page
    with house.opened.watch() as watching:
        assert watching.scalars(select(View).where(View.page == "goods.lots")).all()
    assert "nieko nepadaryta" in master.page("/lots?month=2025-01")


def test_what_is_not_of_this_workshop_is_not_there(master: Client) -> None:
    for room in ("products", "sales", "lots"):
        master.page(f"/{room}/{'z' * 26}", 404)
    fields = {"since": "2026-11-10", "price": "5", "materials": "1"}
    assert master.send(f"/products/{'z' * 26}/prices", fields, page="/products").status_code == 404


def test_fifty_a_page_and_no_more_queries(house: House, master: Client) -> None:
    def counts() -> dict[str, int]:
        return {path: queries(house, master, path) for path in ("/products", "/sales", "/lots", "/sales?month=2026-10")}
    fill(house, 3)
    counts()  # the first look at a page opens the keys of names
    few = counts()
    fill(house, 297)
    assert counts() == few == {"/products": 5, "/sales": 6, "/lots": 13, "/sales?month=2026-10": 8}
    page = master.page("/sales?page=2")
    assert len(links(page, "sales")) == 50
    assert "300 pardavimo eilučių" in page
    assert "1\u00a0350,00" in page
    assert "/sales?month=2026-11&amp;page=6" in page
    assert len(links(master.page("/sales?page=99"), "sales")) == 50


def fill(house: House, number: int) -> None:
    """So many more lots and sales in November."""
    soap = product(house, "MU-01")
    with house.opened.write() as session:
        scope = scope_of(house, session)
        own = {"organisation_id": scope.organisation, "workshop_id": scope.workshop}
        rest = {**own, "product_id": soap.id, "happened_on": date(2026, 11, 3), "booked_in": "2026-11",
                "logged_at": datetime(2026, 11, 3, 9, tzinfo=UTC)}
        for _ in range(number):
            lot = LotRow(**rest, good=2000, rejects=0)
            lot.makers.append(Maker(**own, participant_id=1, weight=1000))
            session.add_all([lot, SaleRow(**rest, channel="mugė", quantity=1000, price_cents=450)])
        session.commit()


def test_an_empty_workshop_begins_with_a_product(tmp_path: Path) -> None:
    bare = houses.build(tmp_path / "bare", october=False)
    client = bare.client("meistras")
    assert "Gaminių dar nėra" in client.page("/products")
    assert "nieko neparduota" in client.page("/sales")
    assert "nieko nepadaryta" in client.page("/lots")
    assert client.send("/products/new", NEW).status_code == 303
    bare.opened.close()


@pytest.mark.parametrize(("login", "path", "word"), [
    ("meistras", "/sales/new", "Pardavimai"), ("meistras", "/products/new", "Gaminiai"), ("meistras", "/lots", "Diena"),
    ("meistras", "/import", "Gaminiai"), ("buhalteris", "/sales/new", "Pardavimai"), ("buhalteris", "/products", "Mėnuo"),
    ("buhalteris", "/import", "Mėnuo"), ("vadovas", "/sales", "Mėnuo"), ("vadovas", "/rules", "Tvarkos"),
    ("socialine", "/import", "Žmonės")])
def test_one_word_of_the_menu_is_marked(house: House, login: str, path: str, word: str) -> None:
    page = house.client(login).page(path)
    menu = page[page.index('<nav class="nav'):page.index("</nav>")]
    assert [re.sub(r"<.*?>", "", one).strip() for one in re.findall(r'aria-current="page">(.*?)</a>', menu, re.DOTALL)] == [word]


@pytest.mark.parametrize(("login", "paths"), [
    ("meistras", ("/products", "/lots")), ("buhalteris", ("/sales", "/lots", "/people")), ("socialine", ("/people",))])
def test_lists_lead_to_bringing_in_what_they_list(house: House, login: str, paths: tuple[str, ...]) -> None:
    client = house.client(login)
    assert [path for path in paths if 'href="/import"' not in client.page(path)] == []
    assert 'href="/password"' in client.page(paths[0])
