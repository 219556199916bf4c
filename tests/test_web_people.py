"""People as instructor, social worker, accountant and director see them; badges."""

from __future__ import annotations

import re
from typing import Any

import pytest
from counted import crowd, selects
from house import House
from sqlalchemy import select

from ledger.records import organisation, people
from ledger.records.organisation import Badge
from ledger.records.watch import View

IBAN = "LT399999910000007919"
NEW = {"number": "D13", "first": "Žydrė", "last": "Šaltupytė", "birth": "1990-01-31", "started": "2026-11-02", "ended": "",
       "iban": "LT12 1000 0111 0100 1000"}


def views(house: House) -> list[View]:
    with house.opened.watch() as watching:
        return list(watching.scalars(select(View)))


def named(house: House, number: str) -> people.Named:
    with house.opened.read() as session:
        doing = house.doing(session, "socialine")
        return next(one for one in people.participants(session, doing.vault, doing.scope) if one.person.number == number)


def badges(house: House, number: str) -> list[Badge]:
    with house.opened.read() as session:
        return list(session.scalars(select(Badge).where(Badge.participant_id == named(house, number).id)))


@pytest.mark.parametrize("login", ["meistras", "socialine", "buhalteris", "vadovas"])
def test_the_list_names_who_is_here(house: House, login: str) -> None:
    page = house.client(login).page("/people")
    assert "Aistė Žukauskaitė" in page
    assert "Mindaugas Butkus" not in page, "left on 16 October"
    assert "Mindaugas Butkus" in house.client(login).page("/people?left=1")
    assert IBAN not in page


def test_accounts_are_masked_and_not_for_the_instructor(house: House) -> None:
    for login in ("socialine", "buhalteris", "vadovas"):
        page = house.client(login).page("/people")
        assert "LT39 •••• 7919" in page
        assert "išmokama grynaisiais" in page
    page = house.client("meistras").page("/people")
    assert "7919" not in page
    assert "7919" not in house.client("meistras").page(f"/people/{house.ref('D1')}")


def test_birth_is_for_the_social_worker(house: House) -> None:
    assert "1980-02-08" in house.client("socialine").page(f"/people/{house.ref('D1')}")
    for login in ("meistras", "buhalteris", "vadovas"):
        assert "1980-02-08" not in house.client(login).page(f"/people/{house.ref('D1')}")


def test_goals_are_not_for_the_accountant_and_director(house: House) -> None:
    for login in ("meistras", "socialine"):
        assert "Sveriu vašką" in house.client(login).page(f"/people/{house.ref('D1')}")
    for login in ("buhalteris", "vadovas"):
        assert "Sveriu vašką" not in house.client(login).page(f"/people/{house.ref('D1')}")


def test_looking_for_somebody(house: House) -> None:
    client = house.client("meistras")
    page = client.page("/people?q=žukausk")
    assert "Aistė Žukauskaitė" in page
    assert "Eglė Šimkutė" not in page
    assert "Nieko nerasta" in client.page("/people?q=Nieko tokio")


def test_who_looked_at_whom_is_written_down(house: House) -> None:
    house.client("meistras").page(f"/people/{house.ref('D3')}")
    seen = views(house)
    assert [(one.person_ref, one.role, one.page) for one in seen] == [
        (named(house, "D3").person.ref, "instructor", "people.person")]
    house.client("vadovas").page("/people")
    assert len(views(house)) == 1 + 11


def test_a_person_who_is_not_there(house: House) -> None:
    client = house.client("socialine")
    client.page("/people/nera", 404)
    client.page("/people/nera/edit", 404)


def test_the_list_costs_the_same_for_12_and_for_312(house: House) -> None:
    client = house.client("socialine")
    client.page("/people")
    with selects(house) as sent:
        client.page("/people")
    few = len(sent)
    crowd(house)
    client.page("/people")
    with selects(house) as sent:
        page = client.page("/people?page=2")
    assert few == 7
    assert len(sent) <= few, "keys of people once opened are kept"
    assert "Kunigundė Žygimantė Ąžuolaitytė-Šeškauskienė" in page
    assert page.count("<tr>") == 1 + 60


def test_an_empty_workshop_says_how_to_begin(tmp_path: Any) -> None:
    import house as houses
    empty = houses.build(tmp_path / "empty", october=False)
    page = empty.client("socialine").page("/people")
    assert "Paslaugų gavėjų dar nėra" in page
    assert "/people/new" in page
    assert "Dar nieko nėra" in empty.client("socialine").page("/goals")
    assert "Patvirtintų mėnesių dar nėra" in empty.client("buhalteris").page("/papers")
    empty.opened.close()


def test_the_social_worker_writes_somebody_down(house: House) -> None:
    client = house.client("socialine")
    answer = client.send("/people/new", NEW)
    assert answer.status_code == 303
    page = client.page(answer.location)
    assert "Žydrė Šaltupytė" in page
    assert "LT12 •••• 1000" in page
    assert named(house, "D13").identity.iban == "LT121000011101001000"


