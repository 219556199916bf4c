"""The product as its users meet it: a real browser, in Lithuanian, on the running server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import house as houses
import pytest
from access import add_november, addresses, allowed, refs_of
from axe_playwright_python.sync_playwright import Axe
from browser import Visitor, chromium, served, text_of, visit
from house import DATA, House
from playwright.sync_api import Browser, expect

from ledger.core.access import Grant, Role

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FILES = ("dalyviai", "gaminiai", "lankomumas", "gamyba", "pardavimai")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


def test_an_instructor_logs_a_day(house: House, browser: Browser) -> None:
    with served(house) as address:
        daiva = visit(browser, address, 820).signs_in("meistras").opens("/day/2026-11-20")
        daiva.page.get_by_role("button", name="Aistė Žukauskaitė, nepažymėta").or_(
            daiva.page.get_by_role("button", name="Aistė Žukauskaitė, dar nepažymėta")).first.click()
        daiva.page.get_by_role("button", name="Žygimantas Ąžuolaitis, neatėjo").first.click()
        assert "Atėjo: 1, neatėjo: 1" in daiva.reads()
        daiva.page.get_by_role("radio", name="Levandų muilas").check()
        daiva.page.get_by_role("checkbox", name="Aistė Žukauskaitė").check()
        daiva.page.locator("form[data-lot] .stepper--big").first.get_by_role("button").last.click(click_count=3)
        daiva.presses("Įrašyti, kas padaryta")
        assert "Levandų muilas" in daiva.page.locator("ul.log, ol.log").first.inner_text()
        daiva.page.get_by_label("Kas parduota").select_option(label="Levandų muilas")
        daiva.page.get_by_label("Kur parduota").select_option(label="mugė")
        daiva.presses("Įrašyti pardavimą")
        assert daiva.page.locator(".log li").count() == 4
        assert daiva.faults == []


def test_an_accountant_brings_the_month_in_calculates_and_submits(tmp_path: Path, browser: Browser) -> None:
    empty = houses.build(tmp_path / "data", october=False)
    with served(empty) as address:
        rasa = visit(browser, address).signs_in("buhalteris").opens("/import")
        files = [DATA / "month-2026-10" / f"{name}.csv" for name in FILES]
        rasa.page.get_by_label("CSV, XLSX arba ODS failai").set_input_files(files)
        rasa.presses("Peržiūrėti failus")
        assert "Failus galima įkelti" in rasa.reads()
        rasa.page.get_by_role("button", name="Įkelti 341 eilutę").click()
        rasa.opens("/month/2026-10").presses("Skaičiuoti")
        assert "1 175,45" in rasa.reads()
        rasa.page.get_by_role("link", name="Aistė Žukauskaitė").click()
        assert "115,1062 € × 70 % = 80,5744 €" in rasa.reads()
        rasa.opens("/month/2026-10").presses("Pateikti tvirtinti", exact=True)
        assert "Lina Vaitkutė mato" in rasa.reads()
        assert rasa.faults == []
    empty.opened.close()


def test_a_director_sends_back_then_approves_and_the_papers_are_right(house: House, browser: Browser, tmp_path: Path) -> None:
    house.submit()
    with served(house) as address:
        lina = visit(browser, address).signs_in("vadovas").opens("/month/2026-10")
        lina.presses("Grąžinti taisyti")
        lina.page.get_by_label("Ką reikia pataisyti").fill("Trūksta spalio 30 dienos.")
        lina.page.locator("dialog[open]").get_by_role("button", name="Grąžinti taisyti").click()
        rasa = visit(browser, address).signs_in("buhalteris").opens("/month/2026-10")
        assert "Trūksta spalio 30 dienos." in rasa.reads()
        rasa.presses("Pateikti tvirtinti", exact=True)
        lina.opens("/month/2026-10").presses("Patvirtinti 1 175,45 €")
        lina.page.get_by_label("Įsakymo numeris").fill("V-87")
        lina.page.get_by_label("Įsakymo data").fill("2026-11-20")
        lina.page.locator("dialog[open]").get_by_role("button", name="Patvirtinti").click()
        expect(lina.page.get_by_role("heading", name="Patvirtinta ir užfiksuota")).to_be_visible()
        lina.presses("Parengti dokumentus")
        expect(lina.page.get_by_role("heading", name="Dokumentai")).to_be_visible(timeout=60_000)
        house.papers()  # what a worker beside the server does
        lina.opens("/papers/2026-10")
        calculation = text_of(lina.downloads("Skaičiavimas, PDF: Aistė Žukauskaitė"), tmp_path)
        paysheet = text_of(lina.downloads("Mokėjimo žiniaraštis, PDF"), tmp_path)
        assert lina.faults == rasa.faults == []
    assert "Aistė Žukauskaitė" in calculation
    assert "96,17" in calculation
    assert "vienas tūkstantis vienas šimtas septyniasdešimt penki eurai keturiasdešimt penki centai" in " ".join(paysheet.split())


def test_a_participant_shows_the_badge_and_sees_the_month(printed: House, browser: Browser) -> None:
    with served(printed) as address:
        aiste = _with_badge(printed, browser, address, "D1")
        told = aiste.reads()
        assert "Tu gauni" in told
        assert "96 eurus 17 centų." in told
        assert "Žmonės nupirko Tavo gaminius." in told
        stranger = aiste.page.request.get(f"{address}/month/2026-10/{printed.ref('D2')}")
        assert stranger.status == 404
        assert aiste.faults == []


def _with_badge(house: House, browser: Browser, address: str, number: str) -> Visitor:
    visitor = visit(browser, address, 820).signs_in("vadovas").opens("/devices")
    visitor.page.locator("[name=name]").fill("Planšetė prie lango")
    visitor.page.locator("form[action='/devices']").get_by_role("button").click()
    visitor.signs_out()
    visitor.page.get_by_label("Ženklelio kodas").fill(house.tokens[number])
    visitor.page.keyboard.press("Enter")
    return visitor.presses("Taip, tai aš")


SEEN: dict[str, str] = {}
"""Which role has shown a page: one is enough."""

PAGES = {
    "meistras": ["/day/2026-10-15", "/day/2026-11-20", "/day/month/2026-10", "/products", "/sales", "/lots", "/people", "/goals",
                 "/rules", "/import", "/password"],
    "buhalteris": ["/month/2026-10", "/month/2026-11", "/month/2026-10/{D1}", "/sales", "/lots", "/people", "/people/{D1}",
                   "/papers", "/papers/2026-10", "/import"],
    "vadovas": ["/month/2026-10", "/rules", "/people", "/papers/2026-10", "/devices", "/audit"],
    "socialine": ["/goals", "/people", "/people/{D1}", "/people/new", "/people/{D1}/edit", "/people/{D1}/goals/new", "/papers"],
    "D1": ["/my", "/my/2026-10/wrong", "/my/2026-10/why", "/my/2026-11"],
}


@pytest.mark.parametrize("role", list(PAGES))
def test_every_page_of_a_role_reads_well_and_fits_every_screen(printed: House, browser: Browser, role: str) -> None:
    with served(printed) as address:
        visitor = _with_badge(printed, browser, address, "D1") if role == "D1" else visit(browser, address).signs_in(role)
        found: list[str] = []
        for path in PAGES[role]:
            visitor.opens(path.format(D1=printed.ref("D1")))
            answer = Axe().run(visitor.page)
            found += [f"{path}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in answer.response["violations"]]
            for width in (1280, 820, 390):
                visitor.page.set_viewport_size({"width": width, "height": 900})
                wide = visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if wide > 0:
                    found.append(f"{path}: {wide} px too wide at {width}")
        assert found == []
        assert visitor.faults == []


HANDED_OUT = (".pdf", ".zip", ".wav", ".jpg", ".png", "csv", "xlsx", "/file", "/state", "/cards/a4", "/cards/a5", "/sheet/day",
              "/sheet/week", "/label/a4", "/label/one", "/count/sheet", "/sw.js", "/offline/ready", "/offline/roster")


@pytest.mark.parametrize("role", [*houses.STAFF, "D1"])
def test_every_other_page_of_the_access_list_reads_well_too(printed: House, browser: Browser, role: str) -> None:
    """Every page that opens for the role, from the routes themselves, with November begun: lots, sales, goals, forms."""
    with printed.opened.write() as books:
        doing = printed.doing(books, "meistras")
        roles = (Role.INSTRUCTOR, Role.SOCIAL, Role.ACCOUNTANT, Role.DIRECTOR)
        every = tuple(Grant(role, None, date(2024, 5, 1)) for role in roles)
        add_november(replace(doing, who=replace(doing.who, grants=every)))
        books.commit()
    found: list[str] = []
    with served(printed) as address:
        visitor = _with_badge(printed, browser, address, "D1") if role == "D1" else visit(browser, address).signs_in(role)
        for endpoint, path in addresses(printed, "GET", refs_of(printed, 1)):
            if SEEN.get(endpoint, role) != role or not allowed(endpoint, role) or path.endswith(HANDED_OUT):
                continue
            SEEN[endpoint] = role
            answer = visitor.page.goto(address + path)
            if answer is not None and answer.status < 500 and answer.status != 404:
                found += [f"{path}: {one['id']} {one['nodes'][0]['html'][:120]}"
                          for one in Axe().run(visitor.page).response["violations"]]
    assert found == []


def test_the_door_reads_well_to_a_screen_reader(house: House, browser: Browser) -> None:
    with served(house) as address:
        visitor = visit(browser, address).opens("/sign-in")
        assert Axe().run(visitor.page).response["violations"] == []
