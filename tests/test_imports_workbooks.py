"""XLSX and ODS say what the same table says as CSV: rows, days, numbers, texts, and where something is wrong."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from workbooks import REL, line, ods, ods_of, rows_of, typed, xlsx, xlsx_of, zipped

from ledger.actions.import_files import tables
from ledger.core.csvfile import Unreadable
from ledger.core.faults import Refused
from ledger.core.imported import Reading
from ledger.core.imports import Known, read_folder
from ledger.documents import workbooks
from tests.folders import HEADERS, TODAY, folder, told, workshop

TEXTS = {
    "Nr.", "Kodas", "Dalyvis", "Gaminys", "Partija", "Dokumentas", "Kanalas", "Grąžinta eil.", "Sąskaita (IBAN)", "Pavadinimas"}
WRITE = {"xlsx": xlsx, "ods": ods}
HEAD = HEADERS["lankomumas"].split(";")


def read(files: dict[str, bytes], known: Known | None = None) -> Reading:
    return read_folder(tables(files), workshop() if known is None else known, today=TODAY, vat_payer=False)


def cells(data: bytes, sheet: int = 0) -> list[tuple[str, ...]]:
    """The rows of a sheet, each filled up to the first one's width."""
    rows = workbooks.sheets(data)[sheet].rows()
    return [(*row.cells, *[""] * (len(rows[0].cells) - len(row.cells))) for row in rows]


def wrong(data: bytes) -> dict[tuple[int, int], str]:
    """Why cells are not taken, by line and place."""
    return {(row.line, place): why.code for row in workbooks.sheets(data)[0].rows() for place, why in row.wrong.items()}


def attendance(*rows: str, **more: Any) -> bytes:
    """A sheet of attendance with these rows as XML below its head."""
    return xlsx_of(line(1, *HEAD) + "".join(rows), **more)


# ---------- the same as CSV ----------


@pytest.mark.parametrize("real", [True, False], ids=["real cells", "texts"])
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_october_as_workbooks_reads_as_its_csv_files_do(kind: str, real: bool) -> None:
    files = folder("month-2026-10")
    books = {name.replace("csv", kind): WRITE[kind]({"Lapas1": typed(rows_of(data), TEXTS) if real else rows_of(data)})
             for name, data in files.items()}
    csv, book = read(files, Known()), read(books, Known())
    for room in ("participants", "products", "attendance", "lots", "lines", "totals", "faults"):
        assert getattr(book, room) == getattr(csv, room)
    assert not book.refused
    assert {source.sheet for source in book.sources.values()} == {"Lapas1"}


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_the_bad_files_as_workbooks_give_the_same_faults_at_the_same_places(kind: str) -> None:
    """Except what only a CSV file can have wrong: too few cells, or too many because of a separator."""
    known = Known().after(read(folder("month-2026-10"), Known()))
    files = folder("bad")
    books = {name.replace("csv", kind): WRITE[kind]({"Lapas1": rows_of(data)}) for name, data in files.items()}
    csv_only = {"short_row", "long_row", "mixed_encoding", "unknown_byte", "broken_quotes"}
    csv = [(one.file, one.line, one.column, one.code) for one in read(files, known).faults if one.code not in csv_only]
    book = {(one.file, one.line, one.column, one.code) for one in read(books, known).faults}
    assert [one for one in csv if one not in book] == []


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_one_workbook_holds_all_five_sheets(kind: str) -> None:
    files = folder("month-2026-10")
    book = WRITE[kind]({name.removesuffix(".csv").capitalize(): rows_of(data) for name, data in files.items()})
    reading = read({f"Spalis.{kind}": book}, Known())
    assert [one.new for one in reading.taken.values()] == [12, 9, 247, 47, 26]
    assert reading.sources["gamyba.csv"].sheet == "Gamyba"
    assert (reading.refused, reading.not_read) == (False, ())


# ---------- cells ----------


def test_texts_that_look_like_numbers_stay_texts_and_numbers_get_a_comma() -> None:
    rows = [["a"] * 8, ["007", 7, 12.5, 8.050000000000001, 0.1 + 0.2, 1e-3, -3, "12.5"],
            ["", None, 0, 1e6, 33.3, " x ", "=1+1", "1"]]
    assert cells(xlsx({"L": rows}))[1:] == [
        ("007", "7", "12,5", "8,05", "0,3", "0,001", "-3", "12.5"), ("", "", "0", "1000000", "33,3", " x ", "=1+1", "1")]


