"""What if other rules: chosen rules and months side by side, as a page and as files, and nothing is saved."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
import time_machine
from counted import crowd, queries, selects
from house import DATA, TODAY, House, build
from sqlalchemy import func, select
from test_web_month import plain, table

from ledger.actions import schemes
from ledger.core.periods import Month
from ledger.documents.sheets import Cents, Sheet, csv_of, harmless, xlsx_of
from ledger.records.base import Books
from ledger.records.production import AttendanceRow
from ledger.records.watch import View

PAGE = "/rules/what-if"
OLD = (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")


def other(**changed: str) -> str:
    text = OLD
    for old, new in {'"70"': '"50"', **changed}.items():
        assert old in text
        text = text.replace(old, new, 1)
    return text


def counts(house: House) -> dict[str, int]:
    """How many rows each table of the books has."""
    with house.opened.read() as session:
        return {name: session.scalar(select(func.count()).select_from(table)) or 0 for name, table in Books.metadata.tables.items()}


def version(text: str) -> str:
    found = re.search(r'value="(version:[^"]+)"', text)
    assert found is not None
    return found[1]


def test_a_text_is_tried_on_an_approved_month(approved: House) -> None:
    client = approved.client("vadovas")
    answer = client.send(PAGE, {"months": "2026-10", "text": other()})
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert table(text, "people")[1] == ["D1", "Aistė Žukauskaitė", "96,17", "73,15", "−23,02"]
    rows = {row[0]: row[1:] for row in table(text, "figures")[1:]}
    assert rows["Stipendijų iš viso"] == ["1 175,45", "908,81"]
    assert rows["Mažiausia stipendija"] == ["44,01", "36,58"]
    assert rows["Vidurinė stipendija"] == ["99,33", "75,75"]
    assert rows["Gautų mažiau, žmonių"] == ["–", "12"]
    assert rows["Rezerve laikotarpio pabaigoje"] == ["435,76", "702,40"]


def test_the_rules_of_then_change_nothing(approved: House) -> None:
    client = approved.client("buhalteris")
    key = version(client.page(PAGE))
    text = client.send(PAGE, {"months": "2026-10", "schemes": key}).get_data(as_text=True)
    assert all(row[-1] == "0,00" for row in table(text, "people")[1:])


def test_three_sets_of_rules_stand_side_by_side(approved: House) -> None:
    with approved.opened.write() as session:
        draft = schemes.draft_from(approved.doing(session, "buhalteris"), other())
        session.commit()
    client = approved.client("buhalteris")
    found = client.page(f"{PAGE}?rules=draft:{draft.ref}")
    assert re.search(rf'value="draft:{draft.ref}" checked', found)
    chosen = [version(found), f"draft:{draft.ref}", "preset:mixed"]
    text = client.send(PAGE, {"months": "2026-10", "schemes": chosen}).get_data(as_text=True)
    assert table(text, "people")[0] == ["Nr.", "Paslaugų gavėjas", "Buvo", "A", "Skirtumas", "B", "Skirtumas", "C", "Skirtumas"]
    assert text.count("<pattern") == 4
    four = client.send(PAGE, {"months": "2026-10", "schemes": chosen, "text": other()})
    assert four.status_code == 422
    assert "ne daugiau kaip tris" in plain(four.get_data(as_text=True))


def test_a_month_that_is_not_approved_is_compared_with_the_rules_in_force(house: House) -> None:
    text = house.client("buhalteris").send(PAGE, {"months": "2026-10", "text": other()}).get_data(as_text=True)
    assert table(text, "people")[1][2:] == ["96,17", "73,15", "−23,02"]
    assert "2026 m. spalis, nepatvirtintas" in plain(text)


@pytest.mark.parametrize("stage", ["house", "approved"])
@pytest.mark.parametrize("give", ["", "csv", "xlsx"])
def test_nothing_is_saved(stage: str, give: str, request: pytest.FixtureRequest) -> None:
    house: House = request.getfixturevalue(stage)
    client = house.client("vadovas")
    before = counts(house)
    assert client.send(PAGE, {"months": "2026-10", "text": other(), "give": give}).status_code == 200
    assert client.send(PAGE, {"months": "2026-10", "text": "name ="}).status_code == 422
    assert counts(house) == before


def test_who_looked_at_whom_is_noted(approved: House) -> None:
    approved.client("vadovas").send(PAGE, {"months": "2026-10", "text": other()})
    with approved.opened.watch() as watching:
        assert watching.query(View).filter(View.page == "what_if.try_out").count() == 12


def test_faults_are_told_with_their_place(approved: House) -> None:
    answer = approved.client("buhalteris").send(PAGE, {"months": "2026-10", "text": other(**{'"4"': '"25"'})})
    assert answer.status_code == 422
    assert table(answer.get_data(as_text=True), "faults-1")[1][0] == "part[1].band[1].from_hours"


def test_a_draft_with_faults_is_mended_from_its_trial(approved: House) -> None:
    client = approved.client("buhalteris")
    address = client.send("/rules/new", {"begin": "empty"}, page="/rules/new").headers["Location"].split("?")[0]
    answer = client.send(PAGE, {"months": "2026-10", "schemes": "draft:" + address.rpartition("/")[2]})
    assert answer.status_code == 422
    assert f'href="{address}"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(("fields", "words"), [
    ({"text": OLD}, "Pasirinkite bent vieną mėnesį"), ({"months": "2026-10"}, "Pasirinkite tvarką"),
    ({"months": "2026-10", "text": "#" * 50_001}, "Tekstas per ilgas")])
def test_what_is_missing_is_asked_for(approved: House, fields: dict[str, str], words: str) -> None:
    answer = approved.client("buhalteris").send(PAGE, fields)
    assert answer.status_code == 422
    assert words in plain(answer.get_data(as_text=True))


def test_a_month_without_anything_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    house = build(tmp_path_factory.mktemp("early"), books_from=Month(2026, 9))
    answer = house.client("buhalteris").send(PAGE, {"months": ["2026-09", "2026-10"], "text": OLD})
    assert answer.status_code == 422
    assert "nieko neįrašyta: 2026 m. rugsėjis" in plain(answer.get_data(as_text=True))
    house.opened.close()


@pytest.mark.parametrize("fields", [
    {"months": "2026-12"}, {"months": "x"}, {"months": "2026-10", "schemes": "draft:" + "a" * 26}])
def test_what_is_not_offered_is_not_there(approved: House, fields: dict[str, str]) -> None:
    assert approved.client("buhalteris").send(PAGE, {"text": OLD, **fields}).status_code == 404


@pytest.mark.parametrize("login", ["meistras", "socialine"])
def test_only_accountant_and_director_may(approved: House, login: str) -> None:
    assert approved.client(login).get(PAGE).status_code == 404


def test_the_files_hold_each_person_with_real_numbers(approved: House) -> None:
    client = approved.client("vadovas")
    answer = client.send(PAGE, {"months": "2026-10", "text": other(), "give": "csv"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="kas-jeigu-2026-10.csv"'
    text = answer.get_data().decode("utf-8-sig")
    assert "D1;Aistė Žukauskaitė;96,17;73,15;-23,02\r\n" in text
    assert "2026-10;D1;Aistė Žukauskaitė;96,17;73,15;-23,02\r\n" in text
    book = client.send(PAGE, {"months": "2026-10", "text": other(), "give": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(book.get_data())) as archive:
        page = archive.read("xl/worksheets/sheet2.xml").decode()
    assert "<v>96.17</v>" in page
    assert "<v>-23.02</v>" in page


EVIL = "=HYPERLINK(\"http://x\")"


def test_no_cell_becomes_a_formula() -> None:
    sheet = Sheet("Žmonės", ("=1+1",), ((EVIL,), ("@x",), ("-2+3",), ("\t=1",), (Cents(-5),), (3,), (None,)))
    text = csv_of([sheet, sheet]).decode("utf-8-sig")
    assert text.count("'=HYPERLINK") == 2
    assert "'@x\r\n'-2+3\r\n'\t=1\r\n-0,05\r\n3\r\n" in text
    assert harmless("Ona") == "Ona"
    with zipfile.ZipFile(io.BytesIO(xlsx_of([sheet, sheet], TODAY))) as archive:
        page, names = archive.read("xl/worksheets/sheet1.xml").decode(), archive.read("xl/workbook.xml").decode()
    assert "<f>" not in page
    assert "<v>-0.05</v>" in page
    assert 'name="Žmonės"' in names
    assert 'name="Žmonės 2"' in names


def test_the_page_stands_300_people_with_long_names(house: House) -> None:
    client = house.client("buhalteris")
    client.send(PAGE, {"months": "2026-10", "text": other()})
    with selects(house) as few:
        client.send(PAGE, {"months": "2026-10", "text": other()})
    page = queries(house, client, PAGE)
    crowd(house)
    with selects(house) as many:
        text = client.send(PAGE, {"months": "2026-10", "text": other()}).get_data(as_text=True)
    assert len(table(text, "people")) == 313
    assert len(many) == len(few)
    assert queries(house, client, PAGE) == page


def test_months_are_shown_together_and_one_by_one(approved: House) -> None:
    """November has three days of one person; the rest of the year is December."""
    with approved.opened.write() as session:
        row = session.query(AttendanceRow).order_by(AttendanceRow.id).first()
        session.add_all(AttendanceRow(
            organisation_id=row.organisation_id, workshop_id=row.workshop_id, participant_id=row.participant_id,
            happened_on=date(2026, 11, day), booked_in="2026-11", minutes=300, mark="D") for day in (3, 4, 5))
        session.commit()
    both = {"months": ["2026-10", "2026-11"], "text": other(**{'amount = "1.20"': 'amount = "2.40"'})}
    with time_machine.travel(datetime(2026, 12, 5, 9, 0, tzinfo=UTC), tick=True):
        client = approved.client("vadovas")
        text = client.send(PAGE, both).get_data(as_text=True)
        one = client.send(PAGE, {**both, "shown": "2026-11"}).get_data(as_text=True)
        name = client.send(PAGE, {**both, "give": "xlsx"}).headers["Content-Disposition"]
    assert [row[0] for row in table(text, "months-table")[1:]] == ["2026 m. spalis", "2026 m. lapkritis nepatvirtintas"]
    assert table(text, "months-table")[2][1:] == ["3,60", "7,20", "+3,60"]
    assert "2 mėnesiai kartu" in plain(text)
    assert sorted({row[2] for row in table(one, "people")[1:]}) == ["0,00", "3,60"]
    assert 'id="months-table"' not in one
    assert name.endswith('kas-jeigu-2026-10--2026-11.xlsx"')


def test_rules_that_count_from_the_beginning_of_the_year_know_its_earlier_months(approved: House) -> None:
    """One person came in September, which the approved October did not ask for."""
    rules = other() + '''
[[part]]
key = "year"
kind = "flat"
payer = "budget"
label = "Už metų dienas"
amount = "year.days"
'''
    client = approved.client("vadovas")
    before = client.send(PAGE, {"months": "2026-10", "text": rules}).get_data(as_text=True)
    with approved.opened.write() as session:
        row = session.query(AttendanceRow).order_by(AttendanceRow.id).first()
        session.add(AttendanceRow(
            organisation_id=row.organisation_id, workshop_id=row.workshop_id, participant_id=row.participant_id,
            happened_on=date(2026, 9, 3), booked_in="2026-09", minutes=300, mark="D"))
        session.commit()
    after = client.send(PAGE, {"months": "2026-10", "text": rules}).get_data(as_text=True)
    rows = zip(table(before, "people")[1:], table(after, "people")[1:], strict=True)
    assert len([one for one, two in rows if one != two]) == 1
