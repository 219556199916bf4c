"""What must hold of any month under any scheme, tried by Hypothesis on random workshops; and a naive calculation that fails."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.canonical import canonical, canonical_result
from ledger.core.people import Person
from ledger.core.schemes import Scheme
from ledger.core.stipends import Inputs, Result, calculate
from tests import plain_months, random_workshops, twice
from tests.random_workshops import Driver, Workshop

seeds = st.integers(0, 10**9)
DIVIDED = ("share", "traced")


def changed(data: object, change: Callable[[str, str], object], key: str = "") -> object:
    """A scheme's data with every text changed by what `change` makes of its key and itself."""
    if isinstance(data, dict):
        return {name: changed(value, change, name) for name, value in data.items()}
    if isinstance(data, list):
        return [changed(value, change, key) for value in data]
    return change(key, data) if isinstance(data, str) else data


def last_month(made: Workshop) -> tuple[Inputs, Scheme]:
    """The last month of a workshop, its earlier ones approved, with its scheme."""
    schemes = [twice.read(*one) for one in made.schemes]
    driver = Driver(schemes[0], made)
    for booked, scheme in zip(made.months[:-1], schemes, strict=False):
        driver.scheme = scheme
        driver.month(booked)
    return driver.inputs(made.months[-1]), schemes[-1]


@lru_cache(maxsize=4)
def worked(seed: int) -> tuple[Inputs, Scheme, Result]:
    inputs, scheme = last_month(random_workshops.workshop(seed))
    return inputs, scheme, calculate(inputs, scheme)


def money(result: Result) -> dict:
    """What everybody gets, line by line, and the month's sums."""
    return {name: value for name, value in twice.told(result).items() if name != "left"}


def pots(result: Result) -> list[tuple[int, int]]:
    """Each sum that was divided (in whole steps), and what was given of it."""
    sums: defaultdict[tuple, int] = defaultdict(int)
    for line in (line for person in result.people for line in person.lines if line.kind in DIVIDED):
        told = line.numbers
        total = int(told["sum"]) - int(told["sum"]) % int(told["step"])
        sums[line.part, line.payer, told.get("since"), total] += line.cents
    return [(one[-1], given_of_it) for one, given_of_it in sums.items()]


@given(seeds)
@settings(deadline=None)
def test_sums_are_exact_and_nobody_is_below_zero(seed: int) -> None:
    _, _, result = worked(seed)
    assert result.identity.holds
    assert result.identity.from_reserve >= 0 <= result.identity.to_reserve
    assert all(person.total == sum(line.cents for line in person.lines) >= 0 <= person.debt for person in result.people)
    assert all(total == divided for total, divided in pots(result))
    assert all(0 <= one.after == max(0, one.before + one.fed - one.paid) for one in result.funds)


@given(seeds)
@settings(deadline=None)
def test_every_line_is_within_a_step_of_its_quota(seed: int) -> None:
    _, scheme, result = worked(seed)
    versions = [one for one in (scheme, scheme.before) if one]
    steps = {(part.key, part.kind): part.rounding.step for one in reversed(versions) for part in one.parts}
    for line in (line for person in result.people for line in person.lines):
        if line.kind == "absence":
            assert abs(line.cents - line.quota) <= max(step for (key, _), step in steps.items() if key == line.part)
        else:
            both = [part.rounding.step for one in versions for part in one.parts if (part.key, part.kind) == (line.part, line.kind)]
            assert abs(line.cents - line.quota) < max(both, default=1)


@given(seeds, st.integers(0, 1000))
@settings(deadline=None)
def test_the_order_of_rows_means_nothing(seed: int, order: int) -> None:
    inputs, scheme, result = worked(seed)
    mix = random.Random(order)

    def mixed(rows: tuple) -> tuple:
        return tuple(mix.sample(rows, len(rows)))

    names = [name for name, value in vars(inputs).items() if isinstance(value, tuple)]
    again = replace(inputs, **{name: mixed(getattr(inputs, name)) for name in names})
    again = replace(again, lots=tuple(replace(lot, makers=mixed(lot.makers)) for lot in again.lots))
    assert canonical(again, scheme) == canonical(inputs, scheme)
    assert canonical_result(calculate(again, scheme)) == canonical_result(result)


@given(seeds)
@settings(deadline=None)
def test_doubling_every_weight_and_every_key_changes_nothing(seed: int) -> None:
    made = random_workshops.workshop(seed)
    inputs, _, result = worked(seed)

    def doubled(scheme: dict | None) -> dict | None:
        if scheme is None:
            return None
        parts = [{**part, "by": f"2 * ({part['by']})"} if part["kind"] == "share" else part for part in scheme["part"]]
        return {**scheme, "part": parts}

    scheme, before = made.schemes[-1]
    lots = tuple(replace(lot, makers=tuple(replace(maker, weight=2 * maker.weight) for maker in lot.makers)) for lot in inputs.lots)
    again = calculate(replace(inputs, lots=lots), twice.read(doubled(scheme), doubled(before)))
    assert money(again) == money(result)


@given(seeds, st.sampled_from(["D0", "D1", "D5", "D99"]), st.booleans())
@settings(deadline=None)
def test_somebody_who_is_not_here_changes_nothing_at_all(seed: int, number: str, left: bool) -> None:
    inputs, scheme, result = worked(seed)
    gone = inputs.month.first - timedelta(days=1) if left else None
    stranger = Person("stranger", number, date(2020, 1, 1) if left else inputs.month.end, gone)
    again = calculate(replace(inputs, people=(stranger, *inputs.people)), scheme)
    assert canonical_result(again) == canonical_result(result)


def for_those_who_come(key: str, text: str) -> str:
    """A scheme's text that counts neither heads nor days at home."""
    text = re.sub(r"\bpeople\b", "4", text)
    text = re.sub(r"\bone /", "days /", text)
    text = re.sub(r"\bone\b|\bdays\.(calendar|working)\b|\bvalue\.coef\b", "days", text)
    return "attended" if key == "presence" else text


@given(seeds, st.sampled_from(["D0", "D1", "D5", "D99"]))
@settings(deadline=None)
def test_somebody_who_never_came_changes_nobody(seed: int, number: str) -> None:
    made = random_workshops.workshop(seed)
    told = [tuple(changed(one, for_those_who_come) for one in pair) for pair in made.schemes]
    inputs, scheme = last_month(replace(made, schemes=tuple(told)))
    result = calculate(inputs, scheme)
    stranger = Person("stranger", number, date(2020, 1, 1))
    again = calculate(replace(inputs, people=(stranger, *inputs.people)), scheme)
    expected = money(result)
    expected["people"]["stranger"], expected["totals"]["stranger"] = {}, 0
    assert money(again) == expected


def test_naive_rounding_breaks_what_must_hold() -> None:
    """The control: each share rounded alone. Pots do not add up, in many a workshop; the engine's own always do."""
    broken = whole = 0
    for seed in range(80):
        made = random_workshops.workshop(seed)
        books = plain_months.Workshop(made.reserve, made.funds, naive=True)
        for booked, (scheme, before) in zip(made.months, made.schemes, strict=True):
            books.run(booked.month, made.people, booked, scheme, before)
        broken += any(total != divided for total, divided in books.pots)
        whole += all(total == divided for total, divided in pots(worked(seed)[2]))
    assert broken > 15
    assert whole == 80
