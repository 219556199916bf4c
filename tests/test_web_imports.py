"""Bringing files in on a page: a look that keeps nothing, every fault with its line, then all rows or none."""

from __future__ import annotations

import csv
import io
import random
import re
from pathlib import Path

import pytest
from counted import selects
from house import DATA, Client, House, build, look_at
from test_web_month import PAGE, hidden, plain, table
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart
from workbooks import line, ods, rows_of, typed, xlsx, xlsx_of

from ledger.core.imports import FILES
from ledger.records.people import Participant
from ledger.records.production import AttendanceRow, LotRow
from ledger.records.sales import SaleRow
from ledger.records.stipends import LateRow
from ledger.web import imports

HEAD = "Data;Dalyvis;Valandos;Žyma"


@pytest.fixture
def bare(tmp_path: Path) -> House:
    """A workshop without October."""
    return build(tmp_path, october=False)


def october() -> dict[str, bytes]:
    return {name: (DATA / "month-2026-10" / name).read_bytes() for name in FILES}


def upload(client: Client, files: dict[str, bytes], path: str = "/import/look", **fields: str) -> TestResponse:
    """Choose files and send them."""
    page = client.get("/import").get_data(as_text=True)
    sent: MultiDict[str, object] = MultiDict({"csrf_token": hidden(page, "csrf_token"), "key": hidden(page, "key"), **fields})
    for name, data in files.items():
        sent.add("files", FileStorage(io.BytesIO(data), name))
    boundary, body = encode_multipart(sent)
    answer = client.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
    if answer.status_code in (200, 422):
        look_at(answer.get_data(as_text=True))
    return answer


def take(client: Client, looked: str, **fields: str) -> TestResponse:
    """Press the button of the look."""
    return client.send("/import/take", {"carried": hidden(looked, "carried"), **fields}, page="/import")


def rows_in(house: House) -> tuple[int, ...]:
    with house.opened.read() as session:
        return tuple(session.query(kind).count() for kind in (Participant, AttendanceRow, LotRow, SaleRow))


def test_october_is_looked_at_and_then_taken_without_choosing_files_again(bare: House) -> None:
    client = bare.client("buhalteris")
    files = october()
    assert len(files) == 5
    looked = upload(client, files).get_data(as_text=True)
    assert rows_in(bare) == (0, 0, 0, 0)
    counts = {row[0]: row[2:] for row in table(looked, "counts-table")}
    assert counts["dalyviai.csv"] == ["12", "0", "0"]
    assert counts["gamyba.csv"] == ["47", "0", "0"]
    assert counts["pardavimai.csv"] == ["26", "0", "0"]
    assert "Lankyta valandų 1 058" in plain(looked)
    answer = take(client, looked)
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("/month")
    assert rows_in(bare) == (12, 247, 47, 26)
    client.send(PAGE + "/calculate", {}, page=PAGE)
    assert "1 175,45" in plain(client.page(PAGE))
    bare.opened.close()


def test_the_same_files_again_change_nothing(house: House) -> None:
    client = house.client("buhalteris")
    looked = upload(client, october()).get_data(as_text=True)
    assert all(row[2:4] == ["0", "0"] for row in table(looked, "counts-table")[1:])
    assert "Įkelti nėra ko." in plain(looked)
    assert 'name="carried"' not in looked
    assert rows_in(house) == (12, 247, 47, 26)


def test_every_fault_of_the_bad_files_is_told_with_file_line_and_column(house: House) -> None:
    bad = {path.name: path.read_bytes() for path in (DATA / "bad").glob("*.csv") if path.name != "laukiamos_klaidos.csv"}
    answer = upload(house.client("buhalteris"), bad)
    looked = answer.get_data(as_text=True)
    rows = {name: table(looked, f"faults-{name.removesuffix('.csv')}")[1:] for name in FILES}
    told = {(name, row[0], row[1]) for name, found in rows.items() for row in found}
    with (DATA / "bad" / "laukiamos_klaidos.csv").open(encoding="utf-8-sig") as file:
        expected = [row for row in csv.DictReader(file, delimiter=";") if row["rūšis"] != "accepted"]
    assert told == {(row["failas"], row["eilutė"], row["stulpelis"]) for row in expected}
    assert 'name="carried"' not in looked
    assert "<script>" not in looked
    assert all(len(row[2]) > 20 for found in rows.values() for row in found)


