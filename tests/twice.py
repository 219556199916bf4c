"""Runs both calculations, ledger.core and the one in tests/plain_months.py, and tells them in the same words."""

from __future__ import annotations

from collections import Counter

from ledger.core.schemes import Scheme, read_scheme
from ledger.core.stipends import Result
from tests import plain_months, random_workshops
from tests.plain_parts import Line


def read(scheme: dict, before: dict | None) -> Scheme:
    """The scheme as ledger.core reads it, after the version before when the month is split."""
    made = read_scheme(scheme)
    return made.after(read_scheme(before)) if before else made


def told(result: Result) -> dict:
    """What ledger.core came to, in the words of the second calculation."""
    people = {one.person: plain_months.told_lines([Line(line.part, line.kind, line.cents, line.payer) for line in one.lines])
              for one in result.people}
    one = result.identity
    identity = {"realised_net": one.realised_net, "deducted": one.deducted, "carried_in": one.carried_in,
                "from_budget": one.from_budget, "stipends": one.stipends, "withheld": one.withheld,
                "reserve": one.to_reserve - one.from_reserve, "unassigned": one.unassigned, "carried_out": one.carried_out}
    return {"people": people, "totals": {one.person: one.total for one in result.people},
            "owed": Counter({one.person: one.debt for one in result.people}), "identity": identity,
            "funds": {one.key: one.after for one in result.funds}, "left": result.left,
            "checks": {one.key: one.passes for one in result.checks}}


def both(made: random_workshops.Workshop) -> tuple[list[dict], list[Result], Counter]:
    """All months of a workshop by both calculations, which must agree line by line; and what occurred in them."""
    books, driver, plainly, results = plain_months.Workshop(made.reserve, made.funds), None, [], []
    for booked, (scheme, before) in zip(made.months, made.schemes, strict=True):
        core = read(scheme, before)
        driver = driver or random_workshops.Driver(core, made)
        driver.scheme = core
        expected = books.run(booked.month, made.people, booked, scheme, before)
        result = driver.month(booked)
        assert told(result) == {key: expected[key] for key in told(result)}, str(booked.month)
        assert result.identity.holds
        assert driver.reserve == expected["reserve"]
        assert result.pool is None or (result.pool.result, result.pool.available) == (expected["result"], expected["available"])
        plainly.append(expected)
        results.append(result)
    return plainly, results, books.seen


def plainly(made: random_workshops.Workshop) -> Counter:
    """What occurred in the months of a workshop, by the second calculation alone."""
    books = plain_months.Workshop(made.reserve, made.funds)
    for booked, (scheme, before) in zip(made.months, made.schemes, strict=True):
        books.run(booked.month, made.people, booked, scheme, before)
    return books.seen
