"""The paper twin: a sheet to print, and a grid that takes what was written on it, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import chromium, served, text_of, visit
from house import Client, House
from playwright.sync_api import Browser
from test_web_board import newcomer
from test_web_day import DAY, lots, marks, ref_of, told


@pytest.fixture
def master(house: House) -> Client:
    return house.client("meistras")


def typed(house: House, hours: dict[str, str], made: dict[str, tuple[str, str, str]] | None = None) -> dict[str, Any]:
    fields = {f"hours_{house.ref(number)}": text for number, text in hours.items()}
    for code, texts in (made or {}).items():
        ref = ref_of(house, code)
        fields |= {f"{name}_{ref}": text for name, text in zip(("good", "rejects", "makers"), texts, strict=True)}
    return fields


def test_the_sheet_has_the_groups_names_and_products(house: House, master: Client, tmp_path: Path) -> None:
    newcomer(house)
    day = text_of(master.get(f"{DAY}/sheet/day").data, tmp_path)
    assert "Penktadienis, lapkričio 20" in day
    assert "Žygimantas Ąžuolaitis" in day
    assert "Levandų muilas, vnt." in day
    assert "Bandytoja" not in day
    week = text_of(master.get("/day/2026-12-02/sheet/week").data, tmp_path)
    assert week.count("Dirbtuvės") or week.count("dirbtuvės") == 5
    assert "Penktadienis, gruodžio 4" in week
    assert "Rasa Bandytoja" in week
    for path in (f"{DAY}/sheet/month", "/day/2027-01-20/sheet/day", "/day/x/sheet/day"):
        assert master.get(path).status_code == 404


def test_the_grid_takes_hours_letters_and_what_was_made(house: House, master: Client) -> None:
    fields = typed(house, {"D1": "4,5", "D2": "l", "D3": "D"}, {"MU-01": ("12", "1", "1 D3"), "VA-01": ("2", "", "")})
    assert master.send(f"{DAY}/grid", fields).status_code == 303
    found = marks(house)
    assert (found["D1"], found["D2"], found["D3"][0], len(found)) == (("D", 270), ("L", 0), "D", 3)
    assert sorted((row.good, row.rejects, len(row.makers)) for row in lots(house)) == [(2_000, 0, 2), (12_000, 1_000, 2)]
    page = master.page(f"{DAY}/grid")
    assert 'value="4,5"' in page
    answer = master.send(f"{DAY}/grid", typed(house, {"D1": "4,5", "D2": "L"}))
    assert "nieko naujo neįrašyta" in told(answer, "summary")


@pytest.mark.parametrize(("hours", "made", "at", "says"), [
    ({"D1": "x"}, {}, "hours_D1", "„X“"),
    ({"D1": "25"}, {}, "hours_D1", "24"),
    ({"D1": "4"}, {"MU-01": ("3", "", "1 99")}, "makers_MU-01", "99"),
    ({"D1": "4", "D2": "L"}, {"MU-01": ("3", "", "2")}, "makers_MU-01", "Žygimantas Ąžuolaitis"),
    ({"D1": "4"}, {"MU-01": ("1,5", "", "1")}, "good_MU-01", "vienet"),
    ({"D1": "4"}, {"MU-01": ("", "", "1")}, "good_MU-01", "Trūksta"),
    ({}, {"MU-01": ("3", "", "")}, "makers_MU-01", "kas dar"),
])
def test_the_grid_is_refused_at_its_cell_and_nothing_is_half_saved(
        house: House, master: Client, hours: dict[str, str], made: dict[str, tuple[str, str, str]], at: str, says: str) -> None:
    answer = master.send(f"{DAY}/grid", typed(house, hours, made))
    assert answer.status_code == 422
    name, _, what = at.partition("_")
    assert says in told(answer, f"{name}_{house.ref(what) if name == 'hours' else ref_of(house, what)}-error")
    for text in hours.values():
        assert f'value="{text}"' in answer.get_data(as_text=True)
    assert marks(house) == {}
    assert lots(house) == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
def test_the_grid_takes_the_keyboard_and_cells_of_a_spreadsheet(house: House, browser: Browser) -> None:
    with served(house) as address:
        daiva = visit(browser, address, 820).signs_in("meistras").opens(f"{DAY}/grid")
        keys = daiva.page.keyboard
        daiva.page.get_by_label("Aistė Žukauskaitė, valandos arba raidė").focus()
        keys.type("3")
        keys.press("Enter")
        keys.type("4")
        keys.press("ArrowDown")
        paste = """text => { const data = new DataTransfer(); data.setData('text/plain', text);
            const sent = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
            document.activeElement.dispatchEvent(sent); }"""
        daiva.page.evaluate(paste, "2,5\nL\n")
        daiva.page.get_by_label("Levandų muilas, geri").focus()
        daiva.page.evaluate(paste, "12\t1\t1 2\n")
        assert Axe().run(daiva.page).response["violations"] == []
        daiva.page.get_by_role("button", name="Įrašyti lapą").click()
        assert marks(house) == {"D1": ("D", 180), "D2": ("D", 240), "D3": ("D", 150), "D4": ("L", 0)}
        assert [(row.good, row.rejects, len(row.makers)) for row in lots(house)] == [(12_000, 1_000, 2)]
        assert daiva.faults == []
