"""The built wheel in an empty environment, away from the checkout: it begins books, migrates earlier
ones, serves its pages with all that they need, and prints."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import papers
import pytest
from page import validate_pdf_bytes

from ledger.web.scheme_presets import PRESETS

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "ilgas-slaptazodis"
ANSWERS = ["init", "--name", "VšĮ Namai", "--code", "304050607", "--workshop", "Dirbtuvės", "--director", "ona",
           "--director-name", "Ona Onaitė"]

pytestmark = pytest.mark.hard


def done(*words: str | Path, given: str = "", **more: Any) -> str:
    """A command that must end well; its answer."""
    ended = subprocess.run([str(word) for word in words], input=given, capture_output=True, text=True, check=False, **more)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`dirbtuve` of an environment that has the wheel and what it needs, nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    done(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, ROOT)
    done(sys.executable, "-m", "venv", folder / "venv")
    wheel, = folder.glob("dirbtuve-*.whl")
    done(folder / "venv/bin/pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel)
    return folder / "venv/bin/dirbtuve"


@pytest.fixture
def away(tmp_path: Path) -> dict[str, Any]:
    """A place far from the checkout, with its own settings."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith(("LEDGER_", "PYTHON"))}
    return {"cwd": tmp_path, "env": {**settings, "LEDGER_DATA_DIR": str(tmp_path / "books")}}


@contextmanager
def serving(command: Path, away: dict[str, Any]) -> Iterator[str]:
    """The server of these books; gives its address once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([str(command), "serve", "--port", str(port)], start_new_session=True, **away)
    try:
        for _ in range(200):
            try:
                build_opener().open(f"http://127.0.0.1:{port}/sign-in").close()
                break
            except URLError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=40)


def begins(browser: OpenerDirector, address: str, preset: str) -> bool:
    """Whether a draft of rules begins from the preset without a fault."""
    page = browser.open(f"{address}/rules/new").read().decode()
    hidden = dict(re.findall(r'name="(csrf_token|key)" value="([^"]+)"', page))
    draft = browser.open(f"{address}/rules/new", urlencode({**hidden, "begin": preset}).encode()).read().decode()
    return "Klaidų nėra" in draft


def test_the_wheel_begins_books_and_serves_its_pages(command, away):
    done(command, *ANSWERS, given=f"{PASSWORD}\n{PASSWORD}\n", **away)
    assert "ok" in done(command, "verify", "--json", **away)
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    with serving(command, away) as address:
        page = browser.open(f"{address}/sign-in").read().decode()
        hidden = dict(re.findall(r'name="(csrf_token|key)" value="([^"]+)"', page))
        sent = urlencode({**hidden, "login": "ona", "password": PASSWORD}).encode()
        home = browser.open(f"{address}/sign-in", sent).read().decode()
        for path in re.findall(r'(?:href|src)="(/static/[^"#?]+)', home):
            assert browser.open(address + path).status == 200
        paper = browser.open(f"{address}/years/2026/pdf").read()
        begun = [name for name in PRESETS if begins(browser, address, name)]
    assert begun == list(PRESETS)
    assert "Ona Onaitė" in home
    assert "Prisijungti" in page
    assert paper.startswith(b"%PDF")
    assert "VšĮ Namai; Dirbtuvės." in papers.text_of(paper)
    for profile in ("ua1", "3a"):
        assert validate_pdf_bytes(paper, profile=profile).is_compliant


EARLIER = """
import sys
from alembic import command
from ledger.records import schema
from ledger.records.base import open_engine
command.upgrade(schema._alembic(open_engine(sys.argv[1])), "0002")
"""
NEWEST = """
import sys
from ledger.records import schema
from ledger.records.base import open_engine
print(schema.at_newest(open_engine(sys.argv[1])), schema.__file__)
"""


def test_the_wheel_brings_earlier_tables_to_its_own(command, away):
    done(command, *ANSWERS, given=f"{PASSWORD}\n{PASSWORD}\n", **away)
    python, url = command.parent / "python", f"sqlite:///{away['cwd'] / 'earlier.sqlite3'}"
    done(python, "-I", "-c", EARLIER, url, **away)
    assert done(python, "-I", "-c", NEWEST, url, **away).startswith("False")
    done(command, "migrate", cwd=away["cwd"], env={**away["env"], "LEDGER_DATABASE_URL": url})
    newest = done(python, "-I", "-c", NEWEST, url, **away)
    assert newest.startswith("True")
    assert str(ROOT) not in newest


def test_what_is_only_in_the_checkout_is_said(command, away):
    ended = subprocess.run([str(command), "init", "--demo"], capture_output=True, text=True, check=False, **away)
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert not (away["cwd"] / "books").exists()
