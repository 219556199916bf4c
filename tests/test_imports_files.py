"""Encodings, delimiters, quotes, headers and rows: read for sure, or refused with the line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.imports import FILES, Known, read_folder
from tests.folders import HEADERS, TODAY, codes, csv_of, folder, only, read, told, workshop

DAY = "2026-11-03;D1;6;D"
HEAD = HEADERS["lankomumas"]


def attendance(text, encoding="utf-8"):
    return read(lankomumas=text if isinstance(text, bytes) else text.encode(encoding))


def test_utf16_is_refused_by_name():
    assert told(attendance(f"{HEAD}\n{DAY}\n", "utf-16")) == [("lankomumas", 1, "", "utf16", "refused")]


def test_nul_is_refused_with_its_line():
    assert told(attendance(f"{HEAD}\r\n{DAY}\r\n2026-11-04;D1;6\0;D\r\n")) == [("lankomumas", 3, "", "nul", "refused")]


def test_a_zip_or_utf16_without_mark_is_no_csv():
    assert codes(attendance(b"PK\x03\x04\x14\x00\x06\x00")) == ["nul"]
    assert codes(attendance(f"{HEAD}\n{DAY}\n", "utf-16-le")) == ["nul"]


def test_html_under_the_name_of_a_csv_lacks_all_columns():
    assert set(codes(attendance("<html><body><table><tr><td>Data</td></tr></table>"))) == {
        "missing_column",
        "unknown_column",
    }


def test_bytes_after_a_mark_that_are_no_utf8_are_refused_with_the_line():
    data = f"\ufeff{HEAD}\r\n{DAY}\r\n".encode() + "2026-11-04;Žž;6;D\r\n".encode("cp1257")
    assert told(attendance(data)) == [("lankomumas", 3, "", "mixed_encoding", "refused")]


def test_utf8_lines_in_a_windows_file_are_refused_with_the_line():
    data = csv_of("lankomumas", DAY).decode().encode("cp1257") + "2026-11-04;Žąsys;6;D\r\n".encode()
    assert told(attendance(data)) == [("lankomumas", 3, "", "mixed_encoding", "refused")]


def test_a_byte_that_windows_1257_does_not_have_is_refused_with_the_line():
    data = csv_of("lankomumas", DAY).decode().encode("cp1257") + b"2026-11-04;\xa1;6;D\r\n"
    assert told(attendance(data)) == [("lankomumas", 3, "", "unknown_byte", "refused")]


def test_lithuanian_quotes_in_windows_1257():
    data = csv_of("gaminiai", "VA;„ŽĄSIS“ – 5 €;vnt;8,00;2,00;ne;").decode().encode("cp1257")
    assert read(gaminiai=data).products[0].new.name == "„ŽĄSIS“ – 5 €"


def test_a_huge_file_is_refused():
    assert codes(attendance(b"a" * 20_000_001)) == ["file_too_large"]


@pytest.mark.parametrize("mark", [";", ","])
def test_sep_names_the_delimiter_and_lines_stay_physical(mark):
    text = f"sep={mark}\r\n{HEAD}\r\n{DAY}\r\n2026-11-04;D9;6;D\r\n".replace(";", mark)
    assert told(attendance(text)) == [("lankomumas", 4, "Dalyvis", "unknown_participant", "refused")]


def test_sep_wins_over_counting():
    text = 'sep=;\r\nData;Dalyvis;Valandos;"Žyma"\r\n2026-11-03;D1;2,5;D\r\n'
    assert attendance(text).attendance[0].new.minutes == 150


def test_another_separator_is_refused():
    assert codes(attendance(f"sep=|\r\n{HEAD}\r\n")) == ["separator"]
    assert codes(attendance(f"{HEAD}\r\n".replace(";", "\t")))[0] == "unknown_column"


def test_an_empty_file_and_one_with_a_header_only():
    for text in ("", "\ufeff", "\r\n \r\n"):
        assert told(attendance(text)) == [("lankomumas", 1, "", "empty_file", "refused")]
    assert attendance(f"{HEAD}\r\n").faults == ()


def test_blank_rows_count_as_lines_only():
    text = f"{HEAD}\r\n\r\n;;;\r\n{DAY}\r\n2026-11-04;D9;6;D\r\n\r\n"
    assert told(attendance(text)) == [("lankomumas", 5, "Dalyvis", "unknown_participant", "refused")]


def test_a_cell_over_several_lines_keeps_the_count():
    reading = read(gaminiai=['VA;"Va\nra";vnt;8,00;2,00;ne;', "VB;Varis;vnt;x;2,00;ne;"])
    assert told(reading) == [
        ("gaminiai", 2, "Pavadinimas", "bad_character", "refused"),
        ("gaminiai", 4, "Kaina, €", "no_number", "refused"),
    ]


def test_an_open_quote_is_refused_where_its_row_starts():
    reading = attendance(f'{HEAD}\r\n{DAY}\r\n2026-11-04;"D1;6;D\r\n2026-11-05;D1;6;D\r\n')
    assert told(reading) == [("lankomumas", 3, "", "broken_quotes", "refused")]


def test_a_quote_beside_a_quoted_cell_is_refused():
    assert codes(attendance(f'{HEAD}\r\n2026-11-04;"D1"x;6;D\r\n')) == ["broken_quotes"]


def test_a_giant_cell_is_refused():
    assert codes(attendance(f"{HEAD}\r\n2026-11-04;{'x' * 200_000};6;D\r\n")) == ["cell_too_long"]


def test_header_in_any_case_order_and_spacing():
    reading = attendance("  žyma;VALANDOS;Data ;Dalyvis;;\r\nD;6;2026-11-03;D1;;\r\n")
    assert (reading.faults, reading.attendance[0].new.minutes) == ((), 360)


def test_a_header_with_accents_coded_apart_is_the_same():
    assert attendance("Data;Dalyvis;Valandos;Z\u030cyma\r\n" + DAY).faults == ()


def test_missing_unknown_and_double_columns_are_named():
    reading = attendance("Data;Dalyvis;Data;Pastabos\r\n2026-11-03;D1;;\r\n")
    assert {(fault.column, fault.code, fault.line) for fault in reading.faults} == {
        ("Pastabos", "unknown_column", 1),
        ("Data", "column_twice", 1),
        ("Valandos", "missing_column", 1),
        ("Žyma", "missing_column", 1),
    }


def test_only_galioja_nuo_may_lack():
    text = "Kodas;Pavadinimas;Matas;Kaina, €;Medžiagos vienetui, €;Paslauga\r\nVA;Varis;vnt;8,00;2,00;ne\r\n"
    assert read(gaminiai=text.encode()).products[0].key == ("VA", None)


def test_a_short_row_is_one_fault_at_its_first_missing_column():
    assert told(attendance(f"{HEAD}\r\n2026-99-99;D1\r\n")) == [("lankomumas", 2, "Valandos", "short_row", "refused")]


def test_a_long_row_is_one_fault():
    assert told(attendance(HEAD.replace(";", ",") + "\r\n2026-11-03,D1,2,5,D\r\n")) == [
        ("lankomumas", 2, "Žyma", "long_row", "refused")
    ]


def test_what_an_unreadable_file_would_bring_is_not_missed():
    reading = read(
        dalyviai=b"\xff\xfe", gaminiai=b"x;y\n", lankomumas="2026-11-03;D9;6;D", gamyba="P9;2026-11-03;XX;1;0;D9;1"
    )
    assert {fault.file for fault in reading.faults} == {"dalyviai.csv", "gaminiai.csv"}


def test_the_same_name_in_two_cases_is_refused():
    files = {"Lankomumas.csv": csv_of("lankomumas", DAY), "lankomumas.csv": csv_of("lankomumas", DAY)}
    assert only(read_folder(files, workshop(), today=TODAY, vat_payer=False)).code == "file_twice"


def test_an_empty_folder_says_nothing():
    reading = read()
    assert (reading.faults, reading.previews, reading.refused, reading.late) == ((), (), False, False)


CELLS = st.sampled_from(
    ["", "D1", "P1", "ZV", "2026-10-05", "6", "-1", "1,5", "1.5", "D", "taip", "MUG/1/1", '"', "\u202e", "Žą"]
)
ROW = st.lists(CELLS | st.text(max_size=8), max_size=11).map(";".join)


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries({name: st.binary(max_size=200) for name in FILES}))
def test_any_bytes_are_read_or_refused(files):
    read_folder(files, workshop(), today=TODAY, vat_payer=False)


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries({name: st.lists(ROW, max_size=4) for name in HEADERS}))
def test_any_rows_are_read_or_refused(rows):
    reading = read(**{name: csv_of(name, *lines) if lines else b"" for name, lines in rows.items()})
    workshop().after(reading)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 4000), st.binary(min_size=1, max_size=4))
def test_a_real_file_with_some_bytes_broken_never_crashes(name, place, junk):
    files = folder("month-2026-10")
    files[name] = files[name][:place] + junk + files[name][place + len(junk) :]
    read_folder(files, Known(), today=TODAY, vat_payer=True)
