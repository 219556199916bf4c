"""Totals below zero: lifted by the reserve, kept back later, written off after three months."""

from datetime import date
from fractions import Fraction

from ledger.core.debts import Debt, Settled, settle
from ledger.core.people import Person
from ledger.core.periods import Month
from tests.books import OCTOBER, person

FIFTH = Fraction(20)
SEPTEMBER, AUGUST = Month(2026, 9), Month(2026, 8)


def settled(totals: dict[str, int], *debts: Debt, people: list[Person] | None = None, share: Fraction = FIFTH) -> Settled:
    return settle(people or [person("D1"), person("D2")], totals, debts, OCTOBER, share)


def test_a_total_below_zero_is_lifted_to_zero_and_owed() -> None:
    made = settled({"D2": -7, "D1": -300})
    assert (made.lifted, made.kept, made.owed_before, made.written_off) == ({"D2": 7, "D1": 300}, {}, {}, ())
    assert made.debts == (Debt("D1", 300, OCTOBER), Debt("D2", 7, OCTOBER))
    assert made.owed == {"D1": 300, "D2": 7}


def test_a_total_of_zero_owes_nothing() -> None:
    made = settled({"D1": 0, "D2": 1})
    assert (made.lifted, made.debts, made.most) == ({}, (), {"D1": 0, "D2": 0})


def test_at_most_the_share_of_a_total_is_kept_back_rounded_down() -> None:
    made = settled({"D1": 999, "D2": -50}, Debt("D1", 500, SEPTEMBER))
    assert (made.most, made.kept, made.owed_before) == ({"D1": 199, "D2": 0}, {"D1": 199}, {"D1": 500})
    assert made.debts == (Debt("D1", 301, SEPTEMBER), Debt("D2", 50, OCTOBER))


def test_the_oldest_debt_goes_first() -> None:
    made = settled({"D1": 1000}, Debt("D1", 150, SEPTEMBER), Debt("D1", 100, AUGUST))
    assert (made.kept, made.owed_before, made.owed) == ({"D1": 200}, {"D1": 250}, {"D1": 50})
    assert made.debts == (Debt("D1", 50, SEPTEMBER),)


def test_of_two_debts_of_a_month_the_smaller_goes_first() -> None:
    made = settled({"D1": 1000}, Debt("D1", 210, SEPTEMBER), Debt("D1", 100, SEPTEMBER))
    assert made.debts == (Debt("D1", 110, SEPTEMBER),)


def test_who_has_no_total_keeps_the_debt() -> None:
    made = settled({"D1": 0}, Debt("D2", 40, SEPTEMBER), Debt("D1", 30, SEPTEMBER))
    assert made.kept == {}
    assert made.debts == (Debt("D1", 30, SEPTEMBER), Debt("D2", 40, SEPTEMBER))
    assert made.owed == {"D1": 30, "D2": 40}


def test_a_debt_that_is_kept_back_whole_is_gone() -> None:
    made = settled({"D1": 1000, "D2": 1000}, Debt("D1", 200, SEPTEMBER), Debt("D2", 1, SEPTEMBER))
    assert (made.kept, made.debts, made.owed) == ({"D1": 200, "D2": 1}, (), {})


def test_what_is_owed_by_one_person_adds_up() -> None:
    made = settled({"D1": 100}, Debt("D1", 30, AUGUST), Debt("D1", 50, SEPTEMBER), Debt("D1", 7, SEPTEMBER))
    assert (made.kept, made.owed) == ({"D1": 20}, {"D1": 67})
    assert made.debts == (Debt("D1", 10, AUGUST), Debt("D1", 7, SEPTEMBER), Debt("D1", 50, SEPTEMBER))


def test_after_three_months_a_debt_is_written_off() -> None:
    old, still = Debt("D1", 30, Month(2026, 6)), Debt("D1", 40, Month(2026, 7))
    made = settled({"D1": 1000}, still, old)
    assert (made.written_off, made.kept, made.owed_before, made.debts) == ((old,), {"D1": 40}, {"D1": 40}, ())


def test_who_left_before_the_month_or_is_not_known_owes_no_more() -> None:
    people = [person("D1", ended=date(2026, 9, 30)), person("D2", ended=date(2026, 10, 1))]
    debts = [Debt(number, 30, SEPTEMBER) for number in ("D9", "D2", "D1")]
    made = settled({"D2": 100}, *debts, people=people)
    assert made.written_off == (Debt("D1", 30, SEPTEMBER), Debt("D9", 30, SEPTEMBER))
    assert (made.kept, made.debts) == ({"D2": 20}, (Debt("D2", 10, SEPTEMBER),))


def test_nothing_is_kept_back_of_a_total_below_zero() -> None:
    made = settled({"D1": -1000}, Debt("D1", 30, SEPTEMBER), share=Fraction(100))
    assert (made.most, made.kept, made.owed) == ({"D1": 0}, {}, {"D1": 1030})
