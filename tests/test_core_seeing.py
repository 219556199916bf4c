"""Sums of what was made and sold, shares, and what an hour of work brings."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.seeing import (
    By,
    Fact,
    Period,
    Sums,
    by_period,
    by_product,
    per_hour,
    period_of,
    periods_until,
    share,
    worked,
)

MONDAY = date(2026, 11, 16)
days = st.dates(date(2015, 1, 1), date(2030, 12, 31))
numbers = st.integers(-10**9, 10**9)
facts = st.lists(st.builds(Fact, st.integers(1, 4), days, st.builds(Sums, numbers, numbers, numbers, numbers, numbers)))


@pytest.mark.parametrize(("day", "by", "first", "last"), [
    (MONDAY, By.WEEK, MONDAY, date(2026, 11, 22)),
    (date(2026, 11, 22), By.WEEK, MONDAY, date(2026, 11, 22)),
    (date(2027, 1, 1), By.WEEK, date(2026, 12, 28), date(2027, 1, 3)),  # the ISO week 53 of 2026
    (date(2028, 2, 10), By.MONTH, date(2028, 2, 1), date(2028, 2, 29)),
])
def test_a_day_lies_in_its_iso_week_or_month(day, by, first, last):
    assert period_of(day, by) == Period(first, last)


@given(days, st.sampled_from(By), st.integers(1, 30))
def test_periods_follow_each_other_without_a_gap(day, by, count):
    found = periods_until(day, by, count)
    assert len(found) == count
    assert found[-1].first <= day <= found[-1].last
    assert all(one.last + timedelta(days=1) == other.first for one, other in pairwise(found))


@given(facts, days, st.sampled_from(By))
def test_what_is_summed_by_periods_is_what_happened_in_them(given_facts, until, by):
    periods = periods_until(until, by, 12)
    inside = [one for one in given_facts if periods[0].first <= one.day <= periods[-1].last]
    whole = sum((one.sums for one in inside), Sums())
    assert sum(by_period(given_facts, periods, by), Sums()) == whole
    assert sum(by_product(inside).values(), Sums()) == whole


@pytest.mark.parametrize(("part", "whole", "found"), [
    (1, 8, 12_500), (1, 3, 33_300), (2, 3, 66_700), (1, 2000, 100), (3, 2, 150_000), (0, 5, 0), (1, 0, None), (-1, 4, -25_000)])
def test_a_share_is_told_to_a_tenth_of_a_percent(part, whole, found):
    assert share(part, whole) == found


def test_after_materials_an_hour_may_cost_more_than_it_brings():
    assert Sums(net=500, materials=800).left == -300
    assert per_hour(-300, Fraction(40)) == -450
    assert per_hour(100, Fraction(0)) is None


@pytest.mark.parametrize(("cents", "minutes", "found"), [(1, Fraction(120), 1), (-1, Fraction(120), -1), (1, Fraction(121), 0),
                                                         (1000, Fraction(90), 667)])
def test_half_a_cent_an_hour_is_rounded_away_from_zero(cents, minutes, found):
    assert per_hour(cents, minutes) == found


@given(numbers, st.fractions(min_value=Fraction(1, 60), max_value=10**6))
def test_an_hour_is_within_half_a_cent(cents, minutes):
    found = per_hour(cents, minutes)
    assert found is not None
    assert abs(found - cents * 60 / minutes) <= Fraction(1, 2)


hands = st.lists(st.tuples(
    st.integers(1, 3), st.integers(1, 30), st.just(False), st.just(1000), st.integers(1, 4), st.just(240)))


@given(hands)
def test_days_divided_among_lots_are_the_whole_days(found):
    days = {day for _product, _lot, _own, _weight, day, _attended in found}
    assert sum((one.minutes for one in worked(found).values()), Fraction(0)) == 240 * len(days)


def test_a_lot_with_its_own_minutes_leaves_the_rest_to_the_others():
    others = [(2, 2, False, 1000, 7, 240), (3, 3, False, 1000, 7, 240)]
    found = worked([(1, 1, True, 90_000, 7, 240), *others])
    assert [found[product].minutes for product in (1, 2, 3)] == [90, 75, 75]
    more = worked([(1, 1, True, 300_000, 7, 240), *others])
    assert [more[product].minutes for product in (1, 2, 3)] == [300, 0, 0]


@pytest.mark.parametrize(("own", "weight", "attended", "unknown"), [
    (False, 1000, 240, 0), (False, 1000, None, 1), (False, 1000, 0, 1), (True, 60_000, None, 0), (False, None, None, 1)])
def test_time_is_unknown_when_somebody_s_is(own, weight, attended, unknown):
    found = worked([(1, 1, own, weight, 7 if attended else None, attended), (1, 2, False, 1000, 8, 60)])
    assert (found[1].lots, found[1].unknown) == (2, unknown)


def test_sums_of_a_product_hold_everything_of_it():
    found = [Fact(1, MONDAY, Sums(good=1, materials=2)), Fact(2, MONDAY, Sums(sold=7)), Fact(1, MONDAY, Sums(good=2, materials=3))]
    assert by_product(found) == {1: Sums(good=3, materials=5), 2: Sums(sold=7)}
    assert (share(1, 1), share(0, 1), share(1, 0)) == (100_000, 0, None)


def test_minutes_that_lots_say_themselves_add_up_and_leave_the_rest():
    assert worked([(1, 1, True, 3000, 7, 60), (1, 2, True, 4000, 7, 60)])[1].minutes == 7
    rest = worked([(1, 1, True, 59_999, 7, 60), (2, 2, False, 1000, 7, 60)])
    assert (rest[1].minutes, rest[2].minutes) == (Fraction(59_999, 1000), Fraction(1, 1000))
    without_makers = worked([(1, 1, True, None, 7, 60), (2, 2, False, 1000, 7, 60)])
    assert (without_makers[1].minutes, without_makers[2].minutes) == (0, 60)


def test_every_lot_of_unknown_time_is_counted():
    found = worked([(1, 1, False, None, None, None), (1, 2, False, None, None, None), (1, 3, False, 1000, 7, None)])
    assert (found[1].lots, found[1].unknown, found[1].minutes) == (3, 3, 0)
