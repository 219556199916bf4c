"""What a row may say, file by file. The workshop that is known stands in tests/folders.py."""

import pytest

from ledger.core.imports import Known
from tests.folders import codes, only, read, told

GOOD_IBAN = "LT399999910000007919"


def at(reading):
    """The one fault; what its sentence is filled with stands last, if anything."""
    return _told(only(reading))


def _told(fault):
    return fault.column, fault.code, fault.severity, *([dict(fault.values)] if fault.values else [])


def person(number="D9", name="Ona", surname="Rytė", birth="1990-01-05", started="2026-10-01", ended="", iban=""):
    return f"{number};{name};{surname};{birth};{started};{ended};{iban}"


def product(code="XA", name="Puodelis", unit="vnt", price="9,00", material="2,00", service="ne", since=""):
    return f"{code};{name};{unit};{price};{material};{service};{since}"


def made(lot="P9", day="2026-11-05", code="ZV", good="6", reject="0", who="D1", share="1"):
    return f"{lot};{day};{code};{good};{reject};{who};{share}"


def sold(no="1", day="2026-11-05", document="M", code="ZV", quantity="1", price="8,05", discount="0", vat="0", back=""):
    return f"{no};{day};{document};mugė;{code};{quantity};{price};{discount};{vat};{back}"


# ---------- participants ----------


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (person(number=""), ("Nr.", "empty", "refused")),
        (person(number="D" * 41), ("Nr.", "too_long", "refused", {"most": 40})),
        (person(name=" "), ("Vardas", "empty", "refused")),
        (person(name="A" * 101), ("Vardas", "too_long", "refused", {"most": 100})),
        (person(name="a" + "\u0303" * 60_000), ("Vardas", "too_long", "refused", {"most": 100})),
        (person(name="O\u202ena"), ("Vardas", "bad_character", "refused", {"character": "U+202E"})),
        (person(name="O\x07na"), ("Vardas", "bad_character", "refused", {"character": "U+0007"})),
        (person(name="O\u0378na"), ("Vardas", "bad_character", "refused", {"character": "U+0378"})),
        (person(surname=""), ("Pavardė", "empty", "refused")),
        (person(birth=""), ("Gimimo data", "empty", "refused")),
        (person(birth="2026-11-22"), ("Gimimo data", "day_ahead", "refused", {"text": "2026-11-22"})),
        (person(birth="1899-12-31"), ("Gimimo data", "day_too_early", "refused", {"text": "1899-12-31"})),
        (person(birth="2026-10-05"), ("Gimimo data", "born_after_start", "refused", {"started": "2026-10-01"})),
        (person(birth="2026-10-01"), ("Gimimo data", "under_age", "warning", {"started": "2026-10-01"})),
        (person(birth="2008-10-02"), ("Gimimo data", "under_age", "warning", {"started": "2026-10-01"})),
        (person(started="2026-11-22"), ("Pradėjo", "day_ahead", "refused", {"text": "2026-11-22"})),
        (person(ended="2026-09-30"), ("Baigė", "left_before_start", "refused", {"started": "2026-10-01"})),
        (person(ended="2037-01-01"), ("Baigė", "day_ahead", "refused", {"text": "2037-01-01"})),
        (person(iban="LT129999910000007919"), ("Sąskaita (IBAN)", "iban_check", "refused", {"text": "LT129999910000007919"})),
        (person(iban="LT3999999100000079"), ("Sąskaita (IBAN)", "iban_form", "refused", {"text": "LT3999999100000079"})),
        (person(iban="mano"), ("Sąskaita (IBAN)", "iban_form", "refused", {"text": "MANO"})),
        (person(iban=GOOD_IBAN), ("Sąskaita (IBAN)", "account_twice", "warning", {"other": "D1"})),
    ],
)
def test_participant(row, fault):
    assert at(read(dalyviai=row)) == fault


@pytest.mark.parametrize(
    "name", ["A", "Ąžuolas-Žydrūnas", "O'Neil", "Są\u0303moja", "Анна", "=1+1", "<b>Ona</b>", "A" * 100]
)
def test_names_of_all_kinds_are_kept_as_typed(name):
    reading = read(dalyviai=person(name=name))
    assert (reading.faults, reading.participants[0].new.name) == ((), name)


