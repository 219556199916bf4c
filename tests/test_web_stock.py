"""Stock as pages: what lies where, moving goods, counting, labels, what was sold without a lot."""

from __future__ import annotations

import csv
import io
import re

import acts
import pytest
import selling
from acts import books
from counted import queries
from house import Client, House
from sqlalchemy import select
from stocked import DAY, moved, pieces

from ledger.actions import stock
from ledger.core.stock import Moved
from ledger.records.production import LotRow, Price, Product
from ledger.records.stock_moves import StockCount, StockMove

LONG = "Kvepianti rankų darbo bičių vaško žvakė su džiovintais levandų žiedais ir linine juostele, dovanų dėžutėje"


@pytest.fixture
def master(house: House) -> Client:
    return house.client("meistras")


@pytest.fixture
def shop(house: House) -> str:
    return selling.customer(house, "Parduotuvė „Ratas“").ref


def fields(house: House, goods: dict[str, str], **more: str) -> dict[str, str]:
    """What the form of a movement or a count sends."""
    return {"day": "2026-11-12", "shop": "", "why": "", **{f"q_{acts.product(house, code)}": one for code, one in goods.items()},
            **more}


def crowd(house: House, count: int) -> None:
    """So many products more, with long names, each with a lot and something in a shop."""
    shop = selling.customer(house, f"Parduotuvė {count}", code=str(300000000 + count)).ref
    with house.opened.write() as session:
        own = {"organisation_id": 1, "workshop_id": 1}
        made = [Product(**own, code=f"X-{count}-{one}", name=f"{LONG} {one}", unit="vnt", prices=[
            Price(**own, valid_from=DAY, price_cents=500, material_cents=0)]) for one in range(count)]
        session.add_all(made)
        session.flush()
        doing = house.doing(session, "meistras")
        session.add_all([LotRow(**own, product_id=one.id, happened_on=DAY, booked_in="2026-11", good=5000, logged_at=doing.at)
                         for one in made])
        session.flush()
        stock.move(doing, stock.Moving(Moved.GIVEN, DAY, tuple((one.ref, 1000) for one in made), shop))
        session.commit()


def test_what_lies_where_is_listed_and_exceptions_stand_first(house, master, shop):
    moved(house, Moved.GIVEN, {"ZV-01": 2}, shop)
    there, _none = pieces(house, "MU-01")
    moved(house, Moved.OWN, {"MU-01": there + 3}, anyway=True)
    page = master.page("/stock")
    assert "Parduotuvė „Ratas“" in page
    assert page.index("Mažiau nei nulis") < page.index("<table")
    assert "\N{MINUS SIGN}3\N{NO-BREAK SPACE}vnt." in page
    rows = re.findall(r'<th scope="row" class="wrap"><a[^>]*>([^<]+)', page)
    assert rows.index("Levandų muilas") < rows.index("Atvirukas rankų darbo")  # which is first by its code
    assert "Levandų muilas" not in master.page(f"/stock?place={shop}").split("<table")[1]
    assert "Pakeiskite žodį arba vietą" in master.page("/stock?text=zzz")


def test_the_list_as_a_table_has_a_column_for_each_shop(house, master, shop):
    moved(house, Moved.GIVEN, {"ZV-01": 2}, shop)
    there, _two = pieces(house, "ZV-01")
    rows = list(csv.reader(io.StringIO(master.get("/stock/file/csv").get_data().decode("utf-8-sig")), delimiter=";"))
    assert rows[1] == ["Kodas", "Gaminys", "Matas", "Dirbtuvėse", "Parduotuvė „Ratas“", "Iš viso"]
    assert next(row for row in rows if row[0] == "ZV-01")[3:] == [str(there), "2", str(there + 2)]
    assert master.get("/stock/file/xlsx").get_data()[:2] == b"PK"
    assert master.get("/stock/file/pdf").status_code == 404


def test_goods_are_given_to_a_shop_and_taken_back(house, master, shop):
    before = pieces(house, "ZV-01")
    sent = fields(house, {"ZV-01": "2"}, shop=shop)
    page = master.page(master.send("/stock/move/given", sent, page="/stock/move/given").headers["Location"])
    assert "Prekės perduotos parduotuvei" in page
    product = acts.product(house, "ZV-01")
    page = master.page(f"/stock/product/{product}")
    assert "Perduota parduotuvei: Parduotuvė „Ratas“" in page
    with house.opened.read() as session:
        ref = session.scalar(select(StockMove.ref))
    assert master.send(f"/stock/take-back/{ref}", {}, page=f"/stock/product/{product}").status_code == 303
    assert pieces(house, "ZV-01") == before
    answer = master.send(f"/stock/take-back/{ref}", {}, page=f"/stock/product/{product}")
    assert (answer.status_code, "jau atšaukta" in answer.get_data(as_text=True)) == (409, True)


@pytest.mark.parametrize(("kind", "change", "said"), [
    ("given", {"shop": ""}, "Pasirinkite parduotuvę"), ("scrap", {}, "rašykite priežastį"),
    ("own", {"why": "x", "day": "vakar"}, "vakar"), ("gift", {"why": "x", "day": "2026-11-22"}, "2026")])
def test_a_movement_that_cannot_be_is_told_and_nothing_typed_is_lost(house, master, shop, kind, change, said):
    before = books(house)
    answer = master.send(f"/stock/move/{kind}", fields(house, {"ZV-01": "2"}, **change), page="/stock/move/given")
    page = answer.get_data(as_text=True)
    assert (answer.status_code, said in page, 'value="2"' in page) == (422, True, True)
    assert books(house) == before


