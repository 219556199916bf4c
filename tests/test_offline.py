"""A tablet whose network comes and goes: what is written down arrives once each, waits in sight, and nothing of people stays."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Visitor, chromium, visit
from house import House
from playwright.sync_api import Browser, Error, Page, expect
from served import free_port, listens, now, process, until
from sqlalchemy import select
from test_web_day import lots, marks
from test_web_offline import registered, sent
from werkzeug.serving import BaseWSGIServer, make_server

from ledger.actions import organisation as places
from ledger.core.periods import VILNIUS
from ledger.records import organisation
from ledger.records.organisation import Account, RoleGrant
from ledger.records.selling import SaleDocument
from ledger.web.identity import DEVICE_COOKIE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
NOW = datetime(2026, 11, 20, 10, 0)
DAY = "/day/2026-11-20"
QUEUE = "import('/static/queue.js').then((queue) => queue.{})"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


class Line:
    """A server that can be gone and come back under the same address."""

    def __init__(self, house: House) -> None:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        self.house, self.app, self.port = house, house.app(), 0
        self.server: BaseWSGIServer | None = None
        self.back()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def back(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def gone(self) -> None:
        if self.server is not None:
            self.server.shutdown()
            self.thread.join(timeout=10)
            self.server.server_close()
        self.server = None


@pytest.fixture
def line(house: House) -> Iterator[Line]:
    one = Line(house)
    yield one
    one.gone()


def kept(page: Page, ask: str) -> Any:
    """What the device keeps."""
    return page.evaluate(QUEUE.format(ask))


def tablet(line: Line, browser: Browser, login: str = "meistras", *, known: bool = True) -> Visitor:
    """Somebody signed in on a registered tablet whose pages are there without a network."""
    daiva = visit(browser, line.address, 820)
    daiva.page.context.clock.set_fixed_time(NOW)
    if known:
        client = line.house.client("meistras")
        registered(line.house, client)
        cookie = client.get_cookie(DEVICE_COOKIE)
        assert cookie is not None
        daiva.page.context.add_cookies([{"name": DEVICE_COOKIE, "value": cookie.value, "url": line.address}])
    daiva.signs_in(login)
    daiva.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    settled(daiva.page)
    return daiva


def becomes(page: Page, ask: str) -> None:
    """Wait until this is so in the page, which may load anew meanwhile."""
    for _ in range(80):
        with suppress(Error):
            if page.evaluate(ask):
                return
        page.wait_for_timeout(250)
    raise AssertionError(f"waited in vain: {ask}")


def settled(page: Page) -> None:
    """The device knows who works with it, and its pages are there without a network."""
    becomes(page, """async () => {
      const { rosterKept } = await import('/static/queue.js');
      return Boolean(navigator.serviceWorker.controller && (await rosterKept())?.account === document.body.dataset.account);
    }""")


def everything_sent(page: Page) -> None:
    """Nothing waits on the device any more."""
    becomes(page, QUEUE.format("howMany().then((left) => left === 0)"))


def makes(page: Page, good: int) -> None:
    """A lot, on whichever page it is."""
    page.locator(".tile").filter(has_text="Levandų muilas").click()
    page.locator(".pick").filter(has_text="Aistė").first.click()
    page.locator("#good").fill(str(good))
    page.get_by_role("button", name="Įrašyti, kas padaryta").click()


def test_a_day_without_a_network_arrives_when_it_is_back(line: Line, house: House, browser: Browser) -> None:
    daiva = tablet(line, browser)
    line.gone()
    page = daiva.opens(DAY).page
    expect(page.get_by_role("heading", level=1)).to_have_text("Penktadienis, lapkričio 20 d.")
    page.get_by_role("button", name="Aistė, dar nepažymėta").click()
    expect(page.get_by_role("button", name="Aistė, atėjo")).to_be_visible()
    page.get_by_role("button", name="Eglė: Neatėjo").click()
    page.get_by_role("button", name="Eglė, liga").click()
    makes(page, 12)
    expect(page.locator("[data-waits]")).to_have_text("Išsiųsti laukia 3 įrašai.")
    expect(page.locator("[data-list] li").first).to_contain_text("Levandų muilas: geri 12, brokas 0. Darė: Aistė.")
    assert lots(house) == []
    line.back()
    page.get_by_role("button", name="Bandyti dar kartą").click()
    everything_sent(page)
    assert [row.good for row in lots(house)] == [12_000]
    assert (marks(house)["D1"], marks(house)["D3"]) == (("D", 240), ("L", 0))
    assert len(sent(house)) == 3


def test_everybody_else_is_here_by_one_tap_without_a_network(line: Line, house: House, browser: Browser) -> None:
    daiva = tablet(line, browser)
    line.gone()
    page = daiva.opens(DAY).page
    page.get_by_role("button", name="Eglė: Neatėjo").click()
    page.get_by_role("button", name="Eglė, liga").click()
    page.get_by_role("button", name="Visi kiti atėjo").click()
    expect(page.locator("[data-waits]")).to_have_text("Išsiųsti laukia 11 įrašų.")
    line.back()
    page.get_by_role("button", name="Bandyti dar kartą").click()
    everything_sent(page)
    found = marks(house)
    assert (len(found), found["D3"]) == (11, ("L", 0))


def test_what_is_sent_when_the_network_goes_is_held_and_not_lost(line: Line, house: House, browser: Browser) -> None:
    daiva = tablet(line, browser)
    page = daiva.opens(DAY).page
    line.gone()
    makes(page, 7)
    expect(page.get_by_text("Išsiųsti laukia 1 įrašas.")).to_be_visible()
    expect(page.locator("[data-list] li")).to_contain_text("atšaukti bus galima dienos puslapyje")
    assert "csrf" not in str(kept(page, "waiting()"))
    line.back()
    page.get_by_role("button", name="Bandyti dar kartą").click()
    everything_sent(page)
    assert [row.good for row in lots(house)] == [7_000]


def test_the_till_sells_without_a_network(line: Line, house: House, browser: Browser) -> None:
    daiva = tablet(line, browser)
    line.gone()
    page = daiva.opens("/till").page
    page.get_by_role("button", name="Daugiau: Levandų muilas").click()
    page.get_by_role("button", name="Daugiau: Levandų muilas").click()
    page.locator("[data-till] button[type=submit]").click()
    expect(page.locator("[data-list] li")).to_contain_text("Kasa: Levandų muilas × 2. 9,00")
    line.back()
    page.get_by_role("button", name="Bandyti dar kartą").click()
    everything_sent(page)
    with house.opened.read() as session:
        document, = session.scalars(select(SaleDocument).where(SaleDocument.happened_on == NOW.date()))
        assert (document.total_cents, document.kind) == (900, "sale")


def test_before_it_is_sent_it_is_taken_back_on_the_spot(line: Line, house: House, browser: Browser) -> None:
    daiva = tablet(line, browser)
    line.gone()
    page = daiva.opens(DAY).page
    page.get_by_role("button", name="Aistė, dar nepažymėta").click()
    page.get_by_role("button", name="Atšaukti").click()
    expect(page.get_by_role("button", name="Aistė, dar nepažymėta")).to_be_visible()
    assert kept(page, "howMany()") == 0


def test_a_refused_entry_comes_back_with_its_reason_and_is_mended(line: Line, house: House, browser: Browser) -> None:
    daiva = tablet(line, browser)
    line.gone()
    page = daiva.opens(DAY).page
    page.get_by_role("radio", name="Pagal vienetus").check()
    page.locator(".tile").filter(has_text="Levandų muilas").click()
    page.locator(".pick").filter(has_text="Aistė").click()
    page.locator("#good").fill("2")
    page.locator(".shares li:not([hidden]) input").fill("9")
    page.get_by_role("button", name="Įrašyti, kas padaryta").click()
    line.back()
    page.get_by_role("button", name="Bandyti dar kartą").click()
    expect(page.locator("[data-offline]")).to_have_count(0)
    expect(page.get_by_text("Kai kurių įrašyti nepavyko.")).to_be_visible()
    daiva.opens("/offline")
    expect(page.get_by_text("Nepriimta")).to_be_visible()
    expect(page.locator("[data-list] .err")).to_contain_text("9")
    assert lots(house) == []
    page.get_by_role("button", name="Taisyti").click()
    page.wait_for_url("**/lots")
    expect(page.locator("#good")).to_have_value("2")
    daiva.opens("/offline")
    page.get_by_role("button", name="Sutvarkyta, pašalinti").click()
    page.get_by_role("button", name="Tikrai? Įrašo nebeliks.").click()
    expect(page.get_by_text("Viskas išsiųsta.")).to_be_visible()


def test_another_who_signs_in_sends_what_the_first_one_wrote(line: Line, house: House, browser: Browser) -> None:
    with house.opened.write() as session:
        doing = house.doing(session, "vadovas")
        other = session.scalar(select(Account).where(Account.login == "socialine"))
        assert other is not None
        session.add(RoleGrant(organisation_id=doing.scope.organisation, account_id=other.id, workshop_id=doing.scope.workshop,
                              role="instructor", from_day=datetime(2026, 1, 1).date(), until_day=None))
        session.commit()
    daiva = tablet(line, browser)
    line.gone()
    page = daiva.opens(DAY).page
    makes(page, 5)
    expect(page.locator("[data-waits]")).to_have_text("Išsiųsti laukia 1 įrašas.")
    daiva.page.context.clear_cookies(name="dirbtuve")  # the session ends
    line.back()
    daiva.opens("/sign-in")
    expect(page.get_by_text("Išsiųsti laukia 1 įrašas.")).to_be_visible()
    daiva.signs_in("socialine")
    everything_sent(page)
    assert [row.good for row in lots(house)] == [5_000]
    audit = house.client("vadovas").page("/audit")
    assert "įrašė Daiva Norkutė, išsiuntė" in audit.replace("\u00a0", " ")


def test_the_roster_goes_at_sign_out_after_a_week_and_when_the_device_is_voided(line: Line, house: House, browser: Browser) -> None:
    daiva = tablet(line, browser)
    page = daiva.page
    assert "Žukauskait" not in str(kept(page, "rosterKept()"))
    daiva.signs_out()
    becomes(page, QUEUE.format("rosterKept().then((one) => one === null)"))
    daiva.signs_in("meistras")
    settled(page)
    page.context.clock.set_fixed_time(NOW.replace(day=28))
    assert kept(page, "rosterKept()") is None
    page.context.clock.set_fixed_time(NOW)
    daiva.opens(DAY)
    settled(page)
    with house.opened.write() as session:
        doing = house.doing(session, "vadovas")
        for device in organisation.devices(session, doing.scope):
            places.void_device(doing, device.ref)
        session.commit()
    daiva.opens(DAY)
    becomes(page, QUEUE.format("rosterKept().then((one) => one === null || one.people.length === 0)"))


def test_who_signs_out_while_something_waits_loses_nothing(line: Line, house: House, browser: Browser) -> None:
    daiva = tablet(line, browser)
    page = daiva.opens(DAY).page
    page.evaluate("import('/static/queue.js').then(({ hold }) => hold('/day/2026-11-20/lots', [['good', 'x']]))")
    daiva.signs_out()
    page.wait_for_load_state()
    assert kept(page, "howMany()") == 1


def test_what_lies_on_the_disk_of_the_device_is_encrypted(line: Line, browser: Browser) -> None:
    daiva = tablet(line, browser)
    raw = daiva.page.evaluate("""() => new Promise((yes) => { indexedDB.open("dirbtuve").onsuccess = ({ target }) => {
      const get = target.result.transaction("kept").objectStore("kept").get("roster");
      get.onsuccess = () => yes([Object.keys(get.result).sort().join(), get.result.data instanceof ArrayBuffer]); }; })""")
    assert raw == ["at,data,iv", True]
    exported = daiva.page.evaluate("""() => new Promise((yes) => { indexedDB.open("dirbtuve").onsuccess = ({ target }) => {
      const get = target.result.transaction("kept").objectStore("kept").get("key");
      get.onsuccess = () => crypto.subtle.exportKey("raw", get.result).then(() => yes("out"), (error) => yes(error.name)); }; })""")
    assert exported == "InvalidAccessError"


def test_a_device_that_is_not_registered_says_so_and_its_till_works(line: Line, browser: Browser) -> None:
    daiva = tablet(line, browser, known=False)
    line.gone()
    daiva.opens(DAY)
    expect(daiva.page.get_by_role("heading", name="Įrenginys neužregistruotas")).to_be_visible()
    daiva.opens("/till")
    expect(daiva.page.get_by_role("heading", name="Ką perka")).to_be_visible()


@pytest.mark.parametrize("width", [820, 390])
def test_the_pages_without_a_network_read_well(line: Line, browser: Browser, width: int) -> None:
    daiva = tablet(line, browser)
    page = daiva.page
    page.set_viewport_size({"width": width, "height": 900})
    line.gone()
    found: list[str] = []
    for path in (DAY, "/till", "/offline"):
        daiva.opens(path)
        expect(page.locator("[data-waits]")).not_to_be_empty()
        if path == DAY:
            page.get_by_role("button", name="Aistė, dar nepažymėta").click()
            page.locator("[data-list] li").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found += [f"{path}: {one['id']} {one['nodes'][0]['html'][:100]}" for one in Axe().run(page).response["violations"]]
    assert found == []


@contextmanager
def real_server(house: House, port: int) -> Iterator[Callable[[], None]]:
    """`dirbtuve serve` as it runs in a workshop; gives what kills it at once."""
    with process(house, "serve", "--port", str(port)) as running:
        until(lambda: listens(port), "the server")

        def kill() -> None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        yield kill


def reached(house: House, day: date, count: int) -> bool:
    """Whether so many lots are in the books."""
    return len(lots(house, day)) >= count


def enters(page: Page, first: int, count: int) -> None:
    """So many lots without a network, each with its own quantity, by which it is known in the books."""
    for good in range(first, first + count):
        makes(page, good)
        becomes(page, QUEUE.format(f"howMany().then((left) => left >= {good})"))


def test_fifty_entries_arrive_once_each_through_reloads_a_closed_tab_and_a_killed_server(house: House, browser: Browser) -> None:
    port = free_port()
    with real_server(house, port) as kill:
        daiva = visit(browser, f"http://127.0.0.1:{port}", 820)
        client = house.client("meistras")
        registered(house, client)
        cookie = client.get_cookie(DEVICE_COOKIE)
        assert cookie is not None
        daiva.page.context.add_cookies([{"name": DEVICE_COOKIE, "value": cookie.value, "url": daiva.address}])
        daiva.signs_in("meistras")
        settled(daiva.page)
        kill()
    page = daiva.opens("/day").page
    enters(page, 1, 20)
    page.reload()
    enters(page, 21, 15)
    context = page.context
    page.close()
    daiva.page = page = context.new_page()
    daiva.opens("/day")
    enters(page, 36, 15)
    today = now().astimezone(VILNIUS).date()
    for arrived in (8, 25, 40):
        with real_server(house, port) as kill:
            page.evaluate("import('/static/send.js').then(({ send }) => void send())")
            until(partial(reached, house, today, arrived), "entries")
            kill()
    with real_server(house, port):
        page.evaluate("import('/static/send.js').then(({ send }) => void send())")
        everything_sent(page)
        assert [row.good for row in lots(house, today)] == [good * 1000 for good in range(1, 51)]
        assert len(sent(house)) == 50
