"""Everything that can be done to the books, in any order: histories found by Hypothesis, on both databases."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import house as houses
import postgres
import pytest
import time_machine
from acts import act
from house import House
from hypothesis import HealthCheck, Phase, settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from machine import BEGINS, Machine
from sqlalchemy import select

from ledger.actions import people, products
from ledger.actions.people import Profile
from ledger.actions.products import Described, Priced
from ledger.actions.verify import verify
from ledger.records.people import Identity
from ledger.records.stipends import SealedRun

COUNTS: Counter[str] = Counter()
IBANS = ("LT121000011101001000", "", "LT601010012345678901")
_numbers = count(1)

few = strategies.integers(0, 3)
many = strategies.integers(0, 40)
back = strategies.integers(0, 2)
pieces = strategies.integers(1, 12)


def furnished(house: House) -> House:
    """Three people and two products."""
    for number, iban in enumerate(IBANS, start=1):
        act(house, "socialine", people.create_participant, Profile(
            f"D{number}", Identity(f"Vardas{number}", "Pavardė", "1990-01-01", iban), date(2025, 9, 1), None))
    for code, price in (("ZV", 600), ("MU", 350)):
        act(house, "meistras", products.add_product, Described(code, f"Gaminys {code}", "vnt", False, "kitas"), Priced(price, 120))
    return house


def made_folder() -> Path:
    """A folder, in memory where there is one: these histories do not ask whether the disk keeps what it was given."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="dirbtuve-history-", dir=memory if os.access(memory, os.W_OK) else None))


@cache
def template() -> Path:
    """The folder of a workshop with people and products on SQLite."""
    folder = Path(tempfile.mkdtemp(prefix="dirbtuve-machine-"))
    with time_machine.travel("2026-02-10 09:00", tick=True):
        furnished(houses.build(folder, books_from=BEGINS, october=False)).opened.close()
    return folder


@contextmanager
def on_sqlite() -> Iterator[House]:
    folder = made_folder()
    shutil.copytree(template(), folder, dirs_exist_ok=True)
    house = houses.at(folder)
    try:
        yield house
    finally:
        house.opened.close()
        shutil.rmtree(folder, ignore_errors=True)


@cache
def template_on_postgres() -> tuple[Path, str]:
    """Its folder with the keys, and its database on PostgreSQL."""
    folder, base = Path(tempfile.mkdtemp(prefix="dirbtuve-machine-")), postgres.made("template1")
    with time_machine.travel("2026-02-10 09:00", tick=True):
        furnished(houses.build(folder, books_from=BEGINS, october=False, url=postgres.address(base))).opened.close()
    return folder, base


@contextmanager
def on_postgres() -> Iterator[House]:
    keys, base = template_on_postgres()
    folder, own = made_folder(), postgres.made(base)
    shutil.copytree(keys, folder, dirs_exist_ok=True)
    house = houses.at(folder, postgres.address(own))
    try:
        yield house
    finally:
        house.opened.close()
        postgres.dropped(own)
        shutil.rmtree(folder, ignore_errors=True)


