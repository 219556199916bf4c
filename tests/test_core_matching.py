"""First in, first out (calculation.md section 2), in whole pieces: (line, lot, pieces), lot "" for none."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.core.faults import Refused
from ledger.core.production import Lot, Move
from ledger.core.sales import Amounts, Match, SaleLine
from tests.books import amounts, back, earlier, lot, matched, month, person, sale

D1 = [person("D1")]
SEPTEMBER = date(2026, 9, 20)


def matches(lots: list[Lot], lines: list[SaleLine], **more: object) -> list[tuple[str, str, int]]:
    return matched(month(D1, lots, lines, **more))


def test_the_oldest_lot_goes_first_and_a_line_may_need_two() -> None:
    assert matches([lot("P2", 2, 5), lot("P1", 1, 3)], [sale("1", 5, 4)]) == [("1", "P1", 3), ("1", "P2", 1)]


def test_lots_of_a_day_go_by_natural_number() -> None:
    assert matches([lot("P10", 1, 1), lot("P9", 1, 1)], [sale("1", 1, 1)]) == [("1", "P9", 1)]


def test_a_lot_serves_its_own_day_and_later() -> None:
    assert matches([lot("P1", 6, 9)], [sale("1", 5, 1), sale("2", 6, 1)]) == [("1", "", 1), ("2", "P1", 1)]


def test_a_lot_serves_its_own_product() -> None:
    assert matches([lot("P1", 1, 9, product="B")], [sale("1", 5, 1)]) == [("1", "", 1)]


def test_lines_go_by_date_then_line_number_then_document() -> None:
    lots = [lot("P1", 1, 1), lot("P2", 1, 1), lot("P3", 1, 1), lot("P4", 1, 1)]
    lines = [sale("a", 5, 1, number="10", document="K1"), sale("b", 5, 1, number="9", document="K10"),
             sale("c", 5, 1, number="9", document="K9"), sale("d", 4, 1, number="11", document="K99")]
    assert [line for line, _, _ in matches(lots, lines)] == ["d", "c", "b", "a"]


def test_sales_logged_by_hand_come_after_the_numbered_in_the_order_of_saving() -> None:
    lines = [
        sale("z", 5, 1, number="-", order=1),
        sale("a", 5, 1, number="-", order=2),
        sale("m", 5, 1, number="99", order=9),
    ]
    assert [line for line, _, _ in matches([lot("P1", 1, 3)], lines)] == ["m", "z", "a"]


def test_lots_logged_by_hand_come_after_the_numbered_in_the_order_of_saving() -> None:
    lots = [lot("a", 1, 1, number="", order=5), lot("z", 1, 1, number="", order=4), lot("P99", 1, 1, order=9)]
    assert [one for _, one, _ in matches(lots, [sale("1", 5, 3)])] == ["P99", "z", "a"]


def test_returns_come_after_all_sales_of_their_day() -> None:
    lines = [sale("5", 5, 2), back("1", "5", 6, 2), sale("9", 6, 2)]
    assert matches([lot("P1", 1, 2), lot("P2", 1, 1)], lines) == [
        ("5", "P1", 2), ("9", "P2", 1), ("9", "", 1), ("1", "P1", -2)]


def test_a_return_gives_back_uncovered_first_then_the_last_lot() -> None:
    lines = [sale("1", 5, 6), back("2", "1", 6, 1), back("3", "1", 7, 2), back("4", "1", 8, 3)]
    assert matches([lot("P1", 1, 3), lot("P2", 2, 1)], lines)[3:] == [
        ("2", "", -1), ("3", "", -1), ("3", "P2", -1), ("4", "P1", -3)]


def test_what_came_back_is_sold_again_from_the_returns_place_on() -> None:
    lines = [sale("1", 5, 1), sale("2", 6, 1), back("3", "1", 6, 1), sale("4", 7, 1)]
    assert matches([lot("P1", 1, 1)], lines) == [("1", "P1", 1), ("2", "", 1), ("3", "P1", -1), ("4", "P1", 1)]


def test_what_came_back_of_an_old_lot_goes_before_a_newer_one() -> None:
    lines = [sale("1", 5, 1), back("2", "1", 6, 1), sale("3", 7, 1)]
    assert matches([lot("P1", 1, 1), lot("P2", 2, 1)], lines)[-1] == ("3", "P1", 1)


def test_stock_is_what_earlier_months_left() -> None:
    result = month(D1, [lot("P1", SEPTEMBER, 9, left=2)], [sale("1", 5, 3)])
    assert matched(result) == [("1", "P1", 2), ("1", "", 1)]
    assert result.left == {"P1": 0}


UNCOVERED = earlier(sale("old", SEPTEMBER, 5), amounts(500), ("P0", 2), ("", 3))
EMPTY = lot("P0", date(2026, 9, 1), 2, left=0)


def test_a_new_lot_covers_an_old_line_late() -> None:
    result = month(D1, [EMPTY, lot("P1", SEPTEMBER, 2)], [sale("1", 5, 1)], earlier=[UNCOVERED])
    assert matched(result) == [("old", "", -2), ("old", "P1", 2), ("1", "", 1)]
    assert [(one.line, one.quantity, one.unassigned) for one in result.late] == [("old", 2000, -200)]
    assert result.identity.unassigned == 100 - 200


def test_a_lot_made_after_the_old_sale_does_not() -> None:
    assert matches([EMPTY, lot("P1", date(2026, 9, 21), 2)], [], earlier=[UNCOVERED]) == []


def test_a_return_of_an_old_line_takes_the_uncovered_first() -> None:
    assert matches([EMPTY], [back("1", "old", 5, 4)], earlier=[UNCOVERED]) == [("1", "", -3), ("1", "P0", -1)]


def test_a_return_of_an_old_line_knows_what_came_back_before() -> None:
    made = (("P0", 2), ("P5", 3), ("P5", -3), ("P0", -1))
    old = earlier(sale("old", SEPTEMBER, 5), amounts(500), *made, returned=4, returned_amounts=amounts(401))
    result = month(D1, [EMPTY], [back("1", "old", 5, 1)], earlier=[old])
    assert matched(result) == [("1", "P0", -1)]
    assert result.lines[0].amounts.shared == -99


def test_old_matches_are_kept_for_good() -> None:
    """P1 was entered later and is older than P5, yet the approved line keeps P5."""
    old = earlier(sale("old", SEPTEMBER, 2), amounts(200), ("P5", 2))
    lots = [lot("P1", date(2026, 9, 1), 2), lot("P5", date(2026, 9, 5), 2, left=0)]
    assert matches(lots, [back("1", "old", 5, 1)], earlier=[old]) == [("1", "P5", -1)]


def test_what_an_approved_return_brought_back_serves_later_sales_only() -> None:
    """Three made, three sold on the 5th, one back on the 20th, one uncovered from the 10th, which stays so."""
    moves = (Move(date(2026, 9, 5), 3000), Move(date(2026, 9, 20), -1000))
    stock = replace(lot("P1", date(2026, 9, 1), 3, left=1), moves=moves)
    old = earlier(sale("old", date(2026, 9, 10), 1), amounts(100), ("", 1))
    late = [sale("same", date(2026, 9, 20), 1), sale("after", date(2026, 9, 21), 1)]
    assert matches([stock], late, earlier=[old]) == [("same", "", 1), ("after", "P1", 1)]


@pytest.mark.parametrize(("lines", "code"), [
    ([back("1", "nothing", 5, 1)], "return_unknown"),
    ([sale("1", 6, 1), back("2", "1", 5, 1)], "return_unknown"),
    ([sale("1", 5, 1), back("2", "1", 6, 1), back("3", "1", 6, 1)], "return_too_much"),
    ([sale("1", 5, 1), back("2", "1", 5, 1, product="B")], "return_product"),
    ([sale("1", 5, 1), back("2", "1", 5, 1), back("3", "2", 5, 1)], "return_unknown"),
    ([sale("1", 5, 1), sale("1", 6, 1)], "row_twice"),
])
def test_lines_that_contradict_themselves_are_refused(lines: list[SaleLine], code: str) -> None:
    with pytest.raises(Refused) as refused:
        month(D1, [], lines)
    assert refused.value.code == code


def test_a_return_of_what_nobody_knows_is_named() -> None:
    with pytest.raises(Refused) as refused:
        month(D1, [], [back("9", "nothing", 5, 1, document="G7")])
    why = refused.value
    assert (why.code, why.field, why.values) == ("return_unknown", "returns", {"document": "G7", "line": "9"})


def test_a_return_into_a_lot_that_is_not_among_the_inputs_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        month(D1, [], [back("1", "old", 5, 4)], earlier=[UNCOVERED])
    assert (refused.value.code, refused.value.values) == ("lot_unknown", {"lot": "P0"})


def test_returns_of_a_line_one_after_another_take_its_cents_whole() -> None:
    """Three pieces of 1,00 with a third off: 2,00; 0,67 and 0,67 come back, then the 0,66 that is left."""
    lines = [sale("1", 5, 3, discount=33_333, material=10, vat=21_000), back("2", "1", 6, 1), back("3", "1", 7, 1),
             back("4", "1", 8, 1)]
    given = [one.amounts for one in month(D1, [lot("P1", 1, 3)], lines).lines]
    assert given == [Amounts(200, 165, 30, 135), Amounts(-67, -55, -10, -45), Amounts(-67, -55, -10, -45),
                     Amounts(-66, -55, -10, -45)]


def test_what_several_moves_brought_back_serves_its_own_day_on() -> None:
    """Of five, four were sold on the 3rd; one came back on the 10th, two on the 20th: four are left."""
    moves = tuple(Move(date(2026, 9, day), quantity) for day, quantity in ((20, -2000), (3, 4000), (10, -1000)))
    stock = replace(lot("P1", date(2026, 9, 1), 5, left=4), moves=moves)
    for day, free in ((4, 1), (9, 1), (10, 1), (11, 2), (19, 2), (20, 2), (21, 4), (30, 4)):
        old = earlier(sale("old", date(2026, 9, day), 5), amounts(500), ("", 5))
        assert matches([stock], [], earlier=[old]) == [("old", "", -free), ("old", "P1", free)]


def test_what_was_sold_and_came_back_on_one_day_serves_later_days() -> None:
    moves = (Move(date(2026, 9, 5), -1000), Move(date(2026, 9, 5), 2000))
    stock = replace(lot("P1", date(2026, 9, 1), 2, left=1), moves=moves)
    old = [earlier(sale(f"old{day}", date(2026, 9, day), 1), amounts(100), ("", 1)) for day in (5, 6)]
    assert matches([stock], [], earlier=old) == [("old6", "", -1), ("old6", "P1", 1)]


def test_a_lot_that_a_line_may_not_take_yet_stays_for_the_next() -> None:
    """P1 serves the 21st only; the sale of the 20th takes P2, the next one goes back to P1."""
    moves = (Move(date(2026, 9, 5), 1000), Move(date(2026, 9, 20), -1000))
    lots = [replace(lot("P1", date(2026, 9, 1), 1, left=1), moves=moves), lot("P2", date(2026, 9, 2), 3)]
    old = [earlier(sale(f"old{day}", date(2026, 9, day), 1), amounts(100), ("", 1)) for day in (20, 21, 22)]
    assert [one for one in matches(lots, [], earlier=old) if one[1]] == [
        ("old20", "P2", 1), ("old21", "P1", 1), ("old22", "P2", 1)]


def test_a_late_line_and_a_new_one_stand_in_the_order_of_days() -> None:
    result = month(D1, [EMPTY, lot("P1", SEPTEMBER, 4)], [sale("1", 5, 2)], earlier=[UNCOVERED])
    assert matched(result) == [("old", "", -3), ("old", "P1", 3), ("1", "P1", 1), ("1", "", 1)]


def test_an_old_line_that_is_covered_whole_is_left_alone() -> None:
    old = earlier(sale("old", SEPTEMBER, 2), amounts(200), ("P0", 2))
    assert matches([EMPTY, lot("P1", date(2026, 9, 1), 5)], [], earlier=[old]) == []


def test_an_old_line_whose_rest_came_back_is_left_alone() -> None:
    old = earlier(sale("old", SEPTEMBER, 5), amounts(500), ("P0", 2), ("", 3), ("", -3), returned=3, returned_amounts=amounts(300))
    assert matches([EMPTY, lot("P1", date(2026, 9, 1), 5)], [], earlier=[old]) == []


def test_a_return_that_took_off_several_layers_of_a_lot() -> None:
    """P5 gave 1, P0 1, P5 2; two of P5 came back: one of P5 is left below P0."""
    made = (("P5", 1), ("P0", 1), ("P5", 2), ("P5", -2))
    old = earlier(sale("old", SEPTEMBER, 4), amounts(400), *made, returned=2, returned_amounts=amounts(200))
    lots = [EMPTY, lot("P5", date(2026, 9, 5), 3, left=0)]
    assert matches(lots, [back("1", "old", 5, 2)], earlier=[old]) == [("1", "P0", -1), ("1", "P5", -1)]


def test_a_return_that_took_off_more_than_one_layer() -> None:
    made = (("P5", 2), ("P0", 1), ("P5", 2), ("P5", -3))
    old = earlier(sale("old", SEPTEMBER, 5), amounts(500), *made, returned=3, returned_amounts=amounts(300))
    lots = [EMPTY, lot("P5", date(2026, 9, 5), 4, left=0)]
    assert matches(lots, [back("1", "old", 5, 2)], earlier=[old]) == [("1", "P0", -1), ("1", "P5", -1)]


def test_made_is_sold_and_left() -> None:
    result = month(D1, [lot("P1", 1, 7), lot("P2", 2, 3)], [sale("1", 5, 8), back("2", "1", 6, 2), sale("3", 7, 1)])
    assert result.left == {"P1": 0, "P2": 3000}


def test_a_return_that_took_off_two_layers_above_each_other() -> None:
    made = (("P0", 1), ("P5", 1), ("P5", 1), ("P5", -2))
    old = earlier(sale("old", SEPTEMBER, 3), amounts(300), *made, returned=2, returned_amounts=amounts(200))
    lots = [EMPTY, lot("P5", date(2026, 9, 5), 2, left=0)]
    assert matches(lots, [back("1", "old", 5, 1)], earlier=[old]) == [("1", "P0", -1)]


def test_a_gram_goes_back_to_its_lot() -> None:
    line = replace(sale("old", SEPTEMBER, 1), quantity=1001)
    old = replace(earlier(line, amounts(300)), matches=(Match("old", "P0", 1000), Match("old", "P5", 1)))
    lots = [EMPTY, lot("P5", date(2026, 9, 5), 2, left=0)]
    result = month(D1, lots, [replace(back("1", "old", 5, 1), quantity=-1)], earlier=[old])
    assert result.matches == (Match("1", "P5", -1),)


def test_the_last_gram_of_a_lot_is_sold() -> None:
    stock, line = replace(lot("P1", 1, 1), left=1), replace(sale("1", 5, 1), quantity=2)
    assert month(D1, [stock], [line]).matches == (Match("1", "P1", 1), Match("1", "", 1))


def test_a_return_goes_through_what_another_left_of_a_lot() -> None:
    lines = [sale("1", 5, 5), back("2", "1", 6, 1), back("3", "1", 7, 3)]
    assert matches([lot("P1", 1, 2), lot("P2", 2, 3)], lines)[2:] == [("2", "P2", -1), ("3", "P2", -2), ("3", "P1", -1)]
