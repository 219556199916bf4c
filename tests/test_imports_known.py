"""Sent again: the same, a change with old and new, or a late row; what a stored lot holds."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.core.imports import Kind, Terms, terms_on
from ledger.core.periods import Month
from tests.folders import codes, read, told, workshop

D1 = "D1;Aistė;Žukauskaitė;1980-02-08;2026-09-01;;LT399999910000007919"
ZV = "ZV;Žvakė;vnt;8,05;2,10;ne;"
P1 = ["P1;2026-10-05;ZV;10;1;D1;1", "P1;2026-10-05;ZV;10;1;D3;2"]
LINE = "1;2026-10-07;MUG/1;mugė;ZV;4;8,05;0;0;"


def approved(*months):
    return replace(workshop(), approved=frozenset(Month.parse(month) for month in months))


def kinds(rows):
    return [row.kind for row in rows]


def test_the_same_content_is_the_same():
    reading = read(dalyviai=D1, gaminiai=ZV, lankomumas="2026-10-05;D1;6,0;D", gamyba=P1, pardavimai=LINE)
    rows = [*reading.participants, *reading.products, *reading.attendance, *reading.lots, *reading.lines]
    assert kinds(rows) == [Kind.SAME] * 5
    assert reading.faults == ()


def test_other_content_is_a_change_with_old_and_new():
    row = read(lankomumas="2026-10-05;D1;4;D").attendance[0]
    assert (row.kind, row.old.minutes, row.new.minutes) == (Kind.CHANGED, 360, 240)
    line = read(pardavimai=LINE.replace("8,05", "7,00")).lines[0]
    assert (line.kind, line.old.price_cents, line.new.price_cents) == (Kind.CHANGED, 805, 700)
    who = read(dalyviai=D1.replace("Aistė", "Rasa")).participants[0]
    assert (who.kind, who.old.name, who.new.name) == (Kind.CHANGED, "Aistė", "Rasa")


def test_what_is_odd_in_an_unchanged_row_is_not_said_again():
    row = "2026-11-03;D1;0;D"
    first = read(lankomumas=row)
    assert codes(first) == ["attended_no_hours"]
    assert read(workshop().after(first), lankomumas=row).faults == ()


@pytest.mark.parametrize(("files", "code"), [
    ({"gaminiai": "XA;Puodelis;vnt;9,00;9,01;ne;"}, "materials_above_price"),
    ({"dalyviai": "D9;Ona;Rytė;1990-01-05;2026-10-01;;LT399999910000007919"}, "account_twice"),
    ({"gamyba": "P9;2026-10-05;ZV;1;0;D2;1"}, "maker_absent"),
    ({"pardavimai": "9;2026-10-08;M;mugė;ZV;30;8,05;0;0;"}, "sold_more_than_made"),
])
def test_no_file_says_again_what_is_odd_in_an_unchanged_row(files, code):
    first = read(**files)
    assert codes(first) == [code]
    assert read(workshop().after(first), **files).faults == ()


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"lankomumas": "2026-10-05;D1;4;D"}, ("lankomumas", 2, "Data")),
        ({"lankomumas": "2026-10-06;D1;4;K"}, ("lankomumas", 2, "Data")),
        ({"gamyba": "P2;2026-11-06;OB;2,5;0;D2;1"}, ("gamyba", 2, "Data")),
        ({"pardavimai": LINE.replace("8,05", "7,00")}, ("pardavimai", 2, "Data")),
        ({"pardavimai": LINE.replace("2026-10-07", "2026-10-08")}, ("pardavimai", 2, "Data")),
    ],
)
def test_a_row_of_an_approved_month_is_offered_as_a_late_one(files, place):
    reading = read(approved("2026-10"), **files)
    assert told(reading) == [(*place, "approved_month", "late")]
    assert (reading.refused, reading.late, reading.faults[0].values) == (False, True, {"month": "2026-10"})
    assert [row.late for row in (*reading.attendance, *reading.lots, *reading.lines)] == [True]


def test_a_lot_found_late_is_an_ordinary_one_for_the_open_month():
    reading = read(approved("2026-10"), gamyba="P9;2026-10-05;ZV;1;0;D1;1")
    assert told(reading) == []
    assert [row.late for row in reading.lots] == [False]


def test_a_sale_or_a_return_found_late_is_an_ordinary_line_of_the_open_month():
    late = ["1;2026-10-31;M;mugė;ZV;1;8,05;0;0;", "3;2026-10-31;MUG/1;mugė;ZV;-1;8,05;0;0;MUG/1/1"]
    reading = read(approved("2026-10"), pardavimai=late)
    assert told(reading) == []
    assert [row.late for row in reading.lines] == [False, False]


def test_the_same_rows_of_an_approved_month_and_new_ones_of_an_open_month_are_not_late():
    reading = read(
        approved("2026-10"),
        lankomumas=["2026-10-05;D1;6;D", "2026-11-03;D1;6;D"],
        gamyba=P1,
        pardavimai=LINE,
        gaminiai=ZV,
    )
    assert (reading.faults, reading.late) == ((), False)


def test_a_return_in_an_open_month_of_a_line_of_an_approved_one_is_not_late():
    assert read(approved("2026-10"), pardavimai="1;2026-11-05;G;mugė;ZV;-1;8,05;0;0;MUG/1/1").faults == ()


def test_a_line_sent_again_takes_its_goods_once():
    assert read(pardavimai=[LINE, "9;2026-10-08;M;mugė;ZV;6;8,05;0;0;"]).faults == ()  # 10 were made


def test_a_last_day_that_comes_in_the_same_folder_counts():
    gone = "D9;Ona;Rytė;1990-01-05;2026-10-01;2026-10-10;"
    assert told(read(dalyviai=gone, lankomumas=["2026-10-10;D9;6;D", "2026-10-11;D9;6;D"])) == [
        ("lankomumas", 3, "Data", "after_end", "refused")]


# ---------- stored lots ----------


@pytest.mark.parametrize(
    "row",
    [
        "P1;2026-10-06;ZV;10;1;D1;1",
        "P1;2026-10-05;OB;10;1;D1;1",
        "P1;2026-10-05;ZV;11;1;D1;1",
        "P1;2026-10-05;ZV;10;2;D1;1",
        "P1;2026-10-05;ZV;10;1;D2;1",
    ],
)
def test_a_part_of_a_stored_lot_with_another_day_product_count_or_maker_is_refused(row):
    faults = [fault for fault in read(gamyba=row).faults if fault.severity == "refused"]
    assert [(fault.column, fault.code) for fault in faults] == [("Partija", "lot_differs")]
    assert (faults[0].values["old_good_thousandths"], faults[0].values["old_makers"]) == (10_000, "D1, D3")


def test_all_rows_of_a_stored_lot_may_change_it():
    rows = [row.replace(";10;1;", ";12;0;") for row in P1]
    lot = read(gamyba=rows).lots[0]
    assert (lot.kind, lot.old.good, lot.new.good, lot.new.makers) == (
        Kind.CHANGED,
        10_000,
        12_000,
        {"D1": 1000, "D3": 2000},
    )


def test_all_rows_and_one_more_maker():
    lot = read(gamyba=[*P1, "P1;2026-10-05;ZV;10;1;D2;1"]).lots[0]
    assert (lot.kind, sorted(lot.new.makers)) == (Kind.CHANGED, ["D1", "D2", "D3"])


def test_a_part_of_the_rows_may_change_its_share_and_the_others_stay():
    reading = read(gamyba="P1;2026-10-05;ZV;10;1;D1;5")
    assert (reading.faults, reading.lots[0].kind, reading.lots[0].new.makers) == (
        (),
        Kind.CHANGED,
        {"D1": 5000, "D3": 2000},
    )


def test_a_part_of_the_rows_unchanged_is_the_same():
    assert kinds(read(gamyba=P1[0]).lots) == [Kind.SAME]


def test_rows_that_are_not_sent_are_never_deleted():
    after = workshop().after(read(lankomumas="2026-11-03;D1;6;D", gamyba=P1[0]))
    assert (len(after.attendance), len(after.lots), sorted(after.lots["P1"].makers)) == (3, 2, ["D1", "D3"])


# ---------- prices ----------


def test_the_first_price_holds_since_always_and_later_ones_from_their_day():
    terms = workshop().after(read(gaminiai="ZV;Žvakė;vnt;9,00;2,50;ne;2026-11-15")).products["ZV"].terms
    assert terms_on(terms, date(2020, 1, 1)) == terms_on(terms, date(2026, 11, 14)) == Terms(805, 210)
    assert terms_on(terms, date(2026, 11, 15)) == Terms(900, 250)


def test_a_first_import_with_a_day_holds_before_it_too():
    terms = workshop().after(read(gaminiai="XA;Xas;vnt;9,00;2,50;ne;2026-11-15")).products["XA"].terms
    assert terms_on(terms, date(2020, 1, 1)) == Terms(900, 250)


def test_a_new_price_shows_what_held_before():
    row = read(gaminiai="ZV;Žvakė;vnt;9,00;2,10;ne;2026-11-15").products[0]
    assert (row.kind, row.old.terms.price_cents, row.old.since, row.new.terms.price_cents) == (
        Kind.CHANGED,
        805,
        None,
        900,
    )


@pytest.mark.parametrize(
    ("row", "late"),
    [
        ("ZV;Žvakė;vnt;9,00;2,10;ne;", True),
        ("ZV;Žvakė;vnt;9,00;2,10;ne;2026-10-31", True),
        ("ZV;Žvakė;vnt;9,00;2,10;ne;2026-11-01", False),
        ("ZV;Žvakė balta;vnt;8,05;2,10;ne;", False),
        ("XA;Xas;vnt;9,00;2,10;ne;", False),
    ],
)
def test_a_price_that_reaches_into_an_approved_month_is_late(row, late):
    reading = read(approved("2026-10"), gaminiai=row)
    assert codes(reading) == (["product_approved_month"] if late else [])
    assert reading.late is late


def test_another_first_price_reaches_back_before_its_day():
    first = workshop().after(read(gaminiai="XA;Xas;vnt;9,00;2,50;ne;2026-11-15"))
    known = replace(first, approved=frozenset([Month(2026, 10)]))
    assert codes(read(known, gaminiai="XA;Xas;vnt;9,00;3,00;ne;2026-11-15")) == ["product_approved_month"]
    assert codes(read(known, gaminiai="XA;Xas;vnt;9,00;3,00;ne;2026-11-16")) == []


def test_a_price_reaches_as_far_as_the_next_one():
    known = replace(
        workshop().after(read(gaminiai="ZV;Žvakė;vnt;9,00;2,50;ne;2026-10-01")), approved=frozenset([Month(2026, 10)])
    )
    assert read(known, gaminiai="ZV;Žvakė;vnt;8,50;2,10;ne;").faults == ()