def test_accents_coded_apart_are_put_together():
    assert read(dalyviai=person(name="Z\u030cydre\u0307")).participants[0].new.name == "Žydrė"


def test_just_adult_first_day_is_last_day_and_spaced_account_are_fine():
    row = person(birth="2008-10-01", ended="2026-10-01", iban="lt14 9999 9100 0001 5838")
    reading = read(dalyviai=row)
    assert (reading.faults, reading.participants[0].new.iban) == ((), "LT149999910000015838")


def test_the_earliest_day():
    assert read(dalyviai=person(birth="1900-01-01")).faults == ()


def test_a_last_day_ahead_may_be_known():
    assert read(dalyviai=person(ended="2027-01-31")).faults == ()


def test_the_same_number_twice_names_the_first():
    fault = only(read(dalyviai=[person(), person()]))
    assert (fault.line, fault.code, fault.values["line"]) == (3, "participant_twice", 2)


def test_one_account_in_two_rows_warns_at_the_second():
    rows = [person(iban="LT149999910000015838"), person("D8", iban="LT149999910000015838")]
    fault = only(read(dalyviai=rows))
    assert (fault.line, fault.code, fault.values["other"]) == (3, "account_twice", "D9")


def test_an_account_may_pass_from_one_person_to_another():
    rows = [person("D1", started="2026-09-01"), person(iban=GOOD_IBAN)]
    assert read(dalyviai=rows).faults == ()


def test_first_and_last_day_hold_the_days_that_are_stored():
    assert at(read(dalyviai=person("D1", started="2026-10-06"))) == (
        "Pradėjo", "stored_day_before", "refused", {"day": "2026-10-05"})
    assert at(read(dalyviai=person("D3", started="2026-09-01", ended="2026-10-04"))) == (
        "Baigė",
        "stored_day_after",
        "refused",
        {"day": "2026-10-05"},
    )


def test_first_and_last_day_may_be_the_stored_ones():
    rows = [person("D1", started="2026-10-05"), person("D3", started="2026-10-05", ended="2026-10-05")]
    assert read(dalyviai=rows).faults == ()


def test_all_faults_of_a_row_are_said_one_a_cell():
    reading = read(dalyviai=person(name="", birth="x", started="2026-13-01", iban="x"))
    assert codes(reading) == ["empty", "day_form", "no_such_day", "iban_form"]


@pytest.mark.parametrize(
    ("day", "code"),
    [("2027-02-29", "no_such_day"), ("0000-01-01", "no_such_day"), ("9999-12-31", "day_ahead"),
    ("2026-11-22", "day_ahead"),
     ("2026.10.05", "day_form"), ("05/10/2026", "day_form"), ("2026-1-5", "day_form"),
     ("２026-10-05", "day_form"), ("2026-09-31", "no_such_day")],
)  # fmt: skip
def test_days_that_are_none(day, code):
    assert at(read(lankomumas=f"{day};D1;6;D")) == ("Data", code, "refused", {"text": day})


# ---------- products ----------


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (product(code=""), ("Kodas", "empty", "refused")),
        (product(name=""), ("Pavadinimas", "empty", "refused")),
        (product(unit="tuzinas"), ("Matas", "unknown_unit", "refused", {"text": "tuzinas", "choices": "vnt, kg"})),
        (product(price="-1,00"), ("Kaina, €", "negative", "refused", {"text": "-1,00"})),
        (product(price="0,00"), ("Kaina, €", "zero", "refused", {"text": "0,00"})),
        (product(price="9,005"), ("Kaina, €", "part_of_cent", "refused", {"text": "9,005"})),
        (product(price="9.50"), ("Kaina, €", "two_readings", "refused", {"text": "9.50", "first": "950", "second": "9,50"})),
        (product(material=""), ("Medžiagos vienetui, €", "empty", "refused")),
        (product(material="9,01"),
         ("Medžiagos vienetui, €", "materials_above_price", "warning", {"price_cents": 900, "material_cents": 901})),
        (product(service="gal"), ("Paslauga", "yes_or_no", "refused", {"text": "gal", "choices": "taip, ne"})),
        (product(since="2026-02-30"), ("Galioja nuo", "no_such_day", "refused", {"text": "2026-02-30"})),
        (product(code="ZV", unit="kg"), ("Matas", "unit_fixed", "refused", {"code": "ZV", "unit": "vnt"})),
    ],
)
def test_product(row, fault):
    assert at(read(gaminiai=row)) == fault


