"""What a folder would bring, row by row and cell by cell, and where an unreadable one stops."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.core.csvfile import Unreadable, decode, rows
from ledger.core.imported import Counts, KnownDay, KnownLine, KnownLot, KnownProduct, Participant, ProductRow, Taken, Totals
from ledger.core.imports import Kind, Known, Terms, read_folder, terms_on
from ledger.core.periods import Month
from ledger.core.production import Mark, Unit
from tests.folders import HEADERS, TODAY, csv_of, only, read, told, workshop

APPROVED = frozenset([Month(2026, 10)])
NOVEMBER = date(2026, 11, 3)
D9 = "D9;Ona;Rytė;1990-01-05;2026-10-01;2027-01-31;lt14 9999 9100 0001 5838"
XA = "XA;Puodelis;kg;9,00;2,00;taip;2026-12-01"


def test_a_new_folder_cell_by_cell() -> None:
    reading = read(
        dalyviai=[D9, "D8;Jonas;Rytas;1990-01-06;2026-10-02;;"],
        gaminiai=XA,
        lankomumas=["2026-11-03;D1;6;D", "2026-11-04;D9;1,5;K"],
        gamyba=["P9;2026-11-05;XA;6,5;1,25;D1;2", "P9;2026-11-05;XA;6,5;1,25;D9;0,5"],
        pardavimai=["7;2026-11-05;M/2;mugė;XA;1,5;8,05;12,5;0;", "08;2026-11-06;M/2;turgus;XA;-0,5;8,05;0;0;M/2/7"],
    )
    assert reading.faults == ()
    assert reading.participants == (
        Taken(2, "D9", Kind.NEW, Participant("D9", "Ona", "Rytė", date(1990, 1, 5), date(2026, 10, 1), date(2027, 1, 31),
                                             "LT149999910000015838")),
        Taken(3, "D8", Kind.NEW, Participant("D8", "Jonas", "Rytas", date(1990, 1, 6), date(2026, 10, 2))),
    )
    since = date(2026, 12, 1)
    new = ProductRow("XA", "Puodelis", Unit.KILOGRAM, True, since, Terms(900, 200))
    assert reading.products == (Taken(2, ("XA", since), Kind.NEW, new),)
    assert reading.attendance == (
        Taken(2, (NOVEMBER, "D1"), Kind.NEW, KnownDay(360, Mark.ATTENDED)),
        Taken(3, (date(2026, 11, 4), "D9"), Kind.NEW, KnownDay(90, Mark.EXCUSED)),
    )
    assert reading.lots == (Taken(2, "P9", Kind.NEW, KnownLot("XA", date(2026, 11, 5), 6500, 1250, {"D1": 2000, "D9": 500})),)
    assert reading.lines == (
        Taken(2, ("M/2", "7"), Kind.NEW, KnownLine(date(2026, 11, 5), "mugė", "XA", 1500, 805, 12_500)),
        Taken(3, ("M/2", "8"), Kind.NEW, KnownLine(date(2026, 11, 6), "turgus", "XA", -500, 805, returns=("M/2", "7"))),
    )


def test_the_totals_of_a_folder() -> None:
    """1,5 kg of 8,05 with an eighth off is 10,57; half a kilogram back without it 4,03."""
    reading = read(
        gaminiai=XA,
        lankomumas=["2026-11-03;D1;6;D", "2026-11-04;D1;1,5;K", "2026-11-05;D1;0,5;D"],
        gamyba=["P9;2026-11-03;XA;6,5;1,25;D1;2", "P8;2026-11-03;XA;1;0;D1;2", "P7;2026-11-03;ZV;3;0;D1;2"],
        pardavimai=["7;2026-11-05;M;mugė;XA;1,5;8,05;12,5;0;", "8;2026-11-06;M;mugė;XA;-0,5;8,05;0;0;M/7",
                    "9;2026-11-06;M;mugė;ZV;1;1,01;50;0;"],
    )
    assert reading.faults == ()
    assert reading.totals == Totals(390, {"XA": 7500, "ZV": 3000}, {"XA": 1000, "ZV": 1000}, 1057 - 403 + 51)
    assert reading.taken["lankomumas"] == Counts(3, 0, 0)


def test_each_file_is_counted_by_what_its_rows_do() -> None:
    reading = read(
        dalyviai=["D1;Rasa;Žukauskaitė;1980-02-08;2026-09-01;;LT399999910000007919", D9, D9.replace("D9", "D8").replace("58", "")],
        gaminiai=["ZV;Žvakė;vnt;8,05;2,10;ne;", "OB;Obuoliai;kg;15,00;3,65;ne;"],
        gamyba=["P2;2026-10-06;OB;2,75;0;D2;1", "P3;2026-10-06;OB;2,5;0;D2;1", "P1;2026-10-05;ZV;10;1;D1;1"],
        lankomumas=["2026-10-05;D1;5;D", "2026-10-05;D2;0;L"],
        pardavimai=["1;2026-10-07;MUG/1;mugė;ZV;4;8,05;0;0;", "3;2026-10-07;MUG/1;mugė;ZV;1;8,05;0;0;"],
    )
    assert {name: (one.new, one.changed, one.same) for name, one in reading.taken.items()} == {
        "dalyviai": (1, 1, 0), "gaminiai": (0, 1, 1), "lankomumas": (0, 1, 1), "gamyba": (1, 1, 1), "pardavimai": (1, 0, 1)}


def test_the_preview_shows_typed_and_understood() -> None:
    days = [f"2026-11-{day:02d};D1;{day};D" for day in range(3, 9)]
    preview = read(lankomumas=["2026-11-02;D1;\u202ex;D", *days]).previews[0]
    assert (preview.file, preview.header, preview.kinds) == (
        "lankomumas.csv", ("Data", "Dalyvis", "Valandos", "Žyma"), ("day", "text", "minutes", "choice"))
    assert [row.line for row in preview.rows] == [2, 3, 4, 5, 6]
    assert (preview.rows[0].typed, preview.rows[0].understood) == (
        ("2026-11-02", "D1", "\ufffdx", "D"), (date(2026, 11, 2), "D1", None, Mark.ATTENDED))
    assert (preview.rows[1].typed, preview.rows[1].understood) == (
        ("2026-11-03", "D1", "3", "D"), (NOVEMBER, "D1", 180, Mark.ATTENDED))


def test_the_preview_cuts_long_cells_and_what_stands_behind_the_last_column() -> None:
    row = read(lankomumas="2026-11-03;" + "D" * 201 + ";6;D;;").previews[0].rows[0]
    assert row.typed == ("2026-11-03", "D" * 200, "6", "D")


@pytest.mark.parametrize(("file", "kinds"), [
    ("dalyviai", ["text", "text", "text", "day", "day", "day", "text"]),
    ("gaminiai", ["text", "text", "choice", "cents", "cents", "choice", "day"]),
    ("gamyba", ["text", "day", "text", "thousandths", "thousandths", "text", "thousandths"]),
    ("pardavimai", ["text", "day", "text", "text", "text", "thousandths", "cents", "percent", "percent", "text"]),
])
def test_the_preview_knows_what_each_column_holds(file: str, kinds: list[str]) -> None:
    assert list(read(**{file: ";x"}).previews[0].kinds) == kinds


# ---------- what is refused as a whole ----------


@pytest.mark.parametrize(("data", "code", "line"), [
    (b"\xff\xfea", "utf16", 1), (b"a" * 20_000_001, "file_too_large", 1), (b"a\nb\0\n\0", "nul", 2), (b"a\r\nb\rc\n\0", "nul", 4),
    (b"\xef\xbb\xbfa\n\xa1", "mixed_encoding", 2), ("Ž\n".encode("cp1257") + "Ž".encode(), "mixed_encoding", 2),
    ("Ž\n\r\n".encode("cp1257") + b"\xa1", "unknown_byte", 3),
])
def test_bytes_that_are_no_text_are_refused_with_their_line(data: bytes, code: str, line: int) -> None:
    with pytest.raises(Unreadable) as refused:
        decode(data)
    why = refused.value
    assert (why.code, why.line, why.field, why.values) == (code, line, "", {})


def test_twenty_million_bytes_are_still_read() -> None:
    assert len(decode(b"a" * 20_000_000)) == 20_000_000


def test_a_windows_line_that_could_be_utf8_by_chance_is_windows() -> None:
    """Ä and ¼ in Windows-1257 make ļ in UTF-8, which no Lithuanian text has."""
    assert decode(b"\xc4\xbc;\xd0") == b"\xc4\xbc;\xd0".decode("cp1257")


def test_rows_start_on_their_physical_line() -> None:
    text = 'sep=;\n"a\nb";c\n\n"d"\n'
    assert [(row.line, row.cells) for row in rows(text)] == [(2, ("a\nb", "c")), (5, ("d",))]


@pytest.mark.parametrize(("head", "text"), [
    ("SEP=;\n", "a,b,c;d"), ('"sep=;"\r\n', "a,b,c;d"), ("sep=;\r", "a,b,c;d"), ("", '"v,x,y,z";b,c;d'), ("", '"v,w";b;c;d'),
    ("\r\n\n", "a,b;c;d"), ("", "a,b;c,d;e"), (" \n\t\r\n", "a,b;c;d"),
])
def test_the_delimiter_is_named_or_counted_in_the_first_line(head: str, text: str) -> None:
    for end in ("\n", "\r", "\r\n"):
        assert next(rows(head + text + end + f",,,,,,{end}" * 3)).cells == tuple(text.replace('"', "").split(";"))


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_a_file_of_commas_has_more_of_them(end: str) -> None:
    assert next(rows("a,b,c;d" + f"{end};;;;;" * 3)).cells == ("a", "b", "c;d")
    assert next(rows(f" {end}a,b{end}")).cells == ("a", "b")


def test_line_ends_inside_a_cell_stay_as_they_are() -> None:
    assert next(rows('"a\r\nb";c\r\n')).cells == ("a\r\nb", "c")


def test_spaces_within_a_columns_name_do_not_count() -> None:
    head = HEADERS["gaminiai"].replace("Kaina, €", "Kaina,\u00a0 €")
    assert read(gaminiai=f"{head}\n{XA}\n".encode()).faults == ()


def test_a_named_separator_that_is_none_is_told() -> None:
    fault = only(read(lankomumas=b"sep=\xc5\xbe|\r\n"))
    assert (fault.line, fault.column, fault.code, fault.values) == (1, "", "separator", {"text": "ž|"})


COLUMNS = "„Data“, „Dalyvis“, „Valandos“, „Žyma“"


def test_wrong_columns_are_told_with_all_right_ones() -> None:
    faults = read(lankomumas="\r\nData;Data;Ligos \u202epriežastis;Žyma".encode()).faults
    assert [(fault.line, fault.column, fault.code, fault.values) for fault in faults] == [
        (2, "Ligos \ufffdpriežastis", "unknown_column", {"name": "Ligos \ufffdpriežastis", "columns": COLUMNS}),
        (2, "Dalyvis", "missing_column", {"name": "Dalyvis", "columns": COLUMNS}),
        (2, "Valandos", "missing_column", {"name": "Valandos", "columns": COLUMNS}),
        (2, "Data", "column_twice", {"name": "Data", "columns": COLUMNS}),
    ]


def test_a_column_without_a_name_between_others_is_unknown() -> None:
    faults = read(lankomumas="Data;;Dalyvis;Valandos;Žyma;".encode()).faults
    assert [(fault.column, fault.code) for fault in faults] == [("", "unknown_column")]


def test_a_file_that_stands_twice_is_told_by_name() -> None:
    twice = {"dalyviai.csv": csv_of("dalyviai", D9), "DALYVIAI.CSV": csv_of("dalyviai", D9)}
    reading = read_folder(twice, workshop(), today=TODAY, vat_payer=False)
    fault = only(reading)
    assert (fault.file, fault.line, fault.column, fault.code, fault.severity, fault.values) == (
        "dalyviai.csv", 1, "", "file_twice", "refused", {"file": "DALYVIAI.CSV"})
    assert [row.key for row in reading.participants] == ["D9"]


def test_files_of_other_names_are_not_read() -> None:
    files = {"z.csv": b"", "Dalyviai.CSV": csv_of("dalyviai", D9), "a.xlsx": b"\0"}
    reading = read_folder(files, workshop(), today=TODAY, vat_payer=False)
    assert (reading.not_read, reading.faults, len(reading.participants)) == (("a.xlsx", "z.csv"), (), 1)


def test_short_and_long_rows_are_told_with_their_cells() -> None:
    reading = read(lankomumas=["2026-11-03;D1", "2026-11-03;D1;6;D;;x;", "2026-11-04;D1;6;D; ;"])
    assert [(fault.line, fault.column, fault.code, fault.values) for fault in reading.faults] == [
        (2, "Valandos", "short_row", {"cells": 2, "columns": 4}), (3, "Žyma", "long_row", {"cells": 7, "columns": 4})]
    assert [row.line for row in reading.attendance] == [4]


def test_a_row_of_one_fault_says_nothing_else() -> None:
    """The short row stands before D1's first day and in an approved month, has no hours and stands twice."""
    known = replace(workshop(), approved=APPROVED)
    assert [code for *_, code, _ in told(read(known, lankomumas=["2026-08-01;D1;0", "2026-08-01;D1;0", "2026-10-05;D1;0"]))] == [
        "short_row"] * 3


