"""Devices for badges, the staff's accounts, the trail of changes, one's own password."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from counted import selects
from house import TODAY, House
from sqlalchemy import select

from ledger.jobs import DEMO_PASSWORD
from ledger.records import backup
from ledger.records.audit import Audit, RequestKey
from ledger.records.organisation import Account

NEW_PASSWORD = "vaškas ir siūlai rudenį"


def account(house: House, login: str) -> Account:
    with house.opened.read() as session:
        return session.scalars(select(Account).where(Account.login == login)).one()


def test_a_device_is_registered_by_its_cookie_only(house: House) -> None:
    client = house.client("vadovas")
    assert "Įrenginių dar nėra" in client.page("/devices")
    answer = client.send("/devices", {"name": "Planšetė prie durų"})
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie" and "device" in value)
    for part in ("HttpOnly", "SameSite=Lax", "Max-Age=34560000"):
        assert part in cookie
    page = client.page("/devices")
    assert "Planšetė prie durų" in page
    token = cookie.split("=", 1)[1].split(";")[0]
    assert token not in page


def test_badges_do_not_work_on_another_device(house: House) -> None:
    answer = house.client().send("/badge", {"badge": house.tokens["D1"]}, page="/sign-in")
    assert answer.status_code == 403
    assert "Šiame įrenginyje ženkleliai neveikia" in answer.get_data(as_text=True)


def test_a_voided_device_opens_nothing(house: House) -> None:
    client = house.client("vadovas")
    client.send("/devices", {"name": "Planšetė"})
    void = re.search(r'action="(/devices/[^"]+/void)"', client.page("/devices"))
    assert void is not None
    assert client.send(void[1], {}, page="/devices").status_code == 303
    assert "1 įrenginys panaikintas." in client.page("/devices")
    client.send("/sign-out", {}, page="/devices")
    assert client.send("/badge", {"badge": house.tokens["D1"]}, page="/sign-in").status_code == 403


def test_a_device_without_a_name_is_asked_again(house: House) -> None:
    answer = house.client("vadovas").send("/devices", {"name": " "})
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.get_data(as_text=True)
    assert "dirbtuve_device" not in str(answer.headers)


@pytest.mark.parametrize("login", ["meistras", "buhalteris", "socialine"])
def test_others_keep_no_devices_and_accounts(house: House, login: str) -> None:
    client = house.client(login)
    for path in ("/devices", "/audit", f"/staff/{account(house, 'vadovas').ref}/end"):
        client.page(path, 404)
    assert client.send("/devices", {"name": "Mano"}, page="/password").status_code == 404
    assert client.send(f"/staff/{account(house, 'vadovas').ref}/end", {}, page="/password").status_code == 404


def test_the_staff_stand_with_their_roles(house: House) -> None:
    page = house.client("vadovas").page("/devices")
    for said in ("Daiva Norkutė", "meistras", "Rasa Petrauskienė", "buhalteris", "Milda Jonaitienė", "socialinis darbuotojas"):
        assert said in page
    assert "Aistė" not in page


def test_who_is_ended_is_out_at_once(house: House) -> None:
    worker = house.client("meistras")
    worker.page("/people")
    director, ref = house.client("vadovas"), account(house, "meistras").ref
    assert "Daiva Norkutė" in director.page(f"/staff/{ref}/end")
    assert director.send(f"/staff/{ref}/end", {}).status_code == 303
    assert worker.get("/people").status_code == 302
    assert house.client().sign_in("meistras").status_code == 422


def test_nobody_ends_their_own_account(house: House) -> None:
    client, ref = house.client("vadovas"), account(house, "vadovas").ref
    assert client.send(f"/staff/{ref}/end", {}).status_code == 422
    assert account(house, "vadovas").active


def test_a_participants_account_is_not_among_the_staff(house: House) -> None:
    with house.opened.read() as session:
        ref = session.scalars(select(Account.ref).where(Account.person_ref.is_not(None))).first()
    house.client("vadovas").page(f"/staff/{ref}/end", 404)
    house.client("vadovas").page("/staff/nera/end", 404)


def test_the_trail_tells_in_words_who_did_what(printed: House) -> None:
    page = printed.client("vadovas").page("/audit")
    for said in ("Rasa Petrauskienė", "parengė dokumentus", "patvirtino mėnesį", "apskaičiavo mėnesį", "įkėlė duomenis iš failo",
                 "pagamino ženklelį", "iškėlė tikslą"):
        assert said in page, said
    assert "Aistė" not in page, "participants by number only"
    assert "approve" not in re.sub(r'(href|src|class|action)="[^"]*"', "", page)


def test_the_trail_goes_back_to_its_beginning(house: House) -> None:
    client, path = house.client("vadovas"), "/audit"
    for _ in range(20):
        page = client.page(path)
        older = re.search(r'href="(/audit\?before=\d+)"', page)
        if older is None:
            break
        path = older[1]
    assert "pradėjo apskaitą" in page


def test_every_action_of_the_trail_has_its_words(printed: House) -> None:
    from ledger.web.settings import WORDS
    with printed.opened.read() as session:
        assert set(session.scalars(select(Audit.action))) <= set(WORDS)


def test_changing_the_password_signs_out_elsewhere(house: House) -> None:
    here, there = house.client("meistras"), house.client("meistras")
    answer = here.send("/password", {"current_password": DEMO_PASSWORD, "password": NEW_PASSWORD})
    assert answer.status_code == 303
    assert here.get("/people").status_code == 200
    assert there.get("/people").status_code == 302
    assert house.client().sign_in("meistras").status_code == 422
    assert house.client().sign_in("meistras", NEW_PASSWORD).status_code == 303


def test_sent_twice_it_changes_once(house: House) -> None:
    client, key = house.client("meistras"), "one-and-the-same-key"
    sent = {"current_password": DEMO_PASSWORD, "password": NEW_PASSWORD}
    answers = [client.send("/password", sent, key=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    with house.opened.read() as session:
        assert len(list(session.scalars(select(Audit).where(Audit.action == "change_password")))) == 1
        kept = session.scalars(select(RequestKey.digest).where(RequestKey.key == key)).one()
    assert len(kept) == 64


@pytest.mark.parametrize(("current", "new", "field", "said"), [
    ("ne tas slaptažodis", NEW_PASSWORD, "current_password", "Dabartinis slaptažodis neteisingas"),
    (DEMO_PASSWORD, "trumpas", "password", "12"), ("", NEW_PASSWORD, "current_password", ""), (DEMO_PASSWORD, "", "password", "")])
def test_a_wrong_password_stands_at_its_field(house: House, current: str, new: str, field: str, said: str) -> None:
    answer = house.client("meistras").send("/password", {"current_password": current, "password": new})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error">.*?<span>(.*?)</span></span>', page, re.DOTALL)
    assert error is not None
    assert said in error[1]
    for typed in (current, new):
        assert not typed or f'value="{typed}"' not in page
    assert house.client().sign_in("meistras").status_code == 303


def test_guessing_the_current_password_is_slowed_down(house: House) -> None:
    client = house.client("meistras")
    sent = {"current_password": "ne tas slaptažodis", "password": NEW_PASSWORD}
    codes = [client.send("/password", sent).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_the_pages_cost_the_same_however_long_the_trail(printed: House) -> None:
    client = printed.client("vadovas")
    with selects(printed) as sent:
        client.page("/audit")
    assert len(sent) == 7
    with selects(printed) as sent:
        client.page("/devices")
    assert len(sent) == 5


def test_the_director_reads_when_the_newest_backup_was_made_and_is_warned_of_an_old_one(house: House) -> None:
    client = house.client("vadovas")
    assert "Atsarginės kopijos čia dar nėra" in client.page("/devices")
    folder = house.settings.data_dir
    backup.note_last(folder, backup.Last("/kopija", TODAY - timedelta(hours=23), sound=True))
    fresh = client.page("/devices")
    assert "padaryta 2026-11-20 12:00 ir perskaityta: /kopija" in fresh
    backup.note_last(folder, backup.Last("/kopija", TODAY - timedelta(hours=25), sound=True))
    assert "Ji senesnė nei para" in client.page("/devices")
    assert "Ji senesnė nei para" not in fresh
    backup.note_last(folder, backup.Last("/kopija", TODAY, sound=False))
    assert "pažeistos apskaitos kopija" in client.page("/devices")
