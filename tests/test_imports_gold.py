"""The good month comes in; the bad folder gives exactly the faults that its list names."""

import csv
import io

import pytest

from ledger.core.imports import Counts, Known, Reading, read_folder
from tests.folders import DATA, TODAY, folder, told


def october(files: dict[str, bytes] | None = None, known: Known | None = None) -> Reading:
    return read_folder(files or folder("month-2026-10"), known or Known(), today=TODAY, vat_payer=False)


def text_of(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1257")


def with_commas(text: str) -> str:
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()


def test_bad_folder_gives_exactly_its_faults():
    reading = october(folder("bad"), Known().after(october()))
    text = (DATA / "bad" / "laukiamos_klaidos.csv").read_text("utf-8-sig")
    expected = [row[:4] for row in csv.reader(io.StringIO(text), delimiter=";") if row[3] not in ("rūšis", "accepted")]
    assert sorted([fault.file, str(fault.line), fault.column, fault.severity] for fault in reading.faults) == sorted(
        expected
    )
    assert reading.refused


def test_faults_come_in_the_order_of_files_lines_and_columns():
    found = [(fault.file, fault.line) for fault in october(folder("bad"), Known().after(october())).faults]
    files = ["dalyviai.csv", "gaminiai.csv", "lankomumas.csv", "gamyba.csv", "pardavimai.csv"]
    assert found == sorted(found, key=lambda place: (files.index(place[0]), place[1]))


def test_a_fault_that_names_another_line_names_the_right_one():
    faults = october(folder("bad"), Known().after(october())).faults
    named = {(fault.file, fault.line): fault.values["line"] for fault in faults if "line" in fault.values}
    assert named == {
        ("dalyviai.csv", 3): 2,
        ("gaminiai.csv", 3): 2,
        ("lankomumas.csv", 3): 2,
        ("gamyba.csv", 8): 7,
        ("gamyba.csv", 10): 9,
        ("pardavimai.csv", 10): 9,
    }


def test_good_month_warns_only_of_the_line_that_is_sold_without_a_lot():
    reading = october()
    assert told(reading) == [("pardavimai", 6, "Kiekis", "sold_more_than_made", "warning")]
    assert reading.faults[0].values == {"code": "KE-01", "bare_thousandths": 2000}
    assert not reading.refused


def test_good_month_in_numbers():
    reading = october()
    assert reading.taken == {
        "dalyviai": Counts(new=12),
        "gaminiai": Counts(new=9),
        "lankomumas": Counts(new=247),
        "gamyba": Counts(new=47),
        "pardavimai": Counts(new=26),
    }
    assert reading.totals.gross_cents == 197663
    assert (reading.totals.made["OB-01"], reading.totals.sold["OB-01"]) == (9250, 7000)


def test_the_same_month_again_changes_nothing():
    again = october(known=Known().after(october()))
    assert again.faults == ()
    assert again.taken["gamyba"] == Counts(same=47)
    assert all(counts.new == counts.changed == 0 for counts in again.taken.values())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1257"])
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("write", [str, with_commas])
def test_the_month_reads_the_same_however_it_is_saved(encoding, ends, write):
    texts = {name: write(text_of(data).replace("\r\n", "\n")) for name, data in folder("month-2026-10").items()}
    files = {name: text.replace("\r\n", "\n").replace("\n", ends).encode(encoding) for name, text in texts.items()}
    reading, plain = october(files), october()
    assert (reading.faults, reading.lines, reading.lots) == (plain.faults, plain.lines, plain.lots)
    assert (reading.participants, reading.products, reading.attendance) == (
        plain.participants,
        plain.products,
        plain.attendance,
    )


def test_file_names_in_any_case_and_unknown_ones_are_listed():
    files = {name.upper(): data for name, data in folder("month-2026-10").items()}
    reading = october({**files, "Thumbs.db": b"\0", "pastabos.csv": b"a;b"})
    assert reading.not_read == ("Thumbs.db", "pastabos.csv")
    assert reading.taken["gamyba"] == Counts(new=47)


def test_preview_shows_the_first_rows_as_typed_and_as_understood():
    preview = next(preview for preview in october().previews if preview.file == "pardavimai.csv")
    assert preview.kinds[5:7] == ("thousandths", "cents")
    assert (preview.rows[0].line, preview.rows[0].typed[5:7], preview.rows[0].understood[5:7]) == (
        2,
        ("4", "6,15"),
        (4000, 615),
    )
    assert len(preview.rows) == 5