# ---------- who stands twice ----------


@pytest.mark.parametrize(("files", "values"), [
    ({"dalyviai": [D9, D9]}, {"line": 2, "key_1": "D9"}),
    ({"lankomumas": ["2026-11-03;D1;6;D"] * 2}, {"line": 2, "key_1": "2026-11-03", "key_2": "D1"}),
    ({"gaminiai": [XA, XA]}, {"line": 2, "key_1": "XA", "key_2": "2026-12-01"}),
    ({"gamyba": ["P9;2026-11-03;ZV;6;0;D1;1"] * 2}, {"line": 2, "key_1": "P9", "key_2": "D1"}),
    ({"pardavimai": ["1;2026-11-05;M;mugė;ZV;1;8,05;0;0;"] * 2}, {"line": 2, "key_1": "M", "key_2": "1"}),
])
def test_the_second_row_of_a_key_names_the_first(files: dict[str, list[str]], values: dict[str, object]) -> None:
    fault = only(read(**files))
    assert (fault.line, fault.severity, fault.values) == (3, "refused", values)


# ---------- terms ----------


def known_terms(*terms: tuple[date | None, int]) -> Known:
    product = KnownProduct("Puodelis", Unit.PIECE, False, {since: Terms(cents, 200) for since, cents in terms})
    return Known(products={"XA": product})