def test_materials_may_cost_nothing_or_just_the_price():
    assert read(gaminiai=[product(material="0"), product("XB", material="9,00")]).faults == ()


def test_words_in_any_case():
    assert read(gaminiai=product(unit="VNT", service="Taip")).products[0].new.service is True


def test_units_are_listed():
    assert only(read(gaminiai=product(unit="l"))).values["choices"] == "vnt, kg"


def test_a_code_may_stand_again_with_another_day_only():
    assert read(gaminiai=[product(), product(price="10,00", since="2026-12-01")]).faults == ()
    assert told(read(gaminiai=[product(), product(), product(since="2026-12-01"), product(since="2026-12-01")])) == [
        ("gaminiai", 3, "Kodas", "product_twice", "refused"),
        ("gaminiai", 5, "Kodas", "product_twice", "refused"),
    ]


def test_the_rows_of_a_code_agree():
    rows = [product(), product(name="Kitas", unit="kg", service="taip", since="2026-12-01")]
    assert [(fault.column, fault.code) for fault in read(gaminiai=rows).faults] == [
        ("Pavadinimas", "product_differs"), ("Matas", "product_differs"), ("Paslauga", "product_differs"),
    ]  # fmt: skip


# ---------- attendance ----------


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (";D1;6;D", ("Data", "empty", "refused")),
        ("2026-11-03;;6;D", ("Dalyvis", "empty", "refused")),
        ("2026-11-03;D99;6;D", ("Dalyvis", "unknown_participant", "refused", {"number": "D99"})),
        ("2026-11-03;D1;;D", ("Valandos", "empty", "refused")),
        ("2026-11-03;D1;25;D", ("Valandos", "over_a_day", "refused", {"text": "25"})),
        ("2026-11-03;D1;-3;D", ("Valandos", "negative", "refused", {"text": "-3"})),
        ("2026-11-03;D1;2,333;D", ("Valandos", "part_of_minute", "refused", {"text": "2,333"})),
        ("2026-11-03;D1;6;", ("Žyma", "empty", "refused")),
        ("2026-11-03;D1;6;X", ("Žyma", "unknown_mark", "refused", {"text": "X", "choices": "D, L, K, N"})),
        ("2026-08-31;D1;6;D", ("Data", "before_start", "refused", {"number": "D1", "started": "2026-09-01"})),
        ("2026-10-31;D3;6;D", ("Data", "after_end", "refused", {"number": "D3", "ended": "2026-10-30"})),
        ("2026-11-03;D1;0;D", ("Valandos", "attended_no_hours", "warning")),
    ],
)
def test_attendance(row, fault):
    assert at(read(lankomumas=row)) == fault


def test_first_day_last_day_today_and_hours_of_the_excused_are_fine():
    rows = ["2026-09-01;D3;24;d", "2026-10-30;D3;0,05;D", "2026-11-21;D1;6;K", "2026-11-21;D2;0;N"]
    assert read(lankomumas=rows).faults == ()


def test_a_day_of_a_person_stands_once():
    fault = only(read(lankomumas=["2026-11-03;D1;6;D", "2026-11-03;D2;6;D", "2026-11-03;D1;4;D"]))
    assert (fault.line, fault.column, fault.code, fault.values["line"]) == (4, "Data", "day_twice", 2)


def test_who_comes_in_the_same_folder_is_known_with_the_new_days():
    reading = read(
        dalyviai=[person(), person("D3", started="2026-09-01", ended="")],
        lankomumas=["2026-10-01;D9;6;D", "2026-11-03;D3;6;D"],
    )
    assert reading.faults == ()
    assert codes(read(dalyviai=person(), lankomumas="2026-09-30;D9;6;D")) == ["before_start"]


def test_a_day_that_is_not_sound_is_compared_with_nothing():
    assert codes(read(dalyviai=person(started="x"), lankomumas="2020-01-01;D9;6;D")) == ["day_form"]


