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


@pytest.mark.parametrize(("given", "code"), [
    ({"items": []}, "empty_basket"), ({"percent": 1000, "cents": 1}, "two_discounts"), ({"cents": 1001}, "discount_too_large"),
    ({"items": [Item(10**9, 10**8)]}, "basket_too_large")])
def test_a_basket_that_cannot_be_is_refused(given, code):
    with pytest.raises(Refused) as refused:
        till.bill(**{"items": [Item(1000, 1000)], "way": Way.CASH, **given})
    assert refused.value.code == code


def test_change_is_what_is_given_back_and_too_little_is_told():
    assert (till.change(1235, 2000), till.change(1235, 0)) == (765, 0)
    with pytest.raises(Refused):
        till.change(1235, 1230)


def test_open_sums_are_told_by_how_late_they_are():
    day = date(2026, 11, 21)
    late = {0: 1, 1: 10, 30: 100, 31: 1000, 60: 10_000, 61: 100_000, 90: 1_000_000, 91: 10_000_000}
    sums = [(date.fromordinal(day.toordinal() - days), cents) for days, cents in late.items()]
    assert till.by_age(sums, day) == (1, 110, 11_000, 1_100_000, 10_000_000)
