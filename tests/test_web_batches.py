"""Work in the background on screen: how far it is, what failed and why, trying again; with a script and without."""

from __future__ import annotations

import re
from datetime import timedelta

import time_machine
from counted import selects
from house import TODAY, House
from sqlalchemy import select, text

from ledger.actions import papers
from ledger.records.batches import Batch, BatchItem
from ledger.records.watch import View
from ledger.worker import Worker


def asked(house: House, login: str = "buhalteris") -> str:
    """Ask for October's papers by the button; the address of the page that shows how far they are."""
    return str(house.client(login).send("/papers/2026-10/make", {}, page="/papers/2026-10").location)


def fail_everything(house: House, why: str = "parts_missing") -> None:
    with house.opened.write() as session:
        session.execute(text("UPDATE batch_item SET state = 'failed', tries = 1, ended_at = ready_at, why = :why"), {"why": why})
        session.commit()


def test_the_bar_moves_and_the_page_says_when_all_is_made(approved: House) -> None:
    page = asked(approved)
    client = approved.client("buhalteris")
    text = client.page(page)
    assert re.search(r'<progress max="13" value="0"', text)
    assert "Parengta: 0 iš 13." in text
    assert '<noscript><meta http-equiv="refresh"' in text
    Worker(approved.opened, approved.tools.clock).work_one()
    told = client.get(f"{page}/state").get_json()
    assert told == {"done": 1, "total": 13, "state": "open", "said": "Parengta: 1 iš 13."}
    approved.work()
    text = client.page(page)
    assert "viskas parengta" in text
    assert "http-equiv" not in text


def test_the_director_asks_and_sees_how_far_it_is_on_the_page_of_papers(approved: House) -> None:
    assert asked(approved, "vadovas") == "/papers/2026-10"
    client = approved.client("vadovas")
    assert "Parengta: 0 iš 13." in client.page("/papers/2026-10")
    client.page("/batches", 404)
    approved.work()
    assert "Parengta:" not in client.page("/papers/2026-10")


def test_what_failed_stands_there_with_its_reason_and_is_tried_again(approved: House, monkeypatch) -> None:
    def missing(work, person):
        raise FileNotFoundError(2, "none", "/somewhere/paper.css")
    page = asked(approved)
    with monkeypatch.context() as patch:
        patch.setitem(papers.MAKERS, papers.SHEET, missing)
        approved.work()
    client = approved.client("buhalteris")
    text = client.page(page)
    assert "1 parengti nepavyko." in text
    assert "Trūksta dokumentų šrifto, paveikslėlio arba šablono." in text
    assert "FileNotFoundError paper.css" in text
    assert "/somewhere" not in text
    answer = client.send(f"{page}/again", {}, page=page)
    assert (answer.status_code, answer.location) == (303, page)
    approved.work()
    assert "viskas parengta" in client.page(page)


def test_the_approval_asks_for_the_papers_in_the_same_step(house: House) -> None:
    house.submit()
    client = house.client("vadovas")
    seen = re.search(r'name="seen" value="([^"]+)"', client.page("/month/2026-10/approve"))
    assert seen
    order = {"seen": seen[1], "order_number": "V-87", "order_date": "2026-11-04"}
    client.send("/month/2026-10/approve", order, page="/month/2026-10/approve")
    house.work()
    with house.opened.read() as session:
        assert set(session.scalars(select(BatchItem.state))) == {"done"}


def test_a_batch_that_nobody_works_on_says_so(approved: House) -> None:
    page = asked(approved)
    client = approved.client("buhalteris")
    assert "niekas nevyksta" not in client.page(page)
    with time_machine.travel(TODAY + timedelta(minutes=2), tick=True):
        assert "niekas nevyksta" in client.page(page)


def test_the_list_tells_who_asked_and_what_came_of_it(approved: House) -> None:
    client = approved.client("buhalteris")
    assert "Dar nieko neužsakyta" in client.page("/batches")
    asked(approved)
    assert "0 iš 13" in client.page("/batches")
    assert "Rasa Petrauskienė" in client.page("/batches")


def test_the_names_of_whose_papers_failed_are_noted_as_seen(approved: House) -> None:
    page = asked(approved)
    fail_everything(approved)
    client = approved.client("buhalteris")
    with approved.opened.watch() as watching:
        watching.execute(text("DELETE FROM person_view"))
        watching.commit()
    client.page(page)
    with approved.opened.watched() as watching:
        assert len(set(watching.scalars(select(View.person_ref)))) == 12


def test_a_batch_of_three_hundred_failures_costs_what_one_costs(approved: House) -> None:
    page = asked(approved)
    fail_everything(approved)
    client = approved.client("buhalteris")
    client.page(page)
    with selects(approved) as few:
        client.page(page)
    with approved.opened.write() as session:
        batch = session.scalars(select(Batch)).one()
        some = session.scalars(select(BatchItem)).first()
        assert some is not None
        session.add_all(BatchItem(
            organisation_id=1, workshop_id=1, batch_id=batch.id, kind="statement", person_ref=f"p{n}", state="failed", tries=3,
            ready_at=some.ready_at, ended_at=some.ready_at, why="lost") for n in range(300))
        session.commit()
    with selects(approved) as many:
        text = client.page(page)
    assert len(many) == len(few) == 8
    assert text.count("<tr>") == 61
    assert "page=6" in text
