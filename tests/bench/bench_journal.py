"""The journal: posting with a commit each, a person's balance among 100,000 postings, walking and recalculating it all. Prints
figures only."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median

import house as houses
import pytest
import time_machine
from house import OCTOBER, TODAY, House
from sqlalchemy import text

from ledger.actions import journal as posting
from ledger.actions.verify import verify
from ledger.core.journal import Account, Entry, Leg
from ledger.records import journal
from ledger.records.base import open_engine, writing
from ledger.records.organisation import Scope

pytestmark = pytest.mark.bench
SCOPE = Scope(1, 1)
PEOPLE = 60
POSTED = 100_000
NOTE = text("INSERT INTO note (who, cents) VALUES (:who, :cents)")


@contextmanager
def books(folder: Path) -> Iterator[House]:
    with time_machine.travel(TODAY, tick=True):
        house = houses.build(folder)
        house.submit()
        house.approve()
        yield house
        house.opened.close()


def payment(number: int) -> Entry:
    person = f"person-{number % PEOPLE:02d}"
    day = OCTOBER.first + timedelta(days=number % 31)
    return Entry("payment", day, OCTOBER, "payment", f"bench-{number}",
                 (Leg(Account.PAYABLE, 100 + number % 50, person=person), Leg(Account.PAID, -100 - number % 50)))


def a_second(count: int, one: Callable[[int], object]) -> float:
    began = time.perf_counter()
    for number in range(count):
        one(number)
    return count / (time.perf_counter() - began)


def test_posting_with_a_commit_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with books(tmp_path / "books") as house:
        bare = open_engine(f"sqlite:///{tmp_path / 'bare.db'}").execution_options(ledger_writes=True)
        with bare.begin() as connection:
            connection.execute(text("CREATE TABLE note (id INTEGER PRIMARY KEY, who TEXT, cents INTEGER) STRICT"))
        raw = bare.raw_connection().driver_connection
        assert raw is not None
        raw.execute("PRAGMA query_only=OFF")
        with house.opened.write() as session, writing(bare)() as plain:
            doing = house.doing(session, "buhalteris")

            def insert(number: int) -> None:
                raw.execute("BEGIN IMMEDIATE")
                raw.execute("INSERT INTO note (who, cents) VALUES (?, ?)", (f"person-{number}", number))
                raw.execute("COMMIT")

            def insert_through_the_session(number: int) -> None:
                plain.connection().execute(NOTE, {"who": f"person-{number}", "cents": number})
                plain.commit()

            def post(number: int) -> None:
                posting.post(doing, payment(number))
                session.commit()

            numbers = count()
            rounds = [[a_second(1_000, lambda _, one=one: one(next(numbers))) for one in (insert, insert_through_the_session, post)]  # type: ignore[misc]
                      for _ in range(5)]
        driver, through, rate = (median(one[place] for one in rounds) for place in range(3))
        with capsys.disabled():
            print(f"\nposting, a commit each, SQLite with FULL: median {rate:,.0f} a second of 5 x 1,000 (goal 1,000); a bare "
                  f"committed insert by the driver alone {driver:,.0f} a second, ratio {rate / driver:.2f} (goal 0.50); the same "
                  f"insert through the product's own session {through:,.0f} a second, ratio {rate / through:.2f}")


def test_a_balance_among_a_hundred_thousand(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with books(tmp_path) as house:
        with house.opened.write() as session:
            doing = house.doing(session, "buhalteris")
            for start in range(0, POSTED // 2, 5_000):
                posting.post(doing, *(payment(number) for number in range(start, start + 5_000)))
            session.commit()
        with house.opened.read() as session:
            times = []
            for number in range(200):
                began = time.perf_counter()
                journal.owed(session, SCOPE, f"person-{number % PEOPLE:02d}")
                times.append(1_000 * (time.perf_counter() - began))
            whole = [_timed(lambda: journal.balances(session, SCOPE)) for _ in range(5)]
        with house.opened.read() as session:
            began = time.perf_counter()
            found = verify(session, house.opened.vault)
            took = time.perf_counter() - began
            assert not found.troubles
        with capsys.disabled():
            print(f"\nbalance of one participant among {POSTED:,} postings: median {median(times):.2f} ms, worst {max(times):.2f} "
                  f"ms (goal < 5); all balances {1_000 * median(whole):.0f} ms")
            print(f"verify of {found.entries:,} entries with {POSTED:,} postings and a run: {took:.1f} s (goal < 30)")


def _timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began
