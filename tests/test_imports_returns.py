"""Returns of a folder: in which order they count, and what is compared when a cell is not sound."""

from dataclasses import replace

import pytest

from ledger.core.periods import Month
from tests.folders import codes, only, read, told, workshop
from tests.test_imports_rules import person, sold

APPROVED = replace(workshop(), approved=frozenset([Month(2026, 10)]))


def too_much(*returns: str) -> list[int]:
    """The lines of the returns that are too much, of five pieces that were sold."""
    reading = read(pardavimai=[sold("1", quantity="5"), *returns])
    return [fault.line for fault in reading.faults if fault.code == "returns_too_much"]


def back(no: str, day: str = "2026-11-06", document: str = "M", quantity: str = "-3") -> str:
    return sold(no, day, document, quantity=quantity, back="M/1")


@pytest.mark.parametrize("returns", [
    (back("2", "2026-11-07"), back("3", "2026-11-06")),  # by day
    (back("10"), back("9")),  # on a day by line number
    (back("2", document="M10"), back("2", document="M9")),  # then by document
])
def test_the_return_that_comes_later_is_too_much(returns: tuple[str, str]) -> None:
    assert too_much(*returns) == [3]
    assert too_much(*reversed(returns)) == [4]


@pytest.mark.parametrize("unsound", [back("x"), back("2", document="")])
def test_a_return_whose_number_is_not_sound_counts_first(unsound: str) -> None:
    assert too_much(back("2"), unsound) == [3]
    assert too_much(unsound, back("2")) == [4]


def test_a_return_whose_day_is_not_sound_counts_for_nothing() -> None:
    assert codes(read(pardavimai=[sold("1", quantity="5"), back("2", day="x"), back("3")])) == ["day_form"]
    assert codes(read(pardavimai=[sold("1", quantity="5"), back("2", day="x", quantity="-9")])) == ["day_form"]


def test_a_return_of_a_line_whose_quantity_is_not_sound_is_not_counted() -> None:
    assert codes(read(pardavimai=[sold("1", quantity="x"), back("2", quantity="-9")])) == ["no_number"]


def test_a_return_is_named_with_what_it_lacks() -> None:
    fault = only(read(pardavimai=[sold("1", quantity="5"), back("2", quantity="-2"), back("3", quantity="-4")]))
    assert (fault.line, fault.code, fault.values) == (
        4, "returns_too_much", {"document": "M", "number": "1", "sold_thousandths": 5000, "returned_thousandths": 2000})


def test_what_came_back_of_such_a_line_is_in_stock_whole() -> None:
    rows = [sold("1", quantity="x"), back("2", quantity="-1"), back("3", quantity="-1"), sold("4", "2026-11-07", quantity="9")]
    assert codes(read(pardavimai=rows)) == ["no_number"]
    rows = [*rows[:2], sold("4", "2026-11-07", quantity="8")]
    assert codes(read(pardavimai=rows)) == ["no_number"]


def test_what_no_lot_covered_comes_back_once() -> None:
    """Seven are in stock: two of nine are not covered, one comes back of those, then another and one of the lot."""
    rows = [sold("1", quantity="9"), back("2", quantity="-1"), back("3", quantity="-2"), sold("4", "2026-11-07", quantity="2")]
    faults = read(pardavimai=rows).faults
    assert [(fault.line, fault.values["bare_thousandths"]) for fault in faults] == [(2, 2000), (5, 1000)]


def test_a_gram_that_no_lot_covers_is_told() -> None:
    rows = [sold("1", code="OB", quantity="2,5"), sold("2", code="OB", quantity="0,001")]
    fault = only(read(pardavimai=rows))
    assert (fault.line, fault.code, fault.values) == (3, "sold_more_than_made", {"code": "OB", "bare_thousandths": 1})


def test_a_line_is_returned_at_last_whole() -> None:
    assert read(pardavimai=[sold("1", quantity="5"), back("2", quantity="-2"), back("3", quantity="-3")]).faults == ()


# ---------- parts of a stored lot ----------


def test_a_part_of_an_approved_lot_that_is_the_same_is_not_late() -> None:
    assert told(read(APPROVED, gamyba="P1;2026-10-05;ZV;10;1;D1;1")) == []
    assert codes(read(APPROVED, gamyba="P1;2026-10-05;ZV;10;1;D1;3")) == ["approved_month"]


def test_a_lot_that_differs_is_told_with_old_and_new() -> None:
    assert only(read(gamyba="P1;2026-10-06;OB;11;2;D1;1")).values == {
        "lot": "P1", "old_day": "2026-10-05", "old_product": "ZV", "old_good_thousandths": 10_000,
        "old_reject_thousandths": 1000, "old_makers": "D1, D3", "new_day": "2026-10-06", "new_product": "OB",
        "new_good_thousandths": 11_000, "new_reject_thousandths": 2000, "new_makers": "D1"}


