"""Several approve the same month at the same moment: one run, numbers without a gap, the others hear that it waits no more."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import postgres
from house import House

from ledger.actions import verify
from ledger.core.faults import Conflict

MANY = 4


def outcome(house: House) -> str:
    try:
        house.approve()
    except Conflict as conflict:
        return conflict.code
    return "approved"


def approved_by_many(house: House) -> None:
    house.submit()
    with ThreadPoolExecutor(MANY) as pool:
        told = Counter(pool.map(outcome, [house] * MANY))
    assert told == {"approved": 1, "run_not_submitted": MANY - 1}
    with house.opened.read() as session:
        found = verify.verify(session, house.opened.vault)
    assert (found.runs, found.statements, found.troubles) == (1, 12, ())


def test_one_approval_counts(house: House) -> None:
    approved_by_many(house)


def test_one_approval_counts_on_postgresql(tmp_path: Path) -> None:
    with postgres.workshop(tmp_path / "pg", "october") as house:
        approved_by_many(house)
