"""The board under a finger and under a keyboard: taps are counted, nothing is typed, and everything is found by its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Visitor, chromium, served, visit
from house import House
from playwright.sync_api import Browser, Locator, expect
from test_web_board import FRIDAY, newcomer, worked
from test_web_day import DAY, lots, marks

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SMALL = """() => [...document.querySelectorAll('.day button, .day a, .day summary, .day input:not([type=hidden]), .arrows a')]
  .filter(one => one.offsetParent !== null).map(one => {
    const box = (one.matches('label input') ? one.parentElement : one).getBoundingClientRect();
    return [one.outerHTML.slice(0, 90), Math.round(box.width), Math.round(box.height)];
  }).filter(([, width, height]) => width < 44 || height < 44)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


def hours_of(name: str) -> re.Pattern[str]:
    """What stands beside somebody who is here."""
    return re.compile(rf"{name}: [\d,]+\sval\., keisti")


class Finger:
    """Taps, and counts them; it has no keyboard."""

    def __init__(self, visitor: Visitor) -> None:
        self.page, self.taps = visitor.page, 0

    def on(self, role: str, name: str, within: str = "main") -> None:
        """One tap on what is called so: on what is seen of it."""
        found: Locator = self.page.locator(within).get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
        box = found.locator("xpath=ancestor-or-self::*[self::label or self::button or self::a or self::summary][1]")
        box.click()
        self.taps += 1


@pytest.mark.parametrize("width", [820, 390])
def test_three_people_made_twelve_candles_one_rejected_in_eight_taps(house: House, browser: Browser, width: int) -> None:
    with served(house) as address:
        daiva = visit(browser, address, width).signs_in("meistras").opens(DAY)
        finger = Finger(daiva)
        finger.on("button", "Atėjo visi likę: 11")
        assert len(marks(house)) == 11
        finger.taps = 0
        finger.on("radio", "Sojų vaško žvakė „Šermukšnis“")
        for name in ("Aistė Žukauskaitė", "Eglė Šimkutė", "Rūta Šeškutė"):
            finger.on("checkbox", name)
        finger.on("button", "1", ".pad")
        finger.on("button", "2", ".pad")
        finger.on("button", "Daugiau", ".counts > div:last-child")
        told = daiva.page.locator("[data-summary]").inner_text()
        finger.on("button", "Įrašyti, kas padaryta")
        assert finger.taps <= 8
        assert "geri 12, brokas 1. Darė: " in told
        row, = lots(house)
        assert (row.good, row.rejects, row.shared_by, len(row.makers)) == (12_000, 1_000, "equal", 3)
        assert "Įrašyta: Sojų vaško žvakė „Šermukšnis“: geri 12 vnt., brokas 1 vnt." in daiva.reads()
        daiva.page.locator(".just").get_by_role("button").click()
        assert lots(house) == []
        assert daiva.faults == []


@pytest.mark.parametrize("width", [820, 390])
def test_noon_and_training_are_a_tap_or_two_and_the_page_stays_where_it_was(house: House, browser: Browser, width: int) -> None:
    with served(house) as address:
        daiva = visit(browser, address, width).signs_in("meistras").opens(DAY)
        finger = Finger(daiva)
        finger.on("button", "Visa grupė, visa diena: Mokymai")
        assert {kind for kind, _minutes in worked(house).values()} == {"mokymai"}
        daiva.page.locator(".just").get_by_role("button").click()
        assert worked(house) == {}
        finger.taps = 0
        open_ = daiva.page.get_by_role("link", name=hours_of("Eglė Šimkutė"))
        open_.scroll_into_view_if_needed()
        top = daiva.page.evaluate("scrollY")
        open_.click()
        daiva.page.get_by_role("button", name="Eglė Šimkutė, 3 val.").click()
        daiva.page.wait_for_load_state()
        assert marks(house)["D3"] == ("D", 180)
        expect(daiva.page.get_by_role("button", name="Eglė Šimkutė, atėjo")).to_be_focused()
        assert abs(daiva.page.evaluate("scrollY") - top) < 120
        assert daiva.faults == []