MAY, JULY = date(2026, 5, 1), date(2026, 7, 1)


@pytest.mark.parametrize(("since", "kind", "old"), [
    ("2026-05-01", Kind.CHANGED, (MAY, 100)), ("2026-06-30", Kind.CHANGED, (MAY, 100)), ("2026-07-01", Kind.CHANGED, (JULY, 300)),
    ("2026-12-31", Kind.CHANGED, (JULY, 300)), ("2026-04-30", Kind.CHANGED, (MAY, 100)), ("", Kind.CHANGED, (MAY, 100)),
])
def test_a_new_price_stands_beside_what_held_on_its_day(since: str, kind: Kind, old: tuple[date, int]) -> None:
    known = known_terms((JULY, 300), (MAY, 100))
    row = read(known, gaminiai=f"XA;Puodelis;vnt;5,00;2,00;ne;{since}").products[0]
    assert row.old is not None
    assert (row.line, row.kind, row.old.since, row.old.terms.price_cents, row.late) == (2, kind, *old, False)


def test_the_terms_of_a_day_are_the_last_that_began() -> None:
    terms = {JULY: Terms(300, 0), None: Terms(50, 0), MAY: Terms(100, 0)}
    days = [date(2026, 4, 30), MAY, date(2026, 6, 30), JULY, date(2030, 1, 1)]
    assert [terms_on(terms, day).price_cents for day in days] == [50, 100, 100, 300, 300]
    first = {JULY: Terms(300, 0), MAY: Terms(100, 0)}
    assert terms_on(first, date(2020, 1, 1)).price_cents == 100


