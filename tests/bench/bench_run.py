"""The whole run of October with sealing: gather, calculate, store, submit, approve. Prints figures, asserts no time."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from statistics import median

import house as houses
import pytest
from house import OCTOBER, House

from ledger import jobs
from ledger.actions import stipends
from ledger.core import schemes
from ledger.core import stipends as core
from ledger.records import calculation

pytestmark = pytest.mark.bench


def _milliseconds(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator] # a function without arguments
    return (time.perf_counter() - began) * 1000


def test_calculate_october(house: House) -> None:
    scheme = schemes.parse((houses.DATA / "scheme-2026-10.toml").read_text(encoding="utf-8"))
    with house.opened.read() as books:
        inputs = calculation.inputs_of(books, house.doing(books, "buhalteris").scope, OCTOBER)
    times = [_milliseconds(lambda: core.calculate(inputs, scheme)) for _ in range(50)]
    print(f"\ncalculate, October: median {median(times):.1f} ms, slowest {max(times):.1f} ms (goal < 50)")


def test_the_whole_run_with_sealing(house: House, tmp_path: Path) -> None:
    times = []
    for number in range(7):
        own = houses.copy(house, tmp_path / str(number))
        times.append(_milliseconds(lambda own=own: _run(own)))
        own.opened.close()
    print(f"\nthe whole run with sealing, October: median {median(times):.0f} ms, slowest {max(times):.0f} ms (goal < 500)")


def _run(house: House) -> None:
    with house.opened.write() as books:
        doing = house.doing(books, "buhalteris")
        stipends.calculate_month(doing, OCTOBER)
        stipends.submit(doing, OCTOBER)
        books.commit()
    jobs.approve(house.tools, "vadovas", OCTOBER, "V-87", date(2026, 11, 4))


def test_bringing_in_october(tmp_path: Path) -> None:
    house = houses.build(tmp_path / "data", october=False)
    files = jobs.read_folder(houses.DATA / "month-2026-10")
    took = _milliseconds(lambda: jobs.bring_in(house.tools, "buhalteris", files))
    house.opened.close()
    print(f"\nOctober brought in: {took:.0f} ms")