# ---------- lots ----------


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (made(lot=""), ("Partija", "empty", "refused")),
        (made(code="XX"), ("Gaminys", "unknown_product", "refused", {"code": "XX"})),
        (made(good="-2"), ("Geri", "negative", "refused", {"text": "-2"})),
        (made(good="2,5"), ("Geri", "part_of_piece", "refused", {"code": "ZV"})),
        (made(reject="0,5"), ("Brokas", "part_of_piece", "refused", {"code": "ZV"})),
        (made(good="0"), ("Geri", "nothing_made", "refused")),
        (made(good="1000001"), ("Geri", "quantity_too_large", "refused", {"text": "1000001"})),
        (made(code="OB", good="1,2345"), ("Geri", "too_many_decimals", "refused", {"text": "1,2345"})),
        (made(who="D99"), ("Dalyvis", "unknown_participant", "refused", {"number": "D99"})),
        (made(who="D3"), ("Data", "after_end", "refused", {"number": "D3", "ended": "2026-10-30"})),
        (made(day="2026-08-31"), ("Data", "before_start", "refused", {"number": "D1", "started": "2026-09-01"})),
        (made(day="2026-11-22"), ("Data", "day_ahead", "refused", {"text": "2026-11-22"})),
        (made(share="0"), ("Dalis", "share_not_above_zero", "refused", {"text": "0"})),
        (made(share="-1"), ("Dalis", "share_not_above_zero", "refused", {"text": "-1"})),
        (made(share=""), ("Dalis", "empty", "refused")),
    ],
)
def test_lot(row, fault):
    assert at(read(gamyba=row)) == fault


def test_a_lot_of_rejects_and_parts_of_a_kilogram_are_fine():
    assert read(gamyba=[made(good="0", reject="3"), made("P10", code="OB", good="2,125", reject="0,5")]).faults == ()


def test_the_rows_of_a_lot_agree_cell_by_cell():
    rows = [made(), made(day="2026-11-06", code="OB", good="7", reject="1", who="D2")]
    faults = read(gamyba=rows).faults
    assert [(fault.column, fault.code, fault.values["line"]) for fault in faults] == [
        ("Data", "lot_disagrees", 2), ("Gaminys", "lot_disagrees", 2), ("Geri", "lot_disagrees", 2),
        ("Brokas", "lot_disagrees", 2),
    ]  # fmt: skip


def test_a_maker_stands_once_in_a_lot():
    fault = only(read(gamyba=[made(), made(share="2")]))
    assert (fault.line, fault.column, fault.code, fault.values["line"]) == (3, "Dalyvis", "maker_twice", 2)


def test_a_product_of_the_same_folder_is_known_with_its_unit():
    assert read(gaminiai=product(), gamyba=made(code="XA")).faults == ()
    assert codes(read(gaminiai=product(), gamyba=made(code="XA", good="1,5"))) == ["part_of_piece"]


def test_a_maker_without_d_is_a_warning_only_where_attendance_is_kept():
    assert read(gamyba=made(day="2026-10-06", lot="P9")).faults == ()
    for who in ("D2", "D3"):
        assert at(read(gamyba=made(day="2026-10-05", who=who))) == (
            "Dalyvis", "maker_absent", "warning", {"number": who, "day": "2026-10-05"})
    assert read(gamyba=made(day="2026-10-05", who="D1")).faults == ()


def test_attendance_sent_with_the_lot_counts_in_its_place():
    assert read(gamyba=made(day="2026-10-05", who="D2"), lankomumas="2026-10-05;D2;6;D").faults == ()
    assert codes(read(gamyba=made(day="2026-10-05", who="D1"), lankomumas="2026-10-05;D1;0;L")) == ["maker_absent"]


def test_a_refused_day_of_attendance_keeps_no_attendance():
    assert codes(read(gamyba=made(), lankomumas="2026-11-05;D2;x;D")) == ["no_number"]


