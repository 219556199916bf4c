"""A correction by hand: which lines are others, what becomes of debts, what it books."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from ledger.core import corrections as rules
from ledger.core.corrections import Change, Counted, Difference, LineChange, Split
from ledger.core.debts import Debt
from ledger.core.journal import Account, Leg
from ledger.core.periods import Month
from ledger.core.pools import FundMove
from ledger.core.production import Mark, Work
from ledger.core.sales import Amounts
from ledger.core.statement import StatementLine
from ledger.core.stipends import Identity, Inputs, LineResult, PersonResult, Result
from tests.books import day, oct

SEPTEMBER, OCTOBER, NOVEMBER = Month(2026, 9), Month(2026, 10), Month(2026, 11)
THEN = Identity(realised_net=1000, deducted=100, carried_in=0, from_reserve=0, from_budget=50, stipends=900, withheld=20,
                to_reserve=20, unassigned=10, carried_out=0)
NOW = Identity(realised_net=1100, deducted=105, carried_in=3, from_reserve=0, from_budget=57, stipends=960, withheld=31,
               to_reserve=24, unassigned=23, carried_out=17)


def line(part: str, cents: int, kind: str = "per_day", payer: str = "pool") -> StatementLine:
    return StatementLine(part, kind, cents, payer, Fraction(cents))


def result(identity: Identity, *people: PersonResult, lines: tuple[LineResult, ...] = (),
           funds: tuple[FundMove, ...] = ()) -> Result:
    return Result(OCTOBER, people, lines, (), (), {}, identity, funds=funds)


def of(ref: str, number: str, *lines: StatementLine) -> PersonResult:
    return PersonResult(ref, number, lines, sum(one.cents for one in lines))


GONE, FIRST, SECOND, MORE, NEW, TAKEN = (
    line("days", 100), line("goods", 50), line("goods", 5), line("goods", 80), line("bonus", 7), line("debt", -30, "debt"))
BEFORE = result(THEN, of("a", "D10", GONE, FIRST, SECOND), of("b", "D2", GONE, line("below_zero", 5, "below_zero")),
                of("c", "D3", GONE))
AFTER = result(NOW, of("a", "D10", MORE, SECOND, TAKEN, NEW), of("b", "D2", GONE, TAKEN), of("d", "D1", NEW))


def test_everybody_with_another_line_stands_by_number_with_the_lines_side_by_side() -> None:
    assert rules.changes(BEFORE, AFTER, {"a": 150, "c": 90}) == (
        Change("d", "D1", 0, 7, 0, (LineChange(None, NEW),)), Change("c", "D3", 100, 0, 90, (LineChange(GONE, None),)),
        Change("a", "D10", 155, 92, 150, (
            LineChange(FIRST, MORE), LineChange(SECOND, SECOND), LineChange(None, NEW), LineChange(GONE, None))))


def test_lines_of_another_payer_or_kind_are_others_even_when_the_sum_is_the_same() -> None:
    paid, kind = line("days", 100, payer="budget"), line("days", 100, "floor")
    for other in (paid, kind):
        one, = rules.changes(BEFORE, replace(BEFORE, people=(*BEFORE.people[:2], of("c", "D3", other))), {"c": 100})
        assert (one.difference, one.lines) == (0, (LineChange(None, other), LineChange(GONE, None)))
    assert rules.changes(BEFORE, BEFORE, {}) == ()


@pytest.mark.parametrize(("held", "owed", "set_off"), [(0, 5, 5), (0, 7, 7), (0, 50, 7), (3, 50, 4), (7, 50, 0), (9, 50, 0)])
def test_a_debt_is_set_off_against_no_more_than_the_plus(held: int, owed: int, set_off: int) -> None:
    one = rules.changes(BEFORE, AFTER, {"d": held}, {"d": owed, "a": 1})[0]
    assert (one.held, one.set_off) == (held + set_off, set_off)


def test_the_difference_of_a_line_that_is_new_or_gone_is_all_of_it() -> None:
    assert [LineChange(*one).difference for one in ((GONE, None), (None, NEW), (FIRST, MORE), (None, None))] == [-100, 7, 30, 0]


def test_what_people_have_is_what_they_earned_more_by_each_plus_less_by_each_debt() -> None:
    held = rules.held_after_run(AFTER)
    assert held == {"a": 92, "b": 100, "d": 7}
    splits = [("a", Split(30, 0, -10, 20)), ("a", Split(1, 0, 0)), ("b", Split(0, 40, 0)), ("e", Split(5, 0, 0))]
    assert rules.held_after(held, splits) == {"a": 123, "b": 60, "d": 7, "e": 5}
    assert held == {"a": 92, "b": 100, "d": 7}


@pytest.mark.parametrize(("after", "as_debt", "split"), [
    (100, True, Split(0, 0, 0, 3)), (99, True, Split(0, 1, 0)), (99, False, Split(0, 0, 1, 3)), (101, True, Split(1, 0, 0, 3))])
def test_only_a_minus_may_become_a_debt(after: int, as_debt: bool, split: Split) -> None:
    change = Change("a", "D1", 100, after, 100, (), 3)
    assert change.split(as_debt=as_debt) == split
    assert change.split() == change.split(as_debt=False)
    assert [rules.may_be_debt(change, own) for own in ({"a"}, {"b"})] == [after < 100, False]


@pytest.mark.parametrize(("plus", "given", "got"), [(60, 0, 4), (64, 0, 0), (70, 6, 0)])
def test_the_reserve_bears_or_gets_the_rest(plus: int, given: int, got: int) -> None:
    found = rules.identity_of(THEN, NOW, plus)  # 100 - 5 + 3 + 7 - 11 - 13 - 17 = 64
    assert found == Identity(realised_net=100, deducted=5, carried_in=3, from_reserve=given, from_budget=7, stipends=plus,
                             withheld=11, to_reserve=got, unassigned=13, carried_out=17)
    assert found.holds


def funds(**moved: int) -> tuple[FundMove, ...]:
    return tuple(FundMove(key, 100, 0, 0, 100 + cents) for key, cents in moved.items())


def test_funds_move_by_what_they_got_more_or_less() -> None:
    before, after = result(THEN, funds=funds(trips=10, tools=5, gone=3)), result(NOW, funds=funds(trips=12, tools=5, new=-4))
    assert list(rules.fund_moves(before, after).items()) == [("gone", -3), ("new", -4), ("trips", 2)]


def test_whose_days_minutes_and_points_are_others() -> None:
    worked = Work("w", "D3", oct(6), points=500)
    before = Inputs(OCTOBER, (), (day("D1", 6), day("D2", 6), day("D4", 6)), (), (), work=(worked,))
    after = replace(before, attendance=(day("D1", 6, 300), day("D1", 7, 60), day("D2", 6), day("D2", 7, 0, Mark.ILL), day("D5", 6)),
                    work=(worked, replace(worked, key="x", points=200), replace(worked, key="y", person="D5", points=1)))
    assert rules.counted(before, after) == (
        Counted("D1", 1, 120, 0), Counted("D3", 0, 0, 200), Counted("D4", -1, -240, 0), Counted("D5", 1, 240, 1))


def test_a_mark_put_right_without_a_minute_more_is_another_count() -> None:
    before = Inputs(OCTOBER, (), (day("D1", 6, 120), day("D1", 7, 120)), (), (), work=(Work("w", "D1", oct(6), points=5),))
    after = replace(before, attendance=(day("D1", 6, 240),))
    assert rules.counted(before, after) == (Counted("D1", -1, 0, 0),)
    assert rules.counted(before, replace(before, attendance=(day("D1", 6, 100), day("D1", 7, 120)))) == (Counted("D1", 0, -20, 0),)
    assert rules.counted(before, before) == ()


def test_debts_of_the_same_month_are_one_and_stand_by_person_and_month() -> None:
    made = [Debt("b", 5, OCTOBER), Debt("a", 50, OCTOBER), Debt("a", 7, SEPTEMBER), Debt("c", 9, OCTOBER), Debt("d", 2, OCTOBER)]
    off = [Debt("a", 6, SEPTEMBER), Debt("c", 9, OCTOBER), Debt("d", 3, OCTOBER)]
    assert rules.debts_left([Debt("b", 1, OCTOBER)], made, off) == (
        Debt("a", 1, SEPTEMBER), Debt("a", 50, OCTOBER), Debt("b", 6, OCTOBER))
    assert rules.debt_since(OCTOBER) == SEPTEMBER


def test_debts_are_given_up_as_far_as_the_plus_of_their_own_person_goes() -> None:
    owed = [Debt("a", 5, SEPTEMBER), Debt("a", 5, OCTOBER), Debt("a", 5, NOVEMBER), Debt("b", 1, OCTOBER), Debt("c", 1, OCTOBER)]
    changed = [Change("a", "D1", 0, 0, 0, (), 6), Change("b", "D2", 0, 0, 0, (), 0)]
    assert rules.set_off(owed, changed) == (Debt("a", 5, SEPTEMBER), Debt("a", 1, OCTOBER))


def test_only_what_stands_of_what_the_chain_made_can_be_set_off() -> None:
    made = {("a", OCTOBER): 10, ("a", SEPTEMBER): 4, ("b", OCTOBER): 3, ("b", SEPTEMBER): 2}
    off = {("a", OCTOBER): 9, ("b", OCTOBER): 3}
    left = [Debt("b", 2, SEPTEMBER), Debt("a", 8, OCTOBER), Debt("a", 3, SEPTEMBER), Debt("b", 7, OCTOBER), Debt("c", 1, OCTOBER)]
    assert rules.may_set_off(made, off, left) == (Debt("a", 3, SEPTEMBER), Debt("a", 1, OCTOBER), Debt("b", 2, SEPTEMBER))
    assert rules.given_up(made, off) == {"a": 9, "b": 3}


def sold(ref: str, gross: int, net: int) -> LineResult:
    return LineResult(ref, Amounts(gross, net, 0, 0), 0, Fraction(0))


def test_what_a_correction_books() -> None:
    before = result(THEN, lines=(sold("S1", 121, 100), sold("S2", 50, 45), sold("S3", 1, 1)), funds=funds(trips=10))
    after = result(NOW, lines=(sold("S3", 1, 1), sold("S2", 40, 37), sold("S1", 242, 200)), funds=funds(trips=12))
    moved = Difference(before, after, {"S1": "mugė", "S2": "paštas", "S3": "mugė"},
                       (("a", Split(60, 0, 0)), ("b", Split(0, 25, 0))), (Debt("a", 9, OCTOBER),))
    entry = rules.entry_of("k", date(2026, 11, 20), NOVEMBER, moved)
    assert (entry.kind, entry.happened_on, entry.booked_in, entry.subject, entry.subject_ref) == (
        "correction", date(2026, 11, 20), NOVEMBER, "correction", "k")
    assert set(entry.legs) == {
        Leg(Account.PAYABLE, -60, "a"), Leg(Account.POOL, 100), Leg(Account.MATERIALS, -5), Leg(Account.WITHHELD, -11),
        Leg(Account.RESERVE, -2), Leg(Account.RESERVE, -2, detail="trips"), Leg(Account.BUDGET, 7), Leg(Account.UNASSIGNED, -13),
        Leg(Account.CARRIED, -14), Leg(Account.DEBTS, -9, "a"), Leg(Account.DEBTS, 25, "b"), Leg(Account.DEBTS_BORNE, -16),
        Leg(Account.RECEIVABLES, 121, detail="mugė"), Leg(Account.SALES, -100, detail="mugė"),
        Leg(Account.RECEIVABLES, -10, detail="paštas"), Leg(Account.SALES, 8, detail="paštas"), Leg(Account.VAT, -19)}
    assert entry.balanced


def test_a_correction_that_changes_nothing_books_nothing() -> None:
    same = result(THEN, lines=(sold("S1", 121, 100),))
    assert rules.entry_of("k", date(2026, 11, 20), NOVEMBER, Difference(same, same, {"S1": "mugė"}, (), ())).legs == ()