@pytest.mark.parametrize(("approved", "named"), [([10], "2026-10"), ([11], "2026-11"), ([11, 10], "2026-10")])
def test_what_moves_out_of_or_into_an_approved_month_is_late(approved: list[int], named: str) -> None:
    known = replace(workshop(), approved=frozenset(Month(2026, number) for number in approved))
    lot, line = "P2;2026-11-06;OB;2,5;0;D2;1", "1;2026-11-01;MUG/1;mugė;ZV;4;8,05;0;0;"
    for files in ({"gamyba": lot}, {"pardavimai": [line, "2;2026-11-09;MUG/1;mugė;ZV;-1;8,05;0;0;MUG/1/1"]}):
        reading = read(known, **files)
        assert {(fault.column, fault.code, fault.severity, *fault.values.items()) for fault in reading.faults} == {
            ("Data", "approved_month", "late", ("month", named))}
        assert {row.late for row in (*reading.lots, *reading.lines)} == {True}


def test_rows_of_a_lot_disagree_with_the_first_that_is_sound() -> None:
    rows = ["P9;2026-11-03;ZV;x;0;D1;1", "P9;2026-11-03;ZV;7;0;D2;1", "P9;2026-11-04;ZV;8;1;D9;1"]
    faults = [(fault.line, fault.column, fault.code, fault.values) for fault in read(dalyviai=person(), gamyba=rows).faults]
    assert faults == [
        (2, "Geri", "no_number", {"text": "x"}),
        (4, "Data", "lot_disagrees", {"lot": "P9", "column": "Data", "line": 2}),
        (4, "Geri", "lot_disagrees", {"lot": "P9", "column": "Geri", "line": 3}),
        (4, "Brokas", "lot_disagrees", {"lot": "P9", "column": "Brokas", "line": 2}),
    ]


# ---------- cells ----------


@pytest.mark.parametrize(("files", "code"), [
    ({"dalyviai": person(started="x", ended="2026-10-05")}, "day_form"),
    ({"gamyba": "P9;2026-11-05;ZV;0;x;D1;1"}, "no_number"),
    ({"pardavimai": sold(quantity="x", back="MUG/1/1")}, "no_number"),
    ({"pardavimai": sold(code="OB", quantity="0,001", back="MUG/1/1")}, "no_return"),
    ({"lankomumas": "2026-11-05;D2;6;D", "gamyba": "P9;2026-11-05;ZV;1;0;D1;1"}, "maker_absent"),
])
def test_a_cell_is_compared_with_sound_ones_only(files: dict[str, str], code: str) -> None:
    assert codes(read(**files)) == [code]


def test_a_price_of_a_cent_and_spaces_around_a_name() -> None:
    assert read(gaminiai="XA;Puodelis;vnt;0,01;0;ne;", dalyviai=person(name="A" + " " * 1999)).faults == ()
    assert codes(read(dalyviai=person(name="A" + " " * 2000))) == ["too_long"]


def test_rows_of_a_product_that_differ_name_the_first() -> None:
    fault = only(read(gaminiai=["XA;Puodelis;vnt;9;0;ne;", "XB;Vaza;vnt;9;0;ne;", "XA;Taurė;vnt;9;0;ne;2026-12-01"]))
    assert (fault.line, fault.code, fault.values) == (4, "product_differs", {"code": "XA", "line": 2})


def test_what_was_never_made_is_sold_without_a_lot() -> None:
    fault = only(read(gaminiai="XA;Puodelis;vnt;9;0;ne;", pardavimai=sold(code="XA", quantity="2")))
    assert (fault.code, fault.values) == ("sold_more_than_made", {"code": "XA", "bare_thousandths": 2000})


def test_a_line_may_not_move_behind_the_first_of_its_returns() -> None:
    known = workshop().after(read(pardavimai="5;2026-10-12;MUG/1;mugė;ZV;-1;8,05;0;0;MUG/1/1"))
    fault = only(read(known, pardavimai="1;2026-10-10;MUG/1;mugė;ZV;4;8,05;0;0;"))
    assert (fault.code, fault.values) == ("returned_earlier", {"day": "2026-10-09"})


@pytest.mark.parametrize("iban", ["GB82WEST12345698765432", "fi21 1234 5600 0007 85", "PL61109010140000071219812874"])
def test_accounts_of_other_countries(iban: str) -> None:
    assert read(dalyviai=person(iban=iban)).participants[0].new.iban == iban.replace(" ", "").upper()


def test_the_returned_line_may_have_a_long_document_and_a_long_number() -> None:
    document = "M" * 60
    assert read(pardavimai=[sold(document=document), sold("2", quantity="-1", back=f"{document}/0000001")]).faults == ()
    fault = only(read(pardavimai=sold("2", quantity="-1", back="M" * 61 + "/0000001")))
    assert (fault.code, fault.values) == ("too_long", {"most": 68})


def test_the_returned_line_is_read_without_the_spaces_around_its_parts() -> None:
    assert read(pardavimai=sold(quantity="-1", back=" MUG/1 / 01 ")).lines[0].new.returns == ("MUG/1", "1")