@pytest.mark.parametrize("width", [820, 390])
def test_what_is_pressed_is_large_enough_and_axe_finds_nothing(house: House, browser: Browser, width: int) -> None:
    newcomer(house)
    with served(house) as address:
        daiva = visit(browser, address, width).signs_in("meistras").opens(DAY)
        Finger(daiva).on("button", "Aistė Žukauskaitė, dar nepažymėta")
        daiva.page.get_by_role("link", name=hours_of("Aistė Žukauskaitė")).click()
        daiva.page.locator(".seat").wait_for()
        Finger(daiva).on("checkbox", "Aistė Žukauskaitė")
        Finger(daiva).on("radio", "Pagal minutes")
        assert daiva.page.evaluate(SMALL) == []
        assert daiva.page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(daiva.page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in found] == []


def tabs_to(visitor: Visitor, name: str) -> None:
    """Tab on until the focus is on what has this name, or is one of these (".tile")."""
    said = "() => { const one = document.activeElement; return one.getAttribute('aria-label') || one.closest('label')?.innerText" \
           " || one.innerText || ''; }"
    for _ in range(150):
        visitor.page.keyboard.press("Tab")
        there = f"document.activeElement.closest({name!r}) !== null" if name.startswith(".") else ""
        if visitor.page.evaluate(there) if there else visitor.page.evaluate(said).strip() == name:
            return
    raise AssertionError(f"no way to {name} by keyboard")


def test_a_day_is_logged_with_the_keyboard_alone(house: House, browser: Browser) -> None:
    with served(house) as address:
        daiva = visit(browser, address, 820).signs_in("meistras").opens(DAY)
        keys = daiva.page.keyboard
        tabs_to(daiva, "Aistė Žukauskaitė, dar nepažymėta")
        keys.press("Enter")
        expect(daiva.page.get_by_role("button", name="Aistė Žukauskaitė, atėjo")).to_be_focused()
        tabs_to(daiva, ".tile")
        keys.press("Space")
        tabs_to(daiva, "Aistė Žukauskaitė")
        keys.press("Space")
        tabs_to(daiva, "Geri")
        keys.type("12")
        tabs_to(daiva, "Įrašyti, kas padaryta")
        keys.press("Enter")
        daiva.page.locator(".just").wait_for()
        tabs_to(daiva, "Diena baigta")
        keys.press("Enter")
        daiva.page.get_by_role("button", name="Atidaryti dieną iš naujo").wait_for()
        assert [row.good for row in lots(house)] == [12_000]
        tree = daiva.page.locator("#people").locator("xpath=ancestor::section").aria_snapshot()
        assert '- button "Aistė Žukauskaitė, atėjo" [pressed]' in tree
        assert hours_of('link "Aistė Žukauskaitė').search(tree)
        assert daiva.faults == []


def test_without_script_everything_is_still_there(house: House, browser: Browser) -> None:
    with served(house) as address:
        signed = visit(browser, address, 820).signs_in("meistras")
        plain = browser.new_context(java_script_enabled=False, storage_state=signed.page.context.storage_state()).new_page()
        plain.goto(address + DAY)
        plain.get_by_role("button", name="Eglė Šimkutė, dar nepažymėta").click()
        plain.get_by_role("link", name=hours_of("Eglė Šimkutė")).click()
        plain.get_by_role("button", name="Eglė Šimkutė, 3 val.").click()
        assert marks(house)["D3"] == ("D", 180)
        plain.get_by_role("radio", name="Levandų muilas").check(force=True)
        plain.get_by_role("checkbox", name="Eglė Šimkutė").first.check(force=True)
        plain.locator("#good").fill("7")
        plain.get_by_role("radio", name="Pagal minutes").check(force=True)
        plain.locator(f"#share_{house.ref('D3')}").fill("30")
        plain.get_by_role("button", name="Įrašyti, kas padaryta").click()
        assert [(row.good, row.shared_by) for row in lots(house, FRIDAY)] == [(7_000, "minutes")]
