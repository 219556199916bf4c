"""The journal in the core: what balances, what a month's sales and its run book, and the hash that chains entries."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import pytest

from ledger.core.debts import Debt
from ledger.core.journal import (
    EMPTY,
    NATURES,
    START,
    Account,
    DaySales,
    Division,
    Entry,
    Leg,
    Nature,
    chained,
    debt_legs,
    division_of,
    gathered,
    identity_legs,
    run_entry,
    sales_entries,
)
from ledger.core.periods import Month
from ledger.core.pools import FundMove
from ledger.core.stipends import Identity, Inputs, PersonResult, Result

OCTOBER, SEPTEMBER = Month(2026, 10), Month(2026, 9)
SECOND, LAST = date(2026, 10, 2), date(2026, 10, 31)
# 1000 + 30 + 20 + 50 = 1100 comes in, 100 + 600 + 70 + 200 + 120 + 10 = 1100 goes out
IDENTITY = Identity(realised_net=1000, deducted=100, carried_in=30, from_reserve=20, from_budget=50, stipends=600, withheld=70,
                    to_reserve=200, unassigned=120, carried_out=10)


@pytest.mark.parametrize(("cents", "balanced"), [
    ((100, -100), True), ((100, -60, -40), True), ((100, -99), False), ((), False), ((0,), False), ((100, -100, 0), False)])
def test_an_entry_balances_with_two_legs_or_more_and_none_of_nothing(cents: tuple[int, ...], balanced: bool) -> None:
    legs = tuple(Leg(Account.CASH, one) for one in cents)
    assert Entry("receipt", SECOND, OCTOBER, "receipt", "r", legs).balanced is balanced


def test_every_account_has_a_nature_and_a_chain_starts_at_nothing() -> None:
    assert set(NATURES) == set(Account)
    assert {account for account, nature in NATURES.items() if nature is Nature.EQUITY} == {Account.RESERVE, Account.OPENING}
    assert (EMPTY.sequence, EMPTY.hash) == (0, START)


def test_the_hash_of_an_entry_is_that_of_its_canonical_text() -> None:
    text = '{"form":1,"kind":"sales","legs":[["cash","","mugė",100],["sales","","",-100]],"previous":"ab","sequence":7}'
    found = chained("ab", {"sequence": 7, "kind": "sales"}, [["cash", "", "mugė", 100], ["sales", "", "", -100]])
    assert found == sha256(text.encode()).hexdigest()


def test_a_name_that_no_encoding_writes_is_hashed_by_its_bytes() -> None:
    text = b'{"form":1,"legs":[["cash","","\xff",1]],"previous":"ab"}'
    assert chained("ab", {}, [["cash", "", "\udcff", 1]]) == sha256(text).hexdigest()


def test_legs_of_the_same_account_person_and_detail_are_one_leg() -> None:
    cash, fair, anna = Leg(Account.CASH, 5), Leg(Account.SALES, -3, detail="mugė"), Leg(Account.PAYABLE, 2, person="D1")
    sold, back = Leg(Account.SALES, -4, detail="paštas"), Leg(Account.SALES, 4, detail="paštas")
    assert gathered([cash, fair, sold, anna, cash, back]) == (Leg(Account.CASH, 10), fair, anna)


def test_a_day_of_sales_is_one_entry_with_what_is_to_come_in_the_sales_and_the_vat() -> None:
    sold = [DaySales(LAST, "mugė", 121, 100), DaySales(SECOND, "mugė", 242, 200), DaySales(SECOND, "e. parduotuvė", 605, 500)]
    first, last = sales_entries("run", OCTOBER, sold)
    assert (first.kind, first.happened_on, first.booked_in, first.subject, first.subject_ref) == (
        "sales", SECOND, OCTOBER, "sealed_run", "run:2026-10-02")
    assert first.legs == (
        Leg(Account.RECEIVABLES, 605, detail="e. parduotuvė"), Leg(Account.SALES, -500, detail="e. parduotuvė"),
        Leg(Account.VAT, -147), Leg(Account.RECEIVABLES, 242, detail="mugė"), Leg(Account.SALES, -200, detail="mugė"))
    assert (last.happened_on, last.subject_ref) == (LAST, "run:2026-10-31")
    assert first.balanced
    assert last.balanced


def test_a_day_on_which_as_much_came_back_as_was_sold_has_no_entry() -> None:
    assert sales_entries("run", OCTOBER, [DaySales(SECOND, "mugė", 121, 100), DaySales(SECOND, "mugė", -121, -100)]) == ()


def test_a_run_books_what_each_person_gets_its_identity_and_what_people_owe() -> None:
    divided = Division(IDENTITY, {"D1": 400, "D2": 200}, {"kelionės": 60}, [Debt("D3", 25, SEPTEMBER)], [Debt("D3", 5, SEPTEMBER)])
    entry, = run_entry("run", OCTOBER, divided)
    assert (entry.kind, entry.happened_on, entry.booked_in, entry.subject, entry.subject_ref) == (
        "run", LAST, OCTOBER, "sealed_run", "run")
    assert entry.legs == (
        Leg(Account.PAYABLE, -400, person="D1"), Leg(Account.PAYABLE, -200, person="D2"),
        Leg(Account.POOL, 1000), Leg(Account.MATERIALS, -100), Leg(Account.WITHHELD, -70),
        Leg(Account.RESERVE, -120), Leg(Account.RESERVE, -60, detail="kelionės"),  # 200 - 20 - 60, and the fund
        Leg(Account.BUDGET, 50), Leg(Account.UNASSIGNED, -120), Leg(Account.CARRIED, 20),
        Leg(Account.DEBTS, -20, person="D3"), Leg(Account.DEBTS_BORNE, 20))
    assert entry.balanced


def test_a_run_of_nothing_has_no_entry() -> None:
    assert run_entry("run", OCTOBER, Division(Identity(*[0] * 10), {"D1": 0}, {}, (), ())) == ()


def test_the_reserve_is_what_it_got_less_what_it_gave_less_what_its_funds_got() -> None:
    legs = identity_legs(IDENTITY, {"kelionės": -40, "įrankiai": 15})
    assert [leg for leg in legs if leg.account is Account.RESERVE] == [
        Leg(Account.RESERVE, -205), Leg(Account.RESERVE, 40, detail="kelionės"), Leg(Account.RESERVE, -15, detail="įrankiai")]


def test_debts_move_by_what_each_owes_more_or_less_whatever_month_it_is_of() -> None:
    before = [Debt("D2", 30, SEPTEMBER), Debt("D1", 10, SEPTEMBER)]
    after = [Debt("D1", 10, SEPTEMBER), Debt("D1", 70, OCTOBER), Debt("D2", 5, SEPTEMBER)]
    assert debt_legs(before, after) == [
        Leg(Account.DEBTS, 70, person="D1"), Leg(Account.DEBTS, -25, person="D2"), Leg(Account.DEBTS_BORNE, -45)]


def test_the_division_of_a_month_is_what_its_result_says() -> None:
    owed, left = Debt("D1", 10, SEPTEMBER), Debt("D1", 4, SEPTEMBER)
    result = Result(OCTOBER, (PersonResult("a", "D1", (), 400), PersonResult("b", "D2", (), 0)), (), (), (), {}, IDENTITY,
                    debts=(left,), funds=(FundMove("kelionės", 100, 90, 30, 160),))
    assert division_of(Inputs(OCTOBER, (), (), (), (), debts=(owed,)), result) == Division(
        IDENTITY, {"a": 400, "b": 0}, {"kelionės": 60}, (owed,), (left,))
