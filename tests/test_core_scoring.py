"""How goals are scored: attainment without a float, the share done alone, and the text that says which."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.goals import attainment, independence, read_scoring
from ledger.core.schemes import SchemeRefused

RHO = Fraction("0.3")
GOALS = st.lists(st.tuples(st.integers(-2, 2), st.integers(1, 9)), min_size=1, max_size=8)


@given(GOALS, st.sampled_from([Fraction(0), RHO, Fraction(1)]))
def test_the_whole_number_comparison_says_what_fifty_digits_say(goals: list[tuple[int, int]], rho: Fraction) -> None:
    scores, weights = [score for score, _ in goals], [weight for _, weight in goals]
    with localcontext() as long:
        long.prec = 50
        spread = (1 - rho) * sum(weight**2 for weight in weights) + rho * sum(weights) ** 2
        root = (Decimal(spread.numerator) / spread.denominator).sqrt()
        exact = 50 + 10 * sum(weight * score for score, weight in goals) / root
        expected = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    assert attainment(scores, weights, rho) == Fraction(expected)


@given(GOALS)
def test_doubling_weights_changes_nothing(goals: list[tuple[int, int]]) -> None:
    scores, weights = [score for score, _ in goals], [weight for _, weight in goals]
    assert attainment(scores, weights, RHO) == attainment(scores, [2 * weight for weight in weights], RHO)


def test_a_half_is_rounded_away_from_zero_on_both_sides_of_fifty() -> None:
    # 10 x / 16 = 0.625 for a weighted score of 1 over a root of 16
    weights = [1, 15]
    assert attainment([1, 0], weights, Fraction(1)) == Fraction("50.63")
    assert attainment([-1, 0], weights, Fraction(1)) == Fraction("49.38")


def test_a_score_below_nothing_is_rounded_away_from_zero_too() -> None:
    assert attainment([-2] * 49, [1] * 49, Fraction(0)) == -90
    assert attainment([-2] * 31, [1] * 31, Fraction(0)) == Fraction("-61.36")
    scores = [-2] * 7 + [-1]
    assert attainment(scores, [3, 5, 5, 7, 7, 7, 7, 1], Fraction(0)) == Fraction("-1.88")  # 50 - 10 x 83 / 16, halfway
    assert attainment(scores, [827, 688, 480, 816, 393, 653, 662, 963], Fraction(0)) == Fraction("-0.01")  # 50 - 10 x 10001 / 2000


def test_what_is_missing_is_left_out_and_nothing_is_no_score() -> None:
    assert attainment([1, None, 1], [1, 7, 1], RHO) == attainment([1, 1], [1, 1], RHO)
    assert attainment([None], [1], RHO) is None
    assert attainment([1, 2], [1, 0], Fraction(0)) == attainment([1], [1], Fraction(0)) == 60
    assert independence(["not tried"], ["alone"], ["not tried"]) is None


@pytest.mark.parametrize(("scores", "weights", "rho"), [
    ([3], [1], RHO), ([1], [-1], RHO), ([1, 1], [1], RHO), ([1], [1], Fraction(2))])
def test_what_is_no_score_is_not_scored(scores: list[int], weights: list[int], rho: Fraction) -> None:
    with pytest.raises(ValueError, match=r"^(rho lies|scores lie|zip)"):
        attainment(scores, weights, rho)


def test_levels_weigh_the_same_unless_something_else_is_said() -> None:
    scoring = read_scoring({"kind": "attainment", "rho": "3/10"})
    assert scoring.score([1, None, -1, 2]) == attainment([1, -1, 2], [1, 1, 1], RHO)
    assert scoring.score([1, None, -1, 2], [3, 1, 1, 1]) == attainment([1, -1, 2], [3, 1, 1], RHO)


FORM = "scheme_table_form"


@pytest.mark.parametrize(("text", "places"), [
    ({"kind": "attainment"}, {"rho": "scheme_key_missing"}),
    ({"kind": "attainment", "rho": "1.5"}, {"rho": "scheme_number_over"}),
    ({"kind": "independence"}, {"independent": "scheme_key_missing"}),
    *(({"kind": "independence", "independent": words}, {"independent": FORM}) for words in ([], "alone", ["alone", " "], [5])),
    ({"kind": "guess", "rho": "0.3", "colour": "red"}, {"kind": "scheme_choice", "colour": "scheme_key_unknown"}),
])
def test_a_scoring_that_says_something_else_is_refused_with_its_place(text: dict[str, object], places: dict[str, str]) -> None:
    with pytest.raises(SchemeRefused) as refused:
        read_scoring(text)
    assert {fault.place: fault.code for fault in refused.value.faults} == places
