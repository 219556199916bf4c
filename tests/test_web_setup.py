"""Setting a workshop up: what is there, what is not, who does it; left at any step and taken up again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import house as houses
import pytest
import time_machine
from counted import queries
from house import TODAY, House
from sqlalchemy import select

from ledger.records import setup
from ledger.records.audit import Audit
from ledger.records.organisation import Organisation, Scope, Workshop

PROVIDER = {"name": "VšĮ „Naujoji“", "code": "300000001", "vat_payer": "y", "workshop": "Dirbtuvės „Pradžia“", "funding": "part",
            "project_name": "Projektas", "project_number": "07-018-P-0002"}


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[House]:
    """A workshop with its staff and nothing else."""
    with time_machine.travel(TODAY, tick=True):
        house = houses.build(tmp_path, october=False)
        yield house
        house.opened.close()


def test_a_workshop_that_begins_is_told_every_step(empty: House) -> None:
    page = empty.client("vadovas").page("/setup")
    for words in ("Paslaugos teikėjas ir dirbtuvės", "master-key-to-print.txt", "Gaminiai ir kainos", "Pirmosios dienos pinigai",
                  "Planšetė ir ženkleliai"):
        assert words in page
    assert "Viskas paruošta" not in page


def test_what_is_done_is_seen_by_itself(house: House) -> None:
    with house.opened.read() as session:
        found = setup.begun(session, Scope(1, 1), TODAY.date(), houses.OCTOBER.first)
        assert (found.people, found.products > 0, found.schemes > 0, found.key_kept) == (12, True, True, False)
        assert setup.begun(session, Scope(9, 9), TODAY.date(), houses.OCTOBER.first) == setup.Begun(
            0, 0, 0, 0, 0, 0, 0, opened=False, debts=0, key_kept=False, roles=frozenset(), invited=frozenset())


def test_the_key_sheet_is_put_away_once(house: House) -> None:
    director = house.client("vadovas")
    assert director.send("/setup/key", {}, page="/setup").status_code == 303
    page = director.page("/setup")
    assert "Rakto lapas padėtas saugiai. Atsargines kopijas" in page
    assert 'action="/setup/key"' not in page


def test_provider_and_workshop_are_renamed_with_before_and_after(house: House) -> None:
    director = house.client("vadovas")
    assert director.send("/setup/provider", PROVIDER).status_code == 303
    assert "VšĮ „Naujoji“, 300000001; PVM mokėtojas; Dirbtuvės „Pradžia“; 07-018-P-0002." in director.page("/setup")
    with house.opened.read() as session:
        note = session.scalars(select(Audit).where(Audit.action == "describe")).one()
        provider, workshop = session.scalars(select(Organisation)).one(), session.scalars(select(Workshop)).one()
    assert note.before["code"] != note.after["code"] == "300000001"
    assert (provider.vat_payer, workshop.funding) == (True, "part")


@pytest.mark.parametrize(("field", "value"), [("name", " "), ("code", ""), ("workshop", "x" * 201), ("funding", "half")])
def test_a_wrong_field_is_told_and_nothing_is_saved_or_lost(house: House, field: str, value: str) -> None:
    answer = house.client("vadovas").send("/setup/provider", {**PROVIDER, field: value})
    assert answer.status_code == 422
    assert "07-018-P-0002" in answer.get_data(as_text=True)
    with house.opened.read() as session:
        assert session.scalars(select(Organisation.name)).one() != PROVIDER["name"]


def test_the_accountant_sees_the_steps_and_does_their_own(house: House) -> None:
    accountant = house.client("buhalteris")
    page = accountant.page("/setup")
    assert 'href="/journal/opening"' in page
    assert 'href="/staff"' not in page
    assert accountant.get("/setup/provider").status_code == 404
    assert accountant.post("/setup/key", data={"key": "k" * 20}).status_code in (400, 404)


def test_a_full_workshop_asks_as_many_questions_as_an_empty_one(house: House, empty: House) -> None:
    assert queries(house, house.client("vadovas"), "/setup") == queries(empty, empty.client("vadovas"), "/setup")
