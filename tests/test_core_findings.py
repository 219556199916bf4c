"""What a month still lacks: days without marks, sales without a lot, open months, people without an account."""

from dataclasses import replace
from datetime import date

from ledger.core.findings import WithoutLot, days_without, open_before, without_account, without_lot
from ledger.core.periods import Month
from ledger.core.stipends import Inputs, calculate
from tests import october
from tests.books import OCTOBER, back, day, lot, month, oct, person, sale

PEOPLE = [person("D1"), person("D2"), person("D3")]


def test_working_days_until_today_without_a_mark() -> None:
    working = [oct(1), oct(2), oct(5), oct(6)]
    assert days_without(working, {oct(2)}, oct(5)) == (oct(1), oct(5))
    assert days_without(working, set(working), oct(6)) == ()
    assert days_without(working, set(), date(2026, 9, 30)) == ()


def test_sales_that_no_lot_covers_in_the_order_of_matching() -> None:
    lots = (lot("P1", 1, 2), lot("P2", 9, 9, product="B"))
    lines = (sale("3", 7, 3, 101), sale("1", 5, 3, 150), sale("2", 10, 9, product="B"), back("4", "3", 8, 1))
    inputs = Inputs(OCTOBER, (PEOPLE[0],), (), lots, lines)
    assert without_lot(inputs, calculate(inputs, october.scheme())) == (
        WithoutLot(lines[1], 1000, 150), WithoutLot(lines[0], 3000, 303))


def test_each_line_without_a_lot_has_its_own_share() -> None:
    """One of two pieces of 0,05 and three of four of 0,03."""
    lots = (lot("P1", 1, 1), lot("P2", 1, 1, product="B"))
    lines = (sale("1", 5, 2, 5), sale("2", 5, 4, 3, product="B"))
    inputs = Inputs(OCTOBER, (PEOPLE[0],), (), lots, lines)
    assert [(one.quantity, one.cents) for one in without_lot(inputs, calculate(inputs, october.scheme()))] == [
        (1000, 5), (3000, 9)]


def test_half_a_cent_without_a_lot_is_a_cent() -> None:
    """Two pieces at half of 0,05 cost 0,05: one without a lot is 2,5 cents, so 3; three of 0,05 with a third off are 0,10."""
    lines = (sale("1", 5, 2, 5, discount=50_000), sale("2", 6, 3, 5, discount=33_333))
    inputs = Inputs(OCTOBER, (PEOPLE[0],), (), (lot("P1", 1, 1),), lines)
    assert [one.cents for one in without_lot(inputs, calculate(inputs, october.scheme()))] == [3, 10]


def test_a_gram_without_a_lot_is_told_too() -> None:
    lines = (replace(sale("1", 5, 1, 100_000), quantity=1001),)
    inputs = Inputs(OCTOBER, (PEOPLE[0],), (), (lot("P1", 1, 1),), lines)
    assert without_lot(inputs, calculate(inputs, october.scheme())) == (WithoutLot(lines[0], 1, 100),)


def test_months_since_the_books_began_that_are_not_settled() -> None:
    begins, settled = Month(2025, 12), {Month(2026, 1), Month(2026, 3)}
    assert open_before(Month(2026, 4), begins, settled) == (begins, Month(2026, 2))
    assert open_before(Month(2026, 1), begins, {begins}) == ()
    assert open_before(begins, begins, set()) == open_before(Month(2025, 11), begins, set()) == ()


def test_people_who_get_money_and_have_no_account() -> None:
    result = month(PEOPLE, attendance=[day("D1", 1), day("D2", 1)])
    assert [one.total > 0 for one in result.people] == [True, True, False]
    assert without_account(result, ["D2"]) == ("D1",)
    assert without_account(result, []) == ("D1", "D2")


def test_one_cent_needs_an_account_too() -> None:
    result = month(PEOPLE[:2], [lot("P1", 1, 1, "D2")], [sale("1", 5, 1, 2)])
    assert [one.total for one in result.people] == [0, 1]
    assert without_account(result, []) == ("D2",)