@pytest.mark.parametrize("text", ["NaN", "1e9", "-1", "0x10", "\uff11\uff12", "1.234,50", "99999999999999", "0,5", "abc"])
def test_rows_77_to_80_odd_quantities_are_refused(house, master, shop, text):
    before = books(house)
    sent = fields(house, {"ZV-01": text}, shop=shop)
    assert master.send("/stock/move/given", sent, page="/stock/move/given").status_code == 422
    assert master.send("/stock/count/look", fields(house, {"ZV-01": text}), page="/stock/count").status_code == 422
    assert books(house) == before


def test_what_is_not_there_is_told_at_the_product_and_can_be_written_down_all_the_same(house, master, shop):
    sent = fields(house, {"ZV-01": "900"}, shop=shop)
    page = master.send("/stock/move/given", sent, page="/stock/move/given").get_data(as_text=True)
    assert "norima 900" in page
    assert 'name="anyway"' in page
    assert master.send("/stock/move/given", {**sent, "anyway": "y"}, page="/stock/move/given").status_code == 303
    assert master.get("/stock/move/calculation").status_code == 404


def test_a_movement_sent_twice_happens_once(house, master, shop):
    for _ in range(2):
        master.send("/stock/move/given", fields(house, {"ZV-01": "2"}, shop=shop), page="/stock/move/given", key="k" * 30)
    assert pieces(house, "ZV-01")[1] == 2


def test_a_count_shows_its_differences_before_anything_is_saved(house, master):
    there, _none = pieces(house, "ZV-01")
    before = books(house)
    answer = master.send("/stock/count/look", fields(house, {"ZV-01": str(there - 1), "MU-01": ""}), page="/stock/count")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Dar nieko neįrašyta" in page
    assert "\N{MINUS SIGN}1\N{NO-BREAK SPACE}vnt." in page
    assert books(house) == before
    sent = dict(re.findall(r'name="([qe]_\w+)" value="([^"]*)"', page))
    sent |= {"day": "2026-11-12", "shop": ""}
    told = master.send("/stock/count", {**sent, "why": ""}, page="/stock/count").get_data(as_text=True)
    assert "rašykite priežastį" in told
    answer = master.send("/stock/count", {**sent, "why": "Viena sudužo."}, page="/stock/count")
    page = master.page(answer.headers["Location"])
    assert "Viena sudužo." in page
    assert pieces(house, "ZV-01") == (there - 1, 0)
    assert 'name="q_' in master.send("/stock/count/again", sent, page="/stock/count").get_data(as_text=True)
    with house.opened.read() as session:
        ref = session.scalar(select(StockCount.ref))
    assert master.send(f"/stock/count/{ref}/take-back", {}, page=f"/stock/count/{ref}").status_code == 303
    assert pieces(house, "ZV-01") == (there, 0)


def test_a_count_that_somebody_was_faster_than_is_shown_anew(house, master):
    there, _none = pieces(house, "ZV-01")
    sent = fields(house, {"ZV-01": "1"}, why="x", **{f"e_{acts.product(house, 'ZV-01')}": str(there * 1000)})
    moved(house, Moved.OWN, {"ZV-01": 1})
    answer = master.send("/stock/count", sent, page="/stock/count")
    assert (answer.status_code, "apskaičiuoti iš naujo" in answer.get_data(as_text=True)) == (409, True)


def test_papers_to_print_a_label_a_sheet_of_labels_and_the_sheet_of_a_count(house, master, shop):
    with house.opened.read() as session:
        lot = session.scalar(select(LotRow.ref).order_by(LotRow.id))
    for path in (f"/lots/{lot}/label/one", f"/lots/{lot}/label/a4", "/stock/count/sheet", f"/stock/count/sheet?shop={shop}"):
        answer = master.get(path)
        assert (answer.mimetype, answer.get_data()[:5]) == ("application/pdf", b"%PDF-"), path
    assert master.get(f"/lots/{lot}/label/a3").status_code == 404
    assert f"/lots/{lot}/label/one" in master.page(f"/lots/{lot}")


def test_what_was_sold_without_a_lot_is_listed_and_settled(house, master):
    there, _none = pieces(house, "ZV-01")
    line = acts.sale(house, "ZV-01", DAY, there + 2)
    path = f"/stock/without-lot/{line.ref}"
    assert path in master.page("/stock/without-lot")
    assert path in master.page(f"/sales/{line.ref}")
    answer = master.send(path, {"kind": "explained", "quantity": "2", "why": ""}, page=path)
    assert (answer.status_code, 'value="2"' in answer.get_data(as_text=True)) == (422, True)
    page = master.page(master.send(path, {"kind": "opening", "quantity": "2", "why": "Liko iš vasaros."}, page=path)
                       .headers["Location"])
    assert "Liko iš vasaros." in page
    assert path not in page
    assert "Spręsti nebėra ko" in master.page(path)
    acts.lot(house, "ZV-01", DAY, 2, "D1")
    assert "partija atsirado" in master.page("/stock/without-lot")


def test_three_hundred_products_need_no_more_queries_and_fifty_a_page(house, master):
    def counts() -> dict[str, int]:
        product = acts.product(house, "ZV-01")
        return {path.replace(product, "x"): queries(house, master, path) for path in (
            "/stock", "/stock/without-lot", "/stock/move/given", "/stock/count", f"/stock/product/{product}")}
    crowd(house, 3)
    counts()  # the first look at a page opens the keys of names
    few = counts()
    crowd(house, 297)
    counts()
    assert counts() == few
    page = master.page("/stock?page=2")
    assert page.count('<td class="pic">') == 50
    assert len(page) < 200_000
    assert len(master.page("/stock/move/given")) < 400_000