# ---------- sales ----------


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (sold(no="0"), ("Eil. Nr.", "zero", "refused", {"text": "0"})),
        (sold(no="1,5"), ("Eil. Nr.", "not_whole", "refused", {"text": "1,5"})),
        (sold(day="2026-11-22"), ("Data", "day_ahead", "refused", {"text": "2026-11-22"})),
        (sold(document=""), ("Dokumentas", "empty", "refused")),
        (sold(document="M" * 61), ("Dokumentas", "too_long", "refused", {"most": 60})),
        (sold(code="XX"), ("Gaminys", "unknown_product", "refused", {"code": "XX"})),
        (sold(quantity="0"), ("Kiekis", "zero", "refused", {"text": "0"})),
        (sold(quantity="1,5"), ("Kiekis", "part_of_piece", "refused", {"code": "ZV"})),
        (sold(quantity="1000001"), ("Kiekis", "quantity_too_large", "refused", {"text": "1000001"})),
        (sold(price="0"), ("Kaina, €", "zero", "refused", {"text": "0"})),
        (sold(price="8,005"), ("Kaina, €", "part_of_cent", "refused", {"text": "8,005"})),
        (sold(discount="101"), ("Nuolaida, %", "over_hundred_percent", "refused", {"text": "101"})),
        (sold(discount="12,3456"), ("Nuolaida, %", "too_many_decimals", "refused", {"text": "12,3456"})),
        (sold(vat="21"), ("PVM, %", "no_vat_payer", "refused", {"text": "21"})),
        (sold(vat="-21"), ("PVM, %", "negative", "refused", {"text": "-21"})),
        (sold(quantity="-1"), ("Grąžinta eil.", "return_of_what", "refused")),
        (sold(back="MUG/1/1"), ("Grąžinta eil.", "no_return", "refused")),
        (sold(quantity="-1", back="MUG"), ("Grąžinta eil.", "return_form", "refused", {"text": "MUG"})),
        (sold(quantity="-1", back="/1"), ("Grąžinta eil.", "return_form", "refused", {"text": "/1"})),
        (sold(quantity="-1", back="MUG/1/x"), ("Grąžinta eil.", "return_form", "refused", {"text": "MUG/1/x"})),
        (sold(quantity="-1", back="MUG/1/9"),
         ("Grąžinta eil.", "returned_line_missing", "refused", {"document": "MUG/1", "number": "9"})),
        (sold(quantity="-1", back="MUG/1/2"),
         ("Grąžinta eil.", "returns_a_return", "refused", {"document": "MUG/1", "number": "2"})),
        (sold(quantity="-1", code="OB", back="MUG/1/1"),
         ("Gaminys", "returns_other_product", "refused", {"code": "ZV", "document": "MUG/1", "number": "1"})),
        (sold(quantity="-1", day="2026-10-06", back="MUG/1/1"),
         ("Data", "returned_before_sold", "refused", {"day": "2026-10-07", "document": "MUG/1", "number": "1"})),
        (sold(quantity="-4", back="MUG/1/1"),
         ("Kiekis", "returns_too_much", "refused",
          {"document": "MUG/1", "number": "1", "sold_thousandths": 4000, "returned_thousandths": 1000})),
        (sold(quantity="8"), ("Kiekis", "sold_more_than_made", "warning", {"code": "ZV", "bare_thousandths": 1000})),
    ],
)
def test_sale(row, fault):
    assert at(read(pardavimai=row)) == fault


def test_a_vat_payer_sells_with_vat():
    assert read(pardavimai=sold(vat="21"), vat_payer=True).faults == ()
    assert codes(read(pardavimai=sold(vat="101"), vat_payer=True)) == ["over_hundred_percent"]


def test_the_last_slash_parts_document_and_line():
    reading = read(pardavimai=sold(quantity="-3", day="2026-10-07", back="MUG/1/01"))
    assert (reading.faults, reading.lines[0].new.returns) == ((), ("MUG/1", "1"))


def test_returns_of_the_same_folder_add_up_in_the_order_of_days():
    rows = [
        sold("1", quantity="5"),
        sold("3", "2026-11-07", quantity="-3", back="M/1"),
        sold("2", "2026-11-06", quantity="-3", back="M/1"),
    ]
    assert told(read(pardavimai=rows)) == [("pardavimai", 3, "Kiekis", "returns_too_much", "refused")]


def test_a_refused_return_counts_for_nothing():
    rows = [sold("1", quantity="5"), sold("2", quantity="-6", back="M/1"), sold("3", quantity="-5", back="M/1")]
    assert told(read(pardavimai=rows)) == [("pardavimai", 3, "Kiekis", "returns_too_much", "refused")]


def test_a_return_of_a_line_that_is_not_sound_is_compared_with_its_sound_cells():
    rows = [sold("1", price="x"), sold("2", quantity="-1", back="M/1"), sold("3", quantity="-1", code="OB", back="M/1")]
    assert codes(read(pardavimai=rows)) == ["no_number", "returns_other_product"]


