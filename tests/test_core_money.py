"""Rounding and dividing (calculation.md section 1)."""

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.money import (
    Given,
    Mode,
    Quota,
    Rounding,
    Stage,
    Why,
    divide,
    exact_sum,
    half_up,
    natural,
    rounded,
    staged,
    whole_steps,
)


def parts(*exact: F | int | str, month: int = 0, **more: int) -> list[int]:
    """What D1, D2 ... get."""
    quotas = [Quota(f"r{n}", f"D{n}", F(one)) for n, one in enumerate(exact, 1)]
    return [one.cents for one in divide(quotas, month, **more).given.values()]


@pytest.mark.parametrize(
    ("exact", "cents"), [("1/2", 1), ("-1/2", -1), ("49/100", 0), ("5/2", 3), ("-5/2", -3), ("3", 3)]
)
def test_half_a_cent_goes_away_from_zero(exact: str, cents: int) -> None:
    assert half_up(F(exact)) == cents


@pytest.mark.parametrize(
    ("mode", "step", "cents"),
    [
        (Mode.HALF_UP, 1, [3, -3, 2]),
        (Mode.UP, 1, [3, -3, 2]),
        (Mode.DOWN, 1, [2, -2, 2]),
        (Mode.HALF_EVEN, 1, [2, -2, 2]),
        (Mode.HALF_UP, 5, [5, -5, 0]),
        (Mode.UP, 5, [5, -5, 5]),
        (Mode.DOWN, 5, [0, 0, 0]),
        (Mode.HALF_EVEN, 5, [0, 0, 0]),
    ],
)
def test_a_scheme_may_round_otherwise(mode: Mode, step: int, cents: list[int]) -> None:
    assert [rounded(F(exact), Rounding(mode, step)) for exact in ("5/2", "-5/2", "2")] == cents


def test_half_even_takes_the_even_step() -> None:
    assert [rounded(F(exact), Rounding(Mode.HALF_EVEN, 5)) for exact in ("15/2", "25/2", "-15/2")] == [10, 10, -10]


@pytest.mark.parametrize(("exact", "stages", "number"), [
    ("1.234567", [], "1.234567"),
    ("1.234567", [(Mode.DOWN, "0.00001")], "1.23456"),
    ("1.234561", [(Mode.DOWN, "0.00001"), (Mode.UP, "0.0001")], "1.2346"),
    ("1.2345", [(Mode.DOWN, "0.00001"), (Mode.UP, "0.0001")], "1.2345"),
    ("1.2345", [(Mode.UP, "0.0001"), (Mode.HALF_UP, "0.1")], "1.2"),
    ("1.245", [(Mode.HALF_EVEN, "0.01"), (Mode.HALF_UP, "0.1")], "1.2"),
    ("1.245", [(Mode.HALF_UP, "0.01"), (Mode.HALF_UP, "0.1")], "1.3"),
    ("1024", [(Mode.UP, "50")], "1050"), ("-1024", [(Mode.DOWN, "50")], "-1000"), ("1025", [(Mode.HALF_UP, "50")], "1050"),
])
def test_a_rate_is_rounded_stage_by_stage(exact: str, stages: list[tuple[Mode, str]], number: str) -> None:
    assert staged(F(exact), [Stage(mode, F(step)) for mode, step in stages]) == F(number)


@pytest.mark.parametrize(("mode", "steps"), [
    (Mode.HALF_UP, [3, 2, -3, 0, 0]), (Mode.UP, [3, 3, -3, 0, 1]), (Mode.DOWN, [2, 2, -2, 0, 0]),
    (Mode.HALF_EVEN, [2, 2, -2, 0, 0]),
])
def test_whole_steps(mode: Mode, steps: list[int]) -> None:
    assert [whole_steps(F(exact), mode) for exact in ("5/2", "7/3", "-5/2", "0", "1/3")] == steps


def test_numbers_sort_as_a_person_would() -> None:
    assert sorted(["D10", "D2", "D1b", "D1", "10", "9", "E1"], key=natural) == [
        "9",
        "10",
        "D1",
        "D1b",
        "D2",
        "D10",
        "E1",
    ]


def test_numbers_may_begin_with_any_letter() -> None:
    assert sorted(["X10", "X9", "x1", "Ž2", "1X"], key=natural) == ["1X", "X9", "X10", "x1", "Ž2"]


def test_who_should_get_nothing_is_told_so() -> None:
    division = divide([Quota("a", "D1", F(0)), Quota("b", "D2", F(3, 2)), Quota("c", "D3", F(3, 2))], 0)
    assert division.given["a"] == Given(0, 0, F(0), False, Why.WHOLE)
    assert (division.total, division.carried, division.leftover) == (3, 0, 1)


