"""A running server with a real browser in front of it; the server lives in the test's own process, so that its clock can be set."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from house import House
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from ledger.jobs import DEMO_PASSWORD

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-first-run", "--disable-quic"]


@contextmanager
def served(house: House) -> Iterator[str]:
    """The address of the house's application, served until the block ends."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, house.app(), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visitor:
    """Somebody at the screen; what goes wrong in the browser's console is kept."""

    page: Page
    address: str
    faults: list[str]

    def opens(self, path: str) -> Visitor:
        """Go to a page."""
        self.page.goto(self.address + path)
        return self

    def signs_in(self, login: str) -> Visitor:
        """By name and password."""
        self.opens("/sign-in")
        self.page.get_by_label("Prisijungimo vardas").fill(login)
        self.page.get_by_label("Slaptažodis").fill(DEMO_PASSWORD)
        self.presses("Prisijungti")
        return self

    def signs_out(self) -> Visitor:
        """By the button in the head."""
        self.page.get_by_role("button", name="Atsijungti").click()
        return self

    def presses(self, word: str, **where: Any) -> Visitor:
        """A button or a link that looks like one."""
        self.page.get_by_role("button", name=word, **where).or_(self.page.get_by_role("link", name=word, **where)).first.click()
        return self

    def reads(self) -> str:
        """The text of the page's main part, no-break spaces as spaces."""
        return self.page.locator("main").inner_text().replace("\u00a0", " ")

    def downloads(self, word: str) -> bytes:
        """The file behind a link."""
        link = self.page.get_by_role("link", name=word).first
        answer = self.page.request.get(self.address + (link.get_attribute("href") or ""))
        assert answer.ok, answer.status
        return answer.body()


def visit(browser: Browser, address: str, width: int = 1280) -> Visitor:
    """A fresh visitor with a screen of this width."""
    page = browser.new_context(locale="lt-LT", viewport={"width": width, "height": 900}).new_page()
    page.set_default_timeout(15_000)
    visitor = Visitor(page, address, [])
    page.on("console", lambda said: visitor.faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: visitor.faults.append(str(error)))
    return visitor


def text_of(pdf: bytes, folder: Path) -> str:
    """What pdftotext reads out of a PDF."""
    import subprocess
    path = folder / "paper.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True).stdout
