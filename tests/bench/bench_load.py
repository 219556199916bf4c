"""A workshop with ten years of books as it is used: 100 connections, nine reads to one write, against the real server; how soon a
page is seen on a slow tablet; and Fava with as many rows in the same run. Prints figures only.

Fava is another program's: `python -m venv others && others/bin/pip install fava`, then `FAVA=others/bin/fava`.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import secrets
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode

import pytest
import served
from bench_lists import ten_years
from browser import chromium, visit
from house import House, build
from served import free_port, listens, process, until
from sqlalchemy import select

from ledger.records import people
from ledger.records.production import Product

pytestmark = pytest.mark.bench
CONNECTIONS = 100
SECONDS = int(os.environ.get("BENCH_SECONDS", "30"))
READS = ("/day/{today}", "/day/2026-10-15", "/lots?month=2026-10", "/sales?month=2026-10", "/products", "/till", "/people",
         "/goals", "/stock", "/seeing")
WARMING = 5
"""So many seconds before it do not count: the server has just begun, its processes read their templates."""
GOAL = 120
SLOWER = 4
ROWS = 100_000


class Connection:
    """One kept connection of one signed-in reader, who now and then writes a lot."""

    def __init__(self, port: int, cookie: str, token: str, lots: list[dict[str, str]], seed: int) -> None:
        self.port, self.cookie, self.token, self.lots, self.mix = port, cookie, token, lots, random.Random(seed)
        self.took: dict[str, list[float]] = {"read": [], "write": []}
        self.faults: list[str] = []

    async def work(self, until_when: float, every: float) -> None:
        """Ask until the time is over: without a pause, or once in `every` seconds from a moment of its own on (a wait for an answer
        before it counts to the next). A server may close a kept connection after an answer."""
        due = time.perf_counter() + self.mix.random() * every
        while time.perf_counter() < until_when:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            with suppress(ConnectionResetError, asyncio.IncompleteReadError):
                while time.perf_counter() < until_when:
                    await asyncio.sleep(due - time.perf_counter() if every else 0)
                    began, due = due if every else time.perf_counter(), due + every
                    if not await self._one(reader, writer, began):
                        break
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, began: float) -> bool:
        kind = "write" if self.mix.random() < 0.1 else "read"
        head, body = self._request(kind)
        writer.write(head + body)
        await writer.drain()
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"(?i)content-length: (\d+)", answer)
        await reader.readexactly(int(length[1]) if length else 0)
        self.took[kind].append((time.perf_counter() - began) * 1000)
        status = int(answer.split(" ", 2)[1])
        if status not in (200, 302, 303):
            self.faults.append(f"{status} {head.split(b' HTTP')[0].decode()}")
        return "connection: close" not in answer.lower()

    def _request(self, kind: str) -> tuple[bytes, bytes]:
        if kind == "read":
            path = self.mix.choice(READS).format(today=served.now().date())
            return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {self.cookie}\r\n\r\n".encode(), b""
        body = urlencode({**self.mix.choice(self.lots), "csrf_token": self.token, "key": secrets.token_urlsafe(18)}).encode()
        head = (f"POST /day/{served.now().date()}/lots HTTP/1.1\r\nHost: localhost\r\nCookie: {self.cookie}\r\n"
                f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n")
        return head.encode(), body


def _lots(house: House) -> list[dict[str, str]]:
    with house.opened.read() as session:
        doing = house.doing(session, "meistras")
        today, named = served.now().date(), people.participants(session, doing.vault, doing.scope)
        here = [one.ref for one in named if one.person.here_on(today)]
        products = list(session.scalars(select(Product.ref)))
    return [{"product": product, "makers": person, "good": "3", "rejects": "0", "shared_by": "equal"}
            for product, person in zip(products * 10, here, strict=False)]


@contextmanager
def _real(house: House) -> Iterator[int]:
    port = free_port()
    with process(house, "serve", "--port", str(port)):
        until(lambda: listens(port), "the server")
        yield port


def _at(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))] if times else 0.0


def _load(house: House, port: int, asked: int = 0) -> str:
    """So many requests a second are asked, 0: as many as are answered."""
    browser = served.Browser(port)
    browser.sign_in("meistras")
    token = browser.keys("/till")["csrf_token"]
    lots = _lots(house)
    all_ = [Connection(port, browser.cookie, token, lots, seed) for seed in range(CONNECTIONS)]

    async def together(seconds: int) -> None:
        end = time.perf_counter() + seconds
        await asyncio.gather(*(one.work(end, CONNECTIONS / asked if asked else 0) for one in all_))
    asyncio.run(together(WARMING))
    for one in all_:
        one.took = {"read": [], "write": []}
    asyncio.run(together(SECONDS))
    took = {kind: [ms for one in all_ for ms in one.took[kind]] for kind in ("read", "write")}
    faults = [fault for one in all_ for fault in one.faults]
    every = took["read"] + took["write"]
    return (f"{CONNECTIONS} connections, {SECONDS} s, {f'{asked} asked a second' if asked else 'without a pause'}: "
            f"{len(every) / SECONDS:.0f} requests a second (goal {GOAL}), "
            f"p50 {_at(every, .5):.0f}, p95 {_at(every, .95):.0f} ms (goal 500); reads p95 {_at(took['read'], .95):.0f}, "
            f"{len(took['write'])} writes p95 {_at(took['write'], .95):.0f} ms; errors {len(faults)} {faults[:3]}")


def _first_views(port: int) -> list[str]:
    """Milliseconds until the largest thing of a page is painted, with a processor that is four times slower."""
    told = []
    with chromium() as browser:
        daiva = visit(browser, f"http://localhost:{port}", 820).signs_in("meistras")
        for path in ("/day", "/till", "/lots?month=2026-10", "/products", "/people", "/stock", "/seeing"):
            page = daiva.page.context.new_page()
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            page.goto(daiva.address + path)
            seen = page.evaluate("""() => new Promise((yes) => new PerformanceObserver((list) =>
              yes(list.getEntries().at(-1).startTime)).observe({ type: "largest-contentful-paint", buffered: true }))""")
            told.append(f"{path} {seen:.0f} ms")
            page.close()
    return told


def _fava(folder: Path) -> str:
    """What Fava's pages of an account and of the journal fetch, of a ledger with as many rows."""
    program = os.environ.get("FAVA")
    if not program:
        return "Fava: not asked for (FAVA=others/bin/fava)"
    book, port = folder / "rows.beancount", free_port()
    rows = "".join(f'2024-{1 + n % 12:02d}-{1 + n % 28:02d} * "lot {n}"\n  Assets:Cash  {n % 90 + 1}.00 EUR\n  Income:Sales\n'
                   for n in range(ROWS))
    book.write_text("2016-01-01 open Assets:Cash\n2016-01-01 open Income:Sales\n" + rows)
    silent = subprocess.DEVNULL
    with subprocess.Popen([program, "--port", str(port), str(book)], stdout=silent, stderr=silent) as running:
        try:
            until(lambda: listens(port), "Fava")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=300) as first:  # it leads to the book
                home = first.url.rsplit("/", 2)[0]
            return "Fava: " + ", ".join(_timed(f"{home}/{path}") for path in (
                "api/account_report?a=Assets:Cash&r=journal", "api/journal"))
        finally:
            running.kill()


def _timed(address: str) -> str:
    with urllib.request.urlopen(address, timeout=300):
        pass
    began = time.perf_counter()
    with urllib.request.urlopen(address, timeout=300) as answer:
        size = len(answer.read())
    return f"{address.split('/', 4)[-1]} {time.perf_counter() - began:.1f} s, {size / 1e6:.1f} MB"


def test_a_hundred_connections_a_slow_tablet_and_fava(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                      capsys: pytest.CaptureFixture[str]) -> None:
    def say(line: str) -> None:
        with capsys.disabled():
            print(line)
    for asked in (0, GOAL):
        demo = build(tmp_path / f"demo-{asked}")
        with _real(demo) as port:
            say(f"\na workshop's first months: {_load(demo, port, asked)}")
    with ten_years(tmp_path / "books", monkeypatch) as house, _real(house) as port:
        say(f"first view, {SLOWER} times slower (goal 2,000): {', '.join(_first_views(port))}")
        for asked in (0, GOAL):
            say(f"ten years: {_load(house, port, asked)}")
    say(_fava(tmp_path))
