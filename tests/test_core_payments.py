"""Paying in the core: steps and what they book, sums that are free, months covered, letters that a bank takes, notes to fetch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.banknotes import Stack, to_fetch
from ledger.core.faults import Conflict, Refused
from ledger.core.journal import Account, Leg
from ledger.core.payments import (
    MOST_NAME,
    Due,
    Payment,
    State,
    Way,
    bank_text,
    check_sums,
    free_to_pay,
    legs_of,
    may_become,
    set_off_legs,
    still_due,
)
from ledger.core.periods import Month

OCT, NOV, DEC = Month(2026, 10), Month(2026, 11), Month(2026, 12)
P, A, W, B, C = Account.PAYABLE, Account.ADVANCES, Account.PAID, Account.BANK, Account.CASH


def payment(way: Way = Way.BANK, state: State = State.PENDING, *, advance: bool = False) -> Payment:
    return Payment("p", "D1", 100, way, advance, state)


def booked(legs: tuple[Leg, ...]) -> dict[Account, int]:
    """Cents by account; every leg names the person, save those of the money itself."""
    for leg in legs:
        assert (leg.person, leg.detail) == ("" if leg.account in (B, C) else "D1", "")
    return {leg.account: leg.cents for leg in legs}


@pytest.mark.parametrize(("way", "state", "after"), [
    (Way.BANK, State.PENDING, {"sent", "returned"}), (Way.BANK, State.SENT, {"settled", "returned"}),
    (Way.BANK, State.SETTLED, {"returned"}), (Way.BANK, State.RETURNED, set()),
    (Way.CASH, State.PENDING, {"settled", "returned"}), (Way.CASH, State.SENT, set()),
    (Way.CASH, State.SETTLED, {"returned"}), (Way.CASH, State.RETURNED, set())])
def test_which_state_follows_which(way, state, after):
    assert {one.value for one in State if may_become(payment(way, state), one)} == after
    for wrong in set(State) - {State(one) for one in after}:
        with pytest.raises(Conflict, match="payment_state") as refused:
            legs_of(payment(way, state), wrong)
        assert refused.value.values == {"state": state.value}


@pytest.mark.parametrize(("one", "state", "legs"), [
    (payment(), State.SENT, {P: 100, W: -100}),
    (payment(state=State.SENT), State.SETTLED, {W: 100, B: -100}),
    (payment(Way.CASH), State.SETTLED, {P: 100, C: -100}),
    (payment(), State.RETURNED, {}),
    (payment(state=State.SENT), State.RETURNED, {W: 100, P: -100}),
    (payment(state=State.SETTLED), State.RETURNED, {B: 100, P: -100}),
    (payment(Way.CASH, State.SETTLED), State.RETURNED, {C: 100, P: -100}),
    (payment(advance=True), State.SENT, {A: 100, W: -100}),
    (payment(Way.CASH, advance=True), State.SETTLED, {A: 100, C: -100})])
def test_what_a_step_books(one, state, legs):
    assert booked(legs_of(one, state)) == legs


@pytest.mark.parametrize(("left", "legs"), [
    (100, {B: 100, A: -100}), (500, {B: 100, A: -100}), (30, {B: 100, A: -30, P: -70}), (0, {B: 100, P: -100}),
    (-5, {B: 100, P: -100})])
def test_a_returned_advance_is_owed_again_as_far_as_it_was_set_off(left, legs):
    assert booked(legs_of(payment(state=State.SETTLED, advance=True), State.RETURNED, left)) == legs


@pytest.mark.parametrize(("owed", "advance", "cents"), [(100, 30, 30), (30, 100, 30), (0, 50, 0), (-10, 50, 0), (50, -1, 0)])
def test_the_smaller_of_debt_and_advance_is_set_off(owed, advance, cents):
    assert booked(set_off_legs("D1", owed, advance)) == ({P: cents, A: -cents} if cents else {})


def test_what_is_free_is_never_below_zero():
    assert (free_to_pay(100, 30), free_to_pay(30, 100)) == (70, 0)


@pytest.mark.parametrize(("wanted", "code", "field", "values"), [
    ([], "nothing_to_pay", "take", {}), ([("a", 0)], "sum_zero", "sum_a", {}), ([("a", -1)], "sum_zero", "sum_a", {}),
    ([("a", 101)], "paid_too_much", "sum_a", {"free_cents": 100}), ([("b", 1)], "paid_too_much", "sum_b", {"free_cents": 0}),
    ([("a", 1), ("a", 1)], "paid_twice", "", {})])
def test_sums_that_cannot_be(wanted, code, field, values):
    with pytest.raises(Refused) as refused:
        check_sums(wanted, {"a": 100})
    assert (refused.value.code, refused.value.field, refused.value.values) == (code, field, values)


def test_a_part_and_the_whole_can_be_paid():
    check_sums([("a", 100), ("b", 1)], {"a": 100, "b": 5})


@pytest.mark.parametrize(("dues", "covered", "left"), [
    ([(OCT, 100), (NOV, 50)], 0, {OCT: 100, NOV: 50}), ([(NOV, 50), (OCT, 100)], 100, {OCT: 0, NOV: 50}),
    ([(OCT, 100), (NOV, 50)], 120, {OCT: 0, NOV: 30}), ([(OCT, 100), (OCT, 20)], 110, {OCT: 10}),
    ([(OCT, 100), (NOV, -40), (DEC, 10)], 60, {OCT: 0, NOV: 0, DEC: 10}), ([(OCT, 100)], 500, {OCT: 0}),
    ([(OCT, 100)], -5, {OCT: 100})])
def test_money_covers_the_oldest_month_first(dues, covered, left):
    assert still_due([Due(*one) for one in dues], covered) == left


@pytest.mark.parametrize(("name", "written"), [
    ("Ąžuolas Čėplė-Šūkis", "Ąžuolas Čėplė-Šūkis"), ("ąčęėįšųūž ĄČĘĖĮŠŲŪŽ", "ąčęėįšųūž ĄČĘĖĮŠŲŪŽ"),
    ('VšĮ „Rytas & Co" <x>', "VšĮ Rytas + Co (x)"), ("Jean d'Arc", "Jean d Arc"), ("Łukasz Ørsted ß", "Lukasz Orsted ss"),
    ("José Müller ñ", "Jose Muller n"), ("Жанна Щука", "Žanna Ščuka"), ("A\u0328nna", "Ąnna"), ("a\tb\nc", "a b c"),
    ("//x", "x"), ("日本", ""), ("🙂", ""), ("a_b;c–d", "a-b,c-d"), ("  a  b ", "a b"), ("Ưu", "Uu"),
    ("Ǿivind", "Oivind"), ("Жук", "Žuk"), ("a[b]{c}—d", "a(b)(c)-d"), ("/-a/-", "a/-")])
def test_a_bank_reads_names_in_its_own_letters(name, written):
    assert bank_text(name) == written


def test_a_long_name_ends_at_a_word():
    assert bank_text("Ąžuolas " * 12) == "Ąžuolas " * 7 + "Ąžuolas"
    assert bank_text("ą" * 100) == "ą" * MOST_NAME
    assert bank_text("a " + "b" * 100) == "a " + "b" * 68


@given(st.text(max_size=200))
def test_whatever_is_typed_the_bank_can_write_it(text):
    found = bank_text(text)
    assert len(found) <= MOST_NAME
    assert found == bank_text(found) == found.strip()
    assert not set(found) & set("&<>\"'\n\t;")


def test_notes_and_coins_are_counted_together():
    assert to_fetch([]) == ()
    assert to_fetch([15000, 15001]) == (Stack(10000, 2), Stack(5000, 2), Stack(1, 1))
    assert [one.cents for one in to_fetch([15000])] == [10000, 5000]


@given(st.lists(st.integers(1, 100_000), max_size=20))
def test_what_is_fetched_is_what_is_paid(sums):
    assert sum(one.cents for one in to_fetch(sums)) == sum(sums)
