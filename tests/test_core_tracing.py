"""From sale lines through lots to their makers: exact cents, what nobody gets, and how long after leaving."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from ledger.core.matching import match
from ledger.core.people import Person
from ledger.core.production import Lot, Share
from ledger.core.sales import EarlierLine, SaleLine
from ledger.core.schemes import AfterLeaving
from ledger.core.tracing import Trace, Traced, last_day_of_proceeds, trace
from tests import october
from tests.books import amounts, back, earlier, lot, oct, person, sale

PEOPLE = [person("D1"), person("D2")]


def traced(lots: list[Lot], lines: list[SaleLine], old: list[EarlierLine] | None = None, people: list[Person] | None = None,
           rule: AfterLeaving = AfterLeaving.MONTHS, months: int = 12) -> Trace:
    scheme = replace(october.scheme(), after_leaving=rule, leaving_months=months)
    return trace(people or PEOPLE, lots, lines, old or [], match(lots, lines, old or []), scheme)


def test_a_sale_goes_to_the_makers_by_their_shares() -> None:
    """Three pieces of 1,01, two of which P1 had, made 1 to 2: D1 has a ninth of twice 3,03."""
    made = traced([lot("P1", 1, 2, "D2:2", "D1:1")], [sale("1", 5, 3, 101)])
    assert made.rows == (
        Traced("D1", "1", "P1", 2000, 1000, 3000, Fraction(202, 3)), Traced("D2", "1", "P1", 2000, 2000, 3000, Fraction(404, 3)))
    assert made.proceeds == {"D1": Fraction(202, 3), "D2": Fraction(404, 3)}
    assert (made.total, made.unassigned) == (202, {"1": 101})


def test_one_persons_goods_of_several_lots_add_up() -> None:
    made = traced([lot("P1", 1, 1, "D1"), lot("P2", 2, 2, "D1:1", "D2:2")], [sale("1", 5, 2, 100), sale("2", 6, 1, 50)])
    assert made.proceeds == {"D1": 100 + Fraction(150, 3), "D2": Fraction(300, 3)}
    assert (made.total, made.unassigned) == (250, {})


def test_two_shares_of_one_maker_stand_by_their_weight() -> None:
    both = replace(lot("P1", 1, 3), makers=(Share("D1", 2000), Share("D1", 1000)))
    assert [(row.weight, row.cents) for row in traced([both], [sale("1", 5, 3)]).rows] == [(1000, 100), (2000, 200)]


def test_what_is_given_back_is_below_zero() -> None:
    made = traced([lot("P1", 1, 2, "D1")], [sale("1", 5, 3, 100), back("2", "1", 6, 2)])
    assert [(row.line, row.quantity, row.cents) for row in made.rows] == [("1", 2000, 200), ("2", -1000, -100)]
    assert (made.proceeds, made.total, made.unassigned) == ({"D1": 100}, 100, {"1": 100, "2": -100})


def test_what_is_matched_late_is_no_longer_nobodys() -> None:
    old = earlier(sale("old", date(2026, 9, 20), 4), amounts(401), ("", 4))
    made = traced([lot("P1", date(2026, 9, 1), 3, "D1")], [sale("1", 5, 1, 7)], [old])
    assert made.unassigned == {"old": Fraction(-3 * 401, 4), "1": 7}
    assert made.proceeds == {"D1": Fraction(3 * 401, 4)}


LEFT = date(2026, 2, 28)


@pytest.mark.parametrize(("rule", "months", "last"), [
    (AfterLeaving.ALWAYS, 12, None), (AfterLeaving.RESERVE, 12, LEFT), (AfterLeaving.MONTHS, 0, LEFT),
    (AfterLeaving.MONTHS, 1, date(2026, 3, 28)), (AfterLeaving.MONTHS, 12, date(2027, 2, 28)),
])
def test_the_last_day_of_sale_that_counts(rule: AfterLeaving, months: int, last: date | None) -> None:
    scheme = replace(october.scheme(), after_leaving=rule, leaving_months=months)
    assert last_day_of_proceeds(person("D1", ended=LEFT), scheme) == last
    assert last_day_of_proceeds(person("D1"), scheme) is None


@pytest.mark.parametrize(("day", "counts"), [(4, True), (5, True), (6, False)])
def test_after_that_day_the_share_is_not_the_makers(day: int, counts: bool) -> None:
    people = [person("D1", ended=date(2026, 9, 5)), person("D2")]
    made = traced([lot("P1", date(2026, 9, 1), 3, "D1:1", "D2:2")], [sale("1", day, 1, 90)], people=people, months=1)
    assert [(row.person, row.cents, row.counts) for row in made.rows] == [("D1", 30, counts), ("D2", 60, True)]
    assert made.proceeds == ({"D1": 30, "D2": 60} if counts else {"D2": 60})
    assert (made.total, made.unassigned) == (90 if counts else 60, {})


def test_a_return_counts_as_its_sale_did() -> None:
    people = [person("D1", ended=date(2026, 9, 5))]
    lines = [sale("1", 5, 2), back("2", "1", 9, 1), sale("3", 6, 2), back("4", "3", 9, 1)]
    made = traced([lot("P1", date(2026, 9, 1), 4, "D1")], lines, people=people, months=1)
    assert [(row.line, row.counts) for row in made.rows] == [("1", True), ("3", False), ("2", True), ("4", False)]
    old = earlier(sale("old", date(2026, 10, 2), 2), amounts(200), ("P1", 2))
    made = traced([lot("P1", oct(1), 2, "D1", left=0)], [back("1", "old", 9, 1)], [old], people, months=1)
    assert [(row.cents, row.counts) for row in made.rows] == [(-100, True)]


def test_what_is_matched_late_counts_by_the_day_of_its_sale() -> None:
    people = [person("D1", ended=date(2026, 8, 5))]
    old = [earlier(sale(f"old{day}", date(2026, 9, day), 1), amounts(100), ("", 1)) for day in (5, 6)]
    made = traced([lot("P1", date(2026, 8, 1), 2, "D1")], [], old, people, months=1)
    assert [(row.line, row.counts) for row in made.rows] == [("old5", True), ("old6", False)]
