"""What participants and the workshop owed each other when the books began: once a person, paid and set off like the rest."""

from __future__ import annotations

import re

import pytest
from acts import OWN, act, refusal
from counted import crowd, queries
from house import OCTOBER, House

from ledger.actions import months, opening
from ledger.actions.verify import verify
from ledger.core.journal import Account
from ledger.core.payments import State
from ledger.records import journal, payments, people

ACC = "buhalteris"


def person(house: House, number: str) -> str:
    with house.opened.read() as session:
        everyone = people.participants(session, house.opened.vault, OWN)
    return next(one.person.ref for one in everyone if one.person.number == number)


def held(house: House, account: Account, number: str = "") -> int:
    with house.opened.read() as session:
        return journal.balance(session, OWN, account, **({"person": person(house, number)} if number else {}))


def test_what_was_owed_is_owed_and_what_was_paid_ahead_is_set_off(house: House) -> None:
    act(house, ACC, opening.open_person, house.ref("D1"), 2000, 0)
    act(house, ACC, opening.open_person, house.ref("D2"), 0, 3000)
    assert (held(house, Account.PAYABLE, "D1"), held(house, Account.ADVANCES, "D2")) == (-2000, 3000)
    assert held(house, Account.OPENING) == -1000
    house.submit()
    house.approve()
    with house.opened.read() as session:
        stipend = journal.owed(session, OWN, person(house, "D1"))
        entry = next(one for one in journal.entries(session, OWN) if one.kind == "opening")
        assert (entry.happened_on, entry.booked_in) == (OCTOBER.first, "2026-10")
        assert payments.month_paid(session, OWN, OCTOBER, [person(house, "D1")]) is State.PENDING
        assert verify(session, house.opened.vault).troubles == ()
    assert stipend == 9617 + 2000
    assert held(house, Account.ADVANCES, "D2") == 0, "set off against October"


@pytest.mark.parametrize(("owed", "ahead", "code"), [(0, 0, "opening_nothing"), (100, 100, "opening_both")])
def test_one_sum_above_zero(house: House, owed: int, ahead: int, code: str) -> None:
    assert refusal(house, ACC, opening.open_person, house.ref("D1"), owed, ahead) == code


def test_once_each_and_by_the_accountant_only(house: House) -> None:
    act(house, ACC, opening.open_person, house.ref("D1"), 2000, 0)
    assert refusal(house, ACC, opening.open_person, house.ref("D1"), 1, 0) == "conflict person_opened_already"
    assert refusal(house, "vadovas", opening.open_person, house.ref("D2"), 1, 0) == "hidden"
    assert refusal(house, ACC, opening.open_person, "", 1, 0) == "whose_opening"


def test_nothing_is_booked_into_a_closed_month(approved: House) -> None:
    act(approved, ACC, months.start_closing, OCTOBER)
    act(approved, ACC, months.close, OCTOBER, months.Counted(0, 0))
    assert refusal(approved, ACC, opening.open_person, approved.ref("D1"), 1, 0) == "conflict closed_month"
    assert "Įrašyti skolą" not in approved.client(ACC).page("/journal/opening/people")


def test_the_page_takes_one_person_after_another(house: House) -> None:
    client, page = house.client(ACC), "/journal/opening/people"
    sent = {"person": house.ref("D1"), "owed": "20,50", "ahead": ""}
    assert client.send(page, sent).status_code == 303
    shown = client.page(page)
    assert "20,50" in shown
    assert not re.search(f'<option[^>]*value="{house.ref("D1")}"', shown)
    assert client.send(page, sent).status_code == 409
    wrong = client.send(page, {"person": house.ref("D2"), "owed": "-5", "ahead": "abc"})
    assert wrong.status_code == 422
    assert all(f'id="{field}-error"' in wrong.text for field in ("owed", "ahead"))
    assert 'value="abc"' in wrong.text
    setup = client.page("/setup")
    assert "Pirmosios dienos skolos" in setup
    assert "Įrašyta 1 žmogaus ankstesnė skola." in setup
    assert "Pradžios likučiai įrašyti" not in setup


def test_three_hundred_people_come_in_pages(house: House) -> None:
    client, page = house.client(ACC), "/journal/opening/people"
    act(house, ACC, opening.open_person, house.ref("D1"), 100, 0)
    few = queries(house, client, page)
    crowd(house, 80)
    with house.opened.write() as session:
        doing = house.doing(session, ACC)
        for one in people.participants(session, house.opened.vault, OWN)[1:]:
            opening.open_person(doing, one.ref, 100, 0)
        session.commit()
    assert queries(house, client, page) == few == 7
    shown = client.page(f"{page}?page=2")
    assert shown.count('<th scope="row"') == 42
    assert "Įrašyti skolą" not in shown, "everybody is booked"
