"""Ten years of a workshop of 60 people, 100,000 lots: the board, every list, the overview, on the server. Prints figures only.

The books take minutes to make; `DIRBTUVE_YEARS=<folder>` keeps them there for the next time.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import crowd
import pytest
import time_machine
from counted import selects
from crowd import TODAY
from house import Client, House
from sqlalchemy import func, select

from ledger import settings
from ledger.actions import customers, invoices, till
from ledger.core.people import Person
from ledger.core.periods import Month
from ledger.core.till import Kind, Way
from ledger.records import people
from ledger.records.customers import Buyer
from ledger.records.opened import open_books
from ledger.records.people import Identity, Participant
from ledger.records.production import LotRow, Maker, Product
from ledger.records.sales import SaleRow
from ledger.records.schema import migrate

pytestmark = pytest.mark.bench
MONTHS = 120
LOTS = 834  # a month
LINES = 45  # of each product in a month
OPEN = Month(2026, 10)
TIMES = 20
FIRST_NAMES = ("Kunigundė", "Jonas", "Ona", "Žygimantas", "Rūta")
PAGES = {
    "buhalteris": (
        "/sales?month=2026-10", "/sales?month=2026-10&kind=return", "/sales?month=2024-10&text=mug",
        "/sales/documents", "/products", "/people", "/people?left=1", "/jobs", "/customers",
        "/customers/owed", "/journal", "/payments", "/seeing", "/seeing?by=month", "/seeing/products", "/seeing/products?by=month",
        "/seeing/hours", "/seeing/hours?by=month", "/lots?month=2026-10", "/lots?month=2020-03&kind=left"),
    "meistras": ("/day/2026-11-20", "/day/2026-10-15", "/till", "/stock", "/goals", "/till/day/2026-11-20"),
    "vadovas": ("/seeing", "/audit"),
}


@contextmanager
def ten_years(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """The books: every month but October 2026 approved; names, customers, documents of November."""
    kept = Path(os.environ.get("DIRBTUVE_YEARS") or folder)
    with time_machine.travel(TODAY, tick=True):
        if not (kept / "books.db").exists():
            _make(kept, monkeypatch)
        if kept != folder:
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        chosen = settings.load({"LEDGER_DATA_DIR": str(folder)})
        migrate(chosen.database_url)
        house = House(chosen, open_books(chosen), {})
        yield house
        house.opened.close()


def _make(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = crowd.RUN.plus(-MONTHS)
    for name, value in {"MONTHS": MONTHS, "LOTS": LOTS, "LINES": LINES, "FIRST": first, "_person": _person,
                        "SCHEME": crowd.SCHEME.replace("2023-01-01", "2016-01-01").replace("2022", "2015")}.items():
        monkeypatch.setattr(crowd, name, value)
    crowd.prepare_books(folder, 1)
    chosen = settings.load({"LEDGER_DATA_DIR": str(folder)})
    house = House(chosen, open_books(chosen), {})
    _names(house)
    _selling(house)
    house.opened.close()


def _person(mix: random.Random, n: int) -> Person:
    ended = crowd.FIRST.plus(10 * (n - crowd.BLOCK + 1)).first.replace(day=17) if n >= crowd.BLOCK else None
    return Person(crowd.ref("p", n, 0), f"D{n + 1}", date(2014 + mix.randrange(2), 1 + mix.randrange(12), 1), ended)


def _names(house: House) -> None:
    with house.opened.write() as session:
        scope = house.doing(session, "socialine").scope
        for number, ref in enumerate(session.scalars(select(Participant.person_ref))):
            people.seal_identity(session, house.opened.vault, scope, ref, _somebody(number))
        session.commit()


def _somebody(number: int) -> Identity:
    return Identity(FIRST_NAMES[number % len(FIRST_NAMES)], f"Petrauskaitė {number}")


def _selling(house: House) -> None:
    """Two hundred customers, each with an order; three hundred baskets of a day."""
    day = date(2026, 11, 20)
    with house.opened.write() as session:
        doing = house.doing(session, "meistras")
        refs = list(session.scalars(select(Product.ref).order_by(Product.id)))
        for n in range(200):
            buyer = customers.add_customer(doing, Buyer(f"UAB „Parduotuvė {n}“", code=str(300000000 + n)))
            line = invoices.SheetLine(refs[n % len(refs)], 1000)
            invoices.write_sheet(doing, invoices.Sheet(Kind.ORDER, buyer.ref, day, day, "įmonė", (line,), anyway=True))
        for n in range(300):
            till.sell(doing, till.Basket(day, "mugė", Way.CASH if n % 2 else Way.CARD, ((refs[n % len(refs)], 1000),), anyway=True))
        session.commit()


def test_every_list_of_ten_years(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with ten_years(tmp_path, monkeypatch) as house:
        with house.opened.read() as session:
            counts = [session.scalar(select(func.count()).select_from(table)) for table in (LotRow, Maker, SaleRow, Participant)]
        with capsys.disabled():
            print("\nlots {}, shares {}, sale lines {}, people {} (goals: p95 < 150 ms, < 200 kB)".format(*counts))
        for login, paths in PAGES.items():
            client = house.client(login)
            for path in paths:
                line = _measured(house, client, path)
                with capsys.disabled():
                    print(line)


def _measured(house: House, client: Client, path: str) -> str:
    size = len(client.get(path).get_data())
    gc.collect()
    gc.freeze()  # as the server does when it begins
    with selects(house) as sent:
        assert client.get(path).status_code == 200, path
    wall, own = [], []
    for _ in range(TIMES):
        began, worked = time.perf_counter(), time.process_time()
        client.get(path)
        wall.append((time.perf_counter() - began) * 1000)
        own.append((time.process_time() - worked) * 1000)
    clock, processor = (f"p50 {sorted(one)[TIMES // 2]:5.0f} p95 {sorted(one)[-1 - TIMES // 20]:5.0f}" for one in (wall, own))
    return f"{path:36} clock {clock} ms  processor {processor} ms  {size / 1000:4.0f} kB  {len(sent):2} queries"
