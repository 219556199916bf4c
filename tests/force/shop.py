"""A workshop at work over its web pages, step by step from a seed; and the look at its books that finds what is lost or torn."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import house as houses
from flask import Flask
from flask.testing import FlaskClient
from house import OCTOBER, House
from werkzeug.test import TestResponse

from ledger.actions import verify
from ledger.app import create_app
from ledger.core.periods import Month
from ledger.records.opened import Opened, open_books

STAFF = ("meistras", "buhalteris", "vadovas")
NOTED = {"attend": "log_attendance", "lot": "log_lot", "sale": "log_sale", "calculate": "calculate", "submit": "submit",
         "withdraw": "withdraw", "sendback": "send_back", "discard": "discard", "approve": "approve"}
"""Each kind of step with the action that its audit entry names."""


LEGS = ("sealed_person", "sealed_line", "sealed_sale", "sealed_match")


@dataclass(frozen=True)
class Step:
    """A writing request: its kind begins its key."""

    kind: str
    login: str
    path: str
    fields: dict[str, Any]
    key: str


@dataclass
class Known:
    """What whoever sent the requests knows: which were tried, which were answered with success, in order."""

    tried: dict[str, Step] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)

    @property
    def waiting(self) -> list[Step]:
        """Tried, but without an answer."""
        return [step for key, step in self.tried.items() if key not in self.acknowledged]


class Shop:
    """The application over one folder, with signed-in browsers; the folder may be put back to how it began."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.app: Flask = create_app(house.settings, house.opened)
        self.refs = {number: house.ref(number) for number in ("D1", "D2", "D3", "D5", "D7", "D10")}
        with house.opened.books.connect() as books:
            self.product = str(books.exec_driver_sql("SELECT ref FROM product WHERE code = 'MU-01'").scalar_one())
            absent = {str(row[0])[8:] for row in books.exec_driver_sql("SELECT happened_on FROM attendance WHERE mark <> 'D'")}
        self.days = [day for day in map("{:02d}".format, range(12, 21)) if day not in absent]
        self.clients: dict[str, FlaskClient] = {}
        self.tokens: dict[str, str] = {}
        self.cookies: dict[str, str] = {}
        for login in STAFF:
            self.sign_in(login)

    def sign_in(self, login: str) -> None:
        """A browser of this account with the token of its session."""
        self.app.test_client_class = houses.Client
        browser: Any = self.app.test_client()
        browser.sign_in(login)
        self.app.test_client_class = FlaskClient
        client = self.app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/rules").get_data(as_text=True))
        assert token is not None
        self.cookies[login] = browser.get_cookie("dirbtuve").value
        client.set_cookie("dirbtuve", self.cookies[login])
        self.clients[login], self.tokens[login] = client, token[1]

    def send(self, step: Step) -> TestResponse:
        """One request, as its page would send it."""
        sent = {"csrf_token": self.tokens[step.login], "key": step.key, **step.fields}
        return self.clients[step.login].post(step.path, data=sent)

    def reopen(self) -> Opened:
        """The books opened again, as a program that starts would."""
        self.house.opened.close()
        self.house.opened = self.app.extensions["opened"] = open_books(self.house.settings)
        return self.house.opened

    def begin_again(self, kept: Path) -> None:
        """The books as they were kept, and the browsers as they were when they had just signed in."""
        self.let_go()
        shutil.rmtree(self.file.parent)
        shutil.copytree(kept, self.file.parent)
        for login, client in self.clients.items():
            client.set_cookie("dirbtuve", self.cookies[login])

    def let_go(self) -> None:
        """Close every connection, so that a child of this process opens its own."""
        self.house.opened.close()

    @property
    def file(self) -> Path:
        """The books on disk."""
        return self.house.settings.data_dir / "books.db"