@pytest.mark.parametrize("from_1904", [True, False])
def test_days_are_days_in_both_systems(from_1904: bool) -> None:
    days = [date(1904, 1, 2), date(2026, 10, 5), date(2024, 2, 29), date(9999, 12, 31)]
    assert cells(xlsx({"L": [days]}, from_1904=from_1904)) == [tuple(map(str, days))]


@pytest.mark.parametrize(("code", "value", "text"), [
    ("yyyy\\-mm\\-dd", "46300", "2026-10-05"), ("[$-427]yyyy.mm.dd;@", "46300", "2026-10-05"), ("d mmmm", "46300.0", "2026-10-05"),
    ("yyyy-mm-dd hh:mm", "46300.6041666667", "2026-10-05 14:30"), ("h:mm", "0.104166666666667", "2:30"),
    ("[h]:mm", "1.25", "30:00"),
    ("0%", "0.21", "21%"), ("0.00%", "0.055", "5,5%"), ('0" dienos"', "5", "5"), ("000", "7", "007"), ("General", "7", "7"),
    ("#,##0.00\\ [$€-427]", "12.5", "12,5"), ("yyyy-mm-dd", "60", "1900-02-29"), ("yyyy-mm-dd", "59", "1900-02-28"),
    ("yyyy-mm-dd", "-5", "-5"), ("yyyy-mm-dd", "1e300", "1e300"), ("@", "1E-3", "0,001"), ("mm:ss", "0.5", "12:00"),
    ("0.0", "nan", "nan"), ("0.0", "1e400", "1e400")])
def test_a_number_is_what_its_format_says(code: str, value: str, text: str) -> None:
    styles = (f'<numFmts><numFmt numFmtId="170" formatCode="{code.replace(chr(34), "&quot;")}"/></numFmts>'
              '<cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>')
    assert cells(xlsx_of(line(1, f'<c s="1"><v>{value}</v></c>'), styles=styles)) == [(text,)]


@pytest.mark.parametrize(("number", "value", "text"), [
    (14, "46300", "2026-10-05"), (9, "0.5", "50%"), (20, "0.5", "12:00"), (2, "1", "1")])
def test_formats_that_every_program_knows_need_no_words(number: int, value: str, text: str) -> None:
    styles = f'<cellXfs><xf numFmtId="0"/><xf numFmtId="{number}"/></cellXfs>'
    assert cells(xlsx_of(line(1, f'<c s="1"><v>{value}</v></c>'), styles=styles)) == [(text,)]


def test_texts_of_every_kind_in_xlsx() -> None:
    shared = "<si><t>Žvakė</t></si><si><r><t>Va</t></r><r><t xml:space='preserve'>ris </t></r><rPh><t>tark</t></rPh></si>"
    row = ('<c t="s"><v>0</v></c>', '<c t="s"><v>1</v></c>', '<c t="b"><v>1</v></c>', '<c t="d"><v>2026-10-05T00:00:00</v></c>',
           '<c t="str"><f>A1</f><v>Žą</v></c>', '<c><f>1+1</f><v>2</v></c>', "<c/>",
           '<c t="inlineStr"><is><r><t>in</t></r></is></c>')
    assert cells(xlsx_of(line(1, *row), shared=shared)) == [("Žvakė", "Varis ", "taip", "2026-10-05", "Žą", "2", "", "in")]


def test_texts_of_every_kind_in_ods() -> None:
    def cell(inner: str = "", **given: str) -> str:
        told = " ".join(f'office:{name.replace("_", "-")}="{value}"' for name, value in given.items())
        return f"<table:table-cell {told}>{inner}</table:table-cell>"
    row = (cell("<text:p>Va<text:span>ris</text:span><text:s text:c='2'/>x</text:p><text:p>y</text:p>", value_type="string")
           + cell("<office:annotation><text:p>pastaba</text:p></office:annotation><text:p>be</text:p>", value_type="string")
           + cell("<text:p>21 %</text:p>", value_type="percentage", value="0.21")
           + cell(value_type="boolean", boolean_value="false")
           + cell(value_type="time", time_value="PT02H30M00S") + cell(value_type="date", date_value="2026-10-05T00:00:00")
           + cell("<text:p>007</text:p>", value_type="float", value="7") + cell(value_type="currency", value="8.05"))
    assert cells(ods_of(f"<table:table table:name='L'><table:table-row>{row}</table:table-row></table:table>")) == [
        ("Varis  x\ny", "be", "21%", "ne", "2:30", "2026-10-05", "007", "8,05")]