def test_a_changed_row_shows_what_was_and_what_will_be(house: House) -> None:
    client = house.client("buhalteris")
    with house.opened.read() as session:
        day = session.query(AttendanceRow).filter(AttendanceRow.mark == "D").first()
        assert day is not None
        number = session.query(Participant).filter(Participant.id == day.participant_id).one().number
        when = day.happened_on.isoformat()
    file = f"{HEAD}\n{when};{number};0;L\n".encode()
    looked = upload(client, {"lankomumas.csv": file}).get_data(as_text=True)
    changed = table(looked, "changes-table")[1]
    place = changed[1].replace(" ,", ",")  # the day stands in a tag of its own
    assert [changed[0], place] == ["lankomumas.csv, 2", f"{when}, {number}"]
    assert "žyma dalyvavo" in changed[2]
    assert changed[3] == "valandos 0; žyma pateisinta"


def test_cells_are_shown_as_typed_and_as_understood(house: House) -> None:
    file = f"{HEAD}\n2026-10-05;D1;2,50;D\n2026-10-06;D1;dvi;D\n".encode()
    words = plain(upload(house.client("buhalteris"), {"lankomumas.csv": file}).get_data(as_text=True))
    assert "2,50 2,5 val." in words
    assert "dvi nesuprasta" in words


def test_a_row_of_an_approved_month_needs_a_reason(approved: House) -> None:
    client = approved.client("buhalteris")
    file = f"{HEAD}\n2026-10-31;D1;1;D\n".encode()
    looked = upload(client, {"lankomumas.csv": file}).get_data(as_text=True)
    assert "keičia patvirtintą mėnesį" in plain(looked)
    refused = take(client, looked)
    assert refused.status_code == 422
    assert take(client, looked, late_reason="Rastas žurnalas").status_code == 303
    with approved.opened.read() as session:
        assert session.query(LateRow).one().reason == "Rastas žurnalas"


def test_unknown_names_and_files_of_others_are_told_not_read(house: House) -> None:
    client = house.client("meistras")
    assert "dalyviai.csv" not in client.page("/import")
    file = f"{HEAD}\n2026-11-03;D1;5;D\n".encode()
    looked = upload(client, {"lankomumas.csv": file, "dalyviai.csv": b"x", "../slaptas.csv": b"x"}).get_data(as_text=True)
    words = plain(looked)
    assert "netinka failo pavadinimas: slaptas.csv" in words
    assert "įkelia kiti darbuotojai: dalyviai.csv" in words
    assert take(client, looked).headers["Location"].endswith("/import")


def test_the_social_worker_brings_in_people_only(house: House) -> None:
    text = house.client("socialine").page("/import")
    assert "dalyviai.csv" in text
    assert "pardavimai.csv" not in text


def test_without_files_the_page_asks_for_them(house: House) -> None:
    client = house.client("buhalteris")
    assert upload(client, {}).status_code == 422
    for carried in ("", "x", "eJw=", imports.packed({"a": b"b"})[:-6], "9" * 900_001):
        assert client.send("/import/take", {"carried": carried}, page="/import").status_code == 422
    assert "Nėra nė vienos eilutės" in upload(client, {"kitas.csv": b"a"}).get_data(as_text=True)


def test_who_changes_the_carried_files_is_read_again_by_the_rules(house: House) -> None:
    carried = imports.packed({"lankomumas.csv": f"{HEAD}\n2030-01-01;D1;5;D\n".encode()})
    answer = house.client("buhalteris").send("/import/take", {"carried": carried}, page="/import")
    assert answer.status_code == 422
    assert "lankomumas.csv" in answer.get_data(as_text=True)


def test_a_file_over_twenty_megabytes_is_refused_with_a_page(house: House) -> None:
    answer = upload(house.client("buhalteris"), {"lankomumas.csv": b"x" * 20_000_001})
    assert answer.status_code == 413
    assert "Failas per didelis" in answer.get_data(as_text=True)


def test_large_files_are_chosen_again_for_the_second_step(house: House) -> None:
    noise = random.Random(1).randbytes(900_000)
    files = {"lankomumas.csv": f"{HEAD}\n2026-11-03;D1;5;D\n".encode(), "triukšmas.bin": noise}
    client = house.client("buhalteris")
    looked = upload(client, files).get_data(as_text=True)
    assert 'name="carried"' not in looked
    assert re.search(r'<input class="input" id="again" name="files"', looked)
    assert upload(client, files, "/import/take").status_code == 303