@pytest.mark.parametrize(("terms", "row", "months"), [
    ([(None, 100)], "XA;Puodelis;vnt;5,00;2,00;ne;2026-11-01", []),
    ([(None, 100)], "XA;Puodelis;vnt;5,00;2,00;ne;2026-10-31", ["2026-10"]),
    ([(None, 100), (JULY, 300)], "XA;Puodelis;vnt;5,00;2,00;ne;", []),
    ([(None, 100), (date(2026, 10, 2), 300)], "XA;Puodelis;vnt;5,00;2,00;ne;", ["2026-10"]),
    ([(None, 100), (date(2026, 10, 1), 300)], "XA;Puodelis;vnt;5,00;2,00;ne;", []),
    ([(MAY, 100), (JULY, 300)], "XA;Puodelis;vnt;3,00;2,00;ne;2026-07-01", []),
    ([(MAY, 100), (JULY, 300)], "XA;Puodelis;vnt;3,00;2,50;ne;2026-07-01", ["2026-10"]),
    ([(date(2026, 12, 1), 100)], "XA;Puodelis;vnt;5,00;2,00;ne;2026-12-01", ["2026-10"]),
    ([(MAY, 100), (date(2026, 12, 1), 300)], "XA;Puodelis;vnt;5,00;2,00;ne;2026-12-01", []),
])
def test_terms_that_reach_into_an_approved_month_are_late(
    terms: list[tuple[date | None, int]], row: str, months: list[str]
) -> None:
    reading = read(replace(known_terms(*terms), approved=APPROVED), gaminiai=row)
    assert [(fault.column, fault.code, fault.severity, fault.values) for fault in reading.faults] == [
        ("Kodas", "product_approved_month", "late", {"month": month}) for month in months]
    assert [one.late for one in reading.products] == [bool(months)]


def test_the_first_of_several_approved_months_is_named() -> None:
    known = replace(known_terms((None, 100)), approved=frozenset([Month(2026, 9), Month(2026, 8), Month(2026, 10)]))
    assert only(read(known, gaminiai="XA;Puodelis;vnt;5,00;2,00;ne;2026-08-31")).values == {"month": "2026-08"}


def test_headers_are_those_of_the_files() -> None:
    assert set(HEADERS) == set(read().taken)
