"""A product with steps, in few words: for tests of steps, of lots shared by them, of time studies and of orders."""

from __future__ import annotations

from datetime import date
from typing import Any

from acts import act, product
from house import House

from ledger.actions import customer_jobs, materials, production, work_steps
from ledger.actions.work_steps import Study
from ledger.core.production import SharedBy
from ledger.core.work_steps import Average, Job, Material, Step, Timed
from ledger.records.production import LotRow
from ledger.records.work_steps import StepRow

DAY = date(2026, 11, 12)


def step(house: House, name: str, weight: int = 1000, code: str = "MU-01", **more: Any) -> StepRow:
    """A step of the soap."""
    return act(house, "meistras", work_steps.add_step, product(house, code), Step(name, "pilti", weight=weight, **more))


def shared(house: House, *done: tuple[StepRow, tuple[str, ...]], day: date = DAY, code: str = "MU-01") -> production.Made:
    """Ten pieces of which these people did these steps."""
    people = dict.fromkeys(number for _step, numbers in done for number in numbers)
    steps = tuple((row.ref, tuple(house.ref(number) for number in numbers)) for row, numbers in done)
    return production.Made(product(house, code), day, 10_000, 0, SharedBy.STEPS,
                           tuple((house.ref(number), 1000) for number in people), steps)


def lot(house: House, *done: tuple[StepRow, tuple[str, ...]], day: date = DAY) -> LotRow:
    """That lot, written down."""
    return act(house, "meistras", production.log_lot, shared(house, *done, day=day))


def study(*seconds: int, day: date = DAY, out: tuple[int, ...] = (), average: Average = Average.MEDIAN, units: int = 1000) -> Study:
    """A time study; `out` are the places of what is left out, from 1."""
    return Study(day, average, units, tuple(Timed(10 * one, place in out) for place, one in enumerate(seconds, 1)))


def everything(house: House) -> None:
    """One of everything: a step, its time study, a lot shared by it, a material, an order."""
    row = step(house, "Supilk vašką.", words="Pilk lėtai. Karšta: mauk pirštines.", kind="special", skill="Pilu vašką")
    act(house, "meistras", work_steps.add_study, row.ref, study(60, 62, 64))
    lot(house, (row, ("D1", "D3")))
    act(house, "meistras", materials.add_material, product(house, "MU-01"), Material("Vaškas", 180, "kg", 520))
    act(house, "meistras", customer_jobs.take_job, product(house, "MU-01"),
        Job("UAB „Giria“", DAY, date(2026, 12, 1), 20_000, 9900))