def test_leftover_cents_go_to_the_largest_fractions() -> None:
    assert parts("10.7", "10.6", "10.4", "10.3") == [11, 11, 10, 10]


def test_the_floor_of_a_minus_is_below_it() -> None:
    assert parts("-30.2", "-30.9", "-0.9") == [-30, -31, -1]


@pytest.mark.parametrize(
    ("month", "expected"), [(0, [1, 0, 0]), (1, [0, 1, 0]), (2, [0, 0, 1]), (12 * 2026 + 10, [0, 1, 0])]
)
def test_a_tie_starts_at_the_months_turn(month: int, expected: list[int]) -> None:
    assert parts("1/3", "1/3", "1/3", month=month) == expected


def test_the_turn_wraps_round() -> None:
    assert parts("2/3", "2/3", "2/3", month=2) == [1, 0, 1]


def test_ties_stand_in_natural_order_of_numbers() -> None:
    quotas = [Quota("a", "D10", F(1, 2)), Quota("b", "D2", F(1, 2))]
    assert divide(quotas, 0).given["b"].cents == 1


def test_only_those_tied_for_the_last_take_turns() -> None:
    assert parts("0.9", "0.3", "0.3", "0.5", month=1) == [1, 0, 0, 1]


def test_who_gets_nothing_is_never_among_the_tied() -> None:
    """With zeros among the tied the turn 4 mod 4 = 0 would fall on D1, with the two alone it is D2's."""
    assert parts(0, "1/2", 0, "1/2", month=4) == [0, 1, 0, 0]
    assert parts(0, 0) == [0, 0]


def test_one_cent_for_sixty_people() -> None:
    given = parts(*["1/60"] * 60, month=61)
    assert (sum(given), given[1]) == (1, 1)


def test_steps_carry_what_is_less_than_a_step() -> None:
    quotas = [Quota("a", "D1", F(1234)), Quota("b", "D2", F(777))]
    division = divide(quotas, 0, step=100)
    assert ([one.cents for one in division.given.values()], division.carried) == ([1200, 800], 11)
    assert [(one.whole, one.extra) for one in division.given.values()] == [(1200, False), (700, True)]


def test_every_leftover_cent_says_why() -> None:
    quotas = [Quota(str(n), f"D{n}", F(exact)) for n, exact in enumerate(("0.9", "0.3", "0.3", "0.2", "2", "0.3"))]
    division = divide(quotas, 1)
    assert [one.why for one in division.given.values()] == [
        Why.LARGER,
        Why.TIE_LOST,
        Why.TIE_WON,
        Why.SMALLER,
        Why.WHOLE,
        Why.TIE_LOST,
    ]
    won = division.given["2"]
    assert (won.whole, won.fraction, won.extra, won.tied, won.start, won.place) == (0, F(3, 10), True, 3, 1, 1)


def test_a_total_that_is_not_the_sum_is_refused() -> None:
    for total in (-1, 2):
        with pytest.raises(ValueError, match=r"^the total is not the sum of the quotas$"):
            parts("0.5", 0, total=total)


def test_a_person_stands_once() -> None:
    with pytest.raises(ValueError, match=r"^a person stands twice among the quotas$"):
        divide([Quota("a", "D1", F(1)), Quota("a", "D1", F(1))], 0)


fractions = st.fractions(min_value=-1000, max_value=1000, max_denominator=60)


@given(st.lists(fractions, max_size=12), st.integers(0, 30000), st.sampled_from([1, 5, 100]))
def test_the_parts_add_up_and_nobody_is_a_step_away(exact: list[F], month: int, step: int) -> None:
    quotas = [Quota(f"r{n}", f"D{n}", one) for n, one in enumerate(exact)]
    division = divide(quotas, month, step=step)
    assert (
        sum(one.cents for one in division.given.values()) + division.carried
        == division.total
        == half_up(sum(exact, F(0)))
    )
    assert 0 <= division.carried < step
    assert all(abs(division.given[one.person].cents - one.exact) < step for one in quotas)
    assert all(division.given[one.person].cents == 0 for one in quotas if one.exact == 0)


@given(st.lists(fractions, min_size=1, max_size=8), st.integers(0, 30000), st.randoms())
def test_order_means_nothing_and_a_stranger_with_nothing_changes_nobody(exact: list[F], month: int, mix) -> None:
    quotas = [Quota(f"r{n}", f"D{n}", one) for n, one in enumerate(exact)]
    given = divide(quotas, month).given
    more = [*quotas, Quota("stranger", "D0", F(0))]
    mix.shuffle(more)
    assert {ref: one for ref, one in divide(more, month).given.items() if ref != "stranger"} == given


@given(st.lists(fractions, max_size=30))
def test_the_quick_sum_is_exact(exact: list[F]) -> None:
    assert exact_sum(exact) == sum(exact, F(0))