def test_empty_rows_and_columns_count_but_are_no_rows() -> None:
    rows = [line(2, *HEAD), line(5, "", ""), line(9, "2026-11-03", "D9", "6", "D")]
    reading = read({"lankomumas.xlsx": xlsx_of("".join(rows))})
    assert told(reading) == [("lankomumas", 9, "Dalyvis", "unknown_participant", "refused")]
    repeated = ("<table:table-row table:number-rows-repeated='1048000'><table:table-cell table:number-columns-repeated='16384'/>"
                "</table:table-row>")
    body = "".join(f"<table:table-cell office:value-type='string'><text:p>{name}</text:p></table:table-cell>" for name in HEAD)
    tail = ods_of(f"<table:table table:name='L'><table:table-row>{body}</table:table-row>{repeated}</table:table>")
    assert cells(tail) == [tuple(HEAD)]


def test_a_row_that_ends_early_is_empty_to_its_end_and_what_lies_beyond_is_refused() -> None:
    reading = read({"lankomumas.xlsx": attendance(line(2, "2026-11-03", "D1"), line(3, "2026-11-04", "D1", "6", "D", "dar"))})
    assert told(reading) == [("lankomumas", 2, "Valandos", "empty", "refused"), ("lankomumas", 2, "Žyma", "empty", "refused"),
                             ("lankomumas", 3, "Žyma", "beyond_columns", "refused")]


def test_a_percent_cell_is_the_percent_that_is_seen() -> None:
    rows = [HEADERS["pardavimai"].split(";"), [1, "2026-11-03", "K-1", "mugė", "ZV", 2, 8.05, "10 %", "0%", ""]]
    assert read({"pardavimai.xlsx": xlsx({"L": rows})}).lines[0].new.discount == 10_000


# ---------- what cannot be taken ----------


