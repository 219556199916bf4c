"""The participant's own pages: my month in easy words, why this much, saying what is wrong, own papers."""

from __future__ import annotations

import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import html5lib
import pytest
import time_machine
from counted import selects
from easy import easy_faults
from house import TODAY, House

from ledger.core.periods import Month
from ledger.records import people
from ledger.records.watch import View

EVERYBODY = [f"D{number}" for number in range(1, 13)]


def main_text(page: str) -> str:
    """What stands in the main part, one line an element."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    main = tree.find(".//main")
    return "\n".join(text.strip() for text in main.itertext() if text.strip())


def words(text: str) -> int:
    return sum(1 for word in text.split() if any(char.isalnum() for char in word))


def choices(page: str) -> int:
    """Links and buttons of the page below the head."""
    body = page.split("</header>")[1]
    return len(re.findall(r'class="btn', body))


def concerns(house: House) -> list[people.Concern]:
    with house.opened.read() as session:
        return people.open_concerns(session, house.doing(session, "meistras").scope)


def test_aiste_sees_her_october(printed: House) -> None:
    page = printed.participant("D1").page("/my")
    text = " ".join(main_text(page).split())
    for said in ("Mano mėnuo – spalis", "Tu gauni 96 eurus 17 centų.", "Tu dirbai 13 dienų.", "Už dienas: 15 eurų 60 centų .",
                 "Už gaminius: 80 eurų 57 centai .", "Iš viso: 96 eurai 17 centų .", "Nupirko", "Žvakes", "Laukia", "Atvirukus",
                 "Ateinu laiku", "Pavyko", "Sveriu vašką", "Mokaisi", "Čia kažkas negerai"):
        assert said in text, said


@pytest.mark.parametrize("number", EVERYBODY)
def test_every_page_of_everybody_is_easy(printed: House, number: str) -> None:
    client = printed.participant(number)
    for path in ("/my", "/my/2026-10", "/my/2026-11", "/my/2026-10/why", "/my/2026-10/wrong"):
        page = client.page(path)
        assert easy_faults(main_text(page)) == [], path
        assert words(main_text(page)) <= 60, path
        assert choices(page) <= 5, path


def test_before_the_month_is_approved_no_money_is_shown(house: House) -> None:
    client = house.participant("D1")
    page = client.page("/my")
    assert "Dar skaičiuojame." in page
    assert "Tu gauni" not in page
    assert easy_faults(main_text(page)) == []
    client.page("/my/2026-10", 404)


def test_the_progress_of_a_goal_is_that_of_its_month(printed: House) -> None:
    page = printed.participant("D1").page("/my/2026-10")
    assert "Sveriu vašką: 3 iš 5" in page
    assert "Ateinu laiku: 5 iš 5" in page


def test_a_month_that_is_none_or_of_the_future_is_not_there(printed: House) -> None:
    client = printed.participant("D1")
    for path in ("/my/2026-12", "/my/2026-09", "/my/spalis", "/my/2026-11/why", "/my/2026-12/wrong"):
        client.page(path, 404)


def test_staff_have_no_month_of_their_own(approved: House) -> None:
    for login in ("meistras", "buhalteris", "vadovas", "socialine"):
        approved.client(login).page("/my", 404)


def test_own_pages_leave_no_trace_of_looking(printed: House) -> None:
    client = printed.participant("D1")
    with printed.opened.watch() as watching:
        before = watching.query(View).count()
    client.page("/my")
    client.page("/my/2026-10/why")
    assert client.get("/my/2026-10/leaf.pdf").status_code == 200
    with printed.opened.watch() as watching:
        assert watching.query(View).count() == before


def test_own_leaf_and_calculation_open(printed: House, tmp_path: Path) -> None:
    client = printed.participant("D1")
    for kind, said in (("leaf", "96 eurus 17 centų"), ("calculation", "SL-2026-0001")):
        answer = client.get(f"/my/2026-10/{kind}.pdf")
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        file = tmp_path / f"{kind}.pdf"
        file.write_bytes(answer.data)
        text = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True).stdout
        assert said in " ".join(text.split())
        assert "Aistė Žukauskaitė" in text
    assert client.get("/my/2026-10/paysheet.pdf").status_code == 404


def test_saying_that_the_money_is_wrong_and_taking_it_back(printed: House) -> None:
    client = printed.participant("D1")
    answer = client.send("/my/2026-10/wrong", {"about": "money"})
    assert answer.status_code == 303
    page = client.page(answer.location)
    assert "Tu mums pasakei." in page
    assert "Daiva su Tavimi pasikalbės." in page
    assert easy_faults(main_text(page)) == []
    assert [(one.about, one.month) for one in concerns(printed)] == [("money", "2026-10")]
    undo = re.search(r'action="([^"]+/undo/[^"]+)"', page)
    assert undo is not None
    assert client.send(undo[1], {}, page=answer.location).status_code == 303
    assert concerns(printed) == []


def test_after_ten_minutes_it_is_not_taken_back(printed: House) -> None:
    client = printed.participant("D1")
    location = client.send("/my/2026-10/wrong", {"about": "days"}).location
    undo = re.search(r'action="([^"]+/undo/[^"]+)"', client.page(location))
    assert undo is not None
    for minutes in (4, 8, 11):
        with time_machine.travel(TODAY + timedelta(minutes=minutes), tick=True):
            page = client.page(location)
    assert "Paspaudžiau ne tą" not in page
    with time_machine.travel(TODAY + timedelta(minutes=12), tick=True):
        client.send(undo[1], {}, page=location)
    assert len(concerns(printed)) == 1


def test_nothing_picked_asks_again(printed: House) -> None:
    answer = printed.participant("D1").send("/my/2026-10/wrong", {})
    assert answer.status_code == 422
    assert "Pasirink paveikslėlį." in answer.get_data(as_text=True)


def test_what_another_said_is_not_to_be_seen(printed: House) -> None:
    location = printed.participant("D1").send("/my/2026-10/wrong", {"about": "money"}).location
    other = printed.participant("D2")
    other.page(location, 404)
    assert other.send(location.replace("thanks", "undo"), {}, page="/my").status_code == 404
    assert len(concerns(printed)) == 1


def test_participants_see_no_pages_of_staff(printed: House) -> None:
    client = printed.participant("D1")
    for path in ("/people", f"/people/{printed.ref('D1')}", f"/people/{printed.ref('D2')}", "/goals", "/papers", "/papers/2026-10",
                 "/papers/2026-10/leaf.zip", "/papers/2026-10/paysheet.pdf", "/devices", "/audit", "/password"):
        client.page(path, 404)


def test_my_month_costs_the_same_for_everybody(printed: House) -> None:
    counts = set()
    for number in ("D1", "D11"):
        client = printed.participant(number)
        client.page("/my")
        with selects(printed) as sent:
            client.page("/my")
        counts.add(len(sent))
    assert counts == {20, 21}, "one more for the observations of goals"


def test_the_month_has_a_way_to_the_one_before(printed: House) -> None:
    page = printed.participant("D1").page("/my/2026-11")
    assert 'href="/my/2026-10"' in page
    assert str(Month.of(datetime(2026, 11, 21).date())) not in re.findall(r'href="/my/([\d-]+)"', page)
