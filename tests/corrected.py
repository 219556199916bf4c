"""Corrections of October in few words: facts offered and accepted, corrections approved."""

from __future__ import annotations

from datetime import date

from acts import OWN, act
from house import OCTOBER, House

from ledger.actions import corrections, late
from ledger.core.late import DayFact
from ledger.core.production import Mark
from ledger.records import corrections as rows
from ledger.records import people

DAY = date(2026, 10, 6)
"""A day on which D1 attended."""
SECOND = """name = "Tvarka"
number = "2"
in_force_from = 2026-11-01
[order]
number = "V-80"
date = 2026-10-28
[[part]]
key = "days"
kind = "per_day"
payer = "budget"
label = "Už dienas"
[[part.band]]
from_hours = "4"
amount = "2.00"
[[part]]
key = "goods"
kind = "traced"
payer = "pool"
label = "Už gaminius"
portion = "70"
"""
"""Other rules: two euros a day, for everybody."""


def person(house: House, number: str) -> str:
    """The books' reference of a participant."""
    with house.opened.read() as session:
        return next(ref for ref, known in people.numbers(session, OWN).items() if known == number)


def accepted(house: House, fact: late.LateFact, reason: str = "Rasta lapuose.") -> str:
    """A fact of October, offered by the accountant and accepted."""
    [row] = act(house, "buhalteris", late.offer, OCTOBER, fact, reason)
    act(house, "buhalteris", late.accept, row.ref)
    return str(row.ref)


def corrected(house: House, *facts: late.LateFact, debts: tuple[str, ...] = ()) -> rows.Correction:
    """A correction of October with these facts, approved."""
    for fact in facts:
        accepted(house, fact)
    act(house, "buhalteris", corrections.make, OCTOBER)
    found: rows.Correction = act(house, "vadovas", corrections.approve, OCTOBER, shown(house), "V-90", date(2026, 11, 20), debts)
    return found


def shown(house: House) -> str:
    """What the director's page carries: the hash of all that it shows of October's correction."""
    with house.opened.read() as session:
        return corrections.work_out(house.doing(session, "vadovas"), OCTOBER).shown


def absent(house: House, number: str = "D1") -> DayFact:
    """On DAY the person was not there after all."""
    return DayFact(person(house, number), DAY, 0, Mark.UNEXCUSED)


def came(house: House) -> DayFact:
    """On 7 October D1 was written down as excused, and was there."""
    return DayFact(person(house, "D1"), date(2026, 10, 7), 360, Mark.ATTENDED)
