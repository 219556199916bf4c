"""Once means once: every form that writes carries a key, and however often and from wherever it is sent, it happens once
(attacks.md row 106)."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, build_opener

import acts
import house as houses
import postgres
import pytest
from access import ROLES, add_november, addresses, allowed, refs_of
from force import shim
from house import Client, House
from sqlalchemy import text

from ledger.actions.doing import Doing
from ledger.core.access import Grant, Role, Who
from ledger.jobs import DEMO_PASSWORD
from ledger.records.base import Books
from ledger.web.rules import KEYLESS

READS = {"signing.sign_in_now", "signing.sign_out", "signing.badge", "signing.badge_confirm", "signing.language",
         "workshops.choose", "what_if.try_out", "imports.look"}
"""POSTs that write no books: signing in and out, showing a badge, what is only looked at; the language of a browser (that of an
account: see below)."""
PRODUCT = {"name": "Bandymas", "code": "XX-1", "unit": "vnt", "price": "1,00", "materials": "0,10", "picture": "kitas"}
KEY = "k" * 24
STAFF = (Role.INSTRUCTOR, Role.SOCIAL, Role.ACCOUNTANT, Role.DIRECTOR)


@pytest.fixture
def full(approved: House) -> House:
    """October approved and one of everything in November."""
    with approved.opened.write() as books:
        doing = approved.doing(books, "meistras")
        every = tuple(Grant(role, None, date(2024, 5, 1)) for role in STAFF)
        add_november(Doing(books, doing.vault, Who(doing.who.account, "x", 1, None, every), doing.scope, doing.at, "test"))
        books.commit()
    return approved


def books(house: House) -> dict[str, int]:
    """How many rows stand in each table."""
    with house.opened.read() as session:
        return {name: int(session.scalar(text(f'SELECT count(*) FROM "{name}"')) or 0) for name in Books.metadata.tables}


def test_every_post_without_a_key_is_refused_and_writes_nothing(full):
    clients: dict[str, Client] = {}
    refs, wrong, tried = refs_of(full, 1), [], set()
    every = addresses(full, "POST", refs)
    for login in ROLES:
        clients[login] = full.participant("D1") if login == "D1" else full.client(login)
    before = books(full)
    for endpoint, address in every:
        login = next((one for one in ROLES if allowed(endpoint, one)), None)
        if login is None or endpoint in READS:
            continue
        client = clients[login]
        token = token_of(client.get({"D1": "/my"}.get(login, "/rules")).text)
        for key in ("", "short", "k" * 65):
            status = client.post(address, data={"csrf_token": token, "key": key}).status_code
            if status != 400:
                wrong.append((endpoint, login, status))
        tried.add(endpoint)
    assert wrong == []
    assert READS == KEYLESS
    assert tried == {endpoint for endpoint, _address in every} - READS
    assert books(full) == before


def test_the_language_of_an_account_needs_its_key_too(house):
    client = house.client("meistras")
    token = token_of(client.page("/password"))
    assert client.post("/language", data={"csrf_token": token, "language": "en"}).status_code == 400


def test_every_form_of_every_page_brings_a_key(full):
    adapter, wrong, seen = full.app().url_map.bind("localhost"), [], 0
    refs = refs_of(full, 1)
    for login in ROLES:
        client = full.participant("D1") if login == "D1" else full.client(login)
        for endpoint, address in addresses(full, "GET", refs):
            if not allowed(endpoint, login):
                continue
            answer = client.get(address)
            if answer.mimetype != "text/html" or answer.status_code != 200:
                continue
            for form in re.findall(r"<form\b.*?</form>", answer.text, re.DOTALL):
                if 'method="post"' not in form:
                    continue
                action = re.search(r'action="([^"]*)"', form)
                target = adapter.match((action[1] if action and action[1] else address).partition("?")[0], method="POST")[0]
                keys = re.findall(r'name="key" value="([^"]+)"', form)
                seen += 1
                if target not in READS and (len(keys) != 1 or len(keys[0]) < 16):
                    wrong.append((address, target))
    assert wrong == []
    assert seen > 100


def test_a_page_fetched_twice_brings_two_keys(house):
    client = house.client("meistras")
    first, second = (set(re.findall(r'name="key" value="([^"]+)"', client.page("/products/new"))) for _ in range(2))
    assert first
    assert not first & second


def test_the_same_key_with_another_content_is_409(house):
    client = house.client("meistras")
    first = client.send("/products/new", PRODUCT, key=KEY)
    before = acts.books(house)
    again = [client.send("/products/new", PRODUCT | {"name": "Kitas"}, key=KEY), client.send("/products/new", PRODUCT, key=KEY)]
    other = client.send("/day/2026-11-20/sales", {"product": "x"}, page="/products", key=KEY)
    assert [one.status_code for one in (first, *again, other)] == [303, 409, 303, 409]
    assert again[1].location == first.location
    assert acts.books(house) == before


def test_two_people_may_have_the_same_key(house):
    fields = {"hours": "4,00", "mark": "D", "participant": house.ref("D1")}
    page = "/day/2026-11-20"
    assert house.client("meistras").send(f"{page}/attendance", fields, page=page, key=KEY).status_code == 303
    assert house.client("buhalteris").send("/month/2026-10/calculate", {}, page="/month/2026-10", key=KEY).status_code == 303


def test_two_tabs_approve_once(house):
    house.submit()
    director, page = house.client("vadovas"), "/month/2026-10"
    seen = re.search(r'name="seen" value="([^"]+)"', director.page(f"{page}/approve"))
    assert seen is not None
    order = {"seen": seen[1], "order_number": "V-87", "order_date": "2026-11-04"}
    answers = [director.send(f"{page}/approve", order, page=page, key=key) for key in ("a" * 20, "b" * 20, "a" * 20)]
    assert [one.status_code for one in answers] == [303, 409, 303]
    assert len(acts.trail(house, "approve")) == 1


def sent_together(house: House, login: str, path: str, fields: dict[str, Any], many: int) -> set[tuple[int, str]]:
    """The same request from so many tabs at the same moment; all answers."""
    client = house.client(login)
    token, cookie = token_of(client.page("/rules")), client.get_cookie("dirbtuve")
    assert cookie is not None
    app, start = house.app(), threading.Barrier(many)

    def send(_number: int) -> tuple[int, str]:
        tab = app.test_client()
        tab.set_cookie("dirbtuve", cookie.value)
        start.wait()
        answer = tab.post(path, data={"csrf_token": token, "key": KEY, **fields})
        return answer.status_code, answer.location or ""
    with ThreadPoolExecutor(many) as pool:
        return set(pool.map(send, range(many)))


@contextmanager
def on_sqlite(folder: Path) -> Iterator[House]:
    yield houses.build(folder)


@contextmanager
def on_postgresql(folder: Path) -> Iterator[House]:
    with postgres.workshop(folder, "october") as house:
        yield house


@pytest.mark.parametrize("where", [on_sqlite, on_postgresql])
def test_a_double_click_happens_once(where: Callable[[Path], Any], tmp_path):
    with where(tmp_path / "books") as house:
        made = sent_together(house, "meistras", "/products/new", PRODUCT, 6)
        chosen = sent_together(house, "vadovas", "/language", {"language": "en"}, 6)
        calculated = sent_together(house, "buhalteris", "/month/2026-10/calculate", {}, 6)
        assert (made, calculated) == ({(303, "/products")}, {(303, "/month/2026-10")})
        assert {status for status, _location in chosen} == {303}
        assert len([one for one in acts.trail(house, "add_product") if one.after["code"] == "XX-1"]) == 1
        assert len(acts.trail(house, "calculate")) == 1
        with house.opened.read() as session:
            assert session.scalar(text("SELECT count(*) FROM request_key")) == 3
        house.opened.close()


def from_processes(folder: Path, url: str = "") -> None:
    told = shim.run("crowds", "same", folder, 8, 4, url)
    assert told["answers"] == {"303": 32}
    assert (told["different"], told["sales"], told["keys"]) == (0, 8, 8)


def test_the_same_request_from_many_processes_happens_once(tmp_path):
    from_processes(tmp_path)


def test_the_same_request_from_many_processes_happens_once_on_postgresql(tmp_path):
    with postgres.database() as url:
        from_processes(tmp_path, url)


# ---------- a server that is told to stop ----------


class Stay(HTTPRedirectHandler):
    """Redirects are answers."""

    def redirect_request(self, *_given: Any) -> None:
        return None


def browser() -> OpenerDirector:
    return build_opener(Stay, HTTPCookieProcessor(CookieJar()))


def token_of(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


@contextmanager
def serving(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The real server over a folder."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = f"from ledger.server import serve_forever; serve_forever('127.0.0.1', {port}, 0)"
    environment = {**os.environ, "LEDGER_DATA_DIR": str(folder)}
    server = subprocess.Popen([sys.executable, "-c", started], env=environment, cwd=shim.ROOT)
    try:
        yield server, f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def post(opener: OpenerDirector, address: str, fields: dict[str, str]) -> int:
    """The status of the answer; 0 when there was none."""
    try:
        return int(opener.open(address, urlencode(fields).encode(), timeout=60).status)
    except HTTPError as answer:
        return answer.code
    except (URLError, HTTPException, OSError):
        return 0


def signed_in(opener: OpenerDirector, address: str) -> str:
    """Sign in as soon as the server answers; the token of the session."""
    until = time.monotonic() + 60
    while True:
        try:
            page = opener.open(f"{address}/sign-in", timeout=10).read().decode()
            break
        except OSError:
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.05)
    fields = {"csrf_token": token_of(page), "login": "meistras", "password": DEMO_PASSWORD}
    assert post(opener, f"{address}/sign-in", fields) == 303
    return token_of(opener.open(f"{address}/products/new").read().decode())


def test_row_106_a_server_told_to_stop_during_a_request_finishes_or_undoes_it(house):
    folder, opener = house.settings.data_dir, browser()
    house.opened.close()
    with serving(folder) as (server, address), house.opened.write() as holder, ThreadPoolExecutor(1) as pool:
        fields = PRODUCT | {"csrf_token": signed_in(opener, address), "key": KEY}
        holder.connection()  # the books are held: the request waits for them
        answer = pool.submit(post, opener, f"{address}/products/new", fields)
        server.send_signal(signal.SIGTERM)
        holder.rollback()
        assert answer.result() in (0, 303, 503)
        server.wait(60)
    with serving(folder) as (_server, address):
        again = browser()
        fields["csrf_token"] = signed_in(again, address)
        assert [post(again, f"{address}/products/new", fields) for _ in range(2)] == [303, 303]
    assert len([one for one in acts.trail(house, "add_product") if one.after["code"] == "XX-1"]) == 1