class Histories(RuleBasedStateMachine):
    """A history of a workshop; which database it lives in is said by a subclass, and after how many steps it may have its first
    and its next backup and restoring: each takes as long as many others."""

    place: Any = None
    backups: tuple[int, ...] = (0, 60)
    restorings: tuple[int, ...] = (30, 110)

    def __init__(self) -> None:
        super().__init__()
        self.opened = self.place()
        self.machine = Machine(self.opened.__enter__())
        self.restores = 0

    def teardown(self) -> None:
        with self.machine.house.opened.read() as session:
            troubles = verify(session, self.machine.house.opened.vault).troubles
        COUNTS.update(self.machine.counts)
        self.opened.__exit__(None, None, None)
        assert not troubles, troubles

    @rule(days=strategies.integers(1, 25))
    def later(self, days: int) -> None:
        self.machine.later(days)

    @rule(person=few, days=many, hours=strategies.integers(1, 8))
    def attend(self, person: int, days: int, hours: int) -> None:
        self.machine.attend(person % 3, days, hours)

    @rule(product=few, days=many, pieces=pieces, makers=strategies.sets(strategies.integers(0, 2), min_size=1))
    def make(self, product: int, days: int, pieces: int, makers: set[int]) -> None:
        self.machine.make(product % 2, days, pieces, sorted(makers))

    @rule(product=few, days=many, pieces=pieces, cents=strategies.integers(0, 2_000),
          channel=strategies.sampled_from(["mugė", "įmonė"]))
    def sell(self, product: int, days: int, pieces: int, cents: int, channel: str) -> None:
        self.machine.sell(product % 2, days, pieces, cents, channel)

    @rule(which=many, pieces=strategies.integers(1, 3))
    def bring_back(self, which: int, pieces: int) -> None:
        self.machine.bring_back(which, pieces)

    @rule(which=many)
    def take_back(self, which: int) -> None:
        self.machine.take_back(which)

    @rule(months=back)
    def run(self, months: int) -> None:
        self.machine.run(months)

    @rule(months=back)
    def submit(self, months: int) -> None:
        self.machine.submit(months)

    @rule(months=back)
    def approve(self, months: int) -> None:
        self.machine.approve(months)

    @rule(months=back)
    def whole_month(self, months: int) -> None:
        self.machine.whole_month(months)

    @rule(months=back, what=strategies.sampled_from(["send_back", "discard", "empty"]))
    def undo(self, months: int, what: str) -> None:
        getattr(self.machine, what)(months)

    @rule(which=few, kind=strategies.integers(0, 2), number=many, person=few)
    def offer(self, which: int, kind: int, number: int, person: int) -> None:
        self.machine.offer(which, kind, number, person)

    @rule(which=few, owes=strategies.booleans())
    def correct(self, which: int, owes: bool) -> None:
        self.machine.correct(which, owes)

    @rule(months=back, count_well=strategies.booleans())
    def close(self, months: int, count_well: bool) -> None:
        self.machine.close(months, count_well)

    @rule(months=back, alone=strategies.booleans())
    def reopen(self, months: int, alone: bool) -> None:
        self.machine.reopen(months, alone)

    @rule(part=strategies.integers(1, 4), bank=strategies.booleans(), advance=strategies.booleans())
    def pay(self, part: int, bank: bool, advance: bool) -> None:
        self.machine.pay(part, bank, advance)

    @rule(which=few, returned=strategies.booleans())
    def payments_go_on(self, which: int, returned: bool) -> None:
        self.machine.payments_go_on(which, returned)

    @precondition(lambda self: len(self.machine.kept) < self.due(self.backups))
    @rule()
    def backup(self) -> None:
        self.machine.backup()

    @precondition(lambda self: self.machine.kept and self.restores < self.due(self.restorings))
    @rule(which=few, told=strategies.sampled_from([True, True, False]))
    def restore(self, which: int, told: bool) -> None:
        self.restores += 1
        self.machine.restore(which, told)

    def due(self, after: tuple[int, ...]) -> int:
        """How many of these have had their number of steps."""
        return sum(self.machine.counts.total() >= steps for steps in after)

    @precondition(lambda self: self.machine.counts["make"] > 0)
    @rule(person=few, days=many, times=strategies.integers(2, 3))
    def retry(self, person: int, days: int, times: int) -> None:
        """The answer was lost: the same again, with the same key."""
        key = f"retry-{next(_numbers)}-of-this-history"
        before = self.machine.counts["make"]
        for _ in range(times):
            self.machine.make(0, days, 5, [person % 3], key)
        assert self.machine.counts["make"] - before <= 1


class OnSqlite(Histories):
    place = staticmethod(on_sqlite)


class OnPostgres(Histories):
    place = staticmethod(on_postgres)
    backups, restorings = (0,), (30,)


def tried(machine: type[Histories], histories: int, steps: int) -> None:
    """A history that breaks a promise is told as it is: making it shorter takes longer than reading it."""
    run_state_machine_as_test(machine, settings=settings(
        max_examples=histories, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck), database=None,
        phases=[Phase.generate]))


@pytest.mark.parametrize("machine", [OnSqlite, OnPostgres])
def test_every_promise_holds_after_every_step(machine: type[Histories]) -> None:
    tried(machine, 4, 40)


@pytest.mark.parametrize("place", [on_sqlite, on_postgres])
def test_what_was_done_after_a_backup_is_gone_and_its_numbers_are_never_given_again(place: Any) -> None:
    with place() as house:
        machine = Machine(house)
        machine.make(0, 5, 4, [0, 1])
        machine.sell(0, 5, 3, 900, "mugė")
        machine.later(25)
        machine.empty(2)
        machine.backup()
        for told in (False, True):
            machine.whole_month(1)
            machine.pay(4, bank=False, advance=False)
            machine.restore(0, told)
        machine.whole_month(1)
        machine.pay(4, bank=False, advance=False)
        runs = {number for number in machine.numbers if number.startswith("SK")}
        with house.opened.read() as session:
            assert set(session.scalars(select(SealedRun.number))) == {"SK-2026-0002"}
            assert verify(session, house.opened.vault).troubles == ()
    assert runs == {"SK-2026-0001", "SK-2026-0002"}
    assert (machine.counts["restore refused: restore_fewer_entries"], machine.counts["restore"]) == (1, 1)


@pytest.mark.hard
@pytest.mark.parametrize("machine", [OnSqlite, OnPostgres])
def test_every_promise_holds_after_a_hundred_thousand_steps(machine: type[Histories], capsys: pytest.CaptureFixture[str]) -> None:
    COUNTS.clear()
    wanted, histories = int(os.environ.get("DIRBTUVE_STEPS", "100000")), 0
    while sum(COUNTS.values()) < wanted:
        tried(machine, 25, 200)
        histories += 25
    with capsys.disabled():
        print(f"\n{machine.__name__}: {sum(COUNTS.values()):,} steps in {histories} histories of at most 200")
        for name, times in sorted(COUNTS.items()):
            print(f"  {times:7,}  {name}")
