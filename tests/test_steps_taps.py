"""A lot shared by steps with a finger, and the stopwatch of a time study, in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from browser import chromium, served, visit
from house import House
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from stepped import step
from test_web_day import DAY, lots

from ledger.records.work_steps import LotStep

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.mark.parametrize("width", [820, 390])
def test_who_did_which_step_is_ticked_and_the_lot_is_shared_so(house: House, browser: Browser, width: int) -> None:
    step(house, "Supilk")
    step(house, "Supjaustyk", 3000)
    with served(house) as address:
        daiva = visit(browser, address, width).signs_in("meistras").opens(DAY)
        page = daiva.page
        page.locator(".tile").filter(has_text="Levandų muilas").click()
        for name in ("Aistė Žukauskaitė", "Eglė Šimkutė"):
            page.locator(".pick").filter(has_text=name).first.click()
        page.get_by_role("radio", name="Pagal žingsnius").check()
        rows = page.locator("[data-steps] .by-steps__rows li")
        expect(rows).to_have_count(2)
        rows.nth(0).locator(".pick").filter(has_text="Aistė").click()
        rows.nth(1).locator(".pick").filter(has_text="Eglė").click()
        page.locator("#good").fill("4")
        page.get_by_role("button", name="Įrašyti, kas padaryta").click()
        page.locator(".just").wait_for()
        row, = lots(house)
        assert (row.shared_by, sorted(maker.weight for maker in row.makers)) == ("steps", [1000, 3000])
        with house.opened.read() as session:
            assert len(list(session.scalars(select(LotStep)))) == 2
        assert daiva.faults == []


def test_the_stopwatch_writes_each_time_into_the_next_field(house: House, browser: Browser) -> None:
    row = step(house, "Supilk")
    with served(house) as address:
        daiva = visit(browser, address, 820).signs_in("meistras")
        page = daiva.page
        page.clock.install()
        daiva.opens(f"/steps/{row.ref}/time")
        page.locator("[data-start]").click()
        page.clock.run_for(62_000)
        page.locator("[data-lap]").click()
        expect(page.locator("input[name=time_1]")).to_have_value(re.compile(r"1:0[23](,\d)?"))
        expect(page.locator("[data-lap]")).to_be_focused()
        page.clock.run_for(30_000)
        page.locator("[data-stop]").click()
        page.clock.run_for(600_000)  # a pause is no work
        page.locator("[data-start]").click()
        page.clock.run_for(15_500)
        page.locator("[data-lap]").click()
        expect(page.locator("input[name=time_2]")).to_have_value(re.compile(r"4[56](,\d)?"))
        assert daiva.faults == []