def test_a_participant_and_who_is_not_signed_in_bring_nothing_in(house: House) -> None:
    assert house.participant("D1").get("/import").status_code == 404
    assert "/sign-in" in house.client().get("/import").headers["Location"]


@pytest.mark.parametrize("people", [12, 300])
def test_the_number_of_queries_of_a_look_does_not_grow_with_rows(bare: House, people: int) -> None:
    client = bare.client("buhalteris")
    lines = ["Nr.;Vardas;Pavardė;Gimimo data;Pradėjo;Baigė;Sąskaita (IBAN)",
             *(f"D{n};Vardas;Pavardė;1990-01-01;2025-01-02;;" for n in range(1, people + 1))]
    with selects(bare) as said:
        assert upload(client, {"dalyviai.csv": "\n".join(lines).encode()}).status_code == 200
    assert len(said) == 16
    bare.opened.close()


# ---------- workbooks ----------


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_october_as_one_workbook_is_looked_at_and_taken(bare: House, kind: str) -> None:
    client = bare.client("buhalteris")
    texts = {"Nr.", "Dalyvis", "Grąžinta eil."}
    sheets = {name.removesuffix(".csv"): typed(rows_of(data), texts) for name, data in october().items()}
    book = (xlsx if kind == "xlsx" else ods)({**sheets, "Pastabos": [["Paskambinti į mokyklą"]]})
    looked = upload(client, {f"Spalis.{kind}": book}).get_data(as_text=True)
    counts = {row[0]: row[2:] for row in table(looked, "counts-table")}
    assert counts[f"Spalis.{kind}, lapas „gamyba“"] == ["47", "0", "0"]
    assert f"Neskaityti lapai: Spalis.{kind}: Pastabos." in plain(looked)
    assert take(client, looked).status_code == 303
    assert rows_in(bare) == (12, 247, 47, 26)
    bare.opened.close()


def test_a_fault_of_a_workbook_names_file_sheet_row_and_column(house: House) -> None:
    book = xlsx({"Lapas1": [[], HEAD.split(";"), [], ["2026-11-03", "D1", "dvi", "D"]]})
    looked = upload(house.client("buhalteris"), {"lankomumas.xlsx": book}).get_data(as_text=True)
    assert "Failas lankomumas.xlsx, lapas „Lapas1“" in plain(looked)
    assert table(looked, "faults-lankomumas")[1][:2] == ["4", "Valandos"]
    assert 'name="carried"' not in looked


@pytest.mark.parametrize(("name", "data", "words"), [
    ("lankomumas.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "užrakintas slaptažodžiu"),
    ("visi.xlsx", b"PK\x03\x04", "Failas sugadintas"), ("lankomumas.xls", b"<html><table>", "Tai tinklalapis"),
    ("lankomumas.xlsm", xlsx_of("", more={"xl/vbaProject.bin": b"x"}), "Faile yra makrokomandų"),
    ("lankomumas.ods", xlsx({"A": [["a"]], "B": [["b"]]}), "Duomenų yra keliuose lapuose: „A“, „B“."),
    ("visi <b>ir</b> kiti.xlsx", xlsx_of(line(1, "a"), head="<!DOCTYPE a>", sheets=[("gamyba", "")]), "")])
def test_what_cannot_be_opened_is_told_in_a_sentence(house: House, name: str, data: bytes, words: str) -> None:
    looked = upload(house.client("buhalteris"), {name: data}).get_data(as_text=True)
    assert words in plain(looked)
    assert "<b>ir</b>" not in looked
    assert 'name="carried"' not in looked


def test_sheets_of_others_are_told_not_opened(house: House) -> None:
    book = xlsx({"dalyviai": [["x"]], "lankomumas": [HEAD.split(";"), ["2026-11-03", "D1", 5, "D"]]})
    words = plain(upload(house.client("meistras"), {"visi.xlsx": book}).get_data(as_text=True))
    assert "įkelia kiti darbuotojai: visi.xlsx: dalyviai" in words
    assert "visi.xlsx, lapas „lankomumas“" in words
