"""A workshop to try things in: made once per worker, copied for each test, with its clock where the test wants it."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import html5lib
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ledger import jobs, settings
from ledger.actions import stipends
from ledger.app import create_app
from ledger.core.periods import Month
from ledger.jobs import DEMO_PASSWORD, Tools
from ledger.records import people
from ledger.records.opened import Opened, open_books, prepare
from ledger.settings import Settings
from ledger.worker import Worker

DATA = Path(__file__).parent / "data"
OCTOBER = Month(2026, 10)
TODAY = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
STAFF = ("meistras", "buhalteris", "vadovas", "socialine")


@dataclass
class House:
    """A workshop on disk with its application; `tokens` are the badges by participant number."""

    settings: Settings
    opened: Opened
    tokens: dict[str, str]

    @property
    def tools(self) -> Tools:
        """For jobs, at the test's own time."""
        return Tools(self.opened, lambda: datetime.now(UTC))

    def app(self) -> Flask:
        """A fresh application over these books."""
        return create_app(self.settings, self.opened)

    def client(self, login: str | None = None) -> Client:
        """A browser, signed in as one of STAFF."""
        app = self.app()
        app.test_client_class = Client
        client: Any = app.test_client()
        if login:
            client.sign_in(login)
        return client

    def participant(self, number: str = "D1") -> Client:
        """A browser on a registered device, signed in with the badge of this participant."""
        client = self.client("vadovas")
        client.send("/devices", {"name": "Planšetė"}, page="/devices")
        client.send("/sign-out", {}, page="/devices")
        client.send("/badge", {"badge": self.tokens[number]}, page="/sign-in")
        client.send("/badge/you", {"answer": "yes"}, page="/badge/you")
        return client

    def ref(self, number: str) -> str:
        """The public reference of a participant."""
        with self.opened.read() as session:
            scope = jobs.acting(self.tools, session, "meistras").scope
            named = people.participants(session, self.opened.vault, scope)
        return next(one.ref for one in named if one.person.number == number)

    def doing(self, session: Any, login: str) -> Any:
        """The doing of an account."""
        return jobs.acting(self.tools, session, login)

    def submit(self, month: Month = OCTOBER) -> None:
        """The accountant works the month out and submits it."""
        with self.opened.write() as session:
            doing = self.doing(session, "buhalteris")
            stipends.calculate_month(doing, month)
            stipends.submit(doing, month)
            session.commit()

    def approve(self, month: Month = OCTOBER) -> None:
        """The director approves what is submitted."""
        jobs.approve(self.tools, "vadovas", month, "V-87", date(2026, 11, 4))

    def papers(self, month: Month = OCTOBER) -> None:
        """The month's papers are made."""
        jobs.make_papers(self.tools, "buhalteris", month)

    def work(self) -> None:
        """A worker makes what waits in the background."""
        worker = Worker(self.opened, self.tools.clock)
        while worker.work_one() is not None:
            pass


class Client(FlaskClient):
    """A browser that looks at every page it fetches: valid HTML, one h1, a title, labels, no double ids."""

    def sign_in(self, login: str, password: str = DEMO_PASSWORD) -> TestResponse:
        """Sign in with a password."""
        return self.send("/sign-in", {"login": login, "password": password}, page="/sign-in")

    def page(self, path: str, status: int = 200) -> str:
        """Fetch a page, look at it, give its text."""
        answer = self.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}"
        text = answer.get_data(as_text=True)
        if answer.mimetype == "text/html" and answer.status_code != 303:
            look_at(text)
        return text

    def send(self, path: str, fields: dict[str, Any], page: str | None = None, key: str | None = None) -> TestResponse:
        """Send a form as its page would: with the token and key of the page (of the path itself, unless told)."""
        text = self.get(page or path).get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)
        found = re.search(r'name="key" value="([^"]+)"', text)
        sent = {"csrf_token": token[1] if token else "", "key": key or (found[1] if found else "k" * 20), **fields}
        answer = self.post(path, data=sent)
        if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
            look_at(answer.get_data(as_text=True))
        return answer


def look_at(text: str) -> None:
    """What must be true of every page."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(text)
    headings = list(tree.iter("h1"))
    assert len(headings) == 1, f"{len(headings)} h1"
    title = tree.find(".//title")
    assert title is not None
    assert (title.text or "").strip()
    ids = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(ids) == len(set(ids)), f"double ids: {sorted(one for one in ids if ids.count(one) > 1)}"
    labelled = {one.get("for") for one in tree.iter("label")}
    inside = {id(child) for label in tree.iter("label") for child in label.iter()}
    for field in [*tree.iter("input"), *tree.iter("select"), *tree.iter("textarea")]:
        if field.get("type") in ("hidden", "submit", "button"):
            continue
        named = field.get("aria-label") or field.get("aria-labelledby") or field.get("id") in labelled or id(field) in inside
        assert named, f"no label: {field.get('name')}"
    assert "style=" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL), "inline style"


def build(folder: Path, *, books_from: Month = OCTOBER, vat_payer: bool = False, october: bool = True,
          url: str = "", watch: str = "", migrate: str = "") -> House:
    """A demo workshop in a folder; with the month of October unless told."""
    given = {"LEDGER_DATA_DIR": str(folder)}
    if url:
        given["LEDGER_DATABASE_URL"] = url
    if watch:
        given["LEDGER_WATCH_URL"] = watch
    if migrate:
        given["LEDGER_MIGRATE_URL"] = migrate
    chosen = settings.load(given)
    prepare(chosen)
    house = House(chosen, open_books(chosen), {})
    scheme = (DATA / "scheme-2026-10.toml").read_text(encoding="utf-8")
    jobs.begin_demo(house.tools, scheme, books_from, vat_payer=vat_payer)
    if october:
        jobs.bring_in(house.tools, "buhalteris", jobs.read_folder(DATA / "month-2026-10"))
        house.tokens = jobs.demo_people(house.tools)
    return house


def at(folder: Path, url: str = "") -> House:
    """The workshop that stands in a folder, with its books there or at an address."""
    chosen = settings.load({"LEDGER_DATA_DIR": str(folder), **({"LEDGER_DATABASE_URL": url} if url else {})})
    return House(chosen, open_books(chosen), {})


def copy(source: House, folder: Path) -> House:
    """The same workshop in another folder."""
    source.opened.close()
    shutil.copytree(source.settings.data_dir, folder, dirs_exist_ok=True)
    chosen = settings.load({"LEDGER_DATA_DIR": str(folder)})
    return House(chosen, open_books(chosen), source.tokens)
