"""The real server and real workers as processes of their own, to be stopped and killed."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import time_machine
from house import House
from sqlalchemy import func, select

from ledger.jobs import DEMO_PASSWORD
from ledger.records.batches import BatchItem
from ledger.records.papers import Paper

TURN = threading.Event()
PATIENCE = 600
"""Tenths of a second that a wait may last; a machine may be busy."""


def environment(house: House, **more: str) -> dict[str, str]:
    """What a process needs to open these books."""
    given = {"LEDGER_DATA_DIR": str(house.settings.data_dir), "LEDGER_DATABASE_URL": house.settings.database_url}
    return {name: value for name, value in os.environ.items() if not name.startswith("LEDGER_")} | given | more


@contextmanager
def process(house: House, *arguments: str, module: str = "", **more: str) -> Iterator[subprocess.Popen[bytes]]:
    """`dirbtuve <arguments>` over these books; whatever is left of it is killed at the end."""
    command = [sys.executable, "-c", "from ledger.cli import main; main()"] if not module else [sys.executable, "-m", module]
    running = subprocess.Popen([*command, *arguments], env=environment(house, **more), start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield running
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.wait()


def now() -> datetime:
    """The real time, which the processes have; the test's own is another."""
    return time_machine.escape_hatch.datetime.datetime.now(UTC)


def until(true: Callable[[], Any], what: str) -> Any:
    """Look until something is so."""
    for _ in range(PATIENCE):
        found = true()
        if found:
            return found
        TURN.wait(0.1)
    raise AssertionError(f"waited in vain: {what}")


def states(house: House) -> dict[str, int]:
    """How many items are in each state."""
    with house.opened.read() as session:
        return dict(session.execute(select(BatchItem.state, func.count()).group_by(BatchItem.state)).all())


def papers(house: House) -> tuple[int, int]:
    """How many papers are stored, and how many different ones."""
    with house.opened.read() as session:
        found = list(session.execute(select(Paper.run_ref, Paper.kind, Paper.person_ref)))
    return len(found), len(set(found))


def holders(house: House) -> list[int]:
    """The processes that hold items."""
    with house.opened.read() as session:
        names = session.scalars(select(BatchItem.worker).where(BatchItem.state == "taken"))
        return [int(name.split("/")[-2]) for name in names]


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody answers."""
    with closing(socket.socket()) as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


class Browser:
    """A bare browser: keeps its cookie, knows the hidden fields of a page."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.jar: dict[str, str] = {}

    @property
    def cookie(self) -> str:
        """What is sent back to the server."""
        return "; ".join(f"{name}={value}" for name, value in self.jar.items())

    def _keep(self, given: Iterable[str]) -> None:
        for one in given:
            name, _, value = one.split(";")[0].partition("=")
            self.jar[name] = value

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def page(self, path: str) -> str:
        """A page's text."""
        connection = self._connection()
        connection.request("GET", path, headers={"Cookie": self.cookie})
        return self._read(connection).decode()

    def _read(self, connection: http.client.HTTPConnection) -> bytes:
        answer = connection.getresponse()
        self._keep(answer.headers.get_all("Set-Cookie") or ())
        content = answer.read()
        connection.close()
        return content

    def keys(self, path: str) -> dict[str, str]:
        """Token and key of the form on a page."""
        return dict(re.findall(r'name="(csrf_token|key)" value="([^"]+)"', self.page(path)))

    def sign_in(self, login: str) -> None:
        """With the demo's password."""
        self.post("/sign-in", {**self.keys("/sign-in"), "login": login, "password": DEMO_PASSWORD})

    def post(self, path: str, fields: dict[str, str], meanwhile: Callable[[], object] = lambda: None) -> tuple[int, str]:
        """Send a form; `meanwhile` happens after the server has begun with the request and before it has its fields."""
        body = urlencode(fields).encode()
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=60)) as wire:
            wire.sendall((f"POST {path} HTTP/1.1\r\nHost: localhost:{self.port}\r\nCookie: {self.cookie}\r\nConnection: close\r\n"
                          "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n"
                          f"Content-Length: {len(body)}\r\n\r\n").encode())
            begun = wire.recv(4096)
            assert begun.startswith(b"HTTP/1.1 100"), begun
            meanwhile()
            wire.sendall(body)
            answer = b""
            while part := wire.recv(65536):
                answer += part
        head = answer.split(b"\r\n\r\n", 1)[0].decode()
        self._keep(re.findall(r"(?i)^set-cookie: ([^;\r\n]+)", head, re.MULTILINE))
        place = re.search(r"(?i)^location: (\S+)", head, re.MULTILINE)
        return int(head.split()[1]), place[1] if place else ""
