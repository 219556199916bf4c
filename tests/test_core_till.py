"""What a basket comes to: discounts and rounding add up to the cent."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import till
from ledger.core.faults import Refused
from ledger.core.till import Item, Way

ITEMS = st.lists(st.builds(Item, st.integers(1, 500).map(lambda n: n * 250), st.integers(0, 20_000)), min_size=1, max_size=40)


@given(ITEMS, st.sampled_from(Way), st.integers(0, 100_000))
def test_a_discount_in_percent_adds_up_over_the_lines(items, way, percent):
    told = till.bill(items, way, percent=percent)
    assert sum(told.offs) == told.off
    assert abs(told.off * 100_000 - told.gross * percent) * 2 <= 100_000
    assert all(0 <= off <= gross for off, gross in zip(told.offs, told.grosses, strict=True))
    assert told.total == sum(gross - off for gross, off in zip(told.grosses, told.offs, strict=True))


@given(ITEMS, st.data())
def test_a_discount_of_a_sum_is_given_to_the_cent(items, data):
    whole = till.bill(items, Way.CARD).gross
    cents = data.draw(st.integers(0, whole))
    told = till.bill(items, Way.CARD, cents=cents)
    assert (told.off, told.payable) == (cents, whole - cents)
    exact = [cents * gross for gross in told.grosses]
    assert all(abs(off * whole - quota) < max(whole, 1) for off, quota in zip(told.offs, exact, strict=True))


@given(st.integers(-10_000, 10_000))
def test_only_cash_is_rounded_to_the_nearest_five_cents(cents):
    assert till.rounded_cash(cents) % 5 == 0
    assert abs(till.rounded_cash(cents) - cents) <= 2
    assert till.rounded_cash(-cents) == -till.rounded_cash(cents)


@pytest.mark.parametrize(("cents", "paid"), [(1002, 1000), (1003, 1005), (1004, 1005), (1006, 1005), (1007, 1005), (1008, 1010),
                                             (1009, 1010), (-1003, -1005)])
def test_the_law_rounds_the_total_so(cents, paid):
    assert till.rounded_cash(cents) == paid


@pytest.mark.parametrize(("given", "code", "at", "values"), [
    ({"items": []}, "empty_basket", "basket", {}), ({"items": [Item(1000, 5), Item(0, 5)]}, "not_above_zero", "basket", {}),
    ({"percent": 1000, "cents": 1}, "two_discounts", "discount_cents", {}),
    ({"cents": 1001}, "discount_too_large", "discount_cents", {"whole_cents": 1000}),
    ({"items": [Item(10**9, 10**8)]}, "basket_too_large", "basket", {})])
def test_a_basket_that_cannot_be_is_refused_at_its_place(given, code, at, values):
    with pytest.raises(Refused) as refused:
        till.bill(**{"items": [Item(1000, 1000)], "way": Way.CASH, **given})
    assert (refused.value.code, refused.value.field, dict(refused.value.values)) == (code, at, values)


def test_a_basket_at_its_limits_is_sold():
    assert till.bill([Item(1000, 1000)], Way.CARD, cents=1000).total == 0
    assert till.bill([Item(1000, till.MOST_TOTAL)], Way.CARD).total == till.MOST_TOTAL
    assert till.bill([Item(1, 1000)], Way.CARD).total == 1


def test_only_cash_is_rounded():
    items = [Item(1000, 1003)]
    assert [till.bill(items, way).payable for way in (Way.CASH, Way.CARD, Way.TRANSFER)] == [1005, 1003, 1003]
    assert [till.bill(items, way).rounding for way in (Way.CASH, Way.CARD)] == [2, 0]


def test_the_last_cents_of_a_discount_go_to_the_first_lines():
    assert till.divided(10, [1, 1, 1]) == (4, 3, 3)
    assert till.divided(11, [1, 1, 1]) == (4, 4, 3)
    assert till.divided(0, [5, 5]) == till.divided(7, [0, 0]) == (0, 0)


def test_a_shop_keeps_its_percent_rounded_half_up():
    assert (till.commission(1005, 10_000), till.commission(1004, 10_000), till.commission(999, 0)) == (101, 100, 0)


def test_change_is_what_is_given_back_and_too_little_is_told():
    assert (till.change(1235, 2000), till.change(1235, 1235), till.change(1235, 0)) == (765, 0, 0)
    with pytest.raises(Refused) as refused:
        till.change(1235, 1230)
    assert (refused.value.code, refused.value.field) == ("given_too_little", "given")
    assert dict(refused.value.values) == {"payable_cents": 1235}


def test_open_sums_are_told_by_how_late_they_are():
    day = date(2026, 11, 21)
    late = {0: 1, 1: 10, 30: 100, 31: 1000, 60: 10_000, 61: 100_000, 90: 1_000_000, 91: 10_000_000}
    sums = [(date.fromordinal(day.toordinal() - days), cents) for days, cents in late.items()]
    assert till.by_age(sums, day) == (1, 110, 11_000, 1_100_000, 10_000_000)