def test_a_stored_return_sent_again_is_not_counted_twice():
    rows = ["2;2026-10-09;MUG/1;mugė;ZV;-1;8,05;0;0;MUG/1/1", sold(quantity="-3", back="MUG/1/1")]
    assert read(pardavimai=rows).faults == ()


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("1;2026-10-07;MUG/1;mugė;ZV;0,5;8,05;0;0;", ("Kiekis", "part_of_piece", "refused", {"code": "ZV"})),
        ("1;2026-10-10;MUG/1;mugė;ZV;4;8,05;0;0;", ("Data", "returned_earlier", "refused", {"day": "2026-10-09"})),
        ("1;2026-10-07;MUG/1;mugė;OB;1;8,05;0;0;", ("Gaminys", "returned_as_other", "refused", {"code": "ZV"})),
        ("1;2026-10-07;MUG/1;mugė;ZV;-1;8,05;0;0;MUG/1/1",
         ("Kiekis", "less_than_returned", "refused", {"returned_thousandths": 1000})),
    ],
)
def test_a_sold_line_holds_what_was_returned_of_it(row, fault):
    assert fault in [_told(fault) for fault in read(pardavimai=row).faults]


def test_a_sold_line_may_shrink_to_what_was_returned_and_move_to_the_day_of_its_return():
    assert read(pardavimai="1;2026-10-09;MUG/1;mugė;ZV;1;8,05;0;0;").faults == ()


def test_a_line_stands_once_in_its_document_whatever_its_zeros():
    fault = only(read(pardavimai=[sold("8"), sold("08")]))
    assert (fault.line, fault.column, fault.code, fault.values["line"]) == (3, "Eil. Nr.", "line_twice", 2)


def test_a_document_may_have_several_dates():
    assert read(pardavimai=[sold("1"), sold("2", "2026-11-06")]).faults == ()


def test_text_that_a_spreadsheet_would_run_and_markup_are_kept_as_typed():
    reading = read(pardavimai=[sold(document='"=HYPERLINK(""x"")"'), sold(document="<script>alert(1)</script>")])
    assert [row.new.product for row in reading.lines] == ["ZV", "ZV"]
    assert [row.key[0] for row in reading.lines] == ['=HYPERLINK("x")', "<script>alert(1)</script>"]


# ---------- sold more than made ----------


def bare(reading):
    return [(fault.line, fault.values["bare_thousandths"]) for fault in reading.faults]


def test_seven_candles_are_left_and_the_eighth_is_sold_without_a_lot():
    assert bare(read(pardavimai=[sold("1", quantity="7"), sold("2", quantity="2")])) == [(3, 2000)]


def test_a_lot_serves_sales_of_its_own_day_and_later():
    assert bare(read(gamyba=made(), pardavimai=sold(quantity="13"))) == []
    assert bare(read(gamyba=made(day="2026-11-06"), pardavimai=sold(quantity="13"))) == [(2, 6000)]


def test_what_comes_back_is_sold_again_after_the_sales_of_its_day():
    rows = [
        sold("1", quantity="7"),
        sold("2", quantity="-7", back="M/1"),
        sold("3", quantity="1"),
        sold("4", "2026-11-06", quantity="7"),
    ]
    assert bare(read(pardavimai=rows)) == [(4, 1000)]


def test_a_return_gives_back_what_no_lot_covered_first():
    rows = [
        sold("1", quantity="9"),
        sold("2", "2026-11-06", quantity="-2", back="M/1"),
        sold("3", "2026-11-07", quantity="1"),
    ]
    assert bare(read(pardavimai=rows)) == [(2, 2000), (4, 1000)]


def test_lines_are_covered_in_the_order_of_their_numbers_not_of_the_file():
    assert bare(read(pardavimai=[sold("10", quantity="5"), sold("9", quantity="5")])) == [(2, 3000)]


def test_a_folder_for_empty_books_says_what_is_unknown():
    reading = read(Known(), lankomumas="2026-11-03;D1;6;D", gamyba=made(), pardavimai=sold())
    assert codes(reading) == ["unknown_participant", "unknown_product", "unknown_participant", "unknown_product"]