@dataclass
class Script:
    """An endless series of steps. It looks at the month's state to know what may come next."""

    shop: Shop
    chance: random.Random
    life: str
    number: int = 0
    month: Month = OCTOBER
    fresh: bool = False

    def __iter__(self) -> Iterator[Step]:
        return self

    def __next__(self) -> Step:
        state, seen = self._run()
        while state == "approved" and self.month == OCTOBER:
            self.month, self.fresh = self.month.plus(1), False
            state, seen = self._run()
        step = self._fact() if state == "approved" or self.chance.random() < 0.4 else self._progress(state, seen)
        self.after(step.kind)
        return step

    def after(self, kind: str) -> None:
        """Whether the draft is still what the books give, after a step of this kind."""
        self.fresh = kind == "calculate" or (self.fresh and kind not in ("attend", "lot", "sale", "discard"))

    def _run(self) -> tuple[str, str]:
        with self.shop.house.opened.books.connect() as books:
            found = books.exec_driver_sql(
                f"SELECT state, seen FROM run WHERE month = '{self.month}' AND state <> 'discarded'").first()
        return (found[0], found[1]) if found else ("none", "")

    def _step(self, kind: str, login: str, path: str, **fields: Any) -> Step:
        self.number += 1
        return Step(kind, login, path, fields, f"{kind}-{self.life}-{self.number:06d}-{self.chance.randrange(10 ** 8):08d}")

    def _fact(self) -> Step:
        kind, day = self.chance.choice(("attend", "lot", "sale")), f"{self.month}-{self.chance.choice(self.shop.days)}"
        who = self.chance.choice(list(self.shop.refs.values()))
        if kind == "attend":
            hours = f"{self.chance.randrange(1, 8)},{self.chance.choice(('00', '25', '50'))}"
            return self._step("attend", "meistras", f"/day/{day}/attendance", participant=who, mark="D", hours=hours)
        if kind == "lot":
            return self._step("lot", "meistras", f"/day/{day}/lots", product=self.shop.product, rejects="0", shared_by="equal",
                              good=str(self.chance.randrange(1, 9)), makers=[who])
        step = self._step("sale", "meistras", f"/day/{day}/sales", product=self.shop.product, quantity="1", price="5,00",
                          channel="mugė", discount="0")
        step.fields["document"] = step.key
        return step

    def _progress(self, state: str, seen: str) -> Step:
        base = f"/month/{self.month}"
        if state == "none" or (state == "draft" and not self.fresh):
            return self._step("calculate", "buhalteris", f"{base}/calculate")
        turn = self.chance.random()
        if state == "draft":
            if turn < 0.15:
                return self._step("discard", "buhalteris", f"{base}/discard")
            return self._step("submit", "buhalteris", f"{base}/submit", seen=seen)
        if turn < 0.2 or not self.fresh:
            return self._step("withdraw", "buhalteris", f"{base}/withdraw")
        if turn < 0.4:
            return self._step("sendback", "vadovas", f"{base}/send-back", why="Trūksta eilutės.")
        return self._step("approve", "vadovas", f"{base}/approve", seen=seen, order_number="V-1", order_date="2026-11-20")


class Broken(AssertionError):
    """A promise that does not hold."""


@dataclass(frozen=True)
class Books:
    """What stands in the books, read without the program."""

    claimed: dict[str, int]
    noted: Counter[str]
    sales: list[str]
    runs: int
    half_runs: int
    series: dict[str, int]


def read(path: Path, *, integrity: bool = True) -> Books:
    """Read the file as it is. Raises Broken when the database itself finds it torn."""
    with closing(sqlite3.connect(path)) as books:
        for check, sound in (("integrity_check", [("ok",)]), ("foreign_key_check", [])):
            if integrity and (found := books.execute(f"PRAGMA {check}").fetchall()) != sound:
                raise Broken(f"{check}: {found[:3]}")
        legs = " UNION ".join(f"SELECT run_ref FROM {table}" for table in LEGS)
        sealed = "(SELECT run_ref FROM sealed_run)"
        half = books.execute(f"SELECT count(*) FROM ({legs}) WHERE run_ref NOT IN {sealed}").fetchone()[0]
        half += books.execute(f"SELECT count(*) FROM run WHERE (state = 'approved') <> (ref IN {sealed})").fetchone()[0]
        return Books(
            dict(books.execute("SELECT key, status FROM request_key").fetchall()),
            Counter(dict(books.execute("SELECT action, count(*) FROM audit GROUP BY action").fetchall())),
            [row[0] for row in books.execute("SELECT document FROM sale_line WHERE document LIKE 'sale-%'")],
            books.execute("SELECT count(*) FROM sealed_run").fetchone()[0], half,
            dict(books.execute("SELECT kind, last FROM number_series WHERE kind IN ('SK', 'MZ')").fetchall()))


def kinds(keys: dict[str, int]) -> Counter[str]:
    """How many requests of each kind have claimed their key."""
    return Counter(key.partition("-")[0] for key in keys if key.partition("-")[0] in NOTED)


def check(before: Books, now: Books, tried: set[str], acknowledged: set[str]) -> None:
    """Nothing acknowledged is lost, every claimed key has its effect and every effect its key, no run is half there."""
    claimed = {key for key in now.claimed if key.partition("-")[0] in NOTED}
    if acknowledged - claimed:
        raise Broken(f"acknowledged and lost: {sorted(acknowledged - claimed)}")
    if claimed - tried - set(before.claimed):
        raise Broken(f"never sent: {sorted(claimed - tried)}")
    effects = {kind: now.noted[action] - before.noted[action] for kind, action in NOTED.items()}
    if Counter({kind: count for kind, count in effects.items() if count}) != kinds(now.claimed) - kinds(before.claimed):
        raise Broken(f"effects {effects} of keys {kinds(now.claimed) - kinds(before.claimed)}")
    if sorted(now.sales) != sorted(key for key in claimed if key.startswith("sale-")):
        raise Broken("sales and their keys differ")
    if any(now.claimed[key] != 303 for key in claimed):
        raise Broken("a key without its answer")
    if now.half_runs:
        raise Broken(f"{now.half_runs} runs are half there")
    if now.runs != before.runs + effects["approve"] or any(last != now.runs for last in now.series.values()):
        raise Broken(f"{now.runs} runs, numbers {now.series}")


def note(folder: Path, figures: object) -> None:
    """The figures so far, for whoever looks into the folder of a long trial."""
    (folder / "figures.json").write_text(json.dumps(vars(figures)), encoding="utf-8")


def check_all(opened: Opened) -> None:
    """The program's own walk over everything sealed."""
    with opened.read() as session:
        found = verify.verify(session, opened.vault)
    if found.troubles:
        raise Broken(f"verify: {found.troubles[:3]}")
