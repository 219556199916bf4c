"""The month in the browser: the accountant calculates and submits, the director sends back or approves, others see nothing."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from pathlib import Path

import acts
import pytest
from counted import selects
from house import DATA, OCTOBER, House, build
from sqlalchemy import update

from ledger import i18n, jobs
from ledger.actions import stipends
from ledger.core.periods import Month
from ledger.records.audit import Audit
from ledger.records.production import AttendanceRow
from ledger.records.stipends import Run, SchemeRow
from ledger.records.watch import View
from ledger.sentences import SENTENCES

PAGE = "/month/2026-10"
MONEY = json.loads((DATA / "month-2026-10" / "laukiama.json").read_text(encoding="utf-8"))


def plain(text: str) -> str:
    """A page's words: tags out, white space as one space."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("\u00a0", " ").split())


def expected() -> list[dict[str, str]]:
    with (DATA / "month-2026-10" / "laukiama_stipendijos.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file, delimiter=";"))


def table(text: str, name: str) -> list[list[str]]:
    """The rows of a table as words."""
    found = text[text.index(f'id="{name}"'):]
    rows = re.findall(r"<tr.*?</tr>", found[:found.index("</table>")], re.DOTALL)
    return [[plain(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None, name
    return found[1]


@pytest.fixture
def drafted(house: House) -> House:
    """October worked out, not submitted."""
    assert house.client("buhalteris").send(PAGE + "/calculate", {}, page=PAGE).status_code == 303
    return house


@pytest.fixture
def submitted(house: House) -> House:
    house.submit()
    return house


# ---------- the accountant ----------


def test_the_accountant_goes_from_nothing_to_a_submitted_month(house: House) -> None:
    client = house.client("buhalteris")
    assert client.get("/month").headers["Location"].endswith(PAGE)
    assert "Dar neapskaičiuota" in client.page(PAGE)
    client.send(PAGE + "/calculate", {}, page=PAGE)
    text = client.page(PAGE)
    assert "Pateikti tvirtinti" in text
    answer = client.send(PAGE + "/submit", {"seen": hidden(text, "seen")}, page=PAGE)
    assert answer.status_code == 303
    assert "Laukia patvirtinimo" in client.page(PAGE)


def test_every_number_of_the_table_is_the_expected_one(drafted: House) -> None:
    text = drafted.client("buhalteris").page(PAGE)
    rows = table(text, "stipends-table")
    assert len(rows) == 1 + MONEY["dalyviu"] + 1
    for row, one in zip(rows[1:-1], expected(), strict=True):
        cut = int(one["virs_ribos_ct"])
        assert [row[0], *row[2:]] == [
            one["dalyvis"], one["dienos_nuo_4_val"], i18n.amount(int(one["dienu_dalis_ct"])),
            i18n.amount(int(one["parduotos_produkcijos_dalis_ct"])), i18n.amount(cut) if cut else "–",
            i18n.amount(int(one["stipendija_ct"]))]
    assert rows[-1][2:] == ["172", "206,40", "983,37", "−14,32", "1 175,45"]


def test_a_split_month_names_both_rules(house: House) -> None:
    text = 'inside_month = "split"\n' + (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
    with house.opened.write() as books:
        stipends.approve_scheme(house.doing(books, "vadovas"), text.replace('number = "1"', 'number = "2"', 1).replace(
            "2024-05-01", "2026-10-15", 1))
        books.commit()
    client = house.client("buhalteris")
    both = "mėnuo padalytas: tvarka Nr. 1, nuo 2026-10-15 – tvarka Nr. 2"
    assert both in plain(client.page(PAGE))
    client.send(PAGE + "/calculate", {}, page=PAGE)
    words = plain(client.page(PAGE))
    assert both in words
    assert "Skaičiuota pagal tvarką Nr. 1," in words
    assert "Skaičiuota pagal tvarką Nr. 2," in words


def test_the_shared_sum_is_the_identity_of_the_month(drafted: House) -> None:
    words = plain(drafted.client("buhalteris").page(PAGE))
    for word, cents in (
            ("Realizuota be PVM 26 eilutės, iš jų 1 grąžinimas", MONEY["realizuota_be_pvm_ct"]),
            ("Medžiagos", -MONEY["atskaityta_ct"]), ("Dalijama suma", MONEY["dalijama_ct"]),
            ("kol nenuspręsta", -MONEY["nepriskirta_ct"]),
            ("70 % nuo 1 404,81 €", -MONEY["parduotos_produkcijos_dalys_ct"]),
            ("Čilvinas Žąsinas, Šarūnas Čepulis", -MONEY["virs_ribos_ct"]), ("Į rezervą", MONEY["i_rezerva_ct"]),
            ("172 dienos", MONEY["is_biudzeto_ct"]), ("Mokėti iš viso", MONEY["stipendijos_ct"])):
        assert f"{word} {i18n.money(cents).replace(i18n.NBSP, ' ')}" in words


def test_the_page_says_what_is_missing_and_how_to_mend_it(drafted: House) -> None:
    text = drafted.client("buhalteris").page(PAGE)
    words = plain(text)
    assert "Parduota be partijos: Keramikinis dubenėlis, 2 vnt." in words
    assert "PAR-2026-10-4, 24 eil.: parduota 5 vnt., iš partijų 3 vnt.; kol nenuspręsta, 18,60 € lieka nepriskirta." in words
    assert "Šarūnas Čepulis (150,00 €), Čilvinas Žąsinas (150,00 €). Be sąskaitos bus mokama grynaisiais." in words
    assert "Atverti eilutę" in words


def test_days_without_anybody_are_told_by_their_dates(drafted: House) -> None:
    words = plain(drafted.client("buhalteris").page("/month/2026-11"))
    assert "14 darbo dienų be lankomumo" in words  # 3 to 20 November; the 2nd is a holiday
    assert "lapkričio 3 d." in words


def test_an_open_earlier_month_stops_submitting_and_leads_there(tmp_path: Path) -> None:
    house = build(tmp_path, books_from=Month(2026, 9))
    client = house.client("buhalteris")
    assert client.get("/month").headers["Location"].endswith("/month/2026-09")
    client.send(PAGE + "/calculate", {}, page=PAGE)
    text = client.page(PAGE)
    assert "Nepatvirtintas ankstesnis mėnuo" in text
    assert 'href="/month/2026-09"' in text
    assert client.send(PAGE + "/submit", {"seen": hidden(text, "seen")}, page=PAGE).status_code == 422
    assert "pažymėti" in client.page("/month/2026-09/empty")
    assert client.send("/month/2026-09/empty", {}, page="/month/2026-09/empty").status_code == 303
    assert "Pažymėta, kad mėnuo tuščias" in client.page("/month/2026-09")
    assert client.send(PAGE + "/submit", {"seen": hidden(text, "seen")}, page=PAGE).status_code == 303
    house.opened.close()


def test_a_draft_is_told_to_be_old_when_the_books_changed(drafted: House) -> None:
    client = drafted.client("buhalteris")
    seen = hidden(client.page(PAGE), "seen")
    acts.sale(drafted, "ZV-01", date(2026, 10, 30), 1)
    text = client.page(PAGE)
    assert "Skaičiuoti iš naujo" in text
    assert 'name="seen"' not in text
    answer = client.send(PAGE + "/submit", {"seen": seen}, page=PAGE)
    assert answer.status_code == 409
    assert "Nepavyko." in answer.get_data(as_text=True)
    assert client.send(PAGE + "/calculate", {}, page=PAGE).status_code == 303
    assert "Po šio skaičiavimo duomenys pasikeitė" not in client.page(PAGE)


def _one_more_minute(house: House) -> None:
    with house.opened.write() as session:
        first = session.query(AttendanceRow).filter(AttendanceRow.mark == "D").first()
        assert first is not None
        first.minutes += 1
        session.commit()


def test_a_submitted_month_can_be_taken_back_and_thrown_away(submitted: House) -> None:
    client = submitted.client("buhalteris")
    assert client.send(PAGE + "/withdraw", {}, page=PAGE).status_code == 303
    assert "lankomumas, partijos ir pardavimai lieka" in client.page(PAGE + "/discard").lower()
    assert client.send(PAGE + "/discard", {}, page=PAGE + "/discard").status_code == 303
    assert "Dar neapskaičiuota" in client.page(PAGE)


def test_a_click_repeated_has_one_effect(house: House) -> None:
    client = house.client("buhalteris")
    for _ in range(2):
        assert client.send(PAGE + "/calculate", {}, page=PAGE, key="a" * 20).status_code == 303
    with house.opened.read() as session:
        assert session.query(Audit).filter(Audit.action == "calculate").count() == 1


def test_the_table_sorts_by_links(drafted: House) -> None:
    client = drafted.client("buhalteris")
    by_name = [row[1] for row in table(client.page(PAGE + "?sort=name"), "stipends-table")[1:-1]]
    assert by_name[:3] == ["Aistė Žukauskaitė", "Ąžuolas Įlinskis", "Čilvinas Žąsinas"]
    assert by_name[-1] == "Žygimantas Ąžuolaitis"
    totals = [row[-1] for row in table(client.page(PAGE + "?sort=total&order=down"), "stipends-table")[1:-1]]
    assert totals[:3] == ["150,00", "150,00", "136,49"]
    assert [row[0] for row in table(client.page(PAGE + "?sort=bad"), "stipends-table")[1:3]] == ["D1", "D2"]


def test_how_a_sum_came_about_down_to_lot_and_document(drafted: House) -> None:
    client = drafted.client("buhalteris")
    text = client.page(f"{PAGE}/{drafted.ref('D1')}")
    words = plain(text)
    assert "Aistė Žukauskaitė: kaip susidarė 96,17 €" in words
    assert "115,1062 € × 70 % = 80,5744 €" in words
    assert "Tiksli dalis: 1 083 895 959 769 / 134 521 200 ct." in words
    assert "96,17 € neviršija 150,00 €" in words
    assert "Aistė skaito: „Tu dirbai 13 dienų. Už dienas: 15 eurų 60 centų." in words
    rows = table(text, "trace")
    assert rows[1][:3] == ["2026-10-05", "MUG-2026-10-1 , 1 eil.", "Siuvinėtas sąsiuvinis A5"]
    assert rows[1][3:] == ["17,60", "P5", "2 iš 4", "2 iš 3 vnt.", "5,8667"]
    assert rows[-1] == ["Atsekta iš viso", "115,1062"]
    sale = re.search(r'href="(/sales/[^"]+)"', text)
    lot = re.search(r'href="(/lots/[^"]+)"', text)
    assert sale is not None
    assert lot is not None
    assert client.get(sale[1]).status_code == client.get(lot[1]).status_code == 200


def test_the_accountants_pages_tell_no_illness(drafted: House) -> None:
    client = drafted.client("buhalteris")
    texts = [client.page(f"{PAGE}/{drafted.ref(f'D{n}')}") for n in range(1, 13)]
    assert any("pateisinta" in text for text in texts)
    assert not any("liga" in plain(text).lower() or "serga" in text.lower() or "ligos" in text.lower() for text in texts)


def test_everybody_on_the_page_is_noted_as_seen(drafted: House) -> None:
    drafted.client("buhalteris").page(PAGE)
    with drafted.opened.watch() as watching:
        assert watching.query(View).filter(View.page == "month.page").count() == MONEY["dalyviu"]


# ---------- the director ----------


def test_the_director_sends_back_with_a_reason_that_the_accountant_reads(submitted: House) -> None:
    director = submitted.client("vadovas")
    assert director.send(PAGE + "/send-back", {"why": ""}, page=PAGE + "/send-back").status_code == 422
    assert director.send(PAGE + "/send-back", {"why": "Trūksta P44 <b>"}, page=PAGE).status_code == 303
    text = submitted.client("buhalteris").page(PAGE)
    assert "Lina Vaitkutė grąžino skaičiavimą taisyti:</b> Trūksta P44 &lt;b&gt;" in text
    assert "Dar nepateikta" in director.page(PAGE)


def test_the_director_approves_what_was_on_the_page(submitted: House) -> None:
    director = submitted.client("vadovas")
    text = director.page(PAGE)
    assert "Patvirtinti 1 175,45 €" in plain(text)
    order = {"seen": hidden(text, "seen"), "order_number": "V-87", "order_date": "2026-11-04"}
    assert director.send(PAGE + "/approve", order, page=PAGE).status_code == 303
    words = plain(director.page(PAGE))
    assert "stipendijų skaičiavimas SK-2026-0001" in words
    assert "2026-11-04 įsakymas Nr. V-87" in words
    assert "Parengti dokumentus" in words
    assert director.get("/month").headers["Location"].endswith("/month/2026-11")


def test_approval_needs_an_order_with_its_date(submitted: House) -> None:
    director = submitted.client("vadovas")
    order = {"seen": hidden(director.page(PAGE + "/approve"), "seen"), "order_number": "", "order_date": "2027-01-01"}
    without = director.send(PAGE + "/approve", order, page=PAGE)
    ahead = director.send(PAGE + "/approve", {**order, "order_number": "V-87"}, page=PAGE)
    assert without.status_code == ahead.status_code == 422
    assert 'id="order_number-error"' in without.get_data(as_text=True)
    assert 'id="order_date-error"' in ahead.get_data(as_text=True)


def test_an_old_form_of_approval_is_refused(submitted: House) -> None:
    director, accountant = submitted.client("vadovas"), submitted.client("buhalteris")
    order = {"seen": hidden(director.page(PAGE), "seen"), "order_number": "V-87", "order_date": "2026-11-04"}
    accountant.send(PAGE + "/withdraw", {}, page=PAGE)
    assert director.send(PAGE + "/approve", order, page=PAGE).status_code == 409
    _one_more_minute(submitted)
    accountant.send(PAGE + "/calculate", {}, page=PAGE)
    accountant.send(PAGE + "/submit", {"seen": hidden(accountant.page(PAGE), "seen")}, page=PAGE)
    assert director.send(PAGE + "/approve", order, page=PAGE).status_code == 409
    assert "Laukia" not in director.page(PAGE)
    order["seen"] = hidden(director.page(PAGE), "seen")
    assert director.send(PAGE + "/approve", order, page=PAGE).status_code == 303


def test_a_submitted_run_over_changed_books_cannot_be_approved(submitted: House) -> None:
    director = submitted.client("vadovas")
    order = {"seen": hidden(director.page(PAGE), "seen"), "order_number": "V-87", "order_date": "2026-11-04"}
    _one_more_minute(submitted)
    assert "tvirtinti nebegalima" in director.page(PAGE)
    assert director.send(PAGE + "/approve", order, page=PAGE).status_code == 409


def test_nobody_approves_what_they_calculated(submitted: House) -> None:
    director = submitted.client("vadovas")
    with submitted.opened.write() as session:
        account = submitted.doing(session, "vadovas").who.account
        session.execute(update(Run).values(calculated_by=account))
        session.commit()
    order = {"seen": hidden(director.page(PAGE), "seen"), "order_number": "V-87", "order_date": "2026-11-04"}
    answer = director.send(PAGE + "/approve", order, page=PAGE)
    assert answer.status_code == 422
    assert "netvirtina" in answer.get_data(as_text=True)


def test_an_approved_month_takes_no_more_buttons(approved: House) -> None:
    for login in ("buhalteris", "vadovas"):
        text = approved.client(login).page(PAGE)
        assert "Ko trūksta" not in text
        assert 'name="seen"' not in text
    assert approved.client("buhalteris").send(PAGE + "/calculate", {}, page=PAGE).status_code == 409


def test_the_director_cannot_calculate_nor_the_accountant_approve(house: House) -> None:
    director, accountant = house.client("vadovas"), house.client("buhalteris")
    assert director.send(PAGE + "/calculate", {}, page=PAGE).status_code == 404
    accountant.send(PAGE + "/calculate", {}, page=PAGE)
    for path in ("/approve", "/send-back"):
        assert accountant.get(PAGE + path).status_code == 404
        assert accountant.send(PAGE + path, {"why": "x"}, page=PAGE).status_code == 404


# ---------- others, edges, queries ----------


@pytest.mark.parametrize("login", ["meistras", "socialine"])
def test_others_find_no_such_page(submitted: House, login: str) -> None:
    client = submitted.client(login)
    for path in (PAGE, "/month", f"{PAGE}/{submitted.ref('D1')}", PAGE + "/approve", PAGE + "/discard"):
        assert client.get(path).status_code == 404, path
    assert client.send("/rules/what-if", {"text": "", "months": "2026-10"}, page="/rules").status_code == 404


def test_a_participant_finds_no_such_page(submitted: House) -> None:
    client = submitted.participant("D1")
    for path in (PAGE, "/month", f"{PAGE}/{submitted.ref('D1')}", "/rules", "/import"):
        assert client.get(path).status_code == 404, path


def test_there_is_no_month_before_the_books_nor_ahead(house: House) -> None:
    client = house.client("buhalteris")
    for month in ("2026-09", "2026-12", "2026-13", "x", "0000-00"):
        assert client.get(f"/month/{month}").status_code == 404, month
    assert client.get(f"{PAGE}/nobody").status_code == 404
    assert client.get(f"{PAGE}/{house.ref('D1')}").status_code == 404  # nothing is worked out yet


def test_an_empty_workshop_says_how_to_begin(tmp_path: Path) -> None:
    house = build(tmp_path, october=False)
    text = house.client("buhalteris").page(PAGE)
    assert "Šiam mėnesiui nieko neįrašyta" in text
    assert "Įkelti duomenis" in text
    assert "Dar neapskaičiuota" in house.client("vadovas").page(PAGE)
    house.opened.close()


def test_a_month_without_people_or_sales_can_be_calculated(tmp_path: Path) -> None:
    house = build(tmp_path, october=False)
    client = house.client("buhalteris")
    client.send(PAGE + "/calculate", {}, page=PAGE)
    assert "Šį mėnesį dirbtuvėse nieko nebuvo." in client.page(PAGE)
    house.opened.close()


def many(folder: Path, people: int) -> House:
    """A workshop with so many people who came on one day and made one thing each, all of it sold."""
    house = build(folder, october=False)
    rows = range(1, people + 1)
    files = {
        "dalyviai.csv": ["Nr.;Vardas;Pavardė;Gimimo data;Pradėjo;Baigė;Sąskaita (IBAN)",
                         *(f"D{n};Vardas;Labailgapavardaitė-Nepertraukiamoji{n};1990-01-01;2025-01-02;;" for n in rows)],
        "gaminiai.csv": ["Kodas;Pavadinimas;Matas;Paslauga;Kaina, €;Medžiagos vienetui, €", "Z;Žvakė;vnt;ne;5,00;1,00"],
        "lankomumas.csv": ["Data;Dalyvis;Valandos;Žyma", *(f"2026-10-05;D{n};5;D" for n in rows)],
        "gamyba.csv": ["Partija;Data;Gaminys;Geri;Brokas;Dalyvis;Dalis", *(f"P{n};2026-10-05;Z;1;0;D{n};1" for n in rows)],
        "pardavimai.csv": ["Dokumentas;Eil. Nr.;Data;Kanalas;Gaminys;Kiekis;Kaina, €;Nuolaida, %;PVM, %;Grąžinta eil.",
                           *(f"A;{n};2026-10-06;mugė;Z;1;5,00;0;0;" for n in rows)]}
    jobs.bring_in(house.tools, "buhalteris", {name: "\n".join(lines).encode() for name, lines in files.items()})
    with house.opened.write() as session:
        stipends.calculate_month(house.doing(session, "buhalteris"), OCTOBER)
        session.commit()
    return house


QUERIES = {"month": 37, "person": 9, "rules": 6}


@pytest.mark.parametrize("people", [12, 300])
def test_the_number_of_queries_does_not_grow_with_people(tmp_path: Path, people: int) -> None:
    house = many(tmp_path, people)
    client = house.client("buhalteris")
    found = {}
    for name, path in {"month": PAGE, "person": f"{PAGE}/{house.ref('D1')}", "rules": "/rules"}.items():
        with selects(house) as said:
            client.page(path)
        found[name] = len(said)
    assert found == QUERIES
    house.opened.close()


# ---------- the rules ----------


def test_the_rules_are_told_in_words(house: House) -> None:
    words = plain(house.client("meistras").page("/rules"))
    assert "1,20 € už kiekvieną dieną, kai dirbta 4 val. ar ilgiau." in words
    assert "70 % sumos" in words
    assert "Vienas žmogus per mėnesį gauna ne daugiau kaip 150,00 €." in words
    assert "Išbandyti" not in words


def other_rules(**changed: str) -> str:
    text = (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
    for old, new in {'"70"': '"50"', 'number = "1"': 'number = "2"', "2024-05-01": "2026-11-01", **changed}.items():
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_every_fault_of_rules_has_its_sentence() -> None:
    core = Path(stipends.__file__).parents[1] / "core"
    codes = {code for name in ("tables", "schemes", "parts")
             for code in re.findall(r'"(scheme_[a-z_]+)"', (core / f"{name}.py").read_text(encoding="utf-8"))}
    assert len(codes) > 20
    assert codes <= set(SENTENCES)


def test_rules_from_a_later_month_do_not_make_an_older_draft_stale(drafted: House) -> None:
    with drafted.opened.write() as session:
        stipends.approve_scheme(drafted.doing(session, "vadovas"), other_rules())
        session.commit()
    with drafted.opened.read() as session:
        doing = drafted.doing(session, "buhalteris")
        run = session.query(Run).one()
        assert not stipends.is_stale(doing, run)
        assert date(2026, 11, 1) == session.query(SchemeRow).order_by(SchemeRow.id.desc()).limit(1).one().in_force_from