@pytest.mark.parametrize(("cell", "code"), [
    ('<c r="C2"><f>B2*2</f></c>', "formula_not_worked_out"), ('<c r="C2"><f>B2*2</f><v></v></c>', "formula_not_worked_out"),
    ('<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "formula_error"), ('<c r="C2"><v>1234567890123456</v></c>', "digits_lost")])
def test_a_cell_that_cannot_be_told_is_refused_where_it_stands(cell: str, code: str) -> None:
    row = line(2, "2026-11-03", "D1", cell, "D")
    assert told(read({"lankomumas.xlsx": attendance(row)})) == [("lankomumas", 2, "Valandos", code, "refused")]


def test_formulas_of_a_program_that_does_not_work_them_out_are_refused() -> None:
    row = line(2, "2026-11-03", "D1", '<c r="C2"><f>2*3</f><v>0</v></c>', "D")
    reading = read({"lankomumas.xlsx": attendance(row)})
    assert reading.attendance[0].new.minutes == 0
    stale = attendance(row, book='<calcPr fullCalcOnLoad="1"/>')
    assert told(read({"lankomumas.xlsx": stale})) == [("lankomumas", 2, "Valandos", "formula_not_worked_out", "refused")]


@pytest.mark.parametrize(("given", "inner", "code"), [
    ("table:formula='of:=1+1'", "", "formula_not_worked_out"),
    ("table:formula='of:=1/0' office:value-type='string' office:string-value=''", "<text:p>#DIV/0!</text:p>", "formula_error")])
def test_formulas_without_a_result_in_ods(given: str, inner: str, code: str) -> None:
    table = f"<table:table-row><table:table-cell {given}>{inner}</table:table-cell></table:table-row>"
    assert wrong(ods_of(f"<table:table table:name='L'>{table}</table:table>")) == {(1, 0): code}


def test_merged_cells_are_refused_where_they_hide_something() -> None:
    merged = '<mergeCells count="2"><mergeCell ref="D2:D3"/><mergeCell ref="A1:A1"/></mergeCells>'
    rows = line(2, "2026-11-03", "D1", "6", "D") + line(3, "2026-11-04", "D1", "6")
    assert told(read({"lankomumas.xlsx": attendance(rows, after=merged)})) == [("lankomumas", 3, "Žyma", "merged_cell", "refused")]
    text = "<table:table-cell office:value-type='string'{}><text:p>a</text:p></table:table-cell>"
    across = text.format(" table:number-columns-spanned='2' table:number-rows-spanned='1'") + "<table:covered-table-cell/>"
    down = (f"<table:table table:name='L'><table:table-row>{text.format('') * 2}</table:table-row>"
            f"<table:table-row>{across}</table:table-row></table:table>")
    assert wrong(ods_of(down)) == {(2, 1): "merged_cell"}


# ---------- which sheet ----------


def sheet(day: int) -> list[list[str]]:
    return [HEAD, [f"2026-11-{day:02d}", "D1", "6", "D"]]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_which_sheet_is_taken(kind: str) -> None:
    write = WRITE[kind]
    one = read({f"lankomumas.{kind}": write({"Lapas1": [], "Duomenys": sheet(3), "Lapas3": []})})
    assert (one.sources["lankomumas.csv"].sheet, one.not_read) == ("Duomenys", ())
    named = read({f"lankomumas.{kind}": write({"Seni": sheet(4), " LANKOMUMAS": sheet(5)})})
    assert (named.attendance[0].key[0].day, named.not_read) == (5, (f"lankomumas.{kind}: Seni",))
    asked = read({f"lankomumas.{kind}": write({"Seni": sheet(4), "Nauji": sheet(5)})})
    assert told(asked) == [("lankomumas", 0, "", "which_sheet", "refused")]
    assert asked.faults[0].values["sheets"] == "„Seni“, „Nauji“"
    other = read({f"kita.{kind}": write({"Seni": sheet(4)})})
    assert (other.not_read, other.faults, other.previews) == ((f"kita.{kind}: Seni",), (), ())
    assert told(read({f"lankomumas.{kind}": write({"Lapas1": []})})) == [("lankomumas", 1, "", "empty_file", "refused")]


def test_a_hidden_sheet_is_not_read_and_told() -> None:
    reading = read({"lankomumas.xlsx": xlsx({"Seni": sheet(4), "Nauji": sheet(5)}, hidden=["Nauji"])})
    assert (reading.attendance[0].key[0].day, reading.not_read) == (4, ("lankomumas.xlsx: Nauji",))
    hidden = "<style:style style:name='h' style:family='table'><style:table-properties table:display='false'/></style:style>"
    book = ods_of("<table:table table:name='A' table:style-name='h'/><table:table table:name='B'/>", styles=hidden)
    assert [one.hidden for one in workbooks.sheets(book)] == [True, False]


def test_the_same_kind_twice_is_refused() -> None:
    csv = ";".join(HEAD).encode()
    reading = read({"lankomumas.csv": csv, "spalis.xlsx": xlsx({"lankomumas": sheet(3)})})
    assert [(one.code, one.values) for one in reading.faults] == [("file_twice", {"file": "spalis.xlsx: lankomumas"})]


def test_a_kind_that_is_not_wanted_stays_closed() -> None:
    found = tables({"dalyviai.xlsx": b"x", "visi.xlsx": xlsx({"dalyviai": sheet(3)})}, lambda kind: kind != "dalyviai.csv")
    assert [(one.kind, one.rows, one.stopped) for one in found.values() if not isinstance(one, bytes)] == [
        ("dalyviai.csv", (), None), ("dalyviai.csv", (), None)]


def test_a_broken_workbook_stops_everything_even_when_nobody_knows_what_it_holds() -> None:
    reading = read({"visi.xlsx": b"PK\x03\x04", "lankomumas.csv": ";".join(HEAD).encode()})
    assert [(one.file, one.code) for one in reading.faults] == [("visi.xlsx", "workbook_broken")]
    assert reading.refused


def test_other_programs_have_other_ways() -> None:
    """Names with a prefix, parts elsewhere, cells and rows without their places."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def related(kind: str, target: str) -> str:
        return f'<Relationships><Relationship Id="a" Type="{REL}/{kind}" Target="{target}"/></Relationships>'
    book = zipped({
        "[Content_Types].xml": "<Types/>", "_rels/.rels": related("officeDocument", "/kita/knyga.xml"),
        "kita/_rels/knyga.xml.rels": related("worksheet", "../lapai/l.xml"),
        "kita/knyga.xml": f'<x:workbook xmlns:x="{main}" xmlns:q="{REL}"><x:sheets><x:sheet name="L" q:id="a"/></x:sheets>'
                          "</x:workbook>",
        "lapai/l.xml": f'<x:worksheet xmlns:x="{main}"><x:sheetData><x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>2.5</x:v></x:c></x:row>'
                       '<x:row><x:c><x:v>3</x:v></x:c></x:row></x:sheetData></x:worksheet>'})
    assert cells(book) == [("1", "2,5"), ("3", "")]


def test_a_refusal_of_a_cell_is_no_crash_of_a_head() -> None:
    assert {code for *_place, code, _severity in told(read({"lankomumas.xlsx": xlsx_of(
        line(1, *HEAD[:3], '<c r="D1" t="e"><v>#REF!</v></c>'))}))} == {"missing_column", "unknown_column"}
    assert issubclass(Unreadable, Refused)
