"""Crowds at one door: many processes approve the same months; many read a number and write the next one.

python -m force.crowds approve FOLDER MONTHS PROCESSES [URL]
python -m force.crowds same FOLDER KEYS PROCESSES [URL]
python -m force.crowds count FOLDER TIMES PROCESSES immediate|deferred
Prints figures as JSON; `deferred` is the control: transactions that begin with a bare BEGIN.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import house as houses
import time_machine
from house import DATA, OCTOBER, TODAY, House
from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError

from force.shop import Broken, Script, Shop, Step, check_all
from ledger import jobs
from ledger.actions import people, production, products, sales, stipends
from ledger.actions.doing import Doing
from ledger.core.access import Grant, Role, Who
from ledger.core.faults import Conflict
from ledger.core.production import SharedBy
from ledger.records import base
from ledger.records.opened import Opened, open_books
from ledger.records.organisation import Scope, Series, Workshop
from ledger.records.people import Identity
from ledger.records.stipends import SealedPerson, SealedRun
from ledger.settings import Settings

EVERY = tuple(Grant(role, None, date(2024, 5, 1)) for role in (Role.INSTRUCTOR, Role.SOCIAL, Role.ACCOUNTANT, Role.DIRECTOR))
DAY = date(2026, 10, 14)
LATER = TODAY + timedelta(minutes=5)


def together(work: Callable[..., Any], given: list[tuple[Any, ...]]) -> list[Any]:
    """The work in as many processes as there are lots of arguments, all at once. Raises EOFError when one of them fails."""
    forking, crowd = multiprocessing.get_context("fork"), []
    for one in given:
        told, tell = forking.Pipe(duplex=False)
        process = forking.Process(target=lambda tell=tell, one=one: tell.send(work(*one)))
        process.start()
        tell.close()
        crowd.append((process, told))
    answers = [told.recv() for _process, told in crowd]
    for process, _told in crowd:
        process.join()
    return answers


# ---------- approvals ----------


def add_month(house: House, number: int, scheme: str) -> int:
    """A workshop of one person with a lot and a sale, its October handed in."""
    with house.opened.write() as session:
        row = Workshop(organisation_id=1, name=f"Dirbtuvės {number}", books_from=str(OCTOBER))
        session.add(row)
        session.flush()
        doing = replace(jobs.acting(house.tools, session, "buhalteris"), scope=Scope(1, row.id))
        all_hands = replace(doing, who=Who(doing.who.account, doing.who.name, 1, None, EVERY))
        stipends.approve_scheme(all_hands, scheme)
        one = people.Profile("A1", Identity("Vardas", "Pavardė", "1990-01-01"), date(2024, 5, 2), None)
        ref = people.keep_participant(all_hands, one).ref
        described = products.Described("A-1", "Žvakė", "vnt", service=False, picture="zvake")
        product = products.add_product(all_hands, described, products.Priced(500, 50))
        production.log_lot(all_hands, production.Made(product.ref, DAY, 9000, 0, SharedBy.EQUAL, ((ref, 1000),)))
        sales.log_sale(all_hands, sales.Sold(product.ref, DAY, "mugė", 4000, 500))
        stipends.calculate_month(doing, OCTOBER)
        stipends.submit(doing, OCTOBER)
        session.commit()
        return row.id


def approver(settings: Settings, places: list[int], seed: int) -> Counter[str]:
    """One of the crowd: tries every month in its own order."""
    told: Counter[str] = Counter()
    with time_machine.travel(TODAY, tick=True):
        opened = open_books(settings)
        tools = jobs.Tools(opened)
        random.Random(seed).shuffle(places)
        for place in places:
            try:
                jobs.unit(tools, "vadovas", lambda doing, place=place: _approve(replace(doing, scope=Scope(1, place))))
            except Conflict as conflict:
                told[conflict.code] += 1
            else:
                told["approved"] += 1
        opened.close()
    return told


def _approve(doing: Doing) -> None:
    doing.gate()
    run = stipends.submitted_run(doing, OCTOBER)
    stipends.approve(doing, OCTOBER, run.seen, "V-1", date(2026, 11, 4))


def approve(folder: Path, months: int, processes: int, url: str = "") -> dict[str, Any]:
    """Each month is approved once, and the numbers have neither gap nor repeat."""
    with time_machine.travel(TODAY, tick=True):
        house = houses.build(folder / "books", october=False, url=url)
        scheme = (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
        places = [add_month(house, number, scheme) for number in range(months)]
        house.opened.close()
        began = time.perf_counter()
        told: Counter[str] = sum(together(approver, [(house.settings, places, seed) for seed in range(processes)]), Counter())
        seconds = time.perf_counter() - began
        opened = open_books(house.settings)
        _numbered(opened, months)
        check_all(opened)
        opened.close()
    return {"told": told, "months": months, "processes": processes, "seconds": round(seconds, 1)}


def _numbered(opened: Opened, months: int) -> None:
    expected = {kind: [f"{kind}-2026-{number:04d}" for number in range(1, months + 1)] for kind in ("SK", "MZ", "SL")}
    with opened.read() as session:
        columns = {"SK": SealedRun.number, "MZ": SealedRun.paysheet_number, "SL": SealedPerson.statement_number}
        found = {kind: sorted(session.scalars(select(column))) for kind, column in columns.items()}
    if found != expected:
        raise Broken("numbers: " + str({kind: len(numbers) for kind, numbers in found.items()}))


# ---------- reading, then writing ----------


def counter(settings: Settings, times: int) -> Counter[str]:
    """One of the crowd: reads the last number and writes the next, each time in a transaction of its own."""
    told: Counter[str] = Counter()
    opened = open_books(settings)
    for _ in range(times):
        try:
            with opened.write() as session:
                doing = Doing(session, opened.vault, Who("crowd", "", 1, None, ()), Scope(1, 1), TODAY, "crowd")
                last = session.scalar(select(Series.last).where(Series.kind == "TT")) or 0
                if doing.next_numbers("TT", 2026, 1)[0] != last + 1:
                    raise Broken("somebody wrote between the reading and the writing")
                session.commit()
            told["written"] += 1
        except OperationalError as wrong:
            told[str(wrong.orig)] += 1
    opened.close()
    return told


def deferred(connection: Connection) -> None:
    """How SQLAlchemy and most programs begin: the lock is asked for at the first write."""
    connection.exec_driver_sql("PRAGMA query_only=OFF")
    connection.exec_driver_sql("BEGIN")


def count(folder: Path, times: int, processes: int, how: str) -> dict[str, Any]:
    """So many numbers are taken by all together; with the program's own way of beginning not one try is answered with a lock."""
    with time_machine.travel(TODAY, tick=True):
        house = houses.build(folder / "books", october=False)
    house.opened.close()
    if how == "deferred":
        base._sqlite_begin = deferred
    began = time.perf_counter()
    told: Counter[str] = sum(together(counter, [(house.settings, times // processes)] * processes), Counter())
    seconds = time.perf_counter() - began
    opened = open_books(house.settings)
    with opened.read() as session:
        last = session.scalar(select(Series.last).where(Series.kind == "TT"))
    opened.close()
    if last != told["written"]:
        raise Broken(f"{told['written']} written, the last number is {last}")
    return {"told": told, "last": last, "processes": processes, "seconds": round(seconds, 1)}


# ---------- the same request ----------


def sender(shop: Shop, steps: list[Step]) -> list[tuple[int, str]]:
    """One of the crowd: a server of its own, the same requests as everybody."""
    with time_machine.travel(LATER, tick=True):
        answers = [shop.send(step) for step in steps]
    return [(answer.status_code, answer.location or "") for answer in answers]


def same(folder: Path, keys: int, processes: int, url: str = "") -> dict[str, Any]:
    """Each request is sent by every process and happens once; all are answered the same."""
    with time_machine.travel(TODAY, tick=True):
        shop = Shop(houses.build(folder / "books", url=url))
    script, steps = Script(shop, random.Random(1), "same"), []
    while len(steps) < keys:
        step = script._fact()
        steps += [step] if step.kind == "sale" else []
    shop.let_go()
    answers = together(sender, [(shop, steps)] * processes)
    with shop.house.opened.read() as session:
        sales = session.scalar(text("SELECT count(*) FROM sale_line WHERE document LIKE 'sale-%'"))
        claimed = session.scalar(text("SELECT count(*) FROM request_key"))
    return {"answers": Counter(str(status) for one in answers for status, _location in one), "sales": sales, "keys": claimed,
            "different": sum(len(set(one)) - 1 for one in zip(*answers, strict=True))}


if __name__ == "__main__":
    what, folder, *given = sys.argv[1:]
    done = {"approve": approve, "count": count, "same": same}[what](Path(folder), int(given[0]), int(given[1]), *given[2:])
    print(json.dumps(done))