@pytest.mark.parametrize(("field", "value", "said"), [
    ("number", "D1", "Paslaugų gavėjas D1 jau yra"),
    ("number", "d1", "Paslaugų gavėjas d1 jau yra"),
    ("number", "", "Įrašykite"),
    ("first", "", "Įrašykite"),
    ("last", "Š" * 101, "100"),
    ("birth", "2010-01-31", "18"),
    ("birth", "2026-11-09", "2026-11-02"),
    ("started", "", "Įrašykite"),
    ("started", "lapkričio 2", "lapkričio 2"),
    ("ended", "2026-11-01", "dien"),
    ("iban", "LT391000011101001000", "Sąskaitos numeris neteisingas"),
])
def test_a_mistake_stands_at_its_field(house: House, field: str, value: str, said: str) -> None:
    answer = house.client("socialine").send("/people/new", {**NEW, field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    error = re.search(rf'id="{field}-error">.*?<span>(.*?)</span></span>', page, re.DOTALL)
    assert error is not None, page
    if value:
        assert said in error[1]
    with house.opened.read() as session:
        doing = house.doing(session, "socialine")
        assert len(people.participants(session, doing.vault, doing.scope)) == 12


def test_an_account_of_somebody_else_is_pointed_out(house: House) -> None:
    client = house.client("socialine")
    page = client.page(client.send("/people/new", {**NEW, "iban": IBAN}).location)
    assert "D1" in page.split('class="flash')[1].split("</section>")[0]


def test_the_account_is_changed_by_typing_and_never_shown(house: House) -> None:
    client, ref = house.client("socialine"), house.ref("D1")
    page = client.page(f"/people/{ref}/edit")
    assert "LT39 •••• 7919" in page
    assert IBAN not in page
    same = {"first": "Aistė", "last": "Žukauskaitė-Petrė", "birth": "1980-02-08", "started": "2024-05-02", "ended": "", "iban": ""}
    assert client.send(f"/people/{ref}/edit", same).status_code == 303
    assert named(house, "D1").identity.iban == IBAN
    assert named(house, "D1").name == "Aistė Žukauskaitė-Petrė"
    client.send(f"/people/{ref}/edit", {**same, "iban": "LT12 1000 0111 0100 1000"})
    assert named(house, "D1").identity.iban == IBAN  # until a second person confirms the new one
    client.send(f"/people/{ref}/edit", {**same, "cash": "y"})
    assert named(house, "D1").identity.iban == IBAN
    assert "grynaisiais" in client.page(f"/people/{ref}/paying")


@pytest.mark.parametrize("login", ["meistras", "buhalteris", "vadovas"])
def test_only_the_social_worker_keeps_people(house: House, login: str) -> None:
    client = house.client(login)
    client.page("/people/new", 404)
    client.page(f"/people/{house.ref('D1')}/edit", 404)
    assert client.send("/people/new", NEW, page="/people").status_code == 404


def test_a_new_badge_is_shown_once_and_the_old_one_is_dead(house: House) -> None:
    client, ref = house.client("meistras"), house.ref("D1")
    page = f"/people/{ref}"
    key = "one-and-the-same-key"
    answer = client.send(f"{page}/badge", {}, page=page, key=key)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF")
    assert answer.headers["Cache-Control"] == "no-store"
    again = client.send(f"{page}/badge", {}, page=page, key=key)
    assert (again.status_code, again.location) == (303, page)
    rows = badges(house, "D1")
    assert [row.voided_at is None for row in rows] == [False, True]
    tablet = house.client("vadovas")
    tablet.send("/devices", {"name": "Planšetė"}, page="/devices")
    tablet.send("/sign-out", {}, page="/devices")
    refused = tablet.send("/badge", {"badge": house.tokens["D1"]}, page="/sign-in")
    assert refused.status_code == 422
    assert "Šis ženklelis neveikia" in refused.get_data(as_text=True)


def test_a_lost_badge_opens_nothing(house: House) -> None:
    tablet = house.client("vadovas")
    tablet.send("/devices", {"name": "Planšetė"}, page="/devices")
    tablet.send("/sign-out", {}, page="/devices")
    client, page = house.client("meistras"), f"/people/{house.ref('D2')}"
    assert client.send(f"{page}/badge/void", {}, page=page).status_code == 303
    assert "Žmogus negali prisijungti" in client.page(page)
    assert "Šis ženklelis neveikia" in tablet.send("/badge", {"badge": house.tokens["D2"]}, page="/sign-in").get_data(as_text=True)
    assert client.send(f"{page}/badge/void", {}, page=page).status_code == 404


def test_badges_are_made_by_the_instructor_only(house: House) -> None:
    for login in ("socialine", "buhalteris", "vadovas"):
        page = f"/people/{house.ref('D1')}"
        assert house.client(login).send(f"{page}/badge", {}, page=page).status_code == 404
    with house.opened.read() as session:
        assert len(organisation.live_badges(session, house.doing(session, "meistras").scope)) == 12


def test_the_instructor_settles_what_a_participant_said(approved: House) -> None:
    approved.participant("D1").send("/my/2026-10/wrong", {"about": "made"})
    client, ref = approved.client("meistras"), approved.ref("D1")
    assert "sako, kad kažkas negerai" in client.page("/people")
    page = client.page(f"/people/{ref}")
    settle = re.search(r'action="([^"]+/settle)"', page)
    assert settle is not None
    assert approved.client("socialine").send(settle[1], {}, page=f"/people/{ref}").status_code == 404
    assert client.send(settle[1], {}, page=f"/people/{ref}").status_code == 303
    assert "sako, kad kažkas negerai" not in client.page("/people")


def test_what_nobody_sees_is_taken_out_of_a_name(house):
    fields = {"number": "D88", "first": "O\u202ena\0", "last": "R\u200by\n  te\u0307", "birth": "1990-01-05", "iban": "",
              "started": "2026-11-02", "ended": ""}
    assert house.client("socialine").send("/people/new", fields, page="/people/new").status_code == 303
    assert named(house, "D88").name == "Ona Ry tė"


def test_an_address_with_a_nul_is_no_address(house):
    social = house.client("socialine")
    assert (social.get("/people?q=%00").status_code, social.get("/people/%00").status_code) == (400, 400)
