"""What must hold of any month, tried by Hypothesis on random histories."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.canonical import canonical, canonical_result, inputs_from_canonical, result_from_canonical
from ledger.core.people import Person
from ledger.core.production import Lot
from ledger.core.stipends import Inputs, Result, calculate
from tests import histories
from tests.test_core_october import shuffled

seeds = st.integers(0, 10**9)


def last_month(seed: int) -> tuple[Inputs, histories.Driver]:
    """The last month of a history, its earlier ones approved."""
    history = histories.history(seed)
    driver = histories.Driver(history.terms.scheme(), history.people)
    for booked in history.months[:-1]:
        driver.month(booked)
    return driver.inputs(history.months[-1]), driver


def worked(seed: int) -> tuple[Inputs, histories.Driver, Result]:
    inputs, driver = last_month(seed)
    return inputs, driver, calculate(inputs, driver.scheme)


@given(seeds)
@settings(deadline=None)
def test_the_identity_holds_and_nobody_is_below_zero(seed: int) -> None:
    _, _, result = worked(seed)
    assert result.identity.holds
    assert result.identity.from_reserve >= 0 <= result.identity.to_reserve
    assert all(person.total >= 0 <= person.debt for person in result.people)
    assert all(sum(line.cents for line in person.lines) == person.total for person in result.people)


@given(seeds)
@settings(deadline=None)
def test_every_line_is_within_a_cent_of_its_quota(seed: int) -> None:
    _, _, result = worked(seed)
    assert all(abs(line.cents - line.quota) < 1 for person in result.people for line in person.lines)


@given(seeds, st.integers(0, 1000))
@settings(deadline=None)
def test_the_order_of_rows_means_nothing(seed: int, mix: int) -> None:
    inputs, driver, result = worked(seed)
    mixed = shuffled(inputs, mix)
    assert canonical(mixed, driver.scheme) == canonical(inputs, driver.scheme)
    assert canonical_result(calculate(mixed, driver.scheme)) == canonical_result(result)


@given(seeds)
@settings(deadline=None)
def test_doubling_all_weights_changes_nothing(seed: int) -> None:
    inputs, driver, result = worked(seed)

    def doubled(lot: Lot) -> Lot:
        return replace(lot, makers=tuple(replace(maker, weight=2 * maker.weight) for maker in lot.makers))

    again = calculate(replace(inputs, lots=tuple(doubled(lot) for lot in inputs.lots)), driver.scheme)
    assert (again.people, again.identity) == (result.people, result.identity)


@given(seeds, st.sampled_from(["D0", "D1", "D5", "D99"]))
@settings(deadline=None)
def test_somebody_who_was_not_there_changes_nobody(seed: int, number: str) -> None:
    inputs, driver, result = worked(seed)
    stranger = Person("stranger", number, date(2020, 1, 1))
    again = calculate(replace(inputs, people=(stranger, *inputs.people)), driver.scheme)
    assert tuple(person for person in again.people if person.person != "stranger") == result.people
    assert sum(person.total for person in again.people if person.person == "stranger") == 0
    assert again.identity == result.identity


@given(seeds)
@settings(deadline=None)
def test_every_cent_leads_to_lines_and_lots_and_back(seed: int) -> None:
    inputs, _, result = worked(seed)
    shared = sum((Fraction(line.amounts.shared) for line in result.lines), Fraction(0))
    late = sum((one.unassigned for one in result.late), Fraction(0))
    unassigned = sum((line.unassigned for line in result.lines), Fraction(0))
    assert shared == sum((row.cents for row in result.traced), Fraction(0)) + unassigned + late
    known = {line.key for line in inputs.lines} | {one.line.key for one in inputs.earlier}
    lots = {lot.key for lot in inputs.lots}
    assert all(row.line in known and row.lot in lots for row in result.traced)


@given(seeds)
@settings(deadline=None)
def test_made_is_sold_and_in_stock(seed: int) -> None:
    inputs, _, result = worked(seed)
    taken = dict.fromkeys(result.left, 0)
    for one in result.matches:
        if one.lot:
            taken[one.lot] += one.quantity
    assert all(lot.left == taken[lot.key] + result.left[lot.key] for lot in inputs.lots)
    assert all(0 <= result.left[lot.key] <= lot.good for lot in inputs.lots)


@given(seeds)
@settings(deadline=None)
def test_frozen_values_read_back_equal(seed: int) -> None:
    inputs, driver, result = worked(seed)
    again, scheme = inputs_from_canonical(canonical(inputs, driver.scheme))
    assert (canonical_result(calculate(again, scheme)), scheme) == (canonical_result(result), driver.scheme)
    assert result_from_canonical(canonical_result(result)) == result
