"""Steps of a product, time studies, materials, orders of customers, work cards, and a lot shared by steps, as people use them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import papers
import pytest
import stepped
from acts import act, product
from counted import queries
from easy import easy_faults
from house import Client, House
from sqlalchemy import select
from stepped import step, study

from ledger.actions import customer_jobs, materials, work_steps
from ledger.core.work_steps import Job, Material, Step
from ledger.documents.work_cards import SIZES, Card, lines_of, work_cards_pdf
from ledger.i18n import use
from ledger.records.production import LotRow, Price
from ledger.records.work_steps import JobRow, LotStep, MaterialRow, StepRow, TimeStudy

STEP = {"name": "Supilk vašką", "words": "Pilk lėtai.", "picture": "pilti", "weight": "1,5", "kind": "special",
        "skill": "Pilu vašką"}
TIMES = {"day": "2026-11-20", "units": "1", "average": "median", "time_1": "1:02", "time_2": "65,5", "time_3": "1:01"}
JOB = {"customer": "UAB „Giria“", "taken": "2026-11-02", "due": "2026-11-18", "quantity": "20", "price": ""}


@pytest.fixture
def master(house: House) -> Client:
    return house.client("meistras")


def all_of(house: House, table: Any) -> list[Any]:
    with house.opened.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def soap(house: House, more: str = "") -> str:
    return f"/products/{product(house, 'MU-01')}{more}"


# ---------- steps ----------


def test_a_step_is_added_and_stands_on_the_products_page(house: House, master: Client) -> None:
    assert "Žingsnių dar nėra" in master.page(soap(house))
    assert master.send(soap(house, "/steps/new"), STEP).status_code == 303
    row = all_of(house, StepRow)[0]
    assert (row.name, row.weight, row.skill_kind, row.skill) == ("Supilk vašką", 1500, "special", "Pilu vašką")
    page = master.page(soap(house))
    assert "svoris 1,5 · ugdo: Pilu vašką" in page
    assert "1 žingsnis" in master.page("/products")


@pytest.mark.parametrize(("fields", "says"), [
    ({"name": ""}, "kas daroma"), ({"name": "x" * 61}, "60"), ({"words": "Pilk (lėtai)."}, "ženklo „(“ nebūna"),
    ({"words": "Viens. Du. Trys. Keturi."}, "trumpi sakiniai"), ({"words": "žodis " * 13}, "Padalykite"),
    ({"weight": "0"}, "didesnis už nulį"), ({"weight": "NaN"}, "NaN"), ({"skill": ""}, "ir jo rūšį"),
    ({"kind": ""}, "ir jo rūšį"), ({"picture": "../x"}, "aveiksl")])
def test_a_wrong_step_is_told_at_its_field_and_nothing_is_lost(house: House, master: Client, fields: dict[str, str],
                                                               says: str) -> None:
    answer = master.send(soap(house, "/steps/new"), {**STEP, **fields})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in text
    assert 'id="summary"' in text
    assert "Supilk vašką" in text or "name" in fields
    assert all_of(house, StepRow) == []


def test_steps_change_places_and_end_and_are_done_again(house: House, master: Client) -> None:
    first, second = step(house, "Pasverk"), step(house, "Supilk")
    assert master.send(f"/steps/{second.ref}/move", {"way": "up"}, page=soap(house)).status_code == 303
    page = master.page(soap(house))
    assert page.index("Supilk") < page.index("Pasverk")
    assert master.send(f"/steps/{first.ref}/end", {"version": "1"}, page=f"/steps/{first.ref}").status_code == 303
    assert "baigtas 2026-11-21" in master.page(f"/steps/{first.ref}")
    answer = master.send(f"/steps/{first.ref}/resume", {"version": "1"}, page=f"/steps/{first.ref}")
    assert answer.status_code == 409
    assert "pakeitė" in answer.get_data(as_text=True)
    assert master.send(f"/steps/{first.ref}/resume", {"version": "2"}, page=f"/steps/{first.ref}").status_code == 303


def test_a_step_is_changed_by_its_form(house: House, master: Client) -> None:
    path = f"/steps/{step(house, 'Pasverk').ref}/edit"
    assert 'value="Pasverk"' in master.page(path)
    assert master.send(path, {**STEP, "version": "1"}).status_code == 303
    assert all_of(house, StepRow)[0].name == "Supilk vašką"
    late = master.send(path, {**STEP, "name": "Kitas", "version": "1"})
    assert late.status_code == 409
    assert 'name="version" value="2"' in late.get_data(as_text=True)


def test_the_accountant_reads_steps_and_sees_no_form(house: House) -> None:
    row, accountant = step(house, "Pasverk"), house.client("buhalteris")
    page = accountant.page(soap(house))
    assert "Pasverk" in page
    assert "Pridėti žingsnį" not in page
    assert "Matuoti laiką" not in accountant.page(f"/steps/{row.ref}")
    assert accountant.get(f"/steps/{row.ref}/time").status_code == 404


# ---------- time studies ----------


def test_a_time_study_gives_the_norm_and_says_what_was_left_out(house: House, master: Client) -> None:
    path = f"/steps/{step(house, 'Supilk').ref}"
    assert "Normos dar nėra" in master.page(path)
    assert master.send(f"{path}/time", {**TIMES, "time_4": "3:00", "out": "4"}).status_code == 303
    page = re.sub(r"<[^>]+>", "", master.page(path)).replace("\u00a0", " ")
    assert "1:02; 1:05,5; 1:01" in page
    assert "neskaičiuojama: 3:00" in page
    assert "1,03 min." in page
    assert "58,1 vnt." in page
    assert "norma – po 1,03 min." in master.page(soap(house)).replace("\u00a0", " ")


@pytest.mark.parametrize(("fields", "says"), [
    ({"time_2": "1:75"}, "„1:75“ – ne laikas"), ({"time_2": "0"}, "netikras laikas"), ({"time_3": ""}, "bent 3 laikus"),
    ({"out": "1"}, "bent 3 laikus"), ({"day": "2026-11-22"}, "neatėjo"), ({"units": "1,5"}, "sveik"), ({"units": ""}, "matavimą")])
def test_a_wrong_time_study_is_told_at_its_field(house: House, master: Client, fields: dict[str, str], says: str) -> None:
    answer = master.send(f"/steps/{step(house, 'Supilk').ref}/time", {**TIMES, **fields})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in text
    assert 'value="1:02"' in text
    assert all_of(house, TimeStudy) == []


def test_a_time_study_can_be_taken_back(house: House, master: Client) -> None:
    row = step(house, "Supilk")
    made = act(house, "meistras", work_steps.add_study, row.ref, study(60, 61, 62))
    assert master.send(f"/studies/{made.ref}/back", {}, page=f"/steps/{row.ref}").status_code == 303
    assert all_of(house, TimeStudy) == []


# ---------- materials ----------


def test_the_list_proposes_a_cost_and_sets_none(house: House, master: Client) -> None:
    before = len(all_of(house, Price))
    path = soap(house, "/materials")
    assert "Sąrašas dar tuščias" in master.page(path)
    fields = {"name": "Aliejus", "quantity": "0,18", "unit": "kg", "price": "7,20"}
    assert master.send(path, fields).status_code == 303
    page = master.page(soap(house)).replace("\u00a0", " ")
    assert "Pagal medžiagų sąrašą vienam reikia 1,30 €." in page
    assert 'name="materials" type="text" value="1,30"' not in page
    assert 'value="1,30"' in master.page(soap(house, "?materials=list"))
    assert len(all_of(house, Price)) == before
    ref = all_of(house, MaterialRow)[0].ref
    assert master.send(f"/materials/{ref}", {**fields, "price": "8", "version": "1"}).status_code == 303
    stale = master.send(f"/materials/{ref}", {**fields, "version": "1"})
    assert stale.status_code == 409
    assert master.send(f"/materials/{ref}/back", {}, page=path).status_code == 303
    assert all_of(house, MaterialRow) == []


@pytest.mark.parametrize(("fields", "says"), [
    ({"name": ""}, "medžiaga"), ({"quantity": "0"}, "Nulio"), ({"unit": "t"}, "Pasirinkite vienetą"), ({"price": "-1"}, "nul"),
    ({"price": "1,234"}, "1,234")])
def test_a_wrong_material_is_told_at_its_field(house: House, master: Client, fields: dict[str, str], says: str) -> None:
    typed = {"name": "Aliejus", "quantity": "0,18", "unit": "kg", "price": "7,20", **fields}
    answer = master.send(soap(house, "/materials"), typed)
    assert answer.status_code == 422
    assert says in answer.get_data(as_text=True)


# ---------- orders of customers ----------


def test_what_is_late_stands_first_and_says_so(house: House, master: Client) -> None:
    assert "Vykdomų užsakymų nėra" in master.page("/jobs")
    fields = {**JOB, "product": product(house, "MU-01")}
    assert master.send("/jobs/new", {**fields, "customer": "Darželis", "due": "2026-11-25"}).status_code == 303
    assert "1 užsakymo terminas – per savaitę" in master.page("/jobs")
    assert master.send("/jobs/new", fields).status_code == 303
    page = master.page("/jobs")
    assert page.index("UAB „Giria“") < page.index("Darželis")
    assert "Vėluoja 1 užsakymas" in page
    assert "vėluoja 3 dienas" in page
    assert "po 4 dienų" in page
    assert "Darželis" not in master.page("/jobs?text=giria")
    assert "nieko nerasta" in master.page("/jobs?text=zzz")


def test_an_order_is_done_and_opened_again(house: House, master: Client) -> None:
    master.send("/jobs/new", {**JOB, "product": product(house, "MU-01")})
    path = f"/jobs/{all_of(house, JobRow)[0].ref}"
    assert master.send(path, {**JOB, "product": product(house, "ZV-01"), "price": "90", "version": "1"}).status_code == 303
    assert master.send(f"{path}/end", {"version": "2", "how": "done"}, page=path).status_code == 303
    assert "įvykdytas" in master.page("/jobs?ended=1")
    assert "UAB" not in master.page("/jobs")
    assert master.send(f"{path}/again", {"version": "3"}, page=path).status_code == 303
    assert master.send(f"{path}/end", {"version": "3", "how": "off"}, page=path).status_code == 409
    assert house.client("buhalteris").page(path).count("Įvykdyta") == 0


@pytest.mark.parametrize(("fields", "says"), [
    ({"customer": ""}, "klientas"), ({"product": ""}, "kas užsakyta"), ({"due": "2026-11-01"}, "ne anksčiau kaip 2026-11-02"),
    ({"quantity": ""}, "kiek užsakyta"), ({"quantity": "1,5"}, "sveik"),
    ({"taken": "2026-11-22"}, "neatėjo"), ({"due": "9999-01-01"}, "9999-01-01")])
def test_a_wrong_order_is_told_at_its_field(house: House, master: Client, fields: dict[str, str], says: str) -> None:
    answer = master.send("/jobs/new", {**JOB, "product": product(house, "MU-01"), **fields})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in text
    assert "2026-11-02" in text or "taken" in fields
    assert all_of(house, JobRow) == []


# ---------- a lot shared by steps ----------


def lot(house: House, who: list[str], **fields: Any) -> dict[str, Any]:
    return {"product": product(house, "MU-01"), "good": "10", "rejects": "0", "shared_by": "steps",
            "makers": [house.ref(number) for number in who], **fields}


def weights(house: House) -> list[int]:
    return [maker.weight for maker in all_of(house, LotRow)[-1].makers]


def test_a_lot_is_shared_by_who_did_which_step(house: House, master: Client) -> None:
    assert 'value="steps"' not in master.page("/day/2026-11-20")
    weigh, pour = step(house, "Pasverk"), step(house, "Supilk", 2000)
    ticks = {f"step_{weigh.ref}": [house.ref("D1"), house.ref("D3")], f"step_{pour.ref}": [house.ref("D3")]}
    assert master.send("/day/2026-11-20/lots", {**lot(house, ["D1", "D3"]), **ticks}, page="/day/2026-11-20").status_code == 303
    assert weights(house) == [500, 2500]
    made = all_of(house, LotRow)[-1]
    page = master.page(f"/lots/{made.ref}")
    assert "Kas kurį žingsnį atliko" in page
    assert "0,5\u00a0dal." in page
    change = master.page(f"/day/lots/{made.ref}")
    assert change.count(f'name="step_{weigh.ref}"') == 2
    fields = {**lot(house, ["D1", "D3"]), "day": "2026-11-20", "version": "1", f"step_{weigh.ref}": [house.ref("D1")],
              f"step_{pour.ref}": [house.ref("D3")]}
    assert master.send(f"/day/lots/{made.ref}", fields).status_code == 303
    assert weights(house) == [1000, 2000]
    assert len(all_of(house, LotStep)) == 2


def test_without_script_the_steps_are_asked_for_and_nothing_is_lost(house: House, master: Client) -> None:
    row = step(house, "Pasverk")
    answer = master.send("/day/2026-11-20/lots", lot(house, ["D1", "D3"]), page="/day/2026-11-20")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "nepažymėtas nė vienas žingsnis" in text
    assert text.count(f'name="step_{row.ref}"') == 2
    other = {**lot(house, ["D1"]), "product": product(house, "ZV-01")}
    assert "dar neturi žingsnių" in master.send("/day/2026-11-20/lots", other, page="/day/2026-11-20").get_data(as_text=True)
    assert [one for one in all_of(house, LotRow) if one.shared_by == "steps"] == []


# ---------- work cards ----------


def test_a_participant_reads_the_cards_one_step_at_a_time(house: House) -> None:
    step(house, "Pasverk vašką", words="Dėk vašką. Žiūrėk: 180 gramų.", kind="special", skill="Sveriu")
    step(house, "Supilk")
    client = house.participant("D1")
    assert "Levandų muilas" in client.page("/cards")
    path = f"/cards/{product(house, 'MU-01')}"
    page = client.page(f"{path}/1")
    main = re.sub(r"<[^>]+>", "\n", page[page.index("<main"):page.index("</main>")])
    assert "Pasverk vašką" in main
    assert "Toliau" in main
    assert "Padaryta" in client.page(f"{path}/2")
    assert easy_faults(main) == []
    assert len(main.split()) <= 60
    assert page[page.index("<h1"):].count("<a ") <= 5
    assert client.get(f"{path}/3").status_code == 404
    assert client.get(f"/cards/{product(house, 'ZV-01')}/1").status_code == 404
    assert client.get(soap(house, "/cards/a3")).status_code == 404
    assert client.get(soap(house, "/cards/a4")).data.startswith(b"%PDF")


def test_many_products_come_a_few_at_a_time(house: House) -> None:
    client = house.participant("D1")
    assert "Čia dar nieko nėra." in client.page("/cards")
    for code in ("MU-01", "ZV-01", "SA-A5", "AT-01", "VA-01"):
        step(house, "Pasverk", code=code)
    page = client.page("/cards")
    assert page[page.index("<h1"):].count("<a ") == 5
    assert "Daugiau" in page
    assert client.page("/cards?page=2").count("/cards/") == 1


CARDS = [Card("Pasverk vašką", "svarstykles", lines_of("Dėk vašką. Žiūrėk: 180 gramų.")), Card("Supilk", "pilti", ())]


@pytest.mark.parametrize("size", SIZES)
def test_the_printed_cards_are_easy_and_whole(size: str) -> None:
    with use("lt"):
        said = papers.text_of(work_cards_pdf("Levandų muilas", "muilas", CARDS, size, date(2026, 11, 21)))
    for words in ("Levandų muilas", "Pasverk vašką", "Dėk vašką.", "Žiūrėk: 180 gramų.", "Supilk"):
        assert words in said
    assert [fault for fault in easy_faults(said) if "words:" not in fault] == []


# ---------- many rows ----------


def many(house: House, count: int) -> None:
    with house.opened.write() as session:
        doing = house.doing(session, "meistras")
        ref = product(house, "MU-01")
        for number in range(count):
            row = work_steps.add_step(doing, ref, Step(f"Labai ilgas darbo žingsnio pavadinimas {number}", "kitas", weight=1000))
            for _again in range(2):
                work_steps.add_study(doing, row.ref, study(60, 61, 62))
            materials.add_material(doing, ref, Material(f"Medžiaga {number}", 10, "kg", 100))
            customer_jobs.take_job(doing, ref, Job(f"Klientas {number}", date(2026, 11, 2), date(2026, 12, 1), 1000, None))
        session.commit()


def test_pages_cost_the_same_whatever_the_rows(house: House, master: Client) -> None:
    ref = stepped.step(house, "Pasverk").ref
    paths = ("/products", soap(house), f"/steps/{ref}", soap(house, "/materials"), "/jobs", "/cards")

    def counts() -> list[int]:
        return [queries(house, master, path) for path in paths]
    many(house, 1)
    counts()  # the first look at a page opens the keys of names
    few = counts()
    many(house, 35)
    assert counts() == few == [5, 10, 6, 6, 6, 5]


def test_three_hundred_orders_come_fifty_a_page(house: House, master: Client) -> None:
    with house.opened.write() as session:
        doing, ref = house.doing(session, "meistras"), product(house, "MU-01")
        for number in range(300):
            customer_jobs.take_job(doing, ref, Job(f"Klientas {number}", date(2026, 11, 2), date(2026, 12, 1), 1000, None))
        session.commit()
    page = master.page("/jobs")
    assert "300 užsakymų" in page
    assert len(re.findall(r"Klientas \d", page)) == 50
    assert "Klientas 299" in master.page("/jobs?page=6")
