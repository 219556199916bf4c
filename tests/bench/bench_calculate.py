"""How long a month's calculation takes: October, and 60, 600 and 6000 people (make bench prints it)."""

import time
from dataclasses import replace

import pytest

from ledger.core.canonical import canonical_result
from ledger.core.production import Lot, Share
from ledger.core.sales import SaleLine
from ledger.core.stipends import Inputs, calculate
from tests import october


def crowd(times: int) -> Inputs:
    """October so many times side by side: other people, products, documents and lots each time."""
    one = october.inputs()
    copies = range(times)
    return replace(
        one,
        people=tuple(
            replace(row, ref=f"{row.ref}-{n}", number=f"{row.number}-{n}") for n in copies for row in one.people
        ),
        attendance=tuple(replace(row, person=f"{row.person}-{n}") for n in copies for row in one.attendance),
        lots=tuple(_lot(row, n) for n in copies for row in one.lots),
        lines=tuple(_line(row, n) for n in copies for row in one.lines),
    )


def _lot(lot: Lot, n: int) -> Lot:
    makers = tuple(Share(f"{maker.person}-{n}", maker.weight + 7 * n) for maker in lot.makers)
    return replace(
        lot, key=f"{lot.key}-{n}", number=f"{lot.number}-{n}", product=f"{lot.product}-{n % 50}", makers=makers
    )


def _line(line: SaleLine, n: int) -> SaleLine:
    return replace(line, key=f"{line.key}-{n}", document=f"{line.document}-{n}", product=f"{line.product}-{n % 50}",
                   returns=line.returns and f"{line.returns}-{n}")


def best_of(inputs: Inputs, rounds: int) -> float:
    scheme = october.scheme()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        calculate(inputs, scheme)
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.bench
def test_october() -> None:
    inputs = october.inputs()
    result = calculate(inputs, october.scheme())
    start = time.perf_counter()
    size = len(canonical_result(result))
    frozen = time.perf_counter() - start
    print(
        f"\ncalculate October: {best_of(inputs, 20) * 1000:.2f} ms; frozen in {frozen * 1000:.2f} ms, {size} characters"
    )


@pytest.mark.bench
@pytest.mark.parametrize("times", [5, 50, 500])
def test_a_crowd(times: int) -> None:
    inputs = crowd(times)
    took = best_of(inputs, 3 if times < 500 else 1)
    count = len(inputs.people)
    print(f"\ncalculate {count} people: {took:.3f} s, {took / count * 1e6:.0f} µs a person")
