"""The cents of a sale line and of its returns (calculation.md section 2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.faults import Refused
from ledger.core.sales import Amounts, EarlierLine, SaleLine, check_return, line_amounts, line_order, return_amounts
from tests.books import amounts, back, earlier, oct, sale


def test_a_line_without_vat() -> None:
    """13 x 8,05 with no discount is 104,65; candles cost 2,10 each."""
    assert line_amounts(sale("1", 1, 13, 805, material=210)) == Amounts(10465, 10465, 2730, 7735)


def test_gross_and_net_are_rounded_half_up_each_by_itself() -> None:
    """1 x 0,05 with 50 % off is 2,5 cents: 3; without 21 % VAT 2,479: 2."""
    assert line_amounts(sale("1", 1, 1, 5, discount=50_000, vat=21_000)) == Amounts(3, 2, 0, 2)


def test_vat_is_in_the_price() -> None:
    worked = line_amounts(sale("1", 1, 3, 1210, material=200, vat=21_000))
    assert (worked, worked.deducted) == (Amounts(3630, 3000, 600, 2400), 600)


def test_kilograms_have_thousandths() -> None:
    line = SaleLine("1", "K", "1", 0, oct(1), "OB", "mugė", 1_375, 1400, 365, 10_000)
    assert line_amounts(line) == Amounts(1733, 1733, 502, 1231)


def test_materials_that_the_net_does_not_cover_are_the_workshops() -> None:
    worked = line_amounts(sale("1", 1, 1, 26, material=45))
    assert (worked.shared, worked.deducted) == (0, 26)


def sold(shared: int, pieces: int, returned: int = 0, returned_shared: int = 0, materials: int = 0) -> EarlierLine:
    return earlier(
        sale("1", 1, pieces), amounts(shared, materials), returned=returned, returned_amounts=amounts(returned_shared)
    )


def test_a_return_is_pro_rata_of_the_rounded_cents() -> None:
    """4 pieces of 24,60 with 7,00 of materials: one back is 6,15, 1,75 and 4,40."""
    assert return_amounts(sold(1760, 4, materials=700), 1000) == Amounts(-615, -615, -175, -440)


def test_half_a_cent_of_a_return_goes_away_from_zero() -> None:
    assert return_amounts(sold(5, 2), 1000).shared == -3


def test_the_last_return_takes_every_remainder() -> None:
    whole = EarlierLine(sale("1", 1, 3), Amounts(100, 83, 10, 73), (), 2000, Amounts(66, 56, 6, 48))
    assert return_amounts(whole, 1000) == Amounts(-34, -27, -4, -25)


def test_the_last_return_takes_the_remainder() -> None:
    assert return_amounts(sold(5, 2, 1, 3), 1000).shared == -2
    assert return_amounts(sold(5, 2), 2000).shared == -5


@pytest.mark.parametrize(("line", "why"), [
    (back("2", "1", 5, 1), ("return_early", "day", {"day": "2026-10-06"})),
    (back("2", "1", 6, 3), ("return_too_much", "quantity", {"left_thousandths": 2000})),
    (back("2", "1", 6, 1, product="B"), ("return_product", "product", {"product": "A"})),
])
def test_a_return_that_does_not_fit_is_refused(line: SaleLine, why: tuple) -> None:
    with pytest.raises(Refused) as refused:
        check_return(line, sale("1", 6, 4), returned=2000)
    assert (refused.value.code, refused.value.field, refused.value.values) == why


def test_a_return_cannot_be_returned() -> None:
    with pytest.raises(Refused) as refused:
        check_return(back("3", "2", 9, 1), back("2", "1", 8, 1), returned=0)
    why = refused.value
    assert (why.code, why.field, why.values) == ("return_of_return", "returns", {"document": "K1", "line": "2"})


def test_lines_stand_in_the_order_of_matching() -> None:
    """Day, sales before returns, numbered before those logged by hand, number, document, order of saving, key."""
    lines = [
        sale("a", 4, 1, number="9", document="K9"), sale("b", 5, 1, number="2", document="K2", order=9),
        sale("d", 5, 1, number="2", document="K10", order=1), sale("c", 5, 1, number="2", document="K2", order=5),
        sale("e", 5, 1, number="10"), sale("g", 5, 1, number="-", order=3), sale("h", 5, 1, number="-", order=4),
        sale("i", 5, 1, number="-", order=4), back("j", "a", 5, 1, number="1"), back("k", "a", 5, 1, number="-", order=1),
        sale("l", 6, 1, number="1")]
    lines.reverse()
    assert "".join(line.key for line in sorted(lines, key=line_order)) == "abcdeghijkl"


def test_a_return_that_fits_is_let_through() -> None:
    check_return(back("2", "1", 6, 2), sale("1", 6, 4), returned=2000)


@given(st.integers(0, 10_000), st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_a_line_that_came_back_in_parts_sums_to_zero(shared: int, returns: list[int]) -> None:
    came, given_back = 0, 0
    for pieces in returns:
        given_back -= return_amounts(sold(shared, sum(returns), came, given_back), pieces * 1000).shared
        came += pieces
    assert given_back == shared
