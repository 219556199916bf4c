"""A day as the instructor lives it: who came, what was made and sold, corrected, taken back; and what is refused, at its field."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import house as houses
import html5lib
import pytest
from counted import queries
from house import Client, House
from sqlalchemy import select

from ledger.actions import people as people_actions
from ledger.core.periods import Month
from ledger.records import organisation, people, production, sales
from ledger.records.audit import Audit
from ledger.records.people import Identity
from ledger.records.production import AttendanceRow, Product
from ledger.records.watch import View

DAY = "/day/2026-11-20"


@pytest.fixture
def master(house: House) -> Client:
    return house.client("meistras")


def ref_of(house: House, code: str) -> str:
    with house.opened.read() as session:
        scope = house.doing(session, "meistras").scope
        return next(one.ref for one in production.products(session, scope) if one.code == code)


def marks(house: House, day: date = date(2026, 11, 20)) -> dict[str, tuple[str, int]]:
    with house.opened.read() as session:
        doing = house.doing(session, "meistras")
        named = {one.id: one.person.number for one in people.participants(session, house.opened.vault, doing.scope)}
        rows = production.attendance_between(session, doing.scope, day, day)
        return {named[row.participant_id]: (row.mark, row.minutes) for row in rows}


def lots(house: House, day: date = date(2026, 11, 20)) -> list[Any]:
    with house.opened.read() as session:
        return production.lots_between(session, house.doing(session, "meistras").scope, day, day)


def lines(house: House, first: date = date(2026, 11, 1), last: date = date(2026, 11, 30)) -> list[Any]:
    with house.opened.read() as session:
        return sales.lines_between(session, house.doing(session, "meistras").scope, first, last)


def attend(client: Client, house: House, number: str, mark: str = "D", day: str = DAY, **fields: str) -> Any:
    return client.send(f"{day}/attendance", {"participant": house.ref(number), "mark": mark, **fields}, page=day)


def lot(house: House, who: list[str], **fields: Any) -> dict[str, Any]:
    return {"product": ref_of(house, "MU-01"), "good": "10", "rejects": "0", "shared_by": "equal",
            "makers": [house.ref(number) for number in who], **fields}


def sale(house: House, **fields: Any) -> dict[str, Any]:
    return {"product": ref_of(house, "MU-01"), "quantity": "2", "price": "", "channel": "mugė", "discount": "0",
            "document": "", **fields}


def told(answer: Any, field_id: str) -> str:
    """What the page says at a field."""
    tree = html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False)
    found = tree.find(f".//*[@id='{field_id}']")
    assert found is not None, answer.get_data(as_text=True)[:3000]
    return " ".join("".join(found.itertext()).split())


def summary(answer: Any) -> str:
    return told(answer, "summary")


def test_today_has_its_own_address(master: Client) -> None:
    assert master.get("/day").headers["Location"] == "/day/2026-11-21"
    page = master.page("/day/2026-11-21")
    assert "Šeštadienis, lapkričio 21" in page
    assert "/day/2026-11-22" not in page
    assert "/day/2026-11-20" in page


def test_one_tap_marks_who_came_with_their_usual_hours(house: House, master: Client) -> None:
    answer = attend(master, house, "D1")
    assert answer.status_code == 303
    with house.opened.read() as session:
        doing = house.doing(session, "meistras")
        named = people.get_participant(session, house.opened.vault, doing.scope, house.ref("D1"))
        last = [row.minutes for row in production.attendance_between(session, doing.scope, date(2026, 10, 1), date(2026, 10, 31))
                if row.participant_id == named.id and row.mark == "D"][-1]
    assert marks(house) == {"D1": ("D", last)}
    assert "Aistė Žukauskaitė, atėjo" in master.page(DAY)


def test_hours_change_an_absence_has_its_reason_and_a_tap_takes_it_back(house: House, master: Client) -> None:
    attend(master, house, "D1", hours="4.5")
    attend(master, house, "D2", "K")
    assert marks(house) == {"D1": ("D", 270), "D2": ("K", 0)}
    attend(master, house, "D2", "L")
    assert marks(house)["D2"] == ("L", 0)
    assert "Atėjo: 1, neatėjo: 1, nepažymėta: 9" in master.page(DAY)
    master.send(f"{DAY}/attendance/back", {"participant": house.ref("D1")}, page=DAY)
    assert marks(house) == {"D2": ("L", 0)}
    page = master.page(DAY)
    assert "Aistė Žukauskaitė: atėjo, 4,5\u00a0val." in page
    assert "Atšaukta" in page


def test_what_was_made_together_is_shared_equally(house: House, master: Client) -> None:
    answer = master.send(f"{DAY}/lots", lot(house, ["D1", "D2"], rejects="1"), page=DAY)
    assert answer.status_code == 303
    row, = lots(house)
    assert (row.good, row.rejects, row.shared_by) == (10_000, 1_000, "equal")
    assert [maker.weight for maker in row.makers] == [1000, 1000]
    page = master.page(DAY)
    assert "Levandų muilas: geri 10\u00a0vnt., brokas 1\u00a0vnt." in page
    assert "Aistė Žukauskaitė, Žygimantas Ąžuolaitis" in page


def test_minutes_share_a_lot(house: House, master: Client) -> None:
    shares = {f"share_{house.ref('D1')}": "30", f"share_{house.ref('D3')}": "45,5", f"share_{house.ref('D2')}": "99"}
    fields = lot(house, ["D1", "D3"], product=ref_of(house, "OB-01"), good="2.25", shared_by="minutes", **shares)
    assert master.send(f"{DAY}/lots", fields, page=DAY).status_code == 303
    row, = lots(house)
    assert row.good == 2_250
    assert [maker.weight for maker in row.makers] == [30_000, 45_500]
    assert "Aistė Žukauskaitė 30\u00a0min., Eglė Šimkutė 45,5\u00a0min." in master.page(DAY)


def test_what_was_sold_takes_the_price_of_that_day(house: House, master: Client) -> None:
    assert master.send(f"{DAY}/sales", sale(house, discount="10"), page=DAY).status_code == 303
    row, = lines(house)
    assert (row.price_cents, row.quantity, row.discount, row.vat, row.document) == (450, 2000, 10_000, 0, None)
    page = master.page(DAY)
    assert "Parduota: Levandų muilas, 2\u00a0vnt." in page
    assert "name=\"vat\"" not in page


def test_who_has_no_day_page_writes_a_sale_with_its_day(house: House) -> None:
    accountant = house.client("buhalteris")
    assert "Pardavimo įrašymas" in accountant.page("/sales")
    assert accountant.send("/sales/new", sale(house, day="2026-11-10")).headers["Location"] == "/sales?month=2026-11"
    assert lines(house)[0].happened_on == date(2026, 11, 10)
    answer = accountant.send("/sales/new", sale(house, day="2026-11-22"))
    assert told(answer, "day-error")
    assert house.client("socialine").get("/sales/new").status_code == 404


def test_a_part_of_a_sale_comes_back(house: House, master: Client) -> None:
    master.send(f"{DAY}/sales", sale(house, price="5,00", document="MUG-11"), page=DAY)
    row, = lines(house)
    path = f"/day/sales/{row.ref}/return"
    answer = master.send(path, {"quantity": "3", "day": "2026-11-21"})
    assert answer.status_code == 422
    assert "2" in told(answer, "quantity-error")
    answer = master.send(path, {"quantity": "1", "day": "2026-11-19"})
    assert told(answer, "day-error")
    assert master.send(path, {"quantity": "1", "day": "2026-11-21"}).status_code == 303
    back = lines(house)[-1]
    assert (back.quantity, back.price_cents, back.returns_id) == (-1000, 500, row.id)
    assert "Grąžinta: Levandų muilas, 1\u00a0vnt." in master.page("/day/2026-11-21")
    answer = master.send(f"/day/sales/{row.ref}/back", {}, page=DAY)
    assert answer.status_code == 422
    assert master.send(f"/day/sales/{back.ref}/back", {}, page=DAY).status_code == 303
    assert master.send(f"/day/sales/{row.ref}/back", {}, page=DAY).status_code == 303
    assert lines(house) == []


def test_a_lot_is_corrected_and_taken_back(house: House, master: Client) -> None:
    master.send(f"{DAY}/lots", lot(house, ["D1"]), page=DAY)
    row, = lots(house)
    path = f"/day/lots/{row.ref}"
    page = master.page(path)
    assert re.search(rf'value="{house.ref("D1")}" checked', page)
    changed = lot(house, ["D2"], good="12", day="2026-11-19", version="1")
    assert master.send(path, changed).headers["Location"] == "/day/2026-11-19"
    assert lots(house) == []
    row, = lots(house, date(2026, 11, 19))
    assert (row.good, row.version) == (12_000, 2)
    assert master.send(f"{path}/back", {}, page=path).status_code == 303
    assert lots(house, date(2026, 11, 19)) == []
    page = master.page("/day/2026-11-19")
    assert "Levandų muilas: geri 12\u00a0vnt., broko nėra" in page
    assert "Atšaukta" in page
    assert master.send(f"{path}/back", {}, page=DAY).status_code == 404


def test_who_was_slower_sees_what_is_there_now(house: House, master: Client) -> None:
    master.send(f"{DAY}/lots", lot(house, ["D1"]), page=DAY)
    row, = lots(house)
    path = f"/day/lots/{row.ref}"
    master.send(path, lot(house, ["D1"], good="12", day="2026-11-20", version="1"))
    answer = master.send(path, lot(house, ["D1"], good="15", day="2026-11-20", version="1"))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "geri 12\u00a0vnt." in text
    assert 'name="version" value="2"' in text
    assert 'value="15"' in text
    assert master.send(path, lot(house, ["D1"], good="15", day="2026-11-20", version="2")).status_code == 303


def test_a_sale_is_corrected(house: House, master: Client) -> None:
    master.send(f"{DAY}/sales", sale(house), page=DAY)
    row, = lines(house)
    path = f"/day/sales/{row.ref}"
    assert 'value="4,50"' in master.page(path)
    changed = sale(house, quantity="3", price="4,20", day="2026-11-20", version="1")
    assert master.send(path, changed).status_code == 303
    assert (lines(house)[0].quantity, lines(house)[0].price_cents) == (3000, 420)
    assert master.send(path, changed).status_code == 409


@pytest.mark.parametrize(("fields", "at", "says"), [
    ({"good": "0"}, "good-error", "Įrašykite, kiek padaryta"),
    ({"good": "1.5"}, "good-error", "vienet"),
    ({"good": ""}, "good-error", "Užpildykite"),
    ({"good": "daug"}, "good-error", "„daug“"),
    ({"rejects": "-1"}, "rejects-error", "mažesnis už nulį"),
    ({"makers": []}, "makers-error", "kas dar"),
    ({"shared_by": "points"}, "share-error", "dalį, didesnę už nulį"),
    ({"product": ""}, "lot-product-error", "gaminys"),
])
def test_a_lot_is_refused_at_its_field(house: House, master: Client, fields: dict[str, Any], at: str, says: str) -> None:
    answer = master.send(f"{DAY}/lots", lot(house, ["D1"], **fields), page=DAY)
    assert answer.status_code == 422
    found = told(answer, at.replace("share", f"share_{house.ref('D1')}"))
    assert says in found
    assert found in summary(answer)
    assert lots(house) == []


def test_an_absent_maker_is_refused_by_name(house: House, master: Client) -> None:
    answer = master.send("/day/2026-10-15/lots", lot(house, ["D1", "D7"]), page="/day/2026-10-15")
    assert answer.status_code == 422
    assert "Jūratė Kęstutytė" in told(answer, "makers-error")
    answer = master.send("/day/2026-10-05/lots", lot(house, ["D11"]), page="/day/2026-10-05")
    assert "Rūta Šeškutė" in told(answer, "makers-error")


@pytest.mark.parametrize(("fields", "at", "says"), [
    ({"quantity": "0.5"}, "quantity-error", "vienet"),
    ({"quantity": "0"}, "quantity-error", "Nulio"),
    ({"price": "-1"}, "price-error", "mažesnis už nulį"),
    ({"price": "4,505"}, "price-error", "cent"),
    ({"discount": "101"}, "discount-error", "101"),
    ({"channel": ""}, "channel-error", "kur parduota"),
    ({"product": ""}, "sale-product-error", "kas parduota"),
    ({"document": "x" * 61}, "document-error", "60"),
])
def test_a_sale_is_refused_at_its_field(house: House, master: Client, fields: dict[str, Any], at: str, says: str) -> None:
    answer = master.send(f"{DAY}/sales", sale(house, **fields), page=DAY)
    assert answer.status_code == 422
    assert says in told(answer, at)
    assert lines(house) == []


@pytest.mark.parametrize("hours", ["25", "0", "abc", "0.001"])
def test_hours_are_refused_at_the_person(house: House, master: Client, hours: str) -> None:
    answer = attend(master, house, "D1", hours=hours)
    assert answer.status_code == 422
    assert told(answer, "hours-error") in summary(answer)
    assert f'value="{hours}"' in answer.get_data(as_text=True)
    assert marks(house) == {}


def test_nobody_is_marked_before_they_came(house: House, master: Client) -> None:
    answer = attend(master, house, "D11", day="/day/2026-10-05")
    assert answer.status_code == 422
    assert "D11 dirbtuvių dieną 2026-10-05 dar nelankė" in summary(answer)


def test_a_day_that_has_not_come_has_no_page_and_no_correction_leads_there(house: House, master: Client) -> None:
    for path in ("/day/2026-11-22", "/day/2026-02-30", "/day/20261015", "/day/1999-12-31", "/day/x", "/day/month/2026-12",
                 "/day/month/x"):
        master.page(path, 404)
    assert attend(master, house, "D1", day="/day/2026-11-22").status_code == 404
    master.send(f"{DAY}/lots", lot(house, ["D1"]), page=DAY)
    path = f"/day/lots/{lots(house)[0].ref}"
    answer = master.send(path, lot(house, ["D1"], day="2026-11-22", version="1"))
    assert told(answer, "day-error")


def test_an_approved_month_is_closed_but_what_was_forgotten_goes_into_the_open_one(approved: House) -> None:
    client = approved.client("meistras")
    page = client.page("/day/2026-10-15")
    assert "Mėnuo patvirtintas: 2026\u00a0m. spalis." in page
    assert "bus įskaityta į lapkritį" in page
    assert "/attendance" not in page
    assert "Taisyti:" not in page
    assert attend(client, approved, "D1", day="/day/2026-10-15").status_code == 409
    row = lots(approved, date(2026, 10, 15))[0]
    changed = lot(approved, ["D1"], day="2026-10-15", version="1")
    assert client.send(f"/day/lots/{row.ref}", changed, page=DAY).status_code == 409
    assert client.send(f"/day/lots/{row.ref}/back", {}, page=DAY).status_code == 409
    assert "tik skaityti" in client.page(f"/day/lots/{row.ref}")
    assert client.send("/day/2026-10-15/lots", lot(approved, ["D1"]), page="/day/2026-10-15").status_code == 303
    assert lots(approved, date(2026, 10, 15))[-1].booked_in == "2026-11"
    assert "Taisyti: Levandų muilas" in client.page("/day/2026-10-15")


def test_the_same_form_sent_twice_has_one_effect(house: House, master: Client) -> None:
    fields = lot(house, ["D1"])
    first = master.send(f"{DAY}/lots", fields, page=DAY, key="k" * 24)
    again = master.send(f"{DAY}/lots", fields, page=DAY, key="k" * 24)
    assert (first.status_code, again.status_code) == (303, 303)
    assert len(lots(house)) == 1
    assert master.send(f"{DAY}/lots", lot(house, ["D2"]), page=DAY, key="k" * 24).status_code == 409


def test_ids_that_are_not_of_this_workshop_are_not_there(house: House, master: Client) -> None:
    strange = "z" * 26
    assert attend(master, house, "D1", participant=strange).status_code == 404
    assert master.send(f"{DAY}/attendance/back", {"participant": strange}, page=DAY).status_code == 404
    assert master.send(f"{DAY}/lots", lot(house, ["D1"], product=strange), page=DAY).status_code == 404
    assert master.send(f"{DAY}/lots", lot(house, [], makers=[strange]), page=DAY).status_code == 404
    assert master.send(f"{DAY}/sales", sale(house, product=strange), page=DAY).status_code == 404
    assert master.send(f"{DAY}/concerns/{strange}", {}, page=DAY).status_code == 404
    for path in (f"/day/lots/{strange}", f"/day/sales/{strange}", f"/day/sales/{strange}/return"):
        master.page(path, 404)
        assert master.send(path, {}, page=DAY).status_code == 404


def test_who_only_reads_has_no_forms(house: House) -> None:
    director, accountant = house.client("vadovas"), house.client("buhalteris")
    page = director.page("/day/2026-10-15")
    assert "Aistė" in page
    assert "/attendance" not in page
    assert "name=\"product\"" not in page
    assert attend(director, house, "D1").status_code == 404
    assert "Įrašyti pardavimą" in accountant.page("/day/2026-10-15")
    assert house.client("socialine").get(DAY).status_code == 404


def test_what_a_participant_says_is_settled_here(house: House, master: Client) -> None:
    with house.opened.write() as session:
        scope = house.doing(session, "meistras").scope
        person = people.get_participant(session, house.opened.vault, scope, house.ref("D1")).person
        account = organisation.find_account_of_person(session, person.ref)
        assert account is not None
        doing = house.doing(session, account.login)
        people_actions.say_wrong(doing, Month(2026, 10), "days")
        session.commit()
    page = master.page(DAY)
    assert "Aistė Žukauskaitė: dienos" in page
    path = re.search(rf'action="({DAY}/concerns/\w+)"', page)
    assert path is not None
    assert master.send(path[1], {}, page=DAY).status_code == 303
    assert "/concerns/" not in master.page(DAY)
    assert master.send(path[1], {}, page=DAY).status_code == 409


def test_the_month_shows_every_day_and_what_is_missing(house: House, master: Client) -> None:
    page = master.page("/day/month/2026-10")
    assert "2026\u00a0m. spalis" in page
    assert 'href="/day/2026-10-15"' in page
    assert "D12 Mindaugas Butkus" in page
    attend(master, house, "D1")
    page = master.page("/day/month/2026-11")
    assert "darbo dienų lankomumas nepažymėtas" in page
    assert "lapkričio 19" in page
    assert 'href="/day/2026-11-22"' not in page


def test_whose_data_was_shown_is_noted(house: House, master: Client) -> None:
    master.page(DAY)
    with house.opened.watch() as watching:
        seen = watching.scalars(select(View).where(View.page == "day.page")).all()
    assert len(seen) == 11


def test_each_change_has_its_entry(house: House, master: Client) -> None:
    attend(master, house, "D1")
    master.send(f"{DAY}/lots", lot(house, ["D1"]), page=DAY)
    master.send(f"{DAY}/sales", sale(house), page=DAY)
    with house.opened.read() as session:
        actions = session.scalars(select(Audit.action).order_by(Audit.id.desc()).limit(3)).all()
    assert list(actions) == ["log_sale", "log_lot", "log_attendance"]


def crowd(house: House, number: int = 300) -> None:
    """Many more people, all here on the 20th, and a lot of each."""
    with house.opened.write() as session:
        doing = house.doing(session, "socialine")
        for index in range(number):
            profile = people_actions.Profile(f"E{index}", Identity("Konstantinas Aleksandras", f"Pavardenis-Ilgapavardis {index}"),
                                             date(2026, 11, 1), None)
            row = people_actions.keep_participant(doing, profile)
            session.add(AttendanceRow(organisation_id=doing.scope.organisation, workshop_id=doing.scope.workshop, version=1,
                                      participant_id=row.id, happened_on=date(2026, 11, 20), booked_in="2026-11", minutes=360,
                                      mark="D"))
        session.commit()


def test_three_hundred_people_cost_no_more_queries(house: House, master: Client) -> None:
    attend(master, house, "D1")
    master.send(f"{DAY}/lots", lot(house, ["D1"]), page=DAY)
    few = {path: queries(house, master, path) for path in (DAY, "/day/month/2026-11")}
    crowd(house)
    many = {path: queries(house, master, path) for path in (DAY, "/day/month/2026-11")}
    assert few == many == {DAY: 27, "/day/month/2026-11": 10}
    assert "Konstantinas Aleksandras, atėjo" not in master.page(DAY)
    assert "Pavardenis-Ilgapavardis 299" in master.page(DAY)


def test_an_empty_workshop_says_what_to_do(tmp_path: Any) -> None:
    import house as houses
    bare = houses.build(tmp_path / "bare", october=False)
    client = bare.client("meistras")
    page = client.page(DAY)
    assert "paslaugų gavėjų nėra" in page
    assert "Gaminių dar nėra" in page
    assert "paslaugų gavėjų nebuvo" in client.page("/day/month/2026-11")
    bare.opened.close()


def test_the_day_speaks_english_too(house: House, master: Client) -> None:
    master.send("/language", {"language": "en", "next": DAY}, page=DAY)
    page = master.page(DAY)
    assert "Who is here" in page
    assert "Kas atėjo" not in page



def test_a_vat_payer_must_write_the_rate(tmp_path: Path) -> None:
    payer = houses.build(tmp_path / "data", vat_payer=True)
    daiva = payer.client("meistras")
    with payer.opened.read() as books:
        product = books.scalar(select(Product.ref).where(Product.code == "MU-01"))
    sale = {"product": product, "quantity": "1", "channel": "mugė", "discount": "0", "price": "", "document": ""}
    silent = daiva.send("/day/2026-11-20/sales", {**sale, "vat": ""}, page="/day/2026-11-20")
    told = daiva.send("/day/2026-11-20/sales", {**sale, "vat": "9"}, page="/day/2026-11-20")
    assert silent.status_code == 422
    assert told.status_code == 303
    payer.opened.close()
