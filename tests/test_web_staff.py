"""Staff: somebody is invited, chooses a password that nobody else knows, is given roles from day to day, and leaves them again."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from counted import queries
from house import TODAY, Client, House
from sqlalchemy import select

from ledger.actions import invitations, organisation
from ledger.core.access import Role
from ledger.core.faults import Conflict, Hidden, Refused
from ledger.records.audit import Audit
from ledger.records.organisation import Account, RoleGrant

OWN = "rudens vaškas ir siūlai"
SOMEBODY = {"name": "Ona Onaitė", "login": "ona.onaite", "role": "instructor"}


def invited(client: Client, **fields: str) -> str:
    """The link that the page shows, as a path."""
    answer = client.send("/staff", {**SOMEBODY, **fields}, page="/staff")
    assert answer.status_code == 200
    found = re.search(r"http://localhost(/invited/[\w-]+)<", answer.get_data(as_text=True))
    assert found is not None
    return found[1]


def account(house: House, login: str = "ona.onaite") -> Account:
    with house.opened.read() as session:
        return session.scalars(select(Account).where(Account.login == login)).one()


def test_an_invited_person_chooses_a_password_and_signs_in(house: House) -> None:
    director, stranger = house.client("vadovas"), house.client()
    link = invited(director)
    assert "Nuoroda veikia iki" in director.page("/staff")
    assert "Sveiki, Ona Onaitė" in stranger.page(link)
    answer = stranger.send(link, {"password": OWN})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert stranger.sign_in("ona.onaite", OWN).location == "/"
    assert stranger.get("/").location == "/day"
    with house.opened.read() as session:
        told = list(session.scalars(select(Audit.action).where(Audit.subject_ref == account(house).ref).order_by(Audit.id)))
    assert told == ["open_account", "grant_role", "accept_invitation"]


def test_a_link_works_once_and_for_a_week_and_is_kept_nowhere(house: House) -> None:
    director = house.client("vadovas")
    link = invited(director)
    token = link.rpartition("/")[2]
    assert token not in account(house).password_hash
    assert token not in director.page("/staff")
    with time_machine.travel(TODAY + timedelta(days=8), tick=True):
        assert "senesnė nei 7 dienų" in house.client().page(link, 404)
        assert "nuoroda per sena" in house.client("vadovas").page("/staff")
    house.client().send(link, {"password": OWN})
    assert "jau panaudota" in house.client().page(link, 404)
    assert house.client().post(link, data={"key": "k" * 20, "password": "kitas slaptažodis visai"}).status_code in (400, 404)


def test_nobody_signs_in_before_the_password_is_chosen(house: House) -> None:
    invited(house.client("vadovas"))
    waiting = account(house).password_hash
    for password in ("", waiting, "invited:"):
        assert house.client().sign_in("ona.onaite", password).status_code == 422


def test_a_short_password_is_told_at_its_field_and_the_link_still_works(house: House) -> None:
    link = invited(house.client("vadovas"))
    answer = house.client().send(link, {"password": "trumpas"})
    assert (answer.status_code, "12" in answer.get_data(as_text=True)) == (422, True)
    house.client().page(link)


def test_a_new_link_ends_the_old_one_the_password_and_the_sessions(house: House) -> None:
    director, staff = house.client("vadovas"), house.client("meistras")
    ref = account(house, "meistras").ref
    assert "Nauja nuoroda: " in director.page(f"/staff/{ref}/link")
    answer = director.send(f"/staff/{ref}/link", {}, page=f"/staff/{ref}/link")
    assert "matote tik dabar" in answer.get_data(as_text=True)
    assert staff.get("/day").location.startswith("/sign-in")
    assert house.client().sign_in("meistras").status_code == 422


@pytest.mark.parametrize(("fields", "says"), [
    ({"login": "meistras"}, "Toks prisijungimo vardas"), ({"name": " "}, "vard"), ({"login": ""}, "prisijungimo vard"),
    ({"role": "king"}, "summary"), ({"name": "x" * 101}, "100")])
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(house: House, fields: dict[str, str], says: str) -> None:
    answer = house.client("vadovas").send("/staff", {**SOMEBODY, **fields}, page="/staff")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says.lower() in text.lower()
    assert (SOMEBODY | fields)["name"].strip() in text


def test_the_same_invitation_sent_twice_makes_one_account(house: House) -> None:
    client = house.client("vadovas")
    answers = [client.send("/staff", SOMEBODY, page="/staff", key="pakvietimas-du-kartus") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 303]
    assert account(house)


def test_a_role_is_given_for_some_days_and_ended(house: House) -> None:
    director = house.client("vadovas")
    ref = account(house, "socialine").ref
    director.send(f"/staff/{ref}/roles", {"role": "sales", "since": "2026-11-21", "until": "2026-11-30"}, page=f"/staff/{ref}")
    with house.opened.read() as session:
        grant = session.scalars(select(RoleGrant).where(RoleGrant.role == "sales").order_by(RoleGrant.id.desc())).first()
    assert grant is not None
    assert str(grant.until_day) == "2026-11-30"
    assert f"/staff/{ref}/roles/{grant.ref}/end" in director.page(f"/staff/{ref}")
    director.send(f"/staff/{ref}/roles/{grant.ref}/end", {}, page=f"/staff/{ref}")
    assert "nuo šiandien jos nebegalioja" in director.page(f"/staff/{ref}")
    with house.opened.read() as session:
        assert str(session.scalars(select(RoleGrant.until_day).where(RoleGrant.ref == grant.ref)).one()) == "2026-11-20"


def test_who_calculates_does_not_also_approve(house: House) -> None:
    ref = account(house, "buhalteris").ref
    answer = house.client("vadovas").send(f"/staff/{ref}/roles", {"role": "director", "since": "2026-11-21"}, page=f"/staff/{ref}")
    assert answer.status_code == 422


def test_days_the_wrong_way_round_are_told(house: House) -> None:
    ref = account(house, "socialine").ref
    answer = house.client("vadovas").send(
        f"/staff/{ref}/roles", {"role": "sales", "since": "2026-11-21", "until": "2026-11-20"}, page=f"/staff/{ref}")
    assert "ankstesnė už pirmąją" in answer.get_data(as_text=True)


def test_nobody_changes_their_own_account(house: House) -> None:
    ref = account(house, "vadovas").ref
    director = house.client("vadovas")
    assert "Savo pareigų niekas nekeičia pats" in director.page(f"/staff/{ref}")
    for path in ("roles", "link"):
        answer = director.send(f"/staff/{ref}/{path}", {"role": "sales", "since": "2026-11-21"}, page="/staff")
        assert answer.status_code in (404, 409, 422)
    assert house.client().sign_in("vadovas").status_code == 303


def test_the_last_director_stays(house: House) -> None:
    with house.opened.write() as session:
        doing = house.doing(session, "vadovas")
        admin, _token = invitations.invite(doing, "admin", "Admin", Role.ADMIN, whole=True, since=doing.today)
        session.commit()
        own = organisation.rows.who_is(session, admin)
        by_admin = type(doing)(session, doing.vault, own, doing.scope, doing.at, "test")
        director = account(house, "vadovas")
        [grant] = organisation.rows.grants_of_account(session, doing.scope, director.id)
        with pytest.raises(Refused, match="last_director"):
            invitations.end_role(by_admin, director.ref, grant.ref)


def test_an_ended_account_is_given_nothing(house: House) -> None:
    with house.opened.write() as session:
        doing, ref = house.doing(session, "vadovas"), account(house, "socialine").ref
        organisation.end_account(doing, ref)
        with pytest.raises(Conflict, match="account_ended"):
            invitations.invite_again(doing, ref)
        with pytest.raises(Conflict, match="account_ended"):
            invitations.give_role(doing, ref, Role.SALES, since=doing.today, until=None)
        with pytest.raises(Hidden):
            invitations.end_role(doing, ref, "b" * 26)


def test_two_at_the_same_link_one_is_first(house: House) -> None:
    link = invited(house.client("vadovas"))
    with house.opened.write() as session:
        doing = house.doing(session, "vadovas")
        own = type(doing)(session, doing.vault, organisation.rows.who_is(session, account(house)), doing.scope, doing.at, "test")
        invitations.accept(own, link.rpartition("/")[2], "$argon2-one")
        with pytest.raises(Conflict, match="invitation_used"):
            invitations.accept(own, link.rpartition("/")[2], "$argon2-two")


@pytest.mark.parametrize("login", ["meistras", "buhalteris", "socialine"])
def test_only_the_director_invites(house: House, login: str) -> None:
    assert house.client(login).get("/staff").status_code == 404


def test_three_hundred_colleagues_take_as_many_questions_as_three(house: House) -> None:
    client = house.client("vadovas")
    few = queries(house, client, "/staff")
    with house.opened.write() as session:
        doing = house.doing(session, "vadovas")
        for number in range(300):
            long = f"Vardenė{number} Labailgapavardaitė-Nepertraukiamoji"
            invitations.invite(doing, f"kolege{number}", long, Role.INSTRUCTOR, whole=False, since=doing.today)
        session.commit()
    assert queries(house, client, "/staff") == few
